"""List, status, history, content: filters, pages, tables."""

from __future__ import annotations

from typing import Any

import pytest

from helmpy.release.model import StatusCode
from helmpy.release.requests import (
    ContentRequest,
    HistoryRequest,
    ListRequest,
    SortBy,
    SortOrder,
    StatusRequest,
    StatusResponse,
)
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, definition, hooked, job, manifest, service, widget, workload
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]
ALL = tuple(StatusCode)


def names(ground: Ground, filter_: str = "^li-", **request: Any) -> list[str]:
    return [each.name for each in ground.tiller.list(ListRequest(filter=filter_, **request)).releases]


@pytest.fixture
def listed(ground: Ground) -> Ground:
    """li-b and li-c deployed, li-a deleted, li-d in a namespace of its own with two revisions."""
    if not ground.history("li-a"):
        ground.install(chart(config("li-c"), name="zoo"), "li-c")
        ground.install(chart(config("li-b")), "li-b")
        ground.install(chart(config("li-a")), "li-a")
        ground.delete("li-a")
        ground.install(chart(config("li-d"), name="ant"), "li-d", namespace=ground.another_namespace())
        ground.upgrade(chart(config("li-d"), name="ant"), "li-d")
    return ground


def test_a_list_is_of_what_is_deployed(listed: Ground) -> None:
    assert names(listed, sort_by=SortBy.NAME) == ["li-b", "li-c", "li-d"]


def test_a_list_has_every_stored_revision_with_a_wanted_status(listed: Ground) -> None:
    assert names(listed, sort_by=SortBy.NAME, status_codes=ALL) == ["li-a", "li-b", "li-c", "li-d", "li-d"]
    assert names(listed, status_codes=(StatusCode.DELETED,)) == ["li-a"]
    assert names(listed, status_codes=(StatusCode.SUPERSEDED,)) == ["li-d"]


def test_the_filter_is_an_unanchored_regular_expression_on_names(listed: Ground) -> None:
    assert sorted(names(listed, "i-[bc]")) == ["li-b", "li-c"]
    assert names(listed, "^i-") == []
    assert "error parsing regexp: missing closing ]" in refusal(names, listed, "[")


def test_a_list_can_be_of_one_namespace(listed: Ground) -> None:
    assert sorted(names(listed, namespace=listed.namespace)) == ["li-b", "li-c"]


@pytest.mark.parametrize(
    ("by", "order", "found"),
    [
        (SortBy.NAME, SortOrder.ASC, ["li-b", "li-c", "li-d"]),
        (SortBy.NAME, SortOrder.DESC, ["li-d", "li-c", "li-b"]),
        (SortBy.CHART_NAME, SortOrder.ASC, ["li-d", "li-b", "li-c"]),
        (SortBy.CHART_NAME, SortOrder.DESC, ["li-c", "li-b", "li-d"]),
    ],
)
def test_lists_are_sorted(listed: Ground, by: SortBy, order: SortOrder, found: list[str]) -> None:
    assert names(listed, sort_by=by, sort_order=order) == found


def test_lists_are_sorted_by_date(listed: Ground) -> None:
    found = listed.tiller.list(ListRequest(filter="^li-", sort_by=SortBy.LAST_RELEASED)).releases
    times = [each.info.last_deployed for each in found if each.info and each.info.last_deployed]
    assert times == sorted(times)
    assert len(times) == 3


@pytest.mark.parametrize(
    ("request_", "found", "following"),
    [
        ({"limit": 2}, ["li-b", "li-c"], "li-d"),
        ({"limit": 2, "offset": "li-c"}, ["li-c", "li-d"], ""),
        ({"offset": "li-d"}, ["li-d"], ""),
        ({"limit": 0}, ["li-b", "li-c", "li-d"], ""),
    ],
)
def test_pages_begin_at_a_name_and_tell_the_next(
    listed: Ground, request_: dict[str, Any], found: list[str], following: str
) -> None:
    answer = listed.tiller.list(ListRequest(filter="^li-", sort_by=SortBy.NAME, **request_))
    assert [each.name for each in answer.releases] == found
    assert (answer.count, answer.total, answer.next) == (len(found), 3, following)


def test_an_unknown_offset_is_an_error(listed: Ground) -> None:
    assert refusal(names, listed, offset="nobody") == 'offset "nobody" not found'


def test_an_empty_list_is_no_message(ground: Ground) -> None:
    answer = ground.tiller.list(ListRequest(filter="^no such name$"))
    assert (answer.releases, answer.count, answer.total) == ((), 0, 0)


def test_history_is_newest_first_and_at_most_as_asked(listed: Ground) -> None:
    def versions(most: int) -> list[int]:
        return [each.version for each in listed.tiller.history(HistoryRequest(name="li-d", max=most)).releases]

    assert (versions(5), versions(1), versions(0)) == ([2, 1], [2], [])


def test_content_is_of_any_revision(listed: Ground) -> None:
    def version(asked: int) -> int:
        found = listed.tiller.content(ContentRequest(name="li-d", version=asked)).release
        assert found is not None
        return found.version

    assert (version(1), version(0), version(2)) == (1, 2, 2)
    ask = listed.tiller.content
    assert refusal(ask, ContentRequest(name="li-d", version=7)) == 'release: "li-d.v7" not found'
    assert refusal(ask, ContentRequest(name="nobody")) == 'release: "nobody" not found'
    assert refusal(ask, ContentRequest()) == "no release provided"


def status(ground: Ground, name: str, version: int = 0) -> StatusResponse:
    return ground.tiller.status(StatusRequest(name=name, version=version))


def resources(ground: Ground, name: str) -> str:
    info = status(ground, name).info
    assert info is not None
    assert info.status is not None
    return info.status.resources


def test_names_are_checked_by_every_question(ground: Ground) -> None:
    text = refusal(status, ground, "Bad_name-")
    assert text.startswith("invalid release name, must match regex ")
    assert refusal(status, ground, "") == "no release provided"


def test_status_of_an_unknown_release(ground: Ground) -> None:
    assert refusal(status, ground, "nobody") == 'getting deployed release "nobody": release: "nobody" not found'
    assert refusal(status, ground, "nobody", 3) == "getting release 'nobody' (v3): release: \"nobody.v3\" not found"


def test_status_shows_live_objects_as_the_api_server_prints_them(ground: Ground) -> None:
    made = chart(config("tab-a", k="v"), config("tab-b"), workload("Deployment", "tab-d"), service("tab-s"))
    ground.install(made, "tab", wait=True, timeout=30)
    text = resources(ground, "tab")
    groups = [block.split("\n") for block in text.strip("\n").split("\n\n")]
    assert [block[0] for block in groups] == [
        "==> v1/ConfigMap",
        "==> v1/Deployment",
        "==> v1/Pod(related)",
        "==> v1/Service",
    ]
    assert [block[1].split() for block in groups] == [
        ["NAME", "DATA", "AGE"],
        ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
    ]
    assert [line.split()[:2] for line in groups[0][2:]] == [["tab-a", "1"], ["tab-b", "0"]]
    assert groups[1][2].split()[:4] == ["tab-d", "1/1", "1", "1"]
    assert groups[2][2].split()[1:3] == ["1/1", "Running"]
    assert groups[3][2].split()[1] == "ClusterIP"


def test_columns_are_padded_as_kubectl_pads_them(ground: Ground) -> None:
    ground.install(chart(config("padded-with-a-name", k="v")), "pad")
    header, row = resources(ground, "pad").splitlines()[1:3]
    assert header == "NAME                 DATA   AGE"
    assert row.startswith("padded-with-a-name   1      ")


def test_missing_objects_are_listed(ground: Ground) -> None:
    ground.install(chart(config("gone-a"), config("gone-b"), workload("Deployment", "gone-d")), "gone")
    ground.remove("configmaps/gone-a")
    ground.remove("apps/v1/deployments/gone-d")
    ground.gone("apps/v1/deployments/gone-d")
    _, heading, lines = resources(ground, "gone").partition("==> MISSING\nKIND\t\tNAME\n")
    assert heading
    # Helm 2.17 names each twice.
    assert set(lines.splitlines()) == {
        "/v1, Resource=configmaps\t\tgone-a",
        "apps/v1, Resource=deployments\t\tgone-d",
    }


def test_status_shows_any_kind(ground: Ground) -> None:
    group = f"any.{ground.namespace}.example"
    ground.install(chart(definition(group, hooked("crd-install")), widget(group, "any-w")), "any")
    assert resources(ground, "any").startswith("==> v1/Widget\nNAME    AGE\nany-w   ")
    ground.remove(f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}", "")


@pytest.mark.parametrize("end", ["deleted", "failed"])
def test_status_of_what_is_gone_asks_no_cluster(ground: Ground, end: str) -> None:
    name = f"off-{end}"
    if end == "deleted":
        ground.install(chart(config(f"{name}-a")), name)
        ground.delete(name)
    else:
        refusal(ground.install, chart(config(f"{name}-a"), job(f"{name}-h", hooked("post-install"), fails=True)), name)
    ground.transport.seen.clear()
    assert resources(ground, name) == ""
    assert not any(f"{name}-a" in request.path for request in ground.transport.seen)


def test_status_of_an_old_revision(ground: Ground) -> None:
    ground.install(chart(config("old-a")), "old")
    ground.upgrade(chart(config("old-a")), "old")
    info = status(ground, "old", 1).info
    assert info is not None
    assert info.status is not None
    assert info.status.code == StatusCode.SUPERSEDED
    assert "old-a" in info.status.resources


def test_jobs_and_cluster_wide_kinds_are_shown(ground: Ground) -> None:
    role = f"{ground.namespace}-role"
    ground.install(
        chart(job("kinds-j"), manifest("rbac.authorization.k8s.io/v1", "ClusterRole", role, rules=[])), "kinds"
    )
    ground.until(lambda: "Complete " in resources(ground, "kinds"))
    text = resources(ground, "kinds")
    assert "==> v1/ClusterRole\n" in text
    assert "==> v1/Job\nNAME      STATUS     COMPLETIONS   DURATION   AGE\nkinds-j   Complete   1/1  " in text
    ground.purge("kinds")
    assert ground.get(f"rbac.authorization.k8s.io/v1/clusterroles/{role}", "") is None
