"""Imports go down, never up; strangers stay strangers; light commands stay light.

A floor's modules may import lower floors and themselves. On one floor only the arrows listed in
``NEIGHBOURS`` exist. Imports for annotations alone (``if TYPE_CHECKING``) count like any other.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FLOORS: dict[str, int] = {
    "helmpy.record": -1,  # below all: what records are made with
    "helmpy.store": -1,
    "helmpy.errors": 0,
    "helmpy.home": 0,
    "helmpy.gocompat": 0,
    "helmpy.gotemplate": 0,
    "helmpy.sprig": 0,
    "helmpy.chart": 1,
    "helmpy.release": 1,
    "helmpy.hapi": 2,
    "helmpy.wire": 2,
    "helmpy.wire_bytes": 2,
    "helmpy.engine": 2,
    "helmpy.kubeconfig": 2,
    "helmpy.plugin": 2,
    "helmpy.plugin_source": 3,
    "helmpy.repo": 3,
    "helmpy.lint": 3,
    "helmpy.kubeapi": 3,
    "helmpy.spdy": 0,
    "helmpy.portforward": 4,
    "helmpy.tunnel": 5,
    "helmpy.installer": 5,
    "helmpy.client": 5,
    "helmpy.cli": 6,
    "tiller.clock": 0,
    "tiller.kube.transport": 0,
    "tiller.sandbox": 1,
    "tiller.kube": 3,
    "tiller.storage": 3,
    "tiller.actions": 4,
    "tiller.tls": 1,
    "tiller.memory": 0,
    "tiller.reception": 5,
    "tiller.logs": 1,
    "tiller.metrics": 5,
    "tiller.auth": 5,
    "tiller.server": 5,
    "tiller.probes": 6,
    "tiller.__main__": 6,
}
NEIGHBOURS = {
    ("helmpy.gocompat", "helmpy.errors"),
    ("helmpy.home", "helmpy.errors"),
    ("helmpy.spdy", "helmpy.errors"),
    ("helmpy.gotemplate", "helmpy.gocompat"),
    ("helmpy.gotemplate", "helmpy.errors"),
    ("helmpy.sprig", "helmpy.gocompat"),
    ("helmpy.sprig", "helmpy.errors"),
    ("helmpy.release", "helmpy.chart"),
    ("helmpy.wire", "helmpy.hapi"),
    ("helmpy.wire", "helmpy.wire_bytes"),
    ("helmpy.repo", "helmpy.plugin"),
    ("tiller.kube.transport", "helmpy.errors"),
    ("tiller.clock", "helmpy.errors"),
    ("tiller.storage", "tiller.kube"),
    ("tiller.server", "tiller.auth"),
    ("tiller.server", "tiller.reception"),
    ("tiller.__main__", "tiller.probes"),
}
# A package of the outside world and the only rooms that may import it.
KEEPERS: dict[str, set[str]] = {
    "google": {
        "helmpy.wire",
        "helmpy.hapi",
        "tiller.server",
        "tiller.reception",
        "tiller.storage.codec",
    },
    "grpc": {"helmpy.client", "helmpy.hapi", "tiller.server", "tiller.reception", "tiller.__main__"},
    "kubernetes": {"helmpy.portforward", "helmpy.kubeapi", "tiller.kube.client_transport"},
    "httptools": {"tiller.kube.connections"},
    "jinja2": {"helmpy.engine.jinja"},
    "requests": {"helmpy.repo.getter", "helmpy.repo.adapter"},
    "click": {"helmpy.cli", "tiller.__main__"},
    "yaml": {"helmpy.gocompat"},
    "re2": {"helmpy.gocompat.regex"},
    "jsonschema": {"helmpy.chart.schema"},
    "wsproto": {"tiller.sandbox"},
    "prometheus_client": {"tiller.metrics"},
    "psycopg": {"tiller.storage.postgres"},
}
READS_ENVIRONMENT = {"helmpy.home", "helmpy.cli", "tiller.__main__", "tiller.sandbox.__main__"}


def _modules() -> dict[str, Path]:
    found = {}
    for top in ("helmpy", "tiller"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()
OURS = {name: path for name, path in MODULES.items() if not name.startswith("helmpy.hapi.")}


def _imports(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
                base = f"{above}.{base}".rstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in MODULES else base


def _room(module: str) -> str | None:
    """The longest name of FLOORS that holds ``module``."""
    while module:
        if module in FLOORS:
            return module
        module = module.rpartition(".")[0]
    return None


@pytest.mark.parametrize("module", sorted(OURS))
def test_arrows_never_climb(module: str) -> None:
    here = _room(module)
    if here is None:
        assert module in {"helmpy", "tiller", "helmpy.__main__"}, f"{module} stands on no floor"
        return
    for name in _imports(module, OURS[module]):
        there = _room(name)
        if there is None or there == here:
            continue
        lower = FLOORS[there] < FLOORS[here]
        assert lower or (here, there) in NEIGHBOURS, f"{module} must not import {name}"
        assert not (module.startswith("helmpy") and name.startswith("tiller")), f"{module} imports the server"


@pytest.mark.parametrize("module", sorted(OURS))
def test_the_sandbox_shares_only_the_transport(module: str) -> None:
    if module.startswith("tiller.sandbox"):
        ours = {n for n in _imports(module, OURS[module]) if n.startswith("tiller.")}
        assert all(n.startswith(("tiller.sandbox", "tiller.kube.transport")) for n in ours), ours
    elif module.startswith("tiller"):
        assert not any(n.startswith("tiller.sandbox") for n in _imports(module, OURS[module]))


@pytest.mark.parametrize("module", sorted(OURS))
def test_foreign_packages_have_their_keepers(module: str) -> None:
    for name in _imports(module, OURS[module]):
        keepers = KEEPERS.get(name.partition(".")[0])
        if keepers is not None:
            assert any(module == k or module.startswith(k + ".") for k in keepers), f"{module} imports {name}"


@pytest.mark.parametrize("module", sorted(OURS))
def test_only_the_shell_reads_the_environment(module: str) -> None:
    if any(module == k or module.startswith(k + ".") for k in READS_ENVIRONMENT):
        return
    for node in ast.walk(ast.parse(OURS[module].read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = f"{node.value.id}.{node.attr}"
            assert pair not in {"os.environ", "os.getenv", "sys.argv", "os.environb"}, f"{module} reads {pair}"


HEAVY = {"grpc", "google.protobuf", "kubernetes", "requests", "jinja2", "cryptography", "jsonschema", "re2"}


def _loaded_by(*arguments: str) -> set[str]:
    """The top-level modules in memory after ``helm ARGUMENTS`` ran in a process of its own."""
    code = (
        "import sys\n"
        f"sys.argv = ['helm', *{arguments!r}]\n"
        "import atexit, os\n"
        "real = os._exit\n"
        "def report(*_):\n"
        "    sys.stdout.flush(); sys.stderr.write('\\n@@' + ' '.join(sys.modules)); sys.stderr.flush()\n"
        "def leave(status):\n"
        "    report(); real(status)\n"
        "os._exit = leave\n"
        "atexit.register(report)\n"
        "from helmpy.cli.start import entry\n"
        "entry()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.partition("\n@@")[0]
    return set(done.stderr.rpartition("@@")[2].split())


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (("version", "--client"), HEAVY | {"yaml"}),
        (("help",), HEAVY | {"yaml"}),
        (("home",), HEAVY | {"yaml"}),
        (("template", "charts/web"), HEAVY),
        (("lint", "charts/web"), HEAVY),
        (("inspect", "charts/web"), HEAVY),
        (("list", "--help"), HEAVY | {"yaml"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_light_commands_stay_light(arguments: tuple[str, ...], forbidden: set[str]) -> None:
    assert _loaded_by(*arguments) & forbidden == set()
