"""``helm registry login``."""

from __future__ import annotations

import sys

from helmpy.cli import repository
from helmpy.cli.command import boolean, exactly, string
from helmpy.cli.command import command as make
from helmpy.cli.output import say, warn
from helmpy.cli.pflags import UsageError
from helmpy.cli.repository import AccessFlags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings

ABOUT = """\
Log in to a registry, and keep that in $HELM_HOME/registry/config.json if the registry agrees.

What is not given is asked for. A password on the command line is seen by all users of a machine:
--password-stdin reads it from standard input. Without a user's name the password is an identity
token.
"""


@make("login", usage="[flags] HOST", about=ABOUT)
@string("ca-file", about="PEM file: authorities to trust for the registry")
@string("cert-file", about="PEM file: certificate for the registry")
@boolean("insecure", about="take any certificate of the registry for its own")
@string("key-file", about="PEM file: private key for the registry")
@string("password", "p", about="password or identity token")
@boolean("password-stdin", about="read the password or identity token from standard input")
@boolean("plain-http", about="speak to the registry without TLS")
@string("username", "u", about="user name")
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    ca_file: str,
    cert_file: str,
    insecure: bool,
    key_file: str,
    password: str,
    password_stdin: bool,
    plain_http: bool,
    username: str,
) -> None:
    exactly(args, "host of the registry")
    from helmpy.repo import credentials, oci
    from helmpy.repo.credentials import Credential

    host = oci.parse_host(args[0])
    if password_stdin and password:
        raise UsageError("--password and --password-stdin are mutually exclusive")
    name, secret = _asked(username, password, stdin=password_stdin)
    credential = Credential(name, secret) if name else Credential(identity_token=secret)
    flags = AccessFlags("", "", cert_file, key_file, ca_file, insecure, plain_http)
    repository.registry(settings, flags.of(), lambda asked: credential if asked == host else None).check(host)
    credentials.save(str(settings.home.registry_config), host, credential)
    say("Login Succeeded")


def _asked(username: str, password: str, *, stdin: bool) -> tuple[str, str]:
    """The user's name and password, or an empty name and an identity token."""
    if stdin:
        return username, _needed(sys.stdin.read().rstrip("\r\n"), "password")
    if password:
        warn("WARNING: Using --password via the CLI is insecure. Use --password-stdin.")
        return username, password
    from helmpy.cli.secret import typed

    try:
        name = username or _typed("Username: ")
        what = "Password" if name else "Token"
        return name, _needed(typed(f"{what}: "), what.lower())
    except EOFError as error:
        raise UsageError("no password: give --password-stdin where nobody can be asked") from error


def _typed(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _needed(text: str, what: str) -> str:
    if not text:
        raise UsageError(f"{what} required")
    return text
