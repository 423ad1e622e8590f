"""Which pages of groups and lines open to somebody with own areas, so that no link leads to where they're refused."""

from __future__ import annotations

from countylines.web.access import Visit
from countylines.web.group_rows import group_rows, touching
from countylines.web.line_rows import line_rows, near
from countylines.web.own_areas import areas_of
from countylines.web.reader import Reader


def opens(visit: Visit, kind: str, name: str, reader: Reader | None = None) -> bool:
    """Whether a group's or line's page opens to this visitor, as :func:`found_group` and :func:`found_line` decide.

    Args:
        kind: group or line.
        name: its id.
        reader: the run; left out: the one that the page speaks of.
    """
    action = "see_group" if kind == "group" else "see_lines"
    areas = areas_of(visit, action)
    if not visit.can(action) or not areas:
        return visit.can(action)
    found: frozenset[str] = (reader or visit.reader).made(f"{kind}s in {areas!r}", lambda run: _in(run, kind, areas))
    return name in found


def people_path(visit: Visit, **filters: str) -> str:
    """Where people kept in a run are listed for this visitor; empty = nowhere.

    Args:
        filters: of the list of people. For safeguarding alone those to protect open, in the queue.
    """
    if visit.can("see_priority_of_people"):
        return visit.url("/people", **filters)
    if filters.get("who") and visit.can("see_safeguarding"):
        return visit.url("/safeguarding", **{"kept" if name == "who" else name: each for name, each in filters.items()})
    return ""


def _in(run: Reader, kind: str, areas: tuple[str, ...]) -> frozenset[str]:
    if kind == "group":
        return frozenset(row.group_id for row in touching(group_rows(run), areas))
    return frozenset(row.line_id for row in line_rows(run) if near(row.areas, areas))
