"""The pages under docs say what is true: their examples run, their tables are those of the code."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helmpy import sprig
from helmpy.chart.capabilities import Capabilities, KubeVersion, default_api_versions
from helmpy.chart.loader import load
from helmpy.chart.model import Chart
from helmpy.engine import Limits, ReleaseOptions, RenderError, render
from helmpy.engine.functions import helm_functions
from helmpy.sprig.catalogue import V2, V3
from tests.cli.conftest import serve_frozen
from tests.registry import MISSING as NO_REGISTRY
from tests.registry import PASSWORD, running

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


class Block(NamedTuple):
    """A fenced block: the heading above it, its language, its text."""

    heading: str
    language: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    heading = language = ""
    lines: list[str] | None = None
    for line in (DOCS / page).read_text().splitlines(keepends=True):
        if line.startswith("```"):
            if lines is None:
                language, lines = line[3:].strip(), []
            else:
                yield Block(heading, language, "".join(lines))
                lines = None
        elif lines is not None:
            lines.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("#").strip()


# --- links --------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{path.name}" for path in DOCS.glob("*.md"))])
def test_links_lead_somewhere(page: str) -> None:
    source = ROOT / page
    links = re.findall(r"\]\(([^)]+)\)", source.read_text())
    for link in links:
        if link.startswith("http"):
            continue
        name, _, place = link.partition("#")
        target = (source.parent / name) if name else source
        assert target.exists(), link
        if place:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert place in map(anchor, headings), link


def test_every_page_is_linked() -> None:
    index = (DOCS / "index.md").read_text()
    for path in DOCS.glob("*.md"):
        assert path.name == "index.md" or f"({path.name})" in index
        assert f"docs/{path.name}" in (ROOT / "README.md").read_text()


# --- jinja.md -----------------------------------------------------------------------------------


def written(directory: Path, *languages: str) -> Chart:
    """The chart of the page in one language."""
    for block in blocks("jinja.md"):
        if block.language in languages and re.fullmatch(r"[\w./]+\.\w+", block.heading):
            path = directory / block.heading
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    return load(directory)


def rendered(chart: Chart) -> dict[str, str]:
    capabilities = Capabilities(KubeVersion(), default_api_versions(2))
    return render(chart, {}, ReleaseOptions("demo", "default"), capabilities)


def test_one_chart_in_both_languages(tmp_path: Path) -> None:
    go = rendered(written(tmp_path / "go", "gotmpl", "text"))
    jinja = rendered(written(tmp_path / "jinja", "jinja", "text"))
    assert go == jinja
    shown = next(block.text for block in blocks("jinja.md") if block.heading == "What both give")
    assert shown == "".join(f"# {path}\n{go[path]}" for path in sorted(go))


def test_the_error_on_the_page(tmp_path: Path) -> None:
    chart = written(tmp_path / "hello", "jinja", "text")
    files = [replace(file, data=file.data.replace(b"Values.greeting", b"Values.greting")) for file in chart.templates]
    with pytest.raises(RenderError) as error:
        rendered(replace(chart, templates=tuple(files)))
    shown = next(block.text for block in blocks("jinja.md") if block.heading == "Errors")
    assert shown == f"$ helm template hello\nError: {error.value}\n{error.value.caret()}\n"


def test_the_names_of_both_languages_are_settled_on_the_page() -> None:
    from helmpy.engine.jinja.filters import JINJA_FILTERS, JINJA_ONLY

    text = (DOCS / "jinja.md").read_text()
    table = text[text.index("| name | means sprig's") : text.index("Jinja2's other filters")]
    others = text[text.index("Jinja2's other filters") : text.index("Filters that are about HTML")]
    for name in JINJA_ONLY:
        assert f"`{name}`" in table
    for name in {*JINJA_FILTERS, "string", "sum", "tojson"} - sprig.functions(3).keys():
        assert f"`{name}`" in others


# --- library.md ---------------------------------------------------------------------------------


LIBRARY = sorted(path.name for path in DOCS.glob("library*.md"))


@pytest.mark.parametrize("name", LIBRARY)
def test_the_examples_of_the_library_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    monkeypatch.chdir(tmp_path)
    page = [*blocks(name), Block("", "", "")]
    names: dict[str, Any] = {}
    with serve_frozen() as address:
        for block, following in itertools.pairwise(page):
            if block.language == "python":
                exec(compile(block.text.replace("127.0.0.1:44134", address), block.heading, "exec"), names)
                expected = following.text if following.language == "text" else ""
                assert capsys.readouterr().out == expected, block.heading


CONSUMER = '''
"""What a program that uses helmpy may look like."""

from collections.abc import Mapping
from typing import Any

import helmpy
from helmpy import sprig
from helmpy.chart import Chart, load
from helmpy.engine import Limits, ReleaseOptions, RenderError, render
from helmpy.gotemplate import TemplateError, TemplateSet
from helmpy.lint import Message, Severity, failed, run
from helmpy.release.requests import ListRequest


def images(path: str, values: Mapping[str, Any]) -> list[str]:
    chart: Chart = load(path)
    try:
        files: dict[str, str] = render(
            chart, values, ReleaseOptions(name="a", namespace="b"), helmpy.Capabilities(), limits=Limits(seconds=2)
        )
    except RenderError as error:
        place: tuple[str, int, int] = (error.name, error.line, error.column)
        return [str(place), error.caret()]
    return [line.strip() for text in files.values() for line in text.splitlines() if "image:" in line]


def greet(name: str) -> str:
    templates = TemplateSet(sprig.functions(3))
    try:
        templates.parse("greet", "hello {{ . | upper }}")
        return templates.execute("greet", name)
    except TemplateError as error:
        return str(error)


def releases(host: str) -> list[str]:
    with helmpy.Tiller(host) as tiller:
        return [release.name for release in tiller.list(ListRequest(limit=3)).releases]


def worst(path: str) -> Severity | None:
    found: list[Message] = run(path)
    return max((message.severity for message in found), default=None) if failed(found) else None
'''


def test_examples_and_a_typed_program_pass_the_strict_checker(tmp_path: Path) -> None:
    examples = [f"{name.removesuffix('.md').replace('-', '_')}.py" for name in LIBRARY]
    for name, file in zip(LIBRARY, examples, strict=True):
        (tmp_path / file).write_text("".join(block.text for block in blocks(name) if block.language == "python"))
    (tmp_path / "consumer.py").write_text(CONSUMER)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull),
            *("--cache-dir", str(ROOT / ".mypy_cache" / "docs"), *examples, "consumer.py"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# --- oci.md -------------------------------------------------------------------------------------


@pytest.mark.skipif(bool(NO_REGISTRY), reason=NO_REGISTRY)
def test_the_lines_about_registries_do_what_they_show(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "charts" / "web", tmp_path / "web")
    chart = (tmp_path / "web" / "Chart.yaml").read_text()
    (tmp_path / "web" / "Chart.yaml").write_text(re.sub(r"(?m)^version: .*$", "version: 1.2.0", chart))
    (tmp_path / "password.txt").write_text(PASSWORD)
    shown = "".join(block.text for block in blocks("oci.md") if block.language == "console")
    with running(auth="htpasswd") as registry, serve_frozen() as address:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environ = {"HOME": str(tmp_path), "HELM_HOST": address, "PATH": path}
        for part in shown.replace("registry.example.com", registry.host).split("$ ")[1:]:
            line, _, expected = part.partition("\n")
            done = subprocess.run(
                ["bash", "-c", line], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, ""), line
            if expected:
                assert re.sub("sha256:[0-9a-f]{64}", "sha256:...", done.stdout) == expected


# --- templates.md -------------------------------------------------------------------------------


def test_the_functions_on_the_page_are_those_of_the_catalogue() -> None:
    listed = {block.heading: set(block.text.split()) for block in blocks("templates.md")}
    assert listed["Helm's functions"] == helm_functions(3).keys() | {"include", "tpl"}
    assert listed["Sprig's functions"] == sprig.functions(3).keys() - listed["Helm's functions"]
    assert sprig.functions(2).keys() | helm_functions(2).keys() == sprig.functions(3).keys() | helm_functions(3).keys()
    differing = {name for name in V2 if V2[name] != V3[name]} - helm_functions(2).keys()
    differing |= {
        name for name, it in helm_functions(2).items() if it.call.__name__ != helm_functions(3)[name].call.__name__
    }
    assert listed["What differs between the two"] == differing | {"fail"}


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,.]+) ", (DOCS / "templates.md").read_text(), re.MULTILINE)
    told = {name: float(number.replace(",", "")) for name, number in rows}
    assert told == {field.name: float(getattr(Limits(), field.name)) for field in fields(Limits)}
