"""Dates, flags, ages and sums as the page reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Row = dict[str, str]
Tables = dict[str, list[Row]]

NEAR = 1e-9  # every threshold is met within this


def day(text: str | None) -> dt.date | None:
    """The day of an ISO 8601 date or moment; None when it is empty or no date.

    Example:
        >>> day("2020-02-29T23:59:59"), day("2021-02-29"), day("")
        (datetime.date(2020, 2, 29), None, None)
    """
    try:
        return dt.datetime.fromisoformat(text or "").date()
    except ValueError:
        return None


def flag(text: str | None) -> bool:
    """True only where the extract says true; false and unknown are not."""
    return (text or "").lower() == "true"


def under_18(born: dt.date, on: dt.date) -> bool:
    """Whether somebody has not yet had their 18th birthday on that day; born on 29 February, they have it on 1 March.

    Example:
        >>> under_18(dt.date(2004, 2, 29), dt.date(2022, 2, 28)), under_18(dt.date(2004, 2, 29), dt.date(2022, 3, 1))
        (True, False)
    """
    return (on.year - 18, on.month, on.day) < (born.year, born.month, born.day)


def months_later(start: dt.date, months: int) -> dt.date:
    """The same day so many months later, or that month's last day where it has no such day.

    Example:
        >>> months_later(dt.date(2020, 1, 31), 1), months_later(dt.date(2020, 11, 30), 3)
        (datetime.date(2020, 2, 29), datetime.date(2021, 2, 28))
    """
    number = start.year * 12 + start.month - 1 + months
    year, month = number // 12, number % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year, month, min(start.day, (following - dt.timedelta(days=1)).day))


def capped_sum(weights: Iterable[float]) -> float:
    """A sum of weights, at most 1, rounded to 9 decimals."""
    return min(1.0, round(sum(weights), 9))


def reaches(value: float, threshold: float) -> bool:
    """Whether a threshold is met within 1e-9."""
    return value >= threshold - NEAR
