"""Jobs: pods until enough of them succeeded, or too many failed."""

from __future__ import annotations

from typing import Any

from tiller.sandbox.controllers.context import MAX_PODS, PODS, Context, condition
from tiller.sandbox.controllers.pods import is_active, is_ready
from tiller.sandbox.controllers.workloads import pod_of
from tiller.sandbox.objects import seconds_of
from tiller.sandbox.store import Key, Kind

Object = dict[str, Any]
JOBS: Kind = ("batch", "jobs")


def _finished(obj: Object) -> bool:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any(c["type"] in {"Complete", "Failed"} and c["status"] == "True" for c in conditions)


def job(context: Context, key: Key, obj: Object) -> None:
    """Create pods, count them, say when it is over."""
    if "deletionTimestamp" in obj["metadata"]:
        return
    if _finished(obj):
        _expire(context, key, obj)
        return
    spec = obj["spec"]
    pods = context.owned(obj, PODS)
    succeeded = sum(p["status"].get("phase") == "Succeeded" for p in pods if "status" in p)
    failed = sum(p["status"].get("phase") == "Failed" for p in pods if "status" in p)
    active = [p for p in pods if is_active(p)]
    wanted = spec.get("completions")
    enough = succeeded >= wanted if wanted is not None else succeeded > 0 and not active
    too_many = failed > int(spec.get("backoffLimit", 6))
    late = not enough and not too_many and _is_late(context, key, obj)
    if not enough and not too_many and not late and not spec.get("suspend"):
        open_ends = int(spec.get("parallelism", 1))
        if wanted is not None:
            open_ends = min(open_ends, wanted - succeeded)
        elif succeeded:
            open_ends = 0  # a queue whose end one pod saw takes no new ones
        if len(pods) < 2 * MAX_PODS:
            active += [pod_of(context, obj, spec["template"]) for _ in range(min(open_ends, MAX_PODS) - len(active))]
    now = context.objects.now()
    known = (obj.get("status") or {}).get("conditions")
    conditions = None
    if enough:
        conditions = [
            condition(
                "Complete",
                holds=True,
                reason="CompletionsReached",
                message="Reached expected number of succeeded pods",
                now=now,
                known=known,
            )
        ]
    elif too_many or late:
        reason, why = _LATE if late else _TOO_MANY
        conditions = [condition("Failed", holds=True, reason=reason, message=why, now=now, known=known)]
    elif spec.get("suspend"):
        conditions = [
            condition("Suspended", holds=True, reason="JobSuspended", message="Job suspended", now=now, known=known)
        ]
    if enough or too_many or late:
        failed += len(active) if late else 0
        for pod in active:
            context.objects.delete(context.resource(PODS), pod)
        active = []
    context.objects.set_status(
        key,
        startTime=(obj.get("status") or {}).get("startTime") or (None if spec.get("suspend") else now),
        active=len(active) or None,
        ready=sum(map(is_ready, active)),
        terminating=0,
        succeeded=succeeded or None,
        failed=failed or None,
        uncountedTerminatedPods={},
        completionTime=now if enough else None,
        conditions=conditions,
    )


_TOO_MANY = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_LATE = ("DeadlineExceeded", "Job was active longer than specified deadline")


def _is_late(context: Context, key: Key, obj: Object) -> bool:
    """Whether the Job is older than ``activeDeadlineSeconds``."""
    seconds, started = obj["spec"].get("activeDeadlineSeconds"), (obj.get("status") or {}).get("startTime")
    if seconds is None or obj["spec"].get("suspend"):
        return False
    due = (seconds_of(started) if started else context.objects.clock()) + seconds
    if context.objects.clock() >= due:
        return True
    context.wake(key, due)
    return False


def _expire(context: Context, key: Key, obj: Object) -> None:
    """A finished Job goes ``ttlSecondsAfterFinished`` later."""
    ttl = obj["spec"].get("ttlSecondsAfterFinished")
    if ttl is None:
        return
    ended = max(seconds_of(c["lastTransitionTime"]) for c in obj["status"]["conditions"])
    if context.objects.clock() >= ended + ttl:
        context.objects.delete(context.resource(JOBS), obj, "Foreground")
    else:
        context.wake(key, ended + ttl)
