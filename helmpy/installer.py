"""Tiller into a cluster, to another version there, and out of it.

The objects come from the caller; what Kubernetes is asked goes through KubeApi.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from helmpy.errors import HelmError
from helmpy.kubeapi import KubeApi, KubeError, is_ready, tiller_pods

_COLLECTIONS = {
    "Deployment": "apis/apps/v1/namespaces/{}/deployments",
    "Service": "api/v1/namespaces/{}/services",
    "Secret": "api/v1/namespaces/{}/secrets",
}
_POLL = 0.5  # seconds


class InstallerError(HelmError):
    """Tiller could not be installed, changed or removed."""


class AlreadyInstalled(InstallerError):
    """There is a Tiller in that namespace."""


Object = Mapping[str, Any]


def install(api: KubeApi, objects: Iterable[Object]) -> None:
    """Create the objects, a Secret before the pods that need it.

    Raises AlreadyInstalled where there is a Tiller, InstallerError or NoCluster.
    """
    wanted = sorted(objects, key=lambda one: one["kind"] != "Secret")
    try:
        if wanted[0]["kind"] == "Secret":  # a running Tiller's must not change by the way
            _refuse_installed(api, next(one for one in wanted if one["kind"] == "Deployment"))
        for one in wanted:
            if one["kind"] == "Secret":
                _apply(api, one)
            else:
                api.create(_path(one), one)
    except KubeError as error:
        kind = AlreadyInstalled if error.reason == "AlreadyExists" else InstallerError
        raise kind(f"error installing: {error}") from error


def _refuse_installed(api: KubeApi, deployment: Object) -> None:
    name = deployment["metadata"]["name"]
    try:
        api.get(f"{_path(deployment)}/{name}")
    except KubeError as error:
        if error.status == 404:
            return
        raise
    raise AlreadyInstalled(f'error installing: deployments.apps "{name}" already exists')


def upgrade(api: KubeApi, objects: Iterable[Object], *, force: bool = False) -> None:
    """Bring a running Tiller to the image, account and TLS of new objects, missing ones are made.

    A newer image stays unless ``force``. Raises InstallerError or NoCluster.
    """
    for one in objects:
        try:
            if one["kind"] == "Deployment":
                _upgrade_deployment(api, one, force=force)
            else:
                _apply(api, one)
        except KubeError as error:
            raise InstallerError(f"error when upgrading: {error}") from error


def _upgrade_deployment(api: KubeApi, wanted: Object, *, force: bool) -> None:
    path = f"{_path(wanted)}/{wanted['metadata']['name']}"
    there = api.get(path)
    old, new = _image(there), _image(wanted)
    if not force and _is_newer(old, new):
        raise InstallerError(
            f"error when upgrading: current Tiller version {old} is newer than client version {new}, "
            "use --force-upgrade to downgrade"
        )
    api.patch(
        path, {"spec": {"template": {"spec": _changes(wanted["spec"]["template"]["spec"], _container(there)["name"])}}}
    )


def _changes(pod: Object, name: str) -> dict[str, Any]:
    """What an upgrade changes of the pod, whose Tiller may have any name; what was set by hand stays."""
    container = pod["containers"][0]
    changed = {"name": name, "image": container["image"], "imagePullPolicy": container["imagePullPolicy"]}
    changes: dict[str, Any] = {"containers": [changed]}
    account = pod.get("serviceAccountName")
    if account:
        changes |= {"serviceAccountName": account, "serviceAccount": account}
    if "volumes" in pod:
        changes["volumes"] = pod["volumes"]
        changed |= {"volumeMounts": container["volumeMounts"], "env": container["env"]}
    return changes


def _apply(api: KubeApi, one: Object) -> None:
    try:
        api.create(_path(one), one)
    except KubeError as error:
        if error.reason != "AlreadyExists":
            raise
        if one["kind"] == "Secret":
            api.patch(f"{_path(one)}/{one['metadata']['name']}", {"data": one["data"]})


def uninstall(api: KubeApi, objects: Iterable[Object]) -> None:
    """Delete the objects that are there. Raises InstallerError or NoCluster."""
    for one in objects:
        try:
            api.delete(f"{_path(one)}/{one['metadata']['name']}")
        except KubeError as error:
            if error.status != 404:
                raise InstallerError(f"error uninstalling Tiller: {error}") from error


def wait_until_ready(api: KubeApi, namespace: str, image: str, seconds: float) -> None:
    """Wait for a ready pod of Tiller with that image. Raises InstallerError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        pods = tiller_pods(api, namespace)
        if any(is_ready(pod) and pod["spec"]["containers"][0]["image"] == image for pod in pods):
            return
        if time.monotonic() >= deadline:
            raise InstallerError("tiller was not found. polling deadline exceeded")
        time.sleep(_POLL)


def _path(one: Object) -> str:
    return "/" + _COLLECTIONS[one["kind"]].format(one["metadata"]["namespace"])


def _image(deployment: Object) -> str:
    return str(_container(deployment)["image"])


def _container(deployment: Object) -> Any:
    """Tiller's container: the first one."""
    return deployment["spec"]["template"]["spec"]["containers"][0]


def _is_newer(old: str, new: str) -> bool:
    """Whether the old image's tag is a later version; tags that are no versions are not compared."""
    from helmpy.gocompat.semver import Version

    try:
        return Version.parse(_tag(old)) > Version.parse(_tag(new))
    except HelmError:
        return False


def _tag(image: str) -> str:
    return image.rpartition("/")[2].rpartition(":")[2]
