"""``helm serve`` as a process of its own, used by ``helm repo add``."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from helmpy.gocompat.lookup import no_such_host
from tests.cli.test_repositories import _chart, _home, _said

__all__ = ["_home"]  # fixture


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", ""])
def test_what_is_served_can_be_added_and_fetched(
    host: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "served").mkdir()
    _chart(tmp_path / "src", "web", "1.0.0")
    if host == "[::1]" and not _has_ipv6():
        pytest.skip("no IPv6 on this machine")
    address = f"{host}:{_free_port()}"
    code = "from helmpy.cli.start import entry; entry()"
    words = [sys.executable, "-c", code, "serve", "--repo-path", str(tmp_path / "served"), "--address", address]
    capsys.readouterr()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert served.stdout.readline() == "Regenerating index. This may take a moment.\n"
        assert served.stdout.readline() == f"Now serving you on {address}\n"
        try:
            assert (
                _said(capsys, f"repo add mine http://{host or '127.0.0.1'}:{address.rpartition(':')[2]}/charts")[0] == 0
            )
            assert _said(capsys, "repo update --strict")[0] == 0
            monkeypatch.chdir(home)
            assert _said(capsys, "fetch mine/web") == (0, "", "")
        finally:
            served.terminate()
    assert (home / "web-1.0.0.tgz").is_file()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("--repo-path {dir}/none", "stat {dir}/none: no such file or directory"),
        ("--address 127.0.0.1:bad", "listen tcp: lookup tcp/bad: unknown port"),
        ("--address 8879", "listen tcp: address 8879: missing port in address"),
        ("--address [::1]", "listen tcp: address [::1]: missing port in address"),
        ("--address 127.0.0.1:99999", "listen tcp: address 99999: invalid port"),
        ("--address nohost.invalid:80", f"listen tcp: {no_such_host('nohost.invalid')}"),
    ],
)
def test_what_cannot_be_served(home: Path, capsys: pytest.CaptureFixture[str], words: str, error: str) -> None:
    assert _said(capsys, f"serve --repo-path {home} " + words.format(dir=home)) == (
        1,
        "",
        f"Error: {error.format(dir=home)}\n",
    )


def test_a_taken_port(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, err = _said(capsys, f"serve --repo-path {home} --address 127.0.0.1:{port}")
    assert (status, err) == (1, f"Error: listen tcp 127.0.0.1:{port}: bind: address already in use\n")
