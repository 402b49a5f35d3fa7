"""Pods: scheduled to the one node, running or done at once, or as annotations and real processes say.

Annotations for tests, value ``"true"``: ``sandbox.helmpy.dev/fail`` makes a pod fail,
``sandbox.helmpy.dev/never-ready`` keeps it from ever turning ready. ``test/fail`` and
``test/never-ready`` mean the same, with any value.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any

from tiller.sandbox.controllers.context import PODS, Context, Run, condition, controller_of
from tiller.sandbox.objects import seconds_of
from tiller.sandbox.store import Key, copy_json

Object = dict[str, Any]
NODE = "sandbox"
HOST = "127.0.0.1"
FINISHED = {"Succeeded", "Failed"}
_FOLLOW_PAUSE = 0.2  # seconds between looks at a log that grows


def annotated(pod: Object, name: str) -> bool:
    known = pod["metadata"].get("annotations") or {}
    return known.get(f"sandbox.helmpy.dev/{name}", "").lower() in {"true", "1", "yes"} or f"test/{name}" in known


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def is_active(pod: Object) -> bool:
    phase = (pod.get("status") or {}).get("phase")
    return phase not in FINISHED and "deletionTimestamp" not in pod["metadata"]


def reconcile(context: Context, key: Key, pod: Object) -> None:
    """Schedule, start, make ready, complete."""
    if not pod["spec"].get("nodeName"):
        new = copy_json(pod)
        new["spec"]["nodeName"] = NODE
        new["spec"].setdefault("serviceAccountName", "default")
        new["spec"].setdefault("serviceAccount", new["spec"]["serviceAccountName"])
        pod = context.objects.put(PODS, new)
    if (pod.get("status") or {}).get("phase") in FINISHED:
        return
    due = seconds_of(pod["metadata"]["creationTimestamp"]) + context.ready_after
    waits = context.ready_after > 0 and context.objects.clock() < due
    if waits:
        context.wake(key, due)
    runner = context.runner
    if runner is not None and runner.wants(pod):
        uid = pod["metadata"]["uid"]
        if uid not in context.running:
            context.running[uid] = key
            runner.start(pod, _mounted(context, pod))
        _write(context, key, pod, "Running", runner.look(uid) or Run(ready=False, restarts=0))
        return
    ends = pod["spec"].get("restartPolicy") in {"Never", "OnFailure"}
    fails, never = annotated(pod, "fail"), annotated(pod, "never-ready")
    if waits or never:
        _write(context, key, pod, "Running", Run(ready=False, restarts=0))
    elif ends:
        _write(context, key, pod, "Failed" if fails else "Succeeded", Run(ready=False, restarts=0, failed=fails))
    else:
        _write(context, key, pod, "Running", Run(ready=not fails, restarts=1 if fails else 0, failed=fails))


def _container_state(phase: str, run: Run, now: str, known: Object) -> tuple[Object, Object]:
    """(state, lastState) of a container."""
    started = (known.get("running") or {}).get("startedAt", now)
    ended = {"exitCode": 1 if run.failed else 0, "reason": "Error" if run.failed else "Completed", "startedAt": started}
    if phase in FINISHED:
        return {"terminated": known.get("terminated") or {**ended, "finishedAt": now}}, {}
    if run.failed:
        words = run.message or "back-off restarting failed container"
        return {"waiting": {"reason": "CrashLoopBackOff", "message": words}}, {
            "terminated": {**ended, "finishedAt": started}
        }
    return {"running": {"startedAt": started}}, {}


def _write(context: Context, key: Key, pod: Object, phase: str, run: Run) -> None:
    now = context.objects.now()
    before = pod.get("status") or {}
    known = before.get("conditions") or ()
    statuses = {s["name"]: s for s in before.get("containerStatuses") or ()}
    containers = []
    for container in pod["spec"]["containers"]:
        old = statuses.get(container["name"], {})
        state, last = _container_state(phase, run, now, old.get("state") or {})
        containers.append(
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": run.ready,
                "started": phase == "Running" and not run.failed,
                "restartCount": run.restarts,
                "state": state,
                "lastState": last,
            }
        )
    inits = [
        {
            "name": c["name"],
            "image": c["image"],
            "imageID": "",
            "ready": True,
            "restartCount": 0,
            "state": {"terminated": {"exitCode": 0, "reason": "Completed"}},
            "lastState": {},
        }
        for c in pod["spec"].get("initContainers") or ()
    ]
    completed = "PodCompleted" if phase == "Succeeded" else ""
    reason, message = (completed, "") if run.ready or completed else ("ContainersNotReady", _unready(pod))
    conditions = [
        condition("Initialized", holds=True, reason=completed, message="", now=now, known=known),
        condition(
            "Ready",
            holds=run.ready,
            reason="" if run.ready else reason,
            message="" if run.ready else message,
            now=now,
            known=known,
        ),
        condition(
            "ContainersReady",
            holds=run.ready,
            reason="" if run.ready else reason,
            message="" if run.ready else message,
            now=now,
            known=known,
        ),
        condition("PodScheduled", holds=True, reason="", message="", now=now, known=known),
    ]
    address = before.get("podIP") or (HOST if pod["spec"].get("hostNetwork") else context.address())
    context.objects.set_status(
        key,
        phase=phase,
        conditions=conditions,
        hostIP=HOST,
        podIP=address,
        podIPs=[{"ip": address}],
        startTime=before.get("startTime", now),
        initContainerStatuses=inits or None,
        containerStatuses=containers,
        qosClass=_quality(pod),
    )


def _unready(pod: Object) -> str:
    names = " ".join(c["name"] for c in pod["spec"]["containers"])
    return f"containers with unready status: [{names}]"


def _quality(pod: Object) -> str:
    every = [c.get("resources") or {} for c in pod["spec"]["containers"]]
    if not any(r.get("requests") or r.get("limits") for r in every):
        return "BestEffort"
    same = all(
        r.get("limits") and r.get("requests") == r["limits"] and {"cpu", "memory"} <= set(r["limits"]) for r in every
    )
    return "Guaranteed" if same else "Burstable"


def touch_owners(context: Context, _: Key, pod: Object) -> None:
    """Whoever counts pods looks again: the controller, services, budgets."""
    _touch_around(context, pod["metadata"]["namespace"])
    owner = context.objects.store.by_uid(controller_of(pod))
    if owner:
        context.touch(owner)


def _touch_around(context: Context, namespace: str) -> None:
    for kind in (("", "services"), ("policy", "poddisruptionbudgets")):
        for obj in context.objects.store.select(kind, namespace):
            context.touch((*kind, namespace, obj["metadata"]["name"]))


def gone(context: Context, key: Key) -> None:
    """A pod went: its process too."""
    _touch_around(context, key[2])
    for uid, running in list(context.running.items()):
        if running == key and context.objects.store.by_uid(uid) is None:
            del context.running[uid]
            if context.runner is not None:
                context.runner.stop(uid)


def observe(context: Context) -> None:
    """Look at the pods whose process may have changed."""
    if context.runner is None:
        return
    for uid, key in context.running.items():
        pod = context.objects.store.at(key)
        seen = context.runner.look(uid)
        if pod is None or seen is None:
            continue
        statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
        if (statuses[0].get("ready"), statuses[0].get("restartCount")) != (seen.ready, seen.restarts):
            context.touch(key)


def _mounted(context: Context, pod: Object) -> dict[str, dict[str, bytes]]:
    """The files of secret and config map volumes of the first container: mount path → name → content."""
    sources = {v["name"]: v for v in pod["spec"].get("volumes") or ()}
    out: dict[str, dict[str, bytes]] = {}
    for mount in pod["spec"]["containers"][0].get("volumeMounts") or ():
        volume = sources.get(mount["name"], {})
        files = _files_of(context, pod["metadata"]["namespace"], volume)
        if files is not None:
            out[mount["mountPath"]] = files
    return out


def _files_of(context: Context, namespace: str, volume: Object) -> dict[str, bytes] | None:
    if "secret" in volume:
        found = context.objects.get(("", "secrets"), namespace, volume["secret"].get("secretName", ""))
        data = {k: base64.b64decode(v) for k, v in ((found or {}).get("data") or {}).items()}
        items = volume["secret"].get("items")
    elif "configMap" in volume:
        found = context.objects.get(("", "configmaps"), namespace, volume["configMap"].get("name", ""))
        data = {k: v.encode() for k, v in ((found or {}).get("data") or {}).items()}
        items = volume["configMap"].get("items")
    else:
        return None
    return {i["path"]: data[i["key"]] for i in items if i["key"] in data} if items else data


def log_of(context: Context, pod: Object, container: str) -> bytes:
    """The process's output; without one, a line that says so."""
    uid = pod["metadata"]["uid"]
    if context.runner is not None and uid in context.running:
        return context.runner.log(uid)
    if (pod.get("status") or {}).get("phase") is None:
        return b""
    meta = pod["metadata"]
    text = f"sandbox: container {container} of pod {meta['namespace']}/{meta['name']} has no process here\n"
    return text.encode()


def follow_log(context: Context, pod: Object, container: str, begun: bytes) -> Iterator[bytes]:
    """What was there, then what comes, while the pod lives."""
    yield from begun.splitlines()
    uid = pod["metadata"]["uid"]
    if context.runner is None or uid not in context.running:
        return
    sent = len(log_of(context, pod, container))
    rest = b""
    while context.objects.store.by_uid(uid) is not None:
        text = log_of(context, pod, container)
        rest += text[sent:]
        sent = len(text)
        *lines, rest = rest.split(b"\n")
        yield from lines
        if not lines:
            yield b""
            time.sleep(_FOLLOW_PAUSE)
