"""What waits for somebody: the safeguarding queue in counts, and what they lead, drafted or may confirm (SCREENS 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from countylines.govern import audit, notes, reporting, rulings
from countylines.govern.procedure import DRAFTED
from countylines.web.access import Visit
from countylines.web.group_rows import small
from countylines.web.queue import ONLY
from countylines.web.queue_rows import Queue
from countylines.web.render import quoted
from countylines.web.rulings import in_areas
from countylines.web.tasking import led_by, tasked


@dataclass(frozen=True)
class Waiting:
    """The safeguarding queue in counts; None = under 5, hidden.

    Attributes:
        waiting: who waits for us: people to protect without a case, and open cases.
        call: of these, to be called about first: missing now or at immediate risk.
        unreferred: of these, with no referral yet.
        late: past a local time limit, of these and of those monitored, as the queue counts them.
    """

    waiting: int | None
    call: int | None
    unreferred: int | None
    late: int | None


@dataclass(frozen=True)
class Task:
    """Something assigned to somebody: what, where it opens, and when it is due (empty = no date)."""

    label: str
    path: str
    due: dt.date | None = None
    late: bool = False
    count: int = 0


def waiting(found: Queue, hide: bool) -> Waiting:
    """The queue of the run that the page speaks of, beside the cases that people opened.

    Args:
        hide: counts under 5 are hidden.
    """
    counts = (
        len(found.open),
        sum(one.call for one in found.open),
        sum(ONLY["unreferred"][1](one) for one in found.open),
        sum(ONLY["late"][1](one) for one in found.alive),
    )
    return Waiting(*(small(n) if hide and n else n for n in counts))


def tasks(visit: Visit, waits: Queue | None) -> list[Task]:
    """What is assigned to this person, what is due first on top.

    Args:
        waits: the queue, for those who see it or its counts.
    """
    today = visit.now.date()
    with visit.house.state.read() as connection:
        found = [*_drafted(visit, connection), *_rulings(visit, connection)]
    found += _led(visit)
    if waits and visit.can("work_case"):
        found += _referrals(visit, waits)
    return sorted(found, key=lambda task: (task.due is None, task.due or today, task.label))


def recent(visit: Visit, most: int = 3) -> list[str]:
    """What the person searched for in this session, the latest first: their own entries of the log, no one else's."""
    wanted = audit.Wanted(who=visit.who.account.name, action="search", kind="search", since=visit.who.started_at)
    rows = audit.search(visit.house.state, wanted, size=30).rows
    found = [row.event.what for row in rows if row.event.detail.get("shown") != "as typed"]
    return list(dict.fromkeys(found))[:most]


def saved(visit: Visit, most: int = 3) -> list[notes.View]:
    """The person's own saved views, the latest first."""
    with visit.house.state.read() as connection:
        own = [view for view in notes.views(connection, visit.who.account) if view.owner == visit.who.account.name]
    return sorted(own, key=lambda view: (view.at, view.view_id), reverse=True)[:most]


def _led(visit: Visit) -> Iterable[Task]:
    if not visit.can("see_tasking"):
        return
    for each in tasked(visit):
        one = each.tasking
        if led_by(visit, one) and not (one.result and not one.review_on):
            gone = "" if each.row else ", which is gone"
            yield Task(f"Tasking, {each.called}{gone}", f"/tasking#{each.anchor}", one.review_on, each.due)


def _drafted(visit: Visit, connection: Connection) -> Iterable[Task]:
    if not visit.can("work_lines"):
        return
    for one in reporting.drafts(connection):
        if one.status == "drafted" and one.by == visit.who.account.name:
            yield Task(f"Draft report of line {one.line.line_id}", f"/lines/{quoted(one.line.line_id)}#report")


def _referrals(visit: Visit, waits: Queue) -> Iterable[Task]:
    """Referrals that this person drafted and nobody has sent; a case is named by its number only."""
    for one in waits.alive:
        for view in one.case.steps if one.case else ():
            if one.case and view.state == DRAFTED and view.by == visit.who.account.name:
                until = view.due.date() if view.due else None
                label = f"Draft for case {one.case.case_id}: {view.step.title}"
                yield Task(label, f"/safeguarding/cases/{one.case.case_id}", until, view.overdue)


def _rulings(visit: Visit, connection: Connection) -> Iterable[Task]:
    """One's own rulings that end, and those that wait for a second person."""
    if not visit.can("make_ruling"):
        return
    me, today = visit.who.account.name, visit.now.date()
    alive = rulings.rulings(connection, statuses=(rulings.PROPOSED, rulings.CONFIRMED))
    for one in rulings.ending(alive, today):
        if one.proposed_by == me and one.state(today) == rulings.CONFIRMED:
            path = f"/rulings?state=confirmed#ruling-{one.ruling_id}"
            yield Task(f"Your ruling {one.ruling_id} ends: review it", path, one.review_by)
    near = in_areas(visit, alive)
    proposed = sum(one.status == rulings.PROPOSED and one.proposed_by != me for one in near)
    if proposed and visit.can("confirm_ruling"):
        yield Task("Rulings that wait for a second person", "/rulings?state=proposed", count=proposed)
    asked = sum(one.leaving(today) and one.asked_by != me for one in near)
    if asked and visit.can("confirm_ruling_safeguarding"):
        label = "Withdrawals of a protecting ruling that wait for safeguarding"
        yield Task(label, "/rulings?state=confirmed", count=asked)
