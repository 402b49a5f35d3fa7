from __future__ import annotations

import base64
import subprocess
import warnings
from pathlib import Path

import pysequoia
import pytest
from pysequoia import CipherSuite, Tsk

from helmpy.chart.model import Metadata
from helmpy.repo import openpgp, provenance
from helmpy.repo.provenance import ProvenanceError, SigningError

ARCHIVE = b"not really an archive"
ABOUT = Metadata(name="web", version="1.2.3", description="A web")
NAME = "web-1.2.3.tgz"


@pytest.fixture(name="keys", scope="module")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with rings of secret and public keys of Ann, Anne and Bob."""
    directory = tmp_path_factory.mktemp("keys")
    made = [
        Tsk.generate(user_id=user, cipher_suite=CipherSuite.RSA2k)
        for user in ("Ann <ann@example.org>", "Anne <anne@example.org>", "Bob <bob@example.org>")
    ]
    (directory / "secret.gpg").write_bytes(b"".join(map(bytes, made)))
    (directory / "public.gpg").write_bytes(b"".join(bytes(one.extract_certificate()) for one in made))
    (directory / "bob.gpg").write_bytes(bytes(made[2].extract_certificate()))
    (directory / "armoured.asc").write_text(str(made[2].extract_certificate()))
    return directory


def _sign(keys: Path, identity: str = "bob@", ring: str = "secret.gpg") -> bytes:
    def nobody(user: str) -> str:
        pytest.fail(f"asked for the passphrase of {user}")

    return provenance.sign(ARCHIVE, NAME, ABOUT, keyring=str(keys / ring), identity=identity, passphrase=nobody)


def test_what_is_signed_is_what_helm_writes(keys: Path) -> None:
    text = _sign(keys).decode()
    assert text.startswith(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\ndescription: A web\nname: web\nversion: 1.2.3\n\n...\n"
        f"files:\n  {NAME}: {provenance.digest(ARCHIVE)}\n-----BEGIN PGP SIGNATURE-----\n"
    )


@pytest.mark.parametrize("ring", ["public.gpg", "bob.gpg", "armoured.asc", "secret.gpg"])
def test_what_we_sign_we_verify(keys: Path, ring: str) -> None:
    found = provenance.verify(ARCHIVE, NAME, _sign(keys), str(keys / ring))
    assert found.signed_by == ("Bob <bob@example.org>",)
    assert str(found).startswith(f"{NAME} sha256:")


@pytest.mark.parametrize(
    ("archive", "name", "words"),
    [
        (b"another", NAME, f"sha256 sum does not match for {NAME}: "),
        (ARCHIVE, "other.tgz", 'provenance does not contain a SHA for a file named "other.tgz"'),
    ],
)
def test_another_archive_is_refused(keys: Path, archive: bytes, name: str, words: str) -> None:
    with pytest.raises(ProvenanceError) as caught:
        provenance.verify(archive, name, _sign(keys), str(keys / "public.gpg"))
    assert caught.value.message.startswith(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(b"A web", b"A cob"), "openpgp: invalid signature: hash tag doesn't match"),
        (lambda _: b"nothing", "failed to decode signature: signature block not found"),
        (lambda text: text[:-60], "failed to decode signature: signature block not found"),
        (lambda text: text.replace(b"SIGNATURE-----\n\n", b"SIGNATURE-----\n\n!!"), "failed to decode signature: "),
        (lambda text: b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" + text, ""),
    ],
)
def test_a_changed_provenance_is_refused(keys: Path, change: object, words: str) -> None:
    assert callable(change)
    with pytest.raises(ProvenanceError) as caught:
        provenance.verify(ARCHIVE, NAME, change(_sign(keys)), str(keys / "public.gpg"))
    assert caught.value.message.startswith(words)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("text", ["- a\n-----\n", "a \t\n b\r\n\n\nc", ""])
def test_a_number_that_is_another(keys: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(provenance, "message", lambda *_: text)
    head, begin, rest = openpgp.canonical(_sign(keys)).partition(openpgp.BEGIN_SIGNATURE)
    packet = bytearray(base64.b64decode(rest.partition(b"-----END")[0]))
    packet[-1] ^= 1
    changed = head + begin + b"\n\n" + base64.encodebytes(packet) + b"-----END PGP SIGNATURE-----\n"
    with pytest.raises(ProvenanceError, match="openpgp: invalid signature: RSA verification failure"):
        provenance.verify(ARCHIVE, NAME, changed, str(keys / "public.gpg"))


@pytest.mark.parametrize("before", [b"mail\n", b" \n \t", b"-----\n"])
def test_what_stands_before_the_message_is_nobodys_word(keys: Path, before: bytes) -> None:
    provenance.verify(ARCHIVE, NAME, before + _sign(keys), str(keys / "public.gpg"))
    with pytest.raises(ProvenanceError, match="signature block not found"):
        provenance.verify(ARCHIVE, NAME, before + b"x" + _sign(keys), str(keys / "public.gpg"))


@pytest.mark.parametrize(
    ("about", "sums", "words"),
    [
        ("name: [", "files: {}", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
        ("maintainers: x", "files: {}", "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string"),
        (
            "name: web",
            "files: 5",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go struct field SumC",
        ),
        (
            "name: web",
            "- x",
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value",
        ),
        ("name: web", "files: {", "error converting YAML to JSON: yaml: line 1: did not find expected node content"),
        ("name: web", f"files: {{{NAME}: 5}}", f'sha256 sum does not match for {NAME}: "5" != "sha256:'),
        ("name: web", "{}", f'provenance does not contain a SHA for a file named "{NAME}"'),
    ],
)
def test_what_was_signed_must_be_readable(
    keys: Path, monkeypatch: pytest.MonkeyPatch, about: str, sums: str, words: str
) -> None:
    monkeypatch.setattr(provenance, "message", lambda *_: f"{about}\n\n...\n{sums}")
    signed = _sign(keys)
    with pytest.raises(ProvenanceError) as caught:
        provenance.verify(ARCHIVE, NAME, signed, str(keys / "public.gpg"))
    assert caught.value.message.startswith(words)


def test_a_stranger_is_no_signer(keys: Path) -> None:
    with pytest.raises(ProvenanceError, match="openpgp: signature made by unknown entity"):
        provenance.verify(ARCHIVE, NAME, _sign(keys, "anne@"), str(keys / "bob.gpg"))


@pytest.mark.parametrize(
    ("identity", "ring", "words"),
    [
        ("nobody", "secret.gpg", "private key not found"),
        ("Ann", "secret.gpg", 'more than one key contain the id "Ann"'),
        ("bob@", "public.gpg", "provided key is not a private key"),
        ("bob@", "none.gpg", "open {dir}/none.gpg: no such file or directory"),
    ],
)
def test_keys_that_cannot_sign(keys: Path, identity: str, ring: str, words: str) -> None:
    with pytest.raises(SigningError) as caught:
        _sign(keys, identity, ring)
    assert caught.value.message == words.format(dir=keys)


@pytest.mark.parametrize(("data", "words"), [(None, "open "), (b"hello", "openpgp: invalid data: ")])
def test_a_ring_that_is_none(keys: Path, tmp_path: Path, data: bytes | None, words: str) -> None:
    ring = tmp_path / "ring"
    if data is not None:
        ring.write_bytes(data)
    with pytest.raises(ProvenanceError) as caught:
        provenance.verify(ARCHIVE, NAME, _sign(keys), str(ring))
    assert caught.value.message.startswith(f"failed to load keyring: {words}")


def _with_wrong_bit_count(clear_signed: bytes) -> bytes:
    """What Go's old library writes: the number as long as the key, whatever its first bits are."""
    text, begin, rest = openpgp.canonical(clear_signed).partition(openpgp.BEGIN_SIGNATURE)
    packet = bytearray(base64.b64decode(rest.partition(b"-----END")[0]))
    hashed = int.from_bytes(packet[10:12], "big")
    start = 14 + hashed + int.from_bytes(packet[12 + hashed : 14 + hashed], "big") + 2
    number = bytes(packet[start + 2 :])
    body = bytes(packet[6:start]) + (2048).to_bytes(2, "big") + number.rjust(256, b"\0")
    whole = bytes([0xC2, 255]) + len(body).to_bytes(4, "big") + body
    return text + begin + b"\n\n" + base64.encodebytes(whole) + b"-----END PGP SIGNATURE-----"


def test_bits_are_counted_anew(keys: Path) -> None:
    for _ in range(40):
        written = _with_wrong_bit_count(_sign(keys))
        certificates = pysequoia.Cert.split_file(str(keys / "bob.gpg"))
        try:
            pysequoia.verify(written, store=lambda _ids, known=certificates: known)
        except RuntimeError:
            break  # one that the library alone refuses
    else:
        pytest.fail("no signature had a short number")
    assert provenance.verify(ARCHIVE, NAME, written, str(keys / "bob.gpg")).file_name == NAME


def test_a_keybox_is_read(keys: Path, tmp_path: Path) -> None:
    key = (keys / "bob.gpg").read_bytes()
    head = (32).to_bytes(4, "big") + b"\1\1\0\2KBXf" + bytes(20)
    size = 20 + len(key)
    blob = (
        size.to_bytes(4, "big") + b"\2\1\0\0" + (20).to_bytes(4, "big") + len(key).to_bytes(4, "big") + bytes(4) + key
    )
    ring = tmp_path / "pubring.kbx"
    ring.write_bytes(head + blob)
    assert provenance.verify(ARCHIVE, NAME, _sign(keys), str(ring)).signed_by == ("Bob <bob@example.org>",)
    ring.write_bytes(head + blob[:-1])
    with pytest.raises(ProvenanceError, match="unexpected EOF"):
        provenance.verify(ARCHIVE, NAME, _sign(keys), str(ring))


@pytest.mark.parametrize(("answer", "works"), [("open sesame", True), ("wrong", False)])
def test_a_locked_key_asks(tmp_path: Path, answer: str, *, works: bool) -> None:
    gpg = ["gpg", "--homedir", str(tmp_path), "--batch", "--pinentry-mode", "loopback", "--passphrase", "open sesame"]
    tmp_path.chmod(0o700)
    try:
        subprocess.run([*gpg, "--quick-gen-key", "Eve <eve@example.org>", "rsa2048"], check=True, capture_output=True)
        ring = subprocess.run([*gpg, "--export-secret-keys"], check=True, capture_output=True).stdout
    except FileNotFoundError:
        pytest.skip("needs gpg, which makes keys with a passphrase")
    finally:
        subprocess.run(["gpgconf", "--homedir", str(tmp_path), "--kill", "all"], check=False, capture_output=True)
    (tmp_path / "ring").write_bytes(ring)
    asked: list[str] = []

    def passphrase(user: str) -> str:
        asked.append(user)
        return answer

    def sign() -> bytes:
        ring = str(tmp_path / "ring")
        return provenance.sign(ARCHIVE, NAME, ABOUT, keyring=ring, identity="eve", passphrase=passphrase)

    if works:
        assert provenance.verify(ARCHIVE, NAME, sign(), str(tmp_path / "ring")).file_name == NAME
    else:
        with pytest.raises(SigningError, match="the passphrase is wrong"):
            sign()
    assert asked == ["Eve <eve@example.org>"]


def test_no_warning_reaches_the_user(keys: Path) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        _sign(keys)
    assert heard == []
