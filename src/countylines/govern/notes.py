"""Notes on a person, group, line, record or case, and saved views: a person's own, or shared inside the force.

They are kept apart from source data and never feed a run. Nothing is deleted: a note is withdrawn, and stays in its
history.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Table, or_, select

from countylines.errors import InputError
from countylines.govern.changes import (
    NotThere,
    Who,
    add,
    add_once,
    as_kept,
    change,
    chosen,
    find,
    sought,
    whole,
    written,
)
from countylines.govern.work_schema import work_notes, work_views

Kind = Literal["person", "group", "line", "record", "case"]
KINDS: tuple[Kind, ...] = ("person", "group", "line", "record", "case")
NAME, ADDRESS = 200, 2_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note; ``shared`` = everybody in the force who may see the thing sees it, else its owner only.

    ``run_id``: the run that it was written on, of a group; empty = that wasn't kept.
    """

    note_id: int
    version: int
    kind: Kind
    what_id: str
    text: str
    shared: bool
    owner: str
    at: dt.datetime
    by: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: the address of a page with its filters, inside the dashboard."""

    view_id: int
    version: int
    name: str
    address: str
    shared: bool
    owner: str
    at: dt.datetime
    by: str


@whole
def write_note(
    connection: Connection,
    kind: Kind,
    what_id: str,
    text: str,
    by: Who,
    at: dt.datetime,
    *,
    shared: bool,
    run_id: str | None = None,
) -> int:
    """Write a note; its id, the same for a form that was sent twice.

    Args:
        run_id: the run that a group was seen in: in another one the same id may mean other people.

    Raises:
        InputError: no such kind, nothing named, or nothing written.
    """
    values = {
        "kind": chosen(kind, KINDS, "what the note is on"),
        "what_id": written(what_id, "what the note is on", longest=2 * NAME),
        "text": written(text, "the note"),
        "shared": shared,
        "run_id": run_id,
    }
    written_now = {**values, "owner": by.name, "at": at, "by": by.name, "withdrawn_at": None}
    return add_once(connection, work_notes, written_now, "at", by, at)


@whole
def edit_note(
    connection: Connection, note_id: int, version: int, text: str, by: Who, at: dt.datetime, *, shared: bool
) -> int:
    """Edit one's own note; the new version, with the earlier text in its history.

    Raises:
        InputError: it is somebody else's or withdrawn, or nothing is written.
        Conflict: it was changed since, as in another window.
    """
    _own(connection, work_notes, note_id, by)
    values = {"text": written(text, "the note"), "shared": shared, "at": at, "by": by.name}
    return change(connection, work_notes, note_id, version, values, by, at)


@whole
def withdraw_note(connection: Connection, note_id: int, version: int, by: Who, at: dt.datetime) -> int:
    """Withdraw one's own note: it is shown no more; the new version.

    Raises:
        InputError, Conflict: as :func:`edit_note`.
    """
    _own(connection, work_notes, note_id, by)
    return change(connection, work_notes, note_id, version, {"withdrawn_at": at}, by, at)


def notes(connection: Connection, kind: Kind, what_id: str, reader: Who) -> list[Note]:
    """The notes on a thing that the reader may see (their own and shared ones), the latest first."""
    c = work_notes.c
    mine = or_(c.owner == reader.name, c.shared)
    query = select(work_notes).where(c.kind == kind, c.what_id == sought(what_id), c.withdrawn_at.is_(None), mine)
    return [Note(**as_kept(Note, row)) for row in connection.execute(query.order_by(c.note_id.desc()))]


def notes_on(connection: Connection, kind: Kind, reader: Who) -> list[Note]:
    """The notes on all things of a kind that the reader may see, the latest first."""
    c = work_notes.c
    mine = or_(c.owner == reader.name, c.shared)
    query = select(work_notes).where(c.kind == kind, c.withdrawn_at.is_(None), mine)
    return [Note(**as_kept(Note, row)) for row in connection.execute(query.order_by(c.note_id.desc()))]


def note(connection: Connection, note_id: int, reader: Who) -> Note:
    """One note, withdrawn or not.

    Raises:
        NotThere: there is none, or it is somebody's own.
    """
    row = find(connection, work_notes, note_id)
    if row.owner != reader.name and not row.shared:
        raise NotThere(f"there is no note {note_id}")
    return Note(**as_kept(Note, row))


@whole
def save_view(connection: Connection, name: str, address: str, by: Who, at: dt.datetime, *, shared: bool) -> int:
    """Save the address of a page with its filters under a name; its id.

    Raises:
        InputError: no name, or an address that leaves the dashboard.
    """
    values = {"name": written(name, "the name", longest=NAME), "address": _inside(address), "shared": shared}
    return add(connection, work_views, {**values, "owner": by.name, "at": at, "by": by.name}, by, at)


@whole
def edit_view(
    connection: Connection,
    view_id: int,
    version: int,
    by: Who,
    at: dt.datetime,
    *,
    name: str,
    address: str,
    shared: bool,
) -> int:
    """Edit one's own saved view; the new version.

    Raises:
        InputError: it is somebody else's or withdrawn, no name, or an address that leaves the dashboard.
        Conflict: it was changed since.
    """
    _own(connection, work_views, view_id, by)
    values = {"name": written(name, "the name", longest=NAME), "address": _inside(address), "shared": shared}
    return change(connection, work_views, view_id, version, {**values, "at": at, "by": by.name}, by, at)


@whole
def withdraw_view(connection: Connection, view_id: int, version: int, by: Who, at: dt.datetime) -> int:
    """Withdraw one's own saved view; the new version.

    Raises:
        InputError, Conflict: as :func:`edit_view`.
    """
    _own(connection, work_views, view_id, by)
    return change(connection, work_views, view_id, version, {"withdrawn_at": at}, by, at)


def views(connection: Connection, reader: Who) -> list[View]:
    """The saved views that the reader may see: their own and shared ones, by name."""
    c = work_views.c
    query = select(work_views).where(c.withdrawn_at.is_(None), or_(c.owner == reader.name, c.shared))
    return [View(**as_kept(View, row)) for row in connection.execute(query.order_by(c.name, c.view_id))]


def _own(connection: Connection, table: Table, key: int, by: Who) -> None:
    row = find(connection, table, key)
    if row.owner != by.name:
        raise InputError(f"this is {row.owner}'s", "make one of your own")
    if row.withdrawn_at is not None:
        raise InputError("it was withdrawn", "make a new one")


def _inside(address: str) -> str:
    """A path of the dashboard with its query.

    Example:
        >>> _inside("/groups?area=Saltmere")
        '/groups?area=Saltmere'
    """
    plain = written(address, "the address", longest=ADDRESS)
    if not plain.startswith("/") or plain.startswith("//") or "\\" in plain:  # browsers read // and \ as a host
        raise InputError("the address leaves the dashboard", "save a page of the dashboard, as /groups?area=Saltmere")
    return plain
