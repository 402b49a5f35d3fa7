"""One request taken apart: path, query, headers, body. Pure; raises Refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tiller.kube.transport import Request
from tiller.sandbox.resources import Registry, Resource
from tiller.sandbox.status import Refusal, bad_request, not_acceptable, too_large, unknown_path, unsupported_media

MAX_BODY = 8 * 1024 * 1024  # bytes; an API server takes about 3 MiB, its watch of CRDs a little more

JSON = "application/json"
YAML = "application/yaml"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_PATCHES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)


@dataclass(frozen=True, slots=True)
class User:
    """Who asks."""

    name: str = "admin"
    groups: tuple[str, ...] = ("system:masters", "system:authenticated")
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A request for a resource. ``name`` and ``subresource`` are empty for collections."""

    request: Request
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    query: dict[str, str] = field(default_factory=dict)
    user: User = field(default_factory=User)

    @property
    def dry_run(self) -> bool:
        return self.query.get("dryRun") == "All"

    @property
    def manager(self) -> str:
        """Who is noted as the writer of fields: ``fieldManager``, or the first word of the user agent."""
        return self.query.get("fieldManager") or header(self.request, "user-agent").partition("/")[0] or "unknown"

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in {"true", "1"}

    def number(self, name: str) -> int:
        """A query parameter that is a whole number, 0 where it is missing; raises a 400."""
        text = self.query.get(name, "")
        if not text:
            return 0
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 18:
            raise bad_request(f'invalid {name}: strconv.ParseInt: parsing "{text[:100]}": invalid syntax')
        return int(text)


def header(request: Request, name: str) -> str:
    """A header's value whatever its case, or nothing."""
    found = request.headers.get(name)
    if found is None:
        found = next((v for k, v in request.headers.items() if k.lower() == name), "")
    return found


def parts_of(path: str) -> list[str]:
    """The path's segments, unescaped."""
    return [unquote(part) for part in path.strip("/").split("/")]


def locate(request: Request, registry: Registry, user: User) -> Call:
    """Find the resource that the path names; raises a 404."""
    parts = parts_of(request.path)
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        raise unknown_path()
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in {"status", "finalize"}:
        namespace, rest = rest[1], rest[2:]
    resource = registry.find(group, version, rest[0])
    if resource is None or len(rest) > 3 or "" in rest:
        raise unknown_path()
    if namespace and not resource.namespaced:
        raise unknown_path()
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if subresource and subresource not in resource.subresources:
        raise unknown_path()
    if name and resource.namespaced and not namespace:
        raise unknown_path()
    query: dict[str, str] = {}
    for key, value in request.query:
        query.setdefault(key, value)
    return Call(request, resource, namespace, name, subresource, query, user)


def accepts(request: Request) -> list[tuple[str, dict[str, str]]]:
    """The Accept header's entries in the order given: media type, parameters."""
    out = []
    for entry in (header(request, "accept") or "*/*").split(","):
        kind, *parameters = (p.strip() for p in entry.split(";"))
        pairs = (p.partition("=") for p in parameters)
        out.append((kind.lower(), {k.strip(): v.strip() for k, _, v in pairs}))
    return out


def wanted_form(request: Request) -> str:
    """What the client wants of objects: ``""`` as they are, ``Table`` or ``PartialObjectMetadata…``; raises a 406."""
    for kind, parameters in accepts(request):
        if kind not in {JSON, "*/*", "application/*"}:
            continue
        shape = parameters.get("as", "")
        if not shape:
            return ""
        if parameters.get("g") == "meta.k8s.io" and parameters.get("v") in {"v1", "v1beta1"} and shape in _FORMS:
            return shape
    raise not_acceptable()


_FORMS = {"Table", "PartialObjectMetadata", "PartialObjectMetadataList"}


def media_type(request: Request) -> str:
    return header(request, "content-type").partition(";")[0].strip().lower()


def check_size(request: Request) -> None:
    if len(request.body) > MAX_BODY:
        raise too_large(MAX_BODY)


def read_object(call: Call) -> dict[str, Any]:
    """The body of a create or update: one JSON or YAML object."""
    kind = media_type(call.request)
    if kind not in {"", JSON, YAML}:
        raise unsupported_media((JSON, YAML))
    return parse_object(call.request.body, yaml=kind == YAML, what=call.resource.kind)


def patch_type(call: Call) -> str:
    """The patch's media type; raises a 415."""
    kind = media_type(call.request)
    if kind not in _PATCHES:
        raise unsupported_media(_PATCHES)
    return kind


def parse_object(body: bytes, *, yaml: bool, what: str) -> dict[str, Any]:
    """Bytes → object; raises a 400."""
    value = parse(body, yaml=yaml, what=what)
    if not isinstance(value, dict):
        raise _unrecognized(what, f"json: cannot unmarshal {type(value).__name__} into an object")
    return value


def _unrecognized(what: str, why: str) -> Refusal:
    return bad_request(
        f"the object provided is unrecognized (must be of type {what}): couldn't get version/kind; {why}"
    )


def parse(body: bytes, *, yaml: bool, what: str) -> Any:
    """Bytes → JSON value; raises a 400."""
    try:
        text = body.decode("utf-8")
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise _unrecognized(what, "json parse error: exceeded max depth") from None
    except ValueError as e:
        if not yaml:
            raise _unrecognized(what, f"json parse error: {e}") from None
    return _parse_yaml(body, what)


def _no_constant(name: str) -> Any:
    raise ValueError(f"invalid character {name[0]!r} looking for beginning of value")


def _parse_yaml(body: bytes, what: str) -> Any:
    from helmpy.gocompat import yaml as go_yaml

    try:
        return go_yaml.load(body, ints=True)
    except (go_yaml.YamlError, UnicodeDecodeError) as e:
        raise _unrecognized(what, str(e)) from None
