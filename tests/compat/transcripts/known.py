"""What differs on purpose, by scene: words of the call, and the heading in docs/differences.md that says why."""

from __future__ import annotations

NO_CLUSTER = "No cluster, no Tiller"
HOOKS = "Failed hooks"
CREATION = "Objects that cannot be created"
MADE = "What a failed upgrade made"
NEW_CHART = "A new chart"
NO_YAML = "Text that is no YAML"
REMOVED = "Removed API versions"
LAST_LINES = "Last lines of a test"

KNOWN: dict[str, dict[str, str]] = {
    "create": {"helm template shop": NEW_CHART, "helm install shop": NEW_CHART},
    "delete_keep": {"OBJECTS": CREATION},
    "install_broken_templates": {"install yaml": NO_YAML},
    "install_hook_fails": {"three": HOOKS, "two": HOOKS, "OBJECTS": HOOKS},
    "manifests_odd": {"OBJECTS": MADE},
    "no_cluster": {"": NO_CLUSTER},
    "lint": {"lint ./empty": NO_YAML},
    "removed_apis": {"install old": REMOVED, "upgrade one old": REMOVED},
    "rollback_fails": {"history": HOOKS, "OBJECTS": HOOKS},
    "test_fails": {"helm test one": LAST_LINES},
    "test_passes": {"helm test one": LAST_LINES},
    "version_no_tiller": {
        "list": NO_CLUSTER,
        "install charts/note": NO_CLUSTER,
        "status": NO_CLUSTER,
        "delete": NO_CLUSTER,
        "test": NO_CLUSTER,
        "install none": NO_CLUSTER,
    },
}


def exempt(scene: str) -> tuple[str, ...]:
    """Words of the calls of a scene that are not compared."""
    return tuple(KNOWN.get(scene, ()))
