"""Which variables a template's text may name at a point, and where in a frame they are."""

from __future__ import annotations


class Variable:
    """A variable in scope; its slot is -1 where it can be named but has no value (any more).

    ``loose`` tells that its values are a range's elements, of static type ``interface {}``.
    """

    __slots__ = ("loose", "name", "slot")

    def __init__(self, name: str, slot: int = -1) -> None:
        self.name = name
        self.slot = slot
        self.loose = False


class Scope:
    """The variables of one template, the innermost last."""

    def __init__(self, root_slot: int) -> None:
        self._variables: list[Variable] = []
        self._by_name: dict[str, list[Variable]] = {}
        self.declare("$").slot = root_slot

    def declare(self, name: str) -> Variable:
        """Bring a variable into scope, without a slot yet."""
        variable = Variable(name)
        self._variables.append(variable)
        self._by_name.setdefault(name, []).append(variable)
        return variable

    def knows(self, name: str) -> bool:
        """Whether the name may be used, with a value or without."""
        return bool(self._by_name.get(name))

    def find(self, name: str) -> Variable | None:
        """Return the innermost variable of that name which has a value."""
        return next((variable for variable in reversed(self._by_name.get(name, ())) if variable.slot >= 0), None)

    def mark(self) -> int:
        """Return a mark for ``forget`` and ``void``."""
        return len(self._variables)

    def forget(self, mark: int) -> None:
        """Take out of scope what was declared since the mark."""
        variables = self._variables
        while len(variables) > mark:
            self._by_name[variables.pop().name].pop()

    def void(self, mark: int) -> None:
        """Take the values of what was declared since the mark; the names stay."""
        if len(self._variables) > mark:  # few blocks declare any
            for variable in self._variables[mark:]:
                variable.slot = -1
