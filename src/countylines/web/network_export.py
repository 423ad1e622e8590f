"""Taking a network out: asked for, checked and written into the log before the file is made (DPA 2018 s.62).

The explorer makes the file itself, in the browser from what is on the screen, so that it can't differ from it. Without
a script a form asks the same, and the file is made here, of the people whom the table lists. Either carries the
marking, the run, the reference given here, and how each person is treated.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from countylines.web.access import Visit, needs
from countylines.web.network_data import MOST_PEOPLE, MOST_TIES
from countylines.web.network_files import FORMATS, GUARDED, header, link_rows, person_rows, svg
from countylines.web.network_forms import drawing
from countylines.web.network_seen import Seen, seen_by
from countylines.web.network_table import Asked, Listed, asked, listed
from countylines.web.render import query
from countylines.web.to_whom import to_whom

router = APIRouter(include_in_schema=False)

CAVEAT = "Prioritisation for review by a person, not prediction. Children and people who may be exploited are marked."
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Wanted(BaseModel):
    """What is to be taken out."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["png", "svg", "csv-people", "csv-links", "graphml", "gexf"]
    marking: str
    recipient: str
    people: list[Id] = Field(min_length=1, max_length=MOST_PEOPLE)
    links: int = Field(ge=0, le=MOST_TIES)
    view: str = Field(default="", max_length=2_000)


@router.post("/network/export.json")
def export(wanted: Wanted, visit: Visit = needs("export_network")) -> Response:
    """Allow an export: logged whole, with everybody who is in it, before anything is given.

    Raises:
        Missing, Refused: somebody isn't in the network, or may not be seen.
    """
    visit.must("see_network")
    recipient, marking, errors = to_whom(visit, wanted.model_dump(include={"recipient", "marking"}))
    if errors:
        return JSONResponse({"error": next(iter(errors.values()))}, 422)
    seen = seen_by(visit)
    rows = [seen.find(nominal) for nominal in dict.fromkeys(wanted.people)]
    given = {"format": wanted.format, "recipient": recipient, "marking": marking}
    return JSONResponse(_allow(visit, seen, rows, given, wanted.links, wanted.view))


@router.get("/network/export")
def form(visit: Visit = needs("export_network"), what: Asked = Depends(asked)) -> Response:
    """Ask what the file is, for whom, and how it is marked."""
    visit.must("see_network")
    sent = {"format": "csv-people", "marking": visit.house.marking, "recipient": ""}
    return _ask(visit, what, listed(visit.reader, seen_by(visit), what), sent, {})


@router.post("/network/export")
def file(visit: Visit = needs("export_network"), what: Asked = Depends(asked)) -> Response:
    """The file of the people listed, after it is in the log.

    Raises:
        Missing, Refused: there is no such person or group, or it may not be seen.
    """
    visit.must("see_network")
    seen = seen_by(visit)
    found = listed(visit.reader, seen, what)
    recipient, marking, errors = to_whom(visit)
    sent = {"format": str(visit.form.get("format", "")), "recipient": recipient, "marking": marking}
    links = link_rows(seen, found.rows)
    errors |= _wrong(sent["format"], len(found.rows), len(links))
    if errors:
        return _ask(visit, what, found, sent, errors)
    kind = FORMATS[sent["format"]]
    people = found.rows.tolist() if kind.write else []  # the drawing shows groups, and nobody
    view = query(what.filters).removeprefix("?")
    allowed = _allow(visit, seen, people, sent, len(links) if kind.write else 0, view)
    head = header(allowed, visit.reader.name)
    made = (
        kind.write(person_rows(seen, found.rows), links, head)
        if kind.write
        else svg(drawing(visit, seen, lambda _: "", what.group), head)
    )
    name = re.sub(r"[^a-z0-9]+", "-", f"{sent['marking']} {visit.reader.name}".lower()).strip("-")
    saved = f'attachment; filename="{name}-{allowed["reference"]}.{kind.ending}"'
    return Response(made.encode(), media_type=f"{kind.media}; charset=utf-8", headers={"Content-Disposition": saved})


def _allow(
    visit: Visit, seen: Seen, rows: Sequence[int], sent: Mapping[str, str], links: int, view: str
) -> dict[str, str]:
    """Write what is given into the log, with everybody who is in it; what the file says of itself."""
    reference = secrets.token_hex(4)
    visit.log(
        "export",
        f"network {reference}",
        recipient=sent["recipient"],
        marking=sent["marking"],
        format=sent["format"],
        people=[seen.facts.ids[i] for i in rows],
        protected_or_held=sum(not seen.rankable(i) for i in rows),
        links=links,
        view=view,
    )
    return {
        "reference": reference,
        "marking": sent["marking"],
        "recipient": sent["recipient"],
        "made": f"{visit.now:%Y-%m-%d %H:%M} UTC",
        "by": visit.who.account.display_name,
        "caveat": caveat(visit),
    }


def caveat(visit: Visit) -> str:
    """What each file says of what is in it."""
    return CAVEAT + (" All people are synthetic." if visit.house.synthetic else "")


def _wrong(kind: str, people: int, links: int) -> dict[str, str]:
    """What is wrong with the file that is asked for."""
    if kind not in FORMATS:
        return {"format": "Choose a kind of file"}
    if not people and FORMATS[kind].write:
        return {"format": "Nobody is listed with these filters, so there is nothing to take out"}
    if people > MOST_PEOPLE or links > MOST_TIES:
        return {"format": f"More than {MOST_PEOPLE:,} people or {MOST_TIES:,} links: choose a group first"}
    return {}


def _ask(visit: Visit, what: Asked, found: Listed, sent: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    seen = seen_by(visit)
    return visit.page(
        "network_export.html.j2",
        400 if errors else 200,
        people=len(found.rows),
        of=found.of,
        left_out=found.left_out,
        guarded=sum(not seen.rankable(i) for i in found.rows.tolist()),
        links=len(link_rows(seen, found.rows)),
        sent=sent,
        errors=errors,
        kinds=FORMATS,
        says=(caveat(visit), GUARDED),
        here=visit.url("/network/export", **what.filters),
        back=visit.url("/network", **what.filters),
    )
