"""One's own account: what it may do, and another password, which nobody else knows."""

from __future__ import annotations

import time

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.errors import InputError
from countylines.govern import accounts
from countylines.web.access import SIGNED_IN, Visit, needs
from countylines.web.sent import said
from countylines.web.signin import TOO_MANY, address_of, enter, inside, tries

router = APIRouter(include_in_schema=False)


@router.get("/password")
def own(visit: Visit = needs(SIGNED_IN, reason=False), next: str = "/") -> Response:
    """The account, and the form for another password."""
    return _form(visit, inside(next), {})


@router.post("/password")
def change(visit: Visit = needs(SIGNED_IN, reason=False)) -> Response:
    """Change it; every session ends, and this browser gets a new one."""
    to = inside(str(visit.form.get("next", "/")))
    old, new, again = (str(visit.form.get(name, "")) for name in ("old", "password", "again"))
    if tries.full(address_of(visit), time.monotonic()):
        return _form(visit, to, {"old": TOO_MANY})
    if new != again:
        return _form(visit, to, {"again": "The two new passwords differ: type the new one twice"})
    try:
        accounts.change_own_password(visit.house.state, visit.who.account, old, new, visit.now)
    except InputError as error:
        if error.field == "old":
            tries.failed(address_of(visit), time.monotonic())
        return _form(visit, to, {error.field or "password": said(error)})
    return enter(visit, visit.who.account, to)


def _form(visit: Visit, to: str, errors: dict[str, str]) -> Response:
    account, state = visit.who.account, visit.house.state
    return visit.page(
        "password.html.j2",
        400 if errors else 200,
        account=account,
        must=bool(accounts.chosen_by_another(state, account)),
        elsewhere=accounts.signs_in_elsewhere(state, account),
        to=to,
        errors=errors,
    )
