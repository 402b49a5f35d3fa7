"""Command-line words to flags, by the rules of the parser that Helm 2 used (pflag).

Flags may stand after arguments, ``--bool=false`` works, one-letter flags can be joined, a later
value replaces an earlier one except for lists. Errors use pflag's words, scripts match them.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, Protocol

    class FlagLike(Protocol):
        """What the parser wants to know of a flag."""

        @property
        def kind(self) -> Kind: ...
        @property
        def long(self) -> str: ...
        @property
        def short(self) -> str: ...


class UsageError(HelmError):
    """The command line makes no sense."""


@record(frozen=True, slots=True)
class Kind:
    """A type of flag: its name on help pages, how text becomes a value, whether values add up."""

    name: str
    parse: Callable[[str], Any]
    repeated: bool = False
    splits: bool = False
    implied: str | None = None


_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def _bool(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')


def parse_integer(text: str, *, bits: int = 64, signed: bool = True, base: int = 0) -> int:
    """Go's ``strconv.ParseInt``; raises ValueError with its words."""
    call = "ParseInt" if signed else "ParseUint"
    try:
        number = _integer(text, base=base, signed=signed)
    except ValueError:
        raise ValueError(f'strconv.{call}: parsing "{text}": invalid syntax') from None
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= number <= high:
        raise ValueError(f'strconv.{call}: parsing "{text}": value out of range')
    return number


def _integer(text: str, *, base: int, signed: bool) -> int:
    if not text.isascii() or text != text.strip() or (base and "_" in text) or (text[:1] in "+-" and not signed):
        raise ValueError(text)
    digits = text.lstrip("+-")
    if base == 0 and len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return int(text, 8)  # Go reads 010 as octal where Python refuses it
    return int(text, base)


BOOL = Kind("", _bool, implied="true")
STRING = Kind("string", str)
INT = Kind("int", parse_integer)
INT32 = Kind("int32", lambda text: parse_integer(text, bits=32))
UINT = Kind("uint", lambda text: parse_integer(text, signed=False))
UINT32 = Kind("uint32", lambda text: parse_integer(text, bits=32, signed=False))
STRINGS = Kind("stringArray", str, repeated=True)
VALUE_FILES = Kind("valueFiles", str, repeated=True, splits=True)


@record(frozen=True, slots=True)
class Parsed:
    """Values by the flags' long names, only of flags that were given, and the other words."""

    values: dict[str, Any]
    args: tuple[str, ...]


def parse(flags: Iterable[FlagLike], words: Sequence[str]) -> Parsed:
    """Sort ``words`` into flags and arguments. Raises UsageError."""
    return _Parser(flags).run(words)


class _Parser:
    def __init__(self, flags: Iterable[FlagLike]) -> None:
        known = tuple(flags)
        self.long = {flag.long: flag for flag in known}
        self.short = {flag.short: flag for flag in known if flag.short}
        self.values: dict[str, Any] = {}

    def run(self, words: Sequence[str]) -> Parsed:
        args: list[str] = []
        rest = list(reversed(words))
        while rest:
            word = rest.pop()
            if word == "--":
                args.extend(reversed(rest))
                break
            if word.startswith("--"):
                self.take_long(word, rest)
            elif word.startswith("-") and word != "-":
                self._cluster(word, rest)
            else:
                args.append(word)
        return Parsed(self.values, tuple(args))

    def take_long(self, word: str, rest: list[str]) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise UsageError(f"bad flag syntax: {word}")
        flag = self.long.get(name)
        if flag is None:
            raise UsageError(f"unknown flag: --{name}", hint=_meant(name, self.long))
        if equals:
            self._set(flag, value)
        elif flag.kind.implied is not None:
            self._set(flag, flag.kind.implied)
        elif rest:
            self._set(flag, rest.pop())
        else:
            raise UsageError(f"flag needs an argument: --{name}")

    def _cluster(self, word: str, rest: list[str]) -> None:
        letters = word[1:]
        while letters:
            letter, after = letters[0], letters[1:]
            flag = self.short.get(letter)
            if flag is None:
                raise UsageError(f"unknown shorthand flag: '{letter}' in -{letters}")
            if after.startswith("=") and len(after) > 1:
                return self._set(flag, after[1:])
            if flag.kind.implied is not None:
                self._set(flag, flag.kind.implied)
                letters = after
                continue
            if after:
                return self._set(flag, after)
            if rest:
                return self._set(flag, rest.pop())
            raise UsageError(f"flag needs an argument: '{letter}' in -{letters}")
        return None

    def _set(self, flag: FlagLike, text: str) -> None:
        try:
            value = flag.kind.parse(text)
        except ValueError as error:
            label = f"-{flag.short}, --{flag.long}" if flag.short else f"--{flag.long}"
            raise UsageError(f'invalid argument "{text}" for "{label}" flag: {error}') from None
        if flag.kind.repeated:
            added = tuple(value.split(",")) if flag.kind.splits else (value,)
            value = self.values.get(flag.long, ()) + added
        self.values[flag.long] = value


def _meant(name: str, known: Iterable[str]) -> str:
    """A question for who mistyped a flag, "" where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), 3, 0.7)
    return f"Did you mean {' or '.join(f'--{one}' for one in near)}?" if near else ""


def first_word(flags: Iterable[FlagLike], words: Sequence[str]) -> int | None:
    """The place of the first word that is no flag and no flag's value; None where there is none.

    A flag not known here is taken for one with a value, as Helm's command line takes it.
    """
    known = {f"--{flag.long}": flag for flag in flags}
    known |= {f"-{flag.short}": flag for flag in known.values() if flag.short}
    skip = False
    for place, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return None
        elif word.startswith("-"):
            flag = known.get(word)
            alone = word.startswith("--") or len(word) == 2
            skip = alone and "=" not in word and (flag is None or flag.kind.implied is None)
        elif word:
            return place
    return None


def split(flags: Iterable[FlagLike], words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Take the known flags out of ``words``; return their values and all other words. Raises UsageError.

    What is not known is left alone, so values of such flags are never taken for flags of ours.
    """
    parser = _Parser(flags)
    others: list[str] = []
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if word == "--":
            others += [word, *reversed(rest)]
            break
        if word.startswith("--") and word[2:].partition("=")[0] in parser.long:
            parser.take_long(word, rest)
        else:
            others.append(word)
    return parser.values, others
