"""Accounts, sessions and the log, with the triggers that refuse to change the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countylines.govern.schema import Moment, Names

revision = "0001"
down_revision = None

FIRST = "0" * 64  # what the first row of the log follows

SQLITE = [
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    # Also refuses INSERT OR REPLACE of an earlier row, which SQLite doesn't count as a deletion.
    "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit WHEN NOT EXISTS (SELECT 1 FROM audit_head "
    "WHERE NEW.number = count + 1 AND NEW.previous = hash) "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only: this row does not follow the last one'); END",
    "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER audit_head_one BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head) "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.count <> OLD.count + 1 OR NOT EXISTS "
    "(SELECT 1 FROM audit WHERE number = NEW.count AND hash = NEW.hash AND previous = OLD.hash) "
    "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
    "CREATE FUNCTION audit_follow() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN IF NOT EXISTS (SELECT 1 FROM audit_head WHERE NEW.number = count + 1 AND NEW.previous = hash) THEN "
    "RAISE EXCEPTION 'the log is append-only: this row does not follow the last one'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION audit_forward() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN IF NEW.count <> OLD.count + 1 OR NOT EXISTS "
    "(SELECT 1 FROM audit WHERE number = NEW.count AND hash = NEW.hash AND previous = OLD.hash) THEN "
    "RAISE EXCEPTION 'the log is append-only'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_follow()",
    "CREATE TRIGGER audit_head_fixed BEFORE INSERT OR DELETE ON audit_head "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_forward()",
]


def upgrade() -> None:
    """Make the tables, the log's first head, and the triggers."""
    _accounts()
    _sessions()
    _log()
    head = sa.table("audit_head", sa.column("head"), sa.column("count"), sa.column("hash"))
    op.bulk_insert(head, [{"head": 1, "count": 0, "hash": FIRST}])
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop all of it, the log too."""
    for table in ("audit_head", "audit", "record_reasons", "sessions", "account_roles", "accounts"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        for function in ("audit_refuse", "audit_follow", "audit_forward"):
            op.execute(f"DROP FUNCTION {function}()")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("issuer", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("areas", Names, nullable=False),
        sa.Column("cleared", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("wrong_passwords", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lock_outs", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("password_set_at", Moment),
        sa.Column("last_sign_in", Moment),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_accounts_issuer_subject")),
    )
    op.create_table(
        "account_roles",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_roles")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.account_id"],
            name=op.f("fk_account_roles_account_id_accounts"),
            ondelete="CASCADE",
        ),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("reason", sa.Text),
        sa.Column("reference", sa.Text),
        sa.Column("reason_until", Moment),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=op.f("fk_sessions_account_id_accounts"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"])
    op.create_table(
        "record_reasons",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("what", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "kind", "what", name=op.f("pk_record_reasons")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.session_id"],
            name=op.f("fk_record_reasons_session_id_sessions"),
            ondelete="CASCADE",
        ),
    )


def _log() -> None:
    short = {"session_id": 32, "account": 200, "action": 60, "law": 20, "outcome": 20, "kind": 40}
    long = ("what", "run_id", "reason", "reference", "recipient", "marking", "detail")
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        *(sa.Column(name, sa.String(short[name]), nullable=False) for name in ("session_id", "account")),
        sa.Column("roles", sa.Text, nullable=False),
        *(sa.Column(name, sa.String(short[name]), nullable=False) for name in ("action", "law", "outcome", "kind")),
        *(sa.Column(name, sa.Text, nullable=False) for name in long),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    for columns in (["at"], ["account", "number"], ["kind", "what", "number"], ["action", "number"]):
        op.create_index(op.f(f"ix_audit_{'_'.join(columns)}"), "audit", columns)
    op.create_table(
        "audit_head",
        sa.Column("head", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("head", name=op.f("pk_audit_head")),
    )
