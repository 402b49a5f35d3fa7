"""The YAML that most files are written in, read with the methods of ``str`` alone.

Maps and lists in block style, plain and quoted scalars of one line, literal blocks, comments, short
flow lists. Anything else (anchors, tags, escapes, scalars of several lines, odd characters, every
fault) is ``Unusual``, and libyaml's events say what it is. What is read here reads the same there:
tests hold the two against each other. It takes 0.4 times the events' time, and libyaml need not be
loaded at all: 4 ms of a start.
"""

from __future__ import annotations

from helmpy.gocompat.yaml_scalars import YamlError, plain_key, scalars

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST = 4 * 1024 * 1024
_LONGEST_KEY = 128
_DEEPEST = 40
_REMEMBERED = 4096
_REMEMBERED_LENGTH = 64

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@` ")
"""What no plain key may begin with."""
_OPENERS = frozenset(",[]{}#&*!|>'\"%@`")
"""What no plain value may begin with."""
_DASHES = ("-", "?", ":")
"""What a plain value may begin with unless a blank or nothing follows."""
_BRACKETS = frozenset("[]{}\\")
_NOT_IN_LISTS = frozenset("#&*!|>%@`:?'\"")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
_CHOMPS = ("|", "|-", "|+")
_PLAIN_BYTES = bytes(range(0x20, 0x7F)) + b"\n"
_MISSING = object()


class Unusual(Exception):
    """The text holds more than this reader knows."""


_keys: dict[str, str] = {}  # plain keys that were looked at, and the texts they stand for
_floats: dict[str, Any] = {}  # plain values that were looked at, numbers as floats
_numbers: dict[str, Any] = {}  # the same, integers kept


def read(text: str | bytes, *, ints: bool) -> Any:
    """Return the value of a text of one document, None of an empty one. Raises Unusual."""
    return read_noting(text, ints=ints)[0]


def read_noting(text: str | bytes, *, ints: bool) -> tuple[Any, bool]:
    """Return the value, and whether one of its maps has a key twice. Raises Unusual."""
    if text.__class__ is not str:
        try:
            text = bytes(text).decode()  # type: ignore[arg-type]  # what is no str is bytes
        except UnicodeDecodeError:
            raise Unusual from None
    assert isinstance(text, str)
    if len(text) > _LONGEST or _has_odd_characters(text) or "\n---" in text:
        raise Unusual
    if "..." in text and (text.startswith("...") or "\n..." in text):
        raise Unusual
    reader = _Reader(text, ints=ints)
    return reader.document(), reader.doubled


def _has_odd_characters(text: str) -> bool:
    """Whether there are any but printable characters, blanks and newlines (tabs in comments too): no other white space."""
    if "\t" in text:
        if any(line.lstrip(" ")[0] != "#" for line in text.split("\n") if "\t" in line):
            return True  # tabs elsewhere than in comments
        text = text.replace("\t", " ")
    if text.isascii():
        return bool(text.encode().translate(None, _PLAIN_BYTES))  # 0.04 ms for 50 KB; the other takes 0.2
    return not text.replace("\n", "").isprintable()


class _Reader:
    """One text: its lines, and the same without their indent."""

    __slots__ = ("bodies", "doubled", "end", "ended", "lines", "plain", "resolve")

    def __init__(self, text: str, *, ints: bool) -> None:
        self.lines = text.split("\n")
        self.ended = not self.lines[-1]
        if self.ended:
            self.lines.pop()
        self.bodies = list(map(str.lstrip, self.lines))
        self.end = len(self.lines)
        self.doubled = False  # whether a key is set twice
        self.plain = _numbers if ints else _floats
        self.resolve = scalars(ints=ints)

    def document(self) -> Any:
        at = self.significant(0)
        if at < self.end and self.lines[at].startswith("---"):
            if self.lines[at].rstrip() != "---":
                raise Unusual
            at = self.significant(at + 1)
        if at == self.end:
            return None
        value, at = self.block(at, 0)
        if at < self.end:
            raise Unusual
        return value

    def significant(self, at: int) -> int:
        """Return the first line from ``at`` on that is neither blank nor a comment."""
        bodies, end = self.bodies, self.end
        while at < end and (not bodies[at] or bodies[at][0] == "#"):
            at += 1
        return at

    def block(self, at: int, depth: int) -> tuple[Any, int]:
        """Return the map or list whose first line is ``at``, and the line after it."""
        if depth > _DEEPEST:
            raise Unusual
        body = self.bodies[at]
        indent = len(self.lines[at]) - len(body)
        if body[0] == "-" and body[1:2] in ("", " "):
            return self.sequence(at, indent, depth)
        return self.mapping(at, indent, depth)

    def mapping(self, at: int, indent: int, depth: int) -> tuple[dict[str, Any], int]:
        lines, bodies, end, plain = self.lines, self.bodies, self.end, self.plain
        found: dict[str, Any] = {}
        key = text = ""
        while at < end:
            body = bodies[at]
            if not body or body[0] == "#":
                at += 1
                continue
            here = len(lines[at]) - len(body)
            if here != indent:
                if here < indent:
                    break
                found[key], at = self.continued(text, at, indent)
                continue
            name, colon, text = body.partition(": ")
            if not colon:
                if body[-1] != ":":
                    raise Unusual
                name = body[:-1]
            key = _keys.get(name) or _key(name)
            at += 1
            text = text.strip()
            value = plain.get(text, _MISSING)
            if value is _MISSING:
                if text and text[0] != "#":
                    if text[0] == "|":
                        value, at = self.literal(text, at, indent)
                    else:
                        value = self.value(text)
                else:
                    at = self.significant(at)
                    value, at = self.nested(at, indent, depth, in_map=True)
            if key in found:
                self.doubled = True
            found[key] = value
        return found, at

    def nested(self, at: int, indent: int, depth: int, *, in_map: bool) -> tuple[Any, int]:
        """Return what stands below a key or a dash at ``indent`` that has no value on its line."""
        if at < self.end:
            body = self.bodies[at]
            here = len(self.lines[at]) - len(body)
            # a list may stand as far left as the key that it belongs to
            if here > indent or (here == indent and in_map and body[0] == "-" and body[1:2] in ("", " ")):
                return self.block(at, depth + 1)
        return None, at

    def sequence(self, at: int, indent: int, depth: int) -> tuple[list[Any], int]:
        lines, bodies, end, plain = self.lines, self.bodies, self.end, self.plain
        found: list[Any] = []
        text = ""
        while at < end:
            body = bodies[at]
            if not body or body[0] == "#":
                at += 1
                continue
            here = len(lines[at]) - len(body)
            if here > indent and found:
                found[-1], at = self.continued(text, at, indent)
                continue
            if here != indent or body[0] != "-" or body[1:2] not in ("", " "):
                break
            text = body[1:].strip()
            value = plain.get(text, _MISSING)
            if value is _MISSING:
                if not text or text[0] == "#":
                    value, at = self.nested(self.significant(at + 1), indent, depth, in_map=False)
                elif text[0] == "|":
                    value, at = self.literal(text, at + 1, indent)
                elif _is_entry(text):
                    bodies[at] = body[1:].lstrip()  # a map whose first key shares the dash's line
                    value, at = self.block(at, depth + 1)
                    text = ""
                else:
                    value = self.value(text)
                    at += 1
            else:
                at += 1
            found.append(value)
        return found, at

    def value(self, text: str) -> Any:
        """Return the scalar or short list that stands on a line; ``text`` has no blanks around it."""
        first = text[0]
        if first in ('"', "'"):
            if first == '"' and "\\" in text:
                return _unescaped(text)
            end = text.find(first, 1)
            if end != len(text) - 1 and not _is_comment(text, end):
                raise Unusual
            return text[1:end]
        if first == "[":
            return self.flow_list(text)
        if first == "{":
            if text[1:].lstrip() != "}" and not (text[1:2] == "}" and _is_comment(text, 1)):
                raise Unusual
            return {}
        bare = text[: text.index(" #")].rstrip() if " #" in text else text
        if not _is_plain(bare):
            raise Unusual
        return self.scalar(bare)

    def continued(self, text: str, at: int, indent: int) -> tuple[Any, int]:
        """Return the plain scalar ``text`` with the lines from ``at`` on that go on with it."""
        before = self.bodies[at - 1].rstrip()  # must be its line: after a comment or a blank line nothing goes on
        if not text or " #" in text or not _is_plain(text) or before[:1] == "#" or not before.endswith(text):
            raise Unusual
        parts = [text]
        while at < self.end:
            body = self.bodies[at].rstrip()
            if not body or len(self.lines[at]) - len(self.bodies[at]) <= indent:
                break
            if " #" in body or not _is_plain(body):
                raise Unusual
            parts.append(body)
            at += 1
        return self.resolved(" ".join(parts)), at

    def resolved(self, text: str) -> Any:
        try:
            return self.resolve(text)
        except YamlError:
            raise Unusual from None

    def scalar(self, text: str) -> Any:
        value = self.resolved(text)
        if len(text) <= _REMEMBERED_LENGTH:
            if len(self.plain) >= _REMEMBERED:
                self.plain.clear()
            self.plain[text] = value
        return value

    def flow_list(self, text: str) -> list[Any]:
        """Return a flow list of scalars."""
        end = text.find("]")
        if end != len(text) - 1 and not _is_comment(text, end):
            raise Unusual
        inner = text[1:end].strip()
        if not _BRACKETS.isdisjoint(inner):
            raise Unusual
        return [self.item(item.strip()) for item in inner.split(",")] if inner else []

    def item(self, text: str) -> Any:
        if text[:1] in ('"', "'"):
            if len(text) < 2 or text[-1] != text[0] or text.count(text[0]) != 2:
                raise Unusual
            return text[1:-1]
        if not text or text[0] == "-" or not _NOT_IN_LISTS.isdisjoint(text):
            raise Unusual
        return self.scalar(text)

    def literal(self, header: str, at: int, indent: int) -> tuple[str, int]:
        """Return the literal block that begins at line ``at`` below a key or dash at ``indent``."""
        lines, bodies = self.lines, self.bodies
        start = at
        while at < self.end and not bodies[at]:
            at += 1
        if header not in _CHOMPS or at == self.end:
            raise Unusual
        inner = len(lines[at]) - len(bodies[at])
        if inner <= indent and header != "|+" and not any(lines[start:at]):
            return "", at
        if inner <= indent or any(len(line) > inner for line in lines[start:at]):
            raise Unusual
        while at < self.end and (not bodies[at] or len(lines[at]) - len(bodies[at]) >= inner):
            at += 1
        if at == self.end and not self.ended:
            raise Unusual  # a last line without an end counts otherwise
        text = "\n".join([line[inner:] for line in lines[start:at]]) + "\n"
        if header != "|+":
            text = text.rstrip("\n")
            if header == "|":
                text += "\n"
        return text, at


def _is_plain(text: str) -> bool:
    """Whether a text without comment may stand without quotes; ``-1`` and ``:x`` may too."""
    first = text[0]
    return (
        first not in _OPENERS
        and ": " not in text
        and text[-1] != ":"
        and (first not in _DASHES or text[1:2] not in ("", " "))
    )


def _unescaped(text: str) -> str:
    """Return what a text in double quotes stands for."""
    first, *rest = text[1:-1].split("\\")
    if '"' in first or text[-1] != '"':
        raise Unusual
    out = [first]
    after_backslash = False
    for part in rest:
        if after_backslash:  # the second of two
            after_backslash = False
            escaped, plain = "\\", part
        elif not part:
            after_backslash = True
            continue
        else:
            escaped, plain = _ESCAPES.get(part[0], ""), part[1:]
        if not escaped or '"' in plain:
            raise Unusual
        out += (escaped, plain)
    if after_backslash:
        raise Unusual
    return "".join(out)


def _is_comment(text: str, end: int) -> bool:
    """Whether nothing but a comment follows what ends at ``end``."""
    return end > 0 and text[end + 1] == " " and text[end + 1 :].lstrip()[0] == "#"


def _is_entry(text: str) -> bool:
    """Whether a list's item is a key, with a value or without."""
    first = text[0]
    if first in ('"', "'"):
        end = text.find(first, 1)
        return end > 0 and text[end + 1 : end + 2] == ":"
    if first in "[{":
        return False
    bare = text[: text.index(" #")].rstrip() if " #" in text else text
    return ": " in bare or bare[-1] == ":"


def _key(written: str) -> str:
    """Return the key that is written so, a blank or nothing after its colon."""
    if not 0 < len(written) <= _LONGEST_KEY:
        raise Unusual
    first = written[0]
    if first in ('"', "'"):
        inner = written[1:-1]
        if len(written) < 2 or written[-1] != first or first in inner or (first == '"' and "\\" in inner):
            raise Unusual
        return inner
    if first in _INDICATORS or written[-1] == " " or " #" in written or written == "<<":
        raise Unusual
    key = plain_key(written)
    if key.__class__ is not str:
        raise Unusual
    if len(_keys) >= _REMEMBERED:
        _keys.clear()
    _keys[written] = key
    return key
