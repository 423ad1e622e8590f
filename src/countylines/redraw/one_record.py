"""Who would not be kept without one single record, exactly as METHOD 3 decides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from countylines.engine import Engine
from countylines.redraw.decisive import Decisive, in_memory
from countylines.settings import NetworkSettings
from countylines.sums import EDGE
from countylines.tables import OFFENDER_ROLES, RUN

Roles = frozenset[str]


@dataclass(frozen=True, eq=False)
class Records:
    """The records that decide.

    Attributes:
        roles: of each record each person's connecting roles.
        weights: of each matched record each group's weight.
        months: of each matched record its day, as months since year 0 and the day of the month.
    """

    roles: Mapping[str, Mapping[str, Roles]]
    weights: Mapping[str, Mapping[str, float]]
    months: Mapping[str, tuple[int, int]]
    of: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in sorted(self.roles):
            for person in self.roles[record]:
                self.of.setdefault(person, []).append(record)


def records_of(near: Decisive, engine: Engine) -> Records:
    """Read them into memory."""

    def rows(name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        return in_memory(engine.scan(near.paths[name]).select(*columns)).iter_rows()

    roles: dict[str, dict[str, set[str]]] = {}
    for record, person, role in rows("involvements", "record_id", "nominal_id", "role"):
        roles.setdefault(record, {}).setdefault(person, set()).add(role)
    weights: dict[str, dict[str, float]] = {record: {} for (record,) in rows("scores", "record_id")}
    for record, group, weight in rows("record_groups", "record_id", "group", "weight"):
        if record in weights:
            weights[record][group] = weight
    dates = rows("records", "record_id", "date")
    months = {record: (day.year * 12 + day.month, day.day) for record, day in dates if record in weights}
    frozen = {record: {u: frozenset(own) for u, own in there.items()} for record, there in roles.items()}
    return Records(frozen, weights, months)


def held_in_by_one_record(records: Records, kept: set[str], rules: NetworkSettings) -> pl.DataFrame:
    """Every kept person with every single record without which METHOD 3 would not keep them.

    A matched person falls by a record of their own; an associate also by one that only weighs somebody beside them.

    Args:
        records: those that decide about ``kept``.
        kept: the kept people.
        rules: as the network was built.

    Returns:
        The run table of that name, sorted.
    """
    people = _People(records, rules)
    found = [
        (u, record) for u in sorted(kept) for record in sorted(people.candidates(u)) if not people.stays(u, record)
    ]
    names = RUN["held_in_by_one_record"].names
    return pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row")


class _People:
    """p of everybody with all records, and without any single one."""

    def __init__(self, records: Records, rules: NetworkSettings) -> None:
        self.records, self.rules = records, rules
        self.least = rules.keep_weight - EDGE
        self.p: dict[str, float] = {}
        self.without: dict[str, dict[str, float]] = {}  # of each person p without a record, where it differs
        self.fall: dict[str, list[str]] = {}  # of each record whose p differs without it
        for u in records.of:
            self._weigh(u)

    def _weigh(self, u: str) -> None:
        behind: dict[str | None, list[str]] = {}
        for record in self.records.of[u]:
            if record in self.records.weights and self.records.roles[record][u] != {"victim"}:
                for other in self._others(u, record):
                    behind.setdefault(other, []).append(record)
        own = {other: self._connection(records) for other, records in behind.items()}
        self.p[u] = self._rule(own.values())
        self.without[u] = {}
        for record in self._decisive(behind, own, self.p[u]):
            less = dict(own)
            for other in self._others(u, record):
                left = [each for each in behind[other] if each != record]
                del less[other]
                if left:
                    less[other] = self._connection(left)
            if (p := self._rule(less.values())) != self.p[u]:
                self.without[u][record] = p
                self.fall.setdefault(record, []).append(u)

    def _decisive(self, behind: Mapping[str | None, list[str]], own: Mapping[str | None, float], p: float) -> list[str]:
        """The records that may change p by missing; the strongest connection's only if it is behind all so strong."""
        if self.rules.nominal_rule != "strongest" or not own:
            return sorted({record for records in behind.values() for record in records})
        return sorted(set.intersection(*(set(behind[other]) for other, c in own.items() if c == p)))

    def _others(self, u: str, record: str) -> list[str | None]:
        """Whom the record connects u with; nobody when u is alone there."""
        others: list[str | None] = [v for v in self.records.roles[record] if v != u]
        return others or [None]

    def _connection(self, records: list[str]) -> float:
        """METHOD 3.1: c, over all the records or over the best months."""
        if (span := self.rules.connection_span) is None:
            return self._sum(records)
        months = self.records.months
        stretches = []
        for month, day in sorted({months[record] for record in records}):
            end = (month + span, day)
            stretches.append(self._sum([r for r in records if (month, day) <= months[r] <= end]))
        return max(stretches)

    def _sum(self, records: Iterable[str]) -> float:
        most: dict[str, float] = {}
        for record in records:
            for group, weight in self.records.weights[record].items():
                most[group] = max(weight, most.get(group, 0.0))
        return min(1.0, round(math.fsum(most.values()), 9))

    def _rule(self, connections: Iterable[float]) -> float:
        """METHOD 3.2: p."""
        c = list(connections)
        if not c:
            return 0.0
        if self.rules.nominal_rule == "noisy_or":
            return round(1 - math.prod(1 - each for each in c), 9)
        return max(c) if self.rules.nominal_rule == "strongest" else round(math.fsum(c) / len(c), 9)

    def candidates(self, u: str) -> set[str]:
        """The records that may decide about u by missing."""
        if self.p[u] > 0 and self.p[u] >= self.least:
            return {record for record, p in self.without[u].items() if p < self.least or p <= 0}
        own = set(self.records.of[u])
        beside = {v for record in own for v in self.records.roles[record]} - {u}
        return own | {record for v in beside for record in self.without[v]}

    def stays(self, u: str, record: str) -> bool:
        """METHOD 3.5 and 3.6 without the record."""
        p = self.without[u].get(record, self.p[u])
        if p > 0 and p >= self.least:
            return True
        friends = {v: shared for v, shared in self._shared(u, record).items() if self._associative(u, v, shared)}
        weight = {v: self.without[v].get(record, self.p[v]) for v in friends}
        share = round(math.fsum(weight.values()) / len(weight), 9) if weight else 0.0
        if p <= 0 and share <= 0 and not self._met(u, record):
            return False
        if p >= self.least:
            return True
        tied = [v for v in friends if weight[v] >= self.least]
        behind = {each for v in tied for each in friends[v]}
        enough = len(tied) >= self.rules.associate_min_ties and len(behind) >= self.rules.associate_min_records
        return share >= self.least and enough

    def _shared(self, u: str, record: str) -> dict[str, list[str]]:
        """The records u shares with each other person, without one."""
        shared: dict[str, list[str]] = {}
        for each in self.records.of[u]:
            if each != record:
                for v in self.records.roles[each]:
                    if v != u:
                        shared.setdefault(v, []).append(each)
        return shared

    def _associative(self, u: str, v: str, shared: list[str]) -> bool:
        return not all(self._adversarial(self.records.roles[each][u], self.records.roles[each][v]) for each in shared)

    @staticmethod
    def _adversarial(one: Roles, other: Roles) -> bool:
        """One is a victim and no offender there, the other an offender and no victim."""

        def harmed_by(victim: Roles, offender: Roles) -> bool:
            offends = any(role in OFFENDER_ROLES for role in offender)
            only_harmed = "victim" in victim and not any(role in OFFENDER_ROLES for role in victim)
            return only_harmed and offends and "victim" not in offender

        return harmed_by(one, other) or harmed_by(other, one)

    def _met(self, u: str, record: str) -> bool:
        """Somebody with p > 0 is in a record with u, or is u: METHOD 3.3 meets u."""
        there = {v for each in self.records.of[u] if each != record for v in self.records.roles[each]}
        return any(self.without[v].get(record, self.p[v]) > 0 for v in there)
