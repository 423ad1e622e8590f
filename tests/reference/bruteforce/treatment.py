"""METHOD 1, "Who is treated how": protected, held with reasons, rankable; and the victims of section 3."""

from __future__ import annotations

from dataclasses import dataclass

from countylines.settings import Settings
from tests.reference.bruteforce.network import People
from tests.reference.bruteforce.people import Data
from tests.reference.bruteforce.rulings import apart, freed
from tests.reference.bruteforce.sources import Kept
from tests.reference.bruteforce.values import capped_sum, reaches, under_18

ONCE_CHILD = "under 18 in a matched record"
MISSING = "missing in a matched record"
VICTIM = "only victim in a matched record"
CUCKOO = "may be cuckooed"
SLAVERY = "victim of a modern-slavery offence"
ASSOCIATE = "associate without an offender role"
BOTH = "both victim and suspect"
SLAVERY_CLASSES = {"106", "72"}  # modern slavery; trafficking for sexual exploitation
SLAVERY_PARTS = {("36", str(part)) for part in range(6, 12)} | {("99", "25")}  # slavery, forced labour, travel for it


@dataclass(frozen=True)
class Treatment:
    """How a kept person is treated: reasons with the records behind them; is_child is None where the age is unknown."""

    is_child: bool | None
    believed_exploited: bool
    protected: dict[str, list[str]]
    held: dict[str, list[str]]

    @property
    def rankable(self) -> bool:
        return not self.protected and not self.held


def treatment(u: str, people: People, data: Data, kept: Kept, settings: Settings) -> Treatment:
    """The treatment of one kept person."""
    born = kept.born.get(u)
    is_child = None if born is None else under_18(born, kept.as_of)
    believed = any(row["nominal_id"] == u for row in kept.tables["known_victims"])
    signs = {
        "child": bool(is_child),
        "believed exploited": believed,
        "age to be established": born is None and settings.ingest.unknown_age == "protect",
    }
    behind = sorted(evidence_records(u, people))
    protected = {why: behind for why, true in signs.items() if true}
    if protected:
        return Treatment(is_child, believed, protected, {})
    reasons = {} if freed(u, kept.rulings) else held(u, people, data, kept, settings)
    if apart(u, kept.rulings):
        reasons[BOTH] = behind
    return Treatment(is_child, believed, {}, reasons)


def held(u: str, people: People, data: Data, kept: Kept, settings: Settings) -> dict[str, list[str]]:
    """Every reason to hold somebody who is not protected, with its records."""
    born = kept.born.get(u)
    mine = [record for record in data.matched if u in data.roles[record]]
    reasons = {
        ONCE_CHILD: [record for record in mine if born is not None and under_18(born, data.dates[record])],
        MISSING: [record for record in mine if "missing" in data.roles[record][u]],
        VICTIM: [record for record in mine if data.only_victim(u, record)],
        CUCKOO: [record for record in mine if cuckooed(u, record, data, settings.network.keep_weight)],
        SLAVERY: slavery_records(u, kept),
    }
    found = {reason: records for reason, records in reasons.items() if records}
    if people.considered[u].decision == "associate" and not offends_beside_matched(u, people, data):
        found[ASSOCIATE] = sorted(evidence_records(u, people))
    return found


def cuckooed(u: str, record: str, data: Data, keep_weight: float) -> bool:
    """Subject or associate of a record that would be below keep_weight without CUCKOO."""
    weights = data.scores[record].weights
    rest = capped_sum(weight for group, weight in sorted(weights.items()) if group != "CUCKOO")
    there = bool(data.roles[record][u] & {"subject", "associate"})
    return there and "CUCKOO" in weights and not reaches(rest, keep_weight)


def slavery_records(u: str, kept: Kept) -> list[str]:
    """The kept records of modern slavery in which somebody is a victim."""
    codes = {row["record_id"]: row.get("offence_code", "") for row in kept.tables["records"]}
    return sorted(
        row["record_id"]
        for row in kept.tables["involvements"]
        if row["nominal_id"] == u and row["role"] == "victim" and slavery(codes[row["record_id"]])
    )


def slavery(code: str) -> bool:
    """Whether a Home Office class is an offence of modern slavery, however its blanks and zeros are written.

    Example:
        >>> [slavery(code) for code in ("106/00", "106", " 036/06", "36 / 7", "0072/00", "099/25")]
        [True, True, True, True, True, True]
        >>> [slavery(code) for code in ("036/01", "36/12", "1060", "136/06", "99/2", "")]
        [False, False, False, False, False, False]
    """
    whole, _, part = "".join(code.split()).partition("/")
    return whole.lstrip("0") in SLAVERY_CLASSES or (whole.lstrip("0"), part.lstrip("0")) in SLAVERY_PARTS


def offends_beside_matched(u: str, people: People, data: Data) -> bool:
    """An offender role in a record shared with a matched person."""
    return any(data.offends(u, record) for v in people.matched - {u} for record in data.together(u, v))


def evidence_records(u: str, people: People) -> set[str]:
    """The records behind a kept person's place: of their connections, or an associate's of their ties."""
    found = people.considered[u]
    if found.decision == "associate":
        return set(found.tie_records)
    return {record for (v, _), connection in people.connections.items() if v == u for record in connection.records}


def victims(data: Data) -> dict[str, list[str]]:
    """Everybody who is only a victim in a matched record, with those records."""
    found: dict[str, list[str]] = {}
    for record in data.matched:
        for u in data.roles[record]:
            if data.only_victim(u, record):
                found.setdefault(u, []).append(record)
    return found
