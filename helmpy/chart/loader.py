"""Loading charts: directories and archives, with the subcharts in them."""

from __future__ import annotations

import os
import stat

from helmpy.chart import ignore
from helmpy.chart.budget import Budget
from helmpy.chart.metadata import CHARTFILE, parse_metadata
from helmpy.chart.model import Chart, ChartError, Config, File, Metadata
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Warn = Callable[[str], None]


MAX_DEPTH = 32  # subcharts within subcharts, and directories of symbolic links within each other

_TEMPLATES, _CHARTS = "templates/", "charts/"
_BOM = "\ufeff"
_SNIFFED = 512  # bytes that tell a file's type


def load(path: str | os.PathLike[str], *, warn: Warn | None = None) -> Chart:
    """Return the chart at ``path``, a directory or an archive. Raises ChartError, YamlError.

    A directory's ``.helmignore`` is honoured and symbolic links in it are followed; ``warn`` hears of each.
    """
    place = os.fspath(path)
    try:
        mode = os.stat(place).st_mode  # noqa: PTH116 - pathlib takes 4 ms to import
    except (OSError, ValueError) as error:
        raise ChartError(f"stat {place}: {_reason(error)}") from error
    if stat.S_ISDIR(mode):
        check_directory(absolute(place))
        return load_directory(place, warn=warn)
    return load_archive(_read(place), place)


def load_directory(path: str | os.PathLike[str], *, warn: Warn | None = None) -> Chart:
    """Return the chart whose directory is ``path``; ``warn`` hears of symbolic links in it."""
    place = absolute(os.fspath(path))
    if not os.path.isdir(place):  # noqa: PTH112 - see above
        raise ChartError(f"chart metadata ({CHARTFILE}) missing")
    budget = Budget()
    return _build(list(_walk(place, budget, warn)), budget, 0)


def check_directory(path: str | os.PathLike[str]) -> Metadata:
    """Return the Chart.yaml of a directory. Raises ChartError where that is no chart's."""
    chartfile = f"{os.fspath(path)}/{CHARTFILE}"
    try:
        mode = os.stat(chartfile).st_mode  # noqa: PTH116 - see above
    except (FileNotFoundError, ValueError):
        raise ChartError(f'no {CHARTFILE} exists in directory "{os.fspath(path)}"') from None
    except OSError as error:
        raise _unreadable_chart(path) from error
    if stat.S_ISDIR(mode):
        raise _unreadable_chart(path)
    try:
        data = _read(chartfile)
    except ChartError as error:
        raise _unreadable_chart(path) from error
    return _named(_metadata(data))


def _unreadable_chart(path: str | os.PathLike[str]) -> ChartError:
    return ChartError(f'cannot read Chart.Yaml in directory "{os.fspath(path)}"')


def load_archive(data: bytes, label: str) -> Chart:
    """Return the chart of a gzipped tar; ``label`` is what errors call it (its path)."""
    from helmpy.chart import archive  # it and zlib take 1 ms to import

    if not data.startswith(archive.GZIP_MAGIC):
        if label.endswith((".yml", ".yaml")):
            raise ChartError(f"file '{label}' seems to be a YAML file, but I expected a gzipped archive")
        raise ChartError(
            f"file '{label}' does not appear to be a gzipped archive; got '{_content_type(data[:_SNIFFED])}'"
        )
    budget = Budget()
    return _build(archive.read_files(data, budget), budget, 0)


def from_files(files: Iterable[File]) -> Chart:
    """Return the chart that ``files``, named from its directory on, make up."""
    budget = Budget()
    listed = list(files)
    for file in listed:
        budget.take(file.name, len(file.data))
    return _build(listed, budget, 0)


# Sorting files into a chart


def _metadata(data: bytes) -> Metadata:
    """Parse a Chart.yaml; the hints of its errors name the file, which Helm 2's leave to guessing."""
    try:
        return parse_metadata(data)
    except HelmError as error:
        raise ChartError(str(error), hint=f"in {CHARTFILE}") from error


def _build(files: list[File], budget: Budget, depth: int) -> Chart:
    if depth > MAX_DEPTH:
        raise ChartError(f"charts are nested more than {MAX_DEPTH} deep")
    metadata: Metadata | None = None
    values: Config | None = None
    templates: list[File] = []
    others: list[File] = []
    nested: dict[str, list[File]] = {}
    for file in files:
        name = file.name
        if name == CHARTFILE:
            metadata = _checked(_metadata(file.data))
        elif name == "values.toml":
            raise ChartError("values.toml is illegal as of 2.0.0-alpha.2")
        elif name == "values.yaml":
            values = Config(raw=_text(file.data))
        elif name.startswith(_TEMPLATES):
            templates.append(file)
        elif name.startswith(_CHARTS) and not name.endswith(".prov"):
            below = name.removeprefix(_CHARTS)
            if below[:1] not in ("_", "."):
                nested.setdefault(below.partition("/")[0], []).append(File(below, file.data))
        else:
            others.append(file)
    if metadata is None:
        raise ChartError(f"chart metadata ({CHARTFILE}) missing")
    _named(metadata)
    subcharts = [_subchart(name, nested[name], metadata.name, budget, depth) for name in sorted(nested)]
    return Chart(metadata, tuple(templates), tuple(subcharts), values, tuple(others))


def _subchart(name: str, files: list[File], parent: str, budget: Budget, depth: int) -> Chart:
    try:
        if name.endswith(".tgz"):
            if files[0].name != name:
                raise ChartError(f"error unpacking tar in {parent}: expected {name}, got {files[0].name}")
            from helmpy.chart import archive  # as above

            return _build(archive.read_files(files[0].data, budget), budget, depth + 1)
        inner = [File(file.name.partition("/")[2], file.data) for file in files if "/" in file.name]
        return _build(inner, budget, depth + 1)
    except HelmError as error:
        raise ChartError(f"error unpacking {name} in {parent}: {error}") from error


def _checked(metadata: Metadata) -> Metadata:
    if metadata.api_version not in ("", "v1", "v2"):
        text = f"apiVersion '{metadata.api_version}' is not valid. The value must be \"v1\""
        raise ChartError(text, hint='Charts of Helm 3, "v2", are good as well.')
    return metadata


def _named(metadata: Metadata) -> Metadata:
    if not metadata.name:
        raise ChartError(f"invalid chart ({CHARTFILE}): name must not be empty")
    return metadata


def _text(data: bytes) -> str:
    """Bytes that are no UTF-8 stay as surrogates, for the YAML reader to refuse."""
    return data.decode("utf-8", "surrogateescape").removeprefix(_BOM)


# Directories


def absolute(path: str) -> str:
    """A path from the root of the file system as it was named: links in it are left alone, as in Go."""
    return "/" + os.path.normpath(os.path.join(os.getcwd(), path)).lstrip("/")  # noqa: PTH109, PTH118


def _walk(root: str, budget: Budget, warn: Warn | None) -> Iterator[File]:
    """The files below ``root`` that its ``.helmignore`` leaves, in lexical order."""
    listing = f"{root}/{ignore.FILENAME}"
    text = _text(_read(listing)) if os.path.isfile(listing) else ""  # noqa: PTH113
    yield from _Walk(ignore.parse(text), budget, warn).below(root, "", (os.path.realpath(root),))


class _Walk:
    """A way through a directory and all that links lead to."""

    def __init__(self, rules: ignore.Rules, budget: Budget, warn: Warn | None) -> None:
        self._rules = rules
        self._budget = budget
        self._warn = warn

    def below(self, directory: str, prefix: str, linked: tuple[str, ...]) -> Iterator[File]:
        """``linked``: the real paths that links have led into on the way here."""
        try:
            with os.scandir(directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise ChartError(f"open {directory}: {_reason(error)}") from error
        for entry in entries:
            path = prefix + entry.name
            target = self._target(entry.path) if entry.is_symlink() else None
            is_dir = entry.is_dir()
            if self._rules.ignores(path, is_dir=is_dir):
                continue
            if not is_dir:
                yield _file(entry, path, self._budget)
            elif target is None:
                yield from self.below(entry.path, f"{path}/", linked)
            else:
                _refuse_circle(entry.path, target, linked)
                yield from self.below(entry.path, f"{path}/", (*linked, target))

    def _target(self, link: str) -> str:
        """Where a link leads, also one that is to be ignored."""
        try:
            target = os.path.realpath(link, strict=True)
        except OSError as error:
            raise ChartError(f"error evaluating symlink {link}: lstat {error.filename}: {_reason(error)}") from error
        if self._warn:
            self._warn(f"found symbolic link in path: {link} resolves to {target}")
        return target


def _file(entry: os.DirEntry[str], path: str, budget: Budget) -> File:
    status = entry.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ChartError(f"cannot load irregular file {entry.path} as it has file mode type bits set")
    budget.take(path, status.st_size)
    try:
        return File(path, _read(entry.path, status.st_size))
    except ChartError as error:
        raise ChartError(f"error reading {path}: {error}") from error


def _refuse_circle(link: str, target: str, linked: tuple[str, ...]) -> None:
    holder = os.path.realpath(os.path.dirname(link))  # noqa: PTH120
    if target in linked or f"{holder}/".startswith(f"{target.rstrip('/')}/") or len(linked) > MAX_DEPTH:
        raise ChartError(f"symbolic link {link} leads to a directory that holds it")


def _read(path: str, size: int = 2**16) -> bytes:
    """A file's bytes, ``size`` of them if it did not change. By system calls: open() takes half as long again."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            data = os.read(descriptor, size + 1)
            while len(data) > size:
                more = os.read(descriptor, max(size, 2**16))
                if not more:
                    break
                data += more
            return data
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ChartError(f"open {path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """The operating system's words as Go prints them, in lower case."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def _content_type(head: bytes) -> str:
    """What kind of file a beginning shows, as far as it helps to see what was taken for a chart."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    is_text = len(head) == _SNIFFED and not any(byte in _BINARY for byte in head)
    return "text/plain; charset=utf-8" if is_text else "application/octet-stream"


_MAGIC = (
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\x00\x00\x00\x00", "application/octet-stream"),
)
_BINARY = frozenset([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
