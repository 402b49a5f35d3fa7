from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from helmpy import sprig
from helmpy.gocompat.function import FunctionError
from helmpy.sprig.certificates import Certificate

CALL = {name: function.call for name, function in sprig.functions(3).items()}


@pytest.fixture(scope="module")
def authority() -> Certificate:
    made: Certificate = CALL["genCA"]("root of tests", 30)
    return made


def _read(made: Certificate) -> x509.Certificate:
    found = x509.load_pem_x509_certificate(made.get("Cert").encode())
    key: Any = load_pem_private_key(made.get("Key").encode(), None)
    assert key.public_key() == found.public_key()
    return found


def test_an_authority(authority: Certificate) -> None:
    cert = _read(authority)
    assert cert.subject.rfc4514_string() == "CN=root of tests"
    assert cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert cert.not_valid_after_utc - cert.not_valid_before_utc == timedelta(days=30)
    assert str(authority) == f"{{{authority.cert} {authority.key}}}"
    with pytest.raises(KeyError):
        authority.get("cert")
    assert authority.method("get") is None


def test_a_signed_certificate(authority: Certificate) -> None:
    cert = _read(CALL["genSignedCert"]("web", ["10.1.2.3", "::1"], ["web.test", "*.test"], 5, authority))
    cert.verify_directly_issued_by(_read(authority))
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["web.test", "*.test"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["10.1.2.3", "::1"]
    assert not cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_given_keys(kind: str, authority: Certificate) -> None:
    key = CALL["genPrivateKey"](kind)
    own = CALL["genSelfSignedCertWithKey"]("", None, [], 1, key)
    assert own.key == key
    assert _read(own).subject == x509.Name([])
    _read(CALL["genSignedCertWithKey"]("web", None, None, 1, authority, key)).verify_directly_issued_by(
        _read(authority)
    )
    _read(CALL["genCAWithKey"]("ca", 1, key))


def test_a_certificate_of_ones_own(authority: Certificate) -> None:
    built = CALL["buildCustomCert"](CALL["b64enc"](authority.cert), CALL["b64enc"](authority.key))
    assert (built.cert, built.key) == (authority.cert, authority.key)


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("buildCustomCert", ("!", ""), "unable to decode base64 certificate"),
        ("buildCustomCert", ("", "!"), "unable to decode base64 private key"),
        ("buildCustomCert", ("eA==", "eA=="), "unable to decode certificate"),
        ("genCAWithKey", ("x", 1, "no key"), "parsing private key: no PEM data in input"),
        ("genSelfSignedCert", ("x", [1], None, 1), "error parsing ip: 1 is not a string"),
        ("genSelfSignedCert", ("x", ["1.2.3"], None, 1), "error parsing ip: 1.2.3"),
        ("genSelfSignedCert", ("x", None, [1], 1), "error processing alternate dns name: 1 is not a string"),
        ("genSignedCert", ("x", None, None, 1, Certificate("", "")), "unable to decode certificate"),
    ],
)
def test_refusals(name: str, args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(FunctionError) as caught:
        CALL[name](*args)
    assert str(caught.value) == message


def test_a_lifetime_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(FunctionError, match="error creating certificate: "):
        CALL["genCAWithKey"]("x", -1, CALL["genPrivateKey"]("ecdsa"))
