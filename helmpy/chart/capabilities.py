"""What a cluster offers, as charts see it, and what is assumed where no cluster is asked.

Sources: Helm 2.17's built-in set of ``group/version`` and ``group/version/Kind`` (Kubernetes
1.16) for v1 charts, Helm 3.8's of ``group/version`` (Kubernetes 1.23) for v2 charts.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class CapabilitiesError(HelmError):
    """A Kubernetes version that does not parse."""


@record(frozen=True, slots=True)
class KubeVersion:
    """Kubernetes' version as discovery tells it; ``git_version`` has the leading ``v``."""

    major: str = "1"
    minor: str = "14"
    git_version: str = "v1.14.0"
    git_commit: str = ""
    git_tree_state: str = ""
    build_date: str = ""
    go_version: str = "go1.14.15"
    compiler: str = "gc"
    platform: str = "linux/amd64"

    @classmethod
    def parse(cls, text: str, *, whole: bool = False) -> KubeVersion:
        """Return the version that ``1.16``, ``v1.29.3`` and the like name.

        Only major and minor are kept, as ``helm template`` of Helm 2 does; ``whole`` keeps all of
        it, as Helm 3. Raises CapabilitiesError.
        """
        if not _is_plain(text):
            _check(text, 3 if whole else 2)
        numbers = text.removeprefix("v").partition("+")[0].partition("-")[0]
        major, minor, patch = (str(int(part)) for part in [*numbers.split("."), "0", "0"][:3])
        suffix = text.removeprefix("v")[len(numbers) :]
        git_version = f"v{major}.{minor}.{patch}{suffix}" if whole else f"v{major}.{minor}.0"
        return cls(major=major, minor=minor, git_version=git_version)


def _is_plain(text: str) -> bool:
    parts = text.split(".")
    return len(text) < 18 and len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)


def _check(text: str, dialect: int) -> None:
    from helmpy.gocompat import semver

    try:
        semver.Version.parse(text, dialect)
    except semver.InvalidVersion as error:
        raise CapabilitiesError(f"could not parse a kubernetes version: {error}") from error


@record(frozen=True, slots=True)
class Capabilities:
    """``.Capabilities``; ``api_versions`` holds ``group/version`` and ``group/version/Kind`` entries."""

    kube_version: KubeVersion = KubeVersion()
    api_versions: tuple[str, ...] = ()
    tiller_version: str = ""


def default_api_versions(dialect: int) -> tuple[str, ...]:
    """Return the entries assumed without a cluster, for v1 charts (``dialect`` 2) or v2 charts (3)."""
    return tuple(_spelled_out()) if dialect == 2 else tuple(_group_versions())


def chosen_api_versions(dialect: int, given: Iterable[str]) -> tuple[str, ...]:
    """Return the entries that ``--api-versions`` leads to.

    In Helm 2 any use of it replaces the built-in set, ``v1`` excepted; Helm 3 adds to the set.
    """
    added = tuple(given)
    if dialect == 2 and added:
        return tuple(dict.fromkeys((*added, "v1")))
    return (*default_api_versions(dialect), *added)


def _spelled_out() -> Iterator[str]:
    for group_version, kinds in _KINDS_OF_HELM_2.items():
        yield group_version
        for kind in (*kinds.split(), *_OPTIONS):
            name = kind.removesuffix("*")
            yield f"{group_version}/{name}"
            if name != kind:
                yield f"{group_version}/{name}List"


def _group_versions() -> Iterator[str]:
    for group, versions in _VERSIONS_OF_HELM_3.items():
        for version in versions.split():
            yield f"{group}/{version}" if group else version


_OPTIONS = (
    "CreateOptions",
    "DeleteOptions",
    "ExportOptions",
    "GetOptions",
    "ListOptions",
    "PatchOptions",
    "UpdateOptions",
    "WatchEvent",
)  # every group/version has these

# A star: the kind and its list (Pod and PodList).
_KINDS_OF_HELM_2 = {
    "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration* ValidatingWebhookConfiguration*",
    "apps/v1": "ControllerRevision* DaemonSet* Deployment* ReplicaSet* StatefulSet*",
    "apps/v1beta1": "ControllerRevision* Deployment* DeploymentRollback Scale StatefulSet*",
    "apps/v1beta2": "ControllerRevision* DaemonSet* Deployment* ReplicaSet* Scale StatefulSet*",
    "auditregistration.k8s.io/v1alpha1": "AuditSink*",
    "authentication.k8s.io/v1": "TokenRequest TokenReview",
    "authentication.k8s.io/v1beta1": "TokenReview",
    "authorization.k8s.io/v1": (
        "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"
    ),
    "authorization.k8s.io/v1beta1": (
        "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"
    ),
    "autoscaling/v1": "HorizontalPodAutoscaler* Scale",
    "autoscaling/v2beta1": "HorizontalPodAutoscaler*",
    "autoscaling/v2beta2": "HorizontalPodAutoscaler*",
    "batch/v1": "Job*",
    "batch/v1beta1": "CronJob* JobTemplate",
    "batch/v2alpha1": "CronJob* JobTemplate",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest*",
    "coordination.k8s.io/v1": "Lease*",
    "coordination.k8s.io/v1beta1": "Lease*",
    "events.k8s.io/v1beta1": "Event*",
    "extensions/v1beta1": (
        "DaemonSet* Deployment* DeploymentRollback Ingress* NetworkPolicy* PodSecurityPolicy* ReplicaSet* "
        "ReplicationControllerDummy Scale"
    ),
    "networking.k8s.io/v1": "NetworkPolicy*",
    "networking.k8s.io/v1beta1": "Ingress*",
    "node.k8s.io/v1alpha1": "RuntimeClass*",
    "node.k8s.io/v1beta1": "RuntimeClass*",
    "policy/v1beta1": "Eviction PodDisruptionBudget* PodSecurityPolicy*",
    "rbac.authorization.k8s.io/v1": "ClusterRole* ClusterRoleBinding* Role* RoleBinding*",
    "rbac.authorization.k8s.io/v1alpha1": "ClusterRole* ClusterRoleBinding* Role* RoleBinding*",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole* ClusterRoleBinding* Role* RoleBinding*",
    "scheduling.k8s.io/v1": "PriorityClass*",
    "scheduling.k8s.io/v1alpha1": "PriorityClass*",
    "scheduling.k8s.io/v1beta1": "PriorityClass*",
    "settings.k8s.io/v1alpha1": "PodPreset*",
    "storage.k8s.io/v1": "StorageClass* VolumeAttachment*",
    "storage.k8s.io/v1alpha1": "VolumeAttachment*",
    "storage.k8s.io/v1beta1": "CSIDriver* CSINode* StorageClass* VolumeAttachment*",
    "v1": (
        "APIGroup* APIResourceList APIVersions Binding ComponentStatus* ConfigMap* Endpoints* Event* LimitRange* "
        "List Namespace* Node* NodeProxyOptions PersistentVolume* PersistentVolumeClaim* Pod* PodAttachOptions "
        "PodExecOptions PodLogOptions PodPortForwardOptions PodProxyOptions PodStatusResult PodTemplate* "
        "RangeAllocation ReplicationController* ResourceQuota* Secret* SerializedReference Service* "
        "ServiceAccount* ServiceProxyOptions Status"
    ),
}

_VERSIONS_OF_HELM_3 = {
    "": "v1",
    "admissionregistration.k8s.io": "v1 v1beta1",
    "internal.apiserver.k8s.io": "v1alpha1",
    "apps": "v1 v1beta1 v1beta2",
    "authentication.k8s.io": "v1 v1beta1",
    "authorization.k8s.io": "v1 v1beta1",
    "autoscaling": "v1 v2 v2beta1 v2beta2",
    "batch": "v1 v1beta1",
    "certificates.k8s.io": "v1 v1beta1",
    "coordination.k8s.io": "v1beta1 v1",
    "discovery.k8s.io": "v1 v1beta1",
    "events.k8s.io": "v1 v1beta1",
    "extensions": "v1beta1",
    "flowcontrol.apiserver.k8s.io": "v1alpha1 v1beta1 v1beta2",
    "networking.k8s.io": "v1 v1beta1",
    "node.k8s.io": "v1 v1alpha1 v1beta1",
    "policy": "v1 v1beta1",
    "rbac.authorization.k8s.io": "v1 v1beta1 v1alpha1",
    "scheduling.k8s.io": "v1alpha1 v1beta1 v1",
    "storage.k8s.io": "v1beta1 v1 v1alpha1",
    "apiextensions.k8s.io": "v1beta1 v1",
}
