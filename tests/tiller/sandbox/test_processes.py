"""What of a pod reaches tiller's process: flags, environment, mounted files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tiller.sandbox import processes

POD: dict[str, Any] = {"metadata": {"name": "p", "namespace": "n", "uid": "u"}, "spec": {}}

FLAGS = [
    ({}, []),
    ({"command": ["/tiller"]}, []),
    ({"command": ["/tiller", "--storage=secret", "--listen=localhost:44134"]}, ["--storage=secret"]),
    ({"args": ["-listen", ":1", "--trace", "--probe-listen", ":2", "-v", "4"]}, ["--trace", "-v", "4"]),
    ({"command": ["/tiller"], "args": ["--tls-key=/etc/certs/tls.key"]}, ["--tls-key=/here/tls.key"]),
]


@pytest.mark.parametrize(("container", "expected"), FLAGS)
def test_flags(container: dict[str, Any], expected: list[str]) -> None:
    assert processes._flags(container, {"/etc/certs": Path("/here")}) == expected


def test_environment() -> None:
    container = {
        "env": [
            {"name": "TILLER_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            {"name": "TILLER_TLS_CERTS", "value": "/etc/certs"},
            {"name": "TILLER_HISTORY_MAX", "value": "5"},
            {"name": "EMPTY"},
            {"name": "PYTHONPATH", "value": "/evil"},
            {"name": "LD_PRELOAD", "value": "/evil.so"},
            {"name": "KUBECONFIG", "value": "/evil"},
        ]
    }
    assert processes._environment(POD, container, {"/etc/certs": Path("/here")}) == {
        "TILLER_NAMESPACE": "n",
        "TILLER_TLS_CERTS": "/here",
        "TILLER_HISTORY_MAX": "5",
        "EMPTY": "",
    }


def test_mounted_files_stay_in_their_directory(tmp_path: Path) -> None:
    home = processes._write_files(
        tmp_path / "v", {"tls.key": b"k", "sub/x": b"1", "../out": b"no", "/abs": b"no", ".": b"no"}
    )
    found = {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}
    assert found == {"tls.key": b"k", "sub/x": b"1"}
    assert (home / "tls.key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "out").exists()
