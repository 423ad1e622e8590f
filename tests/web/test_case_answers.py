"""The page of the screening tool's answers: what can be saved, and what it says when nothing can be changed."""

from __future__ import annotations

import re

import pytest

from countylines.web.reader import Reader
from tests.web.casework import QUESTIONS, Officer, seen, some_child
from tests.web.conftest import Browse
from tests.web.test_case import state_of


@pytest.fixture
def officer(browse: Browse) -> Officer:
    return Officer(browse("safeguarding"))


def test_a_result_is_chosen_before_it_is_given(officer: Officer, reader: Reader) -> None:
    """Nothing is saved, and what was answered stays in the form."""
    case = officer.opens(some_child(reader))
    officer.refers(case)
    answer = officer.screens(case, "", missing="yes")
    assert answer.status_code == 400
    assert "No result is chosen" in seen(answer)
    assert re.search(r'name="q-missing" value="yes" checked', answer.text)
    assert state_of(officer, case, "screening") == "Not started"


def test_answers_that_cant_be_changed_are_words(officer: Officer, reader: Reader) -> None:
    """Before its turn, when it is done and in a closed case: what was said, by whom, and how to change it."""
    case = officer.opens(some_child(reader))
    page = officer.get(f"{case}/answers/screening")
    assert 'type="radio"' not in page
    assert page.count("Not answered") == len(QUESTIONS)
    assert "Not yet its turn. After: MASH referral." in seen(page)
    officer.refers(case)
    officer.screens(case, "low", missing="yes", care="no")
    page = officer.get(f"{case}/answers/screening")
    assert 'type="radio"' not in page
    assert "Missing from home or care, or away without a reason that adults know Yes" in seen(page)
    assert "Done: low , 20 Nov 2026, 09:00 by safeguarding person. To change the answers" in seen(page)
    assert "Missing from home or care, or away without a reason that adults know: yes" in seen(officer.get(case))


@pytest.mark.parametrize(
    ("result", "begins"), [("high", {"strategy"}), ("medium", {"daily"}), ("low", {"monitor"})], ids=str
)
def test_what_follows_from_the_screening_tool(result: str, begins: set[str], officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader))
    officer.refers(case)
    assert "leads to" in seen(officer.get(f"{case}/answers/screening"))
    assert officer.screens(case, result, missing="yes", care="no").status_code == 303
    steps = ("strategy", "daily", "monitor")
    assert {step for step in steps if state_of(officer, case, step) == "Not started"} == begins
    assert state_of(officer, case, "screening") == f"Done: {result}"


def test_a_result_needs_every_answer_and_what_was_answered_stays(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader))
    officer.refers(case)
    form = {"version": officer.version(case), "form": "answers", "finish": "1", "result": "high", "q-missing": "yes"}
    answer = officer.send(f"{case}/answers/screening", **form)
    assert answer.status_code == 400
    assert "11 questions of Exploitation screening tool have no answer" in seen(answer)
    assert re.search(r'name="q-missing" value="yes" checked', answer.text)
    assert re.search(r'name="result" value="high" checked', answer.text)


def test_options_are_offered_to_the_panel(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader))
    officer.refers(case)
    officer.screens(case, "medium")
    officer.takes(case, "daily", "done")
    form = {"version": officer.version(case), "form": "answers", "q-mentor": "offered", "q-telephones": "agreed"}
    assert officer.send(f"{case}/answers/panel", **form).status_code == 303
    page = officer.get(f"{case}/answers/panel")
    assert re.search(r'name="q-mentor" value="offered" checked', page)
    assert "2 of 8 answered" in officer.get(case)
