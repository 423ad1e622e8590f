"""The queue: columns, what is due and late by a given clock, one next step, and the order of rows."""

from __future__ import annotations

import datetime as dt

from countylines.govern import caseload, cases
from countylines.govern.caseload import CALL_FIRST, COLUMNS, Case
from countylines.govern.state import State
from tests.govern.work import FRIDAY, PELL, PROCEDURES, Work, later, opening, work


def test_a_new_case_of_a_child(state: State) -> None:
    with work(state) as one:
        case = one.case
        assert case.status == "open"
        assert {name: case.columns[name] for name in COLUMNS} == {
            "MASH": ("not started", "Not started"),
            "screening tool": ("waiting", "Not yet"),
            "strategy discussion": ("waiting", "Not yet"),
            "disruption panel": ("waiting", "Not yet"),
            "NRM": ("not started", "Not started"),
        }
        assert case.next is not None
        assert (case.next.do, case.next.step, case.next.due) == ("Make MASH referral", "mash", later(hours=24))
        assert case.wait == dt.timedelta(0)


def test_due_and_late_by_the_clock_that_is_given(laptop_state: State) -> None:
    with work(laptop_state) as one:
        for hours, late in ((23, False), (24, False), (24.001, True)):
            one.now = later(hours=hours)
            assert one.case.overdue == late
            assert one.case.wait == dt.timedelta(hours=hours)
        one.take("mash", "drafted")
        assert one.case.overdue  # a draft stops no clock
        one.take("mash", "sent")
        assert not one.case.overdue
        assert one.case.step("mash").due is None
        assert one.case.step("screening").due == dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)


def test_another_authority_has_other_limits(laptop_state: State) -> None:
    with work(laptop_state, opening(authority="Northmoor")) as one:
        assert one.case.step("mash").due == later(hours=12)
        one.screen("high")
        assert one.case.step("strategy").due == later(hours=4)


def test_words_of_the_columns(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.now = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
        one.screen("high")
        one.take("strategy", "in progress", detail="Called 21 Nov")
        one.take("nrm", "drafted")
        assert [one.case.columns[name][1] for name in COLUMNS] == [
            "20 Nov",
            "High",
            "Called 21 Nov",
            "Not for high",
            "Drafted",
        ]
        one.take("mash", "done")
        assert one.case.columns["MASH"] == ("done", "20 Nov")
    with work(laptop_state, opening(person="adult")) as one:
        assert [one.case.columns[name][1] for name in COLUMNS] == [
            "By consent",
            "Child tool",
            "Child step",
            "Child step",
            "By consent",
        ]


def test_immediate_risk_says_call_first_until_a_call_is_recorded(laptop_state: State) -> None:
    with work(laptop_state, opening(immediate_risk=True)) as one:
        assert one.case.next is not None
        assert one.case.next.do == CALL_FIRST
        one.take("mash", "drafted")  # nothing is held up by it
        what = (one.connection, one.case_id, one.version, "Control room", FRIDAY, "Log 112", PELL, later(minutes=5))
        one.version = cases.record_call(*what)
        assert one.case.next.do == "Send draft to MASH"
        assert [(call.called, call.called_at, call.reference) for call in one.case.calls] == [
            ("Control room", FRIDAY, "Log 112")
        ]


def test_monitored_when_nothing_else_is_to_be_done(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.screen("low")
        one.take("nrm", "doesn't apply", why="Not needed")
        one.take("mash", "done")
        assert one.case.next is not None
        assert (one.case.status, one.case.next.do) == ("open", "Review at daily meeting")
        one.take("monitor", "in progress")
        assert (one.case.status, one.case.next.do) == ("monitoring", "Keep under review")
        assert [c.case_id for c in caseload.cases(one.connection, PROCEDURES, FRIDAY, status="monitoring")] == [
            one.case_id
        ]
        assert caseload.cases(one.connection, PROCEDURES, FRIDAY, status="open") == []
        one.take("monitor", "done")
        assert one.case.next.do == "Close, or say why it stays open"


def test_rows_come_call_first_then_late_then_due_first_never_by_a_score(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        whole = Work(connection, opening("screened"))
        whole.screen("high")
        Work(connection, opening("north", authority="Northmoor"))
        Work(connection, opening("west"))
        Work(connection, opening("urgent", immediate_risk=True))
        gone = Work(connection, opening("closed"))
        cases.close(connection, PROCEDURES, gone.case_id, 1, "moved away", PELL, FRIDAY)
        at_13 = [case.nominal_id for case in caseload.cases(connection, PROCEDURES, later(hours=13))]
        assert at_13 == ["urgent", "north", "west", "screened", "closed"]
        assert not {"score", "rank", "priority"} & set(Case.__dataclass_fields__)
