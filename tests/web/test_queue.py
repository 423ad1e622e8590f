"""The safeguarding queue: everybody on the run's list, counted by rule, with names for safeguarding only."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from countylines.govern import audit, caseload
from countylines.web.house import House
from countylines.web.queue import KEPT, ONLY
from countylines.web.reader import Reader
from countylines.web.serve import ending_calendars
from tests.web.casework import Officer, copied, in_tier, rows_of, seen, some_adult, some_child
from tests.web.conftest import Browse, Clock

TABS = ("open", "held", "information", "unlined", "monitoring", "closed")


@pytest.fixture
def officer(browse: Browse) -> Officer:
    return Officer(browse("safeguarding"))


@pytest.fixture(scope="module")
def runs(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the run, made 30 hours ago."""
    return copied(runs, tmp_path_factory.mktemp("queue"))


def tab_counts(page: str) -> list[int]:
    return [int(n) for n in re.findall(r"\((\d+)\)</a></li>", page)]


def test_the_tabs_count_and_list_everybody_of_the_run(officer: Officer, reader: Reader) -> None:
    """The definition: tiers 1 to 4 wait; 5 and 6 stand apart; believed victims without a line are listed again."""
    page = officer.get("/safeguarding")
    links = reader.run.read("safeguarding_links").filter((pl.col("kind") == "line") & (pl.col("rank") == 1))
    lined = set(links.filter(pl.col("band") != "no link found")["nominal_id"])
    victims = set(reader.run.read("sources/known_victims")["nominal_id"])
    waiting, held, told = in_tier(reader, 1, 2, 3, 4), in_tier(reader, 5), in_tier(reader, 6)
    assert tab_counts(page) == [len(waiting), 0, 0, len(victims - lined), len(held), len(told)]
    assert sorted(rows_of(page)) == waiting
    assert sorted(rows_of(officer.get("/safeguarding?tab=held"))) == held
    assert sorted(rows_of(officer.get("/safeguarding?tab=information"))) == told
    assert set(rows_of(officer.get("/safeguarding?tab=unlined"))) == victims - lined
    assert re.findall(r'cl-count">(\d+)<', page) == [str(len(waiting))]  # the menu says how many wait


def test_whoever_is_missing_now_stands_apart_and_first(officer: Officer, reader: Reader) -> None:
    page = officer.get("/safeguarding")
    urgent = in_tier(reader, 1)
    call, _, rest = page.partition("</section>")
    assert urgent
    assert "Call first, don't queue" in seen(call)
    assert set(re.findall(r"/people/(N\d+)", call)) == set(urgent)
    assert not set(re.findall(r"/people/(N\d+)", rest)) & set(urgent)


def test_the_more_urgent_tier_stands_first(officer: Officer, reader: Reader) -> None:
    tier = dict(reader.run.read("safeguarding").select("nominal_id", "tier").iter_rows())
    order = [tier[each] for each in rows_of(officer.get("/safeguarding"))]
    assert order == sorted(order)


def test_each_of_the_seven_counts_opens_to_its_rows(officer: Officer, house: House, reader: Reader) -> None:
    """Counted here, from the columns of the cases, and as rows behind each link: the same."""
    referred, medium = officer.opens(some_child(reader, 0)), officer.opens(some_child(reader, 1))
    officer.refers(referred)
    officer.refers(medium)
    assert officer.screens(medium, "medium").status_code == 303
    assert officer.takes(medium, "daily", "done").status_code == 303
    high = officer.opens(some_child(reader, 2))
    officer.refers(high)
    assert officer.screens(high, "high").status_code == 303
    officer.opens(some_adult(reader))
    with house.state.read() as connection:
        alive = caseload.cases(connection, house.procedures, house.clock())
    referrals = [one.columns["MASH"][0] for one in alive]
    unreferred = len(in_tier(reader, 1, 2, 3, 4)) - len(alive) + referrals.count("not started")
    page = officer.get("/safeguarding")
    shown = re.findall(r"<dt>[^<]*</dt><dd[^>]*>(.*?)</dd>", page)
    figures = [int(found[0]) if (found := re.findall(r"\d+", seen(each))) else None for each in shown]
    names = list(ONLY)
    assert figures[-1] is None  # there is no earlier run to compare with
    counted = dict(zip(names, figures, strict=True))
    assert (counted["strategy"], counted["panel"], counted["consent"]) == (1, 1, 1)
    assert counted["unreferred"] == unreferred
    for name, figure in zip(names[:-1], figures, strict=False):
        assert len(rows_of(officer.get(f"/safeguarding?only={name}"))) == figure, name


def test_waiting_runs_from_the_run_that_first_listed_them(officer: Officer, reader: Reader) -> None:
    """30 hours after the run, children are past the local limit of 24 hours; adults have three working days."""
    late = rows_of(officer.get("/safeguarding?only=late"))
    facts = reader.run.read("safeguarding_facts")
    adults = set(facts.filter(pl.col("age_group") == "18 or over")["nominal_id"])
    assert set(late) == set(in_tier(reader, 1, 2, 3, 4)) - (adults - set(in_tier(reader, 1)))
    assert "30 h" in officer.get("/safeguarding")


def test_to_call_first_is_no_time_limit_passed_and_home_counts_the_same(officer: Officer, clock: Clock) -> None:
    def late() -> tuple[int, int]:
        home = re.search(r"(\d+) past a local time limit", seen(officer.get("/")))
        return len(rows_of(officer.get("/safeguarding?only=late"))), int(home[1]) if home else 0

    (rows, told) = late()
    assert rows == told > 0
    clock.forward(hours=-29)  # an hour after the run
    assert "to call about first" in seen(officer.get("/"))
    assert late() == (0, 0)


def test_who_serves_is_told_in_time_that_a_calendar_ends(house: House, clock: Clock) -> None:
    clock.now = dt.datetime(2028, 9, 20, tzinfo=dt.UTC)
    assert not list(ending_calendars(house))
    clock.forward(days=10)
    told = list(ending_calendars(house))
    assert len(told) == 3
    assert all("knows bank holidays to 2028-12-26 only" in each for each in told)


def test_that_no_link_was_found_is_printed(officer: Officer, reader: Reader) -> None:
    found = reader.run.read("safeguarding_links").filter(pl.col("kind").is_in(["group", "line"]))
    linked = set(found.filter(pl.col("band") != "no link found")["nominal_id"])
    rows = officer.get("/safeguarding?tier=3").split("<tr>")[2:]
    without = {re.findall(r"/people/(N\d+)", row)[0] for row in rows if "No link to a line or group found" in row}
    assert without == set(in_tier(reader, 3)) - linked
    assert without


def test_filters_keep_what_they_name(officer: Officer, reader: Reader) -> None:
    assert set(rows_of(officer.get("/safeguarding?tier=4"))) == set(in_tier(reader, 4))
    facts = reader.run.read("safeguarding_facts")
    there = set(facts.filter(pl.col("home_authority") == "Westmarch")["nominal_id"])
    assert set(rows_of(officer.get("/safeguarding?authority=Westmarch"))) == there & set(in_tier(reader, 1, 2, 3, 4))
    assert "Nobody fits these filters" in seen(officer.get("/safeguarding?authority=Nowhere"))


@pytest.mark.parametrize("kept", KEPT)
def test_whom_a_run_keeps_to_protect_can_be_listed(kept: str, officer: Officer, reader: Reader, browse: Browse) -> None:
    """A figure of the run's page opens its people for safeguarding, whatever became of their case."""
    people = reader.run.read("nominals")
    held = ~pl.col("protected") & (pl.col("held").list.len() > 0)
    who = {"children": pl.col("is_child"), "ages": pl.col("is_child").is_null()}
    who |= {"protected": pl.col("protected"), "held": held}
    wanted = sorted(people.filter(who[kept])["nominal_id"])
    page = officer.get(f"/safeguarding?kept={kept}")
    assert sorted(rows_of(page)) == wanted
    assert f"Showing {len(wanted)} of {len(wanted)}." in page if wanted else "Nobody in the network is" in page
    run = unescape(browse("safeguarding").get(f"/runs/{reader.name}").text)
    links = dict(re.findall(r'href="/safeguarding\?([^"]*)">([\d,]+)</a>', run))
    assert links.get(f"run={reader.name}&kept={kept}", "0") == str(len(wanted))


def test_of_several_closed_cases_the_latest_stands_in_the_list(officer: Officer, reader: Reader, clock: Clock) -> None:
    child = next(one for one in in_tier(reader, 3) if one in rows_of(officer.get("/safeguarding?kept=children")))
    cases = []
    for _ in range(2):
        cases.append(officer.opens(child))
        officer.send(f"{cases[-1]}/close", version=officer.version(cases[-1]), form="close", reason="Moved away")
        clock.forward(minutes=1)
    row = next(row for row in officer.get("/safeguarding?kept=children").split("<tr>") if f"/people/{child}" in row)
    assert f'href="{cases[1]}"' in row and f'href="{cases[0]}"' not in row


@pytest.mark.parametrize("role", ["analyst", "senior_officer", "data_scientist", "ethics_committee"])
def test_others_see_counts_and_no_name(role: str, browse: Browse, reader: Reader, officer: Officer) -> None:
    child = some_child(reader)
    officer.opens(child)
    page = browse(role).get("/safeguarding").text
    names = [card.name for card in reader.cards(in_tier(reader, 1, 2, 3, 4, 5, 6)).values()]
    assert names
    assert not [name for name in names if name in page]
    assert not re.findall(r"N\d{7}", page)
    assert ("Local time limits that run" in page) == (role == "senior_officer")
    assert ("Your own referrals" in page) == (role == "analyst")
    assert str(len(in_tier(reader, 1, 2, 3, 4))) in seen(page)


def test_small_counts_are_hidden_with_what_would_tell_them(browse: Browse, reader: Reader) -> None:
    tiers = {tier: len(in_tier(reader, tier)) for tier in (1, 2, 3, 4)}
    assert min(tiers.values()) < 5
    page = browse("ethics_committee").get("/safeguarding").text
    rows = dict(re.findall(r'<tr><td>(\d)</td><td>[^<]*</td><td class="num">(.*?)</td></tr>', page))
    hidden = [tier for tier in tiers if "hidden" in rows[str(tier)]]
    assert len(hidden) >= 2
    assert {tier for tier, n in tiers.items() if n < 5} <= set(hidden)
    assert page.count("under 5,") == 1, "explained once"
    assert 'aria-label="Safeguarding"' not in page, "one tab is none"


def test_whose_names_were_shown_is_logged(officer: Officer, house: House, reader: Reader) -> None:
    officer.get("/safeguarding")
    found = audit.search(house.state, audit.Wanted(kind="safeguarding")).rows
    assert found[0].event.action == "see_safeguarding"
    assert found[0].event.detail["people"] == in_tier(reader, 1, 2, 3, 4)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_carries_marks_and_no_rank(tab: str, officer: Officer) -> None:
    page = officer.get(f"/safeguarding?tab={tab}")
    main = page.partition("<main")[2]
    assert len(re.findall(r'class="cl-who"><span class="cl-ic--', main)) == main.count('class="cl-who"')
    assert "riority" not in seen(main.partition("</main>")[0])
