"""Lines of the log: their form, and what must not be in them."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import grpc
import pytest

from helmpy import wire
from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub
from helmpy.release.requests import InstallRequest
from tests.tiller.world import World, chart
from tiller import logs
from tiller.server import serve

SECRET = "correct-horse-battery"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root, ours, hook = logging.getLogger(), logging.getLogger("tiller"), threading.excepthook
    before = (root.handlers[:], root.level, ours.level, logging.raiseExceptions)
    yield
    root.handlers[:], threading.excepthook = before[0], hook
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.raiseExceptions = before[3]


def logged(kind: str, *, verbose: bool = False) -> io.StringIO:
    stream = io.StringIO()
    logs.install(kind, verbose=verbose, stream=stream)
    return stream


def test_a_line_of_text() -> None:
    stream = logged("text")
    logging.getLogger("tiller.server").info("hello %s", "world", extra={"release": "web", "seconds": 1.5})
    head, _, rest = stream.getvalue().partition(" hello")
    assert head.startswith("[tiller.server] 20")
    assert rest == " world release=web seconds=1.5\n"


def test_a_line_of_json() -> None:
    stream = logged("json")
    logging.getLogger("tiller.server").warning("hello %s", "wörld", extra={"release": "web", "seconds": 1.5})
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "tiller.server",
        "message": "hello wörld",
        "release": "web",
        "seconds": 1.5,
    }


def test_levels() -> None:
    for verbose in (False, True):
        stream = logged("text", verbose=verbose)
        logging.getLogger("tiller.x").debug("fine")
        logging.getLogger("urllib3").info("chatter")
        assert ("fine" in stream.getvalue()) == verbose
        assert "chatter" not in stream.getvalue()


def test_an_unknown_format() -> None:
    with pytest.raises(logs.LogError, match=r'^unknown log format "xml": one of json, text$'):
        logs.install("xml")


def raised(text: str) -> ValueError:
    with pytest.raises(ValueError) as caught:
        float(text)
    return caught.value


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_defect_shows_its_place_and_not_what_it_quotes(kind: str) -> None:
    stream = logged(kind)
    logging.getLogger("tiller").error("broken", exc_info=raised(f"1\n{SECRET}"))
    assert "test_logs.py" in stream.getvalue()
    assert "ValueError: could not convert string to float: …" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_threads_that_end_are_logged_in_the_same_form() -> None:
    stream = logged("json")
    thread = threading.Thread(target=[].pop, name="odd")
    thread.start()
    thread.join()
    line = json.loads(stream.getvalue())
    assert line["message"] == "thread odd ended"
    assert "IndexError" in line["traceback"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        (f"YAML parse error\nkind: Secret\ndata: {SECRET}", "YAML parse error … (2 more lines)"),
        (
            f'Secret "a" is invalid: data[b]: Invalid value: "{SECRET} \\" x": must be short',
            'Secret "a" is invalid: data[b]: Invalid value: …: must be short',
        ),
        (f'x: Unsupported value: "{SECRET}": supported values: "A"', 'x: Unsupported value: …: supported values: "A"'),
        ("spec.replicas: Invalid value: -1: must be positive", "spec.replicas: Invalid value: -1: must be positive"),
        (f'x: Invalid value: map[string]string{{"a":"{SECRET}"}}: no', "x: Invalid value: …"),
        (
            f'error found in #10 byte of ...|"a":"{SECRET}"}}|..., bigger context ...|{{"a":"{SECRET}"}}|...',
            "error found in #10 byte of ...|…|..., bigger context ...|…|...",
        ),
        (f'strconv.Atoi: parsing "{SECRET}": invalid syntax', "strconv.Atoi: parsing …: invalid syntax"),
        (f"cannot unmarshal !!str `{SECRET}` into int", "cannot unmarshal !!str … into int"),
        (
            f"template: a/b.yaml:1:2: executing at <fail .x>: error calling fail: no {SECRET}",
            "template: a/b.yaml:1:2: executing at <fail .x>: error calling fail: …",
        ),
        (
            f'SQL storage: postgres://me:{SECRET}@db/helm: no, "x"',
            'SQL storage: postgres://me:…@db/helm: no, "x"',
        ),
        ("colour \x1b[31m and \r return", "colour \\x1b[31m and \\r return"),
        ("x" * 3000, "x" * 2000 + "…"),
    ],
)
def test_what_is_left_out(text: str, shown: str) -> None:
    assert logs.redacted(text) == shown


@pytest.mark.parametrize(
    "piece", ['Invalid value: "', "parsing ", '"\\', "://a:", "|", "!!str `", ": error calling fail: "]
)
def test_leaving_out_takes_little_time_whatever_the_text(piece: str) -> None:
    began = time.process_time()
    logs.redacted(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 1


CHARTS = {
    "a manifest that is no YAML": "kind: Secret\nstringData:\n  a: {{ .Values.password }}\n   b: [",
    "a value in a message": '{{ fail (printf "bad password %s" .Values.password) }}',
    "a value of the wrong kind": "{{ .Values.password.deeper }}",
    "a value that is parsed": '{{ .Values.password | fromYaml }}{{ .Values.password | toDate "2006" }}{{ .Values.password.x }}',
    "a secret that is refused": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: {{ .Values.password | quote }}}",
    "a field that is refused": (
        'apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {l: "{{ .Values.password }} !"}}\nspec: {ports: [{port: 1}]}'
    ),
    "a kind that is unknown": "apiVersion: v1\nkind: Odd\nmetadata: {name: a}\nstringData: {a: {{ .Values.password }}}",
    "no error at all": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: {{ .Values.password }}}",
}


@pytest.mark.parametrize("case", CHARTS)
@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_values_and_no_secrets_are_logged(world: World, case: str, kind: str) -> None:
    stream = logged(kind, verbose=True)
    handle = serve(world.env)
    request: Any = InstallRequest(
        name="web", namespace="shop", chart=chart(CHARTS[case], values=f"password: {SECRET}\n")
    )
    with grpc.insecure_channel(f"127.0.0.1:{handle.port}") as channel:
        stub: Any = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
        expected: AbstractContextManager[object] = (
            nullcontext() if case == "no error at all" else pytest.raises(grpc.RpcError)
        )
        with expected:
            stub.InstallRelease(wire.to_proto(request), metadata=[("x-helm-api-client", "v2.17.0")], timeout=20)
    handle.stop(1)
    text = stream.getvalue()
    assert "InstallRelease" in text
    assert SECRET not in text
    assert base64.b64encode(SECRET.encode()).decode() not in text
