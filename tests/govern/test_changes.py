"""Two people at one thing: neither loses the other's change, and both are told; texts are fit for XML."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.govern import audit, caseload, cases, documents, notes, reporting, rulings, tasking
from countylines.govern.audit import Event
from countylines.govern.case_steps import take_step
from countylines.govern.cases import AlreadyOpen
from countylines.govern.changes import Conflict, NotThere, find, history, written
from countylines.govern.state import State
from countylines.govern.work_schema import work_cases, work_notes
from tests.govern.work import FRIDAY, MARROW, OAK, PELL, PROCEDURES, later, opening


def test_two_browsers_editing_one_case(state: State) -> None:
    with state.begin() as connection:
        case_id = cases.open_case(connection, PROCEDURES, opening(), PELL, FRIDAY)
    with state.begin() as one:
        take_step(one, PROCEDURES, case_id, 1, "mash", "drafted", PELL, later(minutes=1))
    with pytest.raises(Conflict) as met, state.begin() as two:
        cases.close(two, PROCEDURES, case_id, 1, "moved away", MARROW, later(minutes=2))

    conflict = met.value
    assert (conflict.what, conflict.version) == (f"case {case_id}", 2)
    assert [(c.field, c.was, c.became, c.by) for c in conflict.changes] == [
        ("MASH referral: state", "not started", "drafted", "j.pell")
    ]
    assert "j.pell changed MASH referral: state from 'not started' to 'drafted' on 20 Nov 2026 at 16:31 UTC" in str(
        conflict
    )
    with state.begin() as again:
        assert cases.close(again, PROCEDURES, case_id, conflict.version, "moved away", MARROW, later(minutes=3)) == 3
        assert caseload.case(again, PROCEDURES, case_id, FRIDAY).step("mash").state == "drafted"


def test_at_the_same_moment_one_of_two_wins(state: State) -> None:
    with state.begin() as connection:
        case_id = cases.open_case(connection, PROCEDURES, opening(), PELL, FRIDAY)
    ready, outcomes = threading.Barrier(2), []

    def change(by: object, reason: str) -> None:
        ready.wait()
        try:
            with state.begin() as connection:
                cases.close(connection, PROCEDURES, case_id, 1, reason, by, FRIDAY)  # type: ignore[arg-type]
            outcomes.append("saved")
        except Conflict as conflict:
            outcomes.append(conflict.changes[-1].by)

    threads = [threading.Thread(target=change, args=(by, by.name)) for by in (MARROW, OAK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with state.read() as connection:
        kept = find(connection, work_cases, case_id)
    assert sorted(outcomes) == sorted(["saved", kept.close_reason])
    assert kept.version == 2


def test_two_people_open_a_case_for_one_person(state: State) -> None:
    ready, outcomes = threading.Barrier(2), []

    def start(by: object) -> None:
        ready.wait()
        try:
            with state.begin() as connection:
                outcomes.append(cases.open_case(connection, PROCEDURES, opening(), by, FRIDAY))  # type: ignore[arg-type]
        except AlreadyOpen as error:
            outcomes.append(-error.case_id)

    threads = [threading.Thread(target=start, args=(by,)) for by in (MARROW, OAK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(abs(outcome) for outcome in outcomes) == [1, 1] or abs(outcomes[0]) == abs(outcomes[1])
    assert sum(outcome > 0 for outcome in outcomes) == 1
    with state.read() as connection:
        assert len(caseload.cases(connection, PROCEDURES, FRIDAY)) == 1


def test_a_change_and_its_line_in_the_log_stand_or_fall_together(state: State) -> None:
    with state.begin() as connection:
        case_id = cases.open_case(connection, PROCEDURES, opening(), PELL, FRIDAY)
    event = Event(at=FRIDAY, action="work_case", account=PELL.name, kind="case", what=str(case_id))
    with pytest.raises(ValueError, match="the log knows no"), state.begin() as connection:
        cases.close(connection, PROCEDURES, case_id, 1, "moved away", PELL, FRIDAY)
        audit.record(connection, replace(event, action="whatever"))
    with state.begin() as connection:
        assert caseload.case(connection, PROCEDURES, case_id, FRIDAY).status == "open"
        cases.close(connection, PROCEDURES, case_id, 1, "moved away", PELL, FRIDAY)
        assert audit.record(connection, event) == 1


@given(st.text(st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066\u3164\u115f\u2800 \t\n\u00a0\u0000")))
def test_what_shows_nothing_is_empty(nothing: str) -> None:
    """And what shows something is kept, with the format characters that its script needs."""
    assert written(nothing, "why", needed=False) == ""
    with pytest.raises(InputError, match="why is empty"):
        written(nothing, "why")
    assert "a" in written(f"{nothing}a{nothing}", "why")
    assert written("\u06a9\u0647\u200c\u0647\u0627", "why") == "\u06a9\u0647\u200c\u0647\u0627"


def test_an_error_that_is_caught_leaves_nothing_behind(state: State) -> None:
    with state.begin() as connection:
        case_id = cases.open_case(connection, PROCEDURES, opening(), PELL, FRIDAY)
        with pytest.raises(InputError):
            take_step(connection, PROCEDURES, case_id, 1, "mash", "sent", PELL, FRIDAY)
    with state.read() as connection:
        assert caseload.case(connection, PROCEDURES, case_id, FRIDAY).version == 1


def test_an_earlier_version_stays_readable(laptop_state: State) -> None:
    with laptop_state.begin() as connection:
        note = notes.write_note(connection, "group", "G0001", "first", PELL, FRIDAY, shared=True)
        notes.edit_note(connection, note, 1, "second", PELL, later(hours=1), shared=True)
        kept = [(c.field, c.was, c.became, c.version) for c in history(connection, work_notes, note)]
    assert kept[0] == ("made", None, "note", 1)
    assert ("text", "first", "second", 2) in kept


@pytest.mark.parametrize("number", [7, 0, -1, 2**31, 2**63, 10**30])
def test_what_is_not_there_is_said(state: State, number: int) -> None:
    with state.begin() as connection:
        with pytest.raises(NotThere, match=f"there is no case {number}"):
            cases.close(connection, PROCEDURES, number, 1, "why", PELL, FRIDAY)
        for ask in (documents.drafts_of, documents.draft_of, rulings.ruling, reporting.draft):
            with pytest.raises(NotThere):
                ask(connection, number)
        assert caseload.case_history(connection, number) == []
        note = notes.write_note(connection, "group", "G1", "x", PELL, FRIDAY, shared=True)
        with pytest.raises(Conflict):
            notes.edit_note(connection, note, number, "y", PELL, FRIDAY, shared=True)


@pytest.mark.parametrize("what", ["\x00", "n1\x00", "\ud800", "'; DROP TABLE work_notes; --", "x" * 10_000])
def test_any_id_may_be_asked_for(state: State, what: str) -> None:
    with state.read() as connection:
        assert notes.notes(connection, "person", what, PELL) == []
        assert rulings.rulings(connection, nominal_id=what, record_id=what) == []
        assert reporting.drafts(connection, line_id=what) == []
        assert tasking.tasking(connection, what) is None


@given(st.text())
def test_any_text_becomes_one_that_xml_and_both_databases_hold(text: str) -> None:
    kept = written(text, "a text", needed=False)
    assert ET.fromstring(f"<a>{kept.translate({38: '&amp;', 60: '&lt;', 62: '&gt;'})}</a>").text in (kept, None)
    assert "\x00" not in kept.encode("utf-8").decode("utf-8")
    assert written(kept, "a text", needed=False) == kept


@pytest.mark.parametrize("nothing", ["", "  \n", "\x00\x1f", "\ud800"])
def test_an_empty_text_is_refused(nothing: str) -> None:
    with pytest.raises(InputError, match="the reason is empty"):
        written(nothing, "the reason")
