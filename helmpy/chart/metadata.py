"""Chart.yaml and lists of dependencies: from YAML to records, and back.

Scalars written for strings are taken as strings (``version: 1.10`` is ``"1.1"``, as the number
prints), keys match in any case, unknown keys are dropped, other misfits are errors in the words
of Go's JSON decoder.
"""

from __future__ import annotations

from _collections_abc import Mapping

from helmpy.chart.model import ChartError, Dependency, Maintainer, Metadata
from helmpy.gocompat import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Decode = Callable[[Any, str], Any]
    Entries = tuple[Dependency, ...]


CHARTFILE = "Chart.yaml"


def parse_metadata(text: str | bytes) -> Metadata:
    """Return the record of a Chart.yaml; an empty file gives an empty record.

    Raises YamlError, or ChartError where a field has another shape.
    """
    return from_dict(yaml.load(text, ints=True))


def from_dict(value: Any, *, exact: bool = False) -> Metadata:
    """Return the record of a map with Chart.yaml's keys; None gives an empty record. Raises ChartError.

    ``exact``: a number is no string, as in an index. What only v2 charts have means nothing in others.
    """
    if value is None:
        return Metadata()
    keys = (_EXACT_V2 if exact else _METADATA_V2) if _is_v2(value) else (_EXACT if exact else _METADATA)
    return Metadata(**_struct(value, keys, "Go value of type chart.Metadata", "Metadata"))


def _is_v2(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if "apiVersion" in value:
        return bool(value["apiVersion"] == "v2")
    return any(key.lower() == "apiversion" and said == "v2" for key, said in value.items())


_ALIAS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def check_metadata(metadata: Metadata) -> None:
    """Demand of a v2 chart what Helm 3 does. Raises ChartError, ``validation: …``."""
    if not metadata.name:
        raise ChartError("validation: chart.metadata.name is required")
    if not metadata.version:
        raise ChartError("validation: chart.metadata.version is required")
    if not _is_version(metadata.version):
        raise ChartError(f'validation: chart.metadata.version "{metadata.version}" is invalid')
    if metadata.type not in ("", "application", "library"):
        raise ChartError("validation: chart.metadata.type must be application or library")
    for one in metadata.dependencies:
        if not _ALIAS.issuperset(one.alias):
            raise ChartError(f'validation: dependency "{one.name}" has disallowed characters in the alias')


def _is_version(text: str) -> bool:
    parts = text.split(".")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") for part in parts):
        return True
    from helmpy.gocompat import semver

    try:
        semver.Version.parse(text)
    except semver.InvalidVersion:
        return False
    return True


def parse_dependencies(value: Any, *, owner: str = "Requirements", go_type: str = "*chartutil.Dependency") -> Entries:
    """Return the records of a ``dependencies`` list as YAML gave it; empty entries are left out.

    ``owner`` and ``go_type`` word the errors: ChartError where something has another shape.
    """
    where = f"Go struct field {owner}.dependencies"
    return tuple(_dependency(item, where) for item in _list(_any, go_type)(value, where) if item is not None)


def to_dict(metadata: Metadata) -> dict[str, Any]:
    """Return the map that Chart.yaml is written from: Helm's keys, empty fields left out."""
    result = {key: plain for key, field in _KEYS.items() if (plain := _plain(getattr(metadata, field)))}
    if metadata.dependencies:
        result["dependencies"] = [dependency_to_dict(one) for one in metadata.dependencies]
    return result


def dependency_to_dict(dependency: Dependency) -> dict[str, Any]:
    """Return one entry of a dependencies list. ``name`` is always there, as is ``repository``."""
    optional = {
        "version": dependency.version,
        "condition": dependency.condition,
        "tags": list(dependency.tags),
        "enabled": dependency.enabled,
        "import-values": list(dependency.import_values),
        "alias": dependency.alias,
    }
    kept = {key: value for key, value in optional.items() if value}
    return {"name": dependency.name, "repository": dependency.repository, **kept}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Maintainer):
        return {key: text for key, text in (("name", value.name), ("email", value.email), ("url", value.url)) if text}
    if isinstance(value, Mapping):
        return dict(value)
    return value


# Decoding. Each decoder gets the value and the words for where it goes.


def _string(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return yaml.text_of(value)
    raise _misfit(value, where, "string")


def _exact_string(value: Any, where: str) -> str:
    if value is None:
        return ""
    if value.__class__ is not str:
        raise _misfit(value, where, "string")
    found: str = value
    return found


def _bool(value: Any, where: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _misfit(value, where, "bool")
    return value


def _any(value: Any, where: str) -> Any:
    del where
    return value


def _list(decode: Decode, go_type: str = "string") -> Decode:
    def decode_list(value: Any, where: str) -> tuple[Any, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            raise _misfit(value, where, f"[]{go_type}")
        return tuple(decode(item, where) for item in value)

    return decode_list


def _string_map(decode: Decode) -> Decode:
    def decode_map(value: Any, where: str) -> dict[str, str]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _misfit(value, where, "map[string]string")
        return {key: decode(item, where) for key, item in value.items()}

    return decode_map


def _maintainers(decode: Decode) -> Decode:
    table = {key: (key, decode) for key in ("name", "email", "url")}

    def decode_maintainers(value: Any, where: str) -> tuple[Maintainer, ...]:
        given = _list(_any, "*chart.Maintainer")(value, where)
        place = f"{where} of type chart.Maintainer"
        return tuple(
            Maintainer(**_struct(item, table, place, "Maintainer.maintainers")) for item in given if item is not None
        )

    return decode_maintainers


def _dependency(value: Any, where: str) -> Dependency:
    return Dependency(**_struct(value, _DEPENDENCY, f"{where} of type chartutil.Dependency", "Dependency.dependencies"))


def _chart_dependencies(value: Any, where: str) -> Entries:
    del where
    return parse_dependencies(value, owner="Metadata", go_type="*chart.Dependency")


def _struct(value: Any, table: Mapping[str, tuple[str, Decode]], where: str, path: str) -> dict[str, Any]:
    """Return the fields of a map; ``path`` is the struct and the fields that lead to it, as Go names a place."""
    if not isinstance(value, dict):
        raise ChartError(f"{_UNMARSHAL} {_json_kind(value)} into {where}")
    fields: dict[str, Any] = {}
    for key in sorted(value):
        known = table.get(key.lower())
        if known is not None:
            field, decode = known
            fields[field] = decode(value[key], f"Go struct field {path}.{_WRITTEN.get(field, field)}")
    return fields


_UNMARSHAL = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal"


def _misfit(value: Any, where: str, go_type: str) -> ChartError:
    return ChartError(f"{_UNMARSHAL} {_json_kind(value)} into {where} of type {go_type}")


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return _JSON_KINDS.get(type(value), "null")


_JSON_KINDS: dict[type, str] = {dict: "object", list: "array", str: "string"}
_KEYS: dict[str, str] = {  # Chart.yaml's key -> the record's field
    "name": "name",
    "home": "home",
    "sources": "sources",
    "version": "version",
    "description": "description",
    "keywords": "keywords",
    "maintainers": "maintainers",
    "engine": "engine",
    "icon": "icon",
    "apiVersion": "api_version",
    "condition": "condition",
    "tags": "tags",
    "appVersion": "app_version",
    "deprecated": "deprecated",
    "tillerVersion": "tiller_version",
    "annotations": "annotations",
    "kubeVersion": "kube_version",
    "type": "type",
}
KEYS = frozenset(_KEYS)
"""What a Chart.yaml may say, a v2 chart's ``dependencies`` aside."""
_WRITTEN = {field: key for key, field in _KEYS.items()} | {"import_values": "import-values"}


def _metadata(decode: Decode) -> dict[str, tuple[str, Decode]]:
    """Return how the keys are read, strings by ``decode``."""
    decoders = {
        "sources": _list(decode),
        "keywords": _list(decode),
        "maintainers": _maintainers(decode),
        "deprecated": _bool,
        "annotations": _string_map(decode),
    }
    return {key.lower(): (field, decoders.get(field, decode)) for key, field in _KEYS.items() if key != "type"}


def _v2(decode: Decode) -> dict[str, tuple[str, Decode]]:
    return _metadata(decode) | {"type": ("type", decode), "dependencies": ("dependencies", _chart_dependencies)}


_METADATA = _metadata(_string)
_METADATA_V2 = _v2(_string)
_EXACT = _metadata(_exact_string)
_EXACT_V2 = _v2(_exact_string)
_DEPENDENCY: dict[str, tuple[str, Decode]] = {
    "name": ("name", _string),
    "version": ("version", _string),
    "repository": ("repository", _string),
    "condition": ("condition", _string),
    "tags": ("tags", _list(_string)),
    "enabled": ("enabled", _bool),
    "import-values": ("import_values", _list(_any, "interface {}")),
    "alias": ("alias", _string),
}
