"""The modularity cut is igraph's own."""

from __future__ import annotations

import igraph
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.partition.modularity import modularity_cut
from countylines.partition.walktrap import walktrap
from tests.partition.small import as_sets, modularity, record_graph, triangles


@given(seed=st.integers(0, 9999), n=st.integers(1, 60), steps=st.integers(1, 8), even=st.booleans())
def test_groups_are_those_of_as_clustering(seed: int, n: int, steps: int, even: bool) -> None:
    graph = record_graph(seed, n, even)
    theirs = igraph.Graph(n=n, edges=list(zip(graph.a.tolist(), graph.b.tolist(), strict=True)))
    found = theirs.community_walktrap(weights=graph.w.tolist(), steps=steps).as_clustering().membership
    assert modularity_cut(walktrap(graph, steps)).tolist() == found


@given(seed=st.integers(0, 9999), n=st.integers(2, 25))
def test_no_level_has_a_greater_modularity(seed: int, n: int) -> None:
    graph = record_graph(seed, n)
    tree = walktrap(graph, 4)
    if len(tree.merges):
        levels = [modularity(graph, as_sets(tree.groups(tree.level(k)).tolist())) for k in range(len(tree.merges) + 1)]
        assert np.allclose(levels, tree.modularity, atol=1e-12)
        chosen = modularity(graph, as_sets(modularity_cut(tree).tolist()))
        assert chosen >= max(levels) - 1e-12


def test_two_triangles() -> None:
    tree = walktrap(triangles(), 4)
    assert modularity_cut(tree).tolist() == [0, 0, 0, 1, 1, 1]
    assert max(tree.modularity) == pytest.approx(6 / 7 - 1 / 2)
