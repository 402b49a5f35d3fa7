"""Releases through the command line: every answer as a user sees it, over real gRPC."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helmpy.gocompat import yaml
from tests.cli.conftest import Helm, made
from tiller.clock import FakeClock

STATUS = """\
LAST DEPLOYED: Tue Nov 14 22:13:20 2023
NAMESPACE: default
STATUS: DEPLOYED

RESOURCES:
==> v1/ConfigMap
NAME       DATA  AGE
blog-page  2     0s


NOTES:
Say hello to blog.

"""


def test_install(helm: Helm) -> None:
    result = helm("install web --name blog")
    assert (result.status, result.err) == (0, "")
    assert result.out == f"NAME:   blog\n{STATUS}"


def test_install_makes_up_a_name(helm: Helm) -> None:
    result = helm("install ./web")
    assert result.status == 0
    name = result.out.split("\n")[0].removeprefix("NAME:   ")
    assert "-" in name
    assert helm("list -q").out == f"{name}\n"


def test_install_by_a_name_template(helm: Helm) -> None:
    result = helm("install web --name-template '{{ \"Blog\" | lower }}-{{ add 1 2 }}'")
    assert result.out.startswith("FINAL NAME: blog-3\nNAME:   blog-3\n")


def test_install_dry_run(helm: Helm) -> None:
    assert helm("install web -n blog --dry-run").out == "NAME:   blog\n"
    assert helm("list").out == ""


def test_install_dry_run_with_debug_shows_all(helm: Helm) -> None:
    out = helm("install web -n blog --dry-run --debug --set greeting=hi").out
    assert "NAME:   blog\nREVISION: 1\nRELEASED: Tue Nov 14 22:13:20 2023\nCHART: web-0.3.1\n" in out
    assert (
        "USER-SUPPLIED VALUES:\ngreeting: hi\n\nCOMPUTED VALUES:\ncolour:\n  page: white\ngreeting: hi\n\nHOOKS:\n"
        in out
    )
    assert "---\n# blog-before\napiVersion: v1\n" in out
    assert "MANIFEST:\n\n---\n# Source: web/templates/page.yaml\n" in out
    assert '  greeting: "hi"\n' in out


def test_a_dry_run_says_that_it_could_not_check_objects_of_its_own_kinds(helm: Helm, home: Path) -> None:
    (home / "web/templates/crd.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        'metadata: {name: pens.example.org, annotations: {"helm.sh/hook": crd-install}}\n'
        "spec: {group: example.org, scope: Namespaced, names: {plural: pens, kind: Pen}, versions: []}\n"
    )
    result = helm("install web -n blog --dry-run")
    assert (result.status, result.out) == (
        0,
        "NAME:   blog\nWARNING: Validation skipped because CRDs are not installed\n",
    )
    assert helm("install web -n blog --dry-run --no-crd-hook").out == "NAME:   blog\n"


def test_install_json(helm: Helm) -> None:
    status = json.loads(helm("install web -n blog -o json").out)
    assert list(status) == ["name", "info", "namespace"]
    assert list(status["info"]) == ["status", "first_deployed", "last_deployed", "Description"]
    assert status["info"]["status"]["code"] == 1
    assert status["info"]["first_deployed"] == {"seconds": 1_700_000_000}


def test_values_of_every_kind(helm: Helm, home: Path) -> None:
    (home / "one.yaml").write_text("greeting: one\ncolour: {page: red}\n")
    (home / "two.yaml").write_text("greeting: two\n")
    (home / "text").write_text("from a file")
    line = "install web -n blog -f one.yaml,two.yaml --set a=1,b=true --set-string c=2 --set-file d=text --set b=no"
    assert helm(line).status == 0
    assert json.loads(helm("get values blog --output json").out) == {
        "a": 1,
        "b": "no",
        "c": "2",
        "colour": {"page": "red"},
        "d": "from a file",
        "greeting": "two",
    }


def test_upgrade(helm: Helm, clock: FakeClock) -> None:
    helm("install web -n blog")
    clock.advance(60)
    result = helm("upgrade blog web --set greeting=bye")
    assert result.status == 0
    assert result.out == 'Release "blog" has been upgraded.\n' + STATUS.replace("22:13", "22:14").replace(
        "0s", "60s"
    ).replace("hello", "bye")


def test_jobs_are_waited_for_where_that_is_asked(helm: Helm, home: Path) -> None:
    job = (
        'apiVersion: batch/v1\nkind: Job\nmetadata: {name: "{{ .Release.Name }}-{{ .Release.Revision }}"}\n'
        'spec:\n  backoffLimit: 0\n  template:\n    metadata: {annotations: { {{ if .Values.fails }}test/fail: "true"{{ end }} }}\n'
        "    spec: {restartPolicy: Never, containers: [{name: c, image: i}]}\n"
    )
    (home / "web/templates/job.yaml").write_text(job)
    assert helm("install web -n blog --wait --wait-for-jobs --set fails=false").status == 0
    assert helm("upgrade blog web --wait --set fails=true").status == 0
    result = helm("upgrade blog web --wait --wait-for-jobs --set fails=true")
    assert (result.status, result.err) == (1, "Error: UPGRADE FAILED: Job failed: BackoffLimitExceeded\n")
    assert helm("rollback blog 1 --wait --wait-for-jobs").status == 0
    assert helm("rollback blog 2 --wait --wait-for-jobs").err == "Error: Job failed: BackoffLimitExceeded\n"


def test_templates_look_up_hosts_with_leave_only(helm: Helm, home: Path) -> None:
    (home / "web/templates/host.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: host}\n"
        'data: {at: {{ getHostByName "localhost" | replace "::1" "127.0.0.1" | quote }}}\n'
    )
    helm("install web -n blog")
    assert 'data: {at: ""}' in helm("get manifest blog").out
    helm("upgrade blog web --enable-dns")
    assert 'data: {at: "127.0.0.1"}' in helm("get manifest blog").out
    assert 'data: {at: "127.0.0.1"}' in helm("install web -n shop --enable-dns --dry-run --debug").out


def test_upgrade_keeps_or_drops_values(helm: Helm) -> None:
    helm("install web -n blog --set greeting=hi")
    helm("upgrade blog web")
    assert helm("get values blog").out == "greeting: hi\n\n"
    helm("upgrade blog web --reuse-values --set colour.page=red")
    assert helm("get values blog").out == "colour:\n  page: red\ngreeting: hi\n\n"
    helm("upgrade blog web --set colour.page=blue")
    assert helm("get values blog").out == "colour:\n  page: blue\n\n"
    helm("upgrade blog web --reset-values")
    assert helm("get values blog").out == "{}\n\n"


SHOP = {
    "Chart.yaml": "name: shop\nversion: 1.0.0\n",
    "requirements.yaml": 'dependencies: [{name: till, version: "*", condition: till.enabled}]\n',
    "values.yaml": "till: {enabled: false}\nname: shop\n",
    "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n",
    "charts/till/Chart.yaml": "name: till\nversion: 1.0.0\n",
    "charts/till/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: till}\ndata: {a: {{ .Values.a | quote }}}\n",
}


@pytest.mark.parametrize(
    ("flags", "there"),
    [
        ("", True),
        ("--reuse-values", True),
        ("--reuse-values --set till.a=2", True),
        ("--reuse-values --set till.enabled=false", False),
        ("--set till.a=2", False),
        ("--reset-values", False),
        ("--reset-values --reuse-values", False),
    ],
)
def test_a_subchart_that_kept_values_enable_stays(helm: Helm, home: Path, flags: str, *, there: bool) -> None:
    made(home / "shop", SHOP)
    assert helm("install shop -n one --set till.enabled=true").status == 0
    assert helm(f"upgrade one shop {flags}").status == 0
    assert ("till/templates/c.yaml" in helm("get manifest one").out) == there


def test_values_are_kept_of_the_deployed_revision(helm: Helm, home: Path) -> None:
    made(home / "shop", SHOP)
    helm("install shop -n one --set till.enabled=true")
    assert helm("upgrade one shop --set till.enabled=false,name=Bad_Name").status == 1
    assert helm("upgrade one shop --reuse-values").status == 0
    assert "till/templates/c.yaml" in helm("get manifest one").out


def test_values_are_kept_of_a_release_whose_history_is_too_large_for_one_answer(helm: Helm, home: Path) -> None:
    made(home / "shop", {**SHOP, "notes.txt": "a" * 4_000_000})  # six revisions are more than 20 MiB
    helm("install shop -n one --set till.enabled=true")
    for _ in range(5):
        assert helm("upgrade one shop").status == 0
    assert helm("upgrade one shop --set till.enabled=false,name=Bad_Name").status == 1
    result = helm("upgrade one shop --reuse-values")
    assert (result.status, result.err) == (0, "")
    assert "till/templates/c.yaml" in helm("get manifest one").out
    rows = helm("history one").out.splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert [row.split()[0] for row in helm("history one --max 7").out.splitlines()[1:]] == list("2345678")
    assert len(helm("history one --max 2").out.splitlines()) == 3


def test_upgrade_installs_where_there_is_nothing(helm: Helm) -> None:
    result = helm("upgrade blog web --install")
    assert result.out == f'Release "blog" does not exist. Installing it now.\nNAME:   blog\n{STATUS}'
    assert helm("upgrade blog web --install").out.startswith('Release "blog" has been upgraded.\n')


def test_upgrade_of_another_namespace_warns(helm: Helm) -> None:
    helm("install web -n blog --namespace one")
    out = helm("upgrade blog web --install --namespace two").out
    assert out.startswith('WARNING: Namespace "two" doesn\'t match with previous. Release will be deployed to one\n')


def test_json_stays_json(helm: Helm) -> None:
    result = helm("upgrade blog web --install -o json")
    assert json.loads(result.out)["name"] == "blog"
    assert result.err == 'Release "blog" does not exist. Installing it now.\n'


def test_atomic_upgrade_goes_back(helm: Helm) -> None:
    helm("install web -n blog")
    result = helm("upgrade blog web --atomic --set greeting=")
    assert result.status == 1
    assert result.out.startswith('UPGRADE FAILED\nError: render error in "web/templates/page.yaml": ')
    assert result.out.endswith("\nROLLING BACKRollback was a success.\n")
    assert result.err.startswith("Error: UPGRADE FAILED: render error in ")
    assert "Rollback to 1" in helm("history blog").out


def with_subchart(home: Path) -> None:
    sub = home / "web/charts/sub"
    sub.mkdir(parents=True)
    (sub / "Chart.yaml").write_text("name: sub\nversion: 1.0.0\n")
    (home / "web/requirements.yaml").write_text(
        "dependencies: [{name: sub, version: 1.0.0, condition: sub.enabled, import-values: [none]}]\n"
    )


def test_what_values_mean_to_subcharts_is_warned_of(helm: Helm, home: Path) -> None:
    with_subchart(home)
    for line in ("install web -n blog", "upgrade blog web", "upgrade blog web --install"):
        told = helm(f"{line} --set sub.enabled=maybe,sub.exports.a.b=c").err.splitlines()
        assert [text.partition(" Warning: ")[2] for text in told] == [
            "Condition path 'sub.enabled' for chart sub returned non-bool value",
            'ImportValues missing table: no table named "exports" (map[global:map[]])',
        ]


def test_an_upgrade_whose_values_do_not_fit_a_subchart_has_failed(helm: Helm, home: Path) -> None:
    helm("install web -n blog")
    with_subchart(home)
    result = helm("upgrade blog web --set sub=off")
    assert (result.status, result.out) == (1, "UPGRADE FAILED\nError: type mismatch on sub: %!t(string=off)\n")
    assert result.err == "Error: UPGRADE FAILED: type mismatch on sub: %!t(string=off)\n"


def test_an_atomic_install_whose_values_do_not_fit_a_subchart_has_failed(helm: Helm, home: Path) -> None:
    with_subchart(home)
    result = helm("install web -n blog --atomic --set sub=off")
    assert result.out == "INSTALL FAILED\nPURGING CHART\nError: type mismatch on sub: %!t(string=off)\n"
    assert (result.status, result.err) == (1, 'Error: release: "blog" not found\n')
    assert helm("install web -n blog --set sub=off").err == "Error: type mismatch on sub: %!t(string=off)\n"


def test_atomic_install_purges(helm: Helm) -> None:
    helm("install web -n blog")
    helm("delete blog")
    result = helm("install web -n blog --atomic --replace --set greeting=")
    assert result.status == 1
    assert result.out.startswith("INSTALL FAILED\nPURGING CHART\nError: render error in ")
    assert result.out.endswith("\nSuccessfully purged a chart!\n")
    assert helm("list --all").out == ""


def test_an_atomic_install_without_a_name_purges_what_it_made(helm: Helm, home: Path) -> None:
    page = home / "web/templates/page.yaml"
    page.write_text(page.read_text().replace("-page", "-Page"))
    result = helm("install web --atomic")
    assert result.status == 1
    assert result.out.startswith("INSTALL FAILED\nPURGING CHART\nError: release ")
    assert result.out.endswith("\nSuccessfully purged a chart!\n")
    assert helm("list --all").out == ""


def test_rollback_and_history(helm: Helm) -> None:
    helm("install web -n blog")
    helm("upgrade blog web --set greeting=bye")
    result = helm("rollback blog 1")
    assert (result.status, result.out) == (0, "Rollback was a success.\n")
    assert helm("history blog").out == (
        "REVISION\tUPDATED                 \tSTATUS    \tCHART    \tAPP VERSION\tDESCRIPTION     \n"
        "1       \tTue Nov 14 22:13:20 2023\tSUPERSEDED\tweb-0.3.1\t7.2        \tInstall complete\n"
        "2       \tTue Nov 14 22:13:20 2023\tSUPERSEDED\tweb-0.3.1\t7.2        \tUpgrade complete\n"
        "3       \tTue Nov 14 22:13:20 2023\tDEPLOYED  \tweb-0.3.1\t7.2        \tRollback to 1   \n"
    )
    assert helm("history blog --max 1 --col-width 9").out == (
        "REVISION\tUPDATED  \tSTATUS  \tCHART    \tAPP VE...\tDESCRI...\n"
        "3       \tTue No...\tDEPLOYED\tweb-0.3.1\t7.2      \tRollba...\n"
    )
    assert json.loads(helm("history blog --max 1 -o json").out) == [
        {
            "revision": 3,
            "updated": "Tue Nov 14 22:13:20 2023",
            "status": "DEPLOYED",
            "chart": "web-0.3.1",
            "appVersion": "7.2",
            "description": "Rollback to 1",
        }
    ]


def test_list(helm: Helm) -> None:
    for name in ("shop", "blog", "wiki"):
        helm(f"install web -n {name}")
    helm("delete wiki")
    head = "NAME\tREVISION\tUPDATED                 \tSTATUS  \tCHART    \tAPP VERSION\tNAMESPACE\n"
    row = "{}\t1       \tTue Nov 14 22:13:20 2023\t{}\tweb-0.3.1\t7.2        \tdefault  \n"
    blog, shop = row.format("blog", "DEPLOYED"), row.format("shop", "DEPLOYED")
    assert helm("list").out == head + blog + shop
    assert helm("ls -r").out == head + shop + blog
    assert helm("list ^s").out == head + shop
    assert helm("list --max 1").out == f"\tnext: shop\n{head}{blog}"
    assert helm("list --max 1 --offset shop").out == head + shop
    assert helm("list --all -q").out == "blog\nshop\nwiki\n"
    assert helm("list --deleted").out == (head + row.format("wiki", "DELETED")).replace("STATUS  ", "STATUS ")
    assert helm("list --namespace other").out == ""
    assert json.loads(helm("list ^b --output json").out) == {
        "Next": "",
        "Releases": [
            {
                "Name": "blog",
                "Revision": 1,
                "Updated": "Tue Nov 14 22:13:20 2023",
                "Status": "DEPLOYED",
                "Chart": "web-0.3.1",
                "AppVersion": "7.2",
                "Namespace": "default",
            }
        ],
    }
    assert yaml.load(helm("list -q --output yaml").out) == ["blog", "shop"]


def test_status(helm: Helm) -> None:
    helm("install web -n blog")
    assert helm("status blog").out == STATUS
    assert yaml.load(helm("status blog -o yaml").out)["info"]["Description"] == "Install complete"


def test_get(helm: Helm) -> None:
    helm("install web -n blog --set greeting=hi")
    assert helm("get values blog --all").out == "colour:\n  page: white\ngreeting: hi\n\n"
    assert helm("get manifest blog").out.startswith("\n---\n# Source: web/templates/page.yaml\napiVersion: v1\n")
    assert helm("get hooks blog").out.startswith("---\n# blog-before\napiVersion: v1\n")
    assert helm("get notes blog").out == "NOTES:\nSay hi to blog.\n\n"
    assert helm("get blog").out.startswith("REVISION: 1\nRELEASED: Tue Nov 14 22:13:20 2023\n")
    line = (
        "get blog --template '{{.Release.Name}} {{.Release.Info.Status.Code}} {{.Release.Chart.Metadata.AppVersion}}'"
    )
    assert helm(line).out == "blog DEPLOYED 7.2"


def test_delete(helm: Helm) -> None:
    helm("install web -n blog")
    helm("install web -n shop")
    assert helm("delete blog --dry-run").out == 'release "blog" deleted\n'
    assert helm("delete blog shop").out == 'release "blog" deleted\nrelease "shop" deleted\n'
    assert helm("delete blog").err == 'Error: the release named "blog" is already deleted\n'
    assert helm("del --purge blog").out == 'release "blog" deleted\n'
    assert helm("list --all -q").out == "shop\n"


def test_delete_says_what_was_kept(helm: Helm, home: Path) -> None:
    page = (home / "web/templates/page.yaml").read_text()
    (home / "web/templates/kept.yaml").write_text(
        page.replace("-page\n", '-kept\n  annotations: {"helm.sh/resource-policy": keep}\n')
    )
    helm("install web -n blog")
    assert helm("delete blog").out == (
        'These resources were kept due to the resource policy:\n[ConfigMap] blog-kept\n\nrelease "blog" deleted\n'
    )


def test_test(helm: Helm) -> None:
    helm("install web -n blog")
    result = helm("test blog")
    assert (result.status, result.out) == (0, "RUNNING: blog-greets\nPASSED: blog-greets\n")
    assert (
        "TEST SUITE:\nLast Started: Tue Nov 14 22:13:20 2023\n"
        "Last Completed: Tue Nov 14 22:13:20 2023\n\n"
        "TEST       \tSTATUS    \tINFO\tSTARTED                 \tCOMPLETED               \n"
        "blog-greets\tSUCCESS   \t    \tTue Nov 14 22:13:20 2023\tTue Nov 14 22:13:20 2023\n"
    ) in helm("status blog").out


def test_a_test_that_fails_counts_and_ends_with_status_1(helm: Helm, home: Path) -> None:
    pod = home / "web/templates/tests/greets.yaml"
    failing = pod.read_text().replace("annotations:", 'annotations:\n    test/fail: "true"')
    pod.write_text(failing + "---\n" + failing.replace("-greets", "-waves"))
    helm("install web -n blog")
    result = helm("test blog")
    again = "run `kubectl logs blog-{} --namespace default` for more info"
    assert result.out == (
        f"RUNNING: blog-greets\nFAILED: blog-greets, {again.format('greets')}\n"
        f"RUNNING: blog-waves\nFAILED: blog-waves, {again.format('waves')}\n"
    )
    assert (result.status, result.err) == (1, "Error: 2 test(s) failed\n")


def test_version(helm: Helm) -> None:
    both = 'Client: &version.Version{SemVer:"v2.17.0", GitCommit:"", GitTreeState:""}\n'
    assert helm("version -c").out == both
    assert helm("version").out == both + both.replace("Client", "Server")
    assert helm("version -s").out == both.replace("Client", "Server")
    assert helm("version --template '{{.Client.SemVer}} {{.Server.SemVer}}'").out == "v2.17.0 v2.17.0"


@pytest.mark.parametrize("name", ["web-0.3.1.tgz"])
def test_install_of_an_archive(helm: Helm, home: Path, name: str) -> None:
    import tarfile

    with tarfile.open(home / name, "w:gz") as archive:
        archive.add(home / "web", "web")
    assert helm(f"install {name} -n blog").out == f"NAME:   blog\n{STATUS}"


def test_a_deprecated_chart_warns(helm: Helm, home: Path) -> None:
    with (home / "web/Chart.yaml").open("a") as file:
        file.write("deprecated: true\n")
    assert helm("install web -n blog").err == "WARNING: This chart is deprecated\n"


def test_a_schema_is_minded_before_tiller_is_asked(helm: Helm, home: Path) -> None:
    schema = '{"required": ["port"], "properties": {"port": {"type": "integer"}}}'
    made(
        home / "strict",
        {
            "Chart.yaml": "apiVersion: v2\nname: strict\nversion: 1.0.0\n",
            "values.schema.json": schema,
            "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: strict}\n",
        },
    )
    refused = helm("install ./strict --name strict")
    assert refused.status == 1
    assert refused.err.startswith("Error: values don't meet the specifications of the schema(s)")
    assert helm("list --all -q").out == ""
    assert helm("install ./strict --name strict --set port=80").status == 0
    assert helm("upgrade strict ./strict").status == 0, "the release has a port"
    assert helm("upgrade strict ./strict --reset-values").status == 1
    assert helm("upgrade strict ./strict --reuse-values").status == 0


def test_get_for_programs(helm: Helm) -> None:
    helm("install web -n blog --set greeting=hi")
    found = json.loads(helm("get blog -o json").out)
    assert (found["name"], found["revision"], found["status"], found["chart"]) == ("blog", 1, "DEPLOYED", "web-0.3.1")
    assert found["values"] == {"greeting": "hi"}
    assert found["computedValues"] == {"greeting": "hi", "colour": {"page": "white"}}
    assert [hook["name"] for hook in found["hooks"]] == ["blog-before", "blog-greets"]
    assert found["notes"] == "Say hi to blog.\n"
    assert yaml.load(helm("get blog -o yaml").out) == found
    assert helm("get blog -o xml").err == "Error: unsupported format xml\n"


def test_versions_for_programs(helm: Helm) -> None:
    one = {"SemVer": "v2.17.0", "GitCommit": "", "GitTreeState": ""}
    assert json.loads(helm("version -c -o json").out) == {"Client": one}
    both = helm("version -o yaml")
    assert yaml.load(both.out)["Server"]["SemVer"] == "v2.17.0"
    failed = helm("version -o json --host 127.0.0.1:1 --tiller-connection-timeout 1")
    assert (failed.status, failed.out) == (1, "")
