"""A candidate order: collective influence, who sits between many others two ties away."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import compiled
from countylines.rank.dismantle.objective import Problem


def collective_influence(problem: Problem) -> Ints:
    """Removable people by collective influence per cost, recomputed as they go, until nobody has any.

    CI(u) = (k(u) - 1) times the sum of k(v) - 1 over the people exactly two ties from u, k = number of ties on what is
    left (Morone and Makse 2015, radius 2). It can only fall as people go, so a heap of old values finds the greatest.

    Returns:
        Vertices, the first to be removed first; people who never had influence are not among them.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")})
        >>> collective_influence(problem_of(chain)).tolist()  # b, for d's sake; then nobody has any
        [1]
    """
    return _influence(problem.start, problem.ties, problem.cost, problem.removable)


@compiled
def _influence(start: Ints, ties: Ints, cost: Floats, removable: Flags) -> Ints:
    n = len(cost)
    here, seen = np.ones(n, np.bool_), np.full(n, -1)
    degree = start[1:] - start[:-1]
    near = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    heap = [(0.0, -1)]
    heap.pop()
    for u in range(n):
        if removable[u]:
            heap.append((-_value(u, start, ties, here, degree, seen, near) / cost[u], u))
    heapify(heap)
    steps = 0
    while heap:
        old, u = heappop(heap)
        now = -_value(u, start, ties, here, degree, seen, near) / cost[u]
        if now == 0.0:
            continue
        if now > old:
            heappush(heap, (now, u))
            continue
        order[steps] = u
        steps += 1
        here[u] = False
        for v in ties[start[u] : start[u + 1]]:
            degree[v] -= 1
    return order[:steps]


@compiled
def _value(u: int, start: Ints, ties: Ints, here: Flags, degree: Ints, seen: Ints, near: Ints) -> float:
    if degree[u] < 2:
        return 0.0
    found, total = 0, 0
    seen[u] = u
    for v in ties[start[u] : start[u + 1]]:
        if here[v]:
            seen[v] = u
            near[found] = v
            found += 1
    for v in near[:found]:
        for x in ties[start[v] : start[v + 1]]:
            if here[x] and seen[x] != u:
                seen[x] = u
                total += degree[x] - 1
    seen[u] = -1
    for v in near[:found]:
        for x in ties[start[v] : start[v + 1]]:
            seen[x] = -1
        seen[v] = -1
    return float((degree[u] - 1) * total)
