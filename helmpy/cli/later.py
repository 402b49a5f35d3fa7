"""Modules that are loaded when somebody asks them for something, and not where they are merely imported.

Half of the time that importing ``grpc`` takes goes to asyncio and to the half of gRPC that is written for it
(measured: 113 ms of processor time with, 54 ms without). A client that waits for one answer needs neither.
Not for programs that import helmpy: there, what ``sys.modules`` holds is theirs to say.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from threading import RLock
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

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
# Types that are imported by their names and stand in annotations alone: 4 ms.
_UNCHECKED = {
    "grpc._typing": (
        "ChannelArgumentType",
        "DeserializingFunction",
        "DoneCallbackType",
        "IntegratedCallFactory",
        "MetadataType",
        "NullaryCallbackType",
        "RequestType",
        "ResponseType",
        "SerializingFunction",
        "UserTag",
    )
}
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


class _PartlyLater(Later):
    """Stands for a module, no package, until other names of it are wanted than those that are known."""

    def __init__(self, name: str, known: Mapping[str, Any] | None = None) -> None:
        super().__init__(name)
        self.__dict__.update(known or {})

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":
            raise AttributeError(name)
        return super().__getattr__(name)


class _NullHandler:
    """Stands for a handler of a logger that is to keep silent."""


class _Logger:
    """Stands for a logger until it has something to say."""

    _silent: ClassVar[set[str]] = set()  # loggers with such a handler, which holds for all whose names begin so

    def __init__(self, name: str) -> None:
        self._name = name

    def addHandler(self, handler: Any) -> None:  # noqa: N802 - a logger's name for it
        if type(handler) is _NullHandler:
            self._silent.add(self._name)
        else:
            self.__getattr__("addHandler")(handler)

    def __getattr__(self, name: str) -> Any:
        import logging

        with _lock:  # gRPC's threads may have something to say at the same time
            while self._silent:
                logging.getLogger(self._silent.pop()).addHandler(logging.NullHandler())
        return getattr(logging.getLogger(self._name), name)


def _real(module: Later) -> ModuleType:
    """The module itself, whose names its stand-in has from now on."""
    name = module.__name__
    with _lock:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        __import__(name)
        module.__dict__.update(sys.modules[name].__dict__)
    return module


def _call(module: Later, function: str, *args: Any, **named: Any) -> Any:
    return getattr(_real(module), function)(*args, **named)


def load_grpc() -> None:
    """Import grpc, unless it is loaded already, and let it leave alone what it can do without."""
    if "grpc" in sys.modules:
        return
    if hasattr(sys, "setdlopenflags"):
        # gRPC's core looks for 500 functions of others when it is loaded, or for each when it is first called.
        sys.setdlopenflags(os.RTLD_LAZY)
    for name in _IDLE:
        sys.modules.setdefault(name, Later(name))
    for name, functions in _UNCALLED.items():
        module = sys.modules.setdefault(name, _PartlyLater(name))
        if isinstance(module, _PartlyLater):
            module.__dict__.update({each: partial(_call, module, each) for each in functions})
    for name, types in _UNCHECKED.items():
        sys.modules.setdefault(name, _PartlyLater(name, dict.fromkeys(types, object)))
    # For grpc alone, and whatever comes later loads the real one: it takes 5 ms, and grpc asks it for loggers only.
    loggers = _PartlyLater("logging", {"getLogger": _Logger, "NullHandler": _NullHandler})
    sys.modules.setdefault("logging", loggers)
    try:
        __import__("grpc")
        with suppress(ImportError):
            __import__("grpc._channel")  # what channels are made of; the first one would load it
    finally:
        if sys.modules.get("logging") is loggers:
            del sys.modules["logging"]
