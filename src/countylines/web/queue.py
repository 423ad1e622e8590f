"""The safeguarding queue: nobody waits unseen, and nothing here feeds enforcement (SCREENS 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.govern import people
from countylines.govern.procedure import DRAFTED, IN_PROGRESS, NOT_STARTED, Procedures
from countylines.rank.safeguarding import TIERS
from countylines.web.access import Visit, needs
from countylines.web.group_rows import SMALL, small
from countylines.web.line_rows import line_names
from countylines.web.paging import paged
from countylines.web.people_rows import WHO, Wanted, everybody
from countylines.web.queue_rows import (
    QUEUED,
    Queue,
    Waiting,
    closed_cases,
    queue_of,
)
from countylines.web.queue_since import since_of
from countylines.web.reader import Reader

router = APIRouter(include_in_schema=False)

A_PAGE = 40
SENIOR = "senior_officer"
TABS = {
    "open": "Open",
    "monitoring": "Monitoring",
    "closed": "Closed",
    "unlined": "Known victims without a line",
    "held": "Held adults",
    "information": "Victims, for information",
}


def _column(name: str, *states: str) -> Callable[[Waiting], bool]:
    return lambda one: one.at_work and one.columns[name][0] in states


def _unreferred(one: Waiting) -> bool:
    return one.case is None or (one.at_work and one.columns["MASH"][0] in (NOT_STARTED, DRAFTED))


def _consent(one: Waiting) -> bool:
    return (
        one.at_work
        and one.case is not None
        and any(view.open and view.step.kind == "consent" for view in one.case.steps)
    )


ONLY: Mapping[str, tuple[str, Callable[[Waiting], bool]]] = {
    "unreferred": ("No referral yet", _unreferred),
    "late": ("Past a local time limit", lambda one: one.overdue),
    "screening": ("Screening under way", _column("screening tool", IN_PROGRESS)),
    "strategy": ("Strategy discussion due", _column("strategy discussion", NOT_STARTED, IN_PROGRESS)),
    "panel": ("Disruption panel due", _column("disruption panel", NOT_STARTED, IN_PROGRESS)),
    "consent": ("Adult: consent awaited", _consent),
    "new": ("New since last run", lambda one: one.new),
}
"""The seven counts: what each is called, and whom it counts among those open and monitored."""
KEPT = ("children", "ages", "protected", "held")
"""Of WHO of the people in the network, those whom safeguarding is there for."""


@router.get("/safeguarding")
def queue(
    visit: Visit = needs("see_safeguarding_counts"),
    tab: str = "open",
    only: str = "",
    kept: str = "",
    authority: str = "",
    tier: str = "",
    new: bool = False,
    page: int = 1,
) -> Response:
    """The queue with names for safeguarding, counts for the others.

    Args:
        tab: of TABS. only: of ONLY, instead of a tab: open and monitored.
        kept: of KEPT, instead of a tab: of everybody in the network, whatever became of their case.
    """
    found = the_queue(visit)
    if not visit.can("see_safeguarding"):
        return _counts(visit, found)
    tab = tab if tab in TABS else "open"
    only, kept = only if only in ONLY else "", kept if kept in KEPT else ""
    rows = _rows(visit, found, tab, only, kept)
    left = [one for one in rows if _fits(one, authority, tier, new)]
    here, at, pages = paged(len(left), page, A_PAGE)
    shown = left[here]
    first = [one for one in found.open if one.call] if tab == "open" and not only and not kept else []
    cards = visit.room.cards(one.nominal_id for one in (*first, *shown))
    visit.log("safeguarding", tab, action="see_safeguarding", people=sorted(cards), only=only, kept=kept, page=at)
    since = since_of(visit.house.shelf, visit.reader)
    return visit.page(
        "queue.html.j2",
        tab=tab,
        only=only,
        apart=ONLY[only][0] if only else f"In the network, {WHO[kept].lower()}" if kept else "",
        tabs={name: (label, size_of(found, name)) for name, label in TABS.items()},
        counts={name: (label, sum(map(holds, found.alive))) for name, (label, holds) in ONLY.items()},
        compared=since.new is not None,
        looked=since.looked,
        first=[one for one in first if _fits(one, authority, tier, new)],
        rows=[one for one in shown if one not in first],
        left=len(left),
        every=len(rows),
        page=at,
        pages=pages,
        cards=cards,
        filters={
            "tab": tab if tab != "open" else None,
            "only": only,
            "kept": kept,
            "authority": authority,
            "tier": tier,
        }
        | {"new": "1" if new else None},
        authorities=sorted({one.authority for one in rows if one.authority}),
        tiers=TIERS,
        lines=line_names(visit.reader),
        groups=group_names(visit.reader),
        limits=limits(visit.house.procedures),
    )


@router.get("/safeguarding/procedures")
def pathway(visit: Visit = needs("see_safeguarding_counts")) -> Response:
    """The local procedures: steps, what follows from which answer, and the time limits."""
    return visit.page("queue_pathway.html.j2", procedures=list(visit.house.procedures.by_id.values()))


def the_queue(visit: Visit) -> Queue:
    """Everybody who waits, as it stands now."""
    since = since_of(visit.house.shelf, visit.reader)
    with visit.house.state.read() as connection:
        return queue_of(visit.reader, since, visit.house.procedures, connection, visit.now)


def size_of(found: Queue, tab: str) -> int:
    """How many stand on a tab."""
    if tab == "closed":
        return found.closed
    rows: Sequence[Waiting] = getattr(found, tab)
    return len(rows)


def group_names(reader: Reader) -> dict[str, str]:
    """What each group is called: its id and spoken name."""
    rows = reader.table("groups").select("group_id", "name").iter_rows()
    return {group: f"{group} {name.partition(' ')[2] or name}" for group, name in rows}


def limits(procedures: Procedures) -> list[str]:
    """The time limits where no authority has its own: local settings, in a line for children and one for adults."""
    said = []
    for one in (each for each in procedures.by_id.values() if not each.authority):
        clocks = dict.fromkeys(str(step.clock).removesuffix(", local setting") for step in one.steps if step.clock)
        said.append(f"{'Children' if one.person == 'child' else 'Adults'}: {', '.join(clocks)}")
    return sorted(said, reverse=True)


def hidden(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts that add up to a known total, rounded to 5, those under 5 hidden (None) so that none is alone in hiding.

    Example:
        >>> hidden({"a": 9, "b": 3, "c": 7})
        {'a': 10, 'b': None, 'c': None}
        >>> hidden({"a": 9, "b": 8})
        {'a': 10, 'b': 10}
    """
    away = [name for name, n in counts.items() if n < SMALL]
    if len(away) == 1 and len(counts) > 1:
        away.append(min((name for name in counts if name not in away), key=lambda name: counts[name]))
    return {name: None if name in away else small(n) for name, n in counts.items()}


def _every(visit: Visit, found: Queue, tab: str) -> Sequence[Waiting]:
    if tab != "closed":
        rows: Sequence[Waiting] = getattr(found, tab)
        return rows
    since = since_of(visit.house.shelf, visit.reader)
    with visit.house.state.read() as connection:
        return closed_cases(visit.reader, since, visit.house.procedures, connection, visit.now)


def _rows(visit: Visit, found: Queue, tab: str, only: str, kept: str) -> list[Waiting]:
    if kept:
        return _in_network(visit, found, kept)
    if only:
        return [one for one in found.alive if ONLY[only][1](one)]
    return list(_every(visit, found, tab))


def _in_network(visit: Visit, found: Queue, kept: str) -> list[Waiting]:
    """Those of the people kept in the run, the most urgent first: each is on the run's list (METHOD 5)."""
    names = set(Wanted(kept).kept(everybody(visit.reader))["nominal_id"])
    closed = reversed(_every(visit, found, "closed"))  # of several the latest
    lists = (closed, found.information, found.held, found.alive)
    own = {one.nominal_id: one for each in lists for one in each}
    return sorted((one for name, one in own.items() if name in names), key=lambda one: one.order)


def _fits(one: Waiting, authority: str, tier: str, new: bool) -> bool:
    place = authority in ("", one.authority) or (authority == "unknown" and one.authority is None)
    return place and tier in ("", str(one.tier)) and (one.new or not new)


def _counts(visit: Visit, found: Queue) -> Response:
    """How many wait, for those who see no names here; with clocks for senior officers, own referrals for analysts."""
    roles = visit.who.account.roles
    hides = people.hides_small_counts(roles, "see_safeguarding_counts")
    tiers = {str(tier): sum(one.tier == tier for one in found.open) for tier in QUEUED}
    sizes = {"open": len(found.open), "monitoring": len(found.monitoring), "closed": found.closed}
    sizes |= {"held": len(found.held), "information": len(found.information)}
    own: list[Waiting] = []
    if visit.can("see_own_referrals"):
        mine = visit.who.account.name
        own = [one for one in found.alive if one.case and one.case.opened_by == mine]
    cards = visit.room.cards(one.nominal_id for one in own)
    visit.log("safeguarding", "counts", people=sorted(cards))
    return visit.page(
        "queue_counts.html.j2",
        tiers=hidden(tiers) if hides else tiers,
        sizes=hidden(sizes) if hides else sizes,
        labels=TIERS,
        hides=hides,
        clocks=_clocks(found, visit.now) if SENIOR in roles else None,
        own=own,
        sees_own=visit.can("see_own_referrals"),
        cards=cards,
        looked=since_of(visit.house.shelf, visit.reader).looked,
    )


def _clocks(found: Queue, now: dt.datetime) -> list[dict[str, Any]]:
    """For each local time limit that runs: how many wait under it, how many are past it, and the longest wait."""
    made: dict[str, list[Waiting]] = {}
    for one in found.alive:
        if one.limit and one.due:
            made.setdefault(str(one.limit), []).append(one)
    return [
        {
            "limit": name,
            "waiting": len(rows),
            "late": sum(one.due is not None and one.due < now for one in rows),
            "longest": max(rows, key=lambda one: one.wait).waited,
        }
        for name, rows in sorted(made.items())
    ]
