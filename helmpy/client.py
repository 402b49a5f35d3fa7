"""Tiller from the outside: one method per call of its service, records in, records out.

This is the public Python API of a Tiller::

    with Tiller("127.0.0.1:44134") as tiller:
        for release in tiller.list(ListRequest(limit=10)).releases:
            print(release.name)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import grpc

from helmpy import __version__
from helmpy.errors import HelmError
from helmpy.record import record
from helmpy.release import requests
from helmpy.release.error import ReleaseError
from helmpy.wire_bytes import decode, encode

if TYPE_CHECKING:
    import socket

    from helmpy.release.requests import (
        ContentRequest,
        ContentResponse,
        HistoryRequest,
        HistoryResponse,
        InstallRequest,
        InstallResponse,
        ListRequest,
        ListResponse,
        RollbackRequest,
        RollbackResponse,
        StatusRequest,
        StatusResponse,
        TestRequest,
        TestResponse,
        UninstallRequest,
        UninstallResponse,
        UpdateRequest,
        UpdateResponse,
        Version,
    )

MAX_MESSAGE = 20 * 1024 * 1024  # bytes of one answer; what is sent has no limit here, Tiller sets its own
MAX_ERROR = 4 * 1024 * 1024  # bytes of an error's text on the wire; it carries a manifest at times
PING = 30_000  # milliseconds between looks whether Tiller is still there, while a call waits
_SERVICE = "/hapi.services.tiller.ReleaseService/"
_TILLER = b"\n\x06Tiller"  # a question for health in protobuf: field 1, the service's name
Record = TypeVar("Record")
# What of a release is large, and in no table.
_LARGE = frozenset({"config", "dependencies", "files", "hooks", "manifest", "templates", "values"})
_LOOPBACK = ("127.", "localhost", "[::1]")


class TillerError(HelmError):
    """Tiller could not be asked."""


class TillerUnavailable(TillerError):
    """No connection, or a connection that broke."""


class TooLarge(TillerError):
    """An answer is larger than gRPC takes."""


class IncompatibleVersion(TillerError):
    """Tiller refuses clients of this version."""


@record(frozen=True, slots=True)
class Tls:
    """PEM texts for TLS. Without ``ca`` Tiller's certificate is accepted unseen, as ``--tls`` means it.

    ``hostname`` is the name to expect in the certificate; empty: the host that is dialled.
    """

    cert: bytes
    key: bytes
    ca: bytes | None = None
    hostname: str = ""


class Tiller:
    """A connection to Tiller, opened at the first call and kept. Safe to use from many threads.

    ``host`` is ``host:port``. ``connect_timeout`` seconds may pass until Tiller answers, but only
    ``patience`` seconds while the host refuses: Tiller may just be starting. Every method raises ReleaseError with
    Tiller's own text, TillerUnavailable or IncompatibleVersion.
    """

    def __init__(
        self,
        host: str,
        *,
        tls: Tls | None = None,
        connect_timeout: float = 300.0,
        patience: float = 3.0,
        client_version: str = f"v{__version__}",
    ) -> None:
        self.host = host
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._patience = patience
        self._version = ("x-helm-api-client", client_version)
        self.convert_removed_apis = False  # let Tiller bring manifests of removed API versions to served ones
        self.enable_dns = False  # let templates look up hosts
        self.wait_for_jobs = False  # let Tiller wait until jobs have completed, where it waits
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _metadata(self) -> tuple[tuple[str, str], ...]:
        asked = {
            "x-helmpy-convert-removed-apis": self.convert_removed_apis,
            "x-helmpy-enable-dns": self.enable_dns,
            "x-helmpy-wait-for-jobs": self.wait_for_jobs,
        }
        return (self._version, *((key, "true") for key, wanted in asked.items() if wanted))

    def close(self) -> None:
        with self._lock:
            channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def install(self, request: InstallRequest) -> InstallResponse:
        return self._ask("InstallRelease", request, requests.InstallResponse)

    def update(self, request: UpdateRequest) -> UpdateResponse:
        return self._ask("UpdateRelease", request, requests.UpdateResponse)

    def rollback(self, request: RollbackRequest) -> RollbackResponse:
        return self._ask("RollbackRelease", request, requests.RollbackResponse)

    def uninstall(self, request: UninstallRequest) -> UninstallResponse:
        return self._ask("UninstallRelease", request, requests.UninstallResponse)

    def status(self, request: StatusRequest) -> StatusResponse:
        return self._ask("GetReleaseStatus", request, requests.StatusResponse)

    def content(self, request: ContentRequest) -> ContentResponse:
        return self._ask("GetReleaseContent", request, requests.ContentResponse)

    def history(self, request: HistoryRequest, *, brief: bool = False) -> HistoryResponse:
        """The newest revisions first; ``brief`` as for ``list``."""
        return self._ask("GetHistory", request, requests.HistoryResponse, _LARGE if brief else frozenset())

    def version(self) -> Version:
        return (
            self._ask("GetVersion", requests.VersionRequest(), requests.VersionResponse).version or requests.Version()
        )

    def list(self, request: ListRequest, *, brief: bool = False) -> ListResponse:
        """All pages of the stream as one answer; an empty one where Tiller found nothing.

        ``brief`` releases have no templates, files, values, manifests and hooks, and are read in half the time.
        """
        pages = list(self._stream("ListReleases", request, requests.ListResponse, _LARGE if brief else frozenset()))
        if not pages:
            return requests.ListResponse()
        first = pages[0]
        releases = tuple(release for page in pages for release in page.releases)
        return requests.ListResponse(first.count, first.next, first.total, releases)

    def test(self, request: TestRequest) -> Iterator[TestResponse]:
        """The lines of the running tests as they come."""
        return self._stream("RunReleaseTest", request, requests.TestResponse)

    def ping(self) -> bool:
        """Whether Tiller's health service says that it serves."""
        channel = self._open()
        with _errors():
            answer = _health(channel)(_TILLER, metadata=self._metadata)
        return answer == b"\x08\x01"  # field 1 of the answer: SERVING

    def _ask(self, name: str, request: Any, answer: type[Record], without: frozenset[str] = frozenset()) -> Record:
        call: Callable[..., bytes] = self._open().unary_unary(_SERVICE + name)
        with _errors():
            return decode(answer, call(encode(request), metadata=self._metadata), without=without)

    def _stream(
        self, name: str, request: Any, answer: type[Record], without: frozenset[str] = frozenset()
    ) -> Iterator[Record]:
        call: Callable[..., Iterator[bytes]] = self._open().unary_stream(_SERVICE + name)
        with _errors():
            for data in call(encode(request), metadata=self._metadata):
                yield decode(answer, data, without=without)

    def _open(self) -> grpc.Channel:
        with self._lock:
            if self._channel is None:
                self._channel = self._connect()
            return self._channel

    def _connect(self) -> grpc.Channel:
        deadline = time.monotonic() + self._connect_timeout
        channel = self._new_channel(deadline)
        trouble = self._trouble(channel, deadline)
        if not trouble:
            return channel
        channel.close()
        raise TillerUnavailable(trouble)

    def _trouble(self, channel: grpc.Channel, deadline: float) -> str:
        """Why the channel does not connect in time, "" if it does; a host that refuses gets a few seconds.

        Any answer to the question for its health will do, a refusal too. (Watching the channel's state
        would do without a question, but costs 0.2 s when the channel is closed.)
        """
        last_try = min(deadline, time.monotonic() + self._patience)
        while True:
            try:
                _health(channel)(_TILLER, timeout=max(0.001, deadline - time.monotonic()), metadata=self._metadata)
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                    return f"context deadline exceeded: no answer from Tiller at {self.host}"
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    if time.monotonic() >= last_try:
                        return _diagnosis(self.host, max(1.0, deadline - time.monotonic()))
                    time.sleep(min(0.1, self._patience))
                    continue
            return ""

    def _new_channel(self, deadline: float) -> grpc.Channel:
        options: list[tuple[str, Any]] = [
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", -1),
            # An error is a header to gRPC, and Tiller's may carry a whole manifest.
            ("grpc.max_metadata_size", MAX_ERROR),
            ("grpc.absolute_max_metadata_size", MAX_ERROR),
            ("grpc.keepalive_time_ms", PING),
            ("grpc.http2.max_pings_without_data", 0),  # gRPC would stop after two
            ("grpc.initial_reconnect_backoff_ms", 200),
            ("grpc.use_local_subchannel_pool", 1),  # no memory of an earlier failure to reach the same port
            ("grpc.enable_retries", 0),  # an install must not run twice
        ]
        if self.host.startswith(_LOOPBACK):
            options.append(("grpc.enable_http_proxy", 0))
        if self._tls is None:
            return grpc.insecure_channel(self.host, options=options)
        root, name = self._trust(self._tls, deadline)
        if name:
            options.append(("grpc.ssl_target_name_override", name))
        credentials = grpc.ssl_channel_credentials(root, self._tls.key, self._tls.cert)
        return grpc.secure_channel(self.host, credentials, options=options)

    def _trust(self, tls: Tls, deadline: float) -> tuple[bytes, str]:
        """Certificates to trust and the name to expect: what the flags say, or whatever Tiller shows."""
        if tls.ca is not None:
            return tls.ca, tls.hostname
        shown = _shown_certificate(self.host, max(1.0, deadline - time.monotonic()))
        return shown, _certificate_name(shown)


class _errors:  # noqa: N801 - reads as a statement: with _errors()
    """Turns gRPC's errors into ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, grpc.RpcError):
            raise _translated(error) from error


def _translated(error: Any) -> HelmError:
    code, details = error.code(), error.details() or ""
    if details.startswith("incompatible versions client["):
        return IncompatibleVersion(details)
    if code is grpc.StatusCode.UNAVAILABLE:
        return TillerUnavailable(f"transport is closing: {details}" if details else "transport is closing")
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return TillerUnavailable("context deadline exceeded")
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in details:
        sizes = details[details.index("larger than max") :].rstrip(")")
        return TooLarge(f"grpc: received message {sizes})")
    return ReleaseError(details or f"Tiller answered with {code.name}")


def _health(channel: grpc.Channel) -> Callable[..., bytes]:
    found: Callable[..., bytes] = channel.unary_unary("/grpc.health.v1.Health/Check")
    return found


def _diagnosis(host: str, seconds: float) -> str:
    """Why there is no connection, found by trying the plain socket once more."""
    try:
        with _dial(host, min(seconds, 2.0)):
            return (
                f"transport is closing: {host} answers, but no connection comes about; "
                "TLS or its certificates may differ (--tls, --tls-verify, --tls-hostname)"
            )
    except TimeoutError:
        return f"context deadline exceeded: no answer from Tiller at {host}"
    except OSError as error:
        return f"cannot connect to Tiller at {host}: {(error.strerror or str(error)).lower()}"


def _dial(host: str, timeout: float) -> socket.socket:
    from socket import create_connection  # 5 ms, and wanted only where gRPC finds no way

    name, _, port = host.rpartition(":")
    if not port.isdigit():
        raise TillerUnavailable(f'bad address of Tiller "{host}": host:port is expected')
    return create_connection((name.strip("[]"), int(port)), timeout)


def _shown_certificate(host: str, timeout: float) -> bytes:
    """The certificate that the server shows, as PEM; nobody vouches for it."""
    import ssl  # 10 ms, and asked for by --tls alone

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with _dial(host, timeout) as plain, context.wrap_socket(plain) as secured:
            shown = secured.getpeercert(binary_form=True)
    except OSError as error:
        raise TillerUnavailable(f"cannot start TLS with Tiller at {host}: {error}") from error
    return ssl.DER_cert_to_PEM_cert(shown or b"").encode()


def _certificate_name(pem: bytes) -> str:
    """A host name that the certificate itself carries; empty where it carries none."""
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(pem)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(common[0].value) if common else ""
    found: list[Callable[[], list[Any]]] = [
        partial(names.get_values_for_type, x509.DNSName),
        partial(names.get_values_for_type, x509.IPAddress),
    ]
    return next((str(values[0]) for values in (get() for get in found) if values), "")
