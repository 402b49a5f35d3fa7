"""The tree of charts as templates see it: each chart's root dot, paths, dialect and engine."""

from __future__ import annotations

from helmpy.engine.context import (
    Root,
    Values,
    Values3,
    capabilities_object,
    chart_object,
    release_object,
)
from helmpy.engine.files import Files, Files3
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from helmpy.chart.capabilities import Capabilities
    from helmpy.chart.model import Chart
    from helmpy.engine.context import ReleaseOptions

GO_TEMPLATE = "gotpl"
JINJA = "jinja2"


@record(frozen=True, slots=True)
class Scope:
    """One chart of the tree. ``path`` is ``web/charts/db``, ``root`` the dot of its templates."""

    chart: Chart
    path: str
    version: int
    engine: str
    root: dict[str, Any]


class Template:
    """One template file; ``path`` is ``web/charts/db/templates/x.yaml``. A partial writes nothing by itself."""

    __slots__ = ("data", "is_partial", "path", "scope")

    def __init__(self, path: str, data: bytes, scope: Scope) -> None:
        self.path = path
        self.data = data
        self.scope = scope
        self.is_partial = path.startswith("_", path.rfind("/") + 1)

    @property
    def text(self) -> str:
        """The file's text; bytes that are no UTF-8 stay as surrogates."""
        return _decoded(self.data)

    def place(self) -> dict[str, str]:
        """Return ``.Template``, in Helm 3 of the type that ``.Values`` has."""
        place = {"Name": self.path, "BasePath": f"{self.scope.path}/templates"}
        return place if self.scope.version == 2 else Values3(place)


class Surroundings:
    """What all charts of a render share: ``.Release`` and ``.Capabilities``, one of each per dialect."""

    def __init__(self, release: ReleaseOptions, capabilities: Capabilities) -> None:
        self._release = release
        self._capabilities = capabilities
        self._made: dict[int, dict[str, Any]] = {}

    def of(self, version: int) -> dict[str, Any]:
        """Return the two objects as Helm 2 (``version`` 2) or Helm 3 shows them."""
        if version not in self._made:
            self._made[version] = {
                "Release": release_object(self._release, version),
                "Capabilities": capabilities_object(self._capabilities, version),
            }
        return self._made[version]


def dialect(chart: Chart) -> int:
    """Return which Helm's rules a chart was written for: 2, or 3 for ``apiVersion: v2``."""
    return 3 if chart.is_v2 else 2


def scopes(
    chart: Chart, values: dict[str, Any], surroundings: Surroundings, *, parent: str = "", version: int | None = None
) -> list[Scope]:
    """Return the scopes of a chart and all charts below it, the chart itself first.

    ``values`` are coalesced; a subchart's part of them is the very map that its parent sees, so
    what a template sets there is seen by both. ``version`` overrules the charts' own dialects, and
    so does a v2 chart for all below it: no Helm but 3 renders those.
    """
    spoken = version or dialect(chart)
    if spoken == 3:
        version = 3
    path = f"{parent}/charts/{chart.name}" if parent else chart.name
    table = values if isinstance(values, Values) else (Values if spoken == 2 else Values3)(values)
    root = Root(
        Values=table,
        Chart=chart_object(chart, spoken, is_root=not parent),
        Files=(Files if spoken == 2 else Files3).of(chart),
        **surroundings.of(spoken),
    )
    found = [Scope(chart, path, spoken, engine_of(chart), root)]
    below: dict[str, Any] = {}
    for child in chart.dependencies:
        part = table.get(child.name)
        if not isinstance(part, dict):
            part = {}
        if not isinstance(part, Values):
            part = (Values if (version or dialect(child)) == 2 else Values3)(part)
            table[child.name] = part
        inner = scopes(child, part, surroundings, parent=path, version=version)
        below[child.name] = inner[0].root
        found += inner
    if spoken == 3:
        root["Subcharts"] = below
    return found


def engine_of(chart: Chart) -> str:
    """Return the engine a chart asks for; one that is not known is Go templates, as in Helm."""
    return JINJA if chart.metadata is not None and chart.metadata.engine == JINJA else GO_TEMPLATE


_texts: dict[bytes, str] = {}
_DECODED = 1_000  # texts kept, of this many bytes at most; what they parse to is kept by these very strings
_LONGEST_DECODED = 16_000


def _decoded(data: bytes) -> str:
    """Return a template's text, the same object for the same data: its hash is then known, too."""
    text = _texts.get(data)
    if text is None:
        text = data.decode("utf-8", "surrogateescape")
        if len(data) <= _LONGEST_DECODED:
            if len(_texts) >= _DECODED:
                _texts.clear()
            _texts[data] = text
    return text


def templates(found: Iterable[Scope]) -> Iterator[Template]:
    """Yield the templates of all scopes; of a library chart its partials only."""
    for scope in found:
        library = scope.chart.metadata is not None and scope.chart.metadata.type == "library"
        for file in scope.chart.templates:
            template = Template(f"{scope.path}/{file.name}", file.data, scope)
            if template.is_partial or not library:
                yield template
