"""A chart as registries store it: a manifest, its config, and layers for the archive and its provenance file.

The media types, the config and the annotations are Helm 3's, so that each pulls what the other pushed.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from helmpy.chart import metadata as chart_metadata
from helmpy.chart.model import Metadata
from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.record import field, record, replace
from helmpy.repo.dependencies import ordered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from helmpy.chart.model import Chart

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
EARLY_CHART = "application/tar+gzip"  # of Helm 3's first experiments
PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
ACCEPTED = (
    MANIFEST,
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


class RegistryError(HelmError):
    """A registry refuses, or answers what no registry should."""


class NotAChart(RegistryError):
    """Something else than a chart is stored there."""


@record(frozen=True, slots=True)
class Descriptor:
    """What a manifest says of a blob; ``size`` in bytes."""

    media_type: str
    digest: str
    size: int


@record(frozen=True, slots=True)
class Manifest:
    """A chart as it is stored; ``digest`` is the manifest's own."""

    digest: str
    config: Descriptor
    chart: Descriptor
    provenance: Descriptor | None = None


@record(frozen=True, slots=True)
class Stored:
    """All that is stored of a chart."""

    archive: bytes
    config: bytes
    provenance: bytes | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def check_digest(data: bytes, wanted: str, what: str) -> None:
    found = digest_of(data, wanted.partition(":")[0])
    if not hmac.compare_digest(found, wanted):
        raise RegistryError(f"{what} is not what was asked for: its digest is {found}, not {wanted}")


def read_manifest(data: bytes, reference: str) -> Manifest:
    """Return the chart that a manifest describes; ``reference`` is for errors. Raises NotAChart, RegistryError."""
    try:
        value = json.loads(data)
    except HelmError as error:
        raise RegistryError(f"{reference}: the manifest is broken: {error}") from error
    if not isinstance(value, dict) or value.get("schemaVersion") != 2:
        raise NotAChart(f"{reference} is no chart: its manifest has no schemaVersion 2")
    if not isinstance(value.get("config"), dict):
        raise NotAChart(f"{reference} is no chart, but {value.get('mediaType') or 'a list of images'}")
    config = _descriptor(value["config"], reference)
    if config.media_type != CONFIG:
        raise NotAChart(f"{reference} is no chart: its config is {config.media_type}, not {CONFIG}")
    listed = value.get("layers")
    layers = [_descriptor(one, reference) for one in listed] if isinstance(listed, list) else []
    charts = [one for one in layers if one.media_type in (CHART, EARLY_CHART)]
    if len(charts) != 1:
        raise NotAChart(f"{reference} is no chart: it has {len(charts)} layers of type {CHART}, not 1")
    signature = next((one for one in layers if one.media_type == PROVENANCE), None)
    return Manifest(digest_of(data), config, charts[0], signature)


def _descriptor(value: Any, reference: str) -> Descriptor:
    known = value if isinstance(value, dict) else {}
    media_type, digest, size = known.get("mediaType"), known.get("digest"), known.get("size")
    if not (
        isinstance(media_type, str)
        and isinstance(digest, str)
        and DIGEST.fullmatch(digest)
        and isinstance(size, (int, float))
        and not isinstance(size, bool)
        and 0 <= size < 2**53
    ):
        raise RegistryError(f"{reference}: the manifest is broken: a descriptor has no type, digest and size")
    return Descriptor(media_type, digest, int(size))


def write_manifest(layers: Sequence[Descriptor], config: Descriptor, annotations: Mapping[str, str]) -> bytes:
    """Return a manifest as Helm writes it."""
    listed = [json.Struct(mediaType=one.media_type, digest=one.digest, size=one.size) for one in (config, *layers)]
    value = json.Struct(schemaVersion=2, config=listed[0], layers=listed[1:])
    if annotations:
        value["annotations"] = dict(annotations)
    return json.dumps(value).encode("utf-8", "surrogateescape")


def of_chart(archive: bytes, chart: Chart, provenance: bytes | None = None, created: str = "") -> Stored:
    """Return what is stored of a chart whose archive that is; ``created`` is RFC 3339 text, for the annotations.

    Raises ChartError where its requirements.yaml can't be read.
    """
    from helmpy.chart.requirements import read_requirements

    metadata = chart.metadata or Metadata()
    listed = read_requirements(chart)
    config = write_config(replace(metadata, dependencies=listed.dependencies if listed else ()))
    return Stored(archive, config, provenance, annotations_of(metadata, created))


def write_config(metadata: Metadata) -> bytes:
    """Return the config of a chart: its Chart.yaml as JSON, in the order of Helm 3's struct, which lacks some of 2's."""
    known = {"apiVersion": "v1", **chart_metadata.to_dict(metadata)}
    if metadata.maintainers:
        known["maintainers"] = [json.Struct(one) for one in known["maintainers"]]
    if metadata.dependencies:
        known["dependencies"] = [ordered(one) for one in metadata.dependencies]
    return json.dumps(json.Struct((key, known[key]) for key in _CONFIG_KEYS if key in known)).encode(
        "utf-8", "surrogateescape"
    )


_CONFIG_KEYS = (
    *("name", "home", "sources", "version", "description", "keywords", "maintainers", "icon", "apiVersion"),
    *("condition", "tags", "appVersion", "deprecated", "annotations", "kubeVersion", "dependencies", "type"),
)


def annotations_of(metadata: Metadata, created: str) -> dict[str, str]:
    """Return the annotations of a chart's manifest; the chart's own may change all but its name and version."""
    authors = [f"{one.name} ({one.email})" if one.email else one.name for one in metadata.maintainers]
    own = {
        "title": metadata.name,
        "version": metadata.version,
        "description": metadata.description,
        "url": metadata.home,
        "created": created,
        "source": metadata.sources[0] if metadata.sources else "",
        "authors": ", ".join(authors),
    }
    found = {f"{_ANNOTATION}{name}": text.strip() for name, text in own.items() if text.strip()}
    fixed = {f"{_ANNOTATION}title", f"{_ANNOTATION}version"}
    return found | {name: text for name, text in metadata.annotations.items() if name not in fixed}


_ANNOTATION = "org.opencontainers.image."
