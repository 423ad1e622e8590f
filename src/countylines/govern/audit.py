"""The log: who did what to whom, when and why; rows are only ever added, and each holds the hash of the one before.

Data Protection Act 2018, section 62: collection, alteration, consultation, disclosure, combination and erasure are
logged, with who, when and, for consultation and disclosure, why and to whom. A page whose row can't be written isn't
shown: write it in the same transaction as the change, last, so that others wait shortly.

Any change of a row, and rows taken out, put in or in another order, break the chain; rows taken off the end don't fit
``audit_head``. The database's own triggers refuse all of that. **What this can't show**: somebody who holds the whole
database may switch the triggers off, write the log anew from some row on and compute every hash again, the head's too.
Only something kept elsewhere shows that: :func:`seal` gives the number and hash of the last row, in one line, to be
kept where that somebody can't reach (printed, sent to the auditor); :func:`verify`
takes such seals. Nor can a log show what somebody with the database read without going through the program.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from countylines.govern.chain import BATCH, FIELDS, Seal, Verdict, canonical, clean, fingerprint, seal, verify
from countylines.govern.people import ACTIONS, Law
from countylines.govern.schema import audit as table
from countylines.govern.schema import audit_head, iso
from countylines.govern.state import State

__all__ = [
    "LAW", "LONGEST_ID", "OTHER", "OUTCOMES", "Entry", "Event", "Page", "Seal", "Verdict", "Wanted", "export", "record",
    "seal", "search", "verify",
]  # fmt: skip

LONGEST_ID = 400  # characters of an id; longer ones (a search, say) are cut, for the index
OUTCOMES = ("allowed", "refused", "failed")

# What is logged beside people.ACTIONS: acts of the program, and what anybody signed in or not may try.
OTHER: Mapping[str, Law] = {
    "sign_in": "",
    "refuse": "",
    "sign_out": "",
    "session_expired": "",
    "give_reason": "",
    "give_reason_for_record": "",
    "create_account": "",
    "change_account": "",
    "change_password": "",
    "close_account": "",
    "reopen_account": "",
    "unlock_account": "",
    "start_server": "",
    "verify_log": "",
    "export_log": "disclosure",
    "open_page": "consultation",
    "change_page": "alteration",
    "read_sources": "collection",
    "make_run": "combination",
    "erase": "erasure",
}
LAW: Mapping[str, Law] = {**{name: action.law for name, action in ACTIONS.items()}, **OTHER}


@dataclass(frozen=True)
class Event:
    """One thing somebody did, tried, or saw; None is kept as empty.

    Attributes:
        at: when, with a time zone.
        action: of people.ACTIONS or OTHER.
        outcome: allowed, refused, or failed (allowed, but something broke).
        session_id: not the token.
        account: sign-in name; empty = nobody signed in, or whoever runs the program.
        roles: the account's, at that time.
        kind: what it was about: person, group, record, run, export, search, account, case, ruling and so on.
        what: its id.
        run_id: the run it was seen in.
        reason: why, as given for the session or record.
        reference: operation or reference number.
        recipient: of what was taken out.
        marking: of what was taken out.
        detail: anything more that JSON can hold; no secret, and no text of a record.
    """

    at: dt.datetime
    action: str
    outcome: str = "allowed"
    session_id: str | None = ""
    account: str | None = ""
    roles: Collection[str] = ()
    kind: str = ""
    what: str = ""
    run_id: str | None = ""
    reason: str | None = ""
    reference: str | None = ""
    recipient: str | None = ""
    marking: str | None = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def record(connection: Connection, event: Event) -> int:
    """Add a row to the log, inside the caller's transaction; its number.

    Writers take turns at the head, so the chain never forks; whoever waits holds up nobody but writers of the log.

    Raises:
        ValueError: the action or outcome isn't known, or ``at`` has no time zone.
        TypeError: ``detail`` holds something that JSON can't.
        SQLAlchemyError: it can't be written; let it rise, so that the request fails.
    """
    if event.action not in LAW or event.outcome not in OUTCOMES:
        raise ValueError(f"the log knows no {event.outcome} {event.action}")
    count, previous = connection.execute(select(audit_head.c.count, audit_head.c.hash).with_for_update()).one()
    row = _row(event, count + 1, previous)
    row["hash"] = fingerprint(row)
    connection.execute(insert(table).values(**row))
    connection.execute(update(audit_head).values(count=row["number"], hash=row["hash"]))
    return int(row["number"])


def _row(event: Event, number: int, previous: str) -> dict[str, Any]:
    texts = ("session_id", "account", "kind", "run_id", "reason", "reference", "recipient", "marking")
    return {
        "number": number,
        "at": event.at,
        "roles": canonical(sorted(event.roles)),
        "action": event.action,
        "law": LAW[event.action],
        "outcome": event.outcome,
        **{name: clean(getattr(event, name) or "") for name in texts},
        "what": clean(event.what)[:LONGEST_ID],
        "detail": canonical(dict(event.detail)),
        "previous": previous,
    }


@dataclass(frozen=True)
class Entry:
    """A row of the log as it is read: the event, its number, its kind in section 62, and its hash."""

    number: int
    event: Event
    law: Law
    hash: str


@dataclass(frozen=True)
class Page:
    """Some of the rows that were looked for, the newest first.

    Attributes:
        rows: of this page.
        total: rows that fit, on all pages.
        page: 1 = the newest.
        pages: at least 1.
    """

    rows: tuple[Entry, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Wanted:
    """What is looked for in the log; what is empty doesn't matter.

    Attributes:
        who: sign-in name.
        person: whom the entry names: their own page, or a list, file or page on which they stood.
        kind: of what it was about.
        what: its id.
        action: as logged.
        outcome: allowed, refused or failed.
        law: kind in section 62.
        since: from this moment on.
        until: before this moment.
    """

    who: str = ""
    person: str = ""
    kind: str = ""
    what: str = ""
    action: str = ""
    outcome: str = ""
    law: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def search(state: State, wanted: Wanted = Wanted(), page: int = 1, size: int = 50) -> Page:
    """Rows of the log, the newest first; a page beyond the last is the last."""
    filters = _filters(wanted)
    with state.read() as connection:
        total = connection.scalar(select(func.count()).select_from(table).where(*filters)) or 0
        pages = max(1, -(-total // size))
        page = min(max(1, page), pages)
        chosen = select(table).where(*filters).order_by(table.c.number.desc())
        rows = connection.execute(chosen.limit(size).offset((page - 1) * size)).all()
    return Page(tuple(_entry(row) for row in rows), total, page, pages)


def export(state: State, wanted: Wanted = Wanted()) -> Iterator[dict[str, str | int]]:
    """Every row that fits, the oldest first, as flat values for a file; read bit by bit."""
    with state.read() as connection:
        chosen = select(table).where(*_filters(wanted)).order_by(table.c.number)
        with connection.execution_options(yield_per=BATCH).execute(chosen) as rows:
            for row in rows:
                flat = {name: getattr(row, name) for name in (*FIELDS, "hash")}
                yield flat | {"at": iso(row.at), "roles": ", ".join(json.loads(row.roles))}


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    same = {"account": wanted.who, "kind": wanted.kind, "what": wanted.what}
    same |= {"action": wanted.action, "outcome": wanted.outcome, "law": wanted.law}
    filters = [table.c[name] == clean(value) for name, value in same.items() if value]
    if wanted.person:
        named = canonical(clean(wanted.person))
        own = (table.c.kind == "person") & (table.c.what == clean(wanted.person))
        filters.append(own | (func.replace(table.c.detail, named, "") != table.c.detail))  # LIKE minds no capitals
    if wanted.since:
        filters.append(table.c.at >= wanted.since)
    if wanted.until:
        filters.append(table.c.at < wanted.until)
    return filters


def _entry(row: Row[Any]) -> Entry:
    given = {f.name: getattr(row, f.name) for f in dataclasses.fields(Event)}
    given |= {"roles": tuple(json.loads(row.roles)), "detail": json.loads(row.detail)}
    return Entry(row.number, Event(**given), row.law, row.hash)
