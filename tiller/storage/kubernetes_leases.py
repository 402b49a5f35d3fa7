"""Leases as objects of Kubernetes (coordination.k8s.io/v1) in tiller's namespace.

Only a release that is being worked on has one: it is created to take it and deleted to give it up,
so a purged release leaves none behind. Whoever waits writes its name into an annotation.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tiller.kube.transport import ApiError, Conflict, Forbidden, NotFound, Request, Transport
from tiller.storage.leases import DURATION, Holding, LeaseLost

log = logging.getLogger(__name__)

RELEASE, WORK, WAITING = "tiller.helm.sh/release", "tiller.helm.sh/work", "tiller.helm.sh/waiting"
MANAGER = "tiller"
RENEW_TIMEOUT = 3.0  # seconds for one answer: a renewal that comes too late is none

# One part of a DNS name; linear, and names of releases are short.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def lease_name(release: str) -> str:
    """The name of a release's lease: its own where Kubernetes allows it, else a form of it with a hash."""
    if all(_LABEL.match(part) for part in release.split(".")):
        return f"release.{release}"
    plain = re.sub(r"[^-a-z0-9]", "-", release.lower()).strip("-")[:100]
    digest = hashlib.sha256(release.encode()).hexdigest()[:16]
    return f"release-{digest}.{plain}" if plain else f"release-{digest}"


class KubernetesLeases:
    """One Lease object for each release that somebody works on.

    Where tiller may not use leases, or the cluster has none, it says so once and every release
    counts as free: one tiller alone is as safe as before, and of two the records' own names let
    only one win a revision.
    """

    def __init__(self, transport: Transport, namespace: str, identity: str) -> None:
        self.identity = identity
        self._transport = transport
        self._namespace = namespace
        self._refused = False

    def take(self, name: str, work: str, now: float) -> Holding | None:
        body = self._lease(name, work, now, now)
        try:
            return _holding(self._send("POST", "", body))
        except Conflict:
            return None
        except (Forbidden, NotFound) as error:
            return self._without(work, now, error)

    def read(self, name: str) -> Holding | None:
        try:
            return _holding(self._send("GET", name))
        except (Forbidden, NotFound):
            return None

    def seize(self, name: str, dead: Holding, work: str, now: float) -> Holding | None:
        try:
            return _holding(self._send("PUT", name, self._lease(name, work, now, now, version=dead.version)))
        except (Conflict, NotFound):
            return None

    def ask(self, name: str, theirs: Holding) -> None:
        if theirs.waiting:
            return
        mark = {"metadata": {"resourceVersion": theirs.version, "annotations": {WAITING: self.identity}}}
        try:
            self._send("PATCH", name, mark, "application/merge-patch+json")
        except (Conflict, NotFound):
            return  # it was renewed, given up or asked for meanwhile: the next look tells

    def renew(self, name: str, mine: Holding, work: str, since: float, now: float) -> Holding:
        if not mine.version:
            return replace(mine, work=work, since=since)
        for _ in range(4):
            body = self._lease(name, work, since, now, version=mine.version, waiting=mine.waiting)
            try:
                return _holding(self._send("PUT", name, body))
            except NotFound:
                raise LeaseLost(name) from None
            except Conflict:
                mine = self._still_mine(name)
        raise LeaseLost(name)

    def give_up(self, name: str, mine: Holding, now: float) -> None:
        if not mine.version:
            return
        for _ in range(4):
            try:
                if mine.waiting:
                    self._send("PUT", name, self._lease(name, "", now, now, version=mine.version, holder=mine.waiting))
                else:
                    only_this = {"preconditions": {"resourceVersion": mine.version}}
                    self._send("DELETE", name, {"kind": "DeleteOptions", "apiVersion": "v1", **only_this})
            except NotFound:
                return
            except Conflict:
                try:
                    mine = self._still_mine(name)
                except LeaseLost:
                    return
            else:
                return

    def _still_mine(self, name: str) -> Holding:
        current = self.read(name)
        if current is None or current.holder != self.identity:
            raise LeaseLost(name)
        return current

    def _without(self, work: str, now: float, error: ApiError) -> Holding:
        if not self._refused:
            self._refused = True
            log.warning("cannot use leases, so two tillers of one cluster will not wait for each other: %s", error)
        return Holding(self.identity, work, now, "")

    def _lease(
        self, name: str, work: str, since: float, now: float, *, version: str = "", waiting: str = "", holder: str = ""
    ) -> dict[str, Any]:
        annotations = {RELEASE: name, WORK: work, **({WAITING: waiting} if waiting else {})}
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": lease_name(name),
                "namespace": self._namespace,
                "annotations": annotations,
                **({"resourceVersion": version} if version else {}),
            },
            "spec": {
                "holderIdentity": holder or self.identity,
                "leaseDurationSeconds": int(DURATION),
                "acquireTime": _text(since),
                "renewTime": _text(now),
            },
        }

    def _send(
        self, method: str, name: str, body: dict[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        path = f"/apis/coordination.k8s.io/v1/namespaces/{quote(self._namespace, safe='')}/leases"
        if name:
            path += f"/{lease_name(name)}"
        headers = {"accept": "application/json", "content-type": content_type}
        query = (("fieldManager", MANAGER),) if method in ("POST", "PUT", "PATCH") else ()
        request = Request(method, path, query, headers, json.dumps(body).encode() if body else b"")
        response = self._transport.send(request, timeout=RENEW_TIMEOUT)
        if response.status >= 400:
            raise ApiError.of(response)
        found = response.json()
        return found if isinstance(found, dict) else {}


def _holding(lease: dict[str, Any]) -> Holding:
    metadata, spec = lease.get("metadata") or {}, lease.get("spec") or {}
    annotations = metadata.get("annotations") or {}
    holder = str(spec.get("holderIdentity") or "")
    return Holding(
        holder=holder,
        work=str(annotations.get(WORK) or ""),
        since=_seconds(str(spec.get("acquireTime") or "")),
        stamp=f"{holder} {spec.get('acquireTime')} {spec.get('renewTime')}",
        version=str(metadata.get("resourceVersion") or ""),
        waiting=str(annotations.get(WAITING) or ""),
    )


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_FORM)


def _seconds(text: str) -> float:
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
