"""Objects that one Tiller made and the other upgrades: nothing of the old manifest stays, all of others' does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compat.clusters import Ground
from tests.compat.conformance.everything import PLACES, everything, settled
from tests.compat.conformance.manifests import config, definition, service, widget, workload
from tests.compat.interchange.conftest import Pair
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat]
# Who installs and who upgrades after whom; the last one is always ours.
ROADS = [
    ("theirs", "ours"),
    ("theirs", "theirs", "ours"),
    ("theirs", "ours", "theirs", "ours"),
    ("ours", "theirs", "ours"),
]


def containers(name: str, *variables: str, **more: Any) -> str:
    """A deployment whose container has these environment variables."""
    made = json.loads(workload("Deployment", name, ready=False, **more))
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": v, "value": v.lower()} for v in variables]
    return json.dumps(made)


def variables(ground: Ground, name: str) -> list[str]:
    found = ground.get(f"apps/v1/deployments/{name}")
    assert found is not None
    return [each["name"] for each in found["spec"]["template"]["spec"]["containers"][0].get("env", [])]


@pytest.mark.parametrize("road", ROADS, ids=["-".join(road) for road in ROADS])
def test_fields_and_list_items_that_the_manifest_no_longer_has_are_gone(pair: Pair, road: tuple[str, ...]) -> None:
    name = "f-" + "".join(who[0] for who in road)
    everything = ["A", "B", "C", "D"]
    for step, who in enumerate(road):
        left = everything[: len(everything) - step]
        made = chart(
            config(f"{name}-c", None, **dict.fromkeys(left, "1")),
            containers(f"{name}-d", *left, strategy={"type": "Recreate"} if step == 0 else {}),
            service(f"{name}-s", ports=[{"name": each.lower(), "port": 80 + i} for i, each in enumerate(left)]),
        )
        ground = pair.by(who)
        if step == 0:
            ground.install(made, name)
        else:
            ground.upgrade(made, name)
        assert sorted(ground.data(f"{name}-c")) == left
        assert variables(ground, f"{name}-d") == left
        found = ground.get(f"services/{name}-s")
        assert found is not None
        assert [each["name"].upper() for each in found["spec"]["ports"]] == left
    pair.ours.rollback(name, 1)
    assert variables(pair.ours, f"{name}-d") == everything
    pair.theirs.rollback(name, len(road))
    assert sorted(pair.ours.data(f"{name}-c")) == everything[: len(everything) - len(road) + 1]


def test_fields_of_others_stay_when_ours_takes_over(pair: Pair) -> None:
    pair.theirs.install(chart(containers("o-d", "A", replicas=None)), "o")
    ground = pair.ours
    place = "apps/v1/deployments/o-d"
    assert (
        ground.send(
            "PATCH", f"{ground.path(place)}/scale", {"spec": {"replicas": 4}}, "application/merge-patch+json"
        ).status
        == 200
    )
    ground.change(place, {"metadata": {"annotations": {"controller.example/seen": "yes"}}}, manager="controller")
    sidecar = [{"op": "add", "path": "/spec/template/spec/containers/-", "value": {"name": "side", "image": "busybox"}}]
    path = f"{ground.path(place)}?fieldManager=injector"
    assert ground.send("PATCH", path, sidecar, "application/json-patch+json").status == 200
    for variable in ("B", "C"):
        ground.upgrade(chart(containers("o-d", variable, replicas=None)), "o")
        found = ground.get(place)
        assert found is not None
        assert variables(ground, "o-d") == [variable]
        assert found["spec"]["replicas"] == 4
        assert found["metadata"]["annotations"]["controller.example/seen"] == "yes"
        assert [each["name"] for each in found["spec"]["template"]["spec"]["containers"]] == ["c", "side"]


def test_an_autoscalers_replicas_stay_when_the_manifest_stops_to_name_them(pair: Pair) -> None:
    pair.theirs.install(chart(containers("h-d", "A", replicas=2)), "h")
    ground = pair.ours
    path = f"{ground.path('apps/v1/deployments/h-d')}/scale"
    assert ground.send("PATCH", path, {"spec": {"replicas": 5}}, "application/merge-patch+json").status == 200
    ground.upgrade(chart(containers("h-d", "A", replicas=None)), "h")
    found = ground.get("apps/v1/deployments/h-d")
    assert found is not None
    assert found["spec"]["replicas"] == 5


def test_custom_resources_change_hands_too(pair: Pair) -> None:
    group = f"hands.{pair.ours.namespace}.example"
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert pair.ours.send("POST", path, json.loads(definition(group))).status == 201
    pair.ours.until(lambda: pair.ours.send("GET", f"/apis/{group}/v1").status == 200)
    pair.theirs.install(chart(widget(group, "cr-w", a=1, b={"c": [1, 2], "d": 3})), "cr")
    pair.ours.upgrade(chart(widget(group, "cr-w", b={"c": [2]})), "cr")
    found = pair.ours.get(f"{group}/v1/widgets/cr-w")
    assert found is not None
    assert found["spec"] == {"b": {"c": [2]}}
    pair.theirs.upgrade(chart(widget(group, "cr-w", e=4)), "cr")
    found = pair.ours.get(f"{group}/v1/widgets/cr-w")
    assert found is not None
    assert found["spec"] == {"e": 4}
    pair.ours.purge("cr")
    pair.ours.remove(f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}", "")


def test_objects_of_both_are_alike(pair: Pair) -> None:
    """The same chart leaves the same objects, whoever installs it."""
    found: dict[str, list[dict[str, Any]]] = {}
    places = ["configmaps/like-c", "services/like-s", "apps/v1/deployments/like-d"]
    made = chart(config("like-c", v="1"), service("like-s", clusterIP="None"), containers("like-d", "A", "B"))
    for who in ("theirs", "ours"):
        ground = pair.by(who)
        ground.install(made, "like")
        found[who] = [_plain(ground.get(place)) for place in places]
        ground.purge("like")
        for place in places:
            ground.gone(place)
    assert found["ours"] == found["theirs"]


def _plain(live: dict[str, Any] | None) -> dict[str, Any]:
    assert live is not None
    unlike = {"uid", "resourceVersion", "creationTimestamp", "managedFields", "annotations", "generation"}
    metadata = {key: value for key, value in live["metadata"].items() if key not in unlike}
    return {**live, "metadata": metadata, "status": None}


def test_what_ours_upgraded_of_theirs_is_as_if_it_had_been_made_so(pair: Pair) -> None:
    name, fresh = "as-it", "as-new"
    pair.theirs.install(chart(*everything(name, full=True)), name)
    pair.ours.upgrade(chart(*everything(name, full=False)), name)
    pair.ours.install(chart(*everything(fresh, full=False)), fresh)
    for place in PLACES:
        upgraded, new = (settled(pair.ours.get(f"{place}/{each}")) for each in (name, fresh))
        assert json.loads(json.dumps(upgraded).replace(name, fresh)) == new, place
    pair.ours.purge(name)
    pair.ours.purge(fresh)


def test_what_theirs_upgraded_of_ours_is_as_if_theirs_had_made_it(pair: Pair) -> None:
    """2.17 leaves behind what the API server filled in (serviceAccount, what stringData became) of either's objects."""
    found: dict[str, list[dict[str, Any]]] = {}
    for who, name in (("ours", "of-o"), ("theirs", "of-t")):
        pair.by(who).install(chart(*everything(name, full=True)), name)
        pair.theirs.upgrade(chart(*everything(name, full=False)), name)
        left = [settled(pair.ours.get(f"{place}/{name}")) for place in PLACES]
        found[who] = json.loads(json.dumps(left).replace(name, "of"))
        pair.ours.purge(name)
    assert found["ours"] == found["theirs"]
