"""Referral documents: a person's summary, what is known and not, the marking on each page; never a record's text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.govern import documents
from countylines.govern.changes import Conflict, history
from countylines.govern.documents import NOT_KNOWN, Content, Person, Record, Section
from countylines.govern.docx_file import docx as write_docx
from countylines.govern.own_words import own_words
from countylines.govern.state import State
from countylines.govern.work_schema import work_documents
from tests.govern.work import FRIDAY, MARROW, PELL, Work, later, opening, work

PERSON = Person("n1", "Jessamy Oakensby", dt.date(2010, 5, 3), 16, missing_now=True)
TEXTS = {
    "crime:1": "Jessamy was found at the flat in Saltmere with two phones and 12 wraps, and would not say whose.",
    "intelligence:1": "Source says the runner JESS is paid in trainers and works the Kev line on Fridays.",
}
FREE = Record("crime:1", "crime", dt.date(2026, 11, 1), None, False)
ABOUT = {"force": "Westmarch Police", "marking": "OFFICIAL-SENSITIVE", "synthetic": True}


def content_of(one: Work, **words: object) -> Content:
    given = {"summary": "She may be exploited by older people.", "texts": TEXTS, **words}
    key = documents.write_document(one.connection, one.case_id, "mash", PELL, FRIDAY, **given)  # type: ignore[arg-type]
    return documents.content(documents.draft_of(one.connection, key), one.case, PERSON, **ABOUT)


def said(content: Content) -> str:
    return "\n".join(f"{label}: {text}" for section in content.sections for label, text in section.lines)


def read_docx(content: Content) -> str:
    made = docx.Document(io.BytesIO(write_docx(content)))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def test_after_it_was_sent_the_document_says_so_and_a_later_one_does_not(state: State) -> None:
    with work(state, opening()) as one:
        first = content_of(one)
        one.take("mash", "drafted")
        one.take("mash", "sent")
        key = documents.drafts_of(one.connection, one.case_id)[0].document_id
        again = documents.content(documents.draft_of(one.connection, key), one.case, PERSON, finished=True, **ABOUT)
        assert documents.DRAFT in said(first)
        assert documents.DRAFT not in said(again)
        assert f"to {one.case.step('mash').sent_to}" in said(again)
        late = later(days=3)
        words = {"summary": "More is known.", "texts": TEXTS}
        new = documents.write_document(one.connection, one.case_id, "mash", PELL, late, **words)
        more = documents.content(documents.draft_of(one.connection, new), one.case, PERSON, **ABOUT)
        assert documents.DRAFT in said(more)


def test_the_document_says_what_is_known_and_what_is_not(state: State) -> None:
    with work(state, opening(authority=None)) as one:
        content = content_of(one, known=["Missing twice in May"], not_known=["Who paid for the train"])
        text = said(content)
        assert content.title == "MASH referral"
        for line in (
            "She may be exploited by older people.",
            "Name: Jessamy Oakensby",
            "Date of birth: 3 May 2010",
            "Missing now: Yes",
            f"Looked after: {NOT_KNOWN}",
            "Authority where the person is: Authority to be found",
            "Missing twice in May",
            "Who paid for the train",
            "Not in our records: Looked after, Authority where the person is, Responsible authority, gets a copy",
            "Result, given by a person: No result yet",
            "Drafted by: j.pell, 20 Nov 2026 at 16:30 UTC",
            "No record is attached.",
        ):
            assert line in text
        assert "Not answered" in text
        assert text.splitlines().index(": " + documents.DRAFT) > 0
        assert read_docx(content).count("Not answered") == 12


def test_answers_and_consent_stand_in_it(laptop_state: State) -> None:
    with work(laptop_state) as one:
        one.take("mash", "drafted")
        one.take("mash", "sent")
        one.answer("screening", {"missing": "yes", "phones": "not known"})
        text = said(content_of(one))
        assert "Missing from home or care, or away without a reason that adults know: Yes" in text
        assert "More than one phone, or many calls and messages: Not known" in text
    with work(laptop_state, opening(person="adult")) as one:
        one.take("consent", "done", result="lawful reason", why="risk to life", decided_by="DI Fell")
        key = documents.write_document(
            one.connection, one.case_id, "referral", PELL, FRIDAY, summary="At risk.", texts={}
        )
        text = said(documents.content(documents.draft_of(one.connection, key), one.case, PERSON, **ABOUT))
        assert "Consent: Lawful reason\nDecided by: DI Fell\nWhy: risk to life" in text


def test_a_draft_about_an_adult_says_that_it_must_not_be_shared_before_consent(laptop_state: State) -> None:
    with work(laptop_state, opening(person="adult")) as one:
        for consent, stands in (("", True), ("given", False)):
            if consent:
                one.take("consent", "done", result=consent)
            key = documents.write_document(
                one.connection, one.case_id, "referral", PELL, FRIDAY, summary="At risk.", texts={}
            )
            content = documents.content(documents.draft_of(one.connection, key), one.case, PERSON, **ABOUT)
            assert ("Not to be shared yet: Consent to share is missing." in read_docx(content)) == stands


def test_the_marking_stands_at_the_top_and_bottom_of_each_page(laptop_state: State) -> None:
    with work(laptop_state) as one:
        content = content_of(one)
        made = docx.Document(io.BytesIO(write_docx(content)))
        for section in made.sections:
            for part in (section.header, section.footer):
                assert part.paragraphs[0].text.startswith("OFFICIAL-SENSITIVE   SYNTHETIC DATA")
            assert not section.different_first_page_header_footer
        assert (made.core_properties.author, made.core_properties.comments) == ("j.pell", "")
        with pytest.raises(InputError, match="the marking is empty"):
            write_docx(dataclasses.replace(content, marking=" "))


def test_a_summary_is_required(laptop_state: State) -> None:
    with work(laptop_state) as one:
        for nothing in ("", " \n", "\x00"):
            with pytest.raises(InputError, match="the summary is empty"):
                content_of(one, summary=nothing)
        assert documents.drafts_of(one.connection, one.case_id) == []


@pytest.mark.parametrize("field", ["summary", "known", "not_known"])
@pytest.mark.parametrize(
    "words",
    [
        TEXTS["crime:1"],
        "We read: WAS FOUND at the flat, in Saltmere - with two phones!",
        "the runner\n JESS is paid in trainers and works nights",
    ],
)
def test_a_records_text_is_refused_wherever_it_is_pasted(laptop_state: State, field: str, words: str) -> None:
    with work(laptop_state) as one:
        with pytest.raises(InputError, match=r"those of the record (crime|intelligence):1"):
            content_of(one, **{field: words if field == "summary" else [words]})
        assert documents.drafts_of(one.connection, one.case_id) == []


@given(st.lists(st.sampled_from([word for text in TEXTS.values() for word in text.split()]), max_size=40))
def test_no_run_of_words_of_a_record_gets_into_a_document(words: list[str]) -> None:
    text = " ".join(words)
    shared = any(
        " ".join(source.split()[i : i + 8]) in text for source in TEXTS.values() for i in range(len(source.split()) - 7)
    )
    try:
        own_words([text], TEXTS)
        refused = False
    except InputError:
        refused = True
    assert refused or not shared


def test_a_document_with_records_names_them_and_holds_none_of_their_text(state: State) -> None:
    with work(state) as one:
        key = documents.write_document(one.connection, one.case_id, "mash", PELL, FRIDAY, summary="At risk.", texts={})
        documents.attach(one.connection, key, 1, FREE, PELL, FRIDAY)
        documents.attach(
            one.connection, key, 2, Record("intelligence:1", "intelligence", None, "1AP", False), PELL, FRIDAY
        )
        content = documents.content(documents.draft_of(one.connection, key), one.case, PERSON, **ABOUT)
        text = said(content) + read_docx(content)
        assert "crime:1: crime, 2026-11-01" in text
        assert "intelligence:1: intelligence, Not known" in text
        for source in TEXTS.values():
            assert not any(sentence in text for sentence in (source, source[:30], source[-30:]))
        documents.detach(one.connection, key, 3, "crime:1", PELL, FRIDAY)
        assert [record["record_id"] for record in documents.draft_of(one.connection, key).records] == ["intelligence:1"]
        assert not {"text", "sex", "ethnicity"} & {*Person.__dataclass_fields__, *Record.__dataclass_fields__}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"restricted": True}, "is restricted and can't be attached"),
        ({"source": "intelligence", "grading": "2BC"}, "has handling conditions"),
        ({"source": "intelligence", "grading": "3x5x2: 2 B C"}, "has handling conditions"),
        ({"source": "intelligence", "grading": "B24"}, "has handling conditions"),
        ({"source": "intelligence", "grading": "5x5x5 B 2 1"}, "has handling conditions"),
        ({"source": "intelligence", "grading": "2B"}, "has handling conditions"),
        ({"source": "intelligence", "grading": None}, "has no handling code"),
        ({"source": "crime", "grading": "1AC"}, "has handling conditions"),
    ],
)
def test_what_cannot_be_attached(laptop_state: State, changes: dict[str, object], said: str) -> None:
    with work(laptop_state) as one:
        key = documents.write_document(one.connection, one.case_id, "mash", PELL, FRIDAY, summary="At risk.", texts={})
        with pytest.raises(InputError, match=said):
            record = dataclasses.replace(FREE, **changes)  # type: ignore[arg-type]
            documents.attach(one.connection, key, 1, record, PELL, FRIDAY)
        assert documents.draft_of(one.connection, key).records == ()


@pytest.mark.parametrize("grading", ["2BP", "3x5x2 1-A-P", "2 b p"])
def test_what_can_be(grading: str) -> None:
    documents.attachable(Record("i", "intelligence", None, grading, False))
    assert documents.FREE_TO_SHARE.pattern


def test_two_people_at_one_document(state: State) -> None:
    with state.begin() as connection:
        one = Work(connection, opening())
        key = documents.write_document(connection, one.case_id, "mash", PELL, FRIDAY, summary="At risk.", texts={})
    with state.begin() as connection:
        documents.edit_document(connection, key, 1, PELL, later(hours=1), summary="At great risk.", texts={})
    refused = pytest.raises(Conflict, match=r"j\.pell changed summary from 'At risk\.' to 'At great risk\.'")
    with refused, state.begin() as connection:
        documents.edit_document(connection, key, 1, MARROW, later(hours=2), summary="No risk.", texts={})
    with state.read() as connection:
        assert documents.draft_of(connection, key).summary == "At great risk."
        assert "summary" in [c.field for c in history(connection, work_documents, key)]


def test_a_document_belongs_to_its_case_and_person(laptop_state: State) -> None:
    with work(laptop_state) as one:
        key = documents.write_document(one.connection, one.case_id, "mash", PELL, FRIDAY, summary="At risk.", texts={})
        draft = documents.draft_of(one.connection, key)
        with pytest.raises(InputError, match="don't belong together"):
            documents.content(draft, one.case, dataclasses.replace(PERSON, nominal_id="n2"), **ABOUT)
        with pytest.raises(InputError, match="has no step 'trial'"):
            documents.write_document(one.connection, one.case_id, "trial", PELL, FRIDAY, summary="x", texts={})


@settings(max_examples=25)
@given(st.text(min_size=1), st.text())
def test_any_text_makes_a_file_that_opens(title: str, text: str) -> None:
    section = Section(title, (("", text), (title, text)))
    content = Content(title, "OFFICIAL", "Westmarch Police", False, (section,), "j.pell")
    made = write_docx(content)
    assert zipfile.ZipFile(io.BytesIO(made)).testzip() is None
    assert "Westmarch Police" in read_docx(content)
