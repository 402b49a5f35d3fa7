"""``helm docs``: the pages of all commands as files, for a site, for man, for shells."""

from __future__ import annotations

import os
from pathlib import Path

from helmpy.cli.command import GLOBAL_FLAGS, Command, nothing, string
from helmpy.cli.command import command as make
from helmpy.cli.page import flag_lines
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from helmpy.home import Settings

    Write = Callable[[Command, tuple[str, ...]], tuple[str, str]]


@make("docs", usage="[flags]", about="Write the pages of all commands as files.")
@string("dir", about="directory to write to", default="./")
@string("type", about="markdown, man or bash", default="markdown")
def command(_settings: Settings, args: Sequence[str], *, dir: str, type: str) -> None:  # noqa: A002 - the flags' names
    nothing(args)
    directory = Path(dir)
    if type == "bash":
        from helmpy.cli.completion import script

        _write(directory / "completions.bash", script("bash"))
        return
    write = _KINDS.get(type)
    if write is None:
        raise HelmError(f"unknown doc type \"{type}\". Try 'markdown' or 'man'")
    for one, path in commands():
        name, text = write(one, path)
        _write(directory / name, text)


def commands() -> Iterator[tuple[Command, tuple[str, ...]]]:
    """All commands that pages show, each with its full name, parents first."""
    from helmpy.cli.root import root

    yield from _below(root(), ("helm",))


def _below(one: Command, path: tuple[str, ...]) -> Iterator[tuple[Command, tuple[str, ...]]]:
    yield one, path
    for name, entry in sorted(one.table.items()):
        if not entry.hidden:
            yield from _below(entry.load(), (*path, name))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HelmError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def markdown(one: Command, path: tuple[str, ...]) -> tuple[str, str]:
    """The file's name and the text of a command's page in Markdown."""
    name = " ".join(path)
    lines = [f"## {name}", "", *_prose(one), "```", *_usage(one, name), "```", ""]
    if one.table:
        lines += ["### Commands", ""]
        lines += [
            f"- [{name} {sub}]({'_'.join((*path, sub))}.md): {entry.about}"
            for sub, entry in sorted(one.table.items())
            if not entry.hidden
        ]
        lines.append("")
    if len(path) > 1:
        lines += ["### Flags", "", "```", *flag_lines(one.flags, home=_home()), "```", ""]
    lines += ["### Global flags", "", "```", *flag_lines(GLOBAL_FLAGS, home=_home()), "```"]
    return f"{'_'.join(path)}.md", "\n".join(lines) + "\n"


def _home() -> str:
    return os.environ.get("HOME", "")


def _prose(one: Command) -> Iterator[str]:
    """The text of a page; what is indented there is a block of code."""
    code: list[str] = []
    for line in [*one.about.strip().splitlines(), ""]:
        if line.startswith("  ") or (code and not line):
            code.append(line)
            continue
        if code:
            yield from ("```", *"\n".join(code).rstrip().splitlines(), "```", "")
            code = []
        yield line
    if code:
        yield from ("```", *"\n".join(code).rstrip().splitlines(), "```", "")


def _usage(one: Command, name: str) -> Iterator[str]:
    if one.function is not None and one.usage:
        yield f"{name} {one.usage}"
    if one.table:
        yield f"{name} [command]"


def man(one: Command, path: tuple[str, ...]) -> tuple[str, str]:
    """The file's name and the text of a command's manual page."""
    name = "-".join(path)
    first, *_ = one.about.strip().splitlines()
    flags = flag_lines(one.flags, home=_home()) if len(path) > 1 else []
    lines = [
        f'.TH "{name.upper()}" "1" "" "helmpy" "Helm"',
        ".SH NAME",
        f"{_roff(name)} \\- {_roff(first)}",
        ".SH SYNOPSIS",
        *(f".B {_roff(line)}\n.br" for line in _usage(one, " ".join(path))),
        ".SH DESCRIPTION",
        ".nf",
        *map(_roff, one.about.strip().splitlines()),
        ".fi",
        *([".SH OPTIONS", ".nf", *map(_roff, flags), ".fi"] if flags else []),
        ".SH GLOBAL OPTIONS",
        ".nf",
        *map(_roff, flag_lines(GLOBAL_FLAGS, home=_home())),
        ".fi",
    ]
    return f"{name}.1", "\n".join(lines) + "\n"


def _roff(line: str) -> str:
    escaped = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


_KINDS: dict[str, Write] = {"markdown": markdown, "mdown": markdown, "md": markdown, "man": man}
