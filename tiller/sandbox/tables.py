"""Objects as rows (``as=Table``), with the columns that kubectl users know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiller.sandbox.objects import seconds_of
from tiller.sandbox.resources import Resource
from tiller.sandbox.tables_cells import CELLS, Row

Object = dict[str, Any]


def _column(text: str) -> Object:
    """``Name%name``, ``Ready``, ``Desired:integer``, ``Node*`` (shown only wide)."""
    priority = 1 if text.endswith("*") else 0
    name, _, form = text.rstrip("*").partition("%")
    name, _, kind = name.partition(":")
    return {"name": name, "type": kind or "string", "format": form, "description": "", "priority": priority}


def table(resource: Resource, items: list[Object], now: float, meta: Object, include: str) -> Object:
    """A ``meta.k8s.io/v1`` Table. ``include`` is the query's includeObject: Metadata, Object or None."""
    columns, cells = columns_of(resource)
    rows = []
    for item in items:
        row: Object = {"cells": cells(Row(item, now))}
        if include != "None":
            row["object"] = item if include == "Object" else _metadata(item)
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": meta,
        "columnDefinitions": columns,
        "rows": rows,
    }


def _metadata(item: Object) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


Cells = Callable[[Row], list[Any]]


def columns_of(resource: Resource) -> tuple[list[Object], Cells]:
    if resource.custom is not None:
        return _custom(resource.custom)
    known = CELLS.get((resource.store[0], resource.kind))
    if known is None:
        return [_column("Name%name"), _column("Created At:date")], lambda row: [row.name, row.created]
    text, cells = known
    return [_column(word.strip()) for word in text.split(",")], cells


def _custom_column(c: Object) -> Object:
    words = {k: str(c.get(k, d)) for k, d in (("name", ""), ("type", "string"), ("format", ""), ("description", ""))}
    return {**words, "priority": c.get("priority", 0) if isinstance(c.get("priority", 0), int) else 0}


def _custom(version: Object) -> tuple[list[Object], Cells]:
    """A CRD's ``additionalPrinterColumns`` after the name; without any, the age."""
    extra = version.get("additionalPrinterColumns") or [
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
    ]
    columns = [_column("Name%name"), *map(_custom_column, extra)]

    def cells(row: Row) -> list[Any]:
        out: list[Any] = [row.name]
        for c in extra:
            value = _look(row.obj, str(c.get("jsonPath", "")))
            if c.get("type") == "date":
                value = row.since(value) if isinstance(value, str) and seconds_of(value) else "<unknown>"
            out.append(value)
        return out

    return columns, cells


def _look(value: Any, path: str) -> Any:
    """The simple JSON paths that CRDs use: ``.a.b[0].c``, ``.a['b.c']``, ``[?(@.type=="Ready")]``."""
    for step in _steps(path):
        if isinstance(value, list) and isinstance(step, tuple):
            value = next((v for v in value if isinstance(v, dict) and str(v.get(step[0])) == step[1]), None)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else None
        elif isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        else:
            return None
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _steps(path: str) -> list[Any]:
    out: list[Any] = []
    rest = path.strip()
    while rest:
        if rest.startswith("["):
            inner, _, rest = rest[1:].partition("]")
            if inner.startswith("?("):
                key, _, wanted = inner[2:].rstrip(")").partition("==")
                out.append((key.strip().removeprefix("@."), wanted.strip().strip("\"'")))
            elif inner.lstrip("-").isdigit() and len(inner) < 6:
                out.append(int(inner))
            else:
                out.append(inner.strip("\"'"))
            continue
        rest = rest.removeprefix(".")
        ends = [i for i in (rest.find("."), rest.find("[")) if i >= 0]
        end = min(ends, default=len(rest))
        if end:
            out.append(rest[:end].replace("\\", ""))
        elif not ends or rest[0] == ".":
            break
        rest = rest[end:]
    return out
