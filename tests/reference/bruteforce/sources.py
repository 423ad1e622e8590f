"""METHOD 1: which rows are used, which are set aside or rejected, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.reference.bruteforce.rulings import Ruling, in_force, victim_instead, withdrawn_involvement, withdrawn_record
from tests.reference.bruteforce.values import Row, Tables, day, flag

from countylines.settings import Ingest
from countylines.tables import DECISIONS, EXTRACTS, ROLES, SOURCES

REJECTED, SET_ASIDE = "rejected", "set aside"
MUST_HAVE = {  # without these a row has no key
    "records": ("record_id",),
    "nominals": ("nominal_id",),
    "involvements": ("record_id", "nominal_id"),
    "reference_groups": ("nominal_id", "group_id"),
    "known_lines": ("line_id",),
    "known_victims": ("nominal_id",),
    "releases": ("nominal_id",),
    "episodes": ("record_id", "nominal_id"),
    "care": ("nominal_id",),
    "person_links": ("source", "native_id"),
}


@dataclass(frozen=True, order=True)
class Reject:
    """One row that is not used: row_number 1 is the first data row."""

    table: str
    row_number: int
    kind: str
    reason: str


@dataclass
class Kept:
    """What ingest hands on: the kept rows by table, the rest with reasons, and what else the page needs."""

    tables: Tables
    rejects: list[Reject]
    rulings: list[Ruling]
    as_of: dt.date
    dates: dict[str, dt.date] = field(default_factory=dict)  # record_id to day
    born: dict[str, dt.date] = field(default_factory=dict)  # nominal_id to the youngest birth date


Check = Callable[[Row], str | None]


def sources(tables: Tables, settings: Ingest) -> Kept:
    """Sort every row into kept, set aside and rejected."""
    rejects: list[Reject] = []

    def sift(name: str, wrong: Check, aside: Check) -> list[Row]:
        kept: list[Row] = []
        taken: set[tuple[str, ...]] = set()
        for number, row in enumerate(tables.get(name, []), start=1):
            key = tuple(row.get(column, "") for column in EXTRACTS[name].key)
            reason = "no key" if missing_key(name, row) else wrong(row)
            if reason is None and key in taken:
                reason = "duplicate involvement" if name == "involvements" else "duplicate key"
            if reason is not None:
                rejects.append(Reject(name, number, REJECTED, reason))
                continue
            taken.add(key)  # also where the row is set aside: it is the first valid one
            reason = aside(row)
            if reason is not None:
                rejects.append(Reject(name, number, SET_ASIDE, reason))
                continue
            kept.append(row)
        known[name] = {row[EXTRACTS[name].key[0]] for row in kept}
        return kept

    known: dict[str, set[str]] = {}
    nominals = sift("nominals", lambda _: None, lambda _: None)

    records = sift("records", wrong_record, lambda row: aside_record(row, settings))
    valid = {row["record_id"] for row in tables.get("records", []) if row.get("record_id") and not wrong_record(row)}
    dates = {row["record_id"]: record_date(row) for row in records}
    as_of = settings.as_of or max((date for date in dates.values() if date is not None), default=dt.date.min)

    def unknown(row: Row) -> str | None:
        if row.get("record_id") and row["record_id"] not in valid:
            return "unknown record"
        if row.get("nominal_id") and row["nominal_id"] not in known["nominals"]:
            return "unknown nominal"
        return None

    decisions = sift("decisions", lambda row: wrong_decision(row) or unknown(row), lambda _: None)
    rulings = in_force(decisions, as_of)

    for row in [row for row in records if withdrawn_record(row["record_id"], rulings)]:
        number = 1 + next(i for i, candidate in enumerate(tables["records"]) if candidate is row)
        rejects.append(Reject("records", number, SET_ASIDE, "withdrawn by a decision"))
        records.remove(row)
    used = {row["record_id"] for row in records}

    def aside(row: Row) -> str | None:
        return None if row["record_id"] in used else "record set aside"

    def aside_involvement(row: Row) -> str | None:
        if withdrawn_involvement(row["record_id"], row["nominal_id"], rulings):
            return "withdrawn by a decision"
        return aside(row)

    kept: Tables = {"nominals": nominals, "records": records, "decisions": decisions}
    kept["involvements"] = sift("involvements", lambda row: wrong_role(row) or unknown(row), aside_involvement)
    kept["episodes"] = sift("episodes", unknown, aside)
    kept["releases"] = sift("releases", lambda row: unknown(row) or wrong_release(row), lambda _: None)
    for name in ("reference_groups", "known_lines", "known_victims", "care", "person_links"):
        kept[name] = sift(name, unknown, lambda _: None)
    kept["involvements"] = victim_instead(kept["involvements"], rulings)
    born = youngest_births(tables.get("nominals", []))
    return Kept(kept, sorted(rejects), rulings, as_of, {i: date for i, date in dates.items() if date}, born)


def missing_key(name: str, row: Row) -> bool:
    """A decision needs one of its two; every other table all that must be there."""
    if name == "decisions":
        return not row.get("nominal_id") and not row.get("record_id")
    return any(not row.get(column) for column in MUST_HAVE[name])


def record_date(row: Row) -> dt.date | None:
    """A record's date: recorded, else occurred."""
    return day(row.get("recorded")) or day(row.get("occurred"))


def wrong_record(row: Row) -> str | None:
    if record_date(row) is None:
        return "no valid date"
    return None if row.get("source") in SOURCES else "unknown source"


def wrong_role(row: Row) -> str | None:
    return None if row.get("role") in ROLES else "unknown role"


def wrong_decision(row: Row) -> str | None:
    return None if row.get("decision") in DECISIONS else "unknown decision"


def wrong_release(row: Row) -> str | None:
    return None if day(row.get("release_date")) else "no valid date"


def aside_record(row: Row, settings: Ingest) -> str | None:
    date = record_date(row)
    if date is not None and date < settings.since:
        return "before since"
    if suspected_false(row.get("grading", "")):
        return "suspected false"
    return "restricted" if flag(row.get("restricted")) and not settings.include_restricted else None


def suspected_false(grading: str) -> bool:
    """E in the middle of a 3x5x2 grading (a digit first), 5 in the middle of a 5x5x5 one (a letter first).

    Example:
        >>> [suspected_false(written) for written in ("1EP", "3/E/C", "E51", "B 5 2", "1BP", "E15", "B25", "")]
        [True, True, True, True, False, False, False, False]
    """
    letters = re.sub(r"[^0-9A-Z]", "", grading.upper())
    return bool(re.fullmatch(r"[1-3]E[PC]\d?|[A-E]5[1-5]", letters))


def youngest_births(rows: list[Row]) -> dict[str, dt.date]:
    """Of several birth dates the youngest counts, also one in a second row on the same person, which is rejected."""
    born: dict[str, dt.date] = {}
    for row in rows:
        date, nominal = day(row.get("date_of_birth")), row.get("nominal_id", "")
        if date and nominal:
            born[nominal] = max(date, born.get(nominal, date))
    return born
