"""Prison releases of the next 28 days, with the children linked, so that safeguarding knows before the day."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.queue import group_names, line_names
from countylines.web.release_rows import DAYS, Release
from countylines.web.release_rows import releases as releases_of

router = APIRouter(include_in_schema=False)

WHO = {"": "Everybody", "linked": "With a child or somebody to protect linked", "network": "People in the network"}


@router.get("/releases")
def releases(visit: Visit = needs("see_releases"), who: str = "") -> Response:
    """The coming releases, and the past ones apart."""
    reader = visit.reader
    day, span = reader.as_of, dt.timedelta(days=DAYS)
    coming = releases_of(reader, day + dt.timedelta(days=1), day + span)
    past = releases_of(reader, day - span, day)
    shown = [one for one in coming if _kept(one, who)]
    before = [one for one in past if _kept(one, who)]
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


def _kept(one: Release, who: str) -> bool:
    return {"linked": bool(one.linked), "network": one.card.kept}.get(who, True)
