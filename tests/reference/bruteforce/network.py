"""METHOD 3, steps 1 to 7: records to weighted people and their edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

from countylines.settings import NetworkSettings
from tests.reference.bruteforce.people import Data, Pair
from tests.reference.bruteforce.values import capped_sum, months_later, reaches


@dataclass(frozen=True)
class Connection:
    """What ties one person to another (None = nobody) through matched records, from their side."""

    c: float
    groups: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True)
class Considered:
    """What was found of a person met on the way, and what was decided: matched, associate or discarded."""

    p: float
    share: float
    ties: int
    tie_records: tuple[str, ...]
    decision: str


@dataclass(frozen=True)
class Edge:
    """A pair of step 4: b, the records they share, and the kind."""

    b: float
    records: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class People:
    """All that steps 1 to 7 make."""

    connections: dict[tuple[str, str | None], Connection]
    considered: dict[str, Considered]
    edges: dict[Pair, Edge]
    graph: dict[Pair, float]

    @property
    def kept(self) -> list[str]:
        return sorted(u for u, found in self.considered.items() if found.decision != "discarded")

    @property
    def matched(self) -> set[str]:
        return {u for u, found in self.considered.items() if found.decision == "matched"}


def network(data: Data, settings: NetworkSettings) -> People:
    """Steps 1 to 7."""
    connections = all_connections(data, settings.connection_span)
    p = provisional(connections, settings.nominal_rule)
    deepened = sorted({record for u, weight in p.items() if weight > 0 for record in data.records_of(u)})
    met = sorted({u for record in deepened for u in data.roles[record]})
    matched = {u for u in met if reaches(p.get(u, 0.0), settings.keep_weight)}
    considered = {u: consider(u, data, p, matched, settings) for u in met}
    edges: dict[Pair, Edge] = {}
    for record in deepened:
        for u, v in combinations(sorted(data.roles[record]), 2):
            if considered[u].decision != "discarded" and considered[v].decision != "discarded":
                kind = "adversarial" if data.adversarial(u, v) else "associative"
                edges[u, v] = Edge((p.get(u, 0.0) + p.get(v, 0.0)) / 2, tuple(data.together(u, v)), kind)
    graph = {
        pair: edge.b * len(edge.records)
        for pair, edge in sorted(edges.items())
        if edge.kind == "associative" and edge.b > 0 and matched & set(pair)
    }
    return People(connections, considered, edges, graph)


def all_connections(data: Data, span: int | None) -> dict[tuple[str, str | None], Connection]:
    """Step 1."""
    behind: dict[tuple[str, str | None], list[str]] = {}
    for record in data.matched:
        people = sorted(data.roles[record])
        for u in people:
            if data.only_victim(u, record):
                continue
            others: list[str | None] = [v for v in people if v != u]
            for other in others or [None]:
                behind.setdefault((u, other), []).append(record)
    return {pair: weigh(records, data, span) for pair, records in behind.items()}


def weigh(records: list[str], data: Data, span: int | None) -> Connection:
    """c over all these records, or over the best window of so many months: the earliest of equal ones."""
    if span is None:
        return weigh_window(records, data)
    windows = []
    for start in sorted({data.dates[record] for record in records}):
        end = months_later(start, span)
        windows.append(weigh_window([r for r in records if start <= data.dates[r] <= end], data))
    best = max(window.c for window in windows)
    return next(window for window in windows if window.c == best)


def weigh_window(records: list[str], data: Data) -> Connection:
    weights: dict[str, float] = {}
    for record in records:
        for group, weight in data.scores[record].weights.items():
            weights[group] = max(weight, weights.get(group, 0.0))
    return Connection(capped_sum(weights[g] for g in sorted(weights)), tuple(sorted(weights)), tuple(sorted(records)))


def provisional(connections: dict[tuple[str, str | None], Connection], rule: str) -> dict[str, float]:
    """Step 2: p of everybody with a connection of their own."""
    own: dict[str, list[float]] = {}
    for (u, _), connection in sorted(connections.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        own.setdefault(u, []).append(connection.c)
    if rule == "noisy_or":
        return {u: 1 - math.prod(1 - c for c in cs) for u, cs in own.items()}
    return {u: max(cs) if rule == "strongest" else sum(cs) / len(cs) for u, cs in own.items()}


def consider(u: str, data: Data, p: dict[str, float], matched: set[str], settings: NetworkSettings) -> Considered:
    """Steps 5 and 6 for one person."""
    with_whom = [v for v in data.neighbours(u) if not data.adversarial(u, v)]
    share = sum(p.get(v, 0.0) for v in with_whom) / len(with_whom) if with_whom else 0.0
    tied = [v for v in with_whom if v in matched]
    records = tuple(sorted({record for v in tied for record in data.together(u, v)}))
    if u in matched:
        decision = "matched"
    else:
        enough = len(tied) >= settings.associate_min_ties and len(records) >= settings.associate_min_records
        decision = "associate" if enough and reaches(share, settings.keep_weight) else "discarded"
    return Considered(p.get(u, 0.0), share, len(tied), records, decision)
