"""What the API server serves: kinds, their paths, and the versions that templates may ask for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from helmpy.errors import HelmError
from tiller.kube.transport import NOT_MODIFIED, ApiError, Request, Response, Transport

log = logging.getLogger(__name__)

_AGGREGATED = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")
)
_ACCEPT = {"accept": f"{_AGGREGATED},application/json"}


class UnknownKind(HelmError):
    """The API server serves no such kind."""

    def __init__(self, api_version: str, kind: str, hint: str = "") -> None:
        super().__init__(f'unable to recognize "": no matches for kind "{kind}" in version "{api_version}"{hint}')
        self.api_version = api_version
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of one API version and where its objects live."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        """The API group, empty for the core's."""
        return self.api_version.rpartition("/")[0]

    @property
    def standard(self) -> bool:
        """Whether Kubernetes itself brings the kind; others call theirs alike, as Knative has a Service."""
        return "." not in self.group or self.group.endswith(".k8s.io")

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of an object, or of the collection without ``name``; all namespaces for ``""``."""
        parts = ["/apis" if "/" in self.api_version else "/api", self.api_version]
        if self.namespaced and namespace:
            parts += ["namespaces", escaped(namespace)]
        parts.append(self.plural)
        if name:
            parts.append(escaped(name))
        return "/".join(parts)


def escaped(name: str) -> str:
    """A name as one part of a path: RBAC's hold colons, and none may climb the path."""
    return quote(name, safe=":") if set(name) != {"."} else name.replace(".", "%2E")


@dataclass(frozen=True, slots=True)
class Catalog:
    """One reading of discovery: resources by (apiVersion, kind), and every name for ``.Capabilities``.

    ``doubtful`` are groups whose server did not answer, so they may have kinds that are not here.
    """

    resources: dict[tuple[str, str], Resource]
    api_versions: frozenset[str]
    doubtful: frozenset[str] = frozenset()

    def get(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a kind; Helm 2 takes one in small letters too, and leaves it to the API server to refuse it."""
        found = self.resources.get((api_version, kind))
        if found is None and kind.islower():
            alike = (each for (at, name), each in self.resources.items() if (at, name.lower()) == (api_version, kind))
            found = next((replace(each, kind=kind) for each in alike), None)
        return found


@dataclass(frozen=True, slots=True)
class _Version:
    """What one API version serves; ``parts`` are the kinds of parts of resources (``deployments/scale``)."""

    api_version: str
    resources: list[Resource]
    parts: frozenset[str]
    doubtful: bool = False

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class _Document:
    """What one path of discovery listed, and the tag by which the server knows it again; empty for none."""

    tag: str
    versions: list[_Version]


class Discovery:
    """Discovery, read at first use, kept, and read again when a kind is missing.

    A server of today gives its answers tags, and sends nothing anew that has not changed.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._catalog: Catalog | None = None
        self._documents: dict[str, _Document] = {}
        self._reads = 0

    def find(self, api_version: str, kind: str) -> Resource:
        """Return the resource of a kind; raises UnknownKind after a fresh look."""
        resource = self.catalog().get(api_version, kind) or self.refresh().get(api_version, kind)
        if resource is None:
            raise UnknownKind(api_version, kind)
        return resource

    def another_version(self, api_version: str, kind: str) -> Resource | None:
        """Return the kind as its group serves it in some other version, None where it does not."""
        group = api_version.rpartition("/")[0]
        found = [each for each in self.catalog().resources.values() if (each.group, each.kind) == (group, kind)]
        return found[0] if found else None

    def is_gone(self, missing: UnknownKind) -> bool:
        """Whether a kind's definition was deleted, and its objects with it; not so for Kubernetes' own kinds."""
        resource = Resource(missing.api_version, missing.kind, "", namespaced=False)
        return not resource.standard and resource.group not in self.catalog().doubtful

    def catalog(self) -> Catalog:
        """What was read last, reading it now if nothing was."""
        with self._lock:
            if self._catalog is None:
                self._catalog = self._read()
            return self._catalog

    def refresh(self) -> Catalog:
        """Read discovery again: a CRD may have been made a moment ago."""
        with self._lock:
            self._catalog = self._read()
            return self._catalog

    def renew(self) -> None:
        """Look whether what is known still holds, before an operation; where nobody answers it stays."""
        before = self._reads
        with self._lock:
            if self._catalog is None or self._reads > before:
                return  # it will be read, or somebody looked while we waited
            try:
                self._catalog = self._read()
            except HelmError as error:
                log.warning("discovery is as it was before: %s", error)

    def _read(self) -> Catalog:
        self._reads += 1
        resources: dict[tuple[str, str], Resource] = {}
        versions: set[str] = set()
        documents = {path: self._document(path) for path in ("/api", "/apis")}
        if self._catalog is not None and all(document is self._documents.get(p) for p, document in documents.items()):
            return self._catalog
        self._documents = documents
        doubtful = {each.group for document in documents.values() for each in document.versions if each.doubtful}
        for document in documents.values():
            for each in document.versions:
                if each.doubtful and not each.resources:
                    continue
                kinds = {resource.kind for resource in each.resources} | each.parts
                versions |= {each.api_version, *(f"{each.api_version}/{kind}" for kind in kinds)}
                for resource in each.resources:
                    resources.setdefault((each.api_version, resource.kind), resource)
        return Catalog(resources, frozenset(versions), frozenset(doubtful))

    def _document(self, path: str) -> _Document:
        known = self._documents.get(path)
        tag = known.tag if known is not None else ""
        response = self._send(path, {"if-none-match": tag} if tag else {})
        if known is not None and tag and response.status == NOT_MODIFIED:
            return known
        body = _body(response)
        aggregated = body.get("kind") == "APIGroupDiscoveryList"
        versions = list(_aggregated(body) if aggregated else self._plain(body))
        return _Document(response.headers.get("etag", "") if aggregated else "", versions)

    def _plain(self, document: dict[str, Any]) -> Iterator[_Version]:
        """Each version's own list. One that fails (an aggregated API that is down) hides only itself."""
        for api_version in _listed(document):
            root = "/apis" if "/" in api_version else "/api"
            try:
                listed = _body(self._send(f"{root}/{api_version}", {})).get("resources") or []
            except ApiError as error:
                log.warning("discovery of %s failed: %s", api_version, error)
                yield _Version(api_version, [], frozenset(), doubtful=True)
                continue
            resources = [
                Resource(api_version, str(each["kind"]), str(each["name"]), bool(each.get("namespaced")))
                for each in listed
                if "/" not in each["name"]
            ]
            yield _Version(
                api_version, resources, frozenset(str(each["kind"]) for each in listed if "/" in each["name"])
            )

    def _send(self, path: str, headers: dict[str, str]) -> Response:
        return self._transport.send(Request("GET", path, headers={**_ACCEPT, **headers}))


def _body(response: Response) -> dict[str, Any]:
    if response.status != 200:
        raise ApiError.of(response)
    document = response.json()
    return document if isinstance(document, dict) else {}


def _listed(document: dict[str, Any]) -> Iterator[str]:
    """The API versions of an APIVersions or APIGroupList, each group's preferred one first."""
    yield from document.get("versions") or []
    for group in document.get("groups") or []:
        preferred = (group.get("preferredVersion") or {}).get("groupVersion")
        names = [each["groupVersion"] for each in group.get("versions") or []]
        yield from sorted(names, key=lambda name: name != preferred)


def _aggregated(document: dict[str, Any]) -> Iterator[_Version]:
    for group in document.get("items") or []:
        group_name = (group.get("metadata") or {}).get("name") or ""
        for version in group.get("versions") or []:
            name = str(version["version"])
            api_version = f"{group_name}/{name}" if group_name else name
            listed = version.get("resources") or []
            resources = [
                Resource(api_version, kind, str(each["resource"]), each.get("scope") == "Namespaced")
                for each in listed
                # Parts of a resource without objects of their own have no responseKind.
                if (kind := _kind(each))
            ]
            parts = {_kind(part) for each in listed for part in each.get("subresources") or []}
            doubtful = version.get("freshness") == "Stale"
            yield _Version(api_version, resources, frozenset(parts - {""}), doubtful=doubtful)


def _kind(row: dict[str, Any]) -> str:
    return str((row.get("responseKind") or {}).get("kind") or "")
