"""Fetching from repositories: by http(s), from files, through plugins.

A getter is asked for the bytes behind a URL. Credentials go to the host they were given for and to
no other, also when it redirects.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import unquote, urljoin, urlsplit

from helmpy.errors import HelmError
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

    import requests

    Progress = Callable[[int, int], None]

USER_AGENT = "Helm/2.17.0"
TIMEOUT = 60.0  # seconds without a byte
OK, NOT_MODIFIED = 200, 304
MOVED = (301, 302, 303, 307, 308)
REDIRECTS = 10  # Go's
MAX_BYTES = 200 * 2**20  # of one answer; no chart or index is larger
MAX_WORDS = 2**16  # of one that only says how things went


class FetchError(HelmError):
    """Something could not be fetched; the message names the URL."""


class UnknownScheme(FetchError):
    """Nobody here speaks that protocol."""


class UnusableTls(FetchError):
    """Files of certificates that the user named can't be used; in Helm's words."""


@record(frozen=True, slots=True)
class Access:
    """What lets one into the repository at ``url``; paths are files of PEM texts.

    ``insecure`` takes any certificate; ``plain_http`` speaks to a registry without TLS.
    """

    url: str = ""
    username: str = ""
    password: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    insecure: bool = False
    plain_http: bool = False

    def covers(self, url: str) -> bool:
        """Whether credentials may go there: the same scheme, host and port as the repository's.

        From the usual port without TLS they may go on to the usual one with TLS.
        """
        own, other = origin(self.url), origin(url)
        return not self.url or own == other or (own[1] == other[1] and (own[::2], other[::2]) == _TO_TLS)

    def elsewhere(self) -> Access:
        """What of it may be used with another host: which certificates to trust, and nothing that proves who one is."""
        return Access(ca_file=self.ca_file, insecure=self.insecure)


@record(frozen=True, slots=True)
class Answer:
    """What a server said to one request. ``headers`` by their names in lower case; ``url`` is what was asked.

    ``reason`` is the server's own word for the status.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    reason: str = ""


class Getter(Protocol):
    """Gets what a URL of its schemes names."""

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        """Return the bytes. ``progress`` hears bytes so far and in all (0: not known). Raises FetchError."""
        ...


class HttpGetter:
    """http and https, through ``requests``: proxies of the environment, redirects, certificates."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[Access, bool], requests.Session] = {}

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        data, _ = self.get_if_changed(url, access, "", progress)
        assert data is not None, "nothing is known that could be unchanged"
        return data

    def get_if_changed(
        self, url: str, access: Access, tag: str, progress: Progress | None = None
    ) -> tuple[bytes | None, str]:
        """Return the bytes and the tag (ETag) by which the server knows them; None where they still have ``tag``.

        Raises FetchError.
        """
        here = url
        for _ in range(REDIRECTS):
            answer = self.exchange("GET", here, access, headers=_headers(here, access, tag), progress=progress)
            if answer.status in MOVED and answer.headers.get("location"):
                here = _following(here, answer.headers["location"])
                continue
            if answer.status == NOT_MODIFIED and tag:
                return None, tag
            if answer.status != OK:
                reason = answer.reason or _phrase(answer.status)
                raise FetchError(f"Failed to fetch {url} : {answer.status} {reason}".rstrip())
            return _unpacked(answer), answer.headers.get("etag", "")
        raise FetchError(f'Get "{_shown(here)}": stopped after {REDIRECTS} redirects')

    def exchange(
        self,
        method: str,
        url: str,
        access: Access,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit: int = MAX_BYTES,
        progress: Progress | None = None,
    ) -> Answer:
        """Return the answer to one request, whatever its status; the body has at most ``limit`` bytes.

        Redirects are the caller's to follow, and no credentials are sent but those of ``headers``: of ``access``
        only the certificates are used. ``progress`` hears of the body that is sent, else of that which comes. What is
        compressed for the way stays so; of the body of a refusal only the beginning is read. Raises FetchError.
        """
        import requests
        from urllib3.exceptions import HTTPError

        trusted = replace(access, username="", password="") if access.covers(url) else access.elsewhere()
        sent = _Told(body, progress) if body and progress else body
        try:
            session = self._session(trusted, local=_is_local(url))
            with session.request(
                method,
                _without_user(url),
                headers=headers,
                data=sent,
                allow_redirects=False,
                stream=True,
                timeout=TIMEOUT,
                verify=_trust(trusted),
            ) as answer:
                told = progress if body is None and answer.status_code == OK else None
                content = b"" if method == "HEAD" else _body(answer, url, told, limit)
                known = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(url, answer.status_code, known, content, answer.reason or "")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise FetchError(f'{method.capitalize()} "{_shown(url)}": {_words(error, url)}') from error

    def _session(self, access: Access, *, local: bool) -> requests.Session:
        """What keeps connections. No proxy of the environment is asked for this machine, as with Go."""
        import requests

        from helmpy.repo.adapter import Adapter

        found = self._sessions.get((access, local))
        if found is None:
            found = self._sessions[access, local] = requests.Session()
            found.mount("https://", Adapter())
            found.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
            if access.cert_file and access.key_file:
                found.cert = _pair(access.cert_file, access.key_file)
            found.verify = _authorities()
            found.trust_env = not local
            found.auth = _no_netrc
        return found


def _trust(access: Access) -> bool | str | None:
    """What certificates are checked with; None: the session's, or what $REQUESTS_CA_BUNDLE names."""
    if access.insecure:
        _silence_about_certificates()
        return False
    return _trusted(access.ca_file) if access.ca_file else None


def _trusted(path: str) -> str:
    """The path of a file of authorities. Raises UnusableTls where it has none."""
    from ssl import SSLError, create_default_context

    try:
        create_default_context(cafile=path)
    except SSLError as error:
        raise UnusableTls(f"can't create TLS config: failed to append certificates from file: {path}") from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnusableTls(f"can't create TLS config: can't read CA file: {path}", hint=f"open {path}: {why}") from error
    return path


def _pair(cert_file: str, key_file: str) -> tuple[str, str]:
    """The paths of a certificate and its key. Raises UnusableTls where they are not that."""
    from ssl import SSLError, create_default_context

    why = _unreadable(cert_file, "certificate") or _unreadable(key_file, "key")
    try:
        if not why:
            create_default_context().load_cert_chain(cert_file, key_file, password="")
    except SSLError as error:
        mismatch = error.reason == "KEY_VALUES_MISMATCH"
        why = "tls: private key does not match public key" if mismatch else "tls: PEM is wanted, without a password"
    if why:
        raise UnusableTls(
            f"can't create TLS config: can't load key pair from cert {cert_file} and key {key_file}: {why}"
        )
    return cert_file, key_file


def _unreadable(path: str, what: str) -> str:
    """What is wrong with a file of PEM texts, empty if it may be one."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            found = b"-----BEGIN" in file.read(2**20)
    except OSError as error:
        return f"open {path}: {(error.strerror or str(error)).lower()}"
    return "" if found else f"tls: failed to find any PEM data in {what} input"


def _authorities() -> bool | str:
    """The authorities that the system trusts, as Go finds them; those that come with requests where it has none."""
    import os
    import ssl

    own = ssl.get_default_verify_paths().cafile  # also what $SSL_CERT_FILE names
    return next((path for path in (own, *_BUNDLES) if path and os.path.exists(path)), True)  # noqa: PTH110


_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


def _headers(url: str, access: Access, tag: str) -> dict[str, str]:
    """What a GET says beside its URL."""
    headers = {"If-None-Match": tag} if tag else {}
    if not _is_archive(url):  # those are compressed already, and an index becomes ten times smaller
        headers["Accept-Encoding"] = "gzip"
    parts = urlsplit(url)
    if access.covers(url) and access.username and access.password:
        headers["Authorization"] = basic(access.username, access.password)
    elif parts.username is not None:
        headers["Authorization"] = basic(unquote(parts.username), unquote(parts.password or ""))
    return headers


def basic(username: str, password: str) -> str:
    """Return the ``Authorization`` of a user's name and password."""
    from base64 import b64encode

    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def _following(here: str, location: str) -> str:
    """Where a redirect leads. Raises FetchError."""
    try:
        url = urljoin(here, location)
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise FetchError(f'Get "{_shown(here)}": the answer leads to {location[:200]!r}: {error}') from error
    if scheme not in ("http", "https"):
        raise FetchError(f'Get "{_shown(url)}": unsupported protocol scheme "{scheme}"')
    return url


def _is_archive(url: str) -> bool:
    return urlsplit(url).path.endswith(("gz", ".prov"))


def _unpacked(answer: Answer) -> bytes:
    """The body without what compressed it for the way. Raises FetchError.

    Some servers say of an archive itself that it was compressed: what would not be one any more stays as it is.
    """
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return answer.body
    if encoding not in ("gzip", "x-gzip"):
        raise FetchError(f"{_shown(answer.url)} is sent as {encoding!r}, which nobody asked for")
    if _is_archive(answer.url) and not answer.body.startswith(_GZIP):
        return answer.body
    data = _inflated(answer)
    return answer.body if _is_archive(answer.url) and not data.startswith(_GZIP) else data


_GZIP = b"\x1f\x8b"


def _inflated(answer: Answer) -> bytes:
    import zlib

    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(answer.body, MAX_BYTES + 1)
    except zlib.error as error:
        raise FetchError(f'Get "{_shown(answer.url)}": gzip: {error}') from error
    if len(data) > MAX_BYTES:
        raise FetchError(f"{_shown(answer.url)} is larger than the limit of {MAX_BYTES} bytes")
    if not stream.eof:
        raise FetchError(f'Get "{_shown(answer.url)}": unexpected EOF')
    return data


def _shown(url: str) -> str:
    """A URL as it may be printed: without the password that may stand in it."""
    try:
        parts = urlsplit(url)
        if parts.password is None:
            return url
    except ValueError:
        return url
    return parts._replace(netloc=f"{parts.username}:***@{parts.netloc.rpartition('@')[2]}").geturl()


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.username is not None else url


def _is_local(url: str) -> bool:
    """Whether a URL is on this machine: localhost, or a loopback address."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdecimal())


class _Told:
    """A body that is sent; ``progress`` hears how much of it has gone."""

    def __init__(self, data: bytes, progress: Progress) -> None:
        self._data = data
        self._at = 0
        self._progress = progress

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int = -1) -> bytes:
        part = self._data[self._at :] if size < 0 else self._data[self._at : self._at + size]
        self._at += len(part)
        self._progress(self._at, len(self._data))
        return part


def _silence_about_certificates() -> None:
    """Who asked for no checks knows that there are none."""
    import urllib3

    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


_TO_TLS = (("http", 80), ("https", 443))  # scheme and port


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Helm does not look into ~/.netrc, and nobody expects passwords from there to be sent."""
    return request


def _body(answer: requests.Response, url: str, progress: Progress | None, limit: int) -> bytes:
    """What came, byte for byte."""
    length = answer.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else 0
    refused = answer.status_code != OK
    most = min(limit, MAX_WORDS) if refused else limit
    parts: list[bytes] = []
    size = 0
    for part in answer.raw.stream(2**16, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > most:
            if refused:
                break
            raise FetchError(f"{_shown(url)} is larger than the limit of {limit} bytes")
        if progress:
            progress(size, total)
    if size < total and not refused:
        raise FetchError(f'Get "{_shown(url)}": unexpected EOF')
    return b"".join(parts)[:most]


def _words(error: Exception, url: str) -> str:
    """The innermost cause in Go's words: requests wraps errors of urllib3 that wrap others."""
    from socket import gaierror
    from ssl import SSLCertVerificationError

    inner: BaseException = error
    proxied = False
    while True:
        proxied = proxied or type(inner).__name__ == "ProxyError"
        following = inner.__cause__ or inner.__context__ or getattr(inner, "reason", None)
        if not isinstance(following, BaseException) or following is inner:
            break
        inner = following
    parts = urlsplit(url)
    if isinstance(inner, gaierror):
        from helmpy.gocompat.lookup import no_such_host

        host = origin(_proxy(url) if proxied else url)[1]
        return f"{_PROXIED if proxied else ''}dial tcp: {no_such_host(host)}"
    if isinstance(inner, SSLCertVerificationError):
        return f"x509: {_CERTIFICATES.get(inner.verify_code) or inner.verify_message}"
    if fault := _fault(inner):
        return _words_of_tls(fault)
    if isinstance(inner, ConnectionError) and inner.strerror:
        _, host, port = origin(_proxy(url) if proxied else url)
        return f"{_PROXIED if proxied else ''}dial tcp {_address(host, port)}: connect: {inner.strerror.lower()}"
    if isinstance(inner, OSError) and inner.strerror and not inner.strerror.startswith("EOF occurred"):
        return inner.strerror.lower()
    text = str(inner).partition(" (_ssl.c:")[0]
    known = _TRANSPORT.get(type(inner).__name__)
    if known:
        return known.format(text=text.strip(), port=parts.netloc.rpartition(":")[2])
    return "unexpected EOF" if text.startswith("EOF occurred") else text or type(inner).__name__


_PROXIED = "proxyconnect tcp: "


def _address(host: str, port: int) -> str:
    """The first address of a host, as whoever was refused there is told it."""
    from socket import SOCK_STREAM, getaddrinfo

    try:
        found = str(getaddrinfo(host, port, type=SOCK_STREAM)[0][4][0])
    except OSError:
        found = host
    return f"[{found}]:{port}" if ":" in found else f"{found}:{port}"


def _proxy(url: str) -> str:
    """The URL of the proxy through which a URL is asked for."""
    from requests.utils import get_environ_proxies, select_proxy

    found = select_proxy(url, get_environ_proxies(url)) or url
    return found if "://" in found else f"http://{found}"


_TRANSPORT = {  # what http.client, urllib3 and requests call it, and what Go says
    "IncompleteRead": "unexpected EOF",
    "RemoteDisconnected": "EOF",
    "BadStatusLine": 'net/http: HTTP/1.x transport connection broken: malformed HTTP response "{text}"',
    "LocationParseError": "dial tcp: address {port}: invalid port",
    "InvalidURL": "http: no Host in request URL",
}


def _words_of_tls(reason: str) -> str:
    """Go's words for OpenSSL's name of a fault."""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return NO_TLS
    _, alert, fault = reason.partition("_ALERT_")
    return f"{'remote error: ' if alert else ''}tls: {(fault or reason).lower().replace('_', ' ')}"


def _fault(error: BaseException) -> str:
    """What TLS is at fault for, by OpenSSL's name, empty where it is not; some errors only tell it in their text."""
    from ssl import SSLError

    if isinstance(error, SSLError) and error.reason:
        return error.reason
    name, bracket, _ = str(error).removeprefix("[SSL: ").partition("]")
    return name if bracket and str(error).startswith("[SSL: ") else ""


NO_TLS = "http: server gave HTTP response to HTTPS client"
_UNKNOWN_AUTHORITY = "certificate signed by unknown authority"
_CERTIFICATES = {  # OpenSSL's codes of what is wrong with a certificate
    10: "certificate has expired",
    18: _UNKNOWN_AUTHORITY,
    19: _UNKNOWN_AUTHORITY,
    20: _UNKNOWN_AUTHORITY,
    21: _UNKNOWN_AUTHORITY,
}


class FileGetter:
    """``file://`` repositories: a directory with an index.yaml."""

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        del access
        path = unquote(urlsplit(url).path)
        try:
            with open(path, "rb") as file:  # noqa: PTH123
                data = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FetchError(f"open {path}: {reason.lower()}") from error
        if len(data) > MAX_BYTES:
            raise FetchError(f"{url} is larger than the limit of {MAX_BYTES} bytes")
        if progress:
            progress(len(data), len(data))
        return data


class Getters:
    """All getters, by scheme; ``more`` is asked for schemes that are not known here."""

    def __init__(self, more: Callable[[str], Getter | None] | None = None) -> None:
        self._http = http = HttpGetter()
        self._by_scheme: dict[str, Getter] = {"http": http, "https": http, "file": FileGetter()}
        self._more = more

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        """Return what ``url`` names. Raises FetchError, also for a scheme that nobody serves."""
        scheme = split(url).scheme
        getter = self._by_scheme.get(scheme) or (self._more(scheme) if self._more else None)
        if getter is None:
            raise UnknownScheme(f'scheme "{scheme}" not supported')
        return getter.get(url, access, progress)

    def knows(self, url: str) -> bool:
        """Whether somebody serves the scheme of ``url``. Raises FetchError where it is none."""
        scheme = split(url).scheme
        return scheme in self._by_scheme or bool(self._more and self._more(scheme))

    def get_if_changed(
        self, url: str, access: Access, tag: str, progress: Progress | None = None
    ) -> tuple[bytes | None, str]:
        """Return what ``url`` names and its tag, None where it still has ``tag``. Where there are no tags they are empty."""
        if split(url).scheme in ("http", "https"):
            return self._http.get_if_changed(url, access, tag, progress)
        return self.get(url, access, progress), ""


def split(url: str) -> SplitResult:
    """Return the parts of a URL. Raises FetchError where it has none."""
    try:
        return urlsplit(url)
    except ValueError as error:
        raise FetchError(f'parse "{url}": {str(error)[:1].lower()}{str(error)[1:]}') from error


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL: who is spoken to, and how."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme, 0)
