from __future__ import annotations

from typing import Any

import pytest

from helmpy import sprig
from helmpy.gocompat.function import FunctionError

CALL = {name: function.call for name, function in sprig.functions(3).items()}
ARGUMENTS = {
    "Match": (),
    "Find": (),
    "FindAll": (-1,),
    "Split": (-1,),
    "ReplaceAll": ("<$0>",),
    "ReplaceAllLiteral": ("$0",),
}


@pytest.mark.parametrize("must", [False, True])
@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("Match", True),
        ("Find", "1"),
        ("FindAll", ["1", "22"]),
        ("Split", ["a", "b", "c"]),
        ("ReplaceAll", "a<1>b<22>c"),
        ("ReplaceAllLiteral", "a$0b$0c"),
    ],
)
def test_results(name: str, result: Any, *, must: bool) -> None:
    call = CALL[f"mustRegex{name}" if must else f"regex{name}"]
    assert call("[0-9]+", "a1b22c", *ARGUMENTS[name]) == result


@pytest.mark.parametrize("name", list(ARGUMENTS))
def test_broken_patterns(name: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL[f"mustRegex{name}"]("(", "x", *ARGUMENTS[name])
    assert str(caught.value) == "error parsing regexp: missing closing ): `(`"
    if name == "Match":
        assert not CALL["regexMatch"]("(", "x")
        return
    with pytest.raises(FunctionError) as caught:
        CALL[f"regex{name}"]("(", "x", *ARGUMENTS[name])
    assert str(caught.value) == "regexp: Compile(`(`): error parsing regexp: missing closing ): `(`"


def test_nothing_found_is_nil() -> None:
    assert CALL["toJson"](CALL["regexFindAll"]("z", "a", -1)) == "null"
    assert CALL["typeOf"](CALL["regexFindAll"]("z", "a", -1)) == "[]string"
    assert CALL["regexQuoteMeta"]("1+1") == r"1\+1"
