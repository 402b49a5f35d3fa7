"""Rendering: a chart, its values and what is known of the release and the cluster, to texts.

Pure: nothing here reads a clock, the environment, files or the network. Each chart of an umbrella
renders with the engine its Chart.yaml names (``gotpl`` or ``jinja2``) and by the rules of the
Helm that its ``apiVersion`` belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from helmpy import sprig
from helmpy.chart.capabilities import Capabilities
from helmpy.chart.model import Chart
from helmpy.chart.values import coalesce_values
from helmpy.engine.context import ReleaseOptions
from helmpy.engine.functions import Lookup, helm_functions
from helmpy.engine.gotpl import Renderer, RenderError, order
from helmpy.engine.scopes import JINJA, Scope, Surroundings, scopes, templates
from helmpy.gocompat.function import GoFunc
from helmpy.gotemplate import Limits, TemplateError

__all__ = ["Limits", "Lookup", "ReleaseOptions", "RenderError", "TemplateError", "render"]


def render(
    chart: Chart,
    values: Mapping[str, Any],
    release: ReleaseOptions,
    capabilities: Capabilities,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    lookup: Lookup | None = None,
    now: Callable[[], int] | None = None,
    dns: bool = False,
    lint: bool = False,
    warn: Callable[[str], None] | None = None,
) -> dict[str, str]:
    """Return path to text for every template that is no partial, NOTES.txt included.

    ``values`` are the user's, laid over the charts' defaults here; ``warn`` hears what did not
    fit. ``lookup`` answers the function of that name, ``now`` is the clock of date functions (nanoseconds since 1970),
    ``dns`` allows looking up hosts; ``lint`` lets missing required values pass.
    Raises TemplateError for templates that fail and ValuesError for values that do not fit.
    """
    coalesced = coalesce_values(chart, values, warn=warn)
    found = scopes(chart, coalesced, Surroundings(release, capabilities))
    tables = Tables(lookup=lookup, now=now, dns=dns, lint=lint)
    return render_scopes(found, tables, limits)


class Tables:
    """The template functions, a table for each dialect, made when first needed."""

    def __init__(
        self,
        *,
        lookup: Lookup | None = None,
        now: Callable[[], int] | None = None,
        dns: bool = False,
        lint: bool = False,
    ) -> None:
        self._lookup = lookup
        self._now = now
        self._dns = dns
        self._lint = lint
        self._made: dict[int, dict[str, GoFunc]] = {}

    def of(self, version: int) -> dict[str, GoFunc]:
        """Return the functions as Helm 2 (``version`` 2) or Helm 3 has them."""
        if version not in self._made:
            clock = self._now
            table = (
                sprig.functions(version, dns=self._dns)
                if clock is None
                else sprig.functions(version, dns=self._dns, now=clock)
            )
            self._made[version] = {**table, **helm_functions(version, lint=self._lint, lookup=self._lookup)}
        return self._made[version]


def render_scopes(found: list[Scope], tables: Tables, limits: Limits) -> dict[str, str]:
    """Return path to text for the templates of all scopes, each chart by its own engine."""
    rendered = _render_go([scope for scope in found if scope.engine != JINJA], tables, limits)
    jinja_scopes = [scope for scope in found if scope.engine == JINJA]
    if jinja_scopes:
        from helmpy.engine import jinja

        rendered |= jinja.render(list(templates(jinja_scopes)), tables.of, limits)
    return rendered


def _render_go(own: list[Scope], tables: Tables, limits: Limits) -> dict[str, str]:
    files = order(templates(own))
    renderers = {
        version: Renderer(files, tables.of(version), version, limits) for version in {scope.version for scope in own}
    }
    return {file.path: renderers[file.scope.version].render(file) for file in files if not file.is_partial}
