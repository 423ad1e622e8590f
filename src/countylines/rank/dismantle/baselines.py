"""What simple orders achieve, to be shown beside ours (METHOD section 6)."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import igraph
import numpy as np

from countylines.graph import Floats, Ints
from countylines.rank.dismantle.objective import Curve, Problem, curve

EXACT_BELOW = 5_000  # people: exact betweenness up to here, above from a sample of sources
SOURCES = 500


@dataclass(frozen=True, eq=False)
class Baseline:
    """One simple order's curve; of random orders the mean over the draws, and the least and most at each step."""

    name: str
    largest: Floats
    mass: Floats
    least: Curve | None = None
    most: Curve | None = None


def baselines(problem: Problem, draws: int = 30, seed: int = 1) -> Iterator[Baseline]:
    """Random, degree, adaptive degree and betweenness, each of everybody removable.

    Args:
        problem: the network.
        draws: random orders; draw i has the seed (seed, i).
        seed: the run's seed.
    """
    found = [curve(problem, random_order(problem, seed, i)) for i in range(draws)]
    largest, mass = np.array([each.largest for each in found]), np.array([each.mass for each in found])
    yield Baseline(
        "random",
        largest.mean(axis=0),
        mass.mean(axis=0),
        Curve(largest.min(axis=0), mass.min(axis=0)),
        Curve(largest.max(axis=0), mass.max(axis=0)),
    )
    for name, order in (
        ("degree", by_degree(problem)),
        ("adaptive degree", by_adaptive_degree(problem)),
        ("betweenness", by_start_betweenness(problem, seed)),
    ):
        made = curve(problem, order)
        yield Baseline(name, made.largest.astype(np.float64), made.mass)


def random_order(problem: Problem, seed: int, draw: int) -> Ints:
    """The removable people in random order."""
    return np.random.default_rng([seed, draw]).permutation(np.flatnonzero(problem.removable))


def by_degree(problem: Problem) -> Ints:
    """The removable people by their number of ties at the start, ties by id.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> by_degree(problem_of(graph_from("abc", {("a", "c"): 1.0, ("b", "c"): 1.0}))).tolist()
        [2, 0, 1]
    """
    people = np.flatnonzero(problem.removable)
    return people[np.argsort(-np.diff(problem.start)[people], kind="stable")]


def by_adaptive_degree(problem: Problem) -> Ints:
    """The removable person of the most ties on what is left, again and again; ties by id."""
    degree = np.diff(problem.start)
    heap = [(-int(degree[u]), int(u)) for u in np.flatnonzero(problem.removable)]
    heapq.heapify(heap)
    order, here = [], np.ones(problem.n, np.bool_)
    while heap:
        minus, u = heapq.heappop(heap)
        if not here[u] or -minus != degree[u]:  # an entry from before a neighbour went
            continue
        here[u] = False
        order.append(u)
        for v in problem.beside(u):
            degree[v] -= 1
            if here[v] and problem.removable[v]:
                heapq.heappush(heap, (-int(degree[v]), int(v)))
    return np.array(order, np.int64)


def by_start_betweenness(problem: Problem, seed: int = 1) -> Ints:
    """The removable people by unweighted betweenness at the start, ties (within 1e-9 of the greatest) by id.

    Above ``EXACT_BELOW`` people shortest paths are counted from ``SOURCES`` people drawn by the seed.
    """
    whole, sources = igraph.Graph(problem.n, problem.pairs()), None
    if problem.n > EXACT_BELOW:
        sources = np.sort(np.random.default_rng([seed, problem.n]).choice(problem.n, SOURCES, replace=False)).tolist()
    value = np.array(whole.betweenness(sources=sources))
    people = np.flatnonzero(problem.removable)
    rounded = np.round(value[people] / max(float(value.max(initial=0.0)), 1.0), 9)
    return people[np.argsort(-rounded, kind="stable")]
