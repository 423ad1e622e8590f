"""Each group of a run and its whole network: how they would come apart, and how far that rests on few records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Floats, Graph, Ints
from countylines.progress import Advance
from countylines.rank.dismantle.objective import Flags, Problem, problem_of
from countylines.rank.dismantle.order import best_order
from countylines.rank.dismantle.tables import Options, dismantle_problem
from countylines.rank.evidence import Evidence
from countylines.rank.harm import mass
from countylines.resample import Draws, over_draws
from countylines.settings import Dismantling
from countylines.tables import RUN

NETWORK = "network"
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
        draws: networks drawn anew; of the first ``settings.draws`` it is counted who is among the first k.
        settings: the questions.
        advance: told each scope, then each draw, that is done.
    """
    whole = Whole.of(evidence, nominal_harm, settings)
    groups = [scope for scope in whole.scopes if scope != NETWORK]
    names = [*groups[:1], *(scope for scope in whole.scopes if scope == NETWORK), *groups[1:]]  # the longest early
    answers = _Answers(whole, evidence.graph, names, settings)
    tables = over_draws(answers, len(names), draws.workers, advance)
    count = min(draws.count, settings.draws)
    task = _First(whole, draws, settings.k, settings.draws_up_to)
    shares = _shares(over_draws(task, count, draws.workers, advance), count)
    if not tables:
        return _empty("dismantling"), _empty("dismantling_baselines")
    steps = pl.concat([rows for rows, _ in tables]).filter(pl.col("nominal_id").is_not_null())
    steps = steps.join(shares, on=["scope", "nominal_id"], how="left").with_columns(
        cost=pl.lit(1.0),
        first_k_share=pl.when(pl.col("scope").is_in(task.scopes()) & (count > 0)).then(pl.col("share").fill_null(0.0)),
    )
    return _table("dismantling", steps), _table("dismantling_baselines", pl.concat([rows for _, rows in tables]))


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
class _First:
    """The first k of every scope's order in draw i; of scopes of more than ``most`` people nothing."""

    whole: Whole
    draws: Draws
    k: int
    most: int

    def scopes(self) -> list[str]:
        return [scope for scope, people in self.whole.scopes.items() if len(people) <= self.most]

    def __call__(self, i: int) -> list[tuple[str, str]]:
        graph = self.draws(i)
        found = []
        for scope in self.scopes():
            problem = self.whole.problem(scope, graph)
            found += [(scope, problem.ids[u]) for u in best_order(problem, self.k).tolist()]
        return found


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


def _shares(found: list[list[tuple[str, str]]], count: int) -> pl.DataFrame:
    """scope, nominal_id, share: of the draws in which the person is among the first k."""
    rows = [pair for each in found for pair in each]
    frame = pl.DataFrame(rows, schema={"scope": pl.String, "nominal_id": pl.String}, orient="row")
    return frame.group_by("scope", "nominal_id").agg(share=pl.len() / max(1, count))


def _empty(name: str) -> pl.DataFrame:
    """The run table without rows."""
    return pl.DataFrame(pl.from_arrow(RUN[name].schema.empty_table()))


def _table(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(RUN[name].names).cast(_empty(name).schema).sort(RUN[name].key)
