"""The objective against its definition, and what every order must hold."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.graph import Graph, graph_from
from countylines.rank.dismantle.bundles import drops, steepest
from countylines.rank.dismantle.goal import goal
from countylines.rank.dismantle.influence import collective_influence
from countylines.rank.dismantle.objective import Problem, area, curve, problem_of
from countylines.rank.dismantle.only_k import only_k
from countylines.rank.dismantle.order import best_order, candidate_orders, order_to
from countylines.rank.dismantle.reverse import reverse_greedy
from tests.rank.dismantle.by_definition import mass_and_largest, problems

FEW = settings(max_examples=60, deadline=None)


@FEW
@given(problems())
def test_the_curve_is_the_objective_after_each_step(problem: Problem) -> None:
    order = [int(u) for u in np.random.default_rng(problem.n).permutation(problem.n)][: problem.n - problem.n // 3]
    found = curve(problem, order)
    for step in range(len(order) + 1):
        mass, largest = mass_and_largest(problem, set(order[:step]))
        assert found.mass[step] == pytest.approx(mass)
        assert found.largest[step] == largest


@FEW
@given(problems())
def test_the_drop_of_each_person_is_exact(problem: Problem) -> None:
    for gone in ([], [0], list(range(0, problem.n, 3))):
        before, found = mass_and_largest(problem, set(gone))[0], drops(problem, gone)
        for u in range(problem.n):
            after = mass_and_largest(problem, {*gone, u})[0]
            assert found[u] == pytest.approx(before - after, abs=1e-9)


@FEW
@given(problems())
def test_an_order_holds_everybody_removable_once_and_nobody_else(problem: Problem) -> None:
    order = best_order(problem)
    assert sorted(order.tolist()) == np.flatnonzero(problem.removable).tolist()
    found = curve(problem, order)
    assert (np.diff(found.mass) < 0).all()
    assert (np.diff(found.largest) <= 0).all()
    for row in candidate_orders(problem):
        assert sorted(row.tolist()) == list(range(problem.n))
        count = int(problem.removable.sum())
        assert problem.removable[row[:count]].all()


@FEW
@given(problems())
def test_the_first_bundle_is_the_steepest_prefix_there_is(problem: Problem) -> None:
    lines = candidate_orders(problem)
    count = int(problem.removable.sum())
    if not count:
        return
    prefixes = [line[:size].tolist() for line in lines for size in range(1, count + 1)]
    singles = [[u] for u in range(problem.n) if problem.removable[u]]
    full = mass_and_largest(problem, set())[0]

    def ratio(people: list[int]) -> float:
        return (full - mass_and_largest(problem, set(people))[0]) / float(problem.cost[people].sum())

    best = max(ratio(people) for people in [*prefixes, *singles])
    order = steepest(problem, lines).tolist()
    assert max(ratio(order[:size]) for size in range(1, count + 1)) >= best * (1 - 1e-9)


@FEW
@given(problems(most=7))
def test_reverse_greedy_puts_back_whoever_costs_least(problem: Problem) -> None:
    order = reverse_greedy(problem, problem.removable).tolist()
    away = set(np.flatnonzero(problem.removable).tolist())
    for u in reversed(order):
        now = mass_and_largest(problem, away)[0]
        rise = {v: (mass_and_largest(problem, away - {v})[0] - now) / problem.cost[v] for v in away}
        assert rise[u] <= min(rise.values()) * (1 + 1e-9)
        away.remove(u)
    assert not away


@FEW
@given(problems())
def test_collective_influence_is_that_of_the_definition(problem: Problem) -> None:
    left = set(range(problem.n))

    def near(u: int) -> set[int]:
        return {int(v) for v in problem.beside(u)} & left

    def influence(u: int) -> float:
        two = set().union(*(near(v) for v in near(u))) - near(u) - {u}
        return max(0, len(near(u)) - 1) * sum(len(near(v)) - 1 for v in two) / problem.cost[u]

    for u in collective_influence(problem).tolist():
        values = {v: influence(v) for v in left if problem.removable[v]}
        assert values[u] == pytest.approx(max(values.values()))
        assert values[u] > 0
        left.remove(u)
    assert not any(influence(v) for v in left if problem.removable[v])


def test_near_the_best_of_all_orders_of_small_networks() -> None:
    ratios = []
    for seed in range(12):
        random = np.random.default_rng(seed)
        pairs = {pair: 1.0 for pair in combinations("abcdef", 2) if random.random() < 0.4}
        problem = problem_of(graph_from("abcdef", pairs), random.uniform(1, 5, 6), random.uniform(0.5, 2, 6))
        best = min(area(problem, order) for order in permutations(range(6)))
        ratios.append(area(problem, best_order(problem)) / best)
    assert min(ratios) >= 1 - 1e-9
    assert np.exp(np.mean(np.log(ratios))) < 1.01
    assert max(ratios) < 1.05


def test_a_bundle_is_taken_where_no_single_person_helps() -> None:
    """Two cliques of 8 joined by two people side by side: only both together cut them apart."""
    left, right = [f"l{i}" for i in range(8)], [f"r{i}" for i in range(8)]
    pairs = [*combinations(left, 2), *combinations(right, 2)]
    pairs += [(f"b{i}", other) for i in (1, 2) for other in (*left, *right)]
    problem = problem_of(graph_from([*left, *right, "b1", "b2"], {(min(p), max(p)): 1.0 for p in pairs}))
    assert [problem.ids[u] for u in best_order(problem, 2)] == ["b1", "b2"]


def test_steps_stop_it_and_the_beginning_stays_the_same() -> None:
    random = np.random.default_rng(5)
    problem = grid(12, random.uniform(1, 5, 144))
    whole = best_order(problem)
    assert best_order(problem, 7).tolist() == whole[:7].tolist()


def test_large_components_lose_several_at_a_step_and_end_as_good() -> None:
    problem = grid(20, np.ones(400))
    line = np.arange(400)[np.newaxis]
    one, several = steepest(problem, line), steepest(problem, line, batch=100)
    assert sorted(several.tolist()) == list(range(400))
    assert area(problem, several) < 1.2 * area(problem, one)


def test_the_same_order_whatever_the_order_of_ties() -> None:
    pairs = {("a", "b"): 1.0, ("b", "c"): 1.0, ("c", "d"): 1.0, ("b", "d"): 1.0}
    turned = {(v, u): w for (u, v), w in reversed(pairs.items())}
    one, other = (best_order(problem_of(graph_from(ids, p))) for ids, p in (("abcd", pairs), ("dbca", turned)))
    assert one.tolist() == other.tolist()


@FEW
@given(problems(), st.integers(1, 5))
def test_the_order_for_the_largest_component_reaches_its_target(problem: Problem, target: int) -> None:
    order = order_to(problem, target)
    assert problem.removable[order].all()
    everybody = np.flatnonzero(problem.removable)
    floor = curve(problem, everybody).largest[-1]
    assert curve(problem, order).largest[-1] <= max(target, floor)


def test_nobody_and_nobody_removable() -> None:
    nobody = problem_of(graph_from([], {}))
    assert best_order(nobody).tolist() == []
    stays = problem_of(graph_from("ab", {("a", "b"): 1.0}), removable=[False, False])
    assert best_order(stays).tolist() == []
    assert curve(stays, []).mass.tolist() == [4.0]


@pytest.mark.parametrize("harm", [[1.0], [np.nan, 1.0], [-1.0, 1.0]])
def test_wrong_harm_is_refused(harm: list[float]) -> None:
    with pytest.raises(ValueError, match="harm must be 2 finite numbers, none below 0"):
        problem_of(graph_from("ab", {("a", "b"): 1.0}), harm)


@pytest.mark.parametrize("seed", range(12))
def test_people_without_harm_are_ordered_too(seed: int) -> None:
    """A file may say 0; such people still hold others together."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(3, 30))
    ids = [f"{i:02}" for i in range(n)]
    pairs = {tuple(sorted(draw.choice(ids, 2, replace=False).tolist())): 1.0 for _ in range(2 * n)}
    harm = draw.integers(0, 3, n) * (seed > 0)  # seed 0: nobody has any
    problem = problem_of(graph_from(ids, pairs), harm, removable=draw.random(n) < 0.8)
    order = best_order(problem)
    assert sorted(order.tolist()) == np.flatnonzero(problem.removable).tolist()
    mass = curve(problem, order).mass
    assert (np.diff(mass) <= 1e-9).all()
    found = only_k(problem, 2)
    assert found.mass <= mass[min(2, len(order))] + 1e-9
    assert set(goal(problem).order.tolist()) <= set(order.tolist())


def grid(side: int, harm: np.ndarray) -> Problem:
    place = np.arange(side * side).reshape(side, side)
    a = np.concatenate((place[:, :-1].ravel(), place[:-1].ravel()))
    b = np.concatenate((place[:, 1:].ravel(), place[1:].ravel()))
    order = np.lexsort((b, a))
    ids = tuple(f"{i:03d}" for i in range(side * side))
    return problem_of(Graph(ids, a[order], b[order], np.ones(len(a))), harm)
