"""The tables of retention: what two people agreed to erase, and what must not be erased for now."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from countylines.govern.schema import Moment, metadata
from countylines.govern.work_schema import ID, NAME, WORD

retention_erasures = Table(
    "retention_erasures",
    metadata,
    Column("erasure_id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("ids", JSON, nullable=False),  # of the things, as texts; never what they held
    Column("reason", Text, nullable=False),
    Column("status", WORD, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("proposed_by", NAME, nullable=False),
    Column("proposed_account", String(32), nullable=False),
    Column("ended_at", Moment),  # erased or withdrawn
    Column("ended_by", NAME),
    Column("end_reason", Text),
    Column("version", Integer, nullable=False),
    Index(None, "status"),
)

retention_holds = Table(
    "retention_holds",
    metadata,
    Column("hold_id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("thing_id", ID),  # empty = everything of this kind
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", NAME),
    Column("lift_reason", Text),
    Column("version", Integer, nullable=False),
    Index(None, "kind", "thing_id"),
)
