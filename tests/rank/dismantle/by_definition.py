"""Dismantling by definition, slow and plain: the objective by search, best sets and orders by trying all."""

from __future__ import annotations

from itertools import combinations

from hypothesis import strategies as st

from countylines.graph import graph_from
from countylines.rank.dismantle.objective import Problem, problem_of


def mass_and_largest(problem: Problem, gone: set[int]) -> tuple[float, int]:
    """Harm-connected mass and the size of the largest component without these people."""
    left, mass, most = set(range(problem.n)) - gone, 0.0, 0
    while left:
        found, todo = set(), [min(left)]
        while todo:
            u = todo.pop()
            if u not in found:
                found.add(u)
                todo += [int(v) for v in problem.beside(u) if int(v) not in gone]
        left -= found
        mass += sum(problem.harm[u] for u in found) ** 2
        most = max(most, len(found))
    return mass, most


def best_set(problem: Problem, budget: float) -> float:
    """The least mass over all sets of removable people within the budget."""
    free = [u for u in range(problem.n) if problem.removable[u]]
    return min(
        mass_and_largest(problem, set(chosen))[0]
        for size in range(len(free) + 1)
        for chosen in combinations(free, size)
        if sum(problem.cost[u] for u in chosen) <= budget + 1e-9
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 9) -> Problem:
    """Small networks with harm, cost and people who stay."""
    n = draw(st.integers(1, most))
    ids = [f"n{i}" for i in range(n)]
    pairs = list(combinations(ids, 2))
    ties = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * n)) if pairs else []
    harm = draw(st.lists(st.sampled_from([1.0, 1.5, 3.0, 10.0]), min_size=n, max_size=n))
    cost = draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=n, max_size=n))
    free = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=n, max_size=n))
    return problem_of(graph_from(ids, dict.fromkeys(ties, 1.0)), harm, cost, free)
