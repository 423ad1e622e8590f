"""The records that decide who is kept: no other one can change it by missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import polars as pl

from countylines.engine import Engine
from countylines.tables import CONNECTING_ROLES, Frame, Matches, Network, Sources

KEPT = ("records", "involvements", "nominals", "record_groups", "scores")
STEPS = ("own_records", "beside", "record_ids")


@dataclass(frozen=True, eq=False)
class Decisive:
    """The rows of the extracts and matches about the records that decide.

    Attributes:
        kept: the kept people, sorted.
        record_ids: the records, sorted.
        paths: where they were kept, by name: ``records`` (record_id, date, offence_code), ``involvements`` (record_id,
            nominal_id, role; connecting roles only), ``nominals`` (nominal_id, date_of_birth of everybody in them),
            ``record_groups`` and ``scores`` as in ``Matches``.
    """

    kept: list[str]
    record_ids: list[str]
    paths: Mapping[str, Path]


def decisive(sources: Sources, matches: Matches, network: Network, engine: Engine, folder: Path) -> Decisive:
    """Find them: the records of kept people, and the matched records of the weighted people they share one with.

    With fewer records nobody who had p = 0 gets more. Whether u is kept rests on p(u) (u's matched records), on the
    pairs u is in (u's records) and on p of the others in them, who need p > 0 to count (their matched records). So a
    draw from these records decides about the kept people as one from all does.

    Args:
        folder: where to keep them.
    """

    paths = {name: folder / f"redraw_{name}.parquet" for name in (*KEPT, *STEPS)}

    def keep(frame: Frame, name: str) -> Frame:
        return engine.keep(frame, paths[name])

    own = network.nominals.select("nominal_id")
    weighted = network.considered.filter(nw.col("provisional_weight") > 0).select("nominal_id")
    connecting = sources["involvements"].filter(nw.col("role").is_in(CONNECTING_ROLES))
    connecting = connecting.select("record_id", "nominal_id", "role")
    links = connecting.join(network.skipped_records.select("record_id"), on="record_id", how="anti")
    theirs = keep(links.join(own, on="nominal_id", how="semi").select("record_id").unique(), "own_records")
    met = links.join(theirs, on="record_id", how="semi").select("nominal_id").unique()
    beside = keep(met.join(weighted, on="nominal_id", how="semi"), "beside")
    matched = links.join(matches.scores.select("record_id"), on="record_id", how="semi")
    further = matched.join(beside, on="nominal_id", how="semi").select("record_id")
    ids = keep(nw.concat([theirs, further]).unique(), "record_ids")
    involvements = keep(links.join(ids, on="record_id", how="semi"), "involvements")
    people = involvements.select("nominal_id").unique()
    records = sources["records"].select("record_id", "date", "offence_code")
    nominals = sources["nominals"].select("nominal_id", "date_of_birth")
    keep(records.join(ids, on="record_id", how="semi"), "records")
    keep(nominals.join(people, on="nominal_id", how="semi"), "nominals")
    keep(matches.record_groups.join(ids, on="record_id", how="semi"), "record_groups")
    keep(matches.scores.join(ids, on="record_id", how="semi"), "scores")
    return Decisive(_sorted(own, "nominal_id"), _sorted(ids, "record_id"), {name: paths[name] for name in KEPT})


def _sorted(frame: Frame, column: str) -> list[str]:
    return sorted(in_memory(frame.select(column))[column].to_list())


def in_memory(frame: Frame) -> pl.DataFrame:
    """The frame's rows here."""
    rows = pl.from_arrow(frame.collect("pyarrow").to_arrow())
    assert isinstance(rows, pl.DataFrame)
    return rows
