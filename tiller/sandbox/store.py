"""Objects, their versions and what happened to them; in memory, written through to SQLite if asked.

Stored objects are never changed in place: whoever changes one copies it first. That is what lets
watchers and readers keep references without locks.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Kind = tuple[str, str]  # (group, plural) of storage
Key = tuple[str, str, str, str]  # group, plural, namespace, name

EVENTS_KEPT = 20_000


def copy_json(value: Any) -> Any:
    """A deep copy of JSON data; much quicker than copy.deepcopy."""
    if type(value) is dict:
        return {k: copy_json(v) for k, v in value.items()}
    if type(value) is list:
        return [copy_json(v) for v in value]
    return value


@dataclass(frozen=True, slots=True)
class Event:
    """One write: ADDED, MODIFIED or DELETED at ``version``; ``previous`` is what stood there before."""

    version: int
    type: str
    key: Key
    object: dict[str, Any]
    previous: dict[str, Any] | None


class Disk:
    """The SQLite file behind a store; one connection, used under the store's lock."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS objects (grp TEXT, plural TEXT, namespace TEXT, name TEXT, body TEXT,"
            " PRIMARY KEY (grp, plural, namespace, name)) WITHOUT ROWID"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT)")
        self._db.commit()

    def load(self) -> tuple[int, list[tuple[Key, dict[str, Any]]]]:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        rows = self._db.execute("SELECT grp, plural, namespace, name, body FROM objects").fetchall()
        return (int(row[0]) if row else 0), [((g, p, ns, n), json.loads(body)) for g, p, ns, n, body in rows]

    def put(self, key: Key, obj: dict[str, Any]) -> None:
        body = json.dumps(obj, separators=(",", ":"))
        self._db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", (*key, body))

    def remove(self, key: Key) -> None:
        self._db.execute("DELETE FROM objects WHERE grp = ? AND plural = ? AND namespace = ? AND name = ?", key)

    def commit(self, version: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('version', ?)", (str(version),))
        self._db.commit()

    def close(self) -> None:
        self._db.close()


class Store:
    """Every object of the sandbox. ``changed`` guards it and tells watchers of writes."""

    def __init__(self, disk: Disk | None = None) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.version = 0
        self.disk = disk
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._kinds: dict[Kind, dict[tuple[str, str], dict[str, Any]]] = {}
        self._by_uid: dict[str, Key] = {}
        self._owned: dict[str, set[Key]] = {}
        self._unsaved = False
        if disk is not None:
            self.version, rows = disk.load()
            for key, obj in rows:
                self._kinds.setdefault(key[:2], {})[key[2:]] = obj
                self._index(key, obj)
        self.oldest = self.version  # events up to here are not known any more

    def get(self, kind: Kind, namespace: str, name: str) -> dict[str, Any] | None:
        return self._kinds.get(kind, {}).get((namespace, name))

    def at(self, key: Key) -> dict[str, Any] | None:
        return self._kinds.get(key[:2], {}).get(key[2:])

    def select(self, kind: Kind, namespace: str = "") -> list[dict[str, Any]]:
        """Objects of a kind by (namespace, name); of every namespace where none is named."""
        known = self._kinds.get(kind, {})
        keys = sorted(k for k in known if not namespace or k[0] == namespace)
        return [known[k] for k in keys]

    def kinds(self) -> list[Kind]:
        """Every kind that has objects."""
        return [k for k, known in self._kinds.items() if known]

    def by_uid(self, uid: str) -> Key | None:
        return self._by_uid.get(uid)

    def owned_by(self, uid: str) -> list[Key]:
        """Keys of the objects that name ``uid`` as an owner."""
        return sorted(self._owned.get(uid, ()))

    def put(self, kind: Kind, obj: dict[str, Any]) -> dict[str, Any]:
        """Write; the store takes ``obj`` over and sets its resourceVersion."""
        meta = obj["metadata"]
        key = (*kind, meta.get("namespace", ""), meta["name"])
        known = self._kinds.setdefault(kind, {})
        previous = known.get(key[2:])
        self.version += 1
        meta["resourceVersion"] = str(self.version)
        known[key[2:]] = obj
        if previous is not None:
            self._forget(key, previous)
        self._index(key, obj)
        self._record(Event(self.version, "MODIFIED" if previous is not None else "ADDED", key, obj, previous))
        if self.disk:
            self.disk.put(key, obj)
        return obj

    def remove(self, key: Key) -> dict[str, Any] | None:
        """Delete; answers with the last state, carrying the version of the deletion."""
        previous = self._kinds.get(key[:2], {}).pop(key[2:], None)
        if previous is None:
            return None
        self._forget(key, previous)
        self.version += 1
        last = {**previous, "metadata": {**previous["metadata"], "resourceVersion": str(self.version)}}
        self._record(Event(self.version, "DELETED", key, last, previous))
        if self.disk:
            self.disk.remove(key)
        return last

    def commit(self) -> None:
        """Make what was written since the last call durable."""
        if self._unsaved and self.disk:
            self.disk.commit(self.version)
        self._unsaved = False

    def since(self, version: int) -> Iterator[Event]:
        """Events after ``version``, oldest first."""
        fresh = []
        for event in reversed(self.events):
            if event.version <= version:
                break
            fresh.append(event)
        return reversed(fresh)

    def _record(self, event: Event) -> None:
        if len(self.events) == self.events.maxlen:
            self.oldest = self.events[0].version
        self.events.append(event)
        self._unsaved = True
        self.changed.notify_all()

    def _index(self, key: Key, obj: dict[str, Any]) -> None:
        meta = obj["metadata"]
        self._by_uid[meta["uid"]] = key
        for owner in meta.get("ownerReferences") or ():
            self._owned.setdefault(owner["uid"], set()).add(key)

    def _forget(self, key: Key, obj: dict[str, Any]) -> None:
        meta = obj["metadata"]
        self._by_uid.pop(meta["uid"], None)
        for owner in meta.get("ownerReferences") or ():
            keys = self._owned.get(owner["uid"])
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._owned[owner["uid"]]
