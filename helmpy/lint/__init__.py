"""Tests that a chart is well-formed, without a cluster: the rules of Helm 2.17, by subject."""

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
    from collections.abc import Mapping
    from typing import Any

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
) -> list[Message]:
    """Return what is wrong with the chart at ``path``, a directory or an archive.

    ``values`` are the user's, ``time`` is what ``.Release.Time`` shows, ``store`` keeps the parses of
    large charts for other processes. Raises LintError where there is no chart to look at.
    """
    source = open_source(path)
    found = [*chartfile.check(source)]
    of_values = [*values_file.check(source)]
    found += of_values
    of_templates = templates.check(source, values or {}, namespace, time=time, limits=limits, store=store)
    if any(message.severity is Severity.ERROR for message in of_values):
        # nothing renders then, and the reason has been told
        return found if source.is_directory("templates") else [*found, *of_templates]
    return [*found, *of_templates]


def failed(messages: list[Message], *, strict: bool = False) -> bool:
    """Tell whether a chart is broken; ``strict`` counts warnings too."""
    bar = Severity.WARNING if strict else Severity.ERROR
    return any(message.severity >= bar for message in messages)
