"""Tasking: groups adopted or declined for intelligence development, with why, lead, review date and result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit, notes
from countylines.govern import tasking as store
from countylines.govern.changes import Change, Conflict
from countylines.govern.notes import Note
from countylines.govern.tasking import DECISIONS, Tasking
from countylines.web.access import Visit, needs
from countylines.web.continued import About, members_of, now_at
from countylines.web.group import found_group
from countylines.web.group_rows import GroupRow, group_rows, touching
from countylines.web.groups import own_areas
from countylines.web.sent import number, said

router = APIRouter(include_in_schema=False)

SHOWN = {"": "All", "adopted": "Adopted", "declined": "Declined", "due": "Review due", "mine": "Led by me"}
FIELDS = ("decision", "why", "lead", "review_on", "result")


@dataclass(frozen=True)
class Tasked:
    """A group with what was decided on it.

    Attributes:
        row: the group that carries it on in this run; None = it is gone, even if other people have its id now.
        due: its review date has come.
    """

    tasking: Tasking
    row: GroupRow | None
    due: bool
    history: Sequence[Change]

    @property
    def called(self) -> str:
        """The group, as it is called."""
        return self.row.called if self.row else self.tasking.called

    @property
    def anchor(self) -> str:
        """Where it stands on the page."""
        return self.row.group_id if self.row else f"gone-{self.tasking.tasking_id}"


@dataclass(frozen=True)
class TaskingForm:
    """What a group's form of tasking shows.

    Attributes:
        tasking: what was decided last; None = nothing yet.
        version: of what is shown; 0 = nothing was decided.
        may: whether this person may decide.
    """

    group_id: str
    called: str
    tasking: Tasking | None
    version: int
    due: bool
    history: Sequence[Change]
    may: bool


@router.get("/tasking")
def tasking(visit: Visit = needs("see_tasking"), only: str = "") -> Response:
    """The groups on which something was decided, what is due on top."""
    decided = tasked(visit)
    every = [one for one in decided if one.row]
    only = only if only in SHOWN else ""
    rows = [one for one in every if fits(visit, one, only)]
    visit.log("tasking", only)
    return visit.page(
        "tasking.html.j2",
        rows=rows,
        every=len(every),
        due=[one for one in every if one.due],
        only=only,
        choices={name: (label, sum(fits(visit, one, name) for one in every)) for name, label in SHOWN.items()},
        undecided=_undecided(visit, every),
        ranked=sum(row.place is not None for row in group_rows(visit.reader)),
        gone=[one for one in decided if not one.row],
        notes=gone_notes(visit),
    )


@router.post("/tasking")
def decide(visit: Visit = needs("work_tasking")) -> Response:
    """Adopt or decline a group, for the first time or anew."""
    row = _group(visit)
    sent = _sent(visit)

    def act(connection: Connection) -> int:
        before = _on(visit, row, store.taskings(connection))
        if before is None:
            store.put_aside(connection, row.group_id, visit.who.account, visit.now)
        return store.decide(
            connection,
            row.group_id,
            number(visit.form.get("version")),
            cast(store.Decision, sent["decision"] if sent["decision"] in DECISIONS else ""),
            visit.who.account,
            visit.now,
            why=sent["why"],
            run_id=visit.reader.name,
            lead=sent["lead"],
            review_on=_date(sent["review_on"]),
            members=members_of(visit.reader).get(row.group_id, frozenset()),
            goes_on=before.tasking_id if before else None,
        )

    return _changed(visit, row, act, "decide")


@router.post("/tasking/result")
def result(visit: Visit = needs("work_tasking")) -> Response:
    """Record what came of it, and when to look again."""
    row = _group(visit)
    sent = _sent(visit)

    def act(connection: Connection) -> int:
        version = number(visit.form.get("version"))
        review_on = _date(sent["review_on"])
        before = _on(visit, row, store.taskings(connection))
        of = before.group_id if before else ""
        return store.record_result(
            connection, of, version, sent["result"], visit.who.account, visit.now, review_on=review_on
        )

    return _changed(visit, row, act, "result")


def tasking_of(visit: Visit, row: GroupRow) -> TaskingForm | None:
    """What the form on a group's page shows; None for those who may not see tasking."""
    if not visit.can("see_tasking"):
        return None
    with visit.house.state.read() as connection:
        made = _on(visit, row, store.taskings(connection))
        history = store.tasking_history(connection, made.group_id) if made else []
    due = made is not None and made.review_due(visit.now.date())
    version = made.version if made else 0
    return TaskingForm(row.group_id, row.called, made, version, due, history, visit.can("work_tasking"))


def tasked(visit: Visit) -> list[Tasked]:
    """All that was decided, what is due first on top; somebody with own areas sees what touches these, and of groups
    that are gone what they decided or lead themselves."""
    rows = {row.group_id: row for row in group_rows(visit.reader)}
    areas, me, today = own_areas(visit), visit.who.account.name, visit.now.date()
    seen = {row.group_id for row in touching(rows.values(), areas)}
    with visit.house.state.read() as connection:
        every = store.taskings(connection)
        at = _where(visit, every)
        return [
            Tasked(one, rows.get(at.get(one.tasking_id, "")), one.review_due(today), history)
            for one in every
            if (at[one.tasking_id] in seen if one.tasking_id in at else not areas or one.by == me or led_by(visit, one))
            for history in [store.tasking_history(connection, one.group_id)]
        ]


def led_by(visit: Visit, one: Tasking) -> bool:
    """Whether the person leads work on an adopted group: by sign-in name, or as pages show it."""
    account = visit.who.account
    return one.decision == "adopted" and (one.lead or "").casefold() in (
        account.name.casefold(),
        account.display_name.casefold(),
    )


def fits(visit: Visit, one: Tasked, only: str) -> bool:
    """Whether a decision is among those asked for."""
    kinds: Mapping[str, bool] = {"due": one.due, "mine": led_by(visit, one.tasking)}
    return kinds.get(only, only in ("", one.tasking.decision))


def gone_notes(visit: Visit) -> list[Note]:
    """The notes on groups that this run doesn't carry on; of somebody with own areas only their own."""
    if visit.covered or not visit.can("see_group"):
        return []
    with visit.house.state.read() as connection:
        every = notes.notes_on(connection, "group", visit.who.account)
    at = notes_at(visit, every)
    narrow, me = bool(own_areas(visit)), visit.who.account.name
    return [note for note in every if note.note_id not in at and (note.owner == me or not narrow)]


def notes_at(visit: Visit, every: Sequence[Note]) -> dict[int, str]:
    """The group of this run that each note on a group is about now."""
    about = [About(one.note_id, one.what_id, one.run_id or "") for one in every]
    return now_at(visit.house.shelf, visit.reader, about)


def _where(visit: Visit, every: Sequence[Tasking]) -> dict[int, str]:
    """The group of this run that each decision is on now."""
    about = [About(one.tasking_id, one.group_then, one.run_id, frozenset(one.members)) for one in every]
    return now_at(visit.house.shelf, visit.reader, about)


def _on(visit: Visit, row: GroupRow, every: Sequence[Tasking]) -> Tasking | None:
    """What was decided on this group last; of several the latest."""
    at = _where(visit, every)
    own = [one for one in every if at.get(one.tasking_id) == row.group_id]
    return max(own, key=lambda one: one.at, default=None)


def _undecided(visit: Visit, every: Sequence[Tasked]) -> list[GroupRow]:
    """The groups on which nobody has decided, by priority."""
    decided = {one.row.group_id for one in every if one.row}
    seen = touching(group_rows(visit.reader), own_areas(visit))
    return [row for row in seen if row.place and row.group_id not in decided]


def _group(visit: Visit) -> GroupRow:
    return found_group(visit, str(visit.form.get("group", "")))


def _sent(visit: Visit) -> dict[str, str]:
    return {name: str(visit.form.get(name, "")) for name in FIELDS}


def _date(typed: str) -> dt.date | None:
    """The day that was typed; None = none.

    Raises:
        InputError: that is no day.
    """
    if not typed.strip():
        return None
    try:
        return dt.date.fromisoformat(typed.strip())
    except ValueError:
        raise InputError("the review date is no day", "write it as 2026-12-31", field="review_on") from None


def _changed(visit: Visit, row: GroupRow, act: Callable[[Connection], int], form: str) -> Response:
    """Do it and log it in one transaction; what couldn't be kept comes back as it was typed, beside what is there."""
    try:
        with visit.house.state.begin() as connection:
            version = act(connection)
            decision = _sent(visit)["decision"][:40]  # a result's form has none, whatever is sent
            event = visit.event("group", row.group_id, step=form, decision=decision, version=version)
            audit.record(connection, event)
    except Conflict as conflict:
        said_so = "Somebody decided on this group while you had it open: nothing of yours was saved yet"
        errors = {"tasking-why" if form == "decide" else "tasking-result": said_so}
        return _again(visit, row, form, 409, errors, conflict.changes)
    except InputError as error:
        return _again(visit, row, form, 400, {_field(error, form): said(error)}, ())
    return RedirectResponse(visit.url("/tasking") + f"#{row.group_id}", 303)


def _field(error: InputError, form: str) -> str:
    """The anchor of the field that an error belongs to."""
    fields = {"review": "review_on", "lead": "lead", "decision": "decision"} if form == "decide" else {"review": "next"}
    told = error.what.casefold()
    usual = "why" if form == "decide" else "result"
    return "tasking-" + next((field for word, field in fields.items() if word in told), usual)


def _again(
    visit: Visit, row: GroupRow, form: str, status: int, errors: dict[str, str], since: Sequence[Change]
) -> Response:
    context: dict[str, Any] = {"errors": errors, "sent": _sent(visit), "since": since, "form": form}
    return visit.page("tasking_again.html.j2", status, row=row, tasking_form=tasking_of(visit, row), **context)
