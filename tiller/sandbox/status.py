"""Refusals: the ``metav1.Status`` bodies of an API server, in Kubernetes' words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from helmpy.errors import HelmError
from tiller.kube.transport import Response
from tiller.sandbox.resources import Resource

JSON_TYPE = "application/json"


class Refusal(HelmError):
    """A request that ends in an error: HTTP ``code``, Kubernetes ``reason``, ``details`` of the Status."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details

    def body(self) -> dict[str, Any]:
        """The Status object."""
        out: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            out["reason"] = self.reason
        if self.details is not None:
            out["details"] = self.details
        out["code"] = self.code
        return out

    def response(self) -> Response:
        """The HTTP response that carries it."""
        headers = {"content-type": JSON_TYPE}
        if "retryAfterSeconds" in (self.details or {}):
            headers["retry-after"] = str((self.details or {})["retryAfterSeconds"])
        return Response(self.code, headers, json.dumps(self.body()).encode())


def _details(resource: Resource, name: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": name} if name else {}
    if resource.group:
        out["group"] = resource.group
    return {**out, "kind": resource.plural}


def not_found(resource: Resource, name: str) -> Refusal:
    return Refusal(404, "NotFound", f'{resource.qualified} "{name}" not found', _details(resource, name))


def unknown_path() -> Refusal:
    return Refusal(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(resource: Resource, name: str) -> Refusal:
    return Refusal(409, "AlreadyExists", f'{resource.qualified} "{name}" already exists', _details(resource, name))


def conflict(resource: Resource, name: str, why: str) -> Refusal:
    text = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return Refusal(409, "Conflict", text, _details(resource, name))


def modified(resource: Resource, name: str) -> Refusal:
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(resource, name, why)


def bad_request(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)


def forbidden(resource: Resource, name: str, why: str) -> Refusal:
    text = f'{resource.qualified} "{name}" is forbidden: {why}'
    return Refusal(403, "Forbidden", text, _details(resource, name))


def method_not_allowed() -> Refusal:
    text = "the server does not allow this method on the requested resource"
    return Refusal(405, "MethodNotAllowed", text, {})


def gone(message: str) -> Refusal:
    return Refusal(410, "Expired", message)


def unsupported_media(accepted: tuple[str, ...]) -> Refusal:
    text = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(accepted)
    return Refusal(415, "UnsupportedMediaType", text)


def not_acceptable() -> Refusal:
    text = "only the following media types are accepted: application/json, application/json;stream=watch"
    return Refusal(406, "NotAcceptable", text, {})


def too_large(limit: int) -> Refusal:
    return Refusal(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}", {})


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why an object is invalid; ``field`` is its path (``spec.ports[0].port``)."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"

    @property
    def text(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(slots=True)
class Causes:
    """Collects what is wrong with one object, in the order in which it was found."""

    found: list[Cause] = field(default_factory=list)

    def required(self, path: str, detail: str = "") -> None:
        self.found.append(Cause(path, "Required value" + (f": {detail}" if detail else ""), "FieldValueRequired"))

    def invalid(self, path: str, value: Any, detail: str) -> None:
        shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self.found.append(Cause(path, f"Invalid value: {shown}: {detail}"))

    def unsupported(self, path: str, value: Any, allowed: tuple[str, ...]) -> None:
        choices = ", ".join(json.dumps(a) for a in allowed)
        text = f"Unsupported value: {json.dumps(value)}: supported values: {choices}"
        self.found.append(Cause(path, text, "FieldValueNotSupported"))

    def duplicate(self, path: str, value: Any) -> None:
        self.found.append(Cause(path, f"Duplicate value: {json.dumps(value)}", "FieldValueDuplicate"))

    def forbidden(self, path: str, detail: str) -> None:
        self.found.append(Cause(path, f"Forbidden: {detail}", "FieldValueForbidden"))


def invalid(group: str, kind: str, name: str, causes: list[Cause]) -> Refusal:
    """422 with every cause."""
    qualified = f"{kind}.{group}" if group else kind
    texts = [c.text for c in causes]
    what = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details: dict[str, Any] = {"name": name} if name else {}
    if group:
        details["group"] = group
    details["kind"] = kind
    details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return Refusal(422, "Invalid", f'{qualified} "{name}" is invalid: {what}', details)
