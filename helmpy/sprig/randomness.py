"""Random text and numbers, from the system's source."""

from __future__ import annotations

import random
import string
import uuid
from base64 import b64encode

from helmpy.gocompat.function import FunctionPanic
from helmpy.sprig.settings import Settings

_SYSTEM = random.SystemRandom()
_ASCII = "".join(map(chr, range(32, 127)))


def _text(settings: Settings, alphabet: str, count: int) -> str:
    settings.check_text(count)
    return "".join(_SYSTEM.choices(alphabet, k=max(count, 0)))


def rand_alpha_num(settings: Settings, count: int) -> str:
    """Return ``count`` letters and digits."""
    return _text(settings, string.ascii_letters + string.digits, count)


def rand_alpha(settings: Settings, count: int) -> str:
    """Return ``count`` letters."""
    return _text(settings, string.ascii_letters, count)


def rand_numeric(settings: Settings, count: int) -> str:
    """Return ``count`` digits."""
    return _text(settings, string.digits, count)


def rand_ascii(settings: Settings, count: int) -> str:
    """Return ``count`` printable ASCII characters."""
    return _text(settings, _ASCII, count)


def rand_bytes(settings: Settings, count: int) -> str:
    """Return ``count`` bytes in base64."""
    if count < 0:
        raise FunctionPanic("runtime error: makeslice: len out of range")
    settings.check_text(count)
    return b64encode(_SYSTEM.randbytes(count)).decode("ascii")


def rand_int(low: int, high: int) -> int:
    """Return a number from ``low`` before ``high``."""
    if high <= low:
        raise FunctionPanic("invalid argument to Intn")
    return _SYSTEM.randrange(low, high)


def shuffle(text: str) -> str:
    """Return the characters of ``text`` in another order."""
    return "".join(_SYSTEM.sample(text, len(text)))


def uuidv4() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())
