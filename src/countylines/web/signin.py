"""Sign in and out (SCREENS 10)."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import time
from collections import deque
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from countylines import __version__
from countylines.govern import sessions
from countylines.govern.account_rows import Account
from countylines.govern.sign_in import SignInError, device
from countylines.govern.sign_in import sign_in as check
from countylines.runs import Run
from countylines.web.access import COOKIE, SIGNED_IN, Unsent, Visit, needs
from countylines.web.render import quoted

router = APIRouter(include_in_schema=False)
TOKEN = "countylines-sign-in"  # the sign-in form's own secret, before there is a session
DEVICE = "countylines-known"  # that somebody signed in here before: tries from elsewhere don't shut them out
HALF_A_YEAR = 180 * 24 * 3600
PER_MINUTE = 20  # wrong tries from one machine; accounts lock apart from that
TOO_MANY = "Too many tries from this machine. Wait a minute, then try again."
MINUTE = 60.0
MANY = 10_000  # machines that are remembered before old ones are forgotten


@dataclass(eq=False)
class Tries:
    """How often an address failed to sign in during the last minute."""

    at: dict[str, deque[float]] = field(default_factory=dict)

    def full(self, address: str, now: float) -> bool:
        """Whether there were too many."""
        seen = self.at.get(_machine(address), deque())
        return sum(moment > now - MINUTE for moment in seen) >= PER_MINUTE

    def failed(self, address: str, now: float) -> None:
        """Count one.

        Example:
            >>> tries = Tries()
            >>> for _ in range(PER_MINUTE):
            ...     tries.failed("192.0.2.1", 0.0)
            >>> tries.full("192.0.2.1", 1.0), tries.full("192.0.2.2", 1.0), tries.full("192.0.2.1", 61.0)
            (True, False, False)
        """
        if len(self.at) >= MANY:
            self.at = {name: seen for name, seen in self.at.items() if seen[-1] > now - MINUTE}
        self.at.setdefault(_machine(address), deque(maxlen=PER_MINUTE)).append(now)


def _machine(address: str) -> str:
    """What is one machine: an address; of the newer, long ones (IPv6) the network that a machine has to itself.

    Example:
        >>> _machine("192.0.2.1"), _machine("2001:db8:1:2:3:4:5:6"), _machine("testclient")
        ('192.0.2.1', '2001:db8:1:2::/64', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


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
    if tries.full(address_of(visit), time.monotonic()):
        return _form(visit, to, TOO_MANY, 429, name)
    try:
        account = check(visit.house.state, name, password, visit.now, known=visit.request.cookies.get(DEVICE, ""))
    except SignInError as error:
        tries.failed(address_of(visit), time.monotonic())
        return _form(visit, to, str(error), 401, name)
    return enter(visit, account, to)


def enter(visit: Visit, account: Account, to: str) -> Response:
    """A new session for whoever has shown who they are, then on to the reason for access."""
    token, _ = sessions.start_session(visit.house.state, account, visit.now)
    answer = RedirectResponse("/reason" + ("" if to == "/" else f"?next={quoted(to)}"), 303)
    set_cookie(answer, visit, COOKIE, token)
    if mark := device(visit.house.state, account):
        answer.set_cookie(DEVICE, mark, max_age=HALF_A_YEAR, httponly=True, secure=visit.house.secure,
                          samesite="strict", path="/sign-in")  # fmt: skip
    return answer


@router.post("/sign-out")
def sign_out(visit: Visit = needs(SIGNED_IN, reason=False)) -> Response:
    """End the session here and in the state."""
    sessions.end_session(visit.house.state, visit.who, visit.now)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def address_of(visit: Visit) -> str:
    """Where the request comes from."""
    return visit.request.client.host if visit.request.client else ""


def set_cookie(answer: Response, visit: Visit, name: str, value: str) -> None:
    """A cookie that scripts can't read and other sites can't send."""
    answer.set_cookie(name, value, httponly=True, secure=visit.house.secure, samesite="lax", path="/")


def _form(visit: Visit, to: str, error: str = "", status: int = 200, name: str = "") -> Response:
    secret = visit.request.cookies.get(TOKEN) or secrets.token_urlsafe(24)
    about = {"version": __version__, "runs": told(visit)}
    answer = visit.page("sign_in.html.j2", status, to=to, error=error, name=name, secret=secret, **about)
    set_cookie(answer, visit, TOKEN, secret)
    return answer


def told(visit: Visit) -> list[Run]:
    """The latest run, for everybody to read before they are known: never one that was made with restricted records."""
    runs = visit.house.shelf.runs()
    return [run for run in runs if not run.restricted][:1]


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
