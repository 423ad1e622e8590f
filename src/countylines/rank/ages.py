"""Ages in whole years, on a day."""

from __future__ import annotations

import datetime as dt

import polars as pl

ADULT = 18


def younger_than(born: pl.Expr, years: int, on: dt.date | pl.Expr) -> pl.Expr:
    """Whether somebody is under an age on a day; unknown when either date is.

    On 28 February someone born on the 29th isn't a year older yet.

    Args:
        born: birth dates.
        years: the age that isn't reached yet.
        on: the day asked about.

    Example:
        >>> born = pl.Series("born", [dt.date(2008, 3, 1), dt.date(2008, 3, 2), None])
        >>> pl.select(younger_than(pl.lit(born), 18, dt.date(2026, 3, 1))).to_series().to_list()
        [False, True, None]
    """
    day = pl.lit(on) if isinstance(on, dt.date) else on
    then = day.dt.year() - years
    months, days = born.dt.month() - day.dt.month(), born.dt.day() - day.dt.day()
    later = (months > 0) | ((months == 0) & (days > 0))
    return (born.dt.year() > then) | ((born.dt.year() == then) & later)
