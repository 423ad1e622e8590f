"""One record, whole: its text with every hit, what it weighs, its grading in words, and everybody in it, marked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.errors import InputError
from countylines.govern import rulings, sessions
from countylines.rank.harm.weights import CODES
from countylines.web.access import Missing, Visit, needs
from countylines.web.covering import cover
from countylines.web.crimes import titled, weights_of_record
from countylines.web.evidence import Evidence, evidence
from countylines.web.gradings import conditions, in_words
from countylines.web.line_rows import line_names
from countylines.web.outcomes import outcome
from countylines.web.own_areas import areas_of, outside, within
from countylines.web.person_evidence import without_cancelled
from countylines.web.sent import said

router = APIRouter(include_in_schema=False)

FIELDS = {
    "occurred": "Happened",
    "recorded": "Recorded",
    "area": "Area",
    "offence_code": "Offence (Home Office class)",
    "cjs_code": "Offence code (CJS)",
    "urn": "Reference number (URN)",
    "outcome_code": "Outcome",
    "proactive": "Police-initiated",
    "marker": "County-lines marker",
}


@router.post("/records/{record_id:path}/reason")
def give_reason(record_id: str, visit: Visit = needs("see_people")) -> Response:
    """Keep why somebody opens a restricted record, then show it."""
    found = known(visit, record_id)
    visit.must("see_restricted")
    reason, reference = str(visit.form.get("reason", "")), str(visit.form.get("reference", ""))
    try:
        sessions.give_reason_for_record(visit.house.state, visit.who, "record", record_id, reason, reference, visit.now)
    except InputError as error:
        return ask(visit, found, {error.field or "reason": said(error)})
    return visit.go(f"/records/{record_id}")


@router.get("/records/{record_id:path}/wrong", include_in_schema=False)
def wrong(record_id: str, visit: Visit = needs("make_ruling")) -> Response:
    """To the form for a ruling on this record."""
    return visit.go("/rulings/new", record=record_id)


@router.get("/records/{record_id:path}")
def record(record_id: str, visit: Visit = needs("see_people"), cancelled: bool = True) -> Response:
    """The record's page; a restricted one asks for a reason of its own first."""
    found = known(visit, record_id)
    if found.record["restricted"]:
        visit.must("see_restricted")
        if not sessions.reason_for_record(visit.house.state, visit.who, "record", record_id):
            return ask(visit, found, {})
    visit.views("record", record_id)
    hits = visit.reader.index.query('SELECT * FROM hits WHERE record_id = ? ORDER BY "start", "end"', record_id)
    shown = found if cancelled else without_cancelled(found)
    with visit.house.state.read() as connection:
        made = rulings.rulings(connection, record_id=record_id)
    grading = found.record["grading"]
    return visit.page(
        "record.html.j2",
        found=cover(visit.reader, shown) if visit.covered else shown,
        fields={label: _said(name, found.record) for name, label in FIELDS.items()},
        offence=titled(*(found.record[code] for code in CODES)),
        weighed=weights_of_record(visit.reader, found.record),
        grading=in_words(grading),
        conditions=conditions(grading, found.record["source"]),
        hits=[{**hit, "words": (found.record["text"] or "")[hit["start"] : hit["end"]]} for hit in hits],
        lines=lines_in(visit, record_id) if visit.can("see_lines") and not visit.covered else [],
        cancelled=cancelled,
        rulings=made,
        today=visit.now.date(),
        skipped=next(iter(visit.reader.rows("skipped_records", "record_id", record_id)), None),
    )


def known(visit: Visit, record_id: str) -> Evidence:
    """The record, whole, if this visitor may see it.

    Raises:
        Missing: the run keeps no such record.
        Refused: the visitor has own areas, and no record of this id is in them.
    """
    found = evidence(visit.reader, [record_id], whole=True)
    areas = areas_of(visit)
    if areas and not (found and within(areas, [found[0].record["area"]])):
        raise outside(areas, "record", record_id)
    if not found:
        raise Missing("No such record", "It may have been set aside, or its id is different: search for it.")
    return found[0]


def ask(visit: Visit, found: Evidence, errors: dict[str, str]) -> Response:
    """The form that a restricted record shows first."""
    return visit.page("record_reason.html.j2", 400 if errors else 200, found=found, errors=errors)


def lines_in(visit: Visit, record_id: str) -> list[dict[str, Any]]:
    """Numbers and line names found in the record, with the lines they belong to."""
    names = line_names(visit.reader)
    rows = visit.reader.rows("numbers", "record_id", record_id)
    behind = sorted({row["line_id"] for row in visit.reader.rows("line_evidence", "record_id", record_id)})
    return [
        {
            "found": row["number"] or row["name"],
            "context": row["context"],
            "lines": _lines_of(visit, row, behind, names),
        }
        for row in rows
    ]


def _lines_of(visit: Visit, row: dict[str, Any], behind: list[str], names: dict[str, str]) -> list[tuple[str, str]]:
    column, value = ("number", row["number"]) if row["number"] else ("name", row["name"])
    own = {each["line_id"] for each in visit.reader.rows("lines", column, value)}
    return [(line, names.get(line, line)) for line in behind if line in own]


def _said(name: str, row: dict[str, Any]) -> str:
    """A field's value in words; unknown is said, never left empty."""
    value = row[name]
    if name in ("proactive", "marker"):
        return {1: "Yes", 0: "No"}.get(value, "Unknown")
    if value in (None, ""):
        return "Not recorded"
    return outcome(value, row["source"]) if name == "outcome_code" else str(value)
