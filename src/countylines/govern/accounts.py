"""Accounts: who somebody is, what they may do, and signing in with a password.

Every change, sign-in and refused sign-in is logged in the same transaction: if one fails, so does the other.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import select

from countylines.govern import account_rows, passwords
from countylines.govern.account_rows import Account, sign_in_name
from countylines.govern.chain import clean
from countylines.govern.passwords import PasswordRules
from countylines.govern.schema import accounts, utc
from countylines.govern.sign_in import LockOut, SignInError, sign_in
from countylines.govern.state import State

__all__ = [
    "Account", "LockOut", "SignInError", "change_account", "create_account", "disable", "find_account",
    "get_account", "list_accounts", "set_password", "sign_in",
]  # fmt: skip


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
        InputError: there is no such account, or the password is too easily guessed.
    """
    account = get_account(state, account_id)
    passwords.check(password, account.name, rules)
    values = {"password_hash": passwords.hash_password(password), "password_set_at": utc(now)}
    with state.begin() as connection:
        account_rows.write(connection, account_id, **values, wrong_passwords=0, lock_outs=0, locked_until=None)
        account_rows.end_sessions(connection, account_id, now)
        account_rows.log(connection, account, "change_password", now, by)


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
