"""Tasking: groups adopted or declined for intelligence development, with review dates, history and no lost change."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from countylines.govern import accounts, audit, tasking
from countylines.web.group_rows import group_rows
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import NOW, RUN, Browse, Clock, csrf_of

FINE = {"decision": "adopted", "why": "Children in it, and a new line", "lead": "D. Chief", "review_on": "2026-12-10"}


def decided(client: TestClient, group: str, version: int = 0, **form: str) -> tuple[int, str]:
    """Send a decision; the answer's status and page."""
    csrf = csrf_of(client.get("/tasking").text)
    answer = client.post("/tasking", data={"csrf": csrf, "group": group, "version": str(version), **FINE, **form})
    return answer.status_code, answer.text


def kept(house: House, group: str) -> tasking.Tasking:
    """What was decided on a group."""
    with house.state.read() as connection:
        found = tasking.tasking(connection, group)
    assert found is not None
    return found


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that records a decision."""
    form = re.findall(r'action="/tasking".*?</form>', page, flags=re.DOTALL)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_group_is_adopted_and_stands_in_the_list(browse: Browse, house: House) -> None:
    client = browse("senior_officer")
    assert decided(client, "G0001")[0] == 303
    made = kept(house, "G0001")
    assert (made.decision, made.lead, made.review_on, made.by) == (
        "adopted", "D. Chief", dt.date(2026, 12, 10), "senior_officer"
    )  # fmt: skip
    event = audit.search(house.state, audit.Wanted(kind="group")).rows[0].event
    assert (event.action, event.what, event.detail["decision"]) == ("work_tasking", "G0001", "adopted")
    page = browse("analyst").get("/tasking").text
    assert "Children in it, and a new line" in page
    assert "10 Dec 2026" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why": " "}, "Why is empty"),
        ({"lead": ""}, "lead is empty"),
        ({"review_on": ""}, "needs a review date"),
        ({"review_on": "2026-11-20"}, "later than today"),
        ({"review_on": "soon"}, "no day"),
        ({"decision": "watched"}, "decision"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(browse: Browse, wrong: dict[str, str], said: str) -> None:
    status, page = decided(browse("senior_officer"), "G0001", **wrong)
    assert status == 400
    assert said.casefold() in page.casefold()
    assert "There is a problem" in page
    assert {**FINE, **wrong}["why"].strip() in page


def test_declining_needs_a_reason_only(browse: Browse, house: House) -> None:
    form = {"decision": "declined", "why": "Nothing new", "lead": "", "review_on": ""}
    assert decided(browse("senior_officer"), "G0002", **form)[0] == 303
    assert (kept(house, "G0002").decision, kept(house, "G0002").lead) == ("declined", None)


def test_two_browsers_lose_nothing(browse: Browse, house: House) -> None:
    one, other = browse("senior_officer"), browse("senior_officer")
    assert decided(one, "G0003", why="The first was here")[0] == 303
    status, page = decided(other, "G0003", why="The second thinks otherwise", decision="declined")
    assert status == 409
    assert "The second thinks otherwise" in page
    assert "The first was here" in page
    assert kept(house, "G0003").why == "The first was here"
    again = other.post("/tasking", data={**fields(page), **FINE, "why": "The second thinks otherwise"})
    assert again.status_code == 303
    assert kept(house, "G0003").why == "The second thinks otherwise"
    with house.state.read() as connection:
        history = tasking.tasking_history(connection, "G0003")
    assert ("why", "The first was here", "The second thinks otherwise") in [(c.field, c.was, c.became) for c in history]


def test_a_result_is_recorded_with_the_next_look(browse: Browse, house: House) -> None:
    client = browse("senior_officer")
    decided(client, "G0001")
    csrf = csrf_of(client.get("/tasking").text)
    form = {"csrf": csrf, "group": "G0001", "version": str(kept(house, "G0001").version)}
    assert client.post("/tasking/result", data={**form, "result": ""}).status_code == 400
    sent = {**form, "result": "Two children referred", "review_on": "2027-01-15"}
    assert client.post("/tasking/result", data=sent).status_code == 303
    assert (kept(house, "G0001").result, kept(house, "G0001").review_on) == (
        "Two children referred", dt.date(2027, 1, 15)
    )  # fmt: skip
    assert "Two children referred" in client.get("/tasking").text
    late = client.post("/tasking/result", data={**sent, "result": "Something else"})
    assert late.status_code == 409
    assert "Something else" in late.text


def test_a_result_without_a_decision_is_refused(browse: Browse) -> None:
    client = browse("senior_officer")
    form = {"csrf": csrf_of(client.get("/tasking").text), "group": "G0001", "version": "0", "result": "x"}
    answer = client.post("/tasking/result", data=form)
    assert answer.status_code == 400
    assert "Nothing was decided" in answer.text


def test_reviews_that_are_due_stand_on_top(browse: Browse, clock: Clock) -> None:
    decided(browse("senior_officer"), "G0001")
    assert "review is due" not in browse("analyst").get("/tasking").text
    clock.forward(days=20)
    page = browse("analyst").get("/tasking").text
    assert "1 review is due" in page
    assert "10 Dec 2026, due" in page


def test_the_list_is_filtered(browse: Browse, house: House) -> None:
    client = browse("senior_officer")
    decided(client, "G0001", lead="senior_officer")
    decided(client, "G0002", decision="declined", lead="", review_on="")
    shown = {
        only: set(re.findall(r'<tr id="(G\d+)"', client.get("/tasking", params={"only": only}).text))
        for only in ("", "adopted", "declined", "due", "mine", "nonsense")
    }
    assert shown == {
        "": {"G0001", "G0002"}, "adopted": {"G0001"}, "declined": {"G0002"}, "due": set(), "mine": {"G0001"},
        "nonsense": {"G0001", "G0002"},
    }  # fmt: skip


def test_a_group_that_is_gone_from_the_run_keeps_its_tasking(browse: Browse, house: House) -> None:
    who = accounts.find_account(house.state, "senior_officer")
    assert who is not None
    with house.state.begin() as connection:
        tasking.decide(connection, "G9999", 0, "declined", who, NOW, why="Long gone", run_id=RUN)
    page = browse("analyst").get("/tasking").text
    assert "Long gone" in page
    gone = page.partition("Decisions on groups of earlier runs that are gone")[2]
    assert "Long gone" in gone
    assert f"of run {RUN}" in gone


def test_groups_outside_ones_areas_are_left_out(browse: Browse, house: House, reader: Reader) -> None:
    account = accounts.find_account(house.state, "analyst")
    assert account is not None
    group = next(row for row in group_rows(reader) if row.areas)
    decided(browse("senior_officer"), group.group_id, why="Seen by all but strangers")
    assert "Seen by all but strangers" in browse("analyst").get("/tasking").text
    accounts.change_account(house.state, account.account_id, areas=["Nowhere"], now=NOW, by="administrator")
    assert "Seen by all but strangers" not in browse("analyst").get("/tasking").text


def test_of_groups_that_are_gone_ones_own_decisions_stay(browse: Browse, house: House) -> None:
    """With own areas, which nobody can tell of a group that is gone: as its notes."""
    found = {name: accounts.find_account(house.state, name) for name in ("senior_officer", "analyst")}
    officer, analyst = found["senior_officer"], found["analyst"]
    assert officer and analyst
    with house.state.begin() as connection:
        made = (("G9997", officer, "Chief"), ("G9998", officer, "Analyst"), ("G9999", analyst, "Chief"))
        for group, who, lead in made:
            about: Any = {"why": f"Why of {group}", "lead": lead, "review_on": dt.date(2026, 12, 10), "run_id": RUN}
            tasking.decide(connection, group, 0, "adopted", who, NOW, **about)
    assert "Why of G9997" in browse("analyst").get("/tasking").text
    accounts.change_account(house.state, analyst.account_id, areas=["Nowhere"], now=NOW, by="administrator")
    assert set(re.findall(r"Why of (G\d+)", browse("analyst").get("/tasking").text)) == {"G9998", "G9999"}


def test_analysts_read_and_dont_decide(browse: Browse) -> None:
    client = browse("analyst")
    page = client.get("/tasking").text
    assert "Senior officers decide" in page
    answer = client.post("/tasking", data={"csrf": csrf_of(page), "group": "G0001", "version": "0", **FINE})
    assert answer.status_code == 403
    assert client.get("/groups/G0001").status_code == 200


def test_no_such_group(browse: Browse) -> None:
    assert decided(browse("senior_officer"), "G99999")[0] == 404
