"""``-f`` and the ``--set`` family of the commands that render."""

from __future__ import annotations

import sys

from helmpy.cli import pflags
from helmpy.cli.command import gathers, strings
from helmpy.errors import HelmError, unreadable
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.cli.command import Function
    from helmpy.cli.repository import AccessFlags
    from helmpy.home import Settings


@record(frozen=True, slots=True)
class ValueFlags:
    """``-f``, ``--set``, ``--set-string`` and ``--set-file``, in their order within each."""

    files: tuple[str, ...] = ()
    set_: tuple[str, ...] = ()
    set_string: tuple[str, ...] = ()
    set_file: tuple[str, ...] = ()

    def merged(self, settings: Settings, access: AccessFlags | None = None) -> dict[str, Any]:
        """The values all of them make together; ``access`` is for files on servers.

        Raises HelmError where one is broken.
        """
        if not (self.files or self.set_ or self.set_string or self.set_file):
            return {}
        from helmpy.chart.overrides import merge_overrides

        def read(name: str) -> str:
            return _decoded(name, _read(name, settings, access))

        for text in (*self.set_, *self.set_string):
            _mind_commas(text)
        return merge_overrides(
            files=[(name, _read(name, settings, access)) for name in self.files],
            set_=list(self.set_),
            set_string=list(self.set_string),
            set_file=list(self.set_file),
            read=read,
        )


def _mind_commas(text: str) -> None:
    """Point at a full-width comma that seems to be meant for one that separates: Helm takes it for text."""
    start, comma, rest = text.partition("\uff0c")
    if comma and "=" in rest:
        from helmpy.cli.output import warn

        warn(
            f'WARNING: {start}{comma}{rest}\n{" " * (9 + len(start))}^ a full-width comma is part of the value: write ","'
        )


_MAX_BYTES = 200 * 2**20  # of one file of values; /dev/zero would fill the memory


def _read(name: str, settings: Settings, access: AccessFlags | None) -> str | bytes:
    """What a values file holds; ``-`` is standard input, and a URL is fetched, by a plugin where one knows it."""
    data = _fetched(name, settings, access) if "://" in name else None
    try:
        if name.strip() == "-":
            found: str | bytes = getattr(sys.stdin, "buffer", sys.stdin).read(_MAX_BYTES + 1)
        elif data is None:
            with open(name, "rb") as file:  # noqa: PTH123 - pathlib takes 4 ms to import
                found = file.read(_MAX_BYTES + 1)
        else:
            found = data
    except OSError as error:
        raise HelmError(unreadable(name, error)) from error
    if len(found) > _MAX_BYTES:
        raise HelmError(f"{name} is larger than the limit of {_MAX_BYTES} bytes")
    return found


def _decoded(name: str, data: str | bytes) -> str:
    try:
        return data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HelmError(f"{name} is not UTF-8 text: {error.reason} at byte {error.start}") from error


def _fetched(url: str, settings: Settings, access: AccessFlags | None) -> bytes | None:
    """What a URL names, None where nobody speaks its scheme: then it may be a file after all."""
    from helmpy.cli import repository
    from helmpy.repo.getter import Access, UnknownScheme

    try:
        files = (access.cert_file, access.key_file, access.ca_file) if access else ()
        return repository.getters(settings).get(url, Access(url, "", "", *files))  # a password is the repository's
    except UnknownScheme:
        return None


def values(function: Function) -> Function:
    """``-f`` and the ``--set`` family; the function gets ``values: ValueFlags``."""

    @gathers(function)
    def gathered(
        *words: Any,
        value_files: tuple[str, ...],
        set_: tuple[str, ...],
        set_string: tuple[str, ...],
        set_file: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        return function(*words, values=ValueFlags(value_files, set_, set_string, set_file), **rest)

    result: Function = gathered
    for decorate in (
        strings("set", about="set a value: key=value, several with commas; may be repeated", name="set_"),
        strings("set-file", about="set a value from a file: key=path"),
        strings("set-string", about="like --set, the value stays a string"),
        strings(
            "values",
            "f",
            about="YAML file with values, - for standard input; may be repeated",
            kind=pflags.VALUE_FILES,
            name="value_files",
        ),
    ):
        result = decorate(result)
    return result
