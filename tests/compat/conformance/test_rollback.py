"""Rollback: any revision, back to the one before, failures, the way out of a stuck release."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helmpy.chart.model import Config
from helmpy.release.model import Info, Status, StatusCode
from tests.compat.clusters import Ground, describe, refusal
from tests.compat.conformance.manifests import config, hooked, job, manifest, pod
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def three(ground: Ground, name: str) -> None:
    """Three revisions whose objects tell them apart."""
    ground.install(chart(config(f"{name}-a", v="1"), config(f"{name}-1"), notes="first"), name)
    ground.upgrade(chart(config(f"{name}-a", v="2"), config(f"{name}-2")), name, values=Config(raw="x: 2\n"))
    ground.upgrade(chart(config(f"{name}-a", v="3"), config(f"{name}-3")), name, values=Config(raw="x: 3\n"))


def test_a_rollback_copies_an_earlier_revision_under_the_next_number(ground: Ground) -> None:
    three(ground, "copy")
    first = ground.history("copy")[0]
    made = ground.rollback("copy", 1)
    assert (made.version, made.chart, made.config, made.manifest) == (4, first.chart, first.config, first.manifest)
    assert describe(made) == "Rollback to 1"
    assert made.info is not None
    assert made.info.status is not None
    assert made.info.status.notes == "first"
    assert ground.statuses("copy") == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "SUPERSEDED", 4: "DEPLOYED"}
    assert ground.data("copy-a") == {"v": "1"}
    assert [ground.get(f"configmaps/copy-{n}") is not None for n in (1, 2, 3)] == [True, False, False]


def test_revision_0_is_the_one_before_the_newest(ground: Ground) -> None:
    three(ground, "zero")
    assert describe(ground.rollback("zero")) == "Rollback to 2"
    assert ground.data("zero-a") == {"v": "2"}
    assert describe(ground.rollback("zero")) == "Rollback to 3"


def test_revisions_that_are_not_there(ground: Ground) -> None:
    ground.install(chart(config("miss-a")), "miss")
    assert refusal(ground.rollback, "miss", -1) == "invalid release revision"
    assert refusal(ground.rollback, "miss", 9) == 'release: "miss.v9" not found'
    assert refusal(ground.rollback, "miss") == 'release: "miss.v0" not found'
    assert refusal(ground.rollback, "nobody") == 'release: "nobody" not found'
    assert ground.statuses("miss") == {1: "DEPLOYED"}


def test_the_difference_is_taken_from_the_newest_revision_whatever_its_status(ground: Ground) -> None:
    ground.install(chart(config("diff-a")), "diff")
    bad = chart(
        config("diff-a"), config("diff-b", v="1"), manifest("v1", "Service", "diff-s", spec={"ports": [{"port": 0}]})
    )
    refusal(ground.upgrade, bad, "diff")
    assert ground.get("configmaps/diff-b") is not None
    ground.rollback("diff", 1)
    assert ground.get("configmaps/diff-b") is None
    assert ground.statuses("diff") == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}


def test_a_failed_rollback_is_recorded(ground: Ground) -> None:
    ground.install(chart(manifest("v1", "Secret", "rf-a", immutable=True, stringData={"k": "1"})), "rf")
    ground.upgrade(chart(config("rf-b")), "rf")
    ground.make("secrets/rf-a", {"metadata": {"name": "rf-a"}, "immutable": True})
    text = refusal(ground.rollback, "rf", 1)
    assert text.startswith('kind Secret with the name "rf-a" in ')
    assert ground.statuses("rf") == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "FAILED"}
    assert ground.descriptions("rf")[3].startswith(f'Rollback "rf" failed: {text}')


@pytest.mark.parametrize("event", ["pre-rollback", "post-rollback"])
def test_a_failed_hook_of_a_rollback_leaves_nothing_pending(ground: Ground, event: str) -> None:
    name = f"rh-{event}"
    ground.install(chart(config(f"{name}-a", v="1"), job(f"{name}-h", hooked(event, "hook-failed"), fails=True)), name)
    ground.upgrade(chart(config(f"{name}-a", v="2")), name)
    assert refusal(ground.rollback, name, 1) == "Job failed: BackoffLimitExceeded"
    assert ground.statuses(name)[3] == "FAILED"
    assert ground.upgrade(chart(config(f"{name}-a", v="3")), name, force=True).version >= 4
    assert ground.data(f"{name}-a") == {"v": "3"}


@pytest.mark.parametrize("code", [StatusCode.PENDING_INSTALL, StatusCode.PENDING_UPGRADE, StatusCode.PENDING_ROLLBACK])
def test_a_rollback_is_the_way_out_of_a_pending_release(ground: Ground, code: StatusCode) -> None:
    name = f"stuck-{code.name.lower().replace('_', '-')}"
    ground.install(chart(config(f"{name}-a", v="1")), name)
    stuck = ground.upgrade(chart(config(f"{name}-a", v="2")), name)
    assert stuck.info is not None
    pending = replace(stuck, info=replace(stuck.info, status=Status(code=code), description="as if tiller had died"))
    ground.env.storage.update(pending)
    assert ground.rollback(name, 1).version == 3
    assert ground.data(f"{name}-a") == {"v": "1"}
    assert ground.statuses(name) == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}


def test_a_dry_run_of_a_rollback_changes_nothing(ground: Ground) -> None:
    three(ground, "rdry")
    made = ground.rollback("rdry", 1, dry_run=True)
    assert (made.version, describe(made)) == (4, "Rollback to 1")
    assert ground.data("rdry-a") == {"v": "3"}
    assert sorted(ground.statuses("rdry")) == [1, 2, 3]


def test_a_rollback_may_be_described(ground: Ground) -> None:
    three(ground, "rdesc")
    assert describe(ground.rollback("rdesc", 1, description="as it was")) == "as it was"


def test_a_rollback_waits_on_request(ground: Ground) -> None:
    ground.install(chart(pod("rw-p", ready=False)), "rw")
    ground.upgrade(chart(config("rw-a")), "rw")
    ground.gone("pods/rw-p")
    assert refusal(ground.rollback, "rw", 1, wait=True, timeout=2) == "timed out waiting for the condition"
    assert ground.statuses("rw")[3] == "FAILED"


def test_a_rollback_brings_a_deleted_release_back(ground: Ground) -> None:
    ground.install(chart(config("dead-a", v="1")), "dead")
    ground.delete("dead")
    assert ground.get("configmaps/dead-a") is None
    made = ground.rollback("dead", 1)
    assert (made.version, made.status) == (2, StatusCode.DEPLOYED)
    assert made.info is not None
    assert made.info.deleted in (None, Info().deleted)
    assert ground.data("dead-a") == {"v": "1"}
