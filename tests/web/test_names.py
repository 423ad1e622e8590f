"""Names on request (SCREENS, roles): covered until asked for, on every page; asking is logged and can be taken back."""

from __future__ import annotations

import html

import pytest
from starlette.testclient import TestClient

from countylines.govern import audit, people
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import Browse, csrf_of
from tests.web.every import PAGES_SHOWN, Route, World

ASKS = "Names are covered until you ask for them"
TEXT = "Covered until you ask for names and records."


def shown(client: TestClient, show: str, next: str = "/groups") -> str:
    """Press the button; where it leads."""
    csrf = csrf_of(client.get("/groups").text)
    answer = client.post("/names", data={"csrf": csrf, "show": show, "next": next})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def names_of(reader: Reader) -> list[str]:
    """The names and other names of everybody in the network that no page says by chance."""
    cards = reader.cards(reader.table("nominals")["nominal_id"])
    every = {name for card in cards.values() for name in (card.name, *card.aliases)}
    return sorted(name for name in every if " " in name)


@pytest.mark.parametrize(
    "route",
    [each for each in PAGES_SHOWN if each.admits("senior_officer") and each.needs.action in people.ACTIONS],
    ids=str,
)
def test_no_page_names_anybody_to_a_senior_officer_who_has_not_asked(here: World, route: Route) -> None:
    """And what is shown after asking is another page wherever people stand on it."""
    here.sign_in("senior_officer", names=False)
    page = html.unescape(here.client.get(here.address(route)).text)
    found = [name for name in names_of(here.house.shelf.reader()) if name in page]
    assert not found, f"{route} names {found[:3]}"


def test_the_names_looked_for_do_stand_on_pages(here: World) -> None:
    """Or the test above could not fail."""
    here.sign_in("senior_officer")
    page = html.unescape(here.client.get(f"/people/{here.examples['nominal_id']}").text)
    assert any(name in page for name in names_of(here.house.shelf.reader()))


def test_a_senior_officer_asks_for_names_and_covers_them_again(browse: Browse, house: House, reader: Reader) -> None:
    nominal = reader.table("nominals").sort("nominal_id")["nominal_id"][0]
    name = reader.cards([nominal])[nominal].name
    client = browse("senior_officer", names=False)
    page = html.unescape(client.get(f"/people/{nominal}").text)
    assert name not in page
    assert TEXT in page

    assert shown(client, "yes", f"/people/{nominal}") == f"/people/{nominal}"
    latest = audit.search(house.state, audit.Wanted(action="uncover_names")).rows[0].event
    assert (latest.account, latest.reason, latest.reference) == ("senior_officer", "training", "Op Test")
    page = html.unescape(client.get(f"/people/{nominal}").text)
    assert name in page
    assert TEXT not in page

    shown(client, "no")
    assert name not in html.unescape(client.get(f"/people/{nominal}").text)


def test_asking_leads_to_no_other_site(browse: Browse) -> None:
    assert shown(browse("senior_officer", names=False), "yes", "//elsewhere.example/") == "/"


def test_a_new_reason_covers_names_again(browse: Browse, reader: Reader) -> None:
    client = browse("senior_officer")
    assert ASKS not in client.get("/missing").text
    form = {"csrf": csrf_of(client.get("/reason").text), "reason": "training", "reference": "Op Other", "length": "4"}
    assert client.post("/reason", data=form).status_code == 303
    assert ASKS in client.get("/missing").text


@pytest.mark.parametrize("path", ["/search?q=lee", "/missing", "/releases", "/lines", "/download/missing"])
def test_pages_that_name_people_ask_first_and_come_back(browse: Browse, path: str) -> None:
    client = browse("senior_officer", names=False)
    answer = client.get(path)
    assert (answer.status_code, ASKS in answer.text) == (200, True)
    assert f'name="next" value="{html.escape(path)}"' in answer.text
    shown(client, "yes")
    answer = client.get(path)
    assert (answer.status_code, ASKS in answer.text) == (200, False)


def test_a_part_of_a_page_says_so_in_a_line(browse: Browse) -> None:
    answer = browse("senior_officer", names=False).get("/search/suggest?q=lee", headers={"HX-Request": "true"})
    assert answer.text == f'<p class="cl-small">{ASKS}.</p>'


def test_a_change_is_not_made_while_names_are_covered(browse: Browse, house: House, reader: Reader) -> None:
    client = browse("senior_officer", names=False)
    group = reader.table("groups")["group_id"].sort()[0]
    form = {"csrf": csrf_of(client.get("/groups").text), "kind": "group", "what": group, "text": "Never kept"}
    answer = client.post("/notes", data=form)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert "Never kept" not in browse("analyst").get(f"/groups/{group}").text


@pytest.mark.parametrize(
    ("reason", "covered"), [("assurance", True), ("administration", True), ("intelligence", False)]
)
def test_who_comes_for_assurance_sees_names_on_request_only(browse: Browse, reason: str, covered: bool) -> None:
    """As the page that asks for the reason says."""
    client = browse("analyst", reason=reason)
    assert (ASKS in client.get("/missing").text) == covered
    assert ("Show names and records" in client.get("/groups").text) == covered


@pytest.mark.parametrize("role", ["data_scientist", "ethics_committee", "reviewer", "auditor", "administrator"])
def test_who_never_sees_names_can_not_ask_for_them(here: World, role: str) -> None:
    csrf = here.sign_in(role)
    answer = here.client.post("/names", data={"csrf": csrf, "show": "yes", "next": "/groups"})
    assert answer.status_code == 403
    assert "Show names and records" not in here.client.get("/roles").text
