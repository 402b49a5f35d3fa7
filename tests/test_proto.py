"""The generated code under helmpy/hapi is what proto/ gives, and the numbers are Helm 2.17's."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from helmpy.hapi.release import release_pb2
from helmpy.hapi.services import tiller_pb2

ROOT = Path(__file__).parent.parent
PROTO = ROOT / "proto"


def _generate(target: Path) -> None:
    files = sorted(str(p.relative_to(PROTO)) for p in PROTO.rglob("*.proto"))
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"--python_out={target}", f"--pyi_out={target}",
         f"--grpc_python_out={target}", *files],
        check=True,
        cwd=PROTO,
        capture_output=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"},
    )  # fmt: skip


def _shape(module: str) -> FileDescriptorProto:
    """The serialized descriptor inside a generated module: all that matters, whatever wrote it."""
    literal = re.search(r"AddSerializedFile\((b(['\"]).*?\2)\)\n", module, re.DOTALL)
    assert literal is not None
    return FileDescriptorProto.FromString(ast.literal_eval(literal.group(1)))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("generated")
    _generate(target)
    return target


def test_there_are_thirteen_files() -> None:
    assert len(list(PROTO.rglob("*.proto"))) == 13


def test_the_committed_messages_are_what_proto_gives(generated: Path) -> None:
    made = {p.relative_to(generated): p for p in generated.rglob("*_pb2.py")}
    committed = {p.relative_to(ROOT): p for p in (ROOT / "helmpy" / "hapi").rglob("*_pb2.py")}
    assert made.keys() == committed.keys()
    for name, path in made.items():
        assert _shape(path.read_text()) == _shape(committed[name].read_text()), name


# How generators of different versions write the same.
_SPELLINGS = (
    (r"GRPC_GENERATED_VERSION = .*", ""),
    (r"\+ f?' but the generated", "+ ' but the generated"),
    (r"\(object\):", ":"),
    (r"_Optional\[bool\]", "bool"),
)


def _spelled(text: str) -> str:
    for spelling, common in _SPELLINGS:
        text = re.sub(spelling, common, text)
    return text


def test_the_committed_services_and_stubs_are_what_proto_gives(generated: Path) -> None:
    for pattern in ("*_pb2_grpc.py", "*.pyi"):
        for path in (ROOT / "helmpy" / "hapi").rglob(pattern):
            made = generated / path.relative_to(ROOT)
            assert _spelled(path.read_text()) == _spelled(made.read_text()), path.name


def test_what_is_committed_loads_with_the_oldest_packages_that_are_allowed() -> None:
    """Generated code refuses to load with protobuf and grpcio that are older than its generator."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    bounds = dict(line.partition(",")[0].split(">=") for line in asked)
    for path in (ROOT / "helmpy" / "hapi").rglob("*_pb2*.py"):
        text = path.read_text()
        if path.stem.endswith("_grpc"):
            (version,) = re.findall(r"GRPC_GENERATED_VERSION = '(.*)'", text)
            assert version in {bounds["grpcio"], bounds["grpcio"] + ".0"}, path.name
        else:
            (version,) = re.findall(r"# Protobuf Python Version: (.*)", text)
            assert version == bounds["protobuf"], path.name


def test_the_service_has_its_ten_methods() -> None:
    service = tiller_pb2.DESCRIPTOR.services_by_name["ReleaseService"]
    assert service.full_name == "hapi.services.tiller.ReleaseService"
    assert [m.name for m in service.methods] == [
        "ListReleases", "GetReleaseStatus", "GetReleaseContent", "UpdateRelease", "InstallRelease",
        "UninstallRelease", "GetVersion", "RollbackRelease", "GetHistory", "RunReleaseTest",
    ]  # fmt: skip
    assert {m.name for m in service.methods if m.server_streaming} == {"ListReleases", "RunReleaseTest"}


def test_bytes_that_helm_wrote_are_read() -> None:
    """A release as another implementation encodes it, byte for byte."""
    raw = (
        b"\x0a\x03web"  # name
        b"\x12\x0c\x0a\x02\x08\x01\x2a\x06Hello!"  # info{status{code: DEPLOYED}, Description}
        b"\x2a\x05a: 1\n"  # manifest
        b"\x38\x02"  # version
        b"\x42\x04prod"  # namespace
    )
    release = release_pb2.Release.FromString(raw)
    assert (release.name, release.version, release.namespace, release.manifest) == ("web", 2, "prod", "a: 1\n")
    assert (release.info.status.code, release.info.Description) == (1, "Hello!")
    assert release.SerializeToString() == raw
