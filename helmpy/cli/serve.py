"""``helm serve``: a chart repository out of a directory of this machine."""

from __future__ import annotations

import http.server
import os
from email.utils import formatdate
from pathlib import Path

from helmpy.cli.command import command as make
from helmpy.cli.command import nothing, string
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
def command(settings: Settings, args: Sequence[str], *, address: str, repo_path: str, url: str) -> None:
    nothing(args)
    directory = Path(repo_path or settings.home.local_repository).absolute()
    if not directory.is_dir():
        raise ServeError(f"stat {directory}: no such file or directory")
    host, _, port = address.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) >= 2**16:
        raise ServeError(f"listen tcp: lookup tcp/{port}: unknown port")
    say("Regenerating index. This may take a moment.", flush=True)
    made = index_of(directory, url or f"http://{address}")
    files.write(directory / index.FILENAME, index.to_yaml(made).encode())
    site = Site(os.fspath(directory), made)
    try:
        server = http.server.ThreadingHTTPServer((host, int(port)), _handler(site))
    except OSError as error:
        raise ServeError(f"listen tcp {address}: bind: {(error.strerror or str(error)).lower()}") from error
    say(f"Now serving you on {address}", flush=True)
    with server:
        server.serve_forever()


def _handler(site: Site) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 60  # seconds that a client may take

        def do_GET(self) -> None:
            answer = site.answer(self.path)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            if answer.changed is not None:
                self.send_header("Last-Modified", formatdate(answer.changed, usegmt=True))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_HEAD = do_GET  # noqa: N815 - the base class looks for it by that name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing of requests, as Helm."""

    return Handler
