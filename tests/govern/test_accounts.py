"""Accounts are made, changed and closed; signing in counts, locks, and tells nobody which names there are."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.accounts import (
    Account,
    LockOut,
    SignInError,
    change_account,
    create_account,
    disable,
    find_account,
    get_account,
    list_accounts,
    set_password,
    sign_in,
)
from countylines.govern.passwords import fits
from countylines.govern.schema import accounts
from countylines.govern.sessions import find_session, start_session
from countylines.govern.state import State
from tests.govern.conftest import GOOD, NOW

MINUTE = dt.timedelta(minutes=1)
QUICK = LockOut(tries=3, first=dt.timedelta(minutes=15), longest=dt.timedelta(minutes=50))


def wrong(state: State, name: str = "a.marrow", at: dt.datetime = NOW, password: str = "not this one at all") -> str:
    """Try to sign in, be refused, and say what the log says of it."""
    with pytest.raises(SignInError) as caught:
        sign_in(state, name, password, at, rules=QUICK)
    assert str(caught.value).startswith("this name and password don't belong to an open account. Check both; after 3")
    return caught.value.cause


def logged(state: State, action: str) -> list[audit.Event]:
    return [entry.event for entry in audit.search(state, audit.Wanted(action=action)).rows]


def test_an_account_on_both_databases(state: State) -> None:
    made = create_account(
        state,
        " A.Marrow ",
        "A. Marrow",
        GOOD,
        ["analyst", "auditor"],
        now=NOW,
        by="root",
        areas=["Aldbridge"],
        cleared=True,
    )
    roles = frozenset({"analyst", "auditor"})
    assert made == Account(made.account_id, "a.marrow", "A. Marrow", roles, ("Aldbridge",), True)
    assert get_account(state, made.account_id) == find_account(state, "A.MARROW") == made
    assert sign_in(state, "A.Marrow", GOOD, NOW) == made
    assert list_accounts(state) == [made]
    (event,) = logged(state, "create_account")
    assert (event.account, event.kind, event.what) == ("root", "account", made.account_id)
    assert event.detail["after"] == {
        "roles": ["analyst", "auditor"],
        "areas": ["Aldbridge"],
        "cleared": True,
        "disabled": False,
    }


def test_no_password_is_kept_or_logged(laptop_state: State, marrow: Account) -> None:
    wrong(laptop_state, password="a secret typed wrongly")
    wrong(laptop_state, name="a secret typed as the name")
    with laptop_state.read() as connection:
        kept = str(connection.execute(select(accounts)).one())
    log = str(list(audit.export(laptop_state)))
    assert GOOD not in kept + log
    assert "secret" not in kept + log


@pytest.mark.parametrize(
    ("name", "roles", "password", "message"),
    [
        ("A.MARROW", ["analyst"], GOOD, "there is an account 'a.marrow' already"),
        (" ", ["analyst"], GOOD, "a name has 1 to 200 characters"),
        ("x" * 201, ["analyst"], GOOD, "a name has 1 to 200 characters"),
        ("ann", ["boss"], GOOD, "there is no role 'boss'. Known are analyst"),
        ("ann", ["analyst"], "short", "password: this has 5 characters"),
    ],
)
def test_what_makes_no_account(
    laptop_state: State, marrow: Account, name: str, roles: list[str], password: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        create_account(laptop_state, name, "", password, roles, now=NOW)
    assert list_accounts(laptop_state) == [marrow]
    assert len(logged(laptop_state, "create_account")) == 1


def test_changes_are_kept_and_logged(laptop_state: State, marrow: Account) -> None:
    changed = change_account(
        laptop_state,
        marrow.account_id,
        now=NOW,
        by="root",
        roles=["auditor"],
        areas=[],
        cleared=True,
        display_name="Ann",
    )
    assert changed == Account(marrow.account_id, "a.marrow", "Ann", frozenset({"auditor"}), (), True)
    assert get_account(laptop_state, marrow.account_id) == changed
    assert change_account(laptop_state, marrow.account_id, now=NOW, by="root") == changed
    event = logged(laptop_state, "change_account")[-1]
    assert event.detail["before"]["roles"] == ["analyst"]
    assert event.detail["after"]["roles"] == ["auditor"]
    with pytest.raises(InputError, match="there is no role"):
        change_account(laptop_state, marrow.account_id, now=NOW, by="root", roles=["boss"], cleared=False)
    assert get_account(laptop_state, marrow.account_id) == changed


def test_unknown_accounts(laptop_state: State) -> None:
    assert find_account(laptop_state, "nobody") is None
    for change in (get_account, lambda state, one: disable(state, one, now=NOW, by="root")):
        with pytest.raises(InputError, match="there is no account 'x'"):
            change(laptop_state, "x")
    with pytest.raises(InputError, match="there is no account 'x'"):
        set_password(laptop_state, "x", GOOD, now=NOW, by="root")


def test_every_refusal_looks_the_same(laptop_state: State, marrow: Account) -> None:
    closed = create_account(laptop_state, "closed", "", GOOD, ["analyst"], now=NOW)
    disable(laptop_state, closed.account_id, now=NOW, by="root")
    create_account(laptop_state, "idle", "", GOOD, [], now=NOW)
    assert wrong(laptop_state) == "wrong password"
    assert wrong(laptop_state, "nobody") == "unknown name"
    assert wrong(laptop_state, "nobody\0") == "unknown name"
    assert wrong(laptop_state, "closed", password=GOOD) == "closed account"
    assert wrong(laptop_state, "idle", password=GOOD) == "no role"
    assert wrong(laptop_state, password="x" * 100_000) == "wrong password"
    assert [event.outcome for event in logged(laptop_state, "sign_in")] == ["refused"] * 6
    assert {event.account for event in logged(laptop_state, "sign_in")} == {"a.marrow", "", "closed", "idle"}


def test_a_sign_in_that_cannot_be_logged_is_none(state: State) -> None:
    create_account(state, "a.marrow", "", GOOD, ["analyst"], now=NOW)
    with state.begin() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO audit_elsewhere"))
    with pytest.raises(DBAPIError, match="audit"):
        sign_in(state, "a.marrow", GOOD, NOW)
    with state.read() as connection:
        assert connection.scalar(select(accounts.c.last_sign_in)) is None


@pytest.mark.parametrize("name", ["", "\0", "a\0b", "\ud800", "x" * 5000, "' OR 1=1 --", "\u202e"])
@pytest.mark.parametrize("password", ["\ud800 and twelve more", "\0" * 12])
def test_nothing_that_is_typed_breaks_signing_in(state: State, name: str, password: str) -> None:
    assert wrong(state, name, password=password) == "unknown name"
    made = create_account(state, "ann", "a\0b", password + GOOD, ["analyst"], now=NOW)
    assert made.display_name == "a\ufffdb"
    assert sign_in(state, "ann", password + GOOD, NOW) == made


def test_too_many_wrong_passwords_lock_for_longer_each_time(state: State) -> None:
    create_account(state, "a.marrow", "", GOOD, ["analyst"], now=NOW)
    at = NOW
    for minutes in (15, 30, 50, 50):
        assert [wrong(state, at=at) for _ in range(3)] == ["wrong password"] * 2 + ["wrong password, now locked"]
        assert wrong(state, at=at + (minutes - 1) * MINUTE, password=GOOD) == "locked account"
        assert wrong(state, at=at + (minutes - 1) * MINUTE) == "locked account"  # and isn't counted
        at += minutes * MINUTE
    assert sign_in(state, "a.marrow", GOOD, at, rules=QUICK).name == "a.marrow"
    assert [wrong(state, at=at) for _ in range(3)][-1] == "wrong password, now locked"
    assert sign_in(state, "a.marrow", GOOD, at + 15 * MINUTE, rules=QUICK).name == "a.marrow"  # the first time again


def test_the_right_password_starts_the_count_anew(laptop_state: State, marrow: Account) -> None:
    for _ in range(3):
        assert [wrong(laptop_state), wrong(laptop_state)] == ["wrong password"] * 2
        assert sign_in(laptop_state, "a.marrow", GOOD, NOW, rules=QUICK) == marrow


def test_the_default_is_ten_tries_and_a_quarter_of_an_hour() -> None:
    assert LockOut().tries == 10
    assert LockOut().first == 15 * MINUTE
    assert str(SignInError("locked account")).endswith("is locked, for 15 minutes the first time.")


def test_wrong_passwords_at_once_are_all_counted(state: State) -> None:
    create_account(state, "a.marrow", "", GOOD, ["analyst"], now=NOW)
    causes: list[str] = []
    threads = [threading.Thread(target=lambda: causes.append(wrong(state))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(causes) == ["locked account"] * 3 + ["wrong password"] * 2 + ["wrong password, now locked"]


def test_another_password_ends_sessions_and_lifts_the_lock(laptop_state: State, marrow: Account) -> None:
    token, _ = start_session(laptop_state, marrow, NOW)
    for _ in range(3):
        wrong(laptop_state)
    set_password(laptop_state, marrow.account_id, "violin tundra sparrow", now=NOW, by="root")
    assert find_session(laptop_state, token, NOW) is None
    assert sign_in(laptop_state, "a.marrow", "violin tundra sparrow", NOW) == marrow
    assert wrong(laptop_state, password=GOOD) == "wrong password"
    with pytest.raises(InputError, match="the account's name is in it"):
        set_password(laptop_state, marrow.account_id, "a.marrow is here", now=NOW, by="root")
    assert logged(laptop_state, "change_password")[0].what == marrow.account_id


def test_a_dated_hash_is_renewed_at_sign_in(laptop_state: State, marrow: Account) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(GOOD)
    with laptop_state.begin() as connection:
        connection.execute(update(accounts).values(password_hash=weak))
    assert sign_in(laptop_state, "a.marrow", GOOD, NOW) == marrow
    with laptop_state.read() as connection:
        kept = connection.scalar(select(accounts.c.password_hash))
    assert kept != weak
    assert fits(kept, GOOD)
    assert sign_in(laptop_state, "a.marrow", GOOD, NOW) == marrow


def test_an_account_without_a_password_signs_in_elsewhere(laptop_state: State, marrow: Account) -> None:
    with laptop_state.begin() as connection:
        connection.execute(update(accounts).values(password_hash=None))
    assert wrong(laptop_state, password="") == "wrong password"
    assert wrong(laptop_state, password=GOOD) == "wrong password"


def test_a_closed_account_can_be_opened_again(laptop_state: State, marrow: Account) -> None:
    assert disable(laptop_state, marrow.account_id, now=NOW, by="root").disabled
    assert wrong(laptop_state, password=GOOD) == "closed account"
    assert disable(laptop_state, marrow.account_id, now=NOW, by="root", disabled=False) == marrow
    assert sign_in(laptop_state, "a.marrow", GOOD, NOW) == marrow
    assert [len(logged(laptop_state, action)) for action in ("close_account", "reopen_account")] == [1, 1]
