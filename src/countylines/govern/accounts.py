"""Accounts: who somebody is, what they may do, and signing in with a password.

Every change, sign-in and refused sign-in is logged in the same transaction: if one fails, so does the other.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import select

from countylines.errors import InputError
from countylines.govern import account_rows, passwords
from countylines.govern.account_rows import Account, sign_in_name
from countylines.govern.chain import clean
from countylines.govern.passwords import PasswordRules
from countylines.govern.schema import accounts, audit, utc
from countylines.govern.sign_in import LockOut, SignInError, sign_in
from countylines.govern.state import State

__all__ = [
    "Account", "LockOut", "SignInError", "change_account", "change_own_password", "check_new", "chosen_by_another",
    "create_account", "disable", "find_account", "get_account", "list_accounts", "locked_until", "set_password",
    "sign_in", "signs_in_elsewhere", "unlock",
]  # fmt: skip


def check_new(state: State | None, name: str, display_name: str) -> None:
    """Refuse the names of an account that can't be made, before a password is asked for.

    Args:
        state: None = there is none yet.

    Raises:
        InputError: a name is empty or too long, or the name to sign in with taken.
    """
    name = sign_in_name(name)
    account_rows.check_names(name, display_name or name)
    if state and find_account(state, name):
        raise account_rows.taken(name)


def create_account(
    state: State,
    name: str,
    display_name: str,
    password: str,
    roles: Iterable[str],
    *,
    now: dt.datetime,
    by: str = "",
    areas: Iterable[str] = (),
    cleared: bool = False,
    rules: PasswordRules = PasswordRules(),
) -> Account:
    """Make an account that signs in with a password.

    Args:
        by: the account of who does it, for the log; empty = whoever runs the program.

    Raises:
        InputError: the name is taken or empty, the password too easily guessed, or a role unknown.
    """
    display_name = clean(display_name).strip() or clean(name).strip()
    name = sign_in_name(name)
    passwords.check(password, name, rules)
    account = Account(uuid.uuid4().hex, name, display_name, frozenset(roles), tuple(areas), cleared)
    hashed = passwords.hash_password(password)
    with state.begin() as connection:
        account_rows.add(connection, account, now, password_hash=hashed, password_set_at=utc(now))
        account_rows.log(connection, account, "create_account", now, by)
    return account


def set_password(
    state: State, account_id: str, password: str, *, now: dt.datetime, by: str, rules: PasswordRules = PasswordRules()
) -> None:
    """Give an account another password; its sessions end and its lock is lifted.

    Raises:
        InputError: there is no such account, it is one of single sign-on, or the password is too easily guessed.
    """
    account = get_account(state, account_id)
    if signs_in_elsewhere(state, account):
        said = "this account belongs to the force's own sign-in: a password here would go round it"
        raise InputError(said, "make another account", field="password")
    passwords.check(password, account.name, rules)
    values = {"password_hash": passwords.hash_password(password), "password_set_at": utc(now)}
    with state.begin() as connection:
        account_rows.write(connection, account_id, **values, wrong_passwords=0, lock_outs=0, locked_until=None)
        account_rows.end_sessions(connection, account_id, now)
        account_rows.log(connection, account, "change_password", now, by)


def change_own_password(
    state: State, account: Account, old: str, new: str, now: dt.datetime, rules: PasswordRules = PasswordRules()
) -> None:
    """Give one's own account another password: the old one is asked for, and every session ends.

    Raises:
        InputError: the old password isn't right, or the new one is the same or too easily guessed.
    """
    with state.read() as connection:
        hashed = connection.scalar(select(accounts.c.password_hash).where(accounts.c.account_id == account.account_id))
    if not passwords.fits(hashed, old[:4096]):
        raise InputError("your password until now isn't right", "type it again", field="old")
    if new == old:
        raise InputError("this is your password until now", "choose another one", field="password")
    set_password(state, account.account_id, new, now=now, by=account.name, rules=rules)


def chosen_by_another(state: State, account: Account) -> str:
    """Who chose the password that this account has, if it was another account: that person knows it; else empty."""
    c = audit.c
    about = (c.kind == "account") & (c.what == account.account_id)
    made = c.action.in_(("create_account", "change_password"))
    with state.read() as connection:
        by = connection.scalar(select(c.account).where(about, made).order_by(c.number.desc()).limit(1))
    return by if by and by != account.name else ""


def signs_in_elsewhere(state: State, account: Account) -> bool:
    """Whether it is an account of single sign-on."""
    with state.read() as connection:
        return bool(connection.scalar(select(accounts.c.issuer).where(accounts.c.account_id == account.account_id)))


def unlock(state: State, account_id: str, *, now: dt.datetime, by: str) -> None:
    """Lift the lock after wrong passwords, without another password; it is logged."""
    account = get_account(state, account_id)
    with state.begin() as connection:
        account_rows.write(connection, account_id, wrong_passwords=0, lock_outs=0, locked_until=None)
        account_rows.log(connection, account, "unlock_account", now, by)


def locked_until(state: State, account: Account, now: dt.datetime) -> dt.datetime | None:
    """Until when it is locked after wrong passwords; None = it isn't."""
    with state.read() as connection:
        until = connection.scalar(select(accounts.c.locked_until).where(accounts.c.account_id == account.account_id))
    return until if until and utc(now) < until else None


def disable(state: State, account_id: str, *, now: dt.datetime, by: str, disabled: bool = True) -> Account:
    """Close an account, at once in its sessions, too; or open it again."""
    with state.begin() as connection:
        account_rows.write(connection, account_id, disabled=disabled)
        if disabled:
            account_rows.end_sessions(connection, account_id, now)
        account = account_rows.by_id(connection, account_id)
        account_rows.log(connection, account, "close_account" if disabled else "reopen_account", now, by)
    return account


def change_account(
    state: State,
    account_id: str,
    *,
    now: dt.datetime,
    by: str,
    roles: Iterable[str] | None = None,
    areas: Iterable[str] | None = None,
    cleared: bool | None = None,
    display_name: str | None = None,
) -> Account:
    """Change what somebody may do, at once in their sessions, too; what isn't given stays.

    Raises:
        InputError: there is no such account or role.
    """
    given = {"areas": None if areas is None else tuple(areas), "cleared": cleared, "display_name": display_name}
    changes = {name: value for name, value in given.items() if value is not None}
    with state.begin() as connection:
        before = account_rows.by_id(connection, account_id)
        if changes:
            account_rows.write(connection, account_id, **changes)
        if roles is not None:
            account_rows.write_roles(connection, account_id, frozenset(roles))
        account = account_rows.by_id(connection, account_id)
        account_rows.log(connection, account, "change_account", now, by, before=account_rows.facts(before))
    return account


def list_accounts(state: State) -> list[Account]:
    """Every account, by name."""
    with state.read() as connection:
        rows = connection.execute(select(accounts).order_by(accounts.c.name)).all()
        return [account_rows.from_row(connection, row) for row in rows]


def get_account(state: State, account_id: str) -> Account:
    """One account.

    Raises:
        InputError: there is no such account.
    """
    with state.read() as connection:
        return account_rows.by_id(connection, account_id)


def find_account(state: State, name: str) -> Account | None:
    """The account of a sign-in name, if there is one."""
    with state.read() as connection:
        return account_rows.one(connection, accounts.c.name == sign_in_name(name))
