"""Templates on the command line: ``--template`` over an answer, ``--name-template`` for a name."""

from __future__ import annotations

import dataclasses
from functools import cache

from helmpy.chart import model as chart
from helmpy.cli.status import code_name, test_status_name
from helmpy.engine.context import Field, Message
from helmpy.gocompat.function import GoFunc
from helmpy.gocompat.kinds import GoObject
from helmpy.gotemplate import TemplateSet
from helmpy.release import model as release
from helmpy.release import requests
from helmpy.release.hooks import Hook
from helmpy.release.test_runs import TestRun, TestSuite
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar


def shown(text: str, data: Any, functions: Mapping[str, GoFunc] | None = None, *, name: str = "_") -> str:
    """Execute one template over ``data``. Raises TemplateError."""
    templates = TemplateSet(functions or {})
    templates.parse(name, text)
    return templates.execute(name, data)


def generated_name(text: str) -> str:
    """The release name that a ``--name-template`` makes. Raises TemplateError."""
    import os

    from helmpy import sprig
    from helmpy.gocompat.variables import expand

    own = {  # charts don't get these: what they render depends on nobody's environment
        "env": GoFunc(lambda name: os.environ.get(name, ""), ("string",), "string"),
        "expandenv": GoFunc(lambda name: expand(name, os.environ), ("string",), "string"),
    }
    return shown(text, None, {**sprig.functions(2), **own}, name="name-template")


_GO_TYPES: dict[type, str] = {
    chart.Chart: "*chart.Chart",
    chart.Config: "*chart.Config",
    chart.File: "*chart.Template",
    chart.Maintainer: "*chart.Maintainer",
    chart.Metadata: "*chart.Metadata",
    Hook: "*release.Hook",
    release.Info: "*release.Info",
    release.Release: "*release.Release",
    release.Status: "*release.Status",
    TestRun: "*release.TestRun",
    TestSuite: "*release.TestSuite",
    Timestamp: "*timestamp.Timestamp",
    requests.ContentResponse: "*services.GetReleaseContentResponse",
    requests.Version: "*version.Version",
}


_ANY = "*any.Any"  # what holds a chart's file that is no template
_NIL: dict[str, str] = {  # by field, the type of the pointer that may be nil
    "deleted": "*timestamp.Timestamp",
    "last_test_suite_run": "*release.TestSuite",
}


def go_value(value: Any) -> Any:
    """A record with the names and types that Helm's Go templates know it by."""
    if isinstance(value, tuple):
        return [go_value(one) for one in value]
    go_type = _GO_TYPES.get(type(value))
    if go_type is None:
        return value
    found = {field.name: go_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    found.update({name: _nil(_NIL[name]) for name, one in found.items() if one is None and name in _NIL})
    if isinstance(value, chart.Chart):
        found["files"] = [_any(file) for file in value.files]
    if isinstance(value, release.Status):
        found["code"] = _Code(value.code)
    if isinstance(value, TestRun):
        found["status"] = _TestCode(value.status)
    return _message(go_type)(Field(_go_name(name), _key(value, name), one) for name, one in found.items())


def _any(file: chart.File) -> Message:
    return _message(_ANY)([Field("TypeUrl", "type_url", file.name), Field("Value", "value", file.data)])


class _Nil(GoObject):
    """A pointer to nothing: prints as nil, has no fields."""

    __slots__ = ()
    go_kind: ClassVar[str] = "ptr"

    def __str__(self) -> str:
        return "<nil>"

    def __bool__(self) -> bool:
        return False


@cache
def _nil(go_type: str) -> _Nil:
    found: _Nil = type("Nil", (_Nil,), {"__slots__": (), "go_type": go_type})()
    return found


class _Code(int, GoObject):
    """A release's status: a number that shows its name."""

    go_type: ClassVar[str] = "release.Status_Code"

    def __str__(self) -> str:
        return code_name(int(self))

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature is dict.get's
        """Its one method without arguments."""
        if name != "String":
            raise KeyError(name)
        return str(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class _TestCode(_Code):
    """A test's status."""

    go_type = "release.TestRun_Status"

    def __str__(self) -> str:
        return test_status_name(int(self))


def _key(record: Any, name: str) -> str:
    """What protobuf's text form calls a field."""
    if isinstance(record, chart.Metadata):
        camel = _go_name(name)
        return camel[0].lower() + camel[1:]
    return "Description" if isinstance(record, release.Info) and name == "description" else name


@cache
def _message(go_type: str) -> type[Message]:
    return type("Record", (Message,), {"__slots__": (), "go_type": go_type})


def _go_name(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
