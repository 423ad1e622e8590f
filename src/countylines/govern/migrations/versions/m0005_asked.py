"""To ask for a ruling's withdrawal isn't to end it: who asked, when and why have columns of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countylines.govern.schema import Moment

revision = "0005"
down_revision = "0004"

ADDED = (("asked_at", Moment), ("asked_by", sa.String(200)), ("asked_account", sa.String(32)), ("asked_why", sa.Text))
ASKED = """UPDATE work_rulings SET asked_at = ended_at, asked_by = ended_by, asked_why = end_reason,
    ended_at = NULL, ended_by = NULL, end_reason = NULL WHERE status = 'confirmed' AND ended_by IS NOT NULL"""
BEFORE = """UPDATE work_rulings SET ended_at = asked_at, ended_by = asked_by, end_reason = asked_why
    WHERE status = 'confirmed' AND asked_by IS NOT NULL"""


def upgrade() -> None:
    """Move what was asked of rulings still in force; the account of those who asked was never kept."""
    for name, kind in ADDED:
        op.add_column("work_rulings", sa.Column(name, kind))
    op.execute(ASKED)


def downgrade() -> None:
    """Move it back, and drop the columns; of a ruling that is over, only who agreed is left."""
    op.execute(BEFORE)
    for name, _ in reversed(ADDED):
        op.drop_column("work_rulings", name)
