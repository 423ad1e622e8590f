"""What became of the rows that are not used: the table ``rejects``, and the stop when too many are rejected."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import narwhals as nw
import polars as pl
import pyarrow as pa

from countylines.engine import Engine
from countylines.errors import InputError
from countylines.ingest.read import as_json
from countylines.tables import RUN, Counts, Frame

SCHEMA = RUN["rejects"].schema


def as_rejects(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Typed rows with ``_table``, ``_kind`` and ``_reason`` as ``rejects``; the original row where typing lost any."""
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    content = frame.select([name for name in frame.columns if not name.startswith("_")])
    texts = content.select(pl.all().cast(pl.String))
    row = pl.select(pl.coalesce(frame["_raw"], as_json(texts))).to_series()
    made = {
        "table": frame["_table"],
        "file": frame["_file"],
        "row_number": frame["_row"],
        "kind": frame["_kind"],
        "reason": frame["_reason"],
        "row": row,
    }
    arrays = [made[name].to_arrow().cast(SCHEMA.field(name).type) for name in SCHEMA.names]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def table_rejects(engine: Engine, table: str, rows: Frame, gone: Frame, columns: list[str], path: Path) -> Frame:
    """The rows of one table that are not used, in the layout of ``rejects``.

    Args:
        engine: where the frames live.
        table: the table's name.
        rows: its typed rows.
        gone: ``_id``, ``kind``, ``reason`` of those not used.
        columns: the table's columns, shown in ``row``.
        path: where to keep the result.
    """
    named = gone.select("_id", nw.col("kind").alias("_kind"), nw.col("reason").alias("_reason"))
    wanted = rows.join(named, on="_id").with_columns(nw.lit(table).alias("_table"))
    narrow = wanted.select("_table", "_file", "_row", "_kind", "_reason", "_raw", *columns)
    return engine.map_batches(narrow, as_rejects, SCHEMA, path)


def refuse_too_many(counts: Mapping[str, Counts], rejects: Path, limit: float, to: Path) -> None:
    """Stop when more than the share ``limit`` of a table's rows is rejected; the rejects are then on disk as CSV.

    Raises:
        InputError: names the table, the counts, the three most frequent reasons with an example, and the CSV.
    """
    over = [name for name, count in counts.items() if count.rejected > limit * count.rows_in + 1e-9]
    if not over:
        return
    name, count = over[0], counts[over[0]]
    frame = pl.scan_parquet(rejects).filter(pl.col("kind") == "rejected")
    write_csv(frame.collect(), to)
    of_table = frame.filter(pl.col("table") == name).sort("file", "row_number", "row")
    top = (
        of_table.group_by("reason")
        .agg(pl.len().alias("rows"), pl.col("file").first(), pl.col("row_number").first())
        .sort("rows", "reason", descending=[True, False])
        .head(3)
        .collect()
    )
    said = "; ".join(f"{row['reason']} ({row['rows']:,}, as {_where(row)})" for row in top.iter_rows(named=True))
    also = f"; also past it: {', '.join(over[1:])}" if over[1:] else ""
    raise InputError(
        f"{count.rejected:,} of {count.rows_in:,} rows ({count.rejected / count.rows_in:.1%}) are rejected, more than"
        f" max_rejects = {limit:.1%} allows: {said}{also}",
        f"look at {to}, correct the extract, or allow a larger share with --max-rejects",
        file=name,
    )


def _where(row: Mapping[str, object]) -> str:
    return f"{row['file']} row {row['row_number']}" if row["row_number"] else f"{row['file']}"


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write rejects as CSV, whole or not at all; no cell can be taken for a formula by a spreadsheet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    safe = frame.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'${1}"))
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(safe.columns)
            writer.writerows(safe.iter_rows())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
