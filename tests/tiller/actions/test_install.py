"""Installing on a sandbox."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from helmpy.chart.model import Config, File
from helmpy.errors import HelmError
from helmpy.release.model import StatusCode
from helmpy.release.requests import InstallRequest, UninstallRequest
from tests.tiller.world import World, chart, config, make_world
from tiller.actions.install import install
from tiller.actions.recorded import with_status
from tiller.actions.recovery import recover
from tiller.actions.trail import went_well
from tiller.actions.uninstall import uninstall
from tiller.kube.cluster import Cluster
from tiller.kube.discovery import Catalog, Discovery
from tiller.kube.failing import Failing
from tiller.kube.transport import Request, Response

JOB = """
apiVersion: batch/v1
kind: Job
metadata: {name: %s, annotations: {"helm.sh/hook": %s%s}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: %s}]}}}
"""

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org%s}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
"""
WIDGET = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n"


def job(name: str, events: str, extra: str = "", image: str = "i") -> str:
    return JOB % (name, events, extra, image)


def message(world: World, **request: Any) -> str:
    with pytest.raises(HelmError) as caught:
        world.install(**request)
    return str(caught.value)


def test_a_release_is_made_and_recorded(world: World) -> None:
    made = chart(config("{{ .Release.Name }}-conf"), notes="{{ .Release.Name }} in {{ .Release.Namespace }}")
    release = world.install(made, values=Config(raw="key: two\n"))
    assert world.data("web-conf") == {"key": "two"}
    assert release.status == StatusCode.DEPLOYED
    assert release.info is not None
    assert release.info.status is not None
    assert release.info.status.notes == "web in shop"
    assert release.info.first_deployed == release.info.last_deployed == world.env.now()
    assert release.info.description == "Install complete"
    assert release.manifest.startswith("\n---\n# Source: web/templates/0.yaml\napiVersion: v1\n")
    assert world.env.storage.get("web", 1) == release
    namespace = world.api.send(Request("GET", "/api/v1/namespaces/shop")).json()
    assert namespace["metadata"]["labels"]["name"] == "shop"


def test_a_namespace_that_somebody_else_makes_meanwhile_is_as_good(world: World) -> None:
    class Racing(Failing):
        def send(self, request: Request, *, timeout: float | None = None) -> Response:
            if (request.method, request.path) == ("POST", "/api/v1/namespaces"):
                assert self._inner.send(request).status == 201
            return super().send(request, timeout=timeout)

    world.env.cluster = Cluster(Racing(world.api), world.clock)
    assert world.install(chart(config("a"))).status == StatusCode.DEPLOYED
    assert world.data("a") == {"key": "one"}


def test_a_description_replaces_ours(world: World) -> None:
    world.install(chart(config("a")), description="for the fair")
    assert world.description() == "for the fair"


def test_a_name_is_made_where_none_is_given(world: World) -> None:
    first = world.install(chart(config("a")), name="")
    world.env.random = random.Random(1)  # the same names again: the first is taken now
    second = world.install(chart(config("b")), name="")
    assert "-" in first.name
    assert first.name != second.name


def test_a_name_in_use(world: World) -> None:
    world.install(chart(config("a")))
    assert message(world, made=chart(config("b"))) == (
        "a release named web already exists.\nRun: helm ls --all web; to check the status of the release\n"
        "Or run: helm del --purge web; to delete it"
    )
    text = "a release named web is in use, cannot re-use a name that is still in use"
    assert message(world, made=chart(config("b")), reuse_name=True) == text
    long = "a" * 54
    assert message(world, made=chart(config("b")), name=long) == f'release name "{long}" exceeds max length of 53'


def test_a_failed_release_can_be_replaced(world: World) -> None:
    world.transport.refuse("POST", "/services")
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 1}]}\n"
    message(world, made=chart(config("a"), service))
    world.transport.recover()
    again = world.install(chart(config("a", "new"), service), reuse_name=True)
    assert again.version == 2
    assert world.statuses() == {1: "SUPERSEDED", 2: "DEPLOYED"}
    assert world.data("a") == {"key": "new"}


def test_a_replacement_that_fails_says_so_and_is_no_good_revision(world: World) -> None:
    world.install(chart(config("shared")), name="other")
    world.install(chart(config("a")))
    uninstall(world.env, UninstallRequest("web"))
    text = (
        'kind ConfigMap with the name "shared" in "shop" already exists in the cluster and wasn\'t defined in the previous '
        "release. Before upgrading, please either delete the resource from the cluster or remove it from the chart"
    )
    assert message(world, made=chart(config("shared")), reuse_name=True) == text
    assert world.description() == f'Release replace "web" failed: {text}'
    world.install(chart(config("a")), reuse_name=True)
    assert world.statuses() == {1: "SUPERSEDED", 2: "SUPERSEDED", 3: "DEPLOYED"}
    assert [went_well(each) for each in world.env.storage.history("web")] == [True, False, False]


def test_an_object_that_exists_fails_the_release(world: World) -> None:
    world.install(chart(config("shared")), name="other")
    text = message(world, made=chart(config("shared")))
    assert text == 'release web failed: configmaps "shared" already exists'
    assert world.statuses() == {1: "FAILED"}
    assert world.description() == 'Release "web" failed: configmaps "shared" already exists'


def test_a_kind_in_small_letters_is_the_servers_to_refuse(world: World) -> None:
    text = message(world, made=chart(config("a").replace("ConfigMap", "configmap")))
    assert text.startswith('release web failed: configmap in version "v1" cannot be handled as a ConfigMap: no kind')
    assert world.statuses() == {1: "FAILED"}


def test_objects_are_sent_in_the_order_of_their_keys(world: World) -> None:
    world.install(chart("kind: ConfigMap\nmetadata: {name: a, labels: {k: v}}\ndata: {2: b, 10: a}\napiVersion: v1\n"))
    (sent,) = [each.body for each in world.transport.seen if each.path.endswith("/shop/configmaps")]
    assert sent == (
        b'{"apiVersion": "v1", "data": {"10": "a", "2": "b"}, "kind": "ConfigMap", '
        b'"metadata": {"labels": {"k": "v"}, "name": "a", "namespace": "shop"}}'
    )


def test_a_record_that_cannot_be_written_stops_before_any_effect(world: World) -> None:
    world.transport.refuse("POST", "/namespaces/kube-system/configmaps", message="too large")
    made = chart(config("a"), job("first", "pre-install"))
    assert message(world, made=made) == "too large"
    assert world.data("a") is None
    assert world.get("batch/v1/jobs/first") is None


def test_a_chart_that_does_not_render_leaves_nothing(world: World) -> None:
    assert "nil pointer" in message(world, made=chart("{{ .Values.a.b.c }}"))
    assert world.statuses() == {}


def test_a_rehearsal_shows_what_was_rendered_of_broken_yaml(world: World) -> None:
    plain = message(world, made=chart("a: [\n"))
    text = message(world, made=chart("a: [\n"), dry_run=True)
    assert text.startswith(f"{plain}\n")
    assert text.startswith("YAML parse error on web/templates/0.yaml: error converting YAML to JSON")
    assert text.endswith("# Source: web/templates/0.yaml\na: [\n")


def test_broken_yaml_is_told_with_the_templates_line_that_wrote_it(world: World) -> None:
    broken = (
        "{{/* two documents */}}\n---\n"
        + config("a")
        + "\n---\nkind: A\n{{- if true }}\nb: {{ .Values.key }}: c\n{{- end }}\n"
    )
    said = (
        "YAML parse error on web/templates/0.yaml: error converting YAML to JSON: yaml: "
        "line 2: mapping values are not allowed in this context\n"
        "\trendered line 9: b: one: c\n\tfrom web/templates/0.yaml:10: b: {{ .Values.key }}: c"
    )
    assert message(world, made=chart(broken)) == said
    text = message(world, made=chart(broken), dry_run=True)
    assert text.startswith(f"{said}\n\n---\n# Source: web/templates/0.yaml\n")
    world.install(chart(config("a")))
    with pytest.raises(HelmError) as caught:
        world.upgrade(chart(broken))
    assert str(caught.value) == said
    assert world.statuses() == {1: "DEPLOYED"}


def test_an_unknown_kind_fails_validation_and_leaves_no_record(world: World) -> None:
    text = message(world, made=chart(WIDGET))
    assert text == (
        'validation failed: unable to recognize "": no matches for kind "Widget" in version "example.org/v1"'
    )
    assert world.statuses() == {}


def test_no_objects(world: World) -> None:
    assert message(world, made=chart("# nothing\n")) == "release web failed: no objects visited"


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        ({"tiller_version": ">3.0.0"}, "Chart incompatible with Tiller v2.17.0"),
        ({"tiller_version": "no constraint"}, "Chart incompatible with Tiller v2.17.0"),
        (
            {"kube_version": "<1.2.0"},
            "Chart requires kubernetesVersion: <1.2.0 which is incompatible with Kubernetes v1.29.0",
        ),
    ],
)
def test_gates(world: World, gate: dict[str, str], text: str) -> None:
    assert message(world, made=chart(config("a"), **gate)) == text
    assert world.statuses() == {}


def test_open_gates(world: World) -> None:
    world.install(chart(config("a"), tiller_version=">=2.10.0", kube_version=">=1.10.0"))


def test_a_request_without_a_chart(world: World) -> None:
    with pytest.raises(HelmError, match=r"^no chart provided$"):
        install(world.env, InstallRequest(name="web"))


def test_a_dry_run_changes_nothing(world: World) -> None:
    release = world.install(chart(config("a"), job("first", "pre-install")), dry_run=True)
    assert release.info is not None
    assert release.info.description == "Dry run complete"
    assert (world.data("a"), world.get("batch/v1/jobs/first"), world.statuses()) == (None, None, {})
    assert {request.method for request in world.transport.seen} == {"GET"}


def test_capabilities_are_the_clusters(world: World) -> None:
    value = '{{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}'
    world.install(chart(config("a", value)))
    assert world.data("a") == {"key": "v1.29.0+sandbox true"}


def test_a_cluster_that_lists_nothing_has_the_default_capabilities(world: World) -> None:
    world.env.cluster.discovery = Nothing(world.api)
    release = world.install(chart(config("a", '{{ .Capabilities.APIVersions.Has "apps/v1beta1" }}')), dry_run=True)
    assert 'key: "true"' in release.manifest


class Nothing(Discovery):
    """Discovery that finds kinds but names no versions."""

    def catalog(self) -> Catalog:
        return replace(super().catalog(), api_versions=frozenset())


# Hooks


def test_hooks_run_around_the_objects(world: World) -> None:
    release = world.install(
        chart(config("a"), job("later", "pre-install", ', "helm.sh/hook-weight": "5"'), job("sooner", "pre-install"))
    )
    made = [r.path for r in world.transport.seen if r.method == "POST" and "kube-system" not in r.path]
    assert made[-1].endswith("/configmaps")
    assert [hook.last_run is not None for hook in release.hooks] == [True, True]
    assert world.get("batch/v1/jobs/sooner") is not None


def test_a_failed_hook_before_the_objects_leaves_the_name_free(world: World) -> None:
    world.transport.refuse("POST", "/jobs", message="no jobs")
    made = chart(config("a"), job("first", "pre-install"))
    assert message(world, made=made) == "no jobs"
    assert world.statuses() == {}
    assert world.data("a") is None
    world.transport.recover()
    assert world.install(made).version == 1


def test_a_failed_hook_after_the_objects_fails_the_release(world: World) -> None:
    world.transport.refuse("POST", "/jobs", message="no jobs")
    assert message(world, made=chart(config("a"), job("last", "post-install"))) == "no jobs"
    assert world.statuses() == {1: "FAILED"}
    assert world.description() == 'Release "web" failed post-install: no jobs'


def test_a_job_that_fails_says_why(world: World) -> None:
    made = chart(config("a"), job("fails", "post-install", ', "helm.sh/hook-delete-policy": hook-failed', image="i"))
    world = make_world(ready_after=1000)  # its pod never ends by itself
    finish = world.clock.on_advance
    assert finish is not None

    def fail_job() -> None:
        finish()
        if world.get("batch/v1/jobs/fails"):
            state = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
            target = {"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"}
            world.patch_status("batch/v1/jobs/fails", {"conditions": [target, state]})

    world.clock.on_advance = fail_job
    assert message(world, made=made) == "Job failed: BackoffLimitExceeded"
    assert world.get("batch/v1/jobs/fails") is None


def test_a_job_that_is_gone_is_done() -> None:
    """As in 2.17: who asks for ``ttlSecondsAfterFinished: 0`` has it deleted before anybody saw that it ended."""
    world = make_world(ready_after=1000)
    tick = world.clock.on_advance
    assert tick is not None

    def take_away() -> None:
        tick()
        world.api.send(Request("DELETE", "/apis/batch/v1/namespaces/shop/jobs/brief"))

    world.clock.on_advance = take_away
    start = world.clock.now()
    assert world.install(chart(config("a"), job("brief", "post-install"))).status == StatusCode.DEPLOYED
    assert world.clock.now() < start + 5


def test_a_hook_that_takes_too_long() -> None:
    world = make_world(ready_after=1000)
    start = world.clock.now()
    text = message(world, made=chart(config("a"), job("slow", "post-install")), timeout=7)
    assert text == "timed out waiting for the condition"
    assert world.clock.now() - start == pytest.approx(7)


def test_the_log_says_which_hooks_and_policies_are_passed_over(world: World, caplog: pytest.LogCaptureFixture) -> None:
    odd = config("b", hook="pre-install", hook_delete_policy="nope")
    with caplog.at_level("INFO", "tiller"):
        world.install(chart(config("a"), config("h", hook="pre-instal"), odd))
    assert 'release web: web/templates/1.yaml: skipping unknown hook: "pre-instal"' in caplog.messages
    assert 'release web: web/templates/2.yaml: skipping unknown hook delete policy: "nope"' in caplog.messages


def test_hooks_can_be_left_out(world: World) -> None:
    world.install(chart(config("a"), job("first", "pre-install"), job("last", "post-install")), disable_hooks=True)
    assert world.get("batch/v1/jobs/first") is None
    assert world.get("batch/v1/jobs/last") is None


@pytest.mark.parametrize(("policy", "stays"), [("hook-succeeded", False), ("hook-failed", True)])
def test_policies_after_success(world: World, policy: str, *, stays: bool) -> None:
    world.install(chart(config("a"), job("j", "post-install", f', "helm.sh/hook-delete-policy": {policy}')))
    assert (world.get("batch/v1/jobs/j") is not None) == stays


def test_a_hook_may_replace_its_former_self(world: World) -> None:
    policy = ', "helm.sh/hook-delete-policy": before-hook-creation'
    world.install(chart(config("a"), job("j", "pre-install", policy)))
    before = world.get("batch/v1/jobs/j")
    world.install(chart(config("b"), job("j", "pre-install", policy)), name="second")
    after = world.get("batch/v1/jobs/j")
    assert before is not None
    assert after is not None
    assert before["metadata"]["uid"] != after["metadata"]["uid"]
    assert message(world, made=chart(config("c"), job("j", "pre-install")), name="third") == (
        'jobs.batch "j" already exists'
    )


# Definitions


def test_definitions_come_first(world: World) -> None:
    world.install(chart(CRD % ', annotations: {"helm.sh/hook": crd-install}', WIDGET))
    found = world.get("example.org/v1/widgets/w")
    assert found is not None
    assert found["spec"] == {"size": 3}


def test_a_dry_run_with_definitions_is_not_validated(world: World) -> None:
    made = chart(CRD % ', annotations: {"helm.sh/hook": crd-install}', WIDGET)
    release = world.install(made, dry_run=True)
    assert release.info is not None
    assert release.info.description == "Validation skipped because CRDs are not installed"
    text = message(world, made=made, dry_run=True, disable_crd_hook=True)
    assert text == 'unable to recognize "": no matches for kind "Widget" in version "example.org/v1"'


def test_a_v2_chart_brings_its_definitions_in_a_directory(world: World) -> None:
    made = replace(chart(WIDGET, api_version="v2"), files=(File("crds/widget.yaml", (CRD % "").encode()),))
    world.install(made)
    assert world.get("example.org/v1/widgets/w") is not None
    world.install(made, name="second", namespace="elsewhere")  # the definition is there already
    assert world.get("example.org/v1/widgets/w", "elsewhere") is not None


# Waiting


def test_wait() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
    world = make_world(ready_after=20)
    start = world.clock.now()
    assert world.install(chart(pod), wait=True, timeout=60).status == StatusCode.DEPLOYED
    assert world.clock.now() - start >= 20
    assert message(make_world(ready_after=100), made=chart(pod), wait=True, timeout=60) == (
        "release web failed: timed out waiting for the condition"
    )


# What a server finds when it starts


def test_interrupted_operations_are_marked(world: World) -> None:
    release = world.install(chart(config("a")))
    world.env.storage.update(with_status(release, StatusCode.PENDING_INSTALL, "Initial install underway"))
    world.install(chart(config("b")), name="fine")
    assert [each.name for each in recover(world.env)] == ["web"]
    assert world.statuses() == {1: "FAILED"}
    assert world.description() == "interrupted: the server stopped during its install"
    assert world.statuses("fine") == {1: "DEPLOYED"}


def test_one_operation_at_a_time(world: World) -> None:
    with world.env.turn("web", "upgrade", 60, lambda: False):
        text = message(world, made=chart(config("a")), timeout=3)
    assert text.startswith("another operation (install/upgrade/rollback) is in progress: tiller holds release")
    world.install(chart(config("a")))


def test_a_caller_who_hangs_up_fails_the_wait() -> None:
    world = make_world(ready_after=100)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"
    request = InstallRequest(chart=chart(pod), name="web", namespace="shop", wait=True, timeout=60)
    start = world.clock.now()
    with pytest.raises(HelmError, match="the client cancelled the operation"):
        install(world.env, request, cancelled=lambda: world.clock.now() > start + 5)
    assert world.statuses() == {1: "FAILED"}
    assert world.clock.now() < start + 10
