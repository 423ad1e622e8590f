"""The assessments of a large network, without re-sampling: ``python benchmarks/assess.py [PEOPLE]``.

An invented force's people around its lines, with their records, over and over under other ids, and one edge in ten
between two of these towns, so that one component holds nearly everybody. The aim for 20,000 people and 60,000 edges:
60 s and 2 GB on 2 cores.
"""

from __future__ import annotations

import dataclasses
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from countylines.progress import Progress
from countylines.rank.assess import assess, read_rules
from countylines.rank.evidence import Evidence
from countylines.resample import draws_of
from countylines.settings import Settings, Stability
from tests.rank.small import of_force

IDS = ("nominal_id", "record_id", "nominal_a", "nominal_b", "group_id", "reference_group", "line_id")
BETWEEN = 0.1  # edges between towns, as a share of all


def town(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """The frame's rows under other ids."""
    prefix = pl.lit(f"{number:04d}:")
    renamed = [(prefix + pl.col(name)).alias(name) for name in IDS if name in frame.columns]
    lists = [pl.col(name).list.eval(prefix + pl.element()) for name in ("record_ids",) if name in frame.columns]
    return frame.with_columns(renamed + lists)


def towns(one: Evidence, people: int, seed: int = 1) -> Evidence:
    """So many towns that about ``people`` are kept, tied to each other."""
    count = max(1, round(people / len(one.nominals)))
    frames = {
        field.name: pl.concat([town(value, number) for number in range(count)])
        for field in dataclasses.fields(one)
        if isinstance(value := getattr(one, field.name), pl.DataFrame)
    }
    small = {name: pl.concat([town(value, n) for n in range(count)]) for name, value in one.small.items()}
    draw, ids = np.random.default_rng(seed), frames["nominals"]["nominal_id"].to_numpy()
    ends = np.sort(draw.choice(ids, (int(len(frames["edges"]) * BETWEEN), 2)), axis=1)
    more = pl.DataFrame({"nominal_a": ends[:, 0], "nominal_b": ends[:, 1]}).unique(maintain_order=True)
    more = more.filter(pl.col("nominal_a") != pl.col("nominal_b")).with_columns(
        weight=pl.lit(0.7),
        n_records=pl.lit(1, pl.Int64),
        kind=pl.lit("associative"),
        record_ids=pl.lit([], pl.List(pl.String)),
    )
    frames["edges"] = (
        pl.concat([frames["edges"], more]).unique(["nominal_a", "nominal_b"]).sort("nominal_a", "nominal_b")
    )
    return dataclasses.replace(one, **frames, small=small)


def main(people: int) -> None:
    """Time each step and the whole."""
    with tempfile.TemporaryDirectory() as folder:
        one = of_force(Path(folder), 300_000, 1, force_areas=("Eastfield",))
    evidence = towns(one, people)
    print(f"{len(evidence.nominals):,} people, {len(evidence.edges):,} edges, {len(evidence.groups):,} groups, "
          f"{len(evidence.records):,} records")  # fmt: skip
    settings, progress = Settings(stability=Stability(draws=0)), Progress()
    draws = draws_of(evidence.nominals, evidence.edges, settings.stability)
    before, started, worked = peak(), time.perf_counter(), time.process_time()
    made = assess(evidence, draws, read_rules(settings), settings, progress)
    wall, cpu = time.perf_counter() - started, time.process_time() - worked
    for name, seconds in progress.timings.items():
        print(f"  {name:28} {seconds:7.1f} s")
    print(f"  {'all':28} {wall:7.1f} s, {cpu:.1f} s of CPU; peak {peak():.2f} GB, of which {before:.2f} before")
    print("  rows: " + ", ".join(f"{name} {len(table):,}" for name, table in made.items()))


def peak() -> float:
    """Peak memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
