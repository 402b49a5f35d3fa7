"""Saving charts as archives and as directories."""

from __future__ import annotations

import errno
import gzip
import io
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from helmpy.chart import loader, package
from helmpy.chart.model import Chart, ChartError, Config, File, Maintainer, Metadata

SUB = Chart(Metadata(name="sub", version="0.2.0"), templates=(File("templates/s.yaml", b"s"),))
CHART = Chart(
    Metadata(
        name="web",
        version="1.2.3",
        api_version="v1",
        app_version="1.10",
        maintainers=(Maintainer("Jo", "jo@example.org"),),
    ),
    templates=(File("templates/a.yaml", b"a: {{ .Values.a }}\n"), File("templates/empty.yaml", b"")),
    dependencies=(SUB,),
    values=Config("a: 1  # one\n"),
    files=(File(".helmignore", b"*.tmp\n"), File("docs/" + "long-" * 30 + "é.md", b"\xff\x00")),
)


def members(data: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.getmembers()


def test_order_and_headers_of_an_archive() -> None:
    data = package.to_archive(CHART)
    found = members(data)
    assert [member.name for member in found] == [
        "web/Chart.yaml",
        "web/values.yaml",
        "web/templates/a.yaml",
        "web/templates/empty.yaml",
        "web/.helmignore",
        "web/docs/" + "long-" * 30 + "é.md",
        "web/charts/sub/Chart.yaml",
        "web/charts/sub/templates/s.yaml",
    ]
    assert {(member.mode, member.uid, member.gid, member.mtime, member.isreg()) for member in found} == {
        (0o755, 0, 0, 0, True)
    }
    assert data[:4] == b"\x1f\x8b\x08\x14"
    assert data[12:53] == b"+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="
    assert data[53:58] == b"Helm\0"


def test_chart_yaml_is_written_from_the_record() -> None:
    text = gzip.decompress(package.to_archive(CHART))
    assert (
        b'apiVersion: v1\nappVersion: "1.10"\nmaintainers:\n- email: jo@example.org\n  name: Jo\nname: web\nversion: 1.2.3\n'
        in text
    )


def test_equal_charts_give_equal_bytes(tmp_path: Path) -> None:
    first = package.save(CHART, tmp_path)
    before = first.read_bytes()
    assert package.save(replace(CHART), tmp_path) == first
    assert first.name == "web-1.2.3.tgz"
    assert first.read_bytes() == before
    assert list(tmp_path.iterdir()) == [first]


def test_where_nothing_new_may_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_words: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    target = tmp_path / "web-1.2.3.tgz"
    with pytest.raises(ChartError, match=f"open {target}: permission denied"):
        package.save(CHART, tmp_path)
    target.write_text("old")
    package.save(CHART, tmp_path)
    assert target.read_bytes() == package.to_archive(CHART)
    monkeypatch.setattr(os, "access", lambda *_words: False)
    with pytest.raises(ChartError, match=f"open {target}: permission denied"):
        package.save(CHART, tmp_path)


def test_where_nobody_may_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_words: object, **_more: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)  # as before Python 3.14
    monkeypatch.setattr(os.path, "exists", lambda _path: False)
    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(ChartError, match=f"open {tmp_path / 'web-1.2.3.tgz'}: permission denied"):
        package.save(CHART, tmp_path)


def test_a_link_gives_way_to_a_file_of_its_own_mode(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    elsewhere.chmod(0o666)
    target = tmp_path / "web-1.2.3.tgz"
    target.symlink_to(elsewhere)
    mask = os.umask(0o027)
    try:
        package.save(CHART, tmp_path)
    finally:
        os.umask(mask)
    assert not target.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert elsewhere.read_text() == "theirs"


def test_a_directory_in_the_place_of_an_archive(tmp_path: Path) -> None:
    target = tmp_path / "web-1.2.3.tgz"
    target.mkdir()
    with pytest.raises(ChartError, match=f"open {target}: is a directory"):
        package.save(CHART, tmp_path)
    assert list(tmp_path.iterdir()) == [target]


def test_an_archive_loads_as_the_chart_it_was(tmp_path: Path) -> None:
    loaded = loader.load(package.save(CHART, tmp_path))
    assert replace(loaded, dependencies=()) == replace(CHART, dependencies=())
    assert [dependency.metadata for dependency in loaded.dependencies] == [SUB.metadata]


@pytest.mark.parametrize(
    ("chart", "message"),
    [
        (Chart(), "no Chart.yaml data"),
        (Chart(Metadata(version="1")), "no chart name specified (Chart.yaml)"),
        (Chart(Metadata(name="a")), "no chart version specified (Chart.yaml)"),
        (Chart(Metadata(name="../a", version="1")), "chart name '../a' is no part of a file name"),
        (Chart(Metadata(name="a", version="1/../../x")), "chart version '1/../../x' is no part of a file name"),
        (
            replace(CHART, dependencies=(Chart(Metadata(name="..\\b", version="1")),)),
            "chart name '..\\\\b' is no part of a file name",
        ),
        (
            replace(CHART, files=(File("../x", b""),)),
            "chart illegally contains content outside the base directory: '../x'",
        ),
        (
            replace(CHART, templates=(File("/x", b""),)),
            "chart illegally contains content outside the base directory: '/x'",
        ),
    ],
)
def test_refused(chart: Chart, message: str, tmp_path: Path) -> None:
    with pytest.raises(ChartError) as caught:
        package.save(chart, tmp_path)
    assert str(caught.value) == message
    assert not list(tmp_path.iterdir())


def test_the_directory_must_be_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for place, message in (
        (tmp_path / "none", f"stat {tmp_path}/none: no such file or directory"),
        (file, f"location {file} is not a directory"),
    ):
        with pytest.raises(ChartError) as caught:
            package.save(CHART, place)
        assert str(caught.value) == message


def test_directory_with_subcharts_as_archives(tmp_path: Path) -> None:
    root = package.save_directory(CHART, tmp_path)
    assert root == tmp_path / "web"
    assert (root / "charts/sub-0.2.0.tgz").is_file()
    assert replace(loader.load(root), dependencies=()) == replace(CHART, dependencies=())
    with pytest.raises(ChartError, match=r"mkdir .*web: file exists"):
        package.save_directory(CHART, tmp_path)
