"""What is shown when something can't be: plain words, what to do, and never more than the person may know."""

from __future__ import annotations

import logging
import sqlite3

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from polars.exceptions import PolarsError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from countylines.errors import InputError
from countylines.govern import people
from countylines.web.access import SAFE, SIGNED_IN, Covered, Missing, NoReason, Refused, SignedOut, Unsent, Visit, here
from countylines.web.index import NotReady
from countylines.web.render import quoted
from countylines.web.security import TooLarge, carried
from countylines.web.shelf import NoRun, possible
from countylines.web.typed import typed_again

log = logging.getLogger(__name__)

ABOUT = {"nominal_id": "person", "record_id": "record", "line_id": "line", "group_id": "group",
         "person": "person", "record": "record", "around": "person", "group": "group"}  # fmt: skip


def add_to(app: FastAPI) -> None:
    """Say what each fault looks like."""
    app.exception_handler(SignedOut)(signed_out)
    app.exception_handler(NoReason)(no_reason)
    app.exception_handler(Refused)(refused)
    app.exception_handler(Covered)(covered)
    app.exception_handler(Unsent)(unsent)
    app.exception_handler(Missing)(missing)
    app.exception_handler(NoRun)(no_run)
    app.exception_handler(NotReady)(not_ready)
    for kind in (InputError, OSError, PolarsError, sqlite3.OperationalError):
        app.exception_handler(kind)(unreadable)
    app.exception_handler(OperationalError)(busy)
    app.exception_handler(TooLarge)(too_large)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(HTTPException)(plain)
    app.exception_handler(Exception)(broken)


def signed_out(request: Request, _: Exception) -> Response:
    """To the sign-in page, with the address kept; what was typed is shown again first."""
    if _json(request):
        return JSONResponse({"error": "Sign in first."}, 401)
    return typed_again(request, "signed out") or RedirectResponse(f"/sign-in?next={quoted(here(request))}", 303)


def no_reason(request: Request, _: Exception) -> Response:
    """To the page that asks for the reason, with the address kept; what was typed is shown again first."""
    if _json(request):
        return JSONResponse({"error": "Give a reason for access first."}, 403)
    return typed_again(request, "no reason") or RedirectResponse(f"/reason?next={quoted(here(request))}", 303)


def refused(request: Request, error: Exception) -> Response:
    """Which role may; never whether the thing exists. Refusals are logged."""
    assert isinstance(error, Refused)
    visit: Visit = request.state.visit
    kind, what = (error.kind, error.what) if error.what else _about(request, visit)
    action = "open_page" if error.action == SIGNED_IN else error.action
    visit.log(kind, what, "refused", action, page=request.url.path, **_ends(request))
    why = error.why or ("Your account isn't signed in for this." if error.action == SIGNED_IN else "")
    return _fault(request, 403, "You can't open this", why or people.why_not(error.action))


def _about(request: Request, visit: Visit) -> tuple[str, str]:
    """What somebody was refused, by the ids in the address or the form; they may hold any word."""
    asked = request.path_params or {**visit.form, **request.query_params}
    for field, kind in ABOUT.items():
        if what := str(asked.get(field, "")):
            return kind, what
    kind, what = (str(visit.form.get(field, "")) for field in ("kind", "what"))  # of a note
    return (kind, what) if what and kind in ABOUT.values() else ("page", request.url.path)


def _ends(request: Request) -> dict[str, list[str]]:
    """Both people between whom a path was asked for."""
    ends = {request.query_params.get(end, "") for end in ("a", "b")} - {""}
    return {"people": sorted(ends)} if ends and request.url.path.startswith("/network") else {}


def covered(request: Request, _: Exception) -> Response:
    """Names are covered until they are asked for: ask, with the address kept. A change isn't made."""
    said = "Names are covered until you ask for them."
    if _json(request):
        return JSONResponse({"error": said}, 403)
    if "hx-request" in request.headers:  # a part of a page
        return HTMLResponse(f'<p class="cl-small">{said}</p>')
    house, visit = request.app.state.house, request.state.visit
    made = house.pages.get_template("covered.html.j2").render(visit=visit, house=house, to=here(request))
    return HTMLResponse(made, 200 if request.method in SAFE else 403)


def unsent(request: Request, _: Exception) -> Response:
    """A change without its page's secret; what was typed into a page of an earlier session is shown again."""
    if not _json(request) and (page := typed_again(request, "expired")):
        return page
    return _fault(request, 403, "Nothing was changed", "The page had expired. Go back, reload it, and send it again.")


def missing(request: Request, error: Exception) -> Response:
    """Nothing here by that name."""
    assert isinstance(error, Missing)
    return _fault(request, 404, error.what, error.advice or "Check the address, or search.")


def no_run(request: Request, error: Exception) -> Response:
    """The run was deleted, or copied by halves, or there is none yet."""
    assert isinstance(error, NoRun)
    if not error.name:
        advice = "Make one: countylines run EXTRACTS --out RUNS/NAME. It appears here by itself."
        return _fault(request, 503, "There is no run to show yet", advice)
    if not possible(error.name):
        return _fault(request, 404, "There is no such run", "Check the address, or see Runs and audit.")
    advice = "It was deleted or only copied by halves. Other runs can still be read: see Runs and audit."
    return _fault(request, 410, f"The run {error.name} isn't here any more", advice)


def not_ready(request: Request, _: Exception) -> Response:
    """The reading index is being made."""
    answer = _fault(
        request,
        503,
        "This run is being prepared for reading",
        "Names and records are being indexed, once for each run. This page tries again by itself.",
    )
    answer.headers["Retry-After"] = "3"
    answer.headers["Refresh"] = "3"
    return answer


def unreadable(request: Request, error: Exception) -> Response:
    """A table of the run can't be read."""
    log.warning("%s: %s", request.url.path, error, exc_info=None if isinstance(error, InputError) else error)
    damaged = "A file of this run is missing or damaged. Copy the run here again, or choose another run."
    advice = str(error) if isinstance(error, InputError) else damaged
    return _fault(request, 503, "This part of the run couldn't be read", advice)


def busy(request: Request, error: Exception) -> Response:
    """The state can't be reached, or is held by somebody else: what can't be logged isn't shown either."""
    log.error("%s: reference %s", request.url.path, request.state.reference, exc_info=error)
    advice = f"Nothing was shown or changed. Try again (reference {request.state.reference})."
    answer = _fault(request, 503, "The dashboard's records are busy or can't be reached", advice)
    answer.headers["Retry-After"] = "10"
    return answer


def too_large(request: Request, _: Exception) -> Response:
    """More was sent than any page asks for."""
    return _fault(request, 413, "Too much was sent at once", "Send less.")


def invalid(request: Request, error: Exception) -> Response:
    """An address or a field that isn't of the kind asked for."""
    assert isinstance(error, RequestValidationError)
    fields = sorted({str(each["loc"][-1]) for each in error.errors()})
    return _fault(request, 422, "That can't be used", f"Check {', '.join(fields)} in the address.")


def plain(request: Request, error: Exception) -> Response:
    """No such page; or a way of asking that it doesn't know."""
    assert isinstance(error, HTTPException)
    titles = {404: "There is no such page", 405: "This page can't be used that way"}
    return _fault(request, error.status_code, titles.get(error.status_code, "That can't be done"), "Check the address.")


def broken(request: Request, error: Exception) -> Response:
    """A fault of ours: logged whole, shown with a reference only."""
    log.error("%s: reference %s", request.url.path, request.state.reference, exc_info=error)
    answer = _fault(request, 500, "Something went wrong", f"Try again (reference {request.state.reference}).")
    answer.headers.update(carried(request.app.state.house.secure))  # written outside of Guard, which adds them else
    return answer


def _fault(request: Request, status: int, title: str, advice: str) -> Response:
    if _json(request):
        return JSONResponse({"error": title, "advice": advice}, status)
    house = request.app.state.house
    visit = getattr(request.state, "visit", None)
    template = house.pages.get_template("fault.html.j2")
    return HTMLResponse(template.render(visit=visit, house=house, title=title, advice=advice), status)


def _json(request: Request) -> bool:
    return request.url.path.endswith(".json")
