"""METHOD 1: which rows are used, which are set aside or rejected, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from countylines.settings import Ingest
from countylines.tables import DECISIONS, EXTRACTS, ROLES, SOURCES
from tests.reference.bruteforce.rulings import (
    Ruling,
    in_force,
    victim_instead,
    withdrawn_involvement,
    withdrawn_record,
)
from tests.reference.bruteforce.values import Row, Tables, day, flag

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
    "person_links": ("source", "native_id", "nominal_id"),
}

CODES = ("source", "role", "decision")


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


class Sifter:
    """Goes through one table after the other and notes why a row is not used."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.rejects: list[Reject] = []

    def sift(self, name: str, wrong: Check, aside: Check) -> list[Row]:
        """The kept rows: those with a key, nothing wrong, the first with that key, and no reason to set them aside."""
        kept: list[Row] = []
        taken: set[tuple[str, ...]] = set()
        for number, row in enumerate(self.tables.get(name, []), start=1):
            key = tuple(row.get(column, "") for column in EXTRACTS[name].key)
            reason = missing_key(name, row) or wrong(row)
            if reason is None and key in taken:
                reason = "duplicate involvement" if name == "involvements" else "duplicate key"
            if reason is not None:
                self.rejects.append(Reject(name, number, REJECTED, reason))
                continue
            taken.add(key)  # also where the row is set aside: it is the first valid one
            if not self.set_aside(name, row, aside(row)):
                kept.append(row)
        return kept

    def set_aside(self, name: str, row: Row, reason: str | None) -> bool:
        """Note a row as set aside, if there is a reason."""
        if reason is not None:
            number = 1 + next(i for i, candidate in enumerate(self.tables[name]) if candidate is row)
            self.rejects.append(Reject(name, number, SET_ASIDE, reason))
        return reason is not None

    def why_aside(self) -> dict[str, str]:
        """Records that are set aside, with the reason."""
        return {
            self.tables["records"][r.row_number - 1]["record_id"]: r.reason
            for r in self.rejects
            if r.table == "records" and r.kind == SET_ASIDE
        }


def sources(tables: Tables, settings: Ingest) -> Kept:
    """Sort every row into kept, set aside and rejected."""
    tables = {name: [cleaned(row) for row in rows] for name, rows in tables.items()}
    sifter = Sifter(tables)
    kept: Tables = {"nominals": with_youngest(sifter.sift("nominals", fine, fine), tables)}
    people = {row["nominal_id"] for row in kept["nominals"]}
    records = sifter.sift("records", wrong_record, lambda row: aside_record(row, settings))
    valid = {row["record_id"] for row in tables.get("records", []) if row.get("record_id") and not wrong_record(row)}
    dates = {row["record_id"]: date for row in records if (date := record_date(row))}
    as_of = settings.as_of or max(dates.values(), default=dt.date.min)

    def unknown(row: Row) -> str | None:
        if row.get("record_id") and row["record_id"] not in valid:
            return "unknown record"
        return "unknown nominal" if row.get("nominal_id") and row["nominal_id"] not in people else None

    kept["decisions"] = sifter.sift("decisions", lambda row: wrong_decision(row) or unknown(row), fine)
    rulings = in_force(kept["decisions"], as_of)

    def withdrawn(row: Row) -> str | None:
        return "withdrawn by a decision" if withdrawn_record(row["record_id"], rulings) else None

    kept["records"] = [row for row in records if not sifter.set_aside("records", row, withdrawn(row))]
    why = sifter.why_aside()

    def aside(row: Row) -> str | None:
        return f"record set aside: {why[row['record_id']]}" if row["record_id"] in why else None

    def aside_involvement(row: Row) -> str | None:
        person = withdrawn_involvement(row["record_id"], row["nominal_id"], rulings)
        return aside(row) or ("withdrawn by a decision" if person else None)

    involvements = sifter.sift("involvements", lambda row: wrong_role(row) or unknown(row), aside_involvement)
    kept["involvements"], already = victim_instead(involvements, rulings)
    for row in already:
        sifter.set_aside("involvements", row, "victim already")
    kept["episodes"] = sifter.sift("episodes", unknown, aside_involvement)
    kept["releases"] = sifter.sift("releases", lambda row: wrong_release(row) or unknown(row), fine)
    for name in ("reference_groups", "known_lines", "known_victims", "care", "person_links"):
        kept[name] = sifter.sift(name, unknown, fine)
    born = {row["nominal_id"]: date for row in kept["nominals"] if (date := day(row["date_of_birth"]))}
    return Kept(kept, sorted(sifter.rejects), rulings, as_of, dates, born)


def cleaned(row: Row) -> Row:
    """Ids and codes without the blanks around them, codes in small letters; the rest stays as it was written."""
    stripped = {name: cell.strip() if name.endswith("_id") or name in CODES else cell for name, cell in row.items()}
    return {name: cell.lower() if name in CODES else cell for name, cell in stripped.items()}


def fine(_: Row) -> None:
    """Nothing is wrong with any row."""


def missing_key(name: str, row: Row) -> str | None:
    """A decision needs one of its two; every other table all that must be there."""
    if name == "decisions":
        return None if row.get("nominal_id") or row.get("record_id") else "names neither nominal nor record"
    return None if all(row.get(column) for column in MUST_HAVE[name]) else "no key"


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
    if row.get("decision") not in DECISIONS:
        return "unknown decision"
    return "names no nominal" if row["decision"] == "victim not offender" and not row.get("nominal_id") else None


def wrong_release(row: Row) -> str | None:
    return None if day(row.get("release_date")) else "no valid date"


def aside_record(row: Row, settings: Ingest) -> str | None:
    date = record_date(row)
    if date is not None and date < settings.since:
        return "before since"
    if row["source"] == "intelligence" and suspected_false(row.get("grading", "")):
        return "suspected false"
    return "restricted" if flag(row.get("restricted")) and not settings.include_restricted else None


def suspected_false(grading: str) -> bool:
    """E in the middle place of a 3x5x2 grading (a digit first), 5 in that of a 5x5x5 one (a letter first).

    Example:
        >>> [suspected_false(written) for written in ("1EP", "3/E/C", "E51", "B 5 2", "1E")]
        [True, True, True, True, True]
        >>> [suspected_false(written) for written in ("1BP", "E15", "B25", "3AE", "")]
        [False, False, False, False, False]
    """
    letters = re.sub(r"[^0-9A-Z]", "", grading.upper())
    return bool(re.match(r"[1-3]E|[A-E]5", letters))


def with_youngest(rows: list[Row], tables: Tables) -> list[Row]:
    """Of several birth dates the youngest counts, also one in a second row on the same person, which is rejected."""
    born: dict[str, tuple[dt.date, str]] = {}
    for row in tables["nominals"]:
        text = row.get("date_of_birth", "")
        if date := day(text):
            born[row["nominal_id"]] = max((date, text), born.get(row["nominal_id"], (date, text)))
    return [{**row, "date_of_birth": born.get(row["nominal_id"], (None, ""))[1]} for row in rows]
