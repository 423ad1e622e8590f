"""What stands around every page: the menu, the run at the foot, and how things are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from countylines.govern import people
from countylines.govern.sessions import Session
from countylines.report.show.groups import called
from countylines.web.access import NoRun, Refused, Visit, here
from countylines.web.group_rows import adults_by_setting, few_ages, small, unknown_ages
from countylines.web.groups import hides
from countylines.web.notes_pages import notes_of, others_of
from countylines.web.opens import opens, people_path
from countylines.web.queue_badge import badge
from countylines.web.reader import Reader
from countylines.web.reasons import REASONS
from countylines.web.tasking import tasking_of
from countylines.web.unweighed import has_crimes


@dataclass(frozen=True)
class Item:
    """An entry of the menu; ``key`` goes there after G, ``needs`` any of these actions."""

    id: str
    label: str
    path: str
    key: str
    needs: tuple[str, ...]
    count: int | None = None


MENU = (
    Item("home", "My work", "/", "h", ("see_home",)),
    Item("groups", "Groups", "/groups", "g", ("see_groups",)),
    Item("network", "Network", "/network", "n", ("see_network",)),
    Item("safeguarding", "Safeguarding", "/safeguarding", "s", ("see_safeguarding", "see_safeguarding_counts")),
    Item("lexicon", "Lexicon", "/lexicon", "l", ("see_lexicon",)),
    Item("runs", "Runs and audit", "/runs", "r", ("see_runs", "see_log")),
)


def menu(visit: Visit) -> list[Item]:
    """What this person may open."""
    shown = [item for item in MENU if any(visit.can(action) for action in item.needs)]
    return [replace(item, count=badge(visit)) if item.id == "safeguarding" else item for item in shown]


def run_of(visit: Visit) -> Reader | None:
    """The run that a page speaks of; none where there is none, or the person may not open it."""
    try:
        return visit.reader
    except (NoRun, Refused):
        return None


def reason_of(session: Session) -> str:
    """The reason for access, as spoken."""
    return REASONS[session.reason or ""][0].lower()


GLOBALS: Mapping[str, Any] = {
    "this_page": here,
    "menu": menu,
    "reason_of": reason_of,
    "run_of": run_of,
    "roles_of": people.spoken,
    "opens": opens,
    "people_path": people_path,
    "called": called,
    "notes_of": notes_of,
    "notes_on_others": others_of,
    "tasking_of": tasking_of,
    "few_ages": few_ages,
    "small": small,
    "adults_by_setting": adults_by_setting,
    "has_crimes": has_crimes,
    "unknown_ages": unknown_ages,
    "hides_counts": hides,
}
