"""YAML events to Python values, by the rules of Go's yaml.v2 and of ghodss/yaml on top of it."""

from __future__ import annotations

from helmpy.gocompat import yaml_events
from helmpy.gocompat.yaml_scalars import (
    CACHE_LIMIT,
    CACHED_LENGTH,
    MAX_DEPTH,
    PREFIX,
    BadKey,
    YamlError,
    is_timestamp,
    key_text,
    resolve,
    scalars,
    to_number,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TAG = "tag:yaml.org,2002:"
_MERGE = object()
_NO_KEY = object()


def tagged(tag: str, text: str) -> Any:
    """Return what ``text`` is under an explicit tag."""
    name = tag[len(_TAG) :] if tag.startswith(_TAG) else ""
    if name == "binary":
        return _binary(text)
    if name not in ("int", "float", "bool", "null", "timestamp"):
        return text
    if name == "timestamp":
        if not is_timestamp(text):
            raise YamlError(f"{PREFIX}yaml: cannot decode !!str `{text}` as a !!timestamp")
        return text
    value = resolve(text)
    found = {bool: "bool", int: "int", float: "float", type(None): "null"}.get(type(value), "str")
    if found == name:
        return value
    if name == "float" and found == "int":
        return float(value)
    raise YamlError(f"{PREFIX}yaml: cannot decode !!{found} `{text}` as a !!{name}")


def _binary(text: str) -> str:
    import base64
    import binascii

    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise YamlError(f"{PREFIX}yaml: !!binary value contains invalid base64 data") from None
    # JSON in between puts one replacement character for every bad byte
    return "".join("�" if "\udc80" <= char <= "\udcff" else char for char in data.decode("utf-8", "surrogateescape"))


class _Anchor:
    """An anchored node: its value, its text as a key, and how many nodes it holds once finished."""

    __slots__ = ("key", "size", "value")

    def __init__(self, value: Any, key: str | BadKey | None = None, size: int = 0) -> None:
        self.value = value
        self.key = key
        self.size = size


class ParseError(YamlError):
    """A fault that ends the reading at once: an unknown anchor, too much depth, too many aliases."""


class Builder:
    """Builds documents from a stream of events, one after the other."""

    def __init__(self, next_event: yaml_events.NextEvent, *, ints: bool) -> None:
        self.next_event = next_event
        self.scalars = scalars(ints=ints)
        self.anchors: dict[str, _Anchor] = {}
        self.nodes = 0
        self.aliased = 0
        self.event: Any = None
        self.doubled = False  # whether a key is set twice, or may be by a merge

    def documents(self, limit: int) -> list[Any]:
        """Return the first ``limit`` documents (all where it is 0)."""
        kinds = yaml_events.event_classes()
        found: list[Any] = []
        while True:
            event = self.next_event()
            if event is None or event.__class__ is kinds.StreamEndEvent:
                return found
            if event.__class__ is kinds.DocumentStartEvent:
                found.append(self.document(kinds))
                if len(found) == limit:
                    return found

    def document(self, kinds: Any) -> Any:
        """Return the document whose start has just been read.

        A fault of grammar anywhere in it comes before a fault of meaning, as in Go, which parses
        first and decodes then.
        """
        self.anchors = {}
        try:
            return self.build(kinds)
        except ParseError:
            raise
        except YamlError as error:
            mark = self.event.start_mark
            error.line, error.column = mark.line + 1, mark.column + 1
            while self.event is not None and self.event.__class__ is not kinds.DocumentEndEvent:
                self.event = self.next_event()
            raise

    def build(self, kinds: Any) -> Any:
        next_event = self.next_event
        scalar_event, map_start, list_start = kinds.ScalarEvent, kinds.MappingStartEvent, kinds.SequenceStartEvent
        map_end, list_end, alias_event = kinds.MappingEndEvent, kinds.SequenceEndEvent, kinds.AliasEvent
        known = self.scalars.known
        stack: list[tuple[Any, Any, _Anchor | None, int]] = []
        root: list[Any] = []
        container: Any = root
        key: Any = None  # of the entry under way: _NO_KEY where it is still to come, None inside lists
        anchor: _Anchor | None = None
        began = 0
        while True:
            self.event = event = next_event()
            kind = event.__class__
            self.nodes += 1
            if kind is scalar_event:
                text = event.value
                if key is _NO_KEY:
                    key = self.key(event)
                    continue
                if event.implicit[0]:
                    value = known.get(text, _NO_KEY)  # in one step: other threads clear the memory
                    if value is _NO_KEY:
                        value = self.scalars(text)
                else:
                    value = self.scalars.convert(_explicit(event))
                if event.anchor is not None:
                    self.anchors[event.anchor] = _Anchor(value, size=1)
            elif kind is map_start or kind is list_start:
                if len(stack) >= MAX_DEPTH:
                    raise ParseError(f"{PREFIX}yaml: exceeded max depth of {MAX_DEPTH}", event.start_mark.line + 1)
                stack.append((container, key, anchor, began))
                container, key = ({}, _NO_KEY) if kind is map_start else ([], None)
                began = self.nodes
                anchor = None
                if event.anchor is not None:
                    anchor = self.anchors[event.anchor] = _Anchor(container)
                continue
            elif kind is map_end or kind is list_end:
                value = container
                if anchor is not None:
                    anchor.size = self.nodes - began
                container, key, anchor, began = stack.pop()
                if key is _NO_KEY:
                    raise YamlError(f"{PREFIX}yaml: invalid map key: {go_syntax(value)}")
            elif kind is alias_event:
                source = self.source(event.anchor)
                if key is _NO_KEY:
                    key = self.alias_key(source)
                    continue
                value = self.alias(source, len(stack))
            else:
                return root[0] if root else None
            if key is None:
                container.append(value)
                continue
            if key.__class__ is str:
                if key in container:
                    self.doubled = True
                container[key] = value
            elif key is _MERGE:
                self.doubled = True
                merge(container, value, aliased=kind is alias_event)
            else:
                raise YamlError(f"{key.message}, value: {go_syntax(value)}")
            key = _NO_KEY

    def key(self, event: Any) -> Any:
        """Return a scalar key's text, or ``_MERGE``."""
        text = event.value
        plain = event.implicit[0]
        if text == "<<" and (plain or event.tag == f"{_TAG}merge"):
            return _MERGE
        key = _PLAIN_KEYS.get(text) if plain else None
        if key is None:
            raw = resolve(text) if plain else _explicit(event)
            key = key_text(raw)
            if plain and len(text) <= CACHED_LENGTH:
                if len(_PLAIN_KEYS) >= CACHE_LIMIT:
                    _PLAIN_KEYS.clear()
                _PLAIN_KEYS[text] = key
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(self.scalars(text) if plain else raw, key, 1)
        return key

    def source(self, name: str) -> _Anchor:
        anchor = self.anchors.get(name)
        if anchor is None:
            mark = self.event.start_mark
            raise ParseError(f"{PREFIX}yaml: unknown anchor '{name}' referenced", mark.line + 1, mark.column + 1)
        if not anchor.size:
            raise YamlError(f"{PREFIX}yaml: anchor '{name}' value contains itself")
        return anchor

    def alias_key(self, anchor: _Anchor) -> str | BadKey:
        if anchor.key is not None:
            return anchor.key
        if isinstance(anchor.value, dict | list):
            raise YamlError(f"{PREFIX}yaml: invalid map key: {go_syntax(anchor.value)}")
        return key_text(to_number(anchor.value))

    def alias(self, anchor: _Anchor, depth: int) -> Any:
        """Return a copy of what is anchored, unless aliases have made up nearly all of the document."""
        self.nodes += anchor.size
        self.aliased += anchor.size
        if self.aliased > 100 and self.nodes > 1000 and self.aliased / self.nodes > allowed_aliases(self.nodes):
            raise ParseError(f"{PREFIX}yaml: document contains excessive aliasing", self.event.start_mark.line + 1)
        return self.copy(anchor.value, depth)

    def copy(self, value: Any, depth: int) -> Any:
        kind = value.__class__
        if kind is not dict and kind is not list:
            return value
        if depth >= MAX_DEPTH:
            raise ParseError(f"{PREFIX}yaml: exceeded max depth of {MAX_DEPTH}", self.event.start_mark.line + 1)
        if kind is dict:
            return {key: self.copy(item, depth + 1) for key, item in value.items()}
        return [self.copy(item, depth + 1) for item in value]


_PLAIN_KEYS: dict[str, str | BadKey] = {}
_FEW_NODES = 400_000
_MANY_NODES = 4_000_000


def allowed_aliases(nodes: int) -> float:
    """Return how much of a document may come from aliases: 99 % of a small one, 10 % of a huge one."""
    if nodes <= _FEW_NODES:
        return 0.99
    if nodes >= _MANY_NODES:
        return 0.10
    return 0.99 - 0.89 * (nodes - _FEW_NODES) / (_MANY_NODES - _FEW_NODES)


def _explicit(event: Any) -> Any:
    """Return the value of a scalar that is quoted or tagged."""
    tag = event.tag
    return event.value if tag is None or tag == "!" else tagged(tag, event.value)


def merge(container: dict[str, Any], value: Any, *, aliased: bool) -> None:
    """Put the map, or the maps of the list, that stand after ``<<`` into ``container``.

    They win over the keys above and lose to the keys below; of a list the first map wins.
    """
    if isinstance(value, dict):
        container.update(value)
        return
    if aliased or not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise YamlError(f"{PREFIX}yaml: map merge requires map or sequence of maps as the value")
    for item in reversed(value):
        container.update(item)


def go_syntax(value: Any, *, inside: bool = False) -> str:
    """Return a value as Go's ``%#v`` prints what yaml.v2 decoded."""
    if isinstance(value, dict):
        items = ", ".join(f"{go_syntax(key)}:{go_syntax(value[key], inside=True)}" for key in sorted(value))
        return f"map[interface {{}}]interface {{}}{{{items}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join([go_syntax(item, inside=True) for item in value])}}}"
    if value is None:
        return "interface {}(nil)" if inside else "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        from helmpy.gocompat.text_quote import quote

        return quote(value)
    return str(to_number(value))
