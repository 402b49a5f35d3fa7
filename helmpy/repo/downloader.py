"""From what a user calls a chart to its archive: ``repo/chart``, a URL, ``oci://…``, or a chart of a repository's URL.

Source of the rules and texts: Helm 2.17's chart downloader.
"""

from __future__ import annotations

import os
from hashlib import sha256
from urllib.parse import urljoin, urlunsplit

from helmpy.errors import HelmError, unreadable
from helmpy.record import record, replace
from helmpy.repo import catalogue, index
from helmpy.repo.getter import Access, FetchError, UnknownScheme, UnusableTls, split
from helmpy.repo.index import BrokenIndex, NoSuchChart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from helmpy.repo.catalogue import Catalogue, Offer
    from helmpy.repo.getter import Getter, Getters, Progress
    from helmpy.repo.index import Index
    from helmpy.repo.oci import Registry
    from helmpy.repo.repositories import Repositories, Repository

_OCI = "oci://"  # also told by helmpy.repo.oci, which is only loaded for such
_HEX = frozenset("0123456789abcdef")
_SHA256 = "sha256:"  # stands before a digest in the index that helm package keeps


class DownloadError(HelmError):
    """A chart can't be found or fetched."""


@record(frozen=True, slots=True)
class Place:
    """Where an archive is, what lets one in there, and its SHA-256 in hex where an index tells it.

    ``called`` is the archive's name where that is not the last part of the URL's path.
    """

    url: str
    access: Access
    digest: str = ""
    called: str = ""

    @property
    def file_name(self) -> str:
        return self.called or split(self.url).path.rsplit("/", 1)[-1]

    @property
    def is_described(self) -> bool:
        """Whether ``digest`` can be compared with an archive's."""
        return len(self.digest) == 64 and _HEX.issuperset(self.digest)

    def kept(self, directory: str | os.PathLike[str]) -> bytes | None:
        """Return the archive where an earlier download left it in a directory: the very one that the index lists."""
        if not self.is_described:
            return None
        try:
            with open(os.path.join(directory, self.file_name), "rb") as file:  # noqa: PTH118, PTH123 - pathlib is slow to import
                data = file.read()
        except OSError:
            return None  # none, or none that can be read: it is fetched
        return data if sha256(data).hexdigest() == self.digest else None


class Downloader:
    """Knows the user's repositories and where their indexes are kept; ``registry`` makes what asks registries."""

    def __init__(
        self,
        getters: Getter,
        repositories: Callable[[], Repositories],
        index_of: Callable[[str], str | os.PathLike[str]],
        registry: Callable[[], Registry] | None = None,
    ) -> None:
        self._getters = getters
        self._repositories = repositories
        self._index_of = index_of
        self._make_registry = registry
        self._registry: Registry | None = None

    def place(self, reference: str, version: str = "", access: Access = Access()) -> Place:  # noqa: B008 - frozen
        """Return where the chart is that ``reference`` names. Raises DownloadError, NoSuchRepository.

        A URL stands for itself; if one of the repositories offers it, that repository's access is used. In a
        registry the tags are looked through for the version; RegistryError says what goes wrong there.
        """
        if reference.startswith(_OCI):
            return self._in_registry(reference, version, access)
        parts = split(reference)
        if parts.scheme and (parts.netloc or parts.scheme == "file"):
            return self._of_url(reference, access)
        name, slash, chart = reference.partition("/")
        if not slash:
            raise DownloadError(f"Non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}")
        repository = self._repositories().get(name)
        _check_address(repository)
        offers = cached(self._index_of(name), chart)
        try:
            offer = offers.get(chart, version)
        except HelmError as error:
            raise DownloadError(
                f'chart "{chart}" matching version "{version}" not found in {name} index. '
                f"(try 'helm repo update'). {error}"
            ) from error
        return _of_offer(offer, reference, repository.url, _merged(access_of(repository), access))

    def _in_registry(self, text: str, version: str, access: Access) -> Place:
        from helmpy.repo import oci

        registry = self._registry_for(text)
        found = registry.resolve(oci.parse(text), version)
        return Place(str(found), access, called=registry.file_name(found, version))

    def _registry_for(self, url: str) -> Registry:
        if self._registry is None:
            if self._make_registry is None:
                raise UnknownScheme(f"no registry to ask for {url}")
            self._registry = self._make_registry()
        return self._registry

    def _of_url(self, url: str, access: Access) -> Place:
        try:
            entries = self._repositories().entries
        except HelmError:
            entries = ()  # a URL needs no repositories
        for repository in entries:
            if url.startswith(repository.url.rstrip("/") + "/") and (repository.username or repository.cert_file):
                return Place(url, _merged(access_of(repository), access))
        return Place(url, replace(access, url=access.url or url))

    def fetch(self, place: Place, progress: Progress | None = None) -> bytes:
        """Return the archive, compared with the digest of the index. Raises FetchError, DownloadError, RegistryError."""
        if place.url.startswith(_OCI):
            from helmpy.repo import oci

            return self._registry_for(place.url).chart(oci.parse(place.url), progress)
        data = self._getters.get(place.url, place.access, progress)
        if place.is_described:
            found = sha256(data).hexdigest()
            if found != place.digest:
                raise DownloadError(
                    f"{place.url} is not what its repository's index lists: the SHA-256 is {found}, not {place.digest}. "
                    "Run 'helm repo update'; if it stays so, the archive was changed"
                )
        return data

    def manifest_digest(self, place: Place) -> str:
        """Return the digest of the manifest of a chart in a registry, empty for one elsewhere. Raises RegistryError."""
        if not place.url.startswith(_OCI):
            return ""
        from helmpy.repo import oci

        return self._registry_for(place.url).manifest(oci.parse(place.url)).digest

    def provenance(self, place: Place) -> bytes:
        """Return the text of the archive's provenance file. Raises FetchError, RegistryError."""
        if place.url.startswith(_OCI):
            from helmpy.repo import oci

            return self._registry_for(place.url).provenance(oci.parse(place.url))
        parts = split(place.url)
        return self._getters.get(urlunsplit(parts._replace(path=parts.path + ".prov")), place.access)


def cached(path: str | os.PathLike[str], chart: str) -> Catalogue:
    """Return what the index that was kept at ``path`` offers of a chart. Raises DownloadError."""
    try:
        return catalogue.load(path, chart)
    except OSError as error:
        reason = unreadable(os.fspath(path), error)
        raise DownloadError(f"no cached repo found. (try 'helm repo update'). {reason}") from error
    except BrokenIndex as error:
        raise DownloadError(f"no cached repo found. (try 'helm repo update'). {error}") from error


def _check_address(repository: Repository) -> None:
    """Raise DownloadError where nothing can be fetched from what is noted as a repository's URL."""
    if not repository.url:
        raise DownloadError(f"no URL found for repository {repository.name}")
    if not split(repository.url).scheme:
        raise DownloadError("Could not find protocol handler for: ")


def access_of(repository: Repository) -> Access:
    """What the user gave when the repository was added."""
    return Access(
        repository.url,
        repository.username,
        repository.password,
        repository.cert_file,
        repository.key_file,
        repository.ca_file,
    )


def _merged(kept: Access, given: Access) -> Access:
    """What was given now counts before what was kept."""
    return Access(
        kept.url or given.url,
        given.username or kept.username,
        given.password or kept.password,
        given.cert_file or kept.cert_file,
        given.key_file or kept.key_file,
        given.ca_file or kept.ca_file,
        given.insecure,
        given.plain_http,
    )


def _of_offer(offer: Offer, chart: str, base: str, access: Access) -> Place:
    if not offer.urls:
        raise DownloadError(f'chart "{chart}" has no downloadable URLs')
    return Place(absolute_url(base, offer.urls[0]), access, offer.digest.removeprefix(_SHA256))


def absolute_url(base: str, url: str) -> str:
    """Return a chart's URL as seen from its repository's; the repository's query string stays.

    Raises DownloadError where a repository elsewhere names a file of this machine.
    """
    scheme = split(url).scheme
    if scheme == "file" and split(base).scheme != "file":
        raise DownloadError(f"the index of {base} names a file of this machine, {url}: not taken from there")
    if scheme:
        return url
    parts = split(base)
    # By http: urljoin leaves URLs alone whose scheme it does not know, as those of plugins.
    joined = split(urljoin(urlunsplit(("http", parts.netloc, parts.path.rstrip("/") + "/", "", "")), url))
    return urlunsplit((parts.scheme, joined.netloc, joined.path, joined.query or parts.query, joined.fragment))


def index_url(base: str) -> str:
    """Return where a repository's index is."""
    return absolute_url(base, index.FILENAME)


def sent_index(getters: Getter, url: str, access: Access, progress: Progress | None = None) -> tuple[bytes, Index]:
    """Return a repository's index as it was sent, and read. Raises FetchError, BrokenIndex."""
    try:
        data = getters.get(index_url(url), access, progress)
    except (UnknownScheme, UnusableTls) as error:
        raise _no_handler(url, error) from error
    return data, index.parse(data)


def _no_handler(url: str, error: UnknownScheme | UnusableTls) -> FetchError:
    """What Helm says where it has no way to a repository."""
    scheme = split(url).scheme
    if isinstance(error, UnusableTls):
        return UnusableTls(f"Could not construct protocol handler for: {scheme} error: {error}", hint=error.hint)
    return UnknownScheme(f"Could not find protocol handler for: {scheme}")


def refresh_index(
    getters: Getters,
    url: str,
    access: Access,
    cache: str | os.PathLike[str],
    writing: AbstractContextManager[object],
) -> None:
    """Bring the index file at ``cache`` up to date: nothing is sent, read or written that is there already.

    ``writing`` is entered while files are written. Raises FetchError, BrokenIndex, FileTrouble.
    """
    place = index_url(url)
    try:
        data, tag = getters.get_if_changed(place, access, catalogue.known_tag(cache, place))
    except (UnknownScheme, UnusableTls) as error:
        raise _no_handler(url, error) from error
    if data is None:
        return
    origin = catalogue.Origin(place, tag)
    if not catalogue.is_same(cache, data):
        parsed = index.parse(data)
        with writing:
            catalogue.store(cache, data, parsed, origin)
    elif tag:
        with writing:
            catalogue.note_origin(cache, origin)


def fetch_index(getters: Getter, url: str, access: Access, progress: Progress | None = None) -> tuple[bytes, Index]:
    """Return a repository's index as it was sent, and read. Raises DownloadError in Helm's words."""
    _check_url(url)
    try:
        return sent_index(getters, url, access, progress)
    except (UnknownScheme, UnusableTls):
        raise
    except (FetchError, BrokenIndex) as error:
        raise unusable(url, error) from error


def unusable(url: str, error: HelmError) -> DownloadError:
    """What Helm says where the index of a repository can't be fetched, read or kept."""
    return DownloadError(f'Looks like "{url}" is not a valid chart repository or cannot be reached: {error}')


def _check_url(url: str) -> None:
    from helmpy.gocompat.function import FunctionError
    from helmpy.gocompat.url import parse

    try:
        parse(url)
    except FunctionError as error:
        raise DownloadError(f"invalid chart URL format: {url}", hint=str(error)) from error


def place_in_repository(getters: Getter, url: str, chart: str, version: str, access: Access) -> Place:
    """Return where a repository that nobody added has a chart. Raises DownloadError in Helm's words."""
    _, found = fetch_index(getters, url, access)
    words = f'chart "{chart}"' + (f' version "{version}"' if version else "")
    try:
        one = found.get(chart, version)
    except NoSuchChart as error:
        raise DownloadError(f"{words} not found in {url} repository") from error
    if not one.urls:
        raise DownloadError(f"{words} has no downloadable URLs")
    return Place(absolute_url(url, one.urls[0]), replace(access, url=url), one.digest.removeprefix(_SHA256))
