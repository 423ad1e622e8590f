"""Each group of a run and its whole network: how they would come apart, and how far that rests on few records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Flags, Floats, Graph, Ints
from countylines.progress import Advance
from countylines.rank.dismantle.goal import OUT_OF_REACH
from countylines.rank.dismantle.objective import Problem, problem_of
from countylines.rank.dismantle.order import best_order
from countylines.rank.dismantle.tables import Options, dismantle_problem
from countylines.rank.evidence import Evidence
from countylines.rank.harm import mass
from countylines.resample import HIGH, LOW, Draws, over_draws
from countylines.settings import Dismantling
from countylines.tables.rows import as_run_table, empty_table

NETWORK = "network"
STEP = pl.Schema({"scope": pl.String(), "nominal_id": pl.String(), "step": pl.Int64()})
YEAR = 365.0  # days of harm that weigh as much as being there at all


def dismantling(
    evidence: Evidence,
    nominal_harm: pl.DataFrame,
    draws: Draws,
    settings: Dismantling,
    advance: Advance | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The run tables ``dismantling`` and ``dismantling_baselines`` (METHOD 6).

    Only rankable people are ever in an order; all others stay and count with h = 1. Each costs 1.

    Args:
        evidence: the network and its groups.
        nominal_harm: the run table, of rankable people.
        draws: networks drawn anew; in the first ``settings.draws`` of them everybody's step in the order is noted.
        settings: the questions.
        advance: told each scope, then each draw, that is done.
    """
    whole = Whole.of(evidence, nominal_harm, settings)
    groups = [scope for scope in whole.scopes if scope != NETWORK]
    names = [*groups[:1], *(scope for scope in whole.scopes if scope == NETWORK), *groups[1:]]  # the longest early
    answers = _Answers(whole, evidence.graph, names, settings)
    tables = over_draws(answers, len(names), draws.workers, advance)
    count = min(draws.count, settings.draws)
    task = _Steps(whole, draws, settings.draws_up_to)
    stands = _stands(over_draws(task, count, draws.workers, advance), settings.k)
    if not tables:
        return empty_table("dismantling"), empty_table("dismantling_baselines")
    steps = pl.concat([_told(rows) for rows, _ in tables]).with_columns(cost=pl.lit(1.0))
    steps = steps.join(stands, on=["scope", "nominal_id"], how="left")
    baselines = pl.concat([rows for _, rows in tables])
    return as_run_table(steps, "dismantling"), as_run_table(baselines, "dismantling_baselines")


@dataclass(frozen=True, eq=False)
class Whole:
    """The network's people with what each weighs, and the people of each scope as vertices.

    Attributes:
        harm: h of each person: 1 + days of harm / 365 for rankable people, 1 for others.
        removable: who may be taken out: rankable people.
        scopes: the vertices of each group, groups in order of id, then of the network.
    """

    harm: Floats
    removable: Flags
    scopes: Mapping[str, Ints]

    @classmethod
    def of(cls, evidence: Evidence, nominal_harm: pl.DataFrame, settings: Dismantling) -> Whole:
        """Weigh the people of a run."""
        ids = evidence.graph.ids
        place = {name: i for i, name in enumerate(ids)}
        days = {} if settings.harm == "unit" else mass(nominal_harm, settings.harm)
        removable = evidence.rankable.mask(ids)
        harm = 1 + np.where(removable, np.array([days.get(name, 0.0) for name in ids]), 0.0) / YEAR
        scopes = {group: np.array([place[name] for name in people]) for group, people in evidence.members.items()}
        network = {NETWORK: np.arange(len(ids))} if ids else {}
        return cls(harm, removable, scopes | network)

    def problem(self, scope: str, graph: Graph) -> Problem:
        """The people of a scope with the ties between them in ``graph``, which has the network's people."""
        own = self.scopes[scope]
        return problem_of(inside(graph, own), self.harm[own], None, self.removable[own])

    def options(self, scope: str, settings: Dismantling) -> Options:
        """Groups are taken apart to the end, the network for so many steps."""
        steps = settings.steps if scope == NETWORK else None
        return Options(settings.k, settings.goal, steps, settings.random_draws, seed=settings.seed)


@dataclass(frozen=True, eq=False)
class _Answers:
    """The three questions and the baselines of scope i."""

    whole: Whole
    graph: Graph
    names: list[str]
    settings: Dismantling

    def __call__(self, i: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        scope = self.names[i]
        return dismantle_problem(scope, self.whole.problem(scope, self.graph), self.whole.options(scope, self.settings))


@dataclass(frozen=True, eq=False)
class _Steps:
    """Everybody's step in the order of each scope of at most ``most`` people in draw i: scope, nominal_id, step."""

    whole: Whole
    draws: Draws
    most: int

    def __call__(self, i: int) -> pl.DataFrame:
        graph, found = self.draws(i), [pl.DataFrame(schema=STEP)]
        for scope, people in self.whole.scopes.items():
            if len(people) <= self.most:
                problem = self.whole.problem(scope, graph)
                names = [problem.ids[u] for u in best_order(problem).tolist()]
                rows = {"scope": [scope] * len(names), "nominal_id": names, "step": np.arange(1, len(names) + 1)}
                found.append(pl.DataFrame(rows, schema=STEP))
        return pl.concat(found)


def inside(graph: Graph, people: Ints) -> Graph:
    """The part of a graph that some of its people make.

    Args:
        people: their vertices, in order.

    Example:
        >>> from countylines.graph import graph_from
        >>> part = inside(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 2.0}), np.array([1, 2]))
        >>> part.ids, part.a.tolist(), part.b.tolist(), part.w.tolist()
        (('b', 'c'), [0], [1], [2.0])
    """
    place = np.full(graph.n, -1)
    place[people] = np.arange(len(people))
    a, b = place[graph.a], place[graph.b]
    both = (a >= 0) & (b >= 0)
    return Graph(tuple(graph.ids[u] for u in people.tolist()), a[both], b[both], graph.w[both])


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """The steps; without any, the network as it stands where that is why the goal can't be reached."""
    stuck = (pl.col("question") == "goal") & pl.col("proof").str.contains(OUT_OF_REACH, literal=True)
    nobody = pl.col("nominal_id").is_null().all().over("question")
    return rows.filter(pl.col("nominal_id").is_not_null() | (stuck & nobody))


def _stands(found: list[pl.DataFrame], k: int) -> pl.DataFrame:
    """scope, nominal_id, first_k_share, step_low, step_high: over the draws, each of which has everybody once.

    step_low and step_high: the least step that at least 5%, and at least 95%, of the draws don't exceed.
    """
    step, draws = pl.col("step").sort(), len(found)
    low, high = (max(0, math.ceil(round(share * draws, 9)) - 1) for share in (LOW, HIGH))
    return (
        pl.concat([pl.DataFrame(schema=STEP), *found])
        .group_by("scope", "nominal_id")
        .agg(first_k_share=(pl.col("step") <= k).mean(), step_low=step.get(low), step_high=step.get(high))
    )
