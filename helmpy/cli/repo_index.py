"""``helm repo index``: the index of a directory of packaged charts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from helmpy.cli.command import command as make
from helmpy.cli.command import exactly, string
from helmpy.cli.home_files import now
from helmpy.errors import HelmError, unreadable
from helmpy.repo import files, index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helmpy.home import Settings
    from helmpy.repo.index import ChartVersion, Index

ABOUT = """\
Write index.yaml for a directory of packaged charts, and the directories in it.

With --merge the entries of another index are kept where this directory has none of their version.
"""


@make("index", usage="[flags] [DIR]", about=ABOUT)
@string("merge", about="path of an index whose entries are kept")
@string("url", about="URL where the directory will be; it stands before every file name")
def command(_settings: Settings, args: Sequence[str], *, merge: str, url: str) -> None:
    exactly(args, "path to a directory")
    directory = Path(args[0]).absolute()
    made = index_of(directory, url)
    if merge:
        made = made.merged(_other(Path(merge)))
    files.write(directory / index.FILENAME, index.to_yaml(made).encode())


def index_of(directory: Path, url: str) -> Index:
    """The index of a directory's archives and those one level below."""
    return index.of_versions(_versions(directory, url), generated=now())


def _versions(directory: Path, url: str) -> Iterator[ChartVersion]:
    # Of two archives of one version the one higher up comes first, and so counts for whoever asks for the version.
    for archive in (*sorted(directory.glob("*.tgz")), *sorted(directory.glob("*/*.tgz"))):
        name = archive.relative_to(directory).as_posix()
        try:
            yield index.of_archive(archive.read_bytes(), name, url=url, created=now())
        except (HelmError, OSError):
            continue  # as in Helm 2: what can't be loaded is taken for no chart, a link to nothing too


def _other(path: Path) -> Index:
    """The index to merge with; where none is yet, an empty one is made there if that can be, as Helm 2 does."""
    if not path.exists():
        made = index.Index(generated=now())
        with suppress(files.FileTrouble):
            files.write(path, index.to_yaml(made).encode())
        return made
    try:
        return index.parse(path.read_bytes())
    except OSError as error:
        raise HelmError(f"Merge failed: {unreadable(path, error)}") from error
    except HelmError as error:
        raise HelmError(f"Merge failed: {error}", hint=f"in {path}") from error
