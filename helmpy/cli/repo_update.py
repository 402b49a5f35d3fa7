"""``helm repo update``: fetch every repository's index, several at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

from helmpy.cli import repository
from helmpy.cli.command import boolean
from helmpy.cli.command import command as make
from helmpy.cli.output import say
from helmpy.errors import HelmError
from helmpy.repo import downloader, repositories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helmpy.home import Settings
    from helmpy.repo.getter import Getters
    from helmpy.repo.repositories import Repository

LOCAL = "local"  # the repository that `helm serve` offers: its index is made here
AT_ONCE = 8


class UpdateError(HelmError):
    """Nothing could be updated, or with --strict not all."""


@make("update", usage="[REPO_NAME] [flags]", about="Fetch the newest indexes of all chart repositories, or of one.")
@boolean("strict", about="fail where an index could not be fetched")
def command(settings: Settings, args: Sequence[str], *, strict: bool) -> None:
    update(settings, args, strict=strict)


def update(settings: Settings, args: Sequence[str], *, strict: bool) -> None:
    """Fetch the indexes of all repositories, or of the one that is named. Raises HelmError."""
    entries = repositories.load(settings.home.repository_file).entries
    if not entries:
        raise UpdateError("no repositories found. You must add one before updating")
    if args and args[0]:
        entries = tuple(one for one in entries if one.name == args[0])
        if not entries:
            raise UpdateError("no repositories found matching the provided name. Verify if the repo exists")
    say("Hang tight while we grab the latest from your chart repositories...", flush=True)
    failed = update_all(settings, entries)
    if failed and strict:
        raise UpdateError("Update Failed. Check log for details")
    say("Update Complete.")


def update_all(settings: Settings, entries: Iterable[Repository], *, local: bool = False) -> int:
    """Fetch the indexes of repositories and say how that went; return how many failed.

    ``local`` fetches that of the local repository like any other.
    """
    getters = repository.getters(settings)
    failed = 0
    wanted = list(entries)
    writing = _Writing()
    with _pool(writing) as pool, repository.tally("Fetched indexes:", len(wanted)) as told:
        tasks = [(one, pool.submit(_update, settings, getters, one, writing, local=local)) for one in wanted]
        for _, task in tasks:
            task.add_done_callback(told.one)
        for one, task in tasks:
            try:
                task.result()
            except HelmError as error:
                failed += 1
                told.hide()
                say(f'...Unable to get an update from the "{one.name}" chart repository ({one.url}):\n\t{error}')
            else:
                told.hide()
                skipped = one.name == LOCAL and not local
                words = "Skip local" if skipped else f'Successfully got an update from the "{one.name}"'
                say(f"...{words} chart repository", flush=True)
            told.show()
    return failed


def _update(settings: Settings, getters: Getters, one: Repository, writing: _Writing, *, local: bool) -> None:
    if one.name == LOCAL and not local:
        return
    access = downloader.access_of(one)
    downloader.refresh_index(getters, one.url, access, settings.home.cache_index(one.name), writing)


@contextmanager
def _pool(writing: _Writing) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for, unless the user ends it all: a server that is silent is so for two minutes."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    except KeyboardInterrupt:
        writing.end()
        raise
    finally:
        pool.shutdown(wait=not writing.ended, cancel_futures=writing.ended)


class _Writing:
    """Held by who writes files; once ended nobody gets it any more, and nothing is left half-written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.ended = False

    def __enter__(self) -> None:
        self._lock.acquire()
        if self.ended:
            self._lock.release()
            raise UpdateError("interrupted")

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    def end(self) -> None:
        with self._lock:
            self.ended = True
