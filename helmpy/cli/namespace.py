"""The namespace that a command works in where none is told."""

from __future__ import annotations

import os

from helmpy import kubeconfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from helmpy.home import Settings


def default_namespace(settings: Settings) -> str:
    """The namespace of the kubeconfig's context; no cluster is asked and none need be there."""
    names = [name for name in settings.kubeconfig.split(":") if name] or ["~/.kube/config"]
    texts = [text for name in names if (text := _text(os.path.expanduser(name))) is not None]  # noqa: PTH111
    return kubeconfig.namespace(texts, settings.kube_context) if texts else kubeconfig.DEFAULT_NAMESPACE


def _text(name: str) -> str | None:
    if not os.path.isfile(name):  # noqa: PTH113 - pathlib takes 4 ms to import
        return None
    with open(name, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - see above
        return file.read()
