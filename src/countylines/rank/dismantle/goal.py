"""The classic goal: fewest removals until the largest component is small (METHOD section 6)."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import igraph
import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import root
from countylines.rank.dismantle.objective import Problem, curve
from countylines.rank.dismantle.order import order_to

SHARE = 0.1
OUT_OF_REACH = "can't be reached"
EXACT_BELOW = 2_000  # people; above, betweenness after each removal takes too long
SLACK = 1e-9  # relative: betweenness nearer than this counts as equal


@dataclass(frozen=True, eq=False)
class Goal:
    """Whom to remove so that the largest component has at most ``target`` people.

    Attributes:
        order: the people, the first to be removed first.
        target: ceil(share of the people in the starting largest component).
        floor: the largest component when everybody removable is gone; nothing gets below it.
        method: how the people were found.
    """

    order: Ints
    target: int
    floor: int
    method: str

    @property
    def reachable(self) -> bool:
        """Whether the target can be reached at all with the people who may be removed."""
        return self.floor <= self.target

    @property
    def proof(self) -> str:
        """What is known about how good it is, in words."""
        reached = "" if self.reachable else f"target {self.target} {OUT_OF_REACH}, floor {self.floor}; "
        return f"{reached}best found: {self.method}, then reinsertion"


def goal(problem: Problem, share: float = SHARE, exact_below: int = EXACT_BELOW) -> Goal:
    """Few removals until the largest component has at most ceil(share * N) people, N = its size at the start.

    To ``exact_below`` people: inside the largest component whoever has the greatest betweenness (unweighted, on what
    is left) goes, ties by degree, then by id; without the tie rule it stalls in cliques, where betweenness is 0, and
    records make cliques. Above: the bundle-ratio greedy with the largest component as objective. Then reinsertion:
    people come back, whoever makes the smallest component first, while none gets too large. If people who can't be
    removed keep a component together, the target is the floor instead.

    Args:
        problem: the network; harm and cost play no part.
        share: of N, in (0, 1].
        exact_below: up to so many people by betweenness.
    """
    everybody = np.flatnonzero(problem.removable)
    largest = curve(problem, everybody).largest
    target, floor = math.ceil(round(share * int(largest[0]), 9)), int(largest[-1])
    within = max(target, floor)
    if problem.n <= exact_below:
        order, method = by_betweenness(problem, within), "betweenness inside the largest component"
    else:
        order, method = order_to(problem, within), "bundle-ratio greedy on the largest component"
    return Goal(reinserted(problem, order, within), target, floor, method)


def by_betweenness(problem: Problem, target: int) -> Ints:
    """Remove the removable person of greatest betweenness in the largest component until none exceeds ``target``.

    Among equally large components the one with the lowest id is taken first.
    """
    left = igraph.Graph(problem.n, problem.pairs())
    left.vs["number"] = range(problem.n)
    order: list[int] = []
    while left.vcount():
        parts = left.connected_components()
        part = max(parts, key=len)  # the first of the largest, by lowest id
        if len(part) <= target:
            break
        inside = left.induced_subgraph(part)
        numbers = np.array(inside.vs["number"])
        free = np.flatnonzero(problem.removable[numbers])
        if not len(free):
            break
        chosen = int(numbers[free[_first(np.array(inside.betweenness())[free], np.array(inside.degree())[free])]])
        order.append(chosen)
        left.delete_vertices(left.vs["number"].index(chosen))
    return np.array(order, np.int64)


def reinserted(problem: Problem, order: Ints, target: int) -> Ints:
    """The order without those who can come back while no component exceeds ``target``.

    Whoever makes the smallest component comes back first; ties: who was removed last. What a person would make can
    only grow as others come back, so a heap of old sizes finds the smallest.
    """
    away = np.zeros(problem.n, np.bool_)
    away[order] = True
    parent, size = np.arange(problem.n), np.ones(problem.n, np.int64)
    for one, other in problem.pairs():
        if not (away[one] or away[other]):
            _join(parent, size, one, other)
    heap = [(_made(problem, u, away, parent, size), -place, u) for place, u in enumerate(order.tolist())]
    heapq.heapify(heap)
    while heap:
        old, place, u = heapq.heappop(heap)
        now = _made(problem, u, away, parent, size)
        if now > target:
            continue
        if now > old:
            heapq.heappush(heap, (now, place, u))
            continue
        away[u] = False
        for v in problem.beside(u):
            if not away[v]:
                _join(parent, size, u, int(v))
    return order[away[order]]


def _made(problem: Problem, u: int, away: Flags, parent: Ints, size: Ints) -> int:
    """The size of the component that u would make by coming back."""
    return 1 + sum(int(size[top]) for top in {root(parent, int(v)) for v in problem.beside(u) if not away[v]})


def _join(parent: Ints, size: Ints, u: int, v: int) -> None:
    one, other = root(parent, u), root(parent, v)
    if one != other:
        parent[other] = one
        size[one] += size[other]


def _first(betweenness: Floats, degree: Ints) -> int:
    """The place of the greatest betweenness; ties: the greatest degree, then the first."""
    equal = np.flatnonzero(betweenness >= betweenness.max() * (1 - SLACK))
    return int(equal[np.argmax(degree[equal])])
