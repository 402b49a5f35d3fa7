"""Reading a chart archive (``.tgz``): from bytes to named files, with every trap refused.

An own reader, not the ``tarfile`` of the library: nothing is ever unpacked to disk, only regular
files count, and what may be large is bounded before it is made.
"""

from __future__ import annotations

import zlib

from helmpy.chart.budget import MAX_TOTAL_BYTES
from helmpy.chart.model import ChartError, File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from helmpy.chart.budget import Budget


GZIP_MAGIC = b"\x1f\x8b\x08"

_BLOCK = 512
_REGULAR = b"\x00\x30\x37"  # NUL (old tar), 0, 7 (contiguous)
_DIRECTORY = b"5"
_LINKS = {b"1": "a hard link", b"2": "a symbolic link"}
_DEVICES = {b"3": "a device", b"4": "a device", b"6": "a named pipe"}
_PAX_GLOBAL, _PAX_NEXT, _GNU_NAME, _GNU_LINK = b"g", b"x", b"L", b"K"
_MAX_EXTENSION = 2**20  # bytes of a PAX record or a long name


def read_files(data: bytes, budget: Budget) -> list[File]:
    """Return the files of a gzipped tar of one chart, names relative to the chart's directory.

    Raises ChartError for what is no such archive, reaches outside of the chart, holds links or
    devices, or is past the limits.
    """
    files: list[File] = []
    for written, content, _ in members(gunzip(data, budget.total)):
        name = _inside(written)
        budget.take(name, len(content))
        files.append(File(name, content))
    if not files:
        raise ChartError("no files in chart archive")
    return files


def gunzip(data: bytes, limit: int = MAX_TOTAL_BYTES) -> bytes:
    """Return what gzipped ``data`` (one member or several) holds, up to ``limit`` bytes."""
    if not data:
        raise ChartError("EOF")
    parts: list[bytes] = []
    room = limit + 2**20  # the headers of a tar are no part of the files
    while data:
        if len(data) < 10 and not parts:
            raise ChartError("unexpected EOF")
        if not data.startswith(GZIP_MAGIC):
            raise ChartError("gzip: invalid header")
        stream = zlib.decompressobj(31)
        try:
            part = stream.decompress(data, room)
        except zlib.error as error:
            raise ChartError(_zlib_words(str(error))) from error
        if stream.unconsumed_tail:
            raise ChartError(f"chart is larger than the limit of {MAX_TOTAL_BYTES} bytes uncompressed")
        if not stream.eof:
            raise ChartError("unexpected EOF")
        parts.append(part)
        room -= len(part)
        if room <= 0:
            raise ChartError(f"chart is larger than the limit of {MAX_TOTAL_BYTES} bytes uncompressed")
        data = stream.unused_data.lstrip(b"\0")  # what fills up a block is nothing
    return b"".join(parts)


def _zlib_words(text: str) -> str:
    return "gzip: invalid checksum" if "check" in text else f"gzip: corrupt data ({text})"


def members(tar: bytes) -> Iterator[tuple[str, bytes, int]]:
    """Yield the regular files of a tar: name as written, content, mode. Raises ChartError for all other kinds."""
    at, long_name = 0, ""
    while True:
        header = tar[at : at + _BLOCK]
        if not header.strip(b"\x00"):
            return
        size, kind = _checked(header), header[156:157]
        at += _BLOCK
        content = tar[at : at + size]
        if len(content) < size:
            raise ChartError("unexpected EOF")
        at += (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if kind in (_PAX_GLOBAL, _GNU_LINK):
            continue
        if kind in (_PAX_NEXT, _GNU_NAME):
            if size > _MAX_EXTENSION:
                raise ChartError("archive/tar: invalid tar header")
            long_name = (_pax_path(content) if kind == _PAX_NEXT else _text(content)) or long_name
            continue
        name = long_name or _header_name(header)
        long_name = ""
        if kind == _DIRECTORY or name.endswith("/"):
            continue
        if kind not in _REGULAR:
            what = _LINKS.get(kind) or _DEVICES.get(kind) or "an entry of unknown type"
            raise ChartError(f"chart illegally contains {what}: {_quoted(name)}")
        yield name, content, _octal(header[100:108])


def _checked(header: bytes) -> int:
    """The size that a header gives, once its checksum is right."""
    if len(header) < _BLOCK:
        raise ChartError("unexpected EOF")
    expected = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if _octal(header[148:156]) != expected:
        raise ChartError("archive/tar: invalid tar header")
    return _octal(header[124:136])


def _octal(field: bytes) -> int:
    if field[0] & 0x80:  # base 256, for sizes past 8 GiB and by some writers for all
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = field.strip(b" \x00")
    try:
        return int(digits or b"0", 8)
    except ValueError:
        raise ChartError("archive/tar: invalid tar header") from None


def _header_name(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\x00" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.partition(b"\x00")[0].decode("utf-8", "surrogateescape")


def _pax_path(records: bytes) -> str:
    """The ``path`` of a PAX extended header, whose records are ``LENGTH KEY=VALUE`` lines."""
    path = ""
    while records:
        length, space, _ = records.partition(b" ")
        if not space or not length.isdigit() or not len(length) < int(length[:9]) <= len(records):
            raise ChartError("archive/tar: invalid tar header")
        record = records[len(length) + 1 : int(length) - 1]
        records = records[int(length) :]
        key, _, value = record.partition(b"=")
        if key == b"path":
            path = _text(value)
        elif key.startswith(b"GNU.sparse.") or key == b"size":
            raise ChartError("archive/tar: invalid tar header")
    return path


def _inside(written: str) -> str:
    """Return the path below the archive's one top directory. Raises ChartError where it leads out."""
    separator = "\\" if "\\" in written else "/"  # archives made on Windows
    first, _, rest = written.partition(separator)
    path = rest.replace(separator, "/")
    if path.startswith("/"):
        raise ChartError("chart illegally contains absolute paths")
    path = _clean(path)
    if path == ".":
        raise ChartError(f"chart illegally contains content outside the base directory: {_quoted(written)}")
    if path.startswith(".."):
        raise ChartError("chart illegally references parent directory")
    if path[1:3] == ":/" and path[0].isascii() and path[0].isalpha():
        raise ChartError("chart contains illegally named files")
    if first == "Chart.yaml":
        raise ChartError("chart yaml not in base directory")
    return path


def _clean(path: str) -> str:
    """The shortest form of a relative path, as Go's path.Clean gives it."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def _quoted(text: str) -> str:
    from helmpy.gocompat.text import sprintf

    return sprintf("%q", [text])
