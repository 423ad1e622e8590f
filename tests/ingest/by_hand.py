"""Method section 1 row by row in plain Python: slow, obvious, and written from the page, not from the program."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countylines.tables import OFFENDER_ROLES, ROLES, SOURCES

Row = Mapping[str, str]
SINCE = dt.date(2015, 1, 1)


def day(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        return None


@dataclass
class Verdict:
    """Reasons by row number, and the rows that are kept."""

    rejected: dict[int, str] = field(default_factory=dict)
    aside: dict[int, str] = field(default_factory=dict)
    kept: list[Row] = field(default_factory=list)


def judge_records(rows: Sequence[Row], withdrawn: set[str]) -> tuple[Verdict, dict[str, str]]:
    """The verdict, and the reason of every valid record: empty = kept."""
    verdict, seen = Verdict(), dict[str, str]()
    for number, row in enumerate(rows, 1):
        date = day(row["recorded"]) or day(row["occurred"])
        reason = ""
        if not row["record_id"]:
            verdict.rejected[number] = "no key"
        elif not date:
            verdict.rejected[number] = "no valid date"
        elif row["source"] not in SOURCES:
            verdict.rejected[number] = "unknown source"
        elif row["record_id"] in seen:
            verdict.rejected[number] = "duplicate key"
        else:
            grade = re.sub("[^a-z0-9]", "", row["grading"].lower())
            if date < SINCE:
                reason = "before since"
            elif row["source"] == "intelligence" and re.match("[123]e|[a-e]5", grade):
                reason = "suspected false"
            elif row["restricted"] == "true":
                reason = "restricted"
            elif row["record_id"] in withdrawn:
                reason = "withdrawn by a decision"
            seen[row["record_id"]] = reason
            if reason:
                verdict.aside[number] = reason
            else:
                verdict.kept.append(row)
    return verdict, seen


def in_force(rows: Sequence[Row], records: Mapping[str, str], nominals: set[str], as_of: dt.date) -> list[Row]:
    """The rulings that hold, of rows that are all well formed but for what they name."""
    found = []
    for row in rows:
        known = (not row["record_id"] or row["record_id"] in records) and (
            not row["nominal_id"] or row["nominal_id"] in nominals
        )
        signed = row["by"] and row["confirmed_by"] and row["by"].lower() != row["confirmed_by"].lower()
        until = day(row["review_by"])
        if known and signed and (until is None or as_of < until):
            found.append(row)
    return found


def ruled(row: Row, rulings: Sequence[Row], kinds: Sequence[str]) -> bool:
    return any(
        ruling["decision"] in kinds
        and ruling["nominal_id"] == row["nominal_id"]
        and ruling["record_id"] in ("", row["record_id"])
        for ruling in rulings
    )


def fault(row: Row, records: Mapping[str, str], nominals: set[str]) -> str:
    """Why an involvement is rejected by itself; empty = it is not."""
    if not row["record_id"] or not row["nominal_id"]:
        return "no key"
    if row["role"] not in ROLES:
        return "unknown role"
    if row["record_id"] not in records:
        return "unknown record"
    return "" if row["nominal_id"] in nominals else "unknown nominal"


def judge_involvements(
    rows: Sequence[Row], records: Mapping[str, str], nominals: set[str], rulings: Sequence[Row]
) -> Verdict:
    """The verdict, with roles changed by rulings."""
    verdict, seen = Verdict(), set[tuple[str, str, str]]()
    left: list[tuple[int, Row]] = []
    for number, row in enumerate(rows, 1):
        key = (row["record_id"], row["nominal_id"], row["role"])
        if why := fault(row, records, nominals):
            verdict.rejected[number] = why
        elif key in seen:
            verdict.rejected[number] = "duplicate involvement"
        elif records[row["record_id"]]:
            verdict.aside[number] = "record set aside: " + records[row["record_id"]]
        elif ruled(row, rulings, ("not county lines", "wrong person")):
            verdict.aside[number] = "withdrawn by a decision"
        else:
            left.append((number, row))
        if not why:
            seen.add(key)
    victims = {(row["record_id"], row["nominal_id"]) for _, row in left if row["role"] == "victim"}
    for number, row in sorted(left, key=lambda each: each[1]["role"]):
        pair = (row["record_id"], row["nominal_id"])
        if row["role"] not in OFFENDER_ROLES or not ruled(row, rulings, ("victim not offender",)):
            verdict.kept.append(row)
        elif pair in victims:
            verdict.aside[number] = "victim already"
        else:
            victims.add(pair)
            verdict.kept.append({**row, "role": "victim"})
    return verdict
