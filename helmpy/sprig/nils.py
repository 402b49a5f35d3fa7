"""Go's nil slices: they print and range as empty lists, but are JSON's null and equal no empty list."""

from __future__ import annotations

from helmpy.gocompat.kinds import StringList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar


class NilList(list["Any"]):
    """A nil []interface {}."""

    __slots__ = ()
    go_type: ClassVar[str] = "[]interface {}"

    def json_value(self) -> None:
        """Return what encoding/json makes of it: null."""


class NilStringList(StringList):
    """A nil []string."""

    __slots__ = ()
    go_type: ClassVar[str] = "[]string"

    def json_value(self) -> None:
        """Return what encoding/json makes of it: null."""


def texts(found: list[str]) -> StringList:
    """Return the list that a Go function gives which appends to nil."""
    return StringList(found) if found else NilStringList()
