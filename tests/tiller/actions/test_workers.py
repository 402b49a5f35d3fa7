"""Rendering in processes that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from helmpy.chart.capabilities import Capabilities
from helmpy.chart.model import Chart
from helmpy.engine import ReleaseOptions
from helmpy.errors import HelmError
from helmpy.gotemplate import Limits
from tests.tiller.world import World, chart, config
from tiller.actions.renderer import Job, no_lookup
from tiller.actions.workers import Workers

LOOP = "{{ range $i, $_ := until 1000 }}{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}{{ end }}"


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


def job(made: Chart) -> Job:
    return Job(made, {"given": 1.0}, ReleaseOptions(name="web", namespace="shop"), Capabilities())


def test_a_chart_renders(workers: Workers) -> None:
    made = chart("{{ .Release.Name }} {{ .Values.key }} {{ .Values.given }} ☕")
    for _ in range(2):
        assert workers.render(job(made), no_lookup) == {"web/templates/0.yaml": "web one 1 ☕"}


def test_an_error_is_the_engines_and_the_worker_stays(workers: Workers) -> None:
    with pytest.raises(HelmError, match="nil pointer evaluating interface"):
        workers.render(job(chart("{{ .Values.a.b.c }}")), no_lookup)
    (worker,) = workers._idle
    assert worker.alive
    workers.render(job(chart("x")), no_lookup)
    assert workers._idle == [worker]


def test_a_chart_that_takes_too_long_is_stopped() -> None:
    workers = Workers(1, seconds=1.5)
    start = time.monotonic()
    with pytest.raises(HelmError, match=r"^rendering template failed: it took too long$"):
        workers.render(job(chart(LOOP)), no_lookup)
    assert time.monotonic() - start < 10
    assert workers._idle == []


def test_a_chart_that_takes_too_much_memory_fails_alone() -> None:
    workers = Workers(1, memory=400 * 1024**2, seconds=60)
    greedy = chart('{{ $s := repeat 1000000 "abcdefghij" }}{{ range until 100 }}{{ $s }}{{ end }}')
    with pytest.raises(HelmError):
        workers.render(job(greedy), no_lookup)
    assert workers.render(job(chart("fine")), no_lookup) == {"web/templates/0.yaml": "fine"}
    workers.close()


def test_a_worker_that_died_is_replaced(workers: Workers) -> None:
    workers.render(job(chart("x")), no_lookup)
    workers._idle[0]._process.kill()
    workers._idle[0]._process.wait()
    assert workers.render(job(chart("y")), no_lookup) == {"web/templates/0.yaml": "y"}


def test_lookups_reach_the_cluster(world: World, workers: Workers) -> None:
    world.env.renderer = workers
    world.install(chart(config("a")), name="other")
    value = '{{ (lookup "v1" "ConfigMap" "shop" "a").data.key }}-{{ len (lookup "v1" "Service" "shop" "").items }}'
    missing = '{{ len (lookup "v1" "ConfigMap" "shop" "none") }}'
    made: Any = chart(config("b", value), config("c", missing), api_version="v2")
    world.install(made)
    assert world.data("b") == {"key": "one-0"}
    assert world.data("c") == {"key": "0"}
    with pytest.raises(HelmError, match="no matches for kind"):
        world.install(chart('{{ lookup "x.org/v1" "Odd" "" "a" }}', api_version="v2"), name="third")


def test_leave_to_look_up_hosts_reaches_the_worker(workers: Workers) -> None:
    asks = job(chart('{{ getHostByName "localhost" | replace "::1" "127.0.0.1" }}'))
    assert workers.render(asks, no_lookup) == {"web/templates/0.yaml": ""}
    assert workers.render(replace(asks, dns=True), no_lookup) == {"web/templates/0.yaml": "127.0.0.1"}


def test_limits_reach_the_worker() -> None:
    workers = Workers(1, limits=Limits(steps=100))
    with pytest.raises(HelmError, match=r"exceeded maximum number of steps \(100\)"):
        workers.render(job(chart(LOOP)), no_lookup)
    (worker,) = workers._idle
    assert worker.alive
    workers.close()


def test_a_worker_whose_render_was_interrupted_is_not_used_again() -> None:
    workers = Workers(1, limits=Limits(seconds=0.1))
    slow = chart('{{ uniq (list (float64 "nan")) | len }}{{ regexFindAll "" (repeat 4000000 "x") -1 | len }}')
    with pytest.raises(HelmError, match="rendering takes longer than the limit"):
        workers.render(job(slow), no_lookup)
    assert workers.render(job(chart('fine ☕ {{ "\\xff" }}')), no_lookup) == {"web/templates/0.yaml": "fine ☕ \udcff"}
    workers.close()
