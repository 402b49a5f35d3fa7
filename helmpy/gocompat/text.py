"""Go's fmt: how values print, by default and through a format's verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import Float32, GoObject, Int32, Int64, StringList, StringMap, Uint8, Uint32, Uint64
from helmpy.gocompat.text_number import format_float
from helmpy.gocompat.text_quote import can_backquote, from_bytes, quote, quote_rune, to_bytes

__all__ = [
    "TextTooDeep",
    "format_float",
    "kind_name",
    "quote",
    "sorted_keys",
    "sprint",
    "sprint_all",
    "sprintf",
    "sprintln",
    "type_name",
]

# What one format may ask for; Go refuses wider ones too.
MAX_WIDTH = 1_000_000
# Lists and maps inside each other; only a map that contains itself gets there.
MAX_DEPTH = 100

_UINT64 = 1 << 64
_MAX_RUNE = 0x10FFFF

_TYPE_NAMES: dict[type, str] = {
    str: "string", bool: "bool", int: "int", float: "float64", list: "[]interface {}",
    dict: "map[string]interface {}", type(None): "<nil>", bytes: "[]uint8", complex: "complex128",
    Int64: "int64", Int32: "int32", Uint8: "uint8", Uint32: "uint32", Uint64: "uint64", Float32: "float32",
    StringList: "[]string", StringMap: "map[string]string",
}  # fmt: skip


class TextTooDeep(HelmError):
    """A value nested too deep to print, as a map that contains itself."""

    def __init__(self) -> None:
        super().__init__("value is nested too deep to print")


def type_name(value: Any) -> str:
    """Return the value's Go type as ``%T`` prints it."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    go_type = getattr(value, "go_type", None)
    if go_type is not None:
        return str(go_type)
    return next((_TYPE_NAMES[base] for base in type(value).__mro__ if base in _TYPE_NAMES), "interface {}")


_KINDS = {"[]": "slice", "map[": "map", "*": "ptr"}


def kind_name(value: Any) -> str:
    """Return the value's Go kind (``map``, ``slice``, ``ptr``, ``struct``, ``invalid`` for nil, …)."""
    if value is None:
        return "invalid"
    if isinstance(value, GoObject):
        return value.go_kind
    if isinstance(value, dict):
        return "map"
    if isinstance(value, (list, tuple, bytes)):
        return "slice"
    name = type_name(value)
    go_kind = getattr(value, "go_kind", None)
    if go_kind is not None:
        return str(go_kind)
    return next((kind for prefix, kind in _KINDS.items() if name.startswith(prefix)), name)


def sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    """Return the keys as Go sorts them: text by bytes, numbers by size."""
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=lambda key: (type(key).__name__, str(key)))


def sprint(value: Any) -> str:
    """Return what ``{{value}}`` prints, ``%v``; nil is ``<nil>``. Raises TextTooDeep."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]  # the class was just looked at
    if kind is float:
        return format_float(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "<nil>"
    out: list[str] = []
    _plain(value, out, 0)
    return "".join(out)


def _plain(value: Any, out: list[str], depth: int) -> None:
    """Append ``%v`` of a value without any flags."""
    kind = value.__class__
    if kind is str:
        out.append(value)
    elif kind is float or kind is Float32:
        out.append(format_float(value))
    elif kind is bool:
        out.append("true" if value else "false")
    elif value is None:
        out.append("<nil>")
    elif kind is complex:
        out.append(_Printer([]).complex_text(value, "g", -1))
    elif isinstance(value, GoObject) or (hasattr(value, "go_type") and not isinstance(value, (list, dict))):
        out.append(str(value))
    elif isinstance(value, int):
        out.append(str(int(value)))
    elif isinstance(value, dict):
        _deeper(depth)
        out.append("map[")
        for index, key in enumerate(sorted_keys(value)):
            if index:
                out.append(" ")
            _plain(key, out, depth + 1)
            out.append(":")
            _plain(value[key], out, depth + 1)
        out.append("]")
    elif isinstance(value, (list, tuple, bytes)):
        _deeper(depth)
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(" ")
            _plain(item, out, depth + 1)
        out.append("]")
    else:
        out.append(str(value))


def _deeper(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise TextTooDeep


def sprint_all(values: Iterable[Any]) -> str:
    """Return Go's Sprint: a space between two values of which neither is a string."""
    out: list[str] = []
    previous_text = True
    for value in values:
        text = isinstance(value, str)
        if out and not text and not previous_text:
            out.append(" ")
        out.append(sprint(value))
        previous_text = text
    return "".join(out)


def sprintln(values: Iterable[Any]) -> str:
    """Return Go's Sprintln: a space between any two values, a newline at the end."""
    return " ".join(map(sprint, values)) + "\n"


def sprintf(template: str, values: Sequence[Any]) -> str:
    """Return Go's Sprintf; faults of the format are told in the result, as Go does (``%!d(string=x)``).

    Widths and precisions beyond a million are refused in Go's way. Raises TextTooDeep.
    """
    if "%" not in template and not values:
        return template
    return _Printer(values).run(template)


class _Flags:
    """What stands between ``%`` and the verb."""

    __slots__ = ("minus", "plus", "plus_v", "precision", "sharp", "sharp_v", "space", "width", "zero")

    def __init__(self) -> None:
        self.minus = self.plus = self.sharp = self.space = self.zero = self.plus_v = self.sharp_v = False
        self.width: int | None = None
        self.precision: int | None = None


_FLAG_NAMES = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}


class _Printer:
    """One run of a format over its values."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.out: list[str] = []
        self.flags = _Flags()
        self.index = 0
        self.reordered = False
        self.good_index = True

    # The format

    def run(self, template: str) -> str:
        position = 0
        while True:
            percent = template.find("%", position)
            if percent < 0:
                self.out.append(template[position:])
                break
            self.out.append(template[position:percent])
            position = self._directive(template, percent + 1)
        if not self.reordered and self.index < len(self.values):
            self._extra()
        return "".join(self.out)

    def _directive(self, template: str, position: int) -> int:
        """Handle what follows a ``%``; return where the format goes on."""
        flags = self.flags = _Flags()
        self.good_index = True
        while template[position : position + 1] in _FLAG_NAMES and position < len(template):
            setattr(flags, _FLAG_NAMES[template[position]], True)  # a name out of the table above, never the template's
            position += 1
        position, indexed = self._argument_index(template, position)
        position, indexed = self._width(template, position, indexed=indexed)
        position, indexed = self._precision(template, position, indexed=indexed)
        if not indexed:
            position, indexed = self._argument_index(template, position)
        if position >= len(template):
            self.out.append("%!(NOVERB)")
            return position
        self._verb(template[position])
        return position + 1

    def _width(self, template: str, position: int, *, indexed: bool) -> tuple[int, bool]:
        if template.startswith("*", position):
            width = self._number_argument()
            if width is None:
                self.out.append("%!(BADWIDTH)")
            elif width < 0:
                width = -width
                self.flags.minus = True
                self.flags.zero = False
            self.flags.width = width
            return position + 1, False
        self.flags.width, position = _digits(template, position)
        if indexed and self.flags.width is not None:
            self.good_index = False
        return position, indexed

    def _precision(self, template: str, position: int, *, indexed: bool) -> tuple[int, bool]:
        if not template.startswith(".", position):
            return position, indexed
        if indexed:
            self.good_index = False
        position, indexed = self._argument_index(template, position + 1)
        if template.startswith("*", position):
            precision = self._number_argument()
            if precision is None or precision < 0:
                precision = None
                self.out.append("%!(BADPREC)")
            self.flags.precision = precision
            return position + 1, False
        precision, position = _digits(template, position)
        self.flags.precision = precision or 0
        return position, indexed

    def _argument_index(self, template: str, position: int) -> tuple[int, bool]:
        """Read ``[n]``; return where it ends and whether it was one."""
        if not template.startswith("[", position):
            return position, False
        self.reordered = True
        close = template.find("]", position)
        if close < 0 or len(template) - position < 3:
            self.good_index = False
            return position + 1, False
        number, end = _digits(template, position + 1)
        if number is not None and end == close and 1 <= number <= len(self.values):
            self.index = number - 1
            return close + 1, True
        self.good_index = False
        return close + 1, number is not None and end == close

    def _number_argument(self) -> int | None:
        """Take the next value as a width or precision."""
        if self.index >= len(self.values):
            return None
        value = self.values[self.index]
        self.index += 1
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_WIDTH:
            return None
        return int(value)

    def _verb(self, verb: str) -> None:
        flags = self.flags
        if verb == "%":
            self.out.append("%")
        elif not self.good_index:
            self.out.append(f"%!{verb}(BADINDEX)")
        elif self.index >= len(self.values):
            self.out.append(f"%!{verb}(MISSING)")
        else:
            if verb in "vw":
                flags.sharp_v, flags.sharp = flags.sharp, False
                flags.plus_v, flags.plus = flags.plus, False
            value = self.values[self.index]
            self.index += 1
            self.argument(value, verb)

    def _extra(self) -> None:
        self.flags = _Flags()
        self.out.append("%!(EXTRA ")
        for index, value in enumerate(self.values[self.index :]):
            if index:
                self.out.append(", ")
            if value is None:
                self.out.append("<nil>")
            else:
                self.out.append(f"{type_name(value)}=")
                self.argument(value, "v")
        self.out.append(")")

    # Values

    def argument(self, value: Any, verb: str) -> None:
        """Print a value handed to the format."""
        if value is None and verb in "vT":
            self._pad("<nil>")
        elif verb == "T":
            self._text(type_name(value), "s")
        elif verb == "p":
            self._pointer(value)
        else:
            self._value(value, verb, 0)

    def _value(self, value: Any, verb: str, depth: int) -> None:
        printer = _PRINTERS.get(type(value))
        if printer is not None:
            printer(self, value, verb)
        elif value is None:
            self._nil(verb, depth)
        elif isinstance(value, GoObject) or (hasattr(value, "go_type") and not isinstance(value, (list, dict))):
            self._object(value, verb)
        elif isinstance(value, dict):
            self._map(value, verb, depth)
        elif isinstance(value, (list, tuple)):
            self._list(value, verb, depth)
        else:
            base = next((base for base in type(value).__mro__ if base in _PRINTERS), None)
            if base is None:
                self._text(str(value), verb)
            else:
                _PRINTERS[base](self, value, verb)

    def _nil(self, verb: str, depth: int) -> None:
        if depth:
            self.out.append("interface {}(nil)" if self.flags.sharp_v else "<nil>")
        else:
            self.out.append(f"%!{verb}(<nil>)")

    def _object(self, value: Any, verb: str) -> None:
        """Print what has a String method: the string verbs go to its text."""
        if isinstance(value, int) and verb not in "vsxXq":
            self._signed(value, verb)
        else:
            self._text(str(value), "s" if verb == "v" else verb)

    def _bad(self, value: Any, verb: str) -> None:
        self.out.append(f"%!{verb}({type_name(value)}=")
        self._value(value, "v", 1)
        self.out.append(")")

    def _map(self, value: dict[Any, Any], verb: str, depth: int) -> None:
        _deeper(depth)
        sharp = self.flags.sharp_v
        self.out.append(f"{type_name(value)}{{" if sharp else "map[")
        for index, key in enumerate(sorted_keys(value)):
            if index:
                self.out.append(", " if sharp else " ")
            self._value(key, verb, depth + 1)
            self.out.append(":")
            self._value(value[key], verb, depth + 1)
        self.out.append("}" if sharp else "]")

    def _list(self, value: Sequence[Any], verb: str, depth: int) -> None:
        _deeper(depth)
        sharp = self.flags.sharp_v
        self.out.append(f"{type_name(value)}{{" if sharp else "[")
        for index, item in enumerate(value):
            if index:
                self.out.append(", " if sharp else " ")
            self._value(item, verb, depth + 1)
        self.out.append("}" if sharp else "]")

    def _boolean(self, value: bool, verb: str) -> None:  # noqa: FBT001 - one of the table of printers
        if verb in "tv":
            self._pad("true" if value else "false")
        else:
            self._bad(value, verb)

    def _signed(self, value: int, verb: str) -> None:
        self._integer(value, verb, signed=True)

    def _unsigned(self, value: int, verb: str) -> None:
        self._integer(value, verb, signed=False)

    def _integer(self, value: int, verb: str, *, signed: bool) -> None:
        if verb in "vdboOxX":
            if verb == "v" and self.flags.sharp_v and not signed:
                sharp, self.flags.sharp = self.flags.sharp, True
                self._digits(value, "x")
                self.flags.sharp = sharp
            else:
                self._digits(value, "d" if verb == "v" else verb)
        elif verb == "c":
            self._pad(_rune(value))
        elif verb == "q":
            self._pad(quote_rune(value, ascii_only=self.flags.plus))
        elif verb == "U":
            self._code_point(value)
        else:
            self._bad(value, verb)

    def _digits(self, value: int, verb: str) -> None:
        """Print an integer: precision and zero padding make digits, the base's prefix and sign come before."""
        flags = self.flags
        least = 0
        if flags.precision is not None:
            least = flags.precision
            if not least and not value:
                self.out.append(" " * (flags.width or 0))
                return
        elif flags.zero and not flags.minus and flags.width is not None:
            least = flags.width - (value < 0 or flags.plus or flags.space)
        digits = format(abs(value), "o" if verb == "O" else verb).rjust(least, "0")
        if verb == "O":
            digits = f"0o{digits}"
        elif flags.sharp and verb in "bxX":
            digits = f"0{verb}{digits}"
        elif flags.sharp and verb == "o" and not digits.startswith("0"):
            digits = f"0{digits}"
        sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
        zero, flags.zero = flags.zero, False
        self._pad(sign + digits)
        flags.zero = zero

    def _code_point(self, value: int) -> None:
        flags = self.flags
        value %= _UINT64
        digits = f"{value:X}".rjust(max(4, flags.precision or 0), "0")
        shown = f" '{chr(value)}'" if flags.sharp and value <= _MAX_RUNE and chr(value).isprintable() else ""
        zero, flags.zero = flags.zero, False
        self._pad(f"U+{digits}{shown}")
        flags.zero = zero

    def _float(self, value: float, verb: str) -> None:
        if verb == "v":
            self._float_text(value, "g", -1)
        elif verb in "bgGxX":
            self._float_text(value, verb, -1)
        elif verb in "feEF":
            self._float_text(value, "f" if verb == "F" else verb, 6)
        else:
            self._bad(value, verb)

    def _float_text(self, value: float, verb: str, precision: int) -> None:
        flags = self.flags
        if flags.precision is not None:
            precision = flags.precision
        text = format_float(value, verb, precision)
        sign, text = (text[0], text[1:]) if text[0] in "+-" else ("+", text)
        if flags.space and sign == "+" and not flags.plus:
            sign = " "
        if text[0] in "IN":
            zero, flags.zero = flags.zero, False
            plain = text[0] == "N" and not flags.space and not flags.plus
            hidden = plain or (sign == "+" and not flags.plus and text[0] == "I")
            self._pad(text if plain else ("" if hidden and text[0] == "N" else sign) + text)
            flags.zero = zero
            return
        if flags.sharp and verb != "b":
            text = _keep_point(text, verb, precision)
        if not flags.plus and sign == "+":
            self._pad(text)
        elif flags.zero and not flags.minus and flags.width is not None and flags.width > len(text) + 1:
            self.out.append(sign + text.rjust(flags.width - 1, "0"))
        else:
            self._pad(sign + text)

    def _complex(self, value: complex, verb: str) -> None:
        if verb not in "vbgGxXfFeE":
            self._bad(value, verb)
            return
        precision = 6 if verb in "fFeE" else -1
        verb = "g" if verb == "v" else "f" if verb == "F" else verb
        self.out.append("(")
        self._float_text(value.real, verb, precision)
        plus, self.flags.plus = self.flags.plus, True
        self._float_text(value.imag, verb, precision)
        self.flags.plus = plus
        self.out.append("i)")

    def complex_text(self, value: complex, verb: str, precision: int) -> str:
        """Return a complex number without any flags."""
        imaginary = format_float(value.imag, verb, precision)
        sign = "" if imaginary[0] in "+-" else "+"
        return f"({format_float(value.real, verb, precision)}{sign}{imaginary}i)"

    def _text(self, value: str, verb: str) -> None:
        flags = self.flags
        if verb == "v" and flags.sharp_v:
            verb = "q"
        if verb in "vsq" and flags.precision is not None:
            value = value[: flags.precision]
        if verb in "vs":
            self._pad(value)
        elif verb == "q":
            if flags.sharp and can_backquote(value):
                self._pad(f"`{value}`")
            else:
                self._pad(quote(value, ascii_only=flags.plus))
        elif verb in "xX":
            self._hexadecimal(to_bytes(value), verb)
        else:
            self._bad(value, verb)

    def _hexadecimal(self, data: bytes, verb: str) -> None:
        flags = self.flags
        if flags.precision is not None:
            data = data[: flags.precision]
        pairs = [f"{byte:02{verb}}" for byte in data]
        prefix = f"0{verb}" if flags.sharp and data else ""
        self._pad(prefix + (f" {prefix}" if flags.space else "").join(pairs))

    def _bytes(self, value: bytes, verb: str) -> None:
        if verb in "vd":
            sharp = self.flags.sharp_v
            self.out.append("[]byte{" if sharp else "[")
            for index, byte in enumerate(value):
                if index:
                    self.out.append(", " if sharp else " ")
                self._unsigned(byte, verb)
            self.out.append("}" if sharp else "]")
        elif verb in "xX":
            self._hexadecimal(value, verb)
        elif verb in "sq":
            self._text(from_bytes(value), verb)
        else:
            self._list([Uint8(byte) for byte in value], verb, 0)

    def _pointer(self, value: Any) -> None:
        if value is None or kind_name(value) not in {"map", "slice", "ptr"}:
            if value is None:
                self.out.append("%!p(<nil>)")
            else:
                self._bad(value, "p")
        else:
            self._pad("0xc000000000")  # no address of ours is anybody's business

    def _pad(self, text: str) -> None:
        flags = self.flags
        width = flags.width
        if not width or len(text) >= width:
            self.out.append(text)
        elif flags.minus:
            self.out.append(text.ljust(width))
        else:
            self.out.append(text.rjust(width, "0" if flags.zero else " "))


_PRINTERS: dict[type, Callable[[_Printer, Any, str], None]] = {
    str: _Printer._text,
    bool: _Printer._boolean,
    int: _Printer._signed,
    Int64: _Printer._signed,
    Int32: _Printer._signed,
    Uint8: _Printer._unsigned,
    Uint32: _Printer._unsigned,
    Uint64: _Printer._unsigned,
    float: _Printer._float,
    Float32: _Printer._float,
    complex: _Printer._complex,
    bytes: _Printer._bytes,
}


def _digits(template: str, position: int) -> tuple[int | None, int]:
    """Read a number; too large a one eats the rest of the format, as in Go."""
    start = position
    while "0" <= template[position : position + 1] <= "9":
        position += 1
    if position == start:
        return None, start
    digits = template[start:position].lstrip("0")
    if len(digits) > 7 or int(digits or "0") > MAX_WIDTH:
        return None, len(template)
    return int(digits or "0"), position


def _rune(value: int) -> str:
    value %= _UINT64
    return "�" if value > _MAX_RUNE or 0xD800 <= value <= 0xDFFF else chr(value)


def _keep_point(text: str, verb: str, precision: int) -> str:
    """Do what ``#`` asks: always a point, and for %g the zeros after it too."""
    exponent_marks = "pP" if verb in "xX" else "eE"
    split = next((index for index, char in enumerate(text) if char in exponent_marks), len(text))
    number, tail = text[:split], text[split:]
    wanted = 0
    if verb in "gGxX":
        wanted = 6 if precision < 0 else precision
    significant = number.replace(".", "").lstrip("0")
    if verb in "xX":
        significant = number.replace(".", "").replace("x", "").replace("X", "").lstrip("0")
    wanted -= len(significant)
    if "." not in number:
        if number == "0":
            wanted -= 1
        number += "."
    return number + "0" * max(0, wanted) + tail
