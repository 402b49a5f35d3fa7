"""Names of hosts, looked up only where the caller allowed it."""

from __future__ import annotations

import secrets
import socket

from helmpy.gocompat.function import FunctionPanic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.sprig.settings import Settings


def get_host_by_name(settings: Settings, name: str) -> str:
    """Return one of the host's addresses; "" without leave to ask, FunctionPanic where there is none."""
    if not settings.dns:
        return ""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FunctionPanic("invalid argument to Intn") from None
    addresses = sorted({str(address[0]) for *_, address in found})
    return addresses[secrets.randbelow(len(addresses))]
