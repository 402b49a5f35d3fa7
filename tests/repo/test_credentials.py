from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helmpy.repo import credentials
from helmpy.repo.credentials import Credential, CredentialsError, find, forget, knows, save

ANN = {"auth": "YW5uOnNlY3JldA=="}  # ann:secret


def _ask(name: str, host: str) -> Credential | None:
    return None if name == "empty" else Credential(name, host)


def _file(path: Path, value: Any) -> str:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


@pytest.mark.parametrize(
    ("config", "host", "found"),
    [
        ({}, "h", None),
        ({"auths": {"h": ANN}}, "h", Credential("ann", "secret")),
        ({"auths": {"h": ANN}}, "h:5000", None),
        ({"auths": {"h:5000": ANN}}, "h", None),
        ({"auths": {"https://h/v1/": ANN}}, "h", Credential("ann", "secret")),
        ({"auths": {"H": ANN}}, "h", Credential("ann", "secret")),
        ({"auths": {"h.evil": ANN, "evil.h": ANN}}, "h", None),
        ({"auths": {"https://index.docker.io/v1/": ANN}}, "docker.io", Credential("ann", "secret")),
        ({"auths": {"https://index.docker.io/v1/": ANN}}, "registry-1.docker.io", Credential("ann", "secret")),
        ({"auths": {"h": {"username": "u", "password": "p"}}}, "h", Credential("u", "p")),
        ({"auths": {"h": {**ANN, "identitytoken": "t"}}}, "h", Credential("ann", "secret", "t")),
        ({"auths": {"h": {}}, "credsStore": "s"}, "h", Credential("s", "h")),
        ({"auths": {"https://h": {}}, "credsStore": "s"}, "h", Credential("s", "https://h")),
        ({"credsStore": "s"}, "docker.io", Credential("s", "https://index.docker.io/v1/")),
        ({"auths": {"h": ANN}, "credHelpers": {"h": "s"}}, "h", Credential("s", "h")),
        ({"auths": {"h": ANN}, "credHelpers": {"g": "s"}}, "h", Credential("ann", "secret")),
        ({"auths": 1, "credHelpers": [], "credsStore": 3}, "h", None),
        ({"auths": {"h": 1}}, "h", None),
    ],
)
def test_what_is_known_of_a_host(tmp_path: Path, config: Any, host: str, found: Credential | None) -> None:
    assert find([_file(tmp_path / "config.json", config)], host, _ask) == found


def test_the_first_file_that_knows_counts(tmp_path: Path) -> None:
    first = _file(tmp_path / "one", {"auths": {"h": ANN}, "credsStore": "empty"})
    second = _file(tmp_path / "two", {"credsStore": "s"})
    files = [str(tmp_path / "none"), first, second]
    assert find(files, "h", _ask) == Credential("ann", "secret")
    assert find(files, "g", _ask) == Credential("s", "g")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "config.json: unexpected end of JSON input"),
        ("[]", "config.json is no map"),
        ('{"auths": {"h": {"auth": "!"}}}', "config.json: auth of h is not base64 of USER:PASSWORD"),
        ('{"auths": {"h": {"auth": "//8="}}}', "auth of h is not base64"),
        (" " * (2**20 + 1), "larger than the limit of 1048576 bytes"),
    ],
    ids=["cut", "list", "base64", "utf-8", "huge"],
)
def test_broken_files_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CredentialsError, match=words):
        find([_file(tmp_path / "config.json", text)], "h", _ask)


def test_logins_are_kept_beside_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.json"
    save(str(path), "h", Credential("ann", "secret"))
    assert json.loads(path.read_text()) == {"auths": {"h": ANN}}
    path.write_text(json.dumps({"auths": {"https://h": {}, "g": ANN}, "credsStore": "s", "HttpHeaders": {"a": "b"}}))
    path.chmod(0o644)
    save(str(path), "h", Credential(identity_token="t"))
    assert json.loads(path.read_text()) == {
        "auths": {"g": ANN, "h": {"auth": "Og==", "identitytoken": "t"}},
        "credsStore": "s",
        "HttpHeaders": {"a": "b"},
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert find([str(path)], "h", _ask) == Credential("", "", "t")
    assert (knows(str(path), "h"), forget(str(path), "h"), knows(str(path), "h")) == (True, True, False)
    assert forget(str(path), "h") is False
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.json", "config.json.lock"]


def test_the_docker_hub_has_dockers_name(tmp_path: Path) -> None:
    path = str(tmp_path / "config.json")
    save(path, "docker.io", Credential("ann", "secret"))
    assert credentials.load(path) == {"auths": {"https://index.docker.io/v1/": ANN}}


def test_logins_at_once_are_all_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "config.json")
    code = (
        "import sys\nfrom helmpy.repo.credentials import Credential, save\n"
        "for n in range(10): save(sys.argv[1], f'{sys.argv[2]}-{n}', Credential('a', 'b'))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, path, f"h{number}"]) for number in range(3)]
    assert [one.wait() for one in running] == [0, 0, 0]
    assert len(credentials.load(path)["auths"]) == 30


def test_nothing_can_be_kept_where_nobody_may_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CredentialsError, match=r"mkdir .*: not a directory"):
        save(str(tmp_path / "file" / "x" / "config.json"), "h", Credential("a", "b"))


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(Credential("ann", "secret", "secret"))


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ('read host; echo "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"$host\\"}"', Credential("get", "h")),
        ("""echo '{"Username":"<token>","Secret":"t"}'""", Credential(identity_token="t")),
        ("echo credentials not found in native keychain; exit 1", None),
        ("echo '{}'", None),
    ],
)
def test_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, found: Credential | None) -> None:
    _helper(tmp_path, monkeypatch, script)
    assert credentials.ask_helper("x", "h") == found
    assert credentials.ask_helper("missing", "h") is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo the vault is closed; exit 1", "docker-credential-x: the vault is closed"),
        ("exit 3", "docker-credential-x: exit status 3"),
        ("echo hello", "docker-credential-x: invalid character 'h'"),
        ("exec sleep 30", "docker-credential-x: no answer in 0.5 seconds"),
    ],
)
def test_helpers_that_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str) -> None:
    _helper(tmp_path, monkeypatch, script)
    monkeypatch.setattr(credentials, "HELPER_PATIENCE", 0.5)
    with pytest.raises(CredentialsError, match=words):
        credentials.ask_helper("x", "h")


def test_a_helper_is_no_path() -> None:
    with pytest.raises(CredentialsError, match="no name of a program"):
        credentials.ask_helper("x/../../../bin/sh", "h")


def _helper(directory: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = directory / "docker-credential-x"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
