"""Watching a collection: what stands there, then every change, as one JSON line each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tiller.sandbox.status import gone
from tiller.sandbox.store import Event, Store

Object = dict[str, Any]
BOOKMARK_SECONDS = 60.0
LONGEST_WAIT = 0.5  # seconds between looks at the clock, for pods that turn ready by time


@dataclass(frozen=True, slots=True)
class Filter:
    """Which objects a watcher sees, and how they look to it."""

    kind: tuple[str, str]
    namespace: str
    name: str
    accepts: Callable[[Object], bool]
    show: Callable[[Object], Object]

    def concerns(self, event: Event) -> bool:
        return (
            event.key[:2] == self.kind
            and (not self.namespace or event.key[2] == self.namespace)
            and (not self.name or event.key[3] == self.name)
        )

    def seen(self, event: Event) -> tuple[str, Object] | None:
        """The event for this watcher: an object that stops matching is DELETED to it."""
        now = event.type != "DELETED" and self.accepts(event.object)
        before = event.previous is not None and self.accepts(event.previous)
        if now:
            return ("MODIFIED" if before else "ADDED"), event.object
        if before and event.previous is not None:
            version = str(event.version)
            last = {**event.previous, "metadata": {**event.previous["metadata"], "resourceVersion": version}}
            return "DELETED", (event.object if event.type == "DELETED" else last)
        return None


@dataclass(frozen=True, slots=True)
class Watch:
    """One watch request's wishes. ``end`` is the clock's time at which it ends, 0 for never."""

    filter: Filter
    api_version: str
    kind: str
    since: int
    initial: bool
    bookmarks: bool
    send_initial_end: bool
    seconds: float


def line(kind: str, obj: Object) -> bytes:
    return json.dumps({"type": kind, "object": obj}, separators=(",", ":")).encode()


def run(watch: Watch, store: Store, wall: Callable[[], float], tick: Callable[[], None]) -> Iterator[bytes]:
    """The lines of a watch. ``wall`` is monotonic seconds; ``tick`` lets time-driven controllers run."""
    begun = last_sent = wall()
    version = watch.since
    if watch.initial:
        with store.changed:
            version = store.version
            found = [o for o in store.select(watch.filter.kind, watch.filter.namespace) if _wanted(watch, o)]
        for obj in found:
            yield line("ADDED", watch.filter.show(obj))
        if watch.send_initial_end:
            yield _bookmark(watch, version, initial_end=True)
    while True:
        tick()
        with store.changed:
            if version < store.oldest:
                text = f"too old resource version: {version} ({store.oldest})"
                expired: bytes | None = line("ERROR", gone(text).body())
                fresh: list[Event] = []
            else:
                expired = None
                fresh = list(store.since(version))
                left = watch.seconds - (wall() - begun) if watch.seconds else LONGEST_WAIT
                if not fresh and left > 0:
                    store.changed.wait(min(left, LONGEST_WAIT))
                    fresh = list(store.since(version))
        if expired:
            yield expired
            return
        for event in fresh:
            version = event.version
            shown = watch.filter.seen(event) if watch.filter.concerns(event) else None
            if shown:
                last_sent = wall()
                yield line(shown[0], watch.filter.show(shown[1]))
        now = wall()
        over = watch.seconds and now - begun >= watch.seconds
        if watch.bookmarks and (over or now - last_sent >= BOOKMARK_SECONDS):
            last_sent = now
            yield _bookmark(watch, version)
        if over:
            return
        if not fresh:
            yield b""  # nothing new: lets the carrier notice that nobody listens


def _wanted(watch: Watch, obj: Object) -> bool:
    return (not watch.filter.name or obj["metadata"]["name"] == watch.filter.name) and watch.filter.accepts(obj)


def _bookmark(watch: Watch, version: int, *, initial_end: bool = False) -> bytes:
    meta: Object = {"resourceVersion": str(version), "creationTimestamp": None}
    if initial_end:
        meta["annotations"] = {"k8s.io/initial-events-end": "true"}
    return line("BOOKMARK", {"kind": watch.kind, "apiVersion": watch.api_version, "metadata": meta})
