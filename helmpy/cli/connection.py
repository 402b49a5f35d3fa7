"""From settings and flags to a Tiller: straight to ``--host``, else through the cluster."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from helmpy.cli.options import TlsFlags
from helmpy.cli.output import debug
from helmpy.errors import HelmError
from helmpy.home import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from helmpy.client import Tiller, Tls
    from helmpy.tunnel import Tunnel


class TlsSetupError(HelmError):
    """The client's own certificate or key cannot be used."""

    exit_code = 2


@contextmanager
def connected(settings: Settings, flags: TlsFlags) -> Iterator[Tiller]:
    """A Tiller to ask; the way to it is taken down at the end. Raises HelmError."""
    from helmpy.client import Tiller

    tls = _tls(settings, flags)
    if settings.host:
        debug(settings, f'SERVER: "{settings.host}"\n')
        with Tiller(settings.host, tls=tls, connect_timeout=settings.connection_timeout) as tiller:
            yield tiller
        return
    with (
        _tunnel(settings) as tunnel,
        Tiller(tunnel.address, tls=tls, connect_timeout=settings.connection_timeout) as tiller,
    ):
        try:
            yield tiller
        except HelmError as error:
            raise tunnel.failure or error from error


@contextmanager
def address(settings: Settings) -> Iterator[str]:
    """Where Tiller can be reached, host:port, as long as this is open. Raises HelmError."""
    if settings.host:
        yield settings.host
        return
    with _tunnel(settings) as tunnel:
        yield tunnel.address


@contextmanager
def _tunnel(settings: Settings) -> Iterator[Tunnel]:
    from helmpy import kubeapi
    from helmpy.tunnel import Tunnel, find_pod

    api = kubeapi.connect(settings.kubeconfig, settings.kube_context)
    pod = find_pod(api, settings.tiller_namespace)
    with Tunnel(api, settings.tiller_namespace, pod) as tunnel:
        debug(settings, f"Created tunnel using local port: '{tunnel.address.rpartition(':')[2]}'")
        yield tunnel


def _tls(settings: Settings, flags: TlsFlags) -> Tls | None:
    if not (flags.enabled or flags.verify):
        return None
    from helmpy.client import Tls

    cert, key = settings.expand(flags.cert), settings.expand(flags.key)
    pair = f'could not read x509 key pair (cert: "{cert}", key: "{key}")'
    ca = _read(settings.expand(flags.ca_cert), "could not read CA certificate") if flags.verify else None
    return Tls(_read(cert, pair), _read(key, pair), ca, flags.hostname)


def _read(path: str, trouble: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise TlsSetupError(f"{trouble}: open {path}: {(error.strerror or str(error)).lower()}") from error
