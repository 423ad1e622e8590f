"""The best set within a budget as an integer program, solved by HiGHS: proof, or a bound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from countylines.graph import Ints
from countylines.rank.dismantle.objective import Problem

NODES = 2_000  # branches looked at; a number, not seconds, so that the answer doesn't depend on the machine
MOST_TERMS = 4_000  # rows of the program, about 60 people with three ties each; beyond, one bound alone takes minutes


@dataclass(frozen=True, eq=False)
class Proof:
    """What the program knows: people who are at least as good as what was known, if it found any, and the bound."""

    people: Ints | None
    bound: float | None


def solve(problem: Problem, budget: float) -> Proof:
    """Minimise harm-connected mass over the removable people whose cost is at most ``budget``.

    Variables: x(i), removed or not; y(i, j), both left and connected. The mass is the sum of h(i)^2 (1 - x(i)) and of
    2 h(i) h(j) y(i, j). A tie: y(i, j) >= 1 - x(i) - x(j). No tie: y(i, j) >= y(k, j) - x(i) for each neighbour k of i,
    which carries the connection along any path (Veremyev, Boginski and Pasiliao 2014); i is the end with fewer ties.

    Args:
        problem: the network.
        budget: what may be spent.

    Returns:
        Without people where nothing as good was found, without bound where the program is too large or gave none.
    """
    place = {pair: problem.n + i for i, pair in enumerate(combinations(range(problem.n), 2))}
    rows = _rows(problem, place)
    if len(rows) > MOST_TERMS:
        return Proof(None, None)
    value = np.concatenate((-(problem.harm**2), [2 * problem.harm[i] * problem.harm[j] for i, j in place]))
    fixed, total = float((problem.harm**2).sum()), len(value)
    places = [(r, column, sign) for r, (columns, _) in enumerate(rows) for column, sign in columns]
    row, column, sign = (np.array(each) for each in zip(*places, strict=True)) if places else (np.zeros(0, int),) * 3
    matrix = coo_array((sign, (row, column)), shape=(len(rows), total)).tocsr()
    spend = np.concatenate((problem.cost, np.zeros(len(place))))[np.newaxis]
    limits = [
        LinearConstraint(matrix, np.array([least for _, least in rows], float), np.inf),
        LinearConstraint(spend, -np.inf, budget * (1 + 1e-9)),
    ]
    whole = np.concatenate((np.ones(problem.n), np.zeros(len(place))))
    upper = np.concatenate((problem.removable.astype(float), np.ones(len(place))))
    options = {"node_limit": NODES, "mip_rel_gap": 1e-7}
    found = milp(value, integrality=whole, bounds=Bounds(0, upper), constraints=limits, options=options)
    people = None if found.x is None else np.flatnonzero(found.x[: problem.n] > 0.5)
    bound = getattr(found, "mip_dual_bound", None)
    return Proof(people, None if bound is None or not np.isfinite(bound) else float(bound) + fixed)


def _rows(problem: Problem, place: dict[tuple[int, int], int]) -> list[tuple[tuple[tuple[int, int], ...], int]]:
    """Each constraint as ((column, factor), ...) and the least its sum may be."""
    near = [set(problem.beside(u).tolist()) for u in range(problem.n)]
    made: list[tuple[tuple[tuple[int, int], ...], int]] = []
    for (i, j), pair in place.items():
        if j in near[i]:
            made.append((((pair, 1), (i, 1), (j, 1)), 1))
            continue
        one, other = (i, j) if len(near[i]) <= len(near[j]) else (j, i)
        for k in sorted(near[one]):
            made.append((((pair, 1), (place[min(k, other), max(k, other)], -1), (one, 1)), 0))
    return made
