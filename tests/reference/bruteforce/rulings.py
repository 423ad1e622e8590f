"""METHOD 1: decisions, as far as they change what is used. Two different people, and not yet expired."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from countylines.tables import OFFENDER_ROLES
from tests.reference.bruteforce.values import Row, day

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
        first, second = (row.get(column, "").strip().casefold() for column in ("by", "confirmed_by"))
        review = day(row.get("review_by"))
        if first and second and first != second and not (review and as_of >= review):
            found.append(Ruling(row.get("nominal_id", ""), row.get("record_id", ""), row["decision"]))
    return found


def withdrawn_record(record: str, rulings: list[Ruling]) -> bool:
    """A ruling on the record alone."""
    return any(r.decision in WITHDRAWS and r.record == record and not r.nominal for r in rulings)


def withdrawn_involvement(record: str, nominal: str, rulings: list[Ruling]) -> bool:
    """A ruling on this person: in this record, or everywhere."""
    return any(r.decision in WITHDRAWS and r.nominal == nominal and r.record in ("", record) for r in rulings)


def victim_instead(involvements: list[Row], rulings: list[Ruling]) -> tuple[list[Row], list[Row]]:
    """Offender roles of people ruled to be victims become victim, in the named record, else everywhere.

    Returns:
        The involvements after it, and those rows that would say a second time that somebody is a victim.
    """
    kept, already = [], []
    victims = {(row["record_id"], row["nominal_id"]) for row in involvements if row["role"] == "victim"}
    for row in sorted(involvements, key=lambda row: row["role"]):  # of several, the one that sorts first is kept
        place = (row["record_id"], row["nominal_id"])
        if row["role"] not in OFFENDER_ROLES or not victim_by_ruling(*place, rulings):
            kept.append(row)
        elif place in victims:
            already.append(row)
        else:
            victims.add(place)
            kept.append({**row, "role": "victim"})
    return kept, already


def victim_by_ruling(record: str, nominal: str, rulings: list[Ruling]) -> bool:
    """A ruling on this person: in this record, or everywhere."""
    return any(
        r.decision == "victim not offender" and r.nominal == nominal and r.record in ("", record) for r in rulings
    )


def freed(nominal: str, rulings: list[Ruling]) -> bool:
    """Whether two people decided that this person shows no sign of exploitation.

    A ruling that names one record, too, speaks of that record only, so it frees nobody.
    """
    return any(r.decision == "no sign of exploitation" and r.nominal == nominal and not r.record for r in rulings)


def apart(nominal: str, rulings: list[Ruling]) -> bool:
    """Whether two people decided that this adult is both victim and suspect, and not to be ranked for that."""
    what = "victim and suspect, not ranked"
    return any(r.decision == what and r.nominal == nominal and not r.record for r in rulings)
