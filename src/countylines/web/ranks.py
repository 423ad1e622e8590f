"""Ranks of people among those who may be ranked now: without a gap where somebody may not be any more.

A run's ranks are of everybody who might be ranked then. Once somebody is held or protected, the number that nobody
else has would be theirs: those behind move up, in the ranges too, until the next run ranks anew.
"""

from __future__ import annotations

import polars as pl

from countylines.web.reader import Reader

RANKS = ("rank", "rank_low", "rank_high")


def priorities(reader: Reader) -> pl.DataFrame:
    """The prioritisation of people who may be ranked now: rows of the run table ``priority``."""
    found: pl.DataFrame = reader.made("priorities now", _priorities)
    return found


def places(reader: Reader) -> pl.DataFrame:
    """Centrality of people who may be ranked now: rows of the run table ``centrality``."""
    found: pl.DataFrame = reader.made("places now", _places)
    return found


def closed_up(frame: pl.DataFrame, gone: pl.Expr, keys: list[str]) -> pl.DataFrame:
    """The rows of those who stay; whoever stood behind somebody who is gone moves up by one for each.

    Args:
        frame: ranks with their range.
        gone: who isn't ranked any more.
        keys: columns that tell one ranking from another.

    Example:
        >>> ranks = pl.DataFrame({"of": ["a"] * 3, "id": ["x", "y", "z"], "rank": [1, 2, 3]})
        >>> closed_up(ranks, pl.col("id") == "y", ["of"])["rank"].to_list()
        [1, 2]
    """
    made = frame.with_columns(gone=gone)
    for name in (name for name in RANKS if name in frame.columns):
        ahead = (
            made.filter("gone")
            .select(*keys, pl.col(name).alias("before"))
            .join(made.select(*keys, pl.col(name)).unique(), on=keys)
            .filter(pl.col("before") < pl.col(name))
            .group_by(*keys, name)
            .agg(ahead=pl.len())
        )
        up = made.join(ahead, on=[*keys, name], how="left", maintain_order="left")["ahead"].fill_null(0)
        made = made.with_columns((pl.col(name) - up.cast(frame.schema[name])).alias(f"{name}_now"))
    now = [name for name in RANKS if name in frame.columns]
    stays = made.filter(~pl.col("gone")).with_columns(pl.col(f"{name}_now").alias(name) for name in now)
    around = [
        pl.when(pl.col(name).is_not_null()).then(way(name, "rank")).alias(name)  # a range holds its rank
        for name, way in (("rank_low", pl.min_horizontal), ("rank_high", pl.max_horizontal))
        if name in now
    ]
    return stays.with_columns(around).select(frame.columns)


def _priorities(reader: Reader) -> pl.DataFrame:
    ranked = reader.table("priority").filter(pl.col("kind") == "nominal")
    gone = _gone(reader, ranked["id"])
    return closed_up(ranked, pl.col("id").is_in(gone), ["kind"]) if gone else ranked


def _places(reader: Reader) -> pl.DataFrame:
    table = reader.table("centrality")
    gone = _gone(reader, table["nominal_id"].unique())
    if not gone:
        return table
    home = reader.table("nominals").select("nominal_id", home=pl.col("group_id"))
    own = pl.when(pl.col("scope") == "group").then(pl.col("home")).otherwise(pl.lit("")).fill_null("")
    ranked = table.join(home, on="nominal_id", how="left", maintain_order="left").with_columns(of=own)
    return closed_up(ranked, pl.col("nominal_id").is_in(gone), ["scope", "of", "measure"]).select(table.columns)


def _gone(reader: Reader, ids: pl.Series) -> list[str]:
    return sorted(name for name, card in reader.cards(ids).items() if card.guarded)
