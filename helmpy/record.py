"""Frozen dataclasses for code that every start of the program loads.

``record`` is ``dataclasses.dataclass`` to the type checker and to readers; at run time it writes a
class's ``__init__`` only for classes that are used a lot. ``dataclasses.fields``, ``replace``, ``asdict`` and
``is_dataclass`` work on its classes. Why: importing ``dataclasses`` takes 14 ms, more than Python's
own start, and each class that it makes takes 0.4 to 1.2 ms; a record takes 0.02 ms.
"""

from __future__ import annotations

from _operator import attrgetter, ge, gt, le, lt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import dataclass as record
    from dataclasses import field, replace
    from typing import Any

__all__ = ["field", "record", "replace"]

_FIELDS = "__record_fields__"
_MISSING: Any = type("missing", (), {})
_WRITE_AFTER = 30  # objects


class _Field:
    """What is known of a field: its default, or what makes one."""

    __slots__ = ("default", "factory")

    def __init__(self, default: Any = _MISSING, factory: Any = None) -> None:
        self.default = default
        self.factory = factory


class _Standard:
    """``__dataclass_fields__``: what the standard module asks of a class, made when it asks."""

    def __get__(self, _instance: object, owner: type) -> Any:
        import dataclasses

        made = dataclasses.make_dataclass(
            owner.__name__,
            [(name, "Any", _standard_field(known)) for name, known in getattr(owner, _FIELDS).items()],
        )
        fields = getattr(made, "__dataclass_fields__")  # noqa: B009 - the type checker sees a plain type
        owner.__dataclass_fields__ = fields  # type: ignore[attr-defined]  # made once
        return fields


def _standard_field(known: _Field) -> Any:
    import dataclasses

    if known.factory is not None:
        return dataclasses.field(default_factory=known.factory)
    return dataclasses.field() if known.default is _MISSING else dataclasses.field(default=known.default)


def _make(cls: type, *, frozen: bool, slots: bool, eq: bool, order: bool) -> type:
    known: dict[str, _Field] = dict(getattr(cls, _FIELDS, {}))
    inherited = frozenset(known)
    space = dict(cls.__dict__)
    for name, annotation in space.get("__annotations__", {}).items():
        if "ClassVar" in str(annotation):
            continue
        default = space.pop(name, _MISSING)
        known[name] = default if type(default) is _Field else _Field(default)
    names = tuple(known)
    space[_FIELDS] = known
    space["__dataclass_fields__"] = _Standard()
    space["__match_args__"] = names
    if slots:
        space["__slots__"] = tuple(name for name in names if name not in inherited)
        space.pop("__dict__", None)
        space.pop("__weakref__", None)
    else:
        space |= {name: it.default for name, it in known.items() if it.factory is None and it.default is not _MISSING}
    owner: list[Any] = []
    if "__init__" not in space:
        space["__init__"], owner = _early_init(known)
    space.setdefault("__repr__", _repr)
    space.setdefault("__getstate__", _state)
    space.setdefault("__setstate__", _restore)
    if eq:
        _add_equality(space, names, frozen=frozen)
    if order:
        _add_order(space, names)
    if frozen:
        space["__setattr__"] = _refuse_set
        space["__delattr__"] = _refuse_delete
    made = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    owner.append(made)
    return made


def _add_equality(space: dict[str, Any], names: tuple[str, ...], *, frozen: bool) -> None:
    values = _values_of(names)

    def __eq__(self: Any, other: object) -> bool:  # noqa: N807 - mypy lets only it answer NotImplemented
        if other.__class__ is not self.__class__:
            return NotImplemented
        equal: bool = values(self) == values(other)
        return equal

    def hashed(self: Any) -> int:
        return hash(values(self))

    space.setdefault("__eq__", __eq__)
    space.setdefault("__hash__", hashed if frozen else None)


def _add_order(space: dict[str, Any], names: tuple[str, ...]) -> None:
    values = _values_of(names)
    for method, compare in (("__lt__", lt), ("__le__", le), ("__gt__", gt), ("__ge__", ge)):

        def ordered(self: Any, other: object, compare: Any = compare) -> Any:
            return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        space[method] = ordered


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _value: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _early_init(known: Mapping[str, _Field]) -> tuple[Callable[..., None], list[Any]]:
    """An ``__init__`` for a class's first objects; the class goes into the list once it is made.

    Writing the real one takes 35 to 260 us, as long as 30 to 100 objects take here.
    """
    owner: list[Any] = []
    objects = 0

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807 - what tracebacks show
        nonlocal objects
        objects += 1
        if objects > _WRITE_AFTER or not _filled(self, known, args, named):
            (cls,) = owner
            cls.__init__ = _written_init(cls)
            cls.__init__(self, *args, **named)
        elif hasattr(self, "__post_init__"):
            self.__post_init__()

    return __init__, owner


def _filled(self: Any, known: Mapping[str, _Field], args: tuple[Any, ...], named: Mapping[str, Any]) -> bool:
    """Give an object its fields; False where the arguments do not fit, for the real one to say so."""
    given = len(args)
    if given + len(named) > len(known):
        return False
    at = taken = 0
    for name, it in known.items():
        if at < given:
            value = args[at]
            at += 1
        elif name in named:
            value = named[name]
            taken += 1
        elif it.factory is not None:
            value = it.factory()
        elif it.default is not _MISSING:
            value = it.default
        else:
            return False
        object.__setattr__(self, name, value)
    return taken == len(named)


def _written_init(cls: Any) -> Any:
    known: dict[str, _Field] = getattr(cls, _FIELDS)
    space: dict[str, Any] = {"_set": object.__setattr__, "_missing": _MISSING}
    heads, body = [], []
    for name, it in known.items():
        if it.factory is not None:
            space[f"_make_{name}"] = it.factory
            heads.append(f"{name}=_missing")
            body.append(f" _set(self, {name!r}, _make_{name}() if {name} is _missing else {name})")
        else:
            space[f"_default_{name}"] = it.default
            heads.append(name if it.default is _MISSING else f"{name}=_default_{name}")
            body.append(f" _set(self, {name!r}, {name})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    source = f"def __init__(self, {', '.join(heads)}):\n" + ("\n".join(body) or " pass")
    exec(source, space)  # noqa: S102 - the names of a class's own fields, nothing from outside
    init = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in getattr(self, _FIELDS))
    return f"{type(self).__qualname__}({shown})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in getattr(self, _FIELDS)]


def _restore(self: Any, state: list[Any]) -> None:
    for name, value in zip(getattr(self, _FIELDS), state, strict=True):
        object.__setattr__(self, name, value)


def _refuse_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - the shape of __setattr__
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: object, name: str) -> None:  # noqa: ARG001 - the shape of __delattr__
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


if not TYPE_CHECKING:

    def record(cls=None, /, *, frozen=False, slots=False, eq=True, order=False):  # noqa: ANN001, ANN201 - the type checker never sees it
        """Make a dataclass of a class; the arguments are those of ``dataclasses.dataclass``."""
        if cls is not None:
            return _make(cls, frozen=frozen, slots=slots, eq=eq, order=order)
        return lambda cls: _make(cls, frozen=frozen, slots=slots, eq=eq, order=order)

    def field(*, default=_MISSING, default_factory=None):  # noqa: ANN001, ANN201 - the type checker never sees it
        """A field whose default is made anew for each object."""
        return _Field(default, default_factory)

    def replace(one, /, **changes):  # noqa: ANN001, ANN003, ANN201 - the type checker never sees it
        """The same record with other values in some fields."""
        names = getattr(one, _FIELDS)
        return type(one)(**{name: getattr(one, name) for name in names} | changes)
