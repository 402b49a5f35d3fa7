"""Objects whose closed table of methods is all that a template may call."""

from __future__ import annotations

from _functools import partial  # type: ignore[import-not-found]  # the C behind functools, which takes 1.5 ms

from helmpy.gocompat.function import FunctionError, GoFunc
from helmpy.gocompat.kinds import GoObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, ClassVar

    # A method's function (the object is its first argument), Go parameter types and Go result type.
    Method = tuple[Callable[..., Any], str, str]


class MethodObject(GoObject):
    """A GoObject without fields: ``methods`` maps a name to function, parameters and result."""

    __slots__ = ()
    methods: ClassVar[Mapping[str, Method]] = {}

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  # a Go type has a method or not
        """Call the method ``name`` without arguments; KeyError where the type has none."""
        function, params, _ = self.methods[name]
        wanted = params.split()
        if any(not param.startswith("...") for param in wanted):
            raise FunctionError(f"wrong number of args for {name}: want {len(wanted)} got 0")
        return function(self)

    def method(self, name: str) -> GoFunc | None:
        """Return the method called ``name``, or None where the type has none."""
        found = self.methods.get(name)
        if found is None:
            return None
        function, params, result = found
        return GoFunc(partial(function, self), tuple(params.split()), result)
