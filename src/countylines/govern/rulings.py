"""Rulings, "this is wrong": proposed by one person, confirmed by another, in force from the next run on, reversible.

They go out as the extracts table ``decisions`` (METHOD 1), which ``countylines run`` reads and applies; see
:mod:`countylines.govern.decisions_file`. A ruling is never overwritten: it is refused or withdrawn, with who and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, select

from countylines.errors import InputError
from countylines.govern.changes import (
    LAST,
    Who,
    add,
    as_kept,
    chosen,
    find,
    not_past,
    put,
    same_person,
    sought,
    take,
    whole,
    written,
)
from countylines.govern.work_schema import work_rulings
from countylines.tables import DECISIONS, UNRANKED

WITHDRAWING = ("not county lines", "wrong person")
NO_SIGN = "no sign of exploitation"
BY_SAFEGUARDING = (NO_SIGN, UNRANKED)
"""Of the two people one must have the safeguarding role: the first releases a held person, the second puts an adult who
is both victim and suspect on the separate list of people who aren't ranked."""
PROTECTING = (UNRANKED, "victim not offender")
"""While they are in force they may keep somebody from being ranked: one person alone can't end them either."""
SAFEGUARDING = "safeguarding"
PROPOSED, CONFIRMED, REFUSED, WITHDRAWN = "proposed", "confirmed", "refused", "withdrawn"
STATUSES = (PROPOSED, CONFIRMED, REFUSED, WITHDRAWN)
ID = 400
LONGEST = dt.timedelta(days=731)  # until somebody must look again: a ruling that never ends is no ruling
RENEWED = dt.timedelta(days=30)  # before its end the same may be proposed anew, so that none lapses in between


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit that is ruled on: group, term, and its place in the record's text, in code points."""

    group: str
    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed.

    Attributes:
        decision: one of ``DECISIONS``.
        reason: why, in a sentence.
        review_by: the day on which it ends unless it is renewed; later than today.
        nominal_id, record_id: the person, the record, or the person in that record.
        hit: the hit that led to it, a detail of a ruling on its record.
    """

    decision: str
    reason: str
    review_by: dt.date
    nominal_id: str | None = None
    record_id: str | None = None
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling and what became of it."""

    ruling_id: int
    version: int
    status: str
    decision: str
    nominal_id: str | None
    record_id: str | None
    hit: Hit | None
    reason: str
    review_by: dt.date
    proposed_by: str
    proposed_at: dt.datetime
    safeguarding: bool
    confirmed_by: str | None
    confirmed_at: dt.datetime | None
    ended_by: str | None
    ended_at: dt.datetime | None
    end_reason: str | None
    asked_by: str | None
    asked_at: dt.datetime | None
    asked_why: str | None

    def leaving(self, on: dt.date) -> bool:
        """Whether somebody asked for its withdrawal, and a second person hasn't yet agreed; it is still in force."""
        return self.asked_by is not None and self.state(on) == CONFIRMED

    @property
    def about(self) -> tuple[str | None, str | None, str, Hit | None]:
        """What it says of whom or what: rulings that agree in this are the same, made at different times."""
        return self.nominal_id, self.record_id, self.decision, self.hit

    def at_end(self, on: dt.date) -> bool:
        """Whether it was confirmed and ends within 30 days or has ended, and nobody asked for its withdrawal."""
        return self.status == CONFIRMED and self.review_by <= on + RENEWED and self.asked_by is None

    def state(self, on: dt.date) -> str:
        """Its status on a day: a confirmed one is *expired* from its review date on."""
        return "expired" if self.status == CONFIRMED and self.review_by <= on else self.status


@whole
def propose(connection: Connection, proposal: Proposal, by: Who, at: dt.datetime) -> int:
    """Propose a ruling; its id. It does nothing until a second person confirms it.

    Raises:
        InputError: it names neither person nor record, not what its kind needs, has no reason, or its review date isn't
            later than today; or the same ruling is proposed already, or in force for longer than the next 30 days.
    """
    person, record = _subject(proposal)
    not_past(proposal.review_by, at)
    if proposal.review_by > at.date() + LONGEST:
        raise InputError("the review date is more than two years away", "choose an earlier day", field="review_by")
    there = [one for one in rulings(connection, nominal_id=person, record_id=record) if _same(one, proposal, at.date())]
    if there:
        said = f"the same ruling is {there[0].status} already, by {there[0].proposed_by}"
        raise InputError(said, f"look at ruling {there[0].ruling_id}")
    hit = proposal.hit
    values: dict[str, Any] = {
        "nominal_id": person,
        "record_id": record,
        "decision": proposal.decision,
        "group": written(hit.group, "the hit's group", longest=200) if hit else None,
        "term": written(hit.term, "the hit's term") if hit else None,
        "start": hit.start if hit else None,
        "end": hit.end if hit else None,
        "reason": written(proposal.reason, "the reason"),
        "review_by": proposal.review_by,
        "status": PROPOSED,
        "proposed_at": at,
        "proposed_by": by.name,
        "proposed_account": by.account_id,
        "safeguarding": SAFEGUARDING in by.roles,
    }
    return add(connection, work_rulings, values, by, at)


@whole
def renew(connection: Connection, ruling_id: int, reason: str, review_by: dt.date, by: Who, at: dt.datetime) -> int:
    """Propose a ruling anew that ends soon or has ended, until a later day; the new one's id.

    A second person confirms it as any other; until then the old one holds to its own date. What it is about needn't be
    in the latest run, which it may have been set aside from.

    Raises:
        InputError: it isn't at its end, somebody asked to withdraw it, or as :func:`propose`.
    """
    one = ruling(connection, ruling_id)
    if not one.at_end(at.date()):
        said = f"ruling {ruling_id} can't be renewed now: it is {one.state(at.date())} until {one.review_by}"
        raise InputError(said, f"one in force can be renewed from {RENEWED.days} days before its end on")
    if review_by <= one.review_by:
        raise InputError(f"it holds until {one.review_by} already", "choose a later day", field="review_by")
    return propose(
        connection, Proposal(one.decision, reason, review_by, one.nominal_id, one.record_id, one.hit), by, at
    )


@whole
def confirm(
    connection: Connection, ruling_id: int, version: int, by: Who, at: dt.datetime, *, guarded: bool = True
) -> int:
    """Confirm another person's proposal: it is in force from the next run on. The new version.

    Args:
        guarded: whether what it sets aside is of somebody protected or held, whom that could release; unknown = yes.

    Raises:
        InputError: it is one's own, isn't waiting any more, its review date has come, or neither of the two people has
            the safeguarding role although the ruling needs it.
        Conflict: somebody changed it since.
    """
    row = _waiting(connection, ruling_id, version)
    if same_person(by, row.proposed_account, row.proposed_by):
        raise InputError("nobody confirms their own proposal", "ask a second person")
    if row.review_by <= at.date():
        raise InputError(f"its review date {row.review_by} has come", "propose it anew with a later day")
    releases = row.decision in BY_SAFEGUARDING or (guarded and row.decision in WITHDRAWING)
    if releases and not (row.safeguarding or SAFEGUARDING in by.roles):
        said = f"one of the two people must have the safeguarding role for {row.decision!r}"
        raise InputError(said, "ask a safeguarding officer to confirm it")
    values = {"status": CONFIRMED, "confirmed_at": at, "confirmed_by": by.name, "confirmed_account": by.account_id}
    return put(connection, work_rulings, row, values, by, at)


@whole
def refuse(connection: Connection, ruling_id: int, version: int, reason: str, by: Who, at: dt.datetime) -> int:
    """Refuse a proposal and say why; the new version.

    Raises:
        InputError, Conflict: it isn't waiting, doesn't say why; somebody changed it since.
    """
    row = _waiting(connection, ruling_id, version)
    return _end(connection, row, REFUSED, reason, by, at)


@whole
def withdraw(connection: Connection, ruling_id: int, version: int, reason: str, by: Who, at: dt.datetime) -> int:
    """Withdraw a ruling, confirmed or proposed, and say why: the next run is without it. The new version.

    One that may protect somebody stays in force until :func:`agree`.

    Raises:
        InputError, Conflict: it is over already, doesn't say why; somebody changed it since.
    """
    row = take(connection, work_rulings, ruling_id, version)
    if (state := _ruling(row).state(at.date())) not in (PROPOSED, CONFIRMED):
        raise InputError(f"ruling {ruling_id} is {state}", "there is nothing to withdraw")
    if state != CONFIRMED or row.decision not in PROTECTING:
        return _end(connection, row, WITHDRAWN, reason, by, at)
    if row.asked_by:
        raise InputError(f"{row.asked_by} asked for that already", "a safeguarding officer agrees, or keeps it")
    why = written(reason, "the reason")
    asked = {"asked_at": at, "asked_by": by.name, "asked_account": by.account_id, "asked_why": why}
    return put(connection, work_rulings, row, asked, by, at)


@whole
def agree(connection: Connection, ruling_id: int, version: int, by: Who, at: dt.datetime) -> int:
    """Agree, for safeguarding, to a withdrawal that somebody else asked for: the ruling is over. The new version.

    Raises:
        InputError, Conflict: nobody asked, one asked oneself, isn't of safeguarding; somebody changed it since.
    """
    row = _leaving(connection, ruling_id, version, at.date())
    if same_person(by, row.asked_account, row.asked_by):
        raise InputError("nobody agrees to what they asked for themselves", "ask a safeguarding officer")
    if SAFEGUARDING not in by.roles:
        raise InputError("it may protect somebody", "ask a safeguarding officer to agree")
    return _end(connection, row, WITHDRAWN, row.asked_why, by, at)


@whole
def keep(connection: Connection, ruling_id: int, version: int, by: Who, at: dt.datetime) -> int:
    """Don't withdraw a ruling after all; the new version.

    Raises:
        InputError, Conflict: nobody asked for its withdrawal; somebody changed it since.
    """
    row = _leaving(connection, ruling_id, version, at.date())
    nothing = dict.fromkeys(("asked_at", "asked_by", "asked_account", "asked_why"))
    return put(connection, work_rulings, row, nothing, by, at)


def rulings(
    connection: Connection,
    *,
    nominal_id: str | None = None,
    record_id: str | None = None,
    statuses: Collection[str] = STATUSES,
) -> list[Ruling]:
    """Rulings, all or on a person or record, the latest first."""
    query = select(work_rulings).where(work_rulings.c.status.in_(statuses))
    if nominal_id is not None:
        query = query.where(work_rulings.c.nominal_id == sought(nominal_id))
    if record_id is not None:
        query = query.where(work_rulings.c.record_id == sought(record_id))
    return [_ruling(row) for row in connection.execute(query.order_by(work_rulings.c.ruling_id.desc()))]


def ending(every: Collection[Ruling], on: dt.date) -> list[Ruling]:
    """Of these rulings those to renew: at their end, and the same isn't proposed or in force until a later day."""
    until: dict[Any, dt.date] = {}
    for one in every:
        if one.status in (PROPOSED, CONFIRMED):
            until[one.about] = max(one.review_by, until.get(one.about, one.review_by))
    return [one for one in every if one.at_end(on) and one.review_by == until[one.about]]


def ruling(connection: Connection, ruling_id: int) -> Ruling:
    """One ruling; NotThere if there is none."""
    return _ruling(find(connection, work_rulings, ruling_id))


def in_force(connection: Connection, on: dt.date, decisions: Collection[str] = DECISIONS) -> list[Ruling]:
    """The confirmed rulings of these kinds whose review date is later than ``on``, the earliest first."""
    c = work_rulings.c
    query = select(work_rulings).where(c.status == CONFIRMED, c.review_by > on, c.decision.in_(decisions))
    return [_ruling(row) for row in connection.execute(query.order_by(c.ruling_id))]


def unranked(connection: Connection, on: dt.date) -> pl.DataFrame:
    """The separate list: adults who are both victim and suspect, by nominal_id, without any order of importance.

    Returns:
        ``nominal_id``, ``reason``, ``review_by``, ``ruling_id``.
    """
    found = sorted(in_force(connection, on, (UNRANKED,)), key=lambda one: one.review_by)
    latest = {one.nominal_id: one for one in found}  # a renewed one stands once
    rows = [(one.nominal_id, one.reason, one.review_by, one.ruling_id) for one in latest.values()]
    schema = {"nominal_id": pl.String, "reason": pl.String, "review_by": pl.Date, "ruling_id": pl.Int64}
    return pl.DataFrame(rows, schema, orient="row").sort("nominal_id")


def _subject(proposal: Proposal) -> tuple[str | None, str | None]:
    """Person and record, as the kind needs them."""
    kind = chosen(proposal.decision, DECISIONS, "the decision")
    person = written(proposal.nominal_id, "the person", needed=False, longest=ID) or None
    record = written(proposal.record_id, "the record", needed=False, longest=ID) or None
    if not (person or record):
        raise InputError("the ruling names neither a person nor a record", "say whom or what it is about")
    if kind in ("victim not offender", *BY_SAFEGUARDING) and not person:
        raise InputError(f"{kind!r} is about a person", "name the person")
    if kind in BY_SAFEGUARDING and record:
        raise InputError(f"{kind!r} is about the whole person", "leave the record out: one record doesn't decide it")
    if proposal.hit and not (record and kind in WITHDRAWING):
        raise InputError(
            "a ruling on a hit is on its record", f"name the record, and decide {' or '.join(WITHDRAWING)}"
        )
    if proposal.hit and not 0 <= proposal.hit.start < proposal.hit.end <= LAST:
        raise InputError("the hit's place isn't one", "give start and end within the text")
    return person, record


def _same(one: Ruling, proposal: Proposal, today: dt.date) -> bool:
    about = (*_subject(proposal), proposal.decision, proposal.hit)
    alive = one.review_by > today + (RENEWED if one.status == CONFIRMED else dt.timedelta(0))
    alive = alive and one.status in (PROPOSED, CONFIRMED)
    return alive and one.about == about


def _waiting(connection: Connection, ruling_id: int, version: int) -> Row[Any]:
    row = take(connection, work_rulings, ruling_id, version)
    if row.status != PROPOSED:
        raise InputError(f"ruling {ruling_id} is {row.status}", "it waits for nobody")
    return row


def _leaving(connection: Connection, ruling_id: int, version: int, on: dt.date) -> Row[Any]:
    row = take(connection, work_rulings, ruling_id, version)
    if (state := _ruling(row).state(on)) != CONFIRMED:
        raise InputError(f"ruling {ruling_id} is {state}", "there is nothing to agree to, or to keep")
    if not row.asked_by:
        raise InputError(f"nobody asked to withdraw ruling {ruling_id}", "withdraw it first, and say why")
    return row


def _end(connection: Connection, row: Row[Any], status: str, reason: str, by: Who, at: dt.datetime) -> int:
    values = {"status": status, "ended_at": at, "ended_by": by.name, "end_reason": written(reason, "the reason")}
    return put(connection, work_rulings, row, values, by, at)


def _ruling(row: Row[Any]) -> Ruling:
    hit = Hit(row.group, row.term, row.start, row.end) if row.group is not None else None
    return Ruling(**as_kept(Ruling, row), hit=hit)
