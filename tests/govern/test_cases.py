"""A case from opening to closing: one open one a person, reasons, calls, the law's note, and who did what."""

from __future__ import annotations

import pytest

from countylines.errors import InputError
from countylines.govern import caseload, cases, notes
from countylines.govern.cases import AlreadyOpen
from countylines.govern.procedure import Procedures
from countylines.govern.state import State
from tests.govern.work import FRIDAY, MARROW, PELL, PROCEDURES, Work, later, opening, work


def test_one_open_case_a_person(state: State) -> None:
    with work(state) as one:
        with pytest.raises(AlreadyOpen, match=r"opened by j\.pell") as met:
            cases.open_case(one.connection, PROCEDURES, opening(), MARROW, later(hours=1))
        assert met.value.case_id == one.case_id
        assert open_ones(one) == {"n1": one.case_id}
        closed = cases.close(one.connection, PROCEDURES, one.case_id, 1, "left the area", PELL, later(hours=2))
        assert open_ones(one) == {}
        second = cases.open_case(one.connection, PROCEDURES, opening(), MARROW, later(hours=3))
        assert second != one.case_id
        with pytest.raises(AlreadyOpen):
            cases.reopen(one.connection, one.case_id, closed, "is back", PELL, later(hours=4))
        assert one.case.status == "closed"


def open_ones(one: Work) -> dict[str, int]:
    listed = caseload.cases(one.connection, PROCEDURES, one.now, status="open")
    return {case.nominal_id: case.case_id for case in listed}


def test_closing_and_reopening_say_why(state: State) -> None:
    with work(state) as one:
        with pytest.raises(InputError, match="the reason for closing is empty"):
            cases.close(one.connection, PROCEDURES, one.case_id, 1, " ", PELL, FRIDAY)
        one.version = cases.close(one.connection, PROCEDURES, one.case_id, 1, "left the area", PELL, FRIDAY)
        assert (one.case.closed_by, one.case.close_reason, one.case.next) == ("j.pell", "left the area", None)
        with pytest.raises(InputError, match=r"is closed\. Reopen it first"):
            one.take("mash", "drafted")
        one.version = cases.reopen(one.connection, one.case_id, one.version, "is back", PELL, FRIDAY)
        one.take("mash", "drafted")
        told = [(c.field, c.was, c.became) for c in caseload.case_history(one.connection, one.case_id)]
        assert ("close reason", "left the area", None) in told
        assert ("reopened", None, "is back") in told
        with pytest.raises(InputError, match="is open"):
            cases.reopen(one.connection, one.case_id, one.version, "again", PELL, FRIDAY)


def test_what_a_case_needs(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        for wrong, said in ((opening(why=""), "why the case is opened is empty"), (opening(""), "the person is empty")):
            with pytest.raises(InputError, match=said):
                cases.open_case(connection, PROCEDURES, wrong, PELL, FRIDAY)
        with pytest.raises(InputError, match="isn't allowed"):
            cases.open_case(connection, PROCEDURES, opening(person="suspect"), PELL, FRIDAY)
        assert caseload.cases(connection, PROCEDURES, FRIDAY) == []


def test_a_call_names_whom_when_and_a_reference(laptop_state: State) -> None:
    with work(laptop_state) as one:
        for called, at, reference, said in (
            ("", FRIDAY, "1", "whom you called is empty"),
            ("MASH", FRIDAY, "", "the reference of the call is empty"),
            ("MASH", later(hours=1), "1", "lies in the future"),
        ):
            with pytest.raises(InputError, match=said):
                cases.record_call(one.connection, one.case_id, 1, called, at, reference, PELL, FRIDAY)
        assert one.case.calls == ()


def test_immediate_risk_may_come_later_with_why(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.version = cases.set_immediate_risk(one.connection, one.case_id, 1, True, "threatened", PELL, FRIDAY)
        assert one.case.immediate_risk
        told = caseload.case_history(one.connection, one.case_id)
        assert [c.became for c in told if c.field == "immediate risk: why"] == ["threatened"]


def test_the_law_stands_as_a_note_and_a_lawyer_decides(laptop_state: State) -> None:
    assert cases.SECTION_45.endswith("a lawyer decides.")
    with work(laptop_state) as one:
        assert (one.case.lawyer_asked, one.case.outcome_22) == (None, "")
        what = (one.connection, one.case_id, 1, PELL, FRIDAY)
        one.version = cases.law(*what, lawyer_asked=True, note="Asked on Friday", outcome_22="in crime:12")
        case = one.case
        assert (case.lawyer_asked, case.section_45_note, case.outcome_22) == (True, "Asked on Friday", "in crime:12")
        assert ("lawyer asked", None, True) in [
            (c.field, c.was, c.became) for c in caseload.case_history(one.connection, one.case_id)
        ]


def test_a_procedure_whose_file_has_gone_hides_no_case(laptop_state: State) -> None:
    with work(laptop_state, opening(authority="Northmoor")) as one:
        one.take("mash", "drafted")
        one.procedures = Procedures({k: v for k, v in PROCEDURES.by_id.items() if k != "northmoor-children"})
        assert one.case.procedure.id == "example-children"
        assert one.case.step("mash").state == "drafted"
        with pytest.raises(InputError, match="there is no procedure 'northmoor-children' any more"):
            one.take("mash", "sent")
        what = (one.connection, one.procedures, one.case_id, one.version, PELL, later(hours=1))
        one.version = cases.move(*what, person="child", authority="Northmoor", responsible_authority=None)
        one.take("mash", "sent")
        assert one.case.step("mash").sent_to == "Northmoor"


def test_opening_leaves_one_row_of_history(laptop_state: State) -> None:
    with work(laptop_state) as one:
        assert [c.field for c in caseload.case_history(one.connection, one.case_id)] == ["made"]


def test_notes_of_a_case(laptop_state: State) -> None:
    with work(laptop_state) as one:
        notes.write_note(one.connection, "case", str(one.case_id), "School called back", PELL, FRIDAY, shared=True)
        assert [note.text for note in notes.notes(one.connection, "case", str(one.case_id), MARROW)] == [
            "School called back"
        ]
