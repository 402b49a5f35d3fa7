import pytest

from helmpy.chart import ignore
from helmpy.errors import HelmError

PATHS = [
    "a.txt",
    "b.txt",
    "sub/",
    "sub/a.txt",
    "sub/deep/",
    "sub/deep/a.txt",
    "templates/.x",
    "templates/y",
    "Chart.yaml",
]


def kept(text: str) -> list[str]:
    rules = ignore.parse(text)
    return [path for path in PATHS if not rules.ignores(path.rstrip("/"), is_dir=path.endswith("/"))]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("", ["templates/.x"]),
        ("# a.txt\n\n   \n", ["templates/.x"]),
        ("a.txt", ["a.txt", "sub/a.txt", "sub/deep/a.txt", "templates/.x"]),
        ("  a.txt  \r\n", ["a.txt", "sub/a.txt", "sub/deep/a.txt", "templates/.x"]),
        ("/a.txt", ["a.txt", "templates/.x"]),
        ("sub/a.txt", ["sub/a.txt", "templates/.x"]),
        ("*/a.txt", ["sub/a.txt", "templates/.x"]),
        ("sub/", ["sub/", "templates/.x"]),
        ("a.txt/", ["templates/.x"]),
        ("/sub/deep/", ["sub/deep/", "templates/.x"]),
        ("[ab].txt", ["a.txt", "b.txt", "sub/a.txt", "sub/deep/a.txt", "templates/.x"]),
        ("?.txt\nsub", ["a.txt", "b.txt", "sub/", "sub/a.txt", "sub/deep/a.txt", "templates/.x"]),
        ("!*.yaml", [path for path in PATHS if path != "Chart.yaml"]),
        ("/", ["templates/.x"]),
    ],
)
def test_patterns_leave_these_out(text: str, gone: list[str]) -> None:
    assert kept(text) == [path for path in PATHS if path not in gone]


@pytest.mark.parametrize(
    ("text", "message"),
    [("**/x", "double-star (**) syntax is not supported"), ("a[", "syntax error in pattern")],
)
def test_broken_patterns_are_refused(text: str, message: str) -> None:
    with pytest.raises(HelmError) as caught:
        ignore.parse(text)
    assert str(caught.value) == message
