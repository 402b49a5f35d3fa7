"""Rules about values.yaml."""

from __future__ import annotations

from helmpy.chart.values import parse_values
from helmpy.errors import HelmError, unreadable
from helmpy.lint.message import Message, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from helmpy.lint.source import Source


VALUES_FILE = "values.yaml"


def check(source: Source) -> Iterator[Message]:
    """Yield what is wrong with values.yaml."""
    try:
        data = source.read(VALUES_FILE)
    except OSError as error:
        reason = unreadable(error.filename, error)
        yield Message(Severity.ERROR, VALUES_FILE, f"unable to parse YAML\n\t{reason}")
        return
    if data is None:
        yield Message(Severity.INFO, VALUES_FILE, "file does not exist")
        return
    try:
        parse_values(data)
    except HelmError as error:
        yield Message(Severity.ERROR, VALUES_FILE, f"unable to parse YAML\n\t{error}")
