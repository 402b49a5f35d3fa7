"""Programs that flood a port: run as processes of their own, so that what they cost is theirs.

``python -m tests.tiller.floods KIND PORT CONNECTIONS`` prints ``ready`` when the flood stands and
goes on until its standard input ends.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import grpc

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
METHOD = "/hapi.services.tiller.ReleaseService/InstallRelease"
DECLARED = 20 * 1024 * 1024 - 200  # bytes that a message is said to have


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """A frame of HTTP/2."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def headers(method: str) -> bytes:
    """The header block of a call, without compression."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": method,
        ":authority": "tiller",
        "te": "trailers",
        "content-type": "application/grpc",
        "x-helm-api-client": "v2.17.0",
    }
    pairs = ((name.encode(), value.encode()) for name, value in fields.items())
    return b"".join(b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in pairs)


def opening() -> bytes:
    """A connection's beginning and a call whose message has only just begun."""
    begun = b"\x00" + DECLARED.to_bytes(4, "big") + b"\x0a"
    return PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, headers(METHOD)) + frame(0, 0, 1, begun)


async def _idle(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _garbage(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(random.randbytes(random.randrange(1, 4096)))
    await writer.drain()
    await asyncio.sleep(1 + random.random())


async def _torn(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Frames that are right, then frames that are not."""
    writer.write(opening() + frame(random.randrange(256), random.randrange(256), 1, random.randbytes(200)))
    await writer.drain()
    await asyncio.sleep(5 + 5 * random.random())


async def _slow(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(opening())
    while True:
        await writer.drain()
        await asyncio.sleep(5 * random.random() + 1)
        writer.write(frame(0, 0, 1, b"\x00"))


def _large_requests(port: int, sent: threading.Semaphore) -> None:
    """Requests of nearly 20 MiB, one after the other."""
    from google.protobuf.any_pb2 import Any as AnyMessage

    from helmpy.hapi.chart.chart_pb2 import Chart
    from helmpy.hapi.chart.config_pb2 import Config
    from helmpy.hapi.chart.metadata_pb2 import Metadata
    from helmpy.hapi.services.tiller_pb2 import InstallReleaseRequest
    from helmpy.hapi.services.tiller_pb2_grpc import ReleaseServiceStub

    files = [AnyMessage(type_url="README.md", value=b"x" * DECLARED)]
    chart = Chart(metadata=Metadata(name="large", version="1.0.0"), files=files)
    request = InstallReleaseRequest(name="large", namespace="shop", dry_run=True, chart=chart, values=Config(raw="{}"))
    del chart, files
    options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    while True:
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            stub = ReleaseServiceStub(channel)  # type: ignore[no-untyped-call]  # generated without types
            with suppress(grpc.RpcError):
                stub.InstallRelease(request, metadata=[("x-helm-api-client", "v2.17.0")], timeout=30)
        sent.release()


def _large(port: int, connections: int) -> None:
    sent = threading.Semaphore(0)
    for _ in range(connections):
        threading.Thread(target=_large_requests, args=(port, sent), daemon=True).start()
    for _ in range(connections * 3 // 4):  # some wait for long until it is their turn
        sent.acquire()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


KINDS: dict[str, Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]] = {
    "idle": _idle,
    "garbage": _garbage,
    "torn": _torn,
    "slow": _slow,
}


async def _flood(kind: str, port: int, connections: int) -> None:
    standing = 0
    told = False

    async def one() -> None:
        nonlocal standing, told
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                standing += 1
                if standing >= connections and not told:
                    told = True
                    sys.stdout.write("ready\n")
                    sys.stdout.flush()
                await KINDS[kind](reader, writer)
                writer.close()
            except OSError:
                await asyncio.sleep(0.5)

    tasks = [asyncio.ensure_future(one()) for _ in range(connections)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    os._exit(0)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    if sys.argv[1] == "large":
        _large(int(sys.argv[2]), int(sys.argv[3]))
    asyncio.run(_flood(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
