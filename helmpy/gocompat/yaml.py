"""YAML as Helm's Go libraries read and write it (ghodss/yaml over yaml.v2).

Everything goes through JSON there, so maps have string keys, numbers are float64, dates are
strings, infinities are refused and map keys come out sorted.
"""

from __future__ import annotations

from helmpy.gocompat.yaml_plain import Unusual, read, read_noting
from helmpy.gocompat.yaml_scalars import MAX_DEPTH, PREFIX, YamlError, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.gocompat.yaml_reader import Builder
    from helmpy.gocompat.yaml_writer import dump

__all__ = ["MAX_DEPTH", "YamlError", "dump", "load", "load_all", "load_noting", "text_of"]


def __getattr__(name: str) -> Any:
    """Load the writer when ``dump`` is first asked for, and keep it: charts without toYaml save 1 ms."""
    if name != "dump":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from helmpy.gocompat.yaml_writer import dump

    globals()["dump"] = dump
    return dump


def load(text: str | bytes, *, ints: bool = False) -> Any:
    """Return the first document of ``text``, None where there is none; what follows it is not read.

    Every number is a float as in Helm's values, unless ``ints``, which keeps integers (of 64 bits)
    as Kubernetes does. Raises YamlError.
    """
    try:
        return read(text, ints=ints)
    except Unusual:
        documents = _read(text, 1, ints=ints)
    return documents[0] if documents else None


def load_noting(text: str | bytes, *, ints: bool = False) -> tuple[Any, bool]:
    """Return what ``load`` does, and whether a map in it has a key twice, of which the last counts.

    Keys that JSON writes alike (``5`` and ``"5"``) and merges (``<<``) count for such, too. Raises YamlError.
    """
    try:
        return read_noting(text, ints=ints)
    except Unusual:
        builder, documents = _built(text, 1, ints=ints)
    return (documents[0] if documents else None), builder.doubled


def load_all(text: str | bytes, *, ints: bool = False) -> list[Any]:
    """Return all documents of ``text``; an empty one is None. Raises YamlError."""
    try:
        value = read(text, ints=ints)
    except Unusual:
        value = None
    return _read(text, 0, ints=ints) if value is None else [value]


def _read(text: str | bytes, limit: int, *, ints: bool) -> list[Any]:
    return _built(text, limit, ints=ints)[1]


def _built(text: str | bytes, limit: int, *, ints: bool) -> tuple[Builder, list[Any]]:
    from helmpy.gocompat import yaml_events
    from helmpy.gocompat.yaml_reader import Builder

    try:
        builder = Builder(yaml_events.events(text), ints=ints)
        return builder, builder.documents(limit)
    except YamlError:
        raise
    except UnicodeError:
        raise YamlError(f"{PREFIX}yaml: invalid Unicode character") from None
    except Exception as error:
        if not yaml_events.is_yaml_error(error):
            raise
        raise yaml_events.translate(error) from None
