"""The rule that values keep to a chart's values.schema.json."""

from __future__ import annotations

from helmpy.chart.schema import validate
from helmpy.chart.values import coalesce_values
from helmpy.errors import HelmError
from helmpy.lint.message import Message, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from helmpy.chart.model import Chart


VALUES_FILE = "values.yaml"


def check(chart: Chart, values: Mapping[str, Any]) -> Iterator[Message]:
    """Yield what the values violate of the schemas of the chart and its subcharts: an error where those are binding.

    They are in ``apiVersion: v2`` charts; Helm 2 does not know them, so a v1 chart works all the same.
    """
    try:
        validate(chart, coalesce_values(chart, values))
    except HelmError as error:
        severity = Severity.ERROR if chart.is_v2 else Severity.WARNING
        yield Message(severity, VALUES_FILE, str(error).rstrip("\n"))
