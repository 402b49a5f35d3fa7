"""Semantic versions in templates."""

from __future__ import annotations

from helmpy.gocompat.semver import Constraint, Version


class Versions:
    """The functions of one dialect."""

    __slots__ = ("_dialect",)

    def __init__(self, dialect: int) -> None:
        self._dialect = dialect

    def semver(self, text: str) -> Version:
        """Return the version that ``text`` spells; FunctionError where it is none."""
        return Version.parse(text, self._dialect)

    def semver_compare(self, constraint: str, version: str) -> bool:
        """Tell whether ``version`` is in the range; FunctionError where either is none."""
        return Constraint(constraint, self._dialect).check(Version.parse(version, self._dialect))


V2 = Versions(2)
V3 = Versions(3)
