"""Notes on a person, group, line or record: one's own, or shared inside the force; kept apart from source data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit, notes
from countylines.govern.changes import Conflict, NotThere, sought
from countylines.web import group, lines, person, records, tasking
from countylines.web.access import Missing, Refused, Visit, needs
from countylines.web.render import quoted
from countylines.web.sent import number, said
from countylines.web.signin import inside

router = APIRouter(include_in_schema=False)

Find = Callable[[Visit, str], Any]
ON: Mapping[str, tuple[str, str, Find]] = {
    "person": ("see_people", "/people/", person.known),
    "group": ("see_group", "/groups/", group.found_group),
    "line": ("see_lines", "/lines/", lines.found_line),
    "record": ("see_people", "/records/", records.known),
}
"""What a note is on: the action that sees it, its page, and what finds it for this person or refuses."""


@router.post("/notes")
def write(visit: Visit = needs("write_note")) -> Response:
    """Write a note."""
    kind, what = str(visit.form.get("kind", "")), str(visit.form.get("what", ""))
    where(visit, kind, what)
    typed, shared = _typed(visit)

    def act(connection: Connection) -> int:
        on = cast(notes.Kind, kind)
        run = visit.reader.name if kind == "group" else None  # elsewhere the same id may mean other people
        return notes.write_note(connection, on, what, typed, visit.who.account, visit.now, shared=shared, run_id=run)

    return _changed(visit, kind, what, act, "written")


@router.post("/notes/{note_id}")
def edit(note_id: int, visit: Visit = needs("write_note")) -> Response:
    """Edit one's own note."""
    kind, what = _of(visit, note_id)
    typed, shared = _typed(visit)
    version = number(visit.form.get("version"))

    def act(connection: Connection) -> int:
        return notes.edit_note(connection, note_id, version, typed, visit.who.account, visit.now, shared=shared)

    return _changed(visit, kind, what, act, "edited", note_id)


@router.post("/notes/{note_id}/withdraw")
def withdraw(note_id: int, visit: Visit = needs("write_note")) -> Response:
    """Withdraw one's own note: it is shown no more, and stays in its history."""
    kind, what = _of(visit, note_id)
    version = number(visit.form.get("version"))

    def act(connection: Connection) -> int:
        return notes.withdraw_note(connection, note_id, version, visit.who.account, visit.now)

    return _changed(visit, kind, what, act, "withdrawn", note_id)


def notes_of(visit: Visit, kind: str, what: str) -> list[notes.Note] | None:
    """The notes on a thing that this person may read; None where names are covered, since notes may hold them."""
    if visit.covered or kind not in ON or not visit.can(ON[kind][0]):
        return None
    with visit.house.state.read() as connection:
        if kind != "group":
            return notes.notes(connection, cast(notes.Kind, kind), what, visit.who.account)
        every = notes.notes_on(connection, "group", visit.who.account)
    at = tasking.notes_at(visit, every)
    return [note for note in every if at.get(note.note_id) == what]


def others_of(visit: Visit, kind: str, what: str) -> int:
    """How many notes were written on a group of this id in another run, on other people: tasking lists them."""
    if kind != "group" or not visit.can("see_tasking"):
        return 0
    return sum(note.what_id == what for note in tasking.gone_notes(visit))


def where(visit: Visit, kind: str, what: str) -> str:
    """The page of what a note is on.

    Raises:
        Missing: there is no such thing.
        Refused: this person may not see it, or its names are covered.
    """
    if kind not in ON:
        raise Missing("A note can't be on that", "Write it on a person, group, line or record.")
    action, path, find = ON[kind]
    visit.must(action)
    if visit.covered:
        raise Refused("write_note")
    find(visit, what)
    return path + quoted(what, safe=":")


def _of(visit: Visit, note_id: int) -> tuple[str, str]:
    """What a note is on: what the form says must be the note's own, and this person must still see it.

    Raises:
        Missing: there is no such note on that.
        Refused: this person may not see it, or its names are covered.
    """
    kind, what = str(visit.form.get("kind", "")), str(visit.form.get("what", ""))
    where(visit, kind, what)
    try:
        with visit.house.state.read() as connection:
            found = notes.note(connection, note_id, visit.who.account)
    except NotThere as error:
        raise _gone() from error
    if (found.kind, found.what_id) != (kind, sought(what)):
        raise _gone()
    return kind, what


def _gone() -> Missing:
    return Missing("There is no such note", "It may have been withdrawn.")


def _typed(visit: Visit) -> tuple[str, bool]:
    return str(visit.form.get("text", "")), visit.form.get("shared") == "1"


def _changed(
    visit: Visit, kind: str, what: str, act: Callable[[Connection], int], step: str, note_id: int | None = None
) -> Response:
    """Do it and log it in one transaction, then back to the page; what couldn't be kept comes back as it was typed."""
    back = inside(str(visit.form.get("back", ""))) if visit.form.get("back") else where(visit, kind, what)
    try:
        with visit.house.state.begin() as connection:
            made = act(connection)
            event = visit.event(kind, what, note=made if note_id is None else note_id, step=step)
            audit.record(connection, event)
    except NotThere as error:
        raise _gone() from error
    except Conflict as conflict:
        return _again(visit, kind, what, back, 409, note_id, str(conflict), conflict.version)
    except InputError as error:
        return _again(visit, kind, what, back, 400, note_id, said(error), number(visit.form.get("version")))
    return RedirectResponse(back.partition("#")[0] + "#notes", 303)


def _again(
    visit: Visit, kind: str, what: str, back: str, status: int, note_id: int | None, error: str, version: int
) -> Response:
    """The form again, with what was typed."""
    typed, shared = _typed(visit)
    about = {"kind": kind, "what": what, "back": back, "note_id": note_id, "version": version}
    return visit.page("notes.html.j2", status, **about, typed=typed, is_shared=shared, error=error)
