"""The adults with offender roles around people who are believed exploited (METHOD 5)."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from countylines.tables import OFFENDER_ROLES, RUN


def adults_around(
    involvements: pl.DataFrame, connecting: pl.DataFrame, people: Collection[str], protected: Collection[str]
) -> pl.DataFrame:
    """Rows of kind ``adult`` of the run table ``safeguarding_links``: most shared records first, then by id.

    That order is no rank for enforcement: it says who is seen beside the person most often.

    Args:
        involvements: everybody's roles in the nearby records.
        connecting: ``record_id``, ``nominal_id`` of everybody who connects in records that count.
        people: the people to look around.
        protected: who is never named here.

    Example:
        >>> rows = [("r1", "kid", "missing"), ("r1", "man", "suspect"), ("r1", "pal", "suspect")]
        >>> roles = pl.DataFrame(rows, ["record_id", "nominal_id", "role"], orient="row")
        >>> there = roles.select("record_id", "nominal_id")
        >>> adults_around(roles, there, ["kid"], ["kid", "pal"]).select("nominal_id", "id", "rank", "record_ids").rows()
        [('kid', 'man', 1, ['r1'])]
    """
    offenders = involvements.filter(
        pl.col("role").is_in(OFFENDER_ROLES), ~pl.col("nominal_id").is_in(list(protected))
    ).select("record_id", pl.col("nominal_id").alias("id"))
    theirs = connecting.filter(pl.col("nominal_id").is_in(list(people))).unique()
    shared = theirs.join(offenders.unique(), on="record_id").filter(pl.col("id") != pl.col("nominal_id"))
    together = shared.join(connecting.select("record_id", id="nominal_id").unique(), on=["record_id", "id"], how="semi")
    counted = together.group_by("nominal_id", "id").agg(
        pl.col("record_id").sort().alias("record_ids"), pl.len().alias("records")
    )
    ordered = counted.sort("nominal_id", "records", "id", descending=[False, True, False])
    return ordered.with_columns(
        kind=pl.lit("adult"),
        band=pl.lit(None, pl.String),
        rank=pl.int_range(1, pl.len() + 1).over("nominal_id").cast(pl.Int64),
        path=pl.concat_list("nominal_id", "id"),
    ).select(RUN["safeguarding_links"].names)
