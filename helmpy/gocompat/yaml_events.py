"""The door to libyaml: YAML text in, parse events out, errors in Go's words.

libyaml comes through PyYAML. Importing all of PyYAML costs three times what its C parser costs,
so the parser is loaded alone, beneath a ``yaml`` package that fills itself in when somebody else
asks it for anything; where that fails the whole package is imported, and where libyaml is
missing PyYAML's own parser reads.
"""

from __future__ import annotations

import sys
from _thread import RLock

from helmpy.gocompat.text_quote import to_bytes
from helmpy.gocompat.yaml_scalars import MAX_DEPTH, YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    NextEvent = Callable[[], Any]
else:
    ModuleType = type(sys)

MAX_SIZE = 32 * 1024 * 1024
"""The longest text that is read, in bytes or characters."""


_PREFIX = "error converting YAML to JSON: "

_SMALL = ("error", "tokens", "events", "nodes")
_ERRORS = {
    "reader": "ReaderError",
    "scanner": "ScannerError",
    "parser": "ParserError",
    "composer": "ComposerError",
    "constructor": "ConstructorError",
    "emitter": "EmitterError",
    "serializer": "SerializerError",
    "representer": "RepresenterError",
    "resolver": "ResolverError",
}
_lock = RLock()


class _Package(ModuleType):
    """PyYAML's package before anybody but us has asked for it."""

    whole = False

    def __getattr__(self, name: str) -> Any:
        with _lock:
            spec = self.__spec__
            if not self.whole and not name.startswith("__") and spec is not None and spec.loader is not None:
                self.whole = True
                spec.loader.exec_module(self)
                _rebind(self)
        if name in self.__dict__:
            return self.__dict__[name]
        raise AttributeError(f"module 'yaml' has no attribute {name!r}")


def _rebind(package: ModuleType) -> None:
    """Give the C parser the real error classes in place of the ones it was loaded with."""
    parser = sys.modules["yaml._yaml"]
    for module, name in _ERRORS.items():
        real = getattr(getattr(package, module, None), name, None)
        if real is not None and hasattr(parser, name):
            setattr(parser, name, real)


def _load_alone() -> None:
    """Load ``yaml._yaml`` and the four small modules it needs, and nothing else of PyYAML."""
    # importlib.util, which asks the same, takes 1 ms
    spec = next(filter(None, (finder.find_spec("yaml", None) for finder in sys.meta_path)), None)
    if spec is None or spec.loader is None:
        raise ImportError("PyYAML is missing")
    package = _Package("yaml")
    package.__spec__ = spec
    package.__loader__ = spec.loader
    package.__file__ = spec.origin
    package.__package__ = "yaml"
    package.__path__ = list(spec.submodule_search_locations or [])
    sys.modules["yaml"] = package
    names = []
    try:
        for small in _SMALL:
            __import__(f"yaml.{small}")
        base = sys.modules["yaml.error"].MarkedYAMLError
        for module, name in _ERRORS.items():
            stand_in = ModuleType(f"yaml.{module}")
            error = _reader_error() if module == "reader" else type(name, (base,), {})
            setattr(stand_in, name, error)
            setattr(package, module, stand_in)
            names.append(module)
        __import__("yaml._yaml")
    except BaseException:
        for module in [name for name in sys.modules if name == "yaml" or name.startswith("yaml.")]:
            del sys.modules[module]
        raise
    finally:
        for name in names:
            delattr(package, name)


def _reader_error() -> type[Exception]:
    """Return a class with the attributes of PyYAML's ReaderError, which lives in a costly module."""

    def init(self: Any, *parts: Any) -> None:
        self.name, self.position, self.character, self.encoding, self.reason = parts

    return type("ReaderError", (sys.modules["yaml.error"].YAMLError,), {"__init__": init})


def _parser() -> Callable[[str | bytes], NextEvent]:
    with _lock:
        if "yaml" not in sys.modules:
            try:
                _load_alone()
            except (ImportError, AttributeError, KeyError, TypeError):
                pass  # another PyYAML than we know: all of it is imported below
    try:
        __import__("yaml._yaml")
        parser = sys.modules["yaml._yaml"].CParser
    except ImportError:
        loader = sys.modules["yaml"].BaseLoader
        return lambda text: loader(text).get_event
    return lambda text: parser(text).get_event


_open: Callable[[str | bytes], NextEvent] | None = None


def events(text: str | bytes) -> NextEvent:
    """Return the function that gives the next event of ``text``, None after the last.

    Its errors are PyYAML's; ``translate`` words them.
    """
    global _open  # noqa: PLW0603 - the parser is looked for once, at its first use
    if len(text) > MAX_SIZE:
        raise YamlError("error converting YAML to JSON: yaml: the text is too long")
    if _open is None:
        _open = _parser()
    try:
        return _open(text)
    except UnicodeEncodeError:  # bytes that are no UTF-8: libyaml says what is wrong with them
        return _open(to_bytes(str(text)))


def event_classes() -> Any:
    """Return PyYAML's module of event classes; to be asked for after the first ``events``."""
    return sys.modules["yaml.events"]


def is_yaml_error(error: BaseException) -> bool:
    return isinstance(error, sys.modules["yaml.error"].YAMLError)


def translate(error: BaseException) -> YamlError:
    """Word PyYAML's error as Go's YAML library does."""
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    if mark is None and context_mark is None:
        return YamlError(f"{_PREFIX}yaml: {getattr(error, 'reason', None) or error}")
    problem = str(getattr(error, "problem", None) or "unknown problem parsing YAML content")
    if problem == "exceeded maximum nesting depth":  # libyaml has a bound of its own since PyYAML 6.0.4
        return YamlError(f"{_PREFIX}yaml: exceeded max depth of {MAX_DEPTH}")
    said = 0
    if mark is not None and mark.line:
        said = mark.line + (1 if type(error).__name__ == "ScannerError" else 0)
    elif context_mark is not None and context_mark.line:
        said = context_mark.line
    where = f"line {said}: " if said else ""
    place = mark or context_mark
    line, column = (place.line + 1, place.column + 1) if place else (0, 0)
    return YamlError(f"{_PREFIX}yaml: {where}{problem}", line, column)
