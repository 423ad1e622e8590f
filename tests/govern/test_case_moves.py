"""Every step from every state to every state, by brute force; what follows from which answer; what a move needs."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import update

from countylines.errors import InputError
from countylines.govern import caseload, cases
from countylines.govern.procedure import MOVES, STATES, Step
from countylines.govern.state import State
from countylines.govern.work_schema import work_case_answers, work_case_steps
from tests.govern.work import FRIDAY, PELL, PROCEDURES, Work, later, opening, work

RESULTS = {"screening": "medium", "consent": "given", "nrm_consent": "refused"}


@pytest.mark.parametrize(("person", "name"), [("child", "example-children"), ("adult", "example-adults")])
def test_every_step_from_every_state(laptop_state: State, person: str, name: str) -> None:
    moved = 0
    for step in PROCEDURES.named(name).steps:
        with work(laptop_state, opening(person=person)) as one:
            for need in step.needs:
                one.take(need, "done", result="given")
            if step.kind == "tool":
                values = {"case_id": one.case_id, "step": step.id, "answer": "no", "at": FRIDAY, "by": "x"}
                rows = [{**values, "question": question.id} for question in step.questions]
                one.connection.execute(work_case_answers.insert(), rows)
            for was, to in product(STATES, STATES):
                put_into(one, step.id, was)
                more = {"why": "because"}
                if to == "done" and step.results:
                    more["result"] = RESULTS[step.id]
                try:
                    one.take(step.id, to, **more)
                    moved += 1
                    assert to in MOVES[step.kind][was] and not waives(step, to), (step.id, was, to)
                    assert one.states()[step.id] == to
                except InputError as error:
                    assert to not in MOVES[step.kind][was] or waives(step, to), (step.id, was, to, error)
                    assert error.do
    assert moved > 50


def waives(step: Step, to: str) -> bool:
    """A duty, which nobody sets aside by a word."""
    return step.id == "notify" and to == "doesn't apply"


def put_into(one: Work, step: str, state: str) -> None:
    """As if a person had moved the step there."""
    c = work_case_steps.c
    values = {"state": state, "automatic": False, "ready_at": FRIDAY, "result": None}
    where = (c.case_id == one.case_id, c.step == step)
    one.connection.execute(update(work_case_steps).where(*where).values(**values))


@pytest.mark.parametrize(
    ("result", "states"),
    [
        ("high", ("not started", "doesn't apply", "doesn't apply", "doesn't apply")),
        ("medium", ("doesn't apply", "not started", "waiting", "doesn't apply")),
        ("low", ("doesn't apply", "doesn't apply", "doesn't apply", "not started")),
    ],
)
def test_what_follows_from_the_result(state: State, result: str, states: tuple[str, ...]) -> None:
    with work(state) as one:
        names = ("strategy", "daily", "panel", "monitor")
        assert one.states() == dict.fromkeys(("screening", *names), "waiting") | dict.fromkeys(
            ("mash", "nrm"), "not started"
        )
        one.screen(result)
        assert tuple(one.states()[name] for name in names) == states
        gone = [view for view in one.case.steps if view.state == "doesn't apply"]
        assert {view.why for view in gone} == {f"Not for {result}"}
        if result == "medium":
            one.take("daily", "done")
            assert one.states()["panel"] == "not started"
            one.answer("panel", {"mentor": "offered", "abduction": "agreed"})
            assert one.case.step("panel").answers == {"mentor": "offered", "abduction": "agreed"}
            assert one.states()["panel"] == "in progress"


def test_another_result_moves_only_what_nobody_has_touched(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.screen("high")
        one.take("strategy", "in progress", detail="Called 21 Nov")
        one.take("screening", "in progress", why="a new answer came")
        assert one.case.step("screening").result is None
        assert one.states()["daily"] == "waiting"
        one.take("screening", "done", result="medium")
        assert one.states()["strategy"] == "in progress"  # a person works on it: only they end it
        assert one.states()["daily"] == "not started"
        assert one.states()["monitor"] == "doesn't apply"


def test_a_person_can_take_up_what_a_rule_left_out(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.screen("low")
        with pytest.raises(InputError, match=r"the reason why .* is empty"):
            one.take("strategy", "not started")
        one.take("strategy", "not started", why="new injuries")
        one.take("strategy", "in progress")
        one.take("strategy", "done")
        assert one.states()["strategy"] == "done"


def test_a_step_that_waits_is_not_taken(laptop_state: State) -> None:
    with work(laptop_state) as one:
        for step in ("screening", "strategy", "daily", "panel", "monitor"):
            for to in STATES:
                if to != "doesn't apply":
                    with pytest.raises(InputError, match="can't be taken yet"):
                        one.take(step, to, why="why", result="high")
            assert (one.case.version, one.case.step(step).state) == (1, "waiting")


def test_the_tool_asks_for_every_answer_and_a_result_by_a_person(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.take("mash", "drafted")
        one.take("mash", "sent")
        one.answer("screening", {"missing": "yes"})
        with pytest.raises(InputError, match="11 questions of Exploitation screening tool have no answer"):
            one.take("screening", "done", result="high")
        for answers, said in (({"missing": "perhaps"}, "isn't allowed"), ({"guilty": "yes"}, "isn't allowed")):
            with pytest.raises(InputError, match=said):
                one.answer("screening", answers)
        one.answer("screening", {q.id: "yes" for q in one.case.step("screening").step.questions})
        for result in ("", "very high"):
            with pytest.raises(InputError, match="isn't allowed"):
                one.take("screening", "done", result=result)
        one.take("screening", "done", result="low")  # twelve times yes: still what the person says
        assert one.case.step("screening").result == "low"


def test_a_referral_goes_where_the_child_is_and_a_copy_to_the_placing_authority(laptop_state: State) -> None:
    with work(laptop_state, opening(authority="Northmoor", responsible_authority="Westmarch")) as one:
        one.take("mash", "drafted")
        one.take("mash", "sent")
        sent = one.case.step("mash")
        assert (sent.sent_to, sent.copied_to, sent.sent_at) == ("Northmoor", "Westmarch", FRIDAY)
        one.take("nrm", "drafted")
        one.take("nrm", "sent")
        assert one.case.step("nrm").sent_to == "Home Office, as first responder"
        assert one.case.step("nrm").copied_to is None
    with work(laptop_state, opening(responsible_authority=" westmarch")) as one:
        one.screen("low")
        assert one.case.step("mash").copied_to is None


def test_an_unknown_authority_is_a_state_never_a_default(laptop_state: State) -> None:
    with work(laptop_state, opening(authority=None, responsible_authority="Northmoor")) as one:
        one.take("mash", "drafted")
        assert one.case.authority is None
        assert one.case.next is not None
        assert one.case.next.do == "Find the authority where the person is"
        assert one.case.step("mash").hindrance == "authority to be found"
        with pytest.raises(InputError, match="authority to be found"):
            one.take("mash", "sent")
        found = {"person": "child", "authority": "Northmoor", "responsible_authority": "Northmoor"}
        what = (one.connection, PROCEDURES, one.case_id, one.version, PELL, later(hours=1))
        one.version = cases.move(*what, **found)
        assert one.case.procedure.id == "northmoor-children"
        assert one.states()["mash"] == "drafted"
        one.take("mash", "sent")
        assert (one.case.step("mash").sent_to, one.case.step("mash").hindrance) == ("Northmoor", "")


def test_the_steps_leave_a_history(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.take("mash", "drafted")
        one.take("mash", "sent")
        one.answer("screening", {"missing": "yes"})
        one.answer("screening", {"missing": "not known"})
        told = [(c.field, c.was, c.became) for c in caseload.case_history(one.connection, one.case_id)]
    assert ("MASH referral: state", "not started", "drafted") in told
    assert ("MASH referral: sent to", None, "Westmarch") in told
    assert ("Exploitation screening tool: missing", None, "yes") in told
    assert ("Exploitation screening tool: missing", "yes", "not known") in told
