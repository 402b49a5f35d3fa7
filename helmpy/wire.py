"""Records to messages and back: the one border between the house and protobuf.

Every record of ``chart.model``, ``release.model`` and ``release.requests`` has one message of
Helm 2.17's ``hapi``. A plan per record, made at its first use, pairs the record's fields with the
message's; ``to_proto(from_proto(m)) == m`` holds for every field of every message.

What v2 charts add to Helm 2's travels as ``wire_bytes`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp as TimestampMessage

from helmpy.chart import model as chart
from helmpy.hapi.chart import chart_pb2, config_pb2, metadata_pb2, template_pb2
from helmpy.hapi.release import (
    hook_pb2,
    info_pb2,
    release_pb2,
    status_pb2,
    test_run_pb2,
    test_suite_pb2,
)
from helmpy.hapi.services import tiller_pb2
from helmpy.hapi.version import version_pb2
from helmpy.record import record
from helmpy.release import hooks, requests, test_runs
from helmpy.release import model as release
from helmpy.release.timestamp import Timestamp
from helmpy.wire_bytes import ANNOTATED, WireError, field_names, from_annotations, to_annotations

__all__ = ["MESSAGES", "WireError", "from_proto", "to_proto"]


MESSAGES: dict[type, type[Message]] = {
    chart.Maintainer: metadata_pb2.Maintainer,
    chart.Metadata: metadata_pb2.Metadata,
    chart.Config: config_pb2.Config,
    chart.Chart: chart_pb2.Chart,
    Timestamp: TimestampMessage,
    test_runs.TestRun: test_run_pb2.TestRun,
    test_runs.TestSuite: test_suite_pb2.TestSuite,
    release.Status: status_pb2.Status,
    release.Info: info_pb2.Info,
    hooks.Hook: hook_pb2.Hook,
    release.Release: release_pb2.Release,
    requests.ListRequest: tiller_pb2.ListReleasesRequest,
    requests.ListResponse: tiller_pb2.ListReleasesResponse,
    requests.StatusRequest: tiller_pb2.GetReleaseStatusRequest,
    requests.StatusResponse: tiller_pb2.GetReleaseStatusResponse,
    requests.ContentRequest: tiller_pb2.GetReleaseContentRequest,
    requests.ContentResponse: tiller_pb2.GetReleaseContentResponse,
    requests.InstallRequest: tiller_pb2.InstallReleaseRequest,
    requests.InstallResponse: tiller_pb2.InstallReleaseResponse,
    requests.UpdateRequest: tiller_pb2.UpdateReleaseRequest,
    requests.UpdateResponse: tiller_pb2.UpdateReleaseResponse,
    requests.RollbackRequest: tiller_pb2.RollbackReleaseRequest,
    requests.RollbackResponse: tiller_pb2.RollbackReleaseResponse,
    requests.UninstallRequest: tiller_pb2.UninstallReleaseRequest,
    requests.UninstallResponse: tiller_pb2.UninstallReleaseResponse,
    requests.Version: version_pb2.Version,
    requests.VersionRequest: tiller_pb2.GetVersionRequest,
    requests.VersionResponse: tiller_pb2.GetVersionResponse,
    requests.HistoryRequest: tiller_pb2.GetHistoryRequest,
    requests.HistoryResponse: tiller_pb2.GetHistoryResponse,
    requests.TestRequest: tiller_pb2.TestReleaseRequest,
    requests.TestResponse: tiller_pb2.TestReleaseResponse,
}

# Fields whose names differ; all others are equal on both sides.
_RENAMED: dict[type, dict[str, str]] = {
    chart.Metadata: {
        "api_version": "apiVersion",
        "app_version": "appVersion",
        "tiller_version": "tillerVersion",
        "kube_version": "kubeVersion",
    },
    release.Info: {"description": "Description"},
    requests.InstallRequest: {"sub_notes": "subNotes"},
    requests.UpdateRequest: {"sub_notes": "subNotes"},
    requests.VersionResponse: {"version": "Version"},
}

_RECORDS: dict[str, type] = {message.DESCRIPTOR.full_name: kind for kind, message in MESSAGES.items()}


@record(frozen=True, slots=True)
class _Field:
    """One field on both sides. ``read`` makes the record's value, ``write`` fills the message."""

    record: str
    message: str
    read: Callable[[Message], Any]
    write: Callable[[Message, Any], None]


def to_proto(one: Any) -> Any:
    """Return the message of a record. Raises WireError for a record that has none."""
    message = _message_of(type(one))()
    _fill(message, one)
    return message


def from_proto(message: Message) -> Any:
    """Return the record of ``message``. Raises WireError for a message that has none."""
    kind = _RECORDS.get(message.DESCRIPTOR.full_name)
    if kind is None:
        raise WireError(f"no record is known for the message {message.DESCRIPTOR.full_name}")
    return _read(kind, message)


def _message_of(kind: type) -> type[Message]:
    try:
        return MESSAGES[kind]
    except KeyError:
        raise WireError(f"no message is known for {kind.__name__}") from None


def _read(kind: type, message: Message) -> Any:
    made = kind(**{field.record: field.read(message) for field in _plan(kind)})
    return from_annotations(made) if kind is chart.Metadata else made


def _fill(message: Message, one: Any) -> None:
    kind: type = type(one)
    if kind is chart.Metadata:
        one = to_annotations(one)
    for field in _plan(kind):
        value = getattr(one, field.record)
        if value:  # a record is never falsy, so only what protobuf itself leaves out is skipped
            field.write(message, value)


@cache
def _plan(kind: type) -> tuple[_Field, ...]:
    """Pair the record's fields with the message's, with a codec for each by its descriptor."""
    descriptors = _message_of(kind).DESCRIPTOR.fields_by_name
    renamed = _RENAMED.get(kind, {})
    names = [name for name in field_names(kind) if kind is not chart.Metadata or name not in ANNOTATED]
    return tuple(_field(name, descriptors[renamed.get(name, name)]) for name in names)


def _field(record_name: str, descriptor: Any) -> _Field:
    name = descriptor.name
    read, write = _codec(descriptor)
    return _Field(record_name, name, read, write)


# How protobuf names the messages that hold a map's entries, and nobody else his. To ask for their option
# ``map_entry`` takes 4 ms, for the descriptors of descriptors are loaded for that.
_MAP = "Entry"


def _codec(d: Any) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    name, message_type = d.name, d.message_type
    if message_type is None:
        return _repeated_scalar(name) if d.is_repeated else _scalar(name)
    if message_type.name.endswith(_MAP):
        return _map(name)
    if message_type.full_name in _FILES:
        return _files(name, *_FILES[message_type.full_name])
    kind = _RECORDS[message_type.full_name]
    return _repeated(name, kind) if d.is_repeated else _nested(name, kind)


def _scalar(name: str) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    return lambda m: getattr(m, name), lambda m, v: setattr(m, name, v)


def _repeated_scalar(name: str) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    return lambda m: tuple(getattr(m, name)), lambda m, v: getattr(m, name).extend(v)


def _map(name: str) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    """Read map<string, string>, and Config's map<string, Value> whose Value holds one string."""

    def read(m: Message) -> dict[str, str]:
        return {k: getattr(v, "value", v) for k, v in getattr(m, name).items()}

    def write(m: Message, value: Mapping[str, str]) -> None:
        target = getattr(m, name)
        for key, text in value.items():
            if isinstance(m, config_pb2.Config):
                target[key].value = text
            else:
                target[key] = text

    return read, write


def _nested(name: str, kind: type) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    def read(m: Message) -> Any:
        return _read(kind, getattr(m, name)) if m.HasField(name) else None

    def write(m: Message, value: Any) -> None:
        part = getattr(m, name)
        part.SetInParent()
        _fill(part, value)

    return read, write


def _repeated(name: str, kind: type) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    def read(m: Message) -> Any:
        return tuple(_read(kind, part) for part in getattr(m, name))

    def write(m: Message, value: Any) -> None:
        parts = getattr(m, name)
        for each in value:
            _fill(parts.add(), each)

    return read, write


# Both carry a path and bytes: templates in a message of their own, other files in an Any whose
# type_url is the path.
_FILES: dict[str, tuple[str, str]] = {
    template_pb2.Template.DESCRIPTOR.full_name: ("name", "data"),
    AnyMessage.DESCRIPTOR.full_name: ("type_url", "value"),
}


def _files(name: str, path: str, data: str) -> tuple[Callable[[Message], Any], Callable[[Message, Any], None]]:
    def read(m: Message) -> tuple[chart.File, ...]:
        return tuple(chart.File(getattr(f, path), getattr(f, data)) for f in getattr(m, name))

    def write(m: Message, files: tuple[chart.File, ...]) -> None:
        parts = getattr(m, name)
        for file in files:
            parts.add(**{path: file.name, data: file.data})

    return read, write
