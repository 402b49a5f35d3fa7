"""Label and field selectors."""

from __future__ import annotations

import pytest

from tiller.sandbox import selectors
from tiller.sandbox.status import Refusal

LABELS = {"a": "1", "b": "x", "n": "5"}
CASES = [
    ("", True),
    ("a=1", True),
    ("a==1", True),
    ("a=2", False),
    ("a!=2", True),
    ("z!=2", True),
    ("a", True),
    ("z", False),
    ("!z", True),
    ("!a", False),
    ("a in (1,2)", True),
    ("a in (2, 3)", False),
    ("a notin (2)", True),
    ("z notin (2)", True),
    ("n>4", True),
    ("n<4", False),
    ("b>4", False),
    ("a=1,b=x", True),
    ("a=1, b in (y)", False),
    ("z=", False),
    ("x.example/y!=1", True),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_labels(text: str, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    assert selectors.matches(selectors.parse_labels(text), LABELS) is expected


@pytest.mark.parametrize("text", ["a in b", "=1", "a=b c", "a in (b", "a===b", "a=/", "a=" + "x" * 64, ",,="])
def test_labels_that_are_none(text: str) -> None:
    with pytest.raises(Refusal, match="unable to parse requirement"):
        selectors.parse_labels(text)


def test_objects() -> None:
    selector = {
        "matchLabels": {"a": "1"},
        "matchExpressions": [
            {"key": "b", "operator": "In", "values": ["x", "y"]},
            {"key": "z", "operator": "DoesNotExist"},
        ],
    }
    found = selectors.of_object(selector)
    assert found is not None
    assert selectors.matches(found, LABELS)
    assert selectors.text_of(found) == "!z,a=1,b in (x,y)"
    assert selectors.of_object(None) is None
    assert selectors.matches(selectors.of_object({}) or (), {})


FIELDS = [("status.phase=Running", True), ("status.phase!=Running", False), ("metadata.name=p,spec.nodeName=", True)]


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_fields(text: str, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    pod = {"metadata": {"name": "p"}, "status": {"phase": "Running"}, "spec": {}}
    assert selectors.matches_fields(selectors.parse_fields(text, ("", "pods")), pod) is expected


@pytest.mark.parametrize("text", ["spec.foo=1", "metadata.name"])
def test_fields_that_cannot_be_selected_by(text: str) -> None:
    with pytest.raises(Refusal):
        selectors.parse_fields(text, ("", "pods"))
