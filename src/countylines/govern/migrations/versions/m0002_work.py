"""People's work on a run's findings: cases, rulings, tasking, drafts, notes, and a history that nobody overwrites."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from countylines.govern.schema import Moment

revision = "0002"
down_revision = "0001"

NAME, ID, WORD = sa.String(200), sa.String(400), sa.String(60)
PARTS = ("work_documents", "work_case_calls", "work_case_answers", "work_case_steps")
TABLES = (
    "work_history",
    "work_views",
    "work_notes",
    "work_drafts",
    "work_tasking",
    "work_rulings",
    *PARTS,
    "work_cases",
)

SQLITE = [
    "CREATE TRIGGER work_history_no_update BEFORE UPDATE ON work_history "
    "BEGIN SELECT RAISE(ABORT, 'history is never overwritten'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION work_history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'history is never overwritten'; END $$",
    "CREATE TRIGGER work_history_no_update BEFORE UPDATE ON work_history "
    "FOR EACH ROW EXECUTE FUNCTION work_history_refuse()",
]


def upgrade() -> None:
    """Make the tables and the trigger."""
    _cases()
    _parts_of_cases()
    _rulings()
    _tasking_and_drafts()
    _notes_and_views()
    _make(
        "work_history",
        "change_id",
        _must("what", WORD),
        _must("what_id", sa.Integer),
        _must("version", sa.Integer),
        *_signed(),
        _must("field", NAME),
        sa.Column("was", sa.JSON),
        sa.Column("became", sa.JSON),
    )
    _index("work_history", "what", "what_id", "change_id")
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop all of it; the history, too."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION work_history_refuse()")


def _must(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _signed() -> list[sa.Column[Any]]:
    return [_must("at", Moment), _must("by", NAME)]


def _case() -> list[Any]:
    return [_must("case_id", sa.Integer)]


def _make(table: str, key: str, *columns: Any) -> None:
    keys = key.split()
    own = [] if len(keys) > 1 else [_must(key, sa.Integer)]
    named: list[Any] = [sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}"))]
    if any(column.name == "case_id" for column in columns):
        name = op.f(f"fk_{table}_case_id_work_cases")
        named.append(sa.ForeignKeyConstraint(["case_id"], ["work_cases.case_id"], name=name))
    op.create_table(table, *own, *columns, *named)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _cases() -> None:
    _make(
        "work_cases",
        "case_id",
        _must("nominal_id", ID),
        _must("person", WORD),
        _must("procedure", NAME),
        sa.Column("authority", NAME),
        sa.Column("responsible_authority", NAME),
        _must("immediate_risk", sa.Boolean, server_default=sa.false()),
        _must("why", sa.Text),
        sa.Column("lawyer_asked", sa.Boolean),
        _must("section_45_note", sa.Text, server_default=""),
        _must("outcome_22", sa.Text, server_default=""),
        _must("run_id", ID),
        _must("opened_at", Moment),
        _must("opened_by", NAME),
        sa.Column("closed_at", Moment),
        sa.Column("closed_by", NAME),
        sa.Column("close_reason", sa.Text),
        _must("version", sa.Integer),
    )
    still_open = sa.text("closed_at IS NULL")
    where: Any = {"sqlite_where": still_open, "postgresql_where": still_open}
    op.create_index("uq_work_cases_open", "work_cases", ["nominal_id"], unique=True, **where)


def _parts_of_cases() -> None:
    _make(
        "work_case_steps",
        "case_id step",
        *_case(),
        _must("step", WORD),
        _must("title", NAME),
        _must("state", WORD),
        _must("automatic", sa.Boolean),
        sa.Column("ready_at", Moment),
        *_signed(),
        sa.Column("result", WORD),
        sa.Column("decided_by", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("sent_to", NAME),
        sa.Column("copied_to", NAME),
        sa.Column("sent_at", Moment),
    )
    answers = (_must("step", WORD), _must("question", WORD), _must("answer", WORD))
    _make("work_case_answers", "case_id step question", *_case(), *answers, *_signed())
    calls = (_must("called_at", Moment), _must("called", NAME), _must("reference", NAME))
    _make("work_case_calls", "call_id", *_case(), *calls, *_signed())
    _index("work_case_calls", "case_id")
    _make(
        "work_documents",
        "document_id",
        *_case(),
        _must("step", WORD),
        _must("summary", sa.Text),
        *(_must(name, sa.JSON) for name in ("known", "not_known", "records")),
        _must("drafted_at", Moment),
        _must("drafted_by", NAME),
        _must("version", sa.Integer),
    )
    _index("work_documents", "case_id")


def _rulings() -> None:
    _make(
        "work_rulings",
        "ruling_id",
        sa.Column("nominal_id", ID),
        sa.Column("record_id", ID),
        _must("decision", WORD),
        sa.Column("group", NAME),
        sa.Column("term", sa.Text),
        sa.Column("start", sa.Integer),
        sa.Column("end", sa.Integer),
        _must("reason", sa.Text),
        _must("review_by", sa.Date),
        _must("status", WORD),
        _must("proposed_at", Moment),
        _must("proposed_by", NAME),
        _must("proposed_account", sa.String(32)),
        _must("safeguarding", sa.Boolean),
        sa.Column("confirmed_at", Moment),
        sa.Column("confirmed_by", NAME),
        sa.Column("confirmed_account", sa.String(32)),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", NAME),
        sa.Column("end_reason", sa.Text),
        _must("version", sa.Integer),
    )
    _index("work_rulings", "nominal_id")
    _index("work_rulings", "record_id")


def _tasking_and_drafts() -> None:
    _make(
        "work_tasking",
        "tasking_id",
        _must("group_id", ID),
        _must("run_id", ID),
        _must("decision", WORD),
        _must("why", sa.Text),
        sa.Column("lead", NAME),
        sa.Column("review_on", sa.Date),
        _must("result", sa.Text, server_default=""),
        *_signed(),
        _must("version", sa.Integer),
        sa.UniqueConstraint("group_id", name=op.f("uq_work_tasking_group_id")),
    )
    _make(
        "work_drafts",
        "draft_id",
        _must("line_id", ID),
        sa.Column("group_id", ID),
        _must("run_id", ID),
        _must("text", sa.Text),
        *(_must(name, sa.JSON) for name in ("numbers", "names", "areas")),
        _must("status", WORD),
        sa.Column("reported_on", sa.Date),
        sa.Column("reference", NAME),
        sa.Column("why", sa.Text),
        *_signed(),
        _must("version", sa.Integer),
    )
    _index("work_drafts", "line_id")
    alive = sa.text("status <> 'declined'")
    where: Any = {"sqlite_where": alive, "postgresql_where": alive}
    op.create_index("uq_work_drafts_alive", "work_drafts", ["line_id"], unique=True, **where)


def _notes_and_views() -> None:
    def owned() -> list[sa.Column[Any]]:
        theirs = [_must("shared", sa.Boolean), _must("owner", NAME), *_signed(), sa.Column("withdrawn_at", Moment)]
        return [*theirs, _must("version", sa.Integer)]

    on = (_must("kind", WORD), _must("what_id", ID), _must("text", sa.Text))
    _make("work_notes", "note_id", *on, *owned())
    _index("work_notes", "kind", "what_id")
    _make("work_views", "view_id", _must("name", NAME), _must("address", sa.Text), *owned())
    _index("work_views", "owner")
