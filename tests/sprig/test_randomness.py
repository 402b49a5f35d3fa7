from __future__ import annotations

import string
import uuid
from base64 import b64decode

import pytest

from helmpy import sprig

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.mark.parametrize(
    ("name", "alphabet"),
    [
        ("randAlphaNum", string.ascii_letters + string.digits),
        ("randAlpha", string.ascii_letters),
        ("randNumeric", string.digits),
        ("randAscii", "".join(map(chr, range(32, 127)))),
    ],
)
def test_texts(name: str, alphabet: str) -> None:
    made = CALL[name](4000)
    assert len(made) == 4000
    assert set(made) == set(alphabet)
    assert CALL[name](0) == CALL[name](-1) == ""


def test_others() -> None:
    assert len(b64decode(CALL["randBytes"](33))) == 33
    assert {CALL["randInt"](3, 5) for _ in range(200)} == {3, 4}
    assert sorted(CALL["shuffle"]("größe")) == sorted("größe")
    assert uuid.UUID(CALL["uuidv4"]()).version == 4
