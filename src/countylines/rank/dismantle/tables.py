"""Rows of ``dismantling`` and ``dismantling_baselines`` for one scope: a group, or the whole network (METHOD 6)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from countylines.graph import Ints
from countylines.rank.dismantle.baselines import baselines
from countylines.rank.dismantle.goal import SHARE, goal
from countylines.rank.dismantle.objective import Problem, curve
from countylines.rank.dismantle.only_k import EXACT_PEOPLE, only_k
from countylines.rank.dismantle.order import best_order, candidate_orders

DECIMALS = 6  # so that the last bits of a sum don't show
UNKNOWN = pl.lit(None, pl.Float64)


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
    order = best_order(problem, lines=lines)
    aim = goal(problem, options.share)
    chosen = only_k(problem, options.k, options.exact_people, lines=(order, *lines))
    order = order[: options.order_steps]
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
    return "best found: bundle-ratio greedy" + (f"; {left} more could follow" if left else "")


def steps_frame(scope: str, problem: Problem, question: str, order: Ints, proof: str) -> pl.DataFrame:
    """One answer as rows of ``dismantling``, from step 0, the network as it stands, which has no nominal_id.

    Raises:
        ValueError: somebody in the order may not be removed, which would be a fault of ours.
    """
    if not problem.removable[order].all():
        raise ValueError("somebody who may not be removed is in an order")
    found = curve(problem, order)
    people = pl.Series([None, *(problem.ids[u] for u in order.tolist())], dtype=pl.String)
    return pl.select(
        scope=pl.lit(scope),
        question=pl.lit(question),
        step=pl.int_range(len(order) + 1, dtype=pl.Int64),
        nominal_id=people,
        largest_component=pl.Series(found.largest),
        harm_connected=pl.Series(found.mass).round(DECIMALS),
        proof=pl.lit(proof),
    )


def _baseline_frames(scope: str, problem: Problem, options: Options) -> list[pl.DataFrame]:
    made = []
    for each in sorted(baselines(problem, options.draws, options.seed), key=lambda one: one.name):
        rows = len(each.largest) if options.order_steps is None else options.order_steps + 1
        least, most = each.least, each.most
        frame = pl.select(
            scope=pl.lit(scope),
            baseline=pl.lit(each.name),
            step=pl.int_range(len(each.largest), dtype=pl.Int64),
            largest_component=pl.Series(each.largest).round(DECIMALS),
            harm_connected=pl.Series(each.mass).round(DECIMALS),
            largest_least=UNKNOWN if least is None else pl.Series(least.largest).cast(pl.Float64),
            largest_most=UNKNOWN if most is None else pl.Series(most.largest).cast(pl.Float64),
            harm_least=UNKNOWN if least is None else pl.Series(least.mass).round(DECIMALS),
            harm_most=UNKNOWN if most is None else pl.Series(most.mass).round(DECIMALS),
        )
        made.append(frame.head(rows))
    return made
