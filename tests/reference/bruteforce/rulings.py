"""METHOD 1: decisions, as far as they change what is used. Two different people, and not yet expired."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.reference.bruteforce.values import Row, day

from countylines.tables import OFFENDER_ROLES

WITHDRAWS = ("not county lines", "wrong person")


@dataclass(frozen=True)
class Ruling:
    """A decision in force; nominal or record may be empty, not both."""

    nominal: str
    record: str
    decision: str


def in_force(decisions: list[Row], as_of: dt.date) -> list[Ruling]:
    """Those with two different people that have not reached their review day."""
    found = []
    for row in decisions:
        first, second, review = (
            row.get("by", "").strip(),
            row.get("confirmed_by", "").strip(),
            day(row.get("review_by")),
        )
        if first and second and first != second and not (review and as_of >= review):
            found.append(Ruling(row.get("nominal_id", ""), row.get("record_id", ""), row["decision"]))
    return found


def withdrawn_record(record: str, rulings: list[Ruling]) -> bool:
    """A ruling on the record alone."""
    return any(r.decision in WITHDRAWS and r.record == record and not r.nominal for r in rulings)


def withdrawn_involvement(record: str, nominal: str, rulings: list[Ruling]) -> bool:
    """A ruling on this person: in this record, or everywhere."""
    return any(r.decision in WITHDRAWS and r.nominal == nominal and r.record in ("", record) for r in rulings)


def victim_instead(involvements: list[Row], rulings: list[Ruling]) -> list[Row]:
    """Offender roles of people ruled to be victims become victim, in the named record, else everywhere."""
    changed: list[Row] = []
    for row in involvements:
        role = row["role"]
        for ruling in rulings:
            mine = ruling.nominal == row["nominal_id"] and ruling.record in ("", row["record_id"])
            if mine and ruling.decision == "victim not offender" and role in OFFENDER_ROLES:
                role = "victim"
        new = {**row, "role": role}
        if new not in changed:
            changed.append(new)
    return changed


def freed(nominal: str, rulings: list[Ruling]) -> bool:
    """Whether two people decided that this person shows no sign of exploitation.

    A ruling that names one record, too, speaks of that record only, so it frees nobody.
    """
    return any(r.decision == "no sign of exploitation" and r.nominal == nominal and not r.record for r in rulings)
