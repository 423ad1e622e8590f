"""Names on request: who sees them only after asking, asks here; each request is logged (SCREENS, roles)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines.govern import sessions
from countylines.web.access import Visit, needs
from countylines.web.signin import inside

router = APIRouter(include_in_schema=False)


@router.post("/names")
def names(visit: Visit = needs("uncover_names")) -> Response:
    """Show names for the rest of this session's reason, or cover them again; then back to the page."""
    if visit.form.get("show") == "yes":
        sessions.show_names(visit.house.state, visit.who, visit.now)
    else:
        sessions.cover_names(visit.house.state, visit.who)
    return RedirectResponse(inside(str(visit.form.get("next", "/"))), 303)
