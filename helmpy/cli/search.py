"""``helm search``: look for charts in the repositories that were added."""

from __future__ import annotations

from helmpy.cli import options, pflags
from helmpy.cli.command import boolean, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.output import debug, say, struct_json, table, warn, yaml_text
from helmpy.cli.repository import PRERELEASES
from helmpy.repo import catalogue, repositories
from helmpy.repo.index import BrokenIndex
from helmpy.repo.search import search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from helmpy.home import Settings
    from helmpy.repo.catalogue import Catalogue
    from helmpy.repo.search import Hit

ABOUT = """\
Look for a word in names, descriptions and keywords of the charts of all added repositories.

What was fetched last is searched: helm repo update fetches anew.
"""
RELEASES = ">0.0.0"  # what is searched without --devel
HEADERS = ("NAME", "CHART VERSION", "APP VERSION", "DESCRIPTION")


@make("search", usage="[keyword] [flags]", about=ABOUT)
@boolean("devel", about="show prereleases too, like --version '>0.0.0-0'")
@boolean("regexp", "r", about="the word is a regular expression")
@boolean("versions", "l", about="show all versions of a chart")
@integer("col-width", about="columns that a cell may have", default=60, kind=pflags.UINT)
@options.output("table", "json", "yaml", refusal="unsupported format {}")
@string("version", "v", about="show versions within this range only")
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    devel: bool,
    regexp: bool,
    versions: bool,
    col_width: int,
    output: str,
    version: str,
) -> None:
    debug(settings, f'Original chart version: "{version}"')
    if not version:
        debug(settings, f"setting version to {PRERELEASES if devel else RELEASES}")
    hits = search(
        dict(_catalogues(settings, say if output == "table" else warn)),
        " ".join(args),
        regexp=regexp,
        version=version or (PRERELEASES if devel else ""),
        all_versions=versions,
    )
    if output == "table":
        say(_table(hits, col_width))
        return
    shown = [
        {"Name": hit.name, "Version": hit.version, "AppVersion": hit.app_version, "Description": hit.description}
        for hit in hits
    ] or None
    say(struct_json(shown) if output == "json" else yaml_text(shown))


def _catalogues(settings: Settings, tell: Callable[[str], None]) -> Iterator[tuple[str, Catalogue]]:
    for one in repositories.load(settings.home.repository_file).entries:
        try:
            yield one.name, catalogue.load(settings.home.cache_index(one.name))
        except (OSError, BrokenIndex):
            tell(f"WARNING: Repo \"{one.name}\" is corrupt or missing. Try 'helm repo update'.")


def _table(hits: Sequence[Hit], width: int) -> str:
    if not hits:
        return "No results found"
    rows = [(hit.name, hit.version, hit.app_version, hit.description) for hit in hits]
    return table([HEADERS, *rows], max_width=width)
