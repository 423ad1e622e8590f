"""What a case promises: what was sent stays as it was, nobody is closed away, an age has a reason, once is once."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document
from sqlalchemy import update

from countylines.govern import audit, documents
from countylines.govern.work_schema import work_cases
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.casework import Officer, in_tier, rows_of, seen, some_adult, some_child
from tests.web.conftest import Browse, Clock

AS_SENT = documents.AS_SENT
LATER = {"form": "where", "person": "child", "authority": "Harrowmere", "spelled": "1"}
UNDER = {"marking": "OFFICIAL-SENSITIVE"}


@pytest.fixture
def officer(browse: Browse) -> Officer:
    return Officer(browse("safeguarding"))


def read_docx(officer: Officer, document: str) -> str:
    """The file's text; the marking that its form asks for is one that no document has."""
    form = {"recipient": "MASH", "marking": "SECRET", "form": "file"}
    answer = officer.send(f"{document}/file", **form)
    assert answer.status_code == 200, seen(answer)[:300]
    made = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    head = [part.text for section in made.sections for part in section.header.paragraphs]
    return "\n".join([*head, *(part.text for part in made.paragraphs), *cells])


def the_document(page: str) -> str:
    """The part of the page that the partner reads, as it is printed."""
    return seen(page.partition("<article")[2].partition("</article>")[0])


def goes_on(officer: Officer, case: str) -> None:
    """What happens to a case after its referral was sent."""
    assert officer.screens(case, "medium", missing="yes").status_code == 303
    assert officer.send(f"{case}/where", version=officer.version(case), **LATER).status_code == 303


def test_a_sent_document_stays_as_it_was_sent(officer: Officer, reader: Reader, clock: Clock) -> None:
    """On the page, in print and in the file."""
    case = officer.opens(some_child(reader))
    document = officer.writes(case, summary="The only draft.").headers["location"]
    assert AS_SENT not in seen(officer.get(document))
    assert officer.takes(case, "mash", "sent", why="by secure email").status_code == 303
    before = the_document(officer.get(document)), read_docx(officer, document)
    clock.forward(minutes=5)
    goes_on(officer, case)
    assert (the_document(officer.get(document)), read_docx(officer, document)) == before
    for said in before:
        for words in ("The only draft.", AS_SENT, "No result yet", "Westmarch", "OFFICIAL-SENSITIVE", "09:00 UTC"):
            assert words in said, words
        assert "Harrowmere" not in said
    late = officer.send(document, form="edit", version="1", summary="Other words.", known="", not_known="")
    assert "This document was sent and stays as it was" in seen(late)


def test_drafts_that_were_not_sent_stay_drafts(officer: Officer, reader: Reader, house: House) -> None:
    """One of several goes out: the case's page asks which, the others never say that they were sent."""
    case = officer.opens(some_child(reader))
    first = officer.writes(case, summary="The first draft.").headers["location"]
    second = officer.writes(case, summary="The second one.").headers["location"]
    asked = officer.takes(case, "mash", "sent", why="by secure email")
    assert asked.status_code == 400
    assert "This step has 2 drafts. Open the one that was sent" in seen(asked)
    assert kept(house) == [None, None]
    form = {"version": officer.version(case), "form": "sent", "why": "secure email", **UNDER}
    assert officer.send(f"{second}/sent", **form).status_code == 303
    goes_on(officer, case)
    late = officer.writes(case, summary="More is known.").headers["location"]
    assert AS_SENT in the_document(officer.get(second))
    for each in (first, late):
        assert documents.DRAFT in the_document(officer.get(each))
        assert "Harrowmere" in the_document(officer.get(each))
        assert "not with this document" in seen(officer.get(each))


def test_marked_on_its_own_page_it_is_kept_with_it(officer: Officer, reader: Reader, house: House) -> None:
    case = officer.opens(some_child(reader))
    document = officer.writes(case).headers["location"]
    sent = {"version": officer.version(case), "form": "sent", **UNDER}
    refused = officer.send(f"{document}/sent", **sent, why="")
    assert refused.status_code == 400
    assert kept(house) == [None]
    assert officer.send(f"{document}/sent", **sent, why="secure email").status_code == 303
    assert "secure" not in the_document(officer.get(document))
    goes_on(officer, case)
    assert "No result yet" in the_document(officer.get(document))
    assert [each is not None for each in kept(house)] == [True]


def test_what_a_form_says_of_itself_is_logged_within_bounds(officer: Officer, reader: Reader, house: House) -> None:
    case = officer.opens(some_child(reader))
    asked = {**LATER, "form": "x" * 50_000, "to": "y" * 50_000}
    assert officer.send(f"{case}/where", version=officer.version(case), **asked).status_code == 303
    event = audit.search(house.state, audit.Wanted(kind="case")).rows[0].event
    assert event.detail == {"change": "x" * 100, "to": "y" * 100}


def kept(house: House) -> list[str | None]:
    with house.state.read() as connection:
        return [one.sent_as for one in documents.drafts_of(connection, 1)]


def test_whoever_is_missing_now_is_not_closed_away(officer: Officer, reader: Reader) -> None:
    """A call is recorded first, immediate risk is ended with its reason; and the run's word stands on top."""
    missing = in_tier(reader, 1)[0]
    case = officer.opens(missing, immediate_risk="1")

    def close() -> str:
        form = {"version": officer.version(case), "form": "close", "reason": "Not needed"}
        answer = officer.send(f"{case}/close", **form)
        return "" if answer.status_code == 303 else seen(answer)

    assert "They are at immediate risk, and no call is recorded" in close()
    assert "Can't be closed yet They are at immediate risk" in seen(officer.get(case))
    risk = {"form": "risk", "risk": "0", "why": "Found at home"}
    assert officer.send(f"{case}/risk", version=officer.version(case), **risk).status_code == 303
    assert "this run lists them as missing now, and no call is recorded. Call, and record the call first." in close()
    call = {"form": "call", "called": "Control room", "reference": "CR-77", "called_at": ""}
    assert officer.send(f"{case}/call", version=officer.version(case), **call).status_code == 303
    risk |= {"risk": "1", "why": "Gone again"}
    assert officer.send(f"{case}/risk", version=officer.version(case), **risk).status_code == 303
    assert "end the immediate risk with its reason first" in close()
    risk |= {"risk": "0", "why": "Back"}
    assert officer.send(f"{case}/risk", version=officer.version(case), **risk).status_code == 303
    assert close() == ""
    page = officer.get("/safeguarding")
    assert missing in rows_of(page)
    row = re.search(rf"/people/{missing}.*?</tr>", page.partition("</section>")[2], re.S)
    assert row
    assert "Closed on 20 Nov 2026, still missing in this run" in row[0]
    assert case in row[0]
    below = page.partition("</section>")[2]
    assert rows_of(f"<main{below}")[0] == missing
    assert missing in rows_of(officer.get("/safeguarding?tab=closed"))
    for only in ("unreferred", "screening", "strategy", "panel", "consent"):
        assert missing not in rows_of(officer.get(f"/safeguarding?only={only}")), only


def test_a_case_closed_without_a_call_is_called_first(officer: Officer, reader: Reader, house: House) -> None:
    """As one that was closed before this run knew that they are missing."""
    missing = in_tier(reader, 1)[0]
    officer.opens(missing)
    with house.state.begin() as connection:
        connection.execute(update(work_cases).values(closed_at=house.clock(), closed_by="x", close_reason="x"))
    call = officer.get("/safeguarding").partition("</section>")[0]
    assert missing in call
    assert "still missing in this run" in call


def ageless(reader: Reader) -> str:
    return reader.index.query("SELECT nominal_id FROM people WHERE is_child IS NULL ORDER BY 1")[0]["nominal_id"]


def test_an_unknown_age_becomes_an_adults_only_for_a_reason(officer: Officer, reader: Reader) -> None:
    one = ageless(reader)
    form = {"form": "open", "person": one, "why": "Seen far from home", "authority": "Westmarch"}
    for nothing in ("", "\u200b"):
        answer = officer.send("/safeguarding/cases", **form, handled_as="adult", age_why=nothing)
        assert answer.status_code == 400
        assert "No birth date is recorded: say who established that they are an adult, and how" in seen(answer)
    case = officer.opens(one, handled_as="age unknown")
    where = {"form": "where", "person": "adult", "authority": "Westmarch"}
    answer = officer.send(f"{case}/where", version=officer.version(case), **where)
    assert answer.status_code == 400
    assert "say who established that they are an adult" in seen(answer)
    where["age_why"] = "Border Force, by her passport"
    assert officer.send(f"{case}/where", version=officer.version(case), **where).status_code == 303
    page = seen(officer.get(case))
    assert "Age not recorded, handled as adult: Border Force, by her passport" in page
    again = {"form": "where", "person": "adult", "authority": "Northmoor", "spelled": "1"}
    assert officer.send(f"{case}/where", version=officer.version(case), **again).status_code == 303, "said once"


def test_opened_as_an_adult_the_reason_stands_in_why(officer: Officer, reader: Reader) -> None:
    case = officer.opens(ageless(reader), handled_as="adult", age_why="Known to us since 1990")
    assert "Seen far from home Age not recorded, handled as adult: Known to us since 1990" in seen(officer.get(case))


def test_an_authority_of_nothing_that_shows_is_to_be_found(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader), authority="\u200b", spelled="1")
    assert "Authority to be found" in officer.get(case)
    form = {"form": "where", "person": "child", "authority": "\u2060 \u200b", "spelled": "1"}
    assert officer.send(f"{case}/where", version=officer.version(case), **form).status_code == 303
    assert officer.takes(case, "mash", "drafted").status_code == 303
    assert "authority to be found" in seen(officer.takes(case, "mash", "sent", why="post"))


def test_the_duty_to_notify_is_not_set_aside_by_a_word(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    assert officer.takes(case, "notify", "doesn't apply", why="nah").status_code == 400, "nor before it is known"
    assert officer.takes(case, "nrm_consent", "done", result="refused").status_code == 303
    answer = officer.takes(case, "notify", "doesn't apply", why="nah")
    assert answer.status_code == 400
    assert "Duty to notify is a duty" in seen(answer)
    step = officer.get(case).partition('id="step-notify"')[2].partition('id="step-support"')[0]
    assert 'value="doesn&#39;t apply"' not in step
    form = {"version": officer.version(case), "form": "close", "reason": "She wants no help"}
    closing = officer.send(f"{case}/close", **form)
    assert closing.status_code == 400
    assert "The case can't be closed: Duty to notify is open" in seen(closing)
    assert officer.takes(case, "notify", "done", detail="MS-17").status_code == 303
    assert officer.send(f"{case}/close", **form | {"version": officer.version(case)}).status_code == 303


def test_with_consent_the_duty_falls_away(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    assert officer.takes(case, "nrm_consent", "done", result="refused").status_code == 303
    assert officer.takes(case, "notify", "in progress").status_code == 303
    assert officer.takes(case, "nrm_consent", "in progress", why="She thinks again").status_code == 303
    assert officer.takes(case, "nrm_consent", "done", result="given").status_code == 303
    assert officer.takes(case, "notify", "doesn't apply", why="She consented").status_code == 303


def test_a_form_sent_twice_is_kept_once(officer: Officer, reader: Reader, clock: Clock) -> None:
    case = officer.opens(some_child(reader))
    first, second = officer.writes(case), officer.writes(case)
    assert first.headers["location"] == second.headers["location"]
    for _ in range(2):
        assert officer.send(f"{case}/notes", version="1", form="notes", note="Rang the school").status_code == 303
    page = officer.get(case)
    assert "Referral documents (1)" in page
    assert page.partition('id="notes"')[2].partition("</section>")[0].count("Rang the school") == 1
    clock.forward(minutes=2)
    assert officer.writes(case).headers["location"] != first.headers["location"]
    assert officer.send(f"{case}/notes", version="1", form="notes", note="Rang the school").status_code == 303
    assert officer.get(case).partition('id="notes"')[2].partition("</section>")[0].count("Rang the school") == 2
