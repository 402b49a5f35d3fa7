from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from helmpy.errors import HelmError
from helmpy.repo import catalogue, index
from helmpy.repo.catalogue import Catalogue
from helmpy.repo.search import search

TEXT = """
apiVersion: v1
entries:
  alpha:
  - {name: alpha, version: 0.3.0-beta.1, description: A chart}
  - {name: alpha, version: 0.2.0, description: A chart, appVersion: "1.0", urls: [a.tgz], digest: dd}
  - {name: alpha, version: 0.1.0, description: An old Beta}
  beta:
  - {name: beta, version: 0.1.0, description: The alpha of all, keywords: [Zeta]}
  gamma:
  - {name: gamma, version: 0.0.0, keywords: [alpha]}
  - {name: gamma, version: none}
"""


@pytest.fixture(name="one")
def _one() -> dict[str, Catalogue]:
    return {"one": Catalogue.of(index.parse(TEXT))}


@pytest.mark.parametrize(
    ("terms", "options", "found"),
    [
        ("", {}, ["one/alpha 0.2.0", "one/beta 0.1.0", "one/gamma none"]),
        ("ALPHA", {}, ["one/alpha 0.2.0", "one/beta 0.1.0"]),
        ("beta", {}, ["one/beta 0.1.0", "one/alpha 0.1.0"]),
        ("zeta", {}, ["one/beta 0.1.0"]),
        ("one/", {}, ["one/alpha 0.2.0", "one/beta 0.1.0", "one/gamma none"]),
        ("gamma", {"version": "<0.1-0"}, ["one/gamma 0.0.0"]),
        ("alpha", {"all_versions": True}, ["one/alpha 0.2.0", "one/alpha 0.1.0", "one/beta 0.1.0"]),
        ("alpha", {"version": "<0.2"}, ["one/alpha 0.1.0", "one/beta 0.1.0", "one/gamma 0.0.0"]),
        ("alpha", {"version": ">0-0"}, ["one/alpha 0.3.0-beta.1", "one/beta 0.1.0", "one/gamma 0.0.0"]),
        ("al.ha|x", {"regexp": True}, ["one/alpha 0.2.0", "one/beta 0.1.0"]),
        ("^alpha", {"regexp": True}, ["one/alpha 0.2.0"]),
        ("^one", {"regexp": True}, []),
        ("beta.one", {"regexp": True}, ["one/beta 0.1.0"]),
        ("zeta", {"regexp": True}, []),
        ("Zeta", {"regexp": True}, ["one/beta 0.1.0"]),
        ("nothing", {}, []),
    ],
)
def test_search(one: dict[str, Catalogue], terms: str, options: dict[str, bool], found: list[str]) -> None:
    hits = search(one, terms, **options)  # type: ignore[arg-type]  # a table of options of several types
    assert [f"{hit.name} {hit.version}" for hit in hits] == found


def test_a_chart_is_looked_for_by_the_name_in_its_entry() -> None:
    text = "apiVersion: v1\nentries:\n  5: [{name: web, version: 1.0.0}]\n"
    one = {"one": Catalogue.of(index.parse(text))}
    assert [hit.name for hit in search(one, "web")] == ["one/5"]
    assert not search(one, "5")


@pytest.mark.parametrize(("terms", "version"), [("(", ""), ("a", "nope nope")])
def test_broken_questions(one: dict[str, Catalogue], terms: str, version: str) -> None:
    with pytest.raises(HelmError):
        search(one, terms, regexp=True, version=version)


def test_a_catalogue_stands_for_its_index_only(tmp_path: Path) -> None:
    path = tmp_path / "one-index.yaml"
    path.write_text(TEXT)
    first = catalogue.load(path)
    kept = tmp_path / "one-index.catalogue"
    assert kept.is_file()
    assert catalogue.load(path).rows == first.rows
    assert catalogue.load(path).get("alpha").urls == ("a.tgz",)
    assert [one.version for one in catalogue.load(path).versions("beta")] == ["0.1.0"]
    path.write_text(TEXT.replace("beta", "omega"))
    assert "omega" in catalogue.load(path).rows
    stamp = kept.read_text().splitlines()[0]
    for broken in ("broken", f"{stamp}\n\n[]", f"{stamp}\n\n{{"):
        kept.write_text(broken)
        assert "omega" in catalogue.load(path).rows
    os.utime(path, (1, 1))
    assert "omega" in catalogue.load(path).rows


def test_one_chart_is_found_without_the_others(tmp_path: Path) -> None:
    names = ["a", "a\nb", "a:b", 'a"', 'a"b"', "é", "\\", "alpha", "", "a\x85b"]
    entries = {name: [{"name": name, "version": "1.0.0", "description": f'"{name}":\n"a":'}] for name in names}
    path = tmp_path / "one-index.yaml"
    path.write_text(json.dumps({"apiVersion": "v1", "entries": entries}))
    whole = catalogue.load(path)
    assert len(whole.rows) == len(names)
    for name in [*names, "b", "nothing"]:
        expected = {name: whole.rows[name]} if name in whole.rows else {}
        assert catalogue.load(path, name).rows == expected
    path.write_text("apiVersion: v1\nentries: {}\n")
    for _ in range(2):
        assert catalogue.load(path, "a").rows == catalogue.load(path).rows == {}


def test_what_is_no_version_comes_after_versions() -> None:
    text = "apiVersion: v1\nentries: {web: [{name: web, version: junk}, {name: web, version: 1.0.0}]}"
    (hit,) = search({"one": Catalogue.of(index.parse(text))}, "web")  # Helm 2.17 shows any of the two
    assert hit.version == "1.0.0"
