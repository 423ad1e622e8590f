"""What bounds a look holds on every way to it: own areas, and what several roles add up to; and refusals are logged."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from html import unescape
from itertools import combinations

import polars as pl
import pytest

from countylines.govern import accounts, audit, people, rulings
from countylines.govern.rulings import Proposal
from countylines.web.house import House
from countylines.web.own_areas import people_within
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, Browse, csrf_of
from tests.web.every import World

AREA = "Beacon Hill"


def give(house: House, *roles: str, areas: tuple[str, ...] = (AREA,)) -> str:
    """Make an account with these roles and one area of its own; its name."""
    name = "-".join(("local", *roles))
    accounts.create_account(house.state, name, name, PASSWORD, roles=roles, areas=areas, now=NOW, by="test")
    return name


def elsewhere(reader: Reader) -> str:
    """Somebody in a group, with no record in the area, who doesn't wait for safeguarding."""
    grouped = reader.table("nominals").filter(pl.col("group_id").is_not_null())
    ids = grouped.join(reader.table("safeguarding"), on="nominal_id", how="anti")["nominal_id"].sort().to_list()
    near = people_within(reader, ids, [AREA])
    return next(one for one in ids if one not in near)


@pytest.fixture
def away(reader: Reader) -> str:
    """Somebody outside the area."""
    return elsewhere(reader)


# Several roles


@pytest.mark.parametrize("pair", list(combinations(people.ROLES, 2)), ids="+".join)
def test_two_roles_with_areas_name_nobody_outside_them(here: World, pair: tuple[str, str]) -> None:
    """Whatever the second role shows of everybody, it doesn't lift the areas of the one that shows names."""
    reader = here.house.shelf.reader()
    who = elsewhere(reader)
    name = reader.cards([who])[who].name
    group = reader.rows("nominals", "nominal_id", who)[0]["group_id"]
    record = reader.rows("sources/involvements", "nominal_id", who)[0]["record_id"]
    here.sign_in(give(here.house, *pair), names=False)
    paths = [f"/people/{who}", f"/groups/{group}", f"/groups/{group}/members", f"/groups/{group}/records",
             f"/records/{record}", f"/network?person={who}", f"/network/find.json?q={who}", f"/search?q={who}",
             f"/missing?show=all&person={who}", f"/network/person/{who}"]  # fmt: skip
    told = [path for path in paths if name in unescape(here.client.get(path).text)]
    assert not told


# Own areas


@pytest.mark.parametrize("role", ["analyst", "safeguarding"])
def test_episodes_of_somebody_elsewhere_are_as_those_of_nobody(
    browse: Browse, house: House, reader: Reader, role: str
) -> None:
    """No word on age, treatment, or whether there is such a person."""
    waiting = set(reader.table("safeguarding")["nominal_id"])
    rows = reader.index.query("SELECT nominal_id FROM people WHERE is_child = 1 ORDER BY 1")
    ids = [row["nominal_id"] for row in rows if row["nominal_id"] not in waiting]
    found_there = set(reader.table("sources/episodes").filter(found_area=AREA)["nominal_id"])
    near = people_within(reader, ids, [AREA]) | found_there
    child = next(one for one in ids if one not in near)
    client = browse(give(house, role))
    told = {one: client.get(f"/missing?person={one}") for one in (child, "N9999999")}
    assert {answer.status_code for answer in told.values()} == {403}
    assert told[child].text.replace(child, "") == told["N9999999"].text.replace("N9999999", "")
    assert client.get("/missing").status_code == 200


def test_people_in_no_group_are_those_of_own_areas(browse: Browse, house: House, reader: Reader) -> None:
    ids = reader.table("nominals").filter(pl.col("group_id").is_null())["nominal_id"]
    every = {row["area"] for row in reader.index.query("SELECT DISTINCT area FROM records") if row["area"]}
    area = next(one for one in sorted(every) if 0 < len(people_within(reader, ids, [one])) < len(ids))
    near = people_within(reader, ids, [area])
    page = browse(give(house, "analyst", areas=(area,))).get("/groups/unlinked").text
    assert set(re.findall(r'href="/people/([^"]+)"', page)) == near
    assert not [one for one in ids if one not in near and one in page]
    assert f"{len(ids) - len(near)} more" in page


def test_rulings_that_wait_are_counted_as_they_are_listed(
    browse: Browse, house: House, reader: Reader, away: str
) -> None:
    here = sorted(people_within(reader, reader.table("nominals")["nominal_id"], [AREA]))[0]
    by = accounts.find_account(house.state, "senior_officer")
    assert by
    with house.state.begin() as connection:
        for one in (away, here):
            wrong = Proposal("wrong person", f"Not {one}", NOW.date() + dt.timedelta(days=30), one)
            rulings.propose(connection, wrong, by, NOW)
    client = browse(give(house, "analyst"))
    assert client.get("/rulings?state=proposed").text.count('id="ruling-') == 1
    assert "Rulings that wait for a second person (1)" in client.get("/").text
    assert "Rulings that wait for a second person (2)" in browse("analyst").get("/").text


# Refused looks


def test_a_refused_look_is_found_under_the_person(browse: Browse, house: House, reader: Reader, away: str) -> None:
    """On every way there, and not told in the answer."""
    client = browse(give(house, "analyst"))
    csrf = csrf_of(client.get("/rulings").text)
    near = sorted(people_within(reader, reader.table("nominals")["nominal_id"], [AREA]))[0]
    paths = [f"/people/{away}", f"/people/{away}/wrong", f"/network/person/{away}", f"/rulings/new?person={away}",
             f"/missing?person={away}", f"/network/data.json?around={away}&steps=1",
             f"/network/path.json?a={near}&b={away}"]  # fmt: skip
    refused = [path for path in paths if client.get(path).status_code == 403]
    assert set(paths) - set(refused) <= {f"/people/{away}/wrong"}  # leads on to the form
    assert client.post("/rulings/new", data={"csrf": csrf, "person": away}).status_code == 403
    note = {"csrf": csrf, "kind": "person", "what": away, "text": "A"}
    assert client.post("/notes", data=note).status_code == 403
    found = audit.search(house.state, audit.Wanted(person=away, outcome="refused"))
    assert found.total == len(refused) + 2
    own = audit.search(house.state, audit.Wanted(kind="person", what=away, outcome="refused"))
    assert own.total == found.total
    page = browse("auditor").get(f"/log?kind=person&what={away}&outcome=refused").text
    assert f"{own.total} entries" in page


def test_refused_looks_at_other_things_say_at_what(browse: Browse, house: House, reader: Reader, away: str) -> None:
    record = reader.rows("sources/involvements", "nominal_id", away)[0]["record_id"]
    for path, kind, what in (
        (f"/people/{away}", "person", away),
        (f"/records/{record}", "record", record),
        ("/groups/G0001/members", "group", "G0001"),
        ("/lines/L001", "line", "L001"),
        ("/tasking", "page", "/tasking"),
    ):
        assert browse("administrator").get(path).status_code == 403
        event = audit.search(house.state, audit.Wanted(outcome="refused"), size=1).rows[0].event
        assert (event.kind, event.what, event.detail["page"]) == (kind, what, path)


# Links

PAGES_OF_A_KIND = 6
LINK = re.compile(r'href="(/(?!assets/|sign-|names|openid)[^"#]*)')
SHORT = re.compile(r"\b\d{7}\b")
ROOM = "/safeguarding"


def names_away(reader: Reader, role: str) -> dict[str, str]:
    """Names of everybody without a record in the area, by the number in them; safeguarding knows whoever waits."""
    names = {row["nominal_id"]: row["name"] for row in reader.index.query("SELECT nominal_id, name FROM people")}
    near = people_within(reader, names, [AREA])
    waiting = set(reader.table("safeguarding")["nominal_id"]) if role == "safeguarding" else set()
    away = names.keys() - near - waiting
    return {names[one].split()[-1]: names[one] for one in away if one.lstrip("N") in names[one]}


@pytest.mark.parametrize("role", ["analyst", "safeguarding"])
def test_no_page_names_or_leads_to_what_lies_outside_own_areas(here: World, role: str) -> None:
    """People, groups, lines and records of other areas stand as text, or are counted; a link would be refused.

    A crawl from the start page, some pages of each kind.
    """
    here.sign_in(give(here.house, role))
    names = names_away(here.house.shelf.reader(), role)
    waiting, asked, kinds, refused = [("/", "")], set(), Counter[str](), []
    while waiting:
        address, page = waiting.pop(0)
        kind = re.sub(r"(?<=/)[^/]*\d[^/]*", "*", address.partition("?")[0])
        if address in asked or kinds[kind] >= PAGES_OF_A_KIND:
            continue
        asked.add(address)
        kinds[kind] += 1
        answer = here.client.get(address)
        refused += [f"{page} leads to {address}"] if answer.status_code == 403 else []
        text = unescape(answer.text)
        told = [names[number] for number in set(SHORT.findall(text)) & names.keys() if names[number] in text]
        assert not told or address.startswith(ROOM), address
        waiting += [(unescape(each), address) for each in LINK.findall(answer.text)]
    assert not refused
    assert {"/people/*", "/groups/*", "/records/*", "/missing", "/lines/*"} <= kinds.keys()
