"""Sessions: kept on the server, known to the browser by a random token, ended by time, sign-out or a closed account.

The token (256 random bits) goes to the browser once; the database keeps its SHA-256 only, so that a copy of the
database opens no session. A session carries the reason for access, asked once and again for each sensitive record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, insert, select, update

from countylines.errors import InputError
from countylines.govern import account_rows, audit
from countylines.govern.account_rows import Account
from countylines.govern.audit import Event
from countylines.govern.chain import clean
from countylines.govern.schema import record_reasons, sessions, utc
from countylines.govern.state import State

NAMES = ("names", "all")  # what stands for all names among the things that a session asked for
MOST_REASON = 2_000  # characters of why one record is opened: it goes into the log, which only grows
SEEN_EVERY = dt.timedelta(minutes=1)  # a session's last use is written no oftener: reading a page needn't write


@dataclass(frozen=True)
class SessionRules:
    """How long a session lasts: without use, and altogether."""

    idle: dt.timedelta = dt.timedelta(minutes=30)
    longest: dt.timedelta = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """Somebody's time at the screen.

    Attributes:
        session_id: for the log; not the token.
        account: as it is now, not as it was at sign-in.
        csrf: secret to be sent back with every change.
        started_at: of the sign-in.
        reason: for access; empty = none given, or run out.
        reference: operation or reference number.
        reason_until: when the reason runs out.
    """

    session_id: str
    account: Account
    csrf: str = field(repr=False)
    started_at: dt.datetime
    reason: str = ""
    reference: str = ""
    reason_until: dt.datetime | None = None

    def event(self, action: str, now: dt.datetime, **more: Any) -> Event:
        """An event of this session for the log, with who, role and reason filled in."""
        given = {
            "session_id": self.session_id,
            "account": self.account.name,
            "roles": self.account.roles,
            "reason": self.reason,
            "reference": self.reference,
        }
        return Event(now, action, **{**given, **more})


@dataclass(frozen=True)
class RecordReason:
    """Why somebody opened one sensitive record."""

    reason: str
    reference: str
    given_at: dt.datetime


def start_session(
    state: State, account: Account, now: dt.datetime, rules: SessionRules = SessionRules()
) -> tuple[str, Session]:
    """Begin a session after a sign-in: the token for the browser, and the session. Expired ones are cleared away."""
    token = secrets.token_urlsafe(32)
    session = Session(uuid.uuid4().hex, account, secrets.token_urlsafe(32), utc(now))
    values = {
        "session_id": session.session_id,
        "token_hash": _hash(token),
        "account_id": account.account_id,
        "csrf": session.csrf,
        "started_at": session.started_at,
        "seen_at": session.started_at,
    }
    old = sessions.c.ended_at.is_(None) & (sessions.c.started_at < utc(now) - rules.longest)
    with state.begin() as connection:
        connection.execute(update(sessions).where(old).values(ended_at=utc(now)))
        connection.execute(insert(sessions).values(**values))
    return token, session


def find_session(state: State, token: str, now: dt.datetime, rules: SessionRules = SessionRules()) -> Session | None:
    """The session of a token, with the account as it is now; None when it ended, expired, or may do nothing any more.

    The last use is kept to the minute, so an idle session may end up to a minute early.
    """
    with state.read() as connection:
        row = connection.execute(select(sessions).where(sessions.c.token_hash == _hash(token))).one_or_none()
        if row is None or not _lasts(row, utc(now), rules):
            return None
        account = account_rows.by_id(connection, row.account_id)
    if account.disabled or not account.roles:
        return None
    if utc(now) - row.seen_at >= SEEN_EVERY:
        with state.begin() as connection:
            connection.execute(update(sessions).where(_is(row.session_id)).values(seen_at=utc(now)))
    return _session(row, account, utc(now))


def end_session(state: State, session: Session, now: dt.datetime) -> None:
    """Sign out: the token opens nothing any more."""
    with state.begin() as connection:
        connection.execute(update(sessions).where(_is(session.session_id)).values(ended_at=utc(now)))
        audit.record(connection, session.event("sign_out", now))


def give_reason(
    state: State,
    session: Session,
    reason: str,
    reference: str,
    length: dt.timedelta,
    now: dt.datetime,
    rules: SessionRules = SessionRules(),
) -> Session:
    """Keep why somebody needs access, for so long, at most to the session's end; it is logged.

    Raises:
        InputError: no reason, no reference, or no length.
    """
    reason, reference = _given(reason, reference)
    if length <= dt.timedelta(0):
        raise InputError("say for how long", field="length")
    until = min(utc(now) + length, session.started_at + rules.longest)
    values = {"reason": reason, "reference": reference, "reason_until": until}
    with state.begin() as connection:
        connection.execute(update(sessions).where(_is(session.session_id)).values(**values))
        connection.execute(record_reasons.delete().where(_record(session, *NAMES)))  # a new reason covers them again
        row = connection.execute(select(sessions).where(_is(session.session_id))).one()
        given = _session(row, session.account, utc(now))
        audit.record(connection, given.event("give_reason", now, detail={"until": until.isoformat()}))
    return given


def give_reason_for_record(
    state: State, session: Session, kind: str, what: str, reason: str, reference: str, now: dt.datetime
) -> RecordReason:
    """Keep why somebody opens one sensitive record, for this session; it is logged.

    Args:
        reason: in words of one's own.

    Raises:
        InputError: no reason, or one that is too long, or such a reference.
    """
    reason, reference = clean(reason).strip(), clean(reference).strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise InputError(f"enter why you need to see it, in at most {MOST_REASON:,} characters", field="reason")
    if len(reference) > 200:
        raise InputError("enter an operation or reference of at most 200 characters", field="reference")
    kind, what = _key(kind, what)
    key = {"session_id": session.session_id, "kind": kind, "what": what}
    with state.begin() as connection:
        same = _record(session, kind, what)
        connection.execute(record_reasons.delete().where(same))
        connection.execute(insert(record_reasons).values(**key, reason=reason, reference=reference, given_at=utc(now)))
        about = {"kind": kind, "what": what, "reason": reason, "reference": reference}
        audit.record(connection, session.event("give_reason_for_record", now, **about))
    return RecordReason(reason, reference, utc(now))


def reason_for_record(state: State, session: Session, kind: str, what: str) -> RecordReason | None:
    """Why somebody opened a sensitive record in this session; None = not asked yet."""
    with state.read() as connection:
        row = connection.execute(select(record_reasons).where(_record(session, *_key(kind, what)))).one_or_none()
    return RecordReason(row.reason, row.reference, row.given_at) if row else None


def show_names(state: State, session: Session, now: dt.datetime) -> None:
    """Uncover names for this session, under its reason for access; it is logged."""
    kind, what = NAMES
    values = {"session_id": session.session_id, "kind": kind, "what": what, "reason": session.reason}
    with state.begin() as connection:
        connection.execute(record_reasons.delete().where(_record(session, *NAMES)))
        connection.execute(insert(record_reasons).values(**values, reference=session.reference, given_at=utc(now)))
        audit.record(connection, session.event("uncover_names", now, kind=kind, what=what))


def cover_names(state: State, session: Session) -> None:
    """Cover them again; nothing is lost by it, so nothing is logged."""
    with state.begin() as connection:
        connection.execute(record_reasons.delete().where(_record(session, *NAMES)))


def names_shown(state: State, session: Session) -> bool:
    """Whether this session asked for names."""
    return reason_for_record(state, session, *NAMES) is not None


def _given(reason: str, reference: str) -> tuple[str, str]:
    reason, reference = clean(reason).strip(), clean(reference).strip()
    if not reason or len(reason) > 200:
        raise InputError("say why you need access, in at most 200 characters", field="reason")
    if not reference or len(reference) > 200:
        raise InputError("enter an operation or reference of at most 200 characters", field="reference")
    return reason, reference


def _lasts(row: Row[Any], now: dt.datetime, rules: SessionRules) -> bool:
    return row.ended_at is None and now < row.seen_at + rules.idle and now < row.started_at + rules.longest


def _session(row: Row[Any], account: Account, now: dt.datetime) -> Session:
    lasts = row.reason_until is not None and now < row.reason_until
    reason = (row.reason, row.reference, row.reason_until) if lasts else ()
    return Session(row.session_id, account, row.csrf, row.started_at, *reason)


def _is(session_id: str) -> Any:
    return sessions.c.session_id == session_id


def _key(kind: str, what: str) -> tuple[str, str]:
    """Kind and id as the columns hold them."""
    return clean(kind)[:40], clean(what)[: audit.LONGEST_ID]


def _record(session: Session, kind: str, what: str) -> Any:
    same = record_reasons.c
    return (same.session_id == session.session_id) & (same.kind == kind) & (same.what == what)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
