"""Hooks: manifests whose annotations say that they run at an event of the release.

Source: Helm 2.17's annotations ``helm.sh/hook``, ``helm.sh/hook-weight``,
``helm.sh/hook-delete-policy`` and ``helm.sh/hook-delete-timeout``.
"""

from __future__ import annotations

from enum import IntEnum

from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helmpy.release.timestamp import Timestamp


class HookEvent(IntEnum):
    UNKNOWN = 0
    PRE_INSTALL = 1
    POST_INSTALL = 2
    PRE_DELETE = 3
    POST_DELETE = 4
    PRE_UPGRADE = 5
    POST_UPGRADE = 6
    PRE_ROLLBACK = 7
    POST_ROLLBACK = 8
    RELEASE_TEST_SUCCESS = 9
    RELEASE_TEST_FAILURE = 10
    CRD_INSTALL = 11


class HookDeletePolicy(IntEnum):
    SUCCEEDED = 0
    FAILED = 1
    BEFORE_HOOK_CREATION = 2


@record(frozen=True, slots=True)
class Hook:
    """A manifest that runs at events; ``delete_timeout`` in seconds."""

    name: str = ""
    kind: str = ""
    path: str = ""
    manifest: str = ""
    events: tuple[int, ...] = ()
    last_run: Timestamp | None = None
    weight: int = 0
    delete_policies: tuple[int, ...] = ()
    delete_timeout: int = 0


EVENT_ANNOTATION = "helm.sh/hook"
WEIGHT_ANNOTATION = "helm.sh/hook-weight"
DELETE_POLICY_ANNOTATION = "helm.sh/hook-delete-policy"
DELETE_TIMEOUT_ANNOTATION = "helm.sh/hook-delete-timeout"

DEFAULT_DELETE_TIMEOUT = 60  # seconds to wait for a hook's object to be gone

EVENTS: dict[str, HookEvent] = {
    "pre-install": HookEvent.PRE_INSTALL,
    "post-install": HookEvent.POST_INSTALL,
    "pre-delete": HookEvent.PRE_DELETE,
    "post-delete": HookEvent.POST_DELETE,
    "pre-upgrade": HookEvent.PRE_UPGRADE,
    "post-upgrade": HookEvent.POST_UPGRADE,
    "pre-rollback": HookEvent.PRE_ROLLBACK,
    "post-rollback": HookEvent.POST_ROLLBACK,
    "test-success": HookEvent.RELEASE_TEST_SUCCESS,
    "test-failure": HookEvent.RELEASE_TEST_FAILURE,
    "crd-install": HookEvent.CRD_INSTALL,
}

# What Helm 3 calls them; understood in charts that were written for it.
V2_EVENTS: dict[str, HookEvent] = EVENTS | {"test": HookEvent.RELEASE_TEST_SUCCESS}

DELETE_POLICIES: dict[str, HookDeletePolicy] = {
    "hook-succeeded": HookDeletePolicy.SUCCEEDED,
    "hook-failed": HookDeletePolicy.FAILED,
    "before-hook-creation": HookDeletePolicy.BEFORE_HOOK_CREATION,
}


def is_hook(annotations: Mapping[str, str]) -> bool:
    return EVENT_ANNOTATION in annotations


def parse_hook(
    *, name: str, kind: str, path: str, manifest: str, annotations: Mapping[str, str], v2: bool = False
) -> Hook | None:
    """Return the hook that the annotations describe, or None where one of its events is unknown.

    An unknown event discards the whole document, as Helm 2 does: it is neither hook nor manifest.
    ``v2`` also knows the event names of Helm 3.
    """
    known = V2_EVENTS if v2 else EVENTS
    names = _words(annotations.get(EVENT_ANNOTATION, ""))
    if any(name not in known for name in names):
        return None
    policies = tuple(
        int(DELETE_POLICIES[word])
        for word in _words(annotations.get(DELETE_POLICY_ANNOTATION, ""))
        if word in DELETE_POLICIES
    )
    return Hook(
        name=name,
        kind=kind,
        path=path,
        manifest=manifest,
        events=tuple(int(known[name]) for name in names),
        weight=_int32(annotations.get(WEIGHT_ANNOTATION, ""), 0),
        delete_policies=policies,
        delete_timeout=_int32(annotations.get(DELETE_TIMEOUT_ANNOTATION, ""), DEFAULT_DELETE_TIMEOUT)
        if policies
        else 0,
    )


def passed_over(annotations: Mapping[str, str], *, v2: bool = False) -> list[str]:
    """Say what of a hook's annotations means nothing, in the words of Helm 2.17's log; mostly nothing does."""
    events = annotations.get(EVENT_ANNOTATION, "")
    known = V2_EVENTS if v2 else EVENTS
    if any(word not in known for word in _words(events)):
        return [f'skipping unknown hook: "{events}"']
    words = _words(annotations[DELETE_POLICY_ANNOTATION]) if DELETE_POLICY_ANNOTATION in annotations else []
    found = [f'skipping unknown hook delete policy: "{word}"' for word in words if word not in DELETE_POLICIES]
    timeout = annotations.get(DELETE_TIMEOUT_ANNOTATION)
    if timeout is not None and len(found) < len(words) and _number(timeout) is None:
        found.append(f'ignoring invalid hook delete timeout value: "{timeout}"')
    return found


def for_event(hooks: Iterable[Hook], event: int) -> list[Hook]:
    """Return the hooks of one event in the order they run: by weight, then by name."""
    return sorted((hook for hook in hooks if event in hook.events), key=lambda hook: (hook.weight, hook.name))


def _words(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",")]


def _int32(text: str, default: int) -> int:
    number = _number(text)
    return default if number is None else number


def _number(text: str) -> int | None:
    """A decimal number of at most 32 bits; None for anything else."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None
