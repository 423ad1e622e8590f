"""Releases of the next 28 days and the children linked to them, against the tables joined by hand."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest

from countylines.govern import audit
from countylines.tables.extracts import CONNECTING_ROLES
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.release_rows import DAYS, releases
from tests.web.casework import one_area, seen
from tests.web.conftest import Browse

SPAN = dt.timedelta(days=DAYS)


def by_hand(reader: Reader, first: dt.date, last: dt.date) -> dict[tuple[str, dt.date], set[str]]:
    """For each release the people to protect who share a record or a group."""
    found = reader.run.read("sources/releases").to_dicts()
    roles = reader.run.read("sources/involvements").filter(pl.col("role").is_in(CONNECTING_ROLES))
    born = dict(reader.run.read("sources/nominals").select("nominal_id", "date_of_birth").iter_rows())
    groups = dict(reader.run.read("nominals").select("nominal_id", "group_id").iter_rows())
    victims = set(reader.run.read("sources/known_victims")["nominal_id"])
    grown = dt.date(2003, 12, 31)
    protected = {each for each, day in born.items() if day is None or day > grown} | victims
    made = {}
    for row in found:
        if not first <= row["release_date"] <= last:
            continue
        who = row["nominal_id"]
        own = roles.filter(pl.col("nominal_id") == who)["record_id"]
        beside = set(roles.filter(pl.col("record_id").is_in(own.to_list()))["nominal_id"])
        same = {each for each, group in groups.items() if group and group == groups.get(who)}
        made[who, row["release_date"]] = ((beside | same) & protected) - {who}
    return made


@pytest.mark.parametrize("coming", [True, False])
def test_everybody_released_with_everybody_linked(coming: bool, reader: Reader) -> None:
    day = reader.as_of
    first, last = (day + dt.timedelta(days=1), day + SPAN) if coming else (day - SPAN, day)
    found = releases(reader, first, last)
    shown = {(one.card.nominal_id, one.day): {each.card.nominal_id for each in one.linked} for one in found}
    assert shown == by_hand(reader, first, last)
    assert any(shown.values())
    assert [one.order for one in found] == sorted(one.order for one in found)


def test_children_are_named_with_their_marks(browse: Browse, reader: Reader, house: House) -> None:
    client = browse("safeguarding")
    page = client.get("/releases").text
    coming, _, past = page.partition("Already released")
    day = reader.as_of
    for (who, released), linked in by_hand(reader, day + dt.timedelta(days=1), day + SPAN).items():
        row = next(line for line in coming.split("<tr>") if f"/people/{who}" in line and f"{released.day} Jan" in line)
        assert set(re.findall(r'/people/(N\d+)"', row)) == {who, *linked}
        assert row.count('class="cl-who"><span class="cl-ic--') == 1 + len(linked)
    assert "1 Jan 2022 to 28 Jan 2022" in coming
    assert "3 Dec 2021 to 31 Dec 2021" in past
    assert "31 Dec 2021" in coming
    logged = audit.search(house.state, audit.Wanted(kind="releases")).rows[0].event
    assert set(logged.detail["people"]) == set(re.findall(r'/people/(N\d+)"', page.partition("<main")[2]))


def test_who_is_protected_or_held_stands_first_and_unranked(browse: Browse, reader: Reader) -> None:
    """Over all the releases of the extracts there are such people: they come before the others, with their words."""
    every = releases(reader, dt.date(2015, 1, 1), dt.date(2030, 1, 1))
    guarded = [one.card.guarded for one in every]
    assert 0 < sum(guarded) < len(guarded)
    assert guarded == sorted(guarded, reverse=True)
    words = seen(browse("safeguarding").get("/releases").text)
    assert "Whoever is protected or held themselves stands first" in words
    assert "riority" not in words.partition("Prioritisation for review")[0]


def test_filters(browse: Browse, reader: Reader) -> None:
    client = browse("senior_officer")
    day = reader.as_of
    linked = {who for (who, _), some in by_hand(reader, day + dt.timedelta(days=1), day + SPAN).items() if some}
    coming = client.get("/releases?who=linked").text.partition("Already released")[0]
    rows = coming.split("<tr>")[2:]
    assert {re.findall(r"/people/(N\d+)", row)[0] for row in rows} == linked
    kept = set(reader.run.read("nominals")["nominal_id"])
    network = client.get("/releases?who=network").text.partition("Already released")[0].split("<tr>")[2:]
    assert {re.findall(r"/people/(N\d+)", row)[0] for row in network} <= kept
    assert network


@pytest.mark.parametrize(
    ("role", "status"),
    [("safeguarding", 200), ("analyst", 200), ("senior_officer", 200), ("data_scientist", 403), ("administrator", 403)],
)
def test_who_may(role: str, status: int, browse: Browse) -> None:
    assert browse(role).get("/releases").status_code == status


def test_own_areas_show_their_releases_and_count_the_others(house: House, browse: Browse, reader: Reader) -> None:
    """Whoever is released with a record there, or with somebody linked who has one, by hand."""
    _, near = one_area(house, reader)
    every = by_hand(reader, reader.as_of - SPAN, reader.as_of + SPAN)
    wanted = {who for (who, _), linked in every.items() if near & {who, *linked}}
    page = browse("local").get("/releases").text
    rows = page.partition("<main")[2].split("<tr>")
    found = {named[0] for row in rows if (named := re.findall(r"\bN\d{7}\b", row))}
    assert found == wanted
    assert 0 < len(wanted) < len({who for who, _ in every})
    others = len([who for who, _ in every if who not in wanted])
    assert f"{others} releases are of others" in seen(page)
