"""Fields and methods: the slow, exact way, which finds Go's words where the fast way failed."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat.kinds import GoObject, StringMap
from helmpy.gocompat.text import type_name
from helmpy.gotemplate.errors import ExecError
from helmpy.gotemplate.nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def follow(value: Any, names: tuple[str, ...], node: Node, *, loose: bool) -> Any:
    """Return ``value.names[0].names[1]…``; ExecError at ``node`` in Go's words.

    ``loose`` tells that the value's static type is ``interface {}``, as of a map's element: a nil
    there is a nil pointer, while a nil variable or result has no type at all and no fields either.
    """
    for name in names:
        if isinstance(value, GoObject):
            keyed = isinstance(value, dict)  # a map type with methods of its own
            value = _object_field(value, name, node, loose=loose)
            loose = keyed
        elif isinstance(value, dict):
            loose = not isinstance(value, StringMap)
            value = value.get(name)
        elif value is None:
            if loose:
                raise ExecError(node, f"nil pointer evaluating interface {{}}.{name}")
            return None
        else:
            raise no_field(value, name, node, loose=loose)
    return value


def no_field(value: Any, name: str, node: Node, *, loose: bool) -> ExecError:
    """Return the error of a field that the value's type lacks."""
    kind = "interface {}" if loose else type_name(value)
    return ExecError(node, f"can't evaluate field {name} in type {kind}")


def _object_field(value: GoObject, name: str, node: Node, *, loose: bool) -> Any:
    try:
        return value.get(name)
    except KeyError:
        raise no_field(value, name, node, loose=loose) from None
    except HelmError as error:
        message = error.message
        if not message.startswith("wrong number of args"):
            message = f"error calling {name}: {message}"
        raise ExecError(node, message) from error
