"""Removed API versions on a cluster that serves today's alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helmpy.errors import HelmError
from helmpy.release.requests import UninstallRequest
from tests.tiller.world import World, chart, config
from tiller.actions.conversion import converted_text
from tiller.actions.uninstall import uninstall
from tiller.kube.discovery import Catalog, Discovery

CRON = """
apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: night, labels: {count: "1"}}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}
"""
POLICY = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: strict}\nspec: {}\n"


class Today(Discovery):
    """Discovery of a server that has no beta versions."""

    reads = 0

    def _read(self) -> Catalog:
        self.reads += 1
        found = super()._read()
        return replace(found, resources={key: each for key, each in found.resources.items() if "beta" not in key[0]})


@pytest.fixture
def today(world: World) -> World:
    world.env.cluster.discovery = Today(world.api)
    return world


def test_a_chart_is_refused_with_what_to_use(today: World) -> None:
    with pytest.raises(HelmError, match=r'"night" of web/templates/0\.yaml: .* use batch/v1, or let'):
        today.install(chart(CRON, config("a")))


def test_all_objects_of_removed_kinds_are_named_with_their_templates(today: World) -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        f"- {{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {{name: b{i}}}}}\n" for i in range(10)
    )
    with pytest.raises(HelmError) as caught:
        today.install(chart(config("a"), listed, CRON, POLICY))
    assert isinstance(today.env.cluster.discovery, Today)
    assert today.env.cluster.discovery.reads == 1 + 3  # at first, and again for each kind that is missing
    text = str(caught.value)
    assert text.startswith(
        'validation failed: unable to recognize "": no matches for kind "PodSecurityPolicy" in version "policy/v1beta1"; '
        'PodSecurityPolicy "strict" of web/templates/3.yaml: '
    )
    assert 'CronJob "night" of web/templates/2.yaml: ' in text
    assert 'PodDisruptionBudget "b7" of web/templates/1.yaml: ' in text
    assert text.endswith("; and 2 more objects; --convert-removed-apis converts them")
    assert text.count("--convert-removed-apis") == 1


def test_what_cannot_be_converted_is_not_promised(today: World) -> None:
    with pytest.raises(HelmError) as caught:
        today.install(chart(config("a"), POLICY))
    assert "--convert-removed-apis" not in str(caught.value)


def test_a_hook_of_a_removed_kind_is_named_with_its_template(today: World) -> None:
    hook = CRON.replace("labels: {", 'annotations: {"helm.sh/hook": pre-install}, labels: {')
    with pytest.raises(HelmError, match=r'CronJob "night" of web/templates/1.yaml: .* use batch/v1, or let'):
        today.install(chart(config("a"), hook))


@pytest.mark.parametrize("event", ["pre-delete", "post-delete"])
def test_a_stored_hook_of_a_removed_version_does_not_stop_a_deletion(world: World, event: str) -> None:
    hook = CRON.replace("labels: {", f'annotations: {{"helm.sh/hook": {event}}}, labels: {{')
    world.install(
        chart(
            config("a"), hook, POLICY.replace("metadata: {", f'metadata: {{annotations: {{"helm.sh/hook": {event}}}, ')
        )
    )
    world.env.cluster.discovery = Today(world.api)
    uninstall(world.env, UninstallRequest(name="web", purge=True))
    assert world.statuses() == {}
    assert world.get("batch/v1/cronjobs/night") is not None


def test_a_chart_is_converted_where_that_is_wanted(today: World) -> None:
    today.env.convert_removed_apis = True
    made = today.install(chart(CRON, POLICY, config("a")))
    assert today.get("batch/v1/cronjobs/night") is not None
    assert "apiVersion: batch/v1\nkind: CronJob\n" in made.manifest
    assert '# left out: PodSecurityPolicy "strict", ' in made.manifest
    assert made.manifest.count("# Source: ") == 3


def test_what_is_served_stays_to_the_byte(world: World) -> None:
    text = f"\n---\n# Source: web/templates/a.yaml\n{CRON.strip()}\n---\n# Source: web/templates/b.yaml\n# words"
    assert converted_text(world.env, text) == text


def test_items_of_lists_are_converted(today: World) -> None:
    items = "".join(
        f"- {each}\n" for each in ("{apiVersion: v1, kind: Pod}", "{apiVersion: batch/v1beta1, kind: CronJob}")
    )
    made = converted_text(today.env, f"---\n# Source: a\napiVersion: v1\nkind: List\nitems:\n{items}")
    assert "apiVersion: batch/v1\n" in made
    assert "kind: Pod\n" in made
