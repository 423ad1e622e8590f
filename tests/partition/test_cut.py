"""From a graph to groups: both cuts, component by component."""

from __future__ import annotations

import math
import random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import Graph, components, graph_from, split
from countylines.partition import CUTS, partition
from countylines.partition.map_equation import code_length, map_equation_cut
from countylines.partition.modularity import modularity_cut
from countylines.partition.refine import refine
from countylines.partition.walktrap import walktrap
from countylines.settings import Cut, PartitionSettings
from tests.partition.small import as_sets, connected_graph, record_graph, ring

SEEDS = st.integers(0, 9999)
BOTH = st.sampled_from(get_args(Cut))
DEFAULT = PartitionSettings()


def together(*graphs: Graph) -> Graph:
    """Several graphs as one, without ties between them; ids keep their order within each."""
    ids = [f"{i}{name}" for i, graph in enumerate(graphs) for name in graph.ids]
    pairs = {
        (f"{i}{graph.ids[a]}", f"{i}{graph.ids[b]}"): w
        for i, graph in enumerate(graphs)
        for a, b, w in zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True)
    }
    return graph_from(ids, pairs)


def test_every_cut_of_the_settings_is_in_the_list() -> None:
    assert set(CUTS) == set(get_args(Cut))


@given(seed=SEEDS, n=st.integers(0, 40), cut=BOTH, even=st.booleans())
def test_groups_are_numbered_by_first_member_and_stay_inside_components(
    seed: int, n: int, cut: Cut, even: bool
) -> None:
    graph = record_graph(seed, n, even) if n else graph_from([], {})
    made = partition(graph, PartitionSettings(cut=cut))
    assert list(dict.fromkeys(made.group)) == list(range(len(set(made.group))))
    assert made.component == components(graph).tolist()
    assert len(made.components) == len(set(made.component))
    assert len(set(zip(made.group, made.component, strict=True))) == len(set(made.group))


@given(seed=SEEDS, n=st.integers(2, 30), others=st.integers(1, 40), even=st.booleans())
def test_unrelated_people_do_not_change_a_components_groups(seed: int, n: int, others: int, even: bool) -> None:
    own, around = connected_graph(seed, n, even), record_graph(seed + 1, others, even)
    alone, whole = partition(own, DEFAULT), partition(together(around, own, around), DEFAULT)
    assert as_sets(whole.group[others : others + n]) == as_sets(alone.group)
    assert whole.components[whole.component[others]] == alone.components[0]


@pytest.mark.parametrize("n", range(6, 15))
def test_nor_where_every_merge_is_a_tie(n: int) -> None:
    """On a ring igraph's heap decides everything; with the tree of the whole, groups did change here."""
    alone = as_sets(partition(ring(n), DEFAULT).group)
    for seed in range(5):
        whole = partition(together(ring(n), record_graph(seed, 14, even=True)), DEFAULT)
        assert as_sets(whole.group[:n]) == alone


@given(seed=SEEDS, n=st.integers(2, 40), cut=BOTH)
def test_the_order_of_rows_does_not_matter(seed: int, n: int, cut: Cut) -> None:
    graph, rng = record_graph(seed, n), random.Random(seed)
    rows = [(graph.ids[a], graph.ids[b], w) for a, b, w in zip(graph.a, graph.b, graph.w.tolist(), strict=True)]
    rng.shuffle(rows)
    ids = rng.sample(graph.ids, n)
    turned = graph_from(ids, {(u, v) if rng.random() < 0.5 else (v, u): w for u, v, w in rows})
    settings = PartitionSettings(cut=cut)
    assert str(partition(turned, settings)) == str(partition(graph, settings))  # NaN equals NaN in print


@given(seed=SEEDS, n=st.integers(1, 40), steps=st.integers(1, 6))
def test_the_modularity_cut_is_one_level_of_the_whole_tree(seed: int, n: int, steps: int) -> None:
    graph = record_graph(seed, n)
    made = partition(graph, PartitionSettings(cut="modularity", walktrap_steps=steps))
    assert made.group == modularity_cut(walktrap(graph, steps)).tolist()
    for number, (members, part) in enumerate(split(graph, components(graph))):
        lengths = made.components[number]
        assert lengths.code_length == code_length(part, [made.group[u] for u in members])
        assert math.isnan(lengths.code_length_cut) and math.isnan(lengths.code_length_bound)


@given(seed=SEEDS, n=st.integers(2, 40), even=st.booleans())
def test_the_better_of_both_starts_stays(seed: int, n: int, even: bool) -> None:
    graph = connected_graph(seed, n, even)
    tree = walktrap(graph, 4)
    cut = map_equation_cut(graph, tree)
    first, second = refine(graph, cut.group), refine(graph, modularity_cut(tree))
    shorter = code_length(graph, second) < code_length(graph, first) - 1e-9
    made = partition(graph, DEFAULT)
    assert made.group == (second if shorter else first).tolist()
    (lengths,) = made.components
    assert lengths.code_length == code_length(graph, made.group)
    assert (lengths.code_length_cut, lengths.code_length_bound) == (cut.code_length, cut.bound)
    assert lengths.code_length <= lengths.code_length_cut + 1e-12


def test_both_starts_win_somewhere() -> None:
    wins = {True: 0, False: 0}
    for seed in range(60):
        graph = connected_graph(seed, 30)
        tree = walktrap(graph, 4)
        first, second = refine(graph, map_equation_cut(graph, tree).group), refine(graph, modularity_cut(tree))
        wins[code_length(graph, second) < code_length(graph, first) - 1e-9] += 1
    assert min(wins.values()) >= 3


def test_of_two_equally_good_starts_the_first_stays() -> None:
    """The ten ties of this tree can be described as shortly in three groups as in four."""
    graph = graph_from("abcdefghijk", dict.fromkeys(["ab", "ae", "af", "bc", "bd", "bg", "fh", "fj", "fk", "hi"], 1.0))
    tree = walktrap(graph, 4)
    first, second = refine(graph, map_equation_cut(graph, tree).group), refine(graph, modularity_cut(tree))
    assert first.tolist() != second.tolist()
    assert code_length(graph, first) == pytest.approx(code_length(graph, second), abs=1e-12)
    assert partition(graph, DEFAULT).group == first.tolist()


def test_without_refinement_the_cut_stands() -> None:
    graph = connected_graph(3, 40)
    made = partition(graph, PartitionSettings(refine=False))
    assert made.group == map_equation_cut(graph, walktrap(graph, 4)).group.tolist()
    assert made.components[0].code_length == made.components[0].code_length_cut


def test_people_without_ties_are_groups_of_one() -> None:
    made = partition(graph_from("abc", {}), DEFAULT)
    assert (made.group, made.component) == ([0, 1, 2], [0, 1, 2])
    assert [each.code_length for each in made.components] == [0, 0, 0]
    assert partition(graph_from([], {}), DEFAULT).group == []
