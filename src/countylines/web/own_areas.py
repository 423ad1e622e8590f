"""Analysts and safeguarding officers see their own areas, where these are set: whom and what that leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from countylines.errors import InputError
from countylines.report.show.words import listed
from countylines.runs import find_runs
from countylines.web.access import Refused, Visit
from countylines.web.reader import Reader

Row = dict[str, Any]


def areas_of(visit: Visit, action: str = "see_people") -> tuple[str, ...]:
    """The areas in which this person may do something; none = all."""
    return visit.who.account.areas_for(action)


def within(areas: Sequence[str], found: Iterable[str | None]) -> bool:
    """Whether one of the areas is among one's own; with no own areas everything is.

    Example:
        >>> within((), [None]), within(("Northgate",), ["Docklands", None]), within(("Northgate",), ["Northgate"])
        (True, False, True)
    """
    return not areas or not set(areas).isdisjoint(area for area in found if area)


def people_within(reader: Reader, people: Iterable[str], areas: Sequence[str]) -> set[str]:
    """Of some people those with a record in one's own areas; all of them where none are set."""
    return reader.seen_from(tuple(areas)).people_within(people)


def known_areas(runs: Path) -> list[str]:
    """The areas that records of the runs in a folder are of, as they spell them; none where no run can be read."""
    found: set[str] = set()
    for run in find_runs(runs)[0]:
        try:
            found.update(run.table("sources/records").select(pl.col("area").unique()).collect()["area"].drop_nulls())
        except (InputError, pl.exceptions.PolarsError):
            continue  # half a run tells nothing; its own pages say so
    return sorted(found)


def outside(areas: Sequence[str], what: str, name: str = "") -> Refused:
    """The refusal of something outside one's areas; the same for what doesn't exist, so that it tells nothing.

    Args:
        what: person or record.
        name: its id, for the log alone.
    """
    return Refused(
        "see_people",
        f"You see people and records of your own areas: {listed(areas)}. There is no {what} of this id in them. If you"
        " need it for your work, ask a senior officer, or whoever gives out accounts to add the area.",
        what,
        name,
    )
