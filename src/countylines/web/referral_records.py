"""A person's records as a referral may name them: by id, source and date, without their text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from countylines.errors import InputError
from countylines.govern.documents import Record, attachable
from countylines.web.gradings import spaced
from countylines.web.reader import Reader, Row

COLUMNS = "r.record_id, r.source, coalesce(r.recorded, r.occurred) AS date, r.grading, r.restricted"
THEIRS = "FROM records r WHERE r.record_id IN (SELECT record_id FROM involvements WHERE nominal_id = ?)"


@dataclass(frozen=True)
class Offered:
    """A record and why it can't be named to partners; empty = it can."""

    record: Record
    barred: str


def their_records(reader: Reader, nominal_id: str) -> list[Offered]:
    """A person's records, the latest first, each with whether it may be attached."""
    rows = reader.index.query(f"SELECT {COLUMNS} {THEIRS} ORDER BY date DESC, r.record_id", nominal_id)
    return [Offered(record, barred(record)) for record in map(_record, rows)]


def texts_of(reader: Reader, nominal_id: str) -> dict[str, str]:
    """The texts of a person's records, so that none is taken over into a document."""
    rows = reader.index.query(f"SELECT r.record_id, r.text {THEIRS} AND r.text IS NOT NULL", nominal_id)
    return {row["record_id"]: row["text"] for row in rows}


def wanted(reader: Reader, nominal_id: str, record_id: str) -> Record:
    """One of the person's records.

    Raises:
        InputError: it isn't theirs.
    """
    rows = reader.index.query(f"SELECT {COLUMNS} {THEIRS} AND r.record_id = ?", nominal_id, record_id)
    if not rows:
        raise InputError(f"{record_id or 'nothing'} is no record of this person", "choose one of the list")
    return _record(rows[0])


def barred(record: Record) -> str:
    """Why a record can't be attached, in words; empty = it can.

    Example:
        >>> barred(Record("intelligence:1", "intelligence", None, "2BP", False))
        ''
        >>> barred(Record("crime:1", "crime", None, None, True))
        "restricted and can't be attached"
    """
    try:
        attachable(record)
    except InputError as error:
        return error.what.removeprefix(f"the record {record.record_id} ").removeprefix("is ")
    return ""


def _record(row: Row) -> Record:
    date = dt.date.fromisoformat(row["date"][:10]) if row["date"] else None
    restricted = None if row["restricted"] is None else bool(row["restricted"])
    return Record(row["record_id"], row["source"], date, row["grading"] and spaced(row["grading"]), restricted)
