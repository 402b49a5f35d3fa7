"""Label and field selectors: of a query string, and of objects (``matchLabels``, ``matchExpressions``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tiller.sandbox.status import Refusal, bad_request


@dataclass(frozen=True, slots=True)
class Requirement:
    """``key operator values``; operator is in, notin, exists, !, > or <."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        return _CHECKS[self.operator](labels.get(self.key), self.values)


def _compare(value: str | None, values: tuple[str, ...], sign: int) -> bool:
    try:
        return value is not None and (int(value) - int(values[0])) * sign > 0
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "in": lambda value, values: value in values,
    "notin": lambda value, values: value not in values,  # a missing label is not in any list
    "exists": lambda value, _: value is not None,
    "!": lambda value, _: value is None,
    ">": lambda value, values: _compare(value, values, 1),
    "<": lambda value, values: _compare(value, values, -1),
}

Selector = tuple[Requirement, ...]


def _pieces(text: str) -> list[str]:
    """Split at commas outside parentheses."""
    out, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            out.append(text[start:i])
            start = i + 1
    out.append(text[start:])
    return [p.strip() for p in out]


def parse_labels(text: str) -> Selector:
    """``a=b,c!=d,e in (f,g),!h,i>3`` → requirements; raises a 400."""
    if not text.strip():
        return ()
    return tuple(_parse_one(piece, text) for piece in _pieces(text))


def _unable(text: str, why: str) -> Refusal:
    return bad_request(f'unable to parse requirement: {why} in "{text}"')


def _parse_one(piece: str, whole: str) -> Requirement:
    if piece.startswith("!") and "=" not in piece:
        return Requirement(_key(piece[1:], whole), "!")
    for sign, operator in (("!=", "notin"), ("==", "in"), ("=", "in"), (">", ">"), ("<", "<")):
        key, found, value = piece.partition(sign)
        if found:
            return Requirement(_key(key, whole), operator, (_value(value, whole),))
    words = piece.split(None, 1)
    if len(words) == 2:
        operator, _, rest = words[1].partition("(")
        if operator.strip() in {"in", "notin"} and rest.endswith(")"):
            values = tuple(_value(v, whole) for v in rest[:-1].split(","))
            return Requirement(_key(words[0], whole), operator.strip(), values)
        raise _unable(whole, f"found '{words[1]}', expected: in, notin, =, ==, !=, gt, lt")
    return Requirement(_key(piece, whole), "exists")


_LABEL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")


def _key(text: str, whole: str) -> str:
    key = text.strip()
    if not key or not set(key) <= _LABEL_CHARACTERS:
        raise _unable(whole, f'"{key}" is no label key')
    return key


def _value(text: str, whole: str) -> str:
    value = text.strip()
    if not set(value) <= _LABEL_CHARACTERS or "/" in value or len(value) > 63:
        raise _unable(whole, f'"{value}" is no label value')
    return value


def matches(selector: Selector, labels: Any) -> bool:
    """Whether all requirements hold for an object's labels."""
    known = labels if isinstance(labels, dict) else {}
    return all(r.matches(known) for r in selector)


def of_object(selector: Any) -> Selector | None:
    """A LabelSelector object → requirements; None selects nothing (a missing selector)."""
    if not isinstance(selector, dict):
        return None
    out = [Requirement(str(k), "in", (str(v),)) for k, v in (selector.get("matchLabels") or {}).items()]
    operators = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
    for e in selector.get("matchExpressions") or ():
        operator = operators.get(e.get("operator", ""))
        if operator:
            out.append(Requirement(str(e.get("key")), operator, tuple(str(v) for v in e.get("values") or ())))
    return tuple(out)


def text_of(selector: Selector) -> str:
    """As a client would write it; used by scale's status and by printed columns."""
    parts = []
    for r in selector:
        if r.operator in {"in", "notin"} and len(r.values) == 1:
            parts.append(f"{r.key}{'=' if r.operator == 'in' else '!='}{r.values[0]}")
        elif r.operator in {"in", "notin"}:
            parts.append(f"{r.key} {r.operator} ({','.join(r.values)})")
        else:
            parts.append(f"!{r.key}" if r.operator == "!" else r.key)
    return ",".join(sorted(parts))


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """``path=value`` or ``path!=value``."""

    path: tuple[str, ...]
    value: str
    equal: bool


# Beside metadata.name and metadata.namespace; what Kubernetes indexes.
_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    ("", "events"): (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("", "secrets"): ("type",),
    ("", "namespaces"): ("status.phase",),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "replicationcontrollers"): ("status.replicas",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
    ("certificates.k8s.io", "certificatesigningrequests"): ("spec.signerName",),
}


def parse_fields(text: str, kind: tuple[str, str]) -> tuple[FieldTerm, ...]:
    """``metadata.name=a,status.phase!=Running``; raises a 400 on a field that can't be selected by."""
    terms = []
    for piece in text.split(","):
        if not piece.strip():
            continue
        equal = "!=" not in piece
        path, sign, value = piece.partition("==" if "==" in piece else ("=" if equal else "!="))
        path = path.strip()
        if not sign:
            raise bad_request(f"invalid selector: '{piece}'; can't understand '{piece}'")
        if path not in {"metadata.name", "metadata.namespace", *_FIELDS.get(kind, ())}:
            raise bad_request(
                f'Unable to find "{kind[1]}" that match label selector "", field selector "{text}": '
                f"field label not supported: {path}"
            )
        terms.append(FieldTerm(tuple(path.split(".")), value.strip(), equal))
    return tuple(terms)


def matches_fields(terms: tuple[FieldTerm, ...], obj: dict[str, Any]) -> bool:
    return all((_field_text(obj, t.path) == t.value) == t.equal for t in terms)


def _field_text(obj: Any, path: tuple[str, ...]) -> str:
    for part in path:
        obj = obj.get(part) if isinstance(obj, dict) else None
    if obj is None:
        return ""
    return str(obj).lower() if isinstance(obj, bool) else str(obj)
