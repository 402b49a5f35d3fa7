"""What these modules cost at start-up: each topic loads itself and nothing that is slow to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = [
    "argparse",
    "base64",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "importlib.util",
    "inspect",
    "ipaddress",
    "json",
    "pathlib",
    "random",
    "re",
    "string",
    "struct",
    "threading",
    "types",
    "typing",
    "urllib",
    "uuid",
    "weakref",
    "yaml",
    "zoneinfo",
]


def loaded_by(program: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "import helmpy.gocompat.yaml, helmpy.gocompat.json, helmpy.gocompat.text, helmpy.gocompat.glob",
        "import helmpy.gocompat.yaml as y; y.dump({'b': [1.0, 'x', None], 'a': {'10': True, '9': 'yes'}})",
        "import helmpy.gocompat.text as t; t.sprintf('%s-%d %q %5.2f', ['a', 3, 'b', 2.5])",
        "import helmpy.sprig.strings, helmpy.sprig.lists, helmpy.sprig.dicts, helmpy.sprig.defaults, helmpy.sprig.flow",
        "import helmpy.sprig.encoding as e; e.b64dec(e.b64enc('x')); e.V2.to_json([1.0])",
        "import helmpy.sprig.numbers as n; n.V2.to_int('80'); n.V3.to_int('80'); n.V3.add(1, '2'); n.V3.floor(2.5)",
        "import helmpy.sprig.digests as d; d.sha256sum('x'); d.sha1sum('x'); d.adler32sum('x')",
        "import helmpy.sprig.versions as v; v.V2.semver_compare('>=1.9-0, <2 || ~3', 'v1.14.0')",
        "import helmpy.sprig as s; [f.call(9) for n, f in s.functions(2).items() if n.startswith('rand') and n != 'randInt']",
        "import helmpy.sprig as s; t = s.functions(2); t['now'].call(); t['unixEpoch'].call(t['now'].call())",
        "import helmpy.sprig as s; t = s.functions(2); t['snakecase'].call('HTTPServer2-x'); t['camelcase'].call('a_b')",
        "import helmpy.sprig as s; t = s.functions(3); t['uuidv4'].call(); t['shuffle'].call('ab'); t['randInt'].call(1, 3)",
        "import helmpy.sprig.paths, helmpy.sprig.reflection, helmpy.sprig.regexes, helmpy.sprig.settings, helmpy.sprig.nils",
    ],
)
def test_topics_load_nothing_slow(program: str) -> None:
    assert sorted((loaded_by(program) - loaded_by("pass")) & set(SLOW)) == []


def test_a_table_of_functions_loads_no_topic() -> None:
    loaded = loaded_by("from helmpy import sprig; sprig.functions(2); sprig.functions(3)['quote'].params")
    assert {name for name in loaded if name.startswith("helmpy.sprig.")} == {"helmpy.sprig.catalogue"}
