"""Single template cases with real Helm's answers: an adapter for their measuring script.

``render_case`` answers as for a chart of ``apiVersion: v2``, ``render_case_helm2`` as for v1; both
take the template, the values and what else the template may read (``context``).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from helmpy.chart.capabilities import Capabilities, KubeVersion, default_api_versions
from helmpy.chart.model import Chart, File, Maintainer, Metadata
from helmpy.engine import Tables, render_scopes
from helmpy.engine.context import ReleaseOptions, Values, Values3
from helmpy.engine.scopes import Surroundings, scopes
from helmpy.gotemplate import Limits, TemplateError

_WRAPPER = '{{ include "app/templates/_case.tpl" . | b64enc }}'
_CASE, _PARTIAL = "app/templates/case.yaml", "app/templates/_case.tpl"


def render_case(template: str, values: dict[str, Any], context: Mapping[str, Any] | None = None) -> str:
    return _render(template, values, context or {}, 3)


def render_case_helm2(template: str, values: dict[str, Any], context: Mapping[str, Any] | None = None) -> str:
    return _render(template, values, context or {}, 2)


def _render(template: str, values: dict[str, Any], context: Mapping[str, Any], version: int) -> str:
    try:
        text = _render_files({_PARTIAL: template, _CASE: _WRAPPER}, values, context, version)
        return base64.b64decode(text).decode("utf-8", "surrogateescape")
    except TemplateError:  # messages were recorded without the wrapper
        return _render_files({_CASE: template}, values, context, version)


def _render_files(files: dict[str, str], values: dict[str, Any], context: Mapping[str, Any], version: int) -> str:
    chart = Chart(
        metadata=_metadata(context.get("Chart", {"name": "app"})),
        templates=tuple(
            File(path.removeprefix("app/"), text.encode("utf-8", "surrogateescape")) for path, text in files.items()
        ),
        files=tuple(File(name, text.encode()) for name, text in context.get("Files", {}).items()),
    )
    release = ReleaseOptions("rel", "default", revision=0 if version == 2 else 1)
    known = context.get("Capabilities", {})
    capabilities = (
        Capabilities(KubeVersion(), default_api_versions(2))
        if version == 2 or not known
        else Capabilities(KubeVersion.parse(known["KubeVersion"]["Version"], whole=True), tuple(known["APIVersions"]))
    )
    table = (Values if version == 2 else Values3)(_floats(values, version))
    found = scopes(chart, table, Surroundings(release, capabilities), version=version)
    return render_scopes(found, Tables(), Limits())[_CASE]


def _metadata(known: Mapping[str, Any]) -> Metadata:
    return Metadata(
        name=known["name"],
        home=known.get("home", ""),
        sources=tuple(known.get("sources", ())),
        version=known.get("version", ""),
        description=known.get("description", ""),
        keywords=tuple(known.get("keywords", ())),
        maintainers=tuple(Maintainer(**person) for person in known.get("maintainers", ())),
        icon=known.get("icon", ""),
        api_version=known.get("apiVersion", "v1"),
        app_version=known.get("appVersion", ""),
        annotations=known.get("annotations", {}),
    )


def _floats(value: Any, version: int) -> Any:
    """Numbers as values carry them: float64, and in Helm 2 through YAML, where -0 is an integer."""
    if isinstance(value, dict):
        return {key: _floats(item, version) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item, version) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return 0.0 if value == 0 and version == 2 else float(value)
