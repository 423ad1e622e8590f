"""Nothing about an adult is sent before consent or a lawful reason, whatever is tried in whatever order."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from countylines.errors import InputError
from countylines.govern import cases
from countylines.govern.procedure import STATES, Procedures
from countylines.govern.state import State, open_state
from countylines.govern.work_schema import work_case_steps
from tests.govern.work import PELL, PROCEDURES, Work, later, opening, work

Move = tuple[str, str, str, str, str]  # step, to, result, why, who decided
CONSENTS: list[Move] = [
    *((step, "done", result, "", "") for step in ("consent", "nrm_consent") for result in ("given", "refused")),
    *((step, "in progress", "", "taken back", "") for step in ("consent", "nrm_consent")),
    *(("consent", "done", "lawful reason", why, who) for why in ("", "risk to life") for who in ("", "DI Fell")),
]
SENDING: list[list[Move]] = [
    [(step, to, "", "", "") for to in ways]
    for step in ("referral", "nrm", "mash")
    for ways in (("drafted",), ("sent",), ("drafted", "sent"), ("not started", "drafted", "sent", "done"))
]
STEPS = [step.id for name in ("example-adults", "example-children") for step in PROCEDURES.named(name).steps]
WORDS = (STATES, ("", "given", "refused", "lawful reason", "high"), ("", "risk to life"), ("", "DI Fell"))


def acts_of(chance: random.Random) -> list[Move | str]:
    """Sixty or so acts: mostly consents and sendings in a likely order, some that are odd, some changes of age."""
    acts: list[Move | str] = []
    for _ in range(40):
        kind = chance.random()
        if kind < 0.45:
            acts.append(chance.choice(CONSENTS))
        elif kind < 0.85:
            acts += chance.choice(SENDING)
        elif kind < 0.95:
            acts.append((chance.choice(STEPS), *(chance.choice(words) for words in WORDS)))  # type: ignore[arg-type]
        else:
            acts.append(chance.choice(["child", "adult", "adult", "age unknown"]))
    return acts


@pytest.fixture(scope="module")
def one_state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return open_state(f"sqlite:///{tmp_path_factory.mktemp('adults')}/state.db")


def test_no_adults_referral_is_ever_sent_without_consent_or_a_lawful_reason(one_state: State) -> None:
    sent: list[str] = []

    @settings(max_examples=25)
    @given(st.integers(0, 2**32))  # a seed: lists that hypothesis draws itself are too short to get anywhere
    def try_it(seed: int) -> None:
        with work(one_state, opening(person="adult")) as one:
            sent.extend(play(one, acts_of(random.Random(seed))))

    try_it()
    assert {"referral", "nrm"} <= set(sent)  # it isn't true for want of trying


def play(one: Work, acts: list[Move | str]) -> Iterator[str]:
    """Try one act after the other; what was sent of an adult, each time after checking that it might be."""
    adult, allowed = True, {"referral": False, "nrm": False}
    for act in acts:
        if isinstance(act, str):
            what = (one.connection, PROCEDURES, one.case_id, one.version, PELL, later(hours=1))
            one.version = cases.move(*what, person=act, authority="Westmarch", responsible_authority=None)  # type: ignore[arg-type]
            adult = act == "adult"
            continue
        step, to, result, why, decided_by = act
        try:
            one.take(step, to, result=result, why=why, decided_by=decided_by)
        except InputError:
            continue
        if adult and to == "sent":
            assert allowed[step]
            yield step
        if step == "consent":
            lawful = to == "done" and result == "lawful reason"
            assert not lawful or (why and decided_by)
            allowed["referral"] = lawful or (to == "done" and result == "given")
        if step == "nrm_consent":
            allowed["nrm"] = to == "done" and result == "given"


def test_with_consent_it_is_sent(one_state: State) -> None:
    with work(one_state, opening(person="adult")) as one:
        one.take("consent", "in progress")
        assert one.case.columns["MASH"] == ("waiting", "Consent asked")
        one.take("consent", "done", result="given")
        one.take("referral", "drafted")
        one.take("referral", "sent")
        assert one.case.step("referral").sent_to == "Westmarch"


def test_a_lawful_reason_names_who_decided_and_why(one_state: State) -> None:
    with work(one_state, opening(person="adult")) as one:
        for missing in ({"why": "risk to life"}, {"decided_by": "DI Fell"}, {}):
            with pytest.raises(InputError, match="is empty"):
                one.take("consent", "done", result="lawful reason", **missing)
        one.take("consent", "done", result="lawful reason", why="risk to life", decided_by="DI Fell")
        one.take("referral", "drafted")
        one.take("referral", "sent")
        kept = one.case.step("consent")
        assert (kept.result, kept.decided_by, kept.why) == ("lawful reason", "DI Fell", "risk to life")
        with pytest.raises(InputError, match="isn't allowed"):
            one.take("nrm_consent", "done", result="lawful reason", why="x", decided_by="DI Fell")


def test_consent_taken_back_stops_a_draft(one_state: State) -> None:
    with work(one_state, opening(person="adult")) as one:
        one.take("consent", "done", result="given")
        one.take("referral", "drafted")
        one.take("consent", "in progress", why="she has changed her mind")
        assert one.case.step("referral").hindrance == "Consent to share is missing"
        with pytest.raises(InputError, match="Consent to share is missing"):
            one.take("referral", "sent")


def test_refusing_the_nrm_opens_the_duty_to_notify(one_state: State) -> None:
    with work(one_state, opening(person="adult")) as one:
        assert one.states()["notify"] == "waiting"
        one.take("nrm_consent", "done", result="refused")
        assert one.states()["notify"] == "not started"
        assert one.case.columns["NRM"] == ("doesn't apply", "Refused")
        one.take("notify", "done", detail="MS-17")
        assert one.case.step("notify").word == "MS-17"


def test_a_child_who_turns_eighteen_needs_consent_from_then_on(one_state: State) -> None:
    with work(one_state, opening()) as one:
        one.take("mash", "drafted")
        what = (one.connection, PROCEDURES, one.case_id, one.version, PELL, later(days=1))
        one.version = cases.move(*what, person="adult", authority="Westmarch", responsible_authority=None)
        assert one.case.procedure.id == "example-adults"
        assert one.case.step("mash").state == "drafted"  # what was done stays to be seen
        with pytest.raises(InputError, match="has no step 'mash'"):
            one.take("mash", "sent")
        sent = select(work_case_steps.c.step).where(work_case_steps.c.sent_at.is_not(None))
        assert one.connection.execute(sent).all() == []


def test_a_childs_procedure_can_never_send_for_an_adult(one_state: State) -> None:
    wrong = Procedures({"example-children": PROCEDURES.named("example-children")})
    with work(one_state, opening()) as one:
        one.take("mash", "drafted")
        one.connection.exec_driver_sql("UPDATE work_cases SET person = 'adult'")
        one.procedures = wrong
        with pytest.raises(InputError, match="consent, in the procedure's needs"):
            one.take("mash", "sent")
