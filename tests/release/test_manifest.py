from __future__ import annotations

import pytest

from helmpy.release import manifest
from helmpy.release.manifest import INSTALL_ORDER, UNINSTALL_ORDER, Manifest, ManifestError


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []),
        ("  \n\t ", []),
        ("a: 1", ["a: 1"]),
        ("---\na: 1\n---\nb: 2\n", ["a: 1", "b: 2"]),
        ("\n\n---  \n\n a: 1 \n\n\n--- # c\nb: 2", ["a: 1", "# c\nb: 2"]),
        ("a: 1\n---\n---\nb: 2", ["a: 1", "---\nb: 2"]),
        ("a: 1\n---b: 2", ["a: 1", "b: 2"]),
        ("a: |\n  x\n---\n  y", ["a: |\n  x", "y"]),
        ("a: 1 ---\nb: 2", ["a: 1 ---\nb: 2"]),
        ("a: 1\n----\nb: 2", ["a: 1", "-\nb: 2"]),
        ("---", []),
    ],
)
def test_documents_are_cut_where_a_line_begins_with_dashes(text: str, documents: list[str]) -> None:
    assert manifest.split_documents(text) == documents


def test_cutting_takes_linear_time_over_white_space() -> None:
    assert manifest.split_documents("a\n" + " \n" * 300_000 + "b") == ["a\n" + " \n" * 300_000 + "b"]


def test_split_sorts_by_kind_then_path() -> None:
    found = manifest.split(
        {
            "web/templates/z.yaml": "kind: Service\nmetadata: {name: z}",
            "web/templates/a.yaml": "kind: Deployment\n---\nkind: Service\nmetadata: {name: a}",
            "web/templates/c.yaml": "kind: Zebra\n---\nkind: Apple\n---\nkind: Namespace",
            "web/templates/_helpers.tpl": "kind: [",
            "web/templates/NOTES.txt": "Hello",
            "web/templates/sub/NOTES.txt": "no",
            "web/charts/db/templates/NOTES.txt": "db",
        }
    )
    assert [(item.kind, item.path[-6:], item.name) for item in found.manifests] == [
        ("Namespace", "c.yaml", ""),
        ("Service", "a.yaml", "a"),
        ("Service", "z.yaml", "z"),
        ("Deployment", "a.yaml", ""),
        ("Apple", "c.yaml", ""),
        ("Zebra", "c.yaml", ""),
    ]
    assert (found.hooks, found.notes) == ((), "Hello")


def test_uninstall_order() -> None:
    items = [Manifest("p", "", kind) for kind in ("Namespace", "Odd", "Service", "APIService", "Secret")]
    ordered = manifest.sort_manifests(items, UNINSTALL_ORDER)
    assert [item.kind for item in ordered] == ["APIService", "Service", "Secret", "Namespace", "Odd"]


# Written once more, word by word: a kind in another place is another order of creation.
CREATED = """
    Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget Secret ConfigMap StorageClass
    PersistentVolume PersistentVolumeClaim ServiceAccount CustomResourceDefinition ClusterRole ClusterRoleList
    ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod
    ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob Ingress APIService
"""
REMOVED = """
    APIService Ingress Service CronJob Job StatefulSet HorizontalPodAutoscaler Deployment ReplicaSet ReplicationController
    Pod DaemonSet RoleBindingList RoleBinding RoleList Role ClusterRoleBindingList ClusterRoleBinding ClusterRoleList
    ClusterRole CustomResourceDefinition ServiceAccount PersistentVolumeClaim PersistentVolume StorageClass ConfigMap Secret
    PodDisruptionBudget PodSecurityPolicy LimitRange ResourceQuota NetworkPolicy Namespace
"""


@pytest.mark.parametrize(("order", "kinds"), [(INSTALL_ORDER, CREATED), (UNINSTALL_ORDER, REMOVED)])
def test_every_kind_has_its_place(order: tuple[str, ...], kinds: str) -> None:
    mixed = [Manifest(f"{kind}.yaml", "", kind) for kind in sorted([*kinds.split(), "Widget", "Cog"])]
    found = [each.kind for each in manifest.sort_manifests(mixed, order)]
    assert found == [*kinds.split(), "Cog", "Widget"]


def test_hooks_leave_the_manifest_and_unknown_hooks_vanish() -> None:
    head = "kind: Job\nmetadata:\n  name: {}\n  annotations:\n    helm.sh/hook: {}\n    helm.sh/hook-weight: {}\n"
    found = manifest.split(
        {"c/templates/j.yaml": head.format("a", "pre-install", 3) + "---\n" + head.format("b", "test", 1)}
    )
    assert found.manifests == ()
    assert [(hook.name, hook.kind, hook.path, hook.weight) for hook in found.hooks] == [
        ("a", "Job", "c/templates/j.yaml", 3)
    ]
    both = manifest.split({"c/templates/j.yaml": head.format("b", "test", 1)}, v2=True)
    assert [hook.name for hook in both.hooks] == ["b"]


def test_notes_of_subcharts_on_demand() -> None:
    rendered = {"c/templates/NOTES.txt": "one", "c/charts/d/templates/NOTES.txt": "two", "c/templates/x/NOTES.txt": ""}
    assert manifest.notes(rendered) == "one"
    assert manifest.notes(rendered, sub_notes=True) == "one\n\ntwo"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo", "cannot unmarshal string into Go value of type releaseutil.SimpleHead"),
        ("[a]", "cannot unmarshal array into Go value of type releaseutil.SimpleHead"),
        ("5", "cannot unmarshal number into Go value of type releaseutil.SimpleHead"),
        ("true", "cannot unmarshal bool into Go value of type releaseutil.SimpleHead"),
        ("kind: [a]", "cannot unmarshal array into Go struct field SimpleHead.kind of type string"),
        ("metadata: {name: {}}", "cannot unmarshal object into Go struct field .metadata.name of type string"),
        (
            "metadata: {annotations: 1}",
            "cannot unmarshal number into Go struct field .metadata.annotations of type map[string]string",
        ),
        (
            "metadata: {annotations: {a: [b]}}",
            "cannot unmarshal array into Go struct field .metadata.annotations of type string",
        ),
    ],
)
def test_heads_that_are_no_heads(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as error:
        manifest.split({"c/templates/x.yaml": text})
    assert str(error.value) == (
        "YAML parse error on c/templates/x.yaml: error unmarshaling JSON: while decoding JSON: json: " + message
    )


def test_text_that_is_not_yaml() -> None:
    with pytest.raises(ManifestError) as error:
        manifest.split({"c/templates/x.yaml": "kind: Pod\n---\na: b: c"})
    assert str(error.value) == (
        "YAML parse error on c/templates/x.yaml: error converting YAML to JSON: yaml: "
        "mapping values are not allowed in this context"
    )


def test_scalars_become_strings_where_strings_are_wanted() -> None:
    found = manifest.parse("p", "kind: 5\nmetadata:\n  name: yes\n  annotations: {1: 2.50, b: null, c: 0x10}")
    assert (found.kind, found.name) == ("5", "true")
    assert found.annotations == {"1": "2.5", "b": "", "c": "16"}


def test_a_document_of_comments_stays() -> None:
    found = manifest.split({"c/templates/x.yaml": "# nothing here\n"})
    assert [(item.kind, item.content) for item in found.manifests] == [("", "# nothing here")]


def test_stored_text_round_trip() -> None:
    text = manifest.stored_text(
        manifest.split(
            {"c/templates/x.yaml": "kind: Pod\nmetadata: {name: x, namespace: prod}\n---\nkind: Secret"}
        ).manifests
    )
    assert text == (
        "\n---\n# Source: c/templates/x.yaml\nkind: Secret"
        "\n---\n# Source: c/templates/x.yaml\nkind: Pod\nmetadata: {name: x, namespace: prod}"
    )
    found = manifest.documents(text)
    assert [(item.path, item.kind, item.name, item.namespace) for item in found] == [
        ("c/templates/x.yaml", "Secret", "", ""),
        ("c/templates/x.yaml", "Pod", "x", "prod"),
    ]
    assert manifest.stored_text(found) == text


@pytest.mark.parametrize(
    ("policy", "kept"), [("keep", True), (" KEEP ", True), ("delete", False), ("Delete", False), ("x", True)]
)
def test_resource_policy(policy: str, kept: bool) -> None:  # noqa: FBT001 - a column of the table
    found = manifest.parse("p", f'kind: Secret\nmetadata: {{annotations: {{helm.sh/resource-policy: "{policy}"}}}}')
    assert found.is_kept is kept
    assert not manifest.parse("p", "kind: Secret").is_kept


def test_rendered_text_leaves_out_empty_files_and_notes() -> None:
    assert manifest.rendered_text({"b": "x", "a": " \n", "web/templates/NOTES.txt": "y"}) == "\n---\n# Source: b\nx"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [", 1),
        ("\n\na: b\nc: d: e\n", 4),
        ("a: [x]\n---\na: [", 3),
        ("---\n# words\nk: 1\n---\n\n\nb: 1\nb: c: d\n", 8),
        ("- 1", 0),
    ],
)
def test_an_error_tells_the_line_of_the_whole_file(text: str, line: int) -> None:
    with pytest.raises(ManifestError) as caught:
        manifest.split({"web/templates/a.yaml": text})
    assert (caught.value.path, caught.value.line) == ("web/templates/a.yaml", line)
