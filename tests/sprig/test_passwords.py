from __future__ import annotations

import bcrypt
import pytest

from helmpy.sprig import passwords


@pytest.mark.parametrize("text", ["", "secret", "größe", "x" * 100])
def test_bcrypt(text: str) -> None:
    made = passwords.bcrypt(text)
    assert made.startswith("$2a$10$")
    assert bcrypt.checkpw(text.encode()[:72], made.encode())


def test_htpasswd() -> None:
    assert passwords.htpasswd("me", "secret").startswith("me:$2a$10$")
    assert passwords.htpasswd("m:e", "secret") == "invalid username: m:e"


def test_derived_passwords() -> None:
    assert passwords.derive_password(1, "long", "password", "user", "example.com") == "ZedaFaxcZaso9*"
    assert passwords.derive_password(1, "pin", "password", "user", "example.com").isdigit()
    assert passwords.derive_password(1, "huge", "", "", "") == "cannot find password template huge"
