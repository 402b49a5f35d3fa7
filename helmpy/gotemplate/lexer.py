"""The inside of an action to tokens, character by character: the exact way, for what is not ordinary.

A token is ``(kind, value, position)``: the kinds are the constants below and the keywords
themselves. Lexing stops at the first fault with an ERROR token whose value is the message, so
that the parser complains about what stands before it first, as Go does.
"""

from __future__ import annotations

from helmpy.gocompat.text_quote import quote

Token = tuple[str, str, int]

TEXT, LEFT, RIGHT, SPACE, EOF, ERROR = "text", "{{", "}}", "space", "eof", "error"
FIELD, VARIABLE, IDENTIFIER, DOT, NIL, BOOL = "field", "variable", "identifier", "dot", "nil", "bool"
NUMBER, COMPLEX, CHARACTER, STRING, RAW_STRING = "number", "complex", "character", "string", "raw string"
OPEN, CLOSE, PIPE, ASSIGN, DECLARE, OTHER = "(", ")", "|", "=", ":=", "other"

KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"})
# Token kinds that messages show as <word>.
WORDS = KEYWORDS | {DOT, NIL}

SPACES = " \t\r\n"
SPACE_SET = frozenset(SPACES)
_DIGITS = frozenset("0123456789")
_TERMINATORS = frozenset(" \t\r\n.,|:()")
_SIMPLE = {"|": PIPE, "=": ASSIGN, "(": OPEN}


def describe(token: Token) -> str:
    """Return the token as Go's messages show it."""
    kind, value, _ = token
    if kind == EOF:
        return "EOF"
    if kind == ERROR:
        return value
    if kind in WORDS:
        return f"<{value}>"
    if kind == FIELD:
        value = "." + value.split(".", 2)[1]
    return f"{quote(value[:10])}..." if len(value.encode("utf-8", "surrogatepass")) > 10 else quote(value)


def after_delimiter(text: str, position: int) -> int:
    """Return where text goes on after ``}}`` or `` -}}`` at ``position``, -1 where neither stands there."""
    if text.startswith("}}", position):
        return position + 2
    if text[position : position + 1] in SPACE_SET and text.startswith("-}}", position + 1):
        position += 4
        while text[position : position + 1] in SPACE_SET:
            position += 1
        return position
    return -1


def lex(text: str, position: int) -> tuple[list[Token], int]:
    """Return the tokens of the action whose inside begins there, and where text goes on, -1 after an error."""
    tokens: list[Token] = []
    return tokens, _action(text, position, tokens)


def _action(text: str, position: int, tokens: list[Token]) -> int:
    depth = 0
    length = len(text)
    while True:
        after = after_delimiter(text, position)
        if after >= 0:
            if depth:
                tokens.append((ERROR, "unclosed left paren", position))
                return -1
            tokens.append((RIGHT, "}}", position))
            return after
        if position >= length:
            tokens.append((ERROR, "unclosed action", position))
            return -1
        char = text[position]
        if char in SPACE_SET:
            start = position
            # The last space may belong to a trim marker.
            while text[position : position + 1] in SPACE_SET and (
                position == start or not text.startswith("-}}", position + 1)
            ):
                position += 1
            tokens.append((SPACE, text[start:position], start))
            continue
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                tokens.append((CLOSE, ")", position))
                tokens.append((ERROR, "unexpected right paren", position))
                return -1
        if char == "." and position + 1 == length:
            tokens.append((NUMBER, char, position))  # what Go takes a point at the end of everything for
            position = length
            continue
        position = _token(text, position, tokens)
        if position < 0:
            return -1


def _token(text: str, position: int, tokens: list[Token]) -> int:
    """Lex one token that is no space and no delimiter; return where it ends, -1 after an error."""
    char = text[position]
    if char in _SIMPLE:
        tokens.append((_SIMPLE[char], char, position))
        return position + 1
    if char == ")":
        tokens.append((CLOSE, char, position))
        return position + 1
    if char in "\"'":
        return _quoted(text, position, tokens)
    if char == "`":
        end = text.find("`", position + 1)
        if end < 0:
            tokens.append((ERROR, "unterminated raw quoted string", position))
            return -1
        tokens.append((RAW_STRING, text[position : end + 1], position))
        return end + 1
    if char == ":":
        if not text.startswith("=", position + 1):
            tokens.append((ERROR, "expected :=", position))
            return -1
        tokens.append((DECLARE, ":=", position))
        return position + 2
    if char == "$" or (char == "." and not "0" <= text[position + 1 : position + 2] <= "9"):
        return _name(text, position, tokens)
    if char == "." or char in "+-" or "0" <= char <= "9":
        return _number(text, position, tokens)
    if _is_word(char):
        return _name(text, position, tokens)
    if char.isascii() and char.isprintable():
        tokens.append((OTHER, char, position))
        return position + 1
    tokens.append((ERROR, f"unrecognized character in action: {code_point(char)}", position))
    return -1


def _is_word(char: str) -> bool:
    return char == "_" or char.isalpha() or char.isdecimal()


def code_point(char: str) -> str:
    """Return ``U+00E9 'é'``, as Go's ``%#U`` does."""
    shown = f" '{char}'" if char.isprintable() else ""
    return f"U+{ord(char):04X}{shown}"


def _kind(word: str) -> str:
    """Return the kind of a name's token."""
    if word[0] == "$":
        return VARIABLE
    if word[0] == ".":
        return FIELD if len(word) > 1 else DOT
    if word in KEYWORDS or word == NIL:
        return word
    return BOOL if word in {"true", "false"} else IDENTIFIER


def _more_fields(text: str, position: int) -> int:
    """Return where the fields end that follow a field: ``.a.b.c`` is one token here, three in Go."""
    length = len(text)
    while text.startswith(".", position):
        end = position + 1
        if text[end : end + 1] in _DIGITS:
            break
        while end < length and _is_word(text[end]):
            end += 1
        if end == position + 1 or (end < length and text[end] not in _TERMINATORS and not text.startswith("}}", end)):
            break
        position = end
    return position


def _name(text: str, position: int, tokens: list[Token]) -> int:
    """Lex an identifier, a keyword, ``.field`` or ``$variable``."""
    start = position
    length = len(text)
    position += 1
    while position < length and _is_word(text[position]):
        position += 1
    if position < length and text[position] not in _TERMINATORS and not text.startswith("}}", position):
        tokens.append((ERROR, f"bad character {code_point(text[position])}", start))
        return -1
    word = text[start:position]
    if word[0] == "." and len(word) > 1:
        position = _more_fields(text, position)
        tokens.append((FIELD, text[start:position], start))
        return position
    tokens.append((_kind(word), word, start))
    return position


def _quoted(text: str, start: int, tokens: list[Token]) -> int:
    """Lex a string or a character constant; escapes are the parser's business."""
    mark = text[start]
    position = start + 1
    length = len(text)
    while position < length:
        char = text[position]
        if char == mark:
            tokens.append((STRING if mark == '"' else CHARACTER, text[start : position + 1], start))
            return position + 1
        if char == "\\" and position + 1 < length:
            position += 1
            char = text[position]
        if char == "\n":
            break
        position += 1
    what = "quoted string" if mark == '"' else "character constant"
    tokens.append((ERROR, f"unterminated {what}", start))
    return -1


def _number(text: str, start: int, tokens: list[Token]) -> int:
    """Lex a number roughly; whether it is one is the parser's business."""
    position, good = _scan_number(text, start)
    kind = NUMBER
    if good and text[position : position + 1] in {"+", "-"}:
        position, good = _scan_number(text, position)
        good = good and text[position - 1] == "i"
        kind = COMPLEX
    if not good:
        tokens.append((ERROR, f"bad number syntax: {quote(text[start:position])}", start))
        return -1
    tokens.append((kind, text[start:position], start))
    return position


_DECIMAL = frozenset("0123456789_")
_RADIX = {
    "x": frozenset("0123456789abcdefABCDEF_"),
    "o": frozenset("01234567_"),
    "b": frozenset("01_"),
}


def _scan_number(text: str, position: int) -> tuple[int, bool]:
    """Skip what looks like a number; False where a letter follows, which is then skipped too."""
    length = len(text)

    def run(position: int, digits: frozenset[str]) -> int:
        while position < length and text[position] in digits:
            position += 1
        return position

    if text[position] in "+-":
        position += 1
    digits = _DECIMAL
    exponent = "e"
    if text.startswith("0", position):
        position += 1
        radix = text[position : position + 1].lower()
        if radix in _RADIX:
            position += 1
            digits = _RADIX[radix]
            exponent = "p" if radix == "x" else ""
    position = run(position, digits)
    if text.startswith(".", position):
        position = run(position + 1, digits)
    if exponent and text[position : position + 1].lower() == exponent:
        position += 1
        if text[position : position + 1] in {"+", "-"}:
            position += 1
        position = run(position, _DECIMAL)
    if text.startswith("i", position):
        position += 1
    if position < length and _is_word(text[position]):
        return position + 1, False
    return position, True
