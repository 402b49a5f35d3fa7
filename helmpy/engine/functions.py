"""Helm's own template functions, beside sprig's: data formats, ``required``, ``fail``, ``lookup``.

``include`` and ``tpl`` need the templates and live with the engines. ``version`` 2 gives the
functions as Helm 2.17 has them, 3 as Helm 3; a function that Helm 2 lacked is there for both.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat import json, yaml
from helmpy.gocompat.function import FunctionError, FunctionPanic, GoFunc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Lookup = Callable[[str, str, str, str], dict[str, Any]]
    """Of apiVersion, kind, namespace and name: the object, a list object for no name, {} for none."""

MAP_TYPE = "map[string]interface {}"


_MARK = "\x01"
"""Stands on both sides of what ``required`` and ``fail`` of Helm 3 say: an error is text on its way
through includes, and their text alone is what the user is to see."""


def marked(message: str) -> str:
    """Return a refusal's text so that ``refusal`` finds it again."""
    return f"{_MARK}{message}{_MARK}"


def refusal(message: str) -> str | None:
    """Return the refusal's text in an error's message, None where there is none."""
    parts = message.split(_MARK)
    return parts[1] if len(parts) > 2 else None


def unmarked(message: str) -> str:
    """Return an error's message without the marks."""
    return message.replace(_MARK, "")


def helm_functions(
    version: int, *, lenient: Callable[[str], None] | None = None, lookup: Lookup | None = None
) -> dict[str, GoFunc]:
    """Return Helm's functions; ``lenient`` lets missing required values pass and hears of each."""
    known = _made.get(version)
    if known is None:
        known = _made[version] = _functions(version)
    found = dict(known)
    if lookup is not None:
        found["lookup"] = GoFunc(lookup, _LOOKUP, MAP_TYPE)
    if lenient is not None:
        found["required"] = GoFunc(_required_leniently(lenient), ("string", "any"))
        if version == 3:
            found["fail"] = GoFunc(_fail_leniently(lenient), ("string",), "string")
    return found


_LOOKUP = ("string", "string", "string", "string")
_made: dict[int, dict[str, GoFunc]] = {}  # equal functions are one: what is hot is bound to them


def _functions(version: int) -> dict[str, GoFunc]:
    functions = {
        "toYaml": GoFunc(_to_yaml2 if version == 2 else _to_yaml3, ("any",), "string", pure=True),
        "toYamlPretty": GoFunc(_to_yaml_pretty, ("any",), "string", pure=True),
        "mustToYaml": GoFunc(_must_to_yaml, ("any",), "string", pure=True),
        "fromYaml": GoFunc(_from_yaml, ("string",), MAP_TYPE, pure=True),
        "fromYamlArray": GoFunc(_from_yaml_array, ("string",), "[]interface {}", pure=True),
        "toJson": GoFunc(_to_json2 if version == 2 else _to_json3, ("any",), "string", pure=True),
        "fromJson": GoFunc(_from_json, ("string",), MAP_TYPE, pure=True),
        "fromJsonArray": GoFunc(_from_json_array, ("string",), "[]interface {}", pure=True),
        "toToml": GoFunc(_to_toml2 if version == 2 else _to_toml3, ("any",), "string", pure=True),
        "fromToml": GoFunc(_from_toml, ("string",), MAP_TYPE, pure=True),
        "required": GoFunc(_required2 if version == 2 else _required3, ("string", "any"), pure=True),
        "lookup": GoFunc(_no_cluster, _LOOKUP, MAP_TYPE),
    }
    if version == 3:
        functions["fail"] = GoFunc(_fail, ("string",), "string", pure=True)
    return functions


# --- YAML ---------------------------------------------------------------------------------------


def _to_yaml2(value: Any) -> str:
    try:
        return yaml.dump(value)
    except HelmError:  # what cannot be written is nothing to a template, in Helm too
        return ""


def _to_yaml3(value: Any) -> str:
    try:
        return yaml.dump(value, dialect=3).removesuffix("\n")
    except HelmError:  # as above
        return ""


def _must_to_yaml(value: Any) -> str:
    """As Helm has it since 3.17, for want of one in Helm 2."""
    try:
        return yaml.dump(value, dialect=3).removesuffix("\n")
    except HelmError as error:
        raise FunctionError(error.message) from None


def _to_yaml_pretty(value: Any) -> str:
    """As Helm has it since 3.17, for want of one in Helm 2."""
    from helmpy.gocompat import yaml_pretty

    try:
        return yaml_pretty.dump(value).removesuffix("\n")
    except HelmError:  # as above
        return ""


def _from_yaml(text: str) -> dict[str, Any]:
    try:
        value = yaml.load(text)
        return {} if value is None else _expect_map(value, "error unmarshaling JSON: while decoding JSON: ")
    except HelmError as error:  # the template reads it there, as in Helm
        return {"Error": str(error)}


def _from_yaml_array(text: str) -> list[Any]:
    try:
        value = yaml.load(text)
        if value is None:
            return []
        return _expect_list(value, "error unmarshaling JSON: while decoding JSON: ")
    except HelmError as error:  # as above
        return [str(error)]


# --- JSON ---------------------------------------------------------------------------------------


def _to_json2(value: Any) -> str:
    try:
        return json.dumps(value)
    except HelmError:  # what cannot be written is nothing to a template, in Helm too
        return ""


def _to_json3(value: Any) -> str:
    try:
        return json.dumps(value, dialect=3)
    except HelmError:  # as above
        return ""


def _from_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
        return {} if value is None else _expect_map(value)
    except HelmError as error:  # the template reads it there, as in Helm
        return {"Error": str(error)}


def _from_json_array(text: str) -> list[Any]:
    try:
        value = json.loads(text)
        return [] if value is None else _expect_list(value)
    except HelmError as error:  # as above
        return [str(error)]


def _expect_map(value: Any, before: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise HelmError(f"{before}json: cannot unmarshal {json_kind(value)} into Go value of type {MAP_TYPE}")


def _expect_list(value: Any, before: str = "") -> list[Any]:
    if isinstance(value, list):
        return value
    raise HelmError(f"{before}json: cannot unmarshal {json_kind(value)} into Go value of type []interface {{}}")


_JSON_KINDS = ((bool, "bool"), (dict, "object"), (list, "array"), (str, "string"))


def json_kind(value: Any) -> str:
    """Return what Go calls the JSON value in its errors."""
    return next((name for kind, name in _JSON_KINDS if isinstance(value, kind)), "number")


# --- TOML ---------------------------------------------------------------------------------------


def _to_toml2(value: Any) -> str:
    return _to_toml(value, 2)


def _to_toml3(value: Any) -> str:
    return _to_toml(value, 3)


def _to_toml(value: Any, version: int) -> str:
    from helmpy.gocompat import toml

    if value is None:  # Go's library has no word for it
        raise FunctionPanic("reflect: call of reflect.Value.Interface on zero Value")
    try:
        return toml.dumps(value, dialect=version)
    except HelmError as error:  # the error is the answer, in Helm too
        return str(error)


def _from_toml(text: str) -> dict[str, Any]:
    from helmpy.gocompat import toml

    try:
        return toml.loads(text)
    except HelmError as error:  # the template reads it there, as in Helm
        return {"Error": str(error)}


# --- refusing -----------------------------------------------------------------------------------


def _required2(message: str, value: Any) -> Any:
    if value is None or value == "":
        raise FunctionError(message)
    return value


def _required3(message: str, value: Any) -> Any:
    if value is None or value == "":
        raise FunctionError(marked(message))
    return value


def _required_leniently(hear: Callable[[str], None]) -> Callable[[str, Any], Any]:
    """A linter has no values to demand."""

    def required(message: str, value: Any) -> Any:
        if value is None or value == "":
            hear(f"Missing required value: {message}")
            return ""
        return value

    return required


def _fail(message: str) -> str:
    raise FunctionError(marked(message))


def _fail_leniently(hear: Callable[[str], None]) -> Callable[[str], str]:
    def fail(message: str) -> str:
        hear(f"Fail: {message}")
        return ""

    return fail


def _no_cluster(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:  # noqa: ARG001
    return {}


def without(functions: Mapping[str, GoFunc], *names: str) -> dict[str, GoFunc]:
    """Return the functions less some."""
    return {name: function for name, function in functions.items() if name not in names}
