"""``helm install``."""

from __future__ import annotations

import os

from helmpy.chart.model import Chart, ChartError, Config
from helmpy.chart.values import ValuesError
from helmpy.cli import get, options, repository, value_flags
from helmpy.cli.charts import load_complete, locate, prepared, with_source_line
from helmpy.cli.command import boolean, exactly, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.namespace import default_namespace
from helmpy.cli.output import debug, say, waiting, warn, yaml_text
from helmpy.cli.status import print_status
from helmpy.home import Settings
from helmpy.record import record, replace
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release
from helmpy.release.requests import ContentRequest, InstallRequest, StatusRequest, UninstallRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helmpy.cli.repository import SourceFlags
    from helmpy.client import Tiller


ABOUT = """\
Install a chart: a directory, an archive, or one that is fetched.

  helm install ./web                              from a directory or an archive here
  helm install stable/mysql                       from a repository that was added
  helm install oci://registry.example.com/charts/web --version '^1.0'
  helm install https://example.com/web-1.0.0.tgz
  helm install web --repo https://example.com/charts

Values come from the chart's values.yaml, then from -f files, then from --set, --set-string and
--set-file; later ones win. --dry-run --debug shows what would be installed.
"""
DRY_RUN_COMPLETE = "Dry run complete"


@record(frozen=True, slots=True)
class Install:
    """One installation; ``output`` is how the state is printed afterwards."""

    settings: Settings
    name: str
    namespace: str
    chart: Chart
    values: dict[str, Any]
    output: str = "table"
    dry_run: bool = False
    no_hooks: bool = False
    no_crd_hook: bool = False
    replace: bool = False
    timeout: int = 300
    wait: bool = False
    atomic: bool = False
    description: str = ""
    sub_notes: bool = False

    def run(self, tiller: Tiller) -> None:
        """Install and print. Raises HelmError."""
        if self.atomic and not self.name:
            # Whoever may have to purge must know the name, and a failed install does not tell it.
            replace(self, name=_free_name(tiller)).run(tiller)
            return
        release = self._installed(tiller)
        if self.output == "table":
            say(f"NAME:   {release.name}")
            if self.settings.debug:
                say(get.page(release), end="")
        if self.dry_run:
            description = release.info.description if release.info else ""
            if description != DRY_RUN_COMPLETE:
                say(f"WARNING: {description}")
            return
        print_status(tiller.status(StatusRequest(release.name)), self.output)

    def _installed(self, tiller: Tiller) -> Release:
        try:
            with waiting(f"installing {self.name or self.chart.name}"):
                release = tiller.install(self._request()).release
        except (ReleaseError, ChartError, ValuesError) as error:
            shown = with_source_line(error, self.chart)
            if self.atomic:
                self._purge(tiller, shown.message)
            raise shown from error
        if release is None:
            raise ReleaseError("release is missing")
        return release

    def _request(self) -> InstallRequest:
        return InstallRequest(
            chart=prepared(self.chart, self.values),
            values=Config(raw=yaml_text(self.values)),
            dry_run=self.dry_run,
            name=self.name,
            disable_hooks=self.no_hooks,
            namespace=self.namespace,
            reuse_name=self.replace,
            timeout=self.timeout,
            wait=self.wait or self.atomic,
            disable_crd_hook=self.no_crd_hook,
            description=self.description,
            sub_notes=self.sub_notes,
        )

    def _purge(self, tiller: Tiller, trouble: str) -> None:
        say(f"INSTALL FAILED\nPURGING CHART\nError: {trouble}")
        answer = tiller.uninstall(
            UninstallRequest(self.name, disable_hooks=self.no_hooks, purge=True, timeout=self.timeout)
        )
        if answer.info:
            say(answer.info)
        say("Successfully purged a chart!")


def _free_name(tiller: Tiller) -> str:
    """A name that no release has, as Tiller itself makes one up."""
    import random

    from helmpy.release.names import generate_free

    def is_free(name: str) -> bool:
        try:
            tiller.content(ContentRequest(name, 1))
        except ReleaseError as error:
            return "not found" in error.message
        return False

    return generate_free(random.SystemRandom(), is_free)


@make("install", usage="[CHART] [flags]", about=ABOUT)
@boolean("atomic", about="delete the release again if the installation fails; means --wait")
@boolean("convert-removed-apis", about="convert objects of API versions that the cluster no longer serves")
@boolean("dep-up", about="fill the charts/ of a chart's directory first where something is missing there")
@boolean("dry-run", about="render and check on Tiller, change nothing")
@boolean("enable-dns", about="let templates look up hosts with getHostByName")
@boolean("no-crd-hook", about="run no crd-install hooks")
@boolean("no-hooks", about="run no hooks")
@boolean("render-subchart-notes", about="show the notes of subcharts too")
@boolean("replace", about="take a name whose release is deleted or failed")
@boolean("wait", about="wait until the objects are ready")
@boolean("wait-for-jobs", about="with --wait, wait until jobs have completed too")
@integer("timeout", about="seconds for each operation of Kubernetes", default=300)
@string("description", about="text for the history")
@string("name", "n", about="name of the release; one is made up where none is given")
@string("name-template", about="Go template that makes the name")
@string("namespace", about="namespace of the release; default: the kubeconfig's")
@options.output("table", "json", "yaml", refusal="unsupported format {}")
@value_flags.values
@options.tls
@repository.source
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    name: str,
    name_template: str,
    namespace: str,
    values: value_flags.ValueFlags,
    tls: options.TlsFlags,
    source: SourceFlags,
    dep_up: bool,
    render_subchart_notes: bool,
    convert_removed_apis: bool,
    enable_dns: bool,
    wait_for_jobs: bool,
    **flags: Any,
) -> None:
    exactly(args, "chart name")
    with connected(settings, tls) as tiller:
        tiller.convert_removed_apis = convert_removed_apis
        tiller.enable_dns = enable_dns
        tiller.wait_for_jobs = wait_for_jobs
        source.told(settings)
        path = locate(settings, args[0], source)
        debug(settings, f"CHART PATH: {path}\n")
        overrides = values.merged(settings, source.access)
        if name_template:
            from helmpy.cli.go_template import generated_name

            name = generated_name(name_template)
            say(f"FINAL NAME: {name}")
        check_name(name)
        chart = load_complete(path) if not dep_up else _with_dependencies(settings, path, source)
        if chart.metadata and chart.metadata.deprecated:
            warn("WARNING: This chart is deprecated")
        Install(
            settings,
            name,
            namespace or default_namespace(settings),
            chart,
            overrides,
            sub_notes=render_subchart_notes,
            **flags,
        ).run(tiller)


def _with_dependencies(settings: Settings, path: str, source: SourceFlags) -> Chart:
    """Load a chart; where its charts/ lacks something, fill it first."""
    try:
        return load_complete(path)
    except ChartError:
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib takes 5 ms to import
            raise
    from pathlib import Path

    from helmpy.cli.dependencies import Vendor

    access = replace(source.access, username="", password="")  # the user is the chart's host's
    Vendor(settings, Path(path).absolute(), repository.Check.NEVER, source.keyring, access=access).update()
    return load_complete(path)


def check_name(name: str) -> None:
    """Refuse what Kubernetes would not take as a name (DNS-1123 subdomain). Raises InvalidName."""
    if name:
        from helmpy.release.names import check_subdomain

        check_subdomain(name)
