"""Who looked at whom can be told from the log: every page that names somebody says so there (DPA 2018, s.62)."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest

from countylines.govern import audit, people
from countylines.govern.audit import Entry
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import Browse
from tests.web.every import PAGES_SHOWN, Route, World

NAMED = re.compile(r'href="/people/([^"?/]+)["?]')
PEOPLE = [each for each in PAGES_SHOWN if each.admits("analyst") or each.admits("safeguarding")]


def since(house: House, number: int) -> list[Entry]:
    """The entries after that number."""
    return [row for row in audit.search(house.state, size=1_000).rows if row.number > number]


def last(house: House) -> int:
    return max((row.number for row in audit.search(house.state, size=1).rows), default=0)


@pytest.mark.parametrize("route", PEOPLE, ids=str)
def test_everybody_whom_a_page_names_stands_in_the_log(here: World, route: Route) -> None:
    for role in ("analyst", "safeguarding"):
        if not route.admits(role):
            continue
        here.sign_in(role)
        before = last(here.house)
        page = here.client.get(here.address(route)).text
        seen = {unquote(unescape(each)) for each in NAMED.findall(page)}
        told = [row.event for row in since(here.house, before)]
        logged = {each.what for each in told if each.kind == "person"}
        logged |= {each for event in told for each in event.detail.get("people", ())}
        assert seen <= logged, f"{route} as {role} names {sorted(seen - logged)[:3]}"


def test_an_auditor_finds_every_look_at_a_person(browse: Browse, house: House, reader: Reader) -> None:
    """On the group's pages, a record, a search and a file, not only on their own page."""
    child = reader.table("nominals").filter("is_child", reader.table("nominals")["group_id"].is_not_null())
    who, group = child.sort("nominal_id").select("nominal_id", "group_id").row(0)
    record = reader.rows("sources/involvements", "nominal_id", who)[0]["record_id"]
    client = browse("analyst")
    looks = [f"/groups/{group}", f"/groups/{group}/members", f"/records/{record}", f"/search?q={who}",
             f"/search/suggest?q={who}", f"/people/{who}"]  # fmt: skip
    for path in looks:
        assert client.get(path).status_code == 200
    found = audit.search(house.state, audit.Wanted(person=who)).rows
    assert [row.event.kind for row in found] == ["person", "search", "search", "record", "group", "group"]
    page = browse("auditor").get(f"/log?person={who}").text
    assert f"{len(looks)} entries naming {who}" in page


def test_the_roles_that_see_no_names_are_logged_alike(here: World) -> None:
    """A data scientist reads about people, too, by their ids."""
    assert "see_people" in people.MATRIX["data_scientist"]
    here.sign_in("data_scientist")
    before = last(here.house)
    here.client.get(f"/groups/{here.examples['group_id']}/members")
    (entry,) = since(here.house, before)
    assert here.examples["nominal_id"] in entry.event.detail["people"]
