"""Discovery, in both of its forms."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tiller.kube.discovery import Discovery, Resource, UnknownKind
from tiller.kube.transport import ApiError, Request, Response, Transport
from tiller.sandbox.api import memory_api


class Plain:
    """An API server without aggregated discovery; one of its groups is down."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, request: Request, *, timeout: float | None = None) -> Response:  # noqa: ARG002 - the Protocol's arguments
        self.asked.append(request.path)
        body = PAGES.get(request.path)
        return Response(200, {}, json.dumps(body).encode()) if body else Response(503, {}, b"down")

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:  # noqa: ARG002 - the Protocol's arguments
        raise AssertionError("discovery streams nothing")


PAGES = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "apps",
                "preferredVersion": {"groupVersion": "apps/v1"},
                "versions": [{"groupVersion": "apps/v1beta1"}, {"groupVersion": "apps/v1"}],
            },
            {"name": "down.example.org", "versions": [{"groupVersion": "down.example.org/v1"}]},
            {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1"}]},
        ],
    },
    "/api/v1": {
        "resources": [
            {"name": "pods", "kind": "Pod", "namespaced": True},
            {"name": "pods/log", "kind": "Pod", "namespaced": True},
            {"name": "namespaces", "kind": "Namespace", "namespaced": False},
        ]
    },
    "/apis/apps/v1": {
        "resources": [
            {"name": "deployments", "kind": "Deployment", "namespaced": True},
            {"name": "deployments/scale", "kind": "Scale", "group": "autoscaling", "version": "v1", "namespaced": True},
        ]
    },
    "/apis/apps/v1beta1": {"resources": [{"name": "deployments", "kind": "Deployment", "namespaced": True}]},
}


def test_plain_discovery_survives_a_group_that_is_down() -> None:
    found = Discovery(Plain())
    assert found.find("v1", "Namespace") == Resource("v1", "Namespace", "namespaces", namespaced=False)
    assert found.find("apps/v1", "Deployment").path("shop", "web") == "/apis/apps/v1/namespaces/shop/deployments/web"
    assert {"v1", "v1/Pod", "apps/v1", "apps/v1/Deployment", "apps/v1beta1"} <= found.catalog().api_versions


@pytest.mark.parametrize(
    ("api_version", "gone"),
    [("down.example.org/v1", False), ("other.example.org/v1", True), ("policy/v1beta1", False)],
)
def test_a_kind_is_gone_only_where_its_group_answers(api_version: str, *, gone: bool) -> None:
    found = Discovery(Plain())
    assert found.is_gone(UnknownKind(api_version, "Widget")) is gone
    assert api_version not in found.catalog().api_versions


@pytest.mark.parametrize("server", [Plain(), memory_api()])
def test_kinds_of_parts_of_resources_may_be_asked_for_but_are_no_objects(server: Transport) -> None:
    found = Discovery(server)
    assert "apps/v1/Scale" in found.catalog().api_versions
    with pytest.raises(UnknownKind):
        found.find("apps/v1", "Scale")


@pytest.mark.parametrize("server", [Plain(), memory_api()])
def test_kinds_in_small_letters_are_found_but_may_not_be_asked_for(server: Transport) -> None:
    found = Discovery(server)
    assert found.find("apps/v1", "deployment") == Resource("apps/v1", "deployment", "deployments", namespaced=True)
    assert "apps/v1/deployment" not in found.catalog().api_versions
    assert not any(kind.islower() for _, kind in found.catalog().resources)


def test_a_missing_kind_is_looked_for_once_more() -> None:
    plain = Plain()
    found = Discovery(plain)
    with pytest.raises(UnknownKind) as caught:
        found.find("example.org/v1", "Widget")
    assert str(caught.value) == 'unable to recognize "": no matches for kind "Widget" in version "example.org/v1"'
    assert plain.asked.count("/api") == 2
    found.find("v1", "Pod")
    assert plain.asked.count("/api") == 2


def test_aggregated_discovery() -> None:
    found = Discovery(memory_api())
    assert found.find("v1", "Pod") == Resource("v1", "Pod", "pods", namespaced=True)
    assert found.find("rbac.authorization.k8s.io/v1", "ClusterRole").namespaced is False
    assert "apps/v1/Deployment" in found.catalog().api_versions


class Counting:
    """A sandbox that counts whole answers and those that say that nothing has changed."""

    def __init__(self) -> None:
        self.api = memory_api()
        self.statuses: list[int] = []
        self.down = False

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        answer = Response(503, {}, b"no") if self.down else self.api.send(request, timeout=timeout)
        self.statuses.append(answer.status)
        return answer

    def stream(self, request: Request, *, timeout: float | None = None) -> Iterator[bytes]:
        return self.api.stream(request, timeout=timeout)


def test_what_has_not_changed_is_not_sent_again() -> None:
    server = Counting()
    found = Discovery(server)
    found.renew()
    assert server.statuses == []  # nothing is known yet
    catalog = found.catalog()
    found.renew()
    assert server.statuses == [200, 200, 304, 304]
    assert found.catalog() is catalog


def test_a_definition_made_meanwhile_is_seen() -> None:
    server = Counting()
    found = Discovery(server)
    assert "example.org/v1/Widget" not in found.catalog().api_versions
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    made = server.api.send(
        Request("POST", path, headers={"content-type": "application/json"}, body=json.dumps(crd).encode())
    )
    assert made.status == 201
    found.renew()
    assert "example.org/v1/Widget" in found.catalog().api_versions
    assert server.statuses[2:] == [304, 200]  # the core's kinds are as they were


def test_where_nobody_answers_what_was_known_stays(caplog: pytest.LogCaptureFixture) -> None:
    server = Counting()
    found = Discovery(server)
    catalog = found.catalog()
    server.down = True
    found.renew()
    assert found.catalog() is catalog
    assert "discovery is as it was before" in caplog.text


def test_a_kind_may_live_in_another_version_of_its_group() -> None:
    found = Discovery(Plain())
    other = found.another_version("apps/v1beta9", "Deployment")
    assert other is not None
    assert other.api_version in {"apps/v1", "apps/v1beta1"}
    assert found.another_version("extensions/v1beta1", "Deployment") is None


def test_a_server_that_is_down_is_an_error() -> None:
    class Down(Plain):
        def send(self, request: Request, *, timeout: float | None = None) -> Response:  # noqa: ARG002 - the Protocol's arguments
            return Response(503, {}, b"no")

    with pytest.raises(ApiError, match="no"):
        Discovery(Down()).catalog()


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "path"),
    [
        (Resource("v1", "Pod", "pods", namespaced=True), "shop", "", "/api/v1/namespaces/shop/pods"),
        (Resource("v1", "Pod", "pods", namespaced=True), "", "", "/api/v1/pods"),
        (Resource("v1", "Node", "nodes", namespaced=False), "shop", "n1", "/api/v1/nodes/n1"),
        (
            Resource("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", namespaced=False),
            "",
            "system:web",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:web",
        ),
        (Resource("v1", "Pod", "pods", namespaced=True), "a/b", "../x", "/api/v1/namespaces/a%2Fb/pods/..%2Fx"),
        (Resource("v1", "Pod", "pods", namespaced=True), "..", "..", "/api/v1/namespaces/%2E%2E/pods/%2E%2E"),
    ],
)
def test_paths(resource: Resource, namespace: str, name: str, path: str) -> None:
    assert resource.path(namespace, name) == path
