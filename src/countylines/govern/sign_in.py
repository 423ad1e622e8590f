"""Signing in with a password: counted, locked after too many wrong ones, and silent about which names there are."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
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
    """When an account is locked: after so many wrong passwords in a row, each time for twice as long as the last.

    The longest is short enough that nobody who only knows names can keep a team out for a day, and a day without a
    lock begins anew (NCSC: throttle rather than lock).
    """

    tries: int = 10
    first: dt.timedelta = dt.timedelta(minutes=15)
    longest: dt.timedelta = dt.timedelta(hours=1)
    forgotten: dt.timedelta = dt.timedelta(days=1)


class SignInError(InputError):
    """Nobody was signed in. The message is the same whatever the cause; ``cause`` is for the log only."""

    def __init__(self, cause: str, rules: LockOut = LockOut()) -> None:
        self.cause = cause
        minutes = int(rules.first.total_seconds() // 60)
        super().__init__(REFUSED, ADVICE.format(tries=rules.tries, minutes=minutes))


def sign_in(
    state: State, name: str, password: str, now: dt.datetime, *, rules: LockOut = LockOut(), known: str = ""
) -> Account:
    """The account of whoever knows its password.

    An unknown name, a wrong password, a locked and a closed account get the same answer after about the same time.
    While an account is locked nothing is counted, and not even the right password opens it, but in a browser that
    signed in to it before: wrong tries from elsewhere don't shut that out.

    Args:
        known: what :func:`device` gave to this browser.

    Raises:
        SignInError: nobody is signed in.
    """
    folded = account_rows.sign_in_name(name)
    with state.read() as connection:
        found = connection.execute(select(accounts).where(accounts.c.name == folded)).one_or_none()
    tried = found.password_hash if found else None
    right = passwords.fits(tried, password[:4096])  # outside: it is slow on purpose
    renewed = passwords.hash_password(password) if right and tried and passwords.is_dated(tried) else None
    with state.begin() as connection:
        before = fits_device(known, tried)
        cause, account = _judge(connection, folded, tried, right, now, rules, before)
        if account and not cause:
            values: dict[str, Any] = {"wrong_passwords": 0, "lock_outs": 0, "locked_until": None}
            values |= {"last_sign_in": utc(now)} | ({"password_hash": renewed} if renewed else {})
            account_rows.write(connection, account.account_id, **values)
        account_rows.log_sign_in(connection, account, cause, now)
    if cause or not account:
        raise SignInError(cause, rules)
    return account


def device(state: State, account: Account) -> str:
    """A mark for a browser in which somebody signed in: it opens nothing, and tells that they did.

    It is keyed by the account's password hash, so that another password makes all marks void, and nothing is kept.
    """
    with state.read() as connection:
        hashed = connection.scalar(select(accounts.c.password_hash).where(accounts.c.account_id == account.account_id))
    drawn = secrets.token_urlsafe(12)
    return f"{drawn}.{_sealed(drawn, hashed)}" if hashed else ""


def fits_device(mark: str, hashed: str | None) -> bool:
    """Whether a mark is of an account with this password hash."""
    drawn, _, seal = mark[:200].partition(".")
    return bool(hashed and drawn) and hmac.compare_digest(seal.encode(), _sealed(drawn, hashed or "").encode())


def _sealed(drawn: str, hashed: str) -> str:
    return hmac.new(hashed.encode(), f"countylines device {drawn}".encode(), hashlib.sha256).hexdigest()


def _judge(
    connection: Connection,
    name: str,
    tried: str | None,
    right: bool,
    now: dt.datetime,
    rules: LockOut,
    before: bool,
) -> tuple[str, Account | None]:
    """Why the sign-in is refused (empty = it isn't) and whose it is, as things stand now that others wait."""
    row = connection.execute(select(accounts).where(accounts.c.name == name).with_for_update()).one_or_none()
    if row is None:
        return "unknown name", None
    account = account_rows.from_row(connection, row)
    if row.disabled:
        return "closed account", account
    if row.issuer:
        return "account of single sign-on", account
    if row.locked_until and utc(now) < row.locked_until and not before:
        return "locked account", account
    if not right or row.password_hash != tried:  # the second: changed while we hashed
        return _count_wrong(connection, row, now, rules), account
    return ("" if account.roles else "no role"), account


def _count_wrong(connection: Connection, row: Row[Any], now: dt.datetime, rules: LockOut) -> str:
    wrong = row.wrong_passwords + 1
    if wrong < rules.tries:
        account_rows.write(connection, row.account_id, wrong_passwords=wrong)
        return "wrong password"
    recent = row.locked_until is not None and utc(now) < row.locked_until + rules.forgotten
    lock_outs = row.lock_outs if recent else 0
    until = utc(now) + min(rules.longest, rules.first * 2 ** min(lock_outs, 20))
    account_rows.write(connection, row.account_id, wrong_passwords=0, lock_outs=lock_outs + 1, locked_until=until)
    return "wrong password, now locked"
