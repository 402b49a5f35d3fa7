"""Requests in, responses out: discovery, create, read, update, delete, and refusals in Kubernetes' words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tiller.kube.transport import NotFound, Request, Unauthorized
from tiller.sandbox.api import stored_api
from tiller.sandbox.call import MAX_BODY, User

NS = "/api/v1/namespaces/default"
APPS = "/apis/apps/v1/namespaces/default"
MERGE = "application/merge-patch+json"


def deployment(name: str = "web", **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}}
    full = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": full}


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/etcd"])
def test_health_needs_no_token(new_cluster: Callable[..., Any], path: str) -> None:
    cluster = new_cluster(tokens={"t" * 30: User()})
    assert cluster.send("GET", path).body == b"ok"
    assert cluster.refused("GET", "/version")["code"] == 401


def test_version_is_honest(cluster: Any) -> None:
    version = cluster.get("/version")
    assert (version["major"], version["minor"]) == ("1", "29")
    assert version["gitVersion"].startswith("v1.29.")
    assert "sandbox" in version["gitVersion"]


def test_discovery_lists_groups_and_resources(cluster: Any) -> None:
    assert cluster.get("/api")["versions"] == ["v1"]
    groups = {g["name"]: g for g in cluster.get("/apis")["groups"]}
    assert groups["apps"]["preferredVersion"]["version"] == "v1"
    assert [v["version"] for v in groups["apps"]["versions"]] == ["v1", "v1beta2", "v1beta1"]
    assert "extensions" in groups
    rows = {r["name"]: r for r in cluster.get("/apis/apps/v1")["resources"]}
    assert rows["deployments"]["shortNames"] == ["deploy"]
    assert rows["deployments/scale"]["kind"] == "Scale"
    assert "pods/log" in {r["name"] for r in cluster.get("/api/v1")["resources"]}


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
def test_aggregated_discovery(cluster: Any, version: str) -> None:
    wanted = f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    core = cluster.ok("GET", "/api", accept=f"{wanted},application/json")
    assert core["apiVersion"] == f"apidiscovery.k8s.io/{version}"
    pods = next(r for r in core["items"][0]["versions"][0]["resources"] if r["resource"] == "pods")
    assert pods["scope"] == "Namespaced"
    assert {"log", "status"} <= {s["subresource"] for s in pods["subresources"]}
    assert "apps" in {g["metadata"]["name"] for g in cluster.ok("GET", "/apis", accept=wanted)["items"]}


def test_openapi_answers_in_both_forms(cluster: Any) -> None:
    protobuf = cluster.send("GET", "/openapi/v2", accept="application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
    assert protobuf.status == 200
    assert protobuf.body == b"\n\x032.0"
    assert cluster.get("/openapi/v2")["swagger"] == "2.0"
    assert "apis/apps/v1" in cluster.get("/openapi/v3")["paths"]


def test_create_fills_in_and_returns(cluster: Any) -> None:
    made = cluster.ok("POST", f"{APPS}/deployments", deployment())
    assert made["metadata"]["generation"] == 1
    assert made["metadata"]["creationTimestamp"] == "2023-11-14T22:13:20Z"
    assert made["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert made["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert made["metadata"]["managedFields"][0]["operation"] == "Update"
    read = cluster.get(f"{APPS}/deployments/web")
    assert read["metadata"]["uid"] == made["metadata"]["uid"]
    assert int(read["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


def test_generate_name(cluster: Any) -> None:
    names = {
        cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"generateName": "a-"}})["metadata"]["name"] for _ in "abc"
    }
    assert len(names) == 3
    assert all(len(n) == 7 and n.startswith("a-") for n in names)


REFUSALS: list[tuple[str, str, Any, int, str]] = [
    ("GET", f"{NS}/configmaps/x", None, 404, 'configmaps "x" not found'),
    ("GET", f"{APPS}/deployments/x", None, 404, 'deployments.apps "x" not found'),
    ("DELETE", f"{APPS}/deployments/x", None, 404, 'deployments.apps "x" not found'),
    ("PUT", f"{NS}/configmaps/x", {"metadata": {"name": "x"}}, 404, 'configmaps "x" not found'),
    ("GET", "/api/v1/foos", None, 404, "the server could not find the requested resource"),
    ("GET", "/api/v1/pods/x", None, 404, "the server could not find the requested resource"),
    ("POST", "/api/v1/namespaces/no/configmaps", {"metadata": {"name": "x"}}, 404, 'namespaces "no" not found'),
    (
        "POST",
        f"{NS}/configmaps",
        {"metadata": {"name": "kube-root-ca.crt"}},
        409,
        'configmaps "kube-root-ca.crt" already exists',
    ),
    ("PATCH", f"{NS}/configmaps", {}, 405, "the server does not allow this method on the requested resource"),
    ("DELETE", "/api/v1/namespaces", None, 405, "the server does not allow this method on the requested resource"),
    (
        "DELETE",
        "/api/v1/namespaces/kube-system",
        None,
        403,
        'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    ),
    (
        "POST",
        f"{NS}/configmaps",
        {"metadata": {"name": "a", "namespace": "b"}},
        400,
        "the namespace of the provided object does not match",
    ),
    (
        "PUT",
        f"{NS}/configmaps/kube-root-ca.crt",
        {"metadata": {"name": "b"}},
        400,
        "the name of the object (b) does not match the name on the URL",
    ),
    (
        "POST",
        f"{NS}/configmaps",
        {"metadata": []},
        400,
        "cannot unmarshal array into Go struct field ConfigMap.metadata of type v1.ObjectMeta",
    ),
    (
        "POST",
        f"{NS}/configmaps",
        {"metadata": {"name": "a"}, "data": {"k": 1}},
        400,
        "cannot unmarshal number into Go struct field ConfigMap.data",
    ),
    ("POST", f"{NS}/configmaps", {"apiVersion": "v1", "kind": "Secret"}, 400, 'no kind "Secret" is registered'),
    ("POST", f"{NS}/configmaps", b"{", 400, "json parse error"),
    ("POST", f"{NS}/configmaps", b"[]", 400, "the object provided is unrecognized (must be of type ConfigMap)"),
    ("POST", f"{NS}/configmaps", b'{"a": NaN}', 400, "invalid character 'N'"),
    ("POST", f"{NS}/configmaps?dryRun=x", {"metadata": {"name": "a"}}, 422, 'dryRun: Unsupported value: ["x"]'),
    ("GET", f"{NS}/configmaps?limit=x", None, 400, 'parsing "x": invalid syntax'),
    ("GET", f"{NS}/configmaps?continue=x", None, 400, "continue key is not valid"),
    ("GET", f"{NS}/configmaps?labelSelector=a%in%b", None, 400, "unable to parse requirement"),
    ("GET", f"{NS}/configmaps?fieldSelector=data=x", None, 400, "field label not supported: data"),
    (
        "POST",
        f"{NS}/secrets",
        {"metadata": {"name": "a"}, "data": {"k": "!"}},
        400,
        "illegal base64 data at input byte 0",
    ),
    ("POST", f"{NS}/namespaces", {}, 404, "the server could not find the requested resource"),
]


@pytest.mark.parametrize(("method", "path", "body", "code", "words"), REFUSALS)
def test_refusals(cluster: Any, method: str, path: str, body: Any, code: int, words: str) -> None:  # noqa: PLR0917 - a row of the table
    status = cluster.refused(method, path, body)
    assert status["code"] == code
    assert words in status["message"]


def test_unknown_group_is_a_plain_404(cluster: Any) -> None:
    assert cluster.send("GET", "/apis/none.example/v1").status == 404
    assert cluster.send("GET", "/nowhere").body == b"404 page not found\n"


def test_media_types(cluster: Any) -> None:
    assert cluster.refused("POST", f"{NS}/configmaps", {}, "text/plain")["code"] == 415
    assert cluster.refused("PATCH", f"{NS}/configmaps/kube-root-ca.crt", {}, "text/plain")["code"] == 415
    assert cluster.refused("GET", f"{NS}/configmaps", accept="application/vnd.kubernetes.protobuf")["code"] == 406
    made = cluster.ok("POST", f"{NS}/configmaps", b"metadata: {name: yy}\ndata: {a: b}\n", "application/yaml")
    assert made["data"] == {"a": "b"}


def test_a_body_too_large(cluster: Any) -> None:
    assert cluster.refused("POST", f"{NS}/configmaps", b" " * (MAX_BODY + 1))["code"] == 413


def test_invalid_names_every_cause(cluster: Any) -> None:
    bad = deployment("w", template={"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c"}]}})
    bad["metadata"]["name"] = "W_"
    status = cluster.refused("POST", f"{APPS}/deployments", bad)
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert [c["field"] for c in status["details"]["causes"]] == [
        "metadata.name",
        "spec.template.metadata.labels",
        "spec.template.spec.containers[0].image",
    ]
    assert status["message"].startswith(
        'Deployment.apps "W_" is invalid: [metadata.name: Invalid value: "W_": a lowercase RFC 1123'
    )
    assert "`selector` does not match template `labels`" in status["message"]


def test_update_checks_versions(cluster: Any) -> None:
    made = cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": "a"}, "data": {"k": "1"}})
    same = cluster.ok("PUT", f"{NS}/configmaps/a", made)
    assert same["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    changed = cluster.ok("PUT", f"{NS}/configmaps/a", {**made, "data": {"k": "2"}})
    assert changed["metadata"]["uid"] == made["metadata"]["uid"]
    status = cluster.refused("PUT", f"{NS}/configmaps/a", {**made, "data": {"k": "3"}})
    assert (status["code"], status["reason"]) == (409, "Conflict")
    assert status["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_status_is_written_through_its_subresource_only(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", deployment(replicas=0))
    before = cluster.get(f"{APPS}/deployments/web")
    cluster.ok("PATCH", f"{APPS}/deployments/web", {"status": {"replicas": 9}}, MERGE)
    assert cluster.get(f"{APPS}/deployments/web")["status"] == before["status"]
    made = cluster.ok(
        "PATCH", f"{APPS}/deployments/web/status", {"status": {"collisionCount": 9}, "spec": {"replicas": 4}}, MERGE
    )
    assert made["status"]["collisionCount"] == 9
    assert made["spec"]["replicas"] == 0


def test_generation_counts_changes_of_the_spec(cluster: Any) -> None:
    cluster.ok("POST", f"{APPS}/deployments", deployment())
    cluster.ok("PATCH", f"{APPS}/deployments/web", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    assert cluster.get(f"{APPS}/deployments/web")["metadata"]["generation"] == 1
    cluster.ok("PATCH", f"{APPS}/deployments/web", {"spec": {"replicas": 2}}, MERGE)
    assert cluster.get(f"{APPS}/deployments/web")["metadata"]["generation"] == 2


def test_dry_run_changes_nothing(cluster: Any) -> None:
    assert cluster.send("POST", f"{NS}/configmaps?dryRun=All", {"metadata": {"name": "a"}}).status == 201
    cluster.refused("GET", f"{NS}/configmaps/a")
    assert cluster.send("DELETE", f"{NS}/configmaps/kube-root-ca.crt?dryRun=All").status == 200
    cluster.get(f"{NS}/configmaps/kube-root-ca.crt")


def test_unknown_fields_are_dropped_with_a_warning_or_refused(cluster: Any) -> None:
    body = {"metadata": {"name": "a"}, "extra": 1}
    answer = cluster.send("POST", f"{NS}/configmaps", body)
    assert "extra" not in answer.json()
    assert answer.headers["warning"] == '299 - "unknown field \\"extra\\""'
    status = cluster.refused("POST", f"{NS}/configmaps?fieldValidation=Strict", body)
    assert 'strict decoding error: unknown field "extra"' in status["message"]


def test_lists_by_labels_and_fields_and_in_pieces(cluster: Any) -> None:
    for n in range(5):
        cluster.ok(
            "POST", f"{NS}/configmaps", {"metadata": {"name": f"c{n}", "labels": {"n": str(n), "odd": str(n % 2)}}}
        )
    assert cluster.names(f"{NS}/configmaps?labelSelector=odd=1") == ["c1", "c3"]
    assert cluster.names(f"{NS}/configmaps?fieldSelector=metadata.name=c2") == ["c2"]
    first = cluster.get(f"{NS}/configmaps?limit=2&labelSelector=n")
    assert [i["metadata"]["name"] for i in first["items"]] == ["c0", "c1"]
    assert first["metadata"]["remainingItemCount"] == 3
    rest = cluster.get(f"{NS}/configmaps?labelSelector=n&continue={first['metadata']['continue']}")
    assert [i["metadata"]["name"] for i in rest["items"]] == ["c2", "c3", "c4"]
    assert "continue" not in rest["metadata"]


def test_delete_with_preconditions_and_collections(cluster: Any) -> None:
    made = cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": "a", "labels": {"x": "y"}}})
    status = cluster.refused("DELETE", f"{NS}/configmaps/a", {"preconditions": {"uid": "other"}})
    assert status["code"] == 409
    gone = cluster.ok("DELETE", f"{NS}/configmaps/a", {"preconditions": {"uid": made["metadata"]["uid"]}})
    assert gone["status"] == "Success"
    assert gone["details"]["uid"] == made["metadata"]["uid"]
    for name in "bc":
        cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": name, "labels": {"x": "y"}}})
    cluster.ok("DELETE", f"{NS}/configmaps?labelSelector=x=y")
    assert cluster.names(f"{NS}/configmaps") == ["kube-root-ca.crt"]


def test_finalizers_hold_an_object(cluster: Any) -> None:
    cluster.ok("POST", f"{NS}/configmaps", {"metadata": {"name": "a", "finalizers": ["x.example/hold"]}})
    left = cluster.ok("DELETE", f"{NS}/configmaps/a")
    assert left["metadata"]["deletionTimestamp"]
    status = cluster.refused(
        "PATCH", f"{NS}/configmaps/a", {"metadata": {"finalizers": ["x.example/hold", "y.example/b"]}}, MERGE
    )
    assert "no new finalizers can be added if the object is being deleted" in status["message"]
    cluster.ok("PATCH", f"{NS}/configmaps/a", {"metadata": {"finalizers": None}}, MERGE)
    cluster.refused("GET", f"{NS}/configmaps/a")


def test_a_deleted_namespace_takes_its_contents_along(cluster: Any) -> None:
    cluster.ok("POST", "/api/v1/namespaces", {"metadata": {"name": "n"}})
    cluster.ok("POST", "/api/v1/namespaces/n/configmaps", {"metadata": {"name": "a", "finalizers": ["x.example/hold"]}})
    cluster.ok("POST", "/apis/apps/v1/namespaces/n/deployments", deployment())
    cluster.ok("DELETE", "/api/v1/namespaces/n")
    assert cluster.get("/api/v1/namespaces/n")["status"]["phase"] == "Terminating"
    assert cluster.names("/apis/apps/v1/namespaces/n/deployments") == []
    status = cluster.refused("POST", "/api/v1/namespaces/n/configmaps", {"metadata": {"name": "b"}})
    assert "unable to create new content in namespace n because it is being terminated" in status["message"]
    cluster.ok("PATCH", "/api/v1/namespaces/n/configmaps/a", {"metadata": {"finalizers": None}}, MERGE)
    cluster.refused("GET", "/api/v1/namespaces/n")


def test_tokens_and_impersonation(new_cluster: Callable[..., Any]) -> None:
    token = "a-token-of-a-test-that-is-long"
    cluster = new_cluster(tokens={token: User(), "bob": User("bob", ("devs",))})
    auth = f"Bearer {token}"
    assert cluster.refused("GET", "/api")["message"] == "Unauthorized"
    cluster.ok("GET", "/api", authorization=auth)
    status = cluster.refused("GET", f"{NS}/pods", authorization="Bearer bob")
    assert (status["code"], status["reason"]) == (403, "Forbidden")
    assert status["message"] == (
        'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"'
    )
    binding = {
        "metadata": {"name": "devs-read"},
        "roleRef": {"kind": "ClusterRole", "name": "view", "apiGroup": "rbac.authorization.k8s.io"},
        "subjects": [{"kind": "Group", "name": "devs"}],
    }
    where = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
    cluster.ok("POST", where, binding, authorization=auth)
    cluster.ok("GET", f"{NS}/pods", authorization="Bearer bob")
    cluster.ok("GET", f"{NS}/pods", authorization=auth, impersonate_user="eve", impersonate_group="devs")
    cluster.refused("GET", "/api/v1/namespaces/kube-system/pods", authorization="Bearer bob")
    cluster.refused("DELETE", f"{NS}/pods/x", authorization="Bearer bob")
    body = {"spec": {"token": "bob"}}
    review = cluster.ok("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body, authorization=auth)
    assert review["status"]["user"] == {"username": "bob", "groups": ["devs"]}
    ask = {
        "spec": {
            "user": "x",
            "groups": ["devs"],
            "resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "default"},
        }
    }
    answer = cluster.ok("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", ask, authorization=auth)
    assert answer["status"]["allowed"] is True
    ask["spec"]["resourceAttributes"]["verb"] = "delete"  # type: ignore[index]  # a literal of mixed depth
    answer = cluster.ok("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", ask, authorization=auth)
    assert answer["status"]["allowed"] is False


def test_stream_raises_as_a_transport_does(cluster: Any) -> None:
    with pytest.raises(NotFound, match="not found"):
        next(cluster.api.stream(Request("GET", f"{NS}/pods/none/log")))


def test_stream_without_a_token(new_cluster: Callable[..., Any]) -> None:
    cluster = new_cluster(tokens={"t": User()})
    with pytest.raises(Unauthorized):
        next(cluster.api.stream(Request("GET", f"{NS}/pods", (("watch", "1"),))))


def test_what_is_stored_survives(tmp_path: Any) -> None:
    path = str(tmp_path / "sandbox.db")
    first = stored_api(path)
    body = json.dumps(deployment()).encode()
    first.send(Request("POST", f"{APPS}/deployments", (), {}, body))
    crd = {
        "metadata": {"name": "foos.ex.example"},
        "spec": {
            "group": "ex.example",
            "scope": "Namespaced",
            "names": {"plural": "foos", "kind": "Foo"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    where = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    first.send(Request("POST", where, (), {}, json.dumps(crd).encode()))
    version = first.store.version
    assert first.store.disk is not None
    first.store.disk.close()
    second = stored_api(path)
    read = second.send(Request("GET", f"{APPS}/deployments/web")).json()
    assert read["status"]["readyReplicas"] == 1
    assert second.store.version >= version
    assert second.send(Request("GET", "/apis/ex.example/v1/foos")).status == 200
    assert second.store.disk is not None
    second.store.disk.close()
