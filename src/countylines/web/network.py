"""The network explorer (SCREENS 5): its page, which stands without a script, and the files that the script reads."""

from __future__ import annotations

import gzip
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from countylines.web.access import Visit, needs
from countylines.web.drawn import Link, groups_graph
from countylines.web.group_rows import group_rows
from countylines.web.layout import layout_of
from countylines.web.network_data import AT_ONCE, About, around_file, group_file, whole_file
from countylines.web.network_export import Id
from countylines.web.network_facts import facts_of
from countylines.web.network_seen import Seen, seen_by
from countylines.web.network_table import found_by, page_of
from countylines.web.paths import LIMIT, Ties, neighbours, path

router = APIRouter(include_in_schema=False)

LISTED = 50  # people that a search gives
RECORDS = 20  # records named on each step of a path
MOST = 100  # people taken out at once
Words = Annotated[str, Query(max_length=100)]
Steps = Annotated[int, Query(ge=0, le=3)]


@router.get("/network")
def network(
    visit: Visit = needs("see_network"),
    group: Words = "",
    around: Words = "",
    focus: Words = "",
    steps: Steps = 1,
    q: Words = "",
    all: Words | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The explorer's page: with the fixed graph of groups and the table of the same people, for who has no script.

    Args:
        group: open at this group, and list its people.
        around, focus: open at this person, and list those within ``steps``.
        q: list the people found.
        all: draw everybody, whatever their number.
        page: of the list.
    """
    reader, seen = visit.reader, seen_by(visit)
    person = around or focus
    shown = page_of(seen, group=group, person=person, steps=steps, q=q, page=page)
    whole = all is not None or int(seen.people.sum()) <= AT_ONCE
    wanted = {} if whole else {"group": group, "around": person, "steps": steps if person else None}
    start = f"group={group}" if group else f"chosen={person}" if person else ""
    _log(visit, group, person, shown.total, q)
    return visit.page(
        "network.html.j2",
        seen=seen,
        shown=shown,
        filters={"group": group, "around": person, "steps": steps if person else None, "q": q,
                 "all": "1" if all is not None else None},
        graph=_graph(visit, seen, group),
        data=visit.url("/network/data.json", **wanted, all="1" if all is not None else None, run=reader.name),
        start=start,
        q=q,
        can_export=visit.can("export_network"),
        at_once=AT_ONCE,
        whole=whole,
    )  # fmt: skip


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
    if group:
        made = group_file(reader, seen, about, group)
    elif around:
        made = around_file(reader, seen, about, around, steps)
    else:
        made = whole_file(reader, seen, about, everybody=all is not None)
    _log(visit, group, around, None, "")
    if "gzip" not in visit.request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(made), media_type="application/json")
    return Response(made, media_type="application/json", headers={"Content-Encoding": "gzip"})


@router.get("/network/find.json")
def find(visit: Visit = needs("see_network"), q: Words = "") -> Response:
    """People by name or id, 50 at most and how many more; where names are covered by id only."""
    seen = seen_by(visit)
    rows = found_by(seen, q)
    visit.log("search", q, page="network", found=len(rows))
    found = [
        {
            "id": seen.facts.ids[i],
            "label": seen.label(i),
            "mark": seen.facts.mark[i],
            "group": seen.groups[seen.home[i]] if seen.home[i] >= 0 else None,
        }
        for i in rows[:LISTED]
    ]
    return JSONResponse({"found": found, "more": max(0, len(rows) - LISTED)})


@router.get("/network/path.json")
def path_between(a: Words, b: Words, visit: Visit = needs("see_network")) -> Response:
    """The path between two people, with the records of each step."""
    seen = seen_by(visit)
    start, end = seen.find(a), seen.find(b)
    ties: Ties = visit.reader.made(f"{seen.key}, neighbours", lambda _: neighbours(seen))
    steps = path(ties, start, end)
    rows = [start, *(step.other for step in steps)] if steps else [start, end]
    for nominal in (a, b):
        visit.log("person", nominal, page="network path", to=b if nominal == a else a)
    return JSONResponse(
        {
            "a": a,
            "b": b,
            "people": [
                {"id": seen.facts.ids[i], "label": seen.label(i), "mark": seen.facts.mark[i]}
                for i in (rows if steps else [])
            ],
            "steps": [
                {
                    "from": seen.facts.ids[one],
                    "to": seen.facts.ids[step.other],
                    "n": step.n,
                    "adversarial": bool(seen.facts.kind[step.tie]),
                    "records": [
                        {"id": record, "href": visit.url(f"/records/{record}")}
                        for record in seen.facts.records[step.tie][:RECORDS]
                    ],
                }
                for one, step in zip(rows, steps, strict=False)
            ],
            "limit": LIMIT,
        }
    )


@router.get("/network/person/{nominal_id}")
def person(nominal_id: Annotated[str, Path(max_length=100)], visit: Visit = needs("see_network")) -> Response:
    """The panel's words on one person."""
    seen = seen_by(visit)
    i = seen.find(nominal_id)
    row = visit.reader.rows("nominals", "nominal_id", nominal_id)[0]
    group = next((each for each in group_rows(visit.reader) if each.group_id == row["group_id"]), None)
    visit.log("person", nominal_id, page="network")
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
    from countylines.web.whatif import what_if  # here, so that the dashboard starts without it

    visit.must("see_removal_counts")
    made = what_if(visit.reader, seen_by(visit), wanted.removed)
    kept = [each["id"] for each in made["refused"]]
    visit.log("network", page="what if", people=made["removed"])
    if kept:
        visit.log("network", "what if", "refused", people=kept, why="protected or held people can't be taken out")
    return JSONResponse(made)


def _graph(visit: Visit, seen: Seen, picked: str) -> Any:
    rows = [row for row in group_rows(visit.reader) if row.group_id in seen.groups]
    between: list[Link] = visit.reader.made(f"{seen.key}, links of groups", lambda _: _links(seen))
    return groups_graph(
        rows, between, layout_of(visit.reader), lambda group: visit.url("/network", group=group), picked, 880, 600
    )


def _links(seen: Seen) -> list[Link]:
    """Ties between groups, of people who may be seen."""
    counts: dict[tuple[str, str], int] = {}
    ends = zip(seen.home[seen.facts.a[seen.ties]].tolist(), seen.home[seen.facts.b[seen.ties]].tolist(), strict=True)
    for one, other in ends:
        if one >= 0 and other >= 0 and one != other:
            pair = (seen.groups[min(one, other)], seen.groups[max(one, other)])
            counts[pair] = counts.get(pair, 0) + 1
    return [Link(a, b, n) for (a, b), n in sorted(counts.items())]


def _log(visit: Visit, group: str, person: str, listed: int | None, q: str) -> None:
    """Views of the network, of one group and of one person's surroundings; searches are kept with what was sought."""
    if q:
        visit.log("search", q, page="network", found=listed)
    elif person:
        visit.log("person", person, page="network")
    elif group:
        visit.log("group", group, page="network")
    else:
        visit.log("network")
