"""``helm dependency`` with charts from a repository, a neighbour and the chart itself."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from pysequoia import CipherSuite, Tsk

from helmpy.cli.main import run
from tests.cli.test_repositories import _chart, _home, _one, _said, _served

__all__ = ["_home", "_one", "_served"]  # fixtures

LIST = """\
dependencies:
- {name: alpha, version: ">=0.1.0", repository: "@one"}
- {name: beta, version: 0.1.0, repository: "URL/"}
- {name: lib, version: "^0.1", repository: "file://../lib"}
"""


@pytest.fixture(name="app")
def _app(one: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chart with dependencies of three kinds, in the directory one works in."""
    _chart(tmp_path / "src", "app", "1.0.0")
    _chart(tmp_path / "src", "lib", "0.1.5")
    app = tmp_path / "src" / "app"
    (app / "requirements.yaml").write_text(LIST.replace("URL", one[1]))
    monkeypatch.chdir(tmp_path / "src")
    return app


def _held(app: Path) -> list[str]:
    charts = app / "charts"
    return sorted(path.name for path in charts.iterdir()) if charts.exists() else []


ALL = ["alpha-0.2.0.tgz", "beta-0.1.0.tgz", "lib-0.1.5.tgz"]


def test_update_fetches_and_locks(app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    status, out, err = _said(capsys, "dep up app")
    assert (status, err) == (0, "")
    assert out.endswith(
        "Update Complete.\nSaving 3 charts\n"
        f"Downloading alpha from repo {one[1]}\nDownloading beta from repo {one[1]}/\nDeleting outdated charts\n"
    )
    assert _held(app) == ALL
    lock = (app / "requirements.lock").read_text()
    assert f"- name: alpha\n  repository: {one[1]}\n  version: 0.2.0\n" in lock
    assert "- name: lib\n  repository: file://../lib\n  version: 0.1.5\n" in lock
    assert "\ndigest: sha256:" in lock
    _, out, _ = _said(capsys, "dependency ls app")
    assert [line.split("\t")[-1].strip() for line in out.splitlines()] == ["STATUS", "ok", "ok", "ok", ""]
    assert _said(capsys, "dep up app --skip-refresh")[0] == 0
    assert (app / "requirements.lock").read_text() == lock  # nothing new, so not written again


def test_neighbours_are_told_to_whoever_debugs(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    lines = _said(capsys, "dep up app --debug")[1].splitlines()
    assert lines[0] == "Repository from local path: file://../lib"
    assert "Archiving lib from repo file://../lib" in lines
    assert "Archiving" not in _said(capsys, "dep build app --debug")[1]
    assert "Archiving lib from repo file://../lib" in _said(capsys, f"package {app} -u --debug")[1].splitlines()


def test_signatures_stay_beside_what_they_are_of(
    app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    key = Tsk.generate(user_id="Ann <ann@example.org>", cipher_suite=CipherSuite.RSA2k)
    (app.parent / "ring").write_bytes(bytes(key))
    words = ("--version", "0.2.0", "--sign", "--key", "ann@", "--keyring", "ring", "-d", str(one[0]))
    assert run(["package", "alpha", *words]) == 0
    (app / "requirements.yaml").write_text(LIST.partition("- {name: beta")[0])
    assert _said(capsys, f"repo index {one[0]}")[0] == 0
    for line in ("dep up app", "dep build app"):
        shutil.rmtree(app / "charts", ignore_errors=True)
        assert _said(capsys, f"{line} --verify --keyring ring")[2] == ""
        assert _held(app) == ["alpha-0.2.0.tgz", "alpha-0.2.0.tgz.prov"]
        assert _said(capsys, "verify app/charts/alpha-0.2.0.tgz --keyring ring") == (0, "", "")


def test_build_fetches_what_is_locked(app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, "dep up app")[0] == 0
    for archive in (app / "charts").iterdir():
        archive.unlink()
    _chart(app.parent, "alpha", "0.9.0")
    assert _said(capsys, f"repo index {one[0]}")[0] == 0
    assert _said(capsys, "dep build app")[0] == 0
    assert _held(app) == ALL
    (app / "requirements.yaml").write_text(LIST.replace("0.1.0", "0.2.0"))
    assert _said(capsys, "dep build app") == (
        1,
        "",
        "Error: requirements.lock is out of sync with requirements.yaml\n",
    )


def test_a_newer_archive_takes_the_place_of_the_older(
    app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(capsys, "dep up app")[0] == 0
    _chart(app.parent, "alpha-extras", "1.0.0")
    (one[0] / "alpha-extras-1.0.0.tgz").rename(app / "charts" / "alpha-extras-1.0.0.tgz")
    _chart(app.parent, "alpha", "0.9.0")
    assert _said(capsys, f"repo index {one[0]}")[0] == 0
    assert _said(capsys, "dep up app")[0] == 0
    assert _held(app) == ["alpha-0.9.0.tgz", "alpha-extras-1.0.0.tgz", "beta-0.1.0.tgz", "lib-0.1.5.tgz"]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ("{name: none, version: 1.0.0, repository: URL}", "none chart not found in repo URL"),
        (
            '{name: alpha, version: "^9", repository: URL}',
            "Can't get a valid version for repositories alpha. Try changing the version constraint in requirements.yaml",
        ),
        (
            '{name: alpha, version: 1.0.0, repository: "@two"}',
            "no repository definition for @two. Please add them via 'helm repo add'",
        ),
        ('{name: a, version: 1.0.0, repository: "file://../none"}', "directory DIR/none not found"),
        ("{name: a, version: 1.0.0}", "directory DIR/app/charts/a not found"),
        (
            "{name: a, version: 1.0.0, repository: http://127.0.0.1:1}",
            "could not find : chart a not found in http://127.0.0.1:1",
        ),
        ('{name: alpha, version: "?", repository: URL}', 'dependency "alpha" has an invalid version/constraint format'),
    ],
)
def test_what_fails_leaves_charts_alone(
    app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str], entry: str, error: str
) -> None:
    (app / "charts").mkdir()
    _chart(app.parent, "kept", "0.1.0")
    (one[0] / "kept-0.1.0.tgz").rename(app / "charts" / "kept-0.1.0.tgz")
    (app / "requirements.yaml").write_text(f"dependencies:\n- {entry}\n".replace("URL", one[1]))
    status, _, err = _said(capsys, "dep up app")
    assert status == 1
    assert err.startswith("Error: " + error.replace("URL", one[1]).replace("DIR", str(app.parent)))
    assert _held(app) == ["kept-0.1.0.tgz"]
    assert not (app / "requirements.lock").exists()
    (app / "charts/kept-0.1.0.tgz").unlink()
    (app / "charts").rmdir()
    assert _said(capsys, "dep up app")[0] == 1
    assert not (app / "charts").exists()


def test_what_a_killed_update_leaves_is_no_part_of_the_chart(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(capsys, "dep up app")[0] == 0
    left = app / "charts/.0123456789ab.part"
    left.mkdir()
    (left / "alpha-0.1.0.tgz").write_bytes(b"half")
    _, out, err = _said(capsys, "dep list app")
    assert ([line.split("\t")[-1].strip() for line in out.splitlines()[1:4]], err) == (["ok"] * 3, "")
    assert _said(capsys, "template app")[0] == 0
    assert _said(capsys, f"package app --save=false -d {app.parent}")[0] == 0
    assert b"part" not in gzip.decompress((app.parent / "app-1.0.0.tgz").read_bytes())


def test_a_repository_that_nobody_added(app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    (app / "requirements.yaml").write_text(
        f"dependencies:\n- {{name: alpha, version: '>=0.1', repository: {one[1]}}}\n"
    )
    assert _said(capsys, "repo remove one")[0] == 0
    out = f"Saving 1 charts\nDownloading alpha from repo {one[1]}\nDeleting outdated charts\n"
    assert _said(capsys, "dep up app") == (0, out, "")
    assert _held(app) == ["alpha-0.2.0.tgz"]
    assert "\n  version: '>=0.1'\n" in (app / "requirements.lock").read_text()
    error = f"no repository definition for {one[1]}. Please add the missing repos via 'helm repo add'"
    assert _said(capsys, "dep build app") == (1, "", f"Error: {error}\n")


@pytest.mark.parametrize(
    ("locked", "error"),
    [
        ("{name: alpha, version: 0.7.0, repository: URL}", "could not find : no matching version"),
        ("{name: gone, version: 0.1.0, repository: URL}", "could not find : entry not found"),
        ("{name: alpha, version: v0.2, repository: URL}", ""),
    ],
)
def test_what_a_lock_asks_for(
    app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str], locked: str, error: str
) -> None:
    assert _said(capsys, "dep up app")[0] == 0
    lock = (app / "requirements.lock").read_text()
    digest = next(line for line in lock.splitlines() if line.startswith("digest"))
    (app / "requirements.lock").write_text(f"dependencies:\n- {locked}\n{digest}\n".replace("URL", one[1]))
    status, _, err = _said(capsys, "dep build app")
    assert (status, err) == ((1, f"Error: {error}\n") if error else (0, ""))


def test_an_empty_lock_is_none(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "requirements.lock").touch()
    assert _said(capsys, "dep build app")[0] == 0
    assert _held(app) == ALL


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("dep up none", "could not find {dir}/none: stat {dir}/none: no such file or directory"),
        ("dep build none", "could not find none: stat none: no such file or directory"),
        ("dep list none", "stat {dir}/none: no such file or directory"),
    ],
)
def test_no_chart(app: Path, capsys: pytest.CaptureFixture[str], line: str, error: str) -> None:
    capsys.readouterr()
    assert _said(capsys, line) == (1, "", f"Error: {error.format(dir=app.parent)}\n")


def test_list_tells_states_apart(app: Path, one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    charts = app / "charts"
    (charts / "stray").mkdir(parents=True)
    for name, version in (("alpha", "0.1.0"), ("alpha", "0.2.0"), ("beta", "0.1.0")):
        (charts / f"{name}-{version}.tgz").write_bytes((one[0] / f"{name}-{version}.tgz").read_bytes())
    (app / "requirements.yaml").write_text(LIST.replace("URL", one[1]).replace("0.1.0, rep", '"^3", rep'))
    (charts / "stray" / "Chart.yaml").write_text("name: stray\nversion: 1.0.0\n")
    capsys.readouterr()
    _, out, _ = _said(capsys, "dep list app")
    states = [line.split("\t")[-1].strip() for line in out.splitlines()[1:4]]
    assert states == ["too many matches", "wrong version", "missing"]
    warning = f'WARNING: "{charts}/stray" is not in requirements.yaml.\n'
    assert out.endswith(f"\n{warning}")
    status, out, err = _said(capsys, "dep list app -o json")
    assert (status, err) == (0, warning)
    assert [one["status"] for one in json.loads(out)] == states
    assert json.loads(out)[2] == {
        "name": "lib", "version": "^0.1", "repository": "file://../lib", "status": "missing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "last", "error"),
    [
        ("^0.1", "Deleting outdated charts", ""),
        ("9", "restoring pre-update state", "at version 0.1.5 does not satisfy the constraint 9"),
        ("", "in the charts directory", "has an invalid version/constraint format: improper constraint: "),
        ("x.y", "in the charts directory", "has an invalid version/constraint format: improper constraint: x.y"),
    ],
)
def test_a_chart_that_is_there_must_be_of_the_version_that_is_wanted(
    app: Path, capsys: pytest.CaptureFixture[str], wanted: str, last: str, error: str
) -> None:
    shutil.copytree(app.parent / "lib", app / "charts" / "lib")
    (app / "requirements.yaml").write_text(f'dependencies: [{{name: lib, version: "{wanted}"}}]\n')
    status, out, err = _said(capsys, "dep up app --skip-refresh")
    assert (status, err) == ((1, f"Error: Dependency lib {error}\n") if error else (0, ""))
    assert out.endswith(f"{last}\n")
    assert _held(app) == ["lib"]


def test_a_chart_without_dependencies_has_an_empty_list(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "requirements.yaml").unlink()
    capsys.readouterr()
    status, out, err = _said(capsys, "dep list app -o yaml")
    assert (status, out, err) == (0, "[]\n\n", f"WARNING: no requirements at {app}/charts\n")


def test_a_v2_chart_has_its_own_lock(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "requirements.yaml").unlink()
    (app / "Chart.yaml").write_text(
        "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n"
        '- {name: lib, version: "^0.1", repository: "file://../lib"}\n'
    )
    assert _said(capsys, "dep up app")[0] == 0
    assert _held(app) == ["lib-0.1.5.tgz"]
    assert "  version: 0.1.5\n" in (app / "Chart.lock").read_text()
    assert _said(capsys, "dep build app")[0] == 0


def test_package_fills_charts_first(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = _said(capsys, "package app --save=false")
    assert (status, "found in requirements.yaml, but missing in charts/ directory: alpha, beta, lib" in err) == (
        1,
        True,
    )
    assert _said(capsys, "package app --save=false -u")[0] == 0
    assert _held(app) == ALL
