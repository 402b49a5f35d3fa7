"""Watches: from a version on, from now, with selectors, bookmarks and an end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tiller.kube.transport import Request, Unreachable

NS = "/api/v1/namespaces/default"
MERGE = "application/merge-patch+json"


def watch(cluster: Any, path: str, **query: str) -> Iterator[tuple[str, str]]:
    wanted = {"watch": "1", **{k.replace("_", "-"): v for k, v in query.items()}}
    for line in cluster.api.stream(Request("GET", path, tuple(wanted.items()))):
        event = json.loads(line)
        obj = event["object"]
        yield event["type"], obj["metadata"].get("name", "") if event["type"] != "ERROR" else obj["message"]


def make(cluster: Any, name: str, **labels: str) -> str:
    made = cluster.ok("POST", f"{NS}/secrets", {"metadata": {"name": name, "labels": labels}})
    return str(made["metadata"]["resourceVersion"])


def test_what_stands_then_what_comes(cluster: Any) -> None:
    make(cluster, "a")
    events = watch(cluster, f"{NS}/secrets")
    assert next(events) == ("ADDED", "a")
    make(cluster, "b")
    cluster.ok("PATCH", f"{NS}/secrets/b", {"metadata": {"labels": {"x": "y"}}}, MERGE)
    cluster.ok("DELETE", f"{NS}/secrets/a")
    assert [next(events) for _ in range(3)] == [("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "a")]


def test_from_a_version_on(cluster: Any) -> None:
    version = make(cluster, "a")
    make(cluster, "b")
    assert list(watch(cluster, f"{NS}/secrets", resourceVersion=version, timeoutSeconds="1")) == [("ADDED", "b")]


def test_a_selector_sees_objects_come_and_go(cluster: Any) -> None:
    version = make(cluster, "a")
    events = watch(cluster, f"{NS}/secrets", resourceVersion=version, labelSelector="x=y")
    cluster.ok("PATCH", f"{NS}/secrets/a", {"metadata": {"labels": {"x": "y"}}}, MERGE)
    cluster.ok("PATCH", f"{NS}/secrets/a", {"metadata": {"labels": {"x": "z"}}}, MERGE)
    assert [next(events), next(events)] == [("ADDED", "a"), ("DELETED", "a")]


def test_one_name(cluster: Any) -> None:
    make(cluster, "a")
    make(cluster, "b")
    wanted = {"fieldSelector": "metadata.name=b", "timeoutSeconds": "1"}
    assert list(watch(cluster, f"{NS}/secrets", **wanted)) == [("ADDED", "b")]


def test_too_old(cluster: Any) -> None:
    version = make(cluster, "a")
    cluster.api.store.oldest = int(version) + 1
    ((kind, message),) = watch(cluster, f"{NS}/secrets", resourceVersion=version)
    assert (kind, "too old resource version" in message) == ("ERROR", True)


def test_bookmarks_at_the_end(cluster: Any) -> None:
    make(cluster, "a")
    query = {"resourceVersion": str(cluster.api.store.version), "allowWatchBookmarks": "true", "timeoutSeconds": "1"}
    (line,) = cluster.send(
        "GET", f"{NS}/secrets?watch=1&" + "&".join(f"{k}={v}" for k, v in query.items())
    ).body.splitlines()
    event = json.loads(line)
    assert event["type"] == "BOOKMARK"
    assert event["object"]["metadata"]["resourceVersion"] == query["resourceVersion"]
    assert event["object"]["kind"] == "Secret"


def test_initial_events_end(cluster: Any) -> None:
    make(cluster, "a")
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    events = watch(cluster, f"{NS}/secrets", **query)
    assert [next(events)[0], next(events)[0]] == ["ADDED", "BOOKMARK"]


def test_a_writer_wakes_the_watcher(cluster: Any) -> None:
    events = watch(cluster, f"{NS}/secrets", resourceVersion=str(cluster.api.store.version))
    timer = threading.Timer(0.05, make, (cluster, "late"))
    timer.start()
    assert next(events) == ("ADDED", "late")
    timer.join()


def test_pods_turn_ready_under_a_watch(new_cluster: Any) -> None:
    cluster = new_cluster(ready_after=5.0)
    cluster.ok("POST", f"{NS}/pods", {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    events = watch(cluster, f"{NS}/pods", resourceVersion=str(cluster.api.store.version))
    cluster.clock.now += 5
    assert next(events) == ("MODIFIED", "p")


def test_silence_has_a_limit(cluster: Any) -> None:
    events = cluster.api.stream(
        Request("GET", f"{NS}/secrets", (("watch", "1"), ("resourceVersion", "99999"))), timeout=0.6
    )
    with pytest.raises(Unreachable, match="no line within"):
        next(events)


def test_tables_name_their_columns_once(cluster: Any) -> None:
    make(cluster, "a")
    make(cluster, "b")
    wanted = {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    lines = cluster.api.stream(Request("GET", f"{NS}/secrets", (("watch", "1"), ("timeoutSeconds", "1")), wanted))
    first, second = (json.loads(line)["object"] for line in lines)
    assert [c["name"] for c in first["columnDefinitions"]] == ["Name", "Type", "Data", "Age"]
    assert (second["kind"], second["columnDefinitions"]) == ("Table", None)
