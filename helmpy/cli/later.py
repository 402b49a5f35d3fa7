"""Modules that are loaded when somebody asks them for something, and not where they are merely imported.

Half of the time that importing ``grpc`` takes goes to asyncio and to the half of gRPC that is written for it
(measured: 113 ms of processor time with, 54 ms without). A client that waits for one answer needs neither.
Not for programs that import helmpy: there, what ``sys.modules`` holds is theirs to say.
"""

from __future__ import annotations

import importlib
import sys
from threading import RLock
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# inspect, pkgutil and socket are gRPC's for asyncio, calendar is protobuf's for dates without a time zone, ipaddress
# urllib's for addresses in brackets, textwrap and tokenize are for tracebacks: 27 of 200 ms in all.
# python_message is for machines without protobuf's own code in C.
_IDLE = (
    "asyncio",
    "calendar",
    "grpc.aio",
    "google.protobuf.internal.python_message",
    "inspect",
    "ipaddress",
    "pkgutil",
    "socket",
    "textwrap",
    "tokenize",
)
_lock = RLock()


class Later(ModuleType):
    """Stands for a module until one of its names is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)  # the import system looks for these, and does without
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
                real = importlib.import_module(self.__name__)
                self.__dict__.update(real.__dict__)
        found = self.__dict__.get(name, self)
        if found is self:
            raise AttributeError(f"module '{self.__name__}' has no attribute {name!r}")
        return found


def postpone() -> None:
    """Let an import of grpc and protobuf leave alone what they can do without, unless it is loaded already."""
    if "grpc" not in sys.modules:
        for name in _IDLE:
            sys.modules.setdefault(name, Later(name))
