"""Uninstalling on a sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.release.requests import UninstallRequest, UninstallResponse
from tests.tiller.actions.test_install import CRD, WIDGET
from tests.tiller.world import World, chart, config
from tiller.actions.uninstall import uninstall
from tiller.storage.driver import ReleaseNotFound

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 1}]}\n"
HOOK = """
apiVersion: v1
kind: ConfigMap
metadata: {name: %s, annotations: {"helm.sh/hook": %s}}
"""


def remove(world: World, name: str = "web", **options: Any) -> UninstallResponse:
    return uninstall(world.env, UninstallRequest(name=name, **options))


def message(world: World, **options: Any) -> str:
    with pytest.raises(HelmError) as caught:
        remove(world, **options)
    return str(caught.value)


def deleted(world: World) -> list[str]:
    return [r.path.rsplit("/", 1)[1] for r in world.transport.seen if r.method == "DELETE" and "/shop/" in r.path]


def test_an_object_without_a_name_takes_no_others_with_it(world: World) -> None:
    world.install(chart(config("a")), name="other")
    world.install(chart("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n", config("b")))
    remove(world, purge=True)
    assert deleted(world) == ["b"]
    assert world.data("a") is not None


def test_objects_go_in_reverse_order_and_the_record_stays(world: World) -> None:
    world.install(chart(config("a"), SERVICE))
    answer = remove(world)
    assert deleted(world) == ["s", "a"]
    assert world.statuses() == {1: "DELETED"}
    assert world.description() == "Deletion complete"
    assert answer.info == ""
    assert answer.release == world.env.storage.last("web")
    assert answer.release is not None
    assert answer.release.info is not None
    assert answer.release.info.deleted == world.env.now()


def test_deleted_is_deleted(world: World) -> None:
    world.install(chart(config("a")))
    remove(world)
    assert message(world) == 'the release named "web" is already deleted'
    remove(world, purge=True)
    assert world.statuses() == {}
    assert message(world) == 'release: "web" not found'


def test_a_purge_removes_every_revision(world: World) -> None:
    world.install(chart(config("a")))
    world.upgrade(chart(config("a", "two")))
    remove(world, purge=True)
    assert world.statuses() == {}
    assert world.data("a") is None
    world.install(chart(config("a")))


def test_what_is_kept_is_told(world: World) -> None:
    world.install(chart(config("a", resource_policy="keep"), config("b", resource_policy="delete")))
    answer = remove(world)
    assert answer.info == "These resources were kept due to the resource policy:\n[ConfigMap] a\n"
    assert world.data("a") == {"key": "one"}
    assert world.data("b") is None


def test_an_object_that_is_gone_is_no_error(world: World) -> None:
    world.install(chart(config("a"), SERVICE))
    world.env.cluster.delete_path("/api/v1/namespaces/shop/services/s")
    remove(world)
    assert world.statuses() == {1: "DELETED"}


def test_objects_whose_definition_is_gone_are_gone(world: World) -> None:
    world.install(chart(CRD % ""), name="definition")
    world.install(chart(config("a"), WIDGET))
    world.env.cluster.delete_path("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org")
    remove(world)
    assert world.statuses() == {1: "DELETED"}
    assert world.data("a") is None


@pytest.mark.parametrize("purge", [False, True])
def test_what_cannot_be_deleted_is_told_and_keeps_the_record(world: World, *, purge: bool) -> None:
    world.install(chart(config("a"), SERVICE))
    world.transport.refuse("DELETE", "/services/", message="no")
    text = "deletion completed with 1 error(s): no"
    assert message(world, purge=purge) == text
    assert world.data("a") is None
    assert world.statuses() == {1: "DELETED"}
    assert world.description() == text


def test_hooks(world: World) -> None:
    world.install(chart(config("a"), HOOK % ("before", "pre-delete"), HOOK % ("after", "post-delete")))
    assert world.get("configmaps/before") is None
    remove(world)
    assert world.get("configmaps/before") is not None
    assert world.get("configmaps/after") is not None


def test_a_failed_hook_leaves_the_release_as_it_was(world: World) -> None:
    world.install(chart(config("a"), HOOK % ("before", "pre-delete")))
    world.transport.refuse("POST", "/namespaces/shop/configmaps", message="no")
    assert message(world) == "no"
    assert world.statuses() == {1: "DEPLOYED"}
    assert world.data("a") == {"key": "one"}
    remove(world, disable_hooks=True)
    assert world.statuses() == {1: "DELETED"}


def test_a_failed_hook_afterwards_is_told(world: World) -> None:
    world.install(chart(config("a"), HOOK % ("after", "post-delete")))
    world.transport.refuse("POST", "/namespaces/shop/configmaps", message="no")
    assert message(world) == "deletion completed with 1 error(s): no"
    assert world.statuses() == {1: "DELETED"}


def test_a_failed_hook_afterwards_stops_no_purge(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.install(chart(config("a"), HOOK % ("after", "post-delete")))
    world.transport.refuse("POST", "/namespaces/shop/configmaps", message="no")
    remove(world, purge=True)
    assert "purging web although its deletion is not complete: no" in caplog.text
    with pytest.raises(ReleaseNotFound):
        world.env.storage.history("web")


def test_a_record_that_cannot_be_read(world: World) -> None:
    release = world.install(chart(config("a")))
    world.env.storage.update(replace(release, manifest="a: [\n"))
    assert message(world).startswith("corrupted release record. You must manually delete the resources: YAML parse")
    assert world.statuses() == {1: "FAILED"}


def test_a_description(world: World) -> None:
    world.install(chart(config("a")))
    remove(world, description="end of season")
    assert world.description() == "end of season"
