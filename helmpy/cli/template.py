"""``helm template``: render a chart on this machine, ask nobody."""

from __future__ import annotations

import os
import sys
import time

from helmpy.chart import capabilities, loader, requirements
from helmpy.chart import values as chart_values
from helmpy.chart.capabilities import Capabilities, KubeVersion
from helmpy.chart.metadata import check_metadata
from helmpy.chart.model import Chart, ChartError
from helmpy.cli import disk_store, limits, value_flags
from helmpy.cli.command import boolean, string, strings
from helmpy.cli.command import command as make
from helmpy.cli.output import logged, say
from helmpy.cli.pflags import UsageError
from helmpy.engine import Limits, ReleaseOptions, render
from helmpy.errors import HelmError, unmakable
from helmpy.home import Settings
from helmpy.record import record
from helmpy.release import names
from helmpy.release.chunks import Chunk, template_chunks
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from helmpy.store import Store

ABOUT = """\
Render a chart on this machine and print the result.

No cluster is asked: --kube-version and --api-versions say what charts shall see of one. Hooks and
tests are printed like everything else; NOTES.txt only with --notes.
"""
KUBE_VERSION = {2: "1.14", 3: "1.23"}  # by dialect, what Helm 2.17 and Helm 3.8 assume


class OutputError(HelmError):
    """Rendered files that can't be written where they should go."""


@record(frozen=True, slots=True)
class Rendering:
    """One rendering: what ``.Release`` and ``.Capabilities`` show, and the user's values."""

    name: str
    namespace: str
    values: dict[str, Any]
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    is_upgrade: bool = False
    limits: Limits = Limits()
    store: Store | None = None
    dns: bool = False  # templates may look up hosts

    def of(self, chart: Chart) -> tuple[Chart, dict[str, str]]:
        """Return the chart with its subcharts settled, and path to text of all it rendered."""
        _check_complete(chart)
        if self.store is not None:
            chart_values.recall(chart, self.store)
        settled = requirements.process(chart, self.values, warn=logged, written=False)
        cluster = self.capabilities(3 if chart.is_v2 else 2)
        if chart.is_v2:
            _check_v2(settled, self.values, cluster)
        release = self._release(chart)
        rendered = render(
            settled,
            self.values,
            release,
            cluster,
            limits=self.limits,
            dns=self.dns,
            warn=logged,
            store=self.store,
        )
        return settled, rendered

    def capabilities(self, dialect: int) -> Capabilities:
        kube = KubeVersion.parse(self.kube_version or KUBE_VERSION[dialect], whole=dialect == 3)
        return Capabilities(kube, capabilities.chosen_api_versions(dialect, self.api_versions))

    def _release(self, chart: Chart) -> ReleaseOptions:
        now = time.time_ns()
        return ReleaseOptions(
            self.name,
            self.namespace,
            revision=1 if chart.is_v2 else 0,  # Helm 2 leaves the field alone here
            is_install=not self.is_upgrade,
            is_upgrade=self.is_upgrade,
            time=Timestamp(now // 10**9, now % 10**9),
        )


@make("template", usage="[flags] CHART", about=ABOUT)
@boolean("enable-dns", about="let templates look up hosts with getHostByName")
@boolean("is-upgrade", about="let .Release.IsUpgrade be true, not .Release.IsInstall")
@boolean("notes", about="print NOTES.txt too")
@string("kube-version", about='version of Kubernetes that charts see (default "1.14")')
@string("name", "n", about="name of the release", default="release-name")
@string("name-template", about="Go template that makes the name")
@string("namespace", about="namespace of the release; default: the kubeconfig's")
@string("output-dir", about="existing directory to write files to, nothing is printed then")
@strings("api-versions", "a", about="group/version or group/version/Kind that charts see, in place of the known ones")
@strings("execute", "x", about="print only this template, a path in the chart; may be repeated")
@limits.flag()
@value_flags.values
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    name: str,
    name_template: str,
    namespace: str,
    values: value_flags.ValueFlags,
    output_dir: str,
    notes: bool,
    execute: tuple[str, ...],
    kube_version: str,
    api_versions: tuple[str, ...],
    is_upgrade: bool,
    enable_dns: bool,
    render_limit: tuple[str, ...],
) -> None:
    if not args:
        raise UsageError("chart is required")
    path = existing(args[0])
    if output_dir and not os.path.exists(output_dir):  # noqa: PTH110 - pathlib takes 4 ms to import
        raise OutputError(f"output-dir '{output_dir}' does not exist")
    overrides = values.merged(settings)
    if name_template:
        from helmpy.cli.go_template import generated_name

        name = generated_name(name_template)
    if name:
        names.check_subdomain(name)
    bounds = limits.chosen(render_limit)
    rendering = Rendering(
        name,
        namespace or _namespace(settings),
        overrides,
        kube_version,
        tuple(api_versions),
        is_upgrade,
        bounds,
        disk_store.chosen(os.environ),
        dns=enable_dns,
    )
    settled, rendered = rendering.of(loader.load(path, warn=logged))
    if settings.debug:
        _describe(rendering, settled)
    chunks = template_chunks(_chosen(rendered, path, execute), show_notes=notes)
    if output_dir:
        _write(output_dir, chunks)
    else:
        # As one text it would be copied three times into memory that is touched for the first time; three pieces
        # of each would be three calls of the system where Python keeps nothing back (PYTHONUNBUFFERED).
        sys.stdout.writelines(map(str, chunks))


def existing(name: str) -> str:
    """The absolute path of a chart that must be here. Raises ChartError in Helm's words."""
    try:
        os.stat(name)  # noqa: PTH116 - see above
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ChartError(f"stat {name}: {reason[:1].lower()}{reason[1:]}") from error
    return loader.absolute(name)


def _namespace(settings: Settings) -> str:
    from helmpy.cli.namespace import default_namespace

    return default_namespace(settings)


def _check_complete(chart: Chart) -> None:
    """Demand a sound Chart.yaml of a v2 chart and of each chart the subcharts that it lists."""
    if not chart.is_v2:
        requirements.check_dependencies(chart)
        return
    if chart.metadata is not None:
        check_metadata(chart.metadata)
    try:
        requirements.check_dependencies(chart)
    except ChartError as error:
        raise ChartError(
            "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` "
            f"to fetch missing dependencies: {error}"
        ) from None


def _check_v2(chart: Chart, values: dict[str, Any], cluster: Capabilities) -> None:
    """What Helm 3 demands of a chart before it renders."""
    metadata = chart.metadata
    if metadata is None:
        return
    if metadata.type not in ("", "application"):
        raise ChartError(f"{metadata.type} charts are not installable")
    version = cluster.kube_version.git_version
    if metadata.kube_version and not _within(version, metadata.kube_version):
        raise ChartError(
            f"chart requires kubeVersion: {metadata.kube_version} which is incompatible with Kubernetes {version}"
        )
    if chart.has_schema:
        from helmpy.chart import schema

        schema.validate(chart, chart_values.coalesce_values(chart, values))


def _within(version: str, constraint: str) -> bool:
    """Whether a version is in a range; in one that does not parse nothing is."""
    from helmpy.gocompat import semver

    try:
        return semver.Constraint(constraint, 3).check(semver.Version.parse(version))
    except HelmError:
        return False


def _chosen(rendered: dict[str, str], chart: str, execute: Iterable[str]) -> list[tuple[str, str]]:
    """The files that ``-x`` asks for, as often as it does, all without it.

    Raises ChartError for one that is not there.
    """
    if not execute:
        return list(rendered.items())
    places = {os.path.normpath(f"{chart}/{path.partition('/')[2]}"): path for path in rendered}
    chosen = []
    for asked in execute:
        place = os.path.normpath(os.path.join(chart, asked))  # noqa: PTH118 - see above
        if place not in places:
            raise ChartError(f"could not find template {place} in chart")
        chosen.append((places[place], rendered[places[place]]))
    return chosen


def _write(directory: str, chunks: Iterable[Chunk]) -> None:
    from pathlib import Path

    for chunk in chunks:
        if not chunk.text.strip():
            continue
        if ".." in chunk.path.split("/") or chunk.path.startswith("/"):
            raise OutputError(f"{chunk.path} leads out of {directory}")
        name = f"{directory}/{chunk.path}"
        target = Path(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise OutputError(unmakable(str(target.parent), error)) from error
        except OSError as error:
            above = name.rpartition("/")[0]
            raise OutputError(f"stat {above}: {(error.strerror or str(error)).lower()}") from error
        try:
            target.write_bytes(f"---\n# Source: {chunk.path}\n{chunk.text}".encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise OutputError(f"open {name}: {(error.strerror or str(error)).lower()}") from error
        say(f"wrote {name}")


def _describe(rendering: Rendering, chart: Chart) -> None:
    """What ``--debug`` shows before the result: the release that would be."""
    from helmpy.chart.model import Config
    from helmpy.cli import get
    from helmpy.cli.output import yaml_text
    from helmpy.release.model import Info, Release

    now = Timestamp(int(time.time()), 0)
    release = Release(
        name=rendering.name,
        namespace=rendering.namespace,
        chart=chart,
        config=Config(raw=yaml_text(rendering.values)),
        version=1,
        info=Info(last_deployed=now),
    )
    say(get.page(release), end="")
