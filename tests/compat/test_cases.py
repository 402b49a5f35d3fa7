"""Real Helm's answers to single templates, where they lie beside the checkout."""

from __future__ import annotations

import copy
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from helmpy.errors import HelmError
from tests.compat.cases import render_case, render_case_helm2

SHARED = Path(os.environ.get("HELMPY_SHARED", Path(__file__).parents[2].parent / "shared"))
CASES = SHARED / "cases" / "dev.jsonl"
BAR = 0.98  # of all cases; what is ours to answer differently is in there

pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not CASES.exists(), reason=f"no cases of real Helm at {CASES}"),
]


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def answer(render: Any, case: dict[str, Any], context: dict[str, Any]) -> tuple[str | None, str]:
    try:
        return render(case["template"], copy.deepcopy(case["values"]), copy.deepcopy(context)), ""
    except HelmError as error:
        return None, str(error)


def agrees(expected: dict[str, Any], text: str | None) -> bool:
    return text == expected["expect"] if "expect" in expected else text is None


@pytest.mark.parametrize("dialect", [3, 2])
def test_answers(dialect: int) -> None:
    context = json.loads((SHARED / "cases" / "context.json").read_text(encoding="utf-8"))
    render = render_case if dialect == 3 else render_case_helm2
    outcome: Counter[bool] = Counter()
    wrong = []
    for case in cases():
        helm2 = case.get("helm2", {}) if dialect == 2 else {}
        if "nondeterministic" in helm2:
            continue
        expected = helm2 if "expect" in helm2 else case
        text, _ = answer(render, case, context)
        right = agrees(expected, text)
        outcome[right] += 1
        if not right:
            wrong.append(case["id"])
    assert outcome[True] / outcome.total() >= BAR, wrong


def test_error_messages() -> None:
    context = json.loads((SHARED / "cases" / "context.json").read_text(encoding="utf-8"))
    failing = [case for case in cases() if "error" in case]
    said = 0
    for case in failing:
        _, message = answer(render_case, case, context)
        said += _plain(case.get("error_core", case["error"])) in _plain(message)
    assert said / len(failing) >= BAR


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()
