"""The process in which charts are rendered: it knows no cluster and no store, and can be stopped.

Frames go over a socket. In: a pickled job (the server is
trusted). Out: JSON, so that whatever a chart makes of this process stays text for the server.
"""

from __future__ import annotations

import json
import pickle
import resource
from multiprocessing.connection import Connection
from typing import Any

from helmpy.errors import HelmError
from helmpy.gotemplate.limits import Limits
from helmpy.gotemplate.watch import Interrupted
from tiller.actions.renderer import InProcess
from tiller.memory import settle


def main(number: int, memory: int) -> None:
    """Answer the jobs that come over a socket until the server hangs up; ``memory`` in bytes."""
    settle()
    connection: Connection[Any, Any] = Connection(number)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            job, limits = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the server that started us
        except EOFError:
            return
        _send(connection, _answer(connection, job, limits))


def _answer(connection: Connection[Any, Any], job: Any, limits: Limits) -> dict[str, Any]:
    def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        _send(connection, {"lookup": [api_version, kind, namespace, name]})
        found = json.loads(connection.recv_bytes())
        if "error" in found:
            raise HelmError(found["error"])
        value = found["object"]
        assert isinstance(value, dict)
        return value

    try:
        return {"rendered": InProcess(limits).render(job, lookup)}
    except Interrupted as error:
        return {"error": str(error), "spoilt": True}
    except HelmError as error:
        return {"error": str(error)}
    except (MemoryError, RecursionError) as error:
        return {"error": f"rendering template failed: {type(error).__name__}", "spoilt": True}
    except Exception as error:
        return {"error": f"rendering template failed: {type(error).__name__}: {error}"}


def _send(connection: Connection[Any, Any], message: dict[str, Any]) -> None:
    # not escaped: a text of another script would be three times as long
    connection.send_bytes(json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass"))
