"""Signing in with a password: counted, locked after too many wrong ones, and silent about which names there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from countylines.errors import InputError
from countylines.govern import account_rows, passwords
from countylines.govern.account_rows import Account
from countylines.govern.schema import accounts, utc
from countylines.govern.state import State

REFUSED = "this name and password don't belong to an open account"
ADVICE = "check both; after {tries} wrong passwords in a row an account is locked, for {minutes} minutes the first time"


@dataclass(frozen=True)
class LockOut:
    """When an account is locked: after so many wrong passwords in a row, each time for twice as long as the last."""

    tries: int = 10
    first: dt.timedelta = dt.timedelta(minutes=15)
    longest: dt.timedelta = dt.timedelta(hours=24)


class SignInError(InputError):
    """Nobody was signed in. The message is the same whatever the cause; ``cause`` is for the log only."""

    def __init__(self, cause: str, rules: LockOut = LockOut()) -> None:
        self.cause = cause
        minutes = int(rules.first.total_seconds() // 60)
        super().__init__(REFUSED, ADVICE.format(tries=rules.tries, minutes=minutes))


def sign_in(state: State, name: str, password: str, now: dt.datetime, *, rules: LockOut = LockOut()) -> Account:
    """The account of whoever knows its password.

    An unknown name, a wrong password, a locked and a closed account get the same answer after about the same time.
    While an account is locked nothing is counted, and not even the right password opens it.

    Raises:
        SignInError: nobody is signed in.
    """
    folded = account_rows.sign_in_name(name)
    with state.read() as connection:
        found = connection.execute(select(accounts).where(accounts.c.name == folded)).one_or_none()
    right = passwords.fits(found.password_hash if found else None, password[:4096])  # outside: it is slow on purpose
    renewed = passwords.hash_password(password) if right and found and passwords.is_dated(found.password_hash) else None
    with state.begin() as connection:
        cause, account = _judge(connection, folded, found.password_hash if found else None, right, now, rules)
        if account and not cause:
            values: dict[str, Any] = {"wrong_passwords": 0, "lock_outs": 0, "locked_until": None}
            values |= {"last_sign_in": utc(now)} | ({"password_hash": renewed} if renewed else {})
            account_rows.write(connection, account.account_id, **values)
        account_rows.log_sign_in(connection, account, cause, now)
    if cause or not account:
        raise SignInError(cause, rules)
    return account


def _judge(
    connection: Connection, name: str, tried: str | None, right: bool, now: dt.datetime, rules: LockOut
) -> tuple[str, Account | None]:
    """Why the sign-in is refused (empty = it isn't) and whose it is, as things stand now that others wait."""
    row = connection.execute(select(accounts).where(accounts.c.name == name).with_for_update()).one_or_none()
    if row is None:
        return "unknown name", None
    account = account_rows.from_row(connection, row)
    if row.disabled:
        return "closed account", account
    if row.locked_until and utc(now) < row.locked_until:
        return "locked account", account
    if not right or row.password_hash != tried:  # the second: changed while we hashed
        return _count_wrong(connection, row, now, rules), account
    return ("" if account.roles else "no role"), account


def _count_wrong(connection: Connection, row: Row[Any], now: dt.datetime, rules: LockOut) -> str:
    wrong = row.wrong_passwords + 1
    if wrong < rules.tries:
        account_rows.write(connection, row.account_id, wrong_passwords=wrong)
        return "wrong password"
    length = min(rules.longest, rules.first * 2 ** min(row.lock_outs, 20))
    until = utc(now) + length
    account_rows.write(connection, row.account_id, wrong_passwords=0, lock_outs=row.lock_outs + 1, locked_until=until)
    return "wrong password, now locked"
