"""Tasking of groups: adopted or declined, with what each needs; reviews that are due; decided again, nothing lost."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from countylines.errors import InputError
from countylines.govern import tasking
from countylines.govern.changes import Conflict
from countylines.govern.state import State
from tests.govern.work import FRIDAY, MARROW, OAK, later

TODAY = FRIDAY.date()
REVIEW = TODAY + dt.timedelta(days=28)
ADOPT = {"why": "children join", "run_id": "run-1", "lead": "DI Fell", "review_on": REVIEW}


def test_adopted_with_lead_and_review_then_a_result(state: State) -> None:
    with state.begin() as connection:
        assert tasking.tasking(connection, "G0001") is None
        assert tasking.decide(connection, "G0001", 0, "adopted", OAK, FRIDAY, **ADOPT) == 1
        one = tasking.tasking(connection, "G0001")
        assert one is not None
        assert (one.decision, one.lead, one.review_on, one.result, one.by) == (
            "adopted", "DI Fell", REVIEW, "", "s.oak"
        )  # fmt: skip
        days = (REVIEW - dt.timedelta(days=1), REVIEW)
        assert [one.review_due(day) for day in days] == [False, True]
        assert tasking.record_result(connection, "G0001", 1, "line closed", OAK, later(days=20)) == 2
        done = tasking.tasking(connection, "G0001")
        assert done is not None
        assert (done.result, done.review_on, done.review_due(REVIEW)) == ("line closed", None, False)


def test_decided_again_in_a_later_run_with_its_history(state: State) -> None:
    with state.begin() as connection:
        tasking.decide(connection, "G0001", 0, "declined", OAK, FRIDAY, why="too little", run_id="run-1")
        again = {**ADOPT, "run_id": "run-2", "review_on": REVIEW + dt.timedelta(days=60)}
        tasking.decide(connection, "G0001", 1, "adopted", MARROW, later(days=30), **again)
        told = [(c.field, c.was, c.became, c.by) for c in tasking.tasking_history(connection, "G0001")]
        assert ("decision", "declined", "adopted", "a.marrow") in told
        assert ("why", "too little", "children join", "a.marrow") in told
        assert ("review on", None, (REVIEW + dt.timedelta(days=60)).isoformat(), "a.marrow") in told
        assert [one.group_id for one in tasking.taskings(connection)] == ["G0001"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why": ""}, "why is empty"),
        ({"lead": ""}, "the lead is empty"),
        ({"review_on": None}, "needs a review date"),
        ({"review_on": TODAY}, "isn't later than today"),
    ],
)
def test_what_an_adopted_group_needs(laptop_state: State, wrong: dict[str, object], said: str) -> None:
    with laptop_state.engine.connect() as connection:
        with pytest.raises(InputError, match=said):
            tasking.decide(connection, "G1", 0, "adopted", OAK, FRIDAY, **{**ADOPT, **wrong})  # type: ignore[arg-type]
        with pytest.raises(InputError, match="isn't allowed"):
            tasking.decide(connection, "G1", 0, "targeted", OAK, FRIDAY, **ADOPT)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="nothing was decided"):
            tasking.record_result(connection, "G1", 0, "x", OAK, FRIDAY)
        assert tasking.taskings(connection) == []
        assert tasking.tasking_history(connection, "G1") == []


def test_two_people_decide_on_one_group_at_once(state: State) -> None:
    ready, outcomes = threading.Barrier(2), []

    def decide(by: object) -> None:
        ready.wait()
        try:
            with state.begin() as connection:
                outcomes.append(tasking.decide(connection, "G1", 0, "adopted", by, FRIDAY, **ADOPT))  # type: ignore[arg-type]
        except Conflict as conflict:
            outcomes.append(conflict.what)

    threads = [threading.Thread(target=decide, args=(by,)) for by in (MARROW, OAK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 in outcomes
    assert sum(str(outcome).startswith("tasking ") for outcome in outcomes) == 1


def test_those_to_review_first_come_first(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        for days, group in ((20, "G2"), (10, "G3"), (10, "G1")):
            review = {"review_on": TODAY + dt.timedelta(days=days)}
            tasking.decide(connection, group, 0, "adopted", OAK, FRIDAY, **{**ADOPT, **review})  # type: ignore[arg-type]
        tasking.decide(connection, "G0", 0, "declined", OAK, FRIDAY, why="no", run_id="run-1")
        assert [one.group_id for one in tasking.taskings(connection)] == ["G1", "G3", "G2", "G0"]
