"""Rulings: two people, never one; safeguarding where it must be; a review date; reversible, and all of it kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import product

import pytest

from countylines.errors import InputError
from countylines.govern import rulings
from countylines.govern.changes import Conflict, history
from countylines.govern.decisions_file import as_decisions
from countylines.govern.rulings import NO_SIGN, Hit, Proposal
from countylines.govern.state import State
from countylines.govern.work_schema import work_rulings
from countylines.tables import DECISIONS, EXTRACTS, UNRANKED
from tests.govern.work import FRIDAY, MARROW, OAK, PELL, later

TODAY = FRIDAY.date()
REVIEW = TODAY + dt.timedelta(days=90)
WRONG = Proposal("wrong person", "another man of that name", REVIEW, "n1", "crime:1")


def test_proposed_confirmed_withdrawn(state: State) -> None:
    with state.begin() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
        assert rulings.in_force(connection, TODAY) == []
        assert rulings.confirm(connection, key, 1, OAK, later(hours=1), guarded=False) == 2
        (one,) = rulings.in_force(connection, TODAY)
        assert (one.proposed_by, one.confirmed_by, one.status) == ("a.marrow", "s.oak", "confirmed")
        assert rulings.withdraw(connection, key, 2, "it was him", MARROW, later(hours=2)) == 3
        assert rulings.in_force(connection, TODAY) == []
        kept = rulings.ruling(connection, key)
        assert (kept.status, kept.ended_by, kept.end_reason) == ("withdrawn", "a.marrow", "it was him")
        assert kept.confirmed_by == "s.oak"
        told = [(c.field, c.was, c.became, c.by) for c in history(connection, work_rulings, key)]
        assert ("status", "proposed", "confirmed", "s.oak") in told
        assert ("status", "confirmed", "withdrawn", "a.marrow") in told
        assert rulings.propose(connection, WRONG, MARROW, later(hours=3)) != key  # it may be made again


def test_nobody_confirms_their_own(laptop_state: State) -> None:
    renamed = dataclasses.replace(MARROW, name="other")
    namesake = dataclasses.replace(OAK, name=" A.MARROW ")
    with laptop_state.begin() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
        for by in (MARROW, renamed, namesake):
            with pytest.raises(InputError, match="nobody confirms their own"):
                rulings.confirm(connection, key, 1, by, FRIDAY)
        assert rulings.in_force(connection, TODAY) == []


def test_who_may_confirm_what(laptop_state: State) -> None:
    accounts = (MARROW, OAK, PELL)
    for kind, first, second, guarded in product(DECISIONS, accounts, accounts, (False, True)):
        releases = kind in (NO_SIGN, UNRANKED) or (guarded and kind in ("not county lines", "wrong person"))
        allowed = first is not second and (not releases or PELL in (first, second))
        with laptop_state.engine.connect() as connection:
            key = rulings.propose(connection, Proposal(kind, "read", REVIEW, "n1"), first, FRIDAY)
            if allowed:
                rulings.confirm(connection, key, 1, second, FRIDAY, guarded=guarded)
            else:
                with pytest.raises(InputError, match=r"nobody confirms|safeguarding role"):
                    rulings.confirm(connection, key, 1, second, FRIDAY, guarded=guarded)
            assert len(rulings.in_force(connection, TODAY)) == allowed, (kind, first.name, second.name)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"review_by": TODAY}, "isn't later than today"),
        ({"review_by": TODAY - dt.timedelta(days=1)}, "isn't later than today"),
        ({"review_by": TODAY + dt.timedelta(days=732)}, "more than two years away"),
        ({"reason": " "}, "the reason is empty"),
        ({"decision": "guilty"}, "isn't allowed"),
        ({"nominal_id": None, "record_id": None}, "neither a person nor a record"),
        ({"decision": "victim not offender", "nominal_id": None}, "is about a person"),
        ({"decision": NO_SIGN}, "about the whole person"),
        ({"decision": UNRANKED}, "about the whole person"),
        ({"record_id": None, "hit": Hit("OTHER", "RUNNER", 3, 9)}, "a ruling on a hit is on its record"),
        ({"hit": Hit("OTHER", "RUNNER", 9, 3)}, "the hit's place isn't one"),
    ],
)
def test_what_is_refused(laptop_state: State, wrong: dict[str, object], said: str) -> None:
    with laptop_state.engine.connect() as connection, pytest.raises(InputError, match=said):
        rulings.propose(connection, dataclasses.replace(WRONG, **wrong), MARROW, FRIDAY)  # type: ignore[arg-type]


def test_a_ruling_ends_on_its_review_date(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
        rulings.confirm(connection, key, 1, OAK, FRIDAY, guarded=False)
        one = rulings.ruling(connection, key)
        for day, state in ((-1, "confirmed"), (0, "expired"), (1, "expired")):
            on = REVIEW + dt.timedelta(days=day)
            assert one.state(on) == state
            assert len(rulings.in_force(connection, on)) == (state == "confirmed")
        late = rulings.propose(connection, dataclasses.replace(WRONG, record_id="crime:2"), MARROW, FRIDAY)
        with pytest.raises(InputError, match="has come"):
            rulings.confirm(connection, late, 1, OAK, later(days=90))


def test_the_same_ruling_is_not_made_twice(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
        with pytest.raises(InputError, match=rf"proposed already, by a\.marrow. Look at ruling {key}"):
            rulings.propose(connection, WRONG, OAK, FRIDAY)
        rulings.propose(connection, dataclasses.replace(WRONG, record_id=None), OAK, FRIDAY)
        rulings.refuse(connection, key, 1, "no doubt it is him", OAK, FRIDAY)
        with pytest.raises(InputError, match="is refused"):
            rulings.confirm(connection, key, 2, OAK, FRIDAY)
        with pytest.raises(InputError, match="is refused"):
            rulings.withdraw(connection, key, 2, "why", OAK, FRIDAY)
        assert len(rulings.rulings(connection, nominal_id="n1")) == 2


@pytest.mark.parametrize("kind", DECISIONS)
def test_a_ruling_is_renewed_before_it_ends_by_two_people(state: State, kind: str) -> None:
    """Nothing lapses in between: the old one holds until its day, the new one from when it was confirmed."""
    first = Proposal(kind, "seen", REVIEW, "n1")
    near, until = REVIEW - rulings.RENEWED, REVIEW + dt.timedelta(days=60)
    with state.begin() as connection:
        key = rulings.propose(connection, first, MARROW, FRIDAY)
        with pytest.raises(InputError, match="can't be renewed now: it is proposed"):
            rulings.renew(connection, key, "still so", until, MARROW, FRIDAY)
        rulings.confirm(connection, key, 1, PELL, FRIDAY)
        early = FRIDAY + (near - TODAY) - dt.timedelta(days=1)
        with pytest.raises(InputError, match=rf"confirmed until {REVIEW}. One in force can be renewed from 30 days"):
            rulings.renew(connection, key, "still so", until, MARROW, early)
        then = early + dt.timedelta(days=1)
        with pytest.raises(InputError, match="holds until"):
            rulings.renew(connection, key, "still so", REVIEW, MARROW, then)
        again = rulings.renew(connection, key, "still so", until, MARROW, then)
        with pytest.raises(InputError, match="the same ruling is proposed already"):
            rulings.renew(connection, key, "still so", until, OAK, then)
        with pytest.raises(InputError, match="nobody confirms their own"):
            rulings.confirm(connection, again, 1, MARROW, then)
        rulings.confirm(connection, again, 1, PELL, then)
        for day, wanted in ((near, [key, again]), (REVIEW, [again]), (until, [])):
            assert [one.ruling_id for one in rulings.in_force(connection, day)] == wanted
            assert as_decisions(connection, day)["nominal_id"].to_list() == ["n1"] * len(wanted)
        assert rulings.unranked(connection, near)["ruling_id"].to_list() == ([again] if kind == UNRANKED else [])
        assert rulings.ruling(connection, again).hit == first.hit


def test_what_somebody_asked_to_withdraw_is_not_renewed(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, Proposal(UNRANKED, "cuckooed", REVIEW, "n1"), MARROW, FRIDAY)
        rulings.confirm(connection, key, 1, PELL, FRIDAY)
        rulings.withdraw(connection, key, 2, "not so", OAK, FRIDAY)
        for at in (later(days=89), later(days=91)):
            with pytest.raises(InputError, match="can't be renewed"):
                rulings.renew(connection, key, "still so", REVIEW + dt.timedelta(days=60), MARROW, at)


def test_two_people_confirm_at_once(state: State) -> None:
    with state.begin() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
    with state.begin() as connection:
        rulings.confirm(connection, key, 1, OAK, FRIDAY, guarded=False)
    refused = pytest.raises(Conflict, match=r"s\.oak changed status from 'proposed' to 'confirmed'")
    with refused, state.begin() as connection:
        rulings.refuse(connection, key, 1, "no", PELL, FRIDAY)


def test_a_ruling_on_a_hit_names_it_and_is_on_its_record(state: State) -> None:
    hit = Hit("OTHER", "RUNNER", 17, 23)
    with state.begin() as connection:
        proposal = Proposal("not county lines", "a cross-country runner", REVIEW, None, "crime:1", hit)
        key = rulings.propose(connection, proposal, MARROW, FRIDAY)
        rulings.confirm(connection, key, 1, OAK, later(hours=1), guarded=False)
        assert rulings.ruling(connection, key).hit == hit
        frame = as_decisions(connection, TODAY)
    assert frame.columns == EXTRACTS["decisions"].names
    at = later(hours=1).replace(tzinfo=None)
    reason = "a cross-country runner [OTHER: RUNNER]"
    assert frame.rows() == [(None, "crime:1", "not county lines", "a.marrow", "s.oak", at, reason, REVIEW)]


def test_the_separate_list_is_not_ranked_here_and_in_the_next_run(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        for person in ("n2", "n1"):
            key = rulings.propose(connection, Proposal(UNRANKED, "cuckooed", REVIEW, person), MARROW, FRIDAY)
            rulings.confirm(connection, key, 1, PELL, FRIDAY)
        listed = rulings.unranked(connection, TODAY)
        assert listed["nominal_id"].to_list() == ["n1", "n2"]
        assert not {"rank", "score"} & set(listed.columns)
        written = as_decisions(connection, TODAY)
        assert written.select("nominal_id", "decision").rows() == [("n1", UNRANKED), ("n2", UNRANKED)]
        assert rulings.unranked(connection, REVIEW).is_empty()


def test_what_a_ruling_sets_aside_is_of_somebody_guarded_unless_it_is_known(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, WRONG, MARROW, FRIDAY)
        with pytest.raises(InputError, match="one of the two people must have the safeguarding role"):
            rulings.confirm(connection, key, 1, OAK, FRIDAY)
        assert rulings.confirm(connection, key, 1, PELL, FRIDAY) == 2


@pytest.mark.parametrize("kind", [UNRANKED, "victim not offender"])
def test_a_ruling_that_may_protect_is_withdrawn_by_two_people(state: State, kind: str) -> None:
    """It is in force until somebody of safeguarding agrees, who isn't the one who asked."""
    with state.begin() as connection:
        key = rulings.propose(connection, Proposal(kind, "cuckooed", REVIEW, "n1"), MARROW, FRIDAY)
        rulings.confirm(connection, key, 1, PELL, FRIDAY)
        with pytest.raises(InputError, match="nobody asked to withdraw"):
            rulings.agree(connection, key, 2, PELL, FRIDAY)
        assert rulings.withdraw(connection, key, 2, "a dealer after all", OAK, later(days=1)) == 3
        (one,) = rulings.in_force(connection, TODAY)
        assert (one.leaving(TODAY), one.asked_by, one.asked_why) == (True, "s.oak", "a dealer after all")
        assert (one.state(TODAY), one.ended_by, one.ended_at, one.end_reason) == ("confirmed", None, None, None)
        with pytest.raises(InputError, match=r"s\.oak asked for that already"):
            rulings.withdraw(connection, key, 3, "me, too", MARROW, later(days=1))
        with pytest.raises(InputError, match="Ask a safeguarding officer to agree"):
            rulings.agree(connection, key, 3, MARROW, later(days=1))
        assert rulings.keep(connection, key, 3, MARROW, later(days=2)) == 4
        kept = rulings.ruling(connection, key)
        assert (kept.leaving(TODAY), kept.asked_by, kept.asked_at, kept.asked_why) == (False, None, None, None)
        rulings.withdraw(connection, key, 4, "asked again", PELL, later(days=3))
        renamed = dataclasses.replace(PELL, name="other")
        namesake = dataclasses.replace(PELL, account_id="a-new", name=" J.PELL ")
        for by in (PELL, renamed, namesake):
            with pytest.raises(InputError, match="nobody agrees to what they asked for"):
                rulings.agree(connection, key, 5, by, later(days=3))
        rulings.keep(connection, key, 5, PELL, later(days=3))
        rulings.withdraw(connection, key, 6, "a dealer after all", OAK, later(days=4))
        assert rulings.agree(connection, key, 7, PELL, later(days=5)) == 8
        assert rulings.in_force(connection, TODAY) == []
        over = rulings.ruling(connection, key)
        assert (over.status, over.ended_by, over.end_reason) == ("withdrawn", "j.pell", "a dealer after all")
        assert (over.leaving(TODAY), over.asked_by, over.asked_at) == (False, "s.oak", later(days=4))
        told = [(c.field, c.became, c.by) for c in history(connection, work_rulings, key)]
        assert ("asked by", "s.oak", "s.oak") in told
        assert [(became, by) for field, became, by in told if field == "ended by"] == [("j.pell", "j.pell")]


@pytest.mark.parametrize("asked", [False, True])
def test_what_has_expired_is_over(laptop_state: State, asked: bool) -> None:
    """Also where its withdrawal was asked for: there is nothing left to withdraw, to agree to or to keep."""
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, Proposal(UNRANKED, "cuckooed", REVIEW, "n1"), MARROW, FRIDAY)
        version = rulings.confirm(connection, key, 1, PELL, FRIDAY)
        if asked:
            version = rulings.withdraw(connection, key, version, "a dealer after all", OAK, FRIDAY)
        one = rulings.ruling(connection, key)
        assert (one.leaving(TODAY), one.leaving(REVIEW), one.state(REVIEW)) == (asked, False, "expired")
        with pytest.raises(InputError, match=f"ruling {key} is expired"):
            rulings.withdraw(connection, key, version, "why", OAK, later(days=90))
        for act in (rulings.agree, rulings.keep):
            with pytest.raises(InputError, match=f"ruling {key} is expired"):
                act(connection, key, version, PELL, later(days=90))


def test_a_proposal_is_withdrawn_by_one(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = rulings.propose(connection, Proposal(UNRANKED, "cuckooed", REVIEW, "n1"), MARROW, FRIDAY)
        rulings.withdraw(connection, key, 1, "a slip", MARROW, FRIDAY)
        assert rulings.ruling(connection, key).status == "withdrawn"
