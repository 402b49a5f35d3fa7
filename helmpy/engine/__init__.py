"""Rendering: a chart, its values and what is known of the release and the cluster, to texts.

Pure: nothing here reads a clock, the environment, files or the network. Each chart of an umbrella
renders with the engine its Chart.yaml names (``gotpl`` or ``jinja2``) and by the rules of the
Helm that its ``apiVersion`` belongs to.
"""

from __future__ import annotations

from helmpy.chart.values import coalesce_values
from helmpy.engine.context import ReleaseOptions
from helmpy.engine.functions import helm_functions
from helmpy.engine.gotpl import Renderer, RenderError, order
from helmpy.engine.scopes import JINJA, Surroundings, scopes, templates
from helmpy.errors import HelmError
from helmpy.gotemplate import Limits, TemplateError
from helmpy.gotemplate.watch import watched
from helmpy.sprig import functions as sprig_functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from helmpy.chart.capabilities import Capabilities
    from helmpy.chart.model import Chart
    from helmpy.engine.functions import Lookup
    from helmpy.engine.gotpl import Include
    from helmpy.engine.scopes import Scope
    from helmpy.gocompat.function import GoFunc
    from helmpy.gotemplate.watch import Watch
    from helmpy.store import Store

__all__ = ["InternalFault", "Limits", "ReleaseOptions", "RenderError", "TemplateError", "render"]


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
    lenient: Callable[[str], None] | None = None,
    warn: Callable[[str], None] | None = None,
    store: Store | None = None,
) -> dict[str, str]:
    """Return path to text for every template that is no partial, NOTES.txt included.

    ``values`` are the user's, laid over the charts' defaults here; ``warn`` hears what did not
    fit. ``lookup`` answers the function of that name, ``now`` is the clock of date functions (nanoseconds since 1970),
    ``dns`` allows looking up hosts; ``lenient`` lets missing required values pass and hears of each.
    ``store`` keeps the parses of charts for other processes.
    Raises TemplateError for templates that fail and ValuesError for values that do not fit; InternalFault
    where a chart met a mistake of ours.
    """
    try:
        coalesced = coalesce_values(chart, values, warn=warn)
        found = scopes(chart, coalesced, Surroundings(release, capabilities))
        tables = Tables(lookup=lookup, now=now, dns=dns, lenient=lenient, max_size=limits.size)
        return render_scopes(found, tables, limits, store)
    except HelmError:
        raise
    except RecursionError:
        raise TemplateError("rendering template failed: nested too deep") from None
    except Exception as error:  # whatever a stranger's chart brings about is an error of that chart
        raise InternalFault(error) from error


class InternalFault(TemplateError):
    """An exception that nobody foresaw, on behalf of the chart that brought it about."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"rendering template failed: {type(error).__name__}: {error}")


class Tables:
    """The template functions, a table for each dialect, made when first needed."""

    def __init__(
        self,
        *,
        lookup: Lookup | None = None,
        now: Callable[[], int] | None = None,
        dns: bool = False,
        lenient: Callable[[str], None] | None = None,
        max_size: int = Limits().size,
    ) -> None:
        self._lookup = lookup
        self._now = now
        self._dns = dns
        self._lenient = lenient
        self._max_size = max_size
        self._made: dict[int, dict[str, GoFunc]] = {}

    def of(self, version: int) -> dict[str, GoFunc]:
        """Return the functions as Helm 2 (``version`` 2) or Helm 3 has them."""
        if version not in self._made:
            clock = self._now
            table = (
                sprig_functions(version, dns=self._dns, max_size=self._max_size)
                if clock is None
                else sprig_functions(version, dns=self._dns, max_size=self._max_size, now=clock)
            )
            self._made[version] = {**table, **helm_functions(version, lenient=self._lenient, lookup=self._lookup)}
        return self._made[version]


def render_scopes(found: list[Scope], tables: Tables, limits: Limits, store: Store | None = None) -> dict[str, str]:
    """Return path to text for the templates of all scopes, each chart by its own engine."""
    return watched(limits, lambda watch: _rendered(found, tables, limits, watch, store))


def _rendered(found: list[Scope], tables: Tables, limits: Limits, watch: Watch, store: Store | None) -> dict[str, str]:
    if sum(len(scope.chart.templates) for scope in found) > limits.templates:
        raise TemplateError(f"the charts have more templates than the limit of {limits.templates}")
    go = _GoTemplates([scope for scope in found if scope.engine != JINJA], tables, limits, watch, store)
    jinja_scopes = [scope for scope in found if scope.engine == JINJA]
    if not jinja_scopes:
        return go.render()
    from helmpy.engine import jinja

    templates_of_jinja = jinja.Templates(list(templates(jinja_scopes)), tables.of, limits, go.include, watch)
    go.elsewhere = templates_of_jinja.include
    return go.render() | templates_of_jinja.render()


class _GoTemplates:
    """The Go templates of a render: parsed once for each dialect that somebody speaks."""

    def __init__(self, own: list[Scope], tables: Tables, limits: Limits, watch: Watch, store: Store | None) -> None:
        self._files = order(templates(own))
        self._versions = {scope.version for scope in own}
        self._tables = tables
        self._limits = limits
        self._watch = watch
        self._store = store
        self._renderers: dict[int, Renderer] = {}
        self.elsewhere: Include | None = None

    def render(self) -> dict[str, str]:
        """Return path to text for the templates that are no partials."""
        renderers = {version: self._renderer(version) for version in self._versions}
        return {file.path: renderers[file.scope.version].render(file) for file in self._files if not file.is_partial}

    def include(self, version: int, name: str, dot: Any) -> str | None:
        """Return what the template of that name writes, None where there is none."""
        renderer = self._renderer(version)
        return renderer.include(name, dot) if renderer.has(name) else None

    def _renderer(self, version: int) -> Renderer:
        if version not in self._renderers:
            functions = self._tables.of(version)
            self._renderers[version] = Renderer(
                self._files,
                functions,
                version,
                self._limits,
                self._watch,
                elsewhere=self.elsewhere,
                store=self._store,
            )
        return self._renderers[version]
