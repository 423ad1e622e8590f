"""Centralities against networkx, ranks against loops, and nobody protected or held in the table."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import Graph, graph_from, graph_of
from countylines.rank.centrality import centrality, rank_within
from countylines.rank.meanings import MEANINGS
from countylines.rank.places import eigenvector, measures, within
from countylines.rank.rankable import rankable_of
from countylines.resample import Draws, draws_of, ties_of
from countylines.settings import Centrality, Stability
from countylines.tables import RUN
from tests.partition.small import edges as listed
from tests.partition.small import record_graph, ring
from tests.resampled import groups_of, network

SEEDS = st.integers(0, 9999)
EXACT = Centrality()


def as_networkx(graph: Graph) -> nx.Graph:
    made = nx.Graph()
    made.add_nodes_from(range(graph.n))
    made.add_weighted_edges_from(listed(graph))
    return made


def by_networkx(graph: Graph) -> dict[str, list[float]]:
    """METHOD 5, measure by measure."""
    whole, n = as_networkx(graph), graph.n
    leading = dict.fromkeys(range(n), 0.0)
    for component in nx.connected_components(whole):
        if len(component) > 1:
            people = sorted(component)
            vector = np.abs(np.linalg.eigh(nx.to_numpy_array(whole, people))[1][:, -1])
            leading |= dict(zip(people, vector / vector.max(), strict=True))
    harmonic = nx.harmonic_centrality(whole)
    return {
        "strength": [whole.degree(u, weight="weight") for u in range(n)],
        "betweenness": list(nx.betweenness_centrality(whole, normalized=True).values()),
        "eigenvector": [leading[u] for u in range(n)],
        "harmonic": [harmonic[u] / max(1, n - 1) for u in range(n)],
    }


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 12, 30, 90])
@pytest.mark.parametrize("seed", range(4))
def test_every_measure_is_as_networkx_has_it(seed: int, n: int) -> None:
    graph = record_graph(seed, n)
    found, expected = measures(graph, n), by_networkx(graph)
    for measure in MEANINGS:
        assert found[measure] == pytest.approx(expected[measure], abs=1e-6 if measure == "eigenvector" else 1e-8)


@given(seed=SEEDS, n=st.integers(2, 80))
def test_the_eigenvector_is_one(seed: int, n: int) -> None:
    """A v = l v in each component, nowhere below 0, largest entry 1: of a connected graph that is the leading one."""
    graph = record_graph(seed, n)
    found, whole = eigenvector(graph), as_networkx(graph)
    for component in nx.connected_components(whole):
        if len(component) > 1:
            weights, own = nx.to_numpy_array(whole, sorted(component)), found[sorted(component)]
            assert own.min() >= 0 and own.max() == 1.0
            assert weights @ own == pytest.approx(own * (own @ weights @ own) / (own @ own), abs=1e-8)


def test_whoever_is_alone_has_no_value() -> None:
    found = measures(graph_from("abc", {("a", "b"): 2.0}), 3)
    assert {name: values[2] for name, values in found.items()} == dict.fromkeys(found, 0.0)
    assert found["eigenvector"].tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("n", [59, 60, 61, 100, 301])
def test_equal_places_have_equal_values(n: int) -> None:
    """On a ring everybody's place is the same; on a wheel everybody's but the hub's. Small and large ones."""
    ids = [f"r{i:03}" for i in range(n)]
    around = dict.fromkeys(zip(ids, [*ids[1:], ids[0]], strict=True), 1.0)
    assert eigenvector(graph_from(ids, around)).round(9).tolist() == [1.0] * n
    wheel = graph_from([*ids, "hub"], {**around, **{(u, "hub"): 1.0 for u in ids}})
    for values in measures(wheel, n + 1).values():
        assert len(set(values[1:].tolist())) == 1 and values[0] > values[1]


@given(seed=SEEDS, n=st.integers(2, 30))
def test_pivots_are_as_a_loop_over_them_and_all_pivots_are_exact(seed: int, n: int) -> None:
    graph = record_graph(seed, n)
    exact, all_of_them = measures(graph, n), measures(graph, n, pivots=n, seed=seed)
    for measure in MEANINGS:
        assert all_of_them[measure] == pytest.approx(exact[measure], abs=1e-8)
    some = max(1, n // 2)
    chosen = np.random.default_rng(seed).choice(n, some, replace=False)
    apart = dict(nx.all_pairs_shortest_path_length(as_networkx(graph)))
    near = [sum(1 / apart[s][u] for s in chosen if u != s and u in apart[s]) for u in range(n)]
    expected = [n / some * x / (n - 1) for x in near]
    made = measures(graph, n, some, seed)
    assert made["harmonic"] == pytest.approx(expected, abs=1e-8)
    between = nx.betweenness_centrality_subset(as_networkx(graph), chosen.tolist(), list(range(n)))
    pairs = max(1, (n - 1) * (n - 2) / 2)
    assert made["betweenness"] == pytest.approx([n / some * between[u] / pairs for u in range(n)], abs=1e-8)


def test_the_number_of_threads_changes_nothing() -> None:
    graph = record_graph(3, 400)
    one, three = (measures(graph, 400, 350, workers=workers) for workers in (1, 3))
    for measure in MEANINGS:
        assert np.array_equal(one[measure], three[measure])


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_holds(seed: int) -> None:
    graph = record_graph(seed, 300)
    exact, near = measures(graph, 300), measures(graph, 300, pivots=60, seed=seed)
    for measure in ("betweenness", "harmonic"):
        off = np.abs(exact[measure] - near[measure]).max()
        assert 0 < off <= within(300, 60)
    assert within(300, 300) < within(300, 60) < within(300, 10)


def table(seed: int, draws: Draws | None = None, settings: Centrality = EXACT, people: int = 25) -> pl.DataFrame:
    nominals, edges = network(seed, people, 2 * people)
    members = groups_of(nominals, seed)
    return centrality(graph_of(nominals, edges), members, rankable_of(nominals), settings, draws)


@given(seed=SEEDS)
def test_values_and_ranks_by_loops(seed: int) -> None:
    """Each scope on its own subgraph, by networkx; rank = 1 + the rankable people with a greater value."""
    nominals, edges = network(seed, 25, 50)
    graph, members, free = graph_of(nominals, edges), groups_of(nominals, seed), rankable_of(nominals)
    made = centrality(graph, members, free, EXACT)
    assert made.columns == RUN["centrality"].names
    assert made.equals(made.sort(RUN["centrality"].key))
    found = {(row["scope"], row["measure"], row["nominal_id"]): row for row in made.iter_rows(named=True)}
    scopes = [("network", graph.ids), *(("group", people) for people in members.values())]
    expected = 0
    for scope, people in scopes:
        places = [u for u, person in enumerate(graph.ids) if person in people]
        inside = [(a, b, w) for a, b, w in listed(graph) if a in places and b in places]
        own = {(graph.ids[a], graph.ids[b]): w for a, b, w in inside}
        part = graph_from(people, own)
        for measure, values in by_networkx(part).items():
            ours = [person for person in part.ids if person in free.ids]
            value = {person: round(x, 6) for person, x in zip(part.ids, values, strict=True)}
            expected += len(ours)
            for person in ours:
                row = found[scope, measure, person]
                assert row["value"] == pytest.approx(value[person], abs=2e-6)
                assert row["rank"] == 1 + sum(found[scope, measure, other]["value"] > row["value"] for other in ours)
                assert row["method"] == "exact"
                assert row["rank_low"] is None and row["rank_high"] is None
    assert len(found) == len(made) == expected


@given(seed=SEEDS, flags=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=12, max_size=12))
def test_nobody_protected_or_held_has_a_value_or_a_rank(seed: int, flags: list[tuple[bool, bool]]) -> None:
    nominals, edges = network(seed, 12, 20)
    nominals = nominals.sort("nominal_id").with_columns(
        protected=pl.Series([protected for protected, _ in flags], dtype=pl.Boolean),
        held=pl.Series([["a sign"] if held else [] for _, held in flags], dtype=pl.List(pl.String)),
    )
    free = {f"p{i:03}" for i, flag in enumerate(flags) if not any(flag)}
    draws = Draws(ties_of(nominals, edges), 3, workers=1)
    made = centrality(graph_of(nominals, edges), groups_of(nominals, seed), rankable_of(nominals), EXACT, draws)
    assert set(made["nominal_id"]) == free
    assert made["rank_high"].max() is None or made["rank_high"].max() <= len(free)


def quantile(ranks: list[int], share: float) -> int:
    """The least rank that at least this share of the draws don't exceed."""
    return next(rank for rank in sorted(ranks) if sum(r <= rank for r in ranks) >= share * len(ranks) - 1e-9)


@pytest.mark.parametrize("count", [1, 7, 20, 41])
def test_intervals_are_quantiles_over_the_draws(count: int) -> None:
    nominals, edges = network(11, 25, 50)
    members, free = groups_of(nominals, 11), rankable_of(nominals)
    draws = draws_of(nominals, edges, Stability(draws=count, keep_share=0.7, workers=1))
    made = centrality(graph_of(nominals, edges), members, free, EXACT, draws)
    each = [centrality(draws(i), members, free, EXACT) for i in range(count)]
    for row in made.iter_rows(named=True):
        key = {name: row[name] for name in ("scope", "measure", "nominal_id")}
        ranks = [frame.filter(**key)["rank"].item() for frame in each]
        assert (row["rank_low"], row["rank_high"]) == (quantile(ranks, 0.05), quantile(ranks, 0.95))


def test_above_the_limit_the_method_says_what_was_done() -> None:
    nominals, edges = network(11, 60, 120)
    members = {"G1": tuple(f"p{i:03}" for i in range(30)), "G2": tuple(f"p{i:03}" for i in range(30, 35))}
    settings = Centrality(exact_up_to=20, pivots=15, path_draws=4)
    draws = draws_of(nominals, edges, Stability(draws=9, workers=1))
    graph, free = graph_of(nominals, edges), rankable_of(nominals)
    made = centrality(graph, members, free, settings, draws)
    said = made.filter(pl.col("measure").is_in(["betweenness", "harmonic"]))
    for row in said.iter_rows(named=True):
        n = {"network": 60, "group": 30 if row["nominal_id"] < "p030" else 5}[row["scope"]]
        assert row["method"] == (
            f"approximate: paths from 15 people, within {within(n, 15):.3f} with 95% certainty; interval from 4 draws"
            if n > 20
            else "exact"
        )
    assert set(made.filter(pl.col("measure").is_in(["strength", "eigenvector"]))["method"]) == {"exact"}
    first = centrality(graph, members, free, settings, replace(draws, count=4))
    paths = (pl.col("method") != "exact") & (pl.col("measure") == "betweenness")
    columns = ["nominal_id", "scope", "value", "rank", "rank_low", "rank_high"]
    assert made.filter(paths).select(columns).equals(first.filter(paths).select(columns))
    assert "draws" not in first.filter(paths)["method"][0]
    assert made["rank_low"].null_count() == 0 and (made["rank_low"] <= made["rank_high"]).all()


def test_any_number_of_workers_and_any_order_of_rows_give_the_same() -> None:
    nominals, edges = network(9, 30, 60)
    members, free = groups_of(nominals, 9), rankable_of(nominals)
    alone = draws_of(nominals, edges, Stability(draws=4, workers=1))
    one = centrality(graph_of(nominals, edges), members, free, EXACT, alone)
    other = draws_of(nominals.reverse(), edges.reverse(), Stability(draws=4, workers=2))
    turned = dict(reversed(members.items()))
    assert one.equals(centrality(graph_of(nominals.reverse(), edges.reverse()), turned, free, EXACT, other))


@given(seed=SEEDS)
def test_new_names_change_no_value(seed: int) -> None:
    """Relabelled, everybody keeps their values and ranks."""
    nominals, edges = network(seed, 15, 25)
    names = {f"p{i:03}": f"q{(7 * i + 3) % 15:03}" for i in range(15)}
    new_edges = edges.with_columns(pl.col("nominal_a", "nominal_b").replace_strict(names, return_dtype=pl.String))
    new = nominals.with_columns(pl.col("nominal_id").replace_strict(names, return_dtype=pl.String))
    members = groups_of(nominals, seed)
    renamed = {group: tuple(sorted(names[u] for u in people)) for group, people in members.items()}
    one = centrality(graph_of(nominals, edges), members, rankable_of(nominals), EXACT)
    two = centrality(graph_of(new, new_edges), renamed, rankable_of(new), EXACT)
    ours = one.with_columns(pl.col("nominal_id").replace_strict(names, return_dtype=pl.String))
    keys = RUN["centrality"].key
    near = two.with_columns(pl.col("value").round(6)).sort(keys).drop("rank")
    assert ours.with_columns(pl.col("value").round(6)).sort(keys).drop("rank").equals(near)


def test_ranks_by_hand() -> None:
    values, label = np.array([3.0, 1.0, 3.0, 2.0, 9.0, 0.0]), np.array([0, 0, 0, 0, -1, 1])
    assert rank_within(values, label).tolist() == [1, 4, 1, 3, 0, 1]
    assert rank_within(np.array([]), np.array([], np.int64)).tolist() == []


def test_every_measure_has_its_sentence() -> None:
    assert set(MEANINGS) == set(measures(ring(4), 4))
    assert all(text.endswith(".") and text.count(".") == 1 for text in MEANINGS.values())


def test_without_anybody_rankable_the_table_is_empty() -> None:
    nominals, edges = network(1, 10, 20)
    nobody = rankable_of(nominals.with_columns(protected=pl.lit(True)))
    made = centrality(graph_of(nominals, edges), groups_of(nominals, 1), nobody, EXACT)
    assert made.is_empty() and made.columns == RUN["centrality"].names
    assert table(1, people=1).height in (4, 8, 0)
