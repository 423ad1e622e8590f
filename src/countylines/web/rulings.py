""" "This is wrong": proposed by one person, confirmed by another, shown, reversible, applied from the next run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import polars as pl
from fastapi import APIRouter
from fastapi.responses import Response

from countylines.errors import InputError
from countylines.govern import audit, rulings, sessions
from countylines.govern.changes import Conflict, NotThere
from countylines.govern.decisions_file import as_decisions
from countylines.govern.rulings import NO_SIGN, Hit, Proposal, Ruling
from countylines.tables import UNRANKED
from countylines.web import person, records
from countylines.web.access import Missing, Refused, Visit, needs
from countylines.web.cells import safe
from countylines.web.evidence import Evidence
from countylines.web.own_areas import areas_of
from countylines.web.persons import Card
from countylines.web.ruling_applied import applied
from countylines.web.ruling_guard import by_safeguarding, guarded
from countylines.web.ruling_words import KINDS, Kind, needs_safeguarding
from countylines.web.sent import number, said
from countylines.web.to_whom import to_whom

router = APIRouter(include_in_schema=False)

OPEN_FIRST = "This record is restricted: open it with a reason of its own first, then say there what is wrong."
OF_ALL = "The file holds the rulings of all areas: ask somebody whose account has none set."
NO_DAY = "Enter the day on which this should be looked at again"
REVIEW = dt.timedelta(days=180)  # the review date that the form offers
STATES = {
    "proposed": "Waiting for a second person",
    "confirmed": "In force",
    "expired": "Expired",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
}


@router.get("/rulings")
def listed(visit: Visit = needs("make_ruling"), state: str = "") -> Response:
    """Every ruling by what became of it."""
    return _list(visit, state if state in STATES else "")


@router.get("/rulings/new")
def new(visit: Visit = needs("make_ruling"), person: str = "", record: str = "", hit: str = "") -> Response:
    """The form for a ruling on a person, a record, or a hit."""
    card, found = _subject(visit, person, record)
    visit.log("ruling", person or record, shown="form")
    return _form(visit, card, found, _hit(visit, found, hit), {}, {})


@router.post("/rulings/new")
def propose(visit: Visit = needs("make_ruling")) -> Response:
    """Keep the proposal; it does nothing until a second person confirms it."""
    sent = {name: str(value) for name, value in visit.form.items()}
    card, found = _subject(visit, sent.get("person", ""), sent.get("record", ""))
    hit = _hit(visit, found, sent.get("hit", ""))
    errors = _missing(sent, _kinds(card, found, hit))
    nominal = card.nominal_id if card else sent.get("who", "") or None
    if found and not card and nominal and nominal not in {one.card.nominal_id for one in found.involved}:
        errors["who"] = "Choose somebody in this record, or the whole record"
    record_id = found.record["record_id"] if found else sent.get("only", "").strip() or None
    if card and record_id and not found:
        _record(visit, record_id)
    if errors:
        return _form(visit, card, found, hit, sent, errors)
    review = dt.date.fromisoformat(sent["review_by"])
    proposal = Proposal(sent["decision"], sent["reason"], review, nominal, record_id, hit)
    try:
        with visit.house.state.begin() as connection:
            number = rulings.propose(connection, proposal, visit.who.account, visit.now)
            audit.record(connection, visit.event("ruling", str(number), done="proposed", decision=proposal.decision,
                                                 nominal_id=nominal or "", record_id=record_id or ""))  # fmt: skip
    except InputError as error:
        return _form(visit, card, found, hit, sent, {_field(error): said(error)})
    return visit.go("/rulings", state="proposed")


@router.post("/rulings/{ruling_id}/confirm")
def confirm(ruling_id: int, visit: Visit = needs("confirm_ruling")) -> Response:
    """Confirm another person's proposal."""
    one = _one(visit, ruling_id)
    whole = visit.reader.whole or visit.reader
    if by_safeguarding(whole, [one]) and not one.safeguarding:
        visit.must("confirm_ruling_safeguarding")
    lifts = bool(guarded(whole, [one]))
    return _change(visit, one, "confirmed", partial(rulings.confirm, guarded=lifts))


@router.post("/rulings/{ruling_id}/refuse")
def refuse(ruling_id: int, visit: Visit = needs("confirm_ruling")) -> Response:
    """Refuse a proposal, with a reason."""
    return _change(visit, _one(visit, ruling_id), "refused", partial(rulings.refuse, reason=_why(visit)))


@router.post("/rulings/{ruling_id}/withdraw")
def withdraw(ruling_id: int, visit: Visit = needs("make_ruling")) -> Response:
    """Withdraw a ruling, with a reason: the next run is without it."""
    one = _one(visit, ruling_id)
    if visit.who.account.name not in (one.proposed_by, one.confirmed_by) and not visit.can("confirm_ruling"):
        return _list(visit, "", {f"ruling-{ruling_id}": "Two others made this ruling: ask one of them to withdraw it"})
    return _change(visit, one, "withdrawn", partial(rulings.withdraw, reason=_why(visit)))


@router.post("/rulings/{ruling_id}/renew")
def renew(ruling_id: int, visit: Visit = needs("make_ruling")) -> Response:
    """Propose a ruling anew that ends; a second person confirms it."""
    one = _one(visit, ruling_id)
    try:
        with visit.house.state.begin() as connection:
            number = rulings.renew(connection, ruling_id, _why(visit), _until(visit), visit.who.account, visit.now)
            audit.record(connection, visit.event("ruling", str(number), done="proposed", decision=one.decision,
                                                 nominal_id=one.nominal_id or "", record_id=one.record_id or "",
                                                 renews=ruling_id))  # fmt: skip
    except InputError as error:
        return _list(visit, "", {f"ruling-{ruling_id}": said(error)})
    return visit.go("/rulings", state="proposed")


@router.post("/rulings/{ruling_id}/agree")
def agree(ruling_id: int, visit: Visit = needs("confirm_ruling_safeguarding")) -> Response:
    """Agree, for safeguarding, to the withdrawal of a ruling that may protect somebody."""
    return _change(visit, _one(visit, ruling_id), "withdrawn", rulings.agree)


@router.post("/rulings/{ruling_id}/keep")
def keep(ruling_id: int, visit: Visit = needs("confirm_ruling")) -> Response:
    """Keep a ruling whose withdrawal somebody asked for."""
    return _change(visit, _one(visit, ruling_id), "kept", rulings.keep)


@router.post("/rulings/decisions")
def decisions(visit: Visit = needs("confirm_ruling")) -> Response:
    """The rulings in force as the extracts table ``decisions``, for the next run; logged with recipient and people.

    Raises:
        Refused: somebody with own areas asks for it; it is of all.
    """
    if areas_of(visit):
        raise Refused("confirm_ruling", OF_ALL)
    recipient, marking, errors = to_whom(visit, marking=visit.house.marking)
    if errors:
        return _list(visit, "", errors)
    with visit.house.state.read() as connection:
        frame = as_decisions(connection, visit.now.date())
    about = sorted(frame["nominal_id"].drop_nulls().unique())
    visit.log("export", "decisions", recipient=recipient, marking=marking, rows=frame.height, people=about)
    prose = pl.col("reason").map_elements(safe, return_dtype=pl.String)  # ids stay as they are: the run reads them
    text = frame.with_columns(prose).write_csv()
    headers = {"Content-Disposition": 'attachment; filename="decisions-9999.csv"'}
    return Response(text.encode("utf-8"), media_type="text/csv; charset=utf-8", headers=headers)


def seen(visit: Visit) -> tuple[list[Ruling], int]:
    """The rulings that this visitor may see, the latest first; how many others there are."""
    with visit.house.state.read() as connection:
        every = rulings.rulings(connection)
    found = in_areas(visit, every)
    return found, len(every) - len(found)


def _list(visit: Visit, state: str, errors: dict[str, str] | None = None) -> Response:
    today = visit.now.date()
    found, others = seen(visit)
    shown = [one for one in found if not state or one.state(today) == state]
    shown.sort(key=lambda one: one.status != rulings.PROPOSED and not one.leaving(today))  # these wait for an answer
    counts = {name: sum(one.state(today) == name for one in found) for name in STATES}
    cards = visit.reader.cards(one.nominal_id for one in shown if one.nominal_id)
    given = applied(visit) if not state else []
    about = {one.nominal_id for one in shown} | {one.nominal_id for one in given}  # in this run, or not
    visit.log("ruling", state or "all", people=sorted(who for who in about if who))
    return visit.page(
        "rulings.html.j2",
        400 if errors else 200,
        found=shown,
        state=state,
        states=STATES,
        counts=counts,
        cards=cards,
        kinds=KINDS,
        today=today,
        errors=errors or {},
        me=visit.who.account,
        offered=(today + REVIEW).isoformat(),
        ending={one.ruling_id for one in rulings.ending(found, today)},
        safeguarding=_waiting_for_safeguarding(visit, shown),
        applied=given,
        others=others,
    )


def _waiting_for_safeguarding(visit: Visit, shown: list[Ruling]) -> frozenset[int]:
    waiting = [one for one in shown if one.status == rulings.PROPOSED and not one.safeguarding]
    return by_safeguarding(visit.reader.whole or visit.reader, waiting)


def in_areas(visit: Visit, every: list[Ruling]) -> list[Ruling]:
    """Those on people and records of one's own areas, and one's own; all where no areas are set."""
    people = visit.reader.people_within(one.nominal_id for one in every if one.nominal_id)
    known = people | visit.reader.records_within(one.record_id for one in every if one.record_id)
    own = visit.who.account.name
    return [one for one in every if one.proposed_by == own or {one.nominal_id, one.record_id} & known]


def _subject(visit: Visit, nominal_id: str, record_id: str) -> tuple[Card | None, Evidence | None]:
    """Whom or what it is about, if this visitor may see it.

    Raises:
        Missing: nobody and nothing was named, or it isn't there.
        Refused: it is outside one's own areas, or restricted and not opened with a reason.
    """
    if nominal_id:
        card, _ = person.known(visit, nominal_id)
        return card, None
    if not record_id:
        raise Missing("Say what is wrong", 'Open the person or record, and choose "This is wrong" there.')
    return None, _record(visit, record_id)


def _record(visit: Visit, record_id: str) -> Evidence:
    """A record; who is in a restricted one, and that something is wrong there, takes the reason that opens it."""
    found = records.known(visit, record_id)
    if found.record["restricted"]:
        visit.must("see_restricted")
        if not sessions.reason_for_record(visit.house.state, visit.who, "record", record_id):
            raise Refused("see_restricted", OPEN_FIRST)
    return found


def _hit(visit: Visit, found: Evidence | None, place: str) -> Hit | None:
    """The hit that stands at ``start-end-group``; None if the ruling isn't on one."""
    if not found or not place:
        return None
    rows = visit.reader.index.query("SELECT * FROM hits WHERE record_id = ?", found.record["record_id"])
    for row in rows:
        if place == f"{row['start']}-{row['end']}-{row['group']}":
            return Hit(row["group"], row["term"], row["start"], row["end"])
    raise Missing("No such hit", "Open the record, and choose the hit there.")


def _form(
    visit: Visit,
    card: Card | None,
    found: Evidence | None,
    hit: Hit | None,
    sent: dict[str, str],
    errors: dict[str, str],
) -> Response:
    protects = any(one.guarded for one in ([card] if card else [each.card for each in found.involved] if found else []))
    return visit.page(
        "ruling_form.html.j2",
        400 if errors else 200,
        card=card,
        found=found,
        hit=hit,
        sent=sent,
        errors=errors,
        kinds=_kinds(card, found, hit),
        safeguarding=lambda name: needs_safeguarding(name, protects=protects),
        offered=(visit.now.date() + REVIEW).isoformat(),
    )


def _kinds(card: Card | None, found: Evidence | None, hit: Hit | None) -> dict[str, Kind]:
    """The kinds of ruling that can be made on this."""
    on = "hit" if hit else "record" if found else "person"
    kinds = {name: kind for name, kind in KINDS.items() if on in kind.on}
    if found and not hit:
        kinds["victim not offender"] = KINDS["victim not offender"]
    if card and not card.held:
        kinds.pop(NO_SIGN, None)
    if card and card.protected:
        kinds.pop(UNRANKED, None)
    return kinds


def _missing(sent: dict[str, str], kinds: dict[str, Kind]) -> dict[str, str]:
    """What the form still lacks, by field."""
    errors = {}
    if sent.get("decision") not in kinds:
        errors["decision"] = "Choose what is wrong"
    if not sent.get("reason", "").strip():
        errors["reason"] = "Say why, in a sentence"
    try:
        dt.date.fromisoformat(sent.get("review_by", ""))
    except ValueError:
        errors["review_by"] = NO_DAY
    return errors


def _one(visit: Visit, ruling_id: int) -> Ruling:
    """One ruling that this visitor may see.

    Raises:
        Missing: there is none.
    """
    try:
        with visit.house.state.read() as connection:
            found = rulings.ruling(connection, ruling_id)
    except NotThere:
        found = None
    if found is None or not in_areas(visit, [found]):
        raise Missing("No such ruling", "Look for it in the list of rulings.")
    return found


def _until(visit: Visit) -> dt.date:
    try:
        return dt.date.fromisoformat(str(visit.form.get("review_by", "")))
    except ValueError:
        raise InputError("the review date is missing", NO_DAY, field="review_by") from None


def _why(visit: Visit) -> str:
    return str(visit.form.get("reason", ""))


def _change(visit: Visit, one: Ruling, done: str, act: Callable[..., int]) -> Response:
    """Do it and log it, or say on the list why it can't be done."""
    key, version = one.ruling_id, number(visit.form.get("version"))
    try:
        with visit.house.state.begin() as connection:
            act(connection, key, version, by=visit.who.account, at=visit.now)
            asked = rulings.ruling(connection, key).leaving(visit.now.date())
            told = {"done": "asked" if asked else done, "decision": one.decision}
            audit.record(connection, visit.event("ruling", str(key), **told))
    except InputError as error:
        return _list(visit, "", {f"ruling-{one.ruling_id}": said(error)})
    except Conflict as error:
        return _list(visit, "", {f"ruling-{one.ruling_id}": str(error)})
    visit.house.shelf.refresh()
    return visit.go("/rulings")


def _field(error: InputError) -> str:
    if error.field == "review_by":
        return error.field
    fields = {"the reason": "reason", "the decision": "decision", "the record": "only"}
    return fields.get(error.field or "", "review_by" if "review date" in error.what else "decision")
