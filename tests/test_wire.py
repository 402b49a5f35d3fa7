"""Every field of every message survives the way into records and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

from helmpy.chart.model import Chart, Dependency, File, Metadata
from helmpy.hapi.release.release_pb2 import Release as ReleaseMessage
from helmpy.hapi.services import tiller_pb2
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.wire import MESSAGES, WireError, from_proto, to_proto

SCALARS: dict[int, Any] = {
    FieldDescriptor.TYPE_STRING: "täxt",
    FieldDescriptor.TYPE_BYTES: b"\x00\xff",
    FieldDescriptor.TYPE_BOOL: True,
    FieldDescriptor.TYPE_INT32: -7,
    FieldDescriptor.TYPE_INT64: 2**40,
    FieldDescriptor.TYPE_UINT32: 2**31,
}


def _value(field: Any) -> Any:
    if field.type == FieldDescriptor.TYPE_ENUM:
        return field.enum_type.values[-1].number
    return SCALARS[field.type]


def _set(message: Message, field: Any, depth: int) -> None:
    target = getattr(message, field.name)
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        entry = kind.fields_by_name["value"]
        if entry.message_type is not None:
            fill(target["key"], depth)
        else:
            target["key"] = _value(entry)
    elif kind is not None and field.is_repeated:
        fill(target.add(), depth)
        fill(target.add(), depth)
    elif kind is not None:
        fill(target, depth)
        target.SetInParent()
    elif field.is_repeated:
        target.extend([_value(field), _value(field)])
    else:
        setattr(message, field.name, _value(field))


def fill(message: Message, depth: int = 3) -> None:
    """Set every field to something other than its default; a recursive one ``depth`` deep."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None and depth == 0:
            continue
        _set(message, field, depth - 1)


def _reachable(descriptor: Any, seen: dict[str, Any]) -> None:
    if descriptor.full_name in seen:
        return
    seen[descriptor.full_name] = descriptor
    for field in descriptor.fields:
        if field.message_type is not None:
            _reachable(field.message_type, seen)


@pytest.mark.parametrize("message", MESSAGES.values(), ids=lambda m: m.DESCRIPTOR.full_name)
def test_every_field_survives_the_round_trip(message: type[Message]) -> None:
    full = message()
    fill(full, 6)
    assert to_proto(from_proto(full)) == full


@pytest.mark.parametrize("message", MESSAGES.values(), ids=lambda m: m.DESCRIPTOR.full_name)
def test_each_field_alone_survives_the_round_trip(message: type[Message]) -> None:
    for field in message.DESCRIPTOR.fields:
        one = message()
        _set(one, field, 6)
        assert to_proto(from_proto(one)) == one, field.name


@pytest.mark.parametrize("record", MESSAGES, ids=lambda r: r.__name__)
def test_an_empty_record_is_an_empty_message(record: type) -> None:
    assert to_proto(record()) == MESSAGES[record]()
    assert from_proto(MESSAGES[record]()) == record()


def test_every_message_of_the_service_has_a_record() -> None:
    needed: dict[str, Any] = {}
    for method in tiller_pb2.DESCRIPTOR.services_by_name["ReleaseService"].methods:
        _reachable(method.input_type, needed)
        _reachable(method.output_type, needed)
    known = {m.DESCRIPTOR.full_name for m in MESSAGES.values()}
    # A file is a record of its own, carried by two messages; a map's entry is part of its owner.
    carried = {"hapi.chart.Template", "google.protobuf.Any", "hapi.chart.Value"}
    missing = {n for n, d in needed.items() if not d.GetOptions().map_entry} - known - carried
    assert missing == set()


def test_a_status_number_of_tomorrow_is_kept() -> None:
    message = ReleaseMessage()
    message.info.status.code = 99  # type: ignore[assignment]  # open enums hold any number
    record = from_proto(message)
    assert record.status == 99
    assert to_proto(record) == message


def test_a_file_is_an_any_and_a_template_its_own_message() -> None:
    chart = Chart(templates=(File("templates/a.yaml", b"a"),), files=(File("README.md", b"r"),))
    message = to_proto(chart)
    assert message.templates[0].name == "templates/a.yaml"
    assert message.files[0] == AnyMessage(type_url="README.md", value=b"r")


def test_an_empty_part_is_not_an_absent_one() -> None:
    absent, empty = Release(name="a"), Release(name="a", info=Info(status=Status()))
    assert not to_proto(absent).HasField("info")
    assert to_proto(empty).info.HasField("status")
    assert from_proto(to_proto(empty)) == empty


def test_what_v2_charts_add_travels_as_annotations() -> None:
    metadata = Metadata(
        name="lib",
        type="library",
        annotations={"a": "b"},
        dependencies=(Dependency(name="x", version="1", tags=("t",), import_values=("data", {"child": "c"})),),
    )
    message = to_proto(metadata)
    assert set(message.annotations) == {"a", "helmpy.dev/type", "helmpy.dev/dependencies"}
    assert from_proto(message) == metadata


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"no_such": 1}]', '[{"name": 5}]', "5", "[" * 100_000])
def test_a_broken_annotation_of_ours_stays_an_annotation(text: str) -> None:
    message = MESSAGES[Metadata]()
    message.annotations["helmpy.dev/dependencies"] = text  # type: ignore[attr-defined]
    record = from_proto(message)
    assert record == replace(record, annotations={"helmpy.dev/dependencies": text})
    assert to_proto(record) == message


def test_strangers_are_refused() -> None:
    with pytest.raises(WireError, match="no record"):
        from_proto(Struct())
    with pytest.raises(WireError, match="no message"):
        to_proto(StatusCode)
