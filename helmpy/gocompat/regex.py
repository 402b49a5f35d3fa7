"""Go's regexp: the same syntax and linear time through RE2, Go's rules for matches and messages.

RE2's extension is loaded at the first pattern.
"""

from __future__ import annotations

import sys
from _thread import RLock

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.memo import memo
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text_quote import can_backquote, quote, to_bytes, to_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

# How RE2's messages begin, and what Go says there.
_MESSAGES = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid named capture group": "invalid named capture",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "pattern too large - compile failed": "expression too large",
}
_LOOK_BEHIND = ("(?<=", "(?<!")

_SPECIAL = Pattern(r"[\\.+*?()|\[\]{}^$]")
_VARIABLE = Pattern(r"\$(?:\$|(\w++)|\{(\w++)\})")
# An escape, or quoted text: what may hide or be the byte escape that RE2 has and Go lacks.
_ESCAPE = Pattern(r"(?s)\\Q(?:[^\\]++|\\(?!E))*+(?:\\E)?|\\(.)")


# Characters of a pattern. RE2 writes thousands of lines to stderr where it simplifies larger ones.
MAX_PATTERN = 10_000

# Steps of RE2's machine for one match at worst: groups times instructions times bytes. Takes some two seconds.
MAX_WORK = 4_000_000_000


class InvalidPattern(FunctionError):
    """A pattern that Go's regexp does not take; ``pattern`` is its text."""

    def __init__(self, reason: str, pattern: str) -> None:
        super().__init__(f"error parsing regexp: {reason}")
        self.pattern = pattern

    def panic(self) -> FunctionError:
        """Return what MustCompile panics with."""
        shown = f"`{self.pattern}`" if can_backquote(self.pattern) else quote(self.pattern)
        return FunctionError(f"regexp: Compile({shown}): {self.message}")


class _Found:
    """A match: its groups' spans, (-1, -1) for one that took no part."""

    __slots__ = ("_data", "_spans")

    def __init__(self, data: bytes, spans: list[tuple[int, int]]) -> None:
        self._data = data
        self._spans = spans

    def __getitem__(self, group: int) -> bytes | None:
        start, end = self._spans[group]
        return None if start < 0 else self._data[start:end]

    def span(self) -> tuple[int, int]:
        return self._spans[0]

    def start(self) -> int:
        return self._spans[0][0]

    def end(self) -> int:
        return self._spans[0][1]


class _Program:
    """RE2's own object with the two ways of matching that are needed here."""

    __slots__ = ("_anywhere", "_re2", "_work")

    def __init__(self, made: Any, anywhere: Any) -> None:
        self._re2 = made
        self._anywhere = anywhere
        self._work = made.ProgramSize() * (made.NumberOfCapturingGroups() + 1)

    @property
    def groups(self) -> int:
        """How many groups the pattern has."""
        count: int = self._re2.NumberOfCapturingGroups()
        return count

    @property
    def groupindex(self) -> dict[bytes, int]:
        """The number of every group that has a name."""
        return dict(self._re2.NamedCapturingGroups())

    def search(self, data: bytes) -> _Found | None:
        return next(self.finditer(data), None)

    def finditer(self, data: bytes) -> Iterator[_Found]:
        """Yield all matches; an empty one is looked for at every byte, also right after another match."""
        at, end = 0, len(data)
        if self._work * end > MAX_WORK:
            raise FunctionError("the pattern is too large for so long a text")
        while True:
            spans = self._re2.Match(self._anywhere, data, at, end)
            if spans[0][0] < 0:
                return
            yield _Found(data, spans)
            if at == end:
                return
            at = spans[0][1] + (spans[0][1] == at)


_lock = RLock()
_found: Any = None


def _library() -> Any:
    """Return RE2's extension module alone: the package around it takes 4 of 6 ms and is not used."""
    global _found  # noqa: PLW0603 - looked for once
    with _lock:
        if _found is None:
            _found = _load_alone() or __import__("re2")._re2  # noqa: SLF001 - the extension under its package
    return _found


def _load_alone() -> Any:
    if "re2" in sys.modules:
        return None
    spec = next(filter(None, (finder.find_spec("re2", None) for finder in sys.meta_path)), None)
    if spec is None or not spec.submodule_search_locations:
        return None
    package: Any = type(sys)("re2")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["re2"] = package
    try:
        __import__("re2._re2")
    except ImportError:
        return None
    finally:
        del sys.modules["re2"]  # who imports it gets the real one, around the same extension
    return sys.modules["re2._re2"]


class Regex:
    """A compiled pattern. Matching takes time linear in the text."""

    __slots__ = ("_compiled", "pattern")

    def __init__(self, pattern: str, compiled: _Program) -> None:
        self.pattern = pattern
        self._compiled = compiled

    def search(self, text: str) -> bool:
        """Tell whether the pattern matches anywhere."""
        return self._compiled.search(to_bytes(text)) is not None

    def find(self, text: str) -> str:
        """Return the first match, "" where there is none."""
        found = self._compiled.search(to_bytes(text))
        return to_text(found[0] or b"") if found else ""

    def find_all(self, text: str, limit: int = -1) -> list[str]:
        """Return the matches, at most ``limit`` where that is not negative."""
        return [to_text(found[0] or b"") for found in self._matches(to_bytes(text), limit)]

    def split(self, text: str, limit: int = -1) -> list[str]:
        """Return what stands between the matches, at most ``limit`` parts where that is not negative."""
        if limit == 0:
            return []
        if self.pattern and not text:
            return [""]
        data = to_bytes(text)
        parts: list[bytes] = []
        begin = end = 0
        for found in self._matches(data, limit):
            if len(parts) == limit - 1:
                break
            end = found.start()
            if found.end():
                parts.append(data[begin:end])
            begin = found.end()
        if end != len(data):
            parts.append(data[begin:])
        return list(map(to_text, parts))

    def replace(self, text: str, template: str, limit: int) -> str:
        """Replace every match by ``template`` with its ``$1`` and ``${name}`` filled in.

        A result of more than ``limit`` bytes raises FunctionError, as it does in ``replace_literal``.
        """
        pieces = self._pieces(template)
        literal = [piece for piece in pieces if isinstance(piece, bytes)]
        if len(literal) == len(pieces):
            return self.replace_literal(text, to_text(b"".join(literal)), limit)
        return self._replace(
            text,
            lambda found: b"".join([piece if isinstance(piece, bytes) else found[piece] or b"" for piece in pieces]),
            limit,
        )

    def replace_literal(self, text: str, replacement: str, limit: int) -> str:
        """Replace every match by ``replacement`` as it stands."""
        data = to_bytes(replacement)
        return self._replace(text, lambda _: data, limit)

    def _replace(self, text: str, substitute: Callable[[_Found], bytes], limit: int) -> str:
        data = to_bytes(text)
        out = bytearray()  # millions of small pieces would take fifty times their length
        at = 0
        found = None
        for found in self._matches(data):
            out += data[at : found.start()]
            out += substitute(found)
            if len(out) > limit:
                raise FunctionError(f"result of more than {limit} characters is above the limit")
            at = found.end()
        return text if found is None else to_text(bytes(out + data[at:]))

    def _matches(self, data: bytes, limit: int = -1) -> Iterator[_Found]:
        """Yield matches as Go counts them: none of them empty right after another, or inside a character."""
        if limit == 0:
            return
        previous = -1
        for found in self._compiled.finditer(data):
            start, end = found.span()
            if start == end and (start == previous or (start < len(data) and data[start] & 0xC0 == 0x80)):
                continue
            previous = end
            yield found
            limit -= 1
            if limit == 0:
                return

    def _pieces(self, template: str) -> list[bytes | int]:
        """Cut a replacement into text and group numbers; a group that does not exist is empty."""
        pieces: list[bytes | int] = []
        at = 0
        for found in _VARIABLE.finditer(template):
            pieces.append(to_bytes(template[at : found.start()]))
            at = found.end()
            name = found[1] or found[2]
            if name is None:
                pieces.append(b"$")
                continue
            group = self._group(name)
            if group is not None:
                pieces.append(group)
        return [*pieces, to_bytes(template[at:])]

    def _group(self, name: str) -> int | None:
        if name.isascii() and name.isdigit():
            is_plain = len(name) < 9 and (name == "0" or name[0] != "0")
            return int(name) if is_plain and int(name) <= self._compiled.groups else None
        return self._compiled.groupindex.get(to_bytes(name))


@memo(256)
def compile(pattern: str) -> Regex:  # noqa: A001  # the name that Go and Python have for it
    """Compile a pattern; raise InvalidPattern in Go's words."""
    if len(pattern) > MAX_PATTERN:
        raise InvalidPattern("expression too large", pattern[:100])
    library = _library()
    options = library.RE2.Options()
    options.log_errors = False
    made = library.RE2(to_bytes(pattern), options)
    if not made.ok():
        raise InvalidPattern(_reason(made.error()), pattern)
    if "\\C" in pattern and any(found[1] == "C" for found in _ESCAPE.finditer(pattern)):
        raise InvalidPattern("invalid escape sequence: `\\C`", pattern)
    return Regex(pattern, _Program(made, library.RE2.Anchor.UNANCHORED))


def _reason(said: str | bytes) -> str:
    """Return Go's words for RE2's message, which is ``what: where``."""
    message = to_text(said) if isinstance(said, bytes) else said
    if message.startswith("trailing \\"):
        return "trailing backslash at end of expression: ``"
    what, colon, where = message.partition(": ")
    if what == "invalid perl operator" and where in _LOOK_BEHIND:
        what = "invalid named capture group"
    words = _MESSAGES.get(what, what)
    return f"{words}: `{where}`" if colon else words


def quote_meta(text: str) -> str:
    """Return a pattern that matches ``text`` itself."""
    quoted: str = _SPECIAL.sub(r"\\\g<0>", text)
    return quoted
