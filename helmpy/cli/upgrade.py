"""``helm upgrade``."""

from __future__ import annotations

from helmpy.chart.model import Chart, ChartError, Config
from helmpy.chart.values import ValuesError
from helmpy.cli import get, options, repository, value_flags
from helmpy.cli.charts import load_complete, locate, prepared, with_source_line
from helmpy.cli.command import boolean, exactly, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.install import Install, check_name
from helmpy.cli.namespace import default_namespace
from helmpy.cli.output import debug, say, waiting, warn, yaml_text
from helmpy.cli.status import print_status
from helmpy.home import Settings
from helmpy.record import record, replace
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import (
    ContentRequest,
    HistoryRequest,
    RollbackRequest,
    StatusRequest,
    UpdateRequest,
    UpdateResponse,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helmpy.cli.repository import SourceFlags
    from helmpy.client import Tiller


ABOUT = """\
Bring a release to a new version of its chart, or to new values.

Without value flags the values of the last revision are kept; with some of them only those count,
unless --reuse-values merges them into the kept ones.
"""
MANY = 256  # revisions among which the deployed one is looked for, as many as Helm's history shows


@record(frozen=True, slots=True)
class Upgrade:
    """One upgrade; ``output`` is how the state is printed afterwards."""

    settings: Settings
    name: str
    chart: Chart
    values: dict[str, Any]
    output: str = "table"
    dry_run: bool = False
    no_hooks: bool = False
    recreate_pods: bool = False
    timeout: int = 300
    reset_values: bool = False
    reuse_values: bool = False
    wait: bool = False
    force: bool = False
    atomic: bool = False
    description: str = ""
    sub_notes: bool = False
    cleanup_on_fail: bool = False

    def run(self, tiller: Tiller, before: Release | None) -> None:
        """Upgrade and print; ``before`` is the newest revision known. Raises HelmError."""
        answer = self._upgraded(tiller, before)
        if self.settings.debug and answer.release:
            say(get.page(answer.release), end="")
        if self.output == "table":
            say(f'Release "{self.name}" has been upgraded.')
        print_status(tiller.status(StatusRequest(self.name)), self.output)

    def _upgraded(self, tiller: Tiller, before: Release | None) -> UpdateResponse:
        try:
            with waiting(f"upgrading {self.name}"):
                return tiller.update(self._request(tiller, before))
        except (ReleaseError, ChartError, ValuesError) as error:
            shown = with_source_line(error, self.chart)
            say(f"UPGRADE FAILED\nError: {shown.message}")
            if self.atomic and before is not None:
                self._roll_back(tiller, before)
            shown.message = f"UPGRADE FAILED: {shown.message}"
            raise shown from error

    def _request(self, tiller: Tiller, before: Release | None) -> UpdateRequest:
        request = self._plain_request()
        kept = (self.reuse_values or not self.values) and not self.reset_values
        if before is None or not kept or not self.chart.dependencies:
            complete = before is None or not kept  # else Tiller lays them over the values it has
            return replace(request, chart=prepared(self.chart, self.values, complete=complete))
        # Helm 2 forgets here what the revision before was given, and loses the subcharts that it enabled.
        from helmpy.chart.values import parse_values
        from helmpy.release.reuse import merged

        chart, config = merged(request, self._base(tiller, before))
        return replace(request, chart=prepared(chart, parse_values(config.raw)))

    def _base(self, tiller: Tiller, newest: Release) -> Release:
        """The revision whose values Tiller will keep: the deployed one, mostly the one before a failed one.

        Asked for one by one: a whole history may be more than one answer can hold.
        """
        if newest.status in (StatusCode.DEPLOYED, StatusCode.DELETED):
            return newest
        for version in range(newest.version - 1, max(newest.version - MANY, 0), -1):
            try:
                found = tiller.content(ContentRequest(self.name, version)).release
            except ReleaseError:  # pruned
                continue
            if found is not None and found.status == StatusCode.DEPLOYED:
                return found
        return newest

    def _plain_request(self) -> UpdateRequest:
        """The request with the chart as it was loaded."""
        return UpdateRequest(
            name=self.name,
            chart=self.chart,
            values=Config(raw=yaml_text(self.values)),
            dry_run=self.dry_run,
            disable_hooks=self.no_hooks,
            recreate=self.recreate_pods,
            timeout=self.timeout,
            reset_values=self.reset_values,
            wait=self.wait or self.atomic,
            reuse_values=self.reuse_values,
            force=self.force,
            description=self.description,
            sub_notes=self.sub_notes,
            cleanup_on_fail=self.cleanup_on_fail,
        )

    def _roll_back(self, tiller: Tiller, before: Release) -> None:
        say("ROLLING BACK", end="")
        tiller.rollback(
            RollbackRequest(
                name=self.name,
                dry_run=self.dry_run,
                disable_hooks=self.no_hooks,
                version=before.version,
                recreate=self.recreate_pods,
                timeout=self.timeout,
                wait=True,
                force=self.force,
                cleanup_on_fail=self.cleanup_on_fail,
            )
        )
        say("Rollback was a success.")


@make("upgrade", usage="[RELEASE] [CHART] [flags]", about=ABOUT)
@boolean("atomic", about="go back to the revision before if the upgrade fails; means --wait")
@boolean("cleanup-on-fail", about="delete objects that a failed upgrade made")
@boolean("convert-removed-apis", about="convert objects of API versions that the cluster no longer serves")
@boolean("disable-hooks", about="old name of --no-hooks", note="Use --no-hooks instead")
@boolean("dry-run", about="render and check on Tiller, change nothing")
@boolean("enable-dns", about="let templates look up hosts with getHostByName")
@boolean("force", about="delete and make again what cannot be changed in place")
@boolean("install", "i", about="install where no such release exists")
@boolean("no-hooks", about="run no hooks")
@boolean("recreate-pods", about="restart the pods of changed workloads")
@boolean("render-subchart-notes", about="show the notes of subcharts too")
@boolean("reset-values", about="forget the kept values")
@boolean("reuse-values", about="merge new values into the kept ones")
@boolean("wait", about="wait until the objects are ready")
@boolean("wait-for-jobs", about="with --wait, wait until jobs have completed too")
@integer("timeout", about="seconds for each operation of Kubernetes", default=300)
@string("description", about="text for the history")
@string("namespace", about="namespace for --install; default: the kubeconfig's")
@options.output("table", "json", "yaml", refusal="unsupported format {}")
@value_flags.values
@options.tls
@repository.source
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    install: bool,
    namespace: str,
    values: value_flags.ValueFlags,
    tls: options.TlsFlags,
    source: SourceFlags,
    render_subchart_notes: bool,
    no_hooks: bool,
    disable_hooks: bool,
    convert_removed_apis: bool,
    enable_dns: bool,
    wait_for_jobs: bool,
    **flags: Any,
) -> None:
    exactly(args, "release name", "chart path")
    name = args[0]
    with connected(settings, tls) as tiller:
        tiller.convert_removed_apis = convert_removed_apis
        tiller.enable_dns = enable_dns
        tiller.wait_for_jobs = wait_for_jobs
        source.told(settings, original=False)
        path = locate(settings, args[1], source)
        before, trouble = _newest(tiller, name)
        wanted = namespace or default_namespace(settings)
        missing = trouble is not None and f'release: "{name}" not found' in trouble.message
        if install and not missing and before is not None and before.namespace != wanted:
            _note(
                f'WARNING: Namespace "{wanted}" doesn\'t match with previous. '
                f"Release will be deployed to {before.namespace}",
                flags["output"],
            )
        overrides = values.merged(settings, source.access)
        common: dict[str, Any] = {"sub_notes": render_subchart_notes, "no_hooks": no_hooks or disable_hooks}
        if install and missing:
            _note(f'Release "{name}" does not exist. Installing it now.', flags["output"])
            debug(settings, f"CHART PATH: {path}\n")
            check_name(name)
            kept = {key: flags[key] for key in ("output", "dry_run", "timeout", "wait", "atomic", "description")}
            Install(settings, name, wanted, _loaded(path), overrides, **common, **kept).run(tiller)
            return
        Upgrade(settings, name, _loaded(path), overrides, **common, **flags).run(tiller, before)


def _loaded(path: str) -> Chart:
    chart = load_complete(path)
    if chart.metadata and chart.metadata.deprecated:
        warn("WARNING: This chart is deprecated")
    return chart


def _newest(tiller: Tiller, name: str) -> tuple[Release | None, ReleaseError | None]:
    """The newest revision, or why there is none to see; a failing look does not stop an upgrade."""
    try:
        releases = tiller.history(HistoryRequest(name, 1)).releases
    except ReleaseError as error:
        return None, error
    return (releases[0] if releases else None), None


def _note(text: str, output: str) -> None:
    """A line beside the result: on stdout as in Helm, unless a program reads JSON or YAML there."""
    if output == "table":
        say(text)
    else:
        warn(text)
