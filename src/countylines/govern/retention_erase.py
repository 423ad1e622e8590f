"""Erasing what is due: proposed by one administrator, confirmed by another, done whole or not at all, and logged.

The entry of the log (Data Protection Act 2018, section 62: erasure) is written in the same transaction by whoever
calls :func:`confirm` or :func:`purge`; it tells kind, number and ids, never what was erased. The log itself is
append-only and is not erased here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, select

from countylines.errors import InputError
from countylines.govern.changes import NAMES, Who, add, as_kept, chosen, find, put, same_person, take, whole, written
from countylines.govern.retention import OF, Kind, Thing, held_of, things
from countylines.govern.retention_file import Periods
from countylines.govern.retention_schema import retention_erasures
from countylines.govern.schema import record_reasons
from countylines.govern.state import State
from countylines.govern.work_schema import (
    work_case_answers,
    work_case_calls,
    work_case_steps,
    work_documents,
    work_history,
    work_notes,
)

PROPOSED, ERASED, WITHDRAWN = "proposed", "erased", "withdrawn"
LOT = 200  # things in one proposal, and ids in one entry of the log
FEW = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Erasure:
    """What somebody proposed to erase, and what became of it."""

    erasure_id: int
    version: int
    kind: str
    ids: tuple[str, ...]
    reason: str
    status: str
    proposed_at: dt.datetime
    proposed_by: str
    ended_at: dt.datetime | None
    ended_by: str | None
    end_reason: str | None


@whole
def propose(
    connection: Connection, kind: str, ids: Collection[str], reason: str, periods: Periods, by: Who, at: dt.datetime
) -> int:
    """Propose to erase some things that are due; the proposal's id. Nothing is erased until a second person confirms.

    Raises:
        InputError: none or too many are named, one isn't due or can't be erased, or it waits in another proposal.
    """
    chosen(kind, [name for name, of in OF.items() if of.two], "kind")
    named = tuple(dict.fromkeys(ids))
    if not named:
        raise InputError("nothing is chosen", "choose what to erase", field="things")
    if len(named) > LOT:
        raise InputError(f"{len(named)} are chosen", f"choose at most {LOT} at a time", field="things")
    erasable(connection, kind, named, periods, at.date())
    waiting = {one for each in erasures(connection, PROPOSED) if each.kind == kind for one in each.ids}
    if again := waiting & set(named):
        raise InputError(f"{_listed(again)} wait for a second person already", "leave them out", field="things")
    values = {
        "kind": kind,
        "ids": list(named),
        "reason": written(reason, "the reason", longest=2_000),
        "status": PROPOSED,
        "proposed_at": at,
        "proposed_by": by.name,
        "proposed_account": by.account_id,
    }
    return add(connection, retention_erasures, values, by, at)


@whole
def confirm(
    connection: Connection, erasure_id: int, version: int, periods: Periods, by: Who, at: dt.datetime
) -> Erasure:
    """Confirm another person's proposal and erase: every thing that it names, or none.

    Raises:
        InputError: it is one's own or waits for nobody, or one of its things isn't due any more or can't be erased.
        Conflict: somebody changed it since.
    """
    row = _waiting(connection, erasure_id, version)
    if same_person(by, row.proposed_account, row.proposed_by):
        raise InputError("nobody confirms their own proposal", "ask a second administrator")
    of = OF[row.kind]
    keys: list[Any] = [int(key) for key in row.ids] if of.numbered else list(row.ids)
    connection.execute(select(of.key).where(of.key.in_(keys)).with_for_update())  # nobody changes them meanwhile
    erasable(connection, row.kind, row.ids, periods, at.date())
    _erase(connection, of, row.ids)
    put(connection, retention_erasures, row, {"status": ERASED, "ended_at": at, "ended_by": by.name}, by, at)
    return erasure(connection, erasure_id)


@whole
def withdraw(connection: Connection, erasure_id: int, version: int, reason: str, by: Who, at: dt.datetime) -> int:
    """Withdraw or refuse a proposal and say why: nothing is erased. The new version.

    Raises:
        InputError, Conflict: it waits for nobody, doesn't say why; somebody changed it since.
    """
    row = _waiting(connection, erasure_id, version)
    why = written(reason, "the reason", longest=2_000)
    values = {"status": WITHDRAWN, "ended_at": at, "ended_by": by.name, "end_reason": why}
    return put(connection, retention_erasures, row, values, by, at)


@whole
def purge(connection: Connection, kind: str, periods: Periods, today: dt.date) -> list[str]:
    """Erase what is due of a kind for which one person is enough, the oldest :data:`LOT` first; their ids.

    Raises:
        InputError: the kind needs two people, or nothing of it is due.
    """
    chosen(kind, [name for name, of in OF.items() if not of.two], "kind")
    ids = [one.id for one in due(connection, kind, periods, today)][:LOT]
    if not ids:
        raise InputError("nothing is due", "look again when the period has passed", field="things")
    _erase(connection, OF[kind], ids)
    return ids


def due(connection: Connection, kind: str, periods: Periods, today: dt.date) -> list[Thing]:
    """What of a kind is due for review and can be erased, the oldest first."""
    return [one for one in things(connection, kind, periods, today) if one.is_due(today) and not one.kept]


def erasable(connection: Connection, kind: str, ids: Sequence[str], periods: Periods, today: dt.date) -> None:
    """Refuse unless each thing is there, its period has passed, and nothing stands against erasing it.

    Raises:
        InputError: it names what isn't so, and why.
    """
    found = {one.id: one for one in things(connection, kind, periods, today)}
    on_case = _held_notes(connection) if kind == "cases" else {}
    wrong = []
    for key in ids:
        one = found.get(key)
        if one is None:
            wrong.append(f"{key} isn't there")
        elif one.kept or key in on_case:
            wrong.append(f"{key} can't be erased ({one.kept or on_case[key]})")
        elif not one.is_due(today):
            wrong.append(f"{key} isn't due before {one.due}")
    if wrong:
        raise InputError(f"nothing was erased: {'; '.join(wrong[:5])}", "choose without these", field="things")


def erasures(connection: Connection, status: str) -> list[Erasure]:
    """Proposals in a state, the latest first."""
    c = retention_erasures.c
    query = select(retention_erasures).where(c.status == status).order_by(c.erasure_id.desc())
    return [_told(row) for row in connection.execute(query)]


def erasure(connection: Connection, erasure_id: int) -> Erasure:
    """One proposal; NotThere if there is none."""
    return _told(find(connection, retention_erasures, erasure_id))


def settle(state: State) -> None:
    """After an erasure: nothing of it stays in SQLite's journal. PostgreSQL clears such pages by itself, in time."""
    if state.engine.dialect.name != "sqlite":
        return
    raw = state.engine.raw_connection()  # a checkpoint can't be made inside a transaction
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _held_notes(connection: Connection) -> dict[str, str]:
    """Cases with a note on them that is under a hold, and why."""
    held = held_of(connection, "notes")
    rows = connection.execute(select(work_notes.c.note_id, work_notes.c.what_id).where(work_notes.c.kind == "case"))
    return {
        row.what_id: f"a note on it is {held.get(str(row.note_id), held.get(None))}"
        for row in rows
        if str(row.note_id) in held or None in held
    }


def _erase(connection: Connection, of: Kind, ids: Sequence[str]) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what was there is overwritten, not only let go
    for some in _lots(ids):
        keys: list[Any] = [int(key) for key in some] if of.numbered else list(some)
        if of.name == "sessions":
            _delete(connection, record_reasons, record_reasons.c.session_id.in_(keys))
        if of.name == "cases":
            _delete(connection, work_notes, (work_notes.c.kind == "case") & work_notes.c.what_id.in_(some))
            for part in (work_documents, work_case_calls, work_case_answers, work_case_steps):
                _delete(connection, part, part.c.case_id.in_(keys))
        _delete(connection, of.table, of.key.in_(keys))


def _delete(connection: Connection, table: Table, where: ColumnElement[bool]) -> None:
    """Delete rows, and their history if they have one."""
    if table.name in NAMES:
        keys = select(table.primary_key.columns[0]).where(where)
        c = work_history.c
        connection.execute(delete(work_history).where(c.what == table.name, c.what_id.in_(keys)))
    connection.execute(delete(table).where(where))


def _lots(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), FEW):
        yield ids[start : start + FEW]


def _waiting(connection: Connection, erasure_id: int, version: int) -> Row[Any]:
    row = take(connection, retention_erasures, erasure_id, version)
    if row.status != PROPOSED:
        raise InputError(f"this proposal is {row.status}", "it waits for nobody")
    return row


def _told(row: Row[Any]) -> Erasure:
    return Erasure(**{**as_kept(Erasure, row), "ids": tuple(row.ids)})


def _listed(ids: Collection[str]) -> str:
    return ", ".join(sorted(ids)[:5])
