from __future__ import annotations

import pytest

from helmpy.gocompat.function import FunctionError
from helmpy.sprig.ciphers import decrypt_aes, encrypt_aes


@pytest.mark.parametrize("text", ["", "a", "größe", "x" * 16, "y" * 1000])
@pytest.mark.parametrize("password", ["", "short", "p" * 50])
def test_both_ways(password: str, text: str) -> None:
    assert decrypt_aes(password, encrypt_aes(password, text)) == text


def test_the_same_text_never_looks_the_same() -> None:
    assert encrypt_aes("p", "text") != encrypt_aes("p", "text")


@pytest.mark.parametrize(
    ("sealed", "message"),
    [
        ("*", "illegal base64 data at input byte 0"),
        ("YWJj", "runtime error: slice bounds out of range [:16] with capacity 3"),
        ("A" * 24, "crypto/cipher: input not full blocks"),
        ("A" * 22 + "==", "runtime error: index out of range [-1]"),
    ],
)
def test_refusals(sealed: str, message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        decrypt_aes("p", sealed)
    assert str(caught.value) == message
