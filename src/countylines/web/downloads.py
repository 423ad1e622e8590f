"""Lists taken out of the system: marking, recipient and purpose are asked first and logged, then comes the file.

One way for every list: its own address with ``/download`` before it, with the same filters. What can be taken out
stands in LISTS (download_lists.py) and nowhere else; safeguarding's queue isn't there: names leave it only in a
referral form (SCREENS 6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.govern.people import spoken
from countylines.report.show.words import counted
from countylines.web.access import Visit, needs
from countylines.web.download_lists import LISTS, Download
from countylines.web.render import day
from countylines.web.sheets import XLSX, Front, Sheet, as_csv, as_xlsx
from countylines.web.taken import Taken
from countylines.web.to_whom import to_whom

router = APIRouter(include_in_schema=False)

NO_PREDICTION = "Prioritisation for lawful disruption or support to stop, for review by a person; no prediction."
PEOPLE = (
    "Person precision: not yet measured. How many people are rightly in this run isn't known.",
    "Children, people believed exploited, people of unknown age and held people are marked as such and never ranked;"
    " a record as suspect doesn't change that.",
    "A place in this list is a reason to look, not proof. A role is what a record says, not a finding.",
)
LONGEST = 300  # characters of what it is for


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, its media type, and how it is made."""

    label: str
    media: str
    write: Callable[[Sheet, Front], bytes]


KINDS: Mapping[str, Kind] = {
    "xlsx": Kind("Excel workbook, with a front sheet", XLSX, as_xlsx),
    "csv": Kind("CSV, for other programs", "text/csv; charset=utf-8", as_csv),
}


def offer(visit: Visit, taken: Taken) -> Response:
    """Ask what the file is for; or, when that was sent, write it into the log and give the file.

    Raises:
        SQLAlchemyError: the log can't be written; nothing is given then.
    """
    if visit.request.method in ("GET", "HEAD"):
        asked = visit.request.query_params.get("download", "")
        return _ask(visit, taken, {"kind": asked if asked in KINDS else "xlsx", "marking": visit.house.marking})
    sent = {name: str(visit.form.get(name, "")).strip() for name in ("kind", "purpose")}
    sent["recipient"], sent["marking"], errors = to_whom(visit)
    if sent["kind"] not in KINDS:
        errors["kind"] = "Choose a kind of file"
    if not 0 < len(sent["purpose"]) <= LONGEST:
        errors["purpose"] = f"Enter what it is for, in at most {LONGEST} characters"
    if errors:
        return _ask(visit, taken, sent, errors)
    sheet, kind = taken.sheet, KINDS[sent["kind"]]
    body = kind.write(sheet, _front(visit, taken, sent))
    more: dict[str, Any] = {"people": about} if (about := whom(sheet)) else {}
    visit.log("export", visit.request.url.path.removeprefix("/download"), recipient=sent["recipient"],
              marking=sent["marking"], purpose=sent["purpose"], format=sent["kind"], filters=dict(taken.filters),
              rows=len(sheet.rows), runs=taken.run_id(visit), **more)  # fmt: skip
    name = re.sub(r"[^a-z0-9]+", "-", f"{sent['marking']} {sheet.name} {taken.run_id(visit)}".lower()).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{sent["kind"]}"'}
    return Response(body, media_type=kind.media, headers=headers)


def whom(sheet: Sheet) -> list[str]:
    """Everybody in a list of people, those linked to somebody too: the log says whose details left."""
    return sorted(
        {row["card"].nominal_id for row in sheet.rows if "card" in row}
        | {i for row in sheet.rows for i in row.get("also", ())}
    )


def _ask(visit: Visit, taken: Taken, sent: Mapping[str, str], errors: Mapping[str, str] | None = None) -> Response:
    here = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    return visit.page(
        "download.html.j2",
        400 if errors else 200,
        taken=taken,
        rows=len(taken.sheet.rows),
        sent={"recipient": "", "purpose": "", **sent},
        errors=errors or {},
        kinds=KINDS,
        caveats=_caveats(visit, taken),
        here=here,
        back=here.removeprefix("/download"),
    )


def _front(visit: Visit, taken: Taken, sent: Mapping[str, str]) -> Front:
    who = visit.who
    facts = {
        "Force": visit.house.force + (" (synthetic data)" if visit.house.synthetic else ""),
        "Data to": day(taken.as_of(visit)),
        "Rows": counted(len(taken.sheet.rows), "row"),
        "Filters": "; ".join(f"{name}: {value}" for name, value in taken.filters.items()) or "None",
        "For": sent["recipient"],
        "Purpose": sent["purpose"],
        "Taken out by": f"{who.account.display_name} ({who.account.name}), {spoken(who.account.roles)}",
        "Reason for access": f"{who.reference}, {who.reason}",
        "When": f"{visit.now:%Y-%m-%d %H:%M} UTC",
    }
    return Front(taken.sheet.name, sent["marking"], taken.run_id(visit), facts, _caveats(visit, taken))


def _caveats(visit: Visit, taken: Taken) -> list[str]:
    age = (visit.now.date() - taken.as_of(visit)).days
    stale = [f"The data are {counted(age, 'day')} old."] if age > visit.house.stale_days else []
    synthetic = ["All people are synthetic."] if visit.house.synthetic else []
    return [NO_PREDICTION, *(PEOPLE if taken.sheet.names_people else ()), *taken.caveats, *stale, *synthetic]


def _register(each: Download) -> None:
    """A list's two routes: its form, and its file."""

    def answer(visit: Visit = needs("export_table")) -> Response:
        visit.must(each.needs)
        return offer(visit, each.take(visit))

    router.add_api_route("/download" + each.path, answer, methods=["GET"], name=f"download of {each.path}")
    router.add_api_route("/download" + each.path, answer, methods=["POST"], name=f"file of {each.path}")


for _each in LISTS:
    _register(_each)
