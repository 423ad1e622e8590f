"""Time limits: hours run through, working days leave out weekends, holidays and the day they start on."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern.clocks import Calendar, Clock, due
from tests.govern.work import FRIDAY

LONDON = ZoneInfo("Europe/London")
CHRISTMAS = Calendar(holidays=frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28)}))


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-11-19T09:00", 1, "2026-11-20T17:00"),  # Thursday to Friday
        ("2026-11-20T00:00", 1, "2026-11-23T17:00"),  # Friday to Monday, whatever the hour
        ("2026-11-20T23:59", 1, "2026-11-23T17:00"),
        ("2026-11-21T12:00", 1, "2026-11-23T17:00"),  # Saturday and Sunday count as neither start nor day
        ("2026-11-22T12:00", 1, "2026-11-23T17:00"),
        ("2026-11-20T12:00", 5, "2026-11-27T17:00"),
        ("2026-12-24T12:00", 1, "2026-12-29T17:00"),  # Christmas Day, a weekend, and the Monday given instead
        ("2026-12-24T12:00", 3, "2026-12-31T17:00"),
    ],
)
def test_working_days(start: str, amount: int, end: str) -> None:
    began = dt.datetime.fromisoformat(start).replace(tzinfo=LONDON)
    until = due(began, Clock("panel", amount, "working days"), CHRISTMAS)
    assert until == dt.datetime.fromisoformat(end).replace(tzinfo=LONDON)


def test_hours_run_through_a_change_of_the_clock() -> None:
    began = dt.datetime(2026, 10, 24, 12, tzinfo=LONDON)
    until = due(began, Clock("referral", 24, "hours"), CHRISTMAS)
    assert until.astimezone(LONDON).hour == 11  # the night had 25 hours
    assert until - began.astimezone(dt.UTC) == dt.timedelta(hours=24)


def test_a_working_day_ends_by_the_local_clock_in_summer() -> None:
    began = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
    assert due(began, Clock("panel", 1, "working days"), Calendar()) == dt.datetime(2026, 7, 2, 16, tzinfo=dt.UTC)


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC)), st.integers(1, 40))
def test_between_start_and_end_lie_that_many_working_days(start: dt.datetime, amount: int) -> None:
    until = due(start, Clock("x", amount, "working days"), CHRISTMAS).astimezone(LONDON)
    first = start.astimezone(LONDON).date()
    days = [first + dt.timedelta(days=i) for i in range(1, (until.date() - first).days + 1)]
    assert sum(CHRISTMAS.works(day) for day in days) == amount
    assert CHRISTMAS.works(until.date())
    assert until.time() == dt.time(17)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        due(FRIDAY.replace(tzinfo=None), Clock("x", 1, "hours"), Calendar())
