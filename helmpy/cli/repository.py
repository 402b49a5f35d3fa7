"""What commands share that fetch from repositories: flags, the user's repositories, progress."""

from __future__ import annotations

import sys
import time

from helmpy.cli import colour
from helmpy.cli.command import boolean, gathers, string
from helmpy.cli.output import debug, say
from helmpy.errors import HelmError
from helmpy.home import default_keyring
from helmpy.record import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from pathlib import Path
    from typing import Any, ClassVar, Self

    from helmpy.cli.command import Decorator, Function
    from helmpy.home import Settings
    from helmpy.repo.credentials import Credential
    from helmpy.repo.downloader import Downloader, Place
    from helmpy.repo.getter import Access, Getter, Getters, Progress
    from helmpy.repo.oci import Registry

REDRAW = 0.1  # seconds between two lines of progress
OCI = "oci://"  # what references to charts in registries begin with
PRERELEASES = ">0.0.0-0"  # what --devel stands for


@record(frozen=True, slots=True)
class AccessFlags:
    """What lets one into a repository or registry: ``--username`` … ``--plain-http``."""

    username: str = ""
    password: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    insecure: bool = False
    plain_http: bool = False

    def of(self, url: str = "") -> Access:
        from helmpy.repo.getter import Access

        return Access(
            url,
            self.username,
            self.password,
            self.cert_file,
            self.key_file,
            self.ca_file,
            self.insecure,
            self.plain_http,
        )


@record(frozen=True, slots=True)
class SourceFlags:
    """Which version of a chart, where from, and how it is checked."""

    version: str = ""
    devel: bool = False
    repository: str = ""
    access: AccessFlags = AccessFlags()
    verify: bool = False
    keyring: str = ""

    @property
    def constraint(self) -> str:
        return PRERELEASES if self.devel and not self.version else self.version

    def told(self, settings: Settings, *, original: bool = True) -> None:
        """Say for ``--debug`` which version is looked for, ``original`` also which one was named."""
        if original:
            debug(settings, f'Original chart version: "{self.version}"')
        if self.devel and not self.version:
            debug(settings, f"setting version to {self.constraint}")


def access(function: Function) -> Function:
    """The flags of access; the function gets ``access: AccessFlags``."""

    @gathers(function)
    def gathered(
        *words: Any, username: str, password: str, cert_file: str, key_file: str, ca_file: str, **rest: Any
    ) -> Any:
        return function(*words, access=AccessFlags(username, password, cert_file, key_file, ca_file), **rest)

    return _declared(gathered, _ACCESS)


def transport(function: Function) -> Function:
    """How a registry is trusted; the function gets ``access: AccessFlags`` without a user."""

    @gathers(function)
    def gathered(
        *words: Any,
        cert_file: str,
        key_file: str,
        ca_file: str,
        insecure_skip_tls_verify: bool,
        plain_http: bool,
        **rest: Any,
    ) -> Any:
        flags = AccessFlags("", "", cert_file, key_file, ca_file, insecure_skip_tls_verify, plain_http)
        return function(*words, access=flags, **rest)

    return _declared(gathered, (*_FILES, INSECURE, PLAIN_HTTP))


def source(function: Function) -> Function:
    """Where a chart comes from; the function gets ``source: SourceFlags``."""

    @access
    @gathers(function)
    def gathered(
        *words: Any,
        version: str,
        devel: bool,
        repo: str,
        access: AccessFlags,
        verify: bool,
        keyring: str,
        insecure_skip_tls_verify: bool,
        plain_http: bool,
        **rest: Any,
    ) -> Any:
        access = replace(access, insecure=insecure_skip_tls_verify, plain_http=plain_http)
        return function(*words, source=SourceFlags(version, devel, repo, access, verify, keyring), **rest)

    return _declared(gathered, _SOURCE)


def _declared(function: Function, flags: tuple[Decorator, ...]) -> Function:
    for declare in flags:
        function = declare(function)
    return function


def _keyring() -> str:
    import os

    return default_keyring(os.environ)


KEYRING = string("keyring", about="file of the public keys to trust", default=_keyring)
INSECURE = boolean("insecure-skip-tls-verify", about="take any certificate of a server for its own")
PLAIN_HTTP = boolean("plain-http", about="speak to a registry (oci://) without TLS")
_FILES: tuple[Decorator, ...] = (
    string("ca-file", about="PEM file: authorities to trust for the repository"),
    string("cert-file", about="PEM file: certificate for the repository"),
    string("key-file", about="PEM file: private key for the repository"),
)
_ACCESS: tuple[Decorator, ...] = (
    *_FILES,
    string("password", about="password for the repository"),
    string("username", about="user name for the repository"),
)
_SOURCE: tuple[Decorator, ...] = (
    boolean("devel", about="take prereleases too, like --version '>0.0.0-0'"),
    KEYRING,
    string("repo", about="URL of the chart's repository, which need not be added"),
    INSECURE,
    PLAIN_HTTP,
    boolean("verify", about="check the chart's signature before it is used"),
    string("version", about="version of the chart, or a range; default: the newest that is no prerelease"),
)


@record(frozen=True, slots=True)
class Check:
    """What is done about a chart's provenance file. No enum: importing that takes 4 ms."""

    name: str

    NEVER: ClassVar[Check]
    LATER: ClassVar[Check]  # fetched, not checked
    IF_POSSIBLE: ClassVar[Check]
    ALWAYS: ClassVar[Check]


Check.NEVER = Check("never")
Check.LATER = Check("later")
Check.IF_POSSIBLE = Check("if possible")
Check.ALWAYS = Check("always")


@record(frozen=True, slots=True)
class Obtained:
    """A chart's archive in memory, checked as far as that was asked for.

    ``url`` is where it was, ``digest`` that of its manifest where that is in a registry.
    """

    file_name: str
    archive: bytes
    provenance: bytes | None = None
    verification: str = ""
    url: str = ""
    digest: str = ""

    def write(self, directory: str | Path) -> Path:
        """Put the archive, and its provenance file, into a directory. Raises FileTrouble."""
        from pathlib import Path

        from helmpy.repo import files

        target = Path(directory, self.file_name)
        files.write(target, self.archive)
        if self.provenance is not None:
            files.write(f"{target}.prov", self.provenance)
        return target


def obtain(
    settings: Settings, reference: str, source: SourceFlags, check: Check, kept: str | PathLike[str] = ""
) -> Obtained:
    """Fetch the chart that ``reference`` names. Raises HelmError; nothing is written here.

    What is in the directory ``kept`` and is what the index lists is not fetched again.
    """
    from helmpy.repo import downloader as download

    if source.repository.startswith(OCI):
        reference = f"{source.repository.rstrip('/')}/{reference}"
        source = replace(source, repository="")
    access = source.access.of(reference if reference.startswith(OCI) else source.repository)
    found = downloader(settings, access)
    if source.repository:
        place = download.place_in_repository(getters(settings), source.repository, reference, source.constraint, access)
    else:
        place = found.place(reference, source.constraint, access)
    if not place.file_name:
        raise HelmError(f"{place.url} names no file")
    archive = place.kept(kept) if kept else None
    if archive is None:
        with progress(f"Fetching {reference}:") as tell:
            archive = found.fetch(place, tell)
    signed = signature(found, place, reference, check)
    verification = ""
    if check in (Check.ALWAYS, Check.IF_POSSIBLE) and signed is not None:
        from helmpy.repo.provenance import verify

        verification = str(verify(archive, place.file_name, signed, source.keyring))
    return Obtained(place.file_name, archive, signed, verification, place.url, found.manifest_digest(place))


def signature(found: Downloader, place: Place, reference: str, check: Check) -> bytes | None:
    """The provenance file of an archive, as far as ``check`` wants one. Raises HelmError where it must be there."""
    if check is Check.NEVER:
        return None
    try:
        return found.provenance(place)
    except HelmError as error:
        if check is Check.ALWAYS:
            raise HelmError(f'Failed to fetch provenance "{place.url}.prov"') from error
        say(f"WARNING: Verification not found for {reference}: {error}")
        return None


def getters(settings: Settings) -> Getters:
    """All ways to fetch, those of the user's plugins too."""
    from helmpy.repo.getter import Getters

    def of_plugins(scheme: str) -> Getter | None:
        from helmpy.cli.plugins import getter

        return getter(settings, scheme)

    return Getters(of_plugins)


def downloader(settings: Settings, access: Access | None = None) -> Downloader:
    """What fetches charts; ``access`` is for registries."""
    from helmpy.repo import repositories
    from helmpy.repo.downloader import Downloader

    home = settings.home
    return Downloader(
        getters(settings),
        lambda: repositories.load(home.repository_file),
        home.cache_index,
        None if access is None else lambda: registry(settings, access),
    )


def registry(
    settings: Settings, access: Access, credential_of: Callable[[str], Credential | None] | None = None
) -> Registry:
    """Registries as the user may use them: with what ``helm registry login`` keeps, else Helm 3's and Docker's logins."""
    import os

    from helmpy.home import foreign_registry_configs
    from helmpy.repo import credentials
    from helmpy.repo.distribution import Registries
    from helmpy.repo.getter import HttpGetter
    from helmpy.repo.oci import Registry

    files = (str(settings.home.registry_config), *foreign_registry_configs(os.environ))

    def kept(host: str) -> Credential | None:
        return credentials.find(files, host, credentials.ask_helper)

    return Registry(Registries(HttpGetter(), credential_of or kept, access))


class progress:  # noqa: N801 - read as a word: with progress("...") as tell
    """Tell on a terminal how much of a download is there; elsewhere tell nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._shown = ""
        self._next = 0.0

    def __enter__(self) -> Progress | None:
        return self._tell if colour.erases(sys.stderr) else None

    def _tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        shown = f"{done / 2**20:.1f} MiB" + (f" of {total / 2**20:.1f}" if total else "")
        if shown == self._shown or now < self._next:
            return  # a terminal is slower than a network
        self._shown, self._next = shown, now + REDRAW
        sys.stderr.write(f"\r\033[K{self._text} {shown}")
        sys.stderr.flush()

    def __exit__(self, *_error: object) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


class tally:  # noqa: N801 - read as a word: with tally("...", 7) as told
    """Tell on a terminal how many of several things are done; elsewhere tell nothing."""

    def __init__(self, text: str, total: int) -> None:
        from threading import Lock

        self._text = text
        self._total = total
        self._done = 0
        self._shown = colour.erases(sys.stderr) and total > 1
        self._lock = Lock()

    def __enter__(self) -> Self:
        self.show()
        return self

    def one(self, *_which: object) -> None:
        """One more is done."""
        with self._lock:
            self._done += 1
        self.show()

    def show(self) -> None:
        if self._shown and self._done < self._total:
            sys.stderr.write(f"\r\033[K{self._text} {self._done} of {self._total}")
            sys.stderr.flush()

    def hide(self) -> None:
        """Make room for a line of result."""
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def __exit__(self, *_error: object) -> None:
        self.hide()
