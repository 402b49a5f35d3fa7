from __future__ import annotations

import pytest

from helmpy.chart.model import Metadata
from helmpy.repo import index
from helmpy.repo.index import BrokenIndex, ChartVersion, Index, NoSuchChart

TEXT = """
apiVersion: v1
entries:
  web:
  - {name: web, version: 0.9.0, urls: [web-0.9.0.tgz], digest: aa}
  - {name: web, version: 1.10.0, urls: ["https://h.example/web-1.10.0.tgz"], created: "2024-05-06T07:08:09Z"}
  -
  - {name: web, version: 2.0.0-rc.1, removed: true, icon: i.png}
  - {name: web, version: mine, home: h}
  - {name: web, version: 1.9.0, foo: bar}
generated: "2024-05-06T07:08:09.5Z"
"""


def test_versions_stand_newest_first_and_no_versions_last() -> None:
    parsed = index.parse(TEXT)
    assert [one.version for one in parsed.entries["web"]] == ["2.0.0-rc.1", "1.10.0", "1.9.0", "0.9.0", "mine"]
    assert parsed.entries["web"][0].removed
    assert parsed.entries["web"][1].created == "2024-05-06T07:08:09Z"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "1.10.0"),
        ("1.9.0", "1.9.0"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("<1.10", "1.9.0"),
        (">0-0", "2.0.0-rc.1"),
        ("mine", "mine"),
    ],
)
def test_a_version_is_found(asked: str, found: str) -> None:
    assert index.parse(TEXT).get("web", asked).version == found


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [("db", "", "no chart name found"), ("web", "9.9", "No chart version found for web-9.9")],
)
def test_what_is_not_there(name: str, version: str, words: str) -> None:
    with pytest.raises(NoSuchChart, match=words):
        index.parse(TEXT).get(name, version)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no API version specified"),
        ("entries: {}", "no API version specified"),
        ("apiVersion: v1\nfoo: 1\n", "unknown field 'foo'"),
        ("apiVersion: v1\nentries: []\n", ""),
        ("apiVersion: v1\nentries: [1]\n", "entries is no map"),
        ("apiVersion: v1\nentries: {a: 1}\n", "entries of chart 'a' are no list"),
        ("apiVersion: v1\nentries: {a: [1]}\n", "an entry of chart 'a' is no map"),
        ("apiVersion: v1\nentries: {a: [{name: a, urls: 1}]}\n", "urls of chart 'a' are no list"),
        ("apiVersion: v1\nentries: {a: [{name: a, sources: 1}]}\n", "entry of chart 'a': "),
        ("{{{", "did not find expected node content"),
        ("<html>", "no API version specified"),
    ],
)
def test_what_is_broken_says_so_in_one_line(text: str, words: str) -> None:
    if not words:
        assert index.parse(text).entries == {}
        return
    with pytest.raises(BrokenIndex) as caught:
        index.parse(text)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_merging_keeps_what_is_here() -> None:
    def one(version: str, digest: str) -> ChartVersion:
        return ChartVersion(Metadata(name="web", version=version), digest=digest)

    here = Index({"web": (one("1.0.0", "here"),)})
    there = Index({"web": (one("2.0.0", "there"), one("1.0.0", "there")), "db": (one("1.0.0", "db"),)})
    merged = here.merged(there)
    assert [(one.version, one.digest) for one in merged.entries["web"]] == [("2.0.0", "there"), ("1.0.0", "here")]
    assert "db" in merged.entries


def test_what_is_written_reads_the_same() -> None:
    parsed = index.parse(TEXT)
    text = index.to_yaml(parsed)
    assert index.parse(text) == parsed
    assert "  - home: h\n    name: web\n    urls: []\n    version: mine\n" in text
