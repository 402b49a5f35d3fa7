"""The messages under proto/ against a list of Helm 2.17's, field by field."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[3] / "shared"))
SPEC = SHARED / "spec" / "hapi.json"
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not SPEC.exists(), reason="no list of Helm 2.17's messages (set HELMPY_SHARED)"),
]


def _type_of(field: Any) -> str:
    kind = field.message_type or field.enum_type
    if kind is None:
        names = {1: "double", 3: "int64", 5: "int32", 8: "bool", 9: "string", 12: "bytes", 13: "uint32"}
        name = names[field.type]
    elif field.message_type and kind.GetOptions().map_entry:
        key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
        return f"map<{_type_of(key)}, {_type_of(value)}>"
    else:
        name = kind.full_name
    return f"repeated {name}" if field.is_repeated else str(name)


def test_every_message_enum_and_method_is_there() -> None:
    spec = json.loads(SPEC.read_text())
    assert len(spec) == 13
    for path, wanted in spec.items():
        module = "helmpy." + path.replace("/", ".").replace(".proto", "_pb2")
        file = importlib.import_module(module).DESCRIPTOR
        assert file.package == wanted["package"]
        assert set(file.message_types_by_name) == set(wanted["messages"]), path
        for name, message in wanted["messages"].items():
            found = file.message_types_by_name[name]
            assert [[f.number, f.name, _type_of(f)] for f in found.fields] == message["fields"], name
            enums = {e.name: {v.name: v.number for v in e.values} for e in found.enum_types}
            assert enums == message.get("enums", {}), name
        for name, methods in wanted.get("service", {}).items():
            service = file.services_by_name[name]
            answers = {
                m.name: [m.input_type.full_name, "stream " * m.server_streaming + m.output_type.full_name]
                for m in service.methods
            }
            assert answers == methods
