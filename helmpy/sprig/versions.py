"""Semantic versions in templates."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionError
from helmpy.gocompat.memo import memo
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
        """Tell whether ``version`` is in the range; FunctionError where either is none.

        What sprig 2 cannot read, ``>=1.2 <2`` above all, is read by sprig 3's rules.
        """
        try:
            return _within(version, constraint, self._dialect)
        except FunctionError:
            if self._dialect == 2:
                try:
                    return _within(version, constraint, 3)
                except FunctionError:
                    pass
            raise


def _within(version: str, constraint: str, dialect: int) -> bool:
    compare = _remembered if len(version) + len(constraint) < _SHORT else _compared
    return compare(version, constraint, dialect)


_SHORT = 200  # characters: no stranger's megabytes are remembered


def _compared(version: str, constraint: str, dialect: int) -> bool:
    return Constraint(constraint, dialect).check(Version.parse(version, dialect))


# A chart asks the same of the cluster's version in most of its files: a sixth of prometheus-operator's warm render.
_remembered = memo(500)(_compared)


V2 = Versions(2)
V3 = Versions(3)
