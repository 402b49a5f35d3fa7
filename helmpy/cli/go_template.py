"""Templates on the command line: ``--template`` over an answer, ``--name-template`` for a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from helmpy.cli.status import code_name
from helmpy.gocompat.function import GoFunc
from helmpy.gotemplate import TemplateSet
from helmpy.release.model import Release, Status


def shown(text: str, data: Any, functions: Mapping[str, GoFunc] | None = None, *, name: str = "_") -> str:
    """Execute one template over ``data``. Raises TemplateError."""
    templates = TemplateSet(functions or {})
    templates.parse(name, text)
    return templates.execute(name, data)


def generated_name(text: str) -> str:
    """The release name that a ``--name-template`` makes. Raises TemplateError."""
    from helmpy import sprig

    return shown(text, None, sprig.functions(2), name="name-template")


def release_data(release: Release) -> dict[str, Any]:
    """A release with the names that Helm's Go templates use for its fields."""
    data = _data(release)
    assert isinstance(data, dict), "a record becomes a dict"
    return data


def _data(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, (tuple, list)):
        return [_data(one) for one in value]
    if not is_dataclass(value):
        return value
    data = {_go_name(field.name): _data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Status):
        data["Code"] = code_name(value.code)
    return data


def _go_name(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
