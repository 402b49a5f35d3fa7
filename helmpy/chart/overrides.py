"""What the user sets on the command line, as one map: files first, then the ``--set`` flags."""

from __future__ import annotations

from helmpy.chart import strvals
from helmpy.chart.values import ValuesError, copy_table, overlay, parse_values
from helmpy.errors import HelmError
from helmpy.gocompat.yaml import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


def merge_overrides(
    *,
    files: Iterable[tuple[str, str | bytes]] = (),
    set_: Iterable[str] = (),
    set_string: Iterable[str] = (),
    set_file: Iterable[str] = (),
    read: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """Return the values of ``-f`` files (name, text), ``--set``, ``--set-string``, ``--set-file``.

    Flags apply by kind in this order, each kind in the order given; later ones win. ``read``
    returns the text of a file that ``--set-file`` names. Raises ValuesError naming the file and
    place, or the flag, at fault.
    """
    values: dict[str, Any] = {}
    for name, text in files:
        values = overlay(values, _parsed(name, text))
    values = copy_table(values)
    for item in set_:
        _flag("--set", strvals.parse_into, item, values)
    for item in set_string:
        _flag("--set-string", strvals.parse_into_string, item, values)
    for item in set_file:
        _flag("--set-file", lambda text, dest: strvals.parse_into_file(text, dest, _reader(read)), item, values)
    return values


def _parsed(name: str, text: str | bytes) -> dict[str, Any]:
    try:
        return parse_values(text, go_type="map[string]interface {}")
    except YamlError as error:
        place = f"at {name}:{error.line}:{error.column}" if error.line and error.column else ""
        raise ValuesError(f"failed to parse {name}: {error}", hint=place) from error
    except HelmError as error:
        raise ValuesError(f"failed to parse {name}: {error}") from error


def _flag(flag: str, apply: Callable[[str, dict[str, Any]], None], text: str, values: dict[str, Any]) -> None:
    try:
        apply(text, values)
    except HelmError as error:
        raise ValuesError(f"failed parsing {flag} data: {error}") from error


def _reader(read: Callable[[str], str] | None) -> Callable[[str], str]:
    if read is None:
        raise ValuesError("no files can be read here")
    return read
