from __future__ import annotations

import pytest

from helmpy.home import Home, Settings, default_home


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"HELM_HOME": "/srv/helm", "HOME": "/home/ann"}, "/srv/helm"),
        ({"HOME": "/home/ann"}, "/home/ann/.helm"),
        ({"HELM_HOME": "", "HOME": "/home/ann"}, "/home/ann/.helm"),
        ({}, ".helm"),
    ],
)
def test_default_home(environ: dict[str, str], path: str) -> None:
    assert default_home(environ) == path


def test_layout_is_that_of_helm() -> None:
    home = Home("/h")
    assert [str(path) for path in home.directories] == [
        "/h",
        "/h/repository",
        "/h/repository/cache",
        "/h/repository/local",
        "/h/plugins",
        "/h/starters",
        "/h/cache/archive",
    ]
    assert str(home.cache_index("stable")) == "/h/repository/cache/stable-index.yaml"


def test_helm_home_in_paths() -> None:
    settings = Settings(Home("/h"))
    assert settings.expand("$HELM_HOME/ca.pem") == "/h/ca.pem"
    assert settings.expand("${HELM_HOME}/ca.pem") == "/h/ca.pem"
    assert settings.expand("/etc/ca.pem") == "/etc/ca.pem"
