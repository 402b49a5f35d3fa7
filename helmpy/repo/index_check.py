"""What is wrong with an index.yaml, told as Helm 2.17 tells it.

2.17 decodes the file twice: strictly as YAML into one type, then as JSON into another. The tables here are
those types.
"""

from __future__ import annotations

from helmpy.chart.shapes import METADATA
from helmpy.gocompat import shape
from helmpy.gocompat.json_fit import PREFIX, misfit
from helmpy.gocompat.yaml_strict import complaint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_VALIDATION = shape.struct(
    "repo.IndexValidation",
    {
        "serverInfo": shape.map_of(shape.anything),
        "apiVersion": shape.text,
        "generated": shape.time,
        "entries": shape.map_of(shape.anything),
        "publicKeys": shape.list_of(shape.text),
    },
)
_CHART_VERSION = shape.struct(
    "repo.ChartVersion",
    {
        "urls": shape.list_of(shape.text),
        "created": shape.time,
        "removed": shape.boolean,
        "digest": shape.text,
    },
    embedded=METADATA,
)
_INDEX = shape.struct(
    "repo.IndexFile",
    {
        "apiVersion": shape.text,
        "generated": shape.time,
        "entries": shape.map_of(shape.list_of(_CHART_VERSION, "repo.ChartVersions")),
        "publicKeys": shape.list_of(shape.text),
    },
)
_UNVERSIONED = shape.map_of(
    shape.struct("repo.unversionedEntry", {"checksum": shape.text, "url": shape.text, "chartfile": METADATA})
)


def yaml_complaint(text: str | bytes) -> str:
    """Return what 2.17's strict look at the YAML tells, nothing where that is content."""
    return complaint(text, _VALIDATION)


def json_complaint(value: Any) -> str:
    """Return what 2.17 tells of decoding an index, as YAML gave it; nothing where that fits."""
    wrong = misfit(value, _INDEX)
    return f"{PREFIX}{wrong}" if wrong else ""


def unversioned_complaint(value: Any) -> str:
    """Return what is told of a file without apiVersion, which 2.17 takes for one of before Helm 2.0."""
    return misfit(value, _UNVERSIONED, coerced=False) or "no API version specified"
