"""Semantic versions and version ranges as Masterminds/semver takes them.

Dialect 2 is its version 1, which Helm 2 uses; dialect 3 its version 3, which Helm 3 uses.
"""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.kinds import Int64, Uint64
from helmpy.gocompat.memo import memo
from helmpy.gocompat.methods import MethodObject
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar

    from helmpy.gocompat.methods import Method

# Longer ones are refused: no real range comes near, and the search for hyphens is not linear.
_LONGEST = 4096

_IDENTIFIER = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_DIGITS_OR_ANY = frozenset("0123456789|xX*")
_SPACES = frozenset("\t\n\f\r ")

_LOOSE = r"v?+[0-9|xX*]++(?:\.[0-9|xX*]++){0,2}+(?:-ID(?:\.ID)*+)?+(?:\+ID(?:\.ID)*+)?+".replace("ID", "[0-9A-Za-z-]++")
_HYPHEN = rf"({_LOOSE})[\t\n\f\r ]++-[\t\n\f\r ]++({_LOOSE})[\t\n\f\r ]*+"

_ANY = ("x", "X", "*")


class InvalidVersion(FunctionError):
    """A text that is no version."""


class InvalidConstraint(FunctionError):
    """A text that is no version range."""


@record(frozen=True, slots=True, eq=False)
class Version(MethodObject):
    """A version. ``original`` is the text it was read from; ``dialect`` 2 or 3 as the module says."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""
    metadata: str = ""
    original: str = ""
    dialect: int = 3

    go_type: ClassVar[str] = "*semver.Version"
    go_kind: ClassVar[str] = "ptr"
    methods: ClassVar[Mapping[str, Method]] = {}

    @classmethod
    def parse(cls, text: str, dialect: int = 3) -> Version:
        """Read ``1``, ``1.2``, ``v1.2.3-rc.1+build``; raise InvalidVersion in the library's words."""
        # by hand, as the ranges below: importing re alone takes 5 ms, and every other chart compares a version
        rest, plus, metadata = text.removeprefix("v").partition("+")
        rest, minus, prerelease = rest.partition("-")
        numbers = rest.split(".")
        if (
            len(numbers) > 3
            or not all(number.isascii() and number.isdigit() for number in numbers)
            or (minus and not _are_identifiers(prerelease))
            or (plus and not _are_identifiers(metadata))
        ):
            raise InvalidVersion("Invalid Semantic Version")
        if dialect != 2:
            _check_prerelease(prerelease)
        major, minor, patch = [_segment(number, dialect) for number in (*numbers, "0", "0")[:3]]
        return cls(major, minor, patch, prerelease, metadata, text, dialect)

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += f"-{self.prerelease}"
        return f"{text}+{self.metadata}" if self.metadata else text

    def json_value(self) -> str:
        """Return what encoding/json writes, without the quotes."""
        return str(self)

    def key(self) -> tuple[int, int, int, tuple[tuple[int, int, str], ...]]:
        """Return a sort key: versions compare as their keys do; metadata plays no part."""
        return self.major, self.minor, self.patch, _precedence(self.prerelease)

    def compare(self, other: Version) -> int:
        """Return -1, 0 or 1 as this is lower than, equal to or higher than ``other``."""
        mine, theirs = self.key(), other.key()
        return (mine > theirs) - (mine < theirs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def __lt__(self, other: Version) -> bool:
        return self.key() < other.key()

    def __le__(self, other: Version) -> bool:
        return self.key() <= other.key()

    def __gt__(self, other: Version) -> bool:
        return self.key() > other.key()

    def __ge__(self, other: Version) -> bool:
        return self.key() >= other.key()

    def next_major(self) -> Version:
        """Return the next major version."""
        return self._next(major=self.major + 1, minor=0, patch=0)

    def next_minor(self) -> Version:
        """Return the next minor version."""
        return self._next(minor=self.minor + 1, patch=0)

    def next_patch(self) -> Version:
        """Return the next patch version: of a prerelease, the release itself."""
        return self._next(patch=self.patch + (not self.prerelease))

    def with_prerelease(self, prerelease: str) -> Version:
        """Return the version with another prerelease; FunctionError where that is none."""
        if prerelease and not _are_identifiers(prerelease):
            raise FunctionError("Invalid Prerelease string")
        if self.dialect != 2:
            _check_prerelease(prerelease)
        return self._changed(prerelease=prerelease)

    def with_metadata(self, metadata: str) -> Version:
        """Return the version with other metadata; FunctionError where that is none."""
        if metadata and not _are_identifiers(metadata):
            raise FunctionError("Invalid Metadata string")
        return self._changed(metadata=metadata)

    def _next(self, **numbers: Any) -> Version:
        return self._changed(prerelease="", metadata="", **numbers)

    def _changed(self, **parts: Any) -> Version:
        changed = replace(_Value(*_fields(self)), **parts)
        prefix = "v" if self.original.startswith("v") else ""
        return replace(changed, original=prefix + Version.__str__(changed))


class _Value(Version):
    """A version that Go returns by value: under dialect 2 it prints as the struct it is."""

    __slots__ = ()
    go_type: ClassVar[str] = "semver.Version"
    go_kind: ClassVar[str] = "struct"

    def __str__(self) -> str:
        if self.dialect != 2:
            return Version.__str__(self)
        return "{" + " ".join(map(str, _fields(self)[:-1])) + "}"


def _fields(version: Version) -> tuple[Any, ...]:
    return (
        version.major,
        version.minor,
        version.patch,
        version.prerelease,
        version.metadata,
        version.original,
        version.dialect,
    )


def _are_identifiers(text: str) -> bool:
    """Tell whether ``text`` is words of letters, digits and dashes with points between them."""
    return all(part and _IDENTIFIER.issuperset(part) for part in text.split("."))


def _segment(digits: str, dialect: int) -> int:
    parser, limit = ("ParseInt", 1 << 63) if dialect == 2 else ("ParseUint", 1 << 64)
    if len(digits.lstrip("0")) > 20 or int(digits[-21:]) >= limit:
        raise InvalidVersion(f'Error parsing version segment: strconv.{parser}: parsing "{digits}": value out of range')
    return int(digits[-21:])


def _check_prerelease(prerelease: str) -> None:
    for identifier in prerelease.split("."):
        if len(identifier) > 1 and identifier[0] == "0" and identifier.isdigit():
            raise InvalidVersion("Version segment starts with 0")


@memo(1024)
def _precedence(prerelease: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key by which prereleases sort: none last, numbers before words, fewer before more."""
    if not prerelease:
        return ((3, 0, ""),)
    return tuple(
        (1, int(part), "") if part.isdigit() and len(part.lstrip("0")) < 20 else (2, 0, part)
        for part in prerelease.split(".")
    )


def _number(name: str) -> Callable[[Version], Int64 | Uint64]:
    def number(self: Version) -> Int64 | Uint64:
        value: int = {"Major": self.major, "Minor": self.minor, "Patch": self.patch}[name]
        return Int64(value) if self.dialect == 2 else Uint64(value)

    return number


Version.methods = {
    "Compare": (Version.compare, "*semver.Version", "int"),
    "Equal": (Version.__eq__, "*semver.Version", "bool"),
    "GreaterThan": (Version.__gt__, "*semver.Version", "bool"),
    "IncMajor": (Version.next_major, "", "semver.Version"),
    "IncMinor": (Version.next_minor, "", "semver.Version"),
    "IncPatch": (Version.next_patch, "", "semver.Version"),
    "LessThan": (Version.__lt__, "*semver.Version", "bool"),
    "Major": (_number("Major"), "", "uint64"),
    "Metadata": (lambda self: self.metadata, "", "string"),
    "Minor": (_number("Minor"), "", "uint64"),
    "Original": (lambda self: self.original, "", "string"),
    "Patch": (_number("Patch"), "", "uint64"),
    "Prerelease": (lambda self: self.prerelease, "", "string"),
    "SetMetadata": (Version.with_metadata, "string", "semver.Version"),
    "SetPrerelease": (Version.with_prerelease, "string", "semver.Version"),
    "String": (Version.__str__, "", "string"),
}


# -- ranges ---------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class _Term:
    """One comparison. ``known`` is how many of the bound's numbers are given: 3, or fewer with x or none."""

    operator: str
    bound: Version
    known: int
    dialect: int

    def admits(self, version: Version) -> bool:
        """Tell whether ``version`` is in this term's range."""
        hides = version.prerelease and not self.bound.prerelease
        if hides and (self.operator != "!=" or self.known < 3):
            return False
        return _CHECKS[self.operator](version, self)

    def same(self, version: Version, count: int) -> bool:
        """Tell whether the first ``count`` numbers are those of the bound."""
        return version.key()[:count] == self.bound.key()[:count]


def _equals(version: Version, term: _Term) -> bool:
    return _reaches(version, term) if term.known < 3 else version == term.bound


def _differs(version: Version, term: _Term) -> bool:
    if term.known == 3:
        return version != term.bound
    if term.known == 0 and term.dialect == 3:
        return version != term.bound
    return not term.same(version, 2 if term.known == 0 else term.known)


def _exceeds(version: Version, term: _Term) -> bool:
    if term.dialect == 2 or term.known in (0, 3):
        return version > term.bound
    return version.key()[: term.known] > term.bound.key()[: term.known]


def _precedes(version: Version, term: _Term) -> bool:
    if term.dialect == 3 or term.known == 3:
        return version < term.bound
    return _not_past(version, term)


def _not_above(version: Version, term: _Term) -> bool:
    if term.known == 3:
        return version <= term.bound
    if term.dialect == 2:
        return _not_past(version, term)
    count = 1 if term.known == 1 else 2
    return version.key()[:count] <= term.bound.key()[:count]


def _not_past(version: Version, term: _Term) -> bool:
    """Version 1's rule for a range with x: neither major nor minor number is larger."""
    return version.major <= term.bound.major and (term.known == 1 or version.minor <= term.bound.minor)


def _at_least(version: Version, term: _Term) -> bool:
    return version >= term.bound


def _reaches(version: Version, term: _Term) -> bool:
    """``~``: at least the bound, with its major and, where given, minor number."""
    if version < term.bound:
        return False
    zero = term.bound.key()[:3] == (0, 0, 0)
    if zero and term.known in (0, 3):
        return True
    return term.same(version, 1 if term.known == 1 else 2)


def _compatible(version: Version, term: _Term) -> bool:
    """``^``: at least the bound, with its first number that is not 0; version 1 knows only majors."""
    if version < term.bound:
        return False
    if term.dialect == 2 or term.bound.major > 0 or term.known == 1:
        return version.major == term.bound.major
    if version.major > 0:
        return False
    if term.bound.minor > 0 or term.known == 2:
        return version.minor == term.bound.minor
    return version.patch == term.bound.patch  # whatever the minor number: 3.1.1 does not look


_CHECKS: dict[str, Callable[[Version, _Term], bool]] = {
    "": _equals,
    "=": _equals,
    "!=": _differs,
    ">": _exceeds,
    "<": _precedes,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _not_above,
    "=<": _not_above,
    "~": _reaches,
    "~>": _reaches,
    "^": _compatible,
}


class Constraint:
    """A version range: ``>=1.2, <2 || ~3.1``, ``1.x``, ``^0.3``, ``1.2 - 2.3``.

    Raises InvalidConstraint in the library's words.
    """

    __slots__ = ("_choices", "text")

    def __init__(self, text: str, dialect: int = 3) -> None:
        self.text = text
        self._choices = _choices(text, dialect)

    def check(self, version: Version) -> bool:
        """Tell whether ``version`` is in the range."""
        return any(all(term.admits(version) for term in terms) for terms in self._choices)


@memo(512)
def _choices(text: str, dialect: int) -> tuple[tuple[_Term, ...], ...]:
    if len(text) > _LONGEST:
        raise InvalidConstraint(f"improper constraint: {text[:64]}…")
    written = text
    if _has_lone_hyphen(text):
        import re  # 5 ms, for the rarest form

        written = re.sub(_HYPHEN, r">= \1, <= \2", text)
    return tuple(_terms(choice, dialect) for choice in written.split("||"))


def _has_lone_hyphen(text: str) -> bool:
    at = text.find("-", 1)
    while at > 0:
        if text[at - 1] in _SPACES and text[at + 1 : at + 2] in _SPACES:
            return True
        at = text.find("-", at + 1)
    return False


def _terms(choice: str, dialect: int) -> tuple[_Term, ...]:
    if dialect == 3:
        return tuple([_term(written, dialect) for written in _spaced(choice)])
    terms: list[_Term] = []
    for part in choice.split(","):
        written = _spaced(part)
        if len(written) > 1:  # a blank joins nothing in version 1
            raise InvalidConstraint(f"improper constraint: {part}")
        terms.append(_term(written[0], dialect))
    return tuple(terms)


def _spaced(text: str) -> list[_Written]:
    """Return the comparisons of a text that is nothing but comparisons, one at least."""
    found: list[_Written] = []
    at = 0
    while at < len(text) or not found:
        written = _Written(text, at)
        if not written.numbers:
            raise InvalidConstraint(f"improper constraint: {text}")
        found.append(written)
        at = written.end
    return found


class _Written:
    """One comparison as it stands at ``start``: operator, up to three numbers (none where it is no comparison), suffixes.

    Blanks may stand around the operator and after the version, then one comma.
    """

    __slots__ = ("end", "metadata", "numbers", "operator", "prerelease")

    def __init__(self, text: str, start: int) -> None:
        at = _after(_SPACES, text, start)
        size = 2 if text[at : at + 2] in _CHECKS else 1 if text[at : at + 1] in _CHECKS else 0
        self.operator = text[at : at + size]
        at = _after(_SPACES, text, at + size)
        at += text.startswith("v", at)
        self.numbers: list[str] = []
        end = _after(_DIGITS_OR_ANY, text, at)
        while end > at and len(self.numbers) < 3:
            self.numbers.append(text[at:end])
            at = end + 1 if text.startswith(".", end) else len(text)
            last, end = end, _after(_DIGITS_OR_ANY, text, at)
        if not self.numbers:
            return
        self.prerelease, at = _suffix("-", text, last)
        self.metadata, at = _suffix("+", text, at)
        at = _after(_SPACES, text, at)
        self.end = at + text.startswith(",", at)


def _after(allowed: frozenset[str], text: str, at: int) -> int:
    """Return where the run of ``allowed`` characters that begins at ``at`` ends."""
    while at < len(text) and text[at] in allowed:
        at += 1
    return at


def _suffix(mark: str, text: str, at: int) -> tuple[str, int]:
    """Return the identifiers after ``mark`` at ``at``, if any, and where they end."""
    if not text.startswith(mark, at):
        return "", at
    end = _after(_IDENTIFIER, text, at + 1)
    if end == at + 1:
        return "", at
    while text.startswith(".", end):
        further = _after(_IDENTIFIER, text, end + 1)
        if further == end + 1:
            break
        end = further
    return text[at + 1 : end], end


def _term(written: _Written, dialect: int) -> _Term:
    bound, known = _known(written.numbers, f"-{written.prerelease}" if written.prerelease else "", dialect)
    if known == 3 and written.metadata:
        bound = f"{bound}+{written.metadata}"
    try:
        return _Term(written.operator, Version.parse(bound, dialect), known, dialect)
    except InvalidVersion:
        raise InvalidConstraint("constraint Parser Error") from None


def _known(numbers: list[str], prerelease: str, dialect: int) -> tuple[str, int]:
    """Return the bound's text and how many of its numbers are given."""
    major, minor, patch = (*numbers, None, None)[:3]
    if major in _ANY:
        return "0.0.0", 0
    if minor is None or minor in _ANY:
        return f"{major}.0.0{prerelease}", 1
    if patch in _ANY or (patch is None and dialect == 3):
        return f"{major}.{minor}.0{prerelease}", 2
    return f"{major}.{minor}.{patch or 0}{prerelease}", 3
