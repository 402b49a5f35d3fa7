"""``helm repo``, ``search``, ``fetch``, ``verify`` and charts from repositories, over real HTTP."""

from __future__ import annotations

import functools
import http.server
import io
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pysequoia import CipherSuite, Tsk

from helmpy.cli import repo_update
from helmpy.cli.main import run
from helmpy.errors import HelmError
from helmpy.repo import catalogue, repositories
from helmpy.repo.index import Index
from tests.cli.conftest import user_home
from tests.repo.web import Reply, Web, web

CHART = """\
apiVersion: v1
name: {name}
version: {version}
description: {about}
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture(name="served")
def _served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A directory with charts, and where it is served."""
    directory = tmp_path / "served"
    directory.mkdir()
    handler = functools.partial(_Quiet, directory=str(directory))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield directory, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    home = user_home(tmp_path, monkeypatch)
    assert run(["init", "--client-only", "--skip-repos"]) == 0
    capsys.readouterr()
    return home


def _chart(place: Path, name: str, version: str, about: str = "A chart", *more: str) -> None:
    directory = place / name
    (directory / "templates").mkdir(parents=True, exist_ok=True)
    (directory / "Chart.yaml").write_text(CHART.format(name=name, version=version, about=about))
    (directory / "values.yaml").write_text(f"made: {version}\n")
    (directory / "templates" / "a.yaml").write_text("kind: ConfigMap\n")
    assert run(["package", str(directory), "-d", str(place.parent / "served"), "--save=false", *more]) == 0


@pytest.fixture(name="one")
def _one(home: Path, served: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """A repository ``one`` with versions of alpha and beta, added."""
    del home
    for version in ("0.1.0", "0.2.0", "0.3.0-beta.1"):
        _chart(tmp_path / "src", "alpha", version)
    _chart(tmp_path / "src", "beta", "0.1.0", "The alpha of a beta")
    assert run(["repo", "index", str(served[0])]) == 0
    assert run(["repo", "add", "one", served[1]]) == 0
    capsys.readouterr()
    return served


def _said(capsys: pytest.CaptureFixture[str], line: str, *words: str) -> tuple[int, str, str]:
    status = run([*line.split(), *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_repositories_are_added_listed_and_removed(
    one: tuple[Path, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = one[1]
    assert _said(capsys, "repo list") == (0, f"NAME\tURL{' ' * (len(url) - 3)}\none \t{url}\n", "")
    assert _said(capsys, "repo list -o json") == (0, f'[{{"Name":"one","URL":"{url}"}}]\n', "")
    cached = sorted(path.name for path in (home / "helm/repository/cache").iterdir())
    assert cached == ["one-index.catalogue", "one-index.yaml"]
    assert _said(capsys, f"repo add one {url} --no-update") == (
        1,
        "",
        "Error: repository name (one) already exists, please specify a different name\n",
    )
    assert _said(capsys, "repo remove one") == (0, '"one" has been removed from your repositories\n', "")
    assert list((home / "helm/repository/cache").iterdir()) == []
    assert _said(capsys, "repo rm one") == (1, "", 'Error: no repo named "one" found\n')
    assert _said(capsys, "repo list -o json") == (0, "null\n", "")


@pytest.mark.parametrize(
    "url", ["http://h:x/in", "http://h/in%zz", " http://h/in", "http://h/in\n", "http://[::1", "http://a b/", ":x"]
)
def test_what_is_no_url_is_no_repository(home: Path, capsys: pytest.CaptureFixture[str], url: str) -> None:
    del home
    for line in ("repo add x", "fetch x --repo"):
        assert _said(capsys, line, url) == (1, "", f"Error: invalid chart URL format: {url}\n")


@pytest.mark.parametrize("line", ["repo remove x", "repo list", "repo update"])
def test_a_home_without_repositories(home: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    file = home / "helm/repository/repositories.yaml"
    file.unlink()
    file.parent.joinpath("cache").rename(home / "cache")
    file.parent.joinpath("local").rename(home / "local")
    file.parent.rmdir()
    status, out, err = _said(capsys, line)
    assert (status, out) == (1, "")
    assert err.startswith(f"Error: Couldn't load repositories file ({file}).\n")
    file.mkdir(parents=True)
    assert _said(capsys, line) == (1, "", f"Error: read {file}: is a directory\n")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            "repo add x {url}/none",
            'Looks like "{url}/none" is not a valid chart repository or cannot be reached: Failed',
        ),
        ("repo add x http://127.0.0.1:1", "dial tcp 127.0.0.1:1: connect: connection refused"),
        ("repo add ../x {url}", "repository name '../x' can't be used"),
        ("repo update none", "no repositories found matching the provided name. Verify if the repo exists"),
        ("fetch one/none", 'chart "none" matching version "" not found in one index. (try \'helm repo update\'). no'),
        ("fetch one/alpha --version 9", "No chart version found for alpha-9"),
        ("fetch two/alpha", "repo two not found"),
        ("fetch alpha", "Non-absolute URLs should be in form of repo_name/path_to_chart, got: alpha"),
        ("fetch --repo {url} none", 'chart "none" not found in {url} repository'),
        ("fetch one/alpha --verify", 'Failed to fetch provenance "{url}/alpha-0.2.0.tgz.prov"'),
        ("fetch one/alpha -d none/there", "open none/there/alpha-0.2.0.tgz: no such file or directory"),
        ("inspect one/none", 'failed to download "one/none" (hint: running `helm repo update` may help)'),
        (
            "install one/none --host 127.0.0.1:1",
            'failed to download "one/none" (hint: running `helm repo update` may help)',
        ),
        ("search -r (", "error parsing regexp: missing closing ): `(`"),
        ("search -o xml", "unsupported format xml"),
        ("repo index none", "none/index.yaml: no such file or directory"),
        ("verify none.tgz", "stat none.tgz: no such file or directory"),
    ],
)
def test_one_line_says_what_is_wrong(
    one: tuple[Path, str], capsys: pytest.CaptureFixture[str], words: str, error: str
) -> None:
    status, out, err = _said(capsys, words.format(url=one[1]))
    assert (status, out) == (1, "")
    assert err.startswith("Error: ")
    assert error.format(url=one[1]) in err
    assert err.count("\n") == 1


def test_search(one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    del one
    assert _said(capsys, "search alpha") == (
        0,
        (
            "NAME     \tCHART VERSION\tAPP VERSION\tDESCRIPTION        \n"
            "one/alpha\t0.2.0        \t           \tA chart            \n"
            "one/beta \t0.1.0        \t           \tThe alpha of a beta\n"
        ),
        "",
    )
    assert _said(capsys, "search nothing") == (0, "No results found\n", "")
    assert _said(capsys, "search -o json nothing") == (0, "null\n", "")
    assert "one/alpha\t0.3.0-beta.1" in _said(capsys, "search --devel alpha")[1]


def test_a_lost_index_is_warned_of(one: tuple[Path, str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del one
    (home / "helm/repository/cache/one-index.yaml").unlink()
    told = "WARNING: Repo \"one\" is corrupt or missing. Try 'helm repo update'.\nNo results found\n"
    assert _said(capsys, "search alpha") == (0, told, "")
    assert _said(capsys, "search alpha -o json") == (0, "null\n", told.partition("\n")[0] + "\n")
    status, out, _ = _said(capsys, "repo update")
    assert status == 0
    assert out == (
        "Hang tight while we grab the latest from your chart repositories...\n"
        '...Successfully got an update from the "one" chart repository\nUpdate Complete.\n'
    )
    assert "one/alpha" in _said(capsys, "search alpha")[1]


def test_one_that_fails_does_not_stop_an_update(one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    (one[0] / "index.yaml").write_text("<html>")
    status, out, _ = _said(capsys, "repo update")
    assert status == 0
    assert f'...Unable to get an update from the "one" chart repository ({one[1]}):\n\t' in out
    assert "one/alpha" in _said(capsys, "search alpha")[1]  # what was there before stays
    assert _said(capsys, "repo update --strict")[0] == 1


@pytest.mark.usefixtures("one")
def test_an_interrupted_update_ends_at_once(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        file = home / "helm/repository/repositories.yaml"
        entry = f"- name: silent\n  url: http://127.0.0.1:{silent.getsockname()[1]}\n  cache: silent-index.yaml\n"
        file.write_text(file.read_text() + entry)
        before = sorted(home.rglob("*"))
        words = [sys.executable, "-c", "from helmpy.cli.main import entry; entry()", "repo", "update"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as helm:
            assert helm.stdout is not None
            while b"Successfully got" not in helm.stdout.readline():
                assert helm.poll() is None
            helm.send_signal(signal.SIGINT)
            assert helm.wait(10) == 130
    assert sorted(home.rglob("*")) == before


def test_nobody_writes_after_the_end() -> None:
    writing = repo_update._Writing()
    with writing:
        pass
    writing.end()
    with pytest.raises(HelmError), writing:
        pass


def test_fetch_writes_and_unpacks(
    one: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for words in ("one/alpha", "one/alpha --devel", "--repo {url} beta", "{url}/alpha-0.1.0.tgz", "--untar one/beta"):
        assert _said(capsys, "fetch " + words.format(url=one[1])) == (0, "", ""), words
    found = sorted(path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file())
    assert found == [
        "alpha-0.1.0.tgz", "alpha-0.2.0.tgz", "alpha-0.3.0-beta.1.tgz", "beta-0.1.0.tgz",
        "beta/Chart.yaml", "beta/templates/a.yaml", "beta/values.yaml",
    ]  # fmt: skip
    assert _said(capsys, "fetch --untar one/beta") == (
        1,
        "",
        "Error: Failed to untar: a file or directory with the name beta already exists\n",
    )


def test_an_archive_that_changed_is_refused(one: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    (one[0] / "alpha-0.2.0.tgz").write_bytes(b"something else")
    status, _, err = _said(capsys, "fetch one/alpha")
    assert status == 1
    assert "is not what its repository's index lists: the SHA-256 is" in err


def test_charts_of_repositories_are_inspected(
    one: tuple[Path, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(capsys, "inspect values one/alpha") == (0, "made: 0.2.0\n\n", "")
    assert _said(capsys, "inspect values one/alpha --version <0.2") == (0, "made: 0.1.0\n\n", "")
    assert _said(capsys, f"inspect values --repo {one[1]} beta") == (0, "made: 0.1.0\n\n", "")
    assert (home / "helm/cache/archive/alpha-0.2.0.tgz").is_file()


def test_an_archive_that_is_here_already_is_not_fetched_again(
    one: tuple[Path, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(capsys, "inspect values one/alpha") == (0, "made: 0.2.0\n\n", "")
    (one[0] / "alpha-0.2.0.tgz").rename(one[0] / "away.tgz")
    assert _said(capsys, "inspect values one/alpha") == (0, "made: 0.2.0\n\n", "")
    (home / "helm/cache/archive/alpha-0.2.0.tgz").write_bytes(b"not what the index lists")
    assert _said(capsys, "inspect values one/alpha")[0] == 1
    (one[0] / "away.tgz").rename(one[0] / "alpha-0.2.0.tgz")
    assert _said(capsys, "inspect values one/alpha") == (0, "made: 0.2.0\n\n", "")


def test_index_merges(one: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "more").mkdir()
    (one[0] / "alpha-0.1.0.tgz").rename(tmp_path / "more" / "alpha-0.1.0.tgz")
    line = f"repo index {tmp_path / 'more'} --url http://h/c/ --merge {one[0] / 'index.yaml'}"
    assert _said(capsys, line) == (0, "", "")
    text = (tmp_path / "more" / "index.yaml").read_text()
    assert "    - http://h/c/alpha-0.1.0.tgz\n" in text
    assert "    - alpha-0.2.0.tgz\n" in text
    assert "    - beta-0.1.0.tgz\n" in text


def test_an_index_to_merge_with_need_not_be_there(
    one: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(capsys, f"repo index {one[0]} --merge {tmp_path}/new.yaml") == (0, "", "")
    assert "entries: {}\n" in (tmp_path / "new.yaml").read_text()
    assert _said(capsys, f"repo index {one[0]} --merge {tmp_path}/none/new.yaml") == (0, "", "")
    assert "name: beta\n" in (one[0] / "index.yaml").read_text()


def test_what_lies_higher_up_is_listed_first(
    one: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = (one[0] / "beta-0.1.0.tgz").read_bytes()
    (tmp_path / "more" / "a").mkdir(parents=True)
    for name in ("a/beta.tgz", "beta.tgz"):
        (tmp_path / "more" / name).write_bytes(archive)
    assert _said(capsys, f"repo index {tmp_path}/more --url http://h") == (0, "", "")
    text = (tmp_path / "more" / "index.yaml").read_text()
    assert [line.strip() for line in text.splitlines() if "http:" in line] == [
        "- http://h/beta.tgz",
        "- http://h/a/beta.tgz",
    ]


def test_what_is_no_chart_is_not_indexed(
    one: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "more"
    (place / "dir.tgz").mkdir(parents=True)
    (place / "dead.tgz").symlink_to("/no/such")
    (place / "junk.tgz").write_text("junk")
    (place / "loop.tgz").symlink_to("loop.tgz")  # there, and can't be read
    for name in ("a b+%.tgz", "again.tgz"):
        (place / name).write_bytes((one[0] / "beta-0.1.0.tgz").read_bytes())
    assert _said(capsys, f"repo index {place} --url http://h/c?k=v") == (0, "", "")
    text = (place / "index.yaml").read_text()
    urls = [line.strip() for line in text.splitlines() if "http:" in line]
    assert urls == ["- http://h/c/a%20b+%25.tgz?k=v", "- http://h/c/again.tgz?k=v"]


def test_a_broken_index_to_merge_with(
    one: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.yaml").write_text("entries: {}\n")
    line = f"repo index {one[0]} --merge {tmp_path}/old.yaml"
    assert _said(capsys, line) == (1, "", "Error: Merge failed: no API version specified\n")


def test_signed_charts(
    home: Path,
    served: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del home
    key = Tsk.generate(user_id="Ann <ann@example.org>", cipher_suite=CipherSuite.RSA2k)
    secret, public = tmp_path / "secret.gpg", tmp_path / "public.gpg"
    secret.write_bytes(bytes(key))
    public.write_bytes(bytes(key.extract_certificate()))
    _chart(tmp_path / "src", "alpha", "1.0.0", "A chart", "--sign", "--key", "ann@", "--keyring", str(secret))
    archive = served[0] / "alpha-1.0.0.tgz"
    assert stat.S_IMODE(archive.with_name("alpha-1.0.0.tgz.prov").stat().st_mode) == 0o755  # as Helm 2 leaves it
    capsys.readouterr()
    assert _said(capsys, f"verify {archive} --keyring {public}") == (0, "", "")
    assert run(["repo", "index", str(served[0])]) == 0
    assert run(["repo", "add", "one", served[1]]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path)
    status, out, _ = _said(capsys, f"fetch one/alpha --verify --keyring {public}")
    assert (status, out.startswith("Verification: alpha-1.0.0.tgz sha256:")) == (0, True)
    assert (tmp_path / "alpha-1.0.0.tgz.prov").is_file()
    assert _said(capsys, f"inspect values ./alpha-1.0.0.tgz --verify --keyring {public}")[0] == 0
    (tmp_path / "alpha-1.0.0.tgz").write_bytes(b"\x1f\x8b changed")
    status, _, err = _said(capsys, f"inspect values ./alpha-1.0.0.tgz --verify --keyring {public}")
    assert (status, err.startswith("Error: sha256 sum does not match for alpha-1.0.0.tgz: ")) == (1, True)
    assert _said(capsys, f"package {tmp_path / 'src' / 'alpha'} --sign") == (
        1,
        "",
        "Error: --key is required for signing a package\n",
    )


# --- indexes that are there already

INDEX = "apiVersion: v1\nentries: {alpha: [{name: alpha, version: 1.0.0}]}\n"


@pytest.fixture(name="site")
def _site(home: Path) -> Iterator[Web]:
    del home
    with web() as server:
        server.on("GET /index.yaml", Reply(200, INDEX.encode()))
        yield server


def test_an_index_with_a_tag_is_sent_once(site: Web, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = home / "helm/repository/cache/one-index.yaml"
    site.on("GET /index.yaml", Reply(200, INDEX.encode(), {"ETag": '"first"'}))
    assert run(["repo", "add", "one", site.url]) == 0
    assert run(["repo", "update"]) == 0
    assert catalogue.known_tag(cache, f"{site.url}/index.yaml") == '"first"'
    before = cache.stat().st_mtime_ns
    site.on("GET /index.yaml", Reply(304))
    assert _said(capsys, "repo update")[1].endswith('got an update from the "one" chart repository\nUpdate Complete.\n')
    assert (cache.stat().st_mtime_ns, cache.read_text()) == (before, INDEX)
    assert "one/alpha" in _said(capsys, "search")[1]
    site.on("GET /index.yaml", Reply(200, INDEX.replace("1.0.0", "2.0.0").encode(), {"ETag": '"second"'}))
    assert run(["repo", "update"]) == 0
    assert "2.0.0" in _said(capsys, "search")[1]
    assert catalogue.known_tag(cache, f"{site.url}/index.yaml") == '"second"'
    cache.write_text(INDEX)  # by somebody else
    assert catalogue.known_tag(cache, f"{site.url}/index.yaml") == ""
    assert run(["repo", "update"]) == 0
    assert "2.0.0" in _said(capsys, "search")[1]


def test_an_index_without_a_tag_is_read_once(
    site: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["repo", "add", "one", site.url]) == 0
    assert run(["repo", "update"]) == 0

    def parse(data: bytes) -> Index:
        raise AssertionError(data)

    monkeypatch.setattr("helmpy.repo.index.parse", parse)
    assert run(["repo", "update", "--strict"]) == 0
    assert "one/alpha" in _said(capsys, "search")[1]


def test_an_index_cannot_name_files_of_this_machine(site: Web, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "secret.tgz").write_text("secret")
    url = f"file://{home}/secret.tgz"
    index = f'apiVersion: v1\nentries: {{alpha: [{{name: alpha, version: 1.0.0, urls: ["{url}"]}}]}}\n'
    site.on("GET /index.yaml", Reply(200, index.encode()))
    assert run(["repo", "add", "one", site.url]) == 0
    (home / "work").mkdir()
    for line in ("fetch one/alpha -d work", f"fetch --repo {site.url} alpha -d work"):
        error = f"Error: the index of {site.url} names a file of this machine, {url}: not taken from there\n"
        assert _said(capsys, line)[::2] == (1, error)
    assert list((home / "work").iterdir()) == []


def test_a_password_is_asked_for(
    site: Web, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    assert _said(capsys, f"repo add one {site.url} --username ann") == (
        1,
        "Password:\n",
        "Error: a user's name needs a password: give --password where nobody can be asked\n",
    )
    assert site.asked == []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    prompts: list[str] = []

    def typed(prompt: str, stream: object) -> str:
        del stream
        prompts.append(prompt)
        return "secret"

    monkeypatch.setattr("getpass.getpass", typed)
    assert _said(capsys, f"repo add one {site.url} --username ann")[0] == 0
    assert prompts == ["Password:"]
    assert site.asked[0].authorization == "Basic YW5uOnNlY3JldA=="


def test_repositories_added_at_once_are_all_kept(site: Web, home: Path) -> None:
    code = "import sys\nfrom helmpy.cli.main import run\nsys.exit(run(sys.argv[1:]))"
    running = [
        subprocess.Popen([sys.executable, "-c", code, "repo", "add", f"r{number}", site.url], stdout=subprocess.DEVNULL)
        for number in range(8)
    ]
    assert [one.wait() for one in running] == [0] * 8
    listed = repositories.load(home / "helm/repository/repositories.yaml").entries
    assert sorted(one.name for one in listed) == [f"r{number}" for number in range(8)]


def test_an_index_that_cannot_be_kept(site: Web, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = home / "helm/repository/cache"
    cache.rmdir()
    reason = f"open {cache}/one-index.yaml: no such file or directory"
    words = f'Looks like "{site.url}" is not a valid chart repository or cannot be reached: {reason}'
    assert _said(capsys, f"repo add one {site.url}") == (1, "", f"Error: {words}\n")


def test_who_may_read_passwords_stays(site: Web, home: Path) -> None:
    listed = home / "helm/repository/repositories.yaml"
    listed.chmod(0o600)
    assert run(["repo", "add", "one", site.url, "--username", "ann", "--password", "secret"]) == 0
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert stat.S_IMODE(listed.with_suffix(".lock").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("search alpha", ['Original chart version: ""', "setting version to >0.0.0"]),
        ("search alpha --devel", ['Original chart version: ""', "setting version to >0.0.0-0"]),
        ("search alpha --version 1 --devel", ['Original chart version: "1"']),
        ("fetch one/alpha --devel", ["setting version to >0.0.0-0"]),
        ("fetch one/alpha", []),
        ("inspect chart one/alpha --version 0.2.0", ['Original chart version: "0.2.0"']),
        ("inspect chart one/alpha --devel", ['Original chart version: ""', "setting version to >0.0.0-0"]),
    ],
)
def test_debug_tells_the_version_looked_for(
    one: tuple[Path, str], capsys: pytest.CaptureFixture[str], words: str, told: list[str]
) -> None:
    del one
    status, out, _ = _said(capsys, f"{words} --debug")
    assert status == 0
    said = [line for line in out.splitlines() if line.startswith(("[debug] Original", "[debug] setting"))]
    assert said == [f"[debug] {line}" for line in told]


def test_an_index_to_merge_with_that_is_no_yaml(
    one: tuple[Path, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "old.yaml").write_text("{\n")
    assert _said(capsys, f"repo index {one[0]} --merge {home / 'old.yaml'}") == (
        1,
        "",
        "Error: Merge failed: yaml: line 1: did not find expected node content\n",
    )
