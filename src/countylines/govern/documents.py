"""Draft referral documents: what a partner is told, in a person's own words; never the text of a record.

The content is a dataclass that a page shows (printed as PDF by the browser); :mod:`countylines.govern.docx_file` writes
it as DOCX. Drafts are kept with their case. Nothing is sent from here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from countylines.errors import InputError
from countylines.govern.case_steps import steps_of
from countylines.govern.caseload import TO_BE_FOUND, Case, StepView
from countylines.govern.changes import Who, add_once, as_kept, find, note, put, take, whole, written
from countylines.govern.own_words import own_words
from countylines.govern.work_schema import work_cases, work_documents

NOT_KNOWN = "Not known"
NOTHING = "Nothing was written here."
FREE_TO_SHARE = re.compile(r"(?:3X5X2)?[1-3][A-E]P")
NOT_YET = "Not to be shared yet"
AS_SENT = "This is the document as it was sent. What was found or changed since then isn't in it."
DRAFT = "Draft. Nothing has been sent. A person decides whether it is, to whom, and by which route."


@dataclass(frozen=True, slots=True)
class Person:
    """The person's details as the extracts have them; None = not known, and said so."""

    nominal_id: str
    name: str | None = None
    date_of_birth: dt.date | None = None
    age: int | None = None
    looked_after: bool | None = None
    missing_now: bool | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is attached: named, never quoted.

    Attributes:
        source: crime, intelligence, custody, prison or missing.
        grading: as written; its last place is the handling code.
    """

    record_id: str
    source: str
    date: dt.date | None
    grading: str | None
    restricted: bool | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A kept draft: what a person wrote, and which records are attached.

    Attributes:
        sent_as: the finished document as it was sent, for :mod:`countylines.govern.sent_document`.
    """

    document_id: int
    version: int
    case_id: int
    step: str
    summary: str
    known: tuple[str, ...]
    not_known: tuple[str, ...]
    records: tuple[Mapping[str, str], ...]
    drafted_at: dt.datetime
    drafted_by: str
    sent_as: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part: lines (label, text), or a paragraph each where the label is empty."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The whole document, for a page or a file.

    Attributes:
        marking: stands at the top and bottom of each page.
        sections: in order.
        mark, status: how the person is treated, as pages flag it; empty = no flag.
    """

    title: str
    marking: str
    force: str
    synthetic: bool
    sections: tuple[Section, ...]
    drafted: str
    mark: str = ""
    status: str = ""


@whole
def write_document(
    connection: Connection,
    case_id: int,
    step: str,
    by: Who,
    at: dt.datetime,
    *,
    summary: str,
    texts: Mapping[str, str],
    known: Sequence[str] = (),
    not_known: Sequence[str] = (),
) -> int:
    """Draft a referral document for a step of a case; its id, the same for a form that was sent twice.

    Args:
        summary: what a person wrote; required.
        texts: the person's records (id to text), so that none of their text is taken over; they aren't kept.
        known, not_known: what is known, and what isn't, a sentence each.

    Raises:
        InputError: no summary; the case is closed or has no such step; a record's text stands in it.
    """
    row = _open_case(connection, case_id)
    steps = steps_of(connection, case_id)
    if step not in steps:
        raise InputError(f"case {case_id} has no step {step!r}", "choose one of its steps")
    values = _words(summary, known, not_known, texts)
    values |= {"case_id": case_id, "step": step, "records": [], "drafted_at": at, "drafted_by": by.name}
    known_ones = {one.document_id for one in drafts_of(connection, case_id)}
    key = add_once(connection, work_documents, {**values, "sent_as": None}, "drafted_at", by, at)
    if key not in known_ones:
        note(connection, work_cases, case_id, row.version, [(f"{steps[step].title}: document", None, key)], by, at)
    return key


@whole
def edit_document(
    connection: Connection,
    document_id: int,
    version: int,
    by: Who,
    at: dt.datetime,
    *,
    summary: str,
    texts: Mapping[str, str],
    known: Sequence[str] = (),
    not_known: Sequence[str] = (),
) -> int:
    """Edit a draft; the new version.

    Raises:
        InputError: no summary; a record's text stands in it; it was sent, or its case is closed.
        Conflict: somebody changed it since.
    """
    row = _take_open(connection, document_id, version)
    values = _words(summary, known, not_known, texts) | {"drafted_at": at, "drafted_by": by.name}
    return put(connection, work_documents, row, values, by, at)


@whole
def attach(connection: Connection, document_id: int, version: int, record: Record, by: Who, at: dt.datetime) -> int:
    """Name a record in the document, by id, source and date; the new version.

    Raises:
        InputError: the record is restricted, or has handling conditions (see :func:`attachable`); the document was
            sent, or its case is closed.
        Conflict: somebody changed the draft since.
    """
    row = _take_open(connection, document_id, version)
    attachable(record)
    said = {"record_id": written(record.record_id, "the record"), "source": record.source}
    said["date"] = record.date.isoformat() if record.date else NOT_KNOWN
    others = [one for one in row.records if one["record_id"] != record.record_id]
    return put(connection, work_documents, row, {"records": [*others, said]}, by, at)


@whole
def detach(connection: Connection, document_id: int, version: int, record_id: str, by: Who, at: dt.datetime) -> int:
    """Take a record out of the document; the new version.

    Raises:
        InputError: the document was sent, or its case is closed.
        Conflict: somebody changed the draft since.
    """
    row = _take_open(connection, document_id, version)
    others = [one for one in row.records if one["record_id"] != record_id]
    return put(connection, work_documents, row, {"records": others}, by, at)


def _take_open(connection: Connection, document_id: int, version: int) -> Row[Any]:
    """Take a document's next version; that it stays as it is comes before what somebody else changed of it."""
    row = find(connection, work_documents, document_id)
    _open_case(connection, row.case_id)
    if row.sent_as is not None:
        raise InputError("this document was sent and stays as it was", "write another one")
    return take(connection, work_documents, document_id, version)


def _open_case(connection: Connection, case_id: int) -> Row[Any]:
    row = find(connection, work_cases, case_id)
    if row.closed_at is not None:
        raise InputError(f"case {case_id} is closed", "reopen it first")
    return row


def attachable(record: Record) -> None:
    """Whether a record may be named to partners.

    Only handling code P of 3x5x2 (lawful sharing permitted) is free of conditions. C has them; the five codes of the
    older 5x5x5 each limit who may see it; a grading without a readable code says nothing, so it isn't taken as free.

    Raises:
        InputError: it is restricted, or shared only with conditions.

    Source: College of Policing, Authorised Professional Practice, intelligence report and handling codes.

    Example:
        >>> attachable(Record("crime:1", "crime", None, None, False))
        >>> attachable(Record("intelligence:1", "intelligence", None, "2BC", False))
        Traceback (most recent call last):
        countylines.errors.InputError: the record intelligence:1 has handling conditions (2BC). Ask its owner, ...
    """
    if record.restricted:
        said = f"the record {record.record_id} is restricted and can't be attached"
        raise InputError(said, "ask its owner what may be shared")
    if record.source != "intelligence" and not record.grading:
        return
    plain = re.sub(r"[^A-Z0-9]", "", (record.grading or "").upper())
    if FREE_TO_SHARE.fullmatch(plain):
        return
    said = f"has handling conditions ({record.grading})" if plain else "has no handling code"
    raise InputError(f"the record {record.record_id} {said}", "ask its owner, or write what may be shared yourself")


def draft_of(connection: Connection, document_id: int) -> Draft:
    """One kept draft; NotThere if there is none."""
    return _draft(find(connection, work_documents, document_id))


def drafts_of(connection: Connection, case_id: int) -> list[Draft]:
    """A case's drafts, the latest first.

    Raises:
        NotThere: there is no such case.
    """
    find(connection, work_cases, case_id)
    c = work_documents.c
    query = select(work_documents).where(c.case_id == case_id).order_by(c.document_id.desc())
    return [_draft(row) for row in connection.execute(query)]


def content(
    draft: Draft,
    case: Case,
    person: Person,
    *,
    force: str,
    marking: str,
    synthetic: bool,
    drafted_by: str = "",
    finished: bool = False,
) -> Content:
    """The document as it stands now.

    Args:
        draft: what a person wrote.
        case: its case.
        person: the details, as the extracts have them.
        drafted_by: the drafter's name in words; else the one they sign in with.
        finished: whether this is to be kept as it was sent.

    Raises:
        InputError: the person isn't the case's, or there is no marking.
    """
    if person.nominal_id != case.nominal_id or draft.case_id != case.case_id:
        raise InputError("person, case and draft don't belong together", "open the document from its case")
    view = next((each for each in case.steps if each.step.id == draft.step), None)
    warned = (("", f"{NOT_YET}: {view.hindrance}."),) if view and view.hindrance else ()
    who = written(drafted_by or draft.drafted_by, "who drafted it")
    details = _details(person, case)
    sections = (
        Section("Summary", (("", written(draft.summary, "the summary")),)),
        Section("Person", details),
        Section("What is known", _sentences(draft.known)),
        Section("What is not known", (*_sentences(draft.not_known), *_unknown(details))),
        *_answered(case),
        Section("Records", _records(draft)),
        Section(
            "About this document",
            (*warned, *_fate(view, finished), ("Drafted by", f"{who}, {_said(draft.drafted_at)}")),
        ),
    )
    title = view.step.title if view else "Referral"
    return Content(title, written(marking, "the marking", longest=60), force, synthetic, sections, who)


def _fate(view: StepView | None, finished: bool) -> tuple[tuple[str, str], ...]:
    if not finished or view is None or view.sent_at is None:
        return (("", DRAFT),)
    more = f", copied to {view.copied_to}" if view.copied_to else ""
    return ("", AS_SENT), ("Sent", f"{_said(view.sent_at)} to {view.sent_to}{more}, as a person recorded")


def _words(summary: str, known: Sequence[str], not_known: Sequence[str], texts: Mapping[str, str]) -> dict[str, Any]:
    said = written(summary, "the summary")
    more = {
        name: [plain for one in listed if (plain := written(one, name, needed=False))]
        for name, listed in (("known", known), ("not_known", not_known))
    }
    own_words((said, *more["known"], *more["not_known"]), texts)
    return {"summary": said, **more}


def _details(person: Person, case: Case) -> tuple[tuple[str, str], ...]:
    care = {True: "Yes", False: "No", None: NOT_KNOWN}
    born = f"{person.date_of_birth.day} {person.date_of_birth:%B %Y}" if person.date_of_birth else NOT_KNOWN
    lines = (
        ("Name", person.name),
        ("Reference", person.nominal_id),
        ("Date of birth", born),
        ("Age", str(person.age) if person.age is not None else None),
        ("Child or adult", {"child": "Child", "adult": "Adult"}.get(case.person, "Age unknown: treated as a child")),
        ("Missing now", care[person.missing_now]),
        ("Looked after", care[person.looked_after]),
        ("Authority where the person is", case.authority or TO_BE_FOUND),
        ("Responsible authority, gets a copy", case.responsible_authority),
    )
    return tuple((label, written(text, label, needed=False) or NOT_KNOWN) for label, text in lines)


def _unknown(details: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    missing = [label for label, text in details if text in (NOT_KNOWN, TO_BE_FOUND)]
    return (("Not in our records", ", ".join(missing)),) if missing else ()


def _answered(case: Case) -> tuple[Section, ...]:
    """The answers to each tool, with unanswered questions said, and consent where the procedure asks for it."""
    found = []
    for view in case.steps:
        if view.step.kind == "tool":
            result = (view.result or "no result yet").capitalize()
            lines = [(q.text, (view.answers.get(q.id) or "not answered").capitalize()) for q in view.step.questions]
            found.append(Section(view.step.title, (("Result, given by a person", result), *lines)))
        elif view.step.kind == "consent":
            said = (view.result or "not recorded").capitalize()
            more = (("Decided by", view.decided_by), ("Why", view.why))
            lines = [(label, text) for label, text in more if text and view.result]
            found.append(Section(view.step.title, (("Consent", said), *lines)))
    return tuple(found)


def _records(draft: Draft) -> tuple[tuple[str, str], ...]:
    said = tuple((one["record_id"], f"{one['source']}, {one['date']}") for one in draft.records)
    return said or (("", "No record is attached."),)


def _sentences(said: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(("", one) for one in said) or (("", NOTHING),)


def _said(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%b %Y at %H:%M} UTC"


def _draft(row: Row[Any]) -> Draft:
    listed = ("known", "not_known", "records")
    kept = as_kept(Draft, row)
    return Draft(**kept | {name: tuple(kept[name]) for name in listed})
