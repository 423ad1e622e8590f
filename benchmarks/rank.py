"""Time and peak memory of assessing an invented network: 20,000 people, 60,000 edges, groups of some dozen people.

``python benchmarks/rank.py [PEOPLE ...]``. Re-sampling, which runs in parallel processes, is told apart.
"""

from __future__ import annotations

import datetime as dt
import itertools
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from countylines.graph import graph_of
from countylines.partition import partition
from countylines.partition.baseline import partition_baseline
from countylines.partition.stability import stability
from countylines.rank.centrality import centrality
from countylines.rank.evidence import Evidence
from countylines.rank.priority import priority
from countylines.resample import draws_of
from countylines.settings import Settings

EDGES_A_PERSON = 3
ABROAD = 0.15  # share of the people in a record who are not of its group
AS_OF = dt.date(2024, 5, 31)


def invented(people: int, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The run tables nominals (without groups) and edges: records of two to four people, most of them of one group."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(people), rng.geometric(1 / 12, people) + 2)[:people]
    begin = np.searchsorted(group, group)
    size = np.bincount(group)[group]
    behind: dict[tuple[int, int], list[str]] = {}
    for record in itertools.count():
        if len(behind) >= EDGES_A_PERSON * people:
            break
        first = int(rng.integers(people))
        met = {first}
        for _ in range(int(rng.integers(1, 4))):
            abroad = rng.random() < ABROAD
            met.add(int(rng.integers(people)) if abroad else int(begin[first] + rng.integers(size[first])))
        for a, b in itertools.combinations(sorted(met), 2):
            behind.setdefault((a, b), []).append(f"crime:{record:07}")
    p = rng.choice((0.5, 0.7, 1.0), people)
    ids = [f"n{i:06}" for i in range(people)]
    nominals = pl.DataFrame(
        {
            "nominal_id": ids,
            "entered_by": ["matched"] * people,
            "protected": rng.random(people) < 0.25,
            "held": [[]] * people,
        },
        schema_overrides={"held": pl.List(pl.String)},
    )
    rows = [(ids[a], ids[b], (p[a] + p[b]) / 2, len(r), "associative", r) for (a, b), r in sorted(behind.items())]
    names = ["nominal_a", "nominal_b", "weight", "n_records", "kind", "record_ids"]
    return nominals, pl.DataFrame(rows, schema=names, orient="row")


def figures(
    nominals: pl.DataFrame, rng: np.random.Generator
) -> tuple[Evidence, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Evidence with a recent matched record for everybody, and invented profiles and harm of groups and people."""
    nothing = pl.DataFrame()
    people, groups = nominals["nominal_id"], nominals["group_id"].drop_nulls().unique().sort()
    named = "crime:" + people
    evidence = Evidence(
        as_of=AS_OF,
        force_areas=(),
        nominals=nominals,
        edges=nothing,
        groups=pl.DataFrame({"group_id": groups}),
        reference_overlaps=nothing,
        records=pl.DataFrame({"record_id": named, "date": [AS_OF] * len(people)}),
        involvements=pl.DataFrame({"record_id": named, "nominal_id": people, "role": ["suspect"] * len(people)}),
        people=nothing,
        hits=nothing,
        record_scores=pl.DataFrame({"record_id": named}),
        safeguarding=nothing,
        numbers=nothing,
        small={},
        weights={},
    )
    levels = [
        [g, f"factor {k}", int(level) if level < 5 else None]
        for g in groups
        for k, level in enumerate(rng.integers(0, 6, 9))
    ]
    profiles = pl.DataFrame(levels, schema=["group_id", "factor", "level"], orient="row")

    def harm(ids: pl.Series) -> pl.DataFrame:
        kinds = {"window": ["all", "12m"] * 2, "index": ["cchi"] * 2 + ["ons_css"] * 2}
        rows = pl.DataFrame({"id": ids}).join(pl.DataFrame(kinds), how="cross")
        amount = pl.Series(rng.integers(0, 400, len(rows)) * 1.0)
        found = pl.Series(rng.choice(["reported", "proactive"], len(rows)))
        return rows.with_columns(detection=found, standing=pl.lit("charged"), harm=amount)

    return evidence, profiles, harm(groups), harm(people)


def timed(name: str, function: Callable[[], Any]) -> Any:
    """Run it and print its seconds, this process's seconds of work in them and its peak memory so far."""
    started, worked = time.perf_counter(), time.process_time()
    made = function()
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {name:32} {seconds:8.2f} s   CPU {worked:8.2f} s   peak {peak:6.0f} MB", flush=True)
    return made


def measure(people: int) -> None:
    settings, rng = Settings(), np.random.default_rng(1)
    nominals, edges = timed("inventing", lambda: invented(people))
    graph = graph_of(nominals, edges)
    print(f"{people:,} people, {len(edges):,} edges")
    found = timed("partition", lambda: partition(graph, settings.partition))
    size = np.bincount(found.group)
    group = [f"G{g:05}" if size[g] >= settings.partition.min_group_size else None for g in found.group]
    nominals = nominals.with_columns(group_id=pl.Series(group))
    evidence, profiles, group_harm, nominal_harm = figures(nominals, rng)
    where = (graph, evidence.members, evidence.rankable, settings.centrality)
    central = timed("centrality", lambda: centrality(*where))
    harm = (profiles, group_harm, nominal_harm)
    timed("priority", lambda: priority(evidence, *harm, central, settings.priority))
    print("re-sampling, in parallel processes (memory of this one)")
    draws = draws_of(nominals, edges, settings.stability)
    timed("centrality with intervals", lambda: centrality(*where, draws))
    timed("stability", lambda: stability(draws, nominals, settings.partition))
    timed("chance baseline", lambda: partition_baseline(draws.ties, settings.partition, settings.stability))


if __name__ == "__main__":
    for number in [int(argument) for argument in sys.argv[1:]] or [20_000]:
        measure(number)
