"""Files of the client's home: written whole or not at all, changed by one process at a time."""

from __future__ import annotations

import errno
import os
import time

from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class FileTrouble(HelmError):
    """A file of the client's home can't be written."""


class Locked(HelmError):
    """Another process holds a lock for too long."""


def write(path: str | os.PathLike[str], data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` where ``path`` is, by a file beside it that takes its place. Raises FileTrouble.

    A link stays one, and a file that is there already keeps its mode and owner. One that may not be written is left
    alone. One that nothing can take the place of, as it is mounted there by itself or stands where nothing new may
    be made, is written over.
    """
    name = os.path.realpath(path)
    if os.path.exists(name) and not os.access(name, os.W_OK):  # noqa: PTH110 - as below
        raise FileTrouble(f"open {os.fspath(path)}: permission denied")
    beside = f"{name}.{os.urandom(6).hex()}.part"
    private = not mode & 0o077
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            _be_like(descriptor, name, private=private)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, name)  # noqa: PTH105 - pathlib takes 4 ms to import
        except BaseException:
            os.unlink(beside)  # noqa: PTH108
            raise
    except OSError as error:
        if error.errno in (errno.EBUSY, errno.EACCES) and _written_over(name, data, private=private):
            return
        raise FileTrouble(f"open {os.fspath(path)}: {(error.strerror or str(error)).lower()}") from error


def _be_like(descriptor: int, name: str, *, private: bool) -> None:
    """Give a new file the mode and, where one may, the owner of the file that it will replace.

    What shall be ``private`` is nobody else's, whatever the old one was.
    """
    try:
        known = os.stat(name)  # noqa: PTH116
        os.fchmod(descriptor, known.st_mode & (0o700 if private else 0o777))
        if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, known.st_uid, known.st_gid)
    except (FileNotFoundError, PermissionError):
        return


def _written_over(name: str, data: bytes, *, private: bool) -> bool:
    try:
        with open(name, "r+b") as file:  # noqa: PTH123
            _be_like(file.fileno(), name, private=private)
            file.truncate()
            file.write(data)
    except OSError:
        return False
    return True


class Lock:
    """An advisory lock on a file, the one that Helm 2.17 takes (flock). Waits ``patience`` seconds."""

    def __init__(self, path: str, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._descriptor = -1

    def __enter__(self) -> Self:
        import fcntl

        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)  # the mode that Helm 2 gives it
        except OSError as error:
            raise FileTrouble(f"open {self._path}: {(error.strerror or str(error)).lower()}") from error
        end = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if time.monotonic() < end:
                    time.sleep(0.05)
                    continue
                os.close(self._descriptor)
                raise Locked(
                    f"{self._path} was locked by another helm for more than {self._patience:g} seconds"
                ) from error
            return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._descriptor)
