"""Small charts for the tests of rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from helmpy.chart.capabilities import Capabilities, KubeVersion
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.engine import Limits, ReleaseOptions, render
from helmpy.release.timestamp import Timestamp

if TYPE_CHECKING:
    from helmpy.engine.functions import Lookup

RELEASE = ReleaseOptions("rel", "prod", revision=3, time=Timestamp(1_600_000_000, 5))
CAPABILITIES = Capabilities(
    KubeVersion.parse("1.16"), ("v1", "apps/v1", "apps/v1/Deployment"), tiller_version="v2.17.0"
)


def chart(
    name: str,
    templates: Mapping[str, str],
    *,
    values: str | None = None,
    files: Mapping[str, bytes] | None = None,
    dependencies: tuple[Chart, ...] = (),
    **metadata: Any,
) -> Chart:
    return Chart(
        Metadata(name=name, version="0.1.0", **metadata),
        tuple(File(f"templates/{path}", text.encode()) for path, text in templates.items()),
        dependencies,
        None if values is None else Config(values),
        tuple(File(path, data) for path, data in (files or {}).items()),
    )


def rendered(
    whole: Chart,
    values: Mapping[str, Any] | None = None,
    *,
    limits: Limits | None = None,
    lookup: Lookup | None = None,
    lenient: Callable[[str], None] | None = None,
) -> dict[str, str]:
    return render(whole, values or {}, RELEASE, CAPABILITIES, limits=limits or Limits(), lookup=lookup, lenient=lenient)


def text(template: str, values: Mapping[str, Any] | None = None, *, v2: bool = False, **options: Any) -> str:
    """What one template of the chart ``web`` gives."""
    files = {"conf/a.txt": b"alpha\nbeta\n", "conf/b.txt": b"b", "logo.png": b"\xff\xfe"}
    whole = chart(
        "web", {"x.yaml": template}, files=files, api_version="v2" if v2 else "v1", app_version="4.5", keywords=("one",)
    )
    return rendered(whole, values, **options)["web/templates/x.yaml"]
