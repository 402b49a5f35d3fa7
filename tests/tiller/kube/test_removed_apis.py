"""Objects of removed API versions, said in those that are served."""

from __future__ import annotations

from typing import Any

import pytest

from tiller.kube.removed_apis import converted, hint

LABELS = {"metadata": {"labels": {"app": "web"}}}
CHOSEN = {"matchLabels": {"app": "web"}}


def hpa(metric: dict[str, Any]) -> dict[str, Any]:
    return {"metrics": [metric]}


SPECS: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    (
        "extensions/v1beta1",
        "Deployment",
        {"template": LABELS, "rollbackTo": {"revision": 1}},
        "apps/v1",
        {"template": LABELS, "selector": CHOSEN},
    ),
    (
        "apps/v1beta2",
        "Deployment",
        {"template": LABELS, "selector": {"matchLabels": {"a": "b"}}},
        "apps/v1",
        {"template": LABELS, "selector": {"matchLabels": {"a": "b"}}},
    ),
    (
        "extensions/v1beta1",
        "DaemonSet",
        {"template": LABELS, "templateGeneration": 3},
        "apps/v1",
        {"template": LABELS, "selector": CHOSEN, "updateStrategy": {"type": "OnDelete"}},
    ),
    (
        "apps/v1beta1",
        "StatefulSet",
        {"template": LABELS, "updateStrategy": {"type": "RollingUpdate"}},
        "apps/v1",
        {"template": LABELS, "selector": CHOSEN, "updateStrategy": {"type": "RollingUpdate"}},
    ),
    (
        "extensions/v1beta1",
        "Ingress",
        {
            "backend": {"serviceName": "web", "servicePort": 80},
            "rules": [{"host": "h", "http": {"paths": [{"backend": {"serviceName": "web", "servicePort": "http"}}]}}],
        },
        "networking.k8s.io/v1",
        {
            "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
            "rules": [
                {
                    "host": "h",
                    "http": {
                        "paths": [
                            {
                                "pathType": "ImplementationSpecific",
                                "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                            }
                        ]
                    },
                }
            ],
        },
    ),
    ("batch/v1beta1", "CronJob", {"schedule": "x"}, "batch/v1", {"schedule": "x"}),
    ("policy/v1beta1", "PodDisruptionBudget", {"selector": {}}, "policy/v1", {}),
    ("policy/v1beta1", "PodDisruptionBudget", {"selector": CHOSEN}, "policy/v1", {"selector": CHOSEN}),
    (
        "autoscaling/v2beta1",
        "HorizontalPodAutoscaler",
        hpa({"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 50}}),
        "autoscaling/v2",
        hpa(
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
            }
        ),
    ),
    (
        "autoscaling/v2beta1",
        "HorizontalPodAutoscaler",
        hpa({"type": "Pods", "pods": {"metricName": "rps", "targetAverageValue": "1k", "selector": CHOSEN}}),
        "autoscaling/v2",
        hpa(
            {
                "type": "Pods",
                "pods": {
                    "metric": {"name": "rps", "selector": CHOSEN},
                    "target": {"type": "AverageValue", "averageValue": "1k"},
                },
            }
        ),
    ),
    (
        "autoscaling/v2beta1",
        "HorizontalPodAutoscaler",
        hpa({"type": "Object", "object": {"target": {"kind": "Ingress"}, "metricName": "rps", "targetValue": "1k"}}),
        "autoscaling/v2",
        hpa(
            {
                "type": "Object",
                "object": {
                    "describedObject": {"kind": "Ingress"},
                    "metric": {"name": "rps"},
                    "target": {"type": "Value", "value": "1k"},
                },
            }
        ),
    ),
    (
        "autoscaling/v2beta1",
        "HorizontalPodAutoscaler",
        hpa({"type": "External", "external": {"metricName": "q", "metricSelector": CHOSEN, "targetValue": 3}}),
        "autoscaling/v2",
        hpa(
            {
                "type": "External",
                "external": {"metric": {"name": "q", "selector": CHOSEN}, "target": {"type": "Value", "value": 3}},
            }
        ),
    ),
    (
        "apiextensions.k8s.io/v1beta1",
        "CustomResourceDefinition",
        {
            "group": "example.org",
            "version": "v1",
            "names": {"plural": "widgets", "kind": "Widget"},
            "additionalPrinterColumns": [{"name": "Size", "type": "integer", "JSONPath": ".spec.size"}],
            "subresources": {"status": {}},
        },
        "apiextensions.k8s.io/v1",
        {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget", "singular": "widget"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
                }
            ],
        },
    ),
]


@pytest.mark.parametrize(("api_version", "kind", "spec", "successor", "wanted"), SPECS)
def test_an_object_says_the_same_in_the_newer_version(
    api_version: str, kind: str, spec: dict[str, Any], successor: str, wanted: dict[str, Any]
) -> None:
    document = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    before = repr(document)
    assert converted(document) == {"apiVersion": successor, "kind": kind, "metadata": {"name": "x"}, "spec": wanted}
    assert repr(document) == before


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}}}, True),
        ({"properties": {"spec": {"properties": {"a": {"type": "string"}}}}}, False),
        ({"properties": {"a": {"type": "array"}}}, False),
        ({"properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}}}, True),
        ({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}}, False),
        ({"properties": {"metadata": {"type": "object"}}}, True),
    ],
)
def test_a_schema_that_the_newer_version_refuses_is_left_out(schema: dict[str, Any], *, kept: bool) -> None:
    names = {"plural": "widgets", "kind": "Widget"}
    document = {
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "kind": "CustomResourceDefinition",
        "spec": {"group": "g.io", "version": "v1", "names": names, "validation": {"openAPIV3Schema": schema}},
    }
    made = converted(document)
    assert made is not None
    found = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert found == {"type": "object", "x-kubernetes-preserve-unknown-fields": True, **(schema if kept else {})}


def test_roles_bindings_and_webhooks() -> None:
    binding = converted(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1alpha1",
            "kind": "RoleBinding",
            "subjects": [{"kind": "User", "name": "u", "apiVersion": "rbac.authorization.k8s.io/v1alpha1"}],
        }
    )
    assert binding is not None
    assert binding["subjects"] == [{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}]
    webhook = converted(
        {
            "apiVersion": "admissionregistration.k8s.io/v1beta1",
            "kind": "ValidatingWebhookConfiguration",
            "webhooks": [{"name": "w"}],
        }
    )
    assert webhook is not None
    assert webhook["webhooks"] == [
        {
            "name": "w",
            "failurePolicy": "Ignore",
            "matchPolicy": "Exact",
            "timeoutSeconds": 30,
            "admissionReviewVersions": ["v1beta1"],
            "sideEffects": "NoneOnDryRun",
        }
    ]


@pytest.mark.parametrize(
    ("api_version", "kind"), [("policy/v1beta1", "PodSecurityPolicy"), ("v1", "Pod"), ("example.org/v1", "Widget")]
)
def test_what_has_no_successor_is_not_converted(api_version: str, kind: str) -> None:
    assert converted({"apiVersion": api_version, "kind": kind}) is None


def test_hints() -> None:
    assert hint("batch/v1beta1", "CronJob", "night", "web/templates/cron.yaml") == (
        '; CronJob "night" of web/templates/cron.yaml: Kubernetes 1.25 removed batch/v1beta1 CronJob: use batch/v1'
    )
    assert hint("policy/v1beta1", "PodSecurityPolicy", "p", "").startswith(
        '; PodSecurityPolicy "p": Kubernetes 1.25 removed policy/v1beta1 PodSecurityPolicy, and nothing takes its place: '
    )
    assert hint("example.org/v1", "Widget", "w", "") == ""


@pytest.mark.parametrize("spec", [None, 1, [], {"rules": 3, "metrics": 1, "template": 2, "selector": []}])
def test_broken_objects_are_passed_on(spec: Any) -> None:
    for kind, version in [("Deployment", "apps/v1beta1"), ("Ingress", "extensions/v1beta1")]:
        assert converted({"apiVersion": version, "kind": kind, "spec": spec}) is not None
