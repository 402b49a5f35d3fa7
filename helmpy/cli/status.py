"""``helm status``, and the page of a release's state that install and upgrade print too."""

from __future__ import annotations

import sys

from helmpy.cli import colour, options
from helmpy.cli.command import command as make
from helmpy.cli.command import integer
from helmpy.cli.connection import connected
from helmpy.cli.output import moment, say, struct_json, tabbed, table, yaml_text
from helmpy.cli.pflags import INT32, UsageError
from helmpy.home import Settings
from helmpy.release.model import Info, Status, StatusCode
from helmpy.release.requests import StatusRequest, StatusResponse
from helmpy.release.timestamp import Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helmpy.release.test_runs import TestRun, TestSuite


def _with_tabs(text: str) -> str:
    """A text with a tab in the place of two and more spaces."""
    while "   " in text:
        text = text.replace("   ", "  ")
    return text.replace("  ", "\t")


@make("status", usage="[flags] RELEASE_NAME", about="Show the state of a release, its objects and its notes.")
@integer("revision", about="look at this revision, not the newest", kind=INT32)
@options.output("table", "json", "yaml", refusal="unsupported format {}")
@options.tls
def command(settings: Settings, args: Sequence[str], *, revision: int, output: str, tls: options.TlsFlags) -> None:
    name = release_name(args)
    with connected(settings, tls) as tiller:
        print_status(tiller.status(StatusRequest(name, revision)), output)


def release_name(args: Sequence[str]) -> str:
    """The first argument. Raises UsageError where there is none."""
    if not args:
        raise UsageError("release name is required")
    return args[0]


def print_status(answer: StatusResponse, output: str) -> None:
    if output == "json":
        say(struct_json(as_struct(answer)))
    elif output == "yaml":
        say(yaml_text(as_struct(answer)))
    else:
        say(page(answer), end="")


def page(answer: StatusResponse) -> str:
    """The text for people, line by line as Helm 2.17 prints it."""
    info = answer.info or Info()
    status = info.status or Status()
    parts = []
    if info.last_deployed is not None:
        parts.append(f"LAST DEPLOYED: {moment(info.last_deployed)}\n")
    parts.append(f"NAMESPACE: {answer.namespace}\nSTATUS: {colour.word(code_name(status.code), sys.stdout)}\n\n")
    if status.resources:
        parts.append(tabbed("RESOURCES:\n" + _with_tabs(status.resources) + "\n"))
    if status.last_test_suite_run is not None:
        parts.append(_suite(status.last_test_suite_run))
    if status.notes:
        parts.append(f"NOTES:\n{status.notes}\n")
    return "".join(parts)


def code_name(code: int) -> str:
    """DEPLOYED and so on; the bare number of a status that this version does not know."""
    return StatusCode(code).name if code in set(StatusCode) else str(code)


def test_status_name(status: int) -> str:
    """SUCCESS and so on; the bare number of a status that this version does not know."""
    from helmpy.release.test_runs import TestStatus  # most releases were never tested

    return TestStatus(status).name if status in set(TestStatus) else str(status)


def _suite(suite: TestSuite) -> str:
    head = f"Last Started: {moment(suite.started_at)}\nLast Completed: {moment(suite.completed_at)}"
    rows = [("TEST", "STATUS", "INFO", "STARTED", "COMPLETED"), *map(_run, suite.results)]
    return f"TEST SUITE:\n{head}\n\n{table(rows, max_width=50, coloured='STATUS')}\n"


def _run(run: TestRun) -> tuple[str, ...]:
    return run.name, f"{test_status_name(run.status):<10}", run.info, moment(run.started_at), moment(run.completed_at)


def as_struct(answer: StatusResponse) -> dict[str, Any]:
    """The answer as Helm's ``-o json`` shows it: its messages' fields, empty ones left out."""
    return _kept(name=answer.name, info=answer.info and _info(answer.info), namespace=answer.namespace)


def _info(info: Info) -> dict[str, Any]:
    return _kept(
        status=info.status and _status(info.status),
        first_deployed=_stamp(info.first_deployed),
        last_deployed=_stamp(info.last_deployed),
        deleted=_stamp(info.deleted),
        Description=info.description,
    )


def _status(status: Status) -> dict[str, Any]:
    suite = status.last_test_suite_run
    return _kept(
        code=int(status.code),
        resources=status.resources,
        notes=status.notes,
        last_test_suite_run=suite
        and _kept(
            started_at=_stamp(suite.started_at),
            completed_at=_stamp(suite.completed_at),
            results=[_test(run) for run in suite.results],
        ),
    )


def _test(run: TestRun) -> dict[str, Any]:
    return _kept(
        name=run.name,
        status=int(run.status),
        info=run.info,
        started_at=_stamp(run.started_at),
        completed_at=_stamp(run.completed_at),
    )


def _stamp(stamp: Timestamp | None) -> dict[str, Any] | None:
    return None if stamp is None else _kept(seconds=stamp.seconds, nanos=stamp.nanos)


def _kept(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or isinstance(value, dict)}
