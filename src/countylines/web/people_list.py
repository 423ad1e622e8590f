"""People: everybody who was kept, to review nominals across the run; nobody to protect is in any order (METHOD 6)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.group_rows import group_rows
from countylines.web.groups import seen_groups
from countylines.web.paging import paged
from countylines.web.people_rows import GROUP, WHO, Wanted, everybody, of_reader
from countylines.web.ranks import priorities
from countylines.web.unweighed import INDEXES

router = APIRouter(include_in_schema=False)

A_PAGE = 50


@router.get("/people")
def people(
    visit: Visit = needs("see_priority_of_people"), who: str = "", group: str = "", sort: str = "", page: int = 1
) -> Response:
    """The list: rankable people in the order asked for, then everybody to protect or held.

    Args:
        who: of WHO; empty = all.
        group: any, none, or a group's id.
        sort: rank, cchi, ons, ties, between or latest, with a minus for the other way round.
    """
    wanted, reader = Wanted.read(who, group, sort), visit.reader
    near = of_reader(reader)
    found = wanted.ordered(wanted.kept(near))
    here, at, pages = paged(found.height, page, A_PAGE)
    rows = found[here].to_dicts()
    cards = reader.cards(row["nominal_id"] for row in rows)
    visit.views("people", "list", **{name: value for name, value in wanted.address.items() if value}, page=at)
    return visit.page(
        "people.html.j2",
        wanted=wanted,
        rows=[(cards[row["nominal_id"]], row) for row in rows],
        counts={name: Wanted(name, wanted.group).kept(near).height for name in WHO},
        whos=WHO,
        choices=GROUP,
        total=found.height,
        near=near.height,
        away=everybody(reader).height - near.height,
        page=at,
        pages=pages,
        guarded=found.filter(~found["rankable"]).height,
        most={index: near[index].max() or 0.0 for index in INDEXES},
        ranked=priorities(reader).height,
        placed=everybody(reader)["ties_rank"].count(),
        groups=seen_groups(visit)[0],
        called={row.group_id: row.called for row in group_rows(reader)},
    )
