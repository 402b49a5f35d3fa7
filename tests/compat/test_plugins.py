"""The same command lines about plugins given to Helm 2.17 and to ours: same bytes, same statuses."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REAL = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"), "helm2.17")
OURS = Path(sys.executable).with_name("helm")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)"),
]

PLUGIN = """\
name: "env"
version: "0.1.0"
usage: "show the environment"
description: "show the environment"
command: "$HELM_PLUGIN_DIR/run.sh a  b"
hooks:
  install: "echo installing $HELM_PLUGIN_NAME"
  update: "echo updating; head -2 $HELM_PLUGIN_DIR/plugin.yaml"
  delete: "echo deleting"
downloaders:
- command: "get.sh"
  protocols: [mine]
"""
RUN = '#!/bin/sh\nenv | grep "^HELM\\|^TILLER" | sort\necho "args: $*"\nexit 7\n'
GET = """\
#!/bin/sh
case $4 in
*/index.yaml) echo 'apiVersion: v1'; echo 'entries: {a: [{name: a, version: 1.0.0, urls: ["mine://h/a-1.0.0.tgz"]}]}';;
*) echo "chart of $4";;
esac
"""
LINES = """
plugin list
plugin install env
plugin install env
plugin list
env x --debug -y --home=HOME --tiller-namespace foo
--debug env -h
env --help
repo add m mine://h
repo update
search a
fetch m/a
fetch mine://h/b.tgz
plugin update nope
plugin remove nope
plugin remove env
plugin list
env
plugin install nodir
plugin install
plugin install a b
plugin remove
plugin update
plugin install file://DIR/env --version 0.1.0
plugin list
plugin update env
plugin list
plugin remove env
plugin install file://DIR/env --version 9
"""


def _git(directory: Path, *words: str) -> None:
    config = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", "-C", str(directory), *config, *words], check=True, capture_output=True)


def _prepare(directory: Path) -> None:
    source = directory / "env"
    source.mkdir()
    for name, text in (("plugin.yaml", PLUGIN), ("run.sh", RUN), ("get.sh", GET)):
        (source / name).write_text(text)
        (source / name).chmod(0o755)
    _git(source, "init", "-q", "-b", "main")
    _git(source, "add", "-A")
    _git(source, "commit", "-qm", "first")
    _git(source, "tag", "0.1.0")
    (source / "plugin.yaml").write_text(PLUGIN.replace("0.1.0", "0.2.0"))
    _git(source, "commit", "-qam", "second")
    _git(source, "tag", "v0.2.0")


def _run(binary: Path, directory: Path) -> list[str]:
    """What a client says to all lines in turn."""
    _prepare(directory)
    home = directory / "home"
    environ = {"HOME": str(directory), "HELM_HOME": str(home), "PATH": os.environ["PATH"]}
    said = []
    for line in ("init --client-only --skip-repos" + LINES).splitlines():
        words = shlex.split(line.replace("HOME", str(home)).replace("DIR", str(directory)))
        done = subprocess.run(
            [str(binary), *words], cwd=directory, env=environ, capture_output=True, text=True, check=False
        )
        text = f"$ {line}\n{done.stdout}{done.stderr}-> {done.returncode}"
        said.append(text.replace(str(directory), "DIR").replace(str(binary), "helm"))
    said += [(directory / name).read_text() for name in ("a-1.0.0.tgz", "b.tgz")]
    return said


def test_both_say_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    real, ours = (_run(binary, tmp_path_factory.mktemp("user")) for binary in (REAL, OURS))
    for theirs, mine in zip(real, ours, strict=True):
        assert mine == theirs
