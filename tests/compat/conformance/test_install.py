"""Install: names, dry runs, gates, order of steps, what a failure leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from helmpy.chart.model import Config
from helmpy.release.model import StatusCode
from helmpy.release.requests import ContentRequest, InstallRequest
from tests.compat.clusters import Ground, describe, refusal
from tests.compat.conformance.manifests import config, definition, hooked, job, manifest, pod, widget
from tests.tiller.world import chart

pytestmark = [pytest.mark.compat, pytest.mark.conformance]


def test_an_install_creates_the_objects_and_records_the_release(ground: Ground) -> None:
    made = ground.install(chart(config("first-a", key="{{ .Values.key }}"), notes="Key {{ .Values.key }}."), "first")
    assert (made.version, made.status, made.namespace) == (1, StatusCode.DEPLOYED, ground.namespace)
    assert describe(made) == "Install complete"
    assert made.info is not None
    assert made.info.status is not None
    assert made.info.status.notes == "Key one."
    assert ground.data("first-a") == {"key": "one"}
    assert ground.tiller.content(ContentRequest(name="first")).release == made
    record = ground.get("configmaps/first.v1")
    assert record is not None
    labels = record["metadata"]["labels"]
    assert {name: labels[name] for name in ("NAME", "OWNER", "STATUS", "VERSION")} == {
        "NAME": "first",
        "OWNER": "TILLER",
        "STATUS": "DEPLOYED",
        "VERSION": "1",
    }


def test_a_description_is_recorded_in_place_of_ours(ground: Ground) -> None:
    made = ground.install(chart(config("described-a")), "described", description="for the fair")
    assert describe(made) == "for the fair"


def test_the_server_checks_only_the_length_of_a_new_name(ground: Ground) -> None:
    long = "n" * 54
    assert refusal(ground.install, chart(config("x")), long) == f'release name "{long}" exceeds max length of 53'
    assert ground.install(chart(config("fits-a")), "f" * 53).version == 1
    text = refusal(ground.upgrade, chart(config("x")), long)
    assert text.startswith("invalid release name, must match regex ")
    assert text.endswith("and the length must not be longer than 53")


def test_a_name_is_generated_where_none_is_given(ground: Ground) -> None:
    made = ground.install(chart(config("{{ .Release.Name }}-a")), "")
    left, dash, right = made.name.partition("-")
    assert left.isalpha()
    assert dash
    assert right
    assert ground.get(f"configmaps/{made.name}-a") is not None


@pytest.mark.parametrize("end", ["deployed", "deleted"])
def test_a_stored_name_is_in_use_whatever_its_status(ground: Ground, end: str) -> None:
    name = f"used-{end}"
    ground.install(chart(config(f"{name}-a")), name)
    if end == "deleted":
        ground.delete(name)
    assert refusal(ground.install, chart(config(f"{name}-b")), name) == (
        f"a release named {name} already exists.\nRun: helm ls --all {name}; to check the status of the release\n"
        f"Or run: helm del --purge {name}; to delete it"
    )
    assert ground.get(f"configmaps/{name}-b") is None


def test_replace_refuses_a_release_that_is_deployed(ground: Ground) -> None:
    ground.install(chart(config("busy-a")), "busy")
    assert refusal(ground.install, chart(config("busy-a")), "busy", reuse_name=True) == (
        "a release named busy is in use, cannot re-use a name that is still in use"
    )


def test_replace_goes_on_counting_while_templates_see_revision_one(ground: Ground) -> None:
    ground.install(chart(config("again-a")), "again")
    ground.delete("again")
    made = ground.install(
        chart(config("again-a", revision="{{ .Release.Revision }}", install="{{ .Release.IsInstall }}")),
        "again",
        reuse_name=True,
    )
    assert made.version == 2
    assert ground.data("again-a") == {"revision": "1", "install": "true"}
    assert ground.statuses("again") == {1: "SUPERSEDED", 2: "DEPLOYED"}


def test_replace_of_a_failed_release_takes_over_its_objects(ground: Ground) -> None:
    ground.make("configmaps/fresh-b", {"metadata": {"name": "fresh-b"}})
    refusal(ground.install, chart(config("fresh-a", old="1"), config("fresh-b")), "fresh")
    assert ground.statuses("fresh") == {1: "FAILED"}
    made = ground.install(chart(config("fresh-a", new="2")), "fresh", reuse_name=True)
    assert made.version == 2
    assert ground.data("fresh-a") == {"new": "2"}
    assert ground.statuses("fresh") == {1: "SUPERSEDED", 2: "DEPLOYED"}


def test_capabilities_are_what_discovery_lists(ground: Ground) -> None:
    asked = ["v1", "apps/v1", "apps/v1/Deployment", "batch/v1/Job", "apps/v1/None", "none.example/v1"]
    template = config(
        "caps-a",
        None,
        **{f"k{i}": "{{ .Capabilities.APIVersions.Has `" + each + "` }}" for i, each in enumerate(asked)},
        version="{{ .Capabilities.KubeVersion.GitVersion }}",
        minor="{{ .Capabilities.KubeVersion.Minor }}",
    )
    ground.install(chart(template), "caps")
    known = ground.send("GET", "/version").json()
    assert ground.data("caps-a") == {
        **{f"k{i}": answer for i, answer in enumerate(["true", "true", "true", "true", "false", "false"])},
        "version": known["gitVersion"],
        "minor": known["minor"],
    }


def test_a_dry_run_renders_with_the_real_capabilities_and_changes_nothing(ground: Ground) -> None:
    template = config("dry-a", version="{{ .Capabilities.KubeVersion.GitVersion }}")
    made = ground.install(chart(template, job("dry-hook", hooked("pre-install"))), "dry", dry_run=True)
    assert ground.send("GET", "/version").json()["gitVersion"] in made.manifest
    assert describe(made) == "Dry run complete"
    assert ground.history("dry") == []
    assert ground.get("configmaps/dry-a") is None
    assert ground.get("batch/v1/jobs/dry-hook") is None


def test_a_dry_run_with_a_definition_skips_the_validation(ground: Ground) -> None:
    group = f"dry.{ground.namespace}.example"
    made = chart(definition(group, hooked("crd-install")), widget(group, "dryw"))
    assert describe(ground.install(made, "dryw", dry_run=True)) == ("Validation skipped because CRDs are not installed")
    text = refusal(ground.install, made, "dryw", dry_run=True, disable_crd_hook=True)
    assert text == (f'unable to recognize "": no matches for kind "Widget" in version "{group}/v1"')


def test_a_broken_template_leaves_nothing(ground: Ground) -> None:
    text = refusal(ground.install, chart(config("broke-a"), "{{ .Values.a.b.c }}"), "broke")
    assert "web/templates/1.yaml:1:" in text
    assert ground.history("broke") == []
    assert ground.get("configmaps/broke-a") is None


def test_yaml_that_cannot_be_read_comes_with_the_manifest_of_a_dry_run(ground: Ground) -> None:
    why = "YAML parse error on web/templates/0.yaml: error converting YAML to JSON: yaml: "
    text = refusal(ground.install, chart("a: b: c\n"), "yaml")
    assert text.startswith(why)
    assert text.split("\n")[1:] == ["\trendered line 1: a: b: c", "\tfrom web/templates/0.yaml:1: a: b: c"]
    text = refusal(ground.install, chart("a: b: c\n"), "yaml", dry_run=True)
    assert text.startswith(why)
    assert "# Source: web/templates/0.yaml\na: b: c" in text


def test_gates_of_the_chart(ground: Ground) -> None:
    version = ground.send("GET", "/version").json()["gitVersion"].partition("+")[0]
    gates: list[tuple[dict[str, Any], str]] = [
        ({"tiller_version": ">9.0.0"}, "Chart incompatible with Tiller v2.17.0"),
        (
            {"kube_version": "<1.2.0"},
            f"Chart requires kubernetesVersion: <1.2.0 which is incompatible with Kubernetes {version}",
        ),
        (
            {"kube_version": "not a version"},
            f"Chart requires kubernetesVersion: not a version which is incompatible with Kubernetes {version}",
        ),
    ]
    for gate, text in gates:
        made = chart(config("gate-a"))
        assert made.metadata is not None
        gated = replace(made, metadata=replace(made.metadata, **gate))
        assert refusal(ground.install, gated, "gate") == text
    open_gates: dict[str, Any] = {"kube_version": ">=1.2.0", "tiller_version": "^2.9.0"}
    assert ground.install(chart(config("gate-a"), **open_gates), "gate").version == 1


def test_an_unknown_kind_fails_the_validation_and_leaves_no_record(ground: Ground) -> None:
    made = chart(config("kind-a"), manifest("none.example/v1", "Nothing", "n"), job("kind-hook", hooked("pre-install")))
    text = refusal(ground.install, made, "kind")
    assert text.startswith(
        'validation failed: unable to recognize "": no matches for kind "Nothing" in version "none.example/v1"'
    )
    assert ground.history("kind") == []
    assert ground.get("batch/v1/jobs/kind-hook") is None


def test_the_steps_of_an_install_come_in_order(ground: Ground) -> None:
    group = f"steps.{ground.namespace}.example"
    ground.install(
        chart(
            definition(group, hooked("crd-install")),
            widget(group, "steps-w"),
            config("steps-pre", hooked("pre-install")),
            config("steps-a"),
            config("steps-post", hooked("post-install")),
        ),
        "steps",
    )
    bodies = [(r.path.rpartition("/")[2], r.body) for r in ground.transport.seen if r.method == "POST"]
    wanted = [
        ("customresourcedefinitions", b""),
        ("configmaps", b"steps-pre"),
        ("configmaps", b"steps-a"),
        ("widgets", b"steps-w"),
        ("configmaps", b"steps-post"),
    ]
    places = [
        next(i for i, (plural, body) in enumerate(bodies) if plural == kind and part in body and b"TILLER" not in body)
        for kind, part in wanted
    ]
    assert places == sorted(places)
    assert ground.statuses("steps") == {1: "DEPLOYED"}
    ground.remove(f"apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}", "")


def test_a_failed_pre_install_hook_leaves_no_record_but_its_object(ground: Ground) -> None:
    made = chart(config("pre-a"), job("pre-hook", hooked("pre-install"), fails=True))
    assert refusal(ground.install, made, "pre") == "Job failed: BackoffLimitExceeded"
    assert ground.history("pre") == []
    assert ground.get("configmaps/pre-a") is None
    assert ground.get("batch/v1/jobs/pre-hook") is not None


def test_an_object_that_cannot_be_made_fails_the_release(ground: Ground) -> None:
    ground.make("configmaps/taken-a", {"metadata": {"name": "taken-a"}})
    assert refusal(ground.install, chart(config("taken-a")), "taken") == (
        'release taken failed: configmaps "taken-a" already exists'
    )
    assert ground.descriptions("taken") == {1: 'Release "taken" failed: configmaps "taken-a" already exists'}
    assert ground.statuses("taken") == {1: "FAILED"}


def test_an_object_that_the_api_server_refuses_is_named(ground: Ground) -> None:
    text = refusal(ground.install, chart(manifest("v1", "Service", "bad-s", spec={"ports": [{"port": 0}]})), "bad")
    assert text.startswith('release bad failed: Service "bad-s" is invalid: ')
    assert "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive" in text
    assert ground.statuses("bad") == {1: "FAILED"}


def test_a_failed_post_install_hook_fails_the_release(ground: Ground) -> None:
    made = chart(config("post-a"), job("post-hook", hooked("post-install"), fails=True))
    assert refusal(ground.install, made, "post") == "Job failed: BackoffLimitExceeded"
    assert ground.statuses("post") == {1: "FAILED"}
    assert ground.descriptions("post") == {1: 'Release "post" failed post-install: Job failed: BackoffLimitExceeded'}
    assert ground.get("configmaps/post-a") is not None


def test_a_record_that_is_too_large_stops_the_install_before_any_effect(ground: Ground) -> None:
    import random

    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=2_500_000))
    made = replace(chart(config("large-a")), values=Config(raw=f"noise: {noise}\n"))
    text = refusal(ground.install, made, "large")
    assert text == 'ConfigMap "large.v1" is invalid: []: Too long: may not be more than 1048576 bytes'
    assert ground.history("large") == []
    assert ground.get("configmaps/large-a") is None


def test_a_release_namespace_is_made_and_labelled(ground: Ground) -> None:
    namespace = ground.another_namespace()
    ground.install(chart(config("ns-a"), job("ns-hook", hooked("pre-install"))), "ns", namespace=namespace)
    found = ground.get(f"namespaces/{namespace}", "")
    assert found is not None
    assert found["metadata"]["labels"]["name"] == namespace
    assert ground.get("configmaps/ns-a", namespace) is not None
    ground.install(chart(config("ns-b")), "ns-two", namespace=namespace)


def test_an_objects_own_namespace_wins_over_the_releases(ground: Ground) -> None:
    namespace = ground.another_namespace()
    ground.make_namespace(namespace)
    text = config("own-a", where="{{ .Release.Namespace }}").replace(
        '"name": "own-a"', f'"name": "own-a", "namespace": "{namespace}"'
    )
    ground.install(chart(text), "own")
    assert ground.data("own-a", namespace) == {"where": ground.namespace}
    assert ground.get("configmaps/own-a") is None
    ground.purge("own")
    assert ground.data("own-a", namespace) is None


def test_a_chart_without_objects_fails(ground: Ground) -> None:
    assert refusal(ground.install, chart("# nothing\n"), "empty") == "release empty failed: no objects visited"
    assert ground.statuses("empty") == {1: "FAILED"}


def test_no_chart_is_an_error(ground: Ground) -> None:
    assert refusal(ground.tiller.install, InstallRequest(name="none")) == "no chart provided"


def test_a_failed_install_keeps_its_other_objects(ground: Ground) -> None:
    made = chart(config("part-a"), pod("part-p"), manifest("v1", "Service", "part-s", spec={"ports": [{"port": 0}]}))
    refusal(ground.install, made, "part")
    assert ground.get("configmaps/part-a") is not None
    assert ground.get("pods/part-p") is None  # pods come after services


def test_sub_notes_are_joined_on_request(ground: Ground) -> None:
    inner = chart(config("notes-inner"), notes="inner")
    assert inner.metadata is not None
    inner = replace(inner, metadata=replace(inner.metadata, name="inner"))
    outer = replace(chart(config("notes-outer"), notes="outer"), dependencies=(inner,))

    def notes(name: str, **options: Any) -> list[str]:
        made = ground.install(outer, name, dry_run=True, **options)
        assert made.info is not None
        assert made.info.status is not None
        return sorted(made.info.status.notes.split())

    assert notes("notes") == ["outer"]
    assert notes("notes", sub_notes=True) == ["inner", "outer"]
