"""Rows of ``dismantling`` and ``dismantling_baselines`` for one scope: a group, or the whole network (METHOD 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Ints
from countylines.rank.dismantle.baselines import baselines
from countylines.rank.dismantle.goal import SHARE, goal
from countylines.rank.dismantle.objective import Problem, curve
from countylines.rank.dismantle.only_k import EXACT_PEOPLE, only_k
from countylines.rank.dismantle.order import IMPROVED_UP_TO, best_order, candidate_orders

DECIMALS = 6  # so that the last bits of a sum don't show
REAL = pl.Float64()


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a scope.

    Attributes:
        k: how many people (or how much cost) for "if you can only do k".
        share: of the starting largest component, for the classic goal.
        order_steps: keep so many steps of the order and of the baselines; none = all.
        draws: random orders among the baselines.
        exact_people: up to so many people only-k is proved by integer programming.
        seed: of the random orders.
    """

    k: float = 5
    share: float = SHARE
    order_steps: int | None = None
    draws: int = 30
    exact_people: int = EXACT_PEOPLE
    seed: int = 1


def dismantle_problem(scope: str, problem: Problem, options: Options = Options()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The three questions for one scope, and the baselines.

    Args:
        scope: "network" or a group_id.
        problem: its people, ties, harm and cost, and who may be removed.
        options: what is asked.

    Returns:
        Rows of ``dismantling`` (scope, question, step, nominal_id, largest_component, harm_connected, proof) and of
        ``dismantling_baselines``, both from step 0, the network as it stands, which has no nominal_id.
    """
    lines = candidate_orders(problem)
    order = best_order(problem, options.order_steps, lines)
    aim = goal(problem, options.share)
    chosen = only_k(problem, options.k, options.exact_people, lines=(order, *lines))
    answers = (
        ("goal", aim.order, aim.proof),
        ("k", chosen.people, chosen.proof),
        ("order", order, order_proof(problem, order)),
    )
    rows = pl.concat([steps_frame(scope, problem, *answer) for answer in answers])
    return rows, pl.concat(_baseline_frames(scope, problem, options))


def order_proof(problem: Problem, order: Ints) -> str:
    """What is known about the order, in words, with what remains after its last step."""
    left = int(problem.removable.sum()) - len(order)
    return (
        "best found: bundle-ratio greedy"
        + (", local search" if problem.n <= IMPROVED_UP_TO else "")
        + (f"; {left} more could follow" if left else "")
    )


def steps_frame(scope: str, problem: Problem, question: str, order: Ints, proof: str) -> pl.DataFrame:
    """One answer as rows of ``dismantling``, from step 0, the network as it stands, which has no nominal_id.

    Raises:
        ValueError: somebody in the order may not be removed, which would be a fault of ours.
    """
    if not problem.removable[order].all():
        raise ValueError("somebody who may not be removed is in an order")
    found, count = curve(problem, order), len(order) + 1
    return pl.DataFrame(
        {
            "scope": [scope] * count,
            "question": [question] * count,
            "step": np.arange(count),
            "nominal_id": pl.Series([None, *(problem.ids[u] for u in order.tolist())], dtype=pl.String),
            "largest_component": found.largest,
            "harm_connected": found.mass.round(DECIMALS),
            "proof": [proof] * count,
        }
    )


def _baseline_frames(scope: str, problem: Problem, options: Options) -> list[pl.DataFrame]:
    made = []
    for each in sorted(baselines(problem, options.draws, options.seed), key=lambda one: one.name):
        rows = len(each.largest) if options.order_steps is None else options.order_steps + 1
        found = {
            "largest_component": each.largest,
            "harm_connected": each.mass,
            "largest_least": None if each.least is None else each.least.largest,
            "largest_most": None if each.most is None else each.most.largest,
            "harm_least": None if each.least is None else each.least.mass,
            "harm_most": None if each.most is None else each.most.mass,
        }
        count = min(rows, len(each.largest))
        values = {
            name: pl.Series(
                [None] * count if one is None else one[:count].astype(np.float64).round(DECIMALS), dtype=REAL
            )
            for name, one in found.items()
        }
        names = {"scope": [scope] * count, "baseline": [each.name] * count, "step": np.arange(count)}
        made.append(pl.DataFrame({**names, **values}))
    return made
