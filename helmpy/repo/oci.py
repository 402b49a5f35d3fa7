"""Charts in OCI registries: ``oci://HOST/REPOSITORY[:TAG][@DIGEST]``, pulled and pushed.

What is stored is Helm 3's: a manifest whose config is the chart's metadata and whose layers are the archive and,
if there is one, its provenance file. A tag is the chart's version, ``+`` written as ``_``. Source of the protocol:
the OCI distribution specification 1.1.

Nothing is believed that a digest can prove: manifests and blobs are returned only once they are what they should
be. How registries are asked, and who gets credentials, is in ``distribution`` and ``challenge``.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from helmpy.chart import budget
from helmpy.errors import HelmError
from helmpy.gocompat import json
from helmpy.record import record
from helmpy.repo import artifact, index
from helmpy.repo.artifact import DIGEST, Descriptor, Manifest, RegistryError, check_digest, digest_of, read_manifest
from helmpy.repo.distribution import STORED, Request, refusal
from helmpy.repo.getter import MAX_WORDS, OK, origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from helmpy.repo.artifact import Stored
    from helmpy.repo.distribution import Registries
    from helmpy.repo.getter import Answer, Progress

SCHEME = "oci://"
MAX_MANIFEST = 4 * 2**20  # bytes; the specification's own figure
MAX_CONFIG = 4 * 2**20
MAX_PROVENANCE = 4 * 2**20
MAX_CHART = budget.MAX_TOTAL_BYTES  # an archive larger than what it may hold is none
MAX_TAGS = 100_000
MAX_PAGES = 1_000
SHOWN = 5  # versions that an error lists

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


class BadReference(HelmError):
    """A text that names nothing in a registry."""


class NotInRegistry(RegistryError):
    """A registry has no such chart, or no such version of it."""


@record(frozen=True, slots=True)
class Reference:
    """A place in a registry: ``host`` with its port, ``path`` the repository in it."""

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.short}"

    @property
    def short(self) -> str:
        """The reference as registries' tools write it, without a scheme."""
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.host}/{self.path}{tag}{f'@{self.digest}' if self.digest else ''}"

    @property
    def name(self) -> str:
        """The chart's name: the last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def version(self) -> str:
        return version_of(self.tag)

    def at(self, *, tag: str = "", digest: str = "") -> Reference:
        return Reference(self.host, self.path, tag, digest)

    def below(self, name: str, version: str = "") -> Reference:
        """The reference of a chart in this repository. Raises BadReference."""
        path = f"{self.path}/{name}" if self.path else name
        return parse(f"{SCHEME}{self.host}/{path}{f':{version}' if version else ''}")


def is_reference(text: str) -> bool:
    return text.startswith(SCHEME)


def parse(text: str) -> Reference:
    """Return what ``oci://HOST/REPOSITORY[:TAG][@DIGEST]`` says. Raises BadReference."""
    rest, at, digest = text.removeprefix(SCHEME).partition("@")
    host, _, path = rest.partition("/")
    path, colon, tag = path.partition(":")
    tag = tag_of(tag)
    for good, why in (
        (is_reference(text), f"it does not begin with {SCHEME}"),
        (_HOST.fullmatch(host), f"{host!r} is no host"),
        (path, "no repository follows the host"),
        (_PATH.fullmatch(path.rstrip("/")), f"{path!r} is no repository: small letters, digits and . _ - between them"),
        (not colon or _TAG.fullmatch(tag), f"{tag!r} is no tag"),
        (not at or DIGEST.fullmatch(digest), f"{digest!r} is no digest, as sha256: and 64 digits"),
    ):
        if not good:
            raise BadReference(f"invalid reference {text!r}: {why}")
    return Reference(host, path.rstrip("/"), tag, digest)


def parse_base(text: str) -> Reference:
    """Return the place that charts are put below: a repository, or a host alone. Raises BadReference."""
    rest = text.removeprefix(SCHEME).rstrip("/")
    if "/" not in rest:
        return Reference(parse_host(text.rstrip("/")), "")
    found = parse(text)
    if found.tag or found.digest:
        raise BadReference(f"invalid reference {text!r}: the chart's name and version follow by themselves")
    return found


def parse_host(text: str) -> str:
    """Return the host that ``HOST`` or ``oci://HOST`` names. Raises BadReference."""
    host = text.removeprefix(SCHEME)
    if not _HOST.fullmatch(host):
        raise BadReference(f"invalid host {text!r}: a registry is named by host or host:port, without a path")
    return host


def tag_of(version: str) -> str:
    """Return the tag of a chart's version; tags have no plus sign."""
    return version.replace("+", "_")


def version_of(tag: str) -> str:
    return tag.replace("_", "+")


class Registry:
    """Charts in registries, of whatever host a reference names."""

    def __init__(self, registries: Registries) -> None:
        self._registries = registries
        self._manifests: dict[Reference, Manifest] = {}

    # --- what is there

    def check(self, host: str) -> None:
        """Ask whether the registry lets one in. Raises RegistryError, FetchError."""
        answer = self._registries.ask(Request("GET", host, "/v2/"))
        if answer.status != OK:
            raise refusal(answer, host)

    def versions(self, reference: Reference) -> list[str]:
        """Return the versions of a chart, newest first; tags that are no versions are left out.

        Raises NotInRegistry, RegistryError, FetchError.
        """
        known = [(parsed, text) for text in self._tags(reference) if (parsed := index.parsed_version(text))]
        known.sort(key=lambda pair: pair[0].key(), reverse=True)
        return [text for _, text in known]

    def _tags(self, reference: Reference) -> list[str]:
        found: list[str] = []
        path = f"/v2/{reference.path}/tags/list"
        for _ in range(MAX_PAGES):
            answer = self._get(reference, path, limit=MAX_MANIFEST)
            if answer.status == 404:
                raise NotInRegistry(f"{reference.host} has no repository {reference.path}")
            _expect(answer, (OK,), reference.at())
            found += map(version_of, _tags_in(answer))
            if len(found) > MAX_TAGS:
                raise RegistryError(f"{reference.at()} has more than {MAX_TAGS} tags")
            path = _next_page(answer)
            if not path:
                return found
        raise RegistryError(f"{reference.at()} has more than {MAX_PAGES} pages of tags")

    def resolve(self, reference: Reference, version: str = "") -> Reference:
        """Return the reference with the tag of the newest version within a constraint.

        One that names a digest or a tag stays as it is. A version that is exact is not looked for. Raises BadReference,
        NotInRegistry, InvalidConstraint, RegistryError, FetchError.
        """
        if reference.digest or reference.tag:
            if version and reference.tag and not fits(reference.version, version):
                raise BadReference(f"{reference} is not of version {version}")
            return reference
        if index.is_exact(version):
            return parse(str(reference.at(tag=tag_of(version))))
        versions = self.versions(reference)
        if version in versions:
            return reference.at(tag=tag_of(version))
        try:
            return reference.at(tag=tag_of(versions[index.newest(versions, version, reference.name)]))
        except index.NoSuchChart:
            wanted = f" within {version}" if version else " that is no prerelease"
            raise NotInRegistry(f"{reference} has no version{wanted}{_offered(versions)}") from None

    def manifest(self, reference: Reference) -> Manifest:
        """Return the chart that a reference with a tag or a digest names.

        Raises NotInRegistry, NotAChart, RegistryError, FetchError.
        """
        if reference in self._manifests:
            return self._manifests[reference]
        name = reference.digest or reference.tag
        path = f"/v2/{reference.path}/manifests/{name}"
        accepted = {"Accept": ", ".join(artifact.ACCEPTED)}
        answer = self._get(reference, path, headers=accepted, limit=MAX_MANIFEST)
        if answer.status == 404:
            raise self._missing(reference)
        _expect(answer, (OK,), reference)
        said = answer.headers.get("docker-content-digest", "")
        for wanted in filter(DIGEST.fullmatch, (reference.digest, said)):
            check_digest(answer.body, wanted, f"the manifest of {reference}")
        found = self._manifests[reference] = read_manifest(answer.body, str(reference))
        return found

    def _missing(self, reference: Reference) -> NotInRegistry:
        """What is said of a version that is not there; those that are may be of help."""
        what = f"version {reference.version}" if reference.tag else f"manifest {reference.digest}"
        try:
            others = _offered(self.versions(reference))
        except NotInRegistry as error:
            return error
        except HelmError:
            others = ""  # who may pull need not be allowed to list
        return NotInRegistry(f"{reference.at()} has no {what}{others}")

    def file_name(self, reference: Reference, version: str = "") -> str:
        """Return what the archive of a chart is called; a reference that has no tag is looked up for its version.

        Raises what ``manifest`` raises, BadReference where the version is not within the one that is wanted.
        """
        found = reference.version
        if not found:
            found = str(self.config(reference).get("version") or "")
            if index.parsed_version(found) is None or "/" in found:
                raise RegistryError(f"{reference}: the config names no version, but {found!r}")
            if version and not fits(found, version):
                raise BadReference(f"{reference} is of version {found}, not of {version}")
        return f"{reference.name}-{found}.tgz"

    def config(self, reference: Reference) -> Mapping[str, Any]:
        """Return a chart's metadata as its config holds it. Raises what ``manifest`` raises."""
        data = self._blob(reference, self.manifest(reference).config, MAX_CONFIG)
        try:
            value = json.loads(data)
        except HelmError as error:
            raise RegistryError(f"{reference}: the config is broken: {error}") from error
        return value if isinstance(value, dict) else {}

    def chart(self, reference: Reference, progress: Progress | None = None) -> bytes:
        """Return the archive of a chart. Raises what ``manifest`` raises."""
        return self._blob(reference, self.manifest(reference).chart, MAX_CHART, progress)

    def provenance(self, reference: Reference) -> bytes:
        """Return the provenance file of a chart. Raises what ``manifest`` raises, NotInRegistry without one."""
        found = self.manifest(reference).provenance
        if found is None:
            raise NotInRegistry(f"{reference} has no provenance file")
        return self._blob(reference, found, MAX_PROVENANCE)

    def _blob(self, reference: Reference, what: Descriptor, most: int, progress: Progress | None = None) -> bytes:
        if what.size > most:
            raise RegistryError(f"{reference}: a blob of {what.size} bytes is larger than the limit of {most} bytes")
        path = f"/v2/{reference.path}/blobs/{what.digest}"
        answer = self._get(reference, path, limit=max(what.size, MAX_WORDS), progress=progress)
        _expect(answer, (OK,), reference.at(digest=what.digest))
        check_digest(answer.body, what.digest, f"a blob of {reference}")
        return answer.body

    def _get(self, reference: Reference, path: str, **more: Any) -> Answer:
        return self._registries.ask(Request("GET", reference.host, path, reference.path, **more))

    # --- what is put there

    def push(self, reference: Reference, chart: Stored, progress: Progress | None = None) -> str:
        """Store a chart under a reference with a tag; return the manifest's digest. Blobs that are there are not sent.

        Raises RegistryError, FetchError.
        """
        layers = [self._put(reference, artifact.CHART, chart.archive, progress)]
        if chart.provenance is not None:
            layers.append(self._put(reference, artifact.PROVENANCE, chart.provenance))
        config = self._put(reference, artifact.CONFIG, chart.config)
        manifest = artifact.write_manifest(layers, config, chart.annotations)
        path = f"/v2/{reference.path}/manifests/{reference.tag}"
        answer = self._send("PUT", reference, path, manifest, headers={"Content-Type": artifact.MANIFEST})
        _expect(answer, STORED, reference)
        digest = digest_of(manifest)
        said = answer.headers.get("docker-content-digest", digest)
        if said != digest:
            raise RegistryError(f"{reference} was stored as {said}, not as {digest}")
        return digest

    def _put(self, reference: Reference, media_type: str, data: bytes, progress: Progress | None = None) -> Descriptor:
        what = Descriptor(media_type, digest_of(data), len(data))
        blobs = f"/v2/{reference.path}/blobs"
        there = self._send("HEAD", reference, f"{blobs}/{what.digest}", None)
        if there.status == OK:
            return what
        _expect(there, (403, 404, 405), reference)  # some let nobody look who may write
        begun = self._send("POST", reference, f"{blobs}/uploads/", b"")
        _expect(begun, STORED, reference)
        place = self._registries.following(begun, reference.host)
        url = f"{place}{'&' if '?' in place else '?'}digest={what.digest}"
        binary = {"Content-Type": "application/octet-stream"}
        _expect(self._send("PUT", reference, url, data, headers=binary, progress=progress), STORED, reference)
        return what

    def _send(self, method: str, reference: Reference, path: str, body: bytes | None, **more: Any) -> Answer:
        request = Request(method, reference.host, path, reference.path, body=body, writes=True, **more)
        return self._registries.ask(request)


def _expect(answer: Answer, statuses: Sequence[int], what: Reference) -> None:
    if answer.status not in statuses:
        raise refusal(answer, str(what))


def fits(version: str, wanted: str) -> bool:
    """Whether a version is the one that is wanted, or within the constraint. Raises InvalidConstraint."""
    try:
        index.newest([version], wanted, "")
    except index.NoSuchChart:
        return version == wanted
    return True


def _offered(versions: Sequence[str]) -> str:
    if not versions:
        return ""
    more = f" and {len(versions) - SHOWN} more" if len(versions) > SHOWN else ""
    return f"; there {'is' if len(versions) == 1 else 'are'} {', '.join(versions[:SHOWN])}{more}"


def _tags_in(answer: Answer) -> Iterable[str]:
    try:
        value = json.loads(answer.body)
    except HelmError as error:
        raise RegistryError(f"{answer.url}: the list of tags is broken: {error}") from error
    listed = value.get("tags") if isinstance(value, dict) else None
    return [one for one in listed if isinstance(one, str) and _TAG.fullmatch(one)] if isinstance(listed, list) else []


def _next_page(answer: Answer) -> str:
    """The path of what follows, by the header Link; a page elsewhere is none of the registry's."""
    found = re.match(r'\s*<([^>]+)>\s*;\s*rel="?next"?', answer.headers.get("link", ""))
    if not found:
        return ""
    try:
        following = urljoin(answer.url, found[1])
    except ValueError:
        return ""
    return following if origin(following) == origin(answer.url) and following != answer.url else ""
