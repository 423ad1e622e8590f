"""A person's events on their page, with the safeguarding cases that this visitor may know of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from countylines.govern.work_schema import work_cases
from countylines.web import timeline
from countylines.web.access import Visit
from countylines.web.person_evidence import Row
from countylines.web.persons import Card
from countylines.web.timeline import Event
from countylines.web.why import Why


def referrals(visit: Visit, nominal_id: str) -> list[Event]:
    """The safeguarding cases that this visitor may know of, as events: all of them, or those they opened."""
    everything = visit.can("see_safeguarding")
    if not everything and not visit.can("see_own_referrals"):
        return []
    query = select(work_cases).where(work_cases.c.nominal_id == nominal_id)
    if not everything:
        query = query.where(work_cases.c.opened_by == visit.who.account.name)
    with visit.house.state.read() as connection:
        rows = connection.execute(query.order_by(work_cases.c.case_id)).all()
    found = [Event("ref", row.opened_at.date(), f"Case {row.case_id} opened: {row.why}") for row in rows]
    return found + [Event("ref", row.closed_at.date(), f"Case {row.case_id} closed") for row in rows if row.closed_at]


def open_case(visit: Visit, nominal_id: str) -> int | None:
    """The person's open safeguarding case, for those who see cases."""
    if not visit.can("see_safeguarding"):
        return None
    c = work_cases.c
    with visit.house.state.read() as connection:
        found = connection.scalars(select(c.case_id).where(c.nominal_id == nominal_id, c.closed_at.is_(None)))
        return found.first()


def lanes(visit: Visit, card: Card, own: list[Row], found: Why, view: str, years: str) -> dict[str, Any]:
    """The events, drawn or as a list; without those of records of other areas."""
    near = [b.card for b in found.beside if b.card.kept and b.tie.kind == "associative"]
    every = timeline.events(visit.reader, card, own, near, referrals(visit, card.nominal_id))
    open_ones = visit.reader.records_within(event.record_id for event in every if event.record_id)
    events = [event for event in every if not event.record_id or event.record_id in open_ones]
    as_of = visit.reader.as_of
    first, last = timeline.window(events, as_of, years == "all" or view == "list")
    some = timeline.shown(events, first, last)

    def link(record_id: str) -> str:
        return visit.url(f"/records/{record_id}")

    drawn = timeline.drawn(some, first, last, as_of, link, not visit.covered)
    return {"events": events, "some_events": some, "first": first, "last": last, "drawn": drawn,
            "lane_names": timeline.LANES, "as_list": view == "list"}  # fmt: skip
