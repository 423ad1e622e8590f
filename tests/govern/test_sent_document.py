"""A document as it was sent: kept whole, once, and not made anew from a case that went on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from countylines.errors import InputError
from countylines.govern import documents
from countylines.govern.changes import Conflict, history
from countylines.govern.documents import Content, Section
from countylines.govern.sent_document import as_sent, as_text, keep
from countylines.govern.state import State
from countylines.govern.work_schema import work_cases, work_documents
from tests.govern.test_documents import ABOUT, FREE, PERSON, said
from tests.govern.work import FRIDAY, MARROW, PELL, Work, work

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SECTIONS = st.builds(Section, TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple))


def drafted(one: Work) -> documents.Draft:
    key = documents.write_document(one.connection, one.case_id, "mash", PELL, FRIDAY, summary="At risk.", texts={})
    return documents.draft_of(one.connection, key)


def test_it_stays_while_the_case_goes_on(state: State) -> None:
    with work(state) as one:
        draft = drafted(one)
        one.take("mash", "drafted")
        one.take("mash", "sent")
        sent = documents.content(draft, one.case, PERSON, finished=True, **ABOUT)
        assert documents.AS_SENT in said(sent)
        keep(one.connection, draft, sent, MARROW, FRIDAY)
        one.answer("screening", {"missing": "yes"})
        kept = documents.draft_of(one.connection, draft.document_id)
        assert as_sent(kept) == sent
        now = documents.content(kept, one.case, PERSON, **ABOUT)
        assert "away without a reason that adults know: Yes" in said(now)
        assert documents.DRAFT in said(now)
        told = [(c.field, c.became, c.by) for c in history(one.connection, work_documents, draft.document_id)]
        assert told[-1] == ("sent", "kept as it was sent", "a.marrow")
        with pytest.raises(InputError, match="was sent and stays as it was"):
            keep(one.connection, kept, now, MARROW, FRIDAY)


@pytest.mark.parametrize("ended", ["sent", "closed"])
def test_what_was_sent_or_closed_is_not_changed_any_more(laptop_state: State, ended: str) -> None:
    """Neither its words nor its records, whoever calls; whatever version they saw."""
    with work(laptop_state) as one:
        draft = drafted(one)
        key = draft.document_id
        documents.attach(one.connection, key, 1, FREE, MARROW, FRIDAY)
        draft = documents.draft_of(one.connection, key)
        if ended == "sent":
            keep(one.connection, draft, documents.content(draft, one.case, PERSON, **ABOUT), MARROW, FRIDAY)
        else:
            ends = update(work_cases).where(work_cases.c.case_id == one.case_id)
            one.connection.execute(ends.values(closed_at=FRIDAY))
        before = documents.draft_of(one.connection, key)
        said = "was sent and stays as it was" if ended == "sent" else r"is closed\. Reopen it first"
        for version in (before.version, 1):
            with pytest.raises(InputError, match=said):
                documents.edit_document(one.connection, key, version, PELL, FRIDAY, summary="No risk.", texts={})
            with pytest.raises(InputError, match=said):
                documents.attach(one.connection, key, version, FREE, PELL, FRIDAY)
            with pytest.raises(InputError, match=said):
                documents.detach(one.connection, key, version, FREE.record_id, PELL, FRIDAY)
        assert documents.draft_of(one.connection, key) == before


def test_a_draft_that_changes_at_that_moment_is_not_sent_unread(laptop_state: State) -> None:
    with work(laptop_state) as one:
        draft = drafted(one)
        documents.edit_document(one.connection, draft.document_id, 1, MARROW, FRIDAY, summary="No risk.", texts={})
        with pytest.raises(Conflict, match=r"a\.marrow changed summary from 'At risk\.' to 'No risk\.'"):
            keep(one.connection, draft, documents.content(draft, one.case, PERSON, **ABOUT), PELL, FRIDAY)
        assert as_sent(documents.draft_of(one.connection, draft.document_id)) is None


@given(TEXT, st.lists(SECTIONS, max_size=3).map(tuple), st.booleans())
def test_whatever_it_says_comes_back(title: str, sections: tuple[Section, ...], synthetic: bool) -> None:
    """On both databases: it is kept as plain ASCII."""
    content = Content(title, "OFFICIAL", "Westmarch Police", synthetic, sections, "j.pell", "child", "Child, 15")
    kept = as_text(content)
    assert kept.isascii()
    assert as_sent(documents.Draft(1, 1, 1, "mash", "x", (), (), (), FRIDAY, "j.pell", kept)) == content


@pytest.mark.parametrize("kept", ["", "{", "[]", "{}", '{"sections": 3}', '{"sections": [], "more": 1}'])
def test_what_was_spoilt_is_said(kept: str) -> None:
    draft = documents.Draft(7, 1, 1, "mash", "x", (), (), (), FRIDAY, "j.pell", kept)
    with pytest.raises(InputError, match="document 7 can't be read as it was sent"):
        as_sent(draft)
