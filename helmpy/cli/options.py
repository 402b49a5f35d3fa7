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
    """The ``--tls…`` flags; ``$HELM_HOME`` still stands in the paths."""

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
        flags = TlsFlags(tls_enable, tls_verify, tls_ca_cert, tls_cert, tls_key, tls_hostname)
        return function(*words, tls=flags, **rest)

    result: Function = gathered
    for decorate in (
        boolean("tls", about="use TLS to Tiller", env="HELM_TLS_ENABLE", name="tls_enable"),
        boolean("tls-verify", about="use TLS and check Tiller's certificate", env="HELM_TLS_VERIFY"),
        _tls_file("ca-cert", "ca.pem", "certificates of the authorities to trust", "HELM_TLS_CA_CERT"),
        _tls_file("cert", "cert.pem", "the client's certificate", "HELM_TLS_CERT"),
        _tls_file("key", "key.pem", "the client's private key", "HELM_TLS_KEY"),
        string("tls-hostname", about="name to expect in Tiller's certificate", env="HELM_TLS_HOSTNAME"),
    ):
        result = decorate(result)
    return result


def _tls_file(name: str, file: str, about: str, env: str) -> Decorator:
    return string(f"tls-{name}", default=f"$HELM_HOME/{file}", about=f"PEM file: {about}", env=env)


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
