"""Who asks, and what may they do: tokens, impersonation, access reviews answered from stored RBAC objects."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from tiller.kube.transport import Request
from tiller.sandbox.call import Call, User, header
from tiller.sandbox.objects import Objects
from tiller.sandbox.status import Refusal, forbidden

Object = dict[str, Any]
_RBAC = "rbac.authorization.k8s.io"


def who(request: Request, tokens: Mapping[str, User] | None) -> User:
    """The user of a request; raises a 401 where tokens are asked for and none fits."""
    user = User()
    if tokens is not None:
        scheme, _, token = header(request, "authorization").partition(" ")
        found = _of_token(token.strip(), tokens) if scheme.lower() == "bearer" else None
        if found is None:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        user = found
    name = header(request, "impersonate-user")
    if not name:
        return user
    groups = tuple(g.strip() for g in header(request, "impersonate-group").split(",") if g.strip())
    return User(name, (*groups, "system:authenticated"))


def enforce(objects: Objects, found: Call, verb: str) -> None:
    """Raise a 403 where the user may not do it."""
    if "system:masters" in found.user.groups:
        return
    r = found.resource
    wanted = {
        "verb": verb,
        "group": r.group,
        "resource": r.plural,
        "subresource": found.subresource,
        "namespace": found.namespace,
        "name": found.name,
    }
    if r.verbs == ("create",) or can(objects, found.user, wanted)[0]:
        return
    plural = f"{r.plural}/{found.subresource}" if found.subresource else r.plural
    scope = f'in the namespace "{found.namespace}"' if found.namespace else "at the cluster scope"
    why = f'User "{found.user.name}" cannot {verb} resource "{plural}" in API group "{r.group}" {scope}'
    if found.name:
        raise forbidden(r, found.name, why)
    details = {"group": r.group, "kind": r.plural} if r.group else {"kind": r.plural}
    raise Refusal(403, "Forbidden", f"{r.qualified} is forbidden: {why}", details)


def _of_token(token: str, tokens: Mapping[str, User]) -> User | None:
    for known, user in tokens.items():
        if hmac.compare_digest(known.encode(), token.encode("utf-8", "surrogateescape")):
            return user
    return None


def token_review(token: Any, tokens: Mapping[str, User] | None) -> Object:
    """The status of a TokenReview."""
    user = _of_token(token, tokens or {}) if isinstance(token, str) else None
    if user is None:
        return {"user": {}, "error": "invalid bearer token"}
    return {"authenticated": True, "user": described(user)}


def described(user: User) -> Object:
    out: Object = {"username": user.name, "groups": list(user.groups)}
    if user.uid:
        out["uid"] = user.uid
    return out


def can(objects: Objects, user: User, wanted: Object, urls: Object | None = None) -> tuple[bool, str]:
    """Whether RBAC as stored lets ``user`` do it (a ``resourceAttributes`` or ``nonResourceAttributes``), and why."""
    if "system:masters" in user.groups:
        return True, ""
    for binding in objects.store.select((_RBAC, "clusterrolebindings")):
        if _bound(binding, user, "") and _allowed(objects, binding, "", wanted, urls):
            return True, f'RBAC: allowed by ClusterRoleBinding "{binding["metadata"]["name"]}"'
    namespace = str(wanted.get("namespace") or "")
    if namespace and urls is None:
        for binding in objects.store.select((_RBAC, "rolebindings"), namespace):
            if _bound(binding, user, namespace) and _allowed(objects, binding, namespace, wanted, None):
                return True, f'RBAC: allowed by RoleBinding "{binding["metadata"]["name"]}/{namespace}"'
    return False, ""


def _bound(binding: Object, user: User, namespace: str) -> bool:
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), subject.get("name")
        if kind == "User" and name == user.name:
            return True
        if kind == "Group" and name in user.groups:
            return True
        account = f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"
        if kind == "ServiceAccount" and account == user.name:
            return True
    return False


def _allowed(objects: Objects, binding: Object, namespace: str, wanted: Object, urls: Object | None) -> bool:
    reference = binding.get("roleRef") or {}
    kind = (_RBAC, "clusterroles") if reference.get("kind") == "ClusterRole" else (_RBAC, "roles")
    role = objects.get(kind, "" if kind[1] == "clusterroles" else namespace, str(reference.get("name")))
    return role is not None and any(_rule_allows(rule, wanted, urls) for rule in role.get("rules") or ())


def _rule_allows(rule: Object, wanted: Object, urls: Object | None) -> bool:
    def has(field: str, value: str) -> bool:
        listed = rule.get(field) or ()
        return "*" in listed or value in listed

    if urls is not None:
        path = str(urls.get("path") or "")
        known = rule.get("nonResourceURLs") or ()
        fits = any(path == u or (u.endswith("*") and path.startswith(u[:-1])) for u in known)
        return fits and has("verbs", str(urls.get("verb") or ""))
    resource = str(wanted.get("resource") or "")
    if wanted.get("subresource"):
        sub = str(wanted["subresource"])
        fits = has("resources", f"{resource}/{sub}") or f"*/{sub}" in (rule.get("resources") or ())
    else:
        fits = has("resources", resource)
    names = rule.get("resourceNames")
    named = not names or wanted.get("name") in names
    return (
        fits
        and named
        and has("verbs", str(wanted.get("verb") or ""))
        and has("apiGroups", str(wanted.get("group") or ""))
    )
