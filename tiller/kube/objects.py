"""Objects of a manifest: what they are called and where they live in the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from helmpy.errors import HelmError
from helmpy.gocompat import json, yaml
from helmpy.release import manifest as manifests
from tiller.kube.discovery import Discovery, Resource, UnknownKind
from tiller.kube.removed_apis import converted, hint, removal_of

RESOURCE_POLICY = "helm.sh/resource-policy"
HINTS = 10  # objects of removed kinds that an error names at most


class ManifestError(HelmError):
    """A manifest holds something that is no object."""


class Nameless(HelmError):
    """An object whose name the API server chose (``generateName``): nobody can tell which one it is."""


@dataclass(frozen=True, slots=True)
class KubeObject:
    """One object of a manifest; ``namespace`` is empty for kinds without one."""

    resource: Resource
    namespace: str
    name: str
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        return self.resource.kind

    @property
    def path(self) -> str:
        """Where the object is; raises Nameless, as without a name the path would be that of all its kind."""
        if not self.name:
            raise Nameless("Could not get information about the resource: resource name may not be empty")
        return self.resource.path(self.namespace, self.name)

    @property
    def identity(self) -> tuple[str, str, str]:
        """By what objects of two revisions are matched: the API version may change between them."""
        return self.namespace, self.kind, self.name

    def without_nulls(self) -> KubeObject:
        """For an apply: a null asks for the field to go, as in Helm 2's patches, and would become an empty text."""
        body: dict[str, Any] = _without_nulls(self.body)
        return replace(self, body=body)

    @property
    def kept(self) -> bool:
        """Whether the chart says that the object outlives its release."""
        annotations = (self.body.get("metadata") or {}).get("annotations") or {}
        policy = annotations.get(RESOURCE_POLICY)
        return policy is not None and str(policy).strip().lower() != "delete"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def parse_documents(manifest: str) -> list[dict[str, Any]]:
    """Return the objects of a manifest, lists taken apart; raises ManifestError and YamlError."""
    return [item for document in yaml.load_all(manifest, ints=True) for item in _flat(document)]


def build(
    manifest: str, namespace: str, discovery: Discovery, *, stored: bool = False, path: str = ""
) -> list[KubeObject]:
    """Return the objects of a manifest with their places; ``namespace`` is for those that name none.

    A ``stored`` manifest was applied once: objects of API versions that are not served any more are
    found where they live now, and those of kinds that Kubernetes removed without a successor are gone.
    ``path`` is the template of a manifest that does not say it itself.

    Raises UnknownKind for the first kind that the API server lacks, with what to do about all objects
    of removed ones.
    """
    found: list[KubeObject] = []
    lacking: list[tuple[UnknownKind, dict[str, Any]]] = []
    unknown: dict[tuple[str, str], UnknownKind] = {}  # discovery looks anew for each kind that it lacks
    for document in parse_documents(manifest):
        kind = _identity(document)[:2]
        try:
            if kind in unknown:
                raise unknown[kind]
            found.append(build_one(document, namespace, discovery))
        except UnknownKind as error:
            unknown[kind] = error
            removal = removal_of(error.api_version, error.kind) if stored else None
            if removal is not None:
                made = converted(document)
                found += [build_one(made, namespace, discovery)] if made is not None else []
                continue
            other = discovery.another_version(error.api_version, error.kind) if stored else None
            if other is None:
                lacking.append((error, document))
            else:
                found.append(placed({**document, "apiVersion": other.api_version}, namespace, other))
    if lacking:
        raise _explained(lacking, manifest, path)
    return found


def _explained(lacking: list[tuple[UnknownKind, dict[str, Any]]], manifest: str, path: str) -> UnknownKind:
    """The first error, with a hint for every object that has one."""
    sources = {
        _identity(item): each.path
        for each in reversed(manifests.documents(manifest))
        for item in parse_documents(each.content)
    }
    hints = []
    for error, document in lacking:
        _, kind, name = identity = _identity(document)
        hints.append(hint(error.api_version, kind, name, sources.get(identity) or path))
    known = [each for each in hints if each]
    more = f"; and {len(known) - HINTS} more objects" if len(known) > HINTS else ""
    way_out = ""
    if any(converted(each) for _, each in lacking):
        way_out = (
            ", or let --convert-removed-apis do so" if len(known) == 1 else "; --convert-removed-apis converts them"
        )
    first = lacking[0][0]
    return UnknownKind(first.api_version, first.kind, "".join(known[:HINTS]) + more + way_out)


def _identity(document: dict[str, Any]) -> tuple[str, str, str]:
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return str(document.get("apiVersion") or ""), str(document.get("kind") or ""), str(name or "")


def build_one(document: dict[str, Any], namespace: str, discovery: Discovery) -> KubeObject:
    """Return one object with its place; raises UnknownKind and ManifestError."""
    api_version, kind, _ = _identity(document)
    if not isinstance(document.get("metadata") or {}, dict):
        raise ManifestError(f"error validating data: metadata of a {kind} is not a map")
    return placed(document, namespace, discovery.find(api_version, kind))


def placed(document: dict[str, Any], namespace: str, resource: Resource) -> KubeObject:
    """Return an object of a known kind with its place."""
    metadata = document.get("metadata") or {}
    where = str(metadata.get("namespace") or namespace) if resource.namespaced else ""
    if resource.namespaced and not metadata.get("namespace"):
        document = {**document, "metadata": {**metadata, "namespace": where}}
    return KubeObject(resource, where, str(metadata.get("name") or ""), document)


def _flat(document: Any) -> Iterator[dict[str, Any]]:
    if document is None:
        return
    if not isinstance(document, dict):
        raise ManifestError(f"error converting YAML to JSON: a manifest is a map, not a {type(document).__name__}")
    if not document.get("kind"):
        raise ManifestError(f"unable to decode \"\": Object 'Kind' is missing in '{json.dumps(document)}'")
    items = document.get("items")
    if document["kind"] == "List" and items is None and "items" in document:
        items = []  # what a template writes for none
    if not (str(document["kind"]).endswith("List") and isinstance(items, list)):
        yield document
        return
    for item in items:
        if isinstance(item, dict) and not item.get("kind"):
            # The items of a typed list need not repeat what the list's own kind says.
            typed = {"apiVersion": document.get("apiVersion"), "kind": str(document["kind"])[: -len("List")]}
            item = {**typed, **item}
        yield from _flat(item)
