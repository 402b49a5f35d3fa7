"""A chart repository out of one directory, for ``helm serve``: what is answered to which path.

Source of the paths: Helm 2.17. ``/`` and ``/charts/`` show the charts to a person; every other path, with
``/charts`` before it or not, is a file of the directory.
"""

from __future__ import annotations

import os
from html import escape
from urllib.parse import unquote

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.repo.index import Index

_TYPES = {
    ".yaml": "application/x-yaml",
    ".tgz": "application/x-compressed-tar",
    ".prov": "text/plain; charset=utf-8",
}


@record(frozen=True, slots=True)
class Answer:
    """Status, type and body of an HTTP answer. ``changed``: seconds since 1970 for a file, else None."""

    status: int
    content_type: str
    body: bytes
    changed: float | None = None


@record(frozen=True, slots=True)
class Site:
    """A directory with an index."""

    directory: str
    index: Index

    def answer(self, target: str) -> Answer:
        """Return what a GET of ``target`` (path and query) gives. Never leaves the directory."""
        path = unquote(target.partition("?")[0])
        if ".." in path.split("/") or "\0" in path:
            return _text(400, "invalid URL path\n")
        if path in ("/", "/charts/"):
            return Answer(200, "text/html; charset=utf-8", page(self.index).encode())
        return self._file(path.removeprefix("/charts/").lstrip("/"))

    def _file(self, name: str) -> Answer:
        root = os.path.realpath(self.directory)
        place = os.path.realpath(f"{root}/{name}")
        if not place.startswith(f"{root}/"):
            return _text(404, "404 page not found\n")
        try:
            with open(place, "rb") as file:  # noqa: PTH123
                body = file.read()
                changed = os.fstat(file.fileno()).st_mtime
        except (OSError, ValueError):
            return _text(404, "404 page not found\n")
        kind = _TYPES.get(os.path.splitext(place)[1], "application/octet-stream")  # noqa: PTH122
        return Answer(200, kind, body, changed)


def _text(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())


def page(index: Index) -> str:
    """Return the page that lists an index's charts and their versions."""
    charts = "\n".join(
        f"  <li>{escape(name)}<ul>\n"
        + "\n".join(
            f'    <li><a href="{escape(one.urls[0] if one.urls else "")}">{escape(one.name)}-{escape(one.version)}</a></li>'
            for one in versions
        )
        + "\n  </ul></li>"
        for name, versions in index.entries.items()
    )
    return (
        "<!doctype html>\n<html>\n<head>\n  <title>Helm Repository</title>\n</head>\n<body>\n"
        f"<h1>Helm Charts Repository</h1>\n<ul>\n{charts}\n</ul>\n"
        f"<p>Last Generated: {escape(index.generated)}</p>\n</body>\n</html>\n"
    )
