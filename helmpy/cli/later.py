"""Modules that are loaded when somebody asks them for something, and not where they are merely imported.

Half of the time that importing ``grpc`` takes goes to asyncio and to the half of gRPC that is written for it
(measured: 113 ms of processor time with, 54 ms without). A client that waits for one answer needs neither.
Not for programs that import helmpy: there, what ``sys.modules`` holds is theirs to say.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from threading import RLock
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# inspect, pkgutil and socket are gRPC's for asyncio, calendar is protobuf's for dates without a time zone, ipaddress
# urllib's for addresses in brackets, linecache, textwrap, tokenize and traceback are for tracebacks, copy
# and grpc_… for what nobody here asks of gRPC: 30 of 200 ms in all.
# python_message is for machines without protobuf's own code in C.
_IDLE = (
    "asyncio",
    "calendar",
    "copy",
    "grpc.aio",
    "grpc_health",
    "grpc_reflection",
    "grpc_tools",
    "google.protobuf.internal.python_message",
    "inspect",
    "ipaddress",
    "linecache",
    "pkgutil",
    "socket",
    "textwrap",
    "tokenize",
    "traceback",
)
# Functions that are imported by their names and called by nobody: with datetime, which they keep time by, 4 ms.
_UNCALLED = {"grpc._simple_stubs": ("stream_stream", "stream_unary", "unary_stream", "unary_unary")}
_lock = RLock()


class Later(ModuleType):
    """Stands for a module until one of its names is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)  # the import system looks for these, and does without
        found = _real(self).__dict__.get(name, self)
        if found is self:
            raise AttributeError(f"module '{self.__name__}' has no attribute {name!r}")
        return found


class _Functions(Later):
    """Stands for a module, no package, until one of its functions is called."""

    def __init__(self, name: str, functions: Sequence[str]) -> None:
        super().__init__(name)
        for function in functions:
            setattr(self, function, partial(_call, self, function))

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":
            raise AttributeError(name)
        return super().__getattr__(name)


def _real(module: Later) -> ModuleType:
    """The module itself, whose names its stand-in has from now on."""
    with _lock:
        if sys.modules.get(module.__name__) is module:
            del sys.modules[module.__name__]
            __import__(module.__name__)
            module.__dict__.update(sys.modules[module.__name__].__dict__)
    return module


def _call(module: Later, function: str, *args: Any, **named: Any) -> Any:
    return getattr(_real(module), function)(*args, **named)


def postpone() -> None:
    """Let an import of grpc and protobuf leave alone what they can do without, unless it is loaded already."""
    if "grpc" not in sys.modules:
        if hasattr(sys, "setdlopenflags"):
            # gRPC's core looks for 500 functions of others when it is loaded, or for each when it is first called.
            sys.setdlopenflags(os.RTLD_LAZY)
        for name in _IDLE:
            sys.modules.setdefault(name, Later(name))
        for name, functions in _UNCALLED.items():
            sys.modules.setdefault(name, _Functions(name, functions))
