"""Who may: every route says which action it needs, and nothing is reached without it. Deny by default."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from countylines.govern import accounts, audit, people, sessions
from countylines.govern.sessions import Session
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.reasons import COVERING
from countylines.web.render import query, quoted
from countylines.web.shelf import NoRun

COOKIE = "countylines"
SAFE = ("GET", "HEAD")
MAX_FIELDS, MAX_FILES = 500, 1
SIGNED_IN = "signed in"  # not an action of the matrix: for the pages of one's own session


class SignedOut(Exception):
    """Nobody is signed in, or the session has ended: to the sign-in page, with the address kept."""


class NoReason(Exception):
    """Signed in, but no reason for access was given yet, or it has run out."""


class Refused(Exception):
    """Signed in, but not allowed.

    Attributes:
        action: what was asked for.
        why: said instead of who may, where there is more to say.
        kind, what: what it was about, for the log alone, where the address doesn't say so.
    """

    def __init__(self, action: str, why: str = "", kind: str = "", what: str = "") -> None:
        super().__init__(action)
        self.action = action
        self.why = why
        self.kind = kind
        self.what = what


class Covered(Exception):
    """What was asked for can't be done while names are covered; they can be asked for."""


class Missing(Exception):
    """There is no such thing in this run; ``advice`` says what to do."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice


class Unsent(Exception):
    """A change came without the secret of its page: from elsewhere, or from a session that has ended."""


@dataclass(eq=False)
class Visit:
    """One request by somebody who is allowed to make it.

    Attributes:
        action: the action its route needs; None for the few pages that need none.
        form: what was sent.
    """

    request: Request
    house: House
    session: Session | None
    action: str | None
    now: datetime
    form: Mapping[str, Any] = field(default_factory=dict)
    _view: dict[str, Any] | None = None
    _named: set[str] = field(default_factory=set)
    _logged: set[str] = field(default_factory=set)

    @property
    def who(self) -> Session:
        """The session; pages that need an action always have one."""
        if self.session is None:
            raise SignedOut
        return self.session

    @cached_property
    def reader(self) -> Reader:
        """The run that the page speaks of: the one named in the address, or the current one.

        Raises:
            NoRun: it isn't there.
            Refused: it was made with restricted records, and the person isn't cleared.
        """
        return self.run(self.request.query_params.get("run", ""))

    @property
    def room(self) -> Reader:
        """The run as safeguarding's room reads it: its officers know those who wait there by name, wherever they are.

        To all others it is read as on every page.
        """
        return (self.reader.whole or self.reader) if self.can("see_safeguarding") else self.reader

    def run(self, name: str) -> Reader:
        """A run by name, as this person may read it: with own areas, names of people there only.

        Raises:
            NoRun: it isn't there.
            Refused: it was made with restricted records, and the person isn't cleared.
        """
        cleared = self.can("see_restricted")
        try:
            found = self.house.shelf.reader(name, restricted=cleared or bool(name))
        except NoRun:
            if not name and not cleared and self.house.shelf.runs():
                raise Refused("see_restricted") from None
            raise
        if found.restricted and not cleared:
            raise Refused("see_restricted")
        return found.seen_from(self.session.account.areas_for("see_people") if self.session else ())

    def can(self, action: str) -> bool:
        """Whether the person may do something."""
        return self.session is not None and self.session.account.may(action)

    def must(self, action: str) -> None:
        """Go on only if the person may.

        Raises:
            Refused: they may not.
            Covered: they may after asking for names.
        """
        if not self.can(action):
            raise Refused(action)
        if self.may_ask and not people.goes_covered(action):
            raise Covered

    @property
    def covered(self) -> bool:
        """Whether names are covered for this person."""
        return self.session is not None and (people.covers_names(self.session.account.roles) or self.may_ask)

    @property
    def may_ask(self) -> bool:
        """Whether names, and the texts of records, are covered until this person asks for them."""
        return self.names_on_request and not self.names_shown

    @property
    def names_on_request(self) -> bool:
        """Whether this person sees names, but only after asking: by their role, or for what they are here for."""
        if self.session is None or not self.session.reason or not self.can("uncover_names"):
            return False
        account = self.session.account
        return people.asks_for_names(account.roles, account.areas) or self.session.reason in COVERING

    @cached_property
    def names_shown(self) -> bool:
        """Whether this session asked for names."""
        return sessions.names_shown(self.house.state, self.who)

    def called(self, account: str | None) -> str:
        """The display name of an account, as pages show it; the account's name where several are called the same."""
        return self._called.get(account or "", account or "")

    @cached_property
    def _called(self) -> Mapping[str, str]:
        known = {each.name: each.display_name for each in accounts.list_accounts(self.house.state)}
        count = Counter(known.values())
        return {name: shown if count[shown] == 1 else f"{shown} ({name})" for name, shown in known.items() if shown}

    def url(self, path: str, **filters: Any) -> str:
        """A page's address, in the same run if this page names one; ids in it may hold any character."""
        pinned = self.request.query_params.get("run")
        return quoted(path, safe="/:") + query({**filters, **({"run": pinned} if pinned else {})})

    def log(self, kind: str, what: str = "", outcome: str = "allowed", action: str = "", **detail: Any) -> None:
        """Write what is seen or done into the log; if that fails, so does the request.

        Args:
            kind: person, group, record, search, export, page and so on.
            what: its id.
            action: of govern/people.py; left out: the one that the route needs.
            detail: anything more; ``recipient`` and ``marking`` of what is taken out.
        """
        self._logged |= {*detail.get("people", ()), *([what] if kind == "person" else [])}
        with self.house.state.begin() as connection:
            audit.record(connection, self.event(kind, what, outcome, action, **detail))

    def views(self, kind: str, what: str = "", **detail: Any) -> None:
        """Say what the page shows; it is logged when the page is made, with everybody whom it names (s.62)."""
        self._view = {"kind": kind, "what": what, **detail}

    def saw(self, nominal_id: str) -> str:
        """Called wherever a page names somebody, so that no page can leave them out of the log; nothing is printed."""
        self._named.add(nominal_id)
        return ""

    def event(
        self, kind: str, what: str = "", outcome: str = "allowed", action: str = "", **detail: Any
    ) -> audit.Event:
        """The entry of the log, for those who write it in the same transaction as a change."""
        own = self.action if self.action not in (None, SIGNED_IN) else "open_page"
        more: dict[str, Any] = {name: detail.pop(name) for name in ("recipient", "marking") if name in detail}
        run = self.__dict__["reader"].name if "reader" in self.__dict__ else ""
        about: dict[str, Any] = {
            "kind": kind,
            "what": what,
            "outcome": outcome,
            "run_id": run,
            "detail": detail,
            **more,
        }
        if self.session is None:
            return audit.Event(self.now, action or str(own), **about)
        return self.session.event(action or str(own), self.now, **about)

    def page(self, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
        """The template, filled; what it shows and whom it names is logged before it is given out."""
        made = self.house.pages.get_template(template).render(visit=self, house=self.house, **context)
        view: dict[str, Any] = self._view or {"kind": "page", "what": self.request.url.path}
        others = sorted(self._named - self._logged - ({view["what"]} if view["kind"] == "person" else set()))
        if self._view or others:
            self.log(**{**view, **({"people": others} if others else {})})
        return HTMLResponse(made, status)

    def go(self, path: str, **filters: Any) -> RedirectResponse:
        """To another page, after a change."""
        return RedirectResponse(self.url(path, **filters), 303)


class Needs:
    """What a route asks of who comes; used as a dependency, and read by the test of every route and role.

    Args:
        action: of govern/people.py; None = everybody, signed in or not.
        reason: whether a reason for access must have been given.
    """

    def __init__(self, action: str | None, reason: bool = True) -> None:
        self.action = action
        self.reason = reason and action is not None

    async def __call__(self, request: Request) -> Visit:
        """Admit, or raise what the fault pages turn into an answer."""
        form = FormData()
        if request.method not in SAFE:
            form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)
        return await run_in_threadpool(self._admit, request, form)

    def _admit(self, request: Request, form: FormData) -> Visit:
        house: House = request.app.state.house
        now = house.clock()
        token = request.cookies.get(COOKIE)
        session = sessions.find_session(house.state, token, now) if token else None
        values = {name: value for name, value in form.multi_items() if not isinstance(value, UploadFile)}
        visit = Visit(request, house, session, self.action, now, values)
        request.state.visit = visit
        if self.action is None:
            return visit
        if session is None:
            raise SignedOut
        if request.method not in SAFE:
            sent = request.headers.get("x-csrf") or values.get("csrf") or ""
            if not hmac.compare_digest(str(sent).encode(), session.csrf.encode()):
                visit.log("page", request.url.path, "refused", "change_page", why="without the page's secret")
                raise Unsent
        if self.action != SIGNED_IN and not visit.can(self.action):
            raise Refused(self.action)
        if self.reason and not session.reason:  # none given, or run out
            raise NoReason
        if self.action != SIGNED_IN:
            visit.must(self.action)
        return visit


def here(request: Request) -> str:
    """The page's own address, to come back to; of a change My work."""
    asked = request.url.query
    return request.url.path + (f"?{asked}" if asked else "") if request.method in SAFE else "/"


def needs(action: str | None, reason: bool = True) -> Any:
    """``visit: Visit = needs("see_groups")``: the only way in.

    Args:
        action: of govern/people.py.
        reason: whether a reason for access must have been given.
    """
    return Depends(Needs(action, reason))


__all__ = [
    "COOKIE",
    "SAFE",
    "Covered",
    "Missing",
    "Needs",
    "NoReason",
    "NoRun",
    "Refused",
    "SignedOut",
    "Unsent",
    "Visit",
    "here",
    "needs",
]
