"""Single moves, against an implementation that computes L anew for each."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.graph import Graph, graph_from
from countylines.partition.map_equation import code_length
from countylines.partition.refine import refine
from tests.partition.small import as_sets, connected_graph, edges, length, ring, triangles

SEEDS = st.integers(0, 9999)


def naive(graph: Graph, start: list[int]) -> list[int]:
    """METHOD 4's words: each person in order, each adjacent group, the exact L of the result."""
    group = list(start)
    for _ in range(30):
        moved = False
        for person in range(graph.n):
            now = length(graph, as_sets(group))
            beside = {group[b if a == person else a] for a, b, _ in edges(graph) if person in (a, b)} - {group[person]}
            tried = {}
            for there in beside:
                other = [there if u == person else g for u, g in enumerate(group)]
                tried[there] = length(graph, as_sets(other))
            least = min(tried.values(), default=now)
            if least < now - 1e-10:
                group[person] = min((g for g in tried if tried[g] <= least + 1e-12), key=group.index)
                moved = True
        if not moved:
            break
    return [as_sets(group).index(next(each for each in as_sets(group) if u in each)) for u in range(graph.n)]


def starts(seed: int, n: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [list(range(n)), [0] * n, [rng.randrange(3) for _ in range(n)], [rng.randrange(n) for _ in range(n)]]


@given(seed=SEEDS, n=st.integers(2, 12), even=st.booleans(), which=st.integers(0, 3))
def test_it_moves_as_the_naive_one_does(seed: int, n: int, even: bool, which: int) -> None:
    graph, start = connected_graph(seed, n, even), starts(seed, n)[which]
    assert refine(graph, start).tolist() == naive(graph, start)


@pytest.mark.parametrize("n", range(4, 13))
def test_ties_go_to_the_group_with_the_lowest_first_member(n: int) -> None:
    """On a ring every move has its mirror image, so nearly all are ties."""
    assert refine(ring(n), range(n)).tolist() == naive(ring(n), list(range(n)))
    assert refine(ring(n), reversed(range(n))).tolist() == naive(ring(n), list(reversed(range(n))))


def test_of_two_equal_groups_the_middle_one_joins_the_one_with_the_lower_first_member() -> None:
    """a-b c d-e with c tied to b and to d: to join either shortens the code as much; labels and edges don't matter."""
    pairs = {("a", "b"): 1.0, ("b", "c"): 1.0, ("c", "d"): 1.0, ("d", "e"): 1.0}
    graph = graph_from("abcde", pairs)
    assert refine(graph, [0, 0, 1, 2, 2]).tolist() == [0, 0, 0, 1, 1]
    assert refine(graph, [2, 2, 1, 0, 0]).tolist() == [0, 0, 0, 1, 1]


@given(seed=SEEDS, n=st.integers(2, 60), which=st.integers(0, 3))
def test_it_never_lengthens_the_code_and_ends_where_nobody_wants_to_move(seed: int, n: int, which: int) -> None:
    graph, start = connected_graph(seed, n), starts(seed, n)[which]
    once = refine(graph, start)
    assert code_length(graph, once) <= code_length(graph, start) + 1e-12
    assert refine(graph, once).tolist() == once.tolist()


@given(seed=SEEDS, n=st.integers(2, 10))
def test_small_gains_count_as_the_naive_one_counts_them(seed: int, n: int) -> None:
    """Weights from 1 down to 1e-8, so that moves gain anything from a bit to next to nothing."""
    graph, rng = connected_graph(seed, n), random.Random(seed)
    graph = Graph(graph.ids, graph.a, graph.b, graph.w * [10.0 ** -rng.randint(0, 8) for _ in graph.w])
    assert refine(graph, range(n)).tolist() == naive(graph, list(range(n)))


def test_a_gain_below_the_least_is_no_reason_to_move() -> None:
    """z hangs by a thread: to join abc saves some 40 times the thread's share of S, in bits."""
    for thread, stays in ((1e-9, False), (1e-13, True)):
        graph = graph_from("abcz", {("a", "b"): 1.0, ("b", "c"): 1.0, ("a", "c"): 1.0, ("c", "z"): thread})
        assert refine(graph, [0, 0, 0, 1]).tolist() == ([0, 0, 0, 1] if stays else [0, 0, 0, 0])


def test_labels_of_the_start_do_not_matter() -> None:
    assert refine(triangles(), [5, 5, 9, 9, 9, 0]).tolist() == refine(triangles(), [0, 0, 1, 1, 1, 2]).tolist()


def test_an_empty_group_left_behind_is_gone() -> None:
    assert refine(triangles(), [0, 1, 2, 3, 4, 5]).tolist() == [0, 0, 0, 1, 1, 1]
