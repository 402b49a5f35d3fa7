"""Records written by one Tiller are the other's: read, upgraded, rolled back, tested, purged."""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace
from typing import Any

import pytest

from helmpy import wire
from helmpy.chart.model import Chart, Config, File
from helmpy.hapi.release.release_pb2 import Release as Message
from helmpy.release.model import Release, StatusCode
from helmpy.release.requests import ContentRequest, ListRequest, SortBy, TestRequest
from helmpy.release.test_runs import TestStatus
from tests.compat.clusters import Ground, refusal
from tests.compat.conformance.manifests import config, hooked, pod, service
from tests.compat.interchange.conftest import Pair
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat]
WAYS = [("theirs", "ours"), ("ours", "theirs")]
ALL = tuple(StatusCode)
BOTH_STORES = pytest.mark.parametrize("pair", ["configmap", "secret"], indirect=True)


def rich(name: str, value: str, *more: str) -> Chart:
    """A chart with something in every field of a record."""
    made = chart(
        config(f"{name}-a", v=value),
        config(f"{name}-h", hooked("pre-install,pre-upgrade", "before-hook-creation", 3)),
        pod(f"{name}-t", hooked("test-success"), once=True),
        *more,
        values="key: one\nlist: [1, 2.5, true, null]\nnested: {a: {b: c}}\n",
        notes="Value {{ .Values.key }}.",
        description="words",
        keywords=("a", "b"),
        annotations={"one": "1"},
        app_version="7",
    )
    inner = chart(config(f"{name}-inner"), name="inner")
    return replace(made, files=(File("README.md", b"read \xff\xfe me"),), dependencies=(inner,))


def life(ground: Ground, name: str) -> None:
    """Revisions of several statuses: superseded, deployed, failed."""
    ground.install(rich(name, "1"), name, values=Config(raw="key: two\n"))
    ground.upgrade(rich(name, "2"), name)
    refusal(ground.upgrade, rich(name, "3", service(f"{name}-s", ports=[{"port": 0}])), name)


def content(ground: Ground, name: str, version: int = 0) -> Release:
    found = ground.tiller.content(ContentRequest(name=name, version=version)).release
    assert found is not None
    return found


@BOTH_STORES
@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_what_one_wrote_the_other_reads_alike(pair: Pair, writer: str, reader: str) -> None:
    name = f"read-{writer}"
    life(pair.by(writer), name)
    for version in (1, 2, 3):
        assert content(pair.by(writer), name, version) == content(pair.by(reader), name, version)
    assert pair.by(reader).statuses(name) == {1: "SUPERSEDED", 2: "DEPLOYED", 3: "FAILED"}

    def listed(ground: Ground) -> list[tuple[str, int, int]]:
        asked = ListRequest(filter=f"^{name}$", status_codes=ALL, sort_by=SortBy.LAST_RELEASED)
        return [(each.name, each.version, each.status) for each in ground.tiller.list(asked).releases]

    assert listed(pair.ours) == listed(pair.theirs)


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_what_one_deployed_the_other_upgrades_rolls_back_and_purges(pair: Pair, writer: str, reader: str) -> None:
    name = f"life-{writer}"
    life(pair.by(writer), name)
    other = pair.by(reader)
    assert other.upgrade(rich(name, "4"), name).version == 4
    assert other.data(f"{name}-a") == {"v": "4"}
    assert other.rollback(name, 1).version == 5
    assert other.data(f"{name}-a") == {"v": "1"}
    assert pair.by(writer).statuses(name)[5] == "DEPLOYED"
    assert pair.by(writer).upgrade(rich(name, "6"), name).version == 6
    assert other.data(f"{name}-a") == {"v": "6"}
    other.delete(name, purge=True)
    assert pair.by(writer).history(name) == []
    assert other.get(f"configmaps/{name}-a") is None


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_what_one_deleted_the_other_rolls_back_replaces_or_purges(pair: Pair, writer: str, reader: str) -> None:
    one, other = pair.by(writer), pair.by(reader)
    for end in ("back", "anew", "gone"):
        name = f"del-{writer}-{end}"
        one.install(rich(name, "1"), name)
        one.delete(name)
        assert other.statuses(name) == {1: "DELETED"}
        assert refusal(other.delete, name) == f'the release named "{name}" is already deleted'
    other.rollback(f"del-{writer}-back", 1)
    assert other.data(f"del-{writer}-back-a") == {"v": "1"}
    other.install(rich(f"del-{writer}-anew", "2"), f"del-{writer}-anew", reuse_name=True)
    assert one.statuses(f"del-{writer}-anew") == {1: "SUPERSEDED", 2: "DEPLOYED"}
    other.delete(f"del-{writer}-gone", purge=True)
    assert one.history(f"del-{writer}-gone") == []


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_what_one_failed_to_install_the_other_replaces_or_forces(pair: Pair, writer: str, reader: str) -> None:
    one, other = pair.by(writer), pair.by(reader)
    for end in ("new", "force"):
        name = f"bad-{writer}-{end}"
        refusal(one.install, chart(config(f"{name}-a", v="0"), service(f"{name}-s", ports=[{"port": 0}])), name)
        assert other.statuses(name) == {1: "FAILED"}
    other.install(chart(config(f"bad-{writer}-new-a", v="1")), f"bad-{writer}-new", reuse_name=True)
    assert other.data(f"bad-{writer}-new-a") == {"v": "1"}
    other.upgrade(chart(config(f"bad-{writer}-force-a", v="1")), f"bad-{writer}-force", force=True)
    assert other.data(f"bad-{writer}-force-a") == {"v": "1"}


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_tests_of_one_are_run_and_read_by_the_other(pair: Pair, writer: str, reader: str) -> None:
    name = f"test-{writer}"
    pair.by(writer).install(rich(name, "1"), name)
    lines = list(pair.by(reader).tiller.test(TestRequest(name=name, timeout=30, cleanup=True)))
    assert [(line.msg, line.status) for line in lines] == [
        (f"RUNNING: {name}-t", TestStatus.RUNNING),
        (f"PASSED: {name}-t", TestStatus.SUCCESS),
    ]
    found = content(pair.by(writer), name)
    assert found.info is not None
    assert found.info.status is not None
    suite = found.info.status.last_test_suite_run
    assert suite is not None
    assert [(each.name, each.status) for each in suite.results] == [(f"{name}-t", TestStatus.SUCCESS)]


def stored(pair: Pair, name: str, version: int) -> dict[str, Any]:
    found = pair.ours.get(f"{pair.driver.plural}/{name}.v{version}")
    assert found is not None
    return found


def payload(pair: Pair, record: dict[str, Any]) -> bytes:
    return base64.b64decode(pair.driver.unpack(record["data"]["release"]))


@BOTH_STORES
def test_records_of_both_have_one_form(pair: Pair) -> None:
    """Names, labels, the place of the data, the message's fields and, nearly, the size."""
    for who in ("theirs", "ours"):
        life(pair.by(who), f"form-{who}")
    for version in (1, 2, 3):
        theirs, ours = stored(pair, "form-theirs", version), stored(pair, "form-ours", version)
        assert ours.keys() == theirs.keys()
        assert ours["data"].keys() == theirs["data"].keys() == {"release"}
        assert ours["metadata"].keys() == theirs["metadata"].keys()
        assert ours["metadata"]["labels"].keys() == theirs["metadata"]["labels"].keys()
        for label in ("OWNER", "STATUS", "VERSION"):
            assert ours["metadata"]["labels"][label] == theirs["metadata"]["labels"][label]
        packed_ours, packed_theirs = payload(pair, ours), payload(pair, theirs)
        assert packed_ours[:10] == packed_theirs[:10]  # gzip's header: level 9, no name, no time, no system
        assert len(packed_ours) <= len(packed_theirs) * 1.03
        plain = gzip.decompress(packed_ours), gzip.decompress(packed_theirs)
        assert abs(len(plain[0]) - len(plain[1])) <= 64  # names and times differ in length


@BOTH_STORES
def test_a_record_of_theirs_is_the_same_bytes_when_we_write_it(pair: Pair) -> None:
    life(pair.theirs, "bytes")
    for version in (1, 2, 3):
        plain = gzip.decompress(payload(pair, stored(pair, "bytes", version)))
        message = Message()
        message.ParseFromString(plain)
        again = wire.to_proto(wire.from_proto(message)).SerializeToString(deterministic=True)
        assert again == plain


def test_labels_tell_creation_from_change(pair: Pair) -> None:
    for who in ("theirs", "ours"):
        pair.by(who).install(chart(config(f"lab-{who}-a")), f"lab-{who}")
        labels = stored(pair, f"lab-{who}", 1)["metadata"]["labels"]
        assert labels.keys() == {"NAME", "OWNER", "STATUS", "VERSION", "MODIFIED_AT"}


@pytest.mark.parametrize(("writer", "reader"), WAYS)
def test_reused_values_of_one_are_the_others(pair: Pair, writer: str, reader: str) -> None:
    name = f"val-{writer}"
    made = chart(
        config(f"{name}-a", seen="{{ .Values.a }} {{ .Values.b }} {{ .Values.num }}"),
        values="a: 0\nb: 0\nnum: 1234567\n",
    )
    pair.by(writer).install(made, name, values=Config(raw="a: 1\n"))
    release = pair.by(reader).upgrade(made, name, values=Config(raw="b: 2\n"), reuse_values=True)
    assert pair.ours.data(f"{name}-a") == {"seen": "1 2 1.234567e+06"}
    assert release.config is not None
    assert release.config.raw == "a: 1\nb: 2\n"
