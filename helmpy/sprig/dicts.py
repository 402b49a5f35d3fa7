"""Maps: making, reading, changing and merging them."""

from __future__ import annotations

from helmpy.gocompat.function import FunctionPanic
from helmpy.gocompat.kinds import StringList
from helmpy.gocompat.text import type_name
from helmpy.sprig.strings import strval

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from helmpy.sprig.settings import Settings

    Dict = dict[str, Any]


def make_dict(*pairs: Any) -> Dict:
    """Return a map of keys and values in turn; a last key alone gets ""."""
    made: Dict = dict(zip(map(strval, pairs[::2]), pairs[1::2], strict=False))
    if len(pairs) % 2:
        made[strval(pairs[-1])] = ""
    return made


def get(table: Dict, key: str) -> Any:
    """Return the value under ``key``, or ""."""
    return table.get(key, "")


def set_key(table: Dict, key: str, value: Any) -> Dict:
    """Put ``value`` under ``key`` into the map itself, and return it."""
    table[key] = value
    return table


def unset(table: Dict, key: str) -> Dict:
    """Take ``key`` out of the map itself, and return it."""
    table.pop(key, None)
    return table


def has_key(table: Dict, key: str) -> bool:
    """Tell whether the map has ``key``."""
    return key in table


def pluck(key: str, *tables: Dict) -> list[Any]:
    """Return what the maps that have ``key`` hold under it."""
    return [table[key] for table in tables if key in table]


def keys(*tables: Dict) -> StringList:
    """Return the maps' keys; each map's sorted, for Go's order changes from run to run."""
    return StringList([key for table in tables for key in sorted(table)])


def values(table: Dict) -> list[Any]:
    """Return the map's values, in the order of its sorted keys."""
    return [table[key] for key in sorted(table)]


def pick(table: Dict, *names: str) -> Dict:
    """Return a new map of the named keys."""
    return {name: table[name] for name in names if name in table}


def omit(table: Dict, *names: str) -> Dict:
    """Return a new map without the named keys."""
    return {key: value for key, value in table.items() if key not in names}


def _assertion(value: Any, wanted: str) -> FunctionPanic:
    found = "nil" if value is None else type_name(value)
    return FunctionPanic(f"interface conversion: interface {{}} is {found}, not {wanted}")


def dig(*path_default_table: Any) -> Any:
    """Follow keys into nested maps; the last but one argument is the answer where a key is missing."""
    if len(path_default_table) < 3:
        raise FunctionPanic("dig needs at least three arguments")
    *path, fallback, found = path_default_table
    if type(found) is not dict:
        raise _assertion(found, "map[string]interface {}")
    for key in path:
        if type(key) is not str:
            raise _assertion(key, "string")
    for key in path:
        if type(found) is not dict:
            raise _assertion(found, "map[string]interface {}")
        if key not in found:
            return fallback
        found = found[key]
    return found


def deep_copy(settings: Settings, value: Any) -> Any:
    """Return a copy that shares no map and no list with ``value``."""
    if value is None:
        raise FunctionPanic("reflect: call of reflect.Value.Type on zero Value")
    if not isinstance(value, dict | list):
        return value
    whole = _shell(value)
    pending: list[tuple[Any, Any]] = [(value, whole)]
    count = 0
    while pending:
        source, copy = pending.pop()
        count += len(source)
        settings.check_items(count)
        for key, item in source.items() if isinstance(source, dict) else enumerate(source):
            if isinstance(item, dict | list):
                copy[key] = _shell(item)
                pending.append((item, copy[key]))
            else:
                copy[key] = item
    return whole


def _shell(value: Any) -> Any:
    """Return a container like ``value``: an empty map, or a list of as many nils."""
    return type(value)() if isinstance(value, dict) else type(value)([None] * len(value))


# -- merging --------------------------------------------------------------------------------------
# The rules are mergo's: 0.3.5 in sprig 2.22, 0.3.11 in sprig 3.2. Both keep the maps and lists of a
# source shared with the target.


def merge(target: Dict, *sources: Dict) -> Dict:
    """Fill what ``target`` lacks or has empty from the sources, earlier ones first."""
    for source in sources:
        _merge(target, source, overwrite=False, nil_counts=False, map_over_empty=True)
    return target


def merge_v2(target: Dict, *sources: Dict) -> Dict:
    """Fill what ``target`` lacks or has empty; under sprig 2 a map never replaces what is there."""
    for source in sources:
        _merge(target, source, overwrite=False, nil_counts=False, map_over_empty=False)
    return target


def merge_overwrite(target: Dict, *sources: Dict) -> Dict:
    """Overwrite ``target`` with the sources, later ones winning; nil overwrites too."""
    for source in sources:
        _merge(target, source, overwrite=True, nil_counts=True, map_over_empty=True)
    return target


def merge_overwrite_v2(target: Dict, *sources: Dict) -> Dict:
    """Overwrite ``target`` with the sources, later ones winning; nil does not count under sprig 2."""
    for source in sources:
        _merge(target, source, overwrite=True, nil_counts=False, map_over_empty=False)
    return target


def _merge(target: Dict, source: Dict, *, overwrite: bool, nil_counts: bool, map_over_empty: bool) -> None:
    """Merge ``source`` into ``target``. A map in the source never replaces a value that is not empty."""
    pending = [(target, source)]
    seen: set[tuple[int, int]] = set()
    while pending:
        into, given = pending.pop()
        if into is given or (id(into), id(given)) in seen:
            continue
        seen.add((id(into), id(given)))
        for key, value in list(given.items()):
            if value is None:
                if overwrite and nil_counts:
                    into[key] = None
                continue
            if key not in into:
                into[key] = value
                continue
            old = into[key]
            if isinstance(value, dict):
                if isinstance(old, dict):
                    pending.append((old, value))
                elif map_over_empty and not old:
                    into[key] = value
            elif overwrite or not old:
                into[key] = value
