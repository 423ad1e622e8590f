"""Accounts as rows: read, written and logged inside a transaction that the caller began."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from countylines.errors import InputError
from countylines.govern import audit, people
from countylines.govern.chain import clean
from countylines.govern.schema import account_roles, accounts, sessions, utc

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        account_id: never changes.
        name: the sign-in name.
        display_name: as pages show it.
        roles: of people.ROLES; several add up.
        areas: own areas; none = all.
        cleared: may open runs with restricted records.
        disabled: may not sign in.
    """

    account_id: str
    name: str
    display_name: str
    roles: frozenset[str]
    areas: tuple[str, ...] = ()
    cleared: bool = False
    disabled: bool = False

    def may(self, action: str) -> bool:
        """Whether this is allowed: by a role, or for restricted records by clearance alone.

        Raises:
            KeyError: there is no such action.
        """
        if self.disabled or not self.roles:
            return False
        return self.cleared if action == "see_restricted" else people.allowed(self.roles, action)

    def areas_for(self, action: str) -> tuple[str, ...]:
        """The areas in which it is allowed; none = all."""
        return self.areas if people.keeps_to_areas(self.roles, action) else ()


def sign_in_name(name: str) -> str:
    """A name as it is kept: without blanks around it, in small letters, in one form of Unicode.

    Example:
        >>> sign_in_name(" A.Marrow ")
        'a.marrow'
    """
    return unicodedata.normalize("NFKC", clean(name)).strip().casefold()


def add(connection: Connection, account: Account, now: dt.datetime, **secrets: Any) -> None:
    """Write a new account; ``secrets`` are the columns that an :class:`Account` doesn't carry.

    Raises:
        InputError: the name is empty, too long or taken, or a role unknown.
    """
    check_names(account.name, account.display_name)
    values = {name: getattr(account, name) for name in ("account_id", "name", "display_name", "areas", "cleared")}
    try:
        with connection.begin_nested():
            connection.execute(insert(accounts).values(**values, created_at=utc(now), **secrets))
    except IntegrityError:
        raise taken(account.name) from None
    write_roles(connection, account.account_id, account.roles)


def check_names(name: str, display_name: str) -> None:
    """Refuse a name to sign in with, or to show, that is empty or too long.

    Raises:
        InputError: it is.
    """
    if not name or len(name) > 200 or len(display_name) > 200:
        raise InputError("a name has 1 to 200 characters", field="name")


def taken(name: str) -> InputError:
    """Somebody signs in with this name already."""
    return InputError(f"there is an account {name!r} already", "choose another name", field="name")


def write_roles(connection: Connection, account_id: str, roles: Iterable[str]) -> None:
    """Give the account these roles and no other.

    Raises:
        InputError: there is no such role.
    """
    wanted = sorted(set(roles))
    for role in wanted:
        if role not in people.ROLES:
            raise InputError(f"there is no role {role!r}", f"known are {', '.join(people.ROLES)}", field="roles")
    connection.execute(delete(account_roles).where(account_roles.c.account_id == account_id))
    if wanted:
        connection.execute(insert(account_roles), [{"account_id": account_id, "role": role} for role in wanted])


def write(connection: Connection, account_id: str, **values: Any) -> None:
    """Change columns of one account.

    Raises:
        InputError: there is no such account.
    """
    if not connection.execute(update(accounts).where(accounts.c.account_id == account_id).values(**values)).rowcount:
        raise unknown(account_id)


def end_sessions(connection: Connection, account_id: str, now: dt.datetime) -> None:
    """End every session of the account."""
    open_ones = (sessions.c.account_id == account_id) & sessions.c.ended_at.is_(None)
    connection.execute(update(sessions).where(open_ones).values(ended_at=utc(now)))


def one(connection: Connection, which: ColumnElement[bool]) -> Account | None:
    """The account that fits, if there is one."""
    row = connection.execute(select(accounts).where(which)).one_or_none()
    return from_row(connection, row) if row else None


def by_id(connection: Connection, account_id: str) -> Account:
    """The account with this id.

    Raises:
        InputError: there is no such account.
    """
    found = one(connection, accounts.c.account_id == account_id)
    if found is None:
        raise unknown(account_id)
    return found


def from_row(connection: Connection, row: Row[Any]) -> Account:
    """The account that a row of ``accounts`` holds, with its roles."""
    roles = connection.scalars(select(account_roles.c.role).where(account_roles.c.account_id == row.account_id))
    known = frozenset(roles) & people.ROLES.keys()
    return Account(row.account_id, row.name, row.display_name, known, row.areas, row.cleared, row.disabled)


def log(connection: Connection, account: Account, action: str, now: dt.datetime, by: str, **detail: Any) -> None:
    """Write to the log what was done to an account, with what it may do from now on."""
    told = {"name": account.name, "after": facts(account), **detail}
    audit.record(
        connection,
        audit.Event(now, action, account=by, kind="account", what=account.account_id, detail=told),
    )


def log_sign_in(
    connection: Connection, account: Account | None, cause: str, now: dt.datetime, detail: Mapping[str, Any] = NOTHING
) -> None:
    """Write a sign-in to the log, refused if there is a cause.

    Args:
        account: None = no account is known; a name that was typed isn't kept, since people type their password there by
            mistake.
    """
    given: dict[str, Any] = {}
    if account:
        given = {"account": account.name, "roles": account.roles, "what": account.account_id}
    outcome, told = ("refused", {**detail, "cause": cause}) if cause else ("allowed", detail)
    audit.record(connection, audit.Event(now, "sign_in", outcome, kind="account", detail=told, **given))


def facts(account: Account) -> dict[str, Any]:
    """What an account may do, for the log."""
    return {
        "roles": sorted(account.roles),
        "areas": list(account.areas),
        "cleared": account.cleared,
        "disabled": account.disabled,
    }


def unknown(account_id: str) -> InputError:
    """There is no such account."""
    return InputError(f"there is no account {account_id!r}", field="account")
