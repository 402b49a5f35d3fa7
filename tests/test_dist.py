"""What `make dist` builds works where nothing but Python is: the wheel in an environment of its own, the one file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv" / "bin"


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (TOOLS / "pex").exists():
        pytest.skip("needs .venv with the tools of make test")
    directory = tmp_path_factory.mktemp("dist") / "out"
    environ = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    done = subprocess.run(
        ["make", "dist", f"DIST={directory}"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


def _tried(helm: Path, place: Path) -> None:
    """Make and render a chart in an empty directory, with a PATH that holds Python and nothing else."""
    only_python = place / "bin"
    work = place / "work"
    for directory in (only_python, work):
        directory.mkdir()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name in (version, "python3"):
        (only_python / name).symlink_to(sys.executable if sys.prefix == sys.base_prefix else _base_python())
    environ = {"PATH": str(only_python), "HOME": str(work)}

    def run(*words: str) -> str:
        done = subprocess.run([str(helm), *words], cwd=work, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("version", "--client", "--template", "{{.Client.SemVer}}") == "v2.17.0"
    assert run("create", "web") == "Creating web\n"
    assert "kind: Deployment\n" in run("template", "web")
    assert run("package", "web").endswith("web-0.1.0.tgz\n")
    assert "tiller" in run("init", "--output", "yaml")


def _base_python() -> str:
    return str(Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}"))


def test_the_one_file(built: Path, tmp_path: Path) -> None:
    _tried(built / "helm", tmp_path)


def test_the_wheel(built: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([_base_python(), "-m", "venv", "--without-pip", str(environment)], check=True)
    (wheel,) = built.glob("helmpy-*.whl")
    pip = [str(TOOLS / "python"), "-m", "pip", "--quiet", "--python", str(environment / "bin" / "python")]
    # Compiling all of what is installed would take half of the time; a start compiles what it loads.
    subprocess.run([*pip, "install", "--no-compile", str(wheel)], check=True)
    _tried(environment / "bin" / "helm", tmp_path)
    tiller = subprocess.run(
        [str(environment / "bin" / "tiller"), "-version"], capture_output=True, text=True, check=True
    )
    assert "v2.17.0" in tiller.stdout
