"""Every list that can be taken out: its page, who may see that page, and its rows as that page has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from countylines.web import lines
from countylines.web import tasking as tasking_page
from countylines.web.access import Visit
from countylines.web.download_people import (
    take_changes,
    take_members,
    take_missing,
    take_people,
    take_releases,
    take_unlinked,
)
from countylines.web.download_work import take_changed, take_rejects, take_rulings
from countylines.web.group_filters import Wanted
from countylines.web.group_rows import Count, GroupRow
from countylines.web.groups import seen_groups
from countylines.web.line_filters import REPORTS, STANDINGS
from countylines.web.line_filters import Wanted as WantedLines
from countylines.web.line_rows import near
from countylines.web.sheets import Sheet
from countylines.web.taken import Taken, filters_of
from countylines.web.unweighed import told

UNDER_FIVE = "Under 5, hidden"


@dataclass(frozen=True)
class Download:
    """A list that can be taken out.

    Attributes:
        path: of its page.
        needs: the action that its page needs; beside export_table.
        take: its rows, from the filters in the address.
    """

    path: str
    needs: str
    take: Callable[[Visit], Taken]


def take_groups(visit: Visit) -> Taken:
    """The list of groups: filters and order as on its page, all pages."""
    asked = visit.request.query_params
    wanted = Wanted.read(
        area=asked.getlist("area"),
        size=_whole(asked.get("size")),
        children=asked.get("children", "") in ("1", "true"),
        soc=asked.get("soc", ""),
        window=asked.get("window", "12m"),
        sort=asked.get("sort", "priority"),
    )
    rows = wanted.ordered(wanted.kept(seen_groups(visit)[0]))
    columns = {
        "priority": "Priority", "low": "Priority, from", "high": "Priority, to", "group": "Group", "name": "Name",
        "people": "People", "children": "Under 18", "ages": "Of unknown age", "exploited": "Believed exploited",
        "guarded": "Protected or held, never ranked", "missing": "With missing episodes",
        "cchi_12m": "Harm, Cambridge index, days, 12 months", "cchi_all": "Harm, Cambridge index, days, all",
        "ons_css_12m": "Harm, ONS weights, 12 months", "ons_css_all": "Harm, ONS weights, all",
        "cchi_without": "Crimes without a code or Cambridge weight",
        "ons_css_without": "Crimes without a code or ONS weight",
        "soc": "SOC group",
        "overlap": "Share in it", "stability": "Stays in re-runs, share", "areas": "Areas",
        "other": "Priority by the other index", "reported": "Priority by reported crime only",
    }  # fmt: skip
    said = "A priority holds with its range: 90% of all weightings of the criteria. The two harm indices are not added."
    return Taken(Sheet("Groups", columns, [_group(row) for row in rows]), filters_of(visit), [said])


def take_lines(visit: Visit) -> Taken:
    """The list of deal lines: filters and order as on its page, all pages."""
    asked = visit.request.query_params
    names = ("q", "area", "group", "standing", "report", "reach", "sort")
    q, area, group, standing, report, reach, sort = (asked.get(name, "")[:100] for name in names)
    wanted = WantedLines(q, area, group, standing, report, reach, sort).known()
    own = lines.own_areas(visit)
    found = wanted.ordered(wanted.kept([one for one in lines.listed(visit) if near(one.row.areas, own)]))
    columns = {
        "called": "Line", "numbers": "Numbers", "names": "Names", "standing": "Standing", "report": "Report",
        "on": "Reported on", "reference": "Reference", "areas": "Areas", "reach": "Reach", "group": "Group",
        "records": "Records that say it is a line", "mentions": "Other records with its number", "people": "People",
        "first": "First seen", "last": "Last seen",
    }  # fmt: skip
    rows = [
        {
            **{name: getattr(one.row, name) for name in ("called", "reference", "areas", "reach")},
            **{name: getattr(one.row, name) for name in ("numbers", "names", "records", "mentions", "people")},
            **{"standing": STANDINGS[one.standing], "report": REPORTS[one.report], "on": one.on, "group": one.group},
            **{"first": one.row.first_seen, "last": one.row.last_seen},
        }
        for one in found
    ]
    return Taken(
        Sheet("Deal lines", columns, rows), filters_of(visit), ["Lines of one record only are a lead at most."]
    )


def take_tasking(visit: Visit) -> Taken:
    """The groups that were adopted or declined, and what came of it."""
    only = visit.request.query_params.get("only", "")
    found = [one for one in tasking_page.tasked(visit) if tasking_page.fits(visit, one, only)]
    columns = {
        "called": "Group", "here": "In this run", "decision": "Decision", "why": "Why", "lead": "Lead",
        "review_on": "Review on", "due": "Review due", "result": "Result", "at": "Decided", "by": "By",
        "run_id": "In run",
    }  # fmt: skip
    rows = [
        {"called": one.called, "here": bool(one.row), "due": one.due}
        | {name: getattr(one.tasking, name) for name in columns if name not in ("called", "here", "due")}
        for one in found
    ]
    return Taken(Sheet("Tasking", columns, rows), filters_of(visit))


LISTS = (
    Download("/groups", "see_groups", take_groups),
    Download("/groups/{group_id}/members", "see_people", take_members),
    Download("/people", "see_priority_of_people", take_people),
    Download("/lines", "see_lines", take_lines),
    Download("/missing", "see_missing", take_missing),
    Download("/releases", "see_releases", take_releases),
    Download("/tasking", "see_tasking", take_tasking),
    Download("/runs/compare", "see_people", take_changes),
    Download("/groups/unlinked", "see_people", take_unlinked),
    Download("/changes", "see_people", take_changed),
    Download("/runs/{name}/rejects", "see_people", take_rejects),
    Download("/rulings", "make_ruling", take_rulings),
)


def _group(row: GroupRow) -> dict[str, Any]:
    place = row.place

    def count(value: Count) -> int | str:
        return UNDER_FIVE if value is None else value

    return {
        "priority": place.rank if place else "Not ranked",
        "low": place and place.low,
        "high": place and place.high,
        "group": row.group_id,
        "name": row.spoken,
        **{name: count(getattr(row, name)) for name in ("ages", "exploited", "guarded", "missing")},
        "children": "unknown" if row.children == 0 and row.ages else count(row.children),
        "people": count(row.size),
        **{f"{index}_{window}": told(value) for (index, window), value in row.harm.items()},
        **{f"{index}_without": n for index, n in row.unweighed.items()},
        **{name: getattr(row, name) for name in ("soc", "overlap", "stability", "areas")},
        "other": place and place.other_index,
        "reported": place and place.reported,
    }


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
