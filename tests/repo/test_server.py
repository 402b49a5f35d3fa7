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
generated: now
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
    assert answer.changed is not None


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
