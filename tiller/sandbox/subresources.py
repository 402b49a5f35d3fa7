"""What hangs below objects: scale, eviction, binding, log, tokens; and the kinds that are only questions."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tiller.sandbox import call, patches, reading, reviews, selectors, status
from tiller.sandbox.call import Call, User
from tiller.sandbox.objects import Objects, timestamp
from tiller.sandbox.status import bad_request
from tiller.sandbox.store import copy_json

if TYPE_CHECKING:
    from tiller.sandbox.controllers import Controllers

Object = dict[str, Any]
Answer = tuple[int, Object] | bytes | Iterator[bytes]


def _scale_of(found: Call, obj: Object) -> Object:
    spec, state, meta = obj.get("spec") or {}, obj.get("status") or {}, obj["metadata"]
    selector = spec.get("selector")
    if found.resource.kind == "ReplicationController":
        selector = {"matchLabels": selector or {}}
    text = selectors.text_of(selectors.of_object(selector) or ())
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: meta[k] for k in kept if k in meta},
        "spec": {"replicas": spec.get("replicas", 0)},
        "status": {"replicas": state.get("replicas", 0), "selector": text},
    }


def scale(objects: Objects, found: Call, _: Controllers) -> Answer:
    """get, update and patch of ``/scale``."""
    old = reading.find(objects, found)
    view = _scale_of(found, old)
    method = found.request.method
    if method in {"GET", "HEAD"}:
        return 200, view
    if method == "PUT":
        wanted = call.read_object(found)
    elif method == "PATCH":
        change = call.parse(found.request.body, yaml=False, what="Scale")
        wanted = patches.json_patch(view, change) if isinstance(change, list) else patches.merge(view, change)
    else:
        raise status.method_not_allowed()
    spec = wanted.get("spec")
    replicas = spec.get("replicas", 0) if isinstance(spec, dict) else None
    if not isinstance(replicas, int) or isinstance(replicas, bool) or not 0 <= replicas < 1 << 31:
        causes = status.Causes()
        causes.invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise status.invalid("autoscaling", "Scale", found.name, causes.found)
    new = copy_json(old)
    new["spec"]["replicas"] = replicas
    version = (
        (wanted.get("metadata") or {}).get("resourceVersion") if isinstance(wanted.get("metadata"), dict) else None
    )
    if isinstance(version, str) and method == "PUT":
        new["metadata"]["resourceVersion"] = version
    out = objects.replaced(found.resource, new, old) if found.dry_run else objects.update(found.resource, new, old)
    return 200, _scale_of(found, out)


def eviction(objects: Objects, found: Call, _: Controllers) -> Answer:
    if found.request.method != "POST":
        raise status.method_not_allowed()
    pod = reading.find(objects, found)
    if not found.dry_run:
        objects.delete(found.resource, pod)
    return 201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


def binding(objects: Objects, found: Call, _: Controllers) -> Answer:
    if found.request.method != "POST":
        raise status.method_not_allowed()
    new = copy_json(reading.find(objects, found))
    target = call.read_object(found).get("target")
    if not isinstance(target, dict) or not isinstance(target.get("name"), str):
        raise bad_request("Binding: target.name is required")
    new["spec"]["nodeName"] = target["name"]
    objects.put(found.resource.store, new)
    return 201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}


def log(objects: Objects, found: Call, controllers: Controllers) -> Answer:
    """``/log``: what the pod's process wrote, or the lines that the sandbox says for pods without one."""
    if found.request.method not in {"GET", "HEAD"}:
        raise status.method_not_allowed()
    pod = reading.find(objects, found)
    names = [c["name"] for c in (*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"])]
    container = found.query.get("container") or ""
    if container and container not in names:
        raise bad_request(f"container {container} is not valid for pod {found.name}")
    if not container and len(pod["spec"]["containers"]) > 1:
        mains = " ".join(c["name"] for c in pod["spec"]["containers"])
        raise bad_request(f"a container name must be specified for pod {found.name}, choose one of: [{mains}]")
    text = controllers.log_of(pod, container or pod["spec"]["containers"][0]["name"])
    lines = text.splitlines(keepends=True)
    if found.query.get("tailLines"):
        tail = found.number("tailLines")
        lines = lines[-tail:] if tail > 0 else []
    out = b"".join(lines)
    if found.query.get("limitBytes"):
        out = out[: max(found.number("limitBytes"), 0)]
    if not found.flag("follow"):
        return out
    return controllers.follow_log(pod, container, out)


def finalize(objects: Objects, found: Call, _: Controllers) -> Answer:
    """``namespaces/NAME/finalize``: the only way to change ``spec.finalizers``."""
    if found.request.method != "PUT":
        raise status.method_not_allowed()
    old = reading.find(objects, found)
    spec = call.read_object(found).get("spec")
    finalizers = spec.get("finalizers") if isinstance(spec, dict) else None
    new = copy_json(old)
    new["spec"] = {"finalizers": finalizers} if isinstance(finalizers, list) and finalizers else {}
    return 200, objects.settle(found.resource.store, new)


def token(objects: Objects, found: Call, _: Controllers) -> Answer:
    """``serviceaccounts/NAME/token``: a token of the right shape, which this server accepts nowhere."""
    if found.request.method != "POST":
        raise status.method_not_allowed()
    account = reading.find(objects, found)
    body = call.read_object(found)
    spec = body.get("spec") if isinstance(body.get("spec"), dict) else {}
    wanted = spec.get("expirationSeconds") if isinstance(spec, dict) else None
    seconds = wanted if isinstance(wanted, int) and 600 <= wanted <= 1 << 32 else 3600
    subject = f"system:serviceaccount:{account['metadata']['namespace']}:{account['metadata']['name']}"
    claims = {"sub": subject, "iss": "sandbox", "exp": int(objects.clock()) + seconds}
    words = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)
    ]
    state = {"token": ".".join([*words, ""]), "expirationTimestamp": timestamp(objects.clock() + seconds)}
    meta = {k: account["metadata"][k] for k in ("name", "namespace")}
    return 201, {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": meta,
        "spec": {**(spec or {}), "expirationSeconds": seconds},
        "status": state,
    }


def portforward(_: Objects, found: Call, __: Controllers) -> Answer:
    """Only the HTTP door can upgrade a connection; it never asks here."""
    raise bad_request(f"Upgrade request required: port-forward to {found.namespace}/{found.name} needs the HTTP door")


HANDLERS: dict[str, Callable[[Objects, Call, Controllers], Answer]] = {
    "scale": scale,
    "eviction": eviction,
    "binding": binding,
    "log": log,
    "finalize": finalize,
    "token": token,
    "portforward": portforward,
}


def review(objects: Objects, found: Call, tokens: Mapping[str, User] | None) -> Object:
    """The kinds that are asked, not stored: the object back, with a status."""
    body = call.read_object(found)
    spec = body.get("spec") if isinstance(body.get("spec"), dict) else {}
    answerer = _REVIEWS.get(found.resource.kind)
    if answerer is None:
        raise status.method_not_allowed()
    answer = answerer(objects, found, dict(spec or {}), tokens)
    meta = body.get("metadata") if isinstance(body.get("metadata"), dict) else {}
    kind = {"kind": found.resource.kind, "apiVersion": found.resource.group_version}
    return {**kind, "metadata": meta, "spec": spec, "status": answer}


Tokens = Mapping[str, User] | None


def _token_review(_: Objects, __: Call, spec: Object, tokens: Tokens) -> Object:
    return reviews.token_review(spec.get("token"), tokens)


def _access(objects: Objects, user: User, spec: Object) -> Object:
    wanted, urls = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if not isinstance(wanted, dict) and not isinstance(urls, dict):
        raise bad_request("spec: exactly one of nonResourceAttributes or resourceAttributes must be specified")
    known = wanted if isinstance(wanted, dict) else {}
    allowed, why = reviews.can(objects, user, known, urls if isinstance(urls, dict) else None)
    return {"allowed": allowed, **({"reason": why} if why else {})}


def _self_access(objects: Objects, found: Call, spec: Object, _: Tokens) -> Object:
    return _access(objects, found.user, spec)


def _access_review(objects: Objects, _: Call, spec: Object, __: Tokens) -> Object:
    groups = spec.get("groups") or spec.get("group") or ()
    names = tuple(str(g) for g in groups) if isinstance(groups, (list, tuple)) else ()
    return _access(objects, User(str(spec.get("user") or ""), names), spec)


def _self_rules(_: Objects, __: Call, ___: Object, ____: Tokens) -> Object:
    every = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    return {
        "resourceRules": every,
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
        "incomplete": False,
    }


def _self_subject(_: Objects, found: Call, __: Object, ___: Tokens) -> Object:
    return {"userInfo": reviews.described(found.user)}


_REVIEWS: dict[str, Callable[[Objects, Call, Object, Tokens], Object]] = {
    "TokenReview": _token_review,
    "SubjectAccessReview": _access_review,
    "LocalSubjectAccessReview": _access_review,
    "SelfSubjectAccessReview": _self_access,
    "SelfSubjectRulesReview": _self_rules,
    "SelfSubjectReview": _self_subject,
}
