"""``helm serve``: a chart repository out of a directory of this machine."""

from __future__ import annotations

import http.server
import os
import socket
from pathlib import Path

from helmpy.cli.command import command as make
from helmpy.cli.command import string
from helmpy.cli.output import say
from helmpy.cli.repo_index import index_of
from helmpy.errors import HelmError
from helmpy.repo import files, index
from helmpy.repo.server import Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings

ABOUT = """\
Serve a directory of packaged charts as a repository, its index made anew at the start.

It is meant for trying things out on one machine; a web server serves others better.
"""


class ServeError(HelmError):
    """The directory can't be served there."""


@make("serve", usage="[flags]", about=ABOUT)
@string("address", about="host:port to listen on", default="127.0.0.1:8879")
@string("repo-path", about="directory to serve; default: $HELM_HOME/repository/local")
@string("url", about="URL that the index names the charts by; default: that of the address")
def command(settings: Settings, _args: Sequence[str], *, address: str, repo_path: str, url: str) -> None:
    directory = Path(repo_path or settings.home.local_repository).absolute()
    if not directory.is_dir():
        why = "not a directory" if directory.exists() else "no such file or directory"
        raise ServeError(f"stat {directory}: {why}")
    place = _listening(address)
    say("Regenerating index. This may take a moment.", flush=True)
    # By an address that stands for all of this machine's nobody elsewhere finds a chart; relative URLs lead there.
    own = "" if place[0] in ("0.0.0.0", "::") else f"http://{address}"  # noqa: S104 - the user's choice
    made = index_of(directory, url or own)
    files.write(directory / index.FILENAME, index.to_yaml(made).encode())
    site = Site(os.fspath(directory), made)
    try:
        server = _server(place)(place[:2], _handler(site))
    except OSError as error:
        raise ServeError(f"listen tcp {address}: bind: {(error.strerror or str(error)).lower()}") from error
    say(f"Now serving you on {address}", flush=True)
    with server:
        server.serve_forever()


def _listening(address: str) -> tuple[str, int, int]:
    """The host, port and family of addresses of ``HOST:PORT``. Raises ServeError in Go's words."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        raise ServeError(f"listen tcp: address {address}: missing port in address")
    if not port.isascii() or not port.isdigit():
        raise ServeError(f"listen tcp: lookup tcp/{port}: unknown port")
    if int(port) >= 2**16:
        raise ServeError(f"listen tcp: address {port}: invalid port")
    name = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(name or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        from helmpy.gocompat.lookup import no_such_host

        raise ServeError(f"listen tcp: {no_such_host(name)}") from None
    family, _, _, _, there = min(found, key=lambda one: one[0])  # IPv4 where there is both
    return str(there[0]), int(port), family


def _server(place: tuple[str, int, int]) -> type[http.server.ThreadingHTTPServer]:
    class Server(http.server.ThreadingHTTPServer):
        address_family = place[2]

    return Server


def _handler(site: Site) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 60  # seconds that a client may take
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_HEAD = do_GET  # noqa: N815 - the base class looks for it by that name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing of requests, as Helm."""

    return Handler
