"""What is made of texts, kept between processes: parsed templates, parsed values.

A store may lose or forget anything at any time. What it gives is used only if it was written by the
same program and the same Python for the very same texts. Those lie beside it and are compared: that
takes a tenth of the time of a cryptographic hash. What is kept is read with ``marshal``, which
trusts its input: a store must give nothing that others may have written.
"""

from __future__ import annotations

import marshal
import sys
from _imp import source_hash  # importlib.util's, which takes 3 ms to import; zlib, with CRCs, takes 0.7

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    Texts = Sequence[tuple[str, bytes]]
    """Names and texts."""

    class Store(Protocol):
        """Keeps bytes by name between processes. What goes wrong with that is nobody's business but its own.

        ``edition`` differs between programs that may read texts differently.
        """

        @property
        def edition(self) -> bytes: ...

        def get(self, name: str) -> memoryview | None:
            """Return what was put under a name, None where nothing is at hand."""

        def put(self, name: str, data: bytes) -> None:
            """Keep ``data`` if that is possible."""


class MemoryStore:
    """A store that lasts as long as its process."""

    def __init__(self, edition: bytes = b"") -> None:
        self.edition = edition
        self.kept: dict[str, bytes] = {}

    def get(self, name: str) -> memoryview | None:
        data = self.kept.get(name)
        return None if data is None else memoryview(data)

    def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data


_FORMAT = "helmpy store 2"
_NUMBER = 8  # bytes of a number, and of a checksum


class Place:
    """Where something made of ``texts`` is kept; ``context`` is what else it depends on.

    There lie: the key, the size of what is kept and its checksum, what is kept, the texts. What is asked for
    for the first time leaves its key alone: writing 5 MB takes a fifth of the time of rendering them, in
    vain where a chart is rendered once, or changed before it is rendered again.
    """

    __slots__ = ("_asked_before", "_key", "_name", "_store", "texts")

    def __init__(self, kind: str, context: str, texts: Texts, store: Store) -> None:
        python = f"{_FORMAT} {sys.implementation.cache_tag} {sys.hexversion} {marshal.version}"
        sizes = [(name, len(data)) for name, data in texts]
        self._key = b"\n".join((f"{python}\n{kind} {context}\n{sizes!r}".encode(), store.edition, b""))
        self._name = f"{kind}-{_checksum(self._key).hex()}"
        self._store = store
        self._asked_before = False
        self.texts = texts

    def get(self) -> memoryview | None:
        """Return what was kept, None where the store has nothing, something else, or something damaged."""
        data = self._store.get(self._name)
        head = len(self._key)
        start = head + 2 * _NUMBER
        if data is None or bytes(data[:head]) != self._key:
            return None
        self._asked_before = True
        if len(data) < start:
            return None
        size = int.from_bytes(data[head : head + _NUMBER], "little")
        end = at = start + size
        if end + sum([len(text) for _, text in self.texts]) != len(data):
            return None
        if _checksum(data[start:end]) != data[start - _NUMBER : start]:
            return None
        for _, text in self.texts:
            if not text.startswith(data[at : at + len(text)]):
                return None
            at += len(text)
        return data[start:end]

    def keep(self, make: Callable[[], Sequence[bytes]]) -> None:
        """After a ``get`` in vain: let the store keep the parts that ``make`` returns, if they were asked for before."""
        if not self._asked_before:
            self._store.put(self._name, self._key)
            return
        data = b"".join(make())
        size = len(data).to_bytes(_NUMBER, "little")
        self._store.put(
            self._name, b"".join((self._key, size, _checksum(data), data, *[text for _, text in self.texts]))
        )


def _checksum(data: bytes | memoryview) -> bytes:
    return source_hash(0, data)
