"""Referral documents: drafted, previewed, downloaded and marked as sent by people; nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import documents
from countylines.govern.case_steps import take_step
from countylines.govern.caseload import Case
from countylines.govern.changes import NotThere
from countylines.govern.documents import Draft
from countylines.govern.procedure import DRAFTED, NOT_STARTED, SENT
from countylines.govern.sent_document import as_sent
from countylines.web.access import Missing, Visit, needs
from countylines.web.case import find_case
from countylines.web.case_change import change
from countylines.web.case_steps import by, text, view_of
from countylines.web.paper import form_of, taken_out
from countylines.web.queue_rows import listed
from countylines.web.referral_content import content, keep_as_sent
from countylines.web.referral_records import texts_of, their_records
from countylines.web.referral_records import wanted as wanted_record
from countylines.web.to_whom import MARKING, to_whom

router = APIRouter(include_in_schema=False)


@router.get("/safeguarding/cases/{case_id}/referral")
def documents_of(case_id: int, visit: Visit = needs("see_safeguarding"), step: str = "") -> Response:
    """The case's drafts, and the form that writes a new one."""
    return _written(visit, case_id, step, {})


@router.post("/safeguarding/cases/{case_id}/referral")
def write(case_id: int, visit: Visit = needs("work_case")) -> Response:
    """Keep a new draft; its step is then drafted."""
    step = text(visit, "step")
    made: list[int] = []

    def act(connection: Connection, version: int) -> None:
        found = find_case(visit, connection, case_id)
        view_of(found, step)
        given = _words(visit, found.nominal_id)
        if found.step(step).state == NOT_STARTED:
            take_step(connection, visit.house.procedures, case_id, version, step, DRAFTED, *by(visit))
        made.append(documents.write_document(connection, case_id, step, *by(visit), **given))

    back = f"/safeguarding/cases/{case_id}/referral"
    answer = change(
        visit, act, lambda errors: _written(visit, case_id, step, errors), back=back, kind="case", what=str(case_id)
    )
    return visit.go(f"{back}/{made[0]}") if answer.status_code == 303 else answer


@router.get("/safeguarding/cases/{case_id}/referral/{document_id}")
def document(case_id: int, document_id: int, visit: Visit = needs("see_safeguarding")) -> Response:
    """The draft as the partner would read it, with what can be done about it; it prints as it stands."""
    return _shown(visit, case_id, document_id, {})


@router.post("/safeguarding/cases/{case_id}/referral/{document_id}")
def edit(case_id: int, document_id: int, visit: Visit = needs("work_case")) -> Response:
    """Keep the draft as it was changed."""

    def act(connection: Connection, version: int) -> None:
        case, _ = _both(visit, connection, case_id, document_id)
        given = _words(visit, case.nominal_id)
        documents.edit_document(connection, document_id, version, *by(visit), **given)

    return _changed(visit, case_id, document_id, act, "edit")


@router.post("/safeguarding/cases/{case_id}/referral/{document_id}/records")
def attach(case_id: int, document_id: int, visit: Visit = needs("work_case")) -> Response:
    """Name a record in the document, or take it out."""

    def act(connection: Connection, version: int) -> None:
        case, _ = _both(visit, connection, case_id, document_id)
        record_id = text(visit, "record_id").strip()
        if visit.form.get("remove") == "1":
            documents.detach(connection, document_id, version, record_id, *by(visit))
            return
        found = wanted_record(visit.reader, case.nominal_id, record_id)
        documents.attach(connection, document_id, version, found, *by(visit))

    return _changed(visit, case_id, document_id, act, "records")


@router.post("/safeguarding/cases/{case_id}/referral/{document_id}/sent")
def sent(case_id: int, document_id: int, visit: Visit = needs("work_case")) -> Response:
    """Record that a person sent it, and how: kept with its step."""

    def act(connection: Connection, version: int) -> None:
        _, draft = _both(visit, connection, case_id, document_id)
        how = text(visit, "why").strip()
        if not how:
            raise InputError("how it was sent isn't said", "give the route and the time, as secure email at 14:30")
        marking = text(visit, "marking")
        if marking not in visit.house.markings:
            raise InputError(MARKING)
        take_step(connection, visit.house.procedures, case_id, version, draft.step, SENT, *by(visit), why=how)
        keep_as_sent(visit, connection, case_id, draft.step, document_id, marking)

    return _changed(visit, case_id, document_id, act, "sent")


@router.post("/safeguarding/cases/{case_id}/referral/{document_id}/file")
def take_out(case_id: int, document_id: int, visit: Visit = needs("export_referral")) -> Response:
    """The draft as a file or to print, logged with recipient and marking; whether it's sent is a person's to say."""
    with visit.house.state.read() as connection:
        case, draft = _both(visit, connection, case_id, document_id)
    kept = as_sent(draft)  # what was sent bears the marking that it had
    recipient, marking, errors = to_whom(visit, marking=kept.marking if kept else "")
    if errors:
        return _shown(visit, case_id, document_id, {"file": ". ".join(errors.values()) + "."})
    view = view_of(case, draft.step)
    if case.person == "adult" and view.hindrance:  # nothing about an adult is shared before that (SCREENS 6)
        return _shown(visit, case_id, document_id, {"file": f"It can't be taken out yet: {view.hindrance}."})
    made = content(visit, case, draft, marking)
    about: Mapping[str, Any] = {"nominal": case.nominal_id, "case": case_id, "state": case.step(draft.step).state}
    visit.log("export", f"document {document_id}", recipient=recipient, marking=marking, format=form_of(visit), **about)
    back = f"/safeguarding/cases/{case_id}/referral/{document_id}"
    return taken_out(visit, made, f"referral-case-{case_id}-{document_id}", back)


def _words(visit: Visit, nominal_id: str) -> dict[str, Any]:
    """What a person wrote; no eight words in a row of a record get through."""
    return {
        "summary": text(visit, "summary"),
        "known": text(visit, "known").splitlines(),
        "not_known": text(visit, "not_known").splitlines(),
        "texts": texts_of(visit.reader, nominal_id),
    }


def _both(visit: Visit, connection: Connection, case_id: int, document_id: int) -> tuple[Case, Draft]:
    """The case and its document.

    Raises:
        Missing: there is no such document in this case.
    """
    case = find_case(visit, connection, case_id)
    try:
        draft = documents.draft_of(connection, document_id)
    except NotThere as error:
        raise Missing("There is no such document", "Look for it in its case.") from error
    if draft.case_id != case_id:
        raise Missing("There is no such document", "Look for it in its case.")
    return case, draft


def _changed(visit: Visit, case_id: int, document_id: int, act: Any, anchor: str) -> Response:
    back = f"/safeguarding/cases/{case_id}/referral/{document_id}"

    def again(errors: dict[str, str]) -> Response:
        return _shown(visit, case_id, document_id, dict.fromkeys([anchor], next(iter(errors.values()))))

    return change(visit, act, again, back=back, kind="document", what=str(document_id))


def _written(visit: Visit, case_id: int, step: str, errors: dict[str, str]) -> Response:
    with visit.house.state.read() as connection:
        case = find_case(visit, connection, case_id)
        drafts = documents.drafts_of(connection, case_id)
    referrals = [view for view in case.steps if view.step.kind == "referral"]
    wanted = next((view for view in referrals if view.step.id == step), referrals[0] if referrals else None)
    row = listed(visit.reader).get(case.nominal_id)
    visit.log("person", case.nominal_id, action="see_safeguarding", case=case_id, documents=len(drafts))
    return visit.page(
        "referral.html.j2",
        400 if errors else 200,
        case=case,
        drafts=drafts,
        referrals=referrals,
        wanted=wanted,
        card=visit.room.cards([case.nominal_id]).get(case.nominal_id),
        not_known=row["not_known"] if row else (),
        errors={"write": next(iter(errors.values()))} if errors else {},
        typed=visit.form if errors else {},
    )


def _shown(visit: Visit, case_id: int, document_id: int, errors: dict[str, str]) -> Response:
    with visit.house.state.read() as connection:
        case, draft = _both(visit, connection, case_id, document_id)
    view = view_of(case, draft.step)
    visit.log("person", case.nominal_id, action="see_safeguarding", case=case_id, document=document_id)
    return visit.page(
        "referral_draft.html.j2",
        400 if errors else 200,
        case=case,
        draft=draft,
        view=view,
        content=content(visit, case, draft, visit.house.marking),
        card=visit.room.cards([case.nominal_id]).get(case.nominal_id),
        records=their_records(visit.reader, case.nominal_id),
        attached={one["record_id"] for one in draft.records},
        errors=errors,
        typed=visit.form if errors else {},
    )
