"""The whole way as a user goes it: a sandbox of its own, Tiller in it, a release through the tunnel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import write_chart

ROOT = Path(__file__).parents[2]
CODE = "from helmpy.cli.start import entry; entry()"
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    """``helm`` as a process, for a user whose home is empty; the sandbox is gone at the end."""
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "TZ": "UTC", "PATH": os.environ["PATH"]}

    def helm(line: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", CODE, *line.split()],
            env=environ | extra,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    yield helm
    helm("sandbox reset")


def _plugin(home: Path) -> None:
    """A plugin that talks to Tiller, through the tunnel that helm makes for it."""
    place = home / ".helm/plugins/ask"
    place.mkdir(parents=True)
    (place / "plugin.yaml").write_text("name: ask\nuseTunnel: true\ncommand: $HELM_PLUGIN_DIR/ask\n")
    listing = f"{sys.executable} -c '{CODE}' --host $TILLER_HOST --kubeconfig /none list -q"
    (place / "ask").write_text(f'#!/bin/sh\necho "tiller at ${{TILLER_HOST%:*}} lists: $({listing})"\n')
    (place / "ask").chmod(0o755)


def test_life_of_a_sandbox(call: Call, tmp_path: Path) -> None:
    assert call("sandbox status").stdout == "The sandbox does not run.\n"
    assert call("sandbox status -o json").stdout == '{"running":false}\n'
    assert call("sandbox stop").stdout == "The sandbox does not run.\n"
    assert call("sandbox kubeconfig").stderr == "Error: there is no sandbox yet: helm sandbox start\n"
    kubeconfig = tmp_path / ".helm/sandbox/kubeconfig"

    started = call("sandbox start")
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith("The sandbox runs at http")
    found = json.loads(call("sandbox status -o json").stdout)
    assert found["running"]
    assert found["kubeconfig"] == str(kubeconfig)
    assert found["server"] in started.stdout
    assert f"export KUBECONFIG={kubeconfig}\n" in started.stdout
    assert call("sandbox start --export").stdout == f"export KUBECONFIG={kubeconfig}\n"
    assert call("sandbox kubeconfig").stdout == f"{kubeconfig}\n"
    assert "\nProcess:    " in call("sandbox status").stdout

    # it is never used unless asked for
    assert call("list").stderr.startswith("Error: no Kubernetes cluster is configured; ")
    asked = {"KUBECONFIG": str(kubeconfig)}
    assert call("list", **asked).stderr == "Error: could not find tiller\n"

    init = call("init --skip-refresh --wait", **asked)
    assert (init.returncode, init.stderr) == (0, "")
    assert "\nTiller (the Helm server-side component) has been installed into your Kubernetes Cluster.\n" in init.stdout
    assert "Server: &version.Version{" in call("version", **asked).stdout
    write_chart(tmp_path / "web")
    assert call("install web -n blog --wait", **asked).stdout.startswith("NAME:   blog\n")
    assert call("list -q", **asked).stdout == "blog\n"
    _plugin(tmp_path)
    assert call("ask", **asked).stdout == "tiller at 127.0.0.1 lists: blog\n"
    assert (
        call("init --skip-refresh", **asked).stdout.split("\n")[1]
        == "Warning: Tiller is already installed in the cluster."
    )
    assert call("reset", **asked).stderr == (
        "Error: there are still 1 deployed releases (Tip: use --force to remove Tiller. Releases will not be deleted.)\n"
    )

    # what is in it outlives the process
    assert call("sandbox stop").stdout == "The sandbox has ended.\n"
    refused = call("list", **asked).stderr
    assert refused.startswith("Error: cannot reach the Kubernetes API at http")
    assert refused.count("\n") == 1
    assert call("sandbox start").returncode == 0
    assert call("init --skip-refresh --wait --upgrade", **asked).returncode == 0
    assert call("list -q", **asked).stdout == "blog\n"

    assert call("reset --force", **asked).returncode == 0
    assert call("list", **asked).stderr == "Error: could not find tiller\n"
    assert call("sandbox reset").stdout == "The sandbox is gone.\n"
    assert not kubeconfig.parent.exists()


def test_a_sandbox_that_was_killed_starts_again(call: Call, tmp_path: Path) -> None:
    call("sandbox start")
    process = call("sandbox status").stdout.partition("Process:")[2].split(",")[0]
    os.kill(int(process), signal.SIGKILL)
    again = call("sandbox start")
    assert again.returncode == 0
    assert "The sandbox runs at " in call("sandbox status").stdout
    assert (tmp_path / ".helm/sandbox/sandbox.log").exists()


def test_a_sandbox_that_cannot_start_says_why(call: Call, tmp_path: Path) -> None:
    directory = tmp_path / ".helm/sandbox"
    directory.mkdir(parents=True)
    (directory / "settings.json").mkdir()
    failed = call("sandbox start")
    assert failed.returncode == 1
    assert failed.stderr.startswith("Error: the sandbox did not start: ")
    assert failed.stderr.count("\n") == 1
