"""What every controller works with: the objects, the time, and what runs real processes."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any, Protocol

from tiller.sandbox.objects import Objects
from tiller.sandbox.resources import Resource
from tiller.sandbox.store import Key, Kind

Object = dict[str, Any]

MAX_PODS = 250  # of one workload: a chart that asks for millions gets these
PODS: Kind = ("", "pods")


@dataclass(frozen=True, slots=True)
class Run:
    """The state of a pod's process."""

    ready: bool
    restarts: int
    failed: bool = False
    message: str = ""


class PodRunner(Protocol):
    """Runs pods for real. Methods return at once."""

    def wants(self, pod: Object) -> bool:
        """Whether this pod has something to run."""
        ...

    def start(self, pod: Object, volumes: dict[str, dict[str, bytes]]) -> None:
        """Start it unless it runs; ``volumes`` are mounted files: mount path → name → content."""
        ...

    def stop(self, uid: str) -> None:
        """End it and forget it."""
        ...

    def look(self, uid: str) -> Run | None:
        """How it is; None where it was never started."""
        ...

    def log(self, uid: str) -> bytes:
        """What it wrote."""
        ...

    def port(self, uid: str, port: int) -> tuple[str, int] | None:
        """Where the pod's ``port`` listens on this machine."""
        ...


@dataclass(slots=True)
class Context:
    """One sandbox's controllers share it. ``due`` is a heap of (time, key) to look at again."""

    objects: Objects
    ready_after: float = 0.0
    runner: PodRunner | None = None
    due: list[tuple[float, Key]] = field(default_factory=list)
    running: dict[str, Key] = field(default_factory=dict)  # uid → key of pods with a process
    addresses: int = 0

    def touch(self, key: Key) -> None:
        """Look at the object soon."""
        self.objects.touched[key] = None

    def wake(self, key: Key, at: float) -> None:
        """Look at the object at a time."""
        heapq.heappush(self.due, (at, key))

    def resource(self, kind: Kind) -> Resource:
        found = self.objects.registry.stored(kind)
        assert found is not None, kind
        return found

    def owned(self, obj: Object, kind: Kind) -> list[Object]:
        """The objects of ``kind`` that ``obj`` controls."""
        uid = obj["metadata"]["uid"]
        store = self.objects.store
        found = (store.at(key) for key in store.owned_by(uid) if key[:2] == kind)
        return [o for o in found if o is not None and controller_of(o) == uid]

    def address(self) -> str:
        """The next pod address."""
        self.addresses += 1
        n = self.addresses % 65_000 + 1
        return f"10.244.{n >> 8}.{n & 255}"


def controller_of(obj: Object) -> str:
    """The uid of the owner that controls an object, or nothing."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((str(o["uid"]) for o in owners if o.get("controller")), "")


def reference(owner: Object) -> Object:
    """The owner reference of what ``owner`` controls."""
    meta = owner["metadata"]
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(kind: str, *, holds: bool, reason: str, message: str, now: str, known: Any = ()) -> Object:
    """A status condition; keeps the time of the last change where ``known`` conditions say the same."""
    value = "True" if holds else "False"
    before = next((c for c in known or () if c.get("type") == kind and c.get("status") == value), None)
    since = before["lastTransitionTime"] if before is not None and "lastTransitionTime" in before else now
    out = {"type": kind, "status": value, "lastTransitionTime": since}
    if reason:
        out["reason"] = reason
    if message:
        out["message"] = message
    return out
