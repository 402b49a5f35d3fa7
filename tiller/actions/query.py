"""Questions about releases: list, status, content, history, version. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from helmpy.errors import HelmError
from helmpy.gocompat import regex
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.model import Release, Status, StatusCode
from helmpy.release.requests import (
    ContentRequest,
    ContentResponse,
    HistoryRequest,
    HistoryResponse,
    ListRequest,
    ListResponse,
    SortBy,
    SortOrder,
    StatusRequest,
    StatusResponse,
    VersionResponse,
)
from tiller.actions.environment import Environment
from tiller.kube import tables
from tiller.storage import codec
from tiller.storage.catalogue import Entry
from tiller.storage.codec import Head

DEFAULT_LIMIT = 512  # releases on a page where a request names none


class QueryError(ReleaseError):
    """A question cannot be answered."""


def version(env: Environment) -> VersionResponse:
    """Who this server is."""
    return VersionResponse(env.version)


def content(env: Environment, request: ContentRequest) -> ContentResponse:
    """One revision as it is stored, the newest for version 0; raises ReleaseNotFound."""
    names.check_name(request.name)
    if request.version <= 0:
        return ContentResponse(env.storage.last(request.name))
    return ContentResponse(env.storage.get(request.name, request.version))


def status(env: Environment, request: StatusRequest) -> StatusResponse:
    """How a revision stands, with its live objects as tables; raises QueryError.

    Deleted and failed revisions are answered without a look at the cluster, as in Helm 2.
    """
    names.check_name(request.name)
    release = _found(env, request)
    if release.info is None:
        raise QueryError("release info is missing")
    if release.chart is None:
        raise QueryError("release chart is missing")
    info = release.info
    stands = info.status or Status()
    if stands.code not in (StatusCode.DELETED, StatusCode.FAILED):
        targets = env.cluster.build(release.manifest, release.namespace, stored=True)
        if not targets:
            raise QueryError("no objects visited")
        stands = replace(stands, resources=tables.resources_text(env.cluster, targets))
    return StatusResponse(release.name, replace(info, status=stands), release.namespace)


def _found(env: Environment, request: StatusRequest) -> Release:
    if request.version <= 0:
        try:
            return env.storage.last(request.name)
        except HelmError as error:
            raise QueryError(f'getting deployed release "{request.name}": {error}') from error
    try:
        return env.storage.get(request.name, request.version)
    except HelmError as error:
        raise QueryError(f"getting release '{request.name}' (v{request.version}): {error}") from error


def history(env: Environment, request: HistoryRequest) -> HistoryResponse:
    """Newest revisions first, at most ``max``; none for 0. Raises ReleaseNotFound."""
    names.check_name(request.name)
    found = env.storage.history(request.name)
    return HistoryResponse(tuple(found[: max(request.max, 0)]))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its records' messages are read as they are asked for."""

    count: int
    next: str
    total: int
    messages: Iterator[bytes]


def list_releases(env: Environment, request: ListRequest) -> ListResponse:
    """The page that ``list_page`` finds, as releases."""
    page = list_page(env, request)
    releases = tuple(map(codec.read, page.messages))
    return ListResponse(count=page.count, next=page.next, total=page.total, releases=releases)


def list_page(env: Environment, request: ListRequest) -> Page:
    """A page of the stored revisions that the request wants.

    ``total`` counts what matches before paging, ``next`` names the release after the page.
    Raises QueryError for an unknown offset, and the regular expression's error.
    """
    catalogue = env.storage.catalogue()
    found = _named(catalogue.entries(set(request.status_codes) or {int(StatusCode.DEPLOYED)}), request.filter)
    heads: Mapping[Entry, Head] = {}
    if request.namespace or request.sort_by in _HEADED:
        heads = catalogue.heads(found, namespaces=bool(request.namespace))
        found = [entry for entry in found if entry in heads and request.namespace in ("", heads[entry].namespace)]
    found = _sorted(found, heads, request)
    total = len(found)
    if request.offset:
        found = found[_offset(found, request.offset) :]
    limit = request.limit if request.limit > 0 else DEFAULT_LIMIT  # below 0 is 2.17's end
    following = found[limit].name if len(found) > limit else ""
    page = found[:limit]
    return Page(len(page), following, total, catalogue.messages(page))


def _named(found: list[Entry], pattern: str) -> list[Entry]:
    if not pattern:
        return found
    matcher = regex.compile(pattern)
    return [entry for entry in found if matcher.search(entry.name)]


def _offset(found: list[Entry], name: str) -> int:
    places = [index for index, entry in enumerate(found) if entry.name == name]
    if not places:
        raise QueryError(f'offset "{name}" not found')
    return places[-1]


_HEADED: Mapping[int, Callable[[Head], object]] = {
    SortBy.LAST_RELEASED: lambda head: head.last_deployed,
    SortBy.CHART_NAME: lambda head: head.chart,
}


def _sorted(found: list[Entry], heads: Mapping[Entry, Head], request: ListRequest) -> list[Entry]:
    """Helm 2 leaves equal and unsorted releases in any order; here the name decides."""
    first = _HEADED.get(request.sort_by)

    def key(entry: Entry) -> tuple[object, ...]:
        return (*([first(heads[entry])] if first else []), entry.name, entry.version)

    return sorted(found, key=key, reverse=request.sort_order == SortOrder.DESC)
