"""Which kinds the sandbox serves: a table of built-in ones, and those that CRDs add.

Old group versions (``extensions/v1beta1``, ``apps/v1beta1``…) are views of the same stored objects:
charts of Helm 2's time name them, so the sandbox answers to them beside today's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tiller.sandbox import schema
from tiller.sandbox.schema import Shape

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CREATE_ONLY = ("create",)


@dataclass(frozen=True, slots=True)
class Resource:
    """One served resource. ``store`` is (group, plural) under which its objects are kept, ``stored_as``
    the apiVersion they are kept in. ``custom`` is the CRD's version entry where a CRD defines it.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    store: tuple[str, str]
    stored_as: str
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    singular: str = ""
    list_kind: str = ""
    custom: dict[str, Any] | None = field(default=None, compare=False)

    @property
    def group_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """``deployments.apps``, as error texts name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def storage_kind(self) -> tuple[str, str]:
        """(group, kind) as stored."""
        return self.store[0], self.kind

    def shape(self) -> Shape:
        """The shape of a stored object."""
        if self.custom is not None:
            return schema.custom_root((self.custom.get("schema") or {}).get("openAPIV3Schema"))
        group, _, version = self.stored_as.rpartition("/")
        known = schema.root(group, version, self.kind)
        return known if known is not schema.ANY else schema.custom_root({"x-kubernetes-preserve-unknown-fields": True})


# plural | kind | N(amespaced) or C(luster) | short names | categories | subresources | views as old group versions
_CORE = "core v1"
_TABLE: dict[str, str] = {
    "v1": """
        bindings Binding N - - - create
        componentstatuses ComponentStatus C cs - - get,list
        configmaps ConfigMap N cm - -
        endpoints Endpoints N ep - -
        events Event N ev - -
        limitranges LimitRange N limits - -
        namespaces Namespace C ns - finalize,status create,delete,get,list,patch,update,watch
        nodes Node C no - status
        persistentvolumeclaims PersistentVolumeClaim N pvc - status
        persistentvolumes PersistentVolume C pv - status
        pods Pod N po all binding,eviction,log,portforward,status
        podtemplates PodTemplate N - - -
        replicationcontrollers ReplicationController N rc all scale,status
        resourcequotas ResourceQuota N quota - status
        secrets Secret N - - -
        serviceaccounts ServiceAccount N sa - token
        services Service N svc all status
    """,
    "apiregistration.k8s.io/v1": "apiservices APIService C - api-extensions status",
    "apps/v1": """
        controllerrevisions ControllerRevision N - - -
        daemonsets DaemonSet N ds all status
        deployments Deployment N deploy all scale,status
        replicasets ReplicaSet N rs all scale,status
        statefulsets StatefulSet N sts all scale,status
    """,
    "events.k8s.io/v1": "events Event N ev - -",
    "authentication.k8s.io/v1": """
        selfsubjectreviews SelfSubjectReview C - - - create
        tokenreviews TokenReview C - - - create
    """,
    "authorization.k8s.io/v1": """
        localsubjectaccessreviews LocalSubjectAccessReview N - - - create
        selfsubjectaccessreviews SelfSubjectAccessReview C - - - create
        selfsubjectrulesreviews SelfSubjectRulesReview C - - - create
        subjectaccessreviews SubjectAccessReview C - - - create
    """,
    "autoscaling/v2": "horizontalpodautoscalers HorizontalPodAutoscaler N hpa all status",
    "batch/v1": """
        cronjobs CronJob N cj all status
        jobs Job N - all status
    """,
    "certificates.k8s.io/v1": "certificatesigningrequests CertificateSigningRequest C csr - approval,status",
    "networking.k8s.io/v1": """
        ingressclasses IngressClass C - - -
        ingresses Ingress N ing - status
        networkpolicies NetworkPolicy N netpol - -
    """,
    "policy/v1": "poddisruptionbudgets PodDisruptionBudget N pdb - status",
    "policy/v1beta1": "podsecuritypolicies PodSecurityPolicy C psp - -",
    "rbac.authorization.k8s.io/v1": """
        clusterrolebindings ClusterRoleBinding C - - -
        clusterroles ClusterRole C - - -
        rolebindings RoleBinding N - - -
        roles Role N - - -
    """,
    "storage.k8s.io/v1": """
        csidrivers CSIDriver C - - -
        csinodes CSINode C - - -
        csistoragecapacities CSIStorageCapacity N - - -
        storageclasses StorageClass C sc - -
        volumeattachments VolumeAttachment C - - status
    """,
    "admissionregistration.k8s.io/v1": """
        mutatingwebhookconfigurations MutatingWebhookConfiguration C - api-extensions -
        validatingadmissionpolicies ValidatingAdmissionPolicy C - api-extensions status
        validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding C - api-extensions -
        validatingwebhookconfigurations ValidatingWebhookConfiguration C - api-extensions -
    """,
    "apiextensions.k8s.io/v1": "customresourcedefinitions CustomResourceDefinition C crd,crds api-extensions status",
    "scheduling.k8s.io/v1": "priorityclasses PriorityClass C pc - -",
    "coordination.k8s.io/v1": "leases Lease N - - -",
    "node.k8s.io/v1": "runtimeclasses RuntimeClass C - - -",
    "discovery.k8s.io/v1": "endpointslices EndpointSlice N - - -",
}

# An old group version and the resources it shows, each kept under the group named first in _TABLE.
_VIEWS: dict[str, tuple[str, ...]] = {
    "autoscaling/v1": ("autoscaling/horizontalpodautoscalers",),
    "apps/v1beta2": (
        "apps/controllerrevisions",
        "apps/daemonsets",
        "apps/deployments",
        "apps/replicasets",
        "apps/statefulsets",
    ),
    "apps/v1beta1": ("apps/controllerrevisions", "apps/deployments", "apps/statefulsets"),
    "extensions/v1beta1": (
        "apps/daemonsets",
        "apps/deployments",
        "apps/replicasets",
        "networking.k8s.io/ingresses",
        "networking.k8s.io/networkpolicies",
        "policy/podsecuritypolicies",
    ),
    "networking.k8s.io/v1beta1": ("networking.k8s.io/ingresses", "networking.k8s.io/ingressclasses"),
    "batch/v1beta1": ("batch/cronjobs",),
    "batch/v2alpha1": ("batch/cronjobs",),
    "autoscaling/v2beta2": ("autoscaling/horizontalpodautoscalers",),
    "autoscaling/v2beta1": ("autoscaling/horizontalpodautoscalers",),
    "policy/v1beta1": ("policy/poddisruptionbudgets",),
    "rbac.authorization.k8s.io/v1beta1": tuple(
        f"rbac.authorization.k8s.io/{p}" for p in ("clusterrolebindings", "clusterroles", "rolebindings", "roles")
    ),
    "rbac.authorization.k8s.io/v1alpha1": tuple(
        f"rbac.authorization.k8s.io/{p}" for p in ("clusterrolebindings", "clusterroles", "rolebindings", "roles")
    ),
    "storage.k8s.io/v1beta1": tuple(
        f"storage.k8s.io/{p}" for p in ("csidrivers", "csinodes", "storageclasses", "volumeattachments")
    ),
    "admissionregistration.k8s.io/v1beta1": (
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
    ),
    "apiextensions.k8s.io/v1beta1": ("apiextensions.k8s.io/customresourcedefinitions",),
    "apiregistration.k8s.io/v1beta1": ("apiregistration.k8s.io/apiservices",),
    "scheduling.k8s.io/v1beta1": ("scheduling.k8s.io/priorityclasses",),
    "coordination.k8s.io/v1beta1": ("coordination.k8s.io/leases",),
    "node.k8s.io/v1beta1": ("node.k8s.io/runtimeclasses",),
    "discovery.k8s.io/v1beta1": ("discovery.k8s.io/endpointslices",),
    "events.k8s.io/v1beta1": ("events.k8s.io/events",),
    "certificates.k8s.io/v1beta1": ("certificates.k8s.io/certificatesigningrequests",),
    "authentication.k8s.io/v1beta1": ("authentication.k8s.io/tokenreviews",),
    "authorization.k8s.io/v1beta1": tuple(
        f"authorization.k8s.io/{p}"
        for p in (
            "localsubjectaccessreviews",
            "selfsubjectaccessreviews",
            "selfsubjectrulesreviews",
            "subjectaccessreviews",
        )
    ),
}

# events.k8s.io shows core's events: one storage, two spellings.
_SAME_STORE = {("events.k8s.io", "events"): (("", "events"), "v1")}


def _names(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


def _split(group_version: str) -> tuple[str, str]:
    group, _, version = group_version.rpartition("/")
    return group, version


def _row(group_version: str, line: str) -> Resource:
    plural, kind, scope, short, categories, subresources, *verbs = line.split()
    group, version = _split(group_version)
    store, stored_as = _SAME_STORE.get((group, plural), ((group, plural), group_version))
    return Resource(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=scope == "N",
        store=store,
        stored_as=stored_as,
        short_names=_names(short),
        categories=_names(categories),
        subresources=_names(subresources),
        verbs=_names(verbs[0]) if verbs else ALL_VERBS,
        singular=kind.lower(),
        list_kind=f"{kind}List",
    )


def _built_in() -> tuple[Resource, ...]:
    rows = [
        _row(gv, line.strip()) for gv, block in _TABLE.items() for line in block.strip().splitlines() if line.strip()
    ]
    by_name = {f"{r.group}/{r.plural}": r for r in rows}
    for group_version, shown in _VIEWS.items():
        group, version = _split(group_version)
        for name in shown:
            known = by_name[name]
            own = known.categories if known.group == group else ()  # or `get all` would show it twice
            rows.append(replace(known, group=group, version=version, categories=own))
    return tuple(rows)


BUILT_IN = _built_in()
# In the order in which clients should prefer them; custom groups follow by name.
GROUP_ORDER = (*dict.fromkeys(r.group for r in BUILT_IN if r.group != "extensions"), "extensions")


def custom_resources(crd: dict[str, Any]) -> list[Resource]:
    """What a stored CustomResourceDefinition (v1) adds; nothing for one that is not well-formed."""
    spec = crd.get("spec") or {}
    names = spec.get("names") or {}
    group = spec.get("group")
    versions = [v for v in spec.get("versions") or () if isinstance(v, dict) and v.get("name")]
    if not (group and names.get("plural") and names.get("kind") and versions):
        return []
    storage = next((v["name"] for v in versions if v.get("storage")), versions[0]["name"])
    rows = []
    for version in versions:
        if not version.get("served", True):
            continue
        subresources = version.get("subresources") or spec.get("subresources") or {}
        rows.append(
            Resource(
                group=group,
                version=version["name"],
                plural=names["plural"],
                kind=names["kind"],
                namespaced=spec.get("scope", "Namespaced") == "Namespaced",
                store=(group, names["plural"]),
                stored_as=f"{group}/{storage}",
                short_names=tuple(names.get("shortNames") or ()),
                categories=tuple(names.get("categories") or ()),
                subresources=tuple(s for s in ("scale", "status") if s in subresources),
                singular=names.get("singular") or names["kind"].lower(),
                list_kind=names.get("listKind") or f"{names['kind']}List",
                custom=version,
            )
        )
    return rows


class Registry:
    """Every resource served now; built-in ones and those of the stored CRDs."""

    def __init__(self) -> None:
        self._crds: dict[str, list[Resource]] = {}
        self._index()

    def _index(self) -> None:
        self.resources = (*BUILT_IN, *(r for rows in self._crds.values() for r in rows))
        self._by_path = {(r.group, r.version, r.plural): r for r in self.resources}
        self._by_kind: dict[tuple[str, str, str], Resource] = {}
        self._by_store: dict[tuple[str, str], Resource] = {}
        for r in self.resources:
            self._by_kind.setdefault((r.group, r.version, r.kind), r)
            if r.store == (r.group, r.plural) and r.group_version == r.stored_as:
                self._by_store[r.store] = r
            elif r.custom is not None:
                self._by_store.setdefault(r.store, r)
        self.versions: dict[str, list[str]] = {}
        for r in self.resources:
            known = self.versions.setdefault(r.group, [])
            if r.version not in known:
                known.append(r.version)
        for group in self.versions:
            self.versions[group].sort(key=_version_rank)

    def groups(self) -> list[str]:
        """Group names but the core's, in the order of preference."""
        custom = sorted(g for g in self.versions if g and g not in GROUP_ORDER)
        return [g for g in GROUP_ORDER if g] + custom

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        return self._by_path.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        group, version = _split(api_version)
        return self._by_kind.get((group, version, kind))

    def stored(self, store: tuple[str, str]) -> Resource | None:
        """The resource in the version in which its objects are kept."""
        return self._by_store.get(store)

    def of_version(self, group: str, version: str) -> list[Resource]:
        return [r for r in self.resources if (r.group, r.version) == (group, version)]

    def conflict(self, name: str, crd: dict[str, Any]) -> tuple[str, str]:
        """The last field whose name another CRD of the group has, as reason and name; empty where all are free."""
        rows = custom_resources(crd)
        others = [r for other, known in self._crds.items() if other != name for r in known]
        others = [r for r in others if rows and r.group == rows[0].group]
        words = {word for r in others for word in (r.plural, r.singular, *r.short_names)}
        kinds = {word for r in others for word in (r.kind, r.list_kind)}
        found = ("", "")
        for row in rows[:1]:  # all versions have the same names
            asked = [("Singular", row.singular, words), *(("ShortNames", each, words) for each in row.short_names)]
            for field_name, word, taken in [*asked, ("Kind", row.kind, kinds), ("ListKind", row.list_kind, kinds)]:
                if word in taken:
                    found = (f"{field_name}Conflict", word)
        return found

    def set_crd(self, name: str, crd: dict[str, Any] | None) -> None:
        """A CRD was written, or with None deleted. One whose names are another's is not served."""
        rows = custom_resources(crd) if crd and not self.conflict(name, crd)[0] else []
        taken = {(r.group, r.version, r.plural) for r in BUILT_IN}
        rows = [r for r in rows if (r.group, r.version, r.plural) not in taken]
        if rows:
            self._crds[name] = rows
        elif self._crds.pop(name, None) is None:
            return
        self._index()


def _version_rank(version: str) -> tuple[int, int, int, str]:
    """Sorts v2 before v1 before v1beta2 before v1beta1 before v1alpha1 before anything else."""
    rest = version.removeprefix("v")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    if rest == version or digits == 0 or digits > 9:
        return (3, 0, 0, version)
    major, tail = int(rest[:digits]), rest[digits:]
    for rank, word in enumerate(("", "beta", "alpha")):
        number = tail.removeprefix(word) if word else tail
        if (word == "" and tail == "") or (word and tail.startswith(word) and number.isdigit() and len(number) < 10):
            return (rank, -major, -int(number or 0), version)
    return (3, 0, 0, version)
