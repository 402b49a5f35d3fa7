from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helmpy.repo import files, repositories
from helmpy.repo.repositories import BrokenRepositories, NoRepositories, NoSuchRepository, Repositories, Repository

WHEN = "2024-05-06T07:08:09Z"


def test_the_file_is_that_of_helm(tmp_path: Path) -> None:
    path = tmp_path / "repositories.yaml"
    path.write_text("apiVersion: v1\ngenerated: null\nrepositories: []\n")
    repositories.change(path, lambda all_: all_.with_entry(Repository("one", "http://h", "/c/one")), generated=WHEN)
    assert path.read_text() == (
        'apiVersion: v1\ngenerated: "2024-05-06T07:08:09Z"\nrepositories:\n- caFile: ""\n  cache: /c/one\n'
        '  certFile: ""\n  keyFile: ""\n  name: one\n  password: ""\n  url: http://h\n  username: ""\n'
    )
    assert repositories.load(path).get("one").url == "http://h"


def test_entries_keep_their_place() -> None:
    listed = Repositories((Repository("a", "1"), Repository("b", "2")))
    assert listed.with_entry(Repository("a", "3")).entries == (Repository("a", "3"), Repository("b", "2"))
    assert repositories.names(listed.without("a").entries) == ("b",)
    with pytest.raises(NoSuchRepository, match="repo c not found"):
        listed.get("c")


def test_the_oldest_format_is_read() -> None:
    assert repositories.parse("stable: http://h\n", "f").entries == (
        Repository("stable", "http://h", "stable-index.yaml"),
    )


def test_no_file_asks_for_init(tmp_path: Path) -> None:
    with pytest.raises(NoRepositories, match=r"^Couldn't load repositories file \(.*/none.yaml\)\.\nYou might need"):
        repositories.load(tmp_path / "none.yaml")


UNMARSHAL = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", f"{UNMARSHAL} array into Go value of type repo.RepoFile"),
        ("{", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
        ("apiVersion: v1\nrepositories: 1", f"{UNMARSHAL} number into Go struct field RepoFile.repositories of type []*repo.Entry"),
        ("apiVersion: v1\nrepositories: [{name: {}}]", f"{UNMARSHAL} object into Go struct field Entry.repositories.name of type string"),
        ("web: [5]", f"{UNMARSHAL} array into Go value of type string"),
    ],
)  # fmt: skip  # the words for everything else: tests/broken/repositories.txt
def test_a_broken_file_is_told_as_helm_tells_it(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "repositories.yaml"
    path.write_text(text)
    with pytest.raises(BrokenRepositories) as caught:
        repositories.load(path)
    assert (caught.value.message, caught.value.hint) == (words, f"in {path}")


def test_keys_in_any_case_scalars_and_empty_entries() -> None:
    text = "apiVersion: 1\nRepositories: [null, {Name: 5, URL: http://h, Username: true, foo: bar}, {name: 1.50}]\n"
    assert repositories.parse(text, "f").entries == (
        Repository("5", "http://h", username="true"),
        Repository("1.5", ""),
    )


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "repositories.yaml"
    path.write_text("apiVersion: v1\nrepositories: []\n")

    def add(number: int) -> None:
        entry = Repository(f"r{number}", "u")
        repositories.change(path, lambda listed: listed.with_entry(entry), generated=WHEN)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(repositories.load(path).entries) == 40


def test_a_lock_is_waited_for_not_forever(tmp_path: Path) -> None:
    path = str(tmp_path / "l.lock")
    with (
        files.Lock(path, 1),
        pytest.raises(files.Locked, match="was locked by another helm for more than 0"),
        files.Lock(path, 0.1),
    ):
        pass


def test_a_link_stays_one_and_a_mode_too(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"")
    (tmp_path / "real").chmod(0o664)
    (tmp_path / "link").symlink_to("real")
    files.write(tmp_path / "link", b"one")
    assert (tmp_path / "link").readlink() == Path("real")
    assert (tmp_path / "real").read_bytes() == b"one"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o664
    files.write(tmp_path / "link", b"two", mode=0o600)
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600
    (tmp_path / "dead").symlink_to("none")
    files.write(tmp_path / "dead", b"three")
    assert (tmp_path / "none").read_bytes() == b"three"


def test_a_file_that_is_mounted_by_itself_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_names: object) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    (tmp_path / "file").write_bytes(b"one")
    monkeypatch.setattr(os, "replace", busy)
    files.write(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def _refused(*_words: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_where_nothing_new_may_be_made_a_file_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"longer")
    monkeypatch.setattr(os, "open", _refused)
    files.write(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"two"
    with pytest.raises(files.FileTrouble, match=r"open .*/none: permission denied"):
        files.write(tmp_path / "none", b"two")
    assert not (tmp_path / "none").exists()


def test_what_is_written_over_is_private_where_it_shall_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"longer")
    (tmp_path / "file").chmod(0o664)
    monkeypatch.setattr(os, "open", _refused)
    files.write(tmp_path / "file", b"two", mode=0o600)
    assert (tmp_path / "file").read_bytes() == b"two"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_file_that_may_not_be_written_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"one")
    monkeypatch.setattr(os, "access", lambda *_words: False)
    with pytest.raises(files.FileTrouble, match=r"open .*/file: permission denied"):
        files.write(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"one"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a"
    files.write(target, b"one")
    files.write(target, b"two")
    assert target.read_bytes() == b"two"
    (tmp_path / "dir").mkdir()
    with pytest.raises(files.FileTrouble):
        files.write(tmp_path / "dir", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "dir"]
