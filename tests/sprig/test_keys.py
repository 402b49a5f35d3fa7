from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from helmpy.gocompat.function import FunctionError
from helmpy.sprig.keys import gen_private_key, gen_private_key_v2, read_pem, to_pem


@pytest.mark.parametrize(
    ("kind", "label"),
    [("rsa", "RSA PRIVATE KEY"), ("dsa", "DSA PRIVATE KEY"), ("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY")],
)
def test_keys_go_both_ways(kind: str, label: str) -> None:
    text = gen_private_key(kind)
    assert text.startswith(f"-----BEGIN {label}-----\n")
    assert to_pem(read_pem("text before\n" + text)) == text


def test_unknown_kinds_are_answered() -> None:
    assert gen_private_key("rot13") == "Unknown type rot13"
    assert gen_private_key_v2("ed25519") == "Unknown type ed25519"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no PEM data in input"),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", "no PEM data in input"),
        ("-----BEGIN X-----\nAAAA\n-----END X-----\n", "no private key data in PEM block of type X"),
        ("-----BEGIN X PRIVATE KEY-----\nAAAA\n-----END X PRIVATE KEY-----\n", "invalid private key type X"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
            "parsing RSA private key from PEM: ",
        ),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "decoding PEM as PKCS#8: "),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        read_pem(text)
    assert str(caught.value).startswith(message)


def test_a_key_that_was_changed_is_proven_sound_again() -> None:
    made = gen_private_key("rsa")
    numbers = read_pem(made).private_numbers()
    assert numbers == read_pem("before\n" + made).private_numbers()
    broken = RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=numbers.d + 2,
        dmp1=numbers.dmp1,
        dmq1=numbers.dmq1,
        iqmp=numbers.iqmp,
        public_numbers=numbers.public_numbers,
    ).private_key(unsafe_skip_rsa_key_validation=True)
    text = broken.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    with pytest.raises(FunctionError, match="parsing RSA private key from PEM"):
        read_pem(text)
