"""The catalogue of records in Kubernetes: lists of labels, then only the records of one page.

Lists of labels are small and made from the API server's memory; a record that was read once is
known until it changes, so a second list reads none.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from tiller.kube.protobuf import Stored
from tiller.storage import codec
from tiller.storage.catalogue import Entry
from tiller.storage.codec import Head
from tiller.storage.driver import status_name

log = logging.getLogger(__name__)

BATCH = 64  # records per request
AHEAD = 2  # requests at once
KEPT = 72 * 1024 * 1024  # bytes of messages
HEADS = 50_000  # records whose heads are known; a few hundred bytes each


class Records(Protocol):
    """Where the records are."""

    def labelled(self, selector: str) -> Iterator[tuple[str, dict[str, str], str]]:
        """Object's name, labels and stamp of the records that a selector matches."""
        ...

    def stored(self, selector: str, *, paged: bool = True) -> Iterator[Stored]:
        """Those records themselves, page by page or at once."""
        ...


@dataclass(frozen=True, slots=True)
class _Message:
    stamp: str
    data: bytes


class KubernetesCatalogue:
    """Safe to use from many threads."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lock = threading.Lock()
        self._messages: OrderedDict[str, _Message] = OrderedDict()
        self._size = 0
        self._heads: dict[str, tuple[str, Head]] = {}
        self._broken: dict[str, str] = {}

    def entries(self, codes: Collection[int]) -> list[Entry]:
        found = []
        for key, labels, stamp in self._records.labelled(_selector("STATUS", map(status_name, codes))):
            version = labels.get("VERSION", "")
            entry = Entry(
                labels.get("NAME", ""), int(version) if version.isdecimal() else 0, labels.get("STATUS", ""), stamp
            )
            if entry.key == key and self._broken.get(key) != stamp:
                found.append(entry)
        return found

    def heads(self, entries: Sequence[Entry], *, namespaces: bool = False) -> dict[Entry, Head]:
        found: dict[Entry, Head] = {}
        missing: dict[str, Entry] = {}
        for entry in entries:
            stamp, head = self._heads.get(entry.key, ("", None))
            if head is None or stamp != entry.stamp or (namespaces and head.namespace is None):
                missing[entry.key] = entry
            else:
                found[entry] = head
        for stored in self._read(list(missing.values())):
            read = missing.get(stored.name)
            if read is not None:
                try:
                    found[read] = codec.head(stored.data, whole=namespaces)
                except codec.CodecError as error:
                    self._skip(stored, error)
                    continue
                with self._lock:
                    if len(self._heads) >= HEADS:
                        self._heads.clear()
                    self._heads[stored.name] = stored.stamp, found[read]
        return found

    def messages(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        known = self._known(entries)
        missing = [entry for entry in entries if entry.key not in known]
        batches = deque(missing[at : at + BATCH] for at in range(0, len(missing), BATCH))
        coming: deque[Future[dict[str, bytes]]] = deque()
        pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="records")
        try:
            last: dict[str, bytes] = {}
            due = iter(missing)
            left = 0
            for entry in entries:
                data = known.pop(entry.key, None)
                if data is None:
                    while batches and len(coming) < AHEAD:
                        coming.append(pool.submit(self._fetch, batches.popleft()))
                    if not left:
                        last, left = coming.popleft().result(), BATCH
                    left -= 1
                    data = last.pop(next(due).key, None)
                if data is not None:
                    yield data
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _known(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        found = {}
        with self._lock:
            for entry in entries:
                kept = self._messages.get(entry.key)
                if kept is not None and kept.stamp == entry.stamp:
                    self._messages.move_to_end(entry.key)
                    found[entry.key] = kept.data
        return found

    def _fetch(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        wanted = {entry.key for entry in entries}
        found = {}
        for stored in self._read(entries):
            if stored.name in wanted:
                try:
                    data = codec.plain(stored.data)
                    codec.check(data)
                except codec.CodecError as error:
                    self._skip(stored, error)
                    continue
                found[stored.name] = data
                self._keep(stored, data)
        return found

    def _read(self, entries: Sequence[Entry]) -> Iterator[Stored]:
        for at in range(0, len(entries), BATCH):
            batch = entries[at : at + BATCH]
            parts = (
                _selector("NAME", {entry.name for entry in batch}),
                _selector("VERSION", {str(entry.version) for entry in batch}),
                _selector("STATUS", {entry.status for entry in batch}),
            )
            yield from self._records.stored(",".join(parts), paged=False)

    def _keep(self, stored: Stored, data: bytes) -> None:
        with self._lock:
            before = self._messages.pop(stored.name, None)
            self._messages[stored.name] = _Message(stored.stamp, data)
            self._size += len(data) - (len(before.data) if before else 0)
            while self._size > KEPT:
                self._size -= len(self._messages.popitem(last=False)[1].data)

    def _skip(self, stored: Stored, error: codec.CodecError) -> None:
        """One bad record must not hide the others."""
        log.warning("skipping record %s: %s", stored.name, error)
        with self._lock:
            self._broken[stored.name] = stored.stamp


def _selector(label: str, values: Collection[str] | Iterator[str]) -> str:
    return f"{label} in ({','.join(sorted(set(values)))})"
