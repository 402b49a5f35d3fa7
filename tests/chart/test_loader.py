import io
import os
import tarfile
from pathlib import Path

import pytest

from helmpy.chart import loader
from helmpy.chart.model import Chart, ChartError, File
from helmpy.errors import HelmError


def made(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def packed(files: dict[str, str | bytes], top: str = "web") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(f"{top}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WEB: dict[str, str | bytes] = {
    "Chart.yaml": "name: web\nversion: 1.0.0\n",
    "values.yaml": "a: 1\n",
    "templates/a.yaml": "x",
    "templates/sub/b.yaml": "y",
    "README.md": "read",
    "files/deep/c": b"\x00\xff",
    "charts/db/Chart.yaml": "name: db\nversion: 2.0.0\n",
    "charts/db/templates/d.yaml": "z",
    "charts/db/charts/core/Chart.yaml": "name: core\n",
    "charts/_hidden/Chart.yaml": "broken: [",
    "charts/.git/x": "x",
    "charts/db-2.0.0.tgz.prov": "signed",
}


def names(files: tuple[File, ...]) -> list[str]:
    return [file.name for file in files]


def check_web(chart: Chart) -> None:
    assert chart.name == "web"
    assert chart.values is not None
    assert chart.values.raw == "a: 1\n"
    assert names(chart.templates) == ["templates/a.yaml", "templates/sub/b.yaml"]
    assert set(names(chart.files)) == {"README.md", "files/deep/c", "charts/db-2.0.0.tgz.prov"}
    (db,) = chart.dependencies
    assert (db.name, names(db.templates), db.values) == ("db", ["templates/d.yaml"], None)
    assert [core.name for core in db.dependencies] == ["core"]


def test_a_directory_and_its_archive_are_one_chart(tmp_path: Path) -> None:
    check_web(loader.load(made(tmp_path / "web", WEB)))
    check_web(loader.load_archive(packed(WEB), "web.tgz"))
    check_web(loader.from_files(File(name, t if isinstance(t, bytes) else t.encode()) for name, t in WEB.items()))


def test_subcharts_may_be_archives(tmp_path: Path) -> None:
    inner = packed({"Chart.yaml": "name: db\n"}, "db")
    chart = loader.load(made(tmp_path, {"Chart.yaml": "name: web\n", "charts/any-name.tgz": inner}))
    assert [db.name for db in chart.dependencies] == ["db"]


def test_helmignore_leaves_files_out(tmp_path: Path) -> None:
    made(tmp_path, {**WEB, ".helmignore": "files/\n*.md\n", "templates/.swp": "x"})
    chart = loader.load(tmp_path)
    assert set(names(chart.files)) == {".helmignore", "charts/db-2.0.0.tgz.prov"}
    assert names(chart.templates) == ["templates/a.yaml", "templates/sub/b.yaml"]


def test_marks_and_line_ends_of_windows_do_no_harm(tmp_path: Path) -> None:
    made(
        tmp_path,
        {
            "Chart.yaml": "\ufeffname: web\r\nversion: 1.0.0\r\n",
            "values.yaml": "\ufeffa: 1\r\n",
            ".helmignore": "\ufeff*.md\r\n",
            "README.md": "x",
        },
    )
    chart = loader.load(tmp_path)
    assert chart.metadata is not None
    assert (chart.name, chart.metadata.version, names(chart.files)) == ("web", "1.0.0", [".helmignore"])
    assert chart.values is not None
    assert chart.values.raw == "a: 1\r\n"


def test_charts_of_helm_3_load(tmp_path: Path) -> None:
    made(
        tmp_path,
        {
            "Chart.yaml": "apiVersion: v2\nname: web\ntype: application\ndependencies:\n- {name: db, version: 1.x.x}\n",
            "Chart.lock": "x",
            "crds/a.yaml": "x",
            "values.schema.json": "{}",
            "charts/db/Chart.yaml": "apiVersion: v2\nname: db\ntype: library\n",
        },
    )
    chart = loader.load(tmp_path)
    assert chart.is_v2
    assert chart.metadata is not None
    assert (chart.metadata.type, chart.metadata.dependencies[0].name) == ("application", "db")
    assert set(names(chart.files)) == {"Chart.lock", "crds/a.yaml", "values.schema.json"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, 'no Chart.yaml exists in directory "{dir}"'),
        ({"Chart.yaml": ""}, "invalid chart (Chart.yaml): name must not be empty"),
        ({"Chart.yaml": "version: 1"}, "invalid chart (Chart.yaml): name must not be empty"),
        ({"Chart.yaml": "name: a\napiVersion: v3"}, 'apiVersion \'v3\' is not valid. The value must be "v1"'),
        ({"Chart.yaml": "name: a", "values.toml": ""}, "values.toml is illegal as of 2.0.0-alpha.2"),
        ({"Chart.yaml": "name: a", "charts/b/x": ""}, "error unpacking b in a: chart metadata (Chart.yaml) missing"),
        ({"Chart.yaml": "name: a", "charts/x.md": ""}, "error unpacking x.md in a: chart metadata (Chart.yaml) missing"),
        ({"Chart.yaml": "name: a", "charts/b.tgz": "hi"}, "error unpacking b.tgz in a: unexpected EOF"),
        ({"Chart.yaml": "name: a", "charts/b.tgz": "x" * 99}, "error unpacking b.tgz in a: gzip: invalid header"),
        ({"Chart.yaml": "name: a", ".helmignore": "**"}, "double-star (**) syntax is not supported"),
        ({"Chart.yaml/x": ""}, 'cannot read Chart.Yaml in directory "{dir}"'),
    ],
)  # fmt: skip
def test_broken_directories_say_what_is_wrong(tmp_path: Path, files: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(HelmError) as caught:
        loader.load(made(tmp_path, files))
    assert str(caught.value) == message.replace("{dir}", str(tmp_path))


def test_a_broken_chart_yaml_names_the_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(HelmError, match=r"^error converting YAML to JSON: yaml: line 2: ") as caught:
        loader.load(made(tmp_path, {"Chart.yaml": "name: a\nversion: [\n"}))
    assert caught.value.hint == "in Chart.yaml"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"hi\n", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"word " * 200, "text/plain; charset=utf-8"),
        (b"PK\x03\x04" + b"x" * 600, "application/zip"),
    ],
)
def test_other_files_are_no_charts(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "file.tgz"
    path.write_bytes(data)
    with pytest.raises(ChartError) as caught:
        loader.load(path)
    assert str(caught.value) == f"file '{path}' does not appear to be a gzipped archive; got '{kind}'"


def test_a_yaml_file_is_told_apart() -> None:
    with pytest.raises(ChartError) as caught:
        loader.load_archive(b"a: 1\n", "my.yaml")
    assert str(caught.value) == "file 'my.yaml' seems to be a YAML file, but I expected a gzipped archive"


def test_a_missing_path_is_named() -> None:
    with pytest.raises(ChartError) as caught:
        loader.load("no/such/chart")
    assert str(caught.value) == "stat no/such/chart: no such file or directory"


def test_links_are_told_whether_they_are_ignored_or_not(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("name: web\n")
    (tmp_path / ".helmignore").write_text("copy\n")
    (tmp_path / "copy").symlink_to("Chart.yaml")
    told: list[str] = []
    loader.load_directory(tmp_path, warn=told.append)
    assert told == [f"found symbolic link in path: {tmp_path}/copy resolves to {tmp_path}/Chart.yaml"]


def test_links_are_followed(tmp_path: Path) -> None:
    made(tmp_path / "shared", {"a.yaml": "x"})
    chart = made(tmp_path / "web", {"Chart.yaml": "name: web"})
    (chart / "templates").symlink_to(tmp_path / "shared")
    (chart / "copy.txt").symlink_to(tmp_path / "shared" / "a.yaml")
    loaded = loader.load(chart)
    assert (names(loaded.templates), names(loaded.files)) == (["templates/a.yaml"], ["copy.txt"])


@pytest.mark.parametrize("target", [".", "..", "sub"])
def test_links_in_circles_end(tmp_path: Path, target: str) -> None:
    made(tmp_path, {"Chart.yaml": "name: web", "sub/x": "x"})
    (tmp_path / "sub" / "loop").symlink_to(target if target != "sub" else tmp_path / "sub", target_is_directory=True)
    with pytest.raises(ChartError, match=r"leads to a directory that holds it$"):
        loader.load(tmp_path)


def test_links_from_outside_into_the_chart_end_too(tmp_path: Path) -> None:
    outside = made(tmp_path / "outside", {"x": "x"})
    chart = made(tmp_path / "web", {"Chart.yaml": "name: web"})
    (chart / "out").symlink_to(outside)
    (outside / "back").symlink_to(chart)
    with pytest.raises(ChartError, match=r"leads to a directory that holds it$"):
        loader.load(chart)


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    made(tmp_path, {"Chart.yaml": "name: web"})
    (tmp_path / "gone").symlink_to("/no/such/file")
    with pytest.raises(ChartError) as caught:
        loader.load(tmp_path)
    assert str(caught.value) == f"error evaluating symlink {tmp_path}/gone: lstat /no: no such file or directory"


def test_pipes_are_refused(tmp_path: Path) -> None:
    made(tmp_path, {"Chart.yaml": "name: web"})
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ChartError) as caught:
        loader.load(tmp_path)
    assert str(caught.value) == f"cannot load irregular file {tmp_path}/pipe as it has file mode type bits set"


def test_charts_do_not_nest_for_ever() -> None:
    files = {"Chart.yaml": b"name: a"} | {"charts/a/" * depth + "Chart.yaml": b"name: a" for depth in range(1, 40)}
    with pytest.raises(ChartError, match="charts are nested more than 32 deep"):
        loader.from_files(File(name, data) for name, data in files.items())


def test_nested_archives_share_one_budget() -> None:
    inner = b""
    for _ in range(40):
        inner = packed({"Chart.yaml": "name: a", "charts/a.tgz": inner} if inner else {"Chart.yaml": "name: a"}, "a")
    with pytest.raises(ChartError, match="charts are nested more than 32 deep"):
        loader.load_archive(inner, "a.tgz")
