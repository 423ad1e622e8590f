"""What the page and the command of retention list: kinds with counts and ages, and runs, which are folders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from countylines.govern.retention import OF, Thing, held_of, things
from countylines.govern.retention_file import Kept, Periods
from countylines.govern.schema import audit
from countylines.web.run_shelf import Shelved, shelved

RUNS = "runs"
LABELS: Mapping[str, str] = {**{name: kind.label for name, kind in OF.items()}, RUNS: "Runs"}


@dataclass(frozen=True)
class Line:
    """One kind in the list.

    Attributes:
        count: how many there are; ``over``: of these, how many are over, so that their period runs.
        oldest: when the oldest was made; None = there is none.
        due: how many are due for review and can be erased; ``kept``: due, but something stands against it.
    """

    name: str
    label: str
    kept_for: Kept
    count: int
    over: int
    oldest: dt.date | None
    due: int
    kept: int


def line_of(name: str, found: Sequence[Thing], periods: Periods, today: dt.date) -> Line:
    """A kind's line."""
    due = [one for one in found if one.is_due(today)]
    return Line(
        name,
        LABELS[name],
        periods.kinds[name],
        len(found),
        sum(one.over is not None for one in found),
        min((one.begun for one in found), default=None),
        sum(not one.kept for one in due),
        sum(bool(one.kept) for one in due),
    )


def lines(connection: Connection, runs: Sequence[Thing], periods: Periods, today: dt.date) -> list[Line]:
    """All kinds, runs last."""
    made = [line_of(name, things(connection, name, periods, today), periods, today) for name in OF]
    return [*made, line_of(RUNS, runs, periods, today)]


def runs_of(connection: Connection, folder: Path, periods: Periods, cleared: bool) -> list[Thing]:
    """The finished runs in the folder, the oldest first; those with restricted records for the cleared alone.

    A run is over when a later one has taken its place, and its period runs from when it was made.
    """
    held = held_of(connection, RUNS)
    found = shelved(folder)
    seen = [(each, place == 0) for place, each in enumerate(found) if cleared or not each.restricted]
    made = [_thing(each, current, periods, held) for each, current in seen]
    return sorted(made, key=lambda one: (one.over or dt.date.max, one.id))


def _thing(run: Shelved, current: bool, periods: Periods, held: Mapping[str | None, str]) -> Thing:
    day = run.made.date()
    due = None if current else periods.kinds[RUNS].period.ends(day)
    kept = "the current run" if current else held.get(run.name, held.get(None, ""))
    return Thing(run.name, day, None if current else day, due, kept)


def log_age(connection: Connection) -> tuple[int, dt.datetime | None]:
    """How many rows the log has, and when the first was written."""
    count, first = connection.execute(select(func.count(), func.min(audit.c.at)).select_from(audit)).one()
    return int(count), first
