"""The little of a kubeconfig that is not left to the official client: the namespace of a context, and who asks."""

from __future__ import annotations

from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


DEFAULT_NAMESPACE = "default"


def namespace(texts: Iterable[str], context: str = "") -> str:
    """The namespace of ``context`` (empty: the current one), ``default`` where none is named.

    As kubectl has it, of several texts the first that says a thing wins.

    A text that is no kubeconfig counts as empty: whoever needs the cluster says what is wrong.
    """
    configs = [_parsed(text) for text in texts]
    current = context or next((str(one["current-context"]) for one in configs if one.get("current-context")), "")
    for config in configs:
        for entry in config.get("contexts") or ():
            if isinstance(entry, dict) and entry.get("name") == current:
                return str((entry.get("context") or {}).get("namespace") or DEFAULT_NAMESPACE)
    return DEFAULT_NAMESPACE


def _parsed(text: str) -> dict[str, Any]:
    from helmpy.gocompat import yaml

    try:
        found = yaml.load(text)
    except HelmError:
        return {}
    return found if isinstance(found, dict) else {}


def credentials(configuration: Any) -> dict[str, str]:
    """The headers that say who is asking, of a loaded kubeconfig; the official client's own hook refreshes them before they expire.

    (Its function that puts them among a request's headers has other parameters in almost every version.)
    """
    settings = configuration.auth_settings().values()
    return {each["key"]: each["value"] for each in settings if each["in"] == "header" and each["value"]}
