"""Missing persons: who is missing now first, then who needs somebody to look (issue "missing persons", SCREENS 4)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.missing_rows import BEGAN, LISTS, episodes, list_of, others_missing
from countylines.web.own_areas import areas_of, people_within
from countylines.web.paging import paged
from countylines.web.person import known

router = APIRouter(include_in_schema=False)

A_PAGE = 40
WHO: Mapping[str, str] = {
    "": "Everybody",
    "children": "Children",
    "protected": "Children and others to protect or held",
    "network": "People in the network",
}
RISKS = ("high", "medium", "low", "absent")


@router.get("/missing")
def missing(
    visit: Visit = needs("see_missing"),
    show: str = "now",
    who: str = "",
    risk: str = "",
    person: str = "",
    since: str = "",
    page: int = 1,
) -> Response:
    """One list of episodes, with counts of the others; of one person only if this visitor may know of them."""
    reader = visit.reader
    near = own_episodes(visit)
    if person and person not in near["nominal_id"]:
        known(visit, person)
    frame = narrowed(visit, near, who, risk, person)
    show = "all" if person and show == "now" else show if show in LISTS else "now"
    every = since == "all" or bool(person)
    found = list_of(frame, show, every)
    here, at, pages = paged(found.height, page, A_PAGE)
    shown = found[here]
    others = others_missing(near, shown)
    rows = shown.to_dicts()
    ids = {row["nominal_id"] for row in rows} | {each for row in rows for each in row["company"] or ()}
    ids |= {one.nominal_id for each in others.values() for one in each[:3]} | ({person} if person else set())
    cards = reader.cards(ids)
    visit.log("missing", person or show, people=sorted({row["nominal_id"] for row in rows}), page=at)
    return visit.page(
        "missing.html.j2",
        given=reader.table("sources/episodes").height,
        show=show,
        who=who if who in WHO else "",
        risk=risk,
        person=person,
        every=every,
        lists=LISTS,
        began=BEGAN.get(show),
        counts={name: list_of(frame, name, every).height for name in LISTS},
        rows=rows,
        total=found.height,
        page=at,
        pages=pages,
        elsewhere=episodes(reader).height - near.height,
        areas=areas_of(visit, "see_missing"),
        others=others,
        cards=cards,
        whos=WHO,
        risks=RISKS,
        as_of=reader.as_of,
        force=reader.settings["ingest"]["force_areas"],
        filters={"show": show, "who": who, "risk": risk, "person": person, "since": since},
    )


def own_episodes(visit: Visit) -> pl.DataFrame:
    """The episodes of people with a record in one's own areas, and those that ended there; all where none are set."""
    frame, areas = episodes(visit.reader), areas_of(visit, "see_missing")
    if not areas:
        return frame
    near = people_within(visit.reader, frame["nominal_id"], areas)
    return frame.filter(pl.col("nominal_id").is_in(list(near)) | pl.col("found_area").is_in(areas))


def narrowed(visit: Visit, frame: pl.DataFrame, who: str, risk: str, person: str) -> pl.DataFrame:
    """The episodes that pass all filters; what isn't known of ``who`` counts as not asked."""
    if who == "network":
        kept = visit.reader.table("nominals").select("nominal_id")
        frame = frame.join(kept, on="nominal_id", how="semi", maintain_order="left")
    if who in ("children", "protected"):
        frame = frame.filter(pl.col("place") <= (0 if who == "children" else 2))
    if risk:
        frame = frame.filter(pl.col("risk").str.strip_chars().str.to_lowercase() == risk.lower())
    return frame.filter(pl.col("nominal_id") == person) if person else frame
