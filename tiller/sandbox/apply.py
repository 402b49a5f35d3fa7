"""Server-side apply, and who owns which field after any write. Pure; raises the 409 of a conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tiller.sandbox import fields
from tiller.sandbox.fields import Manager, Object, Path
from tiller.sandbox.schema import ATOMIC, Shape
from tiller.sandbox.status import Refusal
from tiller.sandbox.store import copy_json


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, through which version and subresource, at which time."""

    name: str
    api_version: str
    time: str
    subresource: str = ""


def merged(live: Any, config: Any, shape: Shape) -> Any:
    """What ``config`` makes of ``live``: its fields win, all others stay."""
    if isinstance(config, dict) and isinstance(live, dict) and shape.mode != ATOMIC:
        out = dict(live)
        for key, value in config.items():
            out[key] = merged(live.get(key), value, shape.field(key))
        return out
    if isinstance(config, list) and isinstance(live, list) and shape.type == "list" and shape.mode in {"map", "set"}:
        return _merged_list(live, config, shape)
    return copy_json(config)


def _merged_list(live: list[Any], config: list[Any], shape: Shape) -> list[Any]:
    """In the order of ``config``; items only in ``live`` come as early as they stood."""
    mine, theirs = fields.by_key(config, shape), fields.by_key(live, shape)
    order = list(theirs)
    place = {word: i for i, word in enumerate(order)}
    out: list[Any] = []
    done = 0
    for word, item in mine.items():
        while done < len(order) and order[done] not in mine:
            out.append(theirs[order[done]])
            done += 1
        if word in place:
            out += [theirs[w] for w in order[done : place[word]] if w not in mine]
            done = max(done, place[word] + 1)
        out.append(merged(theirs.get(word), item, shape.item()))
    return out + [theirs[w] for w in order[done:] if w not in mine]


def without(value: Any, shape: Shape, paths: set[Path]) -> Any:
    """``value`` without the paths; parts that this empties go too. None where nothing is left."""
    if () in paths:
        return None
    if not paths:
        return value
    below: dict[str, set[Path]] = {}
    for path in paths:
        below.setdefault(path[0], set()).add(path[1:])
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            left = without(item, shape.field(key), below.get(f"f:{key}", set()))
            if left is not None or item is None:
                kept[key] = left
        return kept or None
    if isinstance(value, list):
        out = []
        for word, item in fields.by_key(value, shape).items():
            left = without(item, shape.item(), below.get(word, set()))
            if left is not None:
                out.append(left)
        return out or None
    return value


def apply(live: Object, config: Object, shape: Shape, writer: Writer, *, force: bool) -> Object:
    """``live`` after ``config`` is applied by ``writer``; managedFields included. Raises a 409."""
    entries = fields.managers(live)
    me = (writer.name, "Apply", writer.subresource)
    own = next((m for m in entries if m.identity == me), None)
    others = [m for m in entries if m.identity != me]
    wanted = frozenset(fields.flatten(config, shape))
    new: Object = merged(live, config, shape)
    before, after = fields.flatten(live, shape), fields.flatten(new, shape)
    changed = {p for p in wanted if p in before and before[p] != after.get(p)}
    conflicts = [(m, p) for m in others for p in sorted(m.paths & changed)]
    if conflicts and not force:
        raise _conflict(conflicts)
    others = [replace(m, paths=m.paths - changed) for m in others]
    if own is not None:
        stale = {p for p in own.paths - wanted if not _owned(p, others) and not _owned(p, [replace(own, paths=wanted)])}
        pruned = without(new, shape, stale)
        new = pruned if isinstance(pruned, dict) else {}
    for name in ("apiVersion", "kind", "metadata"):
        new.setdefault(name, copy_json(live[name]))
    for name in ("name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation"):
        if name in live["metadata"]:
            new["metadata"].setdefault(name, live["metadata"][name])
    time = (
        own.time if own is not None and own.paths == wanted and own.api_version == writer.api_version else writer.time
    )
    mine = Manager(writer.name, "Apply", writer.api_version, writer.subresource, time, wanted)
    fields.write(new, [mine, *_still_there(others, fields.flatten(new, shape))])
    return new


def _owned(path: Path, entries: list[Manager]) -> bool:
    """Whether any of the entries has the path or something below it."""
    size = len(path)
    return any(p[:size] == path for m in entries for p in m.paths)


def _still_there(entries: list[Manager], known: dict[Path, Any]) -> list[Manager]:
    return [replace(m, paths=frozenset(p for p in m.paths if p in known or _is_parent(p, known))) for m in entries]


def _is_parent(path: Path, known: dict[Path, Any]) -> bool:
    size = len(path)
    return any(p[:size] == path for p in known)


def note_update(new: Object, old: Object | None, shape: Shape, writer: Writer) -> None:
    """Set ``new``'s managedFields after a create, update or patch: what changed is the writer's now."""
    entries = fields.managers(new) if old is not None and not _cleared(new) else []
    before = fields.flatten(old, shape) if old is not None else {}
    after = fields.flatten(new, shape)
    changed = frozenset(p for p, value in after.items() if p not in before or before[p] != value)
    if not changed and len(before) == len(after) and old is not None:
        fields.write(new, entries)
        return
    me = (writer.name, "Update", writer.subresource)
    own = next((m for m in entries if m.identity == me), None)
    others = [replace(m, paths=m.paths - changed) for m in entries if m.identity != me]
    others = _still_there(others, after)
    mine = [own] if own is not None else []
    if changed:
        paths = changed | (own.paths if own is not None else frozenset())
        mine = [Manager(writer.name, "Update", writer.api_version, writer.subresource, writer.time, paths)]
    fields.write(new, [*others, *_still_there(mine, after)])


def _cleared(obj: Object) -> bool:
    """A client sets managedFields to [] or [{}] to forget who owned what."""
    given = obj["metadata"].get("managedFields")
    return isinstance(given, list) and all(entry == {} for entry in given)


def _shown(m: Manager) -> str:
    out = f'"{m.name}"'
    if m.subresource:
        out += f' with subresource "{m.subresource}"'
    return out if m.operation == "Apply" else f"{out} using {m.api_version}"


def _conflict(found: list[tuple[Manager, Path]]) -> Refusal:
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {_shown(m)}", "field": fields.text_of(p)}
        for m, p in found
    ]
    if len(found) == 1:
        text = f"Apply failed with 1 conflict: conflict with {_shown(found[0][0])}: {fields.text_of(found[0][1])}"
        return Refusal(409, "Conflict", text, {"causes": causes})
    by_manager: dict[str, list[str]] = {}
    for m, p in found:
        by_manager.setdefault(_shown(m), []).append(f"- {fields.text_of(p)}")
    lines = [line for name in sorted(by_manager) for line in (f"conflicts with {name}:", *by_manager[name])]
    return Refusal(
        409, "Conflict", f"Apply failed with {len(found)} conflicts: " + "\n".join(lines), {"causes": causes}
    )
