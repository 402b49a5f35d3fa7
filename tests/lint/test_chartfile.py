from __future__ import annotations

from pathlib import Path

import pytest

from helmpy.lint import chartfile
from helmpy.lint.source import DirectorySource

GOOD = "name: web\nversion: 0.1.0\napiVersion: v1\nicon: https://web.test/icon.png\n"


def findings(tmp_path: Path, text: str, directory: str = "web") -> list[str]:
    place = tmp_path / directory
    place.mkdir()
    (place / "Chart.yaml").write_text(text)
    return [str(message) for message in chartfile.check(DirectorySource(str(place)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, []),
        (GOOD.replace("v1", "v2") + "type: library\n", []),
        (GOOD + "engine: jinja2\n", []),
        (GOOD + "maintainers: [{name: Ann, email: ann@web.test, url: 'https://web.test/ann'}]\n", []),
        (
            "",
            [
                "[ERROR] Chart.yaml: name is required",
                "[ERROR] Chart.yaml: directory name (web) and chart name () must be the same",
                "[ERROR] Chart.yaml: apiVersion is required",
                "[ERROR] Chart.yaml: version is required",
                "[INFO] Chart.yaml: icon is recommended",
            ],
        ),
        (GOOD.replace("0.1.0", "1.2.3-a.01"), []),  # Helm 2's library takes it, Helm 3's does not
        (
            GOOD.replace("0.1.0", "1.2.3-a.01").replace("apiVersion: v1", "apiVersion: v2"),
            ["[ERROR] Chart.yaml: version '1.2.3-a.01' is not a valid SemVer"],
        ),
        (GOOD.replace("0.1.0", "1.a"), ["[ERROR] Chart.yaml: version '1.a' is not a valid SemVer"]),
        (GOOD.replace("0.1.0", "1"), []),
        (
            GOOD.replace("v1", "v3"),
            ["[ERROR] Chart.yaml: apiVersion 'v3' is not valid. The value must be \"v1\""],
        ),
        (
            GOOD + "engine: mustache\n",
            ["[ERROR] Chart.yaml: engine 'mustache' not valid. Valid options are [gotpl]"],
        ),
        (
            GOOD + "maintainers: [{email: x}, {name: yan, email: x}]\n",
            ["[ERROR] Chart.yaml: each maintainer requires a name"],
        ),
        (
            GOOD + "maintainers: [{name: yan, email: x}]\n",
            ["[ERROR] Chart.yaml: invalid email 'x' for maintainer 'yan'"],
        ),
        (GOOD + "maintainers: [{name: yan, url: x}]\n", ["[ERROR] Chart.yaml: invalid url 'x' for maintainer 'yan'"]),
        (GOOD + "sources: ['https://a.test', bad, worse]\n", ["[ERROR] Chart.yaml: invalid source URL 'bad'"]),
        (GOOD.replace("https://web.test", ""), ["[ERROR] Chart.yaml: invalid icon URL '/icon.png'"]),
        (GOOD + "type: thing\n", []),  # Helm 2 knows no types
        (GOOD.replace("v1", "v2") + "type: thing\n", ["[ERROR] Chart.yaml: chart type is not valid: thing"]),
        (
            "name: [web",
            [
                (
                    "[ERROR] Chart.yaml: unable to parse YAML\n\t"
                    "error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"
                )
            ],
        ),
    ],
)
def test_rules(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert findings(tmp_path, text) == expected


def test_the_directory_is_called_as_the_chart(tmp_path: Path) -> None:
    assert findings(tmp_path, GOOD, "site") == [
        "[ERROR] Chart.yaml: directory name (site) and chart name (web) must be the same"
    ]


@pytest.mark.parametrize("text", ["a@b.c", "a.b+c@d-e.fr", "é@b.co", "a@é.fr", "a@b.co."])
def test_mailboxes(text: str) -> None:
    assert chartfile.is_email(text)


@pytest.mark.parametrize(
    "text", ["a@b", "a b@c.de", "a@b..co", '"q r"@x.io', "a@1.2.3.4", "a@-b.co", ".a@b.co", "A <a@b.co>", "@b.co", ""]
)
def test_no_mailboxes(text: str) -> None:
    assert not chartfile.is_email(text)


@pytest.mark.parametrize(
    "text", ["http:", "http:/x", "x-y:z", "http://a/x y", "https://a?b#c", "http://a:80/%20", "http://[::1]:80"]
)
def test_urls(text: str) -> None:
    assert chartfile.is_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://a b",
        "http://a:b",
        "a.b.c",
        "git@github.com:x/y",
        "1a:b",
        "http://a/%zz",
        "http://[::1",
        " http://a",
        "http://a\n",
    ],
)
def test_no_urls(text: str) -> None:
    assert not chartfile.is_url(text)
