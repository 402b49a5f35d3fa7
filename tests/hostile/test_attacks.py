"""Every attack ends in text or one clear error, in bounded time and memory.

Ordinarily renders may take a quarter of a second each and some of the attacks are run;
``HELMPY_HOSTILE=all`` runs all of them with the limits as they are, in about ten minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from helmpy.chart import strvals
from helmpy.chart.overrides import merge_overrides
from helmpy.errors import HelmError
from tests.hostile.attacks import ERROR, TEXT, VALUES, attacks

pytestmark = [pytest.mark.alone]

ROOT = Path(__file__).parents[2]
ALL = os.environ.get("HELMPY_HOSTILE") == "all"
SECONDS = 5.0  # of processor time
MIB = 256  # over what a harmless render takes

# Attacks that are alike, made from tables: one in so many is run ordinarily.
_ALIKE = ("big ", "wide ", "loop ", "shared list ", "shared map ", "self ", "deep map ", "deep list ", "jinja values: ")
_ONE_IN = 40
_ONE_IN_OTHERS = 12

# For Tiller's processes: one of each kind.
_IN_A_WORKER = (
    "go: include endless", "go: template endless", "go: tpl doubling", "go: range until", "go: range nested", "go: repeat",
    "go: printf width", "go: cat doubling", "go: texts kept", "go: in one action of lists", "go: in one action of time",
    "go: self printed", "go: deep map toYaml", "go: shared list toJson", "go: parentheses", "go: ifs", "go: genPrivateKey",
    "go: regex backtracking", "go: dates", "go: ints of text", "go: fromYaml aliases", "go: fromJson deep", "go: NUL",
    "go: fail through includes", "jinja: macro endless", "jinja: range nested", "jinja: doubling", "jinja: parentheses",
    "jinja: kept in one", "values: aliases", "values: deep lists", "chart: many templates", "chart: invalid UTF-8 as text",
)  # fmt: skip


def chosen() -> list[str]:
    names = [attack.name for attack in attacks()]
    if ALL:
        return names
    return [
        name
        for name in names
        if zlib.crc32(name.encode()) % (_ONE_IN if name.removeprefix("go: ").startswith(_ALIKE) else _ONE_IN_OTHERS)
        == 0
    ]


def outcomes(door: str, names: list[str]) -> list[dict[str, Any]]:
    """What the attacks came to; they run in a process that may hang or die without harm."""
    bounds = [] if ALL else ["--seconds", "0.5"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.child", door, *bounds, *names],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def findings(found: list[dict[str, Any]]) -> list[str]:
    return [
        "{name}: {ends} wanted, {outcome} after {cpu} s with {mib} MiB: {message:.150}".format(**each)
        for each in found
        if each["outcome"] not in (TEXT, ERROR)
        or (each["ends"] == ERROR != each["outcome"])
        or (each["ends"] == TEXT != each["outcome"] and (ALL or "takes longer than" not in each["message"]))
        or each["cpu"] > SECONDS
        or each["mib"] > MIB
    ]


def test_names_are_unique() -> None:
    names = [attack.name for attack in attacks()]
    assert len(set(names)) == len(names) > 800
    assert set(names) >= set(_IN_A_WORKER)


def test_attacks_in_process() -> None:
    names = chosen()
    found = outcomes("process", names)
    assert [each["name"] for each in found] == names
    assert findings(found) == []


def test_attacks_in_a_worker() -> None:
    names = chosen() if ALL else list(_IN_A_WORKER)
    found = outcomes("worker", names)
    assert sorted(each["name"] for each in found) == sorted(names)
    assert findings(found) == []


@pytest.mark.parametrize(
    "words",
    [
        "a[999999999]=1",
        "a[" + "9" * 5000 + "]=1",
        "a[-1]=1",
        ".".join(["a"] * 100_000) + "=1",
        "a" + "[0]" * 100_000 + "=1",
        "a=" + "{" * 100_000,
        "a={" + "1," * 1_000_000,
        "a=1," * 100_000,
        "\\" * 1_000_000,
        "a=" + "9" * 1_000_000,
        "=" * 100_000,
        "a\x00=\x00",
        "a\udcff=\udcff",
        "[" * 100_000,
    ],
    ids=lambda words: words[:12],
)
def test_values_of_the_command_line(words: str) -> None:
    for read in (
        strvals.parse,
        lambda text: merge_overrides(files=[], set_=[], set_string=[text], set_file=[], read=str),
    ):
        message = ""
        try:
            assert isinstance(read(words), dict)
        except HelmError as error:
            message = str(error)
        assert len(message) < 2 * len(words) + 1000


@pytest.mark.parametrize("file", ["values.yaml", "Chart.yaml", "requirements.yaml"])
@pytest.mark.parametrize(
    "kind", ["aliases", "deep lists", "deep maps", "merge of itself", "NUL", "tabs", "flow colons"]
)
def test_bombs_in_files(tmp_path: Path, file: str, kind: str) -> None:
    (tmp_path / "Chart.yaml").write_text("name: web\nversion: 1.0.0\n")
    text = VALUES[kind][0]()
    (tmp_path / file).write_text(text if file != "Chart.yaml" else f"name: web\nversion: 1.0.0\nx:\n  {text}")
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20)); "
        "from helmpy.cli.main import run; sys.exit(run(['template', sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
        assert done.stderr.count("\n") <= 3
    else:
        assert done.stderr == ""
