"""Types as Go's decoders see them: tables by which bad input is told in Go's words.

A ``Shape`` is a Go type under the name that messages give it; what its values become in Python is decided
elsewhere. ``yaml_strict`` and ``json_fit`` hold values against shapes.
"""

from __future__ import annotations

from helmpy.record import field, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@record(frozen=True, slots=True)
class Shape:
    """A Go type: its kind, its name, what a list or map holds, and a struct's fields by the keys of a file."""

    kind: str
    name: str
    item: Shape | None = None
    fields: Mapping[str, Member] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Member:
    """A field of a struct: its type, and its path in messages (``Metadata.version`` for one of an embedded struct).

    ``within`` is the embedded struct. ghodss/yaml takes a number for text where a string is wanted, and
    asks the embedded struct instead of its field.
    """

    shape: Shape
    path: str
    within: Shape | None = None


STRING, BOOL, TIME, ANY, LIST, MAP, STRUCT = "string", "bool", "time", "any", "list", "map", "struct"

text = Shape(STRING, "string")
boolean = Shape(BOOL, "bool")
time = Shape(TIME, "time.Time")
anything = Shape(ANY, "interface {}")


def list_of(item: Shape, name: str = "", *, pointer: bool = False) -> Shape:
    """``[]T``, or ``[]*T``, which differ in name only."""
    return Shape(LIST, name or f"[]{'*' if pointer else ''}{item.name}", item)


def map_of(item: Shape, name: str = "") -> Shape:
    """``map[string]T``."""
    return Shape(MAP, name or f"map[string]{item.name}", item)


def struct(name: str, fields: Mapping[str, Shape], embedded: Shape | None = None) -> Shape:
    """A struct called ``name`` with its package; the fields of ``embedded`` are its own, too."""
    members = {key: Member(shape, key) for key, shape in fields.items()}
    if embedded is not None:
        inner = embedded.name.rpartition(".")[2]
        for key, member in embedded.fields.items():
            members.setdefault(key, replace(member, path=f"{inner}.{member.path}", within=embedded))
    return Shape(STRUCT, name, None, members)
