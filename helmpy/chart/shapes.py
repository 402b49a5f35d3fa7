"""The types that Helm 2.17 decodes a chart's own files into: by them is told what does not fit.

The keys of v2 charts are none of 2.17's, and are left alone.
"""

from __future__ import annotations

from helmpy.gocompat import shape

_MAINTAINER = shape.struct("chart.Maintainer", dict.fromkeys(("name", "email", "url"), shape.text))
METADATA = shape.struct(
    "chart.Metadata",
    {
        "name": shape.text,
        "home": shape.text,
        "sources": shape.list_of(shape.text),
        "version": shape.text,
        "description": shape.text,
        "keywords": shape.list_of(shape.text),
        "maintainers": shape.list_of(_MAINTAINER, pointer=True),
        "engine": shape.text,
        "icon": shape.text,
        "apiVersion": shape.text,
        "condition": shape.text,
        "tags": shape.text,
        "appVersion": shape.text,
        "deprecated": shape.boolean,
        "tillerVersion": shape.text,
        "annotations": shape.map_of(shape.text),
        "kubeVersion": shape.text,
    },
)
