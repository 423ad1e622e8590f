"""Documents as they were sent: finished when a person marks them so, and shown like that from then on.

A case goes on after its referral went out: questions are answered, the person moves, a new run knows more. What the
partner was told stays what they were told.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, update

from countylines.errors import InputError
from countylines.govern.changes import Who, note, take
from countylines.govern.documents import Content, Draft, Section
from countylines.govern.work_schema import work_documents


def keep(connection: Connection, draft: Draft, sent: Content, by: Who, at: dt.datetime) -> None:
    """Keep a document as it was sent, once and for all, in the transaction that marks its step as sent.

    Raises:
        InputError: it was kept before.
        Conflict: somebody changed the draft since it was read.
    """
    if draft.sent_as is not None:
        raise InputError(f"document {draft.document_id} was sent and stays as it was", "write another one")
    row = take(connection, work_documents, draft.document_id, draft.version)
    where = work_documents.c.document_id == draft.document_id
    connection.execute(update(work_documents).where(where).values(sent_as=as_text(sent)))
    note(connection, work_documents, draft.document_id, row.version, [("sent", None, "kept as it was sent")], by, at)


def as_text(sent: Content) -> str:
    """The document as it is kept: JSON, plain ASCII on either database."""
    return json.dumps(dataclasses.asdict(sent), sort_keys=True)


def as_sent(draft: Draft) -> Content | None:
    """The document as it was sent; None = it wasn't.

    Raises:
        InputError: what was kept can't be read any more.
    """
    if draft.sent_as is None:
        return None
    try:
        kept: dict[str, Any] = json.loads(draft.sent_as)
        parts = [(part["title"], part["lines"]) for part in kept["sections"]]
        sections = tuple(Section(title, tuple((label, text) for label, text in lines)) for title, lines in parts)
        return Content(**{**kept, "sections": sections})
    except (ValueError, TypeError, KeyError) as error:
        told = f"document {draft.document_id} can't be read as it was sent"
        raise InputError(told, "ask whoever keeps the state's database") from error
