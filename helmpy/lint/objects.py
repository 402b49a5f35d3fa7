"""Rules about the objects that templates make: the names that a cluster would refuse."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.lint.message import Message, Severity
from helmpy.lint.templates import RELEASE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


_LONGEST = 253
_ENDS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_INSIDE = _ENDS | frozenset("-.")
# Kinds whose names are segments of a path and may hold anything else. Source: Kubernetes' validation.
_FREE_NAMES = frozenset({"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"})
_ELSEWHERE = ".openshift.io"  # a group with rules of its own
_NAMELESS = frozenset({"List"})


def check(rendered: Mapping[str, str]) -> Iterator[Message]:
    """Yield what is wrong with the names of the objects in rendered files, by the files' names in the chart."""
    for name, text in rendered.items():
        if not name.endswith((".yaml", ".yml")):
            continue
        try:
            documents = yaml.load_all(text)
        except HelmError:
            continue  # told elsewhere, where it is of the first document
        for one in documents:
            fault = _fault(one)
            if fault:
                yield Message(Severity.WARNING, name, fault)


def _fault(one: Any) -> str:
    if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("kind", "apiVersion")):
        return ""
    kind, metadata = one["kind"], one.get("metadata")
    if kind in _NAMELESS or (kind.endswith("List") and isinstance(one.get("items"), list)):
        return next(filter(None, map(_fault, one.get("items") or [])), "")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = metadata.get("name")
    if name is None or name == "":
        return "" if metadata.get("generateName") else f"an object of kind {kind} has no metadata.name"
    if one["apiVersion"].partition("/")[0].endswith(_ELSEWHERE):
        return ""
    if not isinstance(name, str):
        return f"metadata.name of an object of kind {kind} is no string but {yaml.dump(name).strip()}: quote it"
    if not _is_valid(name, kind):
        return f'metadata.name "{name}" of an object of kind {kind} is no valid name: ' + (
            "no / and no % may be in it" if kind in _FREE_NAMES else "lower case letters, digits, - and . may be in it"
        )
    return ""


def _is_valid(name: str, kind: str) -> bool:
    if kind in _FREE_NAMES:
        return name not in (".", "..") and "/" not in name and "%" not in name
    name = name.replace(RELEASE_NAME, RELEASE_NAME.lower())  # Helm's linter makes up one that no cluster would take
    return len(name) <= _LONGEST and _INSIDE.issuperset(name) and name[0] in _ENDS and name[-1] in _ENDS
