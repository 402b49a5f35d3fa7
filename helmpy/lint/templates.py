"""Rules about templates: they are rendered as an install would, and what they give is YAML."""

from __future__ import annotations

from helmpy.chart import requirements
from helmpy.chart.capabilities import Capabilities, default_api_versions
from helmpy.chart.model import Chart
from helmpy.chart.values import recall
from helmpy.engine import Limits, ReleaseOptions, render
from helmpy.engine.functions import json_kind
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from helmpy.lint.message import Message, Severity
from helmpy.record import field, record
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from helmpy.lint.source import Source
    from helmpy.store import Store


TEMPLATES = "templates/"
RELEASE_NAME = "testRelease"

_EXTENSIONS = (".yaml", ".yml", ".tpl", ".txt")
_JINJA_EXTENSIONS = (*_EXTENSIONS, ".j2", ".jinja", ".jinja2")


@record(frozen=True, slots=True)
class Rendered:
    """What a look at templates found; ``chart`` is None where there was nothing to render, or it failed.

    ``files`` are what the chart's own templates wrote, by their names in the chart. ``forgiven`` is what they
    said about values that they require, and would have ended with anywhere else. ``loads`` tells a chart that
    can't be rendered from one that can't be read.
    """

    messages: tuple[Message, ...]
    chart: Chart | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    forgiven: tuple[str, ...] = ()
    loads: bool = True


def check(
    source: Source,
    values: Mapping[str, Any],
    namespace: str,
    *,
    time: Timestamp,
    limits: Limits,
    store: Store | None = None,
) -> Rendered:
    """Return what is wrong with the templates of the chart and of all charts in it, and what they write."""
    present = source.is_directory("templates")
    if not present:
        text = "directory not found" if present is None else "not a directory"
        return Rendered((Message(Severity.WARNING, TEMPLATES, text),))
    forgiven: list[str] = []

    def again(marked: Chart) -> dict[str, str]:
        return _render(marked, values, namespace, time, limits, lenient=lambda _: None)

    chart: Chart | None = None
    try:
        chart = source.load()
        if store is not None:
            recall(chart, store)
        files = _render(chart, values, namespace, time, limits, store=store, lenient=forgiven.append)
    except HelmError as error:
        caret = getattr(error, "caret", None)
        hint = "\n".join(filter(None, (caret() if callable(caret) else "", error.hint)))
        return Rendered(
            (Message(Severity.ERROR, TEMPLATES, str(error), hint),), forgiven=tuple(forgiven), loads=chart is not None
        )
    own = {file.name: files.get(f"{chart.name}/{file.name}") for file in chart.templates}
    messages = [message for name, text in own.items() for message in _check_file(chart, name, text, again)]
    written = {name: text for name, text in own.items() if text is not None}
    return Rendered(tuple(messages), chart, written, tuple(forgiven))


def _render(
    chart: Chart,
    values: Mapping[str, Any],
    namespace: str,
    time: Timestamp,
    limits: Limits,
    *,
    store: Store | None = None,
    lenient: Callable[[str], None],
) -> dict[str, str]:
    if chart.is_v2:  # Helm 3 leaves out disabled subcharts here, Helm 2 looks at all
        chart = requirements.process(chart, values, written=False)
    dialect = 3 if chart.is_v2 else 2
    release = ReleaseOptions(
        "test-release" if chart.is_v2 else RELEASE_NAME, namespace, revision=0, is_install=False, time=time
    )
    capabilities = Capabilities(api_versions=default_api_versions(dialect))
    return render(chart, values, release, capabilities, limits=limits, lenient=lenient, store=store)


def _check_file(
    chart: Chart, name: str, text: str | None, again: Callable[[Chart], dict[str, str]]
) -> Iterator[Message]:
    base = name.rsplit("/", 1)[-1]
    extension = base[base.rfind(".") :] if "." in base else ""
    uses_jinja = chart.metadata is not None and chart.metadata.engine == "jinja2"
    if extension not in (_JINJA_EXTENSIONS if uses_jinja else _EXTENSIONS):
        yield Message(
            Severity.WARNING,
            name,
            f"file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
        )
    if extension in (".yaml", ".yml") and text is not None:
        try:
            fault, line = _fault(text), 0
        except yaml.YamlError as error:
            fault, line = str(error), error.line
        if fault:
            hint = _place(chart, name, text, line, again).strip().replace("\n\t", "\n")
            yield Message(Severity.ERROR, name, f"unable to parse YAML\n\t{fault}", hint)


def _place(chart: Chart, name: str, text: str, line: int, again: Callable[[Chart], dict[str, str]]) -> str:
    if not line:
        return ""
    from helmpy.engine.origins import told

    return told(chart, f"{chart.name}/{name}", line, text, again)


def _fault(text: str) -> str:
    """What is wrong with the first document of a rendered file, "" where nothing is. Raises YamlError."""
    head = yaml.load(text)
    if head is None:
        return ""
    if not isinstance(head, dict):
        return _misfit(head, "value of type rules.K8sYamlStruct")
    metadata = head.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        return _misfit(metadata, "struct field K8sYamlStruct.Metadata of type struct { Namespace string }")
    return ""


def _misfit(value: Any, target: str) -> str:
    return f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {json_kind(value)} into Go {target}"
