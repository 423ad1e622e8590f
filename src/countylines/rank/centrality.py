"""Centrality: who holds the network, or their group, together (METHOD section 5). Rankable people only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from countylines.graph import Floats, Graph, Ints, split
from countylines.progress import Advance
from countylines.rank.meanings import MEANINGS
from countylines.rank.places import DECIMALS, eigenvector, measures, within
from countylines.rank.rankable import Rankable
from countylines.resample import HIGH, LOW, Draws, over_draws
from countylines.settings import Centrality
from countylines.tables import RUN

SCOPES = ("network", "group")
PATHS = ("betweenness", "harmonic")  # the measures that walk shortest paths, which a large network makes dear
NO_LABEL = -1


def centrality(
    graph: Graph,
    members: Mapping[str, tuple[str, ...]],
    rankable: Rankable,
    settings: Centrality,
    draws: Draws | None = None,
    advance: Advance | None = None,
) -> pl.DataFrame:
    """Measure everybody, and rank the rankable, in the whole network and each within their group.

    Everybody counts as a step between others; only rankable people have a value or a rank.

    Args:
        graph: the kept people and their ties.
        members: the people of each group.
        rankable: who may be ranked.
        draws: the networks drawn anew, for rank_low and rank_high; None = none.
        advance: told each draw that is done.

    Returns:
        The run table ``centrality``, sorted by scope, measure, nominal_id. ``rank``: among rankable people (of the
        group), 1 is highest, ties share the lowest. ``rank_low``, ``rank_high``: the least rank that at least 5%, and
        at least 95%, of the draws don't exceed; null without draws. ``method``: exact, or the bound of what is not.

    Source: METHOD section 5; Freeman (1977), A set of measures of centrality based on betweenness; Bonacich (1972),
        Factoring and weighting approaches to status scores; Marchiori and Latora (2000), Harmony in the small-world.
    """
    places = _places(graph, members, rankable)
    real = places.values(graph, settings, paths=True, workers=draws.workers if draws else 1)
    drawn = None
    if draws is not None and draws.count:
        assert draws.ties.ids == graph.ids, "draws of other people"
        task = _Ranks(draws, places, settings)
        drawn = np.stack(over_draws(task, draws.count, draws.workers, advance))
    frames = [
        _rows(places, scope, measure, real[place], None if drawn is None else drawn[:, place], settings)
        for place, (scope, measure) in enumerate(_columns())
    ]
    return pl.concat(frames).sort(RUN["centrality"].key)


def rank_within(values: Floats, label: Ints) -> Ints:
    """Ranks among those of the same label: 1 is highest, ties share the lowest; 0 for labels below 0.

    Example:
        >>> rank_within(np.array([5.0, 7.0, 5.0, 1.0, 9.0]), np.array([0, 0, 0, 1, -1])).tolist()
        [2, 1, 2, 1, 0]
    """
    order = np.lexsort((-values, label))
    place = np.arange(len(order))
    other = np.diff(label[order], prepend=label[order][:1] - 1) != 0
    lower = other | (np.diff(values[order], prepend=np.nan) != 0)
    start = np.maximum.accumulate(np.where(other, place, 0))
    first = np.maximum.accumulate(np.where(lower, place, 0))
    ranks = np.zeros(len(order), np.int64)
    ranks[order] = first - start + 1
    return np.where(label < 0, 0, ranks)


@dataclass(frozen=True, eq=False)
class _Places:
    """Where each vertex is measured and ranked.

    Attributes:
        names: of the groups, in order of their number.
        group: the group's number of each vertex, NO_LABEL = none.
        size: the people in each group.
        ranked: by scope, the label within which each vertex is ranked, NO_LABEL = not at all.
        people: the vertices that may be ranked.
    """

    ids: tuple[str, ...]
    group: Ints
    size: Ints
    ranked: Mapping[str, Ints]
    people: Ints

    def values(self, graph: Graph, settings: Centrality, paths: bool, workers: int = 1) -> Floats:
        """A row for each of :func:`_columns`, a column a vertex; nan where something isn't measured.

        Args:
            paths: measure shortest paths where they can't be exact, too.
            workers: threads for these.
        """
        found = np.full((len(_columns()), graph.n), np.nan)
        for scope, own, part, n in self._parts(graph, settings):
            exact = int(np.max(n, initial=0)) <= settings.exact_up_to
            if not exact and not paths:
                made = {"strength": part.strength, "eigenvector": eigenvector(part)}
                made = {name: values.round(DECIMALS) for name, values in made.items()}
            else:
                made = measures(part, n, None if exact else min(settings.pivots, part.n), settings.seed, workers)
            for measure, values in made.items():
                found[_columns().index((scope, measure)), own] = values
        return found

    def _parts(self, graph: Graph, settings: Centrality) -> Iterator[tuple[str, Ints, Graph, Ints]]:
        """The network; all groups small enough to be exact, side by side; and each larger one."""
        everybody = np.arange(graph.n)
        yield "network", everybody, graph, np.full(graph.n, graph.n)
        if not len(self.size):
            return
        small = self.size <= settings.exact_up_to
        part_of_group = np.where(small, len(small), np.arange(len(small)))  # the small ones share a number
        part = np.where(self.group < 0, len(small) + 1, part_of_group[self.group])
        inside = (self.group[graph.a] == self.group[graph.b]) & (self.group[graph.a] >= 0)
        within_groups = Graph(graph.ids, graph.a[inside], graph.b[inside], graph.w[inside])
        numbers, compact = np.unique(part, return_inverse=True)
        for number, (own, each) in zip(numbers, split(within_groups, compact), strict=True):
            if number <= len(small):
                yield "group", own, each, self.size[self.group[own]]

    def ranks(self, values: Floats) -> Ints:
        """Of the people who may be ranked, a row for each of :func:`_columns`; 0 = none."""
        rows = [
            np.where(np.isnan(row), 0, rank_within(np.nan_to_num(row), self.ranked[scope]))
            for (scope, _), row in zip(_columns(), values, strict=True)
        ]
        return np.stack(rows)[:, self.people]


@dataclass(frozen=True, eq=False)
class _Ranks:
    """One draw: measured and ranked."""

    draws: Draws
    places: _Places
    settings: Centrality

    def __call__(self, i: int) -> Any:
        values = self.places.values(self.draws(i), self.settings, paths=i < self.settings.path_draws)
        return self.places.ranks(values).astype(np.int32)


def _columns() -> list[tuple[str, str]]:
    return [(scope, measure) for scope in SCOPES for measure in MEANINGS]


def _places(graph: Graph, members: Mapping[str, tuple[str, ...]], rankable: Rankable) -> _Places:
    number = {person: i for i, group in enumerate(sorted(members)) for person in members[group]}
    group = np.array([number.get(person, NO_LABEL) for person in graph.ids], np.int64)
    free = rankable.mask(graph.ids)
    ranked = {"network": np.where(free, 0, NO_LABEL), "group": np.where(free, group, NO_LABEL)}
    size = np.array([len(members[name]) for name in sorted(members)], np.int64)
    return _Places(graph.ids, group, size, ranked, np.flatnonzero(free))


def _rows(places: _Places, scope: str, measure: str, values: Floats, drawn: Any, settings: Centrality) -> pl.DataFrame:
    """One scope and measure as rows of the table."""
    label = places.ranked[scope]
    own = np.flatnonzero(label >= 0)
    n = places.size[label[own]] if scope == "group" else np.full(len(own), len(places.ids))
    rows = pl.DataFrame(
        {
            "nominal_id": pl.Series([places.ids[u] for u in own.tolist()], dtype=pl.String),
            "scope": pl.repeat(scope, len(own), eager=True, dtype=pl.String),
            "measure": pl.repeat(measure, len(own), eager=True, dtype=pl.String),
            "value": values[own],
            "rank": rank_within(values, label)[own],
            "method": pl.Series([_method(measure, int(size), drawn, settings) for size in n], dtype=pl.String),
        }
    )
    low = high = pl.lit(None, pl.Int64)
    if drawn is not None:
        mine = drawn[:, np.isin(places.people, own)]
        low, high = (pl.lit(pl.Series(_quantile(mine, q), dtype=pl.Int64)) for q in (LOW, HIGH))
    return rows.with_columns(rank_low=low, rank_high=high).select(RUN["centrality"].names)


def _quantile(drawn: Ints, q: float) -> Ints:
    """The least rank that at least a share q of the draws don't exceed, for each person; draws with rank 0 don't count.

    Args:
        drawn: a row a draw, a column a person; not all 0.
    """
    ordered = np.sort(drawn, axis=0)
    without = (ordered == 0).sum(axis=0)
    place = without + np.ceil(q * (len(ordered) - without) - 1e-9).astype(np.int64) - 1
    found: Ints = np.take_along_axis(ordered, np.maximum(place, without)[None, :], axis=0)[0].astype(np.int64)
    return found


def _method(measure: str, n: int, drawn: Any, settings: Centrality) -> str:
    if measure not in PATHS or n <= settings.exact_up_to:
        return "exact"
    pivots = min(settings.pivots, n)
    text = f"approximate: paths from {pivots:,} people, within {within(n, pivots):.3f} with 95% certainty"
    if drawn is not None and len(drawn) > settings.path_draws:
        return f"{text}; interval from {settings.path_draws} draws"
    return text
