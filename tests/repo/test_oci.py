"""References, and what registries answer that are not to be believed. Honest ones: tests/cli/test_registries.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from helmpy.errors import HelmError
from helmpy.repo import artifact, oci
from helmpy.repo.artifact import RegistryError
from helmpy.repo.credentials import Credential
from helmpy.repo.distribution import LoginNeeded, Registries
from helmpy.repo.getter import Access, FetchError, HttpGetter
from helmpy.repo.oci import BadReference, NotInRegistry, Reference, Registry
from tests.repo.web import Reply, Web, web

ARCHIVE = b"\x1f\x8b an archive"
CONFIG = b'{"name":"web","version":"1.0.0"}'


@pytest.fixture(name="site")
def _site() -> Iterator[Web]:
    with web() as server:
        yield server


@pytest.fixture(name="elsewhere")
def _elsewhere() -> Iterator[Web]:
    with web() as server:
        yield server


def _registry(credential: Credential | None = None, access: Access = Access()) -> Registry:  # noqa: B008 - frozen
    return Registry(Registries(HttpGetter(), lambda _host: credential, access))


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _described(data: bytes, kind: str = artifact.CHART, **more: Any) -> dict[str, Any]:
    return {"mediaType": kind, "digest": _digest(data), "size": len(data), **more}


def _manifest(**more: Any) -> bytes:
    value = {"schemaVersion": 2, "config": _described(CONFIG, artifact.CONFIG), "layers": [_described(ARCHIVE)]}
    return json.dumps(value | more).encode()


def _serve(
    site: Web, manifest: bytes | None = None, archive: bytes = ARCHIVE, headers: Mapping[str, str] | None = None
) -> Reference:
    """A chart ``web`` in version 1.0.0, stored as told."""
    body = _manifest() if manifest is None else manifest
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(200, body, headers or {}))
    site.on(f"GET /v2/c/web/blobs/{_digest(ARCHIVE)}", Reply(200, archive))
    site.on(f"GET /v2/c/web/blobs/{_digest(CONFIG)}", Reply(200, CONFIG))
    return oci.parse(f"oci://{site.host}/c/web:1.0.0")


# --- references


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("oci://h.example/web", Reference("h.example", "web")),
        ("oci://h:5000/a/b-c/d.e__f:1.0.0_x", Reference("h:5000", "a/b-c/d.e__f", "1.0.0_x")),
        ("oci://h/web:1.0.0+x", Reference("h", "web", "1.0.0_x")),
        (f"oci://[::1]:5000/web@sha256:{'a' * 64}", Reference("[::1]:5000", "web", "", f"sha256:{'a' * 64}")),
        (f"oci://h/web:1@sha512:{'0' * 128}", Reference("h", "web", "1", f"sha512:{'0' * 128}")),
    ],
)
def test_references(text: str, reference: Reference) -> None:
    assert oci.parse(text) == reference
    assert oci.parse(str(reference)) == reference


@pytest.mark.parametrize(
    "text",
    [
        "h/web", "oci://", "oci://h", "oci://h/", "oci:///web", "oci://h/Web", "oci://h/a//b", "oci://h/../b",
        "oci://u:p@h/web", "oci://h/web:", "oci://h/web:-1", "oci://h/web@sha256:1", "oci://h/web?x", "oci://h\n/web",
        "oci://h/web:1.0.0\n", "oci://h/web@", "oci://h x/web", f"oci://h/web:{'1' * 129}",
    ],
)  # fmt: skip
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(BadReference, match="invalid reference"):
        oci.parse(text)


def test_charts_are_below_a_repository_or_a_host() -> None:
    assert str(oci.parse_base("oci://h/a/").below("web", "1.0.0+b")) == "oci://h/a/web:1.0.0_b"
    assert str(oci.parse_base("oci://h:1").below("web")) == "oci://h:1/web"
    with pytest.raises(BadReference):
        oci.parse_base("oci://h/a").below("../web")


# --- what is pulled


def test_a_chart_as_it_should_be(site: Web) -> None:
    reference = _serve(site, headers={"Docker-Content-Digest": _digest(_manifest())})
    heard: list[tuple[int, int]] = []
    registry = _registry()
    assert registry.chart(reference, lambda done, total: heard.append((done, total))) == ARCHIVE
    assert heard == [(len(ARCHIVE), len(ARCHIVE))]
    assert registry.manifest(reference).digest == _digest(_manifest())
    assert registry.config(reference)["name"] == "web"


@pytest.mark.parametrize(
    ("archive", "headers", "words"),
    [
        (ARCHIVE + b"!", {}, "a blob of .* is not what was asked for: its digest is sha256:"),
        (ARCHIVE[:-1] + b"E", {}, "is not what was asked for"),
        (b"", {}, "is not what was asked for"),
        (ARCHIVE, {"Docker-Content-Digest": f"sha256:{'0' * 64}"}, "the manifest of .* is not what was asked for"),
    ],
)
def test_what_is_not_what_its_digest_says(site: Web, archive: bytes, headers: dict[str, str], words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        _registry().chart(_serve(site, archive=archive, headers=headers))


def test_a_manifest_that_is_not_what_the_reference_says(site: Web) -> None:
    digest = f"sha256:{'0' * 64}"
    site.on(f"GET /v2/c/web/manifests/{digest}", Reply(200, _manifest(), {"Docker-Content-Digest": digest}))
    with pytest.raises(RegistryError, match=f"its digest is {_digest(_manifest())}, not {digest}"):
        _registry().chart(oci.parse(f"oci://{site.host}/c/web@{digest}"))


def test_a_body_cut_short(site: Web) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(200, b"{", {"Content-Length": "1000"}))
    with pytest.raises(FetchError, match=r"/v2/c/web/manifests/1\.0\.0"):
        _registry().chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))


_BIG = {"mediaType": artifact.CHART, "digest": _digest(ARCHIVE), "size": 2**40}


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (b"<html>", "the manifest is broken: invalid character '<'"),
        (b"[" * 100_000, "the manifest is broken"),
        (b"null", "no schemaVersion 2"),
        (b'{"schemaVersion": 1}', "no schemaVersion 2"),
        (b'{"schemaVersion": 2, "mediaType": "a/b", "manifests": []}', "is no chart, but a/b"),
        (_manifest(config=_described(b"{}", "application/x")), "is no chart: its config is application/x"),
        (_manifest(config={}), "the manifest is broken: a descriptor"),
        (_manifest(layers=[]), "it has 0 layers"),
        (_manifest(layers=None), "it has 0 layers"),
        (_manifest(layers=[_described(ARCHIVE)] * 2), "it has 2 layers"),
        (_manifest(layers=[1]), "the manifest is broken: a descriptor"),
        (_manifest(layers=[_described(ARCHIVE, size=-1)]), "a descriptor"),
        (_manifest(layers=[_described(ARCHIVE, size="1")]), "a descriptor"),
        (_manifest(layers=[_described(ARCHIVE, size=float("inf"))]), "the manifest is broken"),
        (_manifest(layers=[_described(ARCHIVE, digest="md5:00")]), "a descriptor"),
        (_manifest(layers=[_described(ARCHIVE, digest="sha256:../../x")]), "a descriptor"),
        (_manifest(layers=[_BIG]), r"a blob of 1099511627776 bytes is larger than the limit of 104857600 bytes"),
        (b" " * (oci.MAX_MANIFEST + 1), "larger than the limit of 4194304 bytes"),
    ],
    ids=range(18),
)
def test_manifests_that_are_no_charts(site: Web, manifest: bytes, words: str) -> None:
    with pytest.raises(HelmError, match=words) as caught:
        _registry().chart(_serve(site, manifest))
    assert "\n" not in caught.value.message


def test_a_blob_larger_than_it_says_is_not_read_to_its_end(site: Web) -> None:
    with pytest.raises(FetchError, match="larger than the limit of 65536 bytes"):
        _registry().chart(_serve(site, archive=b"x" * 2**20))


def test_an_early_chart(site: Web) -> None:
    manifest = _manifest(layers=[_described(ARCHIVE, artifact.EARLY_CHART)])
    assert _registry().chart(_serve(site, manifest)) == ARCHIVE


def test_the_name_of_a_file_is_no_path(site: Web) -> None:
    config = b'{"version":"../1.0.0"}'
    body = _manifest(config=_described(config, artifact.CONFIG))
    digest = _digest(body)
    site.on(f"GET /v2/c/web/manifests/{digest}", Reply(200, body))
    site.on(f"GET /v2/c/web/blobs/{_digest(config)}", Reply(200, config))
    with pytest.raises(RegistryError, match="the config names no version"):
        _registry().file_name(oci.parse(f"oci://{site.host}/c/web@{digest}"))


# --- tags


def _tags(*tags: Any) -> bytes:
    return json.dumps({"name": "c/web", "tags": tags}).encode()


def test_tags_come_in_pages(site: Web, elsewhere: Web) -> None:
    page = "/v2/c/web/tags/list"
    site.on(
        f"GET {page}",
        Reply(200, _tags("1.0.0", "latest", "1.2.0_b"), {"Link": f"<{page}?last=x>; rel=next"}),
        Reply(200, _tags("10.0.0", 3, None, "../x"), {"Link": f'<{elsewhere.url}/{page}>; rel="next"'}),
    )
    found = _registry().versions(oci.parse(f"oci://{site.host}/c/web"))
    assert found == ["10.0.0", "1.2.0+b", "1.0.0"]
    assert elsewhere.asked == []


@pytest.mark.parametrize("body", [b"null", b"{}", b'{"tags": null}', b'{"tags": {"a": 1}}'])
def test_no_tags(site: Web, body: bytes) -> None:
    site.on("GET /v2/c/web/tags/list", Reply(200, body))
    with pytest.raises(NotInRegistry, match=r"/c/web has no version that is no prerelease$"):
        _registry().resolve(oci.parse(f"oci://{site.host}/c/web"))


def test_pages_without_end(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "MAX_TAGS", 100)
    page = "/v2/c/web/tags/list"
    site.on(f"GET {page}", Reply(200, _tags(*(["1.0.0"] * 60)), {"Link": f"<{page}?n=1>; rel=next"}))
    with pytest.raises(RegistryError, match="has more than 100 tags"):
        _registry().versions(oci.parse(f"oci://{site.host}/c/web"))


def test_empty_pages_without_end(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oci, "MAX_PAGES", 3)
    page = "/v2/c/web/tags/list"
    site.on(f"GET {page}", *(Reply(200, _tags(), {"Link": f"<{page}?n={number}>; rel=next"}) for number in range(9)))
    with pytest.raises(RegistryError, match="has more than 3 pages of tags"):
        _registry().versions(oci.parse(f"oci://{site.host}/c/web"))


def test_an_exact_version_needs_no_list_of_tags(site: Web) -> None:
    reference = oci.parse(f"oci://{site.host}/c/web")
    assert _registry().resolve(reference, "1.0.0-rc.1+b").tag == "1.0.0-rc.1_b"
    assert site.asked == []
    _serve(site)
    assert _registry().chart(_registry().resolve(reference, "1.0.0")) == ARCHIVE


def test_a_missing_version_where_tags_may_not_be_listed(site: Web) -> None:
    site.on("GET /v2/c/web/tags/list", Reply(403))
    with pytest.raises(NotInRegistry, match=r"/c/web has no version 1.0.0$"):
        _registry().chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))


# --- refusals


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            Reply(403, b'{"errors":[{"code":"DENIED","message":"you may not\\n\\u001b[31m"}]}'),
            "oci://{host}/c/web:1.0.0: 403 Forbidden: you may not [31m",
        ),
        (
            Reply(429, b"", {"Retry-After": "7"}),
            "oci://{host}/c/web:1.0.0: 429 Too Many Requests; try again in 7 seconds",
        ),
        (Reply(500, b"<html>" * 100), "oci://{host}/c/web:1.0.0: 500 Internal Server Error"),
        (Reply(799, b'{"errors": 1}'), "oci://{host}/c/web:1.0.0: 799"),
        (
            Reply(400, b"Client sent an HTTP request to an HTTPS server.\n"),
            "{host} wants TLS: name its authorities with",
        ),
    ],
    ids=["403", "429", "500", "799", "tls"],
)
def test_refusals_are_one_line(site: Web, reply: Reply, words: str) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", reply)
    with pytest.raises(RegistryError) as caught:
        _registry().chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))
    assert caught.value.message.startswith(words.format(host=site.host))
    assert caught.value.message.isprintable()


# --- what is pushed


def _stored() -> artifact.Stored:
    return artifact.Stored(ARCHIVE, CONFIG, b"signed", {"a": "b"})


def _takes(site: Web, location: str, manifest: Reply = Reply(201)) -> Reference:  # noqa: B008 - frozen
    for data in (ARCHIVE, CONFIG, b"signed"):
        site.on(f"HEAD /v2/c/web/blobs/{_digest(data)}", Reply(404))
    site.on("POST /v2/c/web/blobs/uploads/", Reply(202, b"", {"Location": location}))
    site.on("PUT /v2/c/web/manifests/1.0.0", manifest)
    return oci.parse(f"oci://{site.host}/c/web:1.0.0")


@pytest.mark.parametrize("location", ["/up/1?state=x", "../../../../../up/1", "{url}/up/1"])
def test_uploads_go_where_the_registry_says(site: Web, location: str) -> None:
    reference = _takes(site, location.format(url=site.url))
    site.on("PUT /up/1", Reply(201))
    heard: list[tuple[int, int]] = []
    digest = _registry().push(reference, _stored(), lambda done, total: heard.append((done, total)))
    sent = {one.body for one in site.asked if one.what.startswith("PUT /up/1?") and "digest=sha256:" in one.what}
    assert sent == {ARCHIVE, CONFIG, b"signed"}
    manifest = site.asked[-1].body
    assert digest == _digest(manifest)
    assert json.loads(manifest)["annotations"] == {"a": "b"}
    assert heard[-1] == (len(ARCHIVE), len(ARCHIVE))


def test_uploads_elsewhere_get_no_credentials(site: Web, elsewhere: Web) -> None:
    challenge = {"WWW-Authenticate": 'Basic realm="x"'}
    reference = _takes(site, f"{elsewhere.url}/up")
    site.on(f"HEAD /v2/c/web/blobs/{_digest(ARCHIVE)}", Reply(401, b"", challenge), Reply(404))
    elsewhere.on("PUT /up", Reply(201))
    _registry(Credential("ann", "secret")).push(reference, _stored())
    assert {one.authorization for one in elsewhere.asked} == {""}
    assert {one.authorization for one in site.asked[1:]} == {"Basic YW5uOnNlY3JldA=="}


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("", "does not say where to go on"),
        ("file:///etc/passwd", "no place on the web"),
        ("http://[", "no place on the web"),
    ],
)
def test_uploads_to_nowhere(site: Web, location: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        _registry().push(_takes(site, location), _stored())


def test_what_is_there_is_not_sent(site: Web) -> None:
    reference = _takes(site, "/up")
    for data in (ARCHIVE, CONFIG, b"signed"):
        site.on(f"HEAD /v2/c/web/blobs/{_digest(data)}", Reply(200))
    _registry().push(reference, _stored())
    assert [one.what.partition(" ")[0] for one in site.asked] == ["HEAD", "HEAD", "HEAD", "PUT"]


def test_a_manifest_stored_as_another(site: Web) -> None:
    reference = _takes(site, "/up", Reply(201, b"", {"Docker-Content-Digest": f"sha256:{'0' * 64}"}))
    site.on("PUT /up", Reply(201))
    with pytest.raises(RegistryError, match="was stored as sha256:0"):
        _registry().push(reference, _stored())


@pytest.mark.parametrize("step", ["HEAD blob", "POST", "PUT /up", "PUT manifest"])
def test_a_push_that_is_refused(site: Web, step: str) -> None:
    reference = _takes(site, "/up", Reply(403 if step == "PUT manifest" else 201))
    site.on("PUT /up", Reply(507 if step == "PUT /up" else 201))
    if step == "HEAD blob":
        site.on(f"HEAD /v2/c/web/blobs/{_digest(ARCHIVE)}", Reply(500))
    if step == "POST":
        site.on("POST /v2/c/web/blobs/uploads/", Reply(302, b"", {"Location": "/up"}))
    with pytest.raises(RegistryError, match=r"^oci://[\d.:]+/c/web:1.0.0: \d+"):
        _registry().push(reference, _stored())


# --- who gets credentials

BASIC = {"WWW-Authenticate": 'Basic realm="charts"'}
ANN = Credential("ann", "secret")
ANN_BASIC = "Basic YW5uOnNlY3JldA=="


def test_credentials_are_sent_only_when_asked_for(site: Web) -> None:
    reference = _serve(site)
    _registry(ANN).chart(reference)
    assert {one.authorization for one in site.asked} == {""}
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", BASIC), Reply(200, _manifest()))
    site.asked.clear()
    _registry(ANN).chart(reference)
    assert [one.authorization for one in site.asked] == ["", ANN_BASIC, ANN_BASIC]


def test_a_redirect_to_another_host_gets_none(site: Web, elsewhere: Web) -> None:
    reference = _serve(site)
    blob = f"GET /v2/c/web/blobs/{_digest(ARCHIVE)}"
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", BASIC), Reply(200, _manifest()))
    site.on(blob, Reply(307, b"", {"Location": f"{elsewhere.url}/blob?signed"}))
    elsewhere.on("GET /blob", Reply(200, ARCHIVE))
    assert _registry(ANN).chart(reference) == ARCHIVE
    assert [one.authorization for one in elsewhere.asked] == [""]
    assert site.asked[-1].authorization == ANN_BASIC


def test_a_host_that_is_redirected_to_asks_in_vain(site: Web, elsewhere: Web) -> None:
    reference = _serve(site)
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(302, b"", {"Location": f"{elsewhere.url}/m"}))
    elsewhere.on("GET /m", Reply(401, b"", BASIC))
    with pytest.raises(RegistryError, match=r"/c/web:1\.0\.0: 401 Unauthorized$"):
        _registry(ANN).chart(reference)
    assert [one.authorization for one in elsewhere.asked] == [""]


def test_redirects_have_an_end(site: Web) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(302, b"", {"Location": "/v2/c/web/manifests/1.0.0"}))
    with pytest.raises(RegistryError, match="302 Found"):
        _registry().chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))
    assert len(site.asked) == 6


def test_a_user_who_is_given_counts_at_the_host_that_is_named_only(site: Web, elsewhere: Web) -> None:
    access = Access(f"oci://{elsewhere.host}/c/web", "ann", "secret")
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", BASIC))
    with pytest.raises(LoginNeeded, match=f"401 Unauthorized; log in with 'helm registry login {site.host}'"):
        _registry(access=access).chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))
    assert {one.authorization for one in site.asked} == {""}


def _bearer(realm: str, **more: str) -> dict[str, str]:
    fields = {"realm": realm, "service": "s", "scope": "repository:c/web:pull", **more}
    return {"WWW-Authenticate": "Bearer " + ",".join(f'{name}="{value}"' for name, value in fields.items())}


def test_a_token_server_of_the_same_host_gets_them(site: Web) -> None:
    reference = _serve(site)
    challenge = _bearer(f"{site.url}/token?x=1")
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", challenge), Reply(200, _manifest()))
    site.on("GET /token", Reply(200, b'{"access_token":"t"}'))
    _registry(ANN).chart(reference)
    assert [one.authorization for one in site.asked] == ["", ANN_BASIC, "Bearer t", "Bearer t"]
    assert site.asked[1].what == "GET /token?x=1&account=ann&service=s&scope=repository%3Ac%2Fweb%3Apull"


def test_an_identity_token_is_changed_for_another(site: Web) -> None:
    reference = _serve(site)
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", _bearer(f"{site.url}/token")), Reply(200, _manifest()))
    site.on("POST /token", Reply(200, b'{"access_token":"t"}'))
    _registry(Credential(identity_token="idt")).chart(reference)
    assert site.asked[1].body == (
        b"grant_type=refresh_token&client_id=helmpy&refresh_token=idt&service=s&scope=repository%3Ac%2Fweb%3Apull"
    )
    assert [one.authorization for one in site.asked] == ["", "", "Bearer t", "Bearer t"]


@pytest.mark.parametrize(
    ("realm", "words"),
    [
        ("http://evil.example/token", "a token server without TLS, http://evil.example/token: nothing is sent there"),
        ("", "names no token server, but ''"),
        ("ftp://h/t", "names no token server"),
        ("https://ann:x@h/t", "names no token server"),
        ("http://[/t", "names no token server"),
    ],
)
def test_token_servers_that_are_none(site: Web, realm: str, words: str) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", _bearer(realm)))
    with pytest.raises(HelmError, match=words.replace("'", ".")):
        _registry(ANN).chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(401), "gives no token: 401; the login is not .* right: 'helm registry login"),
        (Reply(302, b"", {"Location": "/other"}), "gives no token: it answers 302"),
        (Reply(200, b"<html>"), "gives no token: invalid character"),
        (Reply(200, b"{}"), "its answer holds none"),
        (Reply(200, b'{"token": "a\\r\\nX: y"}'), "its answer holds none"),
        (Reply(200, b'{"token": 1}'), "its answer holds none"),
        (Reply(200, b" " * (2**20 + 1)), "larger than the limit"),
    ],
)
def test_answers_of_token_servers(site: Web, reply: Reply, words: str) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", _bearer(f"{site.url}/token")))
    site.on("GET /token", reply)
    with pytest.raises(HelmError, match=words) as caught:
        _registry(ANN).chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("header", ["", "Negotiate", "Digest realm=x", ", ,", 'Bearer realm="'])
def test_challenges_that_nobody_here_can_meet(site: Web, header: str) -> None:
    site.on("GET /v2/c/web/manifests/1.0.0", Reply(401, b"", {"WWW-Authenticate": header}))
    with pytest.raises(RegistryError) as caught:
        _registry(ANN).chart(oci.parse(f"oci://{site.host}/c/web:1.0.0"))
    assert caught.value.message.isprintable()
    assert {one.authorization for one in site.asked} == {""}


def test_a_login_that_is_not_believed(site: Web) -> None:
    site.on("GET /v2/", Reply(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', BASIC))
    with pytest.raises(LoginNeeded, match=r"401 Unauthorized: UNAUTHORIZED; the login is not \(or no longer\) right"):
        _registry(ANN).check(site.host)
    assert [one.authorization for one in site.asked] == ["", ANN_BASIC]
