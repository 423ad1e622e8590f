"""The access log: who looked at what, when and why, what was refused; searched, checked and taken out (SCREENS 9)."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from countylines.govern import audit, people
from countylines.govern.chain import FIELDS, Seal
from countylines.web.access import Visit, needs
from countylines.web.cells import csv_lines
from countylines.web.sheets import XLSX, Front, Sheet, as_xlsx
from countylines.web.to_whom import to_whom

router = APIRouter(include_in_schema=False)

LAW = {
    "consultation": "Consulted",
    "disclosure": "Disclosed",
    "alteration": "Changed",
    "combination": "Combined",
    "collection": "Collected",
    "erasure": "Erased",
}
OUTCOMES = {"allowed": "Allowed", "refused": "Refused", "failed": "Failed"}
FIELD_NAMES = ("who", "person", "kind", "what", "action", "outcome", "since", "until")
DAY_WRONG = "Enter a day as 2026-11-20"
KINDS = {"csv": "CSV, for other programs", "xlsx": "Excel workbook, with a front sheet"}
MOST = 200_000  # entries of a workbook, which is made in memory
IN_MEMORY, CHUNK = 5_000_000, 64_000
LONGEST = audit.LONGEST_ID  # of what is searched for: a search is logged, too


@router.get("/log")
def log(
    visit: Visit = needs("see_log"),
    who: str = "",
    person: str = "",
    kind: str = "",
    what: str = "",
    action: str = "",
    outcome: str = "",
    since: str = "",
    until: str = "",
    page: int = 1,
) -> Response:
    """Rows of the log, the newest first; ``person``: every entry that names them, on their own page or a list."""
    given = (who, person, kind, what, action, outcome, since, until)
    asked = _asked(dict(zip(FIELD_NAMES, given, strict=True)))
    return _page(visit, asked, page)


@router.post("/log/verify")
def verify(visit: Visit = needs("see_log")) -> Response:
    """Read the whole log and say whether anything in it was changed; with a seal kept elsewhere, if one is given."""
    written = " ".join(str(visit.form.get("seal", "")).split())
    asked = dict.fromkeys(FIELD_NAMES, "")
    try:
        seals = [Seal.parse(written)] if written else []
    except ValueError:
        return _page(visit, asked, 1, errors={"seal": "Enter the whole line of the seal, as it was printed"})
    verdict = audit.verify(visit.house.state, seals)
    visit.log("log", "whole" if verdict.whole else f"wrong from row {verdict.wrong}", action="verify_log")
    with visit.house.state.read() as connection:
        seal = audit.seal(connection, visit.now)
    return _page(visit, asked, 1, verdict=verdict, seal=str(seal), against=bool(seals))


@router.post("/log/export")
def export(visit: Visit = needs("see_log")) -> Response:
    """The rows that fit, the oldest first, as CSV or a workbook; who gets it and its marking are asked and logged."""
    asked = _asked(visit.form)
    wanted, errors = read(asked)
    recipient, marking, wrong = to_whom(visit)
    errors |= wrong
    file = str(visit.form.get("file", "csv"))
    if file not in KINDS:
        errors["file"] = "Choose a kind of file"
    if file == "xlsx" and not errors and audit.search(visit.house.state, wanted, size=1).total > MOST:
        errors["file"] = f"A workbook takes {MOST:,} entries: choose CSV, or search for fewer"
    if errors:
        return _page(visit, asked, 1, errors=errors)
    given = {name: value for name, value in asked.items() if value}
    visit.log("export", "access log", action="export_log", recipient=recipient, marking=marking, filters=given,
              format=file)  # fmt: skip
    taken = (_workbook if file == "xlsx" else _lines)(visit, wanted, recipient, marking, _told(given))
    name = f"access-log-{visit.now:%Y-%m-%d-%H%M}.{file}"
    taken.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return taken


def _asked(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(given.get(name, "")).strip()[:LONGEST] for name in FIELD_NAMES}


def _told(given: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "all"


def _lines(visit: Visit, wanted: audit.Wanted, recipient: str, marking: str, told: str) -> Response:
    front = [
        f"{marking}. Access log of {visit.house.force}, for {recipient}, {visit.now:%Y-%m-%d %H:%M} UTC.",
        f"Rows: {told}.",
    ]
    file = tempfile.SpooledTemporaryFile(IN_MEMORY, mode="w+", encoding="utf-8", newline="")  # noqa: SIM115
    for line in csv_lines([*FIELDS, "hash"], audit.export(visit.house.state, wanted), front):
        file.write(line)
    file.seek(0)
    return StreamingResponse(_read_out(file), media_type="text/csv; charset=utf-8")


def _workbook(visit: Visit, wanted: audit.Wanted, recipient: str, marking: str, told: str) -> Response:
    sheet = Sheet(
        "Access log", {name: name for name in (*FIELDS, "hash")}, list(audit.export(visit.house.state, wanted))
    )
    facts = {"Force": visit.house.force, "Entries": told, "For": recipient, "When": f"{visit.now:%Y-%m-%d %H:%M} UTC"}
    said = "Each entry holds the hash of the one before: the whole log is checked in the dashboard, not in this file."
    return Response(as_xlsx(sheet, Front(sheet.name, marking, "all", facts, [said])), media_type=XLSX)


def read(asked: Mapping[str, str]) -> tuple[audit.Wanted, dict[str, str]]:
    """What is looked for, and what can't be understood of it. Days are whole days in UTC, the last one included.

    Example:
        >>> wanted, errors = read({"what": "n1", "until": "2026-11-20", "since": "soon"})
        >>> wanted.what, str(wanted.until), errors
        ('n1', '2026-11-21 00:00:00+00:00', {'since': 'Enter a day as 2026-11-20'})
    """
    errors: dict[str, str] = {}
    days: dict[str, dt.datetime | None] = {}
    for name, more in (("since", 0), ("until", 1)):
        try:
            days[name] = _moment(asked.get(name, ""), more)
        except (ValueError, OverflowError):
            errors[name], days[name] = DAY_WRONG, None
    wanted = audit.Wanted(
        who=asked.get("who", "").casefold(),
        person=asked.get("person", ""),
        kind=asked.get("kind", ""),
        what=asked.get("what", ""),
        action=asked.get("action", ""),
        outcome=asked.get("outcome", ""),
        since=days["since"],
        until=days["until"],
    )
    return wanted, errors


def did(event: audit.Event) -> str:
    """What somebody did, in words: the action's own sentence where it has one.

    Example:
        >>> did(audit.Event(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "sign_in"))
        'Sign in'
    """
    known = people.ACTIONS.get(event.action)
    return known.sentence.rstrip(".") if known else event.action.replace("_", " ").capitalize()


def _page(
    visit: Visit,
    asked: Mapping[str, str],
    page: int,
    errors: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    wanted, wrong = read(asked)
    errors = {**(errors or {}), **wrong}
    given = {name: value for name, value in asked.items() if value}
    found = audit.search(visit.house.state, wanted, page)
    day = visit.now - dt.timedelta(days=1)
    recent = audit.search(visit.house.state, audit.Wanted(since=day), size=1)
    refused = audit.search(visit.house.state, audit.Wanted(since=day, outcome="refused"), size=1)
    about = asked.get("person", "") or asked.get("what", "")
    visit.log("log", about, page=found.page, filters=given)  # last: it isn't among its own finds
    context = {"verdict": None, "seal": "", "against": False, **more}
    return visit.page(
        "log.html.j2",
        400 if errors else 200,
        asked=dict(asked),
        given=given,
        found=found,
        recent=recent.total,
        refused=refused.total,
        errors=errors,
        actions=sorted(audit.LAW),
        outcomes=OUTCOMES,
        law=LAW,
        did=did,
        files=KINDS,
        sent=visit.form,
        **context,
    )


def _moment(day: str, more: int) -> dt.datetime | None:
    """The beginning of a day, or of one some days later; None = no day."""
    if not day:
        return None
    return dt.datetime.combine(dt.date.fromisoformat(day) + dt.timedelta(days=more), dt.time(), dt.UTC)


def _read_out(file: IO[str]) -> Iterator[str]:
    with file:
        while part := file.read(CHUNK):
            yield part
