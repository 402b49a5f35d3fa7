"""``helm list``: what is installed."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import boolean, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.output import moment, say, struct_json, table, yaml_text
from helmpy.cli.pflags import UINT
from helmpy.cli.status import code_name
from helmpy.home import Settings
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import ListRequest, SortBy, SortOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any


_HEADERS = ("NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "NAMESPACE")
_FIELDS = ("Name", "Revision", "Updated", "Status", "Chart", "AppVersion", "Namespace")
_PENDING = (StatusCode.PENDING_INSTALL, StatusCode.PENDING_UPGRADE, StatusCode.PENDING_ROLLBACK)
_ALL = (
    StatusCode.UNKNOWN,
    StatusCode.DEPLOYED,
    StatusCode.DELETED,
    StatusCode.DELETING,
    StatusCode.FAILED,
    *_PENDING,
)
_DEFAULT = (StatusCode.DEPLOYED, StatusCode.FAILED)

ABOUT = """\
List releases: deployed and failed ones, or those of the states that flags name.

FILTER is a regular expression for names. At most --max releases are shown; where there are more,
the first line names the one to go on with: --offset NAME. Nothing found prints nothing.
"""


@make("list", usage="[flags] [FILTER]", about=ABOUT)
@boolean("all", "a", about="in every state but superseded")
@boolean("chart-name", "c", about="sort by chart")
@boolean("date", "d", about="sort by time of the last deployment")
@boolean("deleted", about="deleted ones")
@boolean("deleting", about="those being deleted")
@boolean("deployed", about="deployed ones")
@boolean("failed", about="failed ones")
@boolean("pending", about="those being installed, upgraded or rolled back")
@boolean("reverse", "r", about="reverse the order")
@boolean("short", "q", about="names only")
@integer("col-width", about="widest column", default=60, kind=UINT)
@integer("max", "m", about="most releases to fetch; 0: Tiller's own limit", default=256, name="maximum")
@string("namespace", about="of this namespace only")
@string("offset", "o", about="name to begin with")
@options.output("json", "yaml", default="", short="")
@options.tls
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    col_width: int,
    maximum: int,
    namespace: str,
    offset: str,
    output: str,
    tls: options.TlsFlags,
    short: bool,
    reverse: bool,
    **flags: bool,
) -> None:
    request = ListRequest(
        limit=maximum,
        offset=offset,
        sort_by=_sort_by(flags),
        filter=" ".join(args),
        sort_order=SortOrder.DESC if reverse else SortOrder.ASC,
        status_codes=_statuses(flags),
        namespace=namespace,
    )
    with connected(settings, tls) as tiller:
        answer = tiller.list(request, brief=True)
    if answer.releases:
        say(_text(newest(answer.releases), answer.next, output, col_width=col_width, short=short))


def _sort_by(flags: dict[str, bool]) -> SortBy:
    if flags["date"]:
        return SortBy.LAST_RELEASED
    return SortBy.CHART_NAME if flags["chart_name"] else SortBy.NAME


def _statuses(flags: dict[str, bool]) -> tuple[StatusCode, ...]:
    if flags["all"]:
        return _ALL
    named = [
        *((StatusCode.DEPLOYED,) if flags["deployed"] else ()),
        *((StatusCode.DELETED,) if flags["deleted"] else ()),
        *((StatusCode.DELETING,) if flags["deleting"] else ()),
        *((StatusCode.FAILED,) if flags["failed"] else ()),
        *(_PENDING if flags["pending"] else ()),
    ]
    return tuple(named) or _DEFAULT


def newest(releases: Iterable[Release]) -> list[Release]:
    """Of every name the highest revision, in the order given."""
    found = list(releases)
    highest: dict[str, int] = {}
    for release in found:
        highest[release.name] = max(release.version, highest.get(release.name, release.version))
    return [release for release in found if release.version == highest[release.name]]


def _text(releases: Sequence[Release], following: str, output: str, *, col_width: int, short: bool) -> str:
    names = [release.name for release in releases]
    rows = [_row(release) for release in releases]
    if output:
        whole = {"Next": following, "Releases": [dict(zip(_FIELDS, row, strict=True)) for row in rows]}
        value: Any = names if short else whole
        return struct_json(value) if output == "json" else yaml_text(value)
    if short:
        return "\n".join(names)
    more = f"\tnext: {following}\n" if following else ""
    return more + table([_HEADERS, *rows], max_width=col_width, coloured="STATUS")


def _row(release: Release) -> tuple[Any, ...]:
    return (
        release.name,
        release.version,
        moment(release.info.last_deployed if release.info else None),
        code_name(release.status),
        chart_name(release),
        release.chart.metadata.app_version if release.chart and release.chart.metadata else "",
        release.namespace,
    )


def chart_name(release: Release) -> str:
    """``name-version`` of the release's chart."""
    if release.chart is None or release.chart.metadata is None:
        return "MISSING"
    return f"{release.chart.metadata.name}-{release.chart.metadata.version}"
