"""The import of modules whose place is known, without a search.

Python's own machinery looks for every module under five names, and asks more than once how old directory and file
are: 0.3 of 1.4 million instructions that a module of ours costs on the average, and `helm template` loads 75 of them.
Here a name and its package's directory say at once which compiled file to read. It must fit its source, by
the time and size that Python wrote into it; whatever is unusual is left to Python's own machinery.
"""

from __future__ import annotations

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, PathFinder, SourceFileLoader
from _imp import _fix_co_filename  # type: ignore[attr-defined]  # what Python's own loader calls; typeshed leaves it out
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import CodeType, ModuleType

# Packages of sources alone: where a file in C may stand beside one in Python, Python's own search decides.
_PACKAGES = ("helmpy.", "grpc.", "google.protobuf.")
# Where the standard library's own lie, 40 of which gRPC wants.
_STANDARD = os.path.dirname(os.__file__)  # noqa: PTH120 - pathlib takes 5 ms to import
_TAIL = f".{sys.implementation.cache_tag}.pyc"
_BY_TIME = MAGIC_NUMBER + bytes(4)  # how a compiled file begins that says when its source was changed
# Bytes of a compiled file; ours have 42,000 at most. To make room for twice as much takes the system seven times as long.
_LARGEST = 1 << 16
_OPEN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class _Loader(SourceFileLoader):
    """Python's loader, but for a compiled file that fits."""

    compiled = ""
    head = b""

    def get_code(self, fullname: str) -> CodeType | None:
        code = _code(self.compiled, self.head)
        if code is None:
            return super().get_code(fullname)
        _fix_co_filename(code, self.path)  # the sources may have been moved since
        return code


def _code(path: str, head: bytes) -> CodeType | None:
    """What a compiled file holds, None where it is not there, broken, or of another source."""
    try:
        file = os.open(path, _OPEN)
    except OSError:
        return None
    try:
        data = os.read(file, _LARGEST)
        if data[:16] != head or len(data) == _LARGEST:
            return None
        code = loads(memoryview(data)[16:])  # noqa: S302 - what Python compiled and would load itself
    except (OSError, EOFError, ValueError, TypeError):
        return None
    finally:
        os.close(file)
    return code if type(code) is type(_code.__code__) else None


class Importer:
    """A finder for ``sys.meta_path``: of the standard library's modules, and of packages by how their names begin."""

    def __init__(self, packages: tuple[str, ...] = _PACKAGES, *, standard: bool = True) -> None:
        self._packages = packages
        self._standard = sys.stdlib_module_names if standard else frozenset[str]()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec; None where the machinery's own finders have to look."""
        top, _, rest = fullname.partition(".")
        if not (top in self._standard or fullname.startswith(self._packages)):
            return None
        if not rest:
            below = f"{_STANDARD}/{fullname}"
        elif type(path) is list and len(path) == 1:
            below = f"{path[0]}/{rest.rpartition('.')[2]}"
        else:
            return None
        # Where there is both, Python takes the directory. (To ask costs a fifth of an OSError.)
        directory = os.access(f"{below}/__init__.py", os.F_OK)
        place, _, last = (f"{below}/__init__" if directory else below).rpartition("/")
        try:
            known = os.stat(f"{place}/{last}.py")  # noqa: PTH116 - pathlib takes 5 ms to import
        except OSError:
            return None
        loader = _Loader(fullname, f"{place}/{last}.py")
        loader.compiled = f"{place}/__pycache__/{last}{_TAIL}"
        loader.head = b"%b%b%b" % (_BY_TIME, _four(int(known.st_mtime)), _four(known.st_size))
        spec = ModuleSpec(fullname, loader, origin=loader.path)
        spec.has_location = True
        spec.cached = loader.compiled
        if directory:
            spec.submodule_search_locations = [below]
        return spec


def _four(number: int) -> bytes:
    return (number & 0xFFFFFFFF).to_bytes(4, "little")


def install(environ: Mapping[str, str]) -> None:
    """Let imports of this process go this way, where compiled files are where Python puts them by itself.

    It stands right before Python's own search: others' finders come first, and what is built in. With PYTHONPATH
    somebody may mean to replace a module of the standard library, which is searched for then.
    """
    if sys.pycache_prefix is None and not sys.flags.optimize and PathFinder in sys.meta_path:
        at = sys.meta_path.index(PathFinder)
        sys.meta_path.insert(at, Importer(standard=not environ.get("PYTHONPATH")))
