"""Sums of weights that come out the same on every engine, in every order."""

from __future__ import annotations

import narwhals as nw

NANO = 1_000_000_000  # weights are met at 9 decimals (METHOD 2)
EDGE = 1e-9  # every threshold is met within it (METHOD 2)


def exact_sum(weight: nw.Expr) -> nw.Expr:
    """The sum of weights at 9 decimals: whole billionths are added, so the order of rows can't change the last bit.

    ``weight``: numbers, far below 9e9 in sum; null counts as nothing. Every sum of weights is rounded to 9 decimals
    (METHOD 2).

    Example:
        >>> import duckdb
        >>> rows = nw.from_native(duckdb.sql("select unnest([0.1, 0.7, 0.2, 1e-10]) as weight"))
        >>> rows.select(total=exact_sum(nw.col("weight"))).collect().item()
        1.0
    """
    return (weight * NANO).round(0).cast(nw.Int64).sum().cast(nw.Float64) / NANO


def rounded(weight: nw.Expr) -> nw.Expr:
    """A weight at 9 decimals, by the same route as ``exact_sum``.

    Example:
        >>> import duckdb
        >>> rows = nw.from_native(duckdb.sql("select 0.1 + 0.2 as weight"))
        >>> rows.select(weight=rounded(nw.col("weight"))).collect().item()
        0.3
    """
    return (weight * NANO).round(0) / NANO
