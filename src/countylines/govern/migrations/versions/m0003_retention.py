"""Retention: erasures that two people agree on, and holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countylines.govern.schema import Moment

revision = "0003"
down_revision = "0002"

NAME, ID, WORD = sa.String(200), sa.String(400), sa.String(60)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "retention_erasures",
        sa.Column("erasure_id", sa.Integer, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("ids", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("proposed_by", NAME, nullable=False),
        sa.Column("proposed_account", sa.String(32), nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", NAME),
        sa.Column("end_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_retention_erasures")),
    )
    op.create_index(op.f("ix_retention_erasures_status"), "retention_erasures", ["status"])
    op.create_table(
        "retention_holds",
        sa.Column("hold_id", sa.Integer, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("thing_id", ID),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("lifted_at", Moment),
        sa.Column("lifted_by", NAME),
        sa.Column("lift_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_retention_holds")),
    )
    op.create_index(op.f("ix_retention_holds_kind_thing_id"), "retention_holds", ["kind", "thing_id"])


def downgrade() -> None:
    """Drop both; what was erased stays erased."""
    for table in ("retention_holds", "retention_erasures"):
        op.drop_table(table)
