"""The example charts do what their READMEs say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helmpy import lint
from helmpy.chart import loader, requirements, strvals
from helmpy.chart.capabilities import Capabilities, KubeVersion, default_api_versions
from helmpy.engine import ReleaseOptions, render
from helmpy.gocompat import yaml
from helmpy.lint import Severity
from helmpy.release.hooks import HookEvent
from helmpy.release.manifest import split

CHARTS = Path(__file__).parents[2] / "charts"
NAMES = ["web", "web-jinja", "shop"]
NEW_API = "networking.k8s.io/v1/Ingress"


def rendered(chart: str, set_: str = "", *more_api_versions: str) -> dict[str, str]:
    values = strvals.parse(set_)
    settled = requirements.process(loader.load(CHARTS / chart), values)
    capabilities = Capabilities(KubeVersion(), (*default_api_versions(2), *more_api_versions))
    return render(settled, values, ReleaseOptions("hello", "ns"), capabilities)


def objects(chart: str, set_: str = "", *more_api_versions: str) -> dict[str, Any]:
    """Everything rendered, by kind and name, hooks too."""
    parts = split(rendered(chart, set_, *more_api_versions))
    texts = [manifest.content for manifest in parts.manifests] + [hook.manifest for hook in parts.hooks]
    found = [yaml.load(text, ints=True) for text in texts]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_complain_about(name: str) -> None:
    assert [message for message in lint.run(CHARTS / name) if message.severity > Severity.INFO] == []


@pytest.mark.parametrize("name", ["web", "web-jinja"])
def test_the_shop_has_copies(name: str) -> None:
    def content(root: Path) -> dict[str, bytes]:
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    assert content(CHARTS / "shop" / "charts" / name) == content(CHARTS / name)


def alike(found: dict[str, Any]) -> dict[str, Any]:
    """Objects of either chart under the names of ``web``, without the checksum, which is of the text."""
    for one in found.values():
        if one["kind"] == "Deployment":
            del one["spec"]["template"]["metadata"]["annotations"]
    renamed: dict[str, Any] = yaml.load(yaml.dump(found).replace("web-jinja", "web"), ints=True)
    return renamed


@pytest.mark.parametrize(
    "set_",
    [
        "",
        "replicas=3,image.tag=x,page.title=Hi,page.greeting=Hey",
        "ingress.enabled=true,ingress.tls[0].secretName=s,ingress.annotations.a=b",
        "prepare.enabled=false,service.annotations.a=b,nodeSelector.disk=ssd",
        "tolerations[0].operator=Exists,global.team=blue,resources=null",
    ],
)
@pytest.mark.parametrize("api", ["v1", NEW_API])
def test_both_languages_make_the_same_objects(set_: str, api: str) -> None:
    assert alike(objects("web", set_, api)) == alike(objects("web-jinja", set_, api))


@pytest.mark.parametrize("chart", ["web", "web-jinja"])
def test_an_ingress_is_of_the_newest_api_there_is(chart: str) -> None:
    name = f"Ingress/hello-{chart}"
    assert name not in objects(chart)
    assert objects(chart, "ingress.enabled=true")[name]["apiVersion"] == "networking.k8s.io/v1beta1"
    newest = objects(chart, "ingress.enabled=true", NEW_API)[name]
    assert newest["apiVersion"] == "networking.k8s.io/v1"
    assert newest["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"] == {"number": 80}


def test_a_new_page_means_new_pods() -> None:
    def checksum(set_: str) -> str:
        template = objects("web", set_)["Deployment/hello-web"]["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/page"])

    assert checksum("page.title=A") == checksum("page.title=A,replicas=2")
    assert checksum("page.title=A") != checksum("page.title=B")


@pytest.mark.parametrize("chart", ["web", "web-jinja"])
def test_hooks_are_hooks(chart: str) -> None:
    parts = split(rendered(chart))
    assert {hook.name: [HookEvent(event).name for event in hook.events] for hook in parts.hooks} == {
        f"hello-{chart}-prepare": ["PRE_INSTALL"],
        f"hello-{chart}-test": ["RELEASE_TEST_SUCCESS"],
    }
    assert f"service/hello-{chart} 8080:80" in parts.notes


STOREFRONT, HELP, DIRECTORY = "Service/hello-storefront", "Service/hello-help", "ConfigMap/hello-directory"


@pytest.mark.parametrize(
    ("set_", "has_help"),
    [
        ("", True),
        ("help.enabled=false", False),
        ("tags.extras=false", True),
        ("tags.extras=false,help.enabled=null", False),
        ("help.enabled=null", True),
    ],
)
def test_the_help_pages_may_be_left_out(set_: str, has_help: bool) -> None:  # noqa: FBT001 - a parameter of the test
    found = objects("shop", set_)
    assert STOREFRONT in found
    assert (HELP in found) == has_help
    assert ("help" in found[DIRECTORY]["data"]) == has_help


def test_the_shop_imports_values_and_hands_down_globals() -> None:
    found = objects("shop", "global.team=green")
    assert found[DIRECTORY]["data"] == {"storefront": "hello-storefront:80", "help": "Help"}
    assert {one["metadata"]["labels"]["team"] for one in found.values()} == {"green"}
    assert found["Deployment/hello-storefront"]["spec"]["replicas"] == 2
    assert "Welcome to hello" in found["ConfigMap/hello-storefront"]["data"]["index.html"]
    assert "How to buy at hello" in found["ConfigMap/hello-help"]["data"]["index.html"]
