"""The deal lines of a run: their numbers and names, where they show, and which group they touch."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from countylines.report.show.words import counted, listed
from countylines.runs import Run

Row = dict[str, Any]


def lines(run: Run) -> list[Row]:
    """A row per line, the latest seen first."""
    each = run.read("lines").sort("line_id", "number", "name", nulls_last=True)
    rows = each.group_by("line_id", maintain_order=True).agg(
        pl.col("number").drop_nulls(),
        pl.col("name").drop_nulls(),
        pl.col("known", "status", "group_id", "internal").first(),
        pl.col("areas").explode().drop_nulls().unique().sort(),
        pl.col("first_seen").min(),
        pl.col("last_seen").max(),
    )
    evidence = (
        run.read("line_evidence")
        .group_by("line_id")
        .agg(records=pl.col("record_id").n_unique(), people=pl.col("nominal_id").drop_nulls().n_unique())
    )
    listed_rows = rows.join(evidence, on="line_id", how="left").sort(
        ["last_seen", "line_id"], descending=[True, False], nulls_last=True
    )
    return listed_rows.rename({"number": "numbers", "name": "names"}).to_dicts()


def show_lines(console: Console, rows: list[Row], most: int | None = None) -> None:
    """Print them, a few text lines each."""
    if not rows:
        console.print("No phone number or line name was found in a matched record, and no line is known.")
        return
    shown = rows[:most]
    console.print(
        Text("Deal lines" + (f": {len(shown)} of {len(rows)}" if len(shown) < len(rows) else ""), style="bold")
    )
    for row in shown:
        known = f"known, {row['status'] or 'status unknown'}" if row["known"] else "found in text"
        seen = f"{row['first_seen']} to {row['last_seen']}" if row["last_seen"] else "never seen in a record"
        called = ", ".join([*row["names"], *row["numbers"]])
        where = {True: "internal: the force's own areas only", False: "reaches beyond the force's areas"}
        facts = [
            f"{called}: {known}; group {row['group_id'] or 'none'}",
            f"{counted(row['records'] or 0, 'record')}, {counted(row['people'] or 0, 'person', 'people')}, {seen}",
            f"areas {listed(row['areas'])}; {where.get(row['internal'], 'whether it leaves the force is unknown')}",
        ]
        console.print(Padding(Text.assemble((row["line_id"], "bold"), "  ", "\n    ".join(facts)), (0, 0, 0, 2)))
