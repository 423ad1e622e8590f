"""Taking a network out: asked for, checked and written into the log before the file is made (DPA 2018 s.62).

The file itself is made in the browser from what is on the screen, so that it can't differ from it; it carries the
marking, the run, the reference given here, and how each person is treated.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from countylines.web.access import Visit, needs
from countylines.web.network_data import MOST_PEOPLE, MOST_TIES
from countylines.web.network_seen import seen_by

router = APIRouter(include_in_schema=False)

CAVEAT = "Prioritisation for review by a person, not prediction. Children and people who may be exploited are marked."
Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Line = StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class Wanted(BaseModel):
    """What is to be taken out."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["png", "svg", "csv-people", "csv-links", "graphml", "gexf"]
    marking: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
    recipient: Annotated[str, Line]
    people: list[Id] = Field(min_length=1, max_length=MOST_PEOPLE)
    links: int = Field(ge=0, le=MOST_TIES)
    view: str = Field(default="", max_length=2_000)


def markings(visit: Visit) -> tuple[str, ...]:
    """The markings that a file may carry: those of the Government Security Classifications, and the house's own."""
    return tuple(dict.fromkeys((visit.house.marking, "OFFICIAL-SENSITIVE", "OFFICIAL")))


@router.post("/network/export.json")
def export(wanted: Wanted, visit: Visit = needs("export_network")) -> Response:
    """Allow an export: logged whole, with everybody who is in it, before anything is given.

    Raises:
        Missing, Refused: somebody isn't in the network, or may not be seen.
    """
    visit.must("see_network")
    if wanted.marking not in markings(visit):
        return JSONResponse({"error": "Choose one of the markings.", "advice": ", ".join(markings(visit))}, 422)
    seen = seen_by(visit)
    rows = [seen.find(nominal) for nominal in dict.fromkeys(wanted.people)]
    people = [seen.facts.ids[i] for i in rows]
    reference = secrets.token_hex(4)
    visit.log(
        "export",
        f"network {reference}",
        recipient=wanted.recipient,
        marking=wanted.marking,
        format=wanted.format,
        people=people,
        protected_or_held=sum(not seen.rankable(i) for i in rows),
        links=wanted.links,
        view=wanted.view,
    )
    made: dict[str, Any] = {
        "reference": reference,
        "marking": wanted.marking,
        "recipient": wanted.recipient,
        "made": f"{visit.now:%Y-%m-%d %H:%M} UTC",
        "by": visit.who.account.display_name,
        "caveat": CAVEAT + (" All people are synthetic." if visit.house.synthetic else ""),
    }
    return JSONResponse(made)
