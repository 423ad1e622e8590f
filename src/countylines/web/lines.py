"""Deal lines: the list, and one line with its numbers, people, linked children and records (SCREENS 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from countylines.govern import reporting
from countylines.web.access import Missing, Refused, Visit, needs
from countylines.web.group_rows import group_rows
from countylines.web.line_filters import CHOICES, REACHES, REPORTS, Listed, Wanted
from countylines.web.line_months import drawn, spoken, told
from countylines.web.line_rows import LineRow, line_rows, near
from countylines.web.line_rows import spoken as spoken_number
from countylines.web.line_view import KINDS, by_month, children, page_of, people, records
from countylines.web.own_areas import areas_of, within
from countylines.web.person import opened

router = APIRouter(include_in_schema=False)

Short = Annotated[str, Query(max_length=100)]


@router.get("/lines")
def lines(
    visit: Visit = needs("see_lines"),
    q: Short = "",
    area: Short = "",
    group: Short = "",
    standing: Short = "",
    report: Short = "",
    reach: Short = "",
    sort: Short = "",
    page: int = 1,
) -> Response:
    """The list of lines."""
    wanted = Wanted(q, area, group, standing, report, reach, sort, page).known()
    own = own_areas(visit)
    every = listed(visit)
    seen = [one for one in every if near(one.row.areas, own)]
    found = wanted.ordered(wanted.kept(seen))
    shown, at, pages = wanted.shown(found)
    if wanted.q:
        visit.log("search", wanted.q, of="lines", found=len(found))
    return visit.page(
        "lines.html.j2",
        wanted=wanted,
        rows=shown,
        found=len(found),
        seen=len(seen),
        others=len(every) - len(seen),
        sure=sum(one.row.corroborated for one in seen),
        page=at,
        pages=pages,
        own=own,
        area_choices=[(name, name) for name in sorted({name for one in seen for name in one.row.areas})],
        spoken=spoken_number,
        more_numbers=lambda row: ", ".join(map(spoken_number, row.numbers[1:])),
        groups=sorted({(one.row.group_id or "", one.group) for one in seen if one.row.group_id}),
        standings=CHOICES,
        reports=REPORTS,
        reaches=REACHES,
    )


@router.get("/lines/{line_id:path}")
def line(
    line_id: str, visit: Visit = needs("see_lines"), kind: Short = "", month: Short = "", page: int = 1
) -> Response:
    """One line."""
    return line_page(visit, found_line(visit, line_id), kind=kind, month=month, page=page)


def line_page(
    visit: Visit,
    row: LineRow,
    *,
    kind: str = "",
    month: str = "",
    page: int = 1,
    status: int = 200,
    **report: Any,
) -> Response:
    """A line's page.

    Args:
        kind, month, page: of its records.
        report: what its report's form holds instead of what is kept: ``errors``, ``sent``, ``since``.
    """
    reader = visit.reader
    found, own = records(reader, row.line_id), own_areas(visit)
    every = [one for one in found if within(own, [one.area])]  # of no known area: nobody's own, as on its page
    months = by_month(every)
    month = month if any(month == name for name, *_ in months) else ""
    kind = kind if kind in KINDS else ""
    texts, at, pages, fit = page_of(reader, every, kind, month, page)
    named, linked = people(reader, row.line_id), children(reader, row.line_id)
    shown = named.ids | {one.nominal_id for child in linked for one in (child.card, *child.path)}
    visit.log("line", row.key, action="see_lines", line_id=row.line_id, people=sorted(shown), page=at)
    here = f"/lines/{row.line_id}"
    with visit.house.state.read() as connection:
        made = draft_of(row, reporting.drafts(connection))
        history = reporting.draft_history(connection, made.draft_id) if made else []
    return visit.page(
        "line.html.j2",
        status,
        row=row,
        spoken=spoken_number,
        group=next((each for each in group_rows(reader) if each.group_id == row.group_id), None),
        people=named,
        children=linked,
        months=months,
        timeline=drawn(months, lambda name: visit.url(here, month=name, kind=kind) + "#records", month),
        month=month,
        month_said=spoken(month) if month else "",
        spoken_month=spoken,
        told=told,
        kind=kind,
        kinds={name: (label, sum(name in one.kinds for one in every)) for name, label in KINDS.items()},
        texts=texts,
        page=at,
        pages=pages,
        fit=fit,
        every=len(every),
        outside=len(found) - len(every),
        opened=opened(visit, [each.record["record_id"] for each in texts]),
        draft=made,
        history=history,
        **{"errors": {}, "sent": {}, "since": (), **report},
    )


def found_line(visit: Visit, line_id: str) -> LineRow:
    """The line of that id, or of that lasting name or number.

    Raises:
        Missing: the run has no such line.
        Refused: it touches none of the person's own areas.
    """
    rows = line_rows(visit.reader)
    row = next((one for one in rows if one.line_id == line_id), None)
    row = row or next((one for one in rows if line_id in (*one.names, *one.numbers)), None)
    if row is None:
        advice = "Lines found in text may have another id in another run: look for the number or name in the list."
        raise Missing("No such line in this run", advice)
    own = own_areas(visit)
    if not near(row.areas, own):
        why = f"Your account is for {', '.join(own)}, and no record of this line lies there. Ask a senior officer."
        raise Refused("see_lines", why)
    return row


def own_areas(visit: Visit) -> tuple[str, ...]:
    """The areas whose lines this person sees; none = all."""
    return areas_of(visit, "see_lines")


def listed(visit: Visit) -> list[Listed]:
    """Every line with what became of its report."""
    with visit.house.state.read() as connection:
        drafts = reporting.drafts(connection)
    called: Mapping[str, str] = {row.group_id: row.called for row in group_rows(visit.reader)}
    return [_listed(row, drafts, called.get(row.group_id or "", "")) for row in line_rows(visit.reader)]


def draft_of(row: LineRow, drafts: Sequence[reporting.Draft]) -> reporting.Draft | None:
    """The latest draft of a line."""
    return max(drafts_of(row, drafts), key=lambda one: (one.status != "declined", one.draft_id), default=None)


def drafts_of(row: LineRow, drafts: Sequence[reporting.Draft]) -> list[reporting.Draft]:
    """The drafts of a line: those that it is known by, or that have one of its numbers or names."""
    own = {*row.numbers, *row.names}
    return [one for one in drafts if one.line.line_id == row.key or own & {*one.line.numbers, *one.line.names}]


def _listed(row: LineRow, drafts: Sequence[reporting.Draft], group: str) -> Listed:
    made = draft_of(row, drafts)
    if made and made.status == "reported":
        return Listed(row, "reported", made.reported_on, group)
    if row.reported_on or row.reference:
        return Listed(row, "reported", row.reported_on, group)
    return Listed(row, "drafted" if made and made.status == "drafted" else "new", None, group)
