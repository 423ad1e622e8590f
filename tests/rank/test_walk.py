"""Walks with restart against a dense solve of each, with and without ties of one's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, vstack

from countylines.graph import Floats
from countylines.rank.own_ties import Start, mix_of
from countylines.rank.walk import BATCH, FEW, arrivals, chances_of, over_targets, steps

NOBODY = np.array([], np.int64)


def by_hand(w: Floats, start: Start, restart: float, uniform: bool) -> Floats:
    """The share of one walk at each vertex of the graph."""
    n = len(w)
    own = np.zeros((n + 1, n + 1))
    own[:n, :n] = w
    own[start.vertex, start.to] += start.w
    own[start.to, start.vertex] += start.w
    own[np.diag_indices(n + 1)] += own.sum(axis=1) == 0
    begin = np.zeros(n + 1)
    begin[start.vertex] = 1
    if uniform:
        size = n + (start.vertex == n)
        begin[:size], begin[size:] = 1 / size, 0
    share = own / own.sum(axis=1)[:, None]
    exact: Floats = np.linalg.solve(np.eye(n + 1) - (1 - restart) * share.T, restart * begin)[:n]
    return exact


def agree(w: Floats, starts: list[Start], members: Floats, restart: float, within: float) -> None:
    chances, ends = chances_of(csr_array(w)), csr_array(members)
    made = mix_of(chances, starts, restart).shares(arrivals(chances, ends, restart), ends)
    for place, start in enumerate(starts):
        for uniform, share in enumerate(made):
            exact = members @ by_hand(w, start, restart, bool(uniform))
            assert np.abs(share[place] - exact).max(initial=0) < within


@pytest.mark.parametrize("restart", [0.05, 0.15, 0.5])
def test_it_is_exact_to_its_tolerance(restart: float) -> None:
    rng = np.random.default_rng([5, round(100 * restart)])
    n, ring = 300, np.arange(300)
    w = np.zeros((n, n))
    a, b = rng.integers(0, n - 5, (2, 500))  # the last five have no tie
    np.add.at(w, (a, b), rng.integers(1, 50, 500))
    w[ring[:100], ring[:100] + 1] += 1  # a long thin part
    w = np.triu(w, 1)
    w += w.T
    starts = [
        Start(7, NOBODY, np.array([])),
        Start(297, NOBODY, np.array([])),
        Start(n, ring[[3, 8, 298]], np.array([1.0, 9.0, 2.0])),
        Start(299, ring[[4]], np.ones(1)),
        Start(296, ring[[299, 298]], np.array([60.0, 3.0])),
        Start(9, ring[[299, 15]], np.array([600.0, 3.0])),
    ]
    agree(w, starts, (rng.random((40, n)) < 0.03).astype(np.float64), restart, 1e-12)
    assert steps(restart, w.sum()) < steps(restart, 100 * w.sum())


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Floats, list[Start]]:
    """Up to seven people with ties of 1 to 5 records, and starts among them and outside."""
    n = draw(st.integers(1, 7))
    w = np.zeros((n, n))
    for a, b in draw(st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), max_size=8)):
        if a != b:
            w[a, b] = w[b, a] = draw(st.integers(1, 5))
    starts = []
    for vertex in draw(st.lists(st.integers(0, n), min_size=1, max_size=4)):
        free = [v for v in range(n) if v != vertex and (vertex == n or not w[v, vertex])]
        to = sorted(draw(st.sets(st.sampled_from(free), min_size=vertex == n))) if free else []
        weights = draw(st.lists(st.integers(1, 30), min_size=len(to), max_size=len(to)))
        starts.append(Start(vertex, np.array(to, np.int64), np.array(weights, np.float64)))
    return w, starts


@given(graphs(), st.sampled_from([0.01, 0.15, 0.99]))
def test_own_ties_are_as_if_the_graph_had_them(case: tuple[Floats, list[Start]], restart: float) -> None:
    agree(*case, np.eye(len(case[0])), restart, 1e-11)


def test_targets_alike_get_the_same_numbers_whatever_the_batch() -> None:
    rng = np.random.default_rng(3)
    w = np.triu(rng.random((60, 60)) < 0.05, 1) * 1.0
    some = (rng.random((BATCH, 60)) < 0.1) * 1.0
    members = np.concatenate([some, some[::-1], some[:3]])
    made = arrivals(chances_of(csr_array(w + w.T)), csr_array(members), 0.15)
    assert np.array_equal(made[:, :BATCH], made[:, BATCH : 2 * BATCH][:, ::-1])
    assert np.array_equal(made[:, :3], made[:, -3:])


def test_a_batch_holds_the_people_of_its_components_only() -> None:
    w = np.kron(np.eye(FEW + 1), np.array([[0.0, 1.0], [1.0, 0.0]]))
    batches = list(over_targets(chances_of(csr_array(w)), csr_array(np.eye(2 * FEW + 2)[::2]), 0.15))
    assert [len(inside) for _, inside, _ in batches] == [2 * FEW, 2]


def test_targets_of_one_component_go_together() -> None:
    w = np.ones((2, 2)) - np.eye(2)
    both = np.kron(np.eye(2), w)
    first = csr_array(np.tile([1.0, 0.0, 0.0, 0.0], (BATCH + FEW, 1)))
    other = csr_array(np.array([[0.0, 0.0, 1.0, 0.0]]))
    batches = list(over_targets(chances_of(csr_array(both)), csr_array(vstack([first, other])), 0.15))
    assert [(len(some), len(inside)) for some, inside, _ in batches] == [(BATCH, 2), (FEW, 2), (1, 2)]
