"""Sprig's functions about URLs."""

from __future__ import annotations

from helmpy.gocompat import url as go_url
from helmpy.gocompat.function import FunctionError, FunctionPanic
from helmpy.gocompat.text import kind_name
from helmpy.gocompat.url import Url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def url_parse(text: str) -> dict[str, Any]:
    """Return a URL's parts; FunctionPanic where it is none."""
    try:
        url = go_url.parse(text)
    except FunctionError as error:
        raise FunctionPanic(f"unable to parse url: {error}") from error
    return {
        "scheme": url.scheme,
        "host": url.host,
        "hostname": go_url.hostname(url.host),
        "path": url.path,
        "query": url.query,
        "opaque": url.opaque,
        "fragment": url.fragment,
        "userinfo": url.user or "",
    }


_PARTS = ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")


def url_join(parts: dict[str, Any]) -> str:
    """Return the URL with these parts; FunctionPanic for one that is no text."""
    scheme, host, path, query, opaque, fragment, userinfo = (_part(parts, name) for name in _PARTS)
    return go_url.text_of(Url(scheme, opaque, _user(userinfo), host, path, query, fragment))


def _user(userinfo: str) -> str | None:
    if not userinfo:
        return None
    try:
        return go_url.parse(f"proto://{userinfo}@host").user
    except FunctionError as error:
        raise FunctionPanic(f"unable to parse userinfo in dict: {error}") from error


def _part(parts: dict[str, Any], name: str) -> str:
    value = parts.get(name, "")
    if value is None:
        raise FunctionPanic("runtime error: invalid memory address or nil pointer dereference")
    if not isinstance(value, str):
        raise FunctionPanic(f"unable to parse {name} key, must be of type string, but {kind_name(value)} found")
    return value
