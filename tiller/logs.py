"""What tiller logs: lines of text or JSON, without the secrets of those whose charts it installs.

An error's text may quote a manifest or a value. The client is told all of it; the log, which is
read by others, shows what kind of thing was wrong with which object and leaves the quotation out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from helmpy.errors import HelmError

LONGEST = 2000  # characters of a message

_QUOTED = r'"(?:[^"\\]|\\.){0,100000}"'
# What to keep, and after it what not. All are linear: no repetition within another, none that overlaps its end.
_QUOTATIONS = (
    # The API server on a field: Secret "a" is invalid: data[b]: Invalid value: "…": must be …
    re.compile(rf"\b((?:Invalid|Unsupported|Duplicate) value: )(?:{_QUOTED}|(?!-?\d+:).*)"),
    # The API server on JSON that it cannot read: error found in #10 byte of ...|…|..., bigger context ...|…|...
    re.compile(r"((?:byte of|context) \.\.\.\|)[^|]*"),
    # Go's parsers: parsing "…": invalid syntax;  cannot unmarshal !!str `…` into int
    re.compile(rf"\b(parsing (?:time )?){_QUOTED}"),
    re.compile(r"(!!\w+ )`[^`]*`"),
    # Templates: at <…>: error calling fail: whatever the chart wrote there
    re.compile(r"(: error calling (?:fail|required|tpl|toYaml|fromYaml|fromJson): ).*"),
    # wrong type for value; expected string; got …
    re.compile(r"(: (?:wrong type for value; expected|incompatible types for comparison)).*"),
    # Python's numbers and maps
    re.compile(r"\b(could not convert string to float: |invalid literal for int\(\) with base \d+: ).*"),
    # Passwords in addresses.
    re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"),
)
_OMITTED = "\\1…"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LogError(HelmError):
    """A log format that is none."""


def redacted(text: str) -> str:
    """The text's first line without what it quotes, and without characters that forge lines or terminals' colours."""
    first, _, rest = text.partition("\n")
    first = first[: LONGEST * 4]
    for quotation in _QUOTATIONS:
        first = quotation.sub(_OMITTED, first)
    if len(first) > LONGEST:
        first = first[:LONGEST] + "…"
    shown = "".join(each if each.isprintable() else repr(each)[1:-1] for each in first)
    return f"{shown} … ({rest.count(chr(10)) + 1} more lines)" if rest.strip() else shown


def _traceback(error: BaseException) -> str:
    """Where it happened; the error's own text may quote anything and is treated like a message."""
    places = "".join(traceback.format_tb(error.__traceback__))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_traceback(cause)}\nthen\n" if cause is not None and cause is not error else ""
    return f"{before}{places}{type(error).__name__}: {redacted(str(error))}"


class _Formatter(logging.Formatter):
    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The fields of a line, in order; what ``extra`` named comes last."""
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        found = {"message": redacted(record.getMessage()), **extra}
        if record.exc_info and record.exc_info[1] is not None:
            found["traceback"] = _traceback(record.exc_info[1])
        return found


class Text(_Formatter):
    """``[tiller] 2026/01/31 12:00:00 message key=value``, as Helm 2.17 stamps its lines."""

    def format(self, record: logging.LogRecord) -> str:
        parts = self.parts(record)
        message, trace = parts.pop("message"), parts.pop("traceback", "")
        stamp = datetime.fromtimestamp(record.created, UTC).strftime("%Y/%m/%d %H:%M:%S")
        words = [f"[{record.name}] {stamp} {message}", *(f"{key}={redacted(str(parts[key]))}" for key in parts)]
        return " ".join(words) + (f"\n{trace}" if trace else "")


class Json(_Formatter):
    """One JSON object a line: time, level, logger, message, then what belongs to the event."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": stamp.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **self.parts(record),
        }
        return json.dumps({key: _plain(value) for key, value in line.items()}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    return str(value).encode(errors="replace").decode()


FORMATS: dict[str, type[_Formatter]] = {"text": Text, "json": Json}


def install(kind: str, *, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Log to ``stream`` (standard error) in this format, uncaught errors too; raises LogError."""
    if kind not in FORMATS:
        raise LogError(f'unknown log format "{kind}": one of {", ".join(sorted(FORMATS))}')
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMATS[kind]())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("tiller").setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.raiseExceptions = False  # a full disk must not fill the other stream
    threading.excepthook = _thread_failed


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    name = failed.thread.name if failed.thread else "?"
    logging.getLogger("tiller").error("thread %s ended", name, exc_info=failed.exc_value)
