"""``helm test``."""

from __future__ import annotations

from helmpy.cli import options
from helmpy.cli.command import boolean, exactly, integer
from helmpy.cli.command import command as make
from helmpy.cli.connection import connected
from helmpy.cli.output import say
from helmpy.cli.pflags import UINT32
from helmpy.home import Settings
from helmpy.release.error import ReleaseError
from helmpy.release.requests import TestRequest
from helmpy.release.test_runs import TestStatus

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


@make("test", usage="[RELEASE] [flags]", about="Run the test pods of a release and say how they end.")
@boolean("cleanup", about="delete the test pods afterwards")
@boolean("logs", about="print the logs of the test pods")
@boolean("parallel", about="run them at the same time")
@integer("max", about="most pods at the same time", default=20, kind=UINT32, name="max_parallel")
@integer("timeout", about="seconds for each operation of Kubernetes", default=300)
@options.tls
def command(
    settings: Settings,
    args: Sequence[str],
    *,
    cleanup: bool,
    logs: bool,
    parallel: bool,
    max_parallel: int,
    timeout: int,
    tls: options.TlsFlags,
) -> None:
    exactly(args, "release name")
    request = TestRequest(args[0], timeout, cleanup, parallel, max_parallel, logs)
    failed = 0
    with connected(settings, tls) as tiller:
        for line in tiller.test(request):
            failed += line.status == TestStatus.FAILURE
            say(line.msg, flush=True)
    if failed:
        raise ReleaseError(f"{failed} test(s) failed")
