"""Uninstall: order, what stays, errors, purge."""

from __future__ import annotations

import pytest

from helmpy.release.requests import ContentRequest, UninstallRequest
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, hooked, job, manifest, pod, service, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def test_objects_go_in_uninstall_order_and_the_record_stays(ground: Ground) -> None:
    made = chart(
        config("ord-c"),
        service("ord-s"),
        pod("ord-p"),
        manifest("v1", "ServiceAccount", "ord-sa"),
        manifest("networking.k8s.io/v1", "NetworkPolicy", "ord-n", spec={"podSelector": {}}),
        workload("Deployment", "ord-d"),
    )
    ground.install(made, "ord")
    ground.transport.seen.clear()
    release = ground.tiller.uninstall(UninstallRequest(name="ord")).release
    gone = [r.path.rpartition("/")[2] for r in ground.transport.seen if r.method == "DELETE" and "/ord-" in r.path]
    assert gone == ["ord-s", "ord-d", "ord-p", "ord-sa", "ord-c", "ord-n"]
    assert release is not None
    assert release.info is not None
    assert release.info.description == "Deletion complete"
    assert release.info.deleted is not None
    assert ground.statuses("ord") == {1: "DELETED"}
    ground.gone("configmaps/ord-c")
    ground.gone("pods/ord-p")


def test_dependents_go_in_the_background(ground: Ground) -> None:
    ground.install(chart(workload("Deployment", "bg-d")), "bg")
    path = f"/api/v1/namespaces/{ground.namespace}/pods?labelSelector=app=bg-d"
    ground.until(lambda: ground.send("GET", path).json()["items"])
    ground.transport.seen.clear()
    ground.delete("bg")
    sent = [r.body for r in ground.transport.seen if r.method == "DELETE" and "bg-d" in r.path]
    assert all(b'"Background"' in body for body in sent)
    assert len(sent) == 1
    ground.until(lambda: not ground.send("GET", path).json()["items"])


def test_the_record_says_deleting_meanwhile(ground: Ground) -> None:
    ground.install(chart(config("mean-a")), "mean")
    ground.transport.seen.clear()
    ground.delete("mean")
    steps = [(r.method, r.path.rpartition("/")[2], r.body) for r in ground.transport.seen if r.method != "GET"]
    first = next(i for i, (method, name, body) in enumerate(steps) if name == "mean.v1" and b'"DELETING"' in body)
    assert first < next(i for i, (method, name, _) in enumerate(steps) if (method, name) == ("DELETE", "mean-a"))


def test_deleted_is_deleted_until_it_is_purged(ground: Ground) -> None:
    ground.install(chart(config("twice-a")), "twice")
    ground.delete("twice")
    assert refusal(ground.delete, "twice") == 'the release named "twice" is already deleted'
    ground.delete("twice", purge=True)
    assert ground.history("twice") == []
    assert refusal(ground.delete, "twice") == 'release: "twice" not found'


def test_a_purge_removes_every_revision(ground: Ground) -> None:
    ground.install(chart(config("pur-a")), "pur")
    ground.upgrade(chart(config("pur-a")), "pur")
    ground.delete("pur", purge=True)
    assert ground.history("pur") == []
    assert ground.get("configmaps/pur.v1") is None
    assert ground.get("configmaps/pur.v2") is None
    assert ground.install(chart(config("pur-a")), "pur").version == 1


def test_the_newest_revision_is_what_is_deleted(ground: Ground) -> None:
    ground.install(chart(config("new-a")), "new")
    refusal(ground.upgrade, chart(config("new-a"), config("new-b"), service("new-s", ports=[{"port": 0}])), "new")
    ground.delete("new")
    assert ground.get("configmaps/new-b") is None
    assert ground.statuses("new") == {1: "DEPLOYED", 2: "DELETED"}


def test_what_is_kept_is_told(ground: Ground) -> None:
    keep, anything, gone = ({"helm.sh/resource-policy": policy} for policy in ("keep", "whatever", "delete"))
    ground.install(chart(config("kept-a", keep), config("kept-b", anything), config("kept-c", gone)), "kept")
    assert ground.delete("kept") == (
        "These resources were kept due to the resource policy:\n[ConfigMap] kept-a\n[ConfigMap] kept-b\n"
    )
    assert ground.get("configmaps/kept-a") is not None
    assert ground.get("configmaps/kept-c") is None


def test_what_is_kept_but_gone_is_not_told(ground: Ground) -> None:
    ground.install(chart(config("kgone-a", {"helm.sh/resource-policy": "keep"})), "kgone")
    ground.remove("configmaps/kgone-a")
    assert ground.delete("kgone") == ""


def test_an_object_that_is_gone_is_no_error(ground: Ground) -> None:
    ground.install(chart(config("lost-a")), "lost")
    ground.remove("configmaps/lost-a")
    ground.delete("lost")
    assert ground.statuses("lost") == {1: "DELETED"}


def test_a_failed_pre_delete_hook_leaves_the_release_as_it_was(ground: Ground) -> None:
    ground.install(chart(config("ph-a"), job("ph-h", hooked("pre-delete"), fails=True)), "ph")
    assert refusal(ground.delete, "ph") == "Job failed: BackoffLimitExceeded"
    assert ground.statuses("ph") == {1: "DEPLOYED"}
    assert ground.get("configmaps/ph-a") is not None
    ground.delete("ph", disable_hooks=True)


@pytest.mark.parametrize("purge", [False, True])
def test_errors_of_a_deletion_are_collected_and_keep_the_record(ground: Ground, *, purge: bool) -> None:
    name = "errp" if purge else "err"
    ground.install(chart(config(f"{name}-a"), config(f"{name}-b")), name)
    ground.transport.refuse("DELETE", f"configmaps/{name}-", message="not now")
    text = refusal(ground.delete, name, purge=purge)
    assert text == "deletion completed with 2 error(s): not now; not now"
    assert ground.statuses(name) == {1: "DELETED"}


def test_a_description_of_a_deletion(ground: Ground) -> None:
    ground.install(chart(config("ddesc-a")), "ddesc")
    ground.delete("ddesc", description="no longer needed")
    assert ground.descriptions("ddesc") == {1: "no longer needed"}


def test_a_deleted_revision_can_still_be_read(ground: Ground) -> None:
    made = ground.install(chart(config("read-a")), "read")
    ground.delete("read")
    found = ground.tiller.content(ContentRequest(name="read", version=1)).release
    assert found is not None
    assert found.manifest == made.manifest


def test_a_namespace_of_the_chart_goes_with_what_is_in_it(ground: Ground) -> None:
    name = ground.another_namespace()
    inside = config("nsin-a").replace('"name": "nsin-a"', f'"name": "nsin-a", "namespace": "{name}"')
    ground.install(chart(manifest("v1", "Namespace", name), inside), "nsin")
    assert ground.get("configmaps/nsin-a", name) is not None
    ground.delete("nsin")
    ground.until(lambda: ground.get(f"namespaces/{name}", "") is None, 30)
