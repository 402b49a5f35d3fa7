"""The help page of a command."""

from __future__ import annotations

from helmpy.cli.command import GLOBAL_FLAGS, HELP, Command, Flag

COLUMNS = 100  # of a page, where the reader's terminal has not fewer
LEAST = 24  # columns of a text beside a name, however narrow the terminal is

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def page(command: Command, path: str, plugins: Sequence[tuple[str, str]] = (), columns: int = COLUMNS) -> str:
    """The page of a command whose full name is ``path``; ``plugins`` are names and usages of more below it."""
    return "\n".join(_lines(command, path, plugins, columns))


def _lines(command: Command, path: str, plugins: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    yield from command.about.strip().splitlines()
    yield from ("", "Usage:")
    if command.function is not None and command.usage:
        yield f"  {path} {command.usage}"
    if command.table:
        yield f"  {path} [command]"
    if command.aliases:
        yield from ("", "Aliases:", f"  {', '.join((command.name, *command.aliases))}")
    if command.table:
        yield from ("", "Available Commands:")
        shown = {name: entry.about for name, entry in command.table.items() if not entry.hidden}
        yield from _rows(sorted({**dict(plugins), **shown}.items()), columns)
    yield from ("", "Flags:")
    is_root = path == "helm"
    flags = sorted((*GLOBAL_FLAGS, HELP), key=lambda f: f.long) if is_root else command.flags
    yield from flag_lines(flags, columns=columns)
    if not is_root:
        yield from ("", "Global Flags:")
        yield from flag_lines(GLOBAL_FLAGS, columns=columns)
    if command.table:
        yield from ("", f'Use "{path} [command] --help" for more about a command.')


def _rows(rows: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    for name, about in rows:
        first, *more = _wrapped(" ".join(about.split()), max(columns - width - 4, LEAST))
        yield f"  {name:<{width}}  {first}".rstrip()
        yield from (f"{'':<{width + 4}}{line}" for line in more)


def flag_lines(flags: Sequence[Flag], home: str = "", columns: int = COLUMNS) -> list[str]:
    """A line or more for each flag that is shown; ``home`` is a path that is written as ~ in defaults."""
    shown = [flag for flag in flags if not flag.note]
    names = [_flag_name(flag) for flag in shown]
    width = max(map(len, names), default=0)
    lines = []
    for name, flag in zip(names, shown, strict=True):
        first, *more = _wrapped(f"{flag.about}{_default_note(flag, home)}", max(columns - width - 5, LEAST))
        lines.append(f"  {name:<{width}}   {first}")
        lines += [f"{'':<{width + 5}}{line}" for line in more]
    return lines


def _wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of so many columns; a longer word stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if len(longer) <= columns or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _flag_name(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    return f"{short}--{flag.long} {flag.kind.name}".rstrip()


def _default_note(flag: Flag, home: str) -> str:
    start = flag.start
    if not start:
        return ""
    if isinstance(start, str):
        if home and start.startswith(f"{home}/"):
            start = f"~{start.removeprefix(home)}"
        return f' (default "{start}")'
    return f" (default {str(start).lower()})"
