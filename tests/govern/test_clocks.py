"""Time limits: hours run through, working days leave out weekends, holidays and the day they start on."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern.clocks import Calendar, Clock, due
from countylines.govern.procedure import load_procedures
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


def bank_holidays(year: int) -> set[dt.date]:
    """Those of England and Wales by rule (Banking and Financial Dealings Act 1971), without any proclaimed apart."""

    def monday(day: dt.date) -> dt.date:
        return day + dt.timedelta(-day.weekday() % 7)

    century, of_it = divmod(year, 100)  # Easter after Butcher and Meeus
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (century % 4) + 2 * (of_it // 4) - epact - of_it % 4) % 7
    month, day = divmod(epact + rest - 7 * ((year % 19 + 11 * epact + 22 * rest) // 451) + 114, 31)
    easter = dt.date(year, month, day + 1)
    new_year, christmas, boxing = dt.date(year, 1, 1), dt.date(year, 12, 25), dt.date(year, 12, 26)
    found = {easter - dt.timedelta(2), easter + dt.timedelta(1)}
    found |= {monday(dt.date(year, 5, 1)), monday(dt.date(year, 5, 25)), monday(dt.date(year, 8, 25))}
    found.add(new_year if new_year.weekday() < 5 else monday(new_year))
    weekend = sum(day.weekday() > 4 for day in (christmas, boxing))
    found |= {day for day in (christmas, boxing) if day.weekday() < 5}
    after = (boxing + dt.timedelta(n) for n in range(1, 5))
    return found | set([day for day in after if day.weekday() < 5][:weekend])


def test_the_shipped_calendars_hold_every_bank_holiday_until_the_last_they_know() -> None:
    for one in load_procedures().by_id.values():
        first, last = min(one.calendar.holidays), one.calendar.known_to
        assert last == dt.date(2028, 12, 26)
        expected = {day for year in range(first.year, last.year + 1) for day in bank_holidays(year) if day >= first}
        assert set(one.calendar.holidays) == expected


def test_christmas_on_a_weekend_moves_the_limit() -> None:
    calendar = load_procedures().by_id["example-children"].calendar
    began = dt.datetime(2027, 12, 24, 9, tzinfo=LONDON)
    until = due(began, Clock("NRM", 2, "working days"), calendar)
    assert until == dt.datetime(2027, 12, 30, 17, tzinfo=LONDON)


def test_a_limit_after_the_last_known_holiday_is_told_apart() -> None:
    clock = Clock("panel", 1, "working days")
    for start, unsure in (("2026-12-24", True), ("2026-12-23", False)):
        began = dt.datetime.fromisoformat(f"{start}T09:00").replace(tzinfo=LONDON)
        assert CHRISTMAS.unsure(due(began, clock, CHRISTMAS), clock) == unsure
        assert not CHRISTMAS.unsure(due(began, Clock("referral", 400, "hours"), CHRISTMAS), Clock("x", 400, "hours"))
    assert Calendar().unsure(began, clock)
    assert Calendar().known_to is None


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
