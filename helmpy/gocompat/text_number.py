"""Go's ways to write numbers."""

from __future__ import annotations

_MANTISSA_BITS = 52
_MIN_EXPONENT = -1074


def format_float(value: float, verb: str = "g", precision: int = -1) -> str:
    """Return ``value`` as Go's strconv.FormatFloat: verbs b e E f g G x X; precision -1 is the shortest.

    The sign of infinity is always written, as ``fmt`` wants it.
    """
    if verb == "g" and precision < 0 and -1e6 < value < 1e6 and value and value == int(value):
        return str(int(value))  # nearly all: 0.3 us; the way below takes 2
    if value - value != 0:
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"  # noqa: PLR0124 - only NaN is not itself
    if verb in "xX":
        text = _hexadecimal(value, precision)
        return text.upper() if verb == "X" else text
    if verb == "b":
        return _binary(value)
    text = _shortest(value, verb.lower()) if precision < 0 else _rounded(value, verb.lower(), precision)
    return text.upper() if verb in "EG" else text


def format_complex(value: complex) -> str:
    """Return a complex number as ``%v`` prints it."""
    imaginary = format_float(value.imag)
    sign = "" if imaginary[0] in "+-" else "+"
    return f"({format_float(value.real)}{sign}{imaginary}i)"


def _rounded(value: float, verb: str, precision: int) -> str:
    return f"{value:.{precision or (1 if verb == 'g' else 0)}{verb}}"


def _shortest(value: float, verb: str) -> str:
    """Write the fewest digits that read back as ``value``."""
    sign = "-" if repr(value)[0] == "-" else ""
    digits, exponent = _digits(abs(value))
    if verb == "e" or (verb == "g" and (exponent < -4 or exponent >= 6)):
        return sign + _scientific(digits, exponent)
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _scientific(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _digits(value: float) -> tuple[str, int]:
    """Return the shortest significant digits and the exponent of the first."""
    if value == 0:
        return "0", 0
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    shift = int(exponent or 0) + len(whole) - 1
    digits = whole + fraction
    stripped = digits.lstrip("0")
    shift -= len(digits) - len(stripped)
    return stripped.rstrip("0"), shift


def _parts(value: float) -> tuple[str, int, int]:
    """Return sign, integer mantissa and its binary exponent."""
    from math import frexp, ldexp

    fraction, exponent = frexp(abs(value))
    sign = "-" if repr(value)[0] == "-" else ""
    exponent -= _MANTISSA_BITS + 1
    if exponent < _MIN_EXPONENT:
        return sign, int(ldexp(abs(value), -_MIN_EXPONENT)), _MIN_EXPONENT
    return sign, int(ldexp(fraction, _MANTISSA_BITS + 1)), exponent


def _binary(value: float) -> str:
    if value == 0:
        sign = "-" if repr(value)[0] == "-" else ""
        return f"{sign}0p{_MIN_EXPONENT}"
    sign, mantissa, exponent = _parts(value)
    return f"{sign}{mantissa}p{exponent:+d}"


def _hexadecimal(value: float, precision: int) -> str:
    sign, mantissa, exponent = _parts(value)
    if mantissa == 0:
        fraction = f".{'0' * precision}" if precision > 0 else ""
        return f"{sign}0x0{fraction}p+00"
    shift = _MANTISSA_BITS + 1 - mantissa.bit_length()
    mantissa <<= shift
    exponent += _MANTISSA_BITS - shift
    digits = _MANTISSA_BITS // 4
    if 0 <= precision < digits:
        drop = 4 * (digits - precision)
        half = 1 << (drop - 1)
        rest = mantissa & ((1 << drop) - 1)
        mantissa >>= drop
        if rest > half or (rest == half and mantissa & 1):
            mantissa += 1
        digits = precision
        if mantissa >> (4 * digits) > 1:
            mantissa >>= 1
            exponent += 1
    text = f"{mantissa:x}"
    fraction = text[1:].rstrip("0") if precision < 0 else text[1:].ljust(precision, "0")
    point = f".{fraction}" if fraction else ""
    return f"{sign}0x{text[0]}{point}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
