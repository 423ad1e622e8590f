"""The order: whom to remove first, second and so on, the steepest fall of harm-connected mass first (METHOD section 6).

The bundle-ratio greedy. Simple orders fail in different places: the exact best next person does not see that three
people together would cut a group in two, and orders made to cut a network in two ignore the one person of great harm.
So several are made, and at each step, on what is left, the steepest prefix of each competes with the best next person.
A local search then moves single people while the area under the curve falls.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countylines.graph import Flags, Ints
from countylines.rank.dismantle.bundles import steepest
from countylines.rank.dismantle.improve import improved
from countylines.rank.dismantle.influence import collective_influence
from countylines.rank.dismantle.objective import Problem, curve
from countylines.rank.dismantle.reverse import reverse_greedy

LEVELS = (0.0, 0.02, 0.1, 0.2, 0.4, 0.6)  # of the largest component: where an order is cut off before reinsertion
BATCH = 1000  # a component of m people loses at least m // BATCH at a step: one by one below 2,000
IMPROVED_UP_TO = 2_000  # people: a local search follows the greedy; above, it takes too long


def best_order(problem: Problem, steps: int | None = None, lines: Ints | None = None) -> Ints:
    """Everybody removable, ordered by the bundle-ratio greedy on harm-connected mass and cost, then by a local search.

    Args:
        problem: the network.
        steps: only so many people, the first of the whole order; none = all.
        lines: the candidate orders if they are made already.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")})
        >>> best_order(problem_of(chain)).tolist()  # 25, then 4 + 4
        [2, 0, 3, 1, 4]
    """
    lines = candidate_orders(problem) if lines is None else lines
    if problem.n > IMPROVED_UP_TO:
        return steepest(problem, lines, batch=BATCH, steps=steps)
    return improved(problem, steepest(problem, lines, batch=BATCH))[:steps]


def order_to(problem: Problem, target: int) -> Ints:
    """People to remove until no component has more than ``target``, by the same greedy on the largest component.

    Everybody's harm and cost count as 1. Fewer candidates compete than in the order: each costs time at every step, and
    reinsertion mends most of what they miss.
    """
    plain = Problem(problem.ids, problem.start, problem.ties, np.ones(problem.n), np.ones(problem.n), problem.removable)
    return steepest(plain, candidate_orders(plain, LEVELS[:1]), batch=BATCH, target=target)


def candidate_orders(problem: Problem, levels: Sequence[float] = LEVELS) -> Ints:
    """The orders whose prefixes compete, one a row, each of all people: those who can't be removed stand last.

    Collective influence; the exact best next person; each of them cut off where the largest component is down to a
    level and its people put back by reverse greedy; and reverse greedy from everybody removed.

    Args:
        problem: the network.
        levels: shares of the largest component.
    """
    everybody = np.arange(problem.n)
    influence = _all_of(problem, collective_influence(problem))
    best_next = steepest(problem, everybody[np.newaxis], prefixes=False, batch=BATCH)
    rows = [influence, best_next, reverse_greedy(problem, problem.removable)]
    for order in (influence, best_next):
        largest = curve(problem, order).largest
        rows += [reverse_greedy(problem, _until(order, largest, level, problem.n)) for level in levels]
    fixed = everybody[~problem.removable]
    return np.array([np.concatenate((_all_of(problem, row), fixed)) for row in rows])


def _all_of(problem: Problem, order: Ints) -> Ints:
    """The order and after it the other removable people, by harm squared per cost, the greatest first, then by id."""
    left = problem.removable.copy()
    left[order] = False
    rest = np.flatnonzero(left)
    alone = problem.harm[rest] ** 2 / problem.cost[rest]
    return np.concatenate((order, rest[np.argsort(-alone, kind="stable")]))


def _until(order: Ints, largest: Ints, level: float, n: int) -> Flags:
    """The people of an order until the largest component is down to a level; all of them where it never is."""
    reached = np.flatnonzero(largest <= max(1.0, level * largest[0]))
    out = np.zeros(n, np.bool_)
    out[order[: reached[0]] if len(reached) else order] = True
    return out
