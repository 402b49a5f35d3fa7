"""``helm registry``, ``push`` and charts of registries, with a real registry."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysequoia import CipherSuite, Tsk

from helmpy.cli.main import run
from tests.cli.conftest import Helm, Result, user_home
from tests.registry import LOGIN, MISSING, PASSWORD, USER, Registry, TokenServer, running, token_server

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
CHART = "apiVersion: v1\nname: {}\nversion: {}\ndescription: {}\n"


@pytest.fixture(name="registry", scope="module")
def _registry() -> Iterator[Registry]:
    with running() as registry:
        yield registry


@pytest.fixture(name="closed", scope="module")
def _closed() -> Iterator[Registry]:
    with running(auth="htpasswd") as registry:
        yield registry


@pytest.fixture(name="encrypted", scope="module")
def _encrypted() -> Iterator[Registry]:
    with running(auth="htpasswd", tls=True) as registry:
        yield registry


@pytest.fixture(name="tokens", scope="module")
def _tokens() -> Iterator[TokenServer]:
    with token_server() as server:
        yield server


@pytest.fixture(name="guarded", scope="module")
def _guarded(tokens: TokenServer) -> Iterator[Registry]:
    with running(tokens=tokens) as registry:
        yield registry


@pytest.fixture(name="home", autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DOCKER_CONFIG", "XDG_CONFIG_HOME", "HELM_CONFIG_HOME", "HELM_REGISTRY_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return user_home(tmp_path, monkeypatch)


@pytest.fixture(name="said")
def _said(capsys: pytest.CaptureFixture[str]) -> Helm:
    """Run a command line."""

    def call(line: str) -> Result:
        capsys.readouterr()
        status = run(line.split())
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return call


def _archive(home: Path, name: str, version: str, *more: str) -> Path:
    """A packaged chart whose values tell its version."""
    directory = home / "src" / name
    (directory / "templates").mkdir(parents=True, exist_ok=True)
    (directory / "Chart.yaml").write_text(CHART.format(name, version, f"{name} of old"))
    (directory / "values.yaml").write_text(f"made: {version}\n")
    (directory / "templates" / "a.yaml").write_text("kind: ConfigMap\napiVersion: v1\nmetadata: {name: one}\n")
    assert run(["package", str(directory), "-d", str(home), "--save=false", *more]) == 0
    return home / f"{name}-{version}.tgz"


def _push(home: Path, said: Helm, registry: Registry, place: str, *versions: str) -> None:
    for version in versions:
        done = said(f"push {_archive(home, 'web', version)} {registry.oci(place)}")
        assert done.status == 0, done.err


def _login(monkeypatch: pytest.MonkeyPatch, said: Helm, registry: Registry, *flags: str) -> Result:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    return said(" ".join(["registry login", registry.host, "-u", USER, "--password-stdin", *flags]))


def test_what_is_pushed_is_stored_as_helm_stores_it(home: Path, said: Helm, registry: Registry) -> None:
    archive = _archive(home, "web", "1.2.3+build.7")
    os.utime(archive, (1_700_000_000, 1_700_000_000))
    done = said(f"push {archive} {registry.oci('stored')}")
    body, digest = registry.get("/v2/stored/web/manifests/1.2.3_build.7", "application/vnd.oci.image.manifest.v1+json")
    assert done == Result(0, f"Pushed: {registry.host}/stored/web:1.2.3_build.7\nDigest: {digest}\n", "")
    manifest = json.loads(body)
    assert manifest["schemaVersion"] == 2
    assert manifest["config"]["mediaType"] == "application/vnd.cncf.helm.config.v1+json"
    assert [one["mediaType"] for one in manifest["layers"]] == ["application/vnd.cncf.helm.chart.content.v1.tar+gzip"]
    assert manifest["annotations"] == {
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
        "org.opencontainers.image.description": "web of old",
        "org.opencontainers.image.title": "web",
        "org.opencontainers.image.version": "1.2.3+build.7",
    }
    config, _ = registry.get(f"/v2/stored/web/blobs/{manifest['config']['digest']}")
    assert config == b'{"name":"web","version":"1.2.3+build.7","description":"web of old","apiVersion":"v1"}'
    chart, _ = registry.get(f"/v2/stored/web/blobs/{manifest['layers'][0]['digest']}")
    assert chart == archive.read_bytes()
    assert said(f"push {archive} {registry.oci('stored')} -o json").out == (
        f'{{"Ref":"{registry.host}/stored/web:1.2.3_build.7","Digest":"{digest}"}}\n'
    )


def test_charts_are_fetched_by_version_constraint_tag_and_digest(home: Path, said: Helm, registry: Registry) -> None:
    _push(home, said, registry, "many/deep", "1.0.0", "1.1.0", "1.10.0", "2.0.0-rc.1", "1.10.0+b.1")
    place = registry.oci("many/deep/web")
    for flags, version in (
        ("", "1.10.0+b.1"),
        ("--version ~1.1", "1.1.0"),
        ("--version 1.0.0", "1.0.0"),
        ("--version 1.1", "1.1.0"),
        ("--version 1.10.0+b.1", "1.10.0+b.1"),
        ("--devel", "2.0.0-rc.1"),
    ):
        work = home / "work"
        work.mkdir()
        done = said(f"fetch {place} {flags} -d {work}")
        assert done.status == 0, done.err
        assert done.out.startswith(
            f"Pulled: {registry.host}/many/deep/web:{version.replace('+', '_')}\nDigest: sha256:"
        )
        assert [path.name for path in work.iterdir()] == [f"web-{version}.tgz"]
        assert (work / f"web-{version}.tgz").read_bytes() == (home / f"web-{version}.tgz").read_bytes()
        shutil.rmtree(work)
    digest = said(f"pull {place}:1.0.0 --untar").out.split()[-1]
    assert (home / "web" / "values.yaml").read_text() == "made: 1.0.0\n"
    assert said(f"inspect values {place}@{digest}").out == "made: 1.0.0\n\n"
    assert said(f"inspect values --repo {registry.oci('many/deep')} web --version <1.1").out == "made: 1.0.0\n\n"


def test_charts_of_registries_are_inspected_and_installed(
    helm: Helm, home: Path, said: Helm, registry: Registry
) -> None:
    _push(home, said, registry, "used", "1.0.0", "1.1.0")
    place = registry.oci("used/web")
    assert "version: 1.1.0\n" in said(f"inspect chart {place}").out
    assert said(f"inspect values {place} --version 1.0.0").out == "made: 1.0.0\n\n"
    assert helm(f"install {place} --version ^1.0,<1.1 --name one").status == 0
    assert "web-1.0.0" in helm("list").out
    assert helm(f"upgrade one {place}").status == 0
    assert "web-1.1.0" in helm("list").out


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("fetch {oci}/there/web --version 9.9.9", "{oci}/there/web has no version 9.9.9; there are 1.1.0, 1.0.0"),
        ("fetch {oci}/there/web --version ^3", "{oci}/there/web has no version within ^3; there are 1.1.0, 1.0.0"),
        ("fetch {oci}/none/web", "{host} has no repository none/web"),
        ("fetch {oci}/none/web --version 1.0.0", "{host} has no repository none/web"),
        ("fetch {oci}/Web", "invalid reference '{oci}/Web': 'Web' is no repository"),
        ("fetch {oci}", "no repository follows the host"),
        ("fetch {oci}/there/web:1.0.0 --version 2.0.0", "{oci}/there/web:1.0.0 is not of version 2.0.0"),
        ("fetch {oci}/there/web --version (", "improper constraint"),
        ("fetch {oci}/there/web --verify", 'Failed to fetch provenance "{oci}/there/web:1.1.0.prov"'),
        ("install {oci}/none/web --host 127.0.0.1:1", "{host} has no repository none/web"),
        ("fetch oci://nohost.invalid/web", "dial tcp: lookup nohost.invalid on "),
        ("fetch oci://127.0.0.1:1/web", "dial tcp 127.0.0.1:1: connect: connection refused"),
        (
            "fetch {oci}/there/web --ca-file {ca}",
            "http: server gave HTTP response to HTTPS client (if it has no TLS: --p",
        ),
        ("fetch {oci}/there/image --version 1.0.0", "is no chart: its config is application/vnd.docker.container"),
        ("fetch {oci}/there/list --version 1.0.0", "is no chart, but application/vnd.oci.image.index.v1+json"),
        ("push src/web {oci}", "cannot push directory, must provide chart archive (.tgz)"),
        ("push none.tgz {oci}", "none.tgz: no such file"),
        ("push src/web/Chart.yaml {oci}", "seems to be a YAML file, but I expected a gzipped archive"),
        ("push web-1.0.0.tgz {host}", 'scheme "" not supported: charts are pushed to oci://HOST/REPOSITORY'),
        ("push web-1.0.0.tgz http://{host}", 'scheme "http" not supported'),
        ("push web-1.0.0.tgz {oci}/web:1", "the chart's name and version follow by themselves"),
        ("push web-1.0.0.tgz", "This command needs 2 arguments: packaged chart, repository in a registry"),
        (
            "repo add one {oci}/there",
            "{oci}/there is a registry and has no index: its charts are called {oci}/there/CHART",
        ),
        ("registry login {oci}/x -u a -p b", "a registry is named by host or host:port, without a path"),
        ("registry login", "This command needs 1 argument: host of the registry"),
        ("registry logout", "This command needs 1 argument: host of the registry"),
    ],
)
def test_one_line_says_what_is_wrong(there: dict[str, str], said: Helm, line: str, error: str) -> None:
    done = said(line.format(**there))
    assert (done.status, done.out) == (1, "")
    shown = done.err.removeprefix("WARNING: Using --password via the CLI is insecure. Use --password-stdin.\n")
    assert shown.startswith("Error: ")
    assert error.format(**there) in shown
    assert shown.count("\n") == 1


@pytest.fixture(name="there")
def _there(home: Path, said: Helm, registry: Registry, encrypted: Registry) -> dict[str, str]:
    """Two versions of a chart, and what is no chart; how lines may name them."""
    assert run(["init", "--client-only", "--skip-repos"]) == 0
    _push(home, said, registry, "there", "1.0.0", "1.1.0")
    _foreign(registry)
    return {"oci": f"oci://{registry.host}", "host": registry.host, "ca": encrypted.ca_file}


def _foreign(registry: Registry) -> None:
    """An image, and a list of images."""
    image = "application/vnd.oci.image.manifest.v1+json"
    config = registry.blob("there/image", b"{}")
    described = {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": config, "size": 2}
    body = json.dumps({"schemaVersion": 2, "mediaType": image, "config": described, "layers": []}).encode()
    registry.put("/v2/there/image/manifests/1.0.0", body, image)
    listing = "application/vnd.oci.image.index.v1+json"
    body = json.dumps({"schemaVersion": 2, "mediaType": listing, "manifests": []}).encode()
    registry.blob("there/list", b"{}")
    registry.put("/v2/there/list/manifests/1.0.0", body, listing)


# --- logins


def test_a_login_is_kept_for_its_owner_only(
    home: Path, said: Helm, closed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _archive(home, "web", "1.0.0")
    refused = said(f"push {archive} {closed.oci('mine')}").err
    assert refused == (f"Error: {closed.host}: 401 Unauthorized; log in with 'helm registry login {closed.host}'\n")
    assert _login(monkeypatch, said, closed) == Result(0, "Login Succeeded\n", "")
    kept = home / "helm" / "registry" / "config.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert json.loads(kept.read_text()) == {"auths": {closed.host: {"auth": LOGIN.removeprefix("Basic ")}}}
    assert said(f"push {archive} {closed.oci('mine')}").status == 0
    assert said(f"inspect values {closed.oci('mine/web')}").out == "made: 1.0.0\n\n"
    assert said(f"registry logout {closed.host}") == Result(0, f"Removing login credentials for {closed.host}\n", "")
    assert json.loads(kept.read_text()) == {"auths": {}}
    assert "401 Unauthorized" in said(f"fetch {closed.oci('mine/web')}").err
    assert said(f"registry logout {closed.host}").status == 0


def test_a_wrong_password_is_not_kept(home: Path, said: Helm, closed: Registry) -> None:
    done = said(f"registry login {closed.host} -u {USER} -p wrong")
    assert done.status == 1
    assert done.err.startswith(
        "WARNING: Using --password via the CLI is insecure. Use --password-stdin.\n"
        f"Error: {closed.host}: 401 Unauthorized: authentication required"
    )
    assert not (home / "helm" / "registry").exists()


def test_what_is_not_given_is_asked_for(said: Helm, closed: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []

    def typed(prompt: str) -> str:
        prompts.append(prompt)
        return PASSWORD

    monkeypatch.setattr("getpass.getpass", typed)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{USER}\n"))
    assert said(f"registry login {closed.host}") == Result(0, "Login Succeeded\n", "Username: ")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    assert said(f"registry login {closed.host}").err == (
        f"Username: Error: {closed.host}: 401 Unauthorized: authentication required; "
        "it wants a user's name and password, and takes no identity token\n"
    )
    assert prompts == ["Password: ", "Token: "]
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert said(f"registry login {closed.host}").err == (
        "Username: Error: no password: give --password-stdin where nobody can be asked\n"
    )
    assert said(f"registry login {closed.host} -u ann --password-stdin").err == "Error: password required\n"


def test_a_user_of_the_command_line_counts_before_a_login(
    home: Path, said: Helm, closed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    _login(monkeypatch, said, closed)
    _push(home, said, closed, "both", "1.0.0")
    assert "401 Unauthorized" in said(f"inspect values {closed.oci('both/web')} --username ann --password x").err
    (home / "helm" / "registry" / "config.json").unlink()
    monkeypatch.chdir(home)
    assert run(["fetch", closed.oci("both/web"), "--username", USER, "--password", PASSWORD]) == 0


def test_logins_of_docker_and_of_helm_3_are_used(home: Path, said: Helm, closed: Registry) -> None:
    archive = _archive(home, "web", "1.0.0")
    for place in (".docker/config.json", ".config/helm/registry/config.json"):
        path = home / place
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"auths": {f"http://{closed.host}/v1/": {"auth": LOGIN.removeprefix("Basic ")}}}))
        assert said(f"push {archive} {closed.oci('docker')}").status == 0
        warned = said(f"registry logout {closed.host}").err
        assert warned == f"WARNING: {path} has a login for {closed.host} too, which stays\n"
        path.unlink()
        assert said(f"push {archive} {closed.oci('docker')}").status == 1


def test_credential_helpers_are_asked(
    home: Path, said: Helm, closed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "bin").mkdir()
    helper = home / "bin" / "docker-credential-vault"
    secret = json.dumps({"ServerURL": closed.host, "Username": USER, "Secret": PASSWORD})
    helper.write_text(f"#!/bin/sh\nread host; [ $1 = get ] && [ $host = {closed.host} ] && cat {home}/secret\n")
    helper.chmod(0o755)
    (home / "secret").write_text(secret)
    monkeypatch.setenv("PATH", f"{home / 'bin'}:{os.environ['PATH']}")
    archive = _archive(home, "web", "1.0.0")
    for config in ({"credsStore": "vault"}, {"credHelpers": {closed.host: "vault"}}):
        (home / ".docker").mkdir(exist_ok=True)
        (home / ".docker" / "config.json").write_text(json.dumps(config))
        assert said(f"push {archive} {closed.oci('helped')}").status == 0
    (home / ".docker" / "config.json").write_text('{"credsStore": "missing"}')
    assert "401 Unauthorized" in said(f"push {archive} {closed.oci('helped')}").err


def test_a_broken_file_of_logins_is_named(home: Path, said: Helm, closed: Registry) -> None:
    (home / ".docker").mkdir()
    (home / ".docker" / "config.json").write_text("{")
    done = said(f"fetch {closed.oci('x/web')}")
    assert done.err == f"Error: {home}/.docker/config.json: unexpected end of JSON input\n"


def test_tls(home: Path, said: Helm, encrypted: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = _archive(home, "web", "1.0.0")
    assert _login(monkeypatch, said, encrypted).err.startswith(
        f"Error: {encrypted.host} wants TLS: name its authorities"
    )
    assert _login(monkeypatch, said, encrypted, "--ca-file", encrypted.ca_file).status == 0
    for trust in (f"--ca-file {encrypted.ca_file}", "--insecure-skip-tls-verify"):
        assert said(f"push {archive} {encrypted.oci('safe')} {trust}").status == 0
        assert said(f"inspect values {encrypted.oci('safe/web')} {trust}").out == "made: 1.0.0\n\n"
    assert _login(monkeypatch, said, encrypted, "--insecure").status == 0
    assert "wants TLS" in said(f"fetch {encrypted.oci('safe/web')} --plain-http").err


def test_an_authority_that_nobody_knows(
    home: Path, said: Helm, encrypted: Registry, registry: Registry, tokens: TokenServer
) -> None:
    del home, registry
    foreign = tokens.authority.cert_file
    done = said(f"fetch {encrypted.oci('safe/web')} --ca-file {foreign}")
    assert done.err == (
        f'Error: Get "https://{encrypted.host}/v2/safe/web/tags/list": x509: certificate signed by unknown authority\n'
    )


def test_tokens(
    home: Path, said: Helm, guarded: Registry, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _archive(home, "web", "1.0.0")
    refused = said(f"push {archive} {guarded.oci('public')}").err
    assert refused == (
        f"Error: {guarded.oci('public/web')}: 401 Unauthorized: authentication required; "
        f"log in with 'helm registry login {guarded.host}'\n"
    )
    assert "401" in said(f"registry login {guarded.host} -u {USER} -p wrong").err
    assert _login(monkeypatch, said, guarded).status == 0
    tokens.asked.clear()
    for place in ("public", "private"):
        assert said(f"push {archive} {guarded.oci(place)}").status == 0
    assert [query["scope"] for _, query in tokens.asked] == [
        ["repository:public/web:pull,push"],
        ["repository:private/web:pull,push"],
    ]  # one token for all steps of a push
    assert {login for login, _ in tokens.asked} == {LOGIN}
    assert said(f"inspect values {guarded.oci('private/web')}").out == "made: 1.0.0\n\n"
    said(f"registry logout {guarded.host}")
    tokens.asked.clear()
    assert said(f"inspect values {guarded.oci('public/web')}").out == "made: 1.0.0\n\n"
    assert {login for login, _ in tokens.asked} == {""}  # an anonymous token is enough
    assert "401 Unauthorized" in said(f"inspect values {guarded.oci('private/web')}").err


# --- provenance, dependencies


def test_signatures_travel_with_charts(home: Path, said: Helm, registry: Registry) -> None:
    key = Tsk.generate(user_id="Ann <ann@example.org>", cipher_suite=CipherSuite.RSA2k)
    (home / "secret.gpg").write_bytes(bytes(key))
    (home / "public.gpg").write_bytes(bytes(key.extract_certificate()))
    archive = _archive(home, "web", "1.0.0+b", "--sign", "--key", "ann@", "--keyring", str(home / "secret.gpg"))
    assert said(f"push {archive} {registry.oci('signed')}").status == 0
    (home / "work").mkdir()
    done = said(f"fetch {registry.oci('signed/web')} --verify --keyring {home}/public.gpg -d {home}/work")
    assert (done.status, done.err) == (0, "")
    assert "\nVerification: web-1.0.0+b.tgz sha256:" in done.out
    assert sorted(path.name for path in (home / "work").iterdir()) == ["web-1.0.0+b.tgz", "web-1.0.0+b.tgz.prov"]
    assert said(f"inspect values {registry.oci('signed/web')} --verify --keyring {home}/secret.gpg").status == 0


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_dependencies_come_from_registries(
    home: Path, said: Helm, registry: Registry, monkeypatch: pytest.MonkeyPatch, api: str
) -> None:
    _push(home, said, registry, "needed", "1.0.0", "1.1.0", "2.0.0")
    app = home / "app"
    app.mkdir()
    listed = f'dependencies:\n- {{name: web, version: ^1.0.0, repository: "{registry.oci("needed")}"}}\n'
    (app / "Chart.yaml").write_text(f"apiVersion: {api}\nname: app\nversion: 0.1.0\n" + (listed if api == "v2" else ""))
    if api == "v1":
        (app / "requirements.yaml").write_text(listed)
    done = said("dependency update app")
    assert done == Result(
        0,
        f"Saving 1 charts\nDownloading web from repo {registry.oci('needed')}\nDeleting outdated charts\n",
        "",
    )
    assert [path.name for path in (app / "charts").iterdir()] == ["web-1.1.0.tgz"]
    lock = (app / ("Chart.lock" if api == "v2" else "requirements.lock")).read_text()
    assert f"- name: web\n  repository: {registry.oci('needed')}\n  version: 1.1.0\n" in lock
    assert "\tok" in said("dependency list app").out
    shutil.rmtree(app / "charts")
    assert said("dependency build app").status == 0
    assert [path.name for path in (app / "charts").iterdir()] == ["web-1.1.0.tgz"]
    monkeypatch.chdir(app)
    for path in ("Chart.yaml", "requirements.yaml"):
        if Path(path).exists():
            Path(path).write_text(Path(path).read_text().replace("^1.0.0", "^9.0.0"))
    assert "Can't get a valid version for repositories web" in said("dependency update").err
    assert [path.name for path in (app / "charts").iterdir()] == ["web-1.1.0.tgz"]


# --- beside plugins of Helm 2


def test_a_plugin_called_push_keeps_working(home: Path, said: Helm, registry: Registry) -> None:
    place = home / "helm" / "plugins" / "push"
    place.mkdir(parents=True)
    (place / "plugin.yaml").write_text(f"name: push\nversion: 1.0.0\nusage: u\ndescription: d\ncommand: {place}/run\n")
    (place / "run").write_text(f"#!/bin/sh\necho $* >{home}/told\n")
    (place / "run").chmod(0o755)
    assert said("push web-1.0.0.tgz chartmuseum --force") == Result(0, "", "")
    assert (home / "told").read_text() == "web-1.0.0.tgz chartmuseum --force\n"
    archive = _archive(home, "web", "1.0.0")
    assert said(f"push {archive} {registry.oci('plug')}").out.startswith("Pushed: ")


def test_other_commands_load_nothing_of_this() -> None:
    code = (
        "import sys\nfrom helmpy.cli.main import run\nrun(['fetch', '--help'])\nrun(['inspect', '--help'])\n"
        "sys.exit(bool({'helmpy.repo.oci', 'helmpy.repo.distribution', 'requests', 'ssl'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
