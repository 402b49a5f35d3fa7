"""The console script ``helm``: find the command, run it, turn errors into texts and statuses."""

from __future__ import annotations

import os
import sys

from helmpy.cli import invocation, streams
from helmpy.cli.root import COMPLETING, root
from helmpy.errors import HelmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_BROKEN_PIPE = 141  # what a shell shows of a program that SIGPIPE ended
_INTERRUPTED = 130


def run(words: Sequence[str]) -> int:
    """Run one command line; errors of any kind end as a text on stderr and a status."""
    try:
        _run(words)
        sys.stdout.flush()
    except HelmError as error:
        return _report(error, words)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        streams.drop(sys.stdout)  # the reader left: nothing to say
        return _BROKEN_PIPE
    except OSError as error:
        return _report(HelmError(_words(error)), words, cause=error)
    except UnicodeEncodeError as error:  # of a word of the command line; what files hold was looked at before
        byte = ord(error.object[error.start]) & 0xFF
        return _report(HelmError(f"what was given is not UTF-8 text: byte {byte:#04x}"), words, cause=error)
    except Exception as error:
        text = f"internal error: {type(error).__name__}: {error} (--debug shows where)"
        return _report(HelmError(text), words, cause=error)
    return 0


def _words(error: OSError) -> str:
    """What the system refused, of which file; also where nothing could be printed, as on a full disk."""
    reason = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {reason}"
    if streams.unwritten(sys.stdout) is not None:
        return f"write /dev/stdout: {reason.lower()}"
    return f"getwd: {reason.lower()}" if isinstance(error, FileNotFoundError) else reason


def _run(words: Sequence[str]) -> None:
    command, path, rest = root().find(words, ("helm",))
    if (len(path) == 1 or _gives_way(path, rest)) and _may_be_plugin(words):
        from helmpy.cli.plugins import run_unknown

        if run_unknown(words):
            return
    invocation.run(command, path, rest)


def _gives_way(path: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether a plugin goes first: Helm 2 has some that are called as commands which it did not have yet.

    ``helm push CHART REPOSITORY`` was one; what names a registry (oci://) is ours, as is all that stands below registry.
    """
    return path[1:] == ("registry",) or (path[1:] == ("push",) and not any(word.startswith("oci://") for word in rest))


def _may_be_plugin(words: Sequence[str]) -> bool:
    return any(not word.startswith("-") for word in words)


def _report(error: HelmError, words: Sequence[str], cause: Exception | None = None) -> int:
    if cause is not None and _debug(words):
        import traceback

        traceback.print_exception(cause)
    from helmpy.cli import colour

    streams.unwritten(sys.stdout)  # what was said before stands before, where both lead to one place
    try:
        print(colour.word(f"{error.prefix}{error.message}", sys.stderr), file=sys.stderr)
        if sys.stderr.isatty() or _debug(words):
            _explain(error)
    except OSError:
        streams.drop(sys.stderr)  # the status still tells
    return error.exit_code


def _explain(error: HelmError) -> None:
    """What helps a person; who reads errors by program gets them as Helm 2.17 words them."""
    caret = getattr(error, "caret", None)
    for text in (caret() if callable(caret) else "", error.hint):
        if text:
            print(text, file=sys.stderr)


def _debug(words: Sequence[str]) -> bool:
    return "--debug" in words or "--debug=true" in words or os.environ.get("HELM_DEBUG", "") in {"1", "true"}


def _complete(instruction: str) -> int:
    from helmpy.cli.completion import answer

    return answer(instruction)


def entry() -> None:
    """Run the command line of ``sys.argv`` and leave the process."""
    streams.ready()
    status = run(sys.argv[1:]) if COMPLETING not in os.environ else _complete(os.environ[COMPLETING])
    if streams.unwritten(sys.stdout) and not status:
        status = _BROKEN_PIPE
    if "coverage" in sys.modules or (status != _INTERRUPTED and _others_work()):
        sys.exit(status)
    # Nothing waits to be tidied up but what was asked for: leaving at once saves 2 ms, after a big chart 20, and
    # after a call to Tiller 35, for gRPC takes its time to stop what has no work.
    if "atexit" in sys.modules:
        sys.modules["atexit"]._run_exitfuncs()  # noqa: SLF001 - as multiprocessing does before it leaves like this
        streams.unwritten(sys.stdout)
    streams.unwritten(sys.stderr)
    os._exit(status)


def _others_work() -> bool:
    """Whether there are threads that Python would wait for."""
    threading = sys.modules.get("threading")
    return threading is not None and any(
        not each.daemon and each is not threading.main_thread() for each in threading.enumerate()
    )
