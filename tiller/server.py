"""The gRPC service: ten methods of Helm 2.17, each one action; one map of errors.

Errors reach the client as UNKNOWN with nothing but the message, as Go's plain errors do: scripts
match texts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Protocol

import grpc
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

from helmpy import wire
from helmpy.errors import HelmError
from helmpy.hapi.services import tiller_pb2, tiller_pb2_grpc
from tiller.actions import install, query, rollback, testing, uninstall, upgrade
from tiller.actions.environment import Environment
from tiller.actions.ongoing import Ongoing, Stopping
from tiller.reception import COMING, LARGEST, Reception
from tiller.tls import Tls, TlsFiles

log = logging.getLogger(__name__)

MAX_MESSAGE = LARGEST  # bytes, both ways
PIECE = 2 * 1024 * 1024  # bytes of a list's message: its reader may read while the next is made
BREATH = 0.05  # seconds before the stream of a test ends; see unhurried
MAX_ERROR = 256 * 1024  # characters of a message: an error carries a manifest at times
THREADS = 256  # a call that waits for objects, or for its turn at a release, holds one
SERVICE = "/hapi.services.tiller.ReleaseService/"
# What a caller asks for beyond the frozen messages: keys of a call's metadata, and the environment's fields.
ASKED = {
    "x-helmpy-convert-removed-apis": "convert_removed_apis",
    "x-helmpy-enable-dns": "enable_dns",
    "x-helmpy-wait-for-jobs": "wait_for_jobs",
}
HEALTH = "/grpc.health.v1.Health/"
HEALTH_NAMES = frozenset({"", "Tiller"})
SERVING, SERVICE_UNKNOWN = 1, 3  # numbers of grpc.health.v1.HealthCheckResponse.ServingStatus

_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_connection_idle_ms", 10 * 60 * 1000),
    # Helm pings every 30 seconds, also while a call waits; gRPC's own limit of 5 minutes would
    # hang up on it.
    ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_ping_strikes", 0),
    # What nobody has asked for yet may take 64 KiB of a call; gRPC would raise that to megabytes.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.so_reuseport", 0),  # a port in use is an error, not a share
]


class ServerError(HelmError):
    """The server cannot start."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A running server."""

    port: int
    _server: grpc.Server
    _ongoing: Ongoing

    def stop(self, grace: float | None = 5.0, record: float = 0.0) -> bool:
        """Take no new calls, let running ones end within ``grace`` seconds, then cancel them.

        Cancelled operations have ``record`` seconds to store their outcome; then it is stored for
        them. Returns whether all ended by themselves.
        """
        ended = self._server.stop(None if grace is None else grace + record)
        ended.wait(grace)
        clean = self._ongoing.stop(record)
        ended.wait()
        return clean

    def wait(self) -> None:
        """Return when the server has been stopped."""
        self._server.wait_for_termination()


def serve(
    environment: Environment,
    *,
    listen: str = "127.0.0.1:0",
    tls: Tls | TlsFiles | None = None,
    threads: int = THREADS,
    observer: Observer | None = None,
) -> Handle:
    """Start serving and return at once; ``observer`` is told of every call.

    ``listen`` is ``HOST:PORT`` or ``:PORT`` for all addresses, port 0 for any free one. Raises
    ServerError where the port is taken, TlsError where the certificates cannot be used.
    """
    server = grpc.server(
        ThreadPoolExecutor(threads + COMING, thread_name_prefix="rpc"),
        interceptors=[Reception(environment.clock), VersionCheck(environment.version.sem_ver)],
        options=_OPTIONS,
    )
    tiller_pb2_grpc.add_ReleaseServiceServicer_to_server(  # type: ignore[no-untyped-call]  # generated without types
        ReleaseService(environment, observer or Unobserved()), _Registry(server)
    )
    server.add_generic_rpc_handlers((_health_handler(),))
    port = _bind(server, listen, tls)
    server.start()
    return Handle(port, server, environment.ongoing)


class _Registry:
    """Takes the generated handlers to a server; lists come from the service as bytes already."""

    def __init__(self, server: grpc.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, _handlers: object) -> None:
        """The registered ones are the same."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        made = handlers["ListReleases"]
        listing: Any = grpc.unary_stream_rpc_method_handler(made.unary_stream, made.request_deserializer, None)
        handlers = {**handlers, "ListReleases": listing}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        self._server.add_registered_method_handlers(service, handlers)


def _bind(server: grpc.Server, listen: str, tls: Tls | TlsFiles | None) -> int:
    host, _, number = listen.rpartition(":")
    if not (number.isascii() and number.isdigit() and int(number) < 65536):
        raise ServerError(f"Server died: listen tcp {listen}: a port is a number up to 65535")
    address = f"{host or '[::]'}:{number}"
    try:
        if tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, _credentials(tls))
    except (RuntimeError, ValueError) as error:
        raise ServerError(f"Server died: listen tcp {listen}: {error}") from error


def _credentials(tls: Tls | TlsFiles) -> grpc.ServerCredentials:
    """Credentials that look at the files again before every handshake; gRPC's lowest version is TLS 1.2."""
    files = tls if isinstance(tls, TlsFiles) else None
    first = files.current if files else tls
    assert isinstance(first, Tls)
    first.check()

    def changed() -> grpc.ServerCertificateConfiguration | None:
        new = files.changed() if files else None
        return _configuration(new) if new else None

    return grpc.dynamic_ssl_server_credentials(
        _configuration(first),
        changed,  # type: ignore[arg-type]  # None for no change, as gRPC's documentation has it
        require_client_authentication=first.ca is not None,
    )


def _configuration(tls: Tls) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(tls.key, tls.certificate)], root_certificates=tls.ca)


class Observer(Protocol):
    """Is told of calls, from many threads."""

    def began(self, method: str) -> None:
        """A call of this method begins."""
        ...

    def sent(self, method: str) -> None:
        """A message is on its way to the caller."""
        ...

    def ended(self, method: str, ok: bool, seconds: float) -> None:  # noqa: FBT001 - an outcome has two sides
        """It ended, with an answer or an error."""
        ...


class Unobserved:
    """Tells nobody."""

    def began(self, method: str) -> None: ...

    def sent(self, method: str) -> None: ...

    def ended(self, method: str, ok: bool, seconds: float) -> None: ...  # noqa: FBT001 - the Protocol's


class ReleaseService(tiller_pb2_grpc.ReleaseServiceServicer):
    """Messages to records, an action, records to messages."""

    def __init__(self, environment: Environment, observer: Observer) -> None:
        self.env = environment
        self._observer = observer

    def GetVersion(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._answer("GetVersion", request, context, lambda _: query.version(self.env))

    def GetReleaseStatus(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._answer("GetReleaseStatus", request, context, lambda asked: query.status(self.env, asked))

    def GetReleaseContent(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._answer("GetReleaseContent", request, context, lambda asked: query.content(self.env, asked))

    def GetHistory(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._answer("GetHistory", request, context, lambda asked: query.history(self.env, asked))

    def InstallRelease(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._change("InstallRelease", install.install, request, context)

    def UpdateRelease(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._change("UpdateRelease", upgrade.upgrade, request, context)

    def RollbackRelease(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._change("RollbackRelease", rollback.rollback, request, context)

    def UninstallRelease(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the service's name
        return self._change("UninstallRelease", uninstall.uninstall, request, context)

    def ListReleases(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802 - the service's name
        return self._stream(
            "ListReleases", request, context, lambda asked: framed(query.list_page(self.env, asked), PIECE)
        )

    def RunReleaseTest(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802 - the service's name
        def run(asked: Any) -> Iterator[Any]:
            lines = testing.run_tests(self.env, asked, cancelled=self._cancelled(context))
            return unhurried(wire.to_proto(line) for line in lines)

        return self._stream("RunReleaseTest", request, context, run)

    def _change(self, method: str, action: Callable[..., Any], request: Any, context: grpc.ServicerContext) -> Any:
        return self._answer(
            method,
            request,
            context,
            lambda asked: action(self._for(context), asked, cancelled=self._cancelled(context)),
        )

    def _for(self, context: grpc.ServicerContext) -> Environment:
        """The environment of one operation, with what its caller asked for beyond the frozen messages."""
        given = {(key, value) for key, value in context.invocation_metadata() or ()}
        asked: dict[str, Any] = {name: True for key, name in ASKED.items() if (key, "true") in given}
        return replace(self.env, **asked)

    def _cancelled(self, context: grpc.ServicerContext) -> Callable[[], bool]:
        """Whether nobody waits for the answer any more; raises Stopping where the server must end."""

        def cancelled() -> bool:
            if self.env.ongoing.stopping:
                raise Stopping
            return not context.is_active()

        return cancelled

    def _answer(self, method: str, request: Any, context: grpc.ServicerContext, action: Callable[[Any], Any]) -> Any:
        with self._observed(method, request):
            try:
                answer = wire.to_proto(action(wire.from_proto(request)))
            except Exception as error:
                _refuse(method, error, context)
            self._observer.sent(method)
            return answer

    def _stream(
        self, method: str, request: Any, context: grpc.ServicerContext, action: Callable[[Any], Iterator[Any]]
    ) -> Iterator[Any]:
        with self._observed(method, request):
            try:
                for message in action(wire.from_proto(request)):
                    self._observer.sent(method)
                    yield message
            except Exception as error:
                _refuse(method, error, context)

    @contextmanager
    def _observed(self, method: str, request: Any) -> Iterator[None]:
        """Tell the observer and, at debug level, the log; a refusal leaves as an error."""
        began, ok = self.env.clock.now(), False
        self._observer.began(method)
        try:
            yield
            ok = True
        finally:
            seconds = self.env.clock.now() - began
            self._observer.ended(method, ok, seconds)
            outcome = {"release": getattr(request, "name", ""), "outcome": "ok" if ok else "error"}
            log.debug("%s", method, extra={**outcome, "seconds": round(seconds, 3)})


def _refuse(method: str, error: Exception, context: grpc.ServicerContext) -> NoReturn:
    """End the call with the error's text; what is no HelmError is a defect and logged whole."""
    if isinstance(error, HelmError):
        log.info("%s: %s", method, error)
        text = str(error)
    else:
        log.error("%s failed unexpectedly", method, exc_info=error)
        text = f"{type(error).__name__}: {error}"
    context.abort(grpc.StatusCode.UNKNOWN, text[:MAX_ERROR])


def unhurried(messages: Iterator[Any]) -> Iterator[Any]:
    """The messages, and a moment before the stream ends, be it well or with an error.

    Helm 2's `helm test` takes whichever of the last line and the end it sees first, and where it is the end, a failed
    test has passed. With both at once that befell 1 of 200 of its runs, 5 of 200 on a busy machine; so, none of 200.
    """
    try:
        yield from messages
    finally:
        time.sleep(BREATH)


def framed(page: query.Page, limit: int) -> Iterator[bytes]:
    """ListReleasesResponse messages of at most ``limit`` bytes, each with the page's count, next and total.

    No releases give no message. A release larger than the limit goes alone. Releases go as they are
    stored: nothing of them is read here.
    """
    start = tiller_pb2.ListReleasesResponse(count=page.count, next=page.next, total=page.total).SerializeToString()
    parts, size = [start], len(start)
    for message in page.messages:
        head = _RELEASE + _varint(len(message))
        if len(parts) > 1 and size + len(head) + len(message) > limit:
            yield b"".join(parts)
            parts, size = [start], len(start)
        parts += (head, message)
        size += len(head) + len(message)
    if len(parts) > 1:
        yield b"".join(parts)


_RELEASE = bytes([tiller_pb2.ListReleasesResponse.RELEASES_FIELD_NUMBER << 3 | 2])


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


class VersionCheck(grpc.ServerInterceptor):
    """Refuses clients of another version; asking for the version and for health is always allowed."""

    def __init__(self, server_version: str) -> None:
        self._version = server_version

    def intercept_service(
        self, continuation: Callable[[Any], Any], handler_call_details: Any
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method == f"{SERVICE}GetVersion" or method.startswith(HEALTH):
            return handler  # type: ignore[no-any-return]  # what gRPC gave, unchanged
        client = _client_version(handler_call_details.invocation_metadata)
        if is_compatible(client, self._version):
            return handler  # type: ignore[no-any-return]  # what gRPC gave, unchanged
        text = f"incompatible versions client[{client}] server[{self._version}]"

        def refuse(_request: Any, context: grpc.ServicerContext) -> NoReturn:
            context.abort(grpc.StatusCode.UNKNOWN, text)

        make = (
            grpc.unary_stream_rpc_method_handler if handler.response_streaming else grpc.unary_unary_rpc_method_handler
        )
        return make(refuse, handler.request_deserializer, handler.response_serializer)


def _client_version(metadata: Sequence[tuple[str, str | bytes]]) -> str:
    for key, value in metadata:
        if key == "x-helm-api-client":
            return value if isinstance(value, str) else value.decode(errors="replace")
    return ""


def is_compatible(client: str, server: str) -> bool:
    """Whether a client may talk to a server: same major version, and no newer minor.

    Prereleases on either side must be equal; versions that end in ``unreleased`` pass.
    """
    if client.endswith("unreleased") or server.endswith("unreleased"):
        return True
    theirs, ours = _parsed(client), _parsed(server)
    if theirs is None or ours is None:
        return False
    if theirs[3] or ours[3]:
        return theirs == ours
    if theirs[0] == 0:  # before 1.0 every minor version is its own
        return ours[:2] == theirs[:2]
    return ours[0] == theirs[0] and ours[1] >= theirs[1]


def _parsed(version: str) -> tuple[int, int, int, str] | None:
    core, _, prerelease = version.removeprefix("v").partition("+")[0].partition("-")
    numbers = core.split(".")
    if not (1 <= len(numbers) <= 3 and all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers)):
        return None
    major, minor, patch = ([int(n) for n in numbers] + [0, 0])[:3]
    return major, minor, patch, prerelease


def _health_handler() -> grpc.GenericRpcHandler:
    """grpc.health.v1 without its package: its two messages have the wire form of a wrapped string and number."""

    def check(request: StringValue, context: grpc.ServicerContext) -> Int32Value:
        if request.value not in HEALTH_NAMES:
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return Int32Value(value=SERVING)

    def watch(request: StringValue, _context: grpc.ServicerContext) -> Iterator[Int32Value]:
        yield Int32Value(value=SERVING if request.value in HEALTH_NAMES else SERVICE_UNKNOWN)

    read, write = StringValue.FromString, Int32Value.SerializeToString
    return grpc.method_handlers_generic_handler(
        "grpc.health.v1.Health",
        {
            "Check": grpc.unary_unary_rpc_method_handler(check, read, write),
            "Watch": grpc.unary_stream_rpc_method_handler(watch, read, write),
        },
    )
