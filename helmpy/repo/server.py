"""A chart repository out of one directory, for ``helm serve``: what is answered to which path.

Source of the paths: Helm 2.17. ``/`` and ``/charts/`` show the charts to a person; every other path, with
``/charts`` before it or not, is a file of the directory, or a list of the files of a directory in it.
"""

from __future__ import annotations

import os
from email.utils import formatdate
from html import escape
from urllib.parse import quote, unquote

from helmpy.record import field, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from helmpy.repo.index import Index

_TYPES = {
    ".yaml": "application/x-yaml",
    ".tgz": "application/x-compressed-tar",
    ".prov": "text/plain; charset=utf-8",
}


@record(frozen=True, slots=True)
class Answer:
    """Status, type and body of an HTTP answer, and what else its head says."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Site:
    """A directory with an index."""

    directory: str
    index: Index

    def answer(self, target: str, asked: Mapping[str, str] | None = None) -> Answer:
        """Return what a GET of ``target`` (path and query) gives. Never leaves the directory.

        ``asked`` are the request's headers by their names in lower case: for what is known already, and for parts.
        """
        path = unquote(target.partition("?")[0])
        if ".." in path.split("/") or "\0" in path:
            return _text(400, "invalid URL path\n")
        if path in ("/", "/charts/"):
            return Answer(200, _HTML, page(self.index).encode())
        return self._file(path.removeprefix("/charts/").lstrip("/"), asked or {})

    def _file(self, name: str, asked: Mapping[str, str]) -> Answer:
        root = os.path.realpath(self.directory)
        place = os.path.realpath(f"{root}/{name}")
        if not place.startswith(f"{root}/"):
            return _NOT_FOUND
        try:
            if os.path.isdir(place):  # noqa: PTH112
                return _directory(place, name)
            with open(place, "rb") as file:  # noqa: PTH123
                body = file.read()
                status = os.fstat(file.fileno())
        except (OSError, ValueError):
            return _NOT_FOUND
        kind = _TYPES.get(os.path.splitext(place)[1], "application/octet-stream")  # noqa: PTH122
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        headers = {"Last-Modified": formatdate(status.st_mtime, usegmt=True), "ETag": tag, "Accept-Ranges": "bytes"}
        if _is_known(asked, headers):
            return Answer(304, kind, b"", headers)
        return _part(body, kind, headers, asked.get("range", ""))


_HTML = "text/html; charset=utf-8"


def _is_known(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether who asks has the file as it is; a tag counts for more than a time."""
    tags = asked.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or headers["ETag"] in [one.strip().removeprefix("W/") for one in tags.split(",")]
    return asked.get("if-modified-since") == headers["Last-Modified"]


def _part(body: bytes, kind: str, headers: dict[str, str], wanted: str) -> Answer:
    """The file, or the one part of it that is asked for (RFC 9110); several parts are sent as the whole."""
    start, dash, end = wanted.removeprefix("bytes=").partition("-")
    known = wanted.startswith("bytes=") and dash and (start + end).isascii() and (start + end).isdigit()
    if not known:
        return Answer(200, kind, body, headers)
    size = len(body)
    first = int(start) if start else max(size - int(end), 0)
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last:
        return Answer(416, kind, b"", headers | {"Content-Range": f"bytes */{size}"})
    return Answer(206, kind, body[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{size}"})


def _directory(place: str, name: str) -> Answer:
    """The names in a directory, each a link."""
    if not name.endswith("/"):
        return Answer(301, _HTML, b"", {"Location": f"{quote(name.rpartition('/')[2])}/"})
    names = sorted(one.name + ("/" if one.is_dir() else "") for one in os.scandir(place))
    links = "\n".join(f'<a href="{escape(quote(one))}">{escape(one)}</a>' for one in names)
    return Answer(200, _HTML, f"<!doctype html>\n<pre>\n{links}\n</pre>\n".encode("utf-8", "surrogateescape"))


def _text(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())


_NOT_FOUND = _text(404, "404 page not found\n")


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
