"""Prison releases of the next 28 days, with the children linked, so that safeguarding knows before the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.line_rows import line_names
from countylines.web.own_areas import areas_of, people_within
from countylines.web.queue import group_names
from countylines.web.release_rows import DAYS, Release
from countylines.web.release_rows import releases as releases_of

router = APIRouter(include_in_schema=False)

WHO = {"": "Everybody", "linked": "With a child or somebody to protect linked", "network": "People in the network"}


@router.get("/releases")
def releases(visit: Visit = needs("see_releases"), who: str = "") -> Response:
    """The coming releases, and the past ones apart."""
    reader = visit.reader
    day, span = reader.as_of, dt.timedelta(days=DAYS)
    every = releases_of(reader, day - span, day + span)
    near = of_own_areas(visit, every)
    coming, past = [one for one in near if one.day > day], [one for one in near if one.day <= day]
    shown = [one for one in coming if fits(one, who)]
    before = [one for one in past if fits(one, who)]
    seen = {one.card.nominal_id for one in (*shown, *before)}
    seen |= {each.card.nominal_id for one in (*shown, *before) for each in one.linked}
    visit.log("releases", f"{day} to {day + span}", people=sorted(seen))
    return visit.page(
        "releases.html.j2",
        given=reader.table("sources/releases").height,
        coming=shown,
        past=before,
        all_coming=len(coming),
        all_past=len(past),
        elsewhere=len(every) - len(near),
        areas=areas_of(visit, "see_releases"),
        days=DAYS,
        as_of=day,
        begins=day + dt.timedelta(days=1),
        until=day + span,
        since=day - span,
        who=who if who in WHO else "",
        whos=WHO,
        groups=group_names(reader),
        lines=line_names(reader),
    )


def of_own_areas(visit: Visit, every: Sequence[Release]) -> list[Release]:
    """The releases of people with a record in one's own areas, or linked to one with; all where none are set."""
    areas = areas_of(visit, "see_releases")
    known = {one.card.nominal_id for one in every} | {each.card.nominal_id for one in every for each in one.linked}
    near = people_within(visit.reader, known, areas)
    return [one for one in every if near & {one.card.nominal_id, *(each.card.nominal_id for each in one.linked)}]


def fits(one: Release, who: str) -> bool:
    """Whether a release is among those asked for; what isn't known counts as not asked."""
    return {"linked": bool(one.linked), "network": one.card.kept}.get(who, True)
