"""The map equation and its cut, against the definition over sets and against every cut of small trees."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import Graph, graph_from
from countylines.partition.map_equation import (
    cheapest_cut,
    code_length,
    f,
    map_equation_cut,
    meeting_nodes,
    plogp,
    rates,
)
from countylines.partition.walktrap import Tree, walktrap
from tests.partition.small import as_sets, connected_graph, cuts, edges, length, members, triangles

SEEDS = st.integers(0, 9999)


def test_two_triangles_by_hand() -> None:
    """p = 2/14 for four people and 3/14 for two; S = 14; one weight in 14 leaves each triangle, from either side."""
    entropy = 4 * 2 / 14 * math.log2(7) + 2 * 3 / 14 * math.log2(14 / 3)
    two = 2 / 14 * math.log2(2 / 14) - 4 * (1 / 14) * math.log2(1 / 14) + 2 * (8 / 14) * math.log2(8 / 14) + entropy
    assert code_length(triangles(), [0] * 6) == pytest.approx(entropy, abs=1e-14)
    assert code_length(triangles(), [0, 0, 0, 1, 1, 1]) == pytest.approx(two, abs=1e-14)
    assert two == pytest.approx(2.320730, abs=1e-6)  # what Infomap prints for this network


def test_two_people_are_cheaper_together() -> None:
    pair = graph_from("ab", {("a", "b"): 0.3})
    assert code_length(pair, [0, 0]) == pytest.approx(1)  # one bit says who comes next
    assert code_length(pair, [0, 1]) == pytest.approx(3)
    cut = map_equation_cut(pair, walktrap(pair, 4))
    assert (cut.group.tolist(), cut.code_length) == ([0, 0], pytest.approx(1))


def test_a_person_without_ties_needs_no_code() -> None:
    assert code_length(graph_from("a", {}), [0]) == 0


@given(seed=SEEDS, n=st.integers(2, 14))
def test_code_length_is_its_definition_for_any_groups(seed: int, n: int) -> None:
    graph = connected_graph(seed, n)
    rng = random.Random(seed)
    group = [rng.randrange(rng.randint(1, n)) for _ in range(n)]
    assert code_length(graph, group) == pytest.approx(length(graph, as_sets(group)), abs=1e-12)


def test_f_is_nothing_at_nothing_and_where_rounding_went_below() -> None:
    assert (f(0.0), f(-1e-17), f(1.0), f(0.5)) == (0, 0, 0, -0.5)
    assert plogp([0.0, -1e-17, 1.0, 0.5]).tolist() == [0, 0, 0, -0.5]


@given(seed=SEEDS, n=st.integers(2, 40))
def test_edges_meet_at_the_lowest_node_that_holds_both_ends(seed: int, n: int) -> None:
    graph = connected_graph(seed, n)
    tree = walktrap(graph, 4)
    sets = members(tree)
    lowest = [next(node for node, each in enumerate(sets) if {a, b} <= each) for a, b, _ in edges(graph)]
    assert meeting_nodes(graph, tree).tolist() == lowest


@given(seed=SEEDS, n=st.integers(2, 25))
def test_rates_of_a_node_are_those_of_its_members(seed: int, n: int) -> None:
    graph = connected_graph(seed, n)
    tree = walktrap(graph, 4)
    q, p, entropy = rates(graph, tree)
    total = 2 * sum(w for *_, w in edges(graph))
    for node, each in enumerate(members(tree)):
        assert q[node] == pytest.approx(sum(w for a, b, w in edges(graph) if (a in each) != (b in each)) / total)
        assert p[node] == pytest.approx(sum(w * ((a in each) + (b in each)) for a, b, w in edges(graph)) / total)
    assert entropy == pytest.approx(length(graph, [frozenset(range(n))]))
    assert q[-1] == 0  # not some rounding error: nothing leaves the whole


def random_tree(rng: random.Random, n: int) -> Tree:
    tops, merges = list(range(n)), []
    for node in range(n, 2 * n - 1):
        merges.append([tops.pop(rng.randrange(len(tops))) for _ in range(2)])
        tops.append(node)
    return Tree(n, np.array(merges, np.int64).reshape(-1, 2), np.zeros(n))


@given(seed=SEEDS, n=st.integers(1, 8))
def test_cheapest_cut_is_the_cheapest_of_all_cuts(seed: int, n: int) -> None:
    rng = random.Random(seed)
    tree = random_tree(rng, n)
    cost = [rng.uniform(-1, 1) for _ in range(2 * n - 1)]
    least, nodes = cheapest_cut(tree.merges.tolist(), cost)
    every = {tuple(sorted(cut)): sum(cost[node] for node in cut) for cut in cuts(tree)}
    assert least == pytest.approx(min(every.values()))
    assert every[nodes] == pytest.approx(least)


def test_whole_unless_the_parts_are_cheaper_by_more_than_the_tolerance() -> None:
    assert cheapest_cut([[0, 1]], [1.0, 1.0, 2.0])[1] == (2,)
    assert cheapest_cut([[0, 1]], [1.0, 1.0, 2.0 + 0.9e-12])[1] == (2,)
    assert cheapest_cut([[0, 1]], [1.0, 1.0, 2.0 + 1.1e-12])[1] == (0, 1)
    assert cheapest_cut([[0, 1], [2, 3]], [1.0, 1.0, 1.0, 5.0, 3.0])[1] == (4,)  # the inner parts don't save it


def candidates(graph: Graph, tree: Tree) -> list[float]:
    """L of METHOD's candidates, in order: for each x the best of all cuts of the tree, then every level."""
    sets = members(tree)
    total = 2 * sum(w for *_, w in edges(graph))
    out = [sum(w for a, b, w in edges(graph) if (a in each) != (b in each)) / total for each in sets]
    mass = [sum(w * ((a in each) + (b in each)) for a, b, w in edges(graph)) / total for each in sets]
    found, low, high = [], 0.0, 1.0
    every = list(cuts(tree))
    for _ in range(50):
        x = (low + high) / 2
        cost = [f(q + p) - 2 * f(q) + (math.log2(x) + 1 / math.log(2)) * q for q, p in zip(out, mass, strict=True)]
        best = min(every, key=lambda cut: (sum(cost[node] for node in cut), len(cut)))
        found.append(length(graph, [sets[node] for node in best]))
        low, high = (x, high) if sum(out[node] for node in best) > x else (low, x)
    return found + [length(graph, [sets[node] for node in tree.level(k)]) for k in range(graph.n)]


@given(seed=SEEDS, n=st.integers(2, 10), even=st.booleans())
def test_the_cut_is_the_best_candidate_and_no_cut_of_the_tree_is_below_the_bound(seed: int, n: int, even: bool) -> None:
    graph = connected_graph(seed, n, even)
    tree = walktrap(graph, 4)
    sets = members(tree)
    every = [length(graph, [sets[node] for node in cut]) for cut in cuts(tree)]
    cut = map_equation_cut(graph, tree)
    assert cut.code_length == pytest.approx(code_length(graph, cut.group), abs=1e-12)
    assert cut.code_length == pytest.approx(min(candidates(graph, tree)), abs=1e-11)
    assert cut.bound <= min(every) + 1e-12
    if cut.code_length - cut.bound < 1e-9:  # the bound is tight, so this is the best of all cuts
        assert cut.code_length == pytest.approx(min(every), abs=1e-9)


def test_on_these_hundred_graphs_the_cut_is_the_best_of_all_cuts() -> None:
    """Measured, not promised: the bound is tight in about a fifth of such small graphs, the cut is the best in each."""
    tight = 0
    for seed in range(100):
        graph = connected_graph(seed, 9)
        tree = walktrap(graph, 4)
        cut, sets = map_equation_cut(graph, tree), members(tree)
        assert cut.code_length <= min(length(graph, [sets[i] for i in each]) for each in cuts(tree)) + 1e-9
        tight += cut.code_length - cut.bound < 1e-9
    assert tight >= 15


def test_of_equal_lengths_the_fewest_groups_win() -> None:
    """Two levels of this tree, of 4 and of 3 groups, have the same L up to rounding, and no level has less."""
    graph = graph_from("abcdefghijk", dict.fromkeys(["ab", "ae", "af", "bc", "bd", "bg", "fh", "fj", "fk", "hi"], 1.0))
    tree = walktrap(graph, 4)
    levels = {11 - k: length(graph, as_sets(tree.groups(tree.level(k)).tolist())) for k in range(11)}
    assert sorted(n for n, value in levels.items() if value <= min(levels.values()) + 1e-12) == [3, 4]
    assert map_equation_cut(graph, tree).group.max() + 1 == 3


@given(seed=SEEDS, n=st.integers(2, 30))
def test_the_cut_holds_no_longer_code_than_any_level(seed: int, n: int) -> None:
    graph = connected_graph(seed, n)
    tree = walktrap(graph, 4)
    cut = map_equation_cut(graph, tree)
    levels = [code_length(graph, tree.groups(tree.level(k))) for k in range(n)]
    assert cut.bound - 1e-12 <= cut.code_length <= min(levels) + 1e-12


@given(seed=SEEDS, n=st.integers(2, 30), scale=st.sampled_from([4.0**-15, 0.25, 4.0**20]))
def test_the_unit_of_weight_does_not_matter(seed: int, n: int, scale: float) -> None:
    graph = connected_graph(seed, n)
    scaled = Graph(graph.ids, graph.a, graph.b, graph.w * scale)
    one, other = (map_equation_cut(each, walktrap(each, 4)) for each in (graph, scaled))
    assert (one.group.tolist(), one.code_length, one.bound) == (other.group.tolist(), other.code_length, other.bound)


def test_cliques_in_a_long_chain_are_the_groups_however_many() -> None:
    """What modularity can't do: 30 cliques of 4 in a ring, each a group (Fortunato and Barthelemy 2007)."""
    ids = [f"c{i:03d}" for i in range(120)]
    pairs = {pair: 1.0 for i in range(0, 120, 4) for pair in itertools.combinations(ids[i : i + 4], 2)}
    pairs |= {(ids[i + 3], ids[(i + 4) % 120]): 1.0 for i in range(0, 120, 4)}
    graph = graph_from(ids, pairs)
    assert map_equation_cut(graph, walktrap(graph, 4)).group.tolist() == [u // 4 for u in range(120)]
