"""Walktrap's tree: igraph's published counts, and the tree's own arithmetic."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import Graph, components, graph_from, read_edges, split
from countylines.partition.modularity import modularity_cut
from countylines.partition.walktrap import walktrap
from tests.partition.small import as_sets, connected_graph, members, modularity, record_graph, ring

NETWORKS = Path(__file__).parents[1] / "reference" / "networks"
SIZES_LISTED = 12

with (NETWORKS / "reference_walktrap_igraph_1.0.0.csv").open(encoding="utf-8") as file:
    REFERENCE = list(csv.DictReader(file))


def network(name: str, folder: Path) -> Graph:
    """A network of the reference, weighted; people without ties left out."""
    if name in ("karate", "lesmis"):
        toy = nx.karate_club_graph() if name == "karate" else nx.les_miserables_graph()
        number = {person: f"{i:02d}" for i, person in enumerate(toy)}
        return graph_from(list(number.values()), {(number[a], number[b]): w for a, b, w in toy.edges.data("weight")})
    if name == "stlouis_crime_projection":
        return shared_crimes(NETWORKS / "stlouis_crime_incidence.csv")
    copy = folder / "edges.csv"
    text = (NETWORKS / f"{name}_edges.csv").read_text(encoding="utf-8")
    copy.write_text(text.replace("weight_sum", "weight", 1), encoding="utf-8")
    return read_edges(copy)


def shared_crimes(incidence: Path) -> Graph:
    """People tied by the number of crimes they share, in whatever role."""
    involved: dict[str, set[str]] = {}
    with incidence.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            involved.setdefault(row["crime"], set()).add(row["person"])
    pairs: dict[tuple[str, str], float] = {}
    for people in involved.values():
        for pair in itertools.combinations(sorted(people), 2):
            pairs[pair] = pairs.get(pair, 0.0) + 1
    return graph_from(sorted({person for pair in pairs for person in pair}), pairs)


def test_the_reference_is_all_there() -> None:
    assert len(REFERENCE) == 59


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: f"{row['network']}-{row['steps']}-{row['weights']}")
def test_modularity_groups_and_sizes_are_those_of_the_reference(row: dict[str, str], tmp_path: Path) -> None:
    graph = network(row["network"], tmp_path)
    assert [graph.n, len(graph.a), components(graph).max() + 1] == [int(row[n]) for n in ("N", "E", "components")]
    graph = Graph(graph.ids, graph.a, graph.b, np.ones(len(graph.w))) if row["weights"] == "none" else graph
    groups = as_sets(modularity_cut(walktrap(graph, int(row["steps"]))).tolist())
    assert f"{modularity(graph, groups):.4f}" == f"{float(row['modularity']):.4f}"
    assert len(groups) == int(row["communities"])
    assert sorted(map(len, groups), reverse=True)[:SIZES_LISTED] == [int(n) for n in row["largest_sizes"].split()]


@pytest.mark.parametrize("graph", [graph_from([], {}), graph_from("a", {}), graph_from("abc", {})])
def test_people_without_ties_never_merge(graph: Graph) -> None:
    tree = walktrap(graph, 4)
    assert tree.merges.shape == (0, 2)
    assert tree.groups(tree.level(0)).tolist() == modularity_cut(tree).tolist() == list(range(graph.n))


@given(seed=st.integers(0, 9999), n=st.integers(1, 40), even=st.booleans())
def test_the_tree_has_one_root_a_component_and_a_modularity_a_level(seed: int, n: int, even: bool) -> None:
    graph = record_graph(seed, n, even)
    tree = walktrap(graph, 4)
    number = components(graph)
    assert len(tree.merges) == n - (number.max() + 1)
    assert len(tree.modularity) == len(tree.merges) + 1
    assert tree.groups(tree.level(len(tree.merges))).tolist() == number.tolist()


@given(seed=st.integers(0, 9999), n=st.integers(1, 25))
def test_spans_levels_and_groups_are_the_sets_the_merges_make(seed: int, n: int) -> None:
    tree = walktrap(record_graph(seed, n), 4)
    sets = members(tree)
    order, start, end = tree.spans()
    assert [frozenset(order[i:j].tolist()) for i, j in zip(start, end, strict=True)] == sets
    level = {frozenset({u}) for u in range(n)}
    for merges, (left, right) in enumerate([*tree.merges.tolist(), (None, None)]):
        assert {sets[node] for node in tree.level(merges)} == level
        assert as_sets(tree.groups(tree.level(merges)).tolist()) == sorted(level, key=min)
        if left is not None:
            level = level - {sets[left], sets[right]} | {sets[left] | sets[right]}


@given(seed=st.integers(0, 9999), n=st.integers(4, 40))
def test_without_ties_in_weight_a_component_alone_gets_the_tree_it_gets_in_the_whole(seed: int, n: int) -> None:
    graph = record_graph(seed, n)
    noise = np.random.default_rng(seed).uniform(0.5, 1.5, len(graph.w))  # no two merges equally near
    graph = Graph(graph.ids, graph.a, graph.b, graph.w * noise)
    whole = set(members(walktrap(graph, 4)))
    alone = set()
    for own, part in split(graph, components(graph)):
        alone |= {frozenset(own[list(node)].tolist()) for node in members(walktrap(part, 4))}
    assert alone == whole


@given(seed=st.integers(0, 9999), n=st.integers(2, 30), scale=st.sampled_from([4.0**-10, 4.0, 4.0**15]))
def test_the_unit_of_weight_does_not_matter(seed: int, n: int, scale: float) -> None:
    """Powers of four, because igraph takes square roots: these scale without rounding, others decide ties anew."""
    graph = connected_graph(seed, n)
    scaled = Graph(graph.ids, graph.a, graph.b, graph.w * scale)
    assert walktrap(scaled, 4).merges.tolist() == walktrap(graph, 4).merges.tolist()


def test_a_long_ring_is_one_tree() -> None:
    tree = walktrap(ring(60), 4)
    assert sorted(tree.spans()[0].tolist()) == list(range(60))
