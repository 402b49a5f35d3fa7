from __future__ import annotations

import pytest

from helmpy.home import Home, cache_directory, default_home


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


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"HOME": "/home/ann"}, "/home/ann/.cache/helmpy"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": "/var/cache/ann/"}, "/var/cache/ann/helmpy"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": "cache"}, "/home/ann/.cache/helmpy"),
        ({"HOME": "/home/ann", "XDG_CACHE_HOME": "/x", "HELMPY_CACHE": "/tmp/cache"}, "/tmp/cache"),
        ({"HOME": "/home/ann", "HELMPY_CACHE": "off"}, ""),
        ({"HOME": "ann"}, ""),
        ({}, ""),
    ],
)
def test_cache_directory(environ: dict[str, str], path: str) -> None:
    assert cache_directory(environ) == path


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


def test_a_home_that_is_written_oddly() -> None:
    home = Home("/a//b/../c/")
    assert str(home) == "/a//b/../c/"
    assert str(home.plugins) == "/a/c/plugins"
