"""``helm lint``: look for mistakes in charts."""

from __future__ import annotations

import os
import sys
import time

from helmpy import lint
from helmpy.cli import colour, disk_store, limits, options, value_flags
from helmpy.cli.command import boolean, string
from helmpy.cli.command import command as make
from helmpy.cli.output import logged, say, structured
from helmpy.errors import HelmError
from helmpy.home import Settings
from helmpy.lint.message import Message, Severity
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any


class LintFailure(HelmError):
    """One chart at least has mistakes."""


@make(
    "lint",
    usage="[flags] PATH",
    about="Look for mistakes in charts, directories or archives; without a path in the current directory.",
)
@boolean("strict", about="let warnings fail the chart too")
@boolean("unused", about="let values that no template reads be warnings; at a terminal they are told in any case")
@string("namespace", about="namespace that templates see", default="default")
@limits.flag()
@options.output("text", "json", "yaml", default="text", refusal="unsupported format {}")
@value_flags.values
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    values: value_flags.ValueFlags,
    strict: bool,
    unused: bool,
    namespace: str,
    render_limit: tuple[str, ...],
    output: str,
) -> None:
    overrides = values.merged(settings)
    person = sys.stdout.isatty()  # who reads this by program gets Helm's words alone
    grave = Severity.WARNING if unused else Severity.INFO if person else None
    bounds = limits.chosen(render_limit)
    store = disk_store.chosen(os.environ)
    told: list[dict[str, Any]] = []  # what a program is told, chart by chart
    tell = say if output == "text" else _hush
    linted = failures = 0
    for path in args or ["."]:
        try:
            messages = lint.run(
                path,
                overrides,
                namespace,
                time=_now(),
                limits=bounds,
                store=store,
                forgive=_forgiven,
                unused=grave,
                warn=logged,
            )
        except lint.LintError as error:
            failures += 1
            told.append({"path": path, "failed": True, "error": str(error), "messages": []})
            tell(f"==> Skipping {path}\n{error}\n")
            continue
        linted += 1
        failed = lint.failed(messages, strict=strict)
        failures += failed
        told.append({"path": path, "failed": bool(failed), "messages": [*map(_as_struct, messages)]})
        tell("\n".join(_lines(path, messages, hints=person or settings.debug)) + "\n")
    if output != "text":
        say(structured(told, output))
    if failures:
        raise LintFailure(f"{linted} chart(s) linted, {failures} chart(s) failed")
    tell(f"{linted} chart(s) linted, no failures")


def _hush(_text: str) -> None:
    """Say nothing: who reads JSON or YAML is told all of it there."""


def _as_struct(message: Message) -> dict[str, str]:
    found = {"severity": message.severity.name, "path": message.path, "text": message.text}
    return {**found, "hint": message.hint} if message.hint else found


def _now() -> Timestamp:
    return Timestamp(int(time.time()), 0)


def _forgiven(text: str) -> None:
    logged(f"[INFO] {text}")


def _lines(path: str, messages: Sequence[Message], *, hints: bool) -> Iterator[str]:
    yield f"==> Linting {path}"
    if not messages:
        yield "Lint OK"
    for message in messages:
        name = message.severity.name
        yield f"[{colour.word(name, sys.stdout)}{str(message).removeprefix('[' + name)}"
        if message.hint and hints:
            yield "\t" + message.hint.replace("\n", "\n\t")
