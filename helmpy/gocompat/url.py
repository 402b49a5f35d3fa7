"""URLs taken apart and put together as Go's net/url does."""

from __future__ import annotations

from posixpath import normpath

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.pattern import Pattern
from helmpy.gocompat.text_quote import quote, to_bytes, to_text
from helmpy.record import record, replace

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
_PATH = frozenset(_UNRESERVED + "$&+,/:;=@")
_USER = frozenset(_UNRESERVED + "$&+,;=")
_HOST = frozenset(_UNRESERVED + "!$&'()*+,;=:[]<>\"")
_FRAGMENT = frozenset(_UNRESERVED + "$&+,/:;=?@!()*")
_USER_RAW = frozenset(_UNRESERVED + "-._:~!$&'()*+,;=%@")

_SCHEME = Pattern(r"(?a)([A-Za-z][A-Za-z0-9+.-]*+):")
_ESCAPE = Pattern(r"(?a)%([0-9A-Fa-f]{2})?")
_ESCAPED_BYTE = Pattern(rb"%([0-9A-Fa-f]{2})")
_PORT = Pattern(r"(?a):[0-9]*+")


@record(frozen=True, slots=True)
class Url:
    """A URL's parts, unescaped; ``user`` is escaped, None where there is none."""

    scheme: str = ""
    opaque: str = ""
    user: str | None = None
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""


def _escape(text: str, allowed: frozenset[str]) -> str:
    return "".join(chr(byte) if chr(byte) in allowed else f"%{byte:02X}" for byte in to_bytes(text))


def _unescape(text: str) -> str:
    if "%" not in text:
        return text
    for found in _ESCAPE.finditer(text):
        if found[1] is None:
            raise FunctionError(f"invalid URL escape {quote(text[found.start() : found.start() + 3])}")
    raw = to_bytes(text)
    return to_text(_ESCAPED_BYTE.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), raw))


def _unescape_host(text: str) -> str:
    for found in _ESCAPE.finditer(text):
        if found[1] is None or (found[1][0] in "01234567" and found[0] != "%25"):
            raise FunctionError(f"invalid URL escape {quote(text[found.start() : found.start() + 3])}")
    for char in text:
        if char.isascii() and char != "%" and char not in _HOST:
            raise FunctionError(f"invalid character {quote(char)} in host name")
    return _unescape(text)


def parse(text: str) -> Url:
    """Take a URL apart; FunctionError in Go's words where it is none."""
    before, hash_sign, fragment = text.partition("#")
    try:
        parsed = _parse_main(before)
    except FunctionError as error:
        raise FunctionError(f"parse {quote(before)}: {error}") from error
    if not hash_sign:
        return parsed
    try:
        return replace(parsed, fragment=_unescape(fragment))
    except FunctionError as error:
        raise FunctionError(f"parse {quote(text)}: {error}") from error


def _parse_main(text: str) -> Url:
    if any(char < " " or char == "\x7f" for char in text):
        raise FunctionError("net/url: invalid control character in URL")
    if text == "*":
        return Url(path="*")
    if text.startswith(":"):
        raise FunctionError("missing protocol scheme")
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), text[found.end() :]) if found else ("", text)
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme=scheme, opaque=rest, query=query)
        if ":" in rest.partition("/")[0]:
            raise FunctionError("first path segment in URL cannot contain colon")
    user, host = None, ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        user, host = _authority(authority)
        rest = slash + rest
    return Url(scheme=scheme, user=user, host=host, path=_unescape(rest), query=query)


def _authority(text: str) -> tuple[str | None, str]:
    user, at, host = text.rpartition("@")
    found = _host(host)
    if not at:
        return None, found
    if not all(char in _USER_RAW for char in user):
        raise FunctionError("net/url: invalid userinfo")
    name, colon, password = user.partition(":")
    return _escape(_unescape(name), _USER) + colon + _escape(_unescape(password), _USER), found


def _host(text: str) -> str:
    if text.startswith("["):
        end = text.rfind("]")
        if end < 0:
            raise FunctionError("missing ']' in host")
        _check_port(text[end + 1 :])
        name, zone_sign, zone = text[1:end].partition("%25")
        return f"[{_unescape_host(name)}{_unescape(zone_sign + zone)}]{text[end + 1 :]}"
    if ":" in text:
        _check_port(text[text.rindex(":") :])
    return _unescape_host(text)


def _check_port(text: str) -> None:
    if text and not _PORT.fullmatch(text):
        raise FunctionError(f"invalid port {quote(text)} after host")


def hostname(host: str) -> str:
    """Return a URL's host without its port and brackets."""
    colon = host.rfind(":")
    if colon >= 0 and _PORT.fullmatch(host[colon:]):
        host = host[:colon]
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def text_of(url: Url) -> str:
    """Return a URL as text; parts are escaped where they must be."""
    out = f"{url.scheme}:" if url.scheme else ""
    if url.opaque:
        out += url.opaque
    else:
        out += _place(url)
        shown = "*" if url.path == "*" else _escape(url.path, _PATH)
        if shown and shown[0] != "/" and url.host:
            out += "/"
        if not out and ":" in shown.partition("/")[0]:
            out = "./"
        out += shown
    if url.query:
        out += f"?{url.query}"
    return f"{out}#{_escape(url.fragment, _FRAGMENT)}" if url.fragment else out


def _place(url: Url) -> str:
    if not (url.scheme or url.host or url.user is not None) or not (url.host or url.path or url.user is not None):
        return ""
    return "//" + (f"{url.user}@" if url.user is not None else "") + _escape(url.host, _HOST)


def below(base: str, name: str) -> str:
    """Return the URL of a file below another; a query stays at the end. Raises FunctionError where ``base`` is none."""
    url = parse(base)
    path = normpath(f"{url.path}/{name}" if url.path else name)
    return text_of(replace(url, path=path[1:] if path.startswith("//") else path))
