"""Who stays with their group, by the definition's words."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import graph_of, numbered
from countylines.partition import partition
from countylines.partition.stability import stability, stays_with
from countylines.resample import draws_of
from countylines.settings import PartitionSettings, Stability
from tests.resampled import network

SEEDS = st.integers(0, 9999)
RULES = PartitionSettings()


def by_words(group: list[int], again: list[int]) -> list[bool]:
    """The new group that holds most of the old one's members; of equal ones, that with the lowest first member."""
    stays = [False] * len(group)
    for old in set(group) - {-1}:
        members = [u for u, g in enumerate(group) if g == old]
        news = {new: [u for u, g in enumerate(again) if g == new] for new in set(again)}
        majority = min(news, key=lambda new: (-len(set(members) & set(news[new])), min(news[new])))
        for u in members:
            stays[u] = again[u] == majority
    return stays


@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), max_size=20))
def test_the_majority_is_as_the_words_say(pairs: list[tuple[int, int]]) -> None:
    group = [old for old, _ in pairs]
    again = numbered([new for _, new in pairs]).tolist()
    found = stays_with(np.array(group, np.int64), np.array(again, np.int64))
    assert found.tolist() == by_words(group, again)


def membership(nominals: pl.DataFrame, edges: pl.DataFrame, least: int = 3) -> pl.DataFrame:
    graph = graph_of(nominals, edges)
    found = partition(graph, RULES).group
    names = [f"G{g:05}" if found.count(g) >= least else None for g in found]
    return pl.DataFrame({"nominal_id": graph.ids, "group_id": names}, schema_overrides={"group_id": pl.String})


@pytest.mark.parametrize("seed", range(12))
def test_shares_are_counted_over_draws(seed: int) -> None:
    """By brute force: every draw made, partitioned and compared by words."""
    nominals, edges = network(seed, 30, 45)
    homes = membership(nominals, edges)
    draws = draws_of(nominals, edges, Stability(draws=7, keep_share=0.6, seed=seed))
    names = homes["group_id"].to_list()
    labels = [sorted(set(names) - {None}).index(name) if name else -1 for name in names]
    counted = [by_words(labels, partition(draws(i), RULES).group) for i in range(7)]
    expected = {
        person: sum(each[u] for each in counted) / 7 if labels[u] >= 0 else None
        for u, person in enumerate(draws.ties.ids)
    }
    people, groups = stability(draws, homes.reverse(), RULES)
    assert dict(people.iter_rows()) == pytest.approx(expected)
    assert people["nominal_id"].is_sorted() and groups["group_id"].is_sorted()
    for name, mean in groups.iter_rows():
        own = [expected[person] for person, home in homes.iter_rows() if home == name]
        assert mean == pytest.approx(sum(own) / len(own))
    assert set(groups["group_id"]) == set(names) - {None}


@given(seed=SEEDS)
def test_with_every_record_kept_everybody_stays(seed: int) -> None:
    nominals, edges = network(seed)
    homes = membership(nominals, edges)
    people, groups = stability(draws_of(nominals, edges, Stability(draws=2, keep_share=1.0)), homes, RULES)
    assert set(people.drop_nulls()["stays"]) <= {1.0}
    assert set(groups["stability"]) <= {1.0}
    assert people["stays"].null_count() == homes["group_id"].null_count()


def test_without_draws_there_is_no_figure() -> None:
    nominals, edges = network(3, 30, 60)
    people, groups = stability(draws_of(nominals, edges, Stability(draws=0)), membership(nominals, edges), RULES)
    assert people["stays"].null_count() == len(people) == 30
    assert groups["stability"].null_count() == len(groups) > 0


def test_two_cliques_held_by_one_record_come_apart_without_it() -> None:
    """Two triangles, tied by one record that a draw keeps nine times in ten; both are groups of their own."""
    pairs = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d"), ("d", "e"), ("d", "f"), ("e", "f")]
    edges = pl.DataFrame(
        {
            "nominal_a": [a for a, _ in pairs],
            "nominal_b": [b for _, b in pairs],
            "weight": [1.0] * 7,
            "kind": ["associative"] * 7,
            "record_ids": [[f"crime:{a}{b}{k}" for k in range(1 if a + b == "cd" else 40)] for a, b in pairs],
        }
    )
    nominals = pl.DataFrame({"nominal_id": list("abcdef"), "entered_by": ["matched"] * 6})
    homes = pl.DataFrame({"nominal_id": list("abcdef"), "group_id": ["G1"] * 3 + ["G2"] * 3})
    people, groups = stability(draws_of(nominals, edges, Stability(draws=20)), homes, RULES)
    assert people["stays"].to_list() == [1.0] * 6
    assert groups.rows() == [("G1", 1.0), ("G2", 1.0)]
    one_group = homes.with_columns(group_id=pl.lit("G1"))  # then only half of it stays together, the half with a in it
    people, groups = stability(draws_of(nominals, edges, Stability(draws=20)), one_group, RULES)
    assert people["stays"].to_list() == [1.0] * 3 + [0.0] * 3
    assert groups.rows() == [("G1", 0.5)]
