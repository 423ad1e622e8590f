"""Sessions: a token nobody can guess or read back, an end that always comes, and reasons that run out."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.accounts import Account, change_account, create_account, disable
from countylines.govern.schema import sessions
from countylines.govern.sessions import (
    SEEN_EVERY,
    Session,
    SessionRules,
    end_session,
    find_session,
    give_reason,
    give_reason_for_record,
    reason_for_record,
    start_session,
)
from countylines.govern.state import State
from tests.govern.conftest import GOOD, NOW

MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE


@pytest.fixture
def opened(laptop_state: State, marrow: Account) -> tuple[str, Session]:
    """A session begun now, and its token."""
    return start_session(laptop_state, marrow, NOW)


def events(state: State, action: str) -> list[audit.Event]:
    return [entry.event for entry in audit.search(state, audit.Wanted(action=action)).rows]


def test_a_session_on_both_databases(state: State) -> None:
    ann = create_account(state, "ann", "Ann", GOOD, ["safeguarding"], now=NOW, areas=["North"])
    token, session = start_session(state, ann, NOW)
    assert find_session(state, token, NOW) == session
    given = give_reason(state, session, "Safeguarding duty", " Op Lapwing ", 4 * HOUR, NOW)
    assert (given.reason, given.reference, given.reason_until) == ("Safeguarding duty", "Op Lapwing", NOW + 4 * HOUR)
    assert find_session(state, token, NOW + MINUTE) == given
    told = give_reason_for_record(state, given, "record", "crime:1", "asked by the panel", "", NOW)
    assert reason_for_record(state, given, "record", "crime:1") == told
    end_session(state, given, NOW)
    assert find_session(state, token, NOW) is None


def test_tokens_are_long_random_and_not_kept(laptop_state: State, marrow: Account) -> None:
    begun = [start_session(laptop_state, marrow, NOW) for _ in range(20)]
    secrets = {token for token, _ in begun} | {session.csrf for _, session in begun}
    assert len(secrets) == 40
    assert all(len(secret) == 43 for secret in secrets)  # 256 bits in base 64
    with laptop_state.read() as connection:
        kept = str(connection.execute(select(sessions)).all())
    assert not any(token in kept for token, _ in begun)
    assert not any(session.csrf in repr(session) or token in repr(session) for token, session in begun)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "é" * 5000])
def test_a_guessed_token_opens_nothing(laptop_state: State, opened: tuple[str, Session], token: str) -> None:
    assert find_session(laptop_state, token, NOW) is None
    assert find_session(laptop_state, opened[0] + "x", NOW) is None
    assert find_session(laptop_state, opened[0], NOW) is not None


def test_the_kept_hash_opens_nothing(laptop_state: State, opened: tuple[str, Session]) -> None:
    with laptop_state.read() as connection:
        kept = connection.scalar(select(sessions.c.token_hash))
    assert kept
    assert find_session(laptop_state, kept, NOW) is None


def test_an_idle_session_ends(laptop_state: State, opened: tuple[str, Session]) -> None:
    assert find_session(laptop_state, opened[0], NOW + 30 * MINUTE) is None
    assert find_session(laptop_state, opened[0], NOW + 30 * MINUTE - dt.timedelta(seconds=1)) is not None


def test_a_session_in_use_lasts_to_its_end_and_no_longer(laptop_state: State, opened: tuple[str, Session]) -> None:
    at = NOW
    while at + 20 * MINUTE < NOW + 12 * HOUR:
        at += 20 * MINUTE
        assert find_session(laptop_state, opened[0], at) == opened[1]
    assert find_session(laptop_state, opened[0], NOW + 12 * HOUR - dt.timedelta(seconds=1)) == opened[1]
    assert find_session(laptop_state, opened[0], NOW + 12 * HOUR) is None


def test_the_lengths_are_settings(laptop_state: State, opened: tuple[str, Session]) -> None:
    rules = SessionRules(idle=5 * MINUTE, longest=8 * MINUTE)
    assert find_session(laptop_state, opened[0], NOW + 4 * MINUTE, rules) is not None
    assert find_session(laptop_state, opened[0], NOW + 8 * MINUTE, rules) is None
    assert (SessionRules().idle, SessionRules().longest) == (30 * MINUTE, 12 * HOUR)


def test_use_is_written_once_a_minute(laptop_state: State, opened: tuple[str, Session]) -> None:
    def seen() -> dt.datetime:
        with laptop_state.read() as connection:
            return connection.scalars(select(sessions.c.seen_at)).one()

    find_session(laptop_state, opened[0], NOW + SEEN_EVERY / 2)
    assert seen() == NOW
    find_session(laptop_state, opened[0], NOW + SEEN_EVERY)
    assert seen() == NOW + SEEN_EVERY


def test_a_closed_account_is_out_at_once(laptop_state: State, marrow: Account, opened: tuple[str, Session]) -> None:
    disable(laptop_state, marrow.account_id, now=NOW, by="root")
    assert find_session(laptop_state, opened[0], NOW) is None
    disable(laptop_state, marrow.account_id, now=NOW, by="root", disabled=False)
    assert find_session(laptop_state, opened[0], NOW) is None  # opening the account opens no old session


def test_other_roles_count_at_once(laptop_state: State, marrow: Account, opened: tuple[str, Session]) -> None:
    change_account(laptop_state, marrow.account_id, now=NOW, by="root", roles=["auditor"], areas=[])
    found = find_session(laptop_state, opened[0], NOW)
    assert found is not None
    assert (found.account.roles, found.account.areas) == (frozenset({"auditor"}), ())
    change_account(laptop_state, marrow.account_id, now=NOW, by="root", roles=[])
    assert find_session(laptop_state, opened[0], NOW) is None


def test_signing_out_ends_this_session_only(laptop_state: State, marrow: Account, opened: tuple[str, Session]) -> None:
    other, _ = start_session(laptop_state, marrow, NOW)
    end_session(laptop_state, opened[1], NOW)
    assert find_session(laptop_state, opened[0], NOW) is None
    assert find_session(laptop_state, other, NOW) is not None
    assert [event.session_id for event in events(laptop_state, "sign_out")] == [opened[1].session_id]


def test_a_reason_runs_out_before_the_session(laptop_state: State, opened: tuple[str, Session]) -> None:
    token, session = opened
    assert (session.reason, session.reference, session.reason_until) == ("", "", None)
    give_reason(laptop_state, session, "Tasking", "Op Lapwing", 20 * MINUTE, NOW)
    inside, outside = (
        find_session(laptop_state, token, NOW + 19 * MINUTE),
        find_session(laptop_state, token, NOW + 20 * MINUTE),
    )
    assert inside is not None
    assert outside is not None
    assert (inside.reason, outside.reason, outside.reason_until) == ("Tasking", "", None)


def test_a_reason_never_outlives_the_session(laptop_state: State, opened: tuple[str, Session]) -> None:
    given = give_reason(laptop_state, opened[1], "Tasking", "Op Lapwing", dt.timedelta(days=9), NOW + HOUR)
    assert given.reason_until == NOW + 12 * HOUR
    (event,) = events(laptop_state, "give_reason")
    assert (event.reason, event.reference, event.session_id) == ("Tasking", "Op Lapwing", opened[1].session_id)


@pytest.mark.parametrize(
    ("reason", "reference", "hours", "message"),
    [
        (" ", "Op", 1, "reason: say why you need access"),
        ("x" * 201, "Op", 1, "reason: say why"),
        ("Tasking", " \t", 1, "reference: enter an operation or reference"),
        ("Tasking", "x" * 201, 1, "reference: enter an operation or reference"),
        ("Tasking", "Op", 0, "length: say for how long"),
    ],
)
def test_what_is_no_reason(
    laptop_state: State, opened: tuple[str, Session], reason: str, reference: str, hours: int, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        give_reason(laptop_state, opened[1], reason, reference, hours * HOUR, NOW)
    found = find_session(laptop_state, opened[0], NOW)
    assert found is not None
    assert found.reason == ""


def test_a_record_has_its_own_reason_in_each_session(
    laptop_state: State, marrow: Account, opened: tuple[str, Session]
) -> None:
    _, session = opened
    _, other = start_session(laptop_state, marrow, NOW)
    give_reason_for_record(laptop_state, session, "record", "crime:1", "first", "Op", NOW)
    again = give_reason_for_record(laptop_state, session, "record", "crime:1", " second ", "Op", NOW + MINUTE)
    assert reason_for_record(laptop_state, session, "record", "crime:1") == again
    assert (again.reason, again.given_at) == ("second", NOW + MINUTE)
    assert reason_for_record(laptop_state, session, "record", "crime:2") is None
    assert reason_for_record(laptop_state, session, "person", "crime:1") is None
    assert reason_for_record(laptop_state, other, "record", "crime:1") is None
    assert [(event.what, event.reason) for event in events(laptop_state, "give_reason_for_record")] == [
        ("crime:1", "second"),
        ("crime:1", "first"),
    ]
    long = give_reason_for_record(laptop_state, session, "record", "x\0" * 400, "long", "", NOW)
    assert reason_for_record(laptop_state, session, "record", "x\0" * 400) == long
    with pytest.raises(InputError, match="enter why you need to see it"):
        give_reason_for_record(laptop_state, session, "record", "crime:1", " ", "", NOW)
    with pytest.raises(InputError, match="in at most 2,000 characters"):
        give_reason_for_record(laptop_state, session, "record", "crime:1", "x" * 2_001, "", NOW)
    with pytest.raises(InputError, match="reference of at most 200 characters"):
        give_reason_for_record(laptop_state, session, "record", "crime:1", "To check", "x" * 201, NOW)
    give_reason_for_record(laptop_state, session, "record", "crime:1", "x" * 2_000, "y" * 200, NOW)


def test_an_event_of_a_session_says_who_and_why(laptop_state: State, opened: tuple[str, Session]) -> None:
    given = give_reason(laptop_state, opened[1], "Tasking", "Op Lapwing", HOUR, NOW)
    event = given.event("see_people", NOW, kind="person", what="N-1", run_id="r")
    assert event == audit.Event(
        NOW,
        "see_people",
        session_id=given.session_id,
        account="a.marrow",
        roles=frozenset({"analyst"}),
        kind="person",
        what="N-1",
        run_id="r",
        reason="Tasking",
        reference="Op Lapwing",
    )
    assert given.event("see_people", NOW, reason="asked by the panel").reason == "asked by the panel"
