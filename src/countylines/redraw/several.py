"""Several draws as one network: each draw's people and records are other people and other records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from countylines.engine import Engine
from countylines.network import build_network
from countylines.progress import Progress
from countylines.redraw.decisive import Decisive, in_memory
from countylines.settings import Settings
from countylines.tables import EXTRACTS, Frame, Matches, Network, Sources

AT_ONCE = 1_500_000  # records; more are taken draw by draw


def kept_in_draws(
    near: Decisive,
    as_of: dt.date,
    group_weights: pl.DataFrame,
    settings: Settings,
    engine: Engine,
    folder: Path,
    progress: Progress,
) -> Counter[str]:
    """In how many of the further draws METHOD 3 keeps each person; draw i of them has the seed (seed, draws + i).

    Each record that decides is kept with probability keep_share. Nothing in METHOD 3 reaches from one component to
    another, so many draws under different names are built in one go, for the price of one.
    """
    rules = settings.stability
    found: Counter[str] = Counter()
    at_once = max(1, AT_ONCE // max(1, len(near.record_ids)))
    with progress.step("redraw: the network without one record in ten", total=rules.network_draws) as advance:
        for first in range(0, rules.network_draws, at_once):
            draws = range(first, min(rules.network_draws, first + at_once))
            kept = {i: kept_records(near.record_ids, rules.seed, rules.draws + i, rules.keep_share) for i in draws}
            network = _build(near, kept, as_of, group_weights, settings, engine, folder / f"redraw_{first}")
            names = in_memory(network.nominals.select("nominal_id"))["nominal_id"]
            found.update(name.split(":", 1)[1] for name in names)
            advance(len(draws))
    return Counter({person: found[person] for person in near.kept})


def kept_records(record_ids: list[str], seed: int, i: int, share: float) -> list[str]:
    """The records that draw i keeps.

    Args:
        record_ids: sorted.
    """
    kept = np.random.default_rng([seed, i]).random(len(record_ids)) < share
    return [record for record, stays in zip(record_ids, kept.tolist(), strict=True) if stays]


def _build(
    near: Decisive,
    kept: Mapping[int, list[str]],
    as_of: dt.date,
    group_weights: pl.DataFrame,
    settings: Settings,
    engine: Engine,
    folder: Path,
) -> Network:
    """The network of these draws: names begin with the draw's number and a colon."""
    folder.mkdir()

    def given(table: pa.Table, name: str) -> Frame:
        pq.write_table(table, folder / f"{name}.parquet")
        return engine.scan(folder / f"{name}.parquet")

    draws = [f"{i}:" for i in kept]
    drawn = given(_kept_table(kept), "draws_and_records")
    everywhere = given(pa.table({"draw": pa.array(draws, pa.string())}), "draws")

    def of_draws(name: str, *columns: str) -> Frame:
        rows = engine.scan(near.paths[name])
        joined = rows.join(everywhere, how="cross") if name == "nominals" else rows.join(drawn, on="record_id")
        renamed = {column: nw.concat_str("draw", column) for column in columns}
        return engine.keep(joined.with_columns(**renamed).drop("draw"), folder / f"drawn_{name}.parquet")

    tables = {name: given(table.schema.empty_table(), f"no_{name}") for name, table in EXTRACTS.items()}
    tables["records"] = of_draws("records", "record_id")
    tables["involvements"] = of_draws("involvements", "record_id", "nominal_id")
    tables["nominals"] = of_draws("nominals", "nominal_id")
    scores = of_draws("scores", "record_id")
    return build_network(
        Sources(tables, rulings=tables["decisions"], as_of=as_of, counts={}, unlinked={}),
        Matches(hits=scores, record_groups=of_draws("record_groups", "record_id"), scores=scores),  # hits aren't read
        group_weights=given(group_weights.to_arrow(), "weights"),
        settings=settings,
        engine=engine,
        folder=folder,
        progress=Progress(),
    )


def _kept_table(kept: Mapping[int, list[str]]) -> pa.Table:
    """Each draw with each record it keeps."""
    draw = pa.array([f"{i}:" for i, records in kept.items() for _ in records], pa.string())
    return pa.table({"draw": draw, "record_id": pa.array([r for each in kept.values() for r in each], pa.string())})
