"""What a template function is: a Python callable with the signature that Go checks."""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class FunctionError(HelmError):
    """A function refused its arguments; the runtime puts ``error calling NAME: `` before it."""


class FunctionPanic(FunctionError):
    """Where Go's function panics: same words to the user, kept apart for tests."""


@record(frozen=True, slots=True)
class GoFunc:
    """A callable and its Go signature.

    ``params`` are Go type names, a final ``"...T"`` is variadic: ``("string", "...any")``.
    Known names: any, string, bool, int, int64, float64, list (``[]interface {}``), strings
    (``[]string``), dict (``map[string]interface {}``), ``dict:NAME`` (a named map type, which takes
    any dict), bytes, reflect.Value (any, but a nil map element can be told from no value), and any
    other Go type by its full name, compared with the value's ``go_type``. The callable gets arguments that fit and raises
    FunctionError for its own refusals. ``result`` is the Go type of what it returns where it
    matters (``"string"``, ``"any"``). ``pure``: it does nothing but return a value that depends on its arguments
    alone, so that it may be called more often than the template says, or less.
    """

    call: Callable[..., Any]
    params: tuple[str, ...]
    result: str = "any"
    pure: bool = False
