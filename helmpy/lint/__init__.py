"""Tests that a chart is well-formed, without a cluster: Helm 2.17's rules by subject, then ours.

Ours speak of charts in which Helm's find no errors: values that mean nothing, names that a cluster
would refuse, values that a schema forbids.
"""

from __future__ import annotations

import os

from helmpy.engine import Limits
from helmpy.lint import chartfile, templates
from helmpy.lint import values as values_file
from helmpy.lint.message import Message, Severity
from helmpy.lint.source import LintError, open_source
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from helmpy.lint.templates import Rendered
    from helmpy.store import Store


__all__ = ["LintError", "Message", "Severity", "failed", "run"]


def run(
    path: str | os.PathLike[str],
    values: Mapping[str, Any] | None = None,
    namespace: str = "default",
    *,
    time: Timestamp = Timestamp(),  # noqa: B008 - frozen
    limits: Limits = Limits(),  # noqa: B008 - frozen
    store: Store | None = None,
    forgive: Callable[[str], None] | None = None,
    unused: Severity | None = Severity.INFO,
    warn: Callable[[str], None] | None = None,
) -> list[Message]:
    """Return what is wrong with the chart at ``path``, a directory or an archive.

    ``values`` are the user's, ``time`` is what ``.Release.Time`` shows, ``store`` keeps the parses of
    charts for other processes. ``forgive`` hears of each value that the chart requires and nobody gave.
    ``unused`` is how grave it is that no template reads a value of the chart's, None where that is nothing to
    tell. ``warn`` hears of symbolic links. Raises LintError where there is no chart to look at.
    """
    source = open_source(path, warn=warn)
    found = [*chartfile.check(source)]
    of_values = [*values_file.check(source)]
    found += of_values
    rendered = templates.check(source, values or {}, namespace, time=time, limits=limits, store=store)
    if forgive is not None:
        for text in rendered.forgiven:
            forgive(text)
    if rendered.loads and failed(of_values) and source.is_directory("templates"):
        return found  # nothing renders then, and the reason has been told
    found += rendered.messages
    if not failed(found):
        found += _own(rendered, values or {}, unused)
    return found


def _own(rendered: Rendered, values: Mapping[str, Any], unused: Severity | None) -> Iterator[Message]:
    """What our own rules find in a chart in which Helm's found no error."""
    from helmpy.lint import objects

    chart = rendered.chart
    if chart is None:
        return
    if chart.has_schema:
        from helmpy.lint import schema

        yield from schema.check(chart, values)
    if not rendered.forgiven:  # else the name may be what was missing
        yield from objects.check(rendered.files)
    if values or unused is not None:
        from helmpy.lint import unread

        yield from unread.check(chart, values, unused)


def failed(messages: Iterable[Message], *, strict: bool = False) -> bool:
    """Tell whether a chart is broken; ``strict`` counts warnings too."""
    bar = Severity.WARNING if strict else Severity.ERROR
    return any(message.severity >= bar for message in messages)
