"""Saved views: the address of a page with its filters under a name, one's own or shared inside the force."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit, notes
from countylines.govern.changes import Conflict, NotThere
from countylines.web.access import Missing, Visit, needs
from countylines.web.sent import number, said

router = APIRouter(include_in_schema=False)

CHANGES = "change_page"  # of the log: reading a page with this action's law would be a consultation


@router.get("/views")
def views(visit: Visit = needs("see_home"), edit: int = 0) -> Response:
    """One's own saved views, and those that others share."""
    return _page(visit, edit)


@router.post("/views")
def save(visit: Visit = needs("see_home")) -> Response:
    """Save a page's address under a name."""
    name, address, shared = _typed(visit)

    def act(connection: Connection) -> int:
        return notes.save_view(connection, name, address, visit.who.account, visit.now, shared=shared)

    return _changed(visit, act, "saved")


@router.post("/views/{view_id}")
def change(view_id: int, visit: Visit = needs("see_home")) -> Response:
    """Rename one's own saved view, or share it."""
    name, address, shared = _typed(visit)
    version = number(visit.form.get("version"))

    def act(connection: Connection) -> int:
        account = visit.who.account
        notes.edit_view(connection, view_id, version, account, visit.now, name=name, address=address, shared=shared)
        return view_id

    return _changed(visit, act, "changed", view_id)


@router.post("/views/{view_id}/withdraw")
def withdraw(view_id: int, visit: Visit = needs("see_home")) -> Response:
    """Withdraw one's own saved view."""
    version = number(visit.form.get("version"))

    def act(connection: Connection) -> int:
        notes.withdraw_view(connection, view_id, version, visit.who.account, visit.now)
        return view_id

    return _changed(visit, act, "withdrawn", view_id)


def seen_views(visit: Visit) -> tuple[list[notes.View], list[notes.View]]:
    """One's own, and those of others: only for people who may share and see names, since addresses may hold them."""
    with visit.house.state.read() as connection:
        every = notes.views(connection, visit.who.account)
    own = [view for view in every if view.owner == visit.who.account.name]
    shared = [view for view in every if view not in own] if visit.can("share_view") and not visit.covered else []
    return own, shared


def _typed(visit: Visit) -> tuple[str, str, bool]:
    shared = visit.form.get("shared") == "1"
    if shared:
        visit.must("share_view")
    return str(visit.form.get("name", "")), str(visit.form.get("address", "")), shared


def _changed(visit: Visit, act: Callable[[Connection], int], step: str, view_id: int = 0) -> Response:
    try:
        with visit.house.state.begin() as connection:
            made = act(connection)
            audit.record(connection, visit.event("view", str(made), action=CHANGES, step=step))
    except NotThere as error:
        raise Missing("There is no such saved view", "See the list of yours.") from error
    except Conflict as conflict:
        return _page(visit, view_id, 409, str(conflict))
    except InputError as error:
        return _page(visit, view_id, 400, said(error))
    return visit.go("/views")


def _page(visit: Visit, edit: int = 0, status: int = 200, error: str = "") -> Response:
    """The list; with what was typed where it couldn't be kept."""
    own, shared = seen_views(visit)
    sent = {name: str(visit.form.get(name, "")) for name in ("name", "address", "shared")} if error else {}
    return visit.page("views.html.j2", status, own=own, shared=shared, edit=edit, error=error, sent=sent)
