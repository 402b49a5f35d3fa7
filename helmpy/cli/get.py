"""``helm get``: everything stored of a release, as one page."""

from __future__ import annotations

from helmpy.chart.values import coalesce_values, parse_values
from helmpy.cli import options
from helmpy.cli.command import Entry, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.list import chart_name
from helmpy.cli.output import moment, say, structured, yaml_text
from helmpy.cli.pflags import INT32
from helmpy.cli.status import code_name, release_name
from helmpy.home import Settings
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from helmpy.release.requests import ContentRequest, ContentResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


TABLE = {
    "hooks": Entry("helmpy.cli.get_hooks", "show the hooks of a release"),
    "manifest": Entry("helmpy.cli.get_manifest", "show the manifest of a release"),
    "notes": Entry("helmpy.cli.get_notes", "show the notes of a release"),
    "values": Entry("helmpy.cli.get_values", "show the values of a release"),
}

revision_flag = integer("revision", about="of this revision, not the newest", kind=INT32)


@make(
    "get",
    usage="[flags] RELEASE_NAME",
    about="Show what was stored of a release: its chart, values, hooks and manifest.",
    table=TABLE,
)
@revision_flag
@string("template", about="Go template over the answer, such as {{.Release.Name}}")
@options.output("json", "yaml", default="", refusal="unsupported format {}")
@options.tls
def command(
    settings: Settings, args: Sequence[str], *, revision: int, template: str, output: str, tls: options.TlsFlags
) -> None:
    release = stored(settings, args, revision, tls)
    if output:
        say(structured(as_struct(release), output))
    elif template:
        from helmpy.cli.go_template import go_value, shown

        say(shown(template, go_value(ContentResponse(release))), end="")
    else:
        say(page(release), end="")


def stored(settings: Settings, args: Sequence[str], revision: int, tls: options.TlsFlags) -> Release:
    """The release that the arguments name. Raises HelmError."""
    name = release_name(args)
    with connected(settings, tls) as tiller:
        release = tiller.content(ContentRequest(name, revision)).release
    if release is None:
        raise ReleaseError("release is missing")
    return release


def as_struct(release: Release) -> dict[str, Any]:
    """What the page tells, for programs; keys that list and history have too are called as there."""
    given = parse_values(release.config.raw if release.config else "")
    metadata = release.chart.metadata if release.chart else None
    info = release.info
    return {
        "name": release.name,
        "namespace": release.namespace,
        "revision": release.version,
        "updated": moment(info.last_deployed if info else None),
        "status": code_name(release.status),
        "chart": chart_name(release),
        "appVersion": metadata.app_version if metadata else "",
        "description": info.description if info else "",
        "values": given,
        "computedValues": _computed(release, given),
        "hooks": [
            {"name": hook.name, "kind": hook.kind, "path": hook.path, "manifest": hook.manifest}
            for hook in release.hooks
        ],
        "manifest": release.manifest,
        "notes": info.status.notes if info and info.status else "",
    }


def _computed(release: Release, given: dict[str, Any]) -> dict[str, Any]:
    return coalesce_values(release.chart, given) if release.chart else given


def page(release: Release) -> str:
    """The text for people; also what ``install --debug`` shows."""
    raw = release.config.raw if release.config else ""
    computed = _computed(release, parse_values(raw))
    hooks = "".join(f"\n---\n# {hook.name}\n{hook.manifest}" for hook in release.hooks)
    return (
        f"REVISION: {release.version}\n"
        f"RELEASED: {moment(release.info.last_deployed if release.info else None)}\n"
        f"CHART: {chart_name(release)}\n"
        f"USER-SUPPLIED VALUES:\n{raw}\n"
        f"COMPUTED VALUES:\n{yaml_text(computed)}\n"
        f"HOOKS:{hooks}\n"
        f"MANIFEST:\n{release.manifest}\n"
    )
