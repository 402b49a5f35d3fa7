from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("b64enc", "größe", "Z3LDtsOfZQ=="),
        ("b64dec", "Z3LDtsOfZQ==", "größe"),
        ("b64dec", "Z3LD\r\ntsOf\nZQ==\n", "größe"),
        ("b64dec", "", ""),
        ("b64dec", "Z3L", "illegal base64 data at input byte 0"),
        ("b64dec", "Z3LDt", "illegal base64 data at input byte 4"),
        ("b64dec", "Z3L*", "illegal base64 data at input byte 3"),
        ("b64dec", "Zg=", "illegal base64 data at input byte 3"),
        ("b64dec", "Zg=x", "illegal base64 data at input byte 2"),
        ("b64dec", "Zg==Zg==", "illegal base64 data at input byte 4"),
        ("b64dec", "Z===", "illegal base64 data at input byte 1"),
        ("b32enc", "größe", "M5ZMHNWDT5SQ===="),
        ("b32dec", "M5ZMHNWDT5SQ====", "größe"),
        ("b32dec", "M5ZMHNWD\nT5SQ====", "größe"),
        ("b32dec", "M5ZMHNWDT5SQ", "illegal base32 data at input byte 8"),
        ("b32dec", "m5zmhnwd", "illegal base32 data at input byte 0"),
        ("b32dec", "M5Z=====", "illegal base32 data at input byte 3"),
        ("b32dec", "M5==", "illegal base32 data at input byte 4"),
        ("b32dec", "MY==x===", "illegal base32 data at input byte 3"),
        ("sha1sum", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha256sum", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("adler32sum", "Wikipedia", "300286872"),
    ],
)
def test_texts(name: str, text: str, result: str) -> None:
    assert CALL[name](text) == result


def test_binary_survives_base64() -> None:
    assert CALL["b64enc"](CALL["b64dec"]("/wD+gA==")) == "/wD+gA=="
    assert CALL["b32enc"](CALL["b32dec"]("74AP5AA=")) == "74AP5AA="


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("toJson", {"b": [1, "<"], "a": None}, '{"a":null,"b":[1,"\\u003c"]}'),
        ("toRawJson", {"b": "<&>\\u003c\u2028"}, '{"b":"<&>\\\\u003c\\u2028"}'),
        ("toPrettyJson", {"a": [1]}, '{\n  "a": [\n    1\n  ]\n}'),
        ("toJson", float("nan"), ""),
        ("toPrettyJson", float("nan"), ""),
        ("mustToJson", [True], "[true]"),
    ],
)
def test_writing_json(name: str, value: Any, result: str) -> None:
    assert CALL[name](value) == result


def test_reading_json() -> None:
    assert CALL["fromJson"]('{"a": [1, null]}') == {"a": [1.0, None]}
    assert CALL["fromJson"]("{") is None
    for name, argument in [("mustFromJson", "{"), ("mustToJson", float("inf")), ("mustToRawJson", float("inf"))]:
        with pytest.raises(FunctionError):
            CALL[name](argument)
