"""What the fields of Kubernetes' objects are: type, list and map semantics, merge keys.

``schema.json`` beside this file is GENERATED and never edited by hand: ``condense`` takes it out of
the OpenAPI v2 document that a real API server publishes (``python -m tiller.sandbox.schema
< OPENAPI.json > schema.json``). Server-side apply, strategic merge patch and type checks all read the
same table, so they cannot disagree. Custom resources answer from their CRD's own schema.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ATOMIC = "atomic"
GRANULAR = "granular"

_PREFIXES = (
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apimachinery.pkg.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
    "io.k8s.api.",
)
_LEFT_OUT = ("resource.v", "flowcontrol.", "apiserverinternal.", "storagemigration.", "version.")
_SCALARS = {
    "api.resource.Quantity": "quantity",
    "util.intstr.IntOrString": "int-or-string",
    "meta.v1.Time": "string",
    "meta.v1.MicroTime": "string",
    "meta.v1.FieldsV1": "any",
    "meta.v1.Patch": "any",
    "runtime.RawExtension": "any",
    "apiextensions.v1.JSON": "any",
    "apiextensions.v1.JSONSchemaProps": "any",  # refers to itself; a CRD's schema is data to us
    "apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
    "apiextensions.v1.CustomResourceSubresourceStatus": "any",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What one field holds.

    ``type`` is object, map, list, string, integer, number, boolean, byte (base64 text),
    quantity, int-or-string or any.
    ``mode``: for lists atomic, set or map (``keys`` tell items apart); for objects and maps atomic
    or granular. ``merge_key`` and ``strategies`` are strategic merge patch's.
    """

    type: str = "any"
    name: str = ""
    items: Shape | None = None
    mode: str = GRANULAR
    keys: tuple[str, ...] = ()
    merge_key: str = ""
    strategies: tuple[str, ...] = ()
    custom: Any = None

    def field(self, key: str) -> Shape:
        """The shape of a member; ANY where nothing is known."""
        if self.type == "map":
            return self.items or ANY
        if self.type == "object":
            if self.name == "custom" and key == "metadata":
                return Shape("object", name="meta.v1.ObjectMeta")
            known = _custom_field(self.custom, key) if self.custom is not None else fields(self.name).get(key)
            return known or ANY
        return ANY

    def item(self) -> Shape:
        """The shape of a list's items."""
        return self.items or ANY

    def known_fields(self) -> dict[str, Shape] | None:
        """Every field of an object of a known type, None where any field may stand."""
        return fields(self.name) if self.type == "object" and self.custom is None and self.name else None


ANY = Shape()


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / "schema.json").read_text("utf-8"))
    return data


@lru_cache(maxsize=1024)
def fields(name: str) -> dict[str, Shape]:
    """Field name → shape of the type ``name`` (``apps.v1.DeploymentSpec``); empty where unknown."""
    entry = _table()["types"].get(name, {})
    return {key: _parse(raw) for key, raw in entry.get("p", {}).items()}


def required(name: str) -> tuple[str, ...]:
    """The fields without which an object of the type is refused."""
    return tuple(_table()["types"].get(name, {}).get("r", ()))


def root(group: str, version: str, kind: str) -> Shape:
    """The shape of a built-in kind, ANY where the table has none."""
    name = _table()["kinds"].get(f"{group}/{version}/{kind}")
    return Shape(type="object", name=name) if name else ANY


def _parse(raw: Any) -> Shape:
    """One entry: a type's name, or a dict with l(ist), m(ap), t(ype), k(eys), g (merge key), s(trategies)."""
    if isinstance(raw, str):
        raw = {"t": raw}
    name = raw.get("t", "any")
    strategies = tuple(raw.get("s", ()))
    if "l" in raw:
        return Shape(
            "list",
            items=_parse(raw["i"]),
            mode=raw["l"],
            keys=tuple(raw.get("k", ())),
            merge_key=raw.get("g", ""),
            strategies=strategies,
        )
    if "m" in raw:
        return Shape("map", items=_parse(raw["i"]), mode=raw["m"], strategies=strategies)
    if name in {"int32", "int64"}:
        return Shape("integer", name=name)
    if "." not in name:
        return Shape(name)
    atomic = raw.get("a") or _table()["types"].get(name, {}).get("a")
    return Shape("object", name=name, mode=ATOMIC if atomic else GRANULAR, strategies=strategies)


def custom(schema: Any) -> Shape:
    """The shape that a CRD's ``openAPIV3Schema`` describes."""
    if not isinstance(schema, dict):
        return ANY
    if schema.get("x-kubernetes-int-or-string"):
        return Shape("int-or-string")
    kind = schema.get("type")
    if kind == "array":
        mode = schema.get("x-kubernetes-list-type", ATOMIC)
        keys = tuple(str(k) for k in schema.get("x-kubernetes-list-map-keys", ()))
        return Shape("list", items=custom(schema.get("items")), mode=mode, keys=keys)
    if kind == "object" or "properties" in schema or "additionalProperties" in schema:
        mode = schema.get("x-kubernetes-map-type", GRANULAR)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and "properties" not in schema:
            return Shape("map", items=custom(extra), mode=mode)
        return Shape("object", mode=mode, custom=schema)
    return Shape(kind) if kind in {"string", "integer", "number", "boolean"} else ANY


def _custom_field(schema: Any, key: str) -> Shape | None:
    properties = schema.get("properties")
    return custom(properties[key]) if isinstance(properties, dict) and key in properties else None


def custom_root(schema: Any) -> Shape:
    """A custom resource's shape: metadata is Kubernetes' own, whatever the CRD says of it."""
    body = dict(schema) if isinstance(schema, dict) else {}
    known = body.get("properties")
    return Shape("object", custom={**body, "properties": dict(known) if isinstance(known, dict) else {}}, name="custom")


def condense(document: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI v2 → the table: ``types`` {name: {p: fields, r: required, a: atomic}}, ``kinds`` {g/v/k: name}."""
    types: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    for long, schema in document["definitions"].items():
        name = _short(long)
        if name in _SCALARS or name.startswith(_LEFT_OUT) or "properties" not in schema:
            continue
        entry: dict[str, Any] = {"p": {key: _entry(field) for key, field in schema["properties"].items()}}
        if schema.get("required"):
            entry["r"] = schema["required"]
        if schema.get("x-kubernetes-map-type") == ATOMIC:
            entry["a"] = 1
        types[name] = entry
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            if not gvk["kind"].endswith(("Options", "WatchEvent")):
                kinds[f"{gvk['group']}/{gvk['version']}/{gvk['kind']}"] = name
    return {"kinds": kinds, "types": types}


def _short(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _entry(field: dict[str, Any]) -> Any:
    out: dict[str, Any] = {}
    if field.get("x-kubernetes-patch-strategy"):
        out["s"] = field["x-kubernetes-patch-strategy"].split(",")
    if field.get("type") == "array":
        out |= {"l": field.get("x-kubernetes-list-type", ATOMIC), "i": _entry(field["items"])}
        if field.get("x-kubernetes-list-map-keys"):
            out["k"] = field["x-kubernetes-list-map-keys"]
        if field.get("x-kubernetes-patch-merge-key"):
            out["g"] = field["x-kubernetes-patch-merge-key"]
        return out
    if "$ref" in field:
        name = _short(field["$ref"].rsplit("/", 1)[1])
        out["t"] = _SCALARS.get(name, name)
        if field.get("x-kubernetes-map-type") == ATOMIC:
            out["a"] = 1
    elif "additionalProperties" in field:
        out |= {"m": field.get("x-kubernetes-map-type", GRANULAR), "i": _entry(field["additionalProperties"])}
    else:
        plain = field.get("type", "any")
        formats = {"int32": "int32", "int64": "int64", "byte": "byte", "double": "number"}
        out["t"] = "any" if plain == "object" else formats.get(field.get("format", ""), plain)
    return out["t"] if set(out) == {"t"} else out


if __name__ == "__main__":
    json.dump(condense(json.load(sys.stdin)), sys.stdout, separators=(",", ":"), sort_keys=True)
    sys.stdout.write("\n")
