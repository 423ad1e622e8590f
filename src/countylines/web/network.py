"""The network explorer (SCREENS 5): its page, which stands without a script, and the files that the script reads."""

from __future__ import annotations

import gzip
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from countylines.web.access import Visit, needs
from countylines.web.group_rows import group_rows
from countylines.web.network_data import AT_ONCE, About, Wanted, file_of, rows_of
from countylines.web.network_export import Id
from countylines.web.network_facts import facts_of
from countylines.web.network_forms import MOST, MOST_SENT, drawing, forms_of, way, without_people
from countylines.web.network_search import sought
from countylines.web.network_seen import seen_by
from countylines.web.network_table import Asked, Steps, Words, asked, choices_of, page_of

router = APIRouter(include_in_schema=False)

LISTED = 50  # people that a search gives


@router.get("/network")
def network(
    visit: Visit = needs("see_network"),
    what: Asked = Depends(asked),
    a: Words = "",
    b: Words = "",
    out: Annotated[list[Id] | None, Query(max_length=MOST_SENT)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The explorer's page: with the fixed graph of groups and the table of the same people, for who has no script.

    Args:
        what: open at this group or person, or draw everybody; list these people.
        a, b: show the path between these two, each an id or a name.
        out: show the network without these people.
        page: of the list.
    """
    reader, seen = visit.reader, seen_by(visit)
    shown = page_of(reader, seen, what, page)
    visit.views(**_about(what.group, what.person, shown.total, what.q))
    whole = what.everybody or int(seen.people.sum()) <= AT_ONCE
    parts = ("all",) if whole else ("group", "around", "steps", "all")
    return visit.page(
        "network.html.j2",
        seen=seen,
        shown=shown,
        filters=what.filters,
        choices=choices_of(seen),
        forms=forms_of(visit, seen, a, b, out or ()),
        graph=drawing(visit, seen, lambda group: visit.url("/network", group=group), what.group),
        data=visit.url("/network/data.json", **{part: what.filters[part] for part in parts}, run=reader.name),
        start=what.start,
        what=what,
        can_export=visit.can("export_network"),
        can_remove=visit.can("see_removal_counts"),
        at_once=AT_ONCE,
        whole=whole,
    )


@router.get("/network/data.json")
def data(
    visit: Visit = needs("see_network"),
    group: Words = "",
    around: Words = "",
    steps: Steps = 1,
    all: Words | None = None,
) -> Response:
    """The network's columns: the first view, everybody, one group, or those around a person."""
    reader, seen, about = visit.reader, seen_by(visit), About(visit.house.marking, visit.house.synthetic)
    wanted = Wanted(group, around, steps, all is not None)
    made = file_of(reader, seen, about, wanted)
    visit.log(**_about(group, around), people=[seen.facts.ids[i] for i in rows_of(seen, wanted).tolist()])
    if "gzip" not in visit.request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(made), media_type="application/json")
    return Response(made, media_type="application/json", headers={"Content-Encoding": "gzip"})


@router.get("/network/find.json")
def find(visit: Visit = needs("see_network"), q: Words = "") -> Response:
    """People by name or id, else with a name like it, 50 at most and how many more; covered names by id only."""
    seen = seen_by(visit)
    rows, alike = sought(visit.reader, seen, q)
    shown = [seen.facts.ids[i] for i in rows[:LISTED]]
    visit.log("search", q, page="network", found=len(rows), people=shown)
    found = [
        {
            "id": seen.facts.ids[i],
            "label": seen.label(i),
            "mark": seen.facts.mark[i],
            "group": seen.groups[seen.home[i]] if seen.home[i] >= 0 else None,
        }
        for i in rows[:LISTED]
    ]
    return JSONResponse({"found": found, "more": max(0, len(rows) - LISTED), "alike": alike})


@router.get("/network/path.json")
def path_between(a: Words, b: Words, visit: Visit = needs("see_network")) -> Response:
    """The path between two people, with the records of each step."""
    seen = seen_by(visit)
    return JSONResponse(way(visit, seen, seen.find(a), seen.find(b)))


@router.get("/network/person/{nominal_id:path}")
def person(nominal_id: Annotated[str, Path(max_length=100)], visit: Visit = needs("see_network")) -> Response:
    """The panel's words on one person."""
    seen = seen_by(visit)
    i = seen.find(nominal_id)
    row = visit.reader.rows("nominals", "nominal_id", nominal_id)[0]
    group = next((each for each in group_rows(visit.reader) if each.group_id == row["group_id"]), None)
    visit.views("person", nominal_id, page="network")
    return visit.page(
        "network_person.html.j2",
        card=facts_of(visit.reader).cards[nominal_id],
        row=row,
        group=group if group and group.group_id in seen.groups else None,
        stays=seen.facts.stays[i],
    )


class Removal(BaseModel):
    """Whom a what-if takes out."""

    model_config = ConfigDict(extra="forbid")

    removed: list[Id] = Field(max_length=MOST)


@router.post("/network/what-if.json")
def without(wanted: Removal, visit: Visit = needs("see_network")) -> Response:
    """The network without these people; whoever is protected or held stays, and is named with why."""
    return JSONResponse(without_people(visit, seen_by(visit), wanted.removed))


def _about(group: str, person: str, listed: int = 0, q: str = "") -> dict[str, Any]:
    """For the log: the network, one group or one person's surroundings; searches are kept with what was sought."""
    if q:
        return {"kind": "search", "what": q, "page": "network", "found": listed}
    kind, what = ("person", person) if person else ("group", group)
    return {"kind": kind, "what": what, "page": "network"} if what else {"kind": "network"}
