"""Two runs side by side: only what differs, unless all is asked for (SCREENS 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.report.show.words import counted
from countylines.web import compared, compared_people
from countylines.web.access import Missing, Visit, needs
from countylines.web.compared import Line
from countylines.web.compared_people import Change, Match, People
from countylines.web.group_rows import few_ages, group_rows, small, touching
from countylines.web.groups import hides
from countylines.web.own_areas import areas_of
from countylines.web.paging import paged
from countylines.web.reader import Reader
from countylines.web.run_pages import figures
from countylines.web.run_shelf import hidden, shelved

router = APIRouter(include_in_schema=False)

PER_PAGE = 50
HIDDEN = "hidden: under 5"
ELSEWHERE, OTHERWISE = "In both, but in another group", "In both, but treated otherwise"
WHOS = {"People kept": "", "Under 18": "children", "Protected": "protected", "Held": "held"}  # on the list of people
LISTED = {"People kept": "joined", ELSEWHERE: "moved", OTHERWISE: "status"}  # on this page, of LISTS
T = TypeVar("T")
LISTS = {
    "joined": "Joined the network",
    "left": "Left it",
    "moved": "Changed group",
    "status": "Treated otherwise",
}


@dataclass(frozen=True)
class Counted:
    """Figures of both runs, and how many came and went; None = hidden, since one of them is under 5.

    Attributes:
        ages: of each run, people whose age isn't known; None = under 5, hidden.
    """

    what: str
    a: int | None
    b: int | None
    change: str
    ages: tuple[int | None, int | None] = (0, 0)


@router.get("/runs/compare")
def compare(
    visit: Visit = needs("see_runs"), a: str = "", b: str = "", all: bool = False, only: str = "joined", page: int = 1
) -> Response:
    """What differs between two runs."""
    named = [each.name for each in shelved(visit.house.shelf.folder) if _may(visit, each.restricted)]
    later = b or next((name for name in named if name != a), "")
    earlier = a or next((name for name in named if name != later), "")
    if not (earlier and later):
        return visit.page("compare.html.j2", named=named, a=None, b=None)
    x, y = visit.run(earlier), visit.run(later)
    if only not in LISTS:
        raise Missing("There is no such list", "Choose one on the page of the comparison.")
    changes, matches = _once(x, y, compared_people.people), _once(x, y, compared_people.groups)
    listed = _listed(visit, x, y, changes, only, page)
    return visit.page(
        "compare.html.j2",
        named=named,
        a=x,
        b=y,
        sections=_hidden(_sections(x, y, all)) if hides(visit) else _sections(x, y, all),
        lines=sum(len(each) for each in _sections(x, y, True).values()),
        all=all,
        tables=_once(x, y, compared.tables),
        order=_once(x, y, compared_people.order),
        counted_people=_counts(visit, x, y, changes),
        groups=[figures(run)["groups"] for run in (x, y)],
        called=[{row.group_id: row.called for row in group_rows(run)} for run in (x, y)],
        whos=WHOS if visit.can("see_priority_of_people") and not areas_of(visit) else {},
        listed=LISTED if visit.can("see_people") else {},
        ages=[_ages(run, hides(visit)) for run in (x, y)],
        matches=[_few(match, hides(visit)) for match in matches if match.overlap < 1 or all],
        same_groups=sum(match.overlap == 1 for match in matches),
        new_groups=sum(match.a is None for match in matches),
        gone_groups=sum(match.b is None for match in matches),
        only=only,
        lists=LISTS,
        sizes={name: len(getattr(changes, name)) for name in LISTS},
        hides=hides(visit),
        **listed,
    )


def _once(a: Reader, b: Reader, make: Callable[[Reader, Reader], T]) -> T:
    """What two runs make together, made once: runs don't change."""
    found: T = a.made(f"{make.__name__} against {b.name} {b.stamp}", lambda a: make(a, b))
    return found


def _may(visit: Visit, restricted: bool) -> bool:
    return not restricted or visit.can("see_restricted")


def _sections(a: Reader, b: Reader, all: bool) -> dict[str, list[Line]]:
    made = {
        "Method": compared.method(a, b),
        "Inputs, rows of each file": compared.inputs(a, b),
        "Rows used, and not": compared.results(a, b),
    }
    return {name: [line for line in lines if all or not line.same] for name, lines in made.items()}


def _hidden(sections: dict[str, list[Line]]) -> dict[str, list[Line]]:
    """Rounded to 5, and without counts of rows under 5, or whose difference would be: some have a row a person."""

    def few(line: Line) -> Line:
        near = all(type(each) is int for each in (line.a, line.b)) and hidden(abs(line.a - line.b))
        tiny = any(type(each) is int and hidden(each) for each in (line.a, line.b))
        if near or tiny:
            return replace(line, a=HIDDEN, b=HIDDEN)
        a, b = (small(each) if type(each) is int and each else each for each in (line.a, line.b))
        return replace(line, a=a, b=b)

    return {name: lines if name == "Method" else [few(line) for line in lines] for name, lines in sections.items()}


def _counts(visit: Visit, a: Reader, b: Reader, changes: People) -> list[Counted]:
    """The people of both runs; where counts under 5 are hidden, so is whatever gives them away."""
    x, y, hide = figures(a), figures(b), hides(visit)

    def told(n: int) -> int:
        return (small(n) or 0) if hide else n

    def by(name: str) -> str:
        more = told(y[name]) - told(x[name])
        if not more:
            return "about as many" if hide else "same number"
        return f"{abs(more):,} {'more' if more > 0 else 'fewer'}"

    came, went, moved, treated = (len(some) for some in (changes.joined, changes.left, changes.moved, changes.status))
    blind = any(run["ages"] and not run["children"] for run in (x, y))  # then nothing is known of who is under 18
    known = " known" if x["ages"] or y["ages"] else ""
    rows: list[tuple[str, int | None, int, str, tuple[int, ...]]] = [
        ("People kept", x["people"], y["people"], f"{told(came):,} in, {told(went):,} out", (came, went)),
        ("Under 18", x["children"], y["children"], "not comparable" if blind else by("children") + known, ()),
        ("Protected", x["protected"], y["protected"], by("protected"), ()),
        ("Held", x["held"], y["held"], by("held"), ()),
        (ELSEWHERE, None, changes.stayed, counted(told(moved), "person", "people"), (moved,)),
        (OTHERWISE, None, changes.stayed, counted(told(treated), "person", "people"), (treated,)),
    ]
    made = []
    for what, before, after, change, parts in rows:
        if hide and hidden(*parts, before or 0, after, abs(after - (after if before is None else before))):
            made.append(Counted(what, None, None, "hidden: one of these counts is under 5"))
        else:
            made.append(Counted(what, None if before is None else told(before), told(after), change))
    return made


def _ages(reader: Reader, hide: bool) -> int | None:
    """How many people's age isn't known; None = under 5, hidden."""
    found = figures(reader)
    return few_ages(found["ages"], found["people"]) if hide else found["ages"]


def _few(match: Match, hide: bool) -> Match:
    """Without numbers that give a count under 5 away: the shared number of such a pair isn't told."""
    if hide and hidden(match.shared, match.size_a - match.shared, match.size_b - match.shared):
        return Match(match.a, match.b, match.size_a, match.size_b, -1)
    return match


def of_own_areas(visit: Visit, a: Reader, b: Reader, every: Iterable[Change]) -> list[Change]:
    """The changes of people in groups that touch one's own areas, in one of the runs; all where no areas are set."""
    areas = areas_of(visit)
    before, after = ({row.group_id for row in touching(group_rows(run), areas)} for run in (a, b))
    return [each for each in every if not areas or each.group_a in before or each.group_b in after]


def _listed(visit: Visit, a: Reader, b: Reader, changes: People, only: str, page: int) -> dict[str, Any]:
    """A page of the people of one list, for those who see people; logged."""
    if not visit.can("see_people"):
        return {"people": None, "cards": {}, "total": 0, "page": 1, "pages": 1, "elsewhere": 0}
    every: tuple[Change, ...] = getattr(changes, only)
    found = of_own_areas(visit, a, b, every)
    here, at, pages = paged(len(found), page, PER_PAGE)
    shown = found[here]
    ids = [each.nominal_id for each in shown]
    cards = {**a.cards(ids), **b.cards(ids)}  # the later run's word on how somebody is treated
    visit.log("comparison", f"{a.name} and {b.name}", action="see_people", only=only, page=at, people=ids)
    about = {"total": len(found), "page": at, "pages": pages, "elsewhere": len(every) - len(found)}
    return {"people": shown, "cards": cards, **about}
