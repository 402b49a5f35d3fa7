"""The table of fields, and what CRDs add to it."""

from __future__ import annotations

from typing import Any

import pytest

from tiller.sandbox import schema
from tiller.sandbox.resources import BUILT_IN, Registry

LISTS = [
    ("apps", "Deployment", "spec.template.spec.containers", "map", ("name",)),
    ("", "Service", "spec.ports", "map", ("port", "protocol")),
    ("", "Pod", "metadata.finalizers", "set", ()),
    ("", "Pod", "spec.tolerations", "atomic", ()),
    ("", "ServiceAccount", "secrets", "map", ("name",)),
]


@pytest.mark.parametrize(("group", "kind", "path", "mode", "keys"), LISTS)
def test_lists(group: str, kind: str, path: str, mode: str, keys: tuple[str, ...]) -> None:
    shape = schema.root(group, "v1", kind)
    for part in path.split("."):
        shape = shape.field(part)
    assert (shape.type, shape.mode, shape.keys) == ("list", mode, keys)


def test_every_kind_served_today_is_known() -> None:
    gone = {"podsecuritypolicies"}  # no API server publishes it any more
    unknown = {r.plural for r in BUILT_IN if r.shape().custom is not None}
    assert unknown == gone


def test_condense_reads_what_a_server_publishes() -> None:
    document: dict[str, Any] = {
        "definitions": {
            "io.k8s.api.x.v1.Thing": {
                "properties": {
                    "size": {"type": "integer", "format": "int32"},
                    "blob": {"type": "string", "format": "byte"},
                    "at": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parts": {
                        "type": "array",
                        "items": {"$ref": "#/definitions/io.k8s.api.x.v1.Part"},
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "x-kubernetes-patch-merge-key": "name",
                        "x-kubernetes-patch-strategy": "merge,retainKeys",
                    },
                },
                "required": ["size"],
                "x-kubernetes-group-version-kind": [{"group": "x", "version": "v1", "kind": "Thing"}],
            }
        }
    }
    assert schema.condense(document) == {
        "kinds": {"x/v1/Thing": "x.v1.Thing"},
        "types": {
            "x.v1.Thing": {
                "p": {
                    "size": "int32",
                    "blob": "byte",
                    "at": "string",
                    "labels": {"m": "granular", "i": "string"},
                    "parts": {"l": "map", "i": "x.v1.Part", "k": ["name"], "g": "name", "s": ["merge", "retainKeys"]},
                },
                "r": ["size"],
            }
        },
    }


def test_custom_resources_have_their_own() -> None:
    described = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port"]},
                    "any": {"x-kubernetes-int-or-string": True},
                    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        },
    }
    root = schema.custom_root(described)
    assert root.field("metadata").field("ownerReferences").keys == ("uid",)
    spec = root.field("spec")
    assert (spec.field("ports").mode, spec.field("ports").keys) == ("map", ("port",))
    assert spec.field("any").type == "int-or-string"
    assert spec.field("tags").type == "map"
    assert spec.field("nothing") is schema.ANY


VERSIONS = ["v2", "v1", "v2beta2", "v2beta1", "v1beta1", "v2alpha1", "foo", "vx"]


def test_versions_sort_by_preference() -> None:
    registry = Registry()
    names = {"plural": "foos", "kind": "Foo"}
    rows = [{"name": v, "served": True, "storage": v == "v1"} for v in reversed(VERSIONS)]
    registry.set_crd("foos.x.example", {"spec": {"group": "x.example", "names": names, "versions": rows}})
    assert registry.versions["x.example"] == VERSIONS
    stored = registry.stored(("x.example", "foos"))
    assert stored is not None
    assert stored.stored_as == "x.example/v1"
    registry.set_crd("foos.x.example", None)
    assert "x.example" not in registry.versions


def test_a_definition_cannot_take_a_built_in_kind() -> None:
    registry = Registry()
    spec = {"group": "apps", "names": {"plural": "deployments", "kind": "Evil"}, "versions": [{"name": "v1"}]}
    registry.set_crd("deployments.apps", {"spec": spec})
    found = registry.find("apps", "v1", "deployments")
    assert found is not None
    assert found.kind == "Deployment"
