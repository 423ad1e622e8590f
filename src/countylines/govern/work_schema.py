"""The tables of people's work on a run's findings: cases, rulings, tasking, drafts, notes, and the history of each.

They hold what people decided and wrote, kept apart from source data: no row of an extract is copied here. Only a
document that was sent keeps the person's details, as it told them. ``by`` is always the name an account signs in with.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, false, text

from countylines.govern.schema import Moment, metadata

NAME, ID, WORD = String(200), String(400), String(60)

work_cases = Table(
    "work_cases",
    metadata,
    Column("case_id", Integer, primary_key=True),
    Column("nominal_id", ID, nullable=False),
    Column("person", WORD, nullable=False),  # child, adult, or age unknown (handled as a child)
    Column("procedure", NAME, nullable=False),
    Column("authority", NAME),  # where the person is now; empty = authority to be found
    Column("responsible_authority", NAME),  # the placing one, if looked after
    Column("immediate_risk", Boolean, nullable=False, server_default=false()),
    Column("why", Text, nullable=False),
    Column("lawyer_asked", Boolean),  # empty = nobody has said
    Column("section_45_note", Text, nullable=False, server_default=""),
    Column("outcome_22", Text, nullable=False, server_default=""),  # empty = not noted
    Column("run_id", ID, nullable=False),  # the run it was opened from
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", NAME, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", NAME),
    Column("close_reason", Text),
    Column("version", Integer, nullable=False),
)
Index(
    "uq_work_cases_open",
    work_cases.c.nominal_id,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

work_case_steps = Table(
    "work_case_steps",
    metadata,
    Column("case_id", ForeignKey("work_cases.case_id"), primary_key=True),
    Column("step", WORD, primary_key=True),
    Column("title", NAME, nullable=False),
    Column("state", WORD, nullable=False),
    Column("automatic", Boolean, nullable=False),  # nobody has moved it yet: it follows from other steps
    Column("ready_at", Moment),  # since when it can be taken; empty = it waits for another step, or doesn't apply
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("result", WORD),
    Column("decided_by", Text),
    Column("detail", Text),  # a few words, as "Called 21 Nov"
    Column("why", Text),
    Column("sent_to", NAME),
    Column("copied_to", NAME),
    Column("sent_at", Moment),
)

work_case_answers = Table(
    "work_case_answers",
    metadata,
    Column("case_id", ForeignKey("work_cases.case_id"), primary_key=True),
    Column("step", WORD, primary_key=True),
    Column("question", WORD, primary_key=True),
    Column("answer", WORD, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
)

work_case_calls = Table(
    "work_case_calls",
    metadata,
    Column("call_id", Integer, primary_key=True),
    Column("case_id", ForeignKey("work_cases.case_id"), nullable=False, index=True),
    Column("called_at", Moment, nullable=False),
    Column("called", NAME, nullable=False),  # who was called
    Column("reference", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
)

work_documents = Table(
    "work_documents",
    metadata,
    Column("document_id", Integer, primary_key=True),
    Column("case_id", ForeignKey("work_cases.case_id"), nullable=False, index=True),
    Column("step", WORD, nullable=False),
    Column("summary", Text, nullable=False),
    Column("known", JSON, nullable=False),  # what the person who drafted it says is known, sentence by sentence
    Column("not_known", JSON, nullable=False),
    Column("records", JSON, nullable=False),  # attached records by id, source and date; never their text
    Column("drafted_at", Moment, nullable=False),
    Column("drafted_by", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sent_as", Text),  # JSON of the finished content when it was sent; empty = draft
)

work_rulings = Table(
    "work_rulings",
    metadata,
    Column("ruling_id", Integer, primary_key=True),
    Column("nominal_id", ID),
    Column("record_id", ID),
    Column("decision", WORD, nullable=False),
    Column("group", NAME),  # of the hit that is ruled on, with its term and place in the text
    Column("term", Text),
    Column("start", Integer),
    Column("end", Integer),
    Column("reason", Text, nullable=False),
    Column("review_by", Date, nullable=False),
    Column("status", WORD, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("proposed_by", NAME, nullable=False),
    Column("proposed_account", String(32), nullable=False),
    Column("safeguarding", Boolean, nullable=False),  # whether the proposer then had the safeguarding role
    Column("confirmed_at", Moment),
    Column("confirmed_by", NAME),
    Column("confirmed_account", String(32)),
    Column("ended_at", Moment),  # refused or withdrawn
    Column("ended_by", NAME),
    Column("end_reason", Text),
    Column("version", Integer, nullable=False),
    Column("asked_at", Moment),  # for its withdrawal, to which a second person must agree
    Column("asked_by", NAME),
    Column("asked_account", String(32)),  # empty = asked before 0005
    Column("asked_why", Text),
    Index(None, "nominal_id"),
    Index(None, "record_id"),
)

work_tasking = Table(
    "work_tasking",
    metadata,
    Column("tasking_id", Integer, primary_key=True),
    Column("group_id", ID, nullable=False, unique=True),
    Column("run_id", ID, nullable=False),  # the run it was last decided from
    Column("decision", WORD, nullable=False),
    Column("why", Text, nullable=False),
    Column("lead", NAME),
    Column("review_on", Date),
    Column("result", Text, nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("members", Text),  # JSON list of the people of the group when it was decided; empty = before 0004
)

work_drafts = Table(
    "work_drafts",
    metadata,
    Column("draft_id", Integer, primary_key=True),
    Column("line_id", ID, nullable=False, index=True),
    Column("group_id", ID),
    Column("run_id", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("names", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("status", WORD, nullable=False),
    Column("reported_on", Date),
    Column("reference", NAME),
    Column("why", Text),  # it was declined
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("version", Integer, nullable=False),
)

ALIVE = text("status <> 'declined'")
Index("uq_work_drafts_alive", work_drafts.c.line_id, unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)

work_notes = Table(
    "work_notes",
    metadata,
    Column("note_id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("what_id", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("owner", NAME, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("withdrawn_at", Moment),
    Column("version", Integer, nullable=False),
    Column("run_id", Text),  # the run it was written on; empty = before 0004
    Index(None, "kind", "what_id"),
)

work_views = Table(
    "work_views",
    metadata,
    Column("view_id", Integer, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("address", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("owner", NAME, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("withdrawn_at", Moment),
    Column("version", Integer, nullable=False),
)

work_history = Table(
    "work_history",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("what", WORD, nullable=False),  # the table of the thing that changed
    Column("what_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # the thing's version after the change
    Column("at", Moment, nullable=False),
    Column("by", NAME, nullable=False),
    Column("field", NAME, nullable=False),
    Column("was", JSON),
    Column("became", JSON),
    Index(None, "what", "what_id", "change_id"),
)
