"""One real cluster, two Helms with their Tillers, and what a script does with each of them.

A scene is a shell script. It runs in a directory of the same path with real Helm 2.17 and its Tiller
(``theirs``), with ours (``ours``), and with real Helm and our Tiller (``mixed``); every call of ``helm``
is written down with its status and what it printed.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.compat.clusters import BINARIES, SHARED, transport_of
from tiller.kube.transport import Request, Transport
from tiller.storage import codec

HERE = Path(__file__).parent
OBJECTS = (
    "/api/v1/configmaps",
    "/api/v1/secrets",
    "/api/v1/services",
    "/api/v1/serviceaccounts",
    "/api/v1/persistentvolumeclaims",
    "/api/v1/pods",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/statefulsets",
    "/apis/apps/v1/daemonsets",
    "/apis/batch/v1/jobs",
    "/apis/batch/v1/cronjobs",
    "/apis/networking.k8s.io/v1/ingresses",
    "/apis/policy/v1/poddisruptionbudgets",
    "/apis/rbac.authorization.k8s.io/v1/roles",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/api/v1/namespaces",
)
NAMESPACED = 16  # so many of them, from the first, live in namespaces
_PASSING = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink", "ownerReferences")
SECONDS = 600.0  # a machine may be busy with other things

# Each call is written down by this stand-in, which is called helm and kubectl on the script's PATH.
RECORDER = """#!/bin/sh
case $0 in *kubectl) program=$KUBECTL;; *) program=$HELM_BINARY;; esac
read number < "$CALLS/number"
number=$((number + 1))
echo $number > "$CALLS/number"
printf '%s\\n' "${0##*/}" "$@" > "$CALLS/$number.words"
"$program" "$@" > "$CALLS/$number.out" 2> "$CALLS/$number.err"
status=$?
echo $status > "$CALLS/$number.status"
cat "$CALLS/$number.out"
cat "$CALLS/$number.err" >&2
exit $status
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of helm or kubectl."""

    words: str
    status: int
    out: str
    err: str

    def shown(self) -> str:
        """What it printed; what is stored of a release comes in no order in Helm: that of a Go map."""
        return "\n---\n".join(documents(self.out)) if self.words.startswith("helm get") else self.out


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one Helm did with a scene; ``objects`` is what it left in the cluster.

    ``met_tiller`` says that Tiller was spoken to: else its make can make no difference.
    """

    calls: tuple[Call, ...]
    out: str
    err: str
    status: int
    objects: dict[str, Any]
    met_tiller: bool

    @classmethod
    def read(cls, text: str) -> Transcript:
        """The transcript that was written."""
        told = json.loads(text)
        return cls(**{**told, "calls": tuple(Call(**call) for call in told["calls"])})

    def written(self) -> str:
        """It as JSON."""
        return json.dumps(asdict(self))

    def texts(self, *exempt: str) -> list[str]:
        """What must be the same of both sides: one text per call, of the script's own output, of the objects.

        Calls in whose words one of ``exempt`` stands are left out, and with them what they said in the script's
        output.
        """
        kept = [call for call in self.calls if not any(words in call.words for words in exempt)]
        found = [f"$ {call.words}\nexit {call.status}\n{call.shown()}\nstderr:\n{call.err}" for call in kept]
        if not exempt and all(call.shown() == call.out for call in kept):
            found.append(f"script: exit {self.status}\n{self.out}\nstderr:\n{self.err}")
        made_up = {name for call in self.calls for name in re.findall(r"(?m)^NAME: +([a-z]+-[a-z]+)$", call.out)}
        return [masked(text, made_up) for text in (found if "OBJECTS" in exempt else [*found, self.left()])]

    def left(self) -> str:
        """The objects."""
        return "\n".join(
            f"{key}\n{json.dumps(value, indent=1, sort_keys=True)}" for key, value in sorted(self.objects.items())
        )


class Switch(socketserver.ThreadingTCPServer):
    """A port that leads to one of the Tillers: ``target`` is the port behind it, ``used`` says whether anybody came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.target = 0
        self.used = False
        super().__init__(("127.0.0.1", 0), _Passage)

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port


class _Passage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Switch)
        self.server.used = True
        try:
            with socket.create_connection(("127.0.0.1", self.server.target)) as there:
                back = threading.Thread(target=_pour, args=(there, self.request), daemon=True)
                back.start()
                _pour(self.request, there)
                back.join()
        except OSError:
            return  # the caller sees a closed connection, as where nobody listens


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@contextmanager
def tiller(command: list[str], environment: dict[str, str], port: int, log: Path) -> Iterator[int]:
    """A Tiller in a process of its own, listening."""
    words = [*command, f"--listen=127.0.0.1:{port}", f"--probe-listen=127.0.0.1:{free_port()}"]
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        end = time.monotonic() + SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@dataclass
class Stage:
    """Where scenes run."""

    transport: Transport
    kubeconfig: Path
    root: Path
    switch: Switch
    tillers: dict[str, int]
    helms: dict[str, Path]
    site: int
    before: frozenset[str] = field(default_factory=frozenset)

    def play(self, scene: Path, who: str) -> Transcript:
        """Run a scene with the Helm and the Tiller of one side, and clear the cluster afterwards."""
        self.switch.target, self.switch.used = self.tillers[who], False
        self.before = self.before or frozenset(self._objects())
        work, calls = self._prepare()
        environment = self._environment(who, work, calls)
        try:
            done = _run(["/bin/sh", str(scene)], work, environment)
            left = {key: _told(one) for key, one in self._objects().items() if key not in self.before}
        finally:
            self.clear()
        played = Transcript(_read(calls), done.stdout, done.stderr, done.returncode, left, self.switch.used)
        return Transcript.read(played.written().replace(json.dumps(str(self.root))[1:-1], "/stage"))

    def _prepare(self) -> tuple[Path, Path]:
        work, calls = self.root / "work", self.root / "calls"
        for directory in (work, calls, self.root / "site"):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
        shutil.copytree(HERE / "charts", work / "charts")
        (calls / "number").write_text("0\n")
        (self.root / "bin").mkdir(exist_ok=True)
        for name in ("helm", "kubectl"):
            recorder = self.root / "bin" / name
            recorder.write_text(RECORDER)
            recorder.chmod(0o755)
        return work, calls

    def _environment(self, who: str, work: Path, calls: Path) -> dict[str, str]:
        config = work / "kubeconfig"
        shutil.copy(self.kubeconfig, config)
        return {
            "CALLS": str(calls),
            "CHARTS": str(work / "charts"),
            "HELM_BINARY": str(self.helms[who]),
            "HELM_HOME": str(work / "home"),
            "HELM_HOST": f"127.0.0.1:{self.switch.port}",
            "HOME": str(work),
            "KUBECONFIG": str(config),
            "KUBECTL": str(BINARIES / "kubectl-1.20"),
            "PATH": f"{self.root / 'bin'}:/usr/bin:/bin",
            "SITE": str(self.root / "site"),
            "TZ": "UTC",
            "URL": f"http://127.0.0.1:{self.site}",
        }

    def _list(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.transport.send(Request("GET", path)).json().get("items") or []
        return found

    def _objects(self) -> dict[str, dict[str, Any]]:
        found = {}
        for path in OBJECTS:
            for one in self._list(path):
                meta = one["metadata"]
                owned = meta.get("ownerReferences") or meta.get("deletionTimestamp")
                if owned or _standing(path, meta["name"]):
                    continue
                found[f"{path} {meta.get('namespace', '')} {meta['name']}"] = one
        return found

    def clear(self) -> None:
        """Delete whatever was not there before the first scene, and wait until it is gone."""
        end = time.monotonic() + SECONDS
        while True:
            left = [key for key in self._everything() if key not in self.before]
            if not left:
                return
            assert time.monotonic() < end, left
            for key in left:
                path, namespace, name = key.split(" ")
                head, _, plural = path.rpartition("/")
                place = f"{head}/namespaces/{namespace}/{plural}" if namespace else path
                self.transport.send(
                    Request(
                        "DELETE", f"{place}/{name}", body=b'{"gracePeriodSeconds":0,"propagationPolicy":"Background"}'
                    )
                )
            time.sleep(0.2)

    def _everything(self) -> list[str]:
        """All objects, those on their way out too, but pods of deployments that still are there."""
        found = []
        for path in OBJECTS:
            for one in self._list(path):
                meta = one["metadata"]
                if _standing(path, meta["name"]):
                    continue
                found.append(f"{path} {meta.get('namespace', '')} {meta['name']}")
        return found


def _run(words: list[str], work: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script with all that it starts, and end what it leaves running."""
    with subprocess.Popen(
        words,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def _read(calls: Path) -> tuple[Call, ...]:
    found = []
    for number in range(1, int((calls / "number").read_text()) + 1):
        texts = [(calls / f"{number}.{kind}").read_bytes().decode(errors="replace") for kind in ("words", "out", "err")]
        status = calls / f"{number}.status"
        code = int(status.read_text()) if status.exists() else -1
        found.append(Call(" ".join(texts[0].splitlines()), code, texts[1], texts[2]))
    return tuple(found)


def _standing(path: str, name: str) -> bool:
    """What every namespace has."""
    return name in ("kube-root-ca.crt", "default") and "namespaces" not in path


def _told(one: dict[str, Any]) -> Any:
    """An object without what every write changes; a record of a release is read."""
    meta = {key: value for key, value in one["metadata"].items() if key not in _PASSING}
    labels = meta.get("labels") or {}
    kept = {key: value for key, value in one.items() if key not in ("metadata", "status")} | {"metadata": meta}
    if labels.get("OWNER") == "TILLER":
        for name in ("CREATED_AT", "MODIFIED_AT"):
            if name in labels:
                labels[name] = "TIME"
        kept["data"] = _record(one["data"]["release"])
    if isinstance(kept.get("spec"), dict):
        for name in ("clusterIP", "clusterIPs", "nodeName"):
            kept["spec"].pop(name, None)
    return kept


def _record(text: str) -> Any:
    release = codec.decode(text)
    info, chart = release.info, release.chart
    assert info is not None
    assert chart is not None
    return {
        "release": [release.name, release.namespace, release.version, str(release.status), info.description],
        "manifest": [part.split("\n") for part in documents(release.manifest)],
        "notes": info.status.notes.split("\n") if info.status else None,
        "values": release.config.raw if release.config else None,
        "hooks": sorted(
            [hook.name, hook.kind, hook.path, hook.weight, str(hook.events), str(hook.delete_policies), hook.manifest]
            for hook in release.hooks
        ),
        "chart": [str(chart.metadata), sorted(file.name for file in (*chart.templates, *chart.files))],
    }


_MASKS = [
    (re.compile(pattern), text)
    for pattern, text in (
        (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", "TIME"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( [A-Z]+( m=[+.\d]+)?)?)?", "TIME"),
        (r"(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "TIME "),
        (r"(?m) +(\d+[smhd]){1,2} *$", " AGE"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UID"),
        (r"10\.0\.0\.\d+ *", "IP "),
        (r"-[0-9a-f]{8,10}-[a-z0-9]{5}\b", "-POD"),
        (r"\b127\.0\.0\.1:\d+", "HOST:PORT"),
        (r"kube-api-access-[a-z0-9]{5}", "kube-api-access-TOKEN"),
        (r"\bmade-[a-z0-9]{5}\b", "made-NAME"),
        (r"local port: '\d+'", "local port: 'PORT'"),
        (r'"(seconds|nanos)":\d+', r'"\1":N'),
        (r"(?m)^( *)(seconds|nanos): \d+$", r"\1\2: N"),
        (r" +(\d+[smh]){1,2}\\n", r" AGE\\n"),
        (r"(?m)^(\S+) +\d+/\d+ +\d+ +\d+ AGE$", r"\1 COUNTS AGE"),  # how far the controllers are
        (r"(?m)^( *(?:tls|ca)\.(?:crt|key)): .*$", r"\1: KEY"),
        (r"(?m)^(==> v1/Pod\(related\))\n(?:\S.*\n)+", r"\1\nPODS\n"),
    )
]


def _sorted(found: re.Match[str]) -> str:
    """What repositories answered, in an order of its own: they are asked at the same time."""
    return "".join(sorted(re.findall(r"(?m)^\.\.\..*\n(?:^\t.*\n)*", found[0])))


def documents(text: str) -> list[str]:
    """The parts between lines of ``---``, sorted."""
    return sorted(part.strip("\n") for part in re.split(r"(?m)^---$", text))


def masked(text: str, made_up: Iterable[str]) -> str:
    """A text without what no two runs share: times, ports, addresses, keys, names made up."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    text = re.sub(r"(?m)(?:^\.\.\.(?:Successfully|Unable|Skip).*\n(?:^\t.*\n)*)+", _sorted, text)
    for name in made_up:
        text = text.replace(name, "NAME")
    return re.sub(r"  +", "  ", text) if made_up else text


@contextmanager
def staged(root: Path) -> Iterator[Stage]:
    """Everything that scenes need, in a new directory. The cluster's tunnels lead to the switch."""
    switch = Switch()
    threading.Thread(target=switch.serve_forever, args=(0.05,), daemon=True).start()
    (root / "site").mkdir()
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Site, directory=str(root / "site")))
    threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
    with ExitStack() as stack:
        stack.callback(site.server_close)
        stack.callback(site.shutdown)
        stack.callback(switch.server_close)
        stack.callback(switch.shutdown)
        kubeconfig = stack.enter_context(own_cluster(root / "plane", switch.port))
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "TILLER_NAMESPACE": "kube-system"}
        commands = {"theirs": [str(BINARIES / "tiller2.17")], "ours": [sys.executable, "-m", "tiller"]}
        ports = {
            who: stack.enter_context(tiller(command, environment, free_port(), root / f"{who}.log"))
            for who, command in commands.items()
        }
        ports["mixed"] = ports["ours"]
        real = BINARIES / "helm2.17"
        helms = {"theirs": real, "mixed": real, "ours": Path(sys.executable).with_name("helm")}
        yield Stage(transport_of(kubeconfig), kubeconfig, root, switch, ports, helms, site.server_address[1])


class _Site(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@contextmanager
def own_cluster(directory: Path, tiller_port: int) -> Iterator[Path]:
    """The kubeconfig of a control plane whose port-forward to Tiller's pod leads to a port of ours."""
    starter = [sys.executable, str(SHARED / "oracles" / "cluster.py")]
    environment = {**os.environ, "BIN": str(BINARIES), "TILLER_PORT": str(tiller_port)}
    done = subprocess.run(
        [*starter, "start", str(directory)], env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    try:
        yield Path(done.stdout.strip())
    finally:
        subprocess.run([*starter, "stop", str(directory)], env=environment, check=True, timeout=60)
