"""Which values an upgrade has: those that it is given, those of the revision before, or both.

Source of the rules: Helm 2.17's behaviour.
"""

from __future__ import annotations

from helmpy.chart.model import Chart, Config
from helmpy.chart.values import coalesce_values, overlay, parse_values
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.record import replace
from helmpy.release.error import ReleaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.release.model import Release
    from helmpy.release.requests import UpdateRequest


def merged(request: UpdateRequest, base: Release) -> tuple[Chart, Config]:
    """Return the chart and the values of the revision that follows ``base``.

    ``reset_values`` takes the request's as they are. ``reuse_values`` takes the old release's
    computed values for the chart's defaults and lays the request's over the old ones. With
    neither, a request without values keeps the old ones, one with any drops them.

    Raises ReleaseError where the old values cannot be computed.
    """
    chart, asked = request.chart, request.values or Config()
    assert chart is not None
    old = base.config or Config()
    if request.reset_values:
        return chart, asked
    if request.reuse_values:
        old_values = parse_values(old.raw)
        try:
            computed = coalesce_values(base.chart, old_values) if base.chart else old_values
        except HelmError as error:
            raise ReleaseError(f"failed to rebuild old values: {error}") from error
        both = overlay(old_values, parse_values(asked.raw))
        return replace(chart, values=Config(raw=yaml.dump(computed))), Config(raw=yaml.dump(both))
    if asked.raw in ("", "{}\n") and old.raw not in ("", "{}\n"):
        return chart, old
    return chart, asked
