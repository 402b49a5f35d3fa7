"""Modules found without a search are those that Python would find, from the same files, with the same attributes."""

from __future__ import annotations

import json
import marshal
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType

import pytest

from helmpy.cli.importer import Importer

ROOT = Path(__file__).parent.parent.parent
TELL = """
import json, sys
kept = ("__file__", "__cached__", "__package__", "__path__", "__name__", "__doc__")
def told(module):
    spec = module.__spec__
    named = {name: str(getattr(module, name, None)) for name in kept}
    return {**named, "spec": [spec.name, spec.origin, spec.cached, spec.parent, spec.has_location,
                              spec.submodule_search_locations and list(spec.submodule_search_locations)]}
before = __FRESH__
print(json.dumps({name: told(module) for name, module in sys.modules.items()
                  if name not in before and getattr(getattr(module, "__spec__", None), "has_location", False)}))
print(sum(type(module.__loader__).__module__ == "helmpy.cli.importer" for module in list(sys.modules.values())
          if hasattr(module, "__loader__")))
"""
LOAD = "import helmpy.cli.template, helmpy.client, helmpy.kubeapi, helmpy.cli.docs\n"


def _told(before: str) -> tuple[dict[str, object], int]:
    code = "import sys; fresh = {*sys.modules}\n" + before + LOAD + TELL.replace("__FRESH__", "fresh")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules, count = done.stdout.splitlines()
    return json.loads(modules), int(count)


def test_what_is_loaded_is_what_python_loads() -> None:
    _told("")  # compiles what was not
    theirs, none = _told("from helmpy.cli import importer\n")
    ours, most = _told("from helmpy.cli import importer; importer.install({})\n")
    assert ours == theirs
    assert none == 0
    assert most > 0.7 * len(ours)  # all but what is written in C, what came before, and strangers


def test_the_console_script_imports_that_way() -> None:
    code = (
        "import sys\n"
        "from helmpy.cli.start import entry\n"
        "import helmpy.cli.main as main\n"
        "sys.modules['helmpy.cli.main'].entry = lambda: None\n"
        "entry()\n"
        "import helmpy.cli.template as template\n"
        "print(type(template.__loader__).__module__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "helmpy.cli.importer\n"


@pytest.mark.parametrize("way", [["-O"], ["-X", "pycache_prefix=CACHE"]], ids=["optimized", "prefix"])
def test_compiled_files_of_another_place_are_left_to_python(way: list[str], tmp_path: Path) -> None:
    code = "import sys; from helmpy.cli import importer; importer.install({}); print(len(sys.meta_path))"
    words = [sys.executable, *(word.replace("CACHE", str(tmp_path)) for word in way), "-c", code]
    usual = subprocess.run(
        [sys.executable, "-c", "import sys; print(len(sys.meta_path))"], capture_output=True, check=True
    )
    assert subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout == usual.stdout


# --- a package of its own ------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of modules ``quick_pack.*`` that the importer is asked for."""
    place = tmp_path / "quick_pack"
    place.mkdir()
    (place / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [Importer(("quick_pack.",)), *sys.meta_path])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield place
    for name in [name for name in sys.modules if name.split(".")[0] == "quick_pack"]:
        del sys.modules[name]


def _value(name: str) -> object:
    sys.modules.pop(name, None)
    __import__(name)
    return sys.modules[name].VALUE


def _write(file: Path, value: object, *, at: int = 1_000_000_000) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"VALUE = {value!r}\n", encoding="utf-8")
    os.utime(file, (at, at))


def test_compiles_what_is_not_compiled_and_takes_that_the_next_time(package: Path) -> None:
    _write(package / "one.py", "first")
    assert _value("quick_pack.one") == "first"
    assert list((package / "__pycache__").glob("one.*.pyc"))
    _write(package / "one.py", "other")  # of the same size and time: only who takes the compiled file misses it
    assert _value("quick_pack.one") == "first"


def test_a_compiled_file_that_fits_is_read_without_python_s_loader(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(package / "one.py", "first")
    _value("quick_pack.one")
    monkeypatch.setattr(SourceFileLoader, "get_code", lambda _loader, name: pytest.fail(f"{name} was searched for"))
    assert _value("quick_pack.one") == "first"


@pytest.mark.parametrize(("value", "at"), [("other", 1_000_000_001), ("longer", 1_000_000_000)], ids=["time", "size"])
def test_a_source_that_changed_is_read_anew(package: Path, value: str, at: int) -> None:
    _write(package / "one.py", "first")
    assert _value("quick_pack.one") == "first"
    _write(package / "one.py", value, at=at)
    assert _value("quick_pack.one") == value


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _of_another_python(data: bytes) -> bytes:
    return b"\0\0" + data[2:]


def _garbage(data: bytes) -> bytes:
    return data[:16] + b"\xff" * 40


def _a_number(data: bytes) -> bytes:
    return data[:16] + marshal.dumps(7)


@pytest.mark.parametrize("damage", [_cut, _of_another_python, _garbage, _a_number, bytes.upper, lambda _data: b""])
def test_a_compiled_file_that_is_broken_is_python_s_to_judge(package: Path, damage: object) -> None:
    assert callable(damage)
    _write(package / "one.py", "first")
    _value("quick_pack.one")
    (compiled,) = (package / "__pycache__").glob("one.*.pyc")
    compiled.write_bytes(damage(compiled.read_bytes()))
    ours = _outcome()
    compiled.write_bytes(damage(compiled.read_bytes()))
    sys.meta_path.pop(0)
    assert ours == _outcome()


def _outcome() -> object:
    try:
        return _value("quick_pack.one")
    except (ImportError, EOFError, ValueError) as error:
        return type(error)


def test_files_compiled_by_a_hash_of_their_source_are_left_to_python(package: Path) -> None:
    _write(package / "one.py", "first")
    py_compile.compile(str(package / "one.py"), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    _write(package / "one.py", "other")
    assert _value("quick_pack.one") == "other"


def test_a_directory_comes_before_a_file_of_its_name(package: Path) -> None:
    _write(package / "both.py", "file")
    _write(package / "both" / "__init__.py", "directory")
    _write(package / "both" / "inner.py", "inner")
    assert _value("quick_pack.both") == "directory"
    assert _value("quick_pack.both.inner") == "inner"


def test_a_directory_without_an_init_is_a_namespace(package: Path) -> None:
    _write(package / "space" / "inner.py", "inner")
    assert _value("quick_pack.space.inner") == "inner"


def test_what_is_not_there_is_missed_as_usual(package: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'quick_pack\.none'$"):
        __import__("quick_pack.none")
    (package / "bad.py").write_text("VALUE = (\n", encoding="utf-8")
    with pytest.raises(SyntaxError):
        __import__("quick_pack.bad")


def test_sources_that_were_moved_are_named_where_they_are(package: Path, tmp_path: Path) -> None:
    (package / "one.py").write_text("def tell():\n    pass\nVALUE = tell\n", encoding="utf-8")
    _value("quick_pack.one")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copytree(package, moved / "quick_pack", copy_function=shutil.copy2)
    sys.path[0] = str(moved)
    del sys.modules["quick_pack"]
    tell = _value("quick_pack.one")
    assert isinstance(tell, FunctionType)
    assert tell.__code__.co_filename == str(moved / "quick_pack" / "one.py")


FINDERS = """
import sys
class Other:
    seen = []
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        cls.seen.append(name)
sys.meta_path.insert(0, Other)
from helmpy.cli import importer
importer.install(ENVIRON)
import sched, helmpy.errors
print("sched" in Other.seen, "helmpy.errors" in Other.seen, type(sched.__loader__).__name__, sched.__file__)
"""


@pytest.mark.parametrize("environ", ["{}", "{'PYTHONPATH': sys.path[0]}"], ids=["usual", "PYTHONPATH"])
def test_finders_of_others_come_first_and_pythonpath_replaces(environ: str, tmp_path: Path) -> None:
    (tmp_path / "sched.py").write_text("", encoding="utf-8")
    code = f"import sys; sys.path[:1] = [{str(tmp_path)!r}, {str(ROOT)!r}]" + FINDERS.replace("ENVIRON", environ)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second, loader, file = done.stdout.split()
    assert (first, second) == ("True", "True")
    replaced = file == str(tmp_path / "sched.py")
    assert (replaced, loader) == ((True, "SourceFileLoader") if environ != "{}" else (False, "_Loader"))


def test_other_packages_are_none_of_its_business() -> None:
    importer = Importer(("quick_pack.",))
    assert importer.find_spec("yaml.nodes", ["/nowhere"]) is None
    assert importer.find_spec("yaml", None) is None
    assert importer.find_spec("quick_pack", None) is None
    assert importer.find_spec("quick_pack.one", ["a", "b"]) is None
