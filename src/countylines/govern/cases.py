"""Referral cases: one open case a person, from queue to closing; never a score, and nothing is sent from here.

Who may do what is the caller's to check, and the log is the caller's to write, in the same transaction. The steps are
taken in :mod:`countylines.govern.case_steps`, and lists are made in :mod:`countylines.govern.caseload`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from countylines.errors import InputError
from countylines.govern.case_steps import open_one, with_all_steps
from countylines.govern.caseload import case, unclosable
from countylines.govern.changes import Who, add, chosen, find, note, put, take, whole, written
from countylines.govern.procedure import PEOPLE, Person, Procedures
from countylines.govern.work_schema import work_case_calls, work_cases

SECTION_45 = "Consider section 45 and the CPS four-stage test: a lawyer decides."
"""Modern Slavery Act 2015, s.45, and the Crown Prosecution Service's guidance: stands in every case as a note."""

NAME = 200


class AlreadyOpen(InputError):
    """The person has an open case; ``case_id`` says which."""

    def __init__(self, case_id: int, by: str) -> None:
        super().__init__(f"there is an open case already: case {case_id}, opened by {by}", "add to that one")
        self.case_id = case_id


@dataclass(frozen=True, slots=True)
class Opening:
    """What a case is opened with.

    Attributes:
        nominal_id: the person.
        person: child, adult, or age unknown, who is handled as a child until the age is known.
        why: why now, in a sentence.
        run_id: the run whose queue it is opened from.
        authority: the local authority where the person is now; None = authority to be found.
        responsible_authority: the placing one of a looked-after child, which gets a copy.
        immediate_risk: call first.
    """

    nominal_id: str
    person: Person
    why: str
    run_id: str
    authority: str | None = None
    responsible_authority: str | None = None
    immediate_risk: bool = False


@whole
def open_case(connection: Connection, procedures: Procedures, opening: Opening, by: Who, at: dt.datetime) -> int:
    """Open a case for a person who has no open one; its id.

    Raises:
        AlreadyOpen: they have.
        InputError: it doesn't say why, or for whom.
    """
    chosen(opening.person, PEOPLE, "child or adult")
    authority = written(opening.authority, "the authority", needed=False, longest=NAME) or None
    other = written(opening.responsible_authority, "the responsible authority", needed=False, longest=NAME) or None
    values = {
        "nominal_id": written(opening.nominal_id, "the person", longest=400),
        "person": opening.person,
        "procedure": procedures.fitting(opening.person, authority).id,
        "authority": authority,
        "responsible_authority": other,
        "immediate_risk": opening.immediate_risk,
        "why": written(opening.why, "why the case is opened"),
        "run_id": written(opening.run_id, "the run", longest=2 * NAME),
        "opened_at": at,
        "opened_by": by.name,
    }
    _none_open(connection, opening.nominal_id)
    try:
        with connection.begin_nested():
            case_id = add(connection, work_cases, values, by, at)
    except IntegrityError:
        _none_open(connection, opening.nominal_id)  # somebody opened one a moment ago
        raise
    row = find(connection, work_cases, case_id)
    with_all_steps(connection, row, procedures.named(row.procedure), by, at)
    return case_id


def _none_open(connection: Connection, nominal_id: str) -> None:
    c = work_cases.c
    there = connection.execute(select(c.case_id, c.opened_by).where(c.nominal_id == nominal_id, c.closed_at.is_(None)))
    if row := there.one_or_none():
        raise AlreadyOpen(row.case_id, row.opened_by)


@whole
def move(
    connection: Connection,
    procedures: Procedures,
    case_id: int,
    version: int,
    by: Who,
    at: dt.datetime,
    *,
    person: Person,
    authority: str | None,
    responsible_authority: str | None,
) -> int:
    """Record where the person is now, or that their age is known: the procedure that fits from now on takes over.

    Steps that both procedures have keep their state. Steps of the old one stay in the case, with what was done.

    Returns:
        The case's new version.

    Raises:
        Conflict: somebody changed the case since.
        InputError: the case is closed.
    """
    chosen(person, PEOPLE, "child or adult")
    row = open_one(connection, case_id, version)
    place = written(authority, "the authority", needed=False, longest=NAME) or None
    other = written(responsible_authority, "the responsible authority", needed=False, longest=NAME) or None
    procedure = procedures.fitting(person, place)
    values = {"person": person, "authority": place, "responsible_authority": other, "procedure": procedure.id}
    put(connection, work_cases, row, values, by, at)
    row = find(connection, work_cases, case_id)
    with_all_steps(connection, row, procedure, by, at, again=True)
    return version + 1


@whole
def set_immediate_risk(
    connection: Connection, case_id: int, version: int, risk: bool, why: str, by: Who, at: dt.datetime
) -> int:
    """Say that the person is at immediate risk (call first), or no longer, and why; the case's new version.

    Raises:
        Conflict, InputError: somebody changed the case since; it is closed, or doesn't say why.
    """
    row = open_one(connection, case_id, version)
    put(connection, work_cases, row, {"immediate_risk": risk}, by, at)
    _remark(connection, row, "immediate risk: why", written(why, "why"), by, at)
    return version + 1


@whole
def record_call(
    connection: Connection,
    case_id: int,
    version: int,
    called: str,
    called_at: dt.datetime,
    reference: str,
    by: Who,
    at: dt.datetime,
) -> int:
    """Record a call that was made: whom, when, and the reference they gave; the case's new version.

    Raises:
        Conflict, InputError: somebody changed the case since; it is closed; the call lies in the future, names nobody,
            or has no reference.
    """
    row = open_one(connection, case_id, version)
    if called_at > at:
        raise InputError("the call lies in the future", "give the time at which you called")
    values = {"called": written(called, "whom you called", longest=NAME), "called_at": called_at}
    values["reference"] = written(reference, "the reference of the call", longest=NAME)
    connection.execute(insert(work_case_calls).values(case_id=case_id, at=at, by=by.name, **values))
    _remark(connection, row, "call", f"{values['called']}, {values['reference']}", by, at)
    return version + 1


@whole
def law(
    connection: Connection,
    case_id: int,
    version: int,
    by: Who,
    at: dt.datetime,
    *,
    lawyer_asked: bool | None,
    note: str = "",
    outcome_22: str = "",
) -> int:
    """Note whether a lawyer was asked about section 45 and the four-stage test, and outcome 22; the new version.

    Args:
        lawyer_asked: None = nobody has said.
        note: what is to be remembered; the decision is the lawyer's.
        outcome_22: where diversion (Home Office outcome 22) is noted, in words; empty = it isn't.

    Raises:
        Conflict, InputError: somebody changed the case since; it is closed.
    """
    row = open_one(connection, case_id, version)
    values = {
        "lawyer_asked": lawyer_asked,
        "section_45_note": written(note, "the note", needed=False),
        "outcome_22": written(outcome_22, "outcome 22", needed=False),
    }
    return put(connection, work_cases, row, values, by, at)


@whole
def close(
    connection: Connection,
    procedures: Procedures,
    case_id: int,
    version: int,
    reason: str,
    by: Who,
    at: dt.datetime,
    *,
    missing_now: bool = False,
) -> int:
    """Close the case and say why; the new version.

    Args:
        missing_now: whether the run lists the person in tier 1: then a call must have been recorded.

    Raises:
        Conflict, InputError: somebody changed the case since; it is closed already, doesn't say why, or something must
            be done first (:func:`countylines.govern.caseload.unclosable`).
    """
    row = open_one(connection, case_id, version)
    if barred := unclosable(case(connection, procedures, case_id, at), missing_now):
        raise InputError(f"the case can't be closed: {barred[0]}", barred[1])
    values = {"closed_at": at, "closed_by": by.name, "close_reason": written(reason, "the reason for closing")}
    return put(connection, work_cases, row, values, by, at)


@whole
def reopen(connection: Connection, case_id: int, version: int, reason: str, by: Who, at: dt.datetime) -> int:
    """Open a closed case again and say why; the new version.

    Raises:
        AlreadyOpen: the person has another open case by now.
        Conflict, InputError: somebody changed the case since; it isn't closed, or doesn't say why.
    """
    row = take(connection, work_cases, case_id, version)
    if row.closed_at is None:
        raise InputError(f"case {case_id} is open", "there is nothing to reopen")
    why = written(reason, "the reason for reopening")
    _none_open(connection, row.nominal_id)
    try:
        with connection.begin_nested():
            values = {"closed_at": None, "closed_by": None, "close_reason": None}
            put(connection, work_cases, row, values, by, at)
    except IntegrityError:
        _none_open(connection, row.nominal_id)
        raise
    _remark(connection, row, "reopened", why, by, at)
    return version + 1


def _remark(connection: Connection, row: Row[Any], field: str, said: str, by: Who, at: dt.datetime) -> None:
    note(connection, work_cases, row.case_id, row.version, [(field, None, said)], by, at)
