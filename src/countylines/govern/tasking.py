"""Tasking: a group adopted for intelligence development, or declined, with why, lead, review date and result.

A group has one tasking, decided again as often as needed; what was decided before stands in its history. Groups keep
their id from run to run only by ``countylines run --previous``: so the run and the people of the group are kept with a
decision, and one on other people of the same id is put aside, under its run.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from countylines.errors import InputError
from countylines.govern.changes import (
    Change,
    Who,
    add,
    as_kept,
    change,
    chosen,
    history,
    not_past,
    sought,
    whole,
    written,
)
from countylines.govern.work_schema import work_tasking

Decision = Literal["adopted", "declined"]
DECISIONS: tuple[Decision, ...] = ("adopted", "declined")
NAME = 200
ASIDE = " of "  # between a group and its run, where other people have its id now


@dataclass(frozen=True, slots=True)
class Tasking:
    """What was decided on a group last.

    Attributes:
        group_id, run_id: the group, in the run that it was decided from; once other people have its id, as
            ``G0002 of RUN (number)``.
        members: who was in it then, sorted; empty = decided before that was kept.
        lead: who leads the work on an adopted group.
        review_on: when to look at it again.
        result: what came of it; empty = nothing yet.
    """

    tasking_id: int
    version: int
    group_id: str
    run_id: str
    decision: Decision
    why: str
    lead: str | None
    review_on: dt.date | None
    result: str
    at: dt.datetime
    by: str
    members: tuple[str, ...] = ()

    @property
    def group_then(self) -> str:
        """The group's id in the run that it was decided from."""
        return self.group_id.partition(ASIDE)[0]

    @property
    def called(self) -> str:
        """The group, by its id and run."""
        return f"{self.group_then}{ASIDE}{self.run_id}"

    def review_due(self, today: dt.date) -> bool:
        """Its review date has come."""
        return self.review_on is not None and self.review_on <= today


@whole
def decide(
    connection: Connection,
    group_id: str,
    version: int,
    decision: Decision,
    by: Who,
    at: dt.datetime,
    *,
    why: str,
    run_id: str,
    lead: str = "",
    review_on: dt.date | None = None,
    members: Iterable[str] = (),
    goes_on: int | None = None,
) -> int:
    """Adopt or decline a group, for the first time (version 0) or anew; the new version.

    Args:
        members: who is in the group.
        goes_on: the tasking of the group that this one goes on, whatever its id was then; None = the one of this id.
            Another one of the same id was on a group that is gone, and is put aside.

    Raises:
        InputError: it doesn't say why; an adopted group has no lead or no review date after today.
        Conflict: somebody decided since.
    """
    chosen(decision, DECISIONS, "the decision")
    adopted = decision == "adopted"
    if adopted and review_on is None:
        raise InputError("an adopted group needs a review date", "say when to look at it again")
    if review_on is not None:
        not_past(review_on, at)
    values: dict[str, Any] = {
        "run_id": written(run_id, "the run", longest=2 * NAME),
        "decision": decision,
        "why": written(why, "why"),
        "lead": written(lead, "the lead", needed=adopted, longest=NAME) or None,
        "review_on": review_on,
        "result": "",
        "at": at,
        "by": by.name,
        "members": json.dumps(sorted(members)),
    }
    named = {"group_id": written(group_id, "the group", longest=2 * NAME)}
    row = _row(connection, group_id)
    if goes_on is not None:
        if row is not None and row.tasking_id != goes_on:
            put_aside(connection, group_id, by, at)
        return change(connection, work_tasking, goes_on, version, named | values, by, at)
    if row is not None:
        return change(connection, work_tasking, row.tasking_id, version, values, by, at)
    try:
        with connection.begin_nested():
            add(connection, work_tasking, named | values, by, at)
    except IntegrityError:  # somebody decided a moment ago
        there = _row(connection, group_id)
        if there is None:
            raise
        return change(connection, work_tasking, there.tasking_id, 0, values, by, at)  # no version is 0: a conflict
    return 1


@whole
def record_result(
    connection: Connection,
    group_id: str,
    version: int,
    result: str,
    by: Who,
    at: dt.datetime,
    *,
    review_on: dt.date | None = None,
) -> int:
    """Record what came of it, and when to look at it again (None = no more); the new version.

    Raises:
        InputError: nothing was decided on the group, no result, or a review date that isn't later than today.
        Conflict: somebody changed it since.
    """
    row = _row(connection, group_id)
    if row is None:
        raise InputError(f"nothing was decided on group {group_id}", "adopt or decline it first")
    if review_on is not None:
        not_past(review_on, at)
    values = {"result": written(result, "the result"), "review_on": review_on, "at": at, "by": by.name}
    return change(connection, work_tasking, row.tasking_id, version, values, by, at)


def put_aside(connection: Connection, group_id: str, by: Who, at: dt.datetime) -> None:
    """What was decided under this id was on other people: keep it under its run, so that the id is free."""
    row = _row(connection, group_id)
    if row is not None:
        apart = f"{group_id}{ASIDE}{row.run_id} ({row.tasking_id})"
        change(connection, work_tasking, row.tasking_id, row.version, {"group_id": apart}, by, at)


def tasking(connection: Connection, group_id: str) -> Tasking | None:
    """What was decided on a group last; None = nothing yet (its version is 0)."""
    row = _row(connection, group_id)
    return None if row is None else _tasking(row)


def taskings(connection: Connection) -> list[Tasking]:
    """All of them; those with the earliest review first, those without one last."""
    c = work_tasking.c
    rows = connection.execute(select(work_tasking).order_by(c.review_on.is_(None), c.review_on, c.group_id))
    return [_tasking(row) for row in rows]


def tasking_history(connection: Connection, group_id: str) -> list[Change]:
    """All that was decided on the group, oldest first."""
    row = _row(connection, group_id)
    if row is None:
        return []
    return [one for one in history(connection, work_tasking, row.tasking_id) if one.field != "members"]


def _row(connection: Connection, group_id: str) -> Row[Any] | None:
    return connection.execute(select(work_tasking).where(work_tasking.c.group_id == sought(group_id))).one_or_none()


def _tasking(row: Row[Any]) -> Tasking:
    return Tasking(**{**as_kept(Tasking, row), "members": tuple(json.loads(row.members or "[]"))})
