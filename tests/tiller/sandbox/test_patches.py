"""The three older kinds of patch."""

from __future__ import annotations

from typing import Any

import pytest

from tiller.sandbox import patches, schema
from tiller.sandbox.status import Refusal

POD = schema.root("", "v1", "Pod")

MERGES = [
    ({"a": 1}, {"a": 2}, {"a": 2}),
    ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
    ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ({"a": "x"}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    ({}, {"a": {"b": None}}, {"a": {}}),
]


@pytest.mark.parametrize(("value", "patch", "expected"), MERGES)
def test_merge(value: Any, patch: Any, expected: Any) -> None:
    assert patches.merge(value, patch) == expected


OPERATIONS = [
    ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
    ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
    ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
    ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
    ({"a": [1, 2]}, [{"op": "remove", "path": "/a/0"}], {"a": [2]}),
    ({"a": 1}, [{"op": "replace", "path": "/a", "value": 5}], {"a": 5}),
    ({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
    ({"a": {"x": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": {"x": 1}, "b": {"x": 1}}),
    ({"a": 1}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1}),
    ({"a/b": {"~": 1}}, [{"op": "replace", "path": "/a~1b/~0", "value": 2}], {"a/b": {"~": 2}}),
]


@pytest.mark.parametrize(("value", "patch", "expected"), OPERATIONS)
def test_json_patch(value: Any, patch: Any, expected: Any) -> None:
    before = repr(value)
    assert patches.json_patch(value, patch) == expected
    assert repr(value) == before


BAD_OPERATIONS = [
    ({"op": "add"}, 400),
    ([1], 400),
    ([{"op": "add", "path": "/a"}], 400),
    ([{"op": "add", "path": "a", "value": 1}], 400),
    ([{"op": "jump", "path": "/a"}], 422),
    ([{"op": [], "path": "/a"}], 422),
    ([{"op": "remove", "path": "/b"}], 422),
    ([{"op": "replace", "path": "/b", "value": 1}], 422),
    ([{"op": "add", "path": "/l/9", "value": 1}], 422),
    ([{"op": "add", "path": "/l/-1", "value": 1}], 422),
    ([{"op": "test", "path": "/a", "value": 2}], 422),
    ([{"op": "move", "from": "/a", "path": "/a/b"}], 422),
    ([{"op": "remove", "path": ""}], 422),
    ([{"op": "replace", "path": "", "value": 1}], 422),
]


@pytest.mark.parametrize(("patch", "code"), BAD_OPERATIONS)
def test_json_patches_that_do_not_apply(patch: Any, code: int) -> None:
    with pytest.raises(Refusal) as caught:
        patches.json_patch({"a": 1, "l": []}, patch)
    assert caught.value.code == code


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(items)}}


STRATEGIC = [
    (
        containers({"name": "a", "image": "1"}),
        containers({"name": "a", "image": "2"}),
        containers({"name": "a", "image": "2"}),
    ),
    (containers({"name": "a"}), containers({"name": "b"}), containers({"name": "a"}, {"name": "b"})),
    (
        containers({"name": "a"}, {"name": "b"}),
        containers({"name": "a", "$patch": "delete"}),
        containers({"name": "b"}),
    ),
    (
        containers({"name": "a"}, {"name": "b"}),
        containers({"$patch": "replace"}, {"name": "c"}),
        containers({"name": "c"}),
    ),
    (
        containers({"name": "a"}, {"name": "b"}),
        {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}},
        containers({"name": "b"}, {"name": "a"}),
    ),
    (
        {"metadata": {"finalizers": ["a", "b"]}},
        {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}},
        {"metadata": {"finalizers": ["b", "c"]}},
    ),
    (
        {"spec": {"tolerations": [{"key": "a"}]}},
        {"spec": {"tolerations": [{"key": "b"}]}},
        {"spec": {"tolerations": [{"key": "b"}]}},
    ),
    (
        {"metadata": {"labels": {"a": "1"}}},
        {"metadata": {"labels": {"$patch": "replace", "b": "2"}}},
        {"metadata": {"labels": {"b": "2"}}},
    ),
    (
        {"metadata": {"labels": {"a": "1"}}},
        {"metadata": {"labels": {"$patch": "delete"}}},
        {"metadata": {"labels": {}}},
    ),
    (
        {"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}},
        {"spec": {"volumes": [{"name": "v", "$retainKeys": ["name", "secret"], "secret": {"secretName": "s"}}]}},
        {"spec": {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}},
    ),
    (
        containers({"name": "a", "env": [{"name": "X", "value": "1"}]}),
        containers({"name": "a", "env": [{"name": "Y", "value": "2"}]}),
        containers({"name": "a", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]}),
    ),
]


@pytest.mark.parametrize(("value", "patch", "expected"), STRATEGIC)
def test_strategic(value: Any, patch: Any, expected: Any) -> None:
    assert patches.strategic(value, patch, POD) == expected


@pytest.mark.parametrize("directive", ["jump", [], {}, 1])
def test_directives_that_are_none(directive: Any) -> None:
    with pytest.raises(Refusal, match="unknown patch type"):
        patches.strategic({"spec": {}}, {"spec": {"$patch": directive}}, POD)


def test_strategic_items_need_their_key() -> None:
    with pytest.raises(Refusal, match="does not contain declared merge key: name"):
        patches.strategic(containers({"name": "a"}), containers({"image": "x"}), POD)


def test_deep_patches_end() -> None:
    deep: Any = {}
    for _ in range(patches.MAX_DEPTH + 10):
        deep = {"a": deep}
    with pytest.raises(Refusal, match="max depth"):
        patches.merge({}, deep)
    with pytest.raises(Refusal, match="max depth"):
        patches.strategic({}, deep, POD)
