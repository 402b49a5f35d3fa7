"""What runs a chart's templates: the port, and its simplest implementation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from helmpy.chart.capabilities import Capabilities
from helmpy.chart.model import Chart
from helmpy.engine import Limits, ReleaseOptions, render
from helmpy.release.error import ReleaseError

if TYPE_CHECKING:
    from helmpy.engine.functions import Lookup


class RenderError(ReleaseError):
    """A chart could not be turned into manifests."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that a rendering needs, and nothing that reaches a cluster."""

    chart: Chart
    values: Mapping[str, Any]
    release: ReleaseOptions
    capabilities: Capabilities
    dns: bool = False  # templates may look up hosts


class Renderer(Protocol):
    """Runs a chart's templates: in this process, or in one that can be stopped."""

    def render(self, job: Job, lookup: Lookup) -> dict[str, str]:
        """Return text by path (``web/templates/svc.yaml``); raises the engine's errors.

        ``lookup`` answers the template function of that name from the cluster.
        """
        ...


class InProcess:
    """Renders in the calling thread, within ``limits``."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits

    def render(self, job: Job, lookup: Lookup) -> dict[str, str]:
        return render(
            job.chart,
            job.values,
            job.release,
            job.capabilities,
            limits=self._limits,
            lookup=lookup,
            dns=job.dns,
        )


def no_lookup(_api_version: str, _kind: str, _namespace: str, _name: str) -> dict[str, Any]:
    """What ``lookup`` finds in a dry run: nothing, as in Helm 3."""
    return {}
