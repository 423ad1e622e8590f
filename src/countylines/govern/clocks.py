"""When something is due: hours, which always run, or working days of the local calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from countylines.govern.schema import utc

Unit = Literal["hours", "working days"]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the authority works: all local settings.

    Attributes:
        zone: where its days begin and end.
        week: its working days, Monday = 0.
        holidays: days on which it doesn't work.
        day_ends: when a working day ends there.
    """

    zone: ZoneInfo = ZoneInfo("Europe/London")
    week: Collection[int] = range(5)
    holidays: Collection[dt.date] = field(default_factory=frozenset)
    day_ends: dt.time = dt.time(17)

    def works(self, day: dt.date) -> bool:
        """Whether it works on that day."""
        return day.weekday() in self.week and day not in self.holidays

    @property
    def known_to(self) -> dt.date | None:
        """The last holiday that it knows: of those after it nothing is known; None = it knows none."""
        return max(self.holidays, default=None)

    def unsure(self, until: dt.datetime, clock: Clock) -> bool:
        """Whether a limit may end later than worked out, for holidays that aren't known yet.

        Example:
            >>> known, two_days = Calendar(holidays={dt.date(2026, 12, 28)}), Clock("panel", 2, "working days")
            >>> known.unsure(dt.datetime(2026, 12, 23, 17, tzinfo=dt.UTC), two_days)
            False
            >>> known.unsure(dt.datetime(2027, 1, 4, 17, tzinfo=dt.UTC), two_days)
            True
        """
        last = self.known_to
        return clock.unit != "hours" and (last is None or until.astimezone(self.zone).date() > last)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit, named as the local setting it is, such as "first referral, 24 hours"."""

    name: str
    amount: int
    unit: Unit

    def __str__(self) -> str:
        """Name and limit.

        Example:
            >>> str(Clock("strategy discussion", 1, "working days"))
            'strategy discussion: 1 working day, local setting'
        """
        unit = self.unit if self.amount != 1 else self.unit.removesuffix("s")
        return f"{self.name}: {self.amount} {unit}, local setting"


def due(start: dt.datetime, clock: Clock, calendar: Calendar) -> dt.datetime:
    """The moment at which the limit ends, in UTC.

    Hours run through nights, weekends and changes of the clock. Working days: the day it starts on doesn't count; the
    limit ends with the last of the working days.

    Raises:
        ValueError: ``start`` has no time zone.

    Example:
        >>> friday = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
        >>> due(friday, Clock("referral", 24, "hours"), Calendar()).isoformat()
        '2026-11-21T16:30:00+00:00'
        >>> due(friday, Clock("panel", 1, "working days"), Calendar()).isoformat()
        '2026-11-23T17:00:00+00:00'
    """
    if clock.unit == "hours":
        return utc(start) + dt.timedelta(hours=clock.amount)
    day, left = utc(start).astimezone(calendar.zone).date(), clock.amount
    while left:
        day += dt.timedelta(days=1)
        left -= calendar.works(day)
    return utc(dt.datetime.combine(day, calendar.day_ends, calendar.zone))
