"""The cells of each kind's row, left to right as the columns stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiller.sandbox import selectors
from tiller.sandbox.objects import seconds_of

Object = dict[str, Any]
_NONE = "<none>"


def age(seconds: float) -> str:
    """A duration as kubectl shows it: 45s, 3m20s, 5h, 2d3h, 40d, 3y."""
    s = int(seconds)
    if s < 0:
        return "0s" if s >= -1 else "<invalid>"
    m, h, d = s // 60, s // 3600, s // 86400
    if s < 120:
        return f"{s}s"
    if m < 10:
        return f"{m}m{s % 60}s" if s % 60 else f"{m}m"
    if m < 180:
        return f"{m}m"
    if h < 8:
        return f"{h}h{m % 60}m" if m % 60 else f"{h}h"
    if h < 48:
        return f"{h}h"
    if d < 8:
        return f"{d}d{h % 24}h" if h % 24 else f"{d}d"
    if d < 730:
        return f"{d}d"
    return f"{d // 365}y{d % 365}d" if d < 2920 and d % 365 else f"{d // 365}y"


@dataclass(frozen=True, slots=True)
class Row:
    """One object and the time at which it is shown (Unix seconds)."""

    obj: Object
    now: float

    @property
    def meta(self) -> Object:
        meta: Object = self.obj["metadata"]
        return meta

    @property
    def spec(self) -> Object:
        spec: Object = self.obj.get("spec") or {}
        return spec

    @property
    def status(self) -> Object:
        status: Object = self.obj.get("status") or {}
        return status

    @property
    def name(self) -> str:
        return str(self.meta.get("name", ""))

    @property
    def created(self) -> str:
        return str(self.meta.get("creationTimestamp", ""))

    @property
    def age(self) -> str:
        return self.since(self.created)

    def since(self, text: Any) -> str:
        return age(self.now - seconds_of(text)) if isinstance(text, str) and text else "<unknown>"

    def containers(self, spec: Object | None = None) -> list[str]:
        """The names and the images of a template's containers, joined."""
        template = spec if spec is not None else (self.spec.get("template") or {}).get("spec") or {}
        every = template.get("containers") or ()
        return [",".join(str(c.get(f, "")) for c in every) for f in ("name", "image")]

    def selector(self) -> str:
        found = selectors.of_object(self.spec.get("selector"))
        return selectors.text_of(found) if found else _NONE


def _joined(values: Any) -> str:
    return ",".join(str(v) for v in values or ()) or _NONE


def _pairs(known: Any) -> str:
    return ",".join(f"{k}={v}" for k, v in sorted((known or {}).items())) or _NONE


def _pod(r: Row) -> list[Any]:
    statuses = r.status.get("containerStatuses") or ()
    ready = sum(bool(s.get("ready")) for s in statuses)
    total = len(r.spec.get("containers") or ())
    restarts = sum(int(s.get("restartCount", 0)) for s in statuses)
    gates = r.spec.get("readinessGates")
    shown = [
        r.status.get("podIP") or _NONE,
        r.spec.get("nodeName") or _NONE,
        r.status.get("nominatedNodeName") or _NONE,
    ]
    return [
        r.name,
        f"{ready}/{total}",
        _pod_phase(r),
        str(restarts),
        r.age,
        *shown,
        str(len(gates)) if gates else _NONE,
    ]


def _pod_phase(r: Row) -> str:
    reason = str(r.status.get("reason") or r.status.get("phase") or "Unknown")
    for state in (s.get("state") or {} for s in reversed(r.status.get("containerStatuses") or ())):
        waiting, ended = state.get("waiting") or {}, state.get("terminated") or {}
        if waiting.get("reason") or ended.get("reason"):
            reason = waiting.get("reason") or ended["reason"]
    return "Terminating" if "deletionTimestamp" in r.meta else reason


def _deployment(r: Row) -> list[Any]:
    ready = f"{r.status.get('readyReplicas', 0)}/{r.spec.get('replicas', 0)}"
    counts = [r.status.get("updatedReplicas", 0), r.status.get("availableReplicas", 0)]
    return [r.name, ready, *counts, r.age, *r.containers(), r.selector()]


def _replica_set(r: Row) -> list[Any]:
    counts = [r.spec.get("replicas", 0), r.status.get("replicas", 0), r.status.get("readyReplicas", 0)]
    return [r.name, *counts, r.age, *r.containers(), r.selector()]


def _replication_controller(r: Row) -> list[Any]:
    return [*_replica_set(r)[:-1], _pairs(r.spec.get("selector"))]


def _stateful_set(r: Row) -> list[Any]:
    return [r.name, f"{r.status.get('readyReplicas', 0)}/{r.spec.get('replicas', 0)}", r.age, *r.containers()]


_DAEMON = (
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "numberReady",
    "updatedNumberScheduled",
    "numberAvailable",
)


def _daemon_set(r: Row) -> list[Any]:
    chosen = ((r.spec.get("template") or {}).get("spec") or {}).get("nodeSelector")
    return [r.name, *(r.status.get(f, 0) for f in _DAEMON), _pairs(chosen), r.age, *r.containers(), r.selector()]


def _job(r: Row) -> list[Any]:
    done, wanted = r.status.get("succeeded", 0), r.spec.get("completions")
    parallel = r.spec.get("parallelism", 1)
    completions = (
        f"{done}/{wanted}" if wanted is not None else (f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1")
    )
    begun, ended = r.status.get("startTime"), r.status.get("completionTime")
    duration = ""
    if begun:
        duration = age((seconds_of(ended) if ended else r.now) - seconds_of(begun))
    held = {c.get("type") for c in r.status.get("conditions") or () if c.get("status") == "True"}
    state = next((s for s in ("Complete", "Failed", "Suspended") if s in held), "Running")
    if "deletionTimestamp" in r.meta:
        state = "Terminating"
    return [r.name, state, completions, duration, r.age, *r.containers(), r.selector()]


def _cron_job(r: Row) -> list[Any]:
    spec = ((r.spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    last = r.status.get("lastScheduleTime")
    zone, suspended = r.spec.get("timeZone") or _NONE, bool(r.spec.get("suspend"))
    active = len(r.status.get("active") or ())
    shown = [zone, suspended, active, r.since(last) if last else _NONE]
    return [r.name, r.spec.get("schedule"), *shown, r.age, *r.containers(spec.get("spec") or {}), _NONE]


def _service(r: Row) -> list[Any]:
    kind = r.spec.get("type", "ClusterIP")
    ports = []
    for p in r.spec.get("ports") or ():
        node = f":{p['nodePort']}" if p.get("nodePort") else ""
        ports.append(f"{p.get('port')}{node}/{p.get('protocol', 'TCP')}")
    address = r.spec.get("clusterIP") or _NONE
    return [r.name, kind, address, _external(r, kind), ",".join(ports) or _NONE, r.age, _pairs(r.spec.get("selector"))]


def _external(r: Row, kind: str) -> str:
    listed = ",".join(r.spec.get("externalIPs") or ())
    if kind == "ExternalName":
        return str(r.spec.get("externalName"))
    if kind == "LoadBalancer":
        entries = (r.status.get("loadBalancer") or {}).get("ingress") or ()
        found = ",".join(str(e.get("ip") or e.get("hostname")) for e in entries)
        return ",".join(x for x in (found, listed) if x) or "<pending>"
    return listed or _NONE


def _endpoints(r: Row) -> list[Any]:
    found = [
        f"{a.get('ip')}:{p.get('port')}"
        for s in r.obj.get("subsets") or ()
        for p in s.get("ports") or ()
        for a in s.get("addresses") or ()
    ]
    text = ",".join(found[:3]) + (f" + {len(found) - 3} more..." if len(found) > 3 else "")
    return [r.name, text or _NONE, r.age]


def _ingress(r: Row) -> list[Any]:
    rules = r.spec.get("rules") or ()
    hosts = _joined(x.get("host") for x in rules if x.get("host"))
    entries = (r.status.get("loadBalancer") or {}).get("ingress") or ()
    address = ",".join(str(e.get("ip") or e.get("hostname")) for e in entries)
    ports = "80, 443" if r.spec.get("tls") else "80"
    return [r.name, r.spec.get("ingressClassName") or _NONE, "*" if hosts == _NONE else hosts, address, ports, r.age]


def _claim(r: Row) -> list[Any]:
    modes = ",".join(_MODES.get(m, m) for m in r.status.get("accessModes") or ())
    size = (r.status.get("capacity") or {}).get("storage", "")
    phase = "Terminating" if "deletionTimestamp" in r.meta else r.status.get("phase", "")
    shown = [phase, r.spec.get("volumeName", ""), size, modes, r.spec.get("storageClassName", ""), "<unset>"]
    return [r.name, *shown, r.age, r.spec.get("volumeMode", "<unset>")]


_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _volume(r: Row) -> list[Any]:
    taken = r.spec.get("claimRef") or {}
    claim = f"{taken.get('namespace')}/{taken.get('name')}" if taken else ""
    modes = ",".join(_MODES.get(m, m) for m in r.spec.get("accessModes") or ())
    size = (r.spec.get("capacity") or {}).get("storage", "")
    shown = [size, modes, r.spec.get("persistentVolumeReclaimPolicy", ""), r.status.get("phase", ""), claim]
    rest = [r.spec.get("storageClassName", ""), "<unset>", r.status.get("reason", ""), r.age]
    return [r.name, *shown, *rest, r.spec.get("volumeMode", "<unset>")]


def _node(r: Row) -> list[Any]:
    info = r.status.get("nodeInfo") or {}
    addresses = {a.get("type"): a.get("address") for a in r.status.get("addresses") or ()}
    ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in r.status.get("conditions") or ())
    state = ("Ready" if ready else "NotReady") + (",SchedulingDisabled" if r.spec.get("unschedulable") else "")
    wide = [addresses.get("InternalIP", _NONE), addresses.get("ExternalIP", _NONE)]
    wide += [info.get(k) or "<unknown>" for k in ("osImage", "kernelVersion", "containerRuntimeVersion")]
    return [r.name, state, _NONE, r.age, info.get("kubeletVersion", ""), *wide]


def _event(r: Row) -> list[Any]:
    o = r.obj
    about = o.get("involvedObject") or o.get("regarding") or {}
    first, last = (o.get(k) or o.get("eventTime") or r.created for k in ("firstTimestamp", "lastTimestamp"))
    source = (o.get("source") or {}).get("component") or o.get("reportingComponent") or ""
    named = f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"
    words = str(o.get("message") or o.get("note") or "").strip()
    tail = [words, r.since(first), o.get("count", 1), r.name]
    return [r.since(last), o.get("type", ""), o.get("reason", ""), named, about.get("fieldPath", ""), source, *tail]


def _binding(r: Row) -> list[Any]:
    reference = r.obj.get("roleRef") or {}
    by_kind: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for s in r.obj.get("subjects") or ():
        name = str(s.get("name"))
        by_kind.setdefault(str(s.get("kind")), []).append(f"{s['namespace']}/{name}" if s.get("namespace") else name)
    shown = [", ".join(by_kind[k]) for k in ("User", "Group", "ServiceAccount")]
    return [r.name, f"{reference.get('kind')}/{reference.get('name')}", r.age, *shown]


def _autoscaler(r: Row) -> list[Any]:
    target = r.spec.get("scaleTargetRef") or {}
    shown = [_metric(m) for m in r.spec.get("metrics") or ()]
    text = ", ".join(shown[:2]) + (f" + {len(shown) - 2} more..." if len(shown) > 2 else "")
    limits = [str(r.spec.get("minReplicas", "<unset>")), r.spec.get("maxReplicas"), r.status.get("currentReplicas", 0)]
    return [r.name, f"{target.get('kind')}/{target.get('name')}", text or _NONE, *limits, r.age]


def _metric(metric: Object) -> str:
    kind = str(metric.get("type", ""))
    body = metric.get(kind[:1].lower() + kind[1:]) or {}
    target = body.get("target") or {}
    prefix = f"{body.get('name')}: " if kind in {"Resource", "ContainerResource"} else ""
    if target.get("averageUtilization") is not None:
        return f"{prefix}<unknown>/{target['averageUtilization']}%"
    average = target.get("averageValue")
    if average is not None:
        return f"{prefix}<unknown>/{average}" + ("" if prefix else " (avg)")
    return f"<unknown>/{target.get('value')}"


def _budget(r: Row) -> list[Any]:
    low, high = (str(r.spec.get(k, "N/A")) for k in ("minAvailable", "maxUnavailable"))
    return [r.name, low, high, r.status.get("disruptionsAllowed", 0), r.age]


def _storage_class(r: Row) -> list[Any]:
    o = r.obj
    annotations = r.meta.get("annotations") or {}
    default = any(annotations.get(f"storageclass.{x}kubernetes.io/is-default-class") == "true" for x in ("", "beta."))
    name = f"{r.name} (default)" if default else r.name
    shown = [
        o.get("reclaimPolicy", "Delete"),
        o.get("volumeBindingMode", "Immediate"),
        bool(o.get("allowVolumeExpansion")),
    ]
    return [name, o.get("provisioner"), *shown, r.age]


def _api_service(r: Row) -> list[Any]:
    service = r.spec.get("service")
    state = next((c for c in r.status.get("conditions") or () if c.get("type") == "Available"), None)
    shown = "Unknown" if state is None else state.get("status")
    if state is not None and shown != "True":
        shown = f"{shown} ({state.get('reason')})"
    return [r.name, f"{service.get('namespace')}/{service.get('name')}" if service else "Local", shown, r.age]


def _signing_request(r: Row) -> list[Any]:
    states = [str(c.get("type")) for c in r.status.get("conditions") or ()]
    wanted = r.spec.get("expirationSeconds")
    shown = [r.spec.get("signerName"), r.spec.get("username", ""), age(wanted) if wanted else _NONE]
    return [r.name, r.age, *shown, ",".join(states) or "Pending"]


def _slice(r: Row) -> list[Any]:
    ports = _joined(p.get("port") for p in r.obj.get("ports") or ())
    found = [a for e in r.obj.get("endpoints") or () for a in e.get("addresses") or ()]
    text = ",".join(found[:3]) + (f" + {len(found) - 3} more..." if len(found) > 3 else "")
    unset = "<unset>"
    return [r.name, r.obj.get("addressType"), ports if ports != _NONE else unset, text or unset, r.age]


def _priority_class(r: Row) -> list[Any]:
    o = r.obj
    return [
        r.name,
        o.get("value", 0),
        bool(o.get("globalDefault")),
        r.age,
        o.get("preemptionPolicy", "PreemptLowerPriority"),
    ]


def _network_policy(r: Row) -> list[Any]:
    return [r.name, selectors.text_of(selectors.of_object(r.spec.get("podSelector")) or ()) or _NONE, r.age]


def _ingress_class(r: Row) -> list[Any]:
    p = r.spec.get("parameters")
    shown = (
        f"{p.get('kind')}.{p['apiGroup']}/{p.get('name')}"
        if p and p.get("apiGroup")
        else (f"{p.get('kind')}/{p.get('name')}" if p else _NONE)
    )
    return [r.name, r.spec.get("controller"), shown, r.age]


def _quota(r: Row) -> list[Any]:
    used, hard = r.status.get("used") or {}, r.status.get("hard") or r.spec.get("hard") or {}
    both = [(k, f"{k}: {used.get(k, '0')}/{v}") for k, v in sorted(hard.items())]
    limits = ", ".join(t for k, t in both if k.startswith("limits."))
    return [r.name, ", ".join(t for k, t in both if not k.startswith("limits.")), limits, r.age]


def _template(r: Row) -> list[Any]:
    template = r.obj.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    return [r.name, *r.containers(template.get("spec") or {}), _pairs(labels)]


def _size(*fields: str) -> Callable[[Row], list[Any]]:
    return lambda r: [r.name, sum(len(r.obj.get(f) or ()) for f in fields), r.age]


def _owner(r: Row) -> str:
    owner = next((o for o in r.meta.get("ownerReferences") or () if o.get("controller")), None)
    return f"{str(owner['kind']).lower()}/{owner['name']}" if owner else _NONE


_RBAC = "rbac.authorization.k8s.io"
_BINDING = "Name%name,Role,Age,Users*,Groups*,ServiceAccounts*"
_SET = "Name%name,Desired:integer,Current:integer,Ready:integer,Age,Containers*,Images*,Selector*"
_HOOKS = "Name%name,Webhooks:integer,Age"
CELLS: dict[tuple[str, str], tuple[str, Callable[[Row], list[Any]]]] = {
    ("", "Pod"): ("Name%name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*", _pod),
    ("", "Service"): ("Name%name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*", _service),
    ("", "ConfigMap"): ("Name%name,Data,Age", _size("data", "binaryData")),
    ("", "Secret"): (
        "Name%name,Type,Data,Age",
        lambda r: [r.name, r.obj.get("type", ""), len(r.obj.get("data") or ()), r.age],
    ),
    ("", "Namespace"): ("Name%name,Status,Age", lambda r: [r.name, r.status.get("phase", ""), r.age]),
    ("", "ServiceAccount"): ("Name%name,Secrets,Age", _size("secrets")),
    ("", "Endpoints"): ("Name%name,Endpoints,Age", _endpoints),
    ("", "Event"): (
        "Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name%name*",
        _event,
    ),
    ("", "Node"): (
        "Name%name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*",
        _node,
    ),
    ("", "PersistentVolumeClaim"): (
        "Name%name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*",
        _claim,
    ),
    ("", "PersistentVolume"): (
        (
            "Name%name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,"
            "VolumeMode*"
        ),
        _volume,
    ),
    ("", "PodTemplate"): ("Name%name,Containers,Images,Pod Labels", _template),
    ("", "ReplicationController"): (_SET, _replication_controller),
    ("", "ResourceQuota"): ("Name%name,Request,Limit,Age", _quota),
    ("apps", "Deployment"): (
        "Name%name,Ready,Up-to-date,Available,Age,Containers*,Images*,Selector*",
        _deployment,
    ),
    ("apps", "ReplicaSet"): (_SET, _replica_set),
    ("apps", "StatefulSet"): ("Name%name,Ready,Age,Containers*,Images*", _stateful_set),
    ("apps", "DaemonSet"): (
        (
            "Name%name,Desired:integer,Current:integer,Ready:integer,Up-to-date:integer,Available:integer,Node Selector,Age,"
            "Containers*,Images*,Selector*"
        ),
        _daemon_set,
    ),
    ("apps", "ControllerRevision"): (
        "Name%name,Controller,Revision,Age",
        lambda r: [r.name, _owner(r), r.obj.get("revision", 0), r.age],
    ),
    ("batch", "Job"): ("Name%name,Status,Completions,Duration,Age,Containers*,Images*,Selector*", _job),
    ("batch", "CronJob"): (
        "Name%name,Schedule,Timezone,Suspend:boolean,Active:integer,Last Schedule,Age,Containers*,Images*,Selector*",
        _cron_job,
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): (
        "Name%name,Reference,Targets,MinPods,MaxPods,Replicas,Age",
        _autoscaler,
    ),
    ("networking.k8s.io", "Ingress"): ("Name%name,Class,Hosts,Address,Ports,Age", _ingress),
    ("networking.k8s.io", "IngressClass"): ("Name%name,Controller,Parameters,Age", _ingress_class),
    ("networking.k8s.io", "NetworkPolicy"): ("Name%name,Pod-Selector,Age", _network_policy),
    ("policy", "PodDisruptionBudget"): (
        "Name%name,Min Available,Max Unavailable,Allowed Disruptions:integer,Age",
        _budget,
    ),
    (_RBAC, "RoleBinding"): (_BINDING, _binding),
    (_RBAC, "ClusterRoleBinding"): (_BINDING, _binding),
    ("storage.k8s.io", "StorageClass"): (
        "Name%name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age",
        _storage_class,
    ),
    ("apiregistration.k8s.io", "APIService"): ("Name%name,Service,Available,Age", _api_service),
    ("certificates.k8s.io", "CertificateSigningRequest"): (
        "Name%name,Age,SignerName,Requestor,RequestedDuration,Condition",
        _signing_request,
    ),
    ("discovery.k8s.io", "EndpointSlice"): ("Name%name,AddressType,Ports,Endpoints,Age", _slice),
    ("scheduling.k8s.io", "PriorityClass"): (
        "Name%name,Value:integer,Global-Default:boolean,Age,PreemptionPolicy",
        _priority_class,
    ),
    ("coordination.k8s.io", "Lease"): (
        "Name%name,Holder,Age",
        lambda r: [r.name, r.spec.get("holderIdentity", ""), r.age],
    ),
    ("node.k8s.io", "RuntimeClass"): ("Name%name,Handler,Age", lambda r: [r.name, r.obj.get("handler", ""), r.age]),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (_HOOKS, _size("webhooks")),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (_HOOKS, _size("webhooks")),
}
