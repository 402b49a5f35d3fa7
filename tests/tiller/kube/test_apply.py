"""Objects created, changed and removed on a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helmpy.errors import HelmError
from tests.tiller.world import World
from tiller.clock import Deadline
from tiller.kube import apply
from tiller.kube.apply import Changes, left_over, merge_patch
from tiller.kube.objects import KubeObject
from tiller.kube.transport import Conflict, Request

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], selector: {app: web}}\n"


def config(name: str, **data: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {data}\n"


def job(image: str) -> str:
    return (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  template:\n    spec:\n"
        f"      restartPolicy: Never\n      containers: [{{name: c, image: {image}}}]\n"
    )


def deployment(**container: Any) -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
        "  template:\n    metadata: {labels: {app: web}}\n    spec:\n"
        f"      containers: [{ {'name': 'c', 'image': 'i', **container} }]\n"
    )


class Bench:
    """Two manifests and what lies between them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cluster = world.env.cluster
        self.changes = Changes()

    def build(self, *documents: str) -> list[KubeObject]:
        return self.cluster.build("\n---\n".join(documents), "shop")

    def create(self, *documents: str) -> None:
        apply.create(self.cluster, self.build(*documents))

    def update(self, old: list[str], new: list[str], **flags: bool) -> None:
        deadline = Deadline(self.world.clock, 30)
        apply.update(self.cluster, self.build(*old), self.build(*new), self.changes, deadline=deadline, **flags)


@pytest.fixture
def bench(world: World) -> Bench:
    world.env.cluster.ensure_namespace("shop")
    return Bench(world)


def names(objects: list[KubeObject]) -> list[str]:
    return [each.name for each in objects]


def test_creation_refuses_what_exists(bench: Bench) -> None:
    bench.create(config("a", k="1"))
    with pytest.raises(Conflict) as caught:
        bench.create(config("a", k="2"), config("b"))
    assert str(caught.value) == 'configmaps "a" already exists'
    assert bench.world.data("a") == {"k": "1"}
    # Others of the same kind were on their way already; the next kind is not begun.
    assert bench.world.get("configmaps/b") is not None


def test_a_failed_kind_stops_the_next(bench: Bench) -> None:
    bench.create(config("a"))
    with pytest.raises(Conflict):
        bench.create(config("a"), SERVICE)
    assert bench.world.get("services/web") is None


def test_nothing_to_create_is_an_error(bench: Bench) -> None:
    with pytest.raises(HelmError, match=r"^no objects visited$"):
        bench.create()


def test_an_update_to_nothing_deletes_all(bench: Bench) -> None:
    bench.create(config("a"))
    bench.update([config("a")], [])
    assert bench.world.get("configmaps/a") is None


def test_an_update_creates_changes_and_prunes(bench: Bench) -> None:
    old = [config("stays", a="1", b="2"), config("goes")]
    bench.create(*old)
    bench.update(old, [config("stays", a="1", c="3"), config("comes", x="y")])
    assert bench.world.data("stays") == {"a": "1", "c": "3"}
    assert bench.world.data("comes") == {"x": "y"}
    assert bench.world.get("configmaps/goes") is None
    changes = bench.changes
    assert (names(changes.created), names(changes.updated), names(changes.deleted)) == (["comes"], ["stays"], ["goes"])


def test_drift_is_repaired_and_what_others_added_stays(bench: Bench) -> None:
    bench.create(config("a", ours="1"))
    path = "/api/v1/namespaces/shop/configmaps/a"
    patch = b'{"data": {"ours": "drifted", "theirs": "x"}}'
    headers = {"content-type": "application/merge-patch+json"}
    assert bench.world.api.send(Request("PATCH", path, (), headers, patch)).status == 200
    bench.update([config("a", ours="1")], [config("a", ours="1")])
    assert bench.world.data("a") == {"ours": "1", "theirs": "x"}


def changes(bench: Bench) -> list[str]:
    return [
        f"{each.method} {each.path.rpartition('/')[2]}" for each in bench.world.transport.seen if each.method != "GET"
    ]


def test_what_nobody_else_wrote_is_replaced_whole(bench: Bench) -> None:
    bench.create(config("a", k="1", gone="x"), SERVICE)
    bench.world.transport.seen.clear()
    bench.update([config("a", k="1", gone="x"), SERVICE], [config("a", k="2"), SERVICE])
    assert changes(bench) == ["PUT a", "PATCH web", "PATCH web"]  # a service is made ours, then applied
    assert bench.world.data("a") == {"k": "2"}


@pytest.mark.parametrize("status", [409, 403, 404])
def test_what_cannot_be_replaced_is_applied(bench: Bench, status: int) -> None:
    bench.create(config("a", k="1"))
    bench.world.transport.seen.clear()
    bench.world.transport.refuse("PUT", "/configmaps/a", status=status)
    bench.update([config("a", k="1")], [config("a", k="2")])
    assert changes(bench) == ["PUT a", "PATCH a"]
    assert bench.world.data("a") == {"k": "2"}


def test_an_object_of_somebody_else_is_not_taken_over(bench: Bench) -> None:
    bench.create(config("a"), config("foreign", by="hand"))
    with pytest.raises(HelmError) as caught:
        bench.update([config("a")], [config("a"), config("foreign", by="helm")])
    assert str(caught.value) == (
        'kind ConfigMap with the name "foreign" in "shop" already exists in the cluster and wasn\'t defined in the '
        "previous release. Before upgrading, please either delete the resource from the cluster or remove it from "
        "the chart"
    )
    assert bench.world.data("foreign") == {"by": "hand"}


def test_a_kept_object_outlives_its_manifest(bench: Bench) -> None:
    kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n"
    bench.create(kept, config("a"))
    bench.update([kept, config("a")], [config("a")])
    assert bench.world.get("configmaps/kept") is not None
    assert bench.changes.deleted == []


def test_a_policy_on_the_live_object_counts_too(bench: Bench) -> None:
    bench.create(config("a"), config("b"))
    patch = b'{"metadata": {"annotations": {"helm.sh/resource-policy": "keep"}}}'
    headers = {"content-type": "application/merge-patch+json"}
    bench.world.api.send(Request("PATCH", "/api/v1/namespaces/shop/configmaps/b", (), headers, patch))
    bench.update([config("a"), config("b")], [config("a")])
    assert bench.world.get("configmaps/b") is not None


def test_the_version_of_an_api_may_change(bench: Bench) -> None:
    old = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {maxReplicas: 2, scaleTargetRef: {kind: Deployment, name: web, apiVersion: apps/v1}}\n"
    bench.create(old)
    new = old.replace("autoscaling/v1", "autoscaling/v2").replace("maxReplicas: 2", "maxReplicas: 5")
    bench.update([old], [new])
    found = bench.world.get("autoscaling/v2/horizontalpodautoscalers/h")
    assert found is not None
    assert found["spec"]["maxReplicas"] == 5
    assert bench.changes.deleted == []


def test_refused_changes_are_collected(bench: Bench) -> None:
    old = [job("one"), SERVICE, config("a", k="1")]
    bench.create(*old)
    bench.world.transport.refuse("PATCH", "/services/web", message="no services today")
    with pytest.raises(HelmError) as caught:
        bench.update(old, [config("a", k="2"), SERVICE.replace("80", "81"), job("two")])
    text = str(caught.value)
    assert text.startswith("no services today && ")
    assert "field is immutable" in text
    assert bench.world.data("a") == {"k": "2"}


def test_a_failed_creation_ends_the_update(bench: Bench) -> None:
    bench.create(config("a", k="1"))
    bench.world.transport.refuse("POST", "/configmaps", message="quota")
    with pytest.raises(HelmError, match=r"^failed to create resource: quota$"):
        bench.update([config("a", k="1")], [config("a", k="1"), config("b"), SERVICE])
    assert bench.world.get("services/web") is None


def test_force_replaces_what_cannot_change(bench: Bench) -> None:
    bench.create(job("one"))
    before = bench.world.get("batch/v1/jobs/once")
    bench.update([job("one")], [job("two")], force=True)
    after = bench.world.get("batch/v1/jobs/once")
    assert before is not None
    assert after is not None
    assert before["metadata"]["uid"] != after["metadata"]["uid"]
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "two"


def test_what_force_cannot_make_again_is_told(bench: Bench) -> None:
    bench.create(job("one"))
    bench.world.transport.refuse("POST", "/jobs", message="quota")
    with pytest.raises(HelmError, match=r"^Failed to recreate resource: quota$"):
        bench.update([job("one")], [job("two")], force=True)


def test_recreate_replaces_the_pods(bench: Bench) -> None:
    bench.create(deployment())

    def pods() -> set[str]:
        return {each["metadata"]["uid"] for each in bench.cluster.pods("shop", "app=web")}

    before = pods()
    assert len(before) == 1
    bench.update([deployment()], [deployment()], recreate=True)
    assert len(pods()) == 1
    assert pods() != before


TEMPLATE = "metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}"


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        ("v1 ReplicationController", "selector: {app: web}"),
        ("apps/v1 ReplicaSet", "selector: {matchLabels: {app: web}}"),
        ("apps/v1 Deployment", "selector: {matchLabels: {app: web}}"),
        ("apps/v1 DaemonSet", "selector: {matchLabels: {app: web}}"),
        ("apps/v1 StatefulSet", "serviceName: s, selector: {matchLabels: {app: web}}"),
        ("batch/v1 Job", "manualSelector: true, selector: {matchLabels: {app: web}}"),
    ],
)
def test_pods_of_every_kind_of_workload_are_deleted_for_it_to_make_anew(bench: Bench, kind: str, selector: str) -> None:
    version, _, name = kind.partition(" ")
    once = "restartPolicy: Never, " if name == "Job" else ""
    template = TEMPLATE.replace("spec: {", f"spec: {{{once}")
    text = (
        f"apiVersion: {version}\nkind: {name}\nmetadata: {{name: web}}\n"
        f"spec: {{{selector}, template: {{{template}}}}}\n"
    )
    bench.create(text)
    bench.world.transport.seen.clear()
    bench.update([text], [text], recreate=True)
    gone = [r.path for r in bench.world.transport.seen if r.method == "DELETE"]
    assert len(gone) == 1
    assert gone[0].startswith("/api/v1/namespaces/shop/pods/web-")


@pytest.mark.parametrize(
    "container",
    [
        {"bogus": "field"},
        {"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
    ],
)
def test_what_apply_cannot_type_is_written_plainly(bench: Bench, container: dict[str, Any]) -> None:
    old, new = deployment(**container), deployment(**container, imagePullPolicy="Never")
    bench.create(old)
    bench.update([old], [new])
    found = bench.world.get("apps/v1/deployments/web")
    assert found is not None
    assert found["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] == "Never"


def test_cleanup_takes_away_what_was_created(bench: Bench) -> None:
    bench.create(config("a"))
    bench.update([config("a")], [config("a"), config("b")])
    assert apply.remove_created(bench.cluster, bench.changes) == []
    assert bench.world.get("configmaps/b") is None
    assert bench.world.get("configmaps/a") is not None


def test_a_list_is_taken_apart(bench: Bench) -> None:
    bench.create(
        "apiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
        "- {apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: b}}]}\n"
    )
    assert bench.world.get("configmaps/a") is not None
    assert bench.world.get("configmaps/b") is not None


def test_a_list_of_nothing_has_no_objects(bench: Bench) -> None:
    for items in ("", " []", " null"):
        assert bench.build(f"apiVersion: v1\nkind: List\nitems:{items}\n") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n- b\n", "a manifest is a map, not a list"),
        ("a: b\n", """unable to decode "": Object 'Kind' is missing in '{"a":"b"}'"""),
        (
            "apiVersion: x.org/v1\nkind: Odd\n",
            'unable to recognize "": no matches for kind "Odd" in version "x.org/v1"',
        ),
        ("kind: ConfigMap\napiVersion: v1\nmetadata: text\n", "metadata of a ConfigMap is not a map"),
    ],
)
def test_what_is_no_object_is_named(bench: Bench, text: str, words: str) -> None:
    with pytest.raises(HelmError) as caught:
        bench.build(text)
    assert words in str(caught.value)


MERGES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
    ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": None}),
    ({"m": {"x": 1, "y": 2}}, {"m": {"x": 3}}, {"m": {"x": 3, "y": None}}),
    ({"m": {"x": 1}}, {"m": [1]}, {"m": [1]}),
]


@pytest.mark.parametrize(("old", "new", "patch"), MERGES)
def test_merge_patches(old: dict[str, Any], new: dict[str, Any], patch: dict[str, Any]) -> None:
    assert merge_patch(old, new) == patch


ENTRY = {"apiVersion": "v1", "fieldsType": "FieldsV1", "time": "2020-01-01T00:00:00Z"}
Entry = Callable[[str, str, dict[str, Any]], dict[str, Any]]


def entry(manager: str, operation: str, **names: dict[str, Any]) -> dict[str, Any]:
    return {**ENTRY, "manager": manager, "operation": operation, "fieldsV1": {f"f:{k}": v for k, v in names.items()}}


PORT = 'k:{"port":80,"protocol":"TCP"}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([entry("tiller", "Apply", data={})], None),
        ([entry("kubectl", "Update", data={})], None),
        ([entry("tiller", "Update", data={})], [entry("tiller", "Apply", data={})]),
        ([entry("Go-http-client", "Update", data={})], [entry("tiller", "Apply", data={})]),
        # Once tiller has written, a nameless program's fields are Helm 2's where the manifest has them.
        ([entry("tiller", "Apply", a={}), entry("Go-http-client", "Update", b={})], None),
        (
            [
                entry("tiller", "Apply", a={}),
                entry(
                    "Go-http-client",
                    "Update",
                    data={".": {}, "f:x": {}, "f:y": {}},
                    ports={PORT: {".": {}, "f:name": {}, "f:other": {}}},
                    set={'v:"in"': {}, 'v:"out"': {}},
                ),
            ],
            [
                entry(
                    "tiller",
                    "Apply",
                    a={},
                    data={".": {}, "f:x": {}},
                    ports={PORT: {".": {}, "f:name": {}}},
                    set={'v:"in"': {}},
                ),
                entry("Go-http-client", "Update", data={"f:y": {}}, ports={PORT: {"f:other": {}}}, set={'v:"out"': {}}),
            ],
        ),
        (
            [
                entry("tiller", "Update", a={"f:x": {}}),
                entry("me", "Apply", c={}),
                entry("tiller", "Apply", a={"f:y": {}}),
            ],
            [entry("tiller", "Apply", a={"f:x": {}, "f:y": {}}), entry("me", "Apply", c={})],
        ),
    ],
)
def test_plain_fields_become_applied_ones(before: list[dict[str, Any]], after: list[dict[str, Any]] | None) -> None:
    manifest = {"data": {"x": "1", "z": "2"}, "ports": [{"port": 80, "name": "web"}], "set": ["in"]}
    assert apply._adopted(before, manifest, {}) == after


def test_what_was_written_empty_and_filled_by_nobody_stays_nobodys() -> None:
    containers = 'k:{"name":"c"}'
    written: dict[str, Any] = {"f:image": {}, "f:resources": {}, "f:securityContext": {}}
    before = [entry("tiller", "Update", spec={"f:containers": {containers: {".": {}, **written}}})]
    live = {"spec": {"containers": [{"name": "c", "image": "i", "resources": {"limits": {"cpu": "1"}}}]}}
    plain = {"spec": {"containers": [{"name": "c", "image": "i"}]}}
    (mine,) = apply._adopted(before, plain, live) or []
    assert mine["fieldsV1"]["f:spec"]["f:containers"][containers].keys() == {".", "f:image", "f:securityContext"}
    (mine,) = apply._adopted(before, live, live) or []  # what the manifest names is ours however it was written
    assert mine["fieldsV1"]["f:spec"]["f:containers"][containers].keys() == {".", *written}


LIVE = {"spec": {"a": {"x": 1, "y": [1]}, "l": [{"name": "n", "p": {"http": {"scheme": "HTTP"}}}]}}


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ({"spec": {"a": {"x": 1}}}, {"spec": {"b": 1}}, {"f:spec": {"f:a": {"f:x": {}, "f:y": {}}}}),
        ({"spec": {"a": {"x": 1}}}, {"spec": {"a": {}}}, {"f:spec": {"f:a": {"f:x": {}}}}),
        ({"spec": {"gone": 1}}, {"spec": {}}, {}),
        ({"metadata": {"labels": {"a": "b"}}}, {"metadata": {}}, {}),
        (
            {"spec": {"l": [{"name": "n", "p": {"http": {}}}, {"name": "o"}]}},
            {"spec": {"l": [{"name": "n", "p": {"tcp": {}}}]}},
            {"f:spec": {"f:l": {'k:{"name":"n"}': {"f:p": {"f:http": {"f:scheme": {}}}}}}},
        ),
    ],
)
def test_what_went_is_found_with_its_defaults(old: dict[str, Any], new: dict[str, Any], fields: dict[str, Any]) -> None:
    assert left_over(old, new, LIVE) == fields


def test_a_field_that_forbids_the_defaults_of_another_is_taken(bench: Bench) -> None:
    plain = deployment(livenessProbe={"httpGet": {"path": "/", "port": 80}})
    bench.create(plain)
    recreate = deployment(livenessProbe={"tcpSocket": {"port": 80}}).replace(
        "  selector", "  strategy: {type: Recreate}\n  selector"
    )
    bench.update([plain], [plain])
    bench.update([plain], [recreate])
    bench.update([recreate], [plain])
    bench.update([plain], [recreate])
    spec = bench.cluster.get(bench.build(recreate)[0])
    assert spec is not None
    assert spec["spec"]["strategy"] == {"type": "Recreate"}
    assert "httpGet" not in spec["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
