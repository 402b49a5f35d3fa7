"""``helm help``: the page of a command."""

from __future__ import annotations

import sys

from helmpy.cli.command import command as make
from helmpy.cli.invocation import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings


@make("help", usage="[command]", about="Show the page of a command.")
def command(settings: Settings, args: Sequence[str]) -> None:
    from helmpy.cli.root import root

    found, path, rest = root().find(args, ("helm",))
    if rest and len(path) == 1:
        if _show_plugin(settings, rest[0]):
            return
        from helmpy.cli.page import page
        from helmpy.cli.plugins import named

        _, usage, rest_of_page = page(found, "helm", named(settings)).partition("Usage:\n")
        topics = " ".join(f"`{word}`" for word in args)
        print(f"Unknown help topic [{topics}]", f"{usage}{rest_of_page}", sep="\n", file=sys.stderr)
        return
    show(found, path, settings)


def _show_plugin(settings: Settings, name: str) -> bool:
    """Print what a plugin says of itself; False where there is none of that name."""
    from helmpy.cli.plugins import find

    found = find(settings, name)
    if found is not None:
        print(f"{found.description or found.usage}\n\nUsage:\n  helm {found.name} [flags]")
    return found is not None
