"""Helm 2 in Python: charts, template engine, client.

``import helmpy`` loads nothing else: the names below, and rooms like ``helmpy.engine``, are
imported when they are first asked for. See docs/library.md.
"""

from __future__ import annotations

__version__ = "2.17.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy import chart, client, engine, errors, gotemplate, lint, sprig
    from helmpy.chart.capabilities import Capabilities, KubeVersion
    from helmpy.chart.loader import load
    from helmpy.chart.model import Chart, ChartError
    from helmpy.client import Tiller
    from helmpy.engine import ReleaseOptions, RenderError, render
    from helmpy.errors import HelmError
    from helmpy.gotemplate import Limits, TemplateError, TemplateSet

__all__ = [
    "Capabilities",
    "Chart",
    "ChartError",
    "HelmError",
    "KubeVersion",
    "Limits",
    "ReleaseOptions",
    "RenderError",
    "TemplateError",
    "TemplateSet",
    "Tiller",
    "chart",
    "client",
    "engine",
    "errors",
    "gotemplate",
    "lint",
    "load",
    "render",
    "sprig",
]

_HOMES = {
    "Capabilities": "helmpy.chart.capabilities",
    "Chart": "helmpy.chart.model",
    "ChartError": "helmpy.chart.model",
    "HelmError": "helmpy.errors",
    "KubeVersion": "helmpy.chart.capabilities",
    "Limits": "helmpy.gotemplate",
    "ReleaseOptions": "helmpy.engine",
    "RenderError": "helmpy.engine",
    "TemplateError": "helmpy.gotemplate",
    "TemplateSet": "helmpy.gotemplate",
    "Tiller": "helmpy.client",
    "load": "helmpy.chart.loader",
    "render": "helmpy.engine",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'helmpy' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name) if name in _HOMES else import_module(f"helmpy.{name}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
