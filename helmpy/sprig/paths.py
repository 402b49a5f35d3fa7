"""Slash-separated paths, taken apart by their text alone."""

from __future__ import annotations


def base(path: str) -> str:
    """Return the last element."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def clean(path: str) -> str:
    """Return the shortest path that means the same."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            kept.append(part)
        elif kept and kept[-1] != "..":
            kept.pop()
        elif not rooted:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def directory(path: str) -> str:
    """Return everything before the last element."""
    head, slash, _ = path.rpartition("/")
    return clean(head + slash)


def extension(path: str) -> str:
    """Return the last element from its last dot on."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def is_absolute(path: str) -> bool:
    """Tell whether the path begins at the root."""
    return path.startswith("/")
