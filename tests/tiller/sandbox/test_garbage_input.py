"""Whatever comes in, a Status goes out: no traceback, no 500 that a real API server does not give."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiller.kube.transport import Request, Response
from tiller.sandbox.api import Stream, memory_api

API = memory_api(lambda: 1_700_000_000.0, seed=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.sampled_from(["x", "ClusterIP", "v1", "a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "metadata", "name", "labels", "annotations", "spec", "template", "containers", "image", "ports", "port", "selector",
        "matchLabels", "data", "rules", "roleRef", "versions", "names", "kind", "volumes", "env", "replicas", "type", "status",
        "ownerReferences", "finalizers", "managedFields", "$patch", "op", "path", "value", "webhooks", "names", "schema",
    ]), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip
KINDS = [
    ("/api/v1/namespaces/default/pods", "Pod"),
    ("/api/v1/namespaces/default/services", "Service"),
    ("/api/v1/namespaces/default/configmaps", "ConfigMap"),
    ("/api/v1/namespaces/default/secrets", "Secret"),
    ("/api/v1/namespaces/default/persistentvolumeclaims", "PersistentVolumeClaim"),
    ("/api/v1/namespaces/default/replicationcontrollers", "ReplicationController"),
    ("/apis/apps/v1/namespaces/default/deployments", "Deployment"),
    ("/apis/apps/v1/namespaces/default/statefulsets", "StatefulSet"),
    ("/apis/extensions/v1beta1/namespaces/default/deployments", "Deployment"),
    ("/apis/extensions/v1beta1/namespaces/default/ingresses", "Ingress"),
    ("/apis/batch/v1/namespaces/default/jobs", "Job"),
    ("/apis/batch/v1beta1/namespaces/default/cronjobs", "CronJob"),
    ("/apis/autoscaling/v2beta1/namespaces/default/horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ("/apis/policy/v1/namespaces/default/poddisruptionbudgets", "PodDisruptionBudget"),
    ("/apis/policy/v1beta1/podsecuritypolicies", "PodSecurityPolicy"),
    ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "ClusterRoleBinding"),
    ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "CustomResourceDefinition"),
    ("/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions", "CustomResourceDefinition"),
    ("/apis/admissionregistration.k8s.io/v1beta1/mutatingwebhookconfigurations", "MutatingWebhookConfiguration"),
    ("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "SelfSubjectAccessReview"),
    ("/apis/authentication.k8s.io/v1/tokenreviews", "TokenReview"),
]
PATCHES = [
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
]
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def ask(method: str, path: str, body: bytes = b"", kind: str = "application/json", query: Any = ()) -> None:
    answer = API.answer(Request(method, path, tuple(query), {"content-type": kind, "user-agent": "x"}, body))
    if isinstance(answer, Stream):
        return
    if answer.status >= 400 and answer.body.startswith(b"{"):
        status = answer.json()
        assert status["kind"] == "Status"
        assert status["code"] == answer.status
        if answer.status >= 500:
            assert status["message"].startswith("failed to create typed patch object"), status


@QUIET
@given(
    kind=st.sampled_from(KINDS),
    body=VALUES,
    tail=st.dictionaries(st.sampled_from(["spec", "data", "roleRef", "webhooks"]), VALUES),
)
def test_creates(kind: tuple[str, str], body: Any, tail: dict[str, Any]) -> None:
    path, name = kind
    whole = {**body, **tail} if isinstance(body, dict) else body
    ask("POST", path, json.dumps(whole).encode())
    version = path.split("/")[3] if path.startswith("/apis") else ""
    group = path.split("/")[2] + "/" if version else ""
    named = {"apiVersion": f"{group}{version or 'v1'}", "kind": name, "metadata": {"name": "fuzz"}, **tail}
    ask("POST", path, json.dumps(named).encode())
    ask("PATCH", f"{path}/fuzz", json.dumps(named).encode(), PATCHES[3], [("fieldManager", "f"), ("force", "true")])
    ask("PUT", f"{path}/fuzz", json.dumps(whole).encode())
    ask("DELETE", f"{path}/fuzz", json.dumps(body).encode())


@QUIET
@given(patch=VALUES, kind=st.sampled_from(PATCHES), path=st.sampled_from(KINDS))
def test_patches(patch: Any, kind: str, path: tuple[str, str]) -> None:
    ask(
        "PATCH",
        "/api/v1/namespaces/default/services/kubernetes",
        json.dumps(patch).encode(),
        kind,
        [("fieldManager", "f")],
    )
    ask("PATCH", f"{path[0]}/fuzz", json.dumps(patch).encode(), kind, [("fieldManager", "f")])


@QUIET
@given(body=st.binary(max_size=60), kind=st.sampled_from([*PATCHES, "application/json", "application/yaml", ""]))
def test_bytes(body: bytes, kind: str) -> None:
    ask("POST", "/api/v1/namespaces/default/configmaps", body, kind)
    ask("PATCH", "/api/v1/namespaces/default/configmaps/kube-root-ca.crt", body, kind, [("fieldManager", "f")])


@QUIET
@given(
    path=st.text(max_size=30),
    query=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "limit",
                    "continue",
                    "labelSelector",
                    "fieldSelector",
                    "resourceVersion",
                    "timeoutSeconds",
                    "dryRun",
                    "watch",
                ]
            ),
            st.text(max_size=12),
        ),
        max_size=4,
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "FOO"]),
)
def test_paths_and_queries(path: str, query: list[tuple[str, str]], method: str) -> None:
    for base in ("/", "/api/v1/", "/apis/apps/v1/", "/api/v1/namespaces/default/pods/"):
        ask(method, base + path, b"", query=query)
    ask(method, "/api/v1/namespaces/default/secrets", b"{}", query=query)


DEEP = [
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"spec":' * 900 + b"1" + b"}" * 900,
    b"1" * 10_000,
    b'{"metadata":{"name":"\\ud800"}}',
]


@pytest.mark.parametrize("body", DEEP)
@pytest.mark.parametrize("path", ["/api/v1/namespaces/default/configmaps", "/apis/policy/v1beta1/podsecuritypolicies"])
def test_deep_and_odd(body: bytes, path: str) -> None:
    ask("POST", path, body)
    ask("POST", path, body, "application/yaml")
    for kind in PATCHES:
        ask("PATCH", "/api/v1/namespaces/default/services/kubernetes", body, kind, [("fieldManager", "f")])
    ask("GET", "/healthz")


JUNK: list[Any] = [
    None,
    0,
    -1,
    1 << 70,
    1.5,
    True,
    "",
    "a b",
    "x" * 300,
    [],
    {},
    [None],
    [{}],
    {"a": None},
    [[]],
    [{"name": "x"}] * 2,
]
LABELS = {"app": "x"}
POD = {
    "containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 1}], "env": [{"name": "A", "value": "b"}]}]
}
SEEDS: list[tuple[str, Any]] = [
    ("/apis/apps/v1/namespaces/default/deployments", {"spec": {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": POD}}}),
    ("/apis/extensions/v1beta1/namespaces/default/deployments", {"spec": {"template": {"metadata": {"labels": LABELS}, "spec": POD}}}),
    ("/api/v1/namespaces/default/services", {"spec": {"type": "NodePort", "selector": LABELS, "ports": [{"port": 80, "targetPort": "web"}]}}),
    ("/apis/apiregistration.k8s.io/v1beta1/apiservices", {"spec": {"service": {"namespace": "a", "name": "b"}, "group": "g", "version": "v1"}}),
    (
        "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions",
        {"spec": {"group": "x.example", "version": "v1", "scope": "Namespaced", "names": {"plural": "foos", "kind": "Foo"}, "validation": {"openAPIV3Schema": {"properties": {"spec": {"type": "object"}}}}}},
    ),
]  # fmt: skip


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, inner in pairs for spot in spots(inner, (*path, key)))]


def with_junk(seed: Any, chance: random.Random) -> Any:
    out = copy.deepcopy(seed)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(spots(out)[1:] or [()])
        inner = out
        for key in path[:-1]:
            inner = inner[key]
        if path:
            inner[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return out


@pytest.mark.parametrize("number", range(40))
def test_good_objects_with_something_wrong(number: int) -> None:
    chance = random.Random(number)
    for path, seed in SEEDS:
        body = {"metadata": {"name": "foos.x.example" if "definitions" in path else "fuzz"}, **with_junk(seed, chance)}
        group, plural = path.removeprefix("/apis/").removeprefix("/api/"), path.rsplit("/", 1)[1]
        version = "v1" if path.startswith("/api/") else "/".join(group.split("/")[:2])
        kinds = {"deployments": "Deployment", "services": "Service", "apiservices": "APIService"}
        named = {"apiVersion": version, "kind": kinds.get(plural, "CustomResourceDefinition"), **body}
        name = body["metadata"]["name"] if isinstance(body["metadata"], dict) else "fuzz"
        ask("POST", path, json.dumps(body).encode())
        ask(
            "PATCH",
            f"{path}/{name}",
            json.dumps(named).encode(),
            PATCHES[3],
            [("fieldManager", "f"), ("force", "true")],
        )
        ask("PATCH", f"{path}/{name}", json.dumps(with_junk(named, chance)).encode(), PATCHES[2])
        ask("GET", path)
        table = API.answer(Request("GET", path, (), {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}))
        assert isinstance(table, Response)
        assert table.status == 200
        ask("DELETE", f"{path}/{name}")
