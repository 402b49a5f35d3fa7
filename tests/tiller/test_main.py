"""The command: flags, and a process that starts and ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from helmpy import wire
from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.requests import VersionRequest
from tests.compat.clusters import BINARIES
from tests.tiller.world import KUBECONFIG
from tiller.__main__ import parse_flags
from tiller.clock import SystemClock
from tiller.storage.connections import Connections
from tiller.storage.sql import SqlDriver
from tiller.storage.sqlite import Sqlite

TILLER = BINARIES / "tiller2.17"


@pytest.mark.parametrize(
    ("arguments", "environment", "name", "value"),
    [
        ([], {}, "listen", ":44134"),
        (["-listen", "127.0.0.1:1"], {}, "listen", "127.0.0.1:1"),
        (["--listen=127.0.0.1:1"], {}, "listen", "127.0.0.1:1"),
        (["-listen=127.0.0.1:1"], {}, "listen", "127.0.0.1:1"),
        ([], {}, "probe", True),
        (["-probe=false"], {}, "probe", False),
        (["--probe=0"], {}, "probe", False),
        ([], {}, "storage", "configmap"),
        (["-storage=secret"], {}, "storage", "secret"),
        ([], {}, "history_max", 0),
        ([], {"TILLER_HISTORY_MAX": "7"}, "history_max", 7),
        ([], {"TILLER_HISTORY_MAX": "many"}, "history_max", 0),
        (["-history-max=3"], {"TILLER_HISTORY_MAX": "7"}, "history_max", 3),
        ([], {}, "tls", False),
        ([], {"TILLER_TLS_ENABLE": "1"}, "tls", True),
        (["--tls"], {}, "tls", True),
        (["-tls=false"], {"TILLER_TLS_ENABLE": "1"}, "tls", False),
        ([], {"TILLER_TLS_VERIFY": "1"}, "tls_verify", True),
        ([], {"TILLER_TLS_CERTS": "/etc/certs"}, "tls_key", "/etc/certs/tls.key"),
        ([], {"TILLER_TLS_CERTS": "/etc/certs"}, "tls_ca_cert", "/etc/certs/ca.crt"),
        ([], {}, "tls_cert", "tls.crt"),
        (["-v", "2"], {}, "v", "2"),
        ([], {}, "enable_dns", False),
        (["--enable-dns"], {}, "enable_dns", True),
        (["--convert-removed-apis"], {}, "convert_removed_apis", True),
        (["-trace"], {}, "trace", True),
        (["--grace-period=3"], {}, "grace_period", 3.0),
        (["--log-format", "json"], {}, "log_format", "json"),
    ],
)
def test_flags(arguments: list[str], environment: dict[str, str], name: str, value: object) -> None:
    assert getattr(parse_flags(arguments, environment), name) == value


LOGGING = [
    "-add_dir_header", "-alsologtostderr", "-log_backtrace_at=a.go:3", "-log_dir=/tmp", "-log_file=x", "-log_file_max_size=7",
    "-logtostderr", "-skip_headers", "-skip_log_headers", "-stderrthreshold=2", "-vmodule=client=4",
]  # fmt: skip


@pytest.mark.parametrize("flag", [*LOGGING, "-experimental-release"])
def test_a_flag_of_helm_2_17_that_changes_nothing_here_is_taken(flag: str) -> None:
    parse_flags([flag], {})
    parse_flags(["-" + flag], {})


@pytest.mark.skipif(not TILLER.exists(), reason=f"there is no real Tiller at {TILLER}")
def test_every_flag_of_helm_2_17_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([TILLER, "--help"], capture_output=True, text=True, timeout=60, check=False)
    flags = re.findall(r"(?m)^  (-\S+)(?: (\S+))?$", done.stdout + done.stderr)
    assert len(flags) > 20
    for name, kind in flags:
        value = {"int": ["1"], "uint": ["1"]}.get(kind, ["x"] if kind else [])
        parse_flags([name, *value], {})
    assert capsys.readouterr().err == ""


HELM_2_17 = {
    "experimental-release", "history-max", "listen", "probe", "probe-listen", "sql-connection-string", "sql-dialect",
    "storage", "tls", "tls-ca-cert", "tls-cert", "tls-key", "tls-verify", "trace", "v", "version", "help",
}  # fmt: skip


def test_what_is_more_is_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_flags(["--help"], {})
    ours = set(re.findall(r"--([a-z][a-z-]*)", re.sub(r"(?s)^.*?\n\n", "", capsys.readouterr().out)))
    assert ours >= HELM_2_17 - {"experimental-release"}
    text = (Path(__file__).parents[2] / "docs/differences.md").read_text()
    assert [name for name in sorted(ours - HELM_2_17) if f"`tiller --{name}`" not in text] == []


@pytest.mark.parametrize("arguments", [["-nonsense"], ["-probe=perhaps"], ["-history-max=x"]])
def test_flags_that_are_none(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_flags(arguments, {})
    assert caught.value.code == 2
    assert "error" in capsys.readouterr().err


def environment(**extra: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TILLER_", "KUBE"))}
    return {**kept, "HOME": "/nonexistent", **extra}


def run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tiller", "--probe=false", *arguments]
    return subprocess.run(command, env=environment(**extra), capture_output=True, text=True, timeout=60, check=False)


def test_the_version() -> None:
    done = run("-version")
    assert (done.returncode, done.stdout) == (0, "v2.17.0\n")


@pytest.mark.parametrize(
    ("arguments", "extra", "words"),
    [
        ([], {}, "no cluster is configured"),
        ([], {"KUBECONFIG": "/nonexistent/config"}, "no cluster is configured"),
        (
            ["--storage=sql", "--sql-dialect=oracle"],
            {"KUBECONFIG": "{config}"},
            "oracle dialect isn't supported, one of",
        ),
        (["--storage=sql", "--sql-dialect=sqlite3"], {"KUBECONFIG": "{config}"}, "sqlite3 needs a file's path"),
        (["--copy-records-to=memory"], {"KUBECONFIG": "{config}"}, "records in memory are nobody else's"),
        (["--storage=paper"], {"KUBECONFIG": "{config}"}, 'unknown storage "paper"'),
        (["--tls", "--tls-key=/nonexistent/key"], {"KUBECONFIG": "{config}"}, "open /nonexistent/key: No such file"),
        (["--listen=127.0.0.1:99999", "--storage=memory"], {"KUBECONFIG": "{config}"}, "Server died: listen tcp"),
    ],
)
def test_one_line_says_why_it_cannot_start(
    tmp_path: Path, arguments: list[str], extra: dict[str, str], words: str
) -> None:
    (tmp_path / "config").write_text(KUBECONFIG % "127.0.0.1:9")
    done = run(*arguments, **{key: value.format(config=tmp_path / "config") for key, value in extra.items()})
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_records_are_copied_from_store_to_store(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(KUBECONFIG % "127.0.0.1:9")

    @contextmanager
    def store(name: str) -> Iterator[SqlDriver]:
        connections = Connections(Sqlite(str(tmp_path / name)), SystemClock())
        yield SqlDriver(connections, SystemClock())
        connections.close()

    def copy(source: str, target: str) -> subprocess.CompletedProcess[str]:
        place = ["--storage=sql", "--sql-dialect=sqlite3", f"--sql-connection-string={tmp_path / source}"]
        return run(*place, f"--copy-records-to=sqlite3:{tmp_path / target}", KUBECONFIG=str(tmp_path / "config"))

    with store("one") as one:
        one.create(Release(name="web", version=1, info=Info(status=Status(code=StatusCode.DEPLOYED))))
    done = copy("one", "two")
    assert done.returncode == 0, done.stderr
    assert "web: 1 new, 0 changed, 0 same" in done.stderr
    with store("one") as one, store("two") as two:
        assert two.query({}) == one.query({})
        two.create(Release(name="web", version=2))
    done = copy("one", "two")
    assert done.returncode == 1
    assert "web: left out, the target has revision 2 already" in done.stderr


def test_a_process_serves_and_ends_at_a_signal(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(KUBECONFIG % "127.0.0.1:9")
    command = [sys.executable, "-m", "tiller", "--listen=127.0.0.1:0", "--probe-listen=127.0.0.1:0", "--storage=memory"]
    with subprocess.Popen(
        command, env=environment(KUBECONFIG=str(tmp_path / "config")), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        text = ""
        try:
            for line in process.stderr:
                text += line
                if "Probes listening" in line:
                    break
            ports = [int(port) for port in re.findall(r"listening on 127\.0\.0\.1:(\d+)", text)]
            assert len(ports) == 2, text
            with grpc.insecure_channel(f"127.0.0.1:{ports[0]}") as channel:
                stub = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
                answer = wire.from_proto(stub.GetVersion(wire.to_proto(VersionRequest()), timeout=10))
            assert answer.version.sem_ver == "v2.17.0"
            with urllib.request.urlopen(f"http://127.0.0.1:{ports[1]}/readiness", timeout=5) as response:
                assert response.status == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert "Storage driver is Memory" in text
    assert "Max history per release is 0" in text
