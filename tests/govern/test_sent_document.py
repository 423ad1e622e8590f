"""A document as it was sent: kept whole, once, and not made anew from a case that went on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.govern import documents
from countylines.govern.changes import Conflict, history
from countylines.govern.documents import Content, Section
from countylines.govern.sent_document import as_sent, as_text, keep
from countylines.govern.state import State
from countylines.govern.work_schema import work_documents
from tests.govern.test_documents import ABOUT, PERSON, said
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
