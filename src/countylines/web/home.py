"""My work: the start of a shift (SCREENS 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.group_rows import few_ages, small
from countylines.web.groups import hides, own_areas, seen_groups
from countylines.web.home_work import recent, saved, tasks, waiting
from countylines.web.line_rows import line_rows
from countylines.web.opens import people_path
from countylines.web.paging import paged
from countylines.web.queue import the_queue
from countylines.web.queue_rows import Queue
from countylines.web.run_changes import KINDS, TOGETHER, Change, Comparison, Figure, compare, run_before
from countylines.web.run_facts import freshness, months_of_groups, notes_of, rows_in
from countylines.web.run_sides import side

router = APIRouter(include_in_schema=False)

TOP = 5  # groups on the start page
OF_A_KIND = 3  # changes of one kind there; the page of changes has all
AS_ONE = ("grown", "joined", "left", "protect out")  # kinds that are told there as one row each
A_PAGE = 50
OF_PEOPLE = {"People kept": "", "Under 18": "children", "Unknown age": "ages"}  # a figure to people_rows.WHO


@router.get("/")
def home(visit: Visit = needs("see_home")) -> Response:
    """The start of a shift: search, what changed, the first groups, the queue, freshness, one's own tasks."""
    reader, hide = visit.reader, hides(visit)
    found = comparison(visit)
    seen = seen_changes(visit, found) if found else ()
    groups, others = seen_groups(visit)
    age = (visit.now.date() - reader.as_of).days
    counts = visit.can("see_safeguarding") or visit.can("see_safeguarding_counts")
    waits = the_queue(visit) if counts else None
    return visit.page(
        "home.html.j2",
        found=found,
        before=visit.house.shelf.reader(found.before) if found else None,
        figures=[one.without_small_counts() if hide else one for one in _figures(visit, found)],
        ages=_ages(visit, hide),
        opens=_opens(visit, waits),
        **_about(visit, _first(seen)),
        more={kind: sum(one.kind == kind for one in seen) - OF_A_KIND for kind in KINDS if kind not in AS_ONE},
        together=_together(visit, seen),
        counts=_counts(found, seen, hide) if found else {},
        groups=[row for row in groups if row.place][:TOP],
        every=len(groups),
        others=others,
        months=months_of_groups(reader),
        ranked=reader.table("priority").filter(kind="group").height,
        hides=hide,
        areas=own_areas(visit),
        queue=waiting(waits, hides(visit, "see_safeguarding_counts")) if waits else None,
        notes=notes_of(visit.reader, hides(visit)),
        sources=freshness(reader, visit.house.late_days),
        rows=rows_in(reader),
        stale=age if age > visit.house.stale_days else None,
        tasks=tasks(visit, waits),
        saved=saved(visit),
        recent=recent(visit) if visit.can("search") else [],
    )


@router.get("/changes")
def changes(visit: Visit = needs("see_people"), kind: str = "", page: int = 1) -> Response:
    """Everything that changed since the run before, what is of one kind, or what one figure of change counts."""
    found = comparison(visit)
    every = seen_changes(visit, found) if found else ()
    kept = of_kind(every, kind)
    here, at, pages = paged(len(kept), page, A_PAGE)
    shown = kept[here]
    return visit.page(
        "home_changes.html.j2",
        found=found,
        counts={name: sum(one.kind == name for one in every) for name in KINDS},
        kind=kind if kind in (*KINDS, *TOGETHER) else "",
        heading=TOGETHER[kind][0] if kind in TOGETHER else "",
        every=len(every),
        kept=len(kept),
        page=at,
        pages=pages,
        areas=own_areas(visit),
        **_about(visit, shown),
    )


def comparison(visit: Visit) -> Comparison | None:
    """The run beside the one before it, in the person's own areas; None = there is nothing to compare yet."""
    before = run_before(visit.house.shelf, visit.reader)
    return compare(visit.reader, before, own_areas(visit)) if before else None


def seen_changes(visit: Visit, found: Comparison) -> tuple[Change, ...]:
    """What this person may see one by one: nothing without people, and the queue's names for safeguarding only."""
    protect, lines = visit.can("see_safeguarding"), visit.can("see_lines")
    away = {"protect": protect, "protect out": protect, "line": lines, "line gone": lines}
    seen = tuple(one for one in found.changes if away.get(one.kind, True)) if visit.can("see_people") else ()
    return seen if protect else tuple(replace(one, also=one.also - {"queue"}) for one in seen)


def of_kind(every: Sequence[Change], kind: str) -> list[Change]:
    """Changes of a kind, or of those that a figure of change counts; all where there is no such kind."""
    kinds = TOGETHER[kind][1] if kind in TOGETHER else (kind,) if kind in KINDS else tuple(KINDS)
    return [one for one in every if one.kind in kinds or kind in one.also]


def _figures(visit: Visit, found: Comparison | None) -> Sequence[Figure]:
    """The five figures; without a run to compare with what is there now."""
    if found:
        return found.figures
    now = side(visit.reader, own_areas(visit))
    sizes = {"People kept": now.people, "Groups": now.groups, "Under 18": now.children}
    return [
        *(Figure(label, len(each), None, None) for label, each in sizes.items()),
        Figure("Lines", len(now.lines), None, None),
        Figure("To protect", len(now.protect), None, None),
    ]


def _opens(visit: Visit, waits: Queue | None) -> dict[str, str]:
    """The page of each figure's rows, for who may see them; none where the page would list others, too."""
    paths = {}
    if visit.can("see_groups"):
        paths["Groups"] = visit.url("/groups")
    if visit.can("see_lines"):
        paths["Lines"] = visit.url("/lines", standing="line")
    if not visit.reader.areas:  # there a person's own records decide
        paths |= {name: path for name, who in OF_PEOPLE.items() if (path := people_path(visit, who=who))}
    if waits and visit.can("see_safeguarding"):
        listed = side(visit.reader, own_areas(visit)).protect
        if {one.nominal_id for one in waits.open} == listed.keys():  # else cases were opened, or closed, since the run
            paths["To protect"] = visit.url("/safeguarding")
    return paths


def _ages(visit: Visit, hide: bool) -> int | None:
    """How many people's age isn't known; None = under 5, hidden."""
    people = side(visit.reader, own_areas(visit)).people
    n = sum(row["is_child"] is None for row in people.values())
    return few_ages(n, len(people)) if hide else n


def _counts(found: Comparison, seen: Sequence[Change], hide: bool) -> dict[str, int | None]:
    """Changes by kind of which only the total is told; None = under 5, hidden."""
    told = {one.kind for one in seen}
    whole = TOGETHER["groups"][1] if hide else tuple(KINDS)  # groups are no people
    return {kind: n if kind in whole else small(n) for kind, n in found.counts.items() if kind not in told}


def _first(every: Sequence[Change]) -> list[Change]:
    """The first of each kind, so that no kind hides another."""
    shown: list[Change] = []
    for one in every:
        if one.kind not in AS_ONE and sum(other.kind == one.kind for other in shown) < OF_A_KIND:
            shown.append(one)
    return shown


def _together(visit: Visit, every: Sequence[Change]) -> list[tuple[str, int, str]]:
    """Kinds that are told as one row: the kind, how many, and something of the reasons."""
    of = {kind: [one for one in every if one.kind == kind] for kind in AS_ONE}
    cards = visit.reader.cards(one.person for one in of["joined"])
    guarded = sum(card.guarded for card in cards.values())
    reasons = Counter(one.why for one in of["left"])
    why = {
        "joined": f"{guarded} of them to protect or held" if guarded else "None of them to protect or held",
        "left": "; ".join(f"{n} {reason[0].lower()}{reason[1:]}" for reason, n in reasons.most_common()),
    }
    return [(kind, len(some), why.get(kind, "")) for kind, some in of.items() if some]


def _about(visit: Visit, shown: Sequence[Change]) -> dict[str, Any]:
    """What the rows of changes need to be written, and their people in the log."""
    reader = visit.reader
    cards = reader.cards(one.person for one in shown if one.person)
    if cards:
        visit.log("changes", reader.name, people=sorted(cards))
    return {
        "changes": shown,
        "kinds": KINDS,
        "cards": cards,
        "named": {row.group_id: row.called for row in seen_groups(visit)[0]},
        "lines": {row.line_id: row for row in line_rows(reader)},
    }
