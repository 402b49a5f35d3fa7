"""Lists. Functions take any Go slice and refuse the rest in sprig's words."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError, FunctionPanic
from helmpy.gocompat.kinds import StringList, Uint8
from helmpy.gocompat.text import kind_name
from helmpy.gocompat.text_quote import to_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from helmpy.sprig.settings import Settings

NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference"


class ListOfLists(list["list[Any]"]):
    """Go's [][]interface {}."""

    __slots__ = ()
    go_type: ClassVar[str] = "[][]interface {}"


def _elements(value: Any, refusal: str) -> list[Any]:
    """Return a slice's elements; ``refusal`` begins the error for what is no slice."""
    if isinstance(value, list):
        return value
    if isinstance(value, bytes):
        return [Uint8(byte) for byte in value]
    if value is None:
        raise FunctionPanic(NIL_POINTER)
    raise FunctionError(f"{refusal} {kind_name(value)}")


def _nil() -> list[Any]:
    from helmpy.sprig.nils import NilList

    return NilList()


def make_list(*values: Any) -> list[Any]:
    """Return the arguments as a list."""
    return list(values)


def append(settings: Settings, values: Any, item: Any) -> list[Any]:
    """Return a new list with ``item`` at its end."""
    elements = _elements(values, "Cannot push on type")
    settings.check_items(len(elements) + 1)
    return [*elements, item]


def prepend(settings: Settings, values: Any, item: Any) -> list[Any]:
    """Return a new list with ``item`` at its beginning."""
    elements = _elements(values, "Cannot prepend on type")
    settings.check_items(len(elements) + 1)
    return [item, *elements]


def concat(settings: Settings, *lists: Any) -> list[Any]:
    """Return one list of all lists' elements."""
    parts = [_concat_elements(values) for values in lists]
    settings.check_items(sum(map(len, parts)))
    return [item for part in parts for item in part] or _nil()


def _concat_elements(values: Any) -> list[Any]:
    if isinstance(values, list | bytes) or values is None:
        return _elements(values, "")
    raise FunctionError(f"Cannot concat type {kind_name(values)} as list")


def first(values: Any) -> Any:
    """Return the first element, nil of an empty list."""
    elements = _elements(values, "Cannot find first on type")
    return elements[0] if elements else None


def last(values: Any) -> Any:
    """Return the last element, nil of an empty list."""
    elements = _elements(values, "Cannot find last on type")
    return elements[-1] if elements else None


def rest(values: Any) -> list[Any]:
    """Return all elements but the first."""
    elements = _elements(values, "Cannot find rest on type")
    return elements[1:] if elements else _nil()


def initial(values: Any) -> list[Any]:
    """Return all elements but the last."""
    elements = _elements(values, "Cannot find initial on type")
    return elements[:-1] if elements else _nil()


def reverse(values: Any) -> list[Any]:
    """Return the elements, last first."""
    return list(reversed(_elements(values, "Cannot find reverse on type")))


def compact(values: Any) -> list[Any]:
    """Return the elements that are not empty."""
    return [item for item in _elements(values, "Cannot compact on type") if item]


class _Known:
    """Values found again by DeepEqual's rules: only those that begin alike are compared."""

    __slots__ = ("_buckets",)

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._buckets: dict[Any, list[Any]] = {}
        for value in values:
            self.add(value)

    def add(self, value: Any) -> None:
        from helmpy.sprig.reflection import fingerprint

        self._buckets.setdefault(fingerprint(value), []).append(value)

    def __contains__(self, value: Any) -> bool:
        from helmpy.sprig.reflection import deep_equal, fingerprint

        return any(deep_equal(value, known) for known in self._buckets.get(fingerprint(value), ()))


def uniq(values: Any) -> list[Any]:
    """Return the elements without later repetitions."""
    known = _Known()
    kept: list[Any] = []
    for item in _elements(values, "Cannot find uniq on type"):
        if item not in known:
            kept.append(item)
            known.add(item)
    return kept


def without(values: Any, *omit: Any) -> list[Any]:
    """Return the elements equal to none of ``omit``."""
    known = _Known(omit)
    return [item for item in _elements(values, "Cannot find without on type") if item not in known]


def has(needle: Any, values: Any) -> bool:
    """Tell whether ``needle`` is among the elements; nil holds nothing."""
    if values is None:
        return False
    from helmpy.sprig.reflection import deep_equal

    return any(deep_equal(needle, item) for item in _elements(values, "Cannot find has on type"))


def chunk(size: int, values: Any) -> ListOfLists:
    """Cut into lists of ``size`` elements, the last one shorter."""
    elements = _elements(values, "Cannot chunk type")
    if size <= 0:  # sprig counts the lists before it looks whether the size makes sense
        count = (len(elements) - 1) // size + 1 if size and elements else -1
        if count < 0 or (count and size == -1):
            raise FunctionPanic("runtime error: makeslice: len out of range")
        return ListOfLists([elements] if count else [])
    return ListOfLists([elements[at : at + size] for at in range(0, len(elements), size)])


def slice_list(values: Any, *indices: Any) -> Any:
    """Return elements from the first index before the second; nil of an empty list."""
    from helmpy.sprig.numbers import integer

    return _slice(values, [integer(index) for index in indices[:2]])


def slice_list_v2(values: Any, *indices: Any) -> Any:
    """Return elements from the first index before the second, converted as sprig 2 does."""
    from helmpy.sprig.numbers import integer_v2

    return _slice(values, [integer_v2(index) for index in indices[:2]])


def _slice(values: Any, indices: list[int]) -> Any:
    elements = _elements(values, "list should be type of slice or array but")
    if not elements:
        return None
    start = indices[0] if indices else 0
    end = indices[1] if len(indices) > 1 else len(elements)
    if not 0 <= start <= end <= len(elements):
        raise FunctionPanic("reflect.Value.Slice: slice index out of bounds")
    return values[start:end] if isinstance(values, bytes) else type(elements)(elements[start:end])


def sort_alpha(values: Any) -> StringList:
    """Return the elements' texts, sorted by bytes; what is no list becomes a list of one."""
    from helmpy.sprig.strings import strval, to_strings

    if isinstance(values, list | bytes):
        texts = to_strings(values)
        return StringList(sorted(texts) if all(map(str.isascii, texts)) else sorted(texts, key=to_bytes))
    if values is None:
        return StringList(["<nil>"])
    return StringList([strval(values)])
