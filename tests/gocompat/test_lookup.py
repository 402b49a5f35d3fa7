"""Hosts without an address, in Go's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmpy.gocompat.lookup import no_such_host


@pytest.mark.parametrize(
    ("listed", "server"),
    [
        ("# nobody\nsearch lan\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n", "192.0.2.1:53"),
        ("nameserver 2001:db8::1\n", "[2001:db8::1]:53"),
        ("nameserver\n\n", "127.0.0.1:53"),
        (None, "127.0.0.1:53"),
    ],
)
def test_the_server_is_named(tmp_path: Path, listed: str | None, server: str) -> None:
    path = tmp_path / "resolv.conf"
    if listed is not None:
        path.write_text(listed)
    assert no_such_host("web.invalid", str(path)) == f"lookup web.invalid on {server}: no such host"


@pytest.mark.parametrize("name", ["a..b", "", "a" * 64, ".".join(["a"] * 130)])
def test_what_is_no_name_is_asked_of_nobody(name: str) -> None:
    assert no_such_host(name) == f"lookup {name}: no such host"
