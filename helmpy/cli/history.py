"""``helm history``: the revisions of a release."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import command as make
from helmpy.cli.command import integer
from helmpy.cli.connection import connected
from helmpy.cli.list import chart_name
from helmpy.cli.output import moment, say, struct_json, table, yaml_text
from helmpy.cli.pflags import INT32, UINT
from helmpy.cli.status import code_name, release_name
from helmpy.home import Settings
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from helmpy.release.requests import ContentRequest, HistoryRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helmpy.client import Tiller


_HEADERS = ("REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION")
_FIELDS = ("revision", "updated", "status", "chart", "appVersion", "description")


@make("history", usage="[flags] RELEASE_NAME", about="List the newest revisions of a release, oldest first.")
@integer("col-width", about="widest column", default=60, kind=UINT)
@integer("max", about="most revisions to fetch", default=256, kind=INT32, name="maximum")
@options.output("table", "json", "yaml", refusal='unknown output format "{}"')
@options.tls
def command(
    settings: Settings, args: Sequence[str], *, col_width: int, maximum: int, output: str, tls: options.TlsFlags
) -> None:
    name = release_name(args)
    with connected(settings, tls) as tiller:
        releases = _newest(tiller, name, maximum)
    if releases:
        say(_text([_row(release) for release in reversed(releases)], output, col_width))


def _newest(tiller: Tiller, name: str, maximum: int) -> Sequence[Release]:
    """The newest revisions, newest first; one by one where they are too large for one answer, at which Helm 2 fails."""
    from helmpy.client import TooLarge

    try:
        return tiller.history(HistoryRequest(name, maximum), brief=True).releases
    except TooLarge:
        found = [*tiller.history(HistoryRequest(name, 1), brief=True).releases]
    for version in range(found[0].version - 1, 0, -1):
        if len(found) == maximum:
            break
        try:
            release = tiller.content(ContentRequest(name, version)).release
        except ReleaseError:  # pruned
            continue
        found += [release] if release else []
    return found


def _text(rows: Sequence[tuple[Any, ...]], output: str, col_width: int) -> str:
    if output == "table":
        return table([_HEADERS, *rows], max_width=col_width, coloured="STATUS")
    records = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    return struct_json(records) if output == "json" else yaml_text(records)


def _row(release: Release) -> tuple[Any, ...]:
    return (
        release.version,
        moment(release.info.last_deployed if release.info else None),
        code_name(release.status),
        chart_name(release),
        release.chart.metadata.app_version if release.chart and release.chart.metadata else "",
        release.info.description if release.info else "",
    )
