"""A candidate order: put people back, the cheapest first, and read it backwards."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from countylines.graph import Floats, Ints
from countylines.rank.dismantle.compiled import compiled, root
from countylines.rank.dismantle.objective import Flags, Problem


def reverse_greedy(problem: Problem, out: Flags) -> Ints:
    """The people of ``out``, ordered by putting back one at a time whoever raises the objective least per cost.

    All of ``out`` is away at the start, everybody else is there. Whoever is put back last is removed first.

    Args:
        problem: the network.
        out: who is away; only removable people may be.

    Returns:
        Those people's vertices, the first to be removed first.

    Example:
        >>> import numpy as np
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")})
        >>> reverse_greedy(problem_of(chain), np.ones(5, bool)).tolist()
        [1, 3, 0, 2, 4]
    """
    return _reverse(problem.start, problem.ties, problem.harm, problem.cost, out & problem.removable)


@compiled
def _reverse(start: Ints, ties: Ints, harm: Floats, cost: Floats, out: Flags) -> Ints:
    n, away = len(harm), out.copy()
    parent, weight = np.arange(n), harm.copy()
    size, end, following = np.ones(n, np.int64), np.arange(n), np.full(n, -1)  # a component's members as a chain
    moved, seen, told = np.empty(2 * n, np.int64), np.full(n, -1), np.full(n, -1)
    for u in range(n):
        if not away[u]:
            _join(u, start, ties, away, parent, weight, size, end, following, moved)
    heap = [(0.0, 0)]
    heap.pop()
    for u in range(n):
        if away[u]:
            heap.append((_rise(u, start, ties, harm, away, parent, weight, seen) / cost[u], -u))
    heapify(heap)
    back = np.empty(len(heap), np.int64)
    place = len(back)
    while heap:
        old, minus = heappop(heap)
        u = -minus
        if not away[u]:
            continue
        now = _rise(u, start, ties, harm, away, parent, weight, seen) / cost[u]
        if now > old:  # a component beside u has grown since
            heappush(heap, (now, -u))
            continue
        place -= 1
        back[place] = u
        away[u] = False
        joined = _join(u, start, ties, away, parent, weight, size, end, following, moved)
        for v in moved[:joined]:  # somebody between two components that became one: their rise has fallen
            for x in ties[start[v] : start[v + 1]]:
                if away[x] and told[x] != u:
                    told[x] = u
                    heappush(heap, (_rise(x, start, ties, harm, away, parent, weight, seen) / cost[x], -x))
    return back


@compiled
def _rise(
    u: int, start: Ints, ties: Ints, harm: Floats, away: Flags, parent: Ints, weight: Floats, seen: Ints
) -> float:
    """How much the objective rises when u comes back: (h + sum of H)^2 - sum of H^2 over the components beside u."""
    together, apart = harm[u], 0.0
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            top = root(parent, v)
            if seen[top] != u:
                seen[top] = u
                together += weight[top]
                apart += weight[top] ** 2
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            seen[root(parent, v)] = -1
    return float(together**2 - apart)


@compiled
def _join(
    u: int,
    start: Ints,
    ties: Ints,
    away: Flags,
    parent: Ints,
    weight: Floats,
    size: Ints,
    end: Ints,
    following: Ints,
    moved: Ints,
) -> int:
    """Join u, back again, to the components beside it; counts the members of the smaller sides, listed in ``moved``."""
    count = 0
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            one, other = root(parent, u), root(parent, v)
            if one == other:
                continue
            if size[one] < size[other]:
                one, other = other, one
            member = other
            while member >= 0:
                moved[count] = member
                count += 1
                member = following[member]
            following[end[one]] = other
            end[one] = end[other]
            parent[other] = one
            size[one] += size[other]
            weight[one] += weight[other]
    return count
