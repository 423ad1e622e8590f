"""Retention: how long what work leaves behind is kept, what is due for review, and erasing it by two administrators.

The pages hold ids and dates alone: no name, nothing that anybody wrote on a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import accounts, audit
from countylines.govern import retention as kept
from countylines.govern import retention_erase as erase
from countylines.govern.changes import Conflict
from countylines.govern.retention import OF, Thing
from countylines.web.access import Missing, Visit, needs
from countylines.web.retention_rows import LABELS, RUNS, lines, log_age, runs_of
from countylines.web.sent import number, said

router = APIRouter(include_in_schema=False)

MOST = 50  # of what can't be erased, and of what is done, on one page
STALE = "Somebody changed this while you looked at it: look at it again"
FIELDS = ("things", "thing", "reason", "sure")  # that a message may stand at
DONE = {
    "propose": "Proposed. Nothing is erased until a second administrator confirms it.",
    "confirm": "Erased. The access log tells what, when and by whom.",
    "withdraw": "Withdrawn: nothing was erased.",
    "purge": "Erased. The access log tells which.",
    "hold": "Held: it can't be erased until the hold is lifted.",
    "lift": "The hold is lifted.",
}


@router.get("/retention")
def overview(visit: Visit = needs("administer_retention")) -> Response:
    """Every kind with its period, how many there are, and how many are due for review."""
    visit.log("retention", "list", action="open_page")
    with visit.house.state.read() as connection:
        made = lines(connection, _runs(visit, connection), visit.house.retention, visit.now.date())
        waiting = erase.erasures(connection, erase.PROPOSED)
        log = log_age(connection)
    everybody = accounts.list_accounts(visit.house.state)
    closed = sum(each.disabled for each in everybody)
    return visit.page(
        "retention.html.j2", lines=made, waiting=waiting, labels=LABELS, log=log, closed=closed, all=len(everybody)
    )


@router.get("/retention/{kind}")
def one(kind: str, visit: Visit = needs("administer_retention"), done: str = "") -> Response:
    """One kind: what is due, what can't be erased and why, holds, and what was erased."""
    _known(kind)
    visit.log("retention", kind, action="open_page")
    return _one(visit, kind, done=done)


@router.post("/retention/{kind}")
def act(kind: str, visit: Visit = needs("administer_retention")) -> Response:
    """Propose an erasure, erase old sessions, hold something, or lift a hold."""
    _known(kind)
    acts = {"propose": _propose, "purge": _purge, "hold": _hold, "lift": _lift}
    return _done(visit, kind, acts)


@router.post("/retention/erasures/{erasure_id}")
def decide(erasure_id: int, visit: Visit = needs("administer_retention")) -> Response:
    """Confirm another administrator's proposal, which erases; or withdraw it."""
    with visit.house.state.read() as connection:
        try:
            found = erase.erasure(connection, erasure_id)
        except InputError as error:
            raise Missing("There is no such proposal", "Look for it on the page of its kind.") from error
    confirms = {"confirm": _confirm, "withdraw": _withdraw}
    return _done(visit, found.kind, {do: lambda *given, act=act: act(*given, found) for do, act in confirms.items()})


def _done(visit: Visit, kind: str, acts: Mapping[str, Callable[..., audit.Event]]) -> Response:
    """Do what the form says, with its entry of the log in the same transaction; then show the kind again."""
    do = str(visit.form.get("do", ""))
    try:
        if do not in acts:
            raise InputError("choose what to do", field="do")
        with visit.house.state.begin() as connection:
            audit.record(connection, acts[do](visit, connection, kind))
    except Conflict:
        return _one(visit, kind, {"do": STALE})
    except InputError as error:
        field = "reason" if error.field == "the reason" and do == "propose" else str(error.field)
        known = field in FIELDS or field.startswith("number-")
        return _one(visit, kind, {field if known else "do": said(error)})
    if do in ("confirm", "purge"):
        erase.settle(visit.house.state)
    return visit.go(f"/retention/{kind}", done=do)


def _propose(visit: Visit, connection: Connection, kind: str) -> audit.Event:
    ids = [name.removeprefix("thing-") for name in visit.form if name.startswith("thing-")]
    if not visit.form.get("sure"):
        raise InputError("say that you have checked that nobody needs them any more", field="sure")
    who, periods = visit.who.account, visit.house.retention
    made = erase.propose(connection, kind, ids, _text(visit, "reason"), periods, who, visit.now)
    return visit.event("erasure", str(made), action="change_page", of=kind, count=len(ids), ids=ids, done="proposed")


def _confirm(visit: Visit, connection: Connection, kind: str, found: erase.Erasure) -> audit.Event:
    if _text(visit, "number") != str(len(found.ids)):
        raise InputError(f"write how many are erased: {len(found.ids)}", field=f"number-{found.erasure_id}")
    who, periods = visit.who.account, visit.house.retention
    made = erase.confirm(connection, found.erasure_id, _version(visit), periods, who, visit.now)
    ids = list(made.ids)
    about: dict[str, Any] = {"count": len(ids), "ids": ids, "proposed_by": made.proposed_by, "why": made.reason}
    return visit.event("erasure", str(made.erasure_id), action="erase", of=kind, **about)


def _withdraw(visit: Visit, connection: Connection, kind: str, found: erase.Erasure) -> audit.Event:
    erase.withdraw(connection, found.erasure_id, _version(visit), _text(visit, "reason"), visit.who.account, visit.now)
    return visit.event("erasure", str(found.erasure_id), action="change_page", of=kind, done="withdrawn")


def _purge(visit: Visit, connection: Connection, kind: str) -> audit.Event:
    ids = erase.purge(connection, kind, visit.house.retention, visit.now.date())
    return visit.event("erasure", kind, action="erase", of=kind, count=len(ids), ids=ids)


def _hold(visit: Visit, connection: Connection, kind: str) -> audit.Event:
    about = _text(visit, "thing", 400)
    there = {one.id for one in _things(visit, connection, kind)}
    if about and about not in there:
        raise InputError(f"{about} isn't there", "write an id of this kind, or nothing for all of it", field="thing")
    made = kept.hold(connection, kind, about, _text(visit, "reason"), visit.who.account, visit.now)
    return visit.event("hold", str(made), action="change_page", of=kind, thing=about, done="held")


def _lift(visit: Visit, connection: Connection, kind: str) -> audit.Event:
    lifted = number(visit.form.get("hold"))
    kept.lift(connection, lifted, _version(visit), _text(visit, "reason"), visit.who.account, visit.now)
    return visit.event("hold", str(lifted), action="change_page", of=kind, done="lifted")


def _one(visit: Visit, kind: str, errors: Mapping[str, str] | None = None, done: str = "") -> Response:
    today = visit.now.date()
    with visit.house.state.read() as connection:
        found = _things(visit, connection, kind)
        waiting = [each for each in erase.erasures(connection, erase.PROPOSED) if each.kind == kind]
        erased = [each for each in erase.erasures(connection, erase.ERASED) if each.kind == kind]
        holds = kept.holds(connection, kind)
    asked = {key for each in waiting for key in each.ids}
    due = [each for each in found if each.is_due(today) and not each.kept and each.id not in asked]
    return visit.page(
        "retention_kind.html.j2",
        400 if errors else 200,
        kind=kind,
        of=OF.get(kind),
        label=LABELS[kind],
        kept=visit.house.retention.kinds[kind],
        found=found,
        due=due[: erase.LOT],
        more=len(due) - len(due[: erase.LOT]),
        against=[each for each in found if each.is_due(today) and each.kept][:MOST],
        lasting=sum(each.over is None for each in found),
        waiting=waiting,
        erased=erased[:MOST],
        holds=holds,
        errors=errors or {},
        sent=visit.form,
        done=DONE.get(done, ""),
    )


def _things(visit: Visit, connection: Connection, kind: str) -> list[Thing]:
    if kind == RUNS:
        return _runs(visit, connection)
    return kept.things(connection, kind, visit.house.retention, visit.now.date())


def _runs(visit: Visit, connection: Connection) -> list[Thing]:
    return runs_of(connection, visit.house.shelf.folder, visit.house.retention, visit.can("see_restricted"))


def _known(kind: str) -> None:
    if kind not in LABELS:
        raise Missing("There is no such kind", "Choose one from the list on the page Retention.")


def _text(visit: Visit, name: str, longest: int = 2_000) -> str:
    return str(visit.form.get(name, "")).strip()[:longest]


def _version(visit: Visit) -> int:
    return number(visit.form.get("version"))
