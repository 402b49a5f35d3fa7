"""What Go says of a host whose name has no address: it names the server that it asked."""

from __future__ import annotations

RESOLVERS = "/etc/resolv.conf"
_UNLISTED = "127.0.0.1"  # who is asked where no server is listed


def no_such_host(name: str, resolvers: str = RESOLVERS) -> str:
    """Return Go's words: ``lookup NAME on SERVER:53: no such host``; a name that is none is asked of nobody."""
    labels = name.removesuffix(".").split(".")
    asked = all(labels) and max(map(len, labels)) < 64 and len(name) < 255
    return f"lookup {name}{f' on {_server(resolvers)}' if asked else ''}: no such host"


def _server(path: str) -> str:
    """The first server of a resolv.conf, with the port."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - pathlib is slow to import
            words = [line.split() for line in file]
    except OSError:
        words = []
    address = next((rest[0] for first, *rest in filter(None, words) if first == "nameserver" and rest), _UNLISTED)
    return f"[{address}]:53" if ":" in address else f"{address}:53"
