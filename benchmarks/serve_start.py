"""How soon the dashboard is there: ``python benchmarks/serve_start.py RUN [PEOPLE]``.

A run's tables over and over under other ids, until PEOPLE are kept (20,000 unless said otherwise); then ``countylines
serve`` in a process of its own, until it answers, shows the groups, and shows a person, which needs the reading index.
The aim on 2 cores: it answers within 3 s.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.web_load import served, signed_in, wait
from countylines.govern.state import open_state

IDS = ("nominal_id", "record_id", "nominal_a", "nominal_b", "group_id", "line_id", "id", "other", "member", "native_id")
LISTS = ("record_ids", "path")
WHOLE = ("offence_weights", "partition_baseline", "term_table", "sources/decisions")  # of a run, not of people


def grown(run: Path, out: Path, people: int) -> int:
    """Write the run over and over under other ids; how many people it then keeps.

    All copies but the first hold only the kept people and their records: most of a run's records are of others.
    """
    shutil.copytree(run, out)
    kept = pl.read_parquet(run / "nominals.parquet", columns=["nominal_id"])
    own = pl.read_parquet(run / "sources" / "involvements.parquet").join(kept, on="nominal_id", how="semi")
    count, rows = max(1, round(people / kept.height)), {}
    for path in sorted(out.rglob("*.parquet")):
        name = path.relative_to(out).with_suffix("").as_posix()
        frame = copy = pl.read_parquet(path)
        if name not in WHOLE:
            for key, only in (("nominal_id", kept), ("record_id", own)):
                copy = copy.join(only, on=key, how="semi", maintain_order="left") if key in copy.columns else copy
            frame = pl.concat([frame, *(town(copy, number) for number in range(1, count))])
            frame.write_parquet(path)
        rows[name] = frame.height
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps(manifest | {"rows_out": rows}), encoding="utf-8")
    return rows["nominals"]


def town(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """The frame's rows under other ids."""
    prefix = pl.lit(f"{number:04d}:")
    ids = [(prefix + pl.col(name)).alias(name) for name in IDS if frame.schema.get(name) == pl.String]
    lists = [pl.col(name).list.eval(prefix + pl.element()) for name in LISTS if name in frame.columns]
    return frame.with_columns(ids + lists)


def main(run: Path, people: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        kept = grown(run, Path(folder) / "runs" / "grown", people)
        nominals = pl.scan_parquet(Path(folder) / "runs" / "grown" / "nominals.parquet")
        who = nominals.select("nominal_id").head(1).collect().item()
        url = f"sqlite:///{folder}/state.sqlite"
        state = open_state(url)
        (token,) = signed_in(state, 1)
        state.close()
        begun = time.perf_counter()
        with served(Path(folder) / "runs", url) as address:
            print(f"{kept:,} people")
            for what, path in (("answers", "/sign-in"), ("groups", "/groups"), ("a person", f"/people/{who}")):
                wait(address, token, path)
                print(f"  {what:12} after {time.perf_counter() - begun:6.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
