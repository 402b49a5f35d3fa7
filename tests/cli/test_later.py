"""Modules that wait until somebody wants something of them: each case is a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Python 3.13 loads linecache for a script given by -c.
START = "import sys\nsys.modules.pop('linecache', None)\nfrom helmpy.cli.later import load_grpc\nload_grpc()\n"


def told(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_grpc_does_without() -> None:
    code = "import helmpy.client\nprint('asyncio.events' in sys.modules, 'grpc.aio._channel' in sys.modules)"
    assert told(code) == "False False\n"


def test_no_call_wants_what_waits() -> None:
    code = (
        "import grpc, helmpy.client\n"
        "from helmpy.errors import HelmError\n"
        "try:\n    helmpy.client.Tiller('127.0.0.1:9', connect_timeout=1, patience=0).version()\n"
        "except HelmError as error:\n    print(type(error).__name__)\n"
        "from helmpy.cli import later\n"
        "print([name for name in (*later._IDLE, *later._UNCALLED, *later._UNCHECKED) if not isinstance(sys.modules[name], later.Later)])"
    )
    assert (
        told(code) == "TillerUnavailable\n['copy', 'socket']\n"
    )  # an error is copied, and somebody looks why there is no way


def test_logging_waits_for_something_to_say() -> None:
    code = (
        "import grpc\nprint('logging' in sys.modules, grpc._channel._LOGGER)\n"
        "grpc._channel._LOGGER.warning('unheard')\nimport logging\nprint(logging.getLogger('grpc').handlers)\n"
        "logging.getLogger('grpc').addHandler(logging.StreamHandler(sys.stdout))\n"
        "grpc._channel._LOGGER.warning('heard')\n"
        "print(grpc._common.logging.WARNING, sys.modules['logging'] is logging)"
    )
    lines = told(code).splitlines()
    assert lines[0].startswith("False <helmpy.cli.later._Logger object")
    assert lines[1:] == ["[<NullHandler (NOTSET)>]", "heard", "30 True"]


def test_loggers_take_every_handler() -> None:
    code = (
        "import grpc, logging\ngrpc._channel._LOGGER.addHandler(logging.StreamHandler(sys.stdout))\n"
        "grpc._channel._LOGGER.error('heard')"
    )
    assert told(code) == "heard\n"


def test_types_of_annotations_are_there_for_those_who_look() -> None:
    code = "from grpc import _typing as t\nprint(t.ServerCallbackTag is not object, t.UserTag is not object)"
    assert told(code) == "True True\n"


@pytest.mark.parametrize(
    "code",
    [
        "import asyncio\nasyncio.run(asyncio.sleep(0))",
        "import asyncio.events\nasyncio.events.get_event_loop_policy()",
        "from asyncio import run, sleep\nrun(sleep(0))",
        "import grpc\nassert grpc.aio.insecure_channel\nimport asyncio\nasyncio.run(asyncio.sleep(0))",
        "import asyncio\nassert not hasattr(asyncio, 'nothing')",
        "import dataclasses, inspect\nassert inspect.signature(dataclasses.dataclass(type('A', (), {'x': 1})))",
        "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    assert 'division' in traceback.format_exc()",
        "import copy\nassert copy.copy([1]) == [1]",
        (
            "import grpc.experimental\nfor _ in range(2):\n    try:\n"
            "        grpc.experimental.unary_unary(b'', '127.0.0.1:9', '/a/b', insecure=True, timeout=0.2)\n"
            "    except grpc.RpcError as error:\n        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED\n"
            "    else:\n        raise AssertionError"
        ),
        "from urllib.parse import urlsplit\nassert urlsplit('http://[::1]:80/').port == 80",
    ],
)
def test_who_wants_them_gets_them(code: str) -> None:
    assert told(code) == ""


def test_libraries_are_bound_when_they_are_called() -> None:
    assert told("import os\nprint(sys.getdlopenflags() == os.RTLD_LAZY)") == "True\n"


def test_what_is_loaded_stays() -> None:
    assert told("import asyncio\nasyncio.run\nload_grpc()\nprint(type(sys.modules['asyncio']).__name__)") == "module\n"
