from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helmpy.chart import loader
from helmpy.repo import artifact
from helmpy.repo.artifact import Descriptor, RegistryError, read_manifest, write_manifest

CHART = """\
apiVersion: v1
name: web
version: 1.0.0
appVersion: "7"
description: " <A> & chart "
home: https://h.example
sources: [https://s.example, https://t.example]
engine: gotpl
maintainers: [{url: u, name: Ann, email: a@h}, {name: Bob}]
annotations: {z: "1", org.opencontainers.image.title: other, org.opencontainers.image.url: mine}
"""


def _chart(directory: Path) -> artifact.Stored:
    (directory / "Chart.yaml").write_text(CHART)
    (directory / "requirements.yaml").write_text('dependencies: [{version: "1", name: lib, repository: "@x"}]\n')
    return artifact.of_chart(b"archive", loader.load_directory(directory), b"signed", "2024-01-01T00:00:00Z")


def test_the_config_is_helm_3s(tmp_path: Path) -> None:
    assert _chart(tmp_path).config.decode() == (
        '{"name":"web","home":"https://h.example","sources":["https://s.example","https://t.example"],'
        '"version":"1.0.0","description":" \\u003cA\\u003e \\u0026 chart ",'
        '"maintainers":[{"name":"Ann","email":"a@h","url":"u"},{"name":"Bob"}],"apiVersion":"v1","appVersion":"7",'
        '"annotations":{"org.opencontainers.image.title":"other","org.opencontainers.image.url":"mine","z":"1"},'
        '"dependencies":[{"name":"lib","version":"1","repository":"@x"}]}'
    )


def test_annotations(tmp_path: Path) -> None:
    assert _chart(tmp_path).annotations == {
        "org.opencontainers.image.title": "web",
        "org.opencontainers.image.version": "1.0.0",
        "org.opencontainers.image.description": "<A> & chart",
        "org.opencontainers.image.url": "mine",
        "org.opencontainers.image.created": "2024-01-01T00:00:00Z",
        "org.opencontainers.image.source": "https://s.example",
        "org.opencontainers.image.authors": "Ann (a@h), Bob",
        "z": "1",
    }


def test_a_manifest_is_read_as_it_was_written() -> None:
    parts = [
        Descriptor(kind, artifact.digest_of(kind.encode()), 7)
        for kind in (artifact.CONFIG, artifact.CHART, artifact.PROVENANCE)
    ]
    data = write_manifest(parts[1:], parts[0], {"b": "2", "a": "1"})
    assert data.startswith(
        b'{"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest'
    )
    assert data.endswith(b'"annotations":{"a":"1","b":"2"}}')
    found = read_manifest(data, "it")
    assert (found.digest, found.config, found.chart, found.provenance) == (artifact.digest_of(data), *parts)


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([artifact.CONFIG, artifact.CHART]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["schemaVersion", "config", "layers", "mediaType", "digest", "size", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of a manifest
@given(st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode()))
@example(b'{"schemaVersion": 2, "config": [], "layers": {}}')
@example(b"\xff\xfe")
def test_any_manifest_is_read_or_refused_in_one_line(data: bytes) -> None:
    try:
        read = str(read_manifest(data, "it").config.media_type)
    except RegistryError as error:
        read = error.message
    assert read == artifact.CONFIG or (read.startswith("it") and "\n" not in read)
