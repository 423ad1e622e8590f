"""The changes of a case: steps, where the person is, calls, the law, notes, closing; each logged with its change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import cases, notes
from countylines.govern.case_steps import answer, take_step
from countylines.govern.caseload import Case, StepView
from countylines.govern.procedure import DONE, SENT, Person
from countylines.web.access import Missing, Visit, needs
from countylines.web.case import checked_place, find_case, missing_now, moment_of, show_case
from countylines.web.case_age import PEOPLE, said_of_age
from countylines.web.case_change import change
from countylines.web.referral_content import keep_as_sent

router = APIRouter(include_in_schema=False)

WORDS = {"yes": True, "no": False}


@router.post("/safeguarding/cases/{case_id}/steps/{step}")
def step(case_id: int, step: str, visit: Visit = needs("work_case")) -> Response:
    """Move a step to another state."""

    def act(connection: Connection, version: int) -> None:
        more: dict[str, Any] = {name: text(visit, name) for name in ("why", "result", "decided_by", "detail")}
        before = view_of(find_case(visit, connection, case_id), step)
        if before.sent_at and not more["why"].strip():
            more["why"] = before.why or ""  # how it was sent stays with the step
        take_step(connection, visit.house.procedures, case_id, version, step, text(visit, "to"), *by(visit), **more)
        if text(visit, "to") == SENT:
            keep_as_sent(visit, connection, case_id, step)

    return _changed(visit, case_id, act, f"step-{step}")


@router.post("/safeguarding/cases/{case_id}/where")
def where(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """Where the person is now, the responsible authority, and whether they are a child."""

    def act(connection: Connection, version: int) -> None:
        kind: Person | None = next((each for each in PEOPLE if each == text(visit, "person")), None)
        if kind is None:
            raise InputError("child or adult isn't said", "choose one", field="person")
        found = find_case(visit, connection, case_id)
        card = visit.room.cards([found.nominal_id]).get(found.nominal_id)
        if kind == "adult" and card and card.is_child:
            raise InputError("their birth date says that they are a child", "leave it at child", field="person")
        names = ("authority", "responsible_authority")
        at: dict[str, Any] = {name: checked_place(visit.reader, visit.form, name) for name in names}
        said = said_of_age(kind, card, text(visit, "age_why")) if kind != found.person else ""
        cases.move(connection, visit.house.procedures, case_id, version, *by(visit), person=kind, **at)
        if said:
            notes.write_note(connection, "case", str(case_id), said, *by(visit), shared=True)

    return _changed(visit, case_id, act, "where")


@router.post("/safeguarding/cases/{case_id}/risk")
def risk(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """At immediate risk, or no longer."""
    at_risk = visit.form.get("risk") == "1"

    def act(connection: Connection, version: int) -> None:
        cases.set_immediate_risk(connection, case_id, version, at_risk, text(visit, "why"), *by(visit))

    return _changed(visit, case_id, act, "risk")


@router.post("/safeguarding/cases/{case_id}/call")
def call(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """A call that was made."""

    def act(connection: Connection, version: int) -> None:
        zone = find_case(visit, connection, case_id).procedure.calendar.zone
        given = text(visit, "called_at")
        when = moment_of(given, zone) if given else visit.now
        said = (text(visit, "called"), when, text(visit, "reference"))
        cases.record_call(connection, case_id, version, *said, *by(visit))

    return _changed(visit, case_id, act, "call")


@router.post("/safeguarding/cases/{case_id}/law")
def law(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """Whether a lawyer was asked, and outcome 22."""

    def act(connection: Connection, version: int) -> None:
        asked = WORDS.get(text(visit, "lawyer"))
        more: dict[str, Any] = {"note": text(visit, "note"), "outcome_22": text(visit, "outcome_22")}
        cases.law(connection, case_id, version, *by(visit), lawyer_asked=asked, **more)

    return _changed(visit, case_id, act, "law")


@router.post("/safeguarding/cases/{case_id}/close")
def close(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """Close the case."""

    def act(connection: Connection, version: int) -> None:
        nominal = find_case(visit, connection, case_id).nominal_id
        runs = (visit.reader, visit.run(""))  # the page of an older run is no way round
        urgent = any(missing_now(reader, nominal) for reader in runs)
        what = (visit.house.procedures, case_id, version, text(visit, "reason"))
        cases.close(connection, *what, *by(visit), missing_now=urgent)

    return _changed(visit, case_id, act, "close")


@router.post("/safeguarding/cases/{case_id}/reopen")
def reopen(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """Open a closed case again."""

    def act(connection: Connection, version: int) -> None:
        cases.reopen(connection, case_id, version, text(visit, "reason"), *by(visit))

    return _changed(visit, case_id, act, "close")


@router.post("/safeguarding/cases/{case_id}/notes")
def note(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """A note on the case, shared with everybody who may see it."""

    def act(connection: Connection, version: int) -> None:
        find_case(visit, connection, case_id)
        notes.write_note(connection, "case", str(case_id), text(visit, "note"), *by(visit), shared=True)

    return _changed(visit, case_id, act, "notes")


@router.get("/safeguarding/cases/{case_id}/answers/{step}")
def questions(case_id: int, step: str, visit: Visit = needs("see_safeguarding")) -> Response:
    """The questions of a tool, or the options offered to a panel."""
    return _questions(visit, case_id, step, {})


@router.post("/safeguarding/cases/{case_id}/answers/{step}")
def answers(case_id: int, step: str, visit: Visit = needs("work_case")) -> Response:
    """Keep the answers; with a result, the step is done and what follows from it begins."""
    given = {name.removeprefix("q-"): str(value) for name, value in visit.form.items() if name.startswith("q-")}
    result = text(visit, "result") if visit.form.get("finish") == "1" else ""

    def act(connection: Connection, version: int) -> None:
        if visit.form.get("finish") == "1" and not result:
            raise InputError("no result is chosen", "choose one, or save the answers alone", field="result")
        if not given and not result:
            raise InputError("nothing is answered", "answer at least one question")
        done = (
            answer(connection, visit.house.procedures, case_id, version, step, given, *by(visit)) if given else version
        )
        if visit.form.get("finish") == "1":
            take_step(connection, visit.house.procedures, case_id, done, step, DONE, *by(visit), result=result)

    back = f"/safeguarding/cases/{case_id}"
    log = {"kind": "case", "what": str(case_id), "anchor": f"step-{step}"}
    return change(visit, act, lambda errors: _questions(visit, case_id, step, errors), back=back, **log)


def text(visit: Visit, name: str) -> str:
    """A field of the form that was sent."""
    return str(visit.form.get(name, "") or "")


def by(visit: Visit) -> tuple[Any, Any]:
    """Who does it, and when."""
    return visit.who.account, visit.now


def view_of(case: Case, step: str) -> StepView:
    """A step of a case.

    Raises:
        Missing: it has none of that id.
    """
    try:
        return case.step(step)
    except KeyError as error:
        raise Missing("This case has no such step", "Go back to the case.") from error


def _changed(visit: Visit, case_id: int, act: Callable[[Connection, int], None], anchor: str) -> Response:
    back = f"/safeguarding/cases/{case_id}"
    shown = {"kind": "case", "what": str(case_id), "anchor": anchor}
    again = lambda errors: show_case(visit, case_id, dict.fromkeys([anchor], next(iter(errors.values()))))  # noqa: E731
    return change(visit, act, again, back=back, **shown)


def _questions(visit: Visit, case_id: int, step: str, errors: dict[str, str]) -> Response:
    with visit.house.state.read() as connection:
        found = find_case(visit, connection, case_id)
    view = view_of(found, step)
    if not view.step.questions:
        raise Missing("This step has no questions", "Go back to the case.")
    follows = {
        result: [one.title for one in found.procedure.steps if result in one.when.get(step, ())]
        for result in view.step.results
    }
    visit.log("person", found.nominal_id, action="see_safeguarding", case=case_id, step=step)
    return visit.page(
        "case_answers.html.j2",
        400 if errors else 200,
        case=found,
        view=view,
        card=visit.room.cards([found.nominal_id]).get(found.nominal_id),
        follows=follows,
        errors=errors,
        typed=visit.form if errors else {},
    )
