"""The graph around children: all ties of kept people, and each child's own, with the records behind them (METHOD 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from countylines.rank.own_ties import Start

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Ties:
    """Kept people and all their ties, adversarial ones included, and people with ties of their own.

    Attributes:
        ids: the kept people, sorted; their place is their vertex.
        number: vertex by id.
        weights: n x n, symmetric: the number of records that two share.
        starts: whoever is kept or tied to somebody kept: their vertex (n for somebody who isn't kept) and their ties
            beyond the graph's.
        behind: the records of each pair, by the two ids in order.
    """

    ids: tuple[str, ...]
    number: Mapping[str, int]
    weights: csr_array
    starts: Mapping[str, Start]
    behind: Mapping[Pair, Sequence[str]]

    @property
    def n(self) -> int:
        """The number of kept people."""
        return len(self.ids)

    def records(self, one: str, other: str) -> Sequence[str]:
        """The records that two people who are tied share."""
        return self.behind[_pair(one, other)]


def ties_of(nominals: pl.DataFrame, edges: pl.DataFrame, connecting: pl.DataFrame, people: Sequence[str]) -> Ties:
    """The ties of the kept, and of the people given.

    Args:
        nominals, edges: the run tables.
        connecting: ``record_id``, ``nominal_id`` of everybody who connects in records that count.
        people: whom to walk from.
    """
    ids = tuple(sorted(nominals["nominal_id"].to_list()))
    number = {name: i for i, name in enumerate(ids)}
    a, b = ([number[name] for name in edges[column]] for column in ("nominal_a", "nominal_b"))
    n_records = edges["n_records"].to_numpy().astype(np.float64)
    both = (np.concatenate([n_records, n_records]), (np.array(a + b, np.int64), np.array(b + a, np.int64)))
    weights = csr_array(both, shape=(len(ids), len(ids)))
    weights.sort_indices()
    behind = records_of_edges(edges)
    starts = {
        person: Start(number[person], np.array([], np.int64), np.array([])) for person in people if person in number
    }
    graph = frozenset(behind)
    own = _own(connecting, people, ids)
    for person, others, records in own.iter_rows():
        new = [(other, of) for other, of in zip(others, records, strict=True) if _pair(person, other) not in graph]
        if not new:
            continue
        behind |= {_pair(person, other): of for other, of in new}
        to = np.array([number[other] for other, _ in new], np.int64)
        w = np.array([len(of) for _, of in new], np.float64)
        starts[person] = Start(number.get(person, len(ids)), to, w)
    return Ties(ids, number, weights, dict(sorted(starts.items())), behind)


def records_of_edges(edges: pl.DataFrame) -> dict[Pair, Sequence[str]]:
    """The records of each edge, by its two ids in order."""
    rows = edges.select("nominal_a", "nominal_b", "record_ids").iter_rows()
    return {(one, other): records for one, other, records in rows}


def _own(connecting: pl.DataFrame, people: Sequence[str], kept: Sequence[str]) -> pl.DataFrame:
    """Person, the kept people they share a record with, and those records, all sorted."""
    theirs = connecting.filter(pl.col("nominal_id").is_in(list(people)))
    others = connecting.filter(pl.col("nominal_id").is_in(list(kept)))
    pairs = theirs.join(others, on="record_id", suffix="_other").filter(
        pl.col("nominal_id") != pl.col("nominal_id_other")
    )
    shared = (
        pairs.sort("record_id")
        .group_by("nominal_id", "nominal_id_other")
        .agg("record_id")
        .sort(pl.all().exclude("record_id"))
    )
    return shared.group_by("nominal_id", maintain_order=True).agg("nominal_id_other", "record_id")


def _pair(one: str, other: str) -> Pair:
    return min(one, other), max(one, other)
