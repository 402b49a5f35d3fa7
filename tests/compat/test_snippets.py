"""Many small templates, given to real Helm in one chart and to ours: the same text for each.

``apiVersion: v1`` goes to Helm 2.17 and v2 to Helm 3. HELM_ORACLES names the directory of both.
Tables of functions meet tables of arguments here; all of them succeed in both Helms.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from helmpy.chart import loader
from helmpy.chart.capabilities import Capabilities, KubeVersion, default_api_versions
from helmpy.engine import ReleaseOptions, render

ORACLES = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"))
pytestmark = pytest.mark.compat

VALUES = """
word: plain
empty: ""
nothing: null
whole: 3
part: 2.5
large: 1000000
small: 0.00001
digits: "42"
accents: "Ärger über 3 Öfen"
lines: "one\\ntwo\\n"
list: [1, b, true, null, 2.5]
table: {k: v, deep: {er: [1, 2]}}
"""
KEYS = ["word", "empty", "whole", "part", "large", "small", "digits", "accents", "lines", "list", "table"]
VERBS = ["v", "s", "d", "q", "x", "X", "t", "T", "c", "U", "o", "b", "e", "g", "f"]
FLAGS = ("", "+", "#", "08", "-8", ".2", "8.3")
MOMENTS = ("2020-03-04T05:06:07Z", "2019-12-31T23:59:59+05:30", "2024-02-29T13:14:15.125Z")
LAYOUTS = ("Mon Jan _2 15:04:05 2006", "06/1/2 3:4:5PM", "2006-002 .000 -07:00 MST", "January Monday Z0700 .999")
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Nowhere/Real")
VERSIONS = ("1.2.3", "1.2.3-rc.1", "2.0.0", "v1.21.5-gke.1", "0.2.9")
RANGES = (
    ">=1.2, <2",
    "^1.2",
    "~1.2.0",
    "1.x",
    "!=1.2.3",
    ">=1.21-0",
    "1.0 - 1.5",
    "<1 || >=2",
    "*",
    "^0.2.3",
    "=1.2.3",
)
PATTERNS = ("[a-z]+", "(?i)A", "\\\\bo", "^$", "(a)(l)?", "\\\\pL", ".")
SCALARS = (
    "yes",
    "~",
    "0x1F",
    "1e3",
    "1_000",
    "2020-01-01",
    "12:30:45",
    ".5",
    "- x",
    "a: b",
    "#c",
    "it's",
    " lead",
    "<<",
    "é",
)
WORDS = (
    "upper lower title trim quote squote b64enc b32enc sha1sum snakecase camelcase kebabcase untitle swapcase initials"
)
ANY = "toString kindOf typeOf toJson toPrettyJson toYaml int float64 empty list print html js urlquery"


def snippets() -> Iterator[str]:
    for key, verb, flag in product(KEYS, VERBS, FLAGS):
        yield f'{{{{ printf "%{flag}{verb}" .Values.{key} }}}}'
    for moment, layout, zone in product(MOMENTS, LAYOUTS, ZONES):
        at = f'(toDate "2006-01-02T15:04:05Z07:00" "{moment}")'
        yield f'{{{{ date "{layout}" {at} }}}}{{{{ dateInZone "{layout}" {at} "{zone}" }}}}'
    for version, wanted in product(VERSIONS, RANGES):
        yield f'{{{{ semverCompare "{wanted}" "{version}" }}}}'
    for pattern, key in product(PATTERNS, ("word", "accents", "lines")):
        yield f'{{{{ regexFindAll "{pattern}" .Values.{key} -1 | toJson }}}}{{{{ regexReplaceAll "{pattern}" .Values.{key} "<$1>" }}}}'
    for scalar in SCALARS:
        yield f'{{{{ dict "k" "{scalar}" | toYaml }}}}{{{{ list "{scalar}" | toJson }}}}{{{{ "{scalar}" | toYaml }}}}'
    for width in range(60, 100, 3):
        yield f'{{{{ dict "key" (printf "%s tail of the text" (repeat {width} "x")) | toYaml | indent 4 }}}}'
        yield f'{{{{ dict "key" (repeat {width // 3} "ab ") "list" (list (repeat {width // 2} "é ")) | toYaml }}}}'
    for name, key in product(WORDS.split(), ("word", "empty", "accents", "lines", "digits")):
        yield f"{{{{ .Values.{key} | {name} }}}}"
    for name, key in product(ANY.split(), [*KEYS, "nothing"]):
        yield f"{{{{ .Values.{key} | {name} }}}}"
    for name, left, right in product(
        ("add", "sub", "mul", "max", "min"), ("7", "-2.5", '"12"', '"0x10"'), ("3", '"4"')
    ):
        yield f"{{{{ {name} {left} {right} }}}}"


def write(root: Path, version: str, texts: list[str]) -> None:
    (root / "templates").mkdir(parents=True)
    (root / "Chart.yaml").write_text(f"apiVersion: {version}\nname: many\nversion: 1.0.0\n")
    (root / "values.yaml").write_text(VALUES)
    for number, text in enumerate(texts):
        (root / f"templates/_{number}.tpl").write_text(text)
        (root / f"templates/{number}.yaml").write_text(
            f'x: {{{{ include "many/templates/_{number}.tpl" . | b64enc }}}}'
        )


def read(texts: dict[str, str]) -> dict[int, str]:
    return {
        int(path.rpartition("/")[2].removesuffix(".yaml")): base64.b64decode(
            text.split()[1:2][0] if text.split()[1:] else ""
        ).decode("utf-8", "replace")
        for path, text in texts.items()
    }


@pytest.mark.parametrize(
    ("version", "client", "flags"),
    [("v1", "helm2.17", ("template", "--name", "rel")), ("v2", "helm3", ("template", "rel"))],
)
def test_the_same_text(tmp_path: Path, version: str, client: str, flags: tuple[str, ...]) -> None:
    real = ORACLES / client
    if not real.exists():
        pytest.skip(f"no real {client} here (set HELM_ORACLES)")
    texts = list(snippets())
    write(tmp_path / "many", version, texts)
    environment = {**os.environ, "HELM_HOME": str(tmp_path / "home"), "TZ": "UTC"}
    answer = subprocess.run(
        [real, *flags, str(tmp_path / "many")], capture_output=True, text=True, check=False, env=environment
    )
    assert not answer.returncode, answer.stderr
    theirs = read(dict(re.findall(r"# Source: (many/templates/\d+\.yaml)\n(x:.*)", answer.stdout)))
    release = ReleaseOptions("rel", "default", revision=0 if version == "v1" else 1)
    number = 2 if version == "v1" else 3
    ours = read(
        render(loader.load(tmp_path / "many"), {}, release, Capabilities(KubeVersion(), default_api_versions(number)))
    )
    different = {texts[at]: (theirs[at], ours[at]) for at in theirs if theirs[at] != ours[at]}
    assert len(theirs) == len(texts)
    assert different == {}
