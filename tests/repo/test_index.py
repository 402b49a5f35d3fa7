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
        (
            "apiVersion: v1\nfoo: 1\nentries: []\n",
            (
                "yaml: unmarshal errors:\n  line 2: field foo not found in type repo.IndexValidation\n"
                "  line 3: cannot unmarshal !!seq into map[string]interface {}"
            ),
        ),
        (
            "apiVersion: v1\nentries: {a: [{name: a, version: 1}]}\n",
            (
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into "
                "Go struct field ChartVersion.entries.Metadata.version of type string"
            ),
        ),
        ("{{{", "yaml: line 1: did not find expected node content"),
    ],
)  # the words for everything else: tests/broken/index.txt
def test_what_is_broken_is_told_as_helm_tells_it(text: str, words: str) -> None:
    with pytest.raises(BrokenIndex) as caught:
        index.parse(text)
    assert caught.value.message == words


@pytest.mark.parametrize("size", [10, 300_000])
def test_keys_that_are_set_twice_are_found_in_small_and_large_indexes(size: int) -> None:
    filler = f"  b: [{{name: b, version: 1.0.0, description: {'x' * size}}}]\n" * 1
    text = f"apiVersion: v1\nentries:\n{filler}  a: []\n  a: []\n"
    with pytest.raises(BrokenIndex, match='line 5: key "a" already set in map'):
        index.parse(text)
    assert index.parse(text.replace("  a: []\n", "", 1)).entries["a"] == ()


@pytest.mark.parametrize("more", ["dependencies: 5", "type: [a]", "foo: [bar]", "digest: 5", "URLs: [a.tgz]"])
def test_what_helm_2_does_not_mind_is_read(more: str) -> None:
    found = index.parse(f"apiVersion: v1\nentries: {{web: [{{name: web, version: 1.0.0, {more}}}]}}\n").get("web")
    assert (found.version, found.metadata.dependencies, found.metadata.type) == ("1.0.0", (), "")
    assert found.digest == ("5" if "digest" in more else "")
    assert found.urls == (("a.tgz",) if "URLs" in more else ())


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
