"""The best set within a budget by trying all of them, where there are few."""

from __future__ import annotations

import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import compiled, join, root
from countylines.rank.dismantle.objective import Problem

WORK = 20_000_000  # people and ties looked at, about 0.1 s: five of 20 people are 15,504 sets


def best_of_all(problem: Problem, budget: float, work: int = WORK) -> tuple[Ints, float] | None:
    """The removable people within a budget whose removal leaves the least harm-connected mass, and that mass.

    Only sets to which nobody who comes later in order of id could be added are looked at: more people never leave
    more. Of equally good sets the first in order of id.

    Args:
        problem: the network.
        budget: what may be spent.
        work: none is returned where all sets together would take more than so many people and ties to look at.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = problem_of(graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")}))
        >>> best_of_all(chain, 2), best_of_all(chain, 2, work=50)
        ((array([1, 3]), 3.0), None)
    """
    people, most = np.flatnonzero(problem.removable), work // max(1, problem.n + len(problem.ties))
    found, mass = _best(problem.start, problem.ties, problem.harm, problem.cost, people, budget * (1 + 1e-9), most)
    return None if mass < 0 else (found, mass)


@compiled
def _best(
    start: Ints, ties: Ints, harm: Floats, cost: Floats, people: Ints, budget: float, most: int
) -> tuple[Ints, float]:
    """Depth first over the people: each is taken, then left; a mass of -1 says that there are too many sets."""
    n, count = len(harm), len(people)
    here, parent, weight = np.ones(n, np.bool_), np.empty(n, np.int64), np.empty(n)
    cheapest = np.full(count + 1, np.inf)  # of those from this one on
    for i in range(count - 1, -1, -1):
        cheapest[i] = min(cheapest[i + 1], cost[people[i]])
    taken, best = np.empty(count, np.int64), np.empty(0, np.int64)
    depth, i, left, least, sets = 0, 0, budget, np.inf, 0
    while True:
        while i < count and cheapest[i] <= left:
            if cost[people[i]] <= left:
                taken[depth] = i
                here[people[i]] = False
                left -= cost[people[i]]
                depth += 1
            i += 1
        sets += 1
        if sets > most:
            return best, -1.0
        mass = _mass(start, ties, harm, here, parent, weight)
        if mass < least * (1 - 1e-12):
            least, best = mass, people[taken[:depth]]
        if depth == 0:
            return best, least
        depth -= 1
        i = taken[depth] + 1
        here[people[i - 1]] = True
        left = budget
        for j in taken[:depth]:
            left -= cost[people[j]]


@compiled
def _mass(start: Ints, ties: Ints, harm: Floats, here: Flags, parent: Ints, weight: Floats) -> float:
    """Harm-connected mass of those who are here."""
    mass = 0.0
    for u in range(len(harm)):
        if here[u]:
            parent[u], weight[u], one = u, harm[u], u
            mass += harm[u] ** 2
            for v in ties[start[u] : start[u + 1]]:
                if v > u:
                    break
                if here[v]:
                    other = root(parent, v)
                    if other != one:
                        mass += 2 * weight[one] * weight[other]
                        one = join(parent, weight, one, other)
    return mass
