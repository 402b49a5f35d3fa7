"""Manifests of removed API versions brought to those that the cluster serves, where somebody asks for it.

The record then holds what was applied: the converted text.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from helmpy.gocompat import yaml
from helmpy.release import manifest as manifests
from helmpy.release.hooks import Hook
from helmpy.release.model import Release
from tiller.actions.environment import Environment
from tiller.kube.discovery import UnknownKind
from tiller.kube.removed_apis import converted, removal_of


def converted_release(env: Environment, release: Release) -> Release:
    """The release with all its documents and hooks in served versions, if its operation wants that."""
    if not env.convert_removed_apis:
        return release
    return replace(release, manifest=converted_text(env, release.manifest), hooks=converted_hooks(env, release.hooks))


def converted_hooks(env: Environment, hooks: tuple[Hook, ...]) -> tuple[Hook, ...]:
    return tuple(replace(hook, manifest=_document(env, hook.manifest)) for hook in hooks)


def converted_text(env: Environment, text: str) -> str:
    """A record's manifest with its removed versions replaced; documents that need nothing stay as they are."""
    found = manifests.documents(text)
    new = [replace(each, content=_document(env, each.content)) for each in found]
    return text if new == found else manifests.stored_text(new)


def _document(env: Environment, content: str) -> str:
    value = yaml.load(content, ints=True)
    made = _object(env, value)
    if made is value:
        return content
    return yaml.dump(made).removesuffix("\n") if isinstance(made, dict) else str(made)


def _object(env: Environment, value: Any) -> Any:
    """The object, another one in its place, or a comment where nothing takes its place."""
    if not isinstance(value, dict):
        return value
    items = value.get("items")
    if isinstance(items, list) and str(value.get("kind")).endswith("List"):
        new = [_object(env, each) for each in items]
        kept = [each for each in new if not isinstance(each, str)]
        return value if all(a is b for a, b in zip(items, new, strict=True)) else {**value, "items": kept}
    api_version, kind = str(value.get("apiVersion") or ""), str(value.get("kind") or "")
    removal = removal_of(api_version, kind)
    if removal is None or _served(env, api_version, kind):
        return value
    made = converted(value)
    if made is not None:
        return made if _served(env, removal.successor, kind) else value
    name = (value.get("metadata") or {}).get("name") if isinstance(value.get("metadata"), dict) else ""
    return f"# left out: {kind} {json.dumps(name)}, which Kubernetes {removal.since} removed without a successor"


def _served(env: Environment, api_version: str, kind: str) -> bool:
    if (api_version, kind) in env.cluster.discovery.catalog().resources:
        return True
    try:
        env.cluster.discovery.find(api_version, kind)
    except UnknownKind:
        return False
    return True
