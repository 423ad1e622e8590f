"""The network stage against DuckDB SQL written by hand (benchmarks/network.sql), in turn, on the same extracts.

``python benchmarks/network.py [RECORDS ...]``. The aim is at most 2 times the script, two threads for both.
The script gives considered, connections and edges; the stage gives them, too, with everybody's treatment, the table of
terms and the safeguarding list besides. The three tables are compared.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from countylines.engine import DuckDB
from countylines.ingest import ingest
from countylines.match import match
from countylines.match.lexicon import load_lexicon
from countylines.network import build_network
from countylines.pipeline import group_weights
from countylines.progress import Progress
from countylines.settings import Settings
from countylines.synthetic import synth
from countylines.tables import Matches, Sources

ROUNDS = 3


def measure(records: int, folder: Path) -> None:
    synth(folder / "force", records, 1)
    engine, settings, work = DuckDB(threads=2), Settings(), folder / "work"
    work.mkdir()
    engine.spill_to(work)
    lexicon = load_lexicon(None)
    sources = ingest(folder / "force", settings.ingest, engine, work, Progress())
    matches = match(sources["records"], lexicon, settings.match, engine, work, Progress())
    weights = group_weights(lexicon, settings, engine, work)

    def stage() -> float:
        started = time.perf_counter()
        build_network(
            sources, matches, group_weights=weights, settings=settings, engine=engine, folder=work, progress=Progress()
        )
        return time.perf_counter() - started

    times = [(stage(), by_hand(sources, matches, folder)) for _ in range(ROUNDS)]
    ratio = statistics.median(one / two for one, two in times)
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{records:>9,} records: stage {ours:6.2f} s, by hand {theirs:6.2f} s, ratio {ratio:.2f}")
    for name in ("considered", "connections", "edges"):
        same(pl.read_parquet(work / f"{name}.parquet"), pl.read_parquet(folder / f"hand_{name}.parquet"), name)
    engine.close()


def by_hand(sources: Sources, matches: Matches, folder: Path) -> float:
    """Run the script in a database of its own; seconds, reading included."""
    import duckdb

    database = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(folder)})
    frames = {
        "involvements": sources["involvements"],
        "record_scores": matches.scores,
        "record_groups": matches.record_groups,
    }
    for name, frame in frames.items():
        frame.sink_parquet(folder / f"{name}.parquet")
        database.execute(f"CREATE VIEW {name} AS FROM '{folder / name}.parquet'")
    started = time.perf_counter()
    database.execute((Path(__file__).parent / "network.sql").read_text())
    seconds = time.perf_counter() - started
    for name in ("considered", "connections", "edges"):
        database.execute(f"COPY {name} TO '{folder}/hand_{name}.parquet'")
    database.close()
    return seconds


def same(ours: pl.DataFrame, theirs: pl.DataFrame, name: str) -> None:
    """Stop when the two tables differ."""
    if "adversarial" in theirs.columns:
        kind = pl.when("adversarial").then(pl.lit("adversarial")).otherwise(pl.lit("associative"))
        theirs = theirs.with_columns(kind=kind)
    keys = [column for column in ("nominal_id", "other", "nominal_a", "nominal_b") if column in ours.columns]
    both = [frame.select(sorted(ours.columns)).sort(keys, nulls_last=True) for frame in (ours, theirs)]
    floats = pl.selectors.float().round(8)
    one, two = (frame.with_columns(floats) for frame in both)
    if not one.equals(two.cast(one.schema)):
        raise SystemExit(f"{name} differs from the script's")


if __name__ == "__main__":
    for size in [int(argument) for argument in sys.argv[1:]] or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as place:
            measure(size, Path(place))
