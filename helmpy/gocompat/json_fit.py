"""Whether a value fits a Go type, as encoding/json tells it of what ghodss/yaml made of a YAML file."""

from __future__ import annotations

from helmpy.gocompat import rfc3339
from helmpy.gocompat.shape import ANY, LIST, MAP, STRING, STRUCT, TIME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.gocompat.shape import Member, Shape

PREFIX = "error unmarshaling JSON: while decoding JSON: "
_OF_CLASS: dict[type, str] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
}


class _Fatal(Exception):  # never leaves this module
    """What ends Go's decoding at once; the text is Go's."""


def misfit(value: Any, shape: Shape, *, coerced: bool = True) -> str:
    """Return what Go says of decoding a value (of dicts, lists and scalars) into a type, nothing where it fits.

    Keys are looked at in the order of JSON, sorted. A field of another type is skipped, and the first is told; a
    time that is none ends the decoding. ``coerced``: where a string is wanted a number or a bool becomes one.
    """
    fit = _Fit()
    try:
        fit.value(value, shape, shape if coerced else None, "", "")
    except _Fatal as error:
        return str(error)
    return fit.told


class _Fit:
    def __init__(self) -> None:
        self.told = ""

    def value(self, value: Any, shape: Shape, hint: Shape | None, owner: str, path: str) -> None:
        """Hold a value against a type; ``hint`` is the type that ghodss/yaml holds it for.

        ``owner`` is the struct around it, ``path`` the fields that lead to it from the outermost one.
        """
        if value is None or shape.kind == ANY:
            return
        if shape.kind == TIME:
            self.time(value)
            return
        kind = _OF_CLASS[value.__class__]
        if kind in ("number", "bool") and hint is not None and hint.kind == STRING:
            kind = STRING
        if kind == "array" and shape.kind == LIST:
            self.list(value, shape, hint, owner, path)
        elif kind == "object" and shape.kind == MAP:
            self.map(value, shape, hint, owner, path)
        elif kind == "object" and shape.kind == STRUCT:
            self.struct(value, shape, hint, path)
        elif kind != shape.kind:
            self.say(kind, shape, owner, path)

    def say(self, kind: str, shape: Shape, owner: str, path: str) -> None:
        place = f"struct field {owner}.{path} of" if owner else "value of"
        self.told = self.told or f"json: cannot unmarshal {kind} into Go {place} type {shape.name}"

    def time(self, value: Any) -> None:
        if not isinstance(value, str):
            raise _Fatal("Time.UnmarshalJSON: input is not a JSON string")
        wrong = rfc3339.fault(value)
        if wrong:
            raise _Fatal(wrong)

    def list(self, value: list[Any], shape: Shape, hint: Shape | None, owner: str, path: str) -> None:
        assert shape.item is not None, "lists hold something"
        below = hint.item if hint is not None and hint.kind == LIST else None
        for item in value:
            self.value(item, shape.item, below, owner, path)

    def map(self, value: dict[str, Any], shape: Shape, hint: Shape | None, owner: str, path: str) -> None:
        assert shape.item is not None, "maps hold something"
        for key in sorted(value):
            self.value(value[key], shape.item, _hint_below(hint, key), owner, path)

    def struct(self, value: dict[str, Any], shape: Shape, hint: Shape | None, path: str) -> None:
        for key in sorted(value):
            member = _member(shape, key)
            if member is not None:
                place = f"{path}.{member.path}" if path else member.path
                below = _hint_below(hint, key)
                self.value(value[key], member.shape, below, shape.name.rpartition(".")[2], place)


def _hint_below(hint: Shape | None, key: str) -> Shape | None:
    if hint is None:
        return None
    if hint.kind == MAP:
        return hint.item
    member = _member(hint, key)
    return None if member is None else member.within or member.shape


def _member(shape: Shape, key: str) -> Member | None:
    """The field of a key: that of its name, else one that differs in case only."""
    found = shape.fields.get(key)
    if found is None:
        low = key.lower()
        found = next((member for name, member in shape.fields.items() if name.lower() == low), None)
    return found
