"""What yaml.v2 says of a YAML text that it decodes strictly into a Go type.

All faults are told together, a line each: values of another type, fields that the type has not, keys that are
set twice. It is slower than ``yaml.load``, and for texts that something is wrong with.
"""

from __future__ import annotations

from helmpy.gocompat import rfc3339, yaml_events
from helmpy.gocompat.shape import ANY, BOOL, LIST, MAP, STRING, STRUCT, TIME, text
from helmpy.gocompat.yaml_reader import allowed_aliases, go_syntax, tagged
from helmpy.gocompat.yaml_scalars import MAX_DEPTH, PREFIX, YamlError, is_timestamp, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helmpy.gocompat.shape import Shape

    Done = set[tuple[type, Any]]

MOST_FAULTS = 100  # that are told; then how many more there are
_TAG = "tag:yaml.org,2002:"
_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "str"}
_STRUCTURES = ("!!map", "!!seq")


class _Node:
    """A piece of the text. ``key`` is a scalar's value as a key, ``parts`` what a list or map holds, in turn."""

    __slots__ = ("alias", "kind", "line", "parts", "tag", "value", "written")

    def __init__(self, kind: str, line: int) -> None:
        self.kind = kind  # a yaml.v2 tag, !!map and !!seq for structures
        self.line = line
        self.tag = ""  # as written
        self.written = ""
        self.value: Any = None
        self.parts: list[_Node] = []
        self.alias: _Node | None = None


def complaint(source: str | bytes, shape: Shape) -> str:
    """Return what yaml.v2 says of decoding the first document into a type, nothing where it fits."""
    try:
        node = _parsed(source)
        if node is None:
            return ""
        decoder = _Decoder()
        decoder.decode(node, shape)
    except YamlError as error:
        return error.message.removeprefix(PREFIX)
    return decoder.told()


def _parsed(source: str | bytes) -> _Node | None:
    """Return the first document, or None. Raises YamlError."""
    try:
        next_event = yaml_events.events(source)
        kinds = yaml_events.event_classes()
        event = next_event()
        while event.__class__ is not kinds.DocumentStartEvent:
            if event is None or event.__class__ is kinds.StreamEndEvent:
                return None
            event = next_event()
        return _document(next_event, kinds)
    except YamlError:
        raise
    except UnicodeError:
        raise YamlError("yaml: invalid Unicode character") from None
    except Exception as error:
        if not yaml_events.is_yaml_error(error):
            raise
        raise yaml_events.translate(error) from None


def _document(next_event: Callable[[], Any], kinds: Any) -> _Node:
    names: dict[str, _Node] = {}
    top = _Node("", 0)
    stack = [top]
    starts = {kinds.MappingStartEvent: "!!map", kinds.SequenceStartEvent: "!!seq"}
    ends = (kinds.MappingEndEvent, kinds.SequenceEndEvent)
    while True:
        event = next_event()
        kind = event.__class__
        if kind is kinds.DocumentEndEvent:
            return top.parts[0]
        if kind in ends:
            stack.pop()
            continue
        node = _Node(starts.get(kind, ""), event.start_mark.line + 1)
        stack[-1].parts.append(node)
        if kind is kinds.AliasEvent:
            node.alias = names.get(event.anchor)
            node.written = event.anchor
            if node.alias is None:
                raise YamlError(f"yaml: unknown anchor '{event.anchor}' referenced")
            continue
        if event.anchor is not None:
            names[event.anchor] = node
        if kind is kinds.ScalarEvent:
            _scalar(node, event)
        else:
            if len(stack) > MAX_DEPTH:
                raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}")
            stack.append(node)


def _scalar(node: _Node, event: Any) -> None:
    node.written = event.value
    plain = event.implicit[0]
    tag = event.tag or ""
    node.tag = tag.replace(_TAG, "!!") if tag != "!" else ""
    if plain:
        node.value = resolve(event.value)
    node.kind = _kind(node, plain=plain)


def _kind(node: _Node, *, plain: bool) -> str:
    if node.tag:
        return node.tag
    if not plain:
        node.value = node.written
        return "!!str"
    if node.value is None:
        return "!!null"
    if isinstance(node.value, str):
        if node.written == "<<":
            return "!!merge"
        return "!!timestamp" if is_timestamp(node.written) else "!!str"
    return f"!!{_KINDS[node.value.__class__]}"


class _Decoder:
    """Goes through the text as Go's decoder does and collects what it complains about."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.more = 0
        self.steps = 0
        self.aliased = 0
        self.within: list[_Node] = []  # aliases that are being followed
        self.depth = 0

    def told(self) -> str:
        more = [f"and {self.more} more"] if self.more else []
        return "\n  ".join(["yaml: unmarshal errors:", *self.faults, *more]) if self.faults else ""

    def say(self, line: int, what: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"line {line}: {what}")
        else:
            self.more += 1

    def misfit(self, node: _Node, shape: Shape) -> bool:
        shown = "" if node.kind in _STRUCTURES else f" `{_short(node.written)}`"
        self.say(node.line, f"cannot unmarshal {node.kind}{shown} into {shape.name}")
        return False

    def decode(self, node: _Node, shape: Shape, done: Done | None = None) -> bool:
        """Return whether a node fits, and collect what does not. Raises YamlError for what ends it all.

        ``done`` are the keys of the map that the node is merged into.
        """
        self.steps += 1
        if self.within:
            self.aliased += 1
        if self.aliased > 100 and self.steps > 1000 and self.aliased / self.steps > allowed_aliases(self.steps):
            raise YamlError("yaml: document contains excessive aliasing")
        if self.depth >= MAX_DEPTH:
            raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}")
        self.depth += 1
        try:
            if node.alias is not None:
                return self.follow(node, node.alias, shape, done)
            if node.kind == "!!map":
                return self.map(node, shape, done)
            return self.list(node, shape) if node.kind == "!!seq" else self.scalar(node, shape)
        finally:
            self.depth -= 1

    def follow(self, node: _Node, target: _Node, shape: Shape, done: Done | None) -> bool:
        if target in self.within:
            raise YamlError(f"yaml: anchor '{node.written}' value contains itself")
        self.within.append(target)
        good = self.decode(target, shape, done)
        self.within.pop()
        return good

    def scalar(self, node: _Node, shape: Shape) -> bool:
        if node.tag:
            node.value = tagged(node.tag.replace("!!", _TAG), node.written)
        if node.value is None or shape.kind in (ANY, STRING):
            return True
        if shape.kind == TIME:
            wrong = "" if node.kind == "!!timestamp" else rfc3339.fault(node.written)
            if wrong:
                raise YamlError(wrong)
            return True
        if shape.kind == BOOL and isinstance(node.value, bool):
            return True
        return self.misfit(node, shape)

    def list(self, node: _Node, shape: Shape) -> bool:
        if shape.kind == ANY:
            item = shape
        elif shape.kind == LIST and shape.item is not None:
            item = shape.item
        else:
            return self.misfit(node, shape)
        for part in node.parts:
            self.decode(part, item)
        return True

    def map(self, node: _Node, shape: Shape, done: Done | None) -> bool:
        if shape.kind in (STRUCT, TIME):  # a time is a struct without fields for anybody
            self.struct(node, shape)
        elif shape.kind in (MAP, ANY):
            self.entries(node, shape, set() if done is None else done)
        else:
            return self.misfit(node, shape)
        return True

    def struct(self, node: _Node, shape: Shape) -> None:
        done = set()
        for key, value in zip(node.parts[::2], node.parts[1::2], strict=True):
            if _is_merge(key):
                self.merge(value, shape, None)
                continue
            if not self.decode(key, text):
                continue
            name = (key.alias or key).written
            member = shape.fields.get(name)
            if member is None:
                self.say(key.line, f"field {name} not found in type {shape.name}")
            elif name in done:
                self.say(key.line, f"field {name} already set in type {shape.name}")
            else:
                done.add(name)
                self.decode(value, member.shape)

    def entries(self, node: _Node, shape: Shape, done: Done) -> None:
        """A map's; ``done`` are the keys that are set."""
        typed = shape.kind == MAP
        for key, value in zip(node.parts[::2], node.parts[1::2], strict=True):
            if _is_merge(key):
                self.merge(value, shape, done)
                continue
            if not self.decode(key, text if typed else shape):
                continue
            name = _key(key.alias or key, typed=typed)
            if not self.decode(value, shape.item if shape.item is not None else shape):
                continue
            if (name.__class__, name) in done:
                self.say(value.line, f"key {go_syntax(name)} already set in map")
            done.add((name.__class__, name))

    def merge(self, node: _Node, shape: Shape, done: Done | None) -> None:
        """What stands after ``<<``: a map, or a list of them, of which the last comes first."""
        for one in node.parts[::-1] if node.kind == "!!seq" else [node]:
            if (one.alias or one).kind != "!!map":
                raise YamlError("yaml: map merge requires map or sequence of maps as the value")
            self.decode(one, shape, done)


def _is_merge(node: _Node) -> bool:
    return node.kind == "!!merge"


def _key(node: _Node, *, typed: bool) -> Any:
    if node.kind in _STRUCTURES:
        raise YamlError(f"yaml: invalid map key: {go_syntax(_plain(node))}")
    if not typed:
        return node.value
    return "" if node.value is None else node.written


def _plain(node: _Node) -> Any:
    """The value of a node that is a key, or of what is in it."""
    node = node.alias or node
    if node.kind == "!!seq":
        return [_plain(part) for part in node.parts]
    if node.kind == "!!map":
        return {str(_plain(key)): _plain(value) for key, value in zip(node.parts[::2], node.parts[1::2], strict=True)}
    return node.value


def _short(written: str) -> str:
    """A scalar as messages show it: of more than ten bytes the first seven."""
    data = written.encode("utf-8", "surrogatepass")
    return written if len(data) <= 10 else data[:7].decode("utf-8", "replace") + "..."
