"""The tiller command: flags, wiring, signals. All of the environment that tiller reads is read here."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helmpy.errors import HelmError
from tiller import logs, memory

if TYPE_CHECKING:
    from tiller.clock import Clock
    from tiller.kube.transport import Transport
    from tiller.metrics import Metrics
    from tiller.storage.driver import Driver
    from tiller.storage.leases import Leases
    from tiller.tls import TlsFiles

NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
DEFAULT_NAMESPACE = "kube-system"
GRACE = 20.0  # seconds for running calls at the end; a pod gets 30
COPY_PATIENCE = 300.0  # seconds that copying waits for an operation on a release to end
RECORD = 5.0  # seconds more for those that were cut off then to record it

_WITHOUT_EFFECT = (
    "experimental-release",
    "logtostderr",
    "alsologtostderr",
    "skip_headers",
    "skip_log_headers",
    "add_dir_header",
)
_WITHOUT_EFFECT_BUT_A_VALUE = (
    "log_backtrace_at",
    "log_dir",
    "log_file",
    "log_file_max_size",
    "stderrthreshold",
    "vmodule",
)

log = logging.getLogger("tiller")


def parse_flags(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Read 2.17's flags as Go's flag package does: ``-x`` and ``--x`` are one, booleans take ``=false``."""
    certificates = environment.get("TILLER_TLS_CERTS", "")
    parser = argparse.ArgumentParser(prog="tiller", allow_abbrev=False)

    def text(name: str, default: str, about: str) -> None:
        parser.add_argument(f"-{name}", f"--{name}", default=default, help=f"{about} (default {default!r})")

    def switch(name: str, default: bool, about: str) -> None:  # noqa: FBT001 - a flag's default
        parser.add_argument(f"-{name}", f"--{name}", nargs="?", const=True, default=default, type=_boolean, help=about)

    text("listen", ":44134", "address:port to listen on")
    text("probe-listen", ":44135", "address:port to listen on for probes")
    switch("probe", True, "answer probes over HTTP")
    switch("trace", False, "log every call")
    text("storage", "configmap", "where records are kept: configmap, secret, sql or memory")
    text("sql-dialect", "postgres", "kind of SQL database: postgres or sqlite3")
    text("sql-connection-string", "", "where the SQL database is: a URL, pairs of key=value, or SQLite's file")
    text("copy-records-to", "", "copy all records to configmap, secret, postgres:STRING or sqlite3:FILE, and end")
    parser.add_argument(
        "-history-max",
        "--history-max",
        type=int,
        default=_history_max(environment.get("TILLER_HISTORY_MAX", "")),
        help="revisions kept of a release, 0 for all",
    )
    parser.add_argument(
        "-grace-period",
        "--grace-period",
        type=float,
        default=GRACE,
        metavar="SECONDS",
        help=f"time for running operations at the end (default {GRACE:.0f}); then they are marked FAILED",
    )
    switch("tls", bool(environment.get("TILLER_TLS_ENABLE")), "serve TLS")
    switch("tls-verify", bool(environment.get("TILLER_TLS_VERIFY")), "serve TLS and demand clients' certificates")
    text("tls-key", str(Path(certificates, "tls.key")), "private key's file")
    text("tls-cert", str(Path(certificates, "tls.crt")), "certificate's file")
    text("tls-ca-cert", str(Path(certificates, "ca.crt")), "file of the CA that signs clients' certificates")
    switch("convert-removed-apis", False, "convert objects of API versions that the cluster no longer serves")
    switch("enable-dns", False, "let templates look up hosts with getHostByName")
    text("log-format", "text", "form of log lines: text or json")
    switch("version", False, "print the version and end")
    parser.add_argument(
        "-render-limit",
        "--render-limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="bound of a render, as in seconds=30; may be repeated",
    )
    parser.add_argument("-v", "--v", default="0", help="log level: above 0 more is logged")
    # 2.17's flags that change nothing there either: no such modules exist, and its own lines go to standard error
    # whatever these say of the lines of its libraries.
    for name in _WITHOUT_EFFECT:
        switch(name, False, argparse.SUPPRESS)
    for name in _WITHOUT_EFFECT_BUT_A_VALUE:
        parser.add_argument(f"-{name}", f"--{name}", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _boolean(text: str) -> bool:
    if text.lower() in ("1", "t", "true"):
        return True
    if text.lower() in ("0", "f", "false"):
        return False
    raise argparse.ArgumentTypeError(f"invalid boolean value {text!r}")


def _history_max(text: str) -> int:
    if not text:
        return 0
    try:
        return int(text)
    except ValueError:
        log.warning('Invalid max history "%s". Defaulting to 0.', text)
        return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until a signal; the exit status is 0, or 1 where the server could not start."""
    memory.settle()
    # gRPC's core has a log of its own, in which strangers' bytes stand as they came.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logs.install("text")
    options = parse_flags(sys.argv[1:] if arguments is None else arguments, os.environ)
    try:
        logs.install(options.log_format, verbose=options.trace or options.v != "0")
    except logs.LogError as error:
        log.error("%s", error)  # noqa: TRY400 - one clear line
        return 1
    if options.version:
        from tiller.actions.environment import VERSION

        sys.stdout.write(f"{VERSION}\n")
        return 0
    try:
        return (_copy if options.copy_records_to else _run)(options, os.environ)
    except HelmError as error:
        log.error("%s", error)  # noqa: TRY400 - one clear line
        return 1


def _run(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    from helmpy.gotemplate.limits import changed
    from tiller.actions.environment import VERSION, Environment
    from tiller.actions.recovery import Caretaker
    from tiller.actions.turns import Turns
    from tiller.actions.workers import Workers
    from tiller.clock import SystemClock
    from tiller.kube.cluster import Cluster
    from tiller.kube.counting import Counting
    from tiller.kube.retrying import Retrying
    from tiller.server import serve
    from tiller.storage.storage import Storage

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    clock = SystemClock()
    metrics = _metrics(clock) if options.probe else None
    plain = _transport(environment)
    transport = Retrying(Counting(plain, clock, metrics.requested) if metrics else plain, clock)
    driver, leases = _store(
        options.storage, options.sql_dialect, options.sql_connection_string, environment, transport, clock
    )
    storage = Storage(driver, max_history=options.history_max)
    tls = _tls(options)
    limits = changed(options.render_limit)
    log.info("Starting Tiller %s (tls=%s)", VERSION, str(tls is not None).lower())
    log.info("Storage driver is %s", driver.name)
    log.info("Max history per release is %d", options.history_max)
    workers = Workers(limits=limits)
    env = Environment(
        cluster=Cluster(transport, clock),
        storage=storage,
        clock=clock,
        renderer=workers,
        turns=Turns(leases, clock),
        convert_removed_apis=options.convert_removed_apis,
        enable_dns=options.enable_dns,
    )
    handle = serve(env, listen=options.listen, tls=tls, observer=metrics)
    log.info("GRPC listening on %s", _shown(options.listen, handle.port))
    caretaker = Caretaker(env)
    caretaker.start()
    probes = None
    if metrics is not None:
        from tiller.probes import serve_probes

        metrics.watch_queue("turns", lambda: env.turns.waiting)
        metrics.watch_queue("rendering", lambda: workers.waiting)
        metrics.watch_records(driver.counts, clock.now)
        probes = serve_probes(options.probe_listen, metrics)
        log.info("Probes listening on %s", _shown(options.probe_listen, probes.port))
    workers.warm_up()
    ended.wait()
    log.info("Ending: no new calls, %g seconds for running ones", options.grace_period)
    caretaker.stop()
    clean = handle.stop(options.grace_period, RECORD)
    workers.close()
    if probes is not None:
        probes.stop()
    if not clean:
        log.warning("Ending with operations that did not stop; their releases are marked FAILED")
        logging.shutdown()
        os._exit(0)  # their threads would keep the process alive for as long as they hang
    return 0


def _metrics(clock: Clock) -> Metrics:
    from tiller.metrics import Metrics

    return Metrics(clock.now())


def _shown(listen: str, port: int) -> str:
    """The address with the port that was taken, should any have been asked for."""
    return f"{listen.rpartition(':')[0]}:{port}"


def _transport(environment: Mapping[str, str]) -> Transport:
    """The cluster around us, or the kubeconfig's; raises NoCluster with one line saying so."""
    from tiller.kube.client_transport import from_kubeconfig, in_cluster

    if environment.get("KUBERNETES_SERVICE_HOST") and not environment.get("KUBECONFIG"):
        return in_cluster()
    return from_kubeconfig(environment.get("KUBECONFIG") or None)


def _namespace(environment: Mapping[str, str]) -> str:
    """Where records are kept: TILLER_NAMESPACE, else the pod's own namespace, else kube-system."""
    named = environment.get("TILLER_NAMESPACE")
    if named:
        return named
    try:
        return NAMESPACE_FILE.read_text(encoding="utf-8").strip() or DEFAULT_NAMESPACE
    except OSError:
        return DEFAULT_NAMESPACE


def _store(  # noqa: PLR0917 - all that a store may need
    storage: str, dialect: str, place: str, environment: Mapping[str, str], transport: Transport, clock: Clock
) -> tuple[Driver, Leases]:
    """The store called ``storage``. An unknown one is an error: 2.17 silently forgets everything then.

    Who works on a release is known where its records are; a new name in every life.
    """
    from tiller.storage.kubernetes import ConfigMapDriver, SecretDriver
    from tiller.storage.kubernetes_leases import KubernetesLeases
    from tiller.storage.leases import MemoryLeases
    from tiller.storage.memory import MemoryDriver

    identity = f"{socket.gethostname()}-{secrets.token_hex(4)}"
    namespace = _namespace(environment)
    if storage == "memory":
        return MemoryDriver(), MemoryLeases(identity)
    leases = KubernetesLeases(transport, namespace, identity)
    if storage == "configmap":
        return ConfigMapDriver(transport, namespace, clock), leases
    if storage == "secret":
        return SecretDriver(transport, namespace, clock), leases
    if storage != "sql":
        raise HelmError(f'unknown storage "{storage}": one of configmap, secret, sql, memory')

    from tiller.storage.connections import Connections, StoreError
    from tiller.storage.databases import open_database
    from tiller.storage.sql import SqlDriver
    from tiller.storage.sql_leases import SqlLeases

    try:
        connections = Connections(open_database(dialect, place, environment), clock)
    except StoreError as error:
        raise HelmError(f"Cannot initialize SQL storage driver: {error}") from error
    driver = SqlDriver(connections, clock)
    try:
        return driver, SqlLeases(connections, identity)
    except StoreError as error:  # a role that may not make tables: 2.17 has made the one for records
        log.warning("cannot keep leases in the database, so they are kept in the cluster: %s", error)
        return driver, leases


def _copy(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Copy the records of ``--storage`` to another store; the exit status is 1 where a release was left out."""
    from tiller.actions.turns import Turns
    from tiller.clock import Deadline, SystemClock
    from tiller.kube.retrying import Retrying
    from tiller.storage.copying import copy_records

    kind, _, place = options.copy_records_to.partition(":")
    storage = "sql" if kind in ("postgres", "sqlite3") else kind
    if "memory" in (options.storage, storage):
        raise HelmError("records in memory are nobody else's: copy between configmap, secret, postgres and sqlite3")
    clock = SystemClock()
    transport = Retrying(_transport(environment), clock)
    source, leases = _store(
        options.storage, options.sql_dialect, options.sql_connection_string, environment, transport, clock
    )
    target, _ = _store(storage, kind, place, environment, transport, clock)
    turns = Turns(leases, clock)
    left_out = 0
    for copied in copy_records(
        source, target, lambda name: turns.take(name, "copying records", Deadline(clock, COPY_PATIENCE))
    ):
        if copied.newer:
            left_out += 1
            log.warning("%s: left out, the target has revision %d already", copied.name, copied.newer)
        else:
            log.info("%s: %d new, %d changed, %d same", copied.name, copied.created, copied.updated, copied.same)
    if left_out:
        log.warning("%d releases were left out", left_out)
        return 1
    log.info("All records of %s are in %s now", source.name, target.name)
    return 0


def _tls(options: argparse.Namespace) -> TlsFiles | None:
    from tiller.tls import TlsFiles

    if not (options.tls or options.tls_verify):
        return None
    return TlsFiles(options.tls_key, options.tls_cert, options.tls_ca_cert if options.tls_verify else "")


if __name__ == "__main__":
    sys.exit(main())
