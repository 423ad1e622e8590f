"""Sign in and out (SCREENS 10)."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines import __version__
from countylines.govern import sessions
from countylines.govern.sign_in import SignInError
from countylines.govern.sign_in import sign_in as check
from countylines.web.access import COOKIE, SIGNED_IN, Unsent, Visit, needs
from countylines.web.render import quoted

router = APIRouter(include_in_schema=False)
TOKEN = "countylines-sign-in"  # the sign-in form's own secret, before there is a session
PER_MINUTE = 20  # tries from one address; accounts lock apart from that


@dataclass(eq=False)
class Tries:
    """How often an address tried to sign in during the last minute."""

    at: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def allow(self, address: str, now: float) -> bool:
        """Count one try; False when there were too many.

        Example:
            >>> tries = Tries()
            >>> [tries.allow("a", 0.0) for _ in range(PER_MINUTE + 1)].count(False), tries.allow("a", 61.0)
            (1, True)
        """
        seen = self.at[address]
        while seen and seen[0] <= now - 60:
            seen.popleft()
        if len(seen) >= PER_MINUTE:
            return False
        seen.append(now)
        if len(self.at) > 10_000:
            self.at = defaultdict(deque, {name: times for name, times in self.at.items() if times})
        return True


tries = Tries()


@router.get("/sign-in")
def ask(visit: Visit = needs(None), next: str = "/") -> Response:
    """The form."""
    return _form(visit, inside(next))


@router.post("/sign-in")
def sign_in(visit: Visit = needs(None)) -> Response:
    """Check name and password; a new session, so that no older one can be planted."""
    _from_form(visit)
    to = inside(str(visit.form.get("next", "/")))
    name, password = str(visit.form.get("name", "")).strip(), str(visit.form.get("password", ""))
    address = visit.request.client.host if visit.request.client else ""
    if not tries.allow(address, time.monotonic()):
        return _form(visit, to, "Too many tries from this machine. Wait a minute, then try again.", 429, name)
    try:
        account = check(visit.house.state, name, password, visit.now)
    except SignInError as error:
        return _form(visit, to, str(error), 401, name)
    token, _ = sessions.start_session(visit.house.state, account, visit.now)
    answer = RedirectResponse("/reason" + ("" if to == "/" else f"?next={quoted(to)}"), 303)
    set_cookie(answer, visit, COOKIE, token)
    return answer


@router.post("/sign-out")
def sign_out(visit: Visit = needs(SIGNED_IN, reason=False)) -> Response:
    """End the session here and in the state."""
    sessions.end_session(visit.house.state, visit.who, visit.now)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def set_cookie(answer: Response, visit: Visit, name: str, value: str) -> None:
    """A cookie that scripts can't read and other sites can't send."""
    answer.set_cookie(name, value, httponly=True, secure=visit.house.secure, samesite="lax", path="/")


def _form(visit: Visit, to: str, error: str = "", status: int = 200, name: str = "") -> Response:
    secret = visit.request.cookies.get(TOKEN) or secrets.token_urlsafe(24)
    about = {"version": __version__, "runs": visit.house.shelf.runs()[:1]}
    answer = visit.page("sign_in.html.j2", status, to=to, error=error, name=name, secret=secret, **about)
    set_cookie(answer, visit, TOKEN, secret)
    return answer


def _from_form(visit: Visit) -> None:
    """The form must come from our own page: nobody may be signed in as somebody else unknowingly."""
    own, sent = visit.request.cookies.get(TOKEN, ""), str(visit.form.get("secret", ""))
    if not own or not hmac.compare_digest(own.encode(), sent.encode()):
        raise Unsent


def inside(address: str) -> str:
    """An address of ours, never another site's.

    Example:
        >>> inside("/groups?area=A"), inside("//evil.example"), inside("https://evil.example")
        ('/groups?area=A', '/', '/')
    """
    fine = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if fine else "/"
