"""Questions about releases: list, status, content, history, version. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from helmpy.errors import HelmError
from helmpy.gocompat import regex
from helmpy.release import names
from helmpy.release.error import ReleaseError
from helmpy.release.model import Info, Release, Status, StatusCode
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
from helmpy.release.timestamp import Timestamp
from tiller.actions.environment import Environment
from tiller.kube import tables

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


def list_releases(env: Environment, request: ListRequest) -> ListResponse:
    """A page of the stored revisions that the request wants.

    ``total`` counts what matches before paging, ``next`` names the release after the page.
    Raises QueryError for an unknown offset, and the regular expression's error.
    """
    codes = set(request.status_codes) or {int(StatusCode.DEPLOYED)}
    only = next(iter(codes)) if len(codes) == 1 else None
    found = [release for release in env.storage.list(status=only) if release.status in codes]
    found = _named(found, request.filter)
    if request.namespace:
        found = [release for release in found if release.namespace == request.namespace]
    found = _sorted(found, request)
    total = len(found)
    if request.offset:
        found = found[_offset(found, request.offset) :]
    limit = request.limit or DEFAULT_LIMIT
    following = found[limit].name if len(found) > limit else ""
    page = found[:limit]
    return ListResponse(count=len(page), next=following, total=total, releases=tuple(page))


def _named(found: list[Release], pattern: str) -> list[Release]:
    if not pattern:
        return found
    matcher = regex.compile(pattern)
    return [release for release in found if matcher.search(release.name)]


def _offset(found: list[Release], name: str) -> int:
    places = [index for index, release in enumerate(found) if release.name == name]
    if not places:
        raise QueryError(f'offset "{name}" not found')
    return places[-1]


_Key = Callable[[Release], tuple[object, ...]]

_KEYS: dict[int, _Key] = {
    SortBy.UNKNOWN: lambda release: (release.name, release.version),
    SortBy.NAME: lambda release: (release.name, release.version),
    SortBy.LAST_RELEASED: lambda release: (_last(release), release.name, release.version),
    SortBy.CHART_NAME: lambda release: (release.chart.name if release.chart else "", release.name, release.version),
}


def _sorted(found: Iterable[Release], request: ListRequest) -> list[Release]:
    """Helm 2 leaves equal and unsorted releases in any order; here the name decides."""
    key = _KEYS.get(request.sort_by, _KEYS[SortBy.UNKNOWN])
    return sorted(found, key=key, reverse=request.sort_order == SortOrder.DESC)


def _last(release: Release) -> Timestamp:
    return (release.info or Info()).last_deployed or Timestamp()
