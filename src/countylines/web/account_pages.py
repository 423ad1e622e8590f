"""Accounts for administrators, who see no person of the data; and, for everybody, which role may do what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.errors import InputError
from countylines.govern import accounts, people
from countylines.govern.account_rows import Account, facts
from countylines.govern.chain import canonical
from countylines.web.access import SIGNED_IN, Missing, Visit, needs
from countylines.web.sent import said

router = APIRouter(include_in_schema=False)

MANY = 200  # roles or areas in one form
OWN = "Your own account is changed by another administrator"
STALE = "Somebody changed this account while you looked at it: check what it says now"


@router.get("/accounts")
def list_all(visit: Visit = needs("administer_accounts"), done: str = "") -> Response:
    """Every account."""
    visit.log("account", "list", action="administer_accounts")
    return _list(visit, done=done)


@router.post("/accounts")
def add(visit: Visit = needs("administer_accounts")) -> Response:
    """A new account."""
    name, shown = _text(visit, "name"), _text(visit, "display_name")
    roles, areas, cleared = _given(visit)
    errors = {} if roles else {"roles": "Choose at least one role"}
    if not errors:
        try:
            accounts.create_account(
                visit.house.state,
                name,
                shown,
                str(visit.form.get("password", "")),
                roles,
                now=visit.now,
                by=visit.who.account.name,
                areas=areas,
                cleared=cleared,
            )
        except InputError as error:
            errors = {error.field or "password": said(error)}
    if errors:
        sent = {"name": name, "display_name": shown, "roles": roles, "areas": ", ".join(areas), "cleared": cleared}
        return _list(visit, errors, sent)
    return visit.go("/accounts", done="made")


@router.get("/accounts/{account_id}")
def one(account_id: str, visit: Visit = needs("administer_accounts"), done: str = "") -> Response:
    """One account."""
    account = _found(visit, account_id)
    visit.log("account", account_id, action="administer_accounts")
    return _one(visit, account, done=done)


@router.post("/accounts/{account_id}")
def change(account_id: str, visit: Visit = needs("administer_accounts")) -> Response:
    """Change what it may do; close or open it; give it another password."""
    account = _found(visit, account_id)
    do = str(visit.form.get("do", ""))
    try:
        _change(visit, account, do)
    except InputError as error:
        return _one(visit, _found(visit, account_id), {error.field or "password": said(error)})
    return visit.go(f"/accounts/{account_id}", done=do)


@router.get("/roles")
def roles(visit: Visit = needs(SIGNED_IN)) -> Response:
    """Which role may do what: the matrix itself, for everybody."""
    return visit.page("roles.html.j2", roles=people.ROLES, actions=people.ACTIONS)


def version_of(account: Account) -> str:
    """What an account says, as a short text: a form sends it back, so that nobody overwrites what they didn't see.

    Example:
        >>> before = Account("1", "a", "A", frozenset({"analyst"}))
        >>> version_of(before) == version_of(Account("1", "a", "A", frozenset({"auditor"})))
        False
    """
    told = canonical({**facts(account), "display_name": account.display_name})
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _change(visit: Visit, account: Account, do: str) -> None:
    about: dict[str, Any] = {"now": visit.now, "by": visit.who.account.name}
    state, own = visit.house.state, account.account_id == visit.who.account.account_id
    if do == "password":
        accounts.set_password(state, account.account_id, str(visit.form.get("password", "")), **about)
        return
    if do == "unlock":
        accounts.unlock(state, account.account_id, **about)
        return
    if own:
        raise InputError(OWN, field="roles")
    if str(visit.form.get("version", "")) != version_of(account):
        raise InputError(STALE, field="roles")
    if do in ("close", "reopen"):
        accounts.disable(state, account.account_id, disabled=do == "close", **about)
    elif do == "save":
        roles, areas, cleared = _given(visit)
        if not roles:
            raise InputError("Choose at least one role, or close the account", field="roles")
        shown = _text(visit, "display_name") or account.name
        given: dict[str, Any] = {"roles": roles, "areas": areas, "cleared": cleared, "display_name": shown}
        accounts.change_account(state, account.account_id, **given, **about)
    else:
        raise InputError("Choose what to do", field="roles")


def _given(visit: Visit) -> tuple[list[str], list[str], bool]:
    """Roles, areas and clearance of the form; each role is a field of its own, areas stand between commas."""
    roles = [role for role in people.ROLES if visit.form.get(f"role-{role}")]
    written = _text(visit, "areas", 4_000).replace("\n", ",").split(",")
    areas = list(dict.fromkeys(area.strip() for area in written if area.strip()))[:MANY]
    return roles, areas, bool(visit.form.get("cleared"))


def _text(visit: Visit, name: str, longest: int = 200) -> str:
    return str(visit.form.get(name, "")).strip()[:longest]


def _found(visit: Visit, account_id: str) -> Account:
    try:
        return accounts.get_account(visit.house.state, account_id)
    except InputError as error:
        raise Missing("There is no such account", "Choose one from the list of accounts.") from error


def _list(
    visit: Visit, errors: Mapping[str, str] | None = None, sent: Mapping[str, Any] | None = None, done: str = ""
) -> Response:
    empty = {"name": "", "display_name": "", "roles": [], "areas": "", "cleared": False}
    return visit.page(
        "accounts.html.j2",
        400 if errors else 200,
        accounts=accounts.list_accounts(visit.house.state),
        roles=people.ROLES,
        errors=errors or {},
        sent=sent or empty,
        done=done,
    )


def _one(visit: Visit, account: Account, errors: Mapping[str, str] | None = None, done: str = "") -> Response:
    return visit.page(
        "account.html.j2",
        400 if errors else 200,
        account=account,
        version=version_of(account),
        own=account.account_id == visit.who.account.account_id,
        elsewhere=accounts.signs_in_elsewhere(visit.house.state, account),
        locked=accounts.locked_until(visit.house.state, account, visit.now),
        roles=people.ROLES,
        errors=errors or {},
        done=done,
    )
