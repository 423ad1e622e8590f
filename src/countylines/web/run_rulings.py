"""What the rulings in a run's extracts did to somebody: rows that they took, and whom they released (METHOD 1)."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import polars as pl

from countylines.govern.rulings import NO_SIGN
from countylines.ingest import reasons
from countylines.ingest.decisions import states
from countylines.web.reader import Reader

TAKEN = (reasons.WITHDRAWN, reasons.OF_RECORD + reasons.WITHDRAWN)


def taken(reader: Reader) -> Mapping[str, frozenset[str]]:
    """By person, the records in which a ruling took their rows, on them or on the whole record; made once a run."""

    def make(reader: Reader) -> dict[str, frozenset[str]]:
        rows = reader.run.table("rejects").filter(pl.col("table") == "involvements", pl.col("reason").is_in(TAKEN))
        keys = {key: pl.col("row").str.json_path_match(f"$.{key}") for key in ("nominal_id", "record_id")}
        people = rows.select(**keys).drop_nulls().group_by("nominal_id").agg("record_id").collect()
        return {one: frozenset(records) for one, records in people.iter_rows()}

    found: Mapping[str, frozenset[str]] = reader.made("rows that rulings took", make)
    return found


def released(reader: Reader) -> frozenset[str]:
    """Whom a ruling in force in this run releases from being held; made once a run."""

    def make(reader: Reader) -> frozenset[str]:
        found = states(nw.from_native(reader.table("sources/decisions").lazy()), reader.as_of).to_native().collect()
        assert isinstance(found, pl.DataFrame)
        rows = found.filter(pl.col("decision") == NO_SIGN, pl.col("state") == "applied")
        return frozenset(rows["nominal_id"].drop_nulls())

    found: frozenset[str] = reader.made("whom rulings released", make)
    return found
