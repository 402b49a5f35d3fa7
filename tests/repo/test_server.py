from __future__ import annotations

from pathlib import Path

import pytest

from helmpy.repo import index
from helmpy.repo.server import Site

TEXT = """
apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, urls: ["http://h/web-1.0.0.tgz?a=1&b=2"]}
  "<b>": [{name: "<b>", version: 0.1.0}]
generated: "2024-05-06T07:08:09Z"
"""


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Site:
    (tmp_path / "files").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "files" / "index.yaml").write_text(TEXT)
    (tmp_path / "files" / "web-1.0.0.tgz").write_bytes(b"web")
    (tmp_path / "files" / "link").symlink_to(tmp_path / "secret")
    return Site(str(tmp_path / "files"), index.parse(TEXT))


@pytest.mark.parametrize("path", ["/", "/charts/", "/?x=1"])
def test_a_page_for_people(site: Site, path: str) -> None:
    answer = site.answer(path)
    text = answer.body.decode()
    assert (answer.status, answer.content_type) == (200, "text/html; charset=utf-8")
    assert '<a href="http://h/web-1.0.0.tgz?a=1&amp;b=2">web-1.0.0</a>' in text
    assert "&lt;b&gt;-0.1.0" in text
    assert "<b>" not in text


@pytest.mark.parametrize("path", ["/web-1.0.0.tgz", "/charts/web-1.0.0.tgz", "//web-1.0.0.tgz", "/web%2D1.0.0.tgz"])
def test_files(site: Site, path: str) -> None:
    answer = site.answer(path)
    assert (answer.status, answer.content_type, answer.body) == (200, "application/x-compressed-tar", b"web")
    assert sorted(answer.headers) == ["Accept-Ranges", "ETag", "Last-Modified"]


def test_what_is_known_is_not_sent(site: Site) -> None:
    known = site.answer("/index.yaml").headers
    for asked in (
        {"if-none-match": known["ETag"]},
        {"if-none-match": f'"x", W/{known["ETag"]}'},
        {"if-none-match": "*"},
        {"if-modified-since": known["Last-Modified"]},
    ):
        answer = site.answer("/index.yaml", asked)
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", known["ETag"])
    other = {"if-none-match": '"x"', "if-modified-since": known["Last-Modified"]}
    assert site.answer("/index.yaml", other).status == 200


@pytest.mark.parametrize(
    ("wanted", "status", "body", "place"),
    [
        ("bytes=0-1", 206, b"we", "bytes 0-1/3"),
        ("bytes=1-", 206, b"eb", "bytes 1-2/3"),
        ("bytes=-1", 206, b"b", "bytes 2-2/3"),
        ("bytes=-9", 206, b"web", "bytes 0-2/3"),
        ("bytes=2-99", 206, b"b", "bytes 2-2/3"),
        ("bytes=3-", 416, b"", "bytes */3"),
        ("bytes=-0", 416, b"", "bytes */3"),
        ("bytes=2-1", 416, b"", "bytes */3"),
        ("bytes=0-0,2-2", 200, b"web", None),
        ("bytes=-", 200, b"web", None),
        ("bytes=a-b", 200, b"web", None),
        ("lines=0-1", 200, b"web", None),
    ],
)
def test_parts(site: Site, wanted: str, status: int, body: bytes, place: str | None) -> None:
    answer = site.answer("/web-1.0.0.tgz", {"range": wanted})
    assert (answer.status, answer.body, answer.headers.get("Content-Range")) == (status, body, place)


def test_directories(site: Site) -> None:
    (Path(site.directory) / "old" / "<deep>").mkdir(parents=True)
    (Path(site.directory) / "old" / "web-0.1.0.tgz").write_bytes(b"web")
    assert (site.answer("/charts/old").status, site.answer("/charts/old").headers) == (301, {"Location": "old/"})
    assert site.answer("/old/").body.decode() == (
        '<!doctype html>\n<pre>\n<a href="%3Cdeep%3E/">&lt;deep&gt;/</a>\n'
        '<a href="web-0.1.0.tgz">web-0.1.0.tgz</a>\n</pre>\n'
    )
    assert site.answer("/old/web-0.1.0.tgz").body == b"web"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nope", 404),
        ("/charts", 404),
        ("/../secret", 400),
        ("/%2e%2e/secret", 400),
        ("/charts/../../secret", 400),
        ("/link", 404),
        ("/index.yaml%00", 400),
        ("/" + "a" * 5000, 404),
    ],
)
def test_nothing_else_is_told(site: Site, path: str, status: int) -> None:
    answer = site.answer(path)
    assert answer.status == status
    assert b"secret" not in answer.body
