"""``helm delete``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import boolean, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.output import say, waiting
from helmpy.cli.pflags import UsageError
from helmpy.home import Settings
from helmpy.release.requests import ContentRequest, UninstallRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make(
    "delete",
    usage="[flags] RELEASE_NAME [...]",
    about="Delete releases from the cluster. Their history stays, and their names stay taken, without --purge.",
)
@boolean("dry-run", about="see whether the release exists, change nothing")
@boolean("no-hooks", about="run no hooks")
@boolean("purge", about="forget the release altogether, its name is free again")
@integer("timeout", about="seconds for each operation of Kubernetes", default=300)
@string("description", about="text for the history")
@options.tls
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    dry_run: bool,
    no_hooks: bool,
    purge: bool,
    timeout: int,
    description: str,
    tls: options.TlsFlags,
) -> None:
    if not args:
        raise UsageError("command 'delete' requires a release name")
    with connected(settings, tls) as tiller:
        for name in args:
            if dry_run:
                tiller.content(ContentRequest(name))
            else:
                with waiting(f"deleting {name}"):
                    answer = tiller.uninstall(UninstallRequest(name, no_hooks, purge, timeout, description))
                if answer.info:
                    say(answer.info)
            say(f'release "{name}" deleted')
