"""Single sign-on: to the force's own sign-in server, and back with an account (OpenID Connect; govern/openid.py)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines.errors import InputError
from countylines.web.access import Missing, Visit, needs
from countylines.web.signin import TOO_MANY, address_of, enter, inside, tries

if TYPE_CHECKING:  # loaded by the first sign-in, if there is single sign-on at all
    from countylines.govern.openid import OpenId

router = APIRouter(include_in_schema=False)

UNDER_WAY = "countylines-openid"  # holds the sign-in under way and where to go after it
HERE = "/openid"  # the cookie goes nowhere else
LASTS = 600  # seconds that somebody may take there
LONGEST = 1_000  # characters of an address that is kept: browsers drop cookies of more than 4,096 bytes


@router.get("/openid/start")
def start(visit: Visit = needs(None), next: str = "/") -> Response:
    """To the sign-in server, with a cookie that scripts can't read and that comes back from there."""
    openid = _openid(visit)
    if _too_many(visit):
        return _failed(visit, TOO_MANY, 429)
    try:
        url, pending = openid.authorise_url()
    except InputError as error:
        return _failed(visit, str(error), 503)
    answer = RedirectResponse(url, 303)
    # lax, not strict: the way back begins on the server's own site (RFC 6265bis, 5.6.7)
    kept = {"max_age": LASTS, "path": HERE, "httponly": True, "samesite": "lax"}
    to = inside(next) if len(next) <= LONGEST else "/"
    answer.set_cookie(UNDER_WAY, f"{pending}.{to.encode().hex()}", secure=visit.house.secure, **kept)  # type: ignore[arg-type]
    return answer


@router.get("/openid/back")
def back(visit: Visit = needs(None)) -> Response:
    """From the sign-in server: a new session for whoever it names, then on to the reason for access."""
    openid = _openid(visit)
    if _too_many(visit):
        return _failed(visit, TOO_MANY, 429)
    *kept, to = visit.request.cookies.get(UNDER_WAY, ".").split(".", 3)
    try:
        from countylines.govern.openid import Pending

        pending = Pending.parse(".".join(kept))
        account = openid.finish(visit.house.state, dict(visit.request.query_params), pending, visit.now)
    except InputError as error:
        tries.failed(address_of(visit), time.monotonic())
        return _done(_failed(visit, str(error), 401))
    return _done(enter(visit, account, _address(to)))


def _address(kept: str) -> str:
    """Where to go after signing in; the start page if the cookie doesn't say."""
    try:
        return inside(bytes.fromhex(kept).decode())
    except ValueError:  # UnicodeDecodeError is one
        return "/"


def _openid(visit: Visit) -> OpenId:
    """The single sign-on of this installation.

    Raises:
        Missing: it has none.
    """
    found: OpenId | None = visit.house.openid
    if found is None:
        raise Missing("There is no single sign-on here", "Sign in with an account name and password.")
    return found


def _too_many(visit: Visit) -> bool:
    return tries.full(address_of(visit), time.monotonic())


def _failed(visit: Visit, why: str, status: int) -> Response:
    advice = why[:1].upper() + why[1:]
    return visit.page("fault.html.j2", status, title="You couldn't be signed in", advice=advice)


def _done(answer: Response) -> Response:
    """Without the cookie of the sign-in: it counts once."""
    answer.delete_cookie(UNDER_WAY, path=HERE)
    return answer
