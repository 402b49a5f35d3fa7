"""A throw-away OCI registry for tests: Debian's docker-registry, on a port of this machine.

Open, behind names and passwords, behind a token server of the test's own, with and without TLS.
"""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import ipaddress
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PROGRAM = shutil.which("docker-registry")
MISSING = "" if PROGRAM else "no OCI registry: apt-get install docker-registry"
USER, PASSWORD = "ann", "wonderful: a pässword"
LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
SERVICE = "registry.test"


@dataclass(frozen=True)
class Registry:
    """A running one; ``ca_file`` is what it takes to trust it."""

    host: str
    scheme: str
    directory: Path
    ca_file: str = ""

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}"

    def oci(self, path: str) -> str:
        return f"oci://{self.host}/{path}"

    def get(self, path: str, accept: str = "*/*") -> tuple[bytes, str]:
        """What is at a path of an open registry, and its digest."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"Accept": accept})
        with urllib.request.urlopen(request) as answer:
            return answer.read(), answer.headers.get("Docker-Content-Digest", "")

    def put(self, path: str, body: bytes, kind: str) -> None:
        """Put something at a path of an open registry."""
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": kind}, method="PUT")
        with urllib.request.urlopen(request):
            pass

    def blob(self, repository: str, data: bytes) -> str:
        """Put a blob into an open registry; its digest."""
        import hashlib

        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        begin = urllib.request.Request(f"{self.url}/v2/{repository}/blobs/uploads/", b"", method="POST")
        with urllib.request.urlopen(begin) as answer:
            place = answer.headers["Location"]
        self.put(
            f"{place.removeprefix(self.url)}&digest={urllib.parse.quote(digest)}", data, "application/octet-stream"
        )
        return digest


class Authority:
    """A certificate for 127.0.0.1 that signs itself, and its key."""

    def __init__(self, directory: Path) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "registry.test")])
        now = dt.datetime.now(dt.UTC)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.cert_file, self.key_file = directory / "cert.pem", directory / "key.pem"
        self.cert_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.key_file.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def token(self, access: list[dict[str, Any]]) -> str:
        """A token as the registry wants it: JWT, signed, with the certificate in it."""
        der = base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()
        now = int(time.time())
        claims = {"iss": SERVICE, "sub": USER, "aud": SERVICE, "exp": now + 300, "nbf": now - 30, "iat": now}
        head = _packed({"typ": "JWT", "alg": "RS256", "x5c": [der]})
        text = f"{head}.{_packed({**claims, 'jti': 'one', 'access': access})}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _packed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TokenServer(http.server.ThreadingHTTPServer):
    """Gives tokens for what is asked: to write only to who knows the password, to read repositories below public/ to all."""

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Tokens)
        self.authority = authority
        self.asked: list[tuple[str, dict[str, list[str]]]] = []  # Authorization and query


class _Tokens(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, TokenServer)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        login = self.headers.get("Authorization", "")
        self.server.asked.append((login, query))
        if login and login != LOGIN:
            self.send_error(401)
            return
        access = []
        for scope in query.get("scope", []):
            kind, name, actions = scope.split(":")
            allowed = [one for one in actions.split(",") if login or (one == "pull" and name.startswith("public/"))]
            access.append({"type": kind, "name": name, "actions": allowed})
        body = json.dumps({"token": self.server.authority.token(access)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@contextmanager
def running(*, auth: str = "", tls: bool = False, tokens: TokenServer | None = None) -> Iterator[Registry]:
    """A registry that lives as long as the block. ``auth`` is empty, ``htpasswd`` or ``token`` (by ``tokens``)."""
    assert PROGRAM is not None
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helmpy-registry-")))
        port = _free_port()
        config: dict[str, Any] = {
            "version": "0.1",
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(directory / "data")}, "delete": {"enabled": True}},
            "http": {"addr": f"127.0.0.1:{port}"},
        }
        ca_file = ""
        if tls:
            authority = Authority(directory)
            ca_file = str(authority.cert_file)
            config["http"]["tls"] = {"certificate": ca_file, "key": str(authority.key_file)}
        if auth == "htpasswd":
            hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
            (directory / "htpasswd").write_text(f"{USER}:{hashed}\n")
            config["auth"] = {"htpasswd": {"realm": "charts", "path": str(directory / "htpasswd")}}
        if tokens is not None:
            config["auth"] = {
                "token": {
                    "realm": f"http://127.0.0.1:{tokens.server_port}/token",
                    "service": SERVICE,
                    "issuer": SERVICE,
                    "rootcertbundle": str(tokens.authority.cert_file),
                }
            }
        (directory / "config.yml").write_text(json.dumps(config))  # JSON is YAML
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "serve", str(directory / "config.yml")], stdout=log, stderr=log, cwd=directory
            )
        try:
            _wait(process, port, directory)
            yield Registry(f"127.0.0.1:{port}", "https" if tls else "http", directory, ca_file)
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def token_server() -> Iterator[TokenServer]:
    with tempfile.TemporaryDirectory(prefix="helmpy-tokens-") as directory:
        server = TokenServer(Authority(Path(directory)))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
            server.server_close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, directory: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((directory / "log").read_text())
