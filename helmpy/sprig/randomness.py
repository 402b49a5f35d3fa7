"""Random text and numbers, from the system's source.

Straight from ``os.urandom``: importing random, string, uuid and base64 takes 7 ms, and many charts
make a password.
"""

from __future__ import annotations

from os import urandom

from helmpy.gocompat.function import FunctionPanic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.sprig.settings import Settings

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ASCII = "".join(map(chr, range(32, 127)))


def _text(settings: Settings, alphabet: str, count: int) -> str:
    """Draw every character alike: bytes beyond the last whole multiple of the alphabet are drawn again."""
    settings.check_text(count)
    size = len(alphabet)
    fair = 256 - 256 % size
    chars: list[str] = []
    while len(chars) < count:
        chars += [alphabet[byte % size] for byte in urandom(count - len(chars)) if byte < fair]
    return "".join(chars)


def _below(limit: int) -> int:
    """Return a number from 0 before ``limit``, each alike."""
    bits = limit.bit_length()
    size = (bits + 7) // 8
    while True:
        number = int.from_bytes(urandom(size), "big") >> (size * 8 - bits)
        if number < limit:
            return number


def rand_alpha_num(settings: Settings, count: int) -> str:
    """Return ``count`` letters and digits."""
    return _text(settings, _LETTERS + _DIGITS, count)


def rand_alpha(settings: Settings, count: int) -> str:
    """Return ``count`` letters."""
    return _text(settings, _LETTERS, count)


def rand_numeric(settings: Settings, count: int) -> str:
    """Return ``count`` digits."""
    return _text(settings, _DIGITS, count)


def rand_ascii(settings: Settings, count: int) -> str:
    """Return ``count`` printable ASCII characters."""
    return _text(settings, _ASCII, count)


def rand_bytes(settings: Settings, count: int) -> str:
    """Return ``count`` bytes in base64."""
    from binascii import b2a_base64

    if count < 0:
        raise FunctionPanic("runtime error: makeslice: len out of range")
    settings.check_text(count)
    return b2a_base64(urandom(count), newline=False).decode("ascii")


def rand_int(low: int, high: int) -> int:
    """Return a number from ``low`` before ``high``."""
    if high <= low:
        raise FunctionPanic("invalid argument to Intn")
    return low + _below(high - low)


def shuffle(text: str) -> str:
    """Return the characters of ``text`` in another order."""
    chars = list(text)
    for last in range(len(chars) - 1, 0, -1):
        other = _below(last + 1)
        chars[last], chars[other] = chars[other], chars[last]
    return "".join(chars)


def uuidv4() -> str:
    """Return a random UUID."""
    number = urandom(16).hex()
    variant = "89ab"[int(number[16], 16) & 3]
    return f"{number[:8]}-{number[8:12]}-4{number[13:16]}-{variant}{number[17:20]}-{number[20:]}"
