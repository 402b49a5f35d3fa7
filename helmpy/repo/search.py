"""Searching what the added repositories offer, by Helm 2.17's rules.

A term is looked for, without regard to case, in the chart's name, the name with its repository, the
description and the keywords; a hit in one counts before a hit in the next. A regular expression sees them in
this order, as one text, as they are written.
"""

from __future__ import annotations

from helmpy.errors import HelmError
from helmpy.gocompat import semver
from helmpy.record import record
from helmpy.repo import index as index_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from helmpy.repo.catalogue import Catalogue

    Row = list[Any]
    Matcher = Callable[[str], int]

STABLE = ">0.0.0"  # what is looked at where no version is asked for: no prereleases


class InvalidRange(HelmError):
    """The text that versions should keep to is no range."""


@record(frozen=True, slots=True)
class Hit:
    """A chart that was found; ``name`` is ``repository/chart``."""

    name: str
    version: str
    app_version: str
    description: str


def search(
    catalogues: Mapping[str, Catalogue],
    terms: str,
    *,
    regexp: bool = False,
    version: str = "",
    all_versions: bool = False,
) -> list[Hit]:
    """Return what fits ``terms`` (empty: everything), best first.

    ``version`` is a constraint; without ``all_versions`` only the newest version that keeps it is
    returned. Raises InvalidPattern, InvalidRange.
    """
    find = _finder(terms, regexp=regexp)
    try:
        constraint = semver.Constraint(version or STABLE, 2)
    except semver.InvalidConstraint as error:
        raise InvalidRange(f"an invalid version/constraint format: {error}") from error
    scored: list[tuple[int, str, int, Row]] = []
    for repository, catalogue in catalogues.items():
        for chart, rows in catalogue.rows.items():
            name = f"{repository}/{chart}"
            scored += [(score, name, place, row) for score, place, row in _matching(repository, rows, find)]
    scored.sort(key=lambda item: item[:3])
    return list(_kept(scored, constraint, all_versions=all_versions))


def _matching(repository: str, rows: Iterable[Row], find: Matcher) -> Iterable[tuple[int, int, Row]]:
    """Versions may differ in description and keywords, so each is looked at; equal texts once.

    A chart is looked for by the name in its entry, which need not be the one that it is listed under.
    """
    before = None
    score = -1
    for place, row in enumerate(rows):
        now = (row[0], row[3], row[4])
        if now != before:
            before, score = now, _score(repository, row, find)
        if score >= 0:
            yield score, place, row


def _score(repository: str, row: Row, find: Matcher) -> int:
    """0 for a hit in the chart's name, 1 in the whole name, 2 in the description, 3 in the keywords, -1 for none."""
    parts = [row[0], f"{repository}/{row[0]}", row[3], " ".join(row[4])]
    at = find(_SEPARATOR.join(parts))
    if at < 0:
        return -1
    end = 0
    for score, part in enumerate(parts):
        end += len(part) + 1
        if at < end:
            return score
    return len(parts) - 1


_SEPARATOR = "\v"


def _finder(terms: str, *, regexp: bool) -> Matcher:
    if not terms:
        return lambda _text: 0
    if regexp:
        from helmpy.gocompat import regex

        pattern = regex.compile(terms)
        return lambda text: _position(pattern, text)
    wanted = terms.lower()
    return lambda text: text.lower().find(wanted)


def _position(pattern: Any, text: str) -> int:
    if not pattern.search(text):
        return -1
    found = pattern.find(text)
    return text.find(found)


def _kept(scored: Iterable[tuple[int, str, int, Row]], constraint: Any, *, all_versions: bool) -> Iterable[Hit]:
    done: set[str] = set()
    for _, name, _, row in scored:
        if name in done:
            continue
        parsed = index_file.parsed_version(row[1])
        if parsed is not None and not constraint.check(parsed):
            continue  # what is no version is shown, whatever is asked for
        if not all_versions:
            done.add(name)
        yield Hit(name, row[1], row[2], row[3])
