"""The people to protect, the most urgent tier first."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from countylines.rank.safeguarding import TIERS, sizes
from countylines.report.screen import plain_table, titled
from countylines.runs import Run

Row = dict[str, Any]
LISTED = {"nominal_id": pl.String, "tier": pl.Int64}
LINKS = "Links say where to ask first; they are no finding."


def safeguarding(run: Run) -> list[Row]:
    """A row per person to protect, by tier, then the latest first."""
    why = (
        run.read("safeguarding")
        .group_by("nominal_id")
        .agg(
            pl.col("tier").min(),
            pl.col("why").sort(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("record_ids").explode().drop_nulls().unique().sort(),
        )
    )
    links = run.read("safeguarding_links").filter((pl.col("rank") == 1) & pl.col("kind").is_in(["group", "line"]))
    rows = why.join(run.read("safeguarding_facts"), on="nominal_id", how="left")
    for kind in ("group", "line"):
        best = links.filter(pl.col("kind") == kind).select(
            "nominal_id", pl.col("id").alias(kind), pl.col("band").alias(f"{kind}_link")
        )
        rows = rows.join(best, on="nominal_id", how="left")
    return rows.sort(["tier", "last_seen", "nominal_id"], descending=[False, True, False], nulls_last=True).to_dicts()


def show_safeguarding(console: Console, rows: list[Row], most: int | None = None) -> None:
    """Print how many people each tier holds, and the people; at most ``most`` a tier."""
    console.print(tiers_table(pl.DataFrame([(row["nominal_id"], row["tier"]) for row in rows], LISTED, orient="row")))
    show_people(console, rows, most)


def show_people(console: Console, rows: list[Row], most: int | None = None) -> None:
    """Print the people, tier by tier; at most ``most`` a tier."""
    for tier, what in TIERS.items():
        inside = [row for row in rows if row["tier"] == tier]
        if inside:
            console.print(Text(f"Tier {tier}: {what}", style="bold"))
        for row in inside[:most]:
            console.print(Padding(_person(row), (0, 0, 0, 2)))
        if most and len(inside) > most:
            console.print(f"  and {len(inside) - most:,} more: countylines show safeguarding lists all")
    console.print(LINKS)


def _person(row: Row) -> Text:
    """Somebody in a few lines: who, why, what they are linked to, and what isn't known."""
    episodes = row["missing_episodes"]
    facts = [
        f"age {row['age_group']}" if row["age_group"] else "age unknown",
        f"last seen {row['last_seen']}" if row["last_seen"] else "in no record",
        "missing episodes unknown" if episodes is None else f"missing {episodes} time{'' if episodes == 1 else 's'}",
        f"looked after: {yes_no(row['looked_after'])}",
        f"responsible: {row['responsible_authority'] or 'unknown'}",
    ]
    links = [f"{kind} {row[kind]} ({row[f'{kind}_link']})" for kind in ("group", "line") if row[kind]]
    lines = [", ".join(facts), "; ".join(row["why"])]
    lines += [f"linked to {', '.join(links)}"] if links else []
    return Text.assemble((row["nominal_id"], "bold"), "  ", "\n    ".join(lines))


def tiers_table(listed: pl.DataFrame) -> Any:
    """How many people each tier holds, and what it means; ``listed``: nominal_id and tier."""
    table = plain_table(("tier", "what", "people"), {"tier", "people"})
    for tier, n in sizes(listed).items():
        table.add_row(str(tier), TIERS[tier], f"{n:,}")
    return titled("People to protect, by rule and never by a score", table)


def yes_no(value: bool | None) -> str:
    """A flag in words; unknown is unknown.

    Example:
        >>> yes_no(True), yes_no(None)
        ('yes', 'unknown')
    """
    return "unknown" if value is None else "yes" if value else "no"
