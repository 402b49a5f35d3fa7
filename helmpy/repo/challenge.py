"""What a registry asks for before it answers, and the tokens that its token server gives for that.

A registry answers 401 with ``WWW-Authenticate``: ``Basic`` wants the user's name and password, ``Bearer``
a token of the server that it names (its realm). Source: the Distribution project's token authentication.

The realm may be another host than the registry's, and the specification sends it the user's name and password.
That gives nothing away: only an answer of the registry itself names a realm, never that of a host to which it
redirects, and the registry could have asked for both by ``Basic``. What must not happen is that they leave
a connection that is encrypted: a realm without TLS is refused, unless the registry has none either and the realm
is on the same host.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.record import record, replace
from helmpy.repo.artifact import RegistryError
from helmpy.repo.getter import OK, basic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from helmpy.repo.credentials import Credential
    from helmpy.repo.getter import Access, HttpGetter

MAX_BYTES = 2**20  # of a token server's answer
CLIENT = "helmpy"
_WORD = re.compile(r'\s*(?:([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*)|([\w-]+)(?=[\s,]|$))\s*,?')
_REFUSED = (400, 401, 403)


class TokenError(RegistryError):
    """A token server is not one, or not to be trusted."""


class TokenRefused(TokenError):
    """A token server does not know the user, or does not let the user do that."""


@record(frozen=True, slots=True)
class Challenge:
    """One way to be let in: ``scheme`` in lower case, and its parameters by their names in lower case."""

    scheme: str
    parameters: Mapping[str, str]


def parse(header: str) -> list[Challenge]:
    """Return the challenges of a ``WWW-Authenticate`` header, in their order; what is none is left out."""
    found: list[Challenge] = []
    at = 0
    while match := _WORD.match(header, at):
        at = match.end()
        name, value, scheme = match.groups()
        if scheme:
            found.append(Challenge(scheme.lower(), {}))
        elif found:
            text = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
            last = found[-1]
            found[-1] = replace(last, parameters={**last.parameters, name.lower(): text})
    return found


def bearer(
    http: HttpGetter,
    challenge: Challenge,
    credential: Credential | None,
    access: Access,
) -> str:
    """Return the ``Authorization`` that a token server gives for a challenge of the registry at the URL of ``access``.

    Without credentials it is asked for an anonymous one. Raises TokenError, FetchError.
    """
    known = challenge.parameters
    realm = known.get("realm", "")
    _check_realm(realm, access.url)
    fields = [(name, known[name]) for name in ("service", "scope") if known.get(name)]
    allowed = access if access.covers(realm) else access.elsewhere()
    if credential and credential.identity_token:
        given = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", credential.identity_token)]
        answer = http.exchange(
            "POST",
            realm,
            allowed,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode([*given, *fields]).encode(),
            limit=MAX_BYTES,
        )
    else:
        headers = {"Authorization": basic(credential.username, credential.password)} if credential else {}
        query = urlencode(([("account", credential.username)] if credential else []) + fields)
        parts = urlsplit(realm)
        url = parts._replace(query="&".join(filter(None, (parts.query, query)))).geturl()
        answer = http.exchange("GET", url, allowed, headers=headers, limit=MAX_BYTES)
    if answer.status in _REFUSED:
        raise TokenRefused(f"{realm} gives no token: {answer.status}")
    if answer.status != OK:
        raise TokenError(f"{realm} gives no token: it answers {answer.status}")
    return f"Bearer {_token(answer.body, realm)}"


def _check_realm(realm: str, registry: str) -> None:
    try:
        parts = urlsplit(realm)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        known = False
    if not known:
        raise TokenError(f"{registry} names no token server, but {realm!r}")
    if parts.scheme == "http":
        own = urlsplit(registry)
        if own.scheme != "http" or own.hostname != parts.hostname:
            raise TokenError(f"{registry} names a token server without TLS, {realm}: nothing is sent there")


def _token(body: bytes, realm: str) -> str:
    try:
        value = json.loads(body)
    except HelmError as error:
        raise TokenError(f"{realm} gives no token: {error}") from error
    known = value if isinstance(value, dict) else {}
    token = known.get("token") or known.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise TokenError(f"{realm} gives no token: its answer holds none")
    return token
