"""Cases as the queue shows them: the state of each step, what is due, how long it waits, and one next step.

The order is by call first, then by what is overdue, then by what is due next: times, never a score.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, select, true

from countylines.govern.case_steps import hindrance
from countylines.govern.changes import Change, as_kept, find, history
from countylines.govern.clocks import due
from countylines.govern.procedure import (
    AUTHORITY,
    COLUMNS,
    DONE,
    DRAFTED,
    IN_PROGRESS,
    NOT_FOR,
    SENT,
    WAITING,
    Procedure,
    Procedures,
    Step,
)
from countylines.govern.work_schema import work_case_answers, work_case_calls, work_case_steps, work_cases

Status = Literal["open", "monitoring", "closed"]
TO_BE_FOUND = "Authority to be found"
CALL_FIRST = "Call first: immediate risk"
FIND = "Find the authority where the person is"
NOTHING = "Close, or say why it stays open"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a case, now.

    Attributes:
        step: what the procedure says of it.
        ready_at: since when it can be taken; None = it waits for another, or doesn't apply.
        due: when its time limit ends; None = it has none, or doesn't run.
        overdue: the limit has passed, and it isn't sent or done.
        hindrance: why it can't be sent now; empty = it can, or was.
        word: what the queue's column says.
    """

    step: Step
    state: str
    at: dt.datetime | None
    by: str
    result: str | None
    decided_by: str | None
    detail: str | None
    why: str | None
    ready_at: dt.datetime | None
    sent_at: dt.datetime | None
    sent_to: str | None
    copied_to: str | None
    answers: Mapping[str, str]
    due: dt.datetime | None
    overdue: bool
    word: str
    hindrance: str

    @property
    def open(self) -> bool:
        """Somebody can do something about it now."""
        return self.state not in (DONE, NOT_FOR) and not (self.state == WAITING and self.ready_at is None)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was made."""

    called: str
    called_at: dt.datetime
    reference: str
    by: str


@dataclass(frozen=True, slots=True)
class Next:
    """The one next step: what to do, on which step (empty = on the case), until when, and since when it waits."""

    do: str
    step: str
    due: dt.datetime | None
    overdue: bool
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case, now. ``authority`` None = authority to be found.

    Attributes:
        columns: for each of the queue's columns its state and its word.
        next: None = it is closed.
        wait: how long the next step has been waiting; None = it is closed.
    """

    case_id: int
    version: int
    nominal_id: str
    person: str
    procedure: Procedure
    authority: str | None
    responsible_authority: str | None
    immediate_risk: bool
    why: str
    lawyer_asked: bool | None
    section_45_note: str
    outcome_22: str
    run_id: str
    opened_at: dt.datetime
    opened_by: str
    closed_at: dt.datetime | None
    closed_by: str | None
    close_reason: str | None
    status: Status
    steps: tuple[StepView, ...]
    calls: tuple[Call, ...]
    columns: Mapping[str, tuple[str, str]]
    next: Next | None
    wait: dt.timedelta | None

    @property
    def owed(self) -> tuple[str, ...]:
        """Titles of duties that follow from a refusal and aren't done, whatever somebody said of them."""
        results = {view.step.id: view.result for view in self.steps if view.state == DONE}
        return tuple(
            view.step.title
            for view in self.steps
            if view.step.duty
            and view.state != DONE
            and all(results.get(name) in allowed for name, allowed in view.step.when.items())
        )

    @property
    def overdue(self) -> bool:
        """A step is past its local time limit."""
        return self.closed_at is None and any(step.overdue for step in self.steps)

    def step(self, name: str) -> StepView:
        """The step of that id; KeyError if there is none."""
        return {view.step.id: view for view in self.steps}[name]


def cases(
    connection: Connection, procedures: Procedures, now: dt.datetime, *, status: Status | None = None
) -> list[Case]:
    """All cases, or those open, monitored or closed; call first, then overdue, then what is due first.

    Args:
        now: decides what is overdue.
    """
    closed = work_cases.c.closed_at
    wanted = {None: true(), "closed": closed.is_not(None)}.get(status, closed.is_(None))  # closed ones may be many
    found = _views(connection, procedures, wanted, now)
    return sorted((one for one in found if status in (None, one.status)), key=_urgency)


def case(connection: Connection, procedures: Procedures, case_id: int, now: dt.datetime) -> Case:
    """One case.

    Raises:
        NotThere: there is none.
    """
    find(connection, work_cases, case_id)
    return _views(connection, procedures, work_cases.c.case_id == case_id, now)[0]


def unclosable(one: Case, missing_now: bool) -> tuple[str, str] | None:
    """Why a case can't be closed now, and what to do first; None = nothing is in its way.

    Args:
        missing_now: whether the run lists the person in tier 1.
    """
    if not one.calls and (missing_now or one.immediate_risk):
        said = "they are at immediate risk" if one.immediate_risk else "this run lists them as missing now"
        return f"{said}, and no call is recorded", "call, and record the call first"
    if one.immediate_risk:
        return "they are at immediate risk", "if they no longer are, end the immediate risk with its reason first"
    if one.owed:
        return f"{' and '.join(one.owed)} is open", "do it and record it as done first: it is owed after a refusal"
    return None


def case_history(connection: Connection, case_id: int) -> list[Change]:
    """Who did what in the case, oldest first."""
    return history(connection, work_cases, case_id)


def _urgency(one: Case) -> tuple[bool, bool, bool, float, int]:
    following = one.next
    if following is None:
        return (True, True, True, 0.0, one.case_id)
    until = following.due.timestamp() if following.due else float("inf")
    return (False, following.do != CALL_FIRST, not one.overdue, until, one.case_id)


def _views(connection: Connection, procedures: Procedures, wanted: ColumnElement[bool], now: dt.datetime) -> list[Case]:
    """Cases with their steps, answers and calls, in four queries whatever their number."""
    rows = connection.execute(select(work_cases).where(wanted).order_by(work_cases.c.case_id)).all()
    parts = [_by_case(connection, table, wanted) for table in (work_case_steps, work_case_answers, work_case_calls)]
    found = []
    for row in rows:
        procedure = procedures.shown(row.procedure, row.person, row.authority)
        steps, answers, calls = (part[row.case_id] for part in parts)
        found.append(_view(row, procedure, steps, answers, calls, now))
    return found


def _by_case(connection: Connection, table: Any, wanted: ColumnElement[bool]) -> dict[int, list[Row[Any]]]:
    ids = select(work_cases.c.case_id).where(wanted)
    query = select(table).where(table.c.case_id.in_(ids)).order_by(*table.primary_key.columns)
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.case_id].append(row)
    return found


def _view(
    row: Row[Any],
    procedure: Procedure,
    steps: Sequence[Row[Any]],
    answers: Sequence[Row[Any]],
    calls: Sequence[Row[Any]],
    now: dt.datetime,
) -> Case:
    kept = {step.step: step for step in steps}
    given: dict[str, dict[str, str]] = defaultdict(dict)
    for one in answers:
        given[one.step][one.question] = one.answer
    left = [one for one in steps if not (procedure.has(one.step) or one.automatic)]  # of an earlier procedure
    former = [Step(one.step, one.title, "task") for one in left]
    views = tuple(_step_view(row, step, kept, given[step.id], procedure, now) for step in (*procedure.steps, *former))
    made = tuple(Call(call.called, call.called_at, call.reference, call.by) for call in calls)
    following = None if row.closed_at else _next(row, views, made)
    monitored = following is not None and any(
        view.step.monitoring and view.step.id == following.step and view.state == IN_PROGRESS for view in views
    )
    return Case(
        **as_kept(Case, row) | {"procedure": procedure},
        status="closed" if row.closed_at else "monitoring" if monitored else "open",
        steps=views,
        calls=made,
        columns=_columns(procedure, views),
        next=following,
        wait=now - following.since if following else None,
    )


def _step_view(
    case: Row[Any],
    step: Step,
    kept: Mapping[str, Row[Any]],
    answers: Mapping[str, str],
    procedure: Procedure,
    now: dt.datetime,
) -> StepView:
    row = kept.get(step.id)
    if row is None:  # the procedure has it since the case was last changed
        nothing: dict[str, Any] = dict.fromkeys(("at", "result", "decided_by", "detail", "why", "ready_at", "sent_at"))
        more: dict[str, Any] = {"sent_to": None, "copied_to": None, "by": "", "due": None, "overdue": False}
        return StepView(step=step, state=WAITING, answers=answers, word="Not yet", hindrance="", **nothing, **more)
    hindered = hindrance(case, procedure, step, kept) if step.kind == "referral" and not row.sent_at else None
    ends = row.sent_at or row.state in (DONE, NOT_FOR)
    until = due(row.ready_at, step.clock, procedure.calendar) if step.clock and row.ready_at and not ends else None
    return StepView(
        **as_kept(StepView, row) | {"step": step},
        answers=answers,
        due=until,
        overdue=until is not None and until < now,
        word=_word(step, row, kept, procedure),
        hindrance=hindered[0] if hindered else "",
    )


def _word(step: Step, row: Row[Any], kept: Mapping[str, Row[Any]], procedure: Procedure) -> str:
    """What the queue's column says of a step: its result or date, or its state."""
    if row.state == DONE:
        return str(row.result).capitalize() if row.result else str(row.detail or _day(row.sent_at or row.at, procedure))
    if row.state == SENT:
        return str(row.detail or _day(row.sent_at, procedure))
    if row.state == NOT_FOR:
        return str(row.why or "Doesn't apply")
    if row.state == WAITING and row.ready_at is None:
        asked = [kept[name].state for name in step.needs if name in kept]
        if IN_PROGRESS in asked:
            return "Consent asked"
        return "By consent" if asked and DONE not in asked else "Not yet"
    return str(row.detail or row.state.capitalize())


def _day(moment: dt.datetime, procedure: Procedure) -> str:
    local = moment.astimezone(procedure.calendar.zone)
    return f"{local.day} {local:%b}"


def _columns(procedure: Procedure, views: Sequence[StepView]) -> dict[str, tuple[str, str]]:
    shown = {view.step.column: (view.state, view.word) for view in views}
    return {name: shown.get(name, (NOT_FOR, procedure.columns.get(name, "Not in this procedure"))) for name in COLUMNS}


def _next(row: Row[Any], views: Sequence[StepView], calls: Sequence[Call]) -> Next:
    """The one next step: a call at immediate risk, else what we have to do that is due first, else what we wait for."""
    if row.immediate_risk and not calls:
        return Next(CALL_FIRST, "", None, True, row.opened_at)
    alive = [view for view in views if view.open and view.ready_at]
    own = [view for view in alive if view.state not in (SENT, WAITING) and not view.step.monitoring]
    others = [view for view in alive if view.state in (SENT, WAITING)]
    kept = [view for view in alive if view.step.monitoring]
    order = own or others or kept
    if not order:
        return Next(NOTHING, "", None, False, row.opened_at)
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    first = min(order, key=lambda view: view.due or latest)  # of several, the first in the procedure
    unknown = first.step.to == AUTHORITY and not row.authority and first.state == DRAFTED
    since = first.ready_at or row.opened_at
    return Next(FIND if unknown else first.step.do(first.state), first.step.id, first.due, first.overdue, since)
