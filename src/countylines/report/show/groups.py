"""The ranked groups of a run, a line each."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from countylines.rank.harm import COUNTED
from countylines.report.screen import plain_table, titled
from countylines.report.show.words import HARM_NAMES, number, share, span
from countylines.runs import Run

Row = dict[str, Any]
WHOLE = {"rank", "group"}
NUMBERS = {"people", "to protect", "harm 12m", "stays"}


def groups(run: Run) -> list[Row]:
    """Every group, first the one where work should go first; ``rank`` is empty where there is none."""
    order = run.read("priority").filter(pl.col("kind") == "group").drop("kind", "parts")
    people = run.read("nominals").filter(pl.col("group_id").is_not_null())
    counts = people.group_by("group_id").agg(
        protected=pl.col("protected").sum(),
        held=(pl.col("held").list.len() > 0).sum(),
        rankable=pl.col("rankable").sum(),
    )
    index = run.manifest["settings"]["harm"]["harm_index"]
    harm = year_of_harm(run, index)
    listed = (
        run.read("groups")
        .join(counts, on="group_id", how="left")
        .join(order, left_on="group_id", right_on="id", how="left")
    )
    weighed = pl.when(pl.col("crimes_12m").is_null()).then(0.0).otherwise("harm_12m")  # no weight is not 0
    listed = listed.join(harm, on="group_id", how="left").with_columns(harm_12m=weighed, harm_index=pl.lit(index))
    return listed.sort("rank", "group_id", nulls_last=True).to_dicts()


def year_of_harm(run: Run, index: str) -> pl.DataFrame:
    """``group_id``, ``harm_12m``, ``crimes_12m``: convicted + charged + suspected, all detections."""
    rows = run.read("group_harm").filter(
        (pl.col("index") == index) & (pl.col("window") == "12m") & pl.col("standing").is_in(COUNTED)
    )
    total = pl.when(pl.col("harm").is_not_null().any()).then(pl.col("harm").sum())
    return (
        rows.group_by("id")
        .agg(harm_12m=total, crimes_12m=pl.col("crimes").sum())
        .rename({"id": "group_id"})
        .sort("group_id")
    )


def show_groups(console: Console, listed: list[Row], most: int | None = None) -> None:
    """Print them as a table; at most ``most`` of them."""
    if not listed:
        console.print("There is no group in this run.")
        return
    shown = listed[:most]
    table = plain_table(("rank", "group", "people", "to protect", "harm 12m", "stays", "SOC"), NUMBERS)
    for row in shown:
        table.add_row(
            ranked(row),
            called(row),
            str(row["size"]),
            str(row["protected"] + row["held"]),
            number(row["harm_12m"]),
            share(row["stability"]),
            (row["reference_group"] or "none") + (f" {share(row['overlap'])}" if row["reference_group"] else ""),
        )
    title = "Groups, where to look first" + (f": {len(shown)} of {len(listed)}" if len(shown) < len(listed) else "")
    table.caption_justify = "left"
    table.caption = (
        "rank: in brackets for 90% of all weightings of the criteria; to protect: children and people who may be"
        f" exploited; harm: {HARM_NAMES[listed[0]['harm_index']]} in 12 months; stays: share of its people who stay"
        " together when a tenth of the records is left out"
    )
    console.print(titled(title, table))


def ranked(row: Row) -> str:
    """A rank with its range.

    Example:
        >>> ranked({"rank": 3, "rank_low": 2, "rank_high": 9}), ranked({"rank": None})
        ('3 (2-9)', '')
    """
    return f"{row['rank']} ({span(row['rank_low'], row['rank_high'])})" if row["rank"] is not None else ""


def called(row: Row) -> str:
    """A group's id with the word of its name; the name's number is in the id already.

    Example:
        >>> called({"group_id": "G0002", "name": "2 Osprey"})
        'G0002 Osprey'
    """
    return f"{row['group_id']} {row['name'].partition(' ')[2] or row['name']}"
