"""``helm help``: the page of a command."""

from __future__ import annotations

import sys

from helmpy.cli.command import command as make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("help", usage="[command]", about="Show the page of a command.")
def command(_settings: object, args: Sequence[str]) -> None:
    from helmpy.cli.main import root

    found, path, rest = root().find(args, ("helm",))
    if rest and len(path) == 1:
        print(f"Unknown help topic {' '.join(f'`{word}`' for word in args)}", file=sys.stderr)
    found.show(path)
