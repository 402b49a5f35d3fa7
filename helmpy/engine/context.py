"""The builtin objects that templates see: ``.Chart``, ``.Release``, ``.Capabilities``, ``.Files``.

Each is a Go value of Helm 2 or Helm 3 with a closed table of fields and methods, so that
``printf "%T"``, ``toJson``, ``toYaml`` and the errors of wrong names come out as in Helm. The
objects of ``version`` 2 are what ``apiVersion: v1`` charts see, those of 3 what v2 charts see.
"""

from __future__ import annotations

from helmpy.gocompat import json
from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject, Int32, Int64, NamedMap, StringList, StringMap
from helmpy.record import record
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, ClassVar

    from helmpy.chart.capabilities import Capabilities, KubeVersion
    from helmpy.chart.model import Chart, Dependency, Metadata

    Methods = Mapping[str, Callable[[Any], GoFunc]]

_EPOCH = Timestamp()

SEMVER_OF_TILLER = "v2.17.0"
SEMVER_OF_HELM_3 = "v3.8.1"  # whose rules v2 charts see


@record(frozen=True, slots=True)
class ReleaseOptions:
    """What ``.Release`` shows. ``time`` is when the operation started, shown by v1 charts only."""

    name: str
    namespace: str
    revision: int = 1
    is_install: bool = True
    is_upgrade: bool = False
    time: Timestamp = _EPOCH


# --- Go's structs -------------------------------------------------------------------------------


class Field:
    """One field of a struct: Go's name, the name it is marshalled by, whether an empty one is left out."""

    __slots__ = ("key", "name", "omit_empty", "value")

    def __init__(self, name: str, key: str, value: Any, *, omit_empty: bool = True) -> None:
        self.name = name
        self.key = key
        self.value = value
        self.omit_empty = omit_empty


class Struct(GoObject):
    """A struct of the fields given, which are asked for when somebody looks; ``methods`` are by name."""

    __slots__ = ("_given", "_read", "_values")
    methods: ClassVar[Methods] = {}

    def __init__(self, fields: Iterable[Field]) -> None:
        self._given: Iterable[Field] | None = fields
        self._read: tuple[Field, ...] = ()
        self._values: dict[str, Any] = {}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in declared order."""
        given = self._given
        if given is not None:
            self._given = None
            self._read = tuple(given)
            self._values = {field.name: field.value for field in self._read}
        return self._read

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature is dict.get's
        try:
            return self._values[name]
        except KeyError:
            return self._found(name)

    def _found(self, name: str) -> Any:
        for field in self.fields:
            if field.name == name:
                return field.value
        method = self.method(name)
        if method is None:
            raise KeyError(name)
        return method.call()

    def method(self, name: str) -> GoFunc | None:
        make = self.methods.get(name)
        return make(self) if make else None

    def json_value(self) -> dict[str, Any]:
        """Return the fields as JSON names them, in declared order."""
        return json.Struct(
            (field.key, field.value)
            for field in self.fields
            if field.key and not (field.omit_empty and field.value in (None, "", 0, [], {}))
        )

    def __str__(self) -> str:
        from helmpy.gocompat.text import sprint

        return "{" + " ".join(sprint(field.value) for field in self.fields) + "}"


class Message(Struct):
    """A protobuf message of Helm 2: it prints in protobuf's text form and has a getter for each field."""

    __slots__ = ()
    methods: ClassVar[Methods] = {"String": lambda message: GoFunc(message.__str__, (), "string")}

    def method(self, name: str) -> GoFunc | None:
        if name.startswith("Get"):
            for field in self.fields:
                if field.name == name[3:]:
                    return _returns(field.value)
        return super().method(name)

    def __str__(self) -> str:
        return "".join(_text_of(field.key, field.value) for field in self.fields if field.value)


def _text_of(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"{key}:<key:{_quote(name)} value:{_quote(value[name])} > " for name in sorted(value))
    if isinstance(value, list):
        return "".join(_text_of(key, item) for item in value)
    if isinstance(value, Message):
        return f"{key}:<{value}> "
    if isinstance(value, bool):
        return f"{key}:{'true' if value else 'false'} "
    if isinstance(value, str):
        return f"{key}:{_quote(value)} "
    if isinstance(value, bytes):
        return f"{key}:{_quote(value.decode('utf-8', 'surrogateescape'))} "
    return f"{key}:{value} "


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _quote(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    chars = (chr(byte) for byte in text.encode("utf-8", "surrogateescape"))
    return '"' + "".join(_ESCAPES.get(c) or (c if " " <= c <= "~" else f"\\{ord(c):03o}") for c in chars) + '"'


def _returns(value: Any) -> GoFunc:
    return GoFunc(lambda: value, ())


# --- .Values ------------------------------------------------------------------------------------


class MethodMap(NamedMap, GoObject):
    """A map type with methods: a key goes before a method without arguments, as in Go."""

    __slots__ = ()
    go_kind: ClassVar[str] = "map"
    methods: ClassVar[Methods] = {}

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        return self._call(name) if name in self.methods else default

    def method(self, name: str) -> GoFunc | None:
        make = self.methods.get(name)
        return make(self) if make else None

    def _call(self, name: str) -> Any:
        function = self.methods[name](self)
        if function.params:
            raise FunctionError(f"wrong number of args for {name}: want {len(function.params)} got 0")
        return function.call()

    def __str__(self) -> str:
        from helmpy.gocompat.text import sprint

        return sprint(dict(self))


class Root(NamedMap):
    """The root dot, ``chartutil.Values`` too; nobody calls its methods."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.Values"


class Values(MethodMap):
    """``.Values``."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.Values"
    version: ClassVar[int] = 2

    def path_value(self, path: str) -> Any:
        """Return what stands at ``a.b.c``; FunctionError where nothing does, or a map."""
        *tables, last = path.split(".")
        table: Any = self
        for name in tables:
            table = table.get(name)
            if not isinstance(table, dict):
                raise FunctionError(f"{self._named(last)} is not a value")
        value = table.get(last)
        if last not in table or isinstance(value, dict):
            raise FunctionError(f"{self._named(last)} is not a value")
        return value

    def table(self, path: str) -> Values:
        """Return the map at ``a.b.c``; FunctionError where there is none."""
        table: Any = self
        for name in path.split("."):
            table = table.get(name)
            if not isinstance(table, dict):
                raise FunctionError(f"{self._named(name)} is not a table")
        return type(self)(table)

    def _named(self, key: str) -> str:
        return key if self.version == 2 else f'"{key}"'


class Values3(Values):
    """The same of Helm 3, which quotes names in its errors."""

    __slots__ = ()
    version: ClassVar[int] = 3


def _values_yaml(values: Values) -> str:
    from helmpy.gocompat import yaml

    return yaml.dump(values, dialect=values.version)


def _refuse_writer(writer: Any) -> None:
    raise FunctionError(f"{type(writer).__name__} is not a writer")


Values.methods = {
    "AsMap": lambda values: GoFunc(lambda: dict(values), (), "dict"),
    "YAML": lambda values: GoFunc(lambda: _values_yaml(values), (), "string"),
    "PathValue": lambda values: GoFunc(values.path_value, ("string",)),
    "Table": lambda values: GoFunc(values.table, ("string",)),
    "Encode": lambda _: GoFunc(_refuse_writer, ("io.Writer",)),
}


# --- .Chart -------------------------------------------------------------------------------------


class ChartMetadata(Message):
    """Helm 2's message. ``newer`` are fields that only Helm 3 has: charts are written for both."""

    __slots__ = ("_newer",)
    go_type: ClassVar[str] = "*chart.Metadata"
    go_kind: ClassVar[str] = "ptr"

    def __init__(self, fields: Iterable[Field], newer: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._newer = newer

    def method(self, name: str) -> GoFunc | None:
        if name == "APIVersion":
            return _returns(self.get("ApiVersion"))
        return _returns(self._newer[name]) if name in self._newer else super().method(name)


class ChartMaintainer(Message):
    __slots__ = ()
    methods: ClassVar[Methods] = {**Message.methods, "URL": lambda person: _returns(person.get("Url"))}  # as above
    go_type: ClassVar[str] = "*chart.Maintainer"
    go_kind: ClassVar[str] = "ptr"


class Maintainers(list[Struct]):
    """Go's slice of pointers to maintainers."""

    __slots__ = ()
    go_type: ClassVar[str] = "[]*chart.Maintainer"


class Metadata3(Struct):
    __slots__ = ()
    go_type: ClassVar[str] = "chart.Metadata"


class Chart3(Struct):
    """Helm 3's ``.Chart``: the metadata's fields, and whether the chart is the root."""

    __slots__ = ()
    go_type: ClassVar[str] = "struct { chart.Metadata; IsRoot bool }"

    def __str__(self) -> str:
        from helmpy.gocompat.text import sprint

        return "{" + f"{self.get('Metadata')} {sprint(self.get('IsRoot'))}" + "}"


class Maintainer3(Struct):
    __slots__ = ()
    go_type: ClassVar[str] = "*chart.Maintainer"
    go_kind: ClassVar[str] = "ptr"


class Dependency3(Struct):
    __slots__ = ()
    go_type: ClassVar[str] = "*chart.Dependency"
    go_kind: ClassVar[str] = "ptr"


class Dependencies(list[Dependency3]):
    """Go's slice of pointers to dependencies."""

    __slots__ = ()
    go_type: ClassVar[str] = "[]*chart.Dependency"


def chart_object(chart: Chart, version: int, *, is_root: bool) -> GoObject:
    """Return ``.Chart`` as Helm 2 (``version`` 2) or Helm 3 shows it."""
    if version == 3:
        return Chart3(_fields3(chart, is_root=is_root))
    return ChartMetadata(_fields_of(chart, 2), {"IsRoot": is_root, "Type": "", "Dependencies": Dependencies()})


# What the charts of a process that lives on show: 6 % of the time of rendering wordpress anew. The metadata lies
# beside it, or its id could come again.
_shown: dict[tuple[int, int], tuple[Metadata, tuple[Field, ...]]] = {}
_SHOWN = 200


def _fields_of(chart: Chart, version: int) -> Iterator[Field]:
    from helmpy.chart.model import Metadata

    m = chart.metadata or Metadata()
    known = _shown.get((id(m), version))
    if known is None:
        if len(_shown) >= _SHOWN:
            _shown.clear()
        known = _shown[id(m), version] = m, tuple(_fields(m, version))
    yield from known[1]


def _fields(m: Metadata, version: int) -> Iterator[Field]:
    for *names, key, value in _METADATA:
        name = names[version - 2]
        if name:
            yield Field(name, key, value(m, version))


def _fields3(chart: Chart, *, is_root: bool) -> Iterator[Field]:
    """Helm 3's struct: the metadata's fields, as its own and as those of the struct embedded in it."""
    yield from _fields_of(chart, 3)
    yield Field("IsRoot", "IsRoot", is_root, omit_empty=False)
    yield Field("Metadata", "", Metadata3(_fields_of(chart, 3)))


def _maintainers(m: Metadata, version: int) -> Maintainers:
    kind, url = (ChartMaintainer, "Url") if version == 2 else (Maintainer3, "URL")
    return Maintainers(
        kind([Field("Name", "name", p.name), Field("Email", "email", p.email), Field(url, "url", p.url)])
        for p in m.maintainers
    )


# A field of Chart.yaml a row, in Go's order: its name in Helm 2 and in Helm 3 (empty: it has none),
# in JSON, and its value.
_METADATA: tuple[tuple[str, str, str, Callable[[Metadata, int], Any]], ...] = (
    ("Name", "Name", "name", lambda m, _: m.name),
    ("Home", "Home", "home", lambda m, _: m.home),
    ("Sources", "Sources", "sources", lambda m, _: StringList(m.sources)),
    ("Version", "Version", "version", lambda m, _: m.version),
    ("Description", "Description", "description", lambda m, _: m.description),
    ("Keywords", "Keywords", "keywords", lambda m, _: StringList(m.keywords)),
    ("Maintainers", "Maintainers", "maintainers", _maintainers),
    ("Engine", "", "engine", lambda m, _: m.engine),
    ("Icon", "Icon", "icon", lambda m, _: m.icon),
    ("ApiVersion", "APIVersion", "apiVersion", lambda m, _: m.api_version),
    ("Condition", "Condition", "condition", lambda m, _: m.condition),
    ("Tags", "Tags", "tags", lambda m, _: m.tags),
    ("AppVersion", "AppVersion", "appVersion", lambda m, _: m.app_version),
    ("Deprecated", "Deprecated", "deprecated", lambda m, _: m.deprecated),
    ("TillerVersion", "", "tillerVersion", lambda m, _: m.tiller_version),
    ("Annotations", "Annotations", "annotations", lambda m, _: StringMap(m.annotations)),
    ("KubeVersion", "KubeVersion", "kubeVersion", lambda m, _: m.kube_version),
    ("", "Dependencies", "dependencies", lambda m, _: Dependencies(_dependency3(d) for d in m.dependencies)),
    ("", "Type", "type", lambda m, _: m.type),
)


def _dependency3(d: Dependency) -> Dependency3:
    return Dependency3(
        [
            Field("Name", "name", d.name, omit_empty=False),
            Field("Version", "version", d.version),
            Field("Repository", "repository", d.repository, omit_empty=False),
            Field("Condition", "condition", d.condition),
            Field("Tags", "tags", StringList(d.tags)),
            Field("Enabled", "enabled", d.enabled),
            Field("ImportValues", "import-values", list(d.import_values)),
            Field("Alias", "alias", d.alias),
        ]
    )


# --- .Release -----------------------------------------------------------------------------------


class Time2(Message):
    __slots__ = ()
    go_type: ClassVar[str] = "*timestamp.Timestamp"
    go_kind: ClassVar[str] = "ptr"


def release_object(release: ReleaseOptions, version: int) -> dict[str, Any]:
    """Return ``.Release``, a plain map in both Helms."""
    shown: dict[str, Any] = {
        "Name": release.name,
        "Namespace": release.namespace,
        "IsInstall": release.is_install,
        "IsUpgrade": release.is_upgrade,
        "Revision": release.revision,
        "Service": "Tiller" if version == 2 else "Helm",
    }
    if version == 2:
        shown["Time"] = Time2(_time2(release.time))
    return shown


def _time2(time: Timestamp) -> Iterator[Field]:
    yield Field("Seconds", "seconds", Int64(time.seconds))
    yield Field("Nanos", "nanos", Int32(time.nanos))


# --- .Capabilities ------------------------------------------------------------------------------


class EmptyStruct(GoObject):
    """Go's ``struct {}``: what a set's members map to."""

    __slots__ = ()
    go_type: ClassVar[str] = "struct {}"

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature is dict.get's
        raise KeyError(name)

    def method(self, name: str) -> GoFunc | None:  # noqa: ARG002 - it has none at all
        return None

    def json_value(self) -> dict[str, Any]:
        """Return what JSON and YAML make of it."""
        return {}

    def __str__(self) -> str:
        return "{}"


_MEMBER = EmptyStruct()


class VersionSet(MethodMap):
    """Helm 2's set of ``group/version`` and ``group/version/Kind``."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.VersionSet"
    of_any: ClassVar[bool] = False
    methods: ClassVar[Methods] = {"Has": lambda known: GoFunc(known.__contains__, ("string",), "bool")}


class VersionList(list[str], GoObject):
    """Helm 3's list of the same."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.VersionSet"
    go_kind: ClassVar[str] = "slice"

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - the signature is dict.get's
        if name == "Has":
            raise FunctionError("wrong number of args for Has: want 1 got 0")
        raise KeyError(name)

    def method(self, name: str) -> GoFunc | None:
        return GoFunc(self.__contains__, ("string",), "bool") if name == "Has" else None

    def __str__(self) -> str:
        return f"[{' '.join(self)}]"


class Capabilities2(Struct):
    __slots__ = ()
    go_type: ClassVar[str] = "*chartutil.Capabilities"
    go_kind: ClassVar[str] = "ptr"


class KubeVersion2(Struct):
    """``*version.Info``: prints the version alone."""

    __slots__ = ()
    go_type: ClassVar[str] = "*version.Info"
    go_kind: ClassVar[str] = "ptr"
    methods: ClassVar[Methods] = {
        "String": lambda kube: GoFunc(kube.__str__, (), "string"),
        "Version": lambda kube: _returns(str(kube)),  # Helm 3's name: charts are written for both
    }

    def __str__(self) -> str:
        return str(self.get("GitVersion"))


class KubeVersion3(Struct):
    """Helm 3's three fields; an action prints the version alone, a function such as quote sees all."""

    __slots__ = ()
    go_type: ClassVar[str] = "chartutil.KubeVersion"
    methods: ClassVar[Methods] = dict.fromkeys(
        ("String", "GitVersion"), lambda kube: GoFunc(kube.printed, (), "string")
    )

    def printed(self) -> str:
        return str(self.get("Version"))


class TillerVersion(Message):
    __slots__ = ()
    go_type: ClassVar[str] = "*version.Version"
    go_kind: ClassVar[str] = "ptr"


class HelmVersion(Struct):
    __slots__ = ()
    go_type: ClassVar[str] = "version.BuildInfo"


def capabilities_object(capabilities: Capabilities, version: int) -> GoObject:
    """Return ``.Capabilities`` as Helm 2 (``version`` 2) or Helm 3 shows it."""
    return Capabilities2(_capabilities2(capabilities) if version == 2 else _capabilities3(capabilities))


def _capabilities2(capabilities: Capabilities) -> Iterator[Field]:
    known = VersionSet(dict.fromkeys(capabilities.api_versions, _MEMBER))
    yield Field("APIVersions", "APIVersions", known, omit_empty=False)
    yield Field("KubeVersion", "KubeVersion", KubeVersion2(_kube_version2(capabilities.kube_version)), omit_empty=False)
    yield Field("TillerVersion", "TillerVersion", TillerVersion(_tiller_version(capabilities)), omit_empty=False)


def _kube_version2(kube: KubeVersion) -> Iterator[Field]:
    yield Field("Major", "major", kube.major, omit_empty=False)
    yield Field("Minor", "minor", kube.minor, omit_empty=False)
    yield Field("GitVersion", "gitVersion", kube.git_version, omit_empty=False)
    yield Field("GitCommit", "gitCommit", kube.git_commit, omit_empty=False)
    yield Field("GitTreeState", "gitTreeState", kube.git_tree_state, omit_empty=False)
    yield Field("BuildDate", "buildDate", kube.build_date, omit_empty=False)
    yield Field("GoVersion", "goVersion", kube.go_version, omit_empty=False)
    yield Field("Compiler", "compiler", kube.compiler, omit_empty=False)
    yield Field("Platform", "platform", kube.platform, omit_empty=False)


def _tiller_version(capabilities: Capabilities) -> Iterator[Field]:
    yield Field("SemVer", "sem_ver", capabilities.tiller_version or SEMVER_OF_TILLER)
    yield Field("GitCommit", "git_commit", "")
    yield Field("GitTreeState", "git_tree_state", "")


def _capabilities3(capabilities: Capabilities) -> Iterator[Field]:
    yield Field("KubeVersion", "KubeVersion", KubeVersion3(_kube_version3(capabilities.kube_version)), omit_empty=False)
    yield Field("APIVersions", "APIVersions", VersionList(capabilities.api_versions), omit_empty=False)
    yield Field("HelmVersion", "HelmVersion", HelmVersion(_helm_version()), omit_empty=False)


def _kube_version3(kube: KubeVersion) -> Iterator[Field]:
    yield Field("Version", "Version", kube.git_version, omit_empty=False)
    yield Field("Major", "Major", kube.major, omit_empty=False)
    yield Field("Minor", "Minor", kube.minor, omit_empty=False)


def _helm_version() -> Iterator[Field]:
    yield Field("Version", "version", SEMVER_OF_HELM_3)
    yield Field("GitCommit", "git_commit", "")
    yield Field("GitTreeState", "git_tree_state", "clean")
    yield Field("GoVersion", "go_version", "")
