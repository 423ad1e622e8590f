"""If you can only do k: the people whose removal together leaves the least harm-connected mass (METHOD section 6).

The best k need not contain the best k - 1, so this is a question of its own and not the beginning of the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from countylines.graph import Floats, Ints
from countylines.rank.dismantle.all_sets import best_of_all
from countylines.rank.dismantle.bundles import drops
from countylines.rank.dismantle.objective import Problem, curve
from countylines.rank.dismantle.order import best_order, candidate_orders
from countylines.rank.dismantle.program import Proof, solve

EXACT_PEOPLE = 60  # up to so many people by trying all sets or, where these are too many, integer programming
SLACK = 1e-9  # relative: mass nearer than this counts as equal


@dataclass(frozen=True, eq=False)
class OnlyK:
    """The people found.

    Attributes:
        people: vertices, those whose removal helps most first, each on what the ones before leave.
        mass: harm-connected mass without them.
        bound: no set within the budget leaves less; none where that isn't known.
    """

    people: Ints
    mass: float
    bound: float | None

    @property
    def proof(self) -> str:
        """What is known about how good it is, in words."""
        if self.bound is None:
            return "best found: swaps; no bound"
        return "optimal" if self.bound >= self.mass * (1 - 1e-6) else f"bound {self.bound:.6g}"


def only_k(
    problem: Problem, budget: float, exact_people: int = EXACT_PEOPLE, lines: Iterable[Ints] | None = None
) -> OnlyK:
    """The best set of removable people whose cost together is at most ``budget`` (with cost 1: at most k people).

    Several beginnings (the order, each candidate order, the best next person again and again) are improved by swapping
    one person for another, or adding one, while that lowers the mass. For at most ``exact_people`` people all sets are
    then tried or, where these are too many, an integer program proves that nothing is better, finds what is, or gives
    a bound.

    Args:
        problem: the network.
        budget: what may be spent.
        exact_people: the size up to which a proof is tried.
        lines: the order and the candidate orders if they are made already.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = problem_of(graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")}))
        >>> found = only_k(chain, 2)
        >>> found.people.tolist(), found.mass, found.proof  # without c alone it would be 4 + 4
        ([1, 3], 3.0, 'optimal')
    """
    if lines is None:
        made = candidate_orders(problem)
        lines = (best_order(problem, lines=made), *made)
    beginnings = {(), *(tuple(sorted(_affordable(problem, line, budget))) for line in lines)}
    tried = [_swapped(problem, set(begin), budget) for begin in sorted(beginnings)]
    best, mass = min(tried, key=lambda each: each[1])
    bound = None
    if problem.n <= exact_people:
        every = best_of_all(problem, budget)
        found = solve(problem, budget) if every is None else Proof(*every)
        bound = found.bound
        if found.people is not None and _mass(problem, found.people) < mass * (1 - SLACK):
            best, mass = _swapped(problem, set(found.people), budget)
    return OnlyK(_arranged(problem, best), mass, None if bound is None else min(bound, mass))


def _affordable(problem: Problem, order: Ints, budget: float) -> list[int]:
    """From the first on, whoever still fits the budget."""
    chosen, left = [], budget * (1 + SLACK)
    for u in order.tolist():
        if problem.removable[u] and problem.cost[u] <= left:
            chosen.append(u)
            left -= problem.cost[u]
    return chosen


def _swapped(problem: Problem, chosen: set[int], budget: float) -> tuple[set[int], float]:
    """Add the best person while one fits; then swap one for the best other while that lowers the mass."""
    mass = _mass(problem, chosen)
    while True:
        best, found = chosen, mass
        for leaving in (None, *sorted(chosen)):
            rest = chosen - {leaving}
            coming = _best_next(problem, rest, budget, drops(problem, sorted(rest)))
            if coming is not None:
                new = _mass(problem, {*rest, coming})
                if new < found - SLACK * mass:
                    best, found = {*rest, coming}, new
            if leaving is None and best is not chosen:
                break
        if best is chosen:
            return chosen, mass
        chosen, mass = best, found


def _best_next(problem: Problem, rest: set[int], budget: float, drop: Floats) -> int | None:
    """Who lowers the mass most among those who can still be paid for."""
    left = budget * (1 + SLACK) - sum(problem.cost[u] for u in sorted(rest))
    free = problem.removable & (problem.cost <= left)
    free[sorted(rest)] = False
    return int(np.argmax(np.where(free, drop, -1.0))) if free.any() else None


def _arranged(problem: Problem, chosen: set[int]) -> Ints:
    """The chosen, whoever lowers the mass most on what is left first; ties by id."""
    order: list[int] = []
    while len(order) < len(chosen):
        drop = drops(problem, order)
        left = sorted(chosen.difference(order))
        order.append(left[int(np.argmax(drop[left]))])
    return np.array(order, np.int64)


def _mass(problem: Problem, chosen: set[int] | Ints) -> float:
    return float(curve(problem, sorted(int(u) for u in chosen)).mass[-1])
