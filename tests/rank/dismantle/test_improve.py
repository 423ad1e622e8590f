"""The local search against the definition: areas of all places, never worse, at its end no move helps."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings

from countylines.graph import graph_from
from countylines.rank.dismantle.bundles import steepest
from countylines.rank.dismantle.improve import _areas, _standing, improved
from countylines.rank.dismantle.objective import Problem, area, problem_of
from countylines.rank.dismantle.order import best_order, candidate_orders
from tests.rank.dismantle.by_definition import mass_and_largest, problems
from tests.rank.dismantle.networks import plain

FEW = settings(max_examples=40, deadline=None)


def by_definition(problem: Problem, order: list[int]) -> float:
    """What each costs times the mass that stands before they go."""
    return sum(problem.cost[u] * mass_and_largest(problem, set(order[:i]))[0] for i, u in enumerate(order))


@FEW
@given(problems())
def test_the_area_of_every_place_is_that_of_the_definition(problem: Problem) -> None:
    free = np.flatnonzero(problem.removable)
    network = problem.start, problem.ties, problem.harm
    for person in free.tolist():
        others = free[free != person][::-1].copy()
        parent, weight, mass = _standing(*network, problem.removable)
        found, beside = np.empty(2 * len(others) + 1), np.empty(problem.n, np.bool_)
        _areas(person, others, mass, *network, problem.cost, parent, weight, beside, found)
        for place in range(len(free)):
            order = np.insert(others, place, person).tolist()
            assert found[place] == pytest.approx(by_definition(problem, order)), (person, place)


@FEW
@given(problems())
def test_the_same_people_never_worse_and_no_single_move_helps(problem: Problem) -> None:
    if not problem.removable.any():
        return
    for begin in (np.flatnonzero(problem.removable), steepest(problem, candidate_orders(problem))):
        order = improved(problem, begin)
        assert sorted(order.tolist()) == sorted(begin.tolist())
        least = area(problem, order)
        assert least <= area(problem, begin)
        for person in order.tolist():
            others = order[order != person]
            moved = [np.insert(others, place, person) for place in range(len(order))]
            assert min(area(problem, each) for each in moved) >= least * (1 - 1e-9)


def test_the_best_of_all_orders_of_small_networks() -> None:
    for seed in range(12):
        random = np.random.default_rng(seed)
        pairs = {pair: 1.0 for pair in combinations("abcdef", 2) if random.random() < 0.4}
        problem = problem_of(graph_from("abcdef", pairs), random.uniform(1, 5, 6), random.uniform(0.5, 2, 6))
        best = min(area(problem, order) for order in permutations(range(6)))
        assert area(problem, best_order(problem)) == pytest.approx(best)


def test_a_dense_real_network_is_improved_the_same_way_each_time() -> None:
    problem = plain("infinito_lombardia118")
    greedy = steepest(problem, candidate_orders(problem))
    one, other = improved(problem, greedy), improved(problem, greedy)
    assert one.tolist() == other.tolist()
    assert area(problem, one) < 0.95 * area(problem, greedy)


def test_nothing_to_improve() -> None:
    stays = problem_of(graph_from("ab", {("a", "b"): 1.0}), removable=[False, False])
    harmless = problem_of(graph_from("ab", {("a", "b"): 1.0}), [0.0, 0.0])
    assert improved(stays, np.array([], np.int64)).tolist() == []
    assert improved(harmless, np.array([1, 0])).tolist() == [1, 0]
