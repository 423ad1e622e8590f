"""One box for everything: people (misspelt, too), groups, lines and records, the best first, marks everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from countylines.web import finding
from countylines.web.access import Visit, needs
from countylines.web.finding import Found
from countylines.web.groups import seen_groups
from countylines.web.own_areas import areas_of
from countylines.web.query_words import phone, plain

router = APIRouter(include_in_schema=False)

Words = Annotated[str, Query(max_length=4_000)]
KINDS = ("people", "groups", "lines", "records")
SUGGESTED, MANY, PAGES = 4, 100, 20


@dataclass(frozen=True)
class Results:
    """What was found, by kind.

    Attributes:
        query: as it was looked for.
    """

    query: str
    people: Found
    groups: Found
    lines: Found
    records: Found

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not any(getattr(self, kind).count for kind in KINDS)

    @property
    def advice(self) -> str:
        """What to do when nothing was found."""
        if phone(self.query):
            return "No record has this number. Try the last 6 digits."
        return "Nothing found. Try a part of the name, an id, or fewer words of the text."


@router.get("/search")
def search(visit: Visit = needs("search"), q: Words = "", kind: str = "", page: int = 1) -> Response:
    """Results by kind; one kind alone shows more of it, a page at a time."""
    query = plain(q)
    chosen = kind if kind in KINDS else ""
    at = min(max(1, page), PAGES) if chosen else 1
    results = look(visit, query, chosen, MANY if chosen else finding.SHOWN, at) if query else None
    if query:
        assert results is not None
        counts = {name: getattr(results, name).count for name in KINDS}
        visit.views("search", query, shown=chosen or "all", found=counts)
    return visit.page("search.html.j2", q=query, results=results, kinds=KINDS, kind=chosen, page=at, many=MANY)


@router.get("/search/suggest")
def suggest(visit: Visit = needs("search"), q: Words = "") -> Response:
    """The first few of each kind while somebody types, without the frame around them; logged like a search."""
    query = plain(q)
    results = look(visit, query, "", SUGGESTED) if len(query) >= 3 else None
    if results:
        visit.views("search", query, shown="as typed")
    return visit.page("search_suggest.html.j2", q=query, results=results)


def look(visit: Visit, query: str, kind: str, most: int, page: int = 1) -> Results:
    """Look for the words among what this visitor may see."""
    reader = visit.reader
    nothing, skip = Found([], 0), (page - 1) * most

    def wanted(name: str, action: str) -> bool:
        return kind in ("", name) and visit.can(action)

    mine = {row.group_id for row in seen_groups(visit)[0]} if wanted("groups", "see_groups") else set()
    areas = areas_of(visit)
    return Results(
        query,
        finding.people(reader, query, areas, most, skip) if wanted("people", "see_people") else nothing,
        finding.groups(reader, query, mine, most, skip),
        finding.lines(reader, query, areas, most, skip) if wanted("lines", "see_lines") else nothing,
        finding.records(reader, query, areas, most, skip) if wanted("records", "see_people") else nothing,
    )
