from __future__ import annotations

import sys

import pytest

from helmpy.gocompat.memo import memo


@pytest.mark.parametrize("behind", ["_functools", "functools"])
def test_answers_are_remembered_up_to_a_limit(behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if behind == "functools":
        monkeypatch.setitem(sys.modules, "_functools", None)
    asked = []

    @memo(2)
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [double(1), double(1), double(2), double(1)] == [2, 2, 4, 2]
    assert asked == [1, 2]
    assert [double(3), double(2)] == [6, 4]  # 2 was the longest unused when 3 came
    assert asked == [1, 2, 3, 2]


def test_what_fails_is_not_remembered() -> None:
    asked = []

    @memo(2)
    def refuse(number: int) -> int:
        asked.append(number)
        raise ValueError(number)

    for _ in range(2):
        with pytest.raises(ValueError, match="5"):
            refuse(5)
    assert asked == [5, 5]
