"""``helm update``: what ``helm repo update`` was called."""

from __future__ import annotations

from helmpy.cli.command import boolean
from helmpy.cli.command import command as make
from helmpy.cli.output import warn
from helmpy.cli.repo_update import update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from helmpy.home import Settings


@make("update", usage="[REPO_NAME] [flags]", about="Old name of helm repo update.")
@boolean("strict", about="fail where an index could not be fetched")
def command(settings: Settings, args: Sequence[str], *, strict: bool) -> None:
    warn("Command \"update\" is deprecated, Use 'helm repo update'\n")
    update(settings, args, strict=strict)
