"""One safeguarding case: what was done, what comes next, and every change by whom (SCREENS 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.caseload import Case, StepView, case_history, unclosable
from countylines.govern.caseload import case as read_case
from countylines.govern.cases import SECTION_45, AlreadyOpen, Opening, open_case
from countylines.govern.changes import NotThere, written
from countylines.govern.documents import drafts_of
from countylines.govern.notes import notes
from countylines.govern.procedure import (
    DONE,
    DRAFTED,
    IN_PROGRESS,
    MOVES,
    NOT_FOR,
    NOT_STARTED,
    SENT,
    WAITING,
)
from countylines.rank.safeguarding import URGENT
from countylines.web.access import Missing, Visit, needs
from countylines.web.case_age import PEOPLE, handled_as, said_of_age
from countylines.web.line_rows import line_names
from countylines.web.person import known
from countylines.web.persons import Card
from countylines.web.queue import group_names
from countylines.web.queue_rows import likeliest, listed, reasons
from countylines.web.reader import Reader, Row
from countylines.web.sent import field_of, said

router = APIRouter(include_in_schema=False)

ORDER = (IN_PROGRESS, DRAFTED, SENT, DONE, WAITING, NOT_STARTED, NOT_FOR)  # of the buttons: onward first
KNOWN = "Safeguarding already has a case for this person. Call them if you know something new."
DIVERTED = "22"  # the Home Office's outcome for diversion, intervention or education


@router.get("/safeguarding/open")
def ask(visit: Visit = needs("make_referral"), person: str = "") -> Response:
    """The form that opens a case."""
    return _form(visit, person, {}, {})


@router.post("/safeguarding/cases")
def open_one(visit: Visit = needs("make_referral")) -> Response:
    """Open a case for a person; if there is one, safeguarding goes to it, and others are told that there is."""
    form = visit.form
    nominal = str(form.get("person", "")).strip()
    try:
        card = known_to(visit, nominal)
        if card is None:
            raise InputError("nobody in this run has this reference", "look them up by name first", field="person")
        kind = handled_as(str(form.get("handled_as", "")), card)
        why, age = (
            written(str(form.get("why", "")), "why the case is opened"),
            said_of_age(kind, card, str(form.get("age_why", ""))),
        )
        opening = Opening(
            nominal_id=nominal,
            person=kind,
            why=f"{why} {age}".rstrip(),
            run_id=visit.reader.name,
            authority=checked_place(visit.reader, form, "authority"),
            responsible_authority=checked_place(visit.reader, form, "responsible_authority"),
            immediate_risk=form.get("immediate_risk") == "1",
        )
        with visit.house.state.begin() as connection:
            made = open_case(connection, visit.house.procedures, opening, visit.who.account, visit.now)
            audit.record(connection, visit.event("case", str(made), change="opened", nominal=nominal))
    except AlreadyOpen as error:
        if visit.can("see_safeguarding"):
            return visit.go(f"/safeguarding/cases/{error.case_id}")
        return _form(visit, nominal, {"person": KNOWN}, form)
    except InputError as error:
        return _form(visit, nominal, {field_of(error): said(error)}, form)
    return visit.go(f"/safeguarding/cases/{made}" if visit.can("see_safeguarding") else "/safeguarding")


@router.get("/safeguarding/cases/{case_id}")
def one_case(case_id: int, visit: Visit = needs("see_safeguarding")) -> Response:
    """The case."""
    return show_case(visit, case_id)


def show_case(visit: Visit, case_id: int, errors: dict[str, str] | None = None) -> Response:
    """The case's page; with errors, the form that was sent keeps what was typed.

    Raises:
        Missing: there is none.
    """
    with visit.house.state.read() as connection:
        found = find_case(visit, connection, case_id)
        past = case_history(connection, case_id)
        said_so = notes(connection, "case", str(case_id), visit.who.account)
        drafts = drafts_of(connection, case_id)
    reader = visit.reader
    row = listed(reader).get(found.nominal_id)
    visit.log("person", found.nominal_id, action="see_safeguarding", case=case_id)
    return visit.page(
        "case.html.j2",
        400 if errors else 200,
        case=found,
        card=visit.room.cards([found.nominal_id]).get(found.nominal_id),
        row=row,
        why=reasons(row) if row else (),
        likely=likely(row),
        lines=line_names(reader),
        groups=group_names(reader),
        moves={view.step.id: moves(found, view) for view in found.steps},
        people=PEOPLE,
        places=places(reader),
        section_45=SECTION_45,
        diverted=diverted(reader, found.nominal_id),
        history=list(reversed(past)),
        unclosable=unclosable(found, missing_now(reader, found.nominal_id)),
        questions={f"{view.step.title}: {q.id}": q.text for view in found.steps for q in view.step.questions},
        notes=said_so,
        drafts=drafts,
        errors=errors or {},
        typed=visit.form if errors else {},
    )


def find_case(visit: Visit, connection: Connection, case_id: int) -> Case:
    """The case as it stands now.

    Raises:
        Missing: there is none.
    """
    try:
        return read_case(connection, visit.house.procedures, case_id, visit.now)
    except NotThere as error:
        raise Missing("There is no such case", "Look for it in the queue.") from error


def moves(case: Case, view: StepView) -> list[str]:
    """The states to which a person may move a step from this page, onward ones first.

    A tool is finished on its own page, where its questions are; a referral that something hinders can't be sent; a duty
    that stands, or may come, can't be set aside.
    """
    if case.closed_at or not case.procedure.has(view.step.id):
        return []
    if view.state == WAITING and view.ready_at is None:
        return [] if view.step.duty else [NOT_FOR]
    may = MOVES[view.step.kind][view.state]
    barred = {DONE} if view.step.kind == "tool" else {SENT} if view.hindrance else set()
    barred |= {NOT_FOR} if view.step.title in case.owed else set()
    return [state for state in ORDER if state in may - barred]


def missing_now(reader: Reader, nominal_id: str) -> bool:
    """Whether a run lists the person in tier 1."""
    row = listed(reader).get(nominal_id)
    return row is not None and row["tier"] == URGENT


def places(reader: Reader) -> list[str]:
    """Every local authority that the extracts name."""

    def make(reader: Reader) -> list[str]:
        people = reader.index.query(
            "SELECT home_authority AS a FROM people UNION SELECT responsible_authority FROM people"
        )
        care = reader.table("sources/care")["authority"].to_list()
        return sorted({row["a"] for row in people if row["a"]} | {name for name in care if name})

    made: list[str] = reader.made("authorities", make)
    return made


def checked_place(reader: Reader, form: Mapping[str, Any], field: str) -> str | None:
    """The authority that a form names; None = to be found.

    Raises:
        InputError: no record names it and nobody said that it is spelled right: no referral may go astray.
    """
    name = written(str(form.get(field, "")), "the authority", needed=False)
    if not name:
        return None
    known = {each.casefold(): each for each in places(reader)}
    if name.casefold() in known:
        return known[name.casefold()]
    if form.get("spelled") == "1":
        return name
    advice = "choose one of the list, or say that it is spelled right"
    raise InputError(f"no record names the authority {name!r}", advice, field=field)


def diverted(reader: Reader, nominal_id: str) -> list[Row]:
    """The person's records with outcome 22 (diversion), the latest first."""
    return reader.index.query(
        "SELECT DISTINCT r.record_id, coalesce(r.recorded, r.occurred) AS date FROM records r JOIN involvements i"
        " ON i.record_id = r.record_id WHERE i.nominal_id = ? AND trim(r.outcome_code) = ? ORDER BY date DESC LIMIT 20",
        nominal_id,
        DIVERTED,
    )


def moment_of(text: str, zone: dt.tzinfo) -> dt.datetime:
    """A day and time as a browser's field sends it, in the local zone.

    Raises:
        InputError: it can't be read.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("the day and time can't be read", "write it as 2026-11-20 14:30", field="called_at") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _form(visit: Visit, nominal: str, errors: dict[str, str], typed: Mapping[str, Any]) -> Response:
    reader = visit.reader
    card = known_to(visit, nominal) if nominal else None
    if nominal and card is None and not errors:
        errors = {"person": "Nobody in this run has this reference. Look them up by name first."}
    row = listed(reader).get(nominal)
    if card:
        visit.log("person", nominal, form="open a case")
    suggested: Sequence[str] = reasons(row)[:2] if row else ()
    return visit.page(
        "case_open.html.j2",
        400 if errors else 200,
        card=card,
        nominal=nominal,
        row=row,
        tier=row["tier"] if row else None,
        suggested=", ".join(suggested).capitalize(),
        likely=likely(row),
        lines=line_names(reader),
        groups=group_names(reader),
        people=PEOPLE,
        kind=handled_as("", card) if card else "child",
        places=places(reader),
        errors=errors,
        typed=typed,
    )


def likely(row: Row | None) -> dict[str, Any]:
    """The likeliest group and line, and the tier: for held adults and tier 6 no links are made."""
    return {**(likeliest(row) if row else {"group": None, "line": None}), "tier": row["tier"] if row else None}


def known_to(visit: Visit, nominal: str) -> Card | None:
    """Whom a case is opened for; None = nobody in the run.

    Raises:
        Refused: outside one's own areas, and not waiting in one's queue: told alike, whether they exist or not.
    """
    try:
        return known(visit, nominal)[0]
    except Missing:
        return None
