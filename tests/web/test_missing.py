"""Missing persons: every list as its definition says, children first, unknown never taken for no."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from countylines.govern import audit
from countylines.web.house import House
from countylines.web.missing_rows import LISTS, episodes, list_of, others_missing
from countylines.web.reader import Reader
from tests.web.casework import one_area, rows_of, seen
from tests.web.conftest import Browse

Row = dict[str, Any]


def by_hand(reader: Reader) -> dict[str, set[str]]:
    """The lists, worked out row by row from the extracts: record ids, of lines a person nominal ids."""
    rows = reader.run.read("sources/episodes").to_dicts()
    areas = dict(reader.run.read("sources/records").select("record_id", "area").iter_rows())
    day, people = reader.as_of, {row["nominal_id"] for row in rows}
    begun = [row for row in rows if row["from"] is None or row["from"].date() <= day]
    over = {row["record_id"]: row["to"] is not None and row["to"].date() <= day for row in begun}

    def since(person: str, days: int) -> int:
        first = day - dt.timedelta(days=days)
        return sum(
            row["nominal_id"] == person and row["from"] is not None and row["from"].date() > first for row in begun
        )

    def recent(row: Row) -> bool:
        return not over[row["record_id"]] or (row["from"] is not None and row["from"].date() > day - dt.timedelta(365))

    latest = {row["nominal_id"]: row["record_id"] for row in sorted(begun, key=lambda row: str(row["from"] or ""))}
    now = {key for key in latest.values() if not over[key]}
    late = [row for row in begun if recent(row)]
    ended = [row for row in late if over[row["record_id"]]]
    return {
        "now": now,
        "unclosed": {row["record_id"] for row in begun if not over[row["record_id"]]} - now,
        "often90": {person for person in people if since(person, 90) >= 2},
        "often12": {person for person in people if since(person, 365) >= 2},
        "away": {
            row["record_id"]
            for row in late
            if row["found_area"] and areas[row["record_id"]] and row["found_area"] != areas[row["record_id"]]
        },
        "undone": {row["record_id"] for row in ended if row["return_interview"] is False},
        "unknown": {row["record_id"] for row in ended if row["return_interview"] is None},
        "all": {row["record_id"] for row in late},
    }


def test_every_list_is_as_defined_and_its_count_is_shown(browse: Browse, reader: Reader) -> None:
    expected = by_hand(reader)
    frame = episodes(reader)
    for name, wanted in expected.items():
        key = "nominal_id" if name.startswith("often") else "record_id"
        found = list_of(frame, name)[key].to_list()
        assert len(found) == len(set(found)), name
        assert set(found) == wanted, name
    page = browse("safeguarding").get("/missing").text
    counts = dict(zip(LISTS, map(int, re.findall(r"\((\d+)\)</a></li>", page)), strict=True))
    assert {name: counts[name] for name in expected} == {name: len(wanted) for name, wanted in expected.items()}
    assert min(counts.values()) > 0


def every_page(client: TestClient, asked: str) -> tuple[set[str], int]:
    """The records on all pages of a list, and how many pages there are."""
    found, page = set(), 1
    while True:
        text = client.get(f"/missing?{asked}&page={page}").text
        found |= set(re.findall(r'/records/(missing:M\d+)"', text))
        if f"page={page + 1}" not in text:
            return found, page
        page += 1


def test_every_row_of_a_list_is_on_its_pages(browse: Browse, reader: Reader) -> None:
    found, pages = every_page(browse("analyst"), "show=undone")
    assert found == by_hand(reader)["undone"]
    assert pages > 1


def test_children_stand_first(reader: Reader) -> None:
    child = dict(reader.run.read("sources/nominals").select("nominal_id", "date_of_birth").iter_rows())
    frame = list_of(episodes(reader), "all", every=True)
    young = [born is not None and born > dt.date(2003, 12, 31) for born in map(child.get, frame["nominal_id"])]
    assert young == sorted(young, reverse=True)
    assert 0 < sum(young) < len(young)


def test_the_page_says_which_day_it_speaks_of(browse: Browse) -> None:
    page = seen(browse("safeguarding").get("/missing").text)
    assert "As the extracts told on 31 Dec 2021" in page
    assert "still missing" in page
    page = seen(browse("safeguarding").get("/missing?show=unclosed").text)
    assert "still missing" not in page
    assert "not closed, but a later episode has begun" in page


def test_somebody_found_with_is_a_person_with_a_mark(browse: Browse, reader: Reader) -> None:
    rows = reader.run.read("sources/episodes").filter(pl.col("found_with").str.contains(r"^N\d+$"))
    kept = set(reader.run.read("nominals")["nominal_id"])
    named = [row for row in rows.to_dicts() if row["found_with"] in kept]
    assert named
    page = browse("safeguarding").get("/missing?show=with&since=all").text
    for row in named:
        one = next(line for line in page.split("<tr>") if row["record_id"] in line)
        assert re.search(rf'cl-who"><span class="cl-ic--\w+">.*?/people/{row["found_with"]}"', one, re.S)
        assert "in the network or linked" in one
        assert "as written" not in one


def test_free_words_name_nobody(reader: Reader) -> None:
    frame = episodes(reader)
    words = frame.filter(pl.col("found_with").is_in(["older male", "friends", "alone", "family"]))
    people = set(reader.run.read("sources/nominals")["nominal_id"])
    assert words.height
    assert all(set(each or ()) <= people for each in words["company"].to_list())
    assert "older male" not in {each for some in frame["company"].to_list() for each in some or ()}


def test_who_else_was_missing_at_the_time(reader: Reader) -> None:
    """Of two episodes at one place that overlap each tells of the other; one of another time doesn't."""
    frame = episodes(reader)
    shown = frame.filter(pl.col("state") == "over").head(40)
    found = others_missing(frame, shown)
    rows = {row["record_id"]: row for row in frame.to_dicts()}
    told = {(own, other.nominal_id) for own, others in found.items() for other in others}
    expected = {
        (own, other["nominal_id"])
        for own in shown["record_id"]
        for other in rows.values()
        if other["nominal_id"] != rows[own]["nominal_id"] and _together(rows[own], other)
    }
    assert told == expected
    assert told


def _together(a: Row, b: Row) -> bool:
    same = any(a[name] and a[name] == b[name] for name in ("missing_from", "found_area"))
    ends = [row["from"] if row["state"] == "doubtful" else row["to"] or dt.datetime.max for row in (a, b)]
    return same and b["from"] <= ends[0] and a["from"] <= ends[1]


def test_the_episodes_of_one_person(browse: Browse, reader: Reader, house: House) -> None:
    sizes = episodes(reader).group_by("nominal_id").len().filter(pl.col("len").is_between(5, 40)).sort("nominal_id")
    person = sizes["nominal_id"][0]
    own = reader.run.read("sources/episodes").filter(pl.col("nominal_id") == person)["record_id"].to_list()
    client = browse("safeguarding")
    page = client.get(f"/missing?person={person}").text
    assert set(re.findall(r'/records/(missing:M\d+)"', page)) == set(own)
    assert f"Showing {len(own)} of {len(own)} episodes" in seen(page)
    assert audit.search(house.state, audit.Wanted(kind="missing", what=person)).total == 1


def test_filters(browse: Browse, reader: Reader) -> None:
    client = browse("safeguarding")
    kept = set(reader.run.read("nominals")["nominal_id"])
    shown = re.findall(r'<tr><td>.*?/people/(N\d+)"', client.get("/missing?show=all&who=network").text, re.S)
    assert shown
    assert set(shown) <= kept
    high = client.get("/missing?show=all&risk=high").text
    assert high.count("High</span>") == len(re.findall(r'<td><a class="govuk-link cl-mono"', high)) == 40
    assert not rows_of(client.get("/missing?show=all&person=N9").text)


@pytest.mark.parametrize(
    ("role", "status"),
    [("safeguarding", 200), ("analyst", 200), ("senior_officer", 200), ("data_scientist", 403), ("auditor", 403)],
)
def test_who_may(role: str, status: int, browse: Browse) -> None:
    assert browse(role).get("/missing").status_code == status


def test_own_areas_show_their_people_and_who_was_found_there(house: House, browse: Browse, reader: Reader) -> None:
    area, near = one_area(house, reader)
    every = episodes(reader)
    wanted = {row["record_id"] for row in every.to_dicts() if row["nominal_id"] in near or row["found_area"] == area}
    assert 0 < len(wanted) < every.height
    client = browse("local")
    rows = reader.index.among("SELECT record_id FROM records WHERE record_id IN ({ids}) AND area = ?", wanted, area)
    own = {row["record_id"] for row in rows}
    assert every_page(client, "show=all&since=all")[0] == own  # a record of another area can't be opened: no id
    page = seen(client.get("/missing?show=all&since=all").text)
    assert f"of {len(wanted)} episodes" in page
    assert own == wanted or "outside your areas" in page
    assert f"{every.height - len(wanted):,} episodes are of others" in seen(client.get("/missing").text)
