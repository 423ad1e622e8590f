"""How old what people's work left behind is, what is due for review, and what can't be erased, and why.

A thing's period runs from when it was over: a case from its closing, a ruling from its end. What isn't over yet (an
open case, a ruling in force) is never due. Nothing here reads what somebody wrote: ids and dates only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, select

from countylines.errors import InputError
from countylines.govern import rulings
from countylines.govern.changes import Who, add, as_kept, chosen, put, take, whole, written
from countylines.govern.retention_file import KINDS, Periods
from countylines.govern.retention_schema import retention_holds
from countylines.govern.schema import sessions
from countylines.govern.sessions import SessionRules
from countylines.govern.work_schema import (
    work_case_calls,
    work_cases,
    work_documents,
    work_drafts,
    work_notes,
    work_rulings,
    work_tasking,
    work_views,
)

LATEST = "the latest of its kind: its number must not be given again"
CHANGED = "from when they were last changed, or withdrawn"
Over = tuple[dt.date | None, str]  # when it was over; None = it isn't, and why


@dataclass(frozen=True)
class Kind:
    """One kind of thing that work leaves behind.

    Attributes:
        name: as in the file of periods.
        label: as pages call it.
        begun: when it was made or begun.
        reads: the columns that tell when it was over; nothing else of a row is read.
        over: the day when it was over, of a row and today.
        since: from when its period runs, in words.
        goes: what is erased with it.
        numbered: whether its ids are numbers, which a database may give again.
        two: whether two people must agree to erase it.
    """

    name: str
    label: str
    table: Table
    begun: Column[Any]
    reads: tuple[str, ...]
    over: Callable[[Row[Any], dt.date], Over]
    since: str
    goes: str
    numbered: bool = True
    two: bool = True

    @property
    def key(self) -> Column[Any]:
        """The column of its id."""
        return self.table.primary_key.columns[0]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing, by id and dates alone.

    Attributes:
        begun: when it was made.
        over: when it was over, from where its period runs; None = it isn't.
        due: the day on which its period has passed; None = it isn't over.
        kept: why it can't be erased now, whatever its age; empty = nothing stands against it.
    """

    id: str
    begun: dt.date
    over: dt.date | None
    due: dt.date | None
    kept: str

    def is_due(self, today: dt.date) -> bool:
        """Its period has passed: it is due for review."""
        return self.due is not None and self.due <= today


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that must not be erased for now, or (without ``thing_id``) everything of its kind."""

    hold_id: int
    version: int
    kind: str
    thing_id: str | None
    reason: str
    at: dt.datetime
    by: str
    lifted_at: dt.datetime | None
    lifted_by: str | None
    lift_reason: str | None


def _session(row: Row[Any], today: dt.date) -> Over:
    longest = row.started_at + SessionRules().longest  # one that nobody ended is marked at the next sign-in of anybody
    ended = min(row.ended_at or longest, longest).date()
    return (ended, "") if row.ended_at or ended < today else (None, "it may still be open")


def _left(row: Row[Any], _: dt.date) -> Over:
    return (row.withdrawn_at or row.at).date(), ""


def _tasking(row: Row[Any], _: dt.date) -> Over:
    hand = row.decision == "adopted" and not row.result
    return (None, "adopted, and without a result yet") if hand else (row.at.date(), "")


def _draft(row: Row[Any], _: dt.date) -> Over:
    return (None, "drafted, and not yet reported or declined") if row.status == "drafted" else (row.at.date(), "")


def _ruling(row: Row[Any], today: dt.date) -> Over:
    if row.ended_at:
        return row.ended_at.date(), ""
    if row.review_by > today:
        waits = row.status == rulings.PROPOSED
        return None, "it waits for a second person" if waits else "it is in force"
    return row.review_by, ""


def _case(row: Row[Any], _: dt.date) -> Over:
    return (row.closed_at.date(), "") if row.closed_at else (None, "the case is open")


OF: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("sessions", "Sessions", sessions, sessions.c.started_at, ("ended_at",), _session, "from their end",
             "The session, with the reasons given in it for single records.", numbered=False, two=False),
        Kind("views", "Saved views", work_views, work_views.c.at, ("withdrawn_at",), _left, CHANGED,
             "The view, with its history."),
        Kind("notes", "Notes", work_notes, work_notes.c.at, ("withdrawn_at",), _left, CHANGED,
             "The note, with its history."),
        Kind("tasking", "Tasking", work_tasking, work_tasking.c.at, ("decision", "result"), _tasking,
             "from the decision, once a group is declined or there is a result", "The decision, with its history."),
        Kind("drafts", "Lines drafted for reporting", work_drafts, work_drafts.c.at, ("status",), _draft,
             "from when they were reported or declined", "The draft, with its history."),
        Kind("rulings", "Rulings", work_rulings, work_rulings.c.proposed_at,
             ("ended_at", "review_by", "status"), _ruling,
             "from their review date, or from when they were refused or withdrawn", "The ruling, with its history."),
        Kind("cases", "Safeguarding cases", work_cases, work_cases.c.opened_at, ("closed_at",), _case,
             "from when they were closed",
             "The case with its steps, answers, calls, documents and notes, and the history of all of them."),
    )
}  # fmt: skip


def things(connection: Connection, kind: str, periods: Periods, today: dt.date) -> list[Thing]:
    """Everything of a kind, what was over first first; what isn't over, at the end.

    Raises:
        KeyError: there is no such kind in the database.
    """
    of, period = OF[kind], periods.kinds[kind].period
    held = held_of(connection, kind)
    last = _latest(connection, of) if of.numbered else frozenset()
    theirs = _of_cases(connection) if kind == "notes" else {}
    found = []
    read = [of.table.c[name] for name in of.reads]
    for row in connection.execute(select(of.key, of.begun, *read)):
        key = str(row._mapping[of.key.name])
        over, why = of.over(row, today)
        kept = why or held.get(key, held.get(None, "")) or theirs.get(key, "") or (LATEST if key in last else "")
        begun = row._mapping[of.begun.name].date()
        found.append(Thing(key, begun, over, period.ends(over) if over else None, kept))
    return sorted(found, key=lambda one: (one.over or dt.date.max, one.begun, len(one.id), one.id))


def held_of(connection: Connection, kind: str) -> dict[str | None, str]:
    """What of a kind is under a hold, as id and why; None = everything of it."""
    return {one.thing_id: f"under a hold: {one.reason}" for one in holds(connection, kind)}


def holds(connection: Connection, kind: str) -> list[Hold]:
    """The holds of a kind that weren't lifted, the earliest first."""
    c = retention_holds.c
    query = select(retention_holds).where(c.kind == kind, c.lifted_at.is_(None)).order_by(c.hold_id)
    return [Hold(**as_kept(Hold, row)) for row in connection.execute(query)]


@whole
def hold(connection: Connection, kind: str, thing_id: str, reason: str, by: Who, at: dt.datetime) -> int:
    """Keep something from being erased, as for a trial or an inquiry; its id. One person is enough.

    Args:
        thing_id: empty = everything of this kind.

    Raises:
        InputError: no such kind, no reason, or it is held already.
    """
    chosen(kind, KINDS, "kind")
    about = written(thing_id, "the id", needed=False, longest=400) or None
    if about in held_of(connection, kind):
        raise InputError(f"{about or 'everything of this kind'} is under a hold already", "look at the holds below")
    values = {"kind": kind, "thing_id": about, "reason": written(reason, "the reason", longest=2_000)}
    return add(connection, retention_holds, {**values, "at": at, "by": by.name}, by, at)


@whole
def lift(connection: Connection, hold_id: int, version: int, reason: str, by: Who, at: dt.datetime) -> int:
    """Lift a hold and say why; the new version. To erase what it held takes two people all the same.

    Raises:
        InputError, Conflict: no reason, or it is lifted; somebody changed it since.
    """
    row = take(connection, retention_holds, hold_id, version)
    if row.lifted_at is not None:
        raise InputError("this hold is lifted already", "there is nothing to do")
    values = {"lifted_at": at, "lifted_by": by.name, "lift_reason": written(reason, "the reason", longest=2_000)}
    return put(connection, retention_holds, row, values, by, at)


def _of_cases(connection: Connection) -> dict[str, str]:
    """Notes on a case that is still there: a part of it, which is kept as long as the case."""
    cases = {str(key) for key in connection.execute(select(work_cases.c.case_id)).scalars()}
    query = select(work_notes.c.note_id, work_notes.c.what_id).where(work_notes.c.kind == "case")
    return {str(key): f"it goes with case {case}" for key, case in connection.execute(query) if case in cases}


def _latest(connection: Connection, of: Kind) -> frozenset[str]:
    """The things with the greatest numbers: SQLite gives the number of the last row again when that is deleted, and
    the log's rows on the old thing would then seem to be on the new one."""
    found = {connection.scalar(select(func.max(of.key)))}
    if of.name == "cases":
        for part in (work_documents, work_case_calls):
            number = part.primary_key.columns[0]
            found.add(connection.scalar(select(part.c.case_id).order_by(number.desc()).limit(1)))
        note = connection.execute(select(work_notes.c.kind, work_notes.c.what_id).order_by(work_notes.c.note_id.desc()))
        latest = note.first()
        found.add(latest.what_id if latest and latest.kind == "case" else None)
    return frozenset(str(key) for key in found if key is not None)
