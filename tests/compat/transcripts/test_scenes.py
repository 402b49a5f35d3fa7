"""Scenes with Helm 2.17 and its Tiller, with ours, and with Helm 2.17 and our Tiller: the same statuses, texts, objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helmpy.cli.docs import commands
from tests.compat.clusters import BINARIES, NO_CLUSTER, has_cluster
from tests.compat.transcripts.company import Company, assembled
from tests.compat.transcripts.known import KNOWN, exempt
from tests.compat.transcripts.stage import HERE

SCENES = sorted((HERE / "scenes").glob("*.sh"))
DIFFERENCES = HERE.parents[2] / "docs" / "differences.md"
CORE = {"kinds", "rollback", "upgrade_fails"}  # always played; the others when asked
OURS_ALONE = ("helm push", "helm registry", "helm sandbox")
WORDS_OF_OUR_OWN = ("helm help",)  # tests/cli/test_main.py holds what Helm says around a page
PROGRAMS = ("helm2.17", "tiller2.17")
KUBECTL = BINARIES / "kubectl-1.20"  # for most scenes


@pytest.fixture(scope="module")
def company(request: pytest.FixtureRequest) -> Iterator[Company]:
    missing = [name for name in PROGRAMS if not (BINARIES / name).exists()]
    if missing or not has_cluster():
        pytest.skip(f"not in {BINARIES}: {', '.join(missing)}" if missing else NO_CLUSTER)
    specs = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    with assembled() as made:
        made.rehearse(spec.params["scene"] for spec in specs if spec is not None and "scene" in spec.params)
        yield made


def test_there_are_scenes_enough() -> None:
    assert len(SCENES) >= 60


@pytest.mark.parametrize("words", sorted(" ".join(path) for one, path in commands() if one.function is not None))
def test_every_command_is_in_a_scene(words: str) -> None:
    if words.startswith((*OURS_ALONE, *WORDS_OF_OUR_OWN)):
        pytest.skip("Helm 2.17 has no such command, or no such words")
    pattern = re.compile(rf"^[^#\n]*\bhelm (?:-\S+ )*{words.removeprefix('helm ')}\b", re.MULTILINE)
    assert any(pattern.search(scene.read_text(encoding="utf-8")) for scene in SCENES)


def test_what_is_known_is_written_down() -> None:
    headings = set(re.findall(r"(?m)^#+ (.+)$", DIFFERENCES.read_text(encoding="utf-8")))
    assert {reason for calls in KNOWN.values() for reason in calls.values()} <= headings
    assert KNOWN.keys() <= {scene.stem for scene in SCENES}


def test_the_core_is_there() -> None:
    assert {scene.stem for scene in SCENES} >= CORE


@pytest.mark.compat
@pytest.mark.parametrize(
    "scene",
    [pytest.param(each, marks=[] if each.stem in CORE else [pytest.mark.transcripts]) for each in SCENES],
    ids=[scene.stem for scene in SCENES],
)
def test_a_scene(company: Company, scene: Path) -> None:
    if "kubectl" in scene.read_text(encoding="utf-8") and not KUBECTL.exists():
        pytest.skip(f"there is no {KUBECTL}")
    known = exempt(scene.stem)
    theirs = company.play(scene, "theirs")
    for who in ("ours", "mixed") if theirs.met_tiller else ("ours",):
        found = company.play(scene, who).texts(*known)
        if found != theirs.texts(*known):  # once in a while Helm's client misses the last lines of its `test`
            theirs = company.play(scene, "theirs", again=True)
            found = company.play(scene, who, again=True).texts(*known)
        assert found == theirs.texts(*known), who
