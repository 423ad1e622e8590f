"""The tables of the state: accounts, sessions and the log; cases, rulings and tasks add theirs to ``metadata``.

Runs are never in it: a run is an immutable folder, and the state holds what people decided and did.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC, to the microsecond: equal whichever database keeps it.

    PostgreSQL keeps it as timestamptz, SQLite as a text of fixed width, which sorts as time does.

    Raises:
        ValueError: a moment without a time zone is written.
    """

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[dt.datetime] | TypeEngine[str]:
        """How this database keeps it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | str | None:
        """As it is written."""
        if value is None:
            return None
        moment = utc(value)
        return moment if dialect.name == "postgresql" else iso(moment)

    def process_result_value(self, value: dt.datetime | str | None, dialect: Dialect) -> dt.datetime | None:
        """As it is read."""
        if value is None:
            return None
        return utc(dt.datetime.fromisoformat(value) if isinstance(value, str) else value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A few names, kept as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """As it is written."""
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """As it is read."""
        return None if value is None else tuple(json.loads(value))


def utc(moment: dt.datetime) -> dt.datetime:
    """The same moment, told in UTC.

    Raises:
        ValueError: it has no time zone, so that nobody can know which moment it is.

    Example:
        >>> utc(dt.datetime.fromisoformat("2026-07-01T10:00:00+01:00")).isoformat()
        '2026-07-01T09:00:00+00:00'
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """A moment as text of fixed width, in UTC.

    Example:
        >>> iso(dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC))
        '2026-07-01T09:00:00.000000+00:00'
    """
    return utc(moment).isoformat(timespec="microseconds")


accounts = Table(
    "accounts",
    metadata,
    Column("account_id", String(32), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),  # as typed to sign in, in small letters
    Column("display_name", String(200), nullable=False),
    Column("password_hash", Text),  # empty: signs in elsewhere
    Column("issuer", Text),  # of single sign-on
    Column("subject", Text),
    Column("areas", Names, nullable=False),  # own areas; none = all
    Column("cleared", Boolean, nullable=False, server_default=false()),  # for runs with restricted records
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("wrong_passwords", Integer, nullable=False, server_default="0"),  # in a row
    Column("lock_outs", Integer, nullable=False, server_default="0"),  # in a row
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("password_set_at", Moment),
    Column("last_sign_in", Moment),
    UniqueConstraint("issuer", "subject"),
)

account_roles = Table(
    "account_roles",
    metadata,
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(40), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256; the token itself is the browser's alone
    Column("account_id", ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("reason", Text),
    Column("reference", Text),
    Column("reason_until", Moment),
)

record_reasons = Table(
    "record_reasons",
    metadata,
    Column("session_id", ForeignKey("sessions.session_id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("what", String(400), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 and so on without a gap
    Column("at", Moment, nullable=False),
    Column("session_id", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("roles", Text, nullable=False),  # canonical JSON
    Column("action", String(60), nullable=False),
    Column("law", String(20), nullable=False),  # Data Protection Act 2018, s.62; empty = no processing of personal data
    Column("outcome", String(20), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("what", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("marking", Text, nullable=False),
    Column("detail", Text, nullable=False),  # canonical JSON
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "at"),
    Index(None, "account", "number"),
    Index(None, "kind", "what", "number"),
    Index(None, "action", "number"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("head", Integer, primary_key=True, autoincrement=False),  # always 1: there is one log
    Column("count", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
