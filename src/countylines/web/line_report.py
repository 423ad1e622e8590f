"""A line's draft for the national reporting route: written and reported by people; nothing is sent here (SCREENS 4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit, reporting
from countylines.govern.changes import Conflict
from countylines.govern.documents import Content, Section
from countylines.govern.own_words import own_words
from countylines.web.access import Missing, Visit, needs
from countylines.web.line_rows import LineRow, spoken
from countylines.web.line_view import children, people, records
from countylines.web.lines import draft_of, drafts_of, found_line, line_page
from countylines.web.paper import form_of, taken_out
from countylines.web.render import day
from countylines.web.sent import number, said
from countylines.web.to_whom import to_whom

router = APIRouter(include_in_schema=False)

FIELDS = ("text", "numbers", "names", "areas", "on", "reference", "why", "recipient", "marking")
Step = Callable[[Connection], int]  # gives the draft's number


@router.post("/lines/{line_id:path}/draft")
def draft(line_id: str, visit: Visit = needs("work_lines")) -> Response:
    """Draft a report of the line, or edit its draft."""
    row = found_line(visit, line_id)
    sent = _sent(visit)
    key, version = _draft_sent(visit, row)
    facts = {name: tuple(_entries(sent[name])) for name in ("numbers", "names", "areas")}

    def step(connection: Connection) -> int:
        own_words([sent["text"]], _texts(visit, row))
        names_none(visit, row, sent["text"], *facts["numbers"], *facts["names"], *facts["areas"])
        if key:
            values: dict[str, Any] = {"text": sent["text"], **facts}
            reporting.edit(connection, key, version, visit.who.account, visit.now, **values)
            return key
        line = reporting.Line(line_id=row.key, group_id=row.group_id, run_id=visit.reader.name, **facts)
        return reporting.draft_line(connection, line, sent["text"], visit.who.account, visit.now)

    return _changed(visit, row, step, "text", "draft")


@router.post("/lines/{line_id:path}/reported")
def reported(line_id: str, visit: Visit = needs("work_lines")) -> Response:
    """Record that a person reported the line by the national route, with its reference."""
    row = found_line(visit, line_id)
    sent = _sent(visit)
    key, version = _draft_sent(visit, row)

    def step(connection: Connection) -> int:
        try:
            on = dt.date.fromisoformat(sent["on"])
        except ValueError:
            raise InputError("that is no day", "give the day on which it was reported", field="on") from None
        reporting.record_reported(connection, key, version, on, sent["reference"], visit.who.account, visit.now)
        return key

    return _changed(visit, row, step, "reference", "reported")


@router.post("/lines/{line_id:path}/declined")
def declined(line_id: str, visit: Visit = needs("work_lines")) -> Response:
    """Decline to report the line, and say why."""
    row = found_line(visit, line_id)
    why = _sent(visit)["why"]
    key, version = _draft_sent(visit, row)

    def step(connection: Connection) -> int:
        reporting.decline(connection, key, version, why, visit.who.account, visit.now)
        return key

    return _changed(visit, row, step, "why", "declined")


@router.post("/lines/{line_id:path}/document")
def document(line_id: str, visit: Visit = needs("work_lines")) -> Response:
    """The draft as a document; who gets it is asked and logged."""
    row = found_line(visit, line_id)
    sent = _sent(visit)
    with visit.house.state.read() as connection:
        made = draft_of(row, reporting.drafts(connection))
    if made is None:
        return line_page(visit, row, status=400, errors={"report-text": "Draft the report first"}, sent=sent)
    try:
        names_none(visit, row, made.text, *made.line.numbers, *made.line.names, *made.line.areas)
    except InputError as error:  # drafted before, or before they were known to be somebody to protect
        return line_page(visit, row, status=400, errors={"report-text": said(error)}, sent=sent)
    recipient, marking, wrong = to_whom(visit)
    if wrong:
        errors = {f"report-{field}": message for field, message in wrong.items()}
        return line_page(visit, row, status=400, errors=errors, sent=sent)
    about: dict[str, Any] = {"draft": made.draft_id, "recipient": recipient, "marking": marking}
    visit.log("export", row.key, of="draft report", format=form_of(visit), **about)
    name = re.sub(r"[^A-Za-z0-9]+", "-", row.called).strip("-") or "line"
    return taken_out(visit, content(visit, made, marking), f"line-{name}", f"/lines/{line_id}")


def content(visit: Visit, made: reporting.Draft, marking: str) -> Content:
    """What the document says: what a person wrote, and the line's facts; no text of a record."""
    line = made.line
    none = "None known"
    facts = (
        ("Numbers", ", ".join(map(spoken, line.numbers)) or none),
        ("Names", ", ".join(line.names) or none),
        ("Areas", ", ".join(line.areas) or none),
        ("Found in the run", line.run_id),
    )
    standing = {"drafted": "Draft, not sent", "declined": f"Declined: {made.why}"}.get(
        made.status, f"Reported {day(made.reported_on)}, reference {made.reference}"
    )
    return Content(
        title="Deal line: report for the national route",
        marking=marking,
        force=visit.house.force,
        synthetic=visit.house.synthetic,
        sections=(
            Section("The line", facts),
            Section("What is reported", (("", made.text),)),
            Section("Standing", (("Report", standing), ("Last changed", f"{day(made.at)} by {made.by}"))),
        ),
        drafted=made.by,
    )


def _changed(visit: Visit, row: LineRow, step: Step, field: str, what: str) -> Response:
    """Do it and log it in one transaction; what was typed stays on the page where it couldn't be kept."""
    try:
        with visit.house.state.begin() as connection:
            key = step(connection)
            line = reporting.draft(connection, key).line.line_id
            audit.record(connection, visit.event("line", line, draft=key, step=what))
    except Conflict as conflict:
        since = [str(change) for change in conflict.changes]
        errors = {f"report-{field}": "Somebody changed this draft while you had it open: look at it, then save anew"}
        return line_page(visit, row, status=409, errors=errors, sent=_sent(visit), since=since)
    except InputError as error:
        errors = {f"report-{error.field if error.field in FIELDS else field}": said(error)}
        return line_page(visit, row, status=400, errors=errors, sent=_sent(visit))
    response = visit.go(f"/lines/{row.line_id}")
    response.headers["location"] += "#report"
    return response


def _sent(visit: Visit) -> dict[str, str]:
    return {name: str(visit.form.get(name, "")) for name in FIELDS}


def _draft_sent(visit: Visit, row: LineRow) -> tuple[int, int]:
    """The draft's number and the version that was shown; 0 = none yet. Which line a draft is of never changes.

    Raises:
        Missing: this line has no such draft.
    """
    key, version = max(0, number(visit.form.get("draft"))), number(visit.form.get("version"))
    if key:
        with visit.house.state.read() as connection:
            if not any(one.draft_id == key for one in drafts_of(row, reporting.drafts(connection))):
                raise Missing("This line has no such draft", "Open the line: its draft stands there.")
    return key, version


def _entries(typed: str) -> list[str]:
    """What was written one a line, or with commas between.

    Example:
        >>> _entries("Docklands, Eastfield" + chr(10) + " Ropewalk ")
        ['Docklands', 'Eastfield', 'Ropewalk']
    """
    return [part.strip() for part in re.split(r"[,\n]", typed) if part.strip()]


def names_none(visit: Visit, row: LineRow, *texts: str) -> None:
    """Refuse a report that names somebody to protect, or held, of the line's evidence.

    Raises:
        InputError: it does.
    """
    reader = visit.reader.whole or visit.reader  # whatever one's own areas are
    cards = [one.card for one in people(reader, row.line_id).guarded]
    cards += [one.card for one in children(reader, row.line_id)]
    reporting.names_none(texts, (name for card in cards for name in (card.name, *card.aliases)))


def _texts(visit: Visit, row: LineRow) -> dict[str, str]:
    """The texts of the line's records, so that none of them is taken over."""
    ids = [one.record_id for one in records(visit.reader, row.line_id)]
    sql = "SELECT record_id, text FROM records WHERE record_id IN ({ids})"
    return {each["record_id"]: each["text"] or "" for each in visit.reader.index.among(sql, ids)}
