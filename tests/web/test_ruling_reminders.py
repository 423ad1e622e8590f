"""What *My work* says of rulings: one's own that end, and withdrawals that wait for safeguarding."""

from __future__ import annotations

import re

from countylines.govern import audit
from countylines.web.house import House
from tests.web.conftest import Browse, Clock
from tests.web.test_rulings_pages import ADULT, HELD, LATER, act, made, plain, propose


def test_whoever_made_a_ruling_is_reminded_and_renews_it(browse: Browse, house: House, clock: Clock) -> None:
    """Also of a record that the ruling itself took out of the run."""
    analyst, officer = browse("analyst"), browse("senior_officer")
    assert propose(analyst, person=ADULT, decision="wrong person", review_by="2026-12-31") == 303
    number = made(house)[0].ruling_id
    act(officer, number, "confirm")
    assert f"Your ruling {number} ends" not in analyst.get("/").text
    assert f"/rulings/{number}/renew" not in analyst.get("/rulings").text
    clock.forward(days=20)
    analyst, officer = browse("analyst"), browse("senior_officer")
    assert f"Your ruling {number} ends: review it" in plain(analyst.get("/").text)
    assert f"Your ruling {number} ends" not in officer.get("/").text
    assert act(analyst, number, "renew", reason="", review_by=LATER) == 400
    assert act(analyst, number, "renew", reason="Still so", review_by="soon") == 400
    assert act(analyst, number, "renew", reason="Still so", review_by=LATER) == 303
    again = made(house)[0]
    assert (again.status, again.nominal_id, again.reason, str(again.review_by)) == (
        "proposed",
        ADULT,
        "Still so",
        LATER,
    )
    assert act(officer, again.ruling_id, "confirm") == 303
    told = audit.search(house.state, audit.Wanted(kind="ruling", what=str(again.ruling_id))).rows
    assert told[-1].event.detail["renews"] == number


def test_a_withdrawal_that_waits_is_a_task_of_safeguarding(browse: Browse, house: House) -> None:
    analyst, officer, safeguarding = browse("analyst"), browse("senior_officer"), browse("safeguarding")
    task = "Withdrawals of a protecting ruling that wait for safeguarding"
    for person in (ADULT, HELD):
        assert propose(analyst, person=person, decision="victim not offender") == 303
    first, last = sorted(one.ruling_id for one in made(house))
    for number in (first, last):
        assert act(safeguarding, number, "confirm") == 303
    assert task not in safeguarding.get("/").text
    assert act(analyst, first, "withdraw", reason="Not so") == 303
    assert f"{task} (1)" in plain(safeguarding.get("/").text)
    assert task not in analyst.get("/").text and task not in officer.get("/").text
    page = safeguarding.get("/rulings?state=confirmed").text
    assert re.findall(r'id="ruling-(\d+)"', page) == [str(first), str(last)]  # the one to answer stands first
    assert act(safeguarding, first, "agree") == 303
    assert task not in safeguarding.get("/").text
