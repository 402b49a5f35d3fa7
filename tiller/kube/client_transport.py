"""The Transport to a real API server: the official client's credentials, TLS and connection pool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from helmpy.errors import HelmError
from helmpy.kubeconfig import credentials
from tiller.kube.connections import CONNECT_TIMEOUT, Connections
from tiller.kube.transport import ApiError, Request, Response, Unreachable

if TYPE_CHECKING:
    import urllib3

READ_TIMEOUT = 300.0  # seconds for a whole answer, where the caller sets none
POOL_SIZE = 32  # connections kept: as many as tiller has threads


class NoCluster(HelmError):
    """No cluster is configured, or its configuration cannot be read."""


class ClientTransport:
    """Raw requests over connections as the official client makes them; safe to use from many threads."""

    def __init__(self, configuration: Any) -> None:
        from kubernetes.client.rest import RESTClientObject

        from helmpy.gocompat.x509 import trust_as_go

        if not configuration.connection_pool_maxsize or configuration.connection_pool_maxsize < POOL_SIZE:
            configuration.connection_pool_maxsize = POOL_SIZE
        self._configuration = configuration
        self._pool = trust_as_go(RESTClientObject(configuration).pool_manager)
        self._host = str(configuration.host).rstrip("/")
        hosts = self._pool.connection_from_url(self._host)
        # What goes through a proxy is said in other words, which urllib3 knows.
        self._connections = None if hosts.proxy is not None else Connections(hosts, self._host, POOL_SIZE)

    @property
    def host(self) -> str:
        """The API server's address."""
        return self._host

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        if self._connections is not None:
            headers = {**self._credentials(), **request.headers}
            return self._connections.send(request, headers, timeout or READ_TIMEOUT)
        response = self._open(request, timeout or READ_TIMEOUT, preload=True)
        return Response(response.status, _headers(response), response.data)

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        import urllib3

        response = self._open(request, timeout, preload=False)
        try:
            if response.status != 200:
                raise ApiError.of(Response(response.status, _headers(response), response.read()))
            rest = b""
            # As it comes: a line of a watch must not wait until a buffer is full.
            for chunk in response.stream(None, decode_content=True):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
            if rest:
                yield rest
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self._host}: {error}") from None
        finally:
            response.close()

    def _open(self, request: Request, timeout: float | None, *, preload: bool) -> urllib3.BaseHTTPResponse:
        import urllib3

        url = self._host + request.path
        if request.query:
            url += "?" + urlencode(request.query)
        try:
            return self._pool.request(
                request.method,
                url,
                headers={**self._credentials(), **request.headers},
                body=request.body or None,
                preload_content=preload,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=timeout),
                retries=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"{self._host}: {error}") from None

    def _credentials(self) -> dict[str, str]:
        """The headers that say who we are."""
        return {"user-agent": "tiller", **credentials(self._configuration)}


def from_kubeconfig(path: str | None = None, context: str | None = None) -> ClientTransport:
    """The cluster of a kubeconfig (``path`` may list several files); raises NoCluster."""
    from kubernetes import config
    from kubernetes.client import Configuration

    configuration = Configuration()
    try:
        config.load_kube_config(  # type: ignore[no-untyped-call]  # the official client has no types
            config_file=path, context=context, client_configuration=configuration
        )
    except Exception as error:  # a broken file is told by whatever its reader trips over
        raise NoCluster(f"no cluster is configured: {' '.join(str(error).split())}") from error
    return ClientTransport(configuration)


def in_cluster() -> ClientTransport:
    """The cluster that this process is a pod of; raises NoCluster outside of one."""
    from kubernetes import config
    from kubernetes.client import Configuration

    configuration = Configuration()
    try:
        config.load_incluster_config(  # type: ignore[no-untyped-call]  # the official client has no types
            client_configuration=configuration
        )
    except config.ConfigException as error:
        raise NoCluster(f"no cluster is configured: {error}") from None
    return ClientTransport(configuration)


def _headers(response: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
