"""Why a text is no JSON, in the words of Go's scanner."""

from __future__ import annotations

_BLANKS = " \t\n\r"
_DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_END = ""


class _Fault(Exception):
    """The message of a fault on its way out."""


def explain(text: str) -> str:
    """Return Go's message for the first fault of ``text``, empty where there is none."""
    data = text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "surrogatepass")
    try:
        _Walk(data.decode("latin-1")).run()
    except _Fault as fault:
        return str(fault)
    return ""


def _is_escaped(text: str) -> bool:
    """Whether the only lone surrogates are bytes that were no UTF-8."""
    return not any("\ud800" <= char <= "\udfff" and not "\udc80" <= char <= "\udcff" for char in text)


def _quoted(char: str) -> str:
    if char == "'":
        return "'\\''"
    escapes = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}
    if char in escapes:
        return f"'{escapes[char]}'"
    if char < "\x80":
        return f"'{char}'" if " " <= char < "\x7f" else f"'\\x{ord(char):02x}'"
    return f"'{char}'" if char.isprintable() and char != "\xa0" else f"'\\u{ord(char):04x}'"


class _Walk:
    """One pass over the bytes (a character each), with a stack of the open brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip(self) -> str:
        """Skip blanks; return the next character, ``_END`` after the last."""
        while self.peek() and self.peek() in _BLANKS:
            self.at += 1
        return self.peek()

    def fault(self, context: str) -> _Fault:
        return _Fault(f"invalid character {_quoted(self.peek())} {context}")

    def inside(self, context: str) -> _Fault:
        """Return the fault within a token, where Go takes the text's end for a space."""
        return _Fault(f"invalid character {_quoted(self.peek() or ' ')} {context}")

    def need(self, wanted: str, context: str) -> str:
        char = self.skip()
        if char == _END:
            raise _Fault("unexpected end of JSON input")
        if char not in wanted:
            raise self.fault(context)
        self.at += 1
        return char

    def run(self) -> None:
        stack: list[str] = []
        while True:
            opened = self.value()
            if opened:
                stack.append(opened)
                if self.begin(opened):
                    continue
                stack.pop()
            while stack:
                if self.more(stack[-1]):
                    break
                stack.pop()
            if not stack:
                break
        if self.skip() != _END:
            raise self.fault("after top-level value")

    def begin(self, opened: str) -> bool:
        """Enter a container; whether a value follows."""
        if self.skip() == ("]" if opened == "[" else "}"):
            self.at += 1
            return False
        if opened == "{":
            self.key()
        return True

    def more(self, opened: str) -> bool:
        """Go on after a value in a container; whether another follows."""
        if opened == "[":
            return self.need(",]", "after array element") == ","
        if self.need(",}", "after object key:value pair") == "}":
            return False
        self.key()
        return True

    def key(self) -> None:
        self.need('"', "looking for beginning of object key string")
        self.string()
        self.need(":", "after object key")

    def value(self) -> str:
        """Pass one value, or the opening bracket of a container, which is returned."""
        char = self.skip()
        if char == _END:
            raise _Fault("unexpected end of JSON input")
        if char in "[{":
            self.at += 1
            return char
        if char == '"':
            self.at += 1
            self.string()
        elif char in _LITERALS:
            self.literal(_LITERALS[char])
        elif char == "-" or char in _DIGITS:
            self.number()
        else:
            raise self.fault("looking for beginning of value")
        return ""

    def literal(self, word: str) -> None:
        for char in word:
            if self.peek() != char:
                raise self.inside(f"in literal {word} (expecting {_quoted(char)})")
            self.at += 1

    def digits(self, context: str) -> None:
        if not self.peek() or self.peek() not in _DIGITS:
            raise self.inside(context)
        while self.peek() and self.peek() in _DIGITS:
            self.at += 1

    def number(self) -> None:
        if self.peek() == "-":
            self.at += 1
        if self.peek() == "0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.peek() == ".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.peek() in ("e", "E"):
            self.at += 1
            if self.peek() in ("+", "-"):
                self.at += 1
            self.digits("in exponent of numeric literal")

    def string(self) -> None:
        """Pass the rest of a string, whose opening quote is behind."""
        while True:
            char = self.peek()
            if char == _END:
                raise _Fault("unexpected end of JSON input")
            if char < " ":
                raise self.fault("in string literal")
            self.at += 1
            if char == '"':
                return
            if char == "\\":
                self.escape()

    def escape(self) -> None:
        char = self.peek()
        if not char or char not in 'bfnrt\\/"u':
            raise self.inside("in string escape code")
        self.at += 1
        for _ in range(4 if char == "u" else 0):
            if not self.peek() or self.peek() not in _HEX:
                raise self.inside("in \\u hexadecimal character escape")
            self.at += 1
