"""The ranked groups of a run, a line each, and how far they go beyond chance."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from countylines.rank.harm import COUNTED
from countylines.report.screen import plain_table, titled
from countylines.report.show.orders import NAMES, OTHER, beside, moved, ranked
from countylines.report.show.words import HARM_NAMES, counted, days, number, share
from countylines.runs import Run

Row = dict[str, Any]


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


def view(run: Run) -> Row:
    """The groups, what shuffled records make beside them, and how many people rest on one record."""
    cut = run.manifest["settings"]["partition"]["cut"]
    chance = run.read("partition_baseline").with_columns(used=pl.col("cut") == cut)
    held = run.read("held_in_by_one_record")
    return {
        "groups": groups(run),
        "chance": chance.sort("used", "cut", "measure", descending=[True, False, False]).to_dicts(),
        "people": run.read("nominals").height,
        "held_in_by_one_record": held["nominal_id"].n_unique(),
    }


def show_groups(console: Console, found: Row, most: int | None = None) -> None:
    """Print them as a table, at most ``most`` of them; and how far they go beyond chance and rest on few records."""
    listed = found["groups"]
    if not listed:
        console.print("There is no group in this run.")
        return
    shown = listed[:most]
    index = listed[0]["harm_index"]
    orders = f"by {NAMES[OTHER[index]]},\nreported"
    columns = ("rank", orders, "group", "people", "to\nprotect", "harm\n12m", "stays", "SOC")
    table = plain_table(columns, {*columns[1:2], *columns[3:7]}, {"rank", "group"})
    for row in shown:
        table.add_row(
            ranked(row),
            beside(row),
            called(row),
            str(row["size"]),
            str(row["protected"] + row["held"]),
            days(row["harm_12m"]),
            share(row["stability"]),
            (row["reference_group"] or "none") + (f" {share(row['overlap'])}" if row["reference_group"] else ""),
        )
    title = "Groups, where to look first" + (f": {len(shown)} of {len(listed)}" if len(shown) < len(listed) else "")
    table.caption_justify = "left"
    table.caption = (
        f"rank: by {NAMES[index]}, in brackets for 90% of all weightings of the criteria; beside it by the other index,"
        " and by reported crime only (? = not known); to protect: children and people who may be exploited; harm:"
        f" {HARM_NAMES[index]} in 12 months; stays: share of its people who stay together when a tenth of the records"
        " is left out"
    )
    console.print(titled(title, table))
    for row in shown:
        if row["rank"] is not None and (words := moved(row, index)):
            console.print(f"What stands for harm decides for {called(row)}: {words}.")
    show_doubts(console, found, whole=most is None)


def show_doubts(console: Console, found: Row, whole: bool = True) -> None:
    """Print what chance makes of the same records, and who rests on one of them; by the other cut, too, if whole."""
    rows = [row for row in found["chance"] if whole or row["used"]]
    if rows:
        columns = ("cut", "measure", "these records", "shuffled", "least to most")
        table = plain_table(columns, columns[2:], columns[:2])
        for row in rows:
            figures = [_measured(row["measure"], row[name]) for name in ("real", "mean", "least", "most")]
            cut = row["cut"].replace("_", " ") + ("" if row["used"] else ", too")
            table.add_row(cut, row["measure"], *figures[:2], f"{figures[2]} to {figures[3]}")
        console.print(titled("Chance alone also makes groups: the same people in shuffled records", table))
    else:
        console.print("Not compared with what shuffled records make: countylines run --resample does it.")
    rest = f"{found['held_in_by_one_record']:,} of {counted(found['people'], 'person', 'people')}"
    console.print(f"{rest} would not be kept without one single record.")


def _measured(measure: str, value: float | None) -> str:
    """A count of groups, or a share.

    Example:
        >>> _measured("groups", 9.85), _measured("groups", 12.0), _measured("bits saved", 0.249)
        ('9.8', '12', '25%')
    """
    if measure != "groups":
        return share(value)
    return number(value, 0 if value is None or value == int(value) else 1)


def called(row: Row) -> str:
    """A group's id with the word of its name; the name's number is in the id already.

    Example:
        >>> called({"group_id": "G0002", "name": "2 Osprey"})
        'G0002 Osprey'
    """
    return f"{row['group_id']} {row['name'].partition(' ')[2] or row['name']}"
