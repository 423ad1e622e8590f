"""What *My work* says of rulings: one's own that end, and withdrawals that wait for safeguarding."""

from __future__ import annotations

import datetime as dt
import re

from countylines.govern import accounts, audit, rulings
from countylines.govern.rulings import Proposal
from countylines.web.house import House
from tests.govern.work import MARROW, PELL
from tests.web.conftest import NOW, Browse, Clock
from tests.web.test_rulings_pages import ADULT, HELD, LATER, act, made, plain, propose


def test_whoever_made_a_ruling_is_reminded_and_renews_it(browse: Browse, house: House, clock: Clock) -> None:
    """Once it is proposed anew nothing reminds of the old one, and it isn't offered again, also after its end."""
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
    assert (again.status, again.nominal_id, again.reason) == ("proposed", ADULT, "Still so")
    assert str(again.review_by) == LATER
    done = f"/rulings/{number}/renew"
    assert f"Your ruling {number} ends" not in analyst.get("/").text and done not in analyst.get("/rulings").text
    assert act(officer, again.ruling_id, "confirm") == 303
    told = audit.search(house.state, audit.Wanted(kind="ruling", what=str(again.ruling_id))).rows
    assert told[-1].event.detail["renews"] == number
    clock.forward(days=40)
    analyst = browse("analyst")
    assert "Expired (1)" in plain(analyst.get("/rulings").text) and done not in analyst.get("/rulings").text
    assert f"Your ruling {number} ends" not in analyst.get("/").text


def test_a_ruling_on_somebody_whom_the_run_no_longer_has_is_renewed(browse: Browse, house: House) -> None:
    """As it takes their rows out of the run, it must be renewable without them."""
    with house.state.begin() as connection:
        gone = Proposal("wrong person", "Her sister", NOW.date() + dt.timedelta(days=20), "N-gone")
        number = rulings.propose(connection, gone, MARROW, NOW)
        rulings.confirm(connection, number, 1, PELL, NOW)
    analyst = browse("analyst")
    assert act(analyst, number, "renew", reason="Still so", review_by=LATER) == 303
    assert made(house)[0].nominal_id == "N-gone"


def test_who_may_confirm_nothing_is_reminded_of_their_own(browse: Browse, house: House) -> None:
    me = accounts.find_account(house.state, "data_scientist")
    assert me
    with house.state.begin() as connection:
        own = Proposal("not county lines", "A recipe", NOW.date() + dt.timedelta(days=20), record_id="crime:1")
        number = rulings.propose(connection, own, me, NOW)
        rulings.confirm(connection, number, 1, PELL, NOW)
    assert f"Your ruling {number} ends: review it" in plain(browse("data_scientist").get("/").text)


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
