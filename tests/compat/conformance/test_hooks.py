"""Hooks: events, order, policies, timeouts, failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helmpy.release.hooks import HookDeletePolicy, HookEvent
from helmpy.release.model import StatusCode
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, definition, hooked, job, manifest, pod, widget
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def posts(ground: Ground, part: str) -> list[str]:
    """Names of created objects that hold ``part``, in order."""
    found = []
    for request in ground.transport.seen:
        if request.method == "POST" and b"TILLER" not in request.body:
            name = str(json.loads(request.body)["metadata"].get("name"))
            if part in name:
                found.append(name)
    return found


def test_every_event_has_its_moment(ground: Ground) -> None:
    events = [
        "pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback",
        "pre-delete", "post-delete",
    ]  # fmt: skip
    made = chart(config("ev-main"), *(config(f"ev-{event}", hooked(event)) for event in events))
    ground.install(made, "ev")
    assert posts(ground, "ev-") == ["ev-pre-install", "ev-main", "ev-post-install"]
    ground.upgrade(made, "ev")
    assert posts(ground, "ev-")[3:] == ["ev-pre-upgrade", "ev-post-upgrade"]
    ground.rollback("ev", 1)
    assert posts(ground, "ev-")[5:] == ["ev-pre-rollback", "ev-post-rollback"]
    ground.delete("ev")
    assert posts(ground, "ev-")[7:] == ["ev-pre-delete", "ev-post-delete"]
    assert ground.get("configmaps/ev-main") is None
    left = [event for event in events if ground.get(f"configmaps/ev-{event}") is not None]
    assert left == events  # hook objects are nobody's but their policies'


def test_annotations_of_hooks_are_lists_of_any_case(ground: Ground) -> None:
    notes = {
        "helm.sh/hook": "Pre-Install , POST-UPGRADE",
        "helm.sh/hook-delete-policy": "Hook-Succeeded, before-hook-creation, no-such-policy",
        "helm.sh/hook-weight": "7",
    }
    made = ground.install(chart(config("case-a"), config("case-h", notes)), "case")
    assert len(made.hooks) == 1
    hook = made.hooks[0]
    assert hook.events == (HookEvent.PRE_INSTALL, HookEvent.POST_UPGRADE)
    assert hook.delete_policies == (HookDeletePolicy.SUCCEEDED, HookDeletePolicy.BEFORE_HOOK_CREATION)
    assert (hook.weight, hook.delete_timeout, hook.kind, hook.name) == (7, 60, "ConfigMap", "case-h")


def test_an_unknown_event_discards_the_whole_document(ground: Ground) -> None:
    made = ground.install(chart(config("unk-a"), config("unk-h", hooked("pre-install,test"))), "unk")
    assert made.hooks == ()
    assert "unk-h" not in made.manifest
    assert ground.get("configmaps/unk-h") is None


def test_hooks_come_by_weight_and_then_by_name(ground: Ground) -> None:
    made = chart(
        config("ord-main"),
        config("ord-d", hooked("pre-install", weight=5)),
        config("ord-c", hooked("pre-install", weight=-3)),
        config("ord-b", hooked("pre-install")),
        config("ord-a", {**hooked("pre-install"), "helm.sh/hook-weight": "heavy"}),
    )
    ground.install(made, "ord")
    assert posts(ground, "ord-") == ["ord-c", "ord-a", "ord-b", "ord-d", "ord-main"]


@pytest.mark.parametrize(("policy", "stays"), [("hook-succeeded", False), ("hook-failed", True), ("", True)])
def test_policies_after_success(ground: Ground, policy: str, *, stays: bool) -> None:
    name = f"suc-{policy or 'none'}"
    made = chart(config(f"{name}-a"), job(f"{name}-h", hooked("post-install", policy)))
    release = ground.install(made, name)
    assert (ground.get(f"batch/v1/jobs/{name}-h") is not None) == stays
    assert release.hooks[0].last_run is not None


@pytest.mark.parametrize(("policy", "stays"), [("hook-succeeded", True), ("hook-failed", False), ("", True)])
def test_policies_after_failure(ground: Ground, policy: str, *, stays: bool) -> None:
    name = f"bad-{policy or 'none'}"
    made = chart(config(f"{name}-a"), job(f"{name}-h", hooked("post-install", policy), fails=True))
    assert refusal(ground.install, made, name) == "Job failed: BackoffLimitExceeded"
    assert (ground.get(f"batch/v1/jobs/{name}-h") is not None) == stays


def test_deletion_after_success_waits_until_all_hooks_are_done(ground: Ground) -> None:
    made = chart(
        config("all-a"),
        job("all-first", hooked("post-install", "hook-succeeded", 1)),
        job("all-second", hooked("post-install", weight=2), fails=True),
    )
    refusal(ground.install, made, "all")
    assert ground.get("batch/v1/jobs/all-first") is not None


def test_a_hook_without_policy_fails_when_it_runs_again(ground: Ground) -> None:
    made = chart(config("twice-a"), job("twice-h", hooked("pre-install,pre-upgrade")))
    ground.install(made, "twice")
    assert refusal(ground.upgrade, made, "twice") == 'jobs.batch "twice-h" already exists'


def test_before_hook_creation_replaces_the_last_run(ground: Ground) -> None:
    made = chart(config("new-a"), job("new-h", hooked("pre-install,pre-upgrade", "before-hook-creation")))
    ground.install(made, "new")
    first = ground.get("batch/v1/jobs/new-h")
    ground.upgrade(made, "new")
    second = ground.get("batch/v1/jobs/new-h")
    assert first is not None
    assert second is not None
    assert first["metadata"]["uid"] != second["metadata"]["uid"]


@pytest.mark.parametrize(("given", "seconds"), [("", 60), ("5", 5), ("soon", 60)])
def test_the_timeout_of_a_hooks_deletion(ground: Ground, given: str, seconds: int) -> None:
    name = f"dt-{given or 'none'}"
    made = chart(config(f"{name}-a"), config(f"{name}-h", hooked("pre-install", "hook-succeeded", timeout=given)))
    release = ground.install(made, name)
    assert release.hooks[0].delete_timeout == seconds


def test_a_hook_that_is_held_back_from_deletion_times_out(ground: Ground) -> None:
    held = manifest("v1", "ConfigMap", "{{ .Release.Name }}-h", hooked("pre-install", "hook-succeeded", timeout="2"))
    held = held.replace('"metadata": {', '"metadata": {"finalizers": ["example.org/hold"], ')
    assert refusal(ground.install, chart(config("held-a"), held), "held") == "timed out waiting for the condition"
    assert ground.history("held") == []
    ground.change("configmaps/held-h", {"metadata": {"finalizers": None}})


def test_a_job_that_takes_too_long_times_out(ground: Ground) -> None:
    made = chart(config("slow-a"), job("slow-h", hooked("post-install"), seconds=600))
    assert refusal(ground.install, made, "slow", timeout=2) == "timed out waiting for the condition"
    assert ground.statuses("slow") == {1: "FAILED"}
    assert ground.descriptions("slow") == {1: 'Release "slow" failed post-install: timed out waiting for the condition'}


def test_a_job_that_is_gone_is_done(ground: Ground) -> None:
    made = json.loads(job("brief-h", hooked("post-install")))
    made["spec"]["ttlSecondsAfterFinished"] = 0
    release = ground.install(chart(config("brief-a"), json.dumps(made)), "brief", timeout=30)
    assert release.status == StatusCode.DEPLOYED
    ground.gone("batch/v1/jobs/brief-h")


def test_hooks_have_the_whole_timeout_each(ground: Ground) -> None:
    made = chart(
        config("each-a"),
        job("each-1", hooked("pre-install", "before-hook-creation", 1)),
        job("each-2", hooked("pre-install", "before-hook-creation", 2)),
    )
    assert ground.install(made, "each", timeout=20).status == StatusCode.DEPLOYED


def test_a_job_that_fails_says_why(ground: Ground) -> None:
    made = chart(config("why-a"), job("why-h", hooked("pre-install"), seconds=1))
    assert refusal(ground.install, made, "why", timeout=30) == "Job failed: DeadlineExceeded"


def test_a_pod_that_is_a_hook_is_done_when_it_exists(ground: Ground) -> None:
    made = chart(config("pod-a"), pod("pod-h", hooked("pre-install"), ready=False))
    assert ground.install(made, "pod", timeout=20).status == StatusCode.DEPLOYED


def test_hooks_run_without_wait(ground: Ground) -> None:
    ground.install(chart(config("nowait-a"), job("nowait-h", hooked("pre-install"))), "nowait", wait=False)
    found = ground.get("batch/v1/jobs/nowait-h")
    assert found is not None
    assert found["status"]["succeeded"] == 1


def test_no_hooks_means_none(ground: Ground) -> None:
    events = "pre-install,post-install,pre-upgrade,post-upgrade,pre-rollback,post-rollback,pre-delete,post-delete"
    made = chart(config("none-a"), config("none-h", hooked(events)))
    ground.install(made, "none", disable_hooks=True)
    ground.upgrade(made, "none", disable_hooks=True)
    ground.rollback("none", disable_hooks=True)
    ground.delete("none", disable_hooks=True)
    assert ground.get("configmaps/none-h") is None


def test_hook_objects_are_no_part_of_the_release(ground: Ground) -> None:
    made = ground.install(chart(config("apart-a"), config("apart-h", hooked("post-install"), v="1")), "apart")
    assert "apart-h" not in made.manifest
    ground.upgrade(chart(config("apart-a")), "apart")
    assert ground.data("apart-h") == {"v": "1"}
    ground.purge("apart")
    assert ground.data("apart-h") == {"v": "1"}


def crd_chart(ground: Ground, name: str) -> tuple[str, Any]:
    group = f"{name}.{ground.namespace}.example"
    return group, chart(definition(group, hooked("crd-install")), widget(group, f"{name}-w"))


def test_a_definition_of_the_chart_is_established_before_its_objects(ground: Ground) -> None:
    group, made = crd_chart(ground, "crd")
    ground.install(made, "crd")
    assert ground.get(f"{group}/v1/widgets/crd-w") is not None
    ground.purge("crd")
    assert ground.get(f"{group}/v1/widgets/crd-w") is None
    crd = f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}"
    assert ground.get(crd, "") is not None
    ground.remove(crd, "")


def test_a_definition_can_be_left_out(ground: Ground) -> None:
    group, made = crd_chart(ground, "nocrd")
    text = refusal(ground.install, made, "nocrd", disable_crd_hook=True)
    assert text.startswith(
        f'validation failed: unable to recognize "": no matches for kind "Widget" in version "{group}/v1"'
    )
    assert ground.get(f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}", "") is None


def test_a_definition_is_not_run_on_upgrade(ground: Ground) -> None:
    group, _ = crd_chart(ground, "upcrd")
    ground.install(chart(config("upcrd-a")), "upcrd")
    ground.upgrade(chart(config("upcrd-a"), definition(group, hooked("crd-install"))), "upcrd")
    ground.rollback("upcrd")
    assert ground.get(f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}", "") is None


def test_names_that_conflict_are_told(ground: Ground) -> None:
    group = f"twin.{ground.namespace}.example"
    ground.install(chart(definition(group, hooked("crd-install")), config("twin-a")), "twin")
    other = definition(group, hooked("crd-install"), plural="gadgets")
    text = refusal(ground.install, chart(other, config("twin-b")), "twin-b")
    assert text == f"naming conflict detected for CRD gadgets.{group}"
    for plural in ("widgets", "gadgets"):
        ground.remove(f"apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.{group}", "")
