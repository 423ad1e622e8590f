"""What a referral document says: as it was sent, or as its draft, its case and the run say now."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import documents
from countylines.govern.caseload import Case
from countylines.govern.documents import Content, Draft
from countylines.govern.sent_document import as_sent, keep
from countylines.web.access import Visit
from countylines.web.case import find_case
from countylines.web.queue_rows import listed


def content(visit: Visit, case: Case, draft: Draft, marking: str) -> Content:
    """The document for a page or a file; what was sent bears the marking that it had then."""
    return as_sent(draft) or _now(visit, case, draft, marking)


def keep_as_sent(
    visit: Visit, connection: Connection, case_id: int, step: str, document_id: int | None = None, marking: str = ""
) -> None:
    """Keep what went out with a step that was marked as sent in this transaction; its other drafts stay drafts.

    Args:
        document_id: the one that went; None = the step's only one, if it has any.
        marking: the one that it had; empty = that of the pages.

    Raises:
        InputError: the step has several drafts, and which one went isn't said.
        Conflict: somebody changed it at this moment.
    """
    case = find_case(visit, connection, case_id)
    drafts = [one for one in documents.drafts_of(connection, case_id) if one.step == step and one.sent_as is None]
    sent = [one for one in drafts if document_id in (None, one.document_id)]
    if len(sent) > 1:
        raise InputError(f"this step has {len(sent)} drafts", "open the one that was sent and mark it as sent there")
    for draft in sent:
        made = _now(visit, case, draft, marking or visit.house.marking, finished=True)
        keep(connection, draft, made, visit.who.account, visit.now)


def _now(visit: Visit, case: Case, draft: Draft, marking: str, finished: bool = False) -> Content:
    card = visit.room.cards([case.nominal_id]).get(case.nominal_id)
    facts = listed(visit.reader).get(case.nominal_id, {})
    person = documents.Person(
        case.nominal_id,
        card.name if card else None,
        card.date_of_birth if card else None,
        card.age if card else None,
        facts.get("looked_after", card.looked_after if card else None),
        facts.get("missing_now"),
    )
    house = visit.house
    about = {"force": house.force, "marking": marking, "drafted_by": visit.called(draft.drafted_by)}
    made = documents.content(draft, case, person, synthetic=house.synthetic, finished=finished, **about)
    if card is None or not card.protected:
        return made
    return replace(made, mark="child" if card.mark == "both" else card.mark, status=card.words)
