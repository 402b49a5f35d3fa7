"""The little language of ``--set``, ``--set-string`` and ``--set-file``.

    text    = pair *("," pair)
    pair    = path "=" value
    path    = name *("." name / "[" index "]")
    value   = "{" item *("," item) "}" / item

A backslash takes the next character as it is. ``--set`` guesses types: true, false, null (any
case), integers that do not start with 0 (and ``0`` itself); everything else is a string.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import Int64
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Convert = Callable[[str], Any]
    Path = tuple[str | int, ...]


MAX_INDEX = 65536  # highest list index that may be set: one short flag must not fill the memory
MAX_DEPTH = 30  # names and indexes in one path

_INT64 = range(-(2**63), 2**63)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


class StrvalsError(HelmError):
    """The text of a ``--set`` flag does not parse; the caller says which flag it was."""


@record(frozen=True, slots=True)
class _Pair:
    """One ``path=value``. ``given`` is False where the text ended before a value (``a[0]``)."""

    path: Path
    value: Any = None
    given: bool = True


def parse(text: str) -> dict[str, Any]:
    """Return the values that ``--set TEXT`` gives. Raises StrvalsError."""
    values: dict[str, Any] = {}
    parse_into(text, values)
    return values


def parse_into(text: str, dest: dict[str, Any]) -> None:
    """Set what ``--set TEXT`` says in ``dest``, in place. Raises StrvalsError."""
    _apply(text, dest, typed)


def parse_into_string(text: str, dest: dict[str, Any]) -> None:
    """As ``parse_into``, every value a string (``--set-string``)."""
    _apply(text, dest, str)


def parse_into_file(text: str, dest: dict[str, Any], read: Callable[[str], str]) -> None:
    """As ``parse_into``, every value the name of a file whose text is taken (``--set-file``).

    ``read`` gets the name; what it raises goes through.
    """
    _apply(text, dest, read)


def typed(word: str) -> Any:
    """Return the value that ``--set`` takes ``word`` for."""
    lowered = word.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if word == "0" or not word.startswith("0"):
        digits = word[1:] if word[:1] in ("-", "+") else word
        if digits.isascii() and digits.isdigit() and len(digits) <= 19 and int(word) in _INT64:
            return Int64(word)
    return word


def _apply(text: str, dest: dict[str, Any], convert: Convert) -> None:
    for pair in _Scanner(text, convert, dest).pairs():
        _assign(dest, pair)


class _Scanner:
    """Reads pairs one after another; ``dest`` is only looked at, to word errors as Helm does."""

    def __init__(self, text: str, convert: Convert, dest: dict[str, Any]) -> None:
        self.text = text
        self.at = 0
        self.convert = convert
        self.dest = dest

    def pairs(self) -> Iterator[_Pair]:
        while self.at < len(self.text):
            yield self._pair()

    def _pair(self) -> _Pair:
        path: list[str | int] = []
        while True:
            if len(path) >= MAX_DEPTH:
                msg = f"value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
                raise StrvalsError(msg)
            name, stop = self._until("=[,.")
            if not stop and not name:
                return self._unfinished(path)
            path.append(name)
            if stop == "[":
                stop = self._indexes(path)
                if not stop:
                    return _Pair(tuple(path), given=False)
            if stop == "=":
                return self._valued(path)
            if stop != ".":
                raise self._no_value(path, stop)

    def _indexes(self, path: list[str | int]) -> str:
        """Read ``0][1]…`` after a ``[`` and return the character that follows, ``""`` at the end."""
        while True:
            digits, stop = self._until("]")
            if not stop:
                raise StrvalsError("error parsing index: EOF")
            path.append(_index(digits))
            rest, stop = self._until("[.=")
            if rest:
                runes = " ".join(f"'{c}'" for c in rest)
                raise StrvalsError(f"unexpected data at end of array index: [{runes}]")
            if stop != "[":
                return stop
            if len(path) > MAX_DEPTH:
                msg = f"value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
                raise StrvalsError(msg)

    def _valued(self, path: list[str | int]) -> _Pair:
        if self._value_is_list():
            value: Any = self._list()
        elif self.at >= len(self.text):
            value = ""
        else:
            word, _ = self._until(",")
            value = self.convert(word)
        if "" in path[1:]:  # a nameless key sets nothing, so a map of it alone stays empty
            self._refuse_empty_map(tuple(path[: path.index("", 1) + 1]))
        return _Pair(tuple(path), value)

    def _value_is_list(self) -> bool:
        return self.text.startswith("{", self.at)

    def _list(self) -> list[Any]:
        self.at += 1
        items: list[Any] = []
        while True:
            word, stop = self._until(",}")
            if not stop:
                raise StrvalsError("list must terminate with '}'")
            items.append(self.convert(word))
            if stop == "}":
                if self.text.startswith(",", self.at):
                    self.at += 1
                return items

    def _until(self, stops: str) -> tuple[str, str]:
        """Return the text before the next of ``stops``, escapes taken out, and that stop or ``""``."""
        taken: list[str] = []
        text, at = self.text, self.at
        while at < len(text):
            char = text[at]
            at += 1
            if char in stops:
                self.at = at
                return "".join(taken), char
            if char == "\\":
                taken.append(text[at : at + 1])
                at += 1
            else:
                taken.append(char)
        self.at = len(text)
        return "".join(taken), ""

    def _unfinished(self, path: list[str | int]) -> _Pair:
        """The text ended after a ``.``."""
        if path and isinstance(path[-1], str):
            self._refuse_empty_map((*path, ""))
        return _Pair((*path, ""), given=False)

    def _no_value(self, path: list[str | int], stop: str) -> StrvalsError:
        self._refuse_empty_map(tuple(path))
        comma = " (cannot end with ,)" if stop else ""
        return StrvalsError(f"key {_quoted(str(path[-1]))} has no value{comma}")

    def _refuse_empty_map(self, path: Path) -> None:
        """Helm names the outermost map that the failing pair would leave empty."""
        here: Any = self.dest
        for depth in range(len(path) - 1):
            name, after = path[depth], path[depth + 1]
            here = _child(here, name)
            if isinstance(name, int) or isinstance(after, int) or here:
                continue
            gets_list = depth + 2 < len(path) and isinstance(path[depth + 2], int)
            if not gets_list:
                raise StrvalsError(f"key map {_quoted(name)} has no value")


def _child(value: Any, segment: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(segment)
    if isinstance(value, list) and isinstance(segment, int) and segment < len(value):
        return value[segment]
    return None


def _index(digits: str) -> int:
    number = digits[1:] if digits[:1] in ("-", "+") else digits
    problem = ""
    if not (number.isascii() and number.isdigit()):
        problem = "invalid syntax"
    elif len(number) > 19 or int(digits) not in _INT64:
        problem = "value out of range"
    if problem:
        raise StrvalsError(f"error parsing index: strconv.Atoi: parsing {_quoted(digits)}: {problem}")
    index = int(digits)
    if index < 0:
        raise StrvalsError(f"negative {index} index not allowed")
    if index > MAX_INDEX:
        raise StrvalsError(f"index of {index} is greater than maximum supported index of {MAX_INDEX}")
    return index


def _assign(dest: dict[str, Any], pair: _Pair) -> None:
    """Walk ``pair.path`` into ``dest``, making maps and lists on the way, and put the value there."""
    here: Any = dest
    last = len(pair.path) - 1
    for depth, segment in enumerate(pair.path):
        if segment == "":
            return
        if depth == last:
            if pair.given:
                _put(here, segment, pair.value)
            return
        after = pair.path[depth + 1]
        found = _child(here, segment)
        if isinstance(after, int):
            if found is None:
                found = _put(here, segment, [])
            elif not isinstance(found, list):
                raise StrvalsError(f"key {_quoted(_dotted(pair.path[: depth + 1]))} is not a list")
        elif not isinstance(found, dict):
            if found is not None and isinstance(segment, str):
                raise StrvalsError(f"key {_quoted(_dotted(pair.path[: depth + 1]))} is not a map")
            found = _put(here, segment, {})
        here = found


def _put(here: Any, segment: str | int, value: Any) -> Any:
    if isinstance(segment, int):
        here.extend([None] * (segment + 1 - len(here)))
    here[segment] = value
    return value


def _dotted(path: Path) -> str:
    text = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)
    return text.removeprefix(".")


def _quoted(text: str) -> str:
    from helmpy.gocompat.text import sprintf

    return sprintf("%q", [text])
