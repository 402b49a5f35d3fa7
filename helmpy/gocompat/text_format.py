"""Go's formats: every verb and flag of Sprintf, and its ways to tell a format's faults."""

from __future__ import annotations

from helmpy.gocompat.kinds import Float32, GoObject, Int32, Int64, Uint8, Uint32, Uint64
from helmpy.gocompat.text_number import format_float
from helmpy.gocompat.text_quote import can_backquote, quote, quote_rune, to_bytes, to_text
from helmpy.gocompat.text_types import (
    MAX_TEXT,
    MAX_WIDTH,
    TextTooLong,
    check_size,
    joined,
    kind_name,
    sorted_keys,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_UINT64 = 1 << 64
_MAX_RUNE = 0x10FFFF


def formatted(template: str, values: Sequence[Any]) -> str:
    """Return Go's Sprintf of any format; ``text.sprintf`` knows the simple ones itself."""
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
        self.counted = self.length = 0

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
            self._check_length()
        if not self.reordered and self.index < len(self.values):
            self._extra()
        return joined(self.out)

    def _check_length(self) -> None:
        """Stop a format of many wide directives before all of them are written."""
        while self.counted < len(self.out):
            self.length += len(self.out[self.counted])
            self.counted += 1
        if self.length > MAX_TEXT:
            raise TextTooLong

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
        if not template.startswith(".", position) or position + 1 == len(template):
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
            self.write_pad("<nil>")
        elif verb == "T":
            self.write_text(type_name(value), "s")
        elif verb == "p":
            self.write_pointer(value)
        else:
            self.write_value(value, verb, 0)

    def write_value(self, value: Any, verb: str, depth: int) -> None:
        printer = _PRINTERS.get(type(value))
        if printer is not None:
            printer(self, value, verb)
        elif value is None:
            self.write_nil(verb, depth)
        elif verb == "w":  # errors only, and templates have none
            self.write_bad(value, verb)
        elif isinstance(value, dict):
            self.write_map(value, verb, depth)
        elif isinstance(value, (list, tuple)):
            self.write_list(value, verb, depth)
        elif isinstance(value, GoObject) or hasattr(value, "go_type"):
            self.write_object(value, verb)
        else:
            base = next((base for base in type(value).__mro__ if base in _PRINTERS), None)
            if base is None:
                self.write_text(str(value), verb)
            else:
                _PRINTERS[base](self, value, verb)

    def write_nil(self, verb: str, depth: int) -> None:
        if depth:
            self.out.append("interface {}(nil)" if self.flags.sharp_v else "<nil>")
        else:
            self.out.append(f"%!{verb}(<nil>)")

    def write_object(self, value: Any, verb: str) -> None:
        """Print what has a String method: the string verbs go to its text."""
        if self.flags.sharp_v and hasattr(value, "go_string"):
            self.write_pad(value.go_string())
        elif self.flags.sharp_v and isinstance(value, int):
            self.write_signed(value, verb)
        elif verb in "vsxXq":
            self.write_text(str(value), "s" if verb == "v" else verb)
        elif isinstance(value, int):
            self.write_signed(value, verb)
        else:
            self.write_bad(value, verb)

    def write_bad(self, value: Any, verb: str) -> None:
        self.out.append(f"%!{verb}({type_name(value)}=")
        self.write_value(value, "v", 1)
        self.out.append(")")

    def write_map(self, value: dict[Any, Any], verb: str, depth: int) -> None:
        check_size(depth, self.out)
        sharp = self.flags.sharp_v
        self.out.append(f"{type_name(value)}{{" if sharp else "map[")
        for index, key in enumerate(sorted_keys(value)):
            if index:
                self.out.append(", " if sharp else " ")
            self.write_value(key, verb, depth + 1)
            self.out.append(":")
            self.write_value(value[key], verb, depth + 1)
        self.out.append("}" if sharp else "]")

    def write_list(self, value: Sequence[Any], verb: str, depth: int) -> None:
        check_size(depth, self.out)
        sharp = self.flags.sharp_v
        self.out.append(f"{type_name(value)}{{" if sharp else "[")
        for index, item in enumerate(value):
            if index:
                self.out.append(", " if sharp else " ")
            self.write_value(item, verb, depth + 1)
        self.out.append("}" if sharp else "]")

    def write_boolean(self, value: bool, verb: str) -> None:  # noqa: FBT001 - one of the table of printers
        if verb in "tv":
            self.write_pad("true" if value else "false")
        else:
            self.write_bad(value, verb)

    def write_signed(self, value: int, verb: str) -> None:
        self.write_integer(value, verb, signed=True)

    def write_unsigned(self, value: int, verb: str) -> None:
        self.write_integer(value, verb, signed=False)

    def write_integer(self, value: int, verb: str, *, signed: bool) -> None:
        if verb in "vdboOxX":
            if verb == "v" and self.flags.sharp_v and not signed:
                sharp, self.flags.sharp = self.flags.sharp, True
                self.write_digits(value, "x")
                self.flags.sharp = sharp
            else:
                self.write_digits(value, "d" if verb == "v" else verb)
        elif verb == "c":
            self.write_pad(_rune(value))
        elif verb == "q":
            self.write_pad(quote_rune(value, ascii_only=self.flags.plus))
        elif verb == "U":
            self.write_code_point(value)
        else:
            self.write_bad(value, verb)

    def write_digits(self, value: int, verb: str) -> None:
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
        self.write_pad(sign + digits)
        flags.zero = zero

    def write_code_point(self, value: int) -> None:
        flags = self.flags
        value %= _UINT64
        digits = f"{value:X}".rjust(max(4, flags.precision or 0), "0")
        shown = f" '{chr(value)}'" if flags.sharp and value <= _MAX_RUNE and chr(value).isprintable() else ""
        zero, flags.zero = flags.zero, False
        self.write_pad(f"U+{digits}{shown}")
        flags.zero = zero

    def write_float(self, value: float, verb: str) -> None:
        if verb == "v":
            self.write_float_text(value, "g", -1)
        elif verb in "bgGxX":
            self.write_float_text(value, verb, -1)
        elif verb in "feEF":
            self.write_float_text(value, "f" if verb == "F" else verb, 6)
        else:
            self.write_bad(value, verb)

    def write_float_text(self, value: float, verb: str, precision: int) -> None:
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
            self.write_pad(text if plain else ("" if hidden and text[0] == "N" else sign) + text)
            flags.zero = zero
            return
        if flags.sharp and verb != "b":
            text = _keep_point(text, verb, precision)
        if not flags.plus and sign == "+":
            self.write_pad(text)
        elif flags.zero and not flags.minus and flags.width is not None and flags.width > len(text) + 1:
            self.out.append(sign + text.rjust(flags.width - 1, "0"))
        else:
            self.write_pad(sign + text)

    def write_complex(self, value: complex, verb: str) -> None:
        if verb not in "vbgGxXfFeE":
            self.write_bad(value, verb)
            return
        precision = 6 if verb in "fFeE" else -1
        verb = "g" if verb == "v" else "f" if verb == "F" else verb
        self.out.append("(")
        self.write_float_text(value.real, verb, precision)
        plus, self.flags.plus = self.flags.plus, True
        self.write_float_text(value.imag, verb, precision)
        self.flags.plus = plus
        self.out.append("i)")

    def write_text(self, value: str, verb: str) -> None:
        flags = self.flags
        if verb == "v" and flags.sharp_v:
            verb = "q"
        if verb in "vsq" and flags.precision is not None:
            value = value[: flags.precision]
        if verb in "vs":
            self.write_pad(value)
        elif verb == "q":
            if flags.sharp and can_backquote(value):
                self.write_pad(f"`{value}`")
            else:
                self.write_pad(quote(value, ascii_only=flags.plus))
        elif verb in "xX":
            self.write_hexadecimal(to_bytes(value), verb)
        else:
            self.write_bad(value, verb)

    def write_hexadecimal(self, data: bytes, verb: str) -> None:
        flags = self.flags
        if flags.precision is not None:
            data = data[: flags.precision]
        pairs = [f"{byte:02{verb}}" for byte in data]
        prefix = f"0{verb}" if flags.sharp and data else ""
        self.write_pad(prefix + (f" {prefix}" if flags.space else "").join(pairs))

    def write_bytes(self, value: bytes, verb: str) -> None:
        if verb in "vd":
            sharp = self.flags.sharp_v
            self.out.append("[]byte{" if sharp else "[")
            for index, byte in enumerate(value):
                if index:
                    self.out.append(", " if sharp else " ")
                self.write_unsigned(byte, verb)
            self.out.append("}" if sharp else "]")
        elif verb in "xX":
            self.write_hexadecimal(value, verb)
        elif verb in "sq":
            self.write_text(to_text(value), verb)
        else:
            self.write_list([Uint8(byte) for byte in value], verb, 0)

    def write_pointer(self, value: Any) -> None:
        if value is None or kind_name(value) not in {"map", "slice", "ptr"}:
            if value is None:
                self.out.append("%!p(<nil>)")
            else:
                self.write_bad(value, "p")
        else:
            self.write_pad("0xc000000000")  # no address of ours is anybody's business

    def write_pad(self, text: str) -> None:
        flags = self.flags
        width = flags.width
        if not width or len(text) >= width:
            self.out.append(text)
        elif flags.minus:
            self.out.append(text.ljust(width))
        else:
            self.out.append(text.rjust(width, "0" if flags.zero else " "))


_PRINTERS: dict[type, Callable[[_Printer, Any, str], None]] = {
    str: _Printer.write_text,
    bool: _Printer.write_boolean,
    int: _Printer.write_signed,
    Int64: _Printer.write_signed,
    Int32: _Printer.write_signed,
    Uint8: _Printer.write_unsigned,
    Uint32: _Printer.write_unsigned,
    Uint64: _Printer.write_unsigned,
    float: _Printer.write_float,
    Float32: _Printer.write_float,
    complex: _Printer.write_complex,
    bytes: _Printer.write_bytes,
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
    wanted = (6 if precision < 0 else precision) if verb in "gGx" else 0
    wanted -= len(number.replace(".", "").lstrip("0"))  # the x of 0x counts as a digit, in Go too
    if "." not in number:
        if number == "0":
            wanted -= 1
        number += "."
    return number + "0" * max(0, wanted) + tail
