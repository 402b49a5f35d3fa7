from __future__ import annotations

import pytest

from helmpy.release.hooks import Hook, HookDeletePolicy, HookEvent, for_event, parse_hook, passed_over


def hook(v2: bool = False, **annotations: str) -> Hook | None:  # noqa: FBT001, FBT002 - reads best in the tables below
    named = {"helm.sh/" + key.replace("_", "-"): value for key, value in annotations.items()}
    return parse_hook(name="n", kind="Job", path="p", manifest="m", annotations=named, v2=v2)


def test_events_are_trimmed_and_lowered() -> None:
    found = hook(hook=" Pre-Install ,POST-UPGRADE")
    assert found == Hook(
        name="n", kind="Job", path="p", manifest="m", events=(HookEvent.PRE_INSTALL, HookEvent.POST_UPGRADE)
    )


@pytest.mark.parametrize("events", ["", "pre-install,nope", "test", "post-install,"])
def test_an_unknown_event_discards_the_document(events: str) -> None:
    assert hook(hook=events) is None


def test_charts_for_helm_3_have_its_test_event() -> None:
    found = hook(v2=True, hook="test")
    assert found is not None
    assert found.events == (HookEvent.RELEASE_TEST_SUCCESS,)


@pytest.mark.parametrize(
    ("text", "weight"),
    [("5", 5), ("-3", -3), ("+4", 4), ("007", 7), ("x", 0), ("1.5", 0), ("", 0), ("1_0", 0), ("9999999999", 0)],
)
def test_weight(text: str, weight: int) -> None:
    found = hook(hook="pre-install", hook_weight=text)
    assert found is not None
    assert found.weight == weight


@pytest.mark.parametrize(
    ("policies", "timeout", "expected"),
    [
        ("hook-succeeded, hook-failed", "", ((0, 1), 60)),
        ("before-hook-creation,nope", "7", ((HookDeletePolicy.BEFORE_HOOK_CREATION,), 7)),
        ("hook-failed", "soon", ((1,), 60)),
        ("nope", "7", ((), 0)),
        ("", "7", ((), 0)),
    ],
)
def test_delete_policies(policies: str, timeout: str, expected: tuple[tuple[int, ...], int]) -> None:
    found = hook(hook="pre-install", hook_delete_policy=policies, hook_delete_timeout=timeout)
    assert found is not None
    assert (found.delete_policies, found.delete_timeout) == expected


@pytest.mark.parametrize(
    ("annotations", "remarks"),
    [
        ({"hook": "pre-install"}, []),
        ({"hook": "Pre-Install, nope"}, ['skipping unknown hook: "Pre-Install, nope"']),
        (
            {"hook": "pre-install", "hook_delete_policy": "hook-failed, gone,never", "hook_delete_timeout": "soon"},
            [
                'skipping unknown hook delete policy: "gone"',
                'skipping unknown hook delete policy: "never"',
                'ignoring invalid hook delete timeout value: "soon"',
            ],
        ),
        ({"hook": "pre-install", "hook_delete_timeout": "soon"}, []),  # which nothing asks for
        ({"hook": "pre-install", "hook_delete_policy": "hook-failed", "hook_delete_timeout": "5"}, []),
    ],
)
def test_what_is_passed_over_is_said(annotations: dict[str, str], remarks: list[str]) -> None:
    named = {"helm.sh/" + key.replace("_", "-"): value for key, value in annotations.items()}
    assert passed_over(named) == remarks


def test_order_of_running() -> None:
    hooks = [Hook(name=name, weight=weight, events=(1,)) for name, weight in [("b", 1), ("a", 1), ("z", -1)]]
    other = Hook(name="0", events=(2,))
    assert [hook.name for hook in for_event([*hooks, other], HookEvent.PRE_INSTALL)] == ["z", "a", "b"]
