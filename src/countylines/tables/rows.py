"""Rows made in memory as a table of the run: its columns, types and order."""

from __future__ import annotations

import polars as pl

from countylines.tables import RUN


def empty_table(name: str) -> pl.DataFrame:
    """The run table without rows.

    Example:
        >>> empty_table("reference_ties").columns == RUN["reference_ties"].names
        True
    """
    return pl.DataFrame(pl.from_arrow(RUN[name].schema.empty_table()))


def as_run_table(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame's columns that the run table has, in its types, sorted by its key."""
    return frame.select(RUN[name].names).cast(empty_table(name).schema).sort(RUN[name].key)
