"""Flags that several commands share, each group gathered into one record."""

from __future__ import annotations

from helmpy.cli.command import boolean, gathers, string
from helmpy.cli.pflags import UsageError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.cli.command import Decorator, Function


@record(frozen=True, slots=True)
class TlsFlags:
    """The ``--tls…`` flags; variables, ``$HELM_HOME`` among them, still stand in the paths."""

    enabled: bool = False
    verify: bool = False
    ca_cert: str = ""
    cert: str = ""
    key: str = ""
    hostname: str = ""


def tls(function: Function) -> Function:
    """TLS to Tiller; the function gets ``tls: TlsFlags``."""

    @gathers(function)
    def gathered(
        *words: Any,
        tls_enable: bool,
        tls_verify: bool,
        tls_ca_cert: str,
        tls_cert: str,
        tls_key: str,
        tls_hostname: str,
        **rest: Any,
    ) -> Any:
        files = (tls_ca_cert or _CA_CERT, tls_cert or _CERT, tls_key or _KEY)  # an empty path is none
        flags = TlsFlags(tls_enable, tls_verify, *files, tls_hostname)
        return function(*words, tls=flags, **rest)

    result: Function = gathered
    for decorate in (
        boolean("tls", about="use TLS to Tiller", env="HELM_TLS_ENABLE", name="tls_enable"),
        boolean("tls-verify", about="use TLS and check Tiller's certificate", env="HELM_TLS_VERIFY"),
        _tls_file("ca-cert", _CA_CERT, "certificates of the authorities to trust", "HELM_TLS_CA_CERT"),
        _tls_file("cert", _CERT, "the client's certificate", "HELM_TLS_CERT"),
        _tls_file("key", _KEY, "the client's private key", "HELM_TLS_KEY"),
        string("tls-hostname", about="name to expect in Tiller's certificate", env="HELM_TLS_HOSTNAME"),
    ):
        result = decorate(result)
    return result


_CA_CERT, _CERT, _KEY = "$HELM_HOME/ca.pem", "$HELM_HOME/cert.pem", "$HELM_HOME/key.pem"


def _tls_file(name: str, path: str, about: str, env: str) -> Decorator:
    return string(f"tls-{name}", default=path, about=f"PEM file: {about}", env=env)


def output(
    *allowed: str, default: str = "table", short: str = "o", refusal: str = 'Unknown output format "{}"'
) -> Decorator:
    """``--output``; the function gets ``output: str``, one of ``allowed``. ``refusal`` is Helm's text of the command."""

    def decorate(function: Function) -> Function:
        @gathers(function)
        def checked(*words: Any, output: str, **rest: Any) -> Any:
            if output not in allowed and output != default:
                raise UsageError(refusal.format(output))
            return function(*words, output=output, **rest)

        about = f"how to print: {', '.join(allowed)}"
        return string("output", short, about=about, default=default)(checked)

    return decorate
