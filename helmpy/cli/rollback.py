"""``helm rollback``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import boolean, exactly, integer, string
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.output import say, waiting
from helmpy.cli.pflags import UsageError, parse_integer
from helmpy.home import Settings
from helmpy.release.requests import RollbackRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make(
    "rollback",
    usage="[flags] [RELEASE] [REVISION]",
    about="Go back to an earlier revision of a release; revision 0 is the one before the newest.",
)
@boolean("cleanup-on-fail", about="delete objects that a failed rollback made")
@boolean("convert-removed-apis", about="convert objects of API versions that the cluster no longer serves")
@boolean("dry-run", about="prepare only, change nothing")
@boolean("force", about="delete and make again what cannot be changed in place")
@boolean("no-hooks", about="run no hooks")
@boolean("recreate-pods", about="restart the pods of changed workloads")
@boolean("wait", about="wait until the objects are ready")
@boolean("wait-for-jobs", about="with --wait, wait until jobs have completed too")
@integer("timeout", about="seconds for each operation of Kubernetes", default=300)
@string("description", about="text for the history")
@options.tls
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    cleanup_on_fail: bool,
    convert_removed_apis: bool,
    wait_for_jobs: bool,
    dry_run: bool,
    force: bool,
    no_hooks: bool,
    recreate_pods: bool,
    wait: bool,
    timeout: int,
    description: str,
    tls: options.TlsFlags,
) -> None:
    exactly(args, "release name", "revision number")
    request = RollbackRequest(
        name=args[0],
        dry_run=dry_run,
        disable_hooks=no_hooks,
        version=_revision(args[1]),
        recreate=recreate_pods,
        timeout=timeout,
        wait=wait,
        force=force,
        description=description,
        cleanup_on_fail=cleanup_on_fail,
    )
    with connected(settings, tls) as tiller, waiting(f"rolling back {request.name}"):
        tiller.convert_removed_apis = convert_removed_apis
        tiller.wait_for_jobs = wait_for_jobs
        tiller.rollback(request)
    say("Rollback was a success.")


def _revision(text: str) -> int:
    try:
        return parse_integer(text, bits=32, base=10)
    except ValueError as error:
        raise UsageError(f"invalid revision number '\"{text}\"': {error}") from None
