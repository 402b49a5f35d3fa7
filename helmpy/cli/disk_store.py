"""What texts parse to, on disk, so that a chart is parsed once and not at every call of ``helm``.

Whatever is wrong with directory or files, the program works as if there were none. What lies there is
trusted (see ``helmpy.store``), so nothing is taken from a place where others may write.
"""

from __future__ import annotations

import os
import stat
import sys

from helmpy.home import cache_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST = 64 * 2**20  # bytes of all files
_SMALL = 4096  # what takes less than this part of the room looks one time in 16 whether there is any
_LARGE = 2**20
_DAY = 24 * 60 * 60
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class DiskStore:
    """A directory of files that are replaced as a whole; the ones longest unused go when it is full."""

    def __init__(self, directory: str, *, most: int = MOST) -> None:
        self._directory = directory
        self._most = most
        self._edition = b""

    @property
    def edition(self) -> bytes:
        """The files that read templates and YAML, by size and time: who changes one finds nothing of before."""
        if not self._edition:
            try:
                self._edition = repr(sorted(_sources())).encode()
            except OSError:  # packed into an archive, which changes as a whole
                self._edition = b"packed"
        return self._edition

    def get(self, name: str) -> memoryview | None:
        """Return what was put under ``name``; None where that cannot be had or others may have written it."""
        try:
            if not _is_private(os.lstat(self._directory), stat.S_ISDIR):
                return None
            file = os.open(f"{self._directory}/{name}", os.O_RDONLY | os.O_NOFOLLOW)
            try:
                status = os.fstat(file)
                if not _is_private(status, stat.S_ISREG) or status.st_size > self._most:
                    return None
                data = _content(file, status.st_size)
            finally:
                os.close(file)
            _mark_used(f"{self._directory}/{name}", status)
        except (OSError, AttributeError, ValueError):  # AttributeError: a system without users
            return None
        return data

    def put(self, name: str, data: bytes) -> None:
        """Keep ``data`` under ``name`` where that is possible."""
        if len(data) > self._most // 2:
            return
        try:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)  # noqa: PTH103 - pathlib takes 4 ms to import
            if not _is_private(os.lstat(self._directory), stat.S_ISDIR):
                return
            if len(data) > self._most // _SMALL or name.endswith("0"):  # looking around takes 1 ms for 100 files
                self._make_room(len(data))
            _replace(f"{self._directory}/{name}", data)
        except (OSError, AttributeError, ValueError):
            return

    def _make_room(self, size: int) -> None:
        with os.scandir(self._directory) as found:
            files = [(status.st_mtime, status.st_size, one.path) for one in found if (status := _status(one))]
        full = sum([taken for _, taken, _ in files])
        for _, taken, path in sorted(files):
            if full + size <= self._most:
                return
            os.unlink(path)  # noqa: PTH108 - as above
            full -= taken


def chosen(environ: Mapping[str, str]) -> DiskStore | None:
    """Return the user's store, None where there is to be none."""
    directory = cache_directory(environ)
    return DiskStore(directory) if directory else None


def _sources() -> Iterator[tuple[str, int, int]]:
    for room in ("helmpy.gotemplate", "helmpy.gocompat"):
        __import__(room)  # from helmpy they would be asked of its __getattr__, which takes 1 ms
        with os.scandir(sys.modules[room].__path__[0]) as found:
            for one in found:
                if one.name.endswith(".py"):
                    status = one.stat()
                    yield one.name, status.st_size, status.st_mtime_ns


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # another helm made room
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _is_private(status: os.stat_result, is_kind: object) -> bool:
    """Whether it is of the kind, ours, and no one else may write to it."""
    assert callable(is_kind)
    return is_kind(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _content(file: int, size: int) -> memoryview:
    """Return a file's content, a large one without copying it: touching 5 MB of new memory takes 2 ms."""
    if size < _LARGE:
        return memoryview(os.read(file, size))  # what is shorter then is damaged, see Place
    import mmap  # half a millisecond

    flags = mmap.MAP_PRIVATE | getattr(mmap, "MAP_POPULATE", 0)
    return memoryview(mmap.mmap(file, size, flags=flags, prot=mmap.PROT_READ))


def _mark_used(path: str, status: os.stat_result) -> None:
    """Let a file be young again, once a day: that is enough to tell what is not used."""
    import time

    if time.time() - status.st_mtime > _DAY:
        os.utime(path)


def _replace(path: str, data: bytes) -> None:
    """Write a file beside ``path`` and put it in its place: whoever reads finds the old or the new one."""
    beside = f"{path}.{os.getpid()}"
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        finally:
            os.close(file)
        os.replace(beside, path)  # noqa: PTH105 - as above
    except OSError:
        os.unlink(beside)  # noqa: PTH108 - as above
        raise
