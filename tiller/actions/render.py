"""Charts to manifests on the server: gates, capabilities, rendering, splitting."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from helmpy.chart.capabilities import Capabilities, KubeVersion, default_api_versions
from helmpy.chart.model import Chart, ChartError, Config
from helmpy.chart.values import parse_values
from helmpy.engine import ReleaseOptions
from helmpy.engine.origins import told
from helmpy.errors import HelmError
from helmpy.gocompat import semver
from helmpy.release import manifest as manifests
from helmpy.release.error import ReleaseError
from helmpy.release.hooks import Hook
from tiller.actions.conversion import converted_hooks, converted_text
from tiller.actions.environment import Environment
from tiller.actions.renderer import Job, RenderError, no_lookup
from tiller.kube.cluster import Cluster
from tiller.kube.objects import KubeObject

if TYPE_CHECKING:
    from helmpy.engine.functions import Lookup


log = logging.getLogger(__name__)


class MissingChart(ChartError):
    """A request came without a chart."""

    def __init__(self) -> None:
        super().__init__("no chart provided")


class Incompatible(ChartError):
    """The chart asks for another Tiller or another Kubernetes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a chart came to: the record's manifest text, its hooks and its notes."""

    manifest: str
    hooks: tuple[Hook, ...]
    notes: str


def render_release(
    env: Environment,
    chart: Chart | None,
    config: Config | None,
    options: ReleaseOptions,
    *,
    sub_notes: bool = False,
    dry_run: bool = False,
) -> Rendered:
    """Render a chart as a release; no effects but discovery.

    Raises MissingChart, Incompatible, the engine's errors, and RenderError where a document is no
    YAML: its message names the template's line, and in the rehearsal of an installation the rendered
    text stands below.
    """
    if chart is None or chart.metadata is None:
        raise MissingChart
    capabilities = capabilities_of(env)
    check_gates(chart, env.version.sem_ver, capabilities.kube_version.git_version)
    values = parse_values(config.raw if config else "")
    lookup = no_lookup if dry_run else partial(look_up, env.cluster)
    job = Job(chart, values, options, capabilities, dns=env.enable_dns)
    rendered = env.renderer.render(job, lookup)
    try:
        parts = manifests.split(rendered, sub_notes=sub_notes, v2=chart.is_v2)
    except manifests.ManifestError as error:
        below = f"\n{manifests.rendered_text(rendered)}" if dry_run and options.is_install else ""
        raise RenderError(f"{error}{_place(env, job, error, rendered, lookup)}{below}") from error
    for remark in parts.passed_over:
        log.info("release %s: %s", options.name, remark)
    text, found = manifests.stored_text(parts.manifests), parts.hooks
    if env.convert_removed_apis:
        text, found = converted_text(env, text), converted_hooks(env, found)
    return Rendered(text, found, parts.notes)


def _place(
    env: Environment, job: Job, error: manifests.ManifestError, rendered: Mapping[str, str], lookup: Lookup
) -> str:
    """The rendered line at fault and the template's that wrote it, below the message; "" where there is none."""
    if not error.line:
        return ""

    def again(marked: Chart) -> Mapping[str, str]:
        return env.renderer.render(replace(job, chart=marked), lookup)

    return told(job.chart, error.path, error.line, rendered[error.path], again)


def look_up(cluster: Cluster, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
    """A live object, or without ``name`` a list of them; an empty map where there is none."""
    resource = cluster.discovery.find(api_version, kind)
    if name:
        return cluster.get(KubeObject(resource, namespace if resource.namespaced else "", name, {})) or {}
    items = cluster.list_objects(resource, namespace)
    return {"apiVersion": api_version, "kind": f"{kind}List", "items": items}


def capabilities_of(env: Environment) -> Capabilities:
    """What the cluster offers, as templates see it under ``.Capabilities``."""
    env.cluster.discovery.renew()
    known = env.cluster.version()
    kube = KubeVersion(
        major=known.get("major", ""),
        minor=known.get("minor", ""),
        git_version=known.get("gitVersion", ""),
        git_commit=known.get("gitCommit", ""),
        git_tree_state=known.get("gitTreeState", ""),
        build_date=known.get("buildDate", ""),
        go_version=known.get("goVersion", ""),
        compiler=known.get("compiler", ""),
        platform=known.get("platform", ""),
    )
    return Capabilities(kube, api_versions(env.cluster), env.version.sem_ver)


def api_versions(cluster: Cluster) -> tuple[str, ...]:
    """What discovery lists; what it fails to list is missing, and nothing at all gives the built-in set."""
    try:
        return tuple(sorted(cluster.api_versions())) or default_api_versions(2)
    except HelmError as error:
        raise ReleaseError(f"Could not get apiVersions from Kubernetes: {error}") from error


def check_gates(chart: Chart, tiller_version: str, kube_version: str) -> None:
    """Refuse a chart whose constraints on Tiller or Kubernetes do not hold; raises Incompatible."""
    assert chart.metadata is not None
    wanted = chart.metadata.tiller_version
    if wanted and not _holds(wanted, tiller_version):
        raise Incompatible(f"Chart incompatible with Tiller {tiller_version}")
    wanted = chart.metadata.kube_version
    plain = kube_version.split("+", 1)[0]
    if wanted and not _holds(wanted, plain):
        raise Incompatible(f"Chart requires kubernetesVersion: {wanted} which is incompatible with Kubernetes {plain}")


def _holds(constraint: str, version: str) -> bool:
    """Whether the version satisfies the constraint; one that cannot be read does not match."""
    try:
        return semver.Constraint(constraint, 2).check(semver.Version.parse(version, 2))
    except HelmError:
        return False
