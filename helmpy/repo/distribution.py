"""Asking registries by HTTP: what they demand first, where they send, and how they refuse.

Credentials go to the registry's host and to its token server (see ``challenge``), never to a host to which the
registry redirects or names as the place of an upload; nothing goes on without TLS that began with it. Source: the OCI
distribution specification 1.1.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.record import field, record, replace
from helmpy.repo import challenge as challenges
from helmpy.repo.artifact import RegistryError
from helmpy.repo.credentials import Credential
from helmpy.repo.getter import MAX_WORDS, MOVED, NO_TLS, FetchError, basic, origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from helmpy.repo.challenge import Challenge
    from helmpy.repo.getter import Access, Answer, HttpGetter, Progress

    CredentialOf = Callable[[str], Credential | None]

REDIRECTS = 5
STORED = (200, 201, 202, 204)
_READING = ("GET", "HEAD")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?")
_HUB = {"docker.io": "registry-1.docker.io"}  # Docker Hub's name, and where its registry is


class LoginNeeded(RegistryError):
    """A registry does not know who is asking, or does not believe it."""


@record(frozen=True, slots=True)
class Request:
    """What is asked of a registry: ``path`` of it, or a URL that it named, about a ``repository`` in it.

    ``writes`` says that a permission to write is wanted. The answer may have ``limit`` bytes; ``progress`` hears of
    them, or of those of the body that is sent.
    """

    method: str
    host: str
    path: str
    repository: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    writes: bool = False
    limit: int = MAX_WORDS
    progress: Progress | None = None


class Registries:
    """``credential_of`` gives what is known of a host; ``access`` says how servers are trusted, and its user's name and
    password count before what is known, at the host that its URL names.
    """

    def __init__(self, http: HttpGetter, credential_of: CredentialOf, access: Access) -> None:
        self._http = http
        self._credential_of = credential_of
        self._access = access
        self._admitted: dict[tuple[str, str], str] = {}  # Authorization by host and repository
        self._known: dict[str, Credential | None] = {}

    def ask(self, request: Request) -> Answer:
        """Return the last answer, whatever its status. Raises RegistryError, FetchError."""
        base = self._base(request.host)
        url = urljoin(base, request.path)
        answer = self._once(request, url, base)
        if answer.status == 401 and origin(url) == origin(base):
            self._admitted[request.host, request.repository] = self._admission(answer, request, base)
            answer = self._once(request, url, base)
            if answer.status == 401:
                what = f"oci://{request.host}/{request.repository}" if request.repository else request.host
                raise LoginNeeded(f"{_words(answer, what)}; {_advice(request.host, self._credential(request.host))}")
        for _ in range(REDIRECTS):
            if request.method not in _READING or answer.status not in MOVED or "location" not in answer.headers:
                break
            answer = self._once(request, self.following(answer, request.host), base)
        if answer.status == 400 and url.startswith("http:") and b"HTTP request to an HTTPS server" in answer.body:
            raise RegistryError(
                f"{request.host} wants TLS: name its authorities with --ca-file, or take any certificate with "
                "--insecure-skip-tls-verify (at login: --insecure)"
            )
        return answer

    def following(self, answer: Answer, host: str) -> str:
        """Return where the header Location leads. Raises RegistryError where nobody should go."""
        place = answer.headers.get("location", "")
        if not place:
            raise RegistryError(f"{host} does not say where to go on")
        try:
            url = urljoin(answer.url, place)
            parts = urlsplit(url)
            known = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            known = False
        if not known:
            raise RegistryError(f"{host} sends to {place[:200]!r}, which is no place on the web")
        if parts.scheme == "http" and answer.url.startswith("https:"):
            raise RegistryError(f"{host} sends to {parts.netloc} without TLS: nothing goes there")
        return url

    def _base(self, host: str) -> str:
        return f"{'http' if self._is_plain(host) else 'https'}://{_HUB.get(host, host)}"

    def _is_plain(self, host: str) -> bool:
        """Whether a registry is spoken to without TLS: where that is asked for, and on this machine by default."""
        access = self._access
        if access.plain_http:
            return True
        return bool(_LOOPBACK.fullmatch(host)) and not (access.ca_file or access.cert_file or access.insecure)

    def _once(self, request: Request, url: str, base: str) -> Answer:
        own = origin(url) == origin(base)
        headers = dict(request.headers)
        admitted = self._admitted.get((request.host, request.repository))
        if own and admitted:
            headers["Authorization"] = admitted
        access = replace(self._access, url=base) if own else self._access.elsewhere()
        try:
            return self._http.exchange(
                request.method,
                url,
                access,
                headers=headers,
                body=request.body,
                limit=request.limit,
                progress=request.progress,
            )
        except FetchError as error:
            if NO_TLS in error.message:
                raise FetchError(f"{error} (if it has no TLS: --plain-http)") from error
            raise

    def _admission(self, answer: Answer, request: Request, base: str) -> str:
        """The Authorization that a 401 of the registry asks for. Raises RegistryError."""
        credential = self._credential(request.host)
        header = answer.headers.get("www-authenticate", "")
        ways = {one.scheme: one for one in reversed(challenges.parse(header))}
        if "bearer" in ways:
            wanted = _for_writing(ways["bearer"], request) if request.writes else ways["bearer"]
            access = replace(self._access, url=base)
            try:
                return challenges.bearer(self._http, wanted, credential, access)
            except challenges.TokenRefused as error:
                raise LoginNeeded(f"{error}; {_advice(request.host, credential)}") from error
        if "basic" in ways and credential is not None and not credential.identity_token:
            return basic(credential.username, credential.password)
        if "basic" in ways:
            why = _NO_TOKENS if credential else _advice(request.host, None)
            raise LoginNeeded(f"{_words(answer, request.host)}; {why}")
        raise RegistryError(f"{request.host} asks for a login of a kind that is not known here: {header!r}")

    def _credential(self, host: str) -> Credential | None:
        access = self._access
        given = access.username or access.password
        if given and access.url.partition("://")[2].partition("/")[0] in ("", host):
            return Credential(access.username, access.password)
        if host not in self._known:
            self._known[host] = self._credential_of(host)
        return self._known[host]


def _for_writing(challenge: Challenge, request: Request) -> Challenge:
    """The challenge for all of a push: each step would else name the permission that it wants itself."""
    scope = f"repository:{request.repository}:pull,push"
    return replace(challenge, parameters={**challenge.parameters, "scope": scope})


def refusal(answer: Answer, what: str) -> RegistryError:
    """Return the error for an answer that is none of those hoped for; ``what`` was asked about."""
    words = _words(answer, what)
    if answer.status == 429 and answer.headers.get("retry-after"):
        return RegistryError(f"{words}; try again in {answer.headers['retry-after'][:40]} seconds")
    return RegistryError(words)


_NO_TOKENS = "it wants a user's name and password, and takes no identity token"


def _advice(host: str, credential: Credential | None) -> str:
    if credential is None:
        return f"log in with 'helm registry login {host}'"
    return f"the login is not (or no longer) right: 'helm registry login {host}'"


def _words(answer: Answer, what: str) -> str:
    """A refusal in one line: the status, and what the registry says of it."""
    from http import HTTPStatus

    try:
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        status = str(answer.status)
    said = ", ".join(_reasons(answer.body))
    return f"{what}: {status}{f': {said}' if said else ''}"


def _reasons(body: bytes) -> Iterable[str]:
    try:
        value = json.loads(body)
    except HelmError:
        return
    listed = value.get("errors") if isinstance(value, dict) else None
    for one in listed[:3] if isinstance(listed, list) else ():
        text = one.get("message") or one.get("code") if isinstance(one, dict) else None
        if isinstance(text, str) and text:
            yield " ".join("".join(char if char.isprintable() else " " for char in text[:200]).split())
