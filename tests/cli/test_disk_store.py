"""Files that make no difference but to time, and directories that are not to be trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helmpy.cli.disk_store import DiskStore, chosen
from helmpy.cli.main import run
from helmpy.store import MemoryStore
from tests.cli.conftest import made

if TYPE_CHECKING:
    from helmpy.store import Store

ROOT = Path(__file__).parents[2]
PADDING = "# padding\n" * 20_000
CHART = {
    "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "values.yaml": "a: 1\n",
    "templates/big.yaml": PADDING + "kind: ConfigMap\na: {{ .Values.a }}\n",
    "templates/broken.yaml": "x: {{ if .Values.broken }}{{ fail `broken` }}{{ end }}\n",
}


@pytest.fixture
def cache(home: Path) -> Path:
    return home / ".cache" / "helmpy"


@pytest.fixture
def web(home: Path) -> Path:
    return made(home / "web", CHART)


def rendered(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str, str]:
    status = run(["template", "web", *flags])
    out, err = capsys.readouterr()
    return status, out.replace(PADDING, ""), err


PRINTED = (
    0,
    "---\n# Source: web/templates/big.yaml\nkind: ConfigMap\na: 1\n\n---\n# Source: web/templates/broken.yaml\nx: \n\n",
    "",
)


# What every store does


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else DiskStore(str(tmp_path / "a" / "b"))


def got(store: Store, name: str) -> bytes | None:
    data = store.get(name)
    return None if data is None else bytes(data)


def test_a_store_gives_what_it_was_given(store: Store) -> None:
    assert got(store, "x") is None
    store.put("x", b"1")
    store.put("y", b"2")
    store.put("x", b"3")
    assert (got(store, "x"), got(store, "y"), got(store, "z")) == (b"3", b"2", None)


# Files


@pytest.mark.usefixtures("web")
def test_a_large_chart_is_kept_for_the_next_run(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rendered(capsys) == PRINTED
    (file,) = cache.iterdir()
    assert (cache.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert file.stat().st_size < 10_000  # only who comes again is kept
    assert rendered(capsys) == PRINTED
    before = file.stat()
    assert before.st_size > len(PADDING)
    assert rendered(capsys) == PRINTED
    assert file.stat().st_ino == before.st_ino
    assert rendered(capsys, "--set", "broken=true")[0] == 1
    assert run(["lint", "web"]) == 0
    assert list(cache.iterdir()) == [file]


def test_a_change_of_the_same_size_is_seen(web: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        rendered(capsys)
    (web / "templates" / "broken.yaml").write_text(CHART["templates/broken.yaml"].replace("x:", "y:"))
    assert rendered(capsys)[1] == PRINTED[1].replace("x:", "y:")
    assert len(list(cache.iterdir())) == 1


def test_small_charts_leave_no_trace(home: Path, web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (web / "templates" / "big.yaml").write_text("kind: ConfigMap\na: {{ .Values.a }}\n")
    assert rendered(capsys) == PRINTED
    assert not (home / ".cache").exists()


@pytest.mark.usefixtures("web")
def test_off_means_off(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMPY_CACHE", "off")
    assert chosen(os.environ) is None
    assert rendered(capsys) == PRINTED
    assert not (home / ".cache").exists()


@pytest.mark.usefixtures("web")
def test_the_directory_may_be_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELMPY_CACHE", str(home / "elsewhere"))
    assert rendered(capsys) == PRINTED
    assert len(list((home / "elsewhere").iterdir())) == 1
    assert not (home / ".cache").exists()


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("content", [b"", b"x" * 100, b"helmpy parses 0\n" * 1000], ids=["empty", "foreign", "old"])
def test_foreign_files_are_replaced(cache: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        rendered(capsys)
    (file,) = cache.iterdir()
    sound = file.stat().st_size
    file.write_bytes(content)
    for _ in range(2):
        assert rendered(capsys) == PRINTED
    assert file.stat().st_size == sound
    file.write_bytes(file.read_bytes()[:-1000])
    assert rendered(capsys) == PRINTED
    assert file.stat().st_size == sound


def test_an_engine_that_changed_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "parser.py"
    module.write_text("1")
    monkeypatch.setattr("helmpy.gotemplate.__path__", [str(tmp_path)])
    editions = [DiskStore("/nowhere").edition]
    module.write_text("2")
    os.utime(module, ns=(1, 1))
    editions.append(DiskStore("/nowhere").edition)
    monkeypatch.setattr("helmpy.gotemplate.__path__", ["/archive.pyz/helmpy/gotemplate"])
    editions.append(DiskStore("/nowhere").edition)
    assert len(set(editions)) == 3


# Directories


def _linked(cache: Path) -> None:
    cache.rename(cache.with_name("real"))
    cache.symlink_to(cache.with_name("real"))


def _opened(cache: Path) -> None:
    cache.chmod(0o777)


def _file_opened(cache: Path) -> None:
    next(cache.iterdir()).chmod(0o666)


def _file_linked(cache: Path) -> None:
    file = next(cache.iterdir())
    file.rename(cache.with_name("file"))
    file.symlink_to(cache.with_name("file"))


def _given_away(cache: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a directory away")
    os.chown(cache, 12345, -1)


def _file_given_away(cache: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(next(cache.iterdir()), 12345, -1)


@pytest.mark.parametrize("spoil", [_linked, _opened, _file_opened, _file_linked, _given_away, _file_given_away])
def test_nothing_is_taken_from_where_others_may_write(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    cache = tmp_path / "cache"
    store = DiskStore(str(cache))
    store.put("x", b"1")
    assert got(store, "x") == b"1"
    spoil(cache)
    assert got(store, "x") is None


@pytest.mark.parametrize("spoil", [_linked, _opened, _given_away])
def test_nothing_is_put_where_others_may_write(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    cache = tmp_path / "cache"
    store = DiskStore(str(cache))
    store.put("x", b"1")
    spoil(cache)
    store.put("y", b"1")
    assert {one.name for one in cache.iterdir()} == {"x"}


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A directory in which nobody, root neither, can make anything."""
    directory = tmp_path / "closed"
    directory.mkdir(mode=0o500)
    if not os.geteuid():
        pytest.skip("root writes where it likes")
    yield directory
    directory.chmod(0o700)


def test_a_read_only_home_does_no_harm(read_only: Path) -> None:
    store = DiskStore(str(read_only / "cache"))
    store.put("x", b"1")
    assert store.get("x") is None


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("place", ["/proc/nothing/helmpy", "/dev/null/helmpy", "/dev/null", "a\0b"])
def test_impossible_places_do_no_harm(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "\0" in place:
        assert DiskStore(place).get("x") is None
        DiskStore(place).put("x", b"1")
        return
    monkeypatch.setenv("HELMPY_CACHE", place)
    assert rendered(capsys) == PRINTED
    assert rendered(capsys) == PRINTED


def test_a_directory_where_the_file_should_be(tmp_path: Path) -> None:
    store = DiskStore(str(tmp_path / "cache"))
    store.put("x", b"1")
    (tmp_path / "cache" / "y").mkdir()
    store.put("y", b"2")
    assert store.get("y") is None
    assert {one.name for one in (tmp_path / "cache").iterdir()} == {"x", "y"}


# Room


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    store = DiskStore(str(tmp_path), most=100)
    tmp_path.chmod(0o700)
    for age, name in enumerate("abc"):
        store.put(name, b"x" * 30)
        os.utime(tmp_path / name, (10**9 - age, 10**9 - age))
    assert got(store, "c") is not None  # used today
    store.put("d", b"x" * 40)
    assert {one.name for one in tmp_path.iterdir()} == {"a", "c", "d"}
    store.put("e", b"x" * 51)  # more than its half
    assert store.get("e") is None


def test_small_ones_do_not_fill_the_disk(tmp_path: Path) -> None:
    """Not each of them looks for room, but some do."""
    store = DiskStore(str(tmp_path / "cache"), most=200_000)
    for number in range(3000):
        store.put(f"keys-{number:016x}", b"x" * 40 if number % 100 else b"x" * 10_000)
    sizes = [one.stat().st_size for one in (tmp_path / "cache").iterdir()]
    assert 100_000 < sum(sizes) <= 201_000


# Others


@pytest.mark.usefixtures("web")
def test_two_at_once(home: Path, cache: Path) -> None:
    code = "import sys; from helmpy.cli.start import entry; sys.argv = ['helm', 'template', 'web']; entry()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(3):
        running = [
            subprocess.Popen([sys.executable, "-c", code], cwd=home, env=environment, stdout=subprocess.PIPE, text=True)
            for _ in range(3)
        ]
        outs = {process.communicate()[0].replace(PADDING, "") for process in running}
        assert outs == {PRINTED[1]}
        assert [process.returncode for process in running] == [0, 0, 0]
        assert len(list(cache.iterdir())) == 1
