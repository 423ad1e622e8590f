"""Everybody who waits for safeguarding: the run's list joined with the cases that people opened (METHOD 5, SCREENS 6).

Tiers go by rule and waiting goes by time; nobody here has a score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from countylines.govern.caseload import CALL_FIRST, Case, case, cases
from countylines.govern.clocks import Clock, due
from countylines.govern.procedure import COLUMNS, NOT_FOR, NOT_STARTED, WAITING, Person, Procedure, Procedures
from countylines.govern.work_schema import work_cases
from countylines.rank import safeguarding as rules
from countylines.report.show.safeguarding import safeguarding
from countylines.web.queue_since import Since
from countylines.web.reader import Reader, Row
from countylines.web.render import day

WORDS = {
    rules.HIGH_RISK: "Missing now, high risk",
    rules.MISSING_NOW: "Missing now",
    rules.DOUBTFUL: "Missing now, or an episode that nobody closed",
    rules.RECENT: "In or beside a matched record lately",
    "believed exploited": "Believed exploited, in the network",
    rules.BELIEVED_BESIDE: "Believed exploited, beside the network",
    "child": "Child in the network",
    rules.BESIDE: "Child beside the network",
    rules.BELIEVED_AWAY: "Believed exploited, no record with the network",
    rules.BELIEVED_UNSEEN: "Believed exploited, in no record",
    rules.AGELESS: "Age to be established",
    "victim in a matched record": "Victim in a matched record",
    rules.BEEN_MISSING: "Has been missing",
}
NO_LINK = "no link found"
CLOSED, REOPEN = "Closed", "Reopen the case, and call"
QUEUED = (rules.URGENT, rules.LATELY, rules.PROTECT, rules.AGE)


@dataclass(frozen=True)
class Waiting:
    """One person of the queue.

    Attributes:
        person: child, adult, or age unknown.
        tier: of METHOD 5; None = the run doesn't list them, but there is a case.
        why: why now, the most telling first.
        last_seen: date of the latest record behind it.
        group, line: the likeliest, with its band; None = no link found.
        authority: where they are, as the case says, else where they live; None = to be found.
        since: from when the waiting counts.
        due, limit: the local time limit that runs, if one does; overdue: past it. To call first is no limit.
        call: call first, don't queue.
        columns: of each of the queue's columns its state and word.
        next: the one next step; of a closed case that it is closed, and that they are missing all the same.
        case: theirs, if one was opened; a closed one of whoever is missing now in this run.
    """

    nominal_id: str
    person: Person
    tier: int | None
    why: tuple[str, ...]
    last_seen: dt.date | None
    group: tuple[str, str] | None
    line: tuple[str, str] | None
    authority: str | None
    since: dt.datetime
    wait: dt.timedelta
    due: dt.datetime | None
    limit: Clock | None
    overdue: bool
    new: bool
    call: bool
    columns: Mapping[str, tuple[str, str]]
    next: str
    facts: Row
    case: Case | None = None

    @property
    def at_work(self) -> bool:
        """Whether there is a case that isn't closed."""
        return self.case is not None and self.case.closed_at is None

    @property
    def waited(self) -> str:
        """How long, in hours up to two days."""
        hours = max(0, int(self.wait.total_seconds() // 3600))
        return f"{hours} h" if hours < 48 else f"{hours // 24} d"

    @property
    def order(self) -> tuple[bool, float, bool, float, str]:
        """Call first, then tier (of tier 1 high risk first), then past its limit, then due first: rules and times."""
        until = self.due.timestamp() if self.due else float("inf")
        high = rules.HIGH_RISK in self.facts.get("why", ())
        tier = (self.tier or len(rules.TIERS)) - (0.5 if high else 0)
        return (not self.call, tier, not self.overdue, until, self.nominal_id)


@dataclass(frozen=True)
class Queue:
    """The queue, each list in its order.

    Attributes:
        open: who waits for us: tiers 1 to 4 without a case, open cases, and closed ones of whoever is still missing.
        held: held adults without a case. information: tier 6.
        unlined: people on the list of believed exploited for whom no line was found.
        closed: how many cases are.
    """

    open: tuple[Waiting, ...]
    monitoring: tuple[Waiting, ...]
    closed: int
    held: tuple[Waiting, ...]
    information: tuple[Waiting, ...]
    unlined: tuple[Waiting, ...]

    @property
    def alive(self) -> tuple[Waiting, ...]:
        """Everybody open and monitored."""
        return (*self.open, *self.monitoring)


def listed(reader: Reader) -> dict[str, Row]:
    """The run's safeguarding list by person, the most urgent tier first; made once a run."""

    def make(reader: Reader) -> dict[str, Row]:
        victims = set(reader.table("sources/known_victims")["nominal_id"])
        rows = safeguarding(reader.run)
        return {row["nominal_id"]: {**row, "believed": row["nominal_id"] in victims} for row in rows}

    made: dict[str, Row] = reader.made("safeguarding", make)
    return made


def queue_of(reader: Reader, since: Since, procedures: Procedures, connection: Connection, now: dt.datetime) -> Queue:
    """Everybody on the run's list and everybody with a case.

    A case that was closed covers what was known then: whoever has a later record, or is missing now in a later run, is
    back in the queue. Whoever is missing now in this one stays in it, with their closed case.
    """
    rows = listed(reader)
    alive = [*cases(connection, procedures, now, status="open")]
    alive += cases(connection, procedures, now, status="monitoring")
    ended = _ended(connection)
    own = {case.nominal_id: case for case in alive}
    made = {each: _cased(case, rows.get(each), since, now) for each, case in own.items()}
    for each, row in rows.items():
        last = ended.get(each)
        if each in own:
            continue
        if last is None or not _covered(row, last.closed_at.date(), reader.as_of):
            made[each] = _uncased(row, since, procedures, now)
        elif row["tier"] == rules.URGENT:
            made[each] = _cased(case(connection, procedures, last.case_id, now), row, since, now)
    everybody = sorted(made.values(), key=lambda one: one.order)
    monitored = [one for one in everybody if one.case and one.case.status == "monitoring" and not one.call]
    without = [one for one in everybody if one.case is None]
    return Queue(
        open=tuple(one for one in everybody if one not in monitored and (one.case or one.tier in QUEUED)),
        monitoring=tuple(monitored),
        closed=connection.execute(select(func.count()).where(work_cases.c.closed_at.is_not(None))).scalar_one(),
        held=tuple(one for one in without if one.tier == rules.HELD),
        information=tuple(one for one in without if one.tier == rules.VICTIM),
        unlined=tuple(one for one in everybody if one.facts.get("believed") and one.line is None),
    )


def waiting_count(
    reader: Reader, since: Since, procedures: Procedures, connection: Connection, now: dt.datetime
) -> int:
    """How many wait, for the menu: counted again only when somebody has worked on a case."""
    known: dict[str, Any] = reader.made("safeguarding waiting", lambda _: {})
    c = work_cases.c
    stamp = tuple(connection.execute(select(func.count(), func.sum(c.version), func.max(c.case_id))).one())
    if known.get("stamp") != stamp:
        known |= {"count": len(queue_of(reader, since, procedures, connection, now).open), "stamp": stamp}
    return int(known["count"])


def likeliest(row: Row) -> dict[str, tuple[str, str] | None]:
    """The likeliest group and line with their bands; None = no link found, or not asked.

    Example:
        >>> likeliest({"group": "G1", "group_link": "strong", "line": None, "line_link": "no link found"})
        {'group': ('G1', 'strong'), 'line': None}
    """
    found = {kind: (row[kind], row[f"{kind}_link"]) for kind in ("group", "line")}
    return {kind: (each, band) if each and band != NO_LINK else None for kind, (each, band) in found.items()}


def reasons(row: Row) -> tuple[str, ...]:
    """Why somebody is listed, in words, the most telling first."""
    order = list(WORDS)
    held = order.index("victim in a matched record")  # why somebody is held says more than that and what follows
    known = sorted(row["why"], key=lambda why: (order.index(why) if why in WORDS else held - 0.5, why))
    return tuple(WORDS.get(why) or f"{why[0].upper()}{why[1:]}" for why in known)


def kind_of(row: Row) -> Person:
    """Child, adult, or age unknown, who is handled as a child."""
    if row["age_group"] is None:
        return "age unknown"
    return "adult" if row["age_group"] == "18 or over" else "child"


def untouched(procedure: Procedure) -> dict[str, tuple[str, str]]:
    """The queue's columns while no case is open: what can be begun, what comes later, what doesn't apply and why."""
    shown = {
        step.column: (WAITING, "By consent" if step.needs else "Not yet")
        if step.after or step.when
        else (NOT_STARTED, "Not started")
        for step in procedure.steps
        if step.column
    }
    return {name: shown.get(name, (NOT_FOR, procedure.columns.get(name, "Not in this procedure"))) for name in COLUMNS}


def _uncased(row: Row, since: Since, procedures: Procedures, now: dt.datetime) -> Waiting:
    person = kind_of(row)
    procedure = procedures.fitting(person, row["home_authority"])
    found = since.found.get(row["nominal_id"], since.looked)
    first = next((step for step in procedure.steps if step.clock and not step.after and not step.when), None)
    until = due(found, first.clock, procedure.calendar) if first and first.clock and row["tier"] in QUEUED else None
    call = row["tier"] == rules.URGENT
    return Waiting(
        nominal_id=row["nominal_id"],
        person=person,
        tier=row["tier"],
        why=reasons(row),
        last_seen=row["last_seen"],
        group=likeliest(row)["group"],
        line=likeliest(row)["line"],
        authority=row["home_authority"],
        since=found,
        wait=max(now - found, dt.timedelta(0)),
        due=until,
        limit=first.clock if first and until else None,
        overdue=until is not None and until < now,
        new=since.new is not None and row["nominal_id"] in since.new,
        call=call,
        columns=untouched(procedure),
        next="Call, then record it" if call else first.do(NOT_STARTED) if first else "Open a case",
        facts=row,
    )


def _cased(case: Case, row: Row | None, since: Since, now: dt.datetime) -> Waiting:
    following = case.next
    running = next((view for view in case.steps if following and view.step.id == following.step), None)
    urgent = bool(row and row["tier"] == rules.URGENT)
    call = not case.calls and (urgent or (case.immediate_risk and not case.closed_at))
    missed = (f"Closed on {day(case.closed_at)}, still missing in this run",) if case.closed_at and urgent else ()
    start = following.since if following else case.closed_at or case.opened_at
    return Waiting(
        nominal_id=case.nominal_id,
        person=_person(case.person),
        tier=row["tier"] if row else None,
        why=(*missed, case.why, *(reasons(row)[:2] if row else ())),
        last_seen=row["last_seen"] if row else None,
        group=likeliest(row)["group"] if row else None,
        line=likeliest(row)["line"] if row else None,
        authority=case.authority,
        since=start,
        wait=max(now - start, dt.timedelta(0)),
        due=following.due if following else None,
        limit=running.step.clock if running and running.due else None,
        overdue=case.overdue,
        new=bool(row) and since.new is not None and case.nominal_id in since.new,
        call=call,
        columns=case.columns,
        next=(REOPEN if urgent else CLOSED) if not following else CALL_FIRST if call else following.do,
        facts=row or {},
        case=case,
    )


def closed_cases(
    reader: Reader, since: Since, procedures: Procedures, connection: Connection, now: dt.datetime
) -> Sequence[Waiting]:
    """Every closed case, the latest first."""
    rows = listed(reader)
    found = cases(connection, procedures, now, status="closed")
    latest = sorted(found, key=lambda case: (case.closed_at or now, case.case_id), reverse=True)
    return [_cased(case, rows.get(case.nominal_id), since, now) for case in latest]


def _ended(connection: Connection) -> dict[str, Any]:
    """Of everybody with a closed case the latest one's ``case_id`` and ``closed_at``."""
    c = work_cases.c
    query = select(c.nominal_id, c.case_id, c.closed_at).where(c.closed_at.is_not(None)).order_by(c.closed_at)
    return {row.nominal_id: row for row in connection.execute(query)}


def _covered(row: Row, closed_on: dt.date, as_of: dt.date) -> bool:
    """Whether a closed case covers what the run says of this person."""
    latest = as_of if row["tier"] == rules.URGENT else row["last_seen"]
    return latest is None or latest <= closed_on


def _person(word: str) -> Person:
    known: dict[str, Person] = {"child": "child", "adult": "adult"}
    return known.get(word, "age unknown")
