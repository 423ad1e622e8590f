"""METHOD 3, before its steps: who connects in which record, and which pairs are adversarial."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import combinations

from countylines.tables import CONNECTING_ROLES, OFFENDER_ROLES
from tests.reference.bruteforce.match import Score
from tests.reference.bruteforce.values import Row

Pair = tuple[str, str]


@dataclass
class Data:
    """The records that take part in section 3, by who connects in them.

    Attributes:
        roles: record to person to their connecting roles there; without the records that are too big.
        skipped: record to the number of people who connect there, more than max_record_nominals.
        everyone: record to the people who connect there, the big ones included.
        scores: record to its score, of the records with s > 0.
        dates: record to its day.
    """

    roles: dict[str, dict[str, set[str]]]
    skipped: dict[str, int]
    everyone: dict[str, set[str]]
    scores: dict[str, Score]
    dates: dict[str, dt.date]
    shared: dict[Pair, list[str]] = field(default_factory=dict)

    @property
    def matched(self) -> list[str]:
        """Records with s > 0 that take part."""
        return sorted(record for record in self.roles if record in self.scores)

    def records_of(self, person: str) -> list[str]:
        return sorted(record for record, people in self.roles.items() if person in people)

    def only_victim(self, person: str, record: str) -> bool:
        return self.roles[record][person] == {"victim"}

    def offends(self, person: str, record: str) -> bool:
        return bool(self.roles[record][person] & set(OFFENDER_ROLES))

    def together(self, u: str, v: str) -> list[str]:
        """The records u and v share, in the whole data."""
        return self.shared.get((min(u, v), max(u, v)), [])

    def neighbours(self, u: str) -> list[str]:
        return sorted({a if b == u else b for a, b in self.shared if u in (a, b)})

    def adversarial(self, u: str, v: str) -> bool:
        """Victim here and offender there, in every record they share."""

        def one_way(victim: str, offender: str, record: str) -> bool:
            return (
                "victim" in self.roles[record][victim]
                and not self.offends(victim, record)
                and self.offends(offender, record)
                and "victim" not in self.roles[record][offender]
            )

        shared = self.together(u, v)
        return bool(shared) and all(one_way(u, v, record) or one_way(v, u, record) for record in shared)


def data(
    involvements: list[Row], scores: dict[str, Score], dates: dict[str, dt.date], max_record_nominals: int
) -> Data:
    """Put the involvements together by record, and leave out the records with too many people."""
    roles: dict[str, dict[str, set[str]]] = {}
    for row in involvements:
        if row["role"] in CONNECTING_ROLES:
            roles.setdefault(row["record_id"], {}).setdefault(row["nominal_id"], set()).add(row["role"])
    everyone = {record: set(people) for record, people in roles.items()}
    skipped = {record: len(people) for record, people in roles.items() if len(people) > max_record_nominals}
    roles = {record: people for record, people in roles.items() if record not in skipped}
    matched = {record: score for record, score in scores.items() if score.s > 0}
    made = Data(roles, skipped, everyone, matched, dates)
    for record in sorted(roles):
        for pair in combinations(sorted(roles[record]), 2):
            made.shared.setdefault(pair, []).append(record)
    return made
