"""Charts: their files, values, requirements and packages.

``load``, ``load_archive`` and ``load_directory`` come from ``loader``, the records from ``model``;
they are imported when they are first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.chart.loader import load, load_archive, load_directory
    from helmpy.chart.model import Chart, ChartError, Config, Dependency, File, Maintainer, Metadata

__all__ = [
    "Chart",
    "ChartError",
    "Config",
    "Dependency",
    "File",
    "Maintainer",
    "Metadata",
    "load",
    "load_archive",
    "load_directory",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'helmpy.chart' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module("helmpy.chart.loader" if name.startswith("load") else "helmpy.chart.model"), name)
    globals()[name] = found
    return found
