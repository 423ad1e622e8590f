"""The four measures of a person's place in a network, exact or counted from some people only (METHOD section 5)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import igraph
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from countylines.graph import Floats, Graph, Ints, components, split

MEANINGS: Mapping[str, str] = {
    "strength": "How many records, weighed by county-lines evidence, tie this person to others.",
    "betweenness": "How often the shortest chain of ties between two other people runs through this person.",
    "eigenvector": "How strongly this person is tied to people who are themselves strongly tied.",
    "harmonic": "How few steps it takes from this person to everybody else.",
}
DECIMALS = 9  # beyond them equal places in the network would differ by rounding
CERTAINTY = 0.95
DENSE_UP_TO = 60  # people: a component so small is quicker without ARPACK


def within(n: int, pivots: int) -> float:
    """How far a value counted from ``pivots`` of ``n`` people may be from the exact one, for all n with 95% certainty.

    Betweenness and harmonic are n / (n - 1) times a mean over people of numbers from 0 to 1; this bounds the mean of a
    sample without replacement.

    Example:
        >>> round(within(20_000, 1_000), 3)
        0.08

    Source: Serfling (1974), Probability inequalities for the sum in sampling without replacement, corollary 1.1; as
        Brandes and Pich (2007), Centrality estimation in large networks, use Hoeffding's.
    """
    left = 1 - (pivots - 1) / n
    return n / (n - 1) * math.sqrt(left * math.log(2 * n / (1 - CERTAINTY)) / (2 * pivots))


def measures(graph: Graph, n: Ints | int, pivots: int | None = None, seed: int = 0) -> dict[str, Floats]:
    """Strength, betweenness, eigenvector and harmonic of every vertex, at 9 decimals.

    Args:
        graph: one network, or several side by side.
        n: how many people each vertex's own network has.
        pivots: count shortest paths from so many people only; None = from all.
        seed: of the choice of these.

    Example:
        In a chain a - b - c, b is on the one path between two others, and one step from both:

        >>> from countylines.graph import graph_from
        >>> found = measures(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0}), 3)
        >>> for name, values in found.items():
        ...     print(name, values.round(4).tolist())
        strength [1.0, 2.0, 1.0]
        eigenvector [0.7071, 1.0, 0.7071]
        betweenness [0.0, 1.0, 0.0]
        harmonic [0.75, 1.0, 0.75]
    """
    found = {"strength": graph.strength, "eigenvector": eigenvector(graph), **_paths(graph, n, pivots, seed)}
    return {name: values.round(DECIMALS) for name, values in found.items()}


def eigenvector(graph: Graph) -> Floats:
    """The leading eigenvector of the weights in each component, its largest entry 1; 0 for people without ties."""
    values = np.zeros(graph.n)
    for own, part in split(graph, components(graph)):
        if part.n > 1:
            values[own] = _leading(part)
    return values


def _leading(graph: Graph) -> Floats:
    """Of a connected graph of two or more."""
    rows, columns = np.concatenate((graph.a, graph.b)), np.concatenate((graph.b, graph.a))
    weights = csr_array((np.tile(graph.w, 2), (rows, columns)), shape=(graph.n, graph.n))
    if graph.n <= DENSE_UP_TO:
        vector = np.linalg.eigh(weights.toarray())[1][:, -1]
    else:
        start = np.sqrt(graph.strength)  # any fixed one would do; this is near
        vector = eigsh(weights, k=1, which="LA", v0=start, ncv=min(graph.n, 40), maxiter=100 * graph.n)[1][:, 0]
    size: Floats = np.abs(vector)
    largest: Floats = size / size.max()
    return largest


def _paths(graph: Graph, n: Ints | int, pivots: int | None, seed: int) -> dict[str, Floats]:
    """Betweenness, and harmonic, by igraph's shortest paths; ties aren't weighed."""
    ties = igraph.Graph(n=graph.n, edges=np.column_stack((graph.a, graph.b)))
    others = np.maximum(np.asarray(n, np.float64) - 1, 1)
    pairs = np.maximum(others * (others - 1) / 2, 1)
    if pivots is None:
        between = np.array(ties.betweenness(directed=False), np.float64)
        near = np.nan_to_num(np.array(ties.harmonic_centrality(normalized=False), np.float64))
        return {"betweenness": between / pairs, "harmonic": near / others}
    chosen = np.sort(np.random.default_rng(seed).choice(graph.n, pivots, replace=False))
    share = graph.n / pivots
    between = np.array(ties.betweenness(directed=False, sources=chosen.tolist()), np.float64)
    near = np.zeros(graph.n)
    for some in np.array_split(chosen, math.ceil(pivots / 100)):  # a hundred rows of distances at a time
        apart = np.array(ties.distances(source=some.tolist()), np.float64)
        near += np.divide(1.0, apart, out=np.zeros_like(apart), where=apart > 0).sum(axis=0)
    return {"betweenness": share * between / pairs, "harmonic": share * near / others}
