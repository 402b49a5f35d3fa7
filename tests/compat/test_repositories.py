"""The same command lines about repositories and dependencies given to Helm 2.17 and to ours: same bytes, same files."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

REAL = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"), "helm2.17")
OURS = Path(sys.executable).with_name("helm")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)"),
]

CHART = "apiVersion: v1\nname: {}\nversion: {}\ndescription: {}\nkeywords: [key, {}]\n"
SETUP = """
init --client-only --skip-repos
package alpha --save=false -d served
package alpha --save=false -d served --version 0.2.0
package alpha --save=false -d served --version 0.3.0-beta.1
package beta --save=false -d served
repo index served --url URL
repo add one URL
"""
LINES = """
repo list
repo list -o json
repo list -o yaml
repo list -o xml
repo add one URL --no-update
repo add
repo add two URL/none
repo add two http://127.0.0.1:1
repo update
repo update one
repo update nope
repo remove
repo remove nope
repo index nodir
repo index
search
search key
search alpha
search -l alpha
search -l --version >=0.1.0-0 alpha
search --version <0.2 alpha
search -v x alpha
search --devel
search nothing
search -r al.ha|x
search -r (
search alpha --col-width 10
search alpha -o json
search alpha -o yaml
search -o json nothing
search -o yaml nothing
search nothing -o xml
inspect chart one/alpha
inspect values one/alpha --version 0.1.0
inspect chart one/nope
inspect chart three/alpha
inspect chart nope
inspect chart --repo URL alpha
inspect chart --repo URL nope
fetch --repo URL alpha --ca-file nope
repo add three URL --ca-file nope
repo add three URL --cert-file nope --key-file nope
inspect chart --repo URL alpha --cert-file work.pem --key-file work.pem
repo add three URL --ca-file work.pem
repo add one URL extra
fetch one/alpha
fetch one/alpha --devel -d work
fetch one/alpha --untar -d work
fetch one/alpha --untar -d work --untardir deep
fetch one/alpha --untar -d work
fetch one/alpha --prov
fetch one/alpha --verify
fetch one/alpha -d nodir/x
fetch one/alpha --version 9
fetch alpha-0.1.0
fetch one/
fetch /one
fetch one/alpha/beta
fetch
verify
verify alpha
verify none.tgz
dependency list app
dependency list alpha
dependency list none
dependency update none
dependency build none
dependency update alpha
dependency build alpha
dependency update app
dependency list app
dependency build app
repo remove one
repo list
repo list -o json
search alpha
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A directory to work in whose ``served`` is served."""
    (tmp_path / "served").mkdir()
    handler = functools.partial(_Quiet, directory=str(tmp_path / "served"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _prepare(directory: Path) -> None:
    for name, about in (
        ("alpha", "A chart"),
        ("beta", "The alpha of a beta, with a description past sixty columns wide"),
    ):
        (directory / name / "templates").mkdir(parents=True)
        (directory / name / "Chart.yaml").write_text(CHART.format(name, "0.1.0", about, name))
        (directory / name / "values.yaml").write_text("a: 1\n")
        (directory / name / "templates" / "a.yaml").write_text("kind: ConfigMap\n")
    (directory / "app").mkdir()
    (directory / "app" / "Chart.yaml").write_text(CHART.format("app", "1.0.0", "An app", "app"))
    (directory / "app" / "requirements.yaml").write_text(
        "dependencies:\n"
        '- {name: alpha, version: ">=0.1.0, <1", repository: "@one", alias: a, condition: x.y, tags: [t], enabled: true}\n'
        '- {name: beta, version: "0.1.0", repository: "file://../beta", import-values: [d, {child: b, parent: "."}]}\n'
    )
    (directory / "work").mkdir()
    (directory / "work.pem").write_text("no certificate\n")


def _run(binary: Path, directory: Path, url: str) -> list[str]:
    """What a client says to all lines in turn, and the files that are there then."""
    _prepare(directory)
    environ = {"HOME": str(directory), "HELM_HOME": str(directory / "home"), "PATH": os.environ["PATH"], "TZ": "UTC"}
    said = []
    for line in (SETUP + LINES).split("\n"):
        if not line:
            continue
        words = [
            str(binary),
            *shlex.split(line.replace("URL", url).replace("|", "\\|").replace("(", "\\(").replace("<", "\\<")),
        ]
        done = subprocess.run(words, cwd=directory, env=environ, capture_output=True, text=True, check=False)
        said.append(f"$ {line}\n{done.stdout}{done.stderr}-> {done.returncode}")
    files = sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file() and path.suffix != ".catalogue"
    )
    assert (directory / "app" / "requirements.lock").exists(), "\n".join(said)
    lock = (directory / "app" / "requirements.lock").read_text()
    index = (directory / "served" / "index.yaml").read_text()
    said += ["\n".join(files), lock, index]
    return [re.sub(r'"?20\d\d-[-\d]+T[:.\d]+Z"?', "TIME", text).replace(str(directory), "DIR") for text in said]


def test_both_say_the_same(site: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    served, url = site
    results = []
    for binary in (REAL, OURS):
        directory = tmp_path_factory.mktemp("user")
        (directory / "served").symlink_to(served / "served")
        for left in (served / "served").iterdir():
            left.unlink()
        results.append(_run(binary, directory, url))
    real, ours = results
    digests = re.compile(r"digest: [0-9a-f]{64}")  # of archives, which hold the time of packaging
    for theirs, mine in zip(real, ours, strict=True):
        assert digests.sub("digest", mine) == digests.sub("digest", theirs)
