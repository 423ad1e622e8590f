"""The steps of a case: how people take them, and what follows by itself from which answer.

Nothing about an adult can be sent before consent, or a lawful reason to share without it with who decided, is recorded;
nothing goes to an authority that nobody has found yet. Nothing is sent from here: *sent* records that a person did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from countylines.errors import InputError
from countylines.govern.changes import Who, chosen, note, take, whole, written
from countylines.govern.procedure import (
    ALLOWS,
    AUTHORITY,
    DONE,
    IN_PROGRESS,
    LAWFUL,
    MOVES,
    NOT_FOR,
    NOT_STARTED,
    SENT,
    STATES,
    WAITING,
    Procedure,
    Procedures,
    Step,
    needs_why,
)
from countylines.govern.work_schema import work_case_answers, work_case_steps, work_cases

Rows = dict[str, Row[Any]]
SHORT = 200  # characters of a few words
KEPT = ("state", "result", "decided_by", "detail", "why", "sent_to", "copied_to")  # in the history


@whole
def take_step(
    connection: Connection,
    procedures: Procedures,
    case_id: int,
    version: int,
    step: str,
    to: str,
    by: Who,
    at: dt.datetime,
    *,
    why: str = "",
    result: str = "",
    decided_by: str = "",
    detail: str = "",
) -> int:
    """Move a step to another state; what follows from it moves along.

    Args:
        version: the case's, as it was shown.
        to: the state to move to, one of those of ``MOVES``.
        why: needed where the step doesn't apply, waits, or is taken back, and for a lawful reason.
        result: of a tool or a consent, when it is done.
        decided_by: who decided on sharing without consent.
        detail: a few words for the queue, as "Called 21 Nov".

    Returns:
        The case's new version.

    Raises:
        InputError: the case is closed, the move isn't one, something that it needs is missing, or it would waive a
            duty.
        Conflict: somebody changed the case since.
    """
    case, procedure, rows = _taken(connection, procedures, case_id, version, by, at)
    wanted, row = procedure.step(step), rows[step]
    chosen(to, STATES, "the step's new state")
    _may_move(wanted, row, to)
    if to == NOT_FOR and wanted.duty and standing(wanted, procedure, rows)[0] != NOT_FOR:
        said = f"{wanted.title} is a duty: it can't be set aside by a word"
        raise InputError(said, "do it and record it as done; it falls away by itself with consent", field=step)
    why = written(why, f"the reason why {wanted.title} is {to}", needed=needs_why(row.state, to))
    values: dict[str, Any] = {"state": to, "automatic": False, "why": why or None, "result": None, "decided_by": None}
    values["detail"] = written(detail, "the words for the queue", needed=False, longest=SHORT) or None
    if to == DONE:
        values |= _finished(connection, wanted, case_id, result, why, decided_by)
    if to == SENT:
        values |= _sent(case, procedure, wanted, rows) | {"sent_at": at}
    if row.ready_at is None and to == NOT_STARTED:
        values["ready_at"] = at
    rows[step] = write_step(connection, case, row, values, by, at)
    settle(connection, case, procedure, rows, by, at)
    return version + 1


@whole
def answer(
    connection: Connection,
    procedures: Procedures,
    case_id: int,
    version: int,
    step: str,
    answers: Mapping[str, str],
    by: Who,
    at: dt.datetime,
) -> int:
    """Answer questions of a step (yes, no or not known), or note options as offered; the step is then under way.

    Returns:
        The case's new version.

    Raises:
        InputError: no such question or answer; the case is closed; the step waits, is done or doesn't apply.
        Conflict: somebody changed the case since.
    """
    case, procedure, rows = _taken(connection, procedures, case_id, version, by, at)
    wanted, row = procedure.step(step), rows[step]
    if (row.automatic and row.state == WAITING) or row.state in (DONE, NOT_FOR):
        said = row.why or row.state
        raise InputError(f"{wanted.title} can't be answered now: {said}", "take it up again first", field=step)
    known = {question.id: question for question in wanted.questions}
    before = answers_of(connection, case_id, step)
    changes = []
    for name, given in answers.items():
        question = known[chosen(name, tuple(known), "the question")]
        chosen(given, question.answers, question.text)
        if before.get(name) != given:
            changes.append((f"{wanted.title}: {name}", before.get(name), given))
            _write_answer(connection, (case_id, step, name), given, name in before, by, at)
    note(connection, work_cases, case_id, case.version, changes, by, at)
    if row.state == NOT_STARTED and IN_PROGRESS in MOVES[wanted.kind][NOT_STARTED]:
        rows[step] = write_step(connection, case, row, {"state": IN_PROGRESS, "automatic": False}, by, at)
    settle(connection, case, procedure, rows, by, at)
    return version + 1


def answers_of(connection: Connection, case_id: int, step: str) -> dict[str, str]:
    """The answers given so far, by question."""
    c = work_case_answers.c
    found = connection.execute(select(c.question, c.answer).where(c.case_id == case_id, c.step == step))
    return {row.question: row.answer for row in found}


def steps_of(connection: Connection, case_id: int) -> Rows:
    """The case's steps as kept, by id."""
    rows = connection.execute(select(work_case_steps).where(work_case_steps.c.case_id == case_id))
    return {row.step: row for row in rows}


def _taken(
    connection: Connection, procedures: Procedures, case_id: int, version: int, by: Who, at: dt.datetime
) -> tuple[Row[Any], Procedure, Rows]:
    case = open_one(connection, case_id, version)
    procedure = procedures.named(case.procedure)
    return case, procedure, with_all_steps(connection, case, procedure, by, at)


def open_one(connection: Connection, case_id: int, version: int) -> Row[Any]:
    """Take an open case's next version; its row.

    Raises:
        NotThere, Conflict: as :func:`countylines.govern.changes.take`.
        InputError: it is closed.
    """
    row = take(connection, work_cases, case_id, version)
    if row.closed_at is not None:
        raise InputError(f"case {case_id} is closed", "reopen it first")
    return row


def with_all_steps(
    connection: Connection, case: Row[Any], procedure: Procedure, by: Who, at: dt.datetime, again: bool = False
) -> Rows:
    """The case's steps, with those added that the procedure has by now, and settled if there are any (or ``again``)."""
    rows = steps_of(connection, case.case_id)
    new = [step for step in procedure.steps if step.id not in rows]
    for step in new:  # a step names only steps before it, so these are there by then
        state, why = standing(step, procedure, rows)
        values = {"case_id": case.case_id, "step": step.id, "title": step.title, "state": state, "why": why}
        values |= {"automatic": True, "ready_at": at if state == NOT_STARTED else None, "at": at, "by": by.name}
        connection.execute(insert(work_case_steps).values(**values))
        rows[step.id] = _step_row(connection, case.case_id, step.id)
    if new or again:
        settle(connection, case, procedure, rows, by, at)
    return rows


def settle(connection: Connection, case: Row[Any], procedure: Procedure, rows: Rows, by: Who, at: dt.datetime) -> None:
    """Move the steps that follow from others; what a person has moved, only a person moves."""
    for step in procedure.steps:
        row = rows[step.id]
        if not row.automatic:
            continue
        state, why = standing(step, procedure, rows)
        ready = (row.ready_at or at) if state == NOT_STARTED else None
        if (state, why, ready) != (row.state, row.why, row.ready_at):
            values = {"state": state, "why": why, "ready_at": ready}
            rows[step.id] = write_step(connection, case, row, values, by, at)


def standing(step: Step, procedure: Procedure, rows: Mapping[str, Row[Any]]) -> tuple[str, str | None]:
    """The state that follows from other steps, with why: not started (it can be taken), waiting or doesn't apply."""
    waits = None
    for name, allowed in step.when.items():
        other, title = rows[name], procedure.step(name).title
        if other.state == NOT_FOR:
            return NOT_FOR, f"{title} doesn't apply"
        if other.state != DONE or other.result is None:
            waits = waits or f"After: {title}"
        elif other.result not in allowed:
            return NOT_FOR, step.instead.replace("{result}", other.result)
    for name in step.after:
        if not (rows[name].sent_at or rows[name].state in (DONE, NOT_FOR)):
            waits = waits or f"After: {procedure.step(name).title}"
    return (WAITING, waits) if waits else (NOT_STARTED, None)


def write_step(
    connection: Connection, case: Row[Any], row: Row[Any], values: Mapping[str, Any], by: Who, at: dt.datetime
) -> Row[Any]:
    """Write a step's fields, with history on the case; the step's new row."""
    table = work_case_steps
    where = (table.c.case_id == row.case_id, table.c.step == row.step)
    connection.execute(update(table).where(*where).values(**values, at=at, by=by.name))
    changes = [
        (f"{row.title}: {name.replace('_', ' ')}", row._mapping[name], values[name])
        for name in KEPT
        if name in values and row._mapping[name] != values[name]
    ]
    note(connection, work_cases, row.case_id, case.version, changes, by, at)
    return _step_row(connection, row.case_id, row.step)


def _step_row(connection: Connection, case_id: int, step: str) -> Row[Any]:
    c = work_case_steps.c
    return connection.execute(select(work_case_steps).where(c.case_id == case_id, c.step == step)).one()


def _may_move(step: Step, row: Row[Any], to: str) -> None:
    if row.automatic and row.state == WAITING:
        if to == NOT_FOR:
            return
        raise InputError(f"{step.title} can't be taken yet ({row.why})", "take the step before it first", field=step.id)
    if to not in MOVES[step.kind][row.state]:
        onward = [state for state in STATES if state in MOVES[step.kind][row.state]]
        said = f"{step.title} is {row.state} and can't become {to}"
        raise InputError(said, f"it can become {' or '.join(onward)}", field=step.id)


def _finished(
    connection: Connection, step: Step, case_id: int, result: str, why: str, decided_by: str
) -> dict[str, Any]:
    """The result of a step that is done.

    Raises:
        InputError: no result or one that isn't known, questions without answer, a lawful reason without who and why.
    """
    if not step.results:
        return {}
    chosen(result, step.results, f"the result of {step.title}")
    if step.kind == "tool":
        given = answers_of(connection, case_id, step.id)
        open_ones = [question.text for question in step.questions if question.id not in given]
        if open_ones:
            said = f"{len(open_ones)} questions of {step.title} have no answer, as {open_ones[0]!r}"
            raise InputError(said, "answer yes, no or not known", field=step.id)
    decided = written(decided_by, "who decided", needed=step.kind == "consent" and result == LAWFUL, longest=SHORT)
    if step.kind == "consent" and result == LAWFUL:
        written(why, "the lawful reason to share without consent")
    return {"result": result, "decided_by": decided or None}


def _sent(case: Row[Any], procedure: Procedure, step: Step, rows: Mapping[str, Row[Any]]) -> dict[str, Any]:
    """To whom it went.

    Raises:
        InputError: an adult without consent or lawful reason, or an authority to be found.
    """
    if hindered := hindrance(case, procedure, step, rows):
        said, advice = hindered
        raise InputError(f"{step.title} can't be sent: {said}", advice, field=step.id)
    if step.to != AUTHORITY:
        return {"sent_to": step.to, "copied_to": None}
    other = case.responsible_authority
    copied = other if other and other.strip().casefold() != case.authority.strip().casefold() else None
    return {"sent_to": case.authority, "copied_to": copied}


def hindrance(case: Row[Any], procedure: Procedure, step: Step, rows: Mapping[str, Row[Any]]) -> tuple[str, str] | None:
    """Why a referral can't be sent now, and what to do; None = nothing is in its way.

    Of an adult: no consent and no lawful reason, whatever the procedure's file says. Of anybody: nobody has found the
    authority where they are.
    """
    missing = [
        name for name in step.needs if name not in rows or rows[name].state != DONE or rows[name].result not in ALLOWS
    ]
    if missing or (case.person == "adult" and not step.needs):
        named = " and ".join(procedure.step(name).title for name in missing) or "consent, in the procedure's needs:"
        return f"{named} is missing", "record consent, or a lawful reason to share without it and who decided"
    if step.to == AUTHORITY and not case.authority:
        return "authority to be found", "record where the person is"
    return None


def _write_answer(
    connection: Connection, key: tuple[int, str, str], given: str, again: bool, by: Who, at: dt.datetime
) -> None:
    c = work_case_answers.c
    values = {"answer": given, "at": at, "by": by.name}
    if again:
        where = (c.case_id == key[0], c.step == key[1], c.question == key[2])
        connection.execute(update(work_case_answers).where(*where).values(**values))
    else:
        names = {"case_id": key[0], "step": key[1], "question": key[2]}
        connection.execute(insert(work_case_answers).values(**names, **values))
