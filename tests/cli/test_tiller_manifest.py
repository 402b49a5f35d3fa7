from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from helmpy.cli import tiller_manifest
from helmpy.cli.main import run
from helmpy.cli.tiller_manifest import Options, TlsFiles
from helmpy.errors import HelmError
from helmpy.gocompat import yaml
from tests.tiller.test_server_tls import CA, SERVER, STRANGER

DEPLOY = Path(__file__).parents[2] / "deploy"
REAL_HELM = Path.home() / ".cache" / "helm-oracles" / "bin" / "helm2.17"


def pod(**options: Any) -> dict[str, Any]:
    found = tiller_manifest.deployment(Options(**options))["spec"]["template"]["spec"]
    assert isinstance(found, dict)
    return found


def test_deploy_is_what_init_writes() -> None:
    first, _, rest = (DEPLOY / "tiller.yaml").read_text(encoding="utf-8").partition("\n")
    assert first.startswith("# ")
    assert rest == tiller_manifest.as_yaml(tiller_manifest.objects(Options(service_account="tiller")))


def test_the_account_of_deploy_is_the_one_that_is_bound() -> None:
    account, *rest = yaml.load_all((DEPLOY / "rbac.yaml").read_text(encoding="utf-8"))
    assert account["metadata"] == {"name": "tiller", "namespace": "kube-system"}
    bindings = [each for each in rest if each["kind"].endswith("Binding")]
    assert [each["metadata"]["name"] for each in bindings] == ["tiller", "tiller-leases"]
    for binding in bindings:
        assert binding["subjects"] == [{"kind": "ServiceAccount", **account["metadata"]}]


@pytest.mark.parametrize(
    ("options", "image", "policy"),
    [
        ({}, "helmpy/tiller:v2.17.0", "IfNotPresent"),
        ({"image": "mine/tiller:1"}, "mine/tiller:1", "IfNotPresent"),
    ],
)
def test_image(options: dict[str, Any], image: str, policy: str) -> None:
    container = pod(**options)["containers"][0]
    assert (container["image"], container["imagePullPolicy"]) == (image, policy)


def test_flags_reach_the_pod() -> None:
    spec = pod(
        service_account="ops", automount_token=False, host_network=True, node_selectors={"disk": "ssd"}, history_max=9
    )
    assert spec["serviceAccountName"] == "ops"
    assert spec["automountServiceAccountToken"] is False
    assert spec["hostNetwork"] is True
    assert spec["nodeSelector"] == {"disk": "ssd"}
    assert {"name": "TILLER_HISTORY_MAX", "value": "9"} in spec["containers"][0]["env"]


@pytest.mark.parametrize(("replicas", "made"), [(0, 1), (-4, 1), (3, 3)])
def test_replicas(replicas: int, made: int) -> None:
    assert tiller_manifest.deployment(Options(replicas=replicas))["spec"]["replicas"] == made


def test_tls() -> None:
    options = Options(tls=TlsFiles(b"key", b"cert", b"ca", verify=True))
    deployment, _, secret = tiller_manifest.objects(options)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "TILLER_TLS_VERIFY", "value": "1"} in container["env"]
    assert container["volumeMounts"] == [{"mountPath": "/etc/certs", "name": "tiller-certs", "readOnly": True}]
    assert secret["data"] == {"tls.key": "a2V5", "tls.crt": "Y2VydA==", "ca.crt": "Y2E="}


def test_overrides() -> None:
    overrides = ("spec.template.spec.tolerations[0].key=gpu,metadata.annotations.team=infra", "spec.replicas=4")
    made = tiller_manifest.deployment(Options(overrides=overrides))
    assert made["spec"]["template"]["spec"]["tolerations"] == [{"key": "gpu"}]
    assert made["metadata"]["annotations"] == {"team": "infra"}
    assert made["spec"]["replicas"] == 4


@pytest.mark.parametrize(
    ("override", "place", "value"),
    [
        ("spec.template.spec.nodeSelector.zone=1", ("spec", "template", "spec", "nodeSelector", "zone"), "1"),
        ("metadata.annotations.a=true", ("metadata", "annotations", "a"), "true"),
        ("spec.template.spec.priority=7", ("spec", "template", "spec", "priority"), 7),
        ("spec.template.spec.affinity.x=7", ("spec", "template", "spec", "affinity", "x"), 7),
    ],
)
def test_overrides_have_the_types_of_their_fields(override: str, place: tuple[str, ...], value: object) -> None:
    found = tiller_manifest.deployment(Options(overrides=(override,)))
    for key in place:
        found = found[key]
    assert found == value


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("metadata=x", "string into Go struct field Deployment.metadata of type v1.ObjectMeta "),
        ("metadata.labels=x", "string into Go struct field ObjectMeta.metadata.labels of type map[string]string "),
        ("spec.replicas=1.5", "string into Go struct field DeploymentSpec.spec.replicas of type int32 "),
        ("spec.replicas=true", "bool into Go struct field DeploymentSpec.spec.replicas of type int32 "),
        (
            "spec.template.spec.containers=x",
            "string into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container ",
        ),
        (
            "spec.template.spec.hostNetwork=1",
            "number into Go struct field PodSpec.spec.template.spec.hostNetwork of type bool ",
        ),
    ],
)
def test_overrides_that_fit_nowhere(override: str, words: str) -> None:
    with pytest.raises(HelmError) as caught:
        tiller_manifest.deployment(Options(overrides=(override,)))
    assert str(caught.value) == (
        "Error unmarshalling Values to Deployment manifest: error unmarshaling JSON: while decoding JSON: "
        f"json: cannot unmarshal {words}"
    )


def test_node_selectors() -> None:
    assert tiller_manifest.node_selectors("a=b,c=d=e") == {"a": "b", "c": "d=e"}
    assert tiller_manifest.node_selectors("") == {}
    with pytest.raises(HelmError, match="invalid nodeSelector label"):
        tiller_manifest.node_selectors("a")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("--tiller-tls", "missing required TLS key file"),
        ("--tiller-tls --tiller-tls-key KEY", "missing required TLS certificate file"),
        ("--tiller-tls --tiller-tls-key KEY --tiller-tls-cert nosuch", "missing required TLS certificate file"),
        ("--tiller-tls-verify --tiller-tls-key KEY --tiller-tls-cert KEY", "missing required TLS CA file"),
    ],
)
def test_missing_files(line: str, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key.pem"
    key.write_text("key")
    assert run(["init", "--dry-run", *line.replace("KEY", str(key)).split()]) == 1
    assert capsys.readouterr().err == f"Error: {error}\n"


@pytest.mark.parametrize(
    ("files", "error"),
    [
        (TlsFiles(SERVER.key_pem, b"sesame"), "the TLS certificate file holds no certificate in PEM form"),
        (TlsFiles(b"", SERVER.pem), "the TLS key file holds no private key in PEM form without a password"),
        (TlsFiles(SERVER.pem, SERVER.pem), "the TLS key file holds no private key in PEM form without a password"),
        (TlsFiles(STRANGER.key_pem, SERVER.pem), "the TLS key is not that of the TLS certificate"),
        (TlsFiles(SERVER.key_pem, SERVER.pem, b"sesame"), "the TLS CA file holds no certificate in PEM form"),
    ],
)
def test_files_that_no_server_can_speak_tls_with(files: TlsFiles, error: str) -> None:
    with pytest.raises(HelmError) as caught:
        files.check()
    assert caught.value.message == error
    TlsFiles(SERVER.key_pem, SERVER.pem, CA.pem).check()


def test_such_files_are_found_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nobody asks for it"))
    file = tmp_path / "file.pem"
    file.write_text("text of a file")
    line = ["--skip-repos", "--tiller-tls", "--tiller-tls-cert", str(file), "--tiller-tls-key", str(file)]
    assert run(["init", "--home", str(tmp_path / "home"), *line]) == 1
    assert capsys.readouterr().err == "Error: the TLS certificate file holds no certificate in PEM form\n"
    assert not (tmp_path / "home").exists()


def test_the_newest_build_is_nobodys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--home", str(tmp_path / "home"), "--canary-image"]) == 1
    assert capsys.readouterr().err.startswith(
        "Error: --canary-image is not possible: nobody builds helmpy/tiller:canary"
    )
    assert not (tmp_path / "home").exists()


@pytest.mark.compat
@pytest.mark.skipif(not REAL_HELM.exists(), reason="no real Helm 2.17 here")
@pytest.mark.parametrize(
    "line",
    [
        "--dry-run --debug",
        "--dry-run",
        "--client-only --dry-run",
        "-o json",
        "-o yaml --service-account ops --net-host --history-max 5 --replicas 2 --node-selectors a=b,c=d",
        "-o yaml --override metadata.annotations.x=y --override spec.replicas=3 --tiller-namespace infra",
        "-o yaml -i some/image:tag --automount-service-account-token=false",
        "-o json -i some/image:tag --replicas 0",
        "-o yaml --tiller-tls --tiller-tls-cert FILE --tiller-tls-key FILE",
        "-o yaml --tiller-tls-verify --tiller-tls-cert FILE --tiller-tls-key FILE --tls-ca-cert FILE",
        "-o yaml --node-selectors nonsense",
        "-o yaml -i a/b:1 --override spec.template.spec.nodeSelector.zone=1,metadata.annotations.a=true",
        "-o yaml --override spec.replicas=true",
        "-o yaml --override spec.template.spec.hostNetwork=1",
        "-o yaml --override spec=x",
        "-o table",
        "one two",
    ],
)
def test_init_prints_what_helm_prints(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file.pem"
    file.write_text("text of a file")
    words = ["init", "--home", str(tmp_path), *line.replace("FILE", str(file)).split()]
    real = subprocess.run([REAL_HELM, *words], capture_output=True, text=True, check=False)
    status = run(words)
    ours = capsys.readouterr()
    assert ours.out.replace("helmpy/tiller", "ghcr.io/helm/tiller") == real.stdout
    assert ours.err == real.stderr
    assert status == real.returncode
