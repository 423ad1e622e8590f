"""The four measures of a person's place in a network, exact or counted from some people only (METHOD section 5)."""

from __future__ import annotations

import math
from typing import Any

import igraph
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from countylines.graph import Floats, Graph, Ints, components, split
from countylines.rank.dismantle.compiled import compiled
from countylines.rank.threads import in_threads

DECIMALS = 9  # beyond them equal places in the network would differ by rounding
CERTAINTY = 0.95
TOGETHER = 100  # people from whom paths are counted in one go
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


def measures(
    graph: Graph, n: Ints | int, pivots: int | None = None, seed: int = 0, workers: int = 1
) -> dict[str, Floats]:
    """Strength, betweenness, eigenvector and harmonic of every vertex, at 9 decimals.

    Args:
        graph: one network, or several side by side.
        n: how many people each vertex's own network has.
        pivots: count shortest paths from so many people only; None = from all.
        seed: of the choice of these.
        workers: threads, where these are chosen; 0 = one a core. The result is the same.

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
    found = {"strength": graph.strength, "eigenvector": eigenvector(graph), **_paths(graph, n, pivots, seed, workers)}
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
    weights = _matrix(graph)
    if graph.n <= DENSE_UP_TO:
        vector = np.linalg.eigh(weights.toarray())[1][:, -1]
    else:
        start = np.sqrt(graph.strength)  # any fixed one would do; this is near
        vector = eigsh(weights, k=1, which="LA", v0=start, ncv=min(graph.n, 40), maxiter=100 * graph.n)[1][:, 0]
    size: Floats = np.abs(vector)
    largest: Floats = size / size.max()
    return largest


def _matrix(graph: Graph) -> csr_array:
    """The weights, n x n, each tie twice."""
    ends = np.concatenate((graph.a, graph.b)), np.concatenate((graph.b, graph.a))
    return csr_array((np.tile(graph.w, 2), ends), shape=(graph.n, graph.n))


def _paths(graph: Graph, n: Ints | int, pivots: int | None, seed: int, workers: int) -> dict[str, Floats]:
    """Betweenness, and harmonic, by shortest paths, igraph's where they are from all; ties aren't weighed."""
    others = np.maximum(np.asarray(n, np.float64) - 1, 1)
    pairs = np.maximum(others * (others - 1) / 2, 1)
    if pivots is None:
        ties = igraph.Graph(n=graph.n, edges=np.column_stack((graph.a, graph.b)))
        between = np.array(ties.betweenness(directed=False), np.float64)
        near = np.nan_to_num(np.array(ties.harmonic_centrality(normalized=False), np.float64))
        return {"betweenness": between / pairs, "harmonic": near / others}
    chosen = np.sort(np.random.default_rng(seed).choice(graph.n, pivots, replace=False))
    ties = _matrix(graph)
    between, near = np.zeros(graph.n), np.zeros(graph.n)
    parts = np.array_split(chosen, math.ceil(pivots / TOGETHER))
    for more in in_threads(lambda some: _from(ties.indptr, ties.indices, some), parts, workers):
        between += more[0]
        near += more[1]
    share = graph.n / pivots
    return {"betweenness": share * between / 2 / pairs, "harmonic": share * near / others}


@compiled
def _from(start: Any, to: Any, chosen: Any) -> Any:
    """What shortest paths from the people chosen give everybody: dependency, and the sum of 1 / steps.

    Both from one search, in compiled code that runs in threads: a quarter of the time of igraph's two.

    Source: Brandes (2001), A faster algorithm for betweenness centrality.
    """
    n = len(start) - 1
    between, near, paths, depends = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    far, queue = np.full(n, -1, np.int64), np.empty(n, np.int64)
    for one in chosen:
        queue[0], far[one], paths[one], end, done = one, 0, 1.0, 1, 0
        while done < end:
            u = queue[done]
            done += 1
            for entry in range(start[u], start[u + 1]):
                v = to[entry]
                if far[v] < 0:
                    far[v] = far[u] + 1
                    queue[end] = v
                    end += 1
                if far[v] == far[u] + 1:
                    paths[v] += paths[u]
        for place in range(end - 1, 0, -1):
            v = queue[place]
            each = (1 + depends[v]) / paths[v]
            for entry in range(start[v], start[v + 1]):
                u = to[entry]
                if far[u] == far[v] - 1:
                    depends[u] += paths[u] * each
            between[v] += depends[v]
            near[v] += 1 / far[v]
        for u in queue[:end]:
            far[u], paths[u], depends[u] = -1, 0.0, 0.0
    return between, near
