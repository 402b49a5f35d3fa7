"""What a chart is once it is read: frozen records, text kept as it was written."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.record import field, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class ChartError(HelmError):
    """A chart is missing, broken or refused."""


@record(frozen=True, slots=True)
class Maintainer:
    name: str = ""
    email: str = ""
    url: str = ""


@record(frozen=True, slots=True)
class Dependency:
    """One entry of requirements.yaml (v1) or of Chart.yaml's ``dependencies`` (v2).

    ``import_values`` holds strings or ``{"child": …, "parent": …}`` maps, as written.
    """

    name: str = ""
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = False
    import_values: tuple[Any, ...] = ()
    alias: str = ""


@record(frozen=True, slots=True)
class Metadata:
    """Chart.yaml. ``type`` and ``dependencies`` exist in ``apiVersion: v2`` only."""

    name: str = ""
    home: str = ""
    sources: tuple[str, ...] = ()
    version: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    maintainers: tuple[Maintainer, ...] = ()
    engine: str = ""
    icon: str = ""
    api_version: str = ""
    condition: str = ""
    tags: str = ""
    app_version: str = ""
    deprecated: bool = False
    tiller_version: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    kube_version: str = ""
    type: str = ""
    dependencies: tuple[Dependency, ...] = ()


@record(frozen=True, slots=True)
class File:
    """A file of a chart: its path inside the chart with ``/``, and its bytes."""

    name: str
    data: bytes


@record(frozen=True, slots=True)
class Config:
    """Values as Helm 2 carries them: YAML text, and an old map that nothing writes any more."""

    raw: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Chart:
    """A chart in memory; ``templates`` are named ``templates/…``, subcharts are whole charts.

    ``files`` are all others, the dependencies' list (requirements.yaml), ``crds/…`` and
    values.schema.json among them, as Helm 2 keeps them. ``values`` is None where the chart has
    no values.yaml.
    """

    metadata: Metadata | None = None
    templates: tuple[File, ...] = ()
    dependencies: tuple[Chart, ...] = ()
    values: Config | None = None
    files: tuple[File, ...] = ()

    @property
    def name(self) -> str:
        return self.metadata.name if self.metadata else ""

    @property
    def has_schema(self) -> bool:
        """Whether it or a chart below brings a schema for its values."""
        return any(file.name == "values.schema.json" for file in self.files) or any(
            below.has_schema for below in self.dependencies
        )

    @property
    def is_v2(self) -> bool:
        """Whether the chart was written for Helm 3 and 4 (``apiVersion: v2``)."""
        return self.metadata is not None and self.metadata.api_version == "v2"
