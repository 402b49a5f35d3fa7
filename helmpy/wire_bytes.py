"""Records to the bytes of their messages and back, for a client that starts, asks once and ends.

``wire`` does the same through protobuf, whose import takes 12 of the 85 ms of ``helm list``. Here a record says all:
its fields are numbered as they stand, and their annotations are the types. The rules are those of
https://protobuf.dev/programming-guides/encoding/; tests compare with protobuf, field by field.

Two fields of Chart.yaml v2 have no place in the frozen messages (``type`` and ``dependencies``);
they travel as annotations under ``helmpy.dev/`` that Helm 2 carries along without a look.
"""

from __future__ import annotations

import sys

from helmpy.chart import model as chart
from helmpy.errors import HelmError
from helmpy.record import record, replace
from helmpy.release import model as release
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeVar

    Record = TypeVar("Record")
    Raw = Any
    """What follows a key: a number, or from where to where in the data the value's bytes are."""
    Read = Callable[[bytes, Sequence[Raw], int], Any]
    """Makes a field's value of the data, all that came for the field, and how deep messages may still be nested."""
    Write = Callable[[Any], Iterable[bytes]]

__all__ = ["ANNOTATED", "WireError", "decode", "encode", "field_names", "from_annotations", "to_annotations"]

ANNOTATED = {"type": "helmpy.dev/type", "dependencies": "helmpy.dev/dependencies"}

_NUMBER, _EIGHT_BYTES, _SIZED, _FOUR_BYTES = 0, 1, 2, 5  # what the last three bits of a key say of the value
_MOST_DEPTH = 100  # messages in messages, as protobuf has it
# Fields whose numbers are not their places in the record.
_NUMBERS: dict[type, Sequence[int]] = {release.Status: (1, 3, 4, 5)}
_LONG = frozenset({"count", "delete_timeout", "limit", "seconds", "timeout", "total"})  # integers of 64 bits
_UNSIGNED = frozenset({"max_parallel"})


class WireError(HelmError):
    """A record has no message, a message no record, or bytes are no message."""


def encode(one: Any) -> bytes:
    """Return the bytes of a record's message. Raises WireError for what no message can hold."""
    kind = type(one)
    if kind is chart.Metadata:
        one = to_annotations(one)
    parts: list[bytes] = []
    for field in _plan(kind).fields:
        value = getattr(one, field.name)
        if value:  # a record is never falsy, so only what protobuf itself leaves out is skipped
            try:
                parts += field.write(value)
            except (OverflowError, UnicodeEncodeError) as error:
                raise WireError(f"{kind.__name__}.{field.name} cannot be sent: {error}") from error
    return b"".join(parts)


def decode(kind: type[Record], data: bytes, *, without: frozenset[str] = frozenset()) -> Record:
    """Return the record of a message's bytes. Raises WireError where they are none.

    Fields of the names ``without``, of whatever record, are passed over: their bytes are not even looked at.
    """
    try:
        made: Record = _decoded(_plan(kind, without), data, (0, len(data)), _MOST_DEPTH)
    except (IndexError, UnicodeDecodeError) as error:
        raise WireError(f"bytes that are no {kind.__name__}: {error}") from error
    return made


def _decoded(plan: _Plan, data: bytes, span: Raw, depth: int) -> Any:
    if depth < 0:
        raise WireError("messages are nested too deep")
    by_key = plan.by_key
    came: dict[_Field, list[Raw]] = {}
    at, end = span
    while at < end:
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = _varint(data, at - 1)
        if key & 7 == _SIZED:  # here and not in a function: most are
            size = data[at]
            at += 1
            if size >= 0x80:
                size, at = _varint(data, at - 1)
            raw: Raw = at, at + size
            at += size
        else:
            raw, at = _unsized(data, at, key)
        if at > end:
            raise IndexError(f"{at - end} bytes are missing")
        field = by_key.get(key)
        if field is None:  # nobody asked for it, or the other side knows more than we do
            if not 8 <= key < 1 << 32:
                raise WireError(f"no field has the number {key >> 3}, before byte {at}")
        elif field in came:
            came[field].append(raw)
        else:
            came[field] = [raw]
    values = {field.name: field.read(data, raws, depth - 1) for field, raws in came.items()}
    made = plan.kind(**(plan.blank | values)) if plan.blank else plan.kind(**values)
    return from_annotations(made) if plan.kind is chart.Metadata else made


def _unsized(data: bytes, at: int, key: int) -> tuple[Raw, int]:
    """What follows a key that says how large it is, and where the next one is."""
    kind = key & 7
    if kind == _NUMBER:
        return _varint(data, at)
    if kind in (_EIGHT_BYTES, _FOUR_BYTES):  # no field of Helm's is of such a type
        return None, at + (8 if kind == _EIGHT_BYTES else 4)
    raise WireError(f"no value is written as type {kind} says, before byte {at}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number as it is written, seven bits in a byte, and where it ends."""
    byte = data[at]
    if byte < 0x80:
        return byte, at + 1
    number, shift = 0, 0
    while byte >= 0x80:
        number |= (byte & 0x7F) << shift
        shift += 7
        if shift > 63:
            raise WireError(f"a number that does not end, at byte {at}")
        at += 1
        byte = data[at]
    return number | byte << shift, at + 1


def _written(number: int) -> bytes:
    """A number, not negative, as ``_varint`` reads it."""
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


# --- the fields of a record ------------------------------------------------------------------------


class _Field:
    """How a field is written, keys included, and read; ``keys`` are several where it may come in several ways."""

    __slots__ = ("keys", "name", "read", "write")

    def __init__(self, name: str, keys: tuple[int, ...], write: Write, read: Read) -> None:
        self.name = name
        self.keys = keys
        self.write = write
        self.read = read


class _Plan:
    """The fields of a record; ``blank`` are the values that the record must have, and a message need not."""

    __slots__ = ("blank", "by_key", "fields", "kind")

    def __init__(self, kind: Any, without: frozenset[str]) -> None:
        self.kind = kind
        self.fields = tuple(_fields(kind, without))
        self.by_key = {key: field for field in self.fields if field.name not in without for key in field.keys}
        self.blank: dict[str, Any] = {"name": "", "data": b""} if kind is chart.File else {}


_plans: dict[tuple[type, frozenset[str]], _Plan] = {}


def _plan(kind: type, without: frozenset[str] = frozenset()) -> _Plan:
    found = _plans.get((kind, without))
    if found is None:
        found = _plans[kind, without] = _Plan(kind, without)
    return found


def _fields(kind: type, without: frozenset[str]) -> Iterator[_Field]:
    names = [name for name in field_names(kind) if kind is not chart.Metadata or name not in ANNOTATED]
    types: dict[str, str] = kind.__annotations__
    for number, name in zip(_NUMBERS.get(kind, range(1, len(names) + 1)), names, strict=True):
        named = types[name].removesuffix(" | None")
        if named == "Mapping[str, str]":
            yield _map(number, name, _ConfigEntry if kind is chart.Config else _Entry)
        elif named == "tuple[int, ...]":
            yield _numbers(number, name)
        elif named.startswith("tuple["):
            yield _list(number, name, named.removeprefix("tuple[").removesuffix(", ...]"), without)
        else:
            yield _single(number, name, named, without)


def field_names(kind: Any) -> tuple[str, ...]:
    """The fields' names. What ``dataclasses`` says of a record it makes first, at a millisecond each."""
    if not hasattr(kind, "__match_args__"):
        raise WireError(f"no message is known for {kind.__name__}")
    names: tuple[str, ...] = kind.__match_args__
    return names


@record(frozen=True, slots=True)
class _Type:
    """What a value is made of: how its key ends, its bytes after the key, and back."""

    ending: int
    pack: Callable[[Any], bytes]
    unpack: Callable[[bytes, Raw, int], Any]


def _single(number: int, name: str, named: str, without: frozenset[str]) -> _Field:
    one = _type(name, named, without)
    key = number << 3 | one.ending
    start = _written(key)

    unpack = one.unpack

    def read(data: bytes, raws: Sequence[Raw], depth: int) -> Any:
        if len(raws) == 1:
            return unpack(data, raws[0], depth)
        values = [unpack(data, raw, depth) for raw in raws]
        if named in _RECORDS:  # a message in parts
            joined = b"".join([data[slice(*raw)] for raw in raws])
            return unpack(joined, (0, len(joined)), depth)
        return values[-1]

    return _Field(name, (key,), lambda value: (start, one.pack(value)), read)


def _list(number: int, name: str, named: str, without: frozenset[str] = frozenset()) -> _Field:
    one = _type(name, named, without)
    key = number << 3 | one.ending
    start = _written(key)

    def write(values: Iterable[Any]) -> Iterator[bytes]:
        for value in values:
            yield start
            yield one.pack(value)

    def read(data: bytes, raws: Sequence[Raw], depth: int) -> Any:
        return tuple([one.unpack(data, raw, depth) for raw in raws])

    return _Field(name, (key,), write, read)


def _numbers(number: int, name: str) -> _Field:
    """A list of numbers, which may come one by one, or many as one value."""
    one = _type(name, "int")
    packed, single = number << 3 | _SIZED, number << 3 | _NUMBER
    start = _written(packed)

    def read(data: bytes, raws: Sequence[Raw], depth: int) -> Any:
        found: list[int] = []
        for raw in raws:
            if type(raw) is int:
                found.append(raw)
                continue
            at, end = raw
            while at < end:
                value, at = _varint(data, at)
                found.append(value)
            if at > end:
                raise IndexError(f"{at - end} bytes are missing")
        return tuple([one.unpack(data, value, depth) for value in found])

    return _Field(name, (packed, single), lambda values: (start, _sized(b"".join(map(one.pack, values)))), read)


def _map(number: int, name: str, entry: Any) -> _Field:
    """Texts by text: entries in a list."""
    entries = _list(number, name, entry.__name__)

    def read(data: bytes, raws: Sequence[Raw], depth: int) -> Any:
        return {each.key: each.text for each in entries.read(data, raws, depth)}

    return _Field(name, entries.keys, lambda values: entries.write(map(entry.of, values.items())), read)


def _type(name: str, named: str, without: frozenset[str] = frozenset()) -> _Type:
    if named in _RECORDS or named in _LATER:
        plan: _Plan | None = None  # made when it is first wanted: a chart may hold charts

        def unpack(data: bytes, span: Raw, depth: int) -> Any:
            nonlocal plan
            plan = plan or _plan(_record(named), without)
            return _decoded(plan, data, span, depth)

        return _Type(_SIZED, lambda one: _sized(encode(one)), unpack)
    if named == "int":
        return _integer(64 if name in _LONG else 32, signed=name not in _UNSIGNED)
    return _SCALARS[named]


def _integer(bits: int, *, signed: bool) -> _Type:
    size, sign = bits // 8, 1 << bits - 1 if signed else 0

    def pack(number: int) -> bytes:
        number.to_bytes(size, "little", signed=signed)  # OverflowError
        return _written(number & (1 << 64) - 1)

    def unpack(_data: bytes, number: int, _depth: int) -> int:
        number &= (1 << bits) - 1
        return number - (1 << bits) if number & sign else number

    return _Type(_NUMBER, pack, unpack)


def _sized(data: bytes) -> bytes:
    return _written(len(data)) + data


def _text(data: bytes, span: Raw, _depth: int) -> str:
    return data[span[0] : span[1]].decode()


_SCALARS = {
    "str": _Type(_SIZED, lambda text: _sized(text.encode()), _text),
    "bytes": _Type(_SIZED, _sized, lambda data, span, _: data[span[0] : span[1]]),
    "bool": _Type(_NUMBER, lambda _: b"\x01", lambda _data, number, _depth: number != 0),
}


@record(frozen=True, slots=True)
class _Entry:
    """One of a map's."""

    key: str = ""
    text: str = ""

    @classmethod
    def of(cls, pair: tuple[str, str]) -> _Entry:
        return cls(*pair)


@record(frozen=True, slots=True)
class _Value:
    text: str = ""


@record(frozen=True, slots=True)
class _ConfigEntry:
    """One of a Config's map, whose texts are in messages of their own."""

    key: str = ""
    value: _Value | None = None

    @property
    def text(self) -> str:
        return self.value.text if self.value else ""

    @classmethod
    def of(cls, pair: tuple[str, str]) -> _ConfigEntry:
        return cls(pair[0], _Value(pair[1]))


# All that a field may hold, by the name that annotations give it.
_RECORDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(chart.Chart, chart.Config, chart.File, chart.Maintainer, chart.Metadata, Timestamp),
        *(release.Info, release.Release, release.Status),
        *(_Entry, _ConfigEntry, _Value),
    )
}


# The others, by the module that has them: most answers hold none.
_LATER = {
    "Hook": "helmpy.release.hooks",
    "TestRun": "helmpy.release.test_runs",
    "TestSuite": "helmpy.release.test_runs",
    "Version": "helmpy.release.requests.version",
}


def _record(named: str) -> type:
    """The record of that name."""
    if named in _LATER and named not in _RECORDS:
        __import__(_LATER[named])
        _RECORDS[named] = getattr(sys.modules[_LATER[named]], named)
    return _RECORDS[named]


# --- what v2 charts add ------------------------------------------------------------------------------


def to_annotations(metadata: chart.Metadata) -> chart.Metadata:
    """Put the two fields of a v2 chart among its annotations."""
    extra: dict[str, str] = {}
    if metadata.type:
        extra[ANNOTATED["type"]] = metadata.type
    if metadata.dependencies:
        import json

        plain = [{name: getattr(d, name) for name in field_names(chart.Dependency)} for d in metadata.dependencies]
        extra[ANNOTATED["dependencies"]] = json.dumps(plain, sort_keys=True)
    if not extra:
        return metadata
    return replace(metadata, annotations={**metadata.annotations, **extra})


def from_annotations(metadata: chart.Metadata) -> chart.Metadata:
    """Take our two annotations back into fields; one that does not parse stays an annotation."""
    if not any(key in metadata.annotations for key in ANNOTATED.values()):
        return metadata
    annotations = dict(metadata.annotations)
    changes: dict[str, Any] = {"type": annotations.pop(ANNOTATED["type"], "")}
    text = annotations.get(ANNOTATED["dependencies"])
    dependencies = _dependencies(text) if text is not None else None
    if dependencies is not None:
        changes["dependencies"] = dependencies
        del annotations[ANNOTATED["dependencies"]]
    return replace(metadata, annotations=annotations, **changes)


def _dependencies(text: str) -> tuple[chart.Dependency, ...] | None:
    import json

    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    made = [_dependency(each) for each in parsed] if isinstance(parsed, list) else []
    return tuple(d for d in made if d is not None) if made and None not in made else None


def _dependency(plain: Any) -> chart.Dependency | None:
    """Return a dependency of exactly the fields and types that ``to_annotations`` writes, or None."""
    if not isinstance(plain, dict):
        return None
    default = chart.Dependency()
    blank = {name: getattr(default, name) for name in field_names(chart.Dependency)}
    lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    if lists.keys() != blank.keys() or any(type(lists[k]) is not type(blank[k]) for k in blank):
        return None
    return chart.Dependency(**lists)
