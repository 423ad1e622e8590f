"""A force's extracts as they stood some weeks before, so that there are two runs to compare."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from countylines.synthetic.write import whole_folder

KNOWN_SINCE = {"known_victims": "since", "known_lines": "reported_on", "care": "from", "decisions": "at"}
NOT_YET = ("to", "found_area", "found_with", "return_interview")  # of an episode that wasn't over


def earlier(extracts: Path, out: Path, weeks: int = 13) -> dt.date:
    """Write extracts without what was recorded in their last weeks; what has no day of its own stays as it is.

    Args:
        extracts: a folder of an invented force, as Parquet.
        out: the new folder.
        weeks: how many of its last weeks are left out.

    Returns:
        The last day that is in.

    Raises:
        InputError: ``out`` is there already, or can't be made.
    """
    tables = {path.stem: pl.read_parquet(path) for path in sorted(extracts.glob("*.parquet"))}
    recorded = pl.coalesce("recorded", "occurred").dt.date()
    last: dt.date = tables["records"].select(recorded.max()).item()
    day = last - dt.timedelta(weeks=weeks)
    tables["records"] = tables["records"].filter((recorded <= day).fill_null(True))
    with whole_folder(out) as folder:
        for name, frame in tables.items():
            _until(name, frame, tables["records"], day).write_parquet(folder / f"{name}.parquet")
    return day


def _until(name: str, frame: pl.DataFrame, records: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """A table as it stood on a day.

    Args:
        records: those of that day.
    """
    if name in KNOWN_SINCE:
        frame = frame.filter((pl.col(KNOWN_SINCE[name]).cast(pl.Date) <= day).fill_null(True))
    if name in ("involvements", "episodes"):
        frame = frame.join(records, on="record_id", how="semi", maintain_order="left")
    if name == "episodes":
        over = pl.col("to").cast(pl.Date) <= day
        frame = frame.with_columns(pl.when(over).then(pl.col(column)).alias(column) for column in NOT_YET)
    return frame
