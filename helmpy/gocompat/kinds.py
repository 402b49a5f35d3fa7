"""Go's types that Python lacks, where a template can tell the difference.

Templates work on exact Python types: ``dict`` is ``map[string]interface {}``, ``list`` is
``[]interface {}``, ``str`` string, ``float`` float64, ``int`` int, ``bool`` bool, ``bytes``
``[]uint8``, ``None`` nil. The classes here mark the rest; each is a subclass of the Python type
that behaves like it, so only ``typeOf``, ``kindOf``, ``printf "%T"`` and argument checks look.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from helmpy.gocompat.function import GoFunc


class Int64(int):
    """Go's int64: what sprig's arithmetic returns."""

    __slots__ = ()


class Int32(int):
    """Go's int32, that is a rune."""

    __slots__ = ()


class Uint8(int):
    """Go's uint8: an element of a byte slice."""

    __slots__ = ()


class Uint32(int):
    """Go's uint32: what adler32sum's number would be."""

    __slots__ = ()


class Uint64(int):
    """Go's uint64: the parts of a semantic version."""

    __slots__ = ()


class Float32(float):
    """Go's float32."""

    __slots__ = ()


class StringList(list[str]):
    """Go's []string."""

    __slots__ = ()


class StringMap(dict[str, str]):
    """Go's map[string]string: an absent key is the empty string, as in Go."""

    __slots__ = ()

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]  # Go's zero value, not None
        """Return the text under ``key``, else ``default``."""
        return super().get(key, default)


class NamedMap(dict["str", "Any"]):
    """A map type with a name of its own, as Helm's ``chartutil.Values``; subclasses set it.

    ``of_any``: its items are of any type, so that it goes where a ``map[string]interface {}`` does.
    """

    __slots__ = ()
    go_type: ClassVar[str] = "map[string]interface {}"
    of_any: ClassVar[bool] = True


class GoObject:
    """A struct or pointer that templates may look into, through closed tables and nothing else.

    ``go_type`` is what ``%T`` prints (``*chart.Metadata``); ``fields`` maps a field's name to its
    value. ``method`` answers the template's calls: no template text ever reaches ``getattr``.
    """

    __slots__ = ()
    go_type: ClassVar[str] = "interface {}"
    go_kind: ClassVar[str] = "struct"

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - for those that have fields
        """Return a field's value, or the result of a method without arguments, or ``default``.

        A name that the Go type lacks raises ``KeyError``, here any; the runtime words it as Go does.
        """
        raise KeyError(name)

    def printed(self) -> str:
        """Return what an action prints: methods of the type's pointer count there, and nowhere else."""
        return str(self)

    def entries(self) -> Iterable[tuple[Any, Any]] | None:
        """Return keys and items in Go's order where the type is a map or a slice, else None."""
        return None

    def method(self, name: str) -> GoFunc | None:  # noqa: ARG002 - for those that have methods
        """Return the method called ``name``, or None where the type has none."""
        return None
