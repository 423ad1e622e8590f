"""The order on the reference networks, against generalised network dismantling and the best that annealing found."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from countylines.rank.dismantle.objective import Problem, area, curve
from countylines.rank.dismantle.order import best_order
from countylines.rank.dismantle.reverse import reverse_greedy
from tests.rank.dismantle.gnd import gnd, gnd_fully
from tests.rank.dismantle.networks import DISMANTLING, plain, reference, rows, weighed

NETWORKS = sorted(reference())


def whole(problem: Problem, order: np.ndarray) -> np.ndarray:
    """The order and after it everybody else, by what they weigh alone per cost."""
    rest = np.setdiff1d(np.arange(problem.n), order)
    return np.concatenate((order, rest[np.argsort(-(problem.harm[rest] ** 2) / problem.cost[rest], kind="stable")]))


def best_gnd(problem: Problem) -> float:
    """The least area of three ways to read GND with reinsertion as an order, so that it is not beaten by a bad one."""
    everybody = gnd_fully(problem)
    to_a_tenth = gnd(problem, everybody, math.ceil(0.1 * problem.n))
    further = gnd(problem, everybody, max(2, math.ceil(0.01 * problem.n)))
    out = np.zeros(problem.n, bool)
    out[everybody] = True
    fully = reverse_greedy(problem, out)
    return min(area(problem, whole(problem, order)) for order in (to_a_tenth, further, fully))


def mean(values: list[float]) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(values))))


def test_the_baseline_is_about_as_good_as_its_authors_program() -> None:
    for name in NETWORKS:
        row, problem = reference()[name], plain(name)
        order = gnd(problem, gnd_fully(problem), int(row["C"]))
        assert curve(problem, order).largest[-1] <= int(row["C"])
        if row["GND_R"]:
            assert len(order) <= 1.1 * int(row["GND_R"])


@pytest.mark.parametrize("make", [plain, weighed])
def test_the_order_is_better_than_generalised_network_dismantling(make: Callable[[str], Problem]) -> None:
    problems = [make(name) for name in NETWORKS]
    assert mean([area(problem, best_order(problem)) / best_gnd(problem) for problem in problems]) < 0.97


def test_the_order_is_within_5_percent_of_the_best_that_annealing_found() -> None:
    """The areas: ``benchmarks/dismantle.py --anneal``, the least of five restarts, two million proposals in all."""
    annealed = {row["network"]: row for row in rows(DISMANTLING / "annealed_areas.csv")}
    assert sorted(annealed) == NETWORKS
    for way, make in (("plain", plain), ("weighed", weighed)):
        ratios = [area(make(name), best_order(make(name))) / float(annealed[name][way]) for name in NETWORKS]
        assert mean(ratios) < 1.01
        assert max(ratios) < 1.05
