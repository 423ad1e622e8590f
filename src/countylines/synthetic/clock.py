"""The years the invented force covers. Moments are minutes since START, days are days since 1970-01-01."""

from __future__ import annotations

import datetime as dt

START, END = dt.date(2014, 9, 1), dt.date(2021, 12, 31)  # a few months lie before the method's 2015-01-01
SINCE = dt.date(2015, 1, 1)
YEAR = 365.25
DAY_MINUTES = 24 * 60

_EPOCH = dt.date(1970, 1, 1)
START_DAY, END_DAY = (START - _EPOCH).days, (END - _EPOCH).days
LAST = (END_DAY - START_DAY + 1) * DAY_MINUTES - 1  # the last minute
SINCE_MINUTE = (SINCE - START).days * DAY_MINUTES


def minute_of(day: float) -> int:
    """The first minute of a day since 1970-01-01, kept within the years covered.

    Example:
        >>> minute_of(START_DAY), minute_of(START_DAY + 1), minute_of(0)
        (0, 1440, 0)
    """
    return min(max(int((day - START_DAY) * DAY_MINUTES), 0), LAST)
