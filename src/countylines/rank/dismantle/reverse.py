"""A candidate order: put people back, the cheapest first, and read it backwards."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import compiled, root
from countylines.rank.dismantle.objective import Problem

HUB = 0.05  # a component with this share of all harm counts as the one that takes in the others
SLACK = 1e-11  # relative: a rise that is nearer than this to what was expected counts as equal


def reverse_greedy(problem: Problem, out: Flags) -> Ints:
    """The people of ``out``, ordered by putting back one at a time whoever raises the objective least per cost.

    All of ``out`` is away at the start, everybody else is there. Whoever is put back last is removed first.

    A heap holds for each person a number that their rise is not below. A rise falls only where two components beside
    the person become one; then it is computed anew at once, otherwise when it comes to the top. Late on, nearly
    everybody is beside one great component, the hub, and each rise grows with it: by 2 g t / cost when the hub grows
    by g, t being the harm of the person and of what else is beside them. So those beside the hub have a heap of their
    own, in which all numbers grow together by the least of these slopes; without it, everybody would be computed anew
    at each step where all weigh the same.

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
    n, away = len(harm), np.ones(len(harm), np.bool_)
    parent, weight = np.arange(n), harm.copy()
    size, end, following = np.ones(n, np.int64), np.arange(n), np.full(n, -1)  # a component's members as a chain
    moved, seen, told = np.empty(n, np.int64), np.full(n, -1), np.full(n, -1)
    for person in np.flatnonzero(~out):
        away[person] = False
        _join(int(person), start, ties, away, parent, weight, size, end, following, moved)
    key, by_hub = np.zeros(n), np.zeros(n, np.bool_)  # of each person's only valid entry: its number, and in which heap
    aside, beside = [(0.0, 0)], [(0.0, 0)]
    aside.pop()
    beside.pop()
    hub, grown, least, late = -1, 0.0, np.inf, 0  # a member of the hub; how far numbers beside it grew; the least slope
    for person in np.flatnonzero(out):
        u = int(person)
        key[u] = _rise(u, hub, start, ties, harm, away, parent, weight, seen)[0] / cost[u]
        aside.append((key[u], -u))
    heapify(aside)
    back = np.empty(len(aside), np.int64)
    place = len(back)
    while place:
        _clean(aside, False, away, key, by_hub)
        _clean(beside, True, away, key, by_hub)
        of_hub = len(beside) > 0 and (len(aside) == 0 or (beside[0][0] + grown, beside[0][1]) < aside[0])
        old, minus = heappop(beside) if of_hub else heappop(aside)
        u = -minus
        rise, slope = _rise(u, hub, start, ties, harm, away, parent, weight, seen)
        if rise / cost[u] > (old + grown * of_hub) * (1 + SLACK):  # a component beside u has grown since
            _enter(u, rise / cost[u], slope, grown, key, by_hub, aside, beside)
            least, late = min(least, slope / cost[u] if slope >= 0 else np.inf), late + of_hub
            if late > len(beside):
                beside, least = _anew(hub, start, ties, harm, cost, away, parent, weight, seen, key, by_hub)
                grown, late = 0.0, 0
            continue
        place -= 1
        back[place] = u
        away[u] = False
        before = weight[root(parent, hub)] if hub >= 0 else 0.0
        joined = _join(u, start, ties, away, parent, weight, size, end, following, moved)
        if hub >= 0:
            grown += (weight[root(parent, hub)] - before) * least if len(beside) else 0.0
        elif weight[root(parent, u)] >= HUB * harm.sum():
            hub = u
        for v in moved[:joined]:  # somebody between two components that became one: their rise has fallen
            for x in ties[start[v] : start[v + 1]]:
                if away[x] and told[x] != u:
                    told[x] = u
                    rise, slope = _rise(x, hub, start, ties, harm, away, parent, weight, seen)
                    least = min(least, slope / cost[x] if slope >= 0 else np.inf)
                    if rise / cost[x] < key[x] + grown * by_hub[x]:
                        _enter(x, rise / cost[x], slope, grown, key, by_hub, aside, beside)
    return back


@compiled
def _clean(heap: list[tuple[float, int]], hub: bool, away: Flags, key: Floats, by_hub: Flags) -> None:
    """Drop what stands on top and is no longer somebody's valid entry."""
    while len(heap) and not (away[-heap[0][1]] and by_hub[-heap[0][1]] == hub and key[-heap[0][1]] == heap[0][0]):
        heappop(heap)


@compiled
def _enter(
    u: int,
    now: float,
    slope: float,
    grown: float,
    key: Floats,
    by_hub: Flags,
    aside: list[tuple[float, int]],
    beside: list[tuple[float, int]],
) -> None:
    """Make an entry of u, which is then the only valid one."""
    by_hub[u] = slope >= 0
    if by_hub[u]:
        key[u] = now - grown
        heappush(beside, (key[u], -u))
    else:
        key[u] = now
        heappush(aside, (key[u], -u))


@compiled
def _anew(
    hub: int,
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    away: Flags,
    parent: Ints,
    weight: Floats,
    seen: Ints,
    key: Floats,
    by_hub: Flags,
) -> tuple[list[tuple[float, int]], float]:
    """The heap of those beside the hub, computed anew, and their least slope."""
    heap, least = [(0.0, 0)], np.inf
    heap.pop()
    for u in range(len(harm)):
        if away[u] and by_hub[u]:
            rise, slope = _rise(u, hub, start, ties, harm, away, parent, weight, seen)
            key[u] = rise / cost[u]
            least = min(least, slope / cost[u])
            heap.append((key[u], -u))
    heapify(heap)
    return heap, least


@compiled
def _rise(
    u: int, hub: int, start: Ints, ties: Ints, harm: Floats, away: Flags, parent: Ints, weight: Floats, seen: Ints
) -> tuple[float, float]:
    """How much the objective rises when u comes back: (h + sum of H)^2 - sum of H^2 over the components beside u.

    And, where the hub is among them, the slope, 2 (h + sum of the others' H); else -1.
    """
    together, apart, great = harm[u], 0.0, -1.0
    main = root(parent, hub) if hub >= 0 else -1
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            top = root(parent, v)
            if seen[top] != u:
                seen[top] = u
                together += weight[top]
                apart += weight[top] ** 2
                if top == main:
                    great = weight[top]
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            seen[root(parent, v)] = -1
    return together**2 - apart, 2 * (together - great) if great >= 0 else -1.0


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
    """Join u, back again, to the components beside it; lists and counts the members of all but the largest of them."""
    top, count = u, 0
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            other = root(parent, v)
            if other != u and (top == u or size[other] > size[top]):
                top = other
    if top == u:
        return 0
    _hang(u, top, parent, weight, size, end, following)
    for v in ties[start[u] : start[u + 1]]:
        if not away[v]:
            other = root(parent, v)
            if other != top:
                member = other
                while member >= 0:
                    moved[count] = member
                    count += 1
                    member = following[member]
                _hang(other, top, parent, weight, size, end, following)
    return count


@compiled
def _hang(other: int, top: int, parent: Ints, weight: Floats, size: Ints, end: Ints, following: Ints) -> None:
    """Make one component part of another."""
    following[end[top]] = other
    end[top] = end[other]
    parent[other] = top
    size[top] += size[other]
    weight[top] += weight[other]
