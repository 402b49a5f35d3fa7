"""Whatever comes in, a Status goes out: no traceback, no 500 that a real API server does not give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiller.kube.transport import Request
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
