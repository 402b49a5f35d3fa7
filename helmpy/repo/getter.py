"""Fetching from repositories: by http(s), from files, through plugins.

A getter is asked for the bytes behind a URL. Credentials go to the host they were given for and to
no other, also when it redirects.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import unquote, urlsplit

from helmpy.errors import HelmError
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLError

    import requests

    Progress = Callable[[int, int], None]

USER_AGENT = "Helm/2.17.0"
TIMEOUT = 60.0  # seconds without a byte
OK = 200
MAX_BYTES = 200 * 2**20  # of one answer; no chart or index is larger


class FetchError(HelmError):
    """Something could not be fetched; the message names the URL."""


class UnknownScheme(FetchError):
    """Nobody here speaks that protocol."""


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
        """Whether credentials may go there: the same scheme, host and port as the repository's."""
        return not self.url or origin(url) == origin(self.url)

    def elsewhere(self) -> Access:
        """What of it may be used with another host: which certificates to trust, and nothing that proves who one is."""
        return Access(ca_file=self.ca_file, insecure=self.insecure)


@record(frozen=True, slots=True)
class Answer:
    """What a server said to one request. ``headers`` by their names in lower case; ``url`` is what was asked."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Getter(Protocol):
    """Gets what a URL of its schemes names."""

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        """Return the bytes. ``progress`` hears bytes so far and in all (0: not known). Raises FetchError."""
        ...


class HttpGetter:
    """http and https, through ``requests``: proxies of the environment, redirects, certificates."""

    def __init__(self) -> None:
        self._sessions: dict[Access, requests.Session] = {}

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        import requests

        trusted = access.covers(url)
        session = self._session(access, trusted=trusted)
        auth = (access.username, access.password) if trusted and access.username and access.password else None
        try:
            with session.get(url, auth=auth, stream=True, timeout=TIMEOUT, verify=session.verify) as answer:
                if answer.status_code != OK:
                    raise FetchError(
                        f"Failed to fetch {url} : {answer.status_code} {answer.reason or _phrase(answer.status_code)}"
                    )
                return _body(answer, url, progress)
        except (requests.RequestException, OSError) as error:
            raise FetchError(f'Get "{url}": {_words(error, url)}') from error

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
        only the certificates are used. ``progress`` hears of the body that is sent, else of that which comes.
        Raises FetchError.
        """
        import requests

        session = self._session(replace(access, username="", password=""), trusted=access.covers(url))
        sent = _Told(body, progress) if body and progress else body
        try:
            with session.request(
                method,
                url,
                headers=headers,
                data=sent,
                allow_redirects=False,
                stream=True,
                timeout=TIMEOUT,
                verify=session.verify,  # else $REQUESTS_CA_BUNDLE counts for more
            ) as answer:
                told = progress if body is None and answer.status_code == OK else None
                content = b"" if method == "HEAD" else _body(answer, url, told, limit)
                known = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(url, answer.status_code, known, content)
        except (requests.RequestException, OSError) as error:
            raise FetchError(f'{method.capitalize()} "{url}": {_words(error, url)}') from error

    def _session(self, access: Access, *, trusted: bool) -> requests.Session:
        import requests

        key = access if trusted else access.elsewhere()
        found = self._sessions.get(key)
        if found is None:
            found = self._sessions[key] = requests.Session()
            # Archives are compressed already; a server that compresses them again breaks digests.
            found.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
            if key.cert_file and key.key_file:
                found.cert = (_readable(key.cert_file), _readable(key.key_file))
            if key.insecure:
                _silence_about_certificates()
                found.verify = False
            elif key.ca_file:
                found.verify = _readable(key.ca_file)
            found.trust_env = True
            found.auth = _no_netrc
        return found


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


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Helm does not look into ~/.netrc, and nobody expects passwords from there to be sent."""
    return request


def _readable(path: str) -> str:
    try:
        with open(path, "rb"):  # noqa: PTH123
            return path
    except OSError as error:
        raise FetchError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def _body(answer: requests.Response, url: str, progress: Progress | None, limit: int = MAX_BYTES) -> bytes:
    total = int(answer.headers.get("Content-Length") or 0) if answer.headers.get("Content-Length", "").isdigit() else 0
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_content(2**16):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise FetchError(f"{url} is larger than the limit of {limit} bytes")
        if progress:
            progress(size, total)
    if total and size < total and not answer.headers.get("Content-Encoding"):
        raise FetchError(f'Get "{url}": unexpected EOF')
    return b"".join(parts)


def _words(error: Exception, url: str) -> str:
    """The innermost cause in Go's words: requests wraps errors of urllib3 that wrap others."""
    from socket import gaierror
    from ssl import SSLError

    inner: BaseException = error
    while True:
        following = inner.__cause__ or inner.__context__ or getattr(inner, "reason", None)
        if not isinstance(following, BaseException) or following is inner:
            break
        inner = following
    parts = urlsplit(url)
    if isinstance(inner, gaierror):
        return f"dial tcp: lookup {parts.hostname}: no such host"
    if isinstance(inner, SSLError):
        return _words_of_tls(inner)
    if isinstance(inner, ConnectionError) and inner.strerror:
        return f"dial tcp {parts.hostname}:{origin(url)[2]}: connect: {inner.strerror.lower()}"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror.lower()
    return str(inner) or type(inner).__name__


def _words_of_tls(error: SSLError) -> str:
    """Go's words where it has plain ones, the library's otherwise."""
    from ssl import SSLCertVerificationError

    if isinstance(error, SSLCertVerificationError):
        return f"x509: {_CERTIFICATES.get(error.verify_code) or error.verify_message}"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return NO_TLS
    return f"tls: {(error.reason or error.strerror or str(error)).lower().replace('_', ' ')}"


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
        http = HttpGetter()
        self._by_scheme: dict[str, Getter] = {"http": http, "https": http, "file": FileGetter()}
        self._more = more

    def get(self, url: str, access: Access, progress: Progress | None = None) -> bytes:
        """Return what ``url`` names. Raises FetchError, also for a scheme that nobody serves."""
        scheme = urlsplit(url).scheme
        getter = self._by_scheme.get(scheme) or (self._more(scheme) if self._more else None)
        if getter is None:
            raise UnknownScheme(f'scheme "{scheme}" not supported')
        return getter.get(url, access, progress)


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL: who is spoken to, and how."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme, 0)
