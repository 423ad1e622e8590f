"""The reason for access: asked once a session, shown on each page, kept with the log (SCREENS 10)."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines import __version__
from countylines.errors import InputError
from countylines.govern import people, sessions
from countylines.govern.accounts import chosen_by_another
from countylines.web.access import SIGNED_IN, Visit, needs
from countylines.web.frame import menu
from countylines.web.reasons import REASONS
from countylines.web.render import quoted
from countylines.web.sent import said
from countylines.web.signin import inside, told

router = APIRouter(include_in_schema=False)

LENGTHS = {"1": "1 hour", "4": "4 hours", "12": "End of shift"}


@router.get("/reason")
def ask(visit: Visit = needs(SIGNED_IN, reason=False), next: str = "/") -> Response:
    """The form; before it a password of one's own, where an administrator chose the present one."""
    if chosen_by_another(visit.house.state, visit.who.account):
        return RedirectResponse(f"/password?next={quoted(inside(next))}", 303)
    return _form(visit, inside(next))


@router.post("/reason")
def give(visit: Visit = needs(SIGNED_IN, reason=False)) -> Response:
    """Keep the reason with the session and the log."""
    to = inside(str(visit.form.get("next", "/")))
    if chosen_by_another(visit.house.state, visit.who.account):
        return RedirectResponse(f"/password?next={quoted(to)}", 303)
    reason, length = str(visit.form.get("reason", "")), str(visit.form.get("length", "4"))
    if reason == "training" and not visit.house.synthetic:
        return _form(visit, to, {"reason": "This data isn't synthetic: choose another reason"})
    if reason not in REASONS:
        return _form(visit, to, {"reason": "Choose a reason"})
    if length not in LENGTHS:
        return _form(visit, to, {"length": "Choose for how long"})
    hours = dt.timedelta(hours=int(length))
    reference = str(visit.form.get("reference", ""))
    try:
        sessions.give_reason(visit.house.state, visit.who, reason, reference, hours, visit.now)
    except InputError as error:
        return _form(visit, to, {error.field or "reason": said(error)})
    first = menu(visit)[:1]
    if to == "/" and not visit.can("see_home"):
        to = first[0].path if first else "/roles"
    return RedirectResponse(to, 303)


def _form(visit: Visit, to: str, errors: dict[str, str] | None = None) -> Response:
    roles = [people.ROLES[role] for role in sorted(visit.who.account.roles)]
    context = {"to": to, "errors": errors or {}, "reasons": REASONS, "lengths": LENGTHS, "roles": roles}
    return visit.page("reason.html.j2", 400 if errors else 200, version=__version__, runs=told(visit), **context)
