"""The same command lines given to Helm 2.17's client and to ours, each on a Tiller of its own: same bytes.

HELM_ORACLES names the directory of the real client; the place where ours is kept by default is looked at too.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helmpy.cli.main import run
from tests.cli.conftest import Result, serve_frozen, user_home, write_chart

REAL = Path(os.environ.get("HELM_ORACLES", Path.home() / ".cache" / "helm-oracles" / "bin"), "helm2.17")
pytestmark = [
    pytest.mark.compat,
    pytest.mark.skipif(not REAL.exists(), reason="no real Helm 2.17 client here (set HELM_ORACLES)"),
]

SETUP = ("install web -n blog", "install web -n shop --set greeting=hi", "upgrade shop web", "delete shop", "test blog")
LOOKS = """
list
list -q
list --all
list --all -r -d
list --all -c --col-width 6
list --output json
list --output yaml
list -q --output json
list -q --output yaml
list --all --max 1
list --all --max 1 --output json
list --all --offset shop
list ^s
list nosuch
list nosuch --output json
list --deleted
list --pending
list [
list --offset nosuch
list --output nonsense
status blog
status shop
status blog -o json
status blog -o yaml
status shop -o json
status blog -o nonsense
status blog --revision 4
status nosuch
status Bad_name!
history shop
history shop -o json
history shop -o yaml
history shop --max 1
history shop --col-width 8
history nosuch
history shop -o nonsense
get blog
get shop
get shop --revision 1
get shop --revision 8
get nosuch
get values shop
get values shop --all
get values blog
get values blog -a --output json
get values blog --output nonsense
get manifest blog
get hooks blog
get notes blog
get notes nosuch
version
version --short
version -s
version -c
version --template {{.Client.SemVer}}/{{.Server.SemVer}}
""".strip().split("\n")
TEMPLATES = (
    "{{.Release.Name}}/{{.Release.Version}}/{{.Release.Namespace}}",
    "{{.Release.Info.Status.Code}} {{.Release.Info.Description}}",
    "{{.Release.Chart.Metadata.Name}}-{{.Release.Chart.Metadata.Version}} {{.Release.Chart.Metadata.AppVersion}}",
    "{{range .Release.Hooks}}{{.Name}} {{.Kind}} {{.Path}} {{.Weight}};{{end}}",
    "{{.Release.Config.Raw}}{{len .Release.Chart.Templates}}",
    "{{.Release.Info}}{{.Release.Chart.Metadata}}",
    "{{.Release.Info.Status.Code.String}} {{printf `%d %s` .Release.Info.Status.Code .Release.Info.Status.Code}}",
    "{{.Release.Info.Deleted}} {{if .Release.Info.Deleted}}gone{{else}}here{{end}} {{.Release.Info.Status.LastTestSuiteRun}}",
    "{{range .Release.Chart.Files}}{{.TypeUrl}} {{len .Value}}{{printf `%s` .Value}}{{end}}",
    "{{range .Release.Chart.Templates}}{{.Name}} {{.Data}}{{printf `%s` .Data}}{{end}}",
    "{{.Release.Chart}}{{.Release.GetName}}{{.Release.Info.GetStatus.GetCode}}",
    "{{if eq .Release.Info.Status.Code 1}}up{{end}} {{printf `%v %T` .Release.Info.Status.Code .Release.Info.Status.Code}}",
)
CHANGES = """
install web -n new
install web -n new -o json
install web -n new -o yaml
install web -n new --namespace other
install web -n blog
install web -n shop
install web -n shop --replace
install web -n shop --replace --set greeting=again
install web -n new --dry-run
install web -n new --description why
install web -n new --no-hooks
install web --name-template '{{ `BLUE` | lower }}-x'
install web -n new -f mine.yaml --set a=1,b.c={x,y} --set-string d=007
install web -n new --set =
install web -n new --set a
install web -n new -f nosuch.yaml
install ./nosuch
install /no/such
install web -n new --wait --timeout 5
install web -n new --atomic
upgrade blog web
upgrade blog web --set greeting=bye
upgrade blog web --set greeting=bye -o json
upgrade blog web --set greeting=bye -o yaml
upgrade blog web --reuse-values --set colour.page=red
upgrade blog web --reset-values
upgrade blog web --dry-run --set greeting=bye
upgrade blog web --description because
upgrade blog web --install
upgrade blog web --install --namespace other
upgrade new web --install
upgrade new web
upgrade shop web
upgrade shop web --force
upgrade blog ./nosuch
rollback shop 1
rollback shop 0
rollback shop 9
rollback nosuch 1
rollback shop 1 --dry-run
rollback shop 1 --description back
rollback shop -- -1
delete blog
delete blog --purge
delete blog shop
delete shop --purge blog --purge
delete blog --dry-run
delete blog --no-hooks --description gone
delete nosuch
delete nosuch --purge
delete nosuch --dry-run
test blog
test blog --cleanup
test blog --parallel --max 2
test shop
test nosuch
""".strip().split("\n")

Both = Callable[[str], tuple[Result, Result]]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Both]:
    """Give one line to both, each with its own Tiller; the two are alike to the last name and second."""
    home = user_home(tmp_path, monkeypatch)
    write_chart(home / "web")
    (home / "mine.yaml").write_text("greeting: mine\nlist: [1, 2.5, yes, null]\n")

    with serve_frozen() as for_real, serve_frozen() as for_ours:

        def call(line: str) -> tuple[Result, Result]:
            words = shlex.split(line)
            monkeypatch.setenv("HELM_HOST", for_real)
            real = subprocess.run([REAL, *words], capture_output=True, text=True, check=False, timeout=60)
            monkeypatch.setenv("HELM_HOST", for_ours)
            capsys.readouterr()
            status = run(words)
            ours = capsys.readouterr()
            return Result(real.returncode, real.stdout, real.stderr), Result(status, ours.out, ours.err)

        yield call


def same(both: Both, line: str) -> None:
    real, ours = both(line)
    assert ours == real, line


def test_looking(both: Both) -> None:
    for line in (*SETUP, *LOOKS, *(f"get blog --template '{text}'" for text in TEMPLATES)):
        same(both, line)


@pytest.mark.parametrize("line", CHANGES)
def test_changing(both: Both, line: str) -> None:
    for before in SETUP[:4]:
        both(before)
    same(both, line)
    for after in ("list --all", "history blog", "history shop", "get values blog", "status new", "get new"):
        same(both, after)


def test_a_template_error(both: Both) -> None:
    real, ours = both("install web -n new --set greeting=")
    assert real == ours
