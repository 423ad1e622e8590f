"""If you can only do k: against all sets, with its proof."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.graph import graph_from
from countylines.rank.dismantle.all_sets import best_of_all
from countylines.rank.dismantle.objective import Problem, curve, problem_of
from countylines.rank.dismantle.only_k import only_k
from countylines.rank.dismantle.program import solve
from tests.rank.dismantle.by_definition import best_set, problems
from tests.rank.dismantle.networks import plain, weighed

FEW = settings(max_examples=25, deadline=None)


@FEW
@given(problems(most=10), st.sampled_from([0.5, 1.0, 2.0, 3.0, 4.5]))
def test_it_is_the_best_of_all_sets_and_proved(problem: Problem, budget: float) -> None:
    best, found = best_set(problem, budget), only_k(problem, budget)
    assert found.mass == pytest.approx(best)
    assert found.proof == "optimal"
    assert problem.removable[found.people].all()
    assert problem.cost[found.people].sum() <= budget + 1e-9
    assert curve(problem, found.people).mass[-1] == pytest.approx(found.mass)


@FEW
@given(problems(most=10), st.sampled_from([1.0, 3.0]))
def test_the_program_alone_is_the_best_of_all_sets(problem: Problem, budget: float) -> None:
    found = solve(problem, budget)
    assert found.bound == pytest.approx(best_set(problem, budget), rel=1e-6)
    assert found.people is not None
    assert curve(problem, found.people).mass[-1] == pytest.approx(best_set(problem, budget), rel=1e-6)


@FEW
@given(problems(most=10), st.sampled_from([0.3, 1.0, 2.0, 3.5]))
def test_all_sets_are_tried_or_none_is_given(problem: Problem, budget: float) -> None:
    found = best_of_all(problem, budget)
    assert found is not None
    people, mass = found
    assert mass == pytest.approx(best_set(problem, budget)) == pytest.approx(curve(problem, people).mass[-1])
    assert problem.removable[people].all()
    assert problem.cost[people].sum() <= budget + 1e-9
    assert best_of_all(problem, budget, work=0) is None


def test_the_program_proves_what_trying_all_sets_would_take_too_long_for() -> None:
    assert best_of_all(plain("siren"), 8) is None
    assert only_k(plain("siren"), 8).proof == "optimal"


def test_the_best_two_need_not_hold_the_best_one() -> None:
    chain = problem_of(graph_from("abcde", dict.fromkeys(zip("abcd", "bcde", strict=True), 1.0)))
    assert only_k(chain, 1).people.tolist() == [2]
    assert sorted(only_k(chain, 2).people.tolist()) == [1, 3]


@pytest.mark.parametrize("name", ["togo", "siren", "cocaine_juanes"])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_swaps_alone_are_optimal_on_real_groups(name: str, k: int) -> None:
    for problem in (plain(name), weighed(name)):
        proved, swapped = only_k(problem, k), only_k(problem, k, exact_people=0)
        assert proved.proof == "optimal"
        assert swapped.mass == pytest.approx(proved.mass)
        assert swapped.proof == "best found: swaps; no bound"


def test_a_dense_or_large_group_has_no_bound() -> None:
    assert only_k(plain("london_gang"), 5).bound is None
    assert only_k(plain("caviar"), 3).bound is None


def test_nobody_can_be_removed() -> None:
    pair = problem_of(graph_from("ab", {("a", "b"): 1.0}), removable=[False, False])
    found = only_k(pair, 2)
    assert found.people.tolist() == []
    assert (found.mass, found.proof) == (4.0, "optimal")
