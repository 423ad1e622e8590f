"""What work was done on: a document as it was sent, the run of a note, the people of a tasked group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ADDED = (("work_documents", "sent_as"), ("work_notes", "run_id"), ("work_tasking", "members"))


def upgrade() -> None:
    """Add the columns, empty: of what was written before, nobody knows it."""
    for table, column in ADDED:
        op.add_column(table, sa.Column(column, sa.Text))


def downgrade() -> None:
    """Drop the columns with what they held."""
    for table, column in reversed(ADDED):
        op.drop_column(table, column)
