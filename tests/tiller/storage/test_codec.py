"""A record's bytes."""

from __future__ import annotations

import base64
import gzip

import pytest

from helmpy import wire
from helmpy.chart.model import Chart, Config, File, Metadata
from helmpy.release.hooks import Hook, HookEvent
from helmpy.release.model import Info, Release, Status, StatusCode
from helmpy.release.timestamp import Timestamp
from tiller.storage import codec

RELEASE = Release(
    name="web",
    version=3,
    namespace="shop",
    manifest="\n---\n# Source: web/templates/a.yaml\nkind: ConfigMap",
    chart=Chart(metadata=Metadata(name="web", version="1.0.0"), files=(File("notes.bin", b"\x00\xff"),)),
    config=Config(raw="replicas: 2\n"),
    hooks=(Hook(name="job", kind="Job", events=(HookEvent.PRE_INSTALL,), weight=-5),),
    info=Info(status=Status(code=StatusCode.DEPLOYED), last_deployed=Timestamp(5, 7), description="Install complete"),
)


def test_a_release_survives() -> None:
    assert codec.decode(codec.encode(RELEASE)) == RELEASE


def test_the_form_is_base64_of_gzip_of_the_message() -> None:
    text = codec.encode(RELEASE)
    data = base64.b64decode(text, validate=True)
    assert data[:3] == b"\x1f\x8b\x08"
    assert data[4:8] == b"\0\0\0\0"  # no time: equal releases, equal text
    assert gzip.decompress(data) == wire.to_proto(RELEASE).SerializeToString()


def test_old_records_were_not_zipped() -> None:
    plain = base64.b64encode(wire.to_proto(RELEASE).SerializeToString())
    assert codec.decode(plain) == RELEASE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not base64!", "not base64"),
        (base64.b64encode(b"\xff\xff\xff"), "no release"),
        (base64.b64encode(b"\x1f\x8b\x08 nothing zipped"), "cannot be unzipped"),
        (base64.b64encode(gzip.compress(b"a" * 1000, mtime=0)[:-4]), "cut short"),
    ],
)
def test_broken_records_are_named(text: str | bytes, words: str) -> None:
    with pytest.raises(codec.CodecError, match=words):
        codec.decode(text)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MAX_SIZE", 1000)
    with pytest.raises(codec.CodecError, match="larger than 1000 bytes"):
        codec.decode(base64.b64encode(gzip.compress(b"\0" * 100_000, mtime=0)))
