"""A case: from the queue to a drafted referral, by consent where consent is needed, and nobody's change is lost."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from docx import Document

from countylines.govern import audit, caseload
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.casework import Officer, one_area, rows_of, seen, some_adult, some_child
from tests.web.conftest import Browse, Clock, csrf_of


@pytest.fixture
def officer(browse: Browse) -> Officer:
    return Officer(browse("safeguarding"))


def state_of(officer: Officer, case: str, step: str) -> str:
    """What the case's page says of a step."""
    found = re.search(rf'id="step-{step}">.*?cl-st--\w+">.*?</svg>(.*?)</span>', officer.get(case), re.S)
    assert found
    return seen(found[1])


def version_of(officer: Officer, path: str, form: str) -> str:
    """The version in the form of that name."""
    found = re.search(
        rf'name="version" value="(\d+)"><input type="hidden" name="form" value="{form}"', officer.get(path)
    )
    assert found
    return found[1]


def a_text(reader: Reader, nominal: str) -> str:
    """The text of one of the person's records, of ten words or more."""
    rows = reader.index.query(
        "SELECT r.text FROM records r JOIN involvements i USING (record_id) WHERE i.nominal_id = ?", nominal
    )
    return next(str(row["text"]) for row in rows if len((row["text"] or "").split()) >= 10)


def test_a_child_from_the_queue_to_a_drafted_referral(officer: Officer, house: House, reader: Reader) -> None:
    child = some_child(reader)
    card = reader.cards([child])[child]
    page = officer.get("/safeguarding")
    to = re.search(rf'href="(/safeguarding/open\?person={child})">Make MASH referral', page)
    assert to
    assert "Empty = to be found." in officer.get(to[1])
    case = officer.opens(child, why="Found far from home", responsible_authority="Harrowmere")
    assert "Next: Make MASH referral" in seen(officer.get(case))
    answer = officer.writes(case, summary="She needs a place of safety.", known="She was away.", not_known="With whom.")
    assert answer.status_code == 303
    document = answer.headers["location"]
    shown = seen(officer.get(document))
    for words in ("She needs a place of safety.", "She was away.", "With whom.", card.name, "Not answered"):
        assert words in shown
    made = officer.send(f"{document}/file", recipient="MASH Westmarch", marking="OFFICIAL-SENSITIVE", form="file")
    assert made.status_code == 200
    whole = "\n".join(part.text for part in Document(io.BytesIO(made.content)).paragraphs)
    assert "She needs a place of safety." in whole
    entry = audit.search(house.state, audit.Wanted(kind="export")).rows[0]
    logged = entry.event
    assert (logged.action, entry.law) == ("export_referral", "disclosure")
    assert (logged.recipient, logged.marking) == ("MASH Westmarch", "OFFICIAL-SENSITIVE")
    assert logged.detail["state"] == "drafted"
    assert state_of(officer, case, "mash") == "Drafted"
    row = re.search(rf"/people/{child}.*?</tr>", officer.get("/safeguarding"), re.S)
    assert row
    assert "Drafted" in row[0]
    assert "Send draft to MASH" in row[0]
    sent = {"version": version_of(officer, document, "sent"), "form": "sent", "marking": "OFFICIAL-SENSITIVE"}
    assert "How it was sent isn't said" in seen(officer.send(f"{document}/sent", **sent))
    assert officer.send(f"{document}/sent", why="secure email, 14:30", **sent).status_code == 303
    assert "to Westmarch, copied to Harrowmere" in seen(officer.get(document))
    assert "secure email, 14:30" in officer.get(document)
    assert "Fill in screening tool" in officer.get(case)
    late = officer.send(document, form="edit", version="1", summary="Other words.", known="", not_known="")
    assert "This document was sent and stays as it was" in seen(late)
    page = officer.get(document)
    assert "She needs a place of safety." in seen(page)
    assert re.findall(r'action="([^"]*)"', page.partition("<main")[2]) == [f"{document}/file"]


def test_no_text_of_a_record_gets_into_a_document(officer: Officer, reader: Reader) -> None:
    child = some_child(reader)
    case = officer.opens(child)
    pasted = a_text(reader, child)
    answer = officer.writes(case, summary=f"They say: {pasted}")
    assert answer.status_code == 400
    assert "8 words or more in a row are those of the record" in seen(answer)
    assert seen(pasted)[:60] in seen(answer)  # what was typed stays in the form
    assert "None yet." in officer.get(f"{case}/referral")


def test_records_with_handling_conditions_cannot_be_named(officer: Officer, reader: Reader) -> None:
    rows = reader.index.query(
        "SELECT i.nominal_id, r.record_id, r.grading, r.source FROM records r JOIN involvements i USING (record_id)"
        " JOIN people p USING (nominal_id) WHERE p.is_child = 1 AND r.source = 'intelligence' AND r.grading LIKE '%C'"
    )
    one = rows[0]
    document = officer.writes(officer.opens(one["nominal_id"])).headers["location"]
    theirs = reader.index.query("SELECT record_id FROM involvements WHERE nominal_id = ?", one["nominal_id"])
    other = reader.index.query(
        "SELECT record_id FROM involvements WHERE record_id NOT IN"
        " (SELECT record_id FROM involvements WHERE nominal_id = ?) LIMIT 1", one["nominal_id"]
    )  # fmt: skip
    send = {"form": "records", "version": "1"}
    refused = officer.send(f"{document}/records", record_id=one["record_id"], **send)
    assert refused.status_code == 400
    assert "has handling conditions" in seen(refused)
    stranger = officer.send(f"{document}/records", record_id=other[0]["record_id"], **send)
    assert "is no record of this person" in seen(stranger)
    free = next(row["record_id"] for row in theirs if row["record_id"].startswith(("missing", "crime", "custody")))
    assert officer.send(f"{document}/records", record_id=free, **send).status_code == 303
    assert free in officer.get(document).partition("About this document")[0]


def test_nothing_goes_to_an_authority_that_nobody_found(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader), authority="")
    assert "Authority to be found" in officer.get(case)
    assert officer.takes(case, "mash", "drafted").status_code == 303
    refused = officer.takes(case, "mash", "sent", why="post")
    assert refused.status_code == 400
    assert "authority to be found" in seen(refused)
    where = {"form": "where", "person": "child", "responsible_authority": ""}
    lost = officer.send(f"{case}/where", version=officer.version(case), authority="Nowhereshire", **where)
    assert "No record names the authority 'Nowhereshire'" in seen(lost)
    assert 'value="Nowhereshire"' in lost.text
    found = officer.send(f"{case}/where", version=officer.version(case), authority="Nowhereshire", spelled="1", **where)
    assert found.status_code == 303
    assert officer.takes(case, "mash", "sent", why="post").status_code == 303
    assert "Went to Nowhereshire" in seen(officer.get(case))


def test_a_limit_beyond_the_known_bank_holidays_says_so(browse: Browse, reader: Reader, clock: Clock) -> None:
    officer = Officer(browse("safeguarding"))
    assert "Bank holidays are known" not in seen(officer.get(officer.opens(some_child(reader))))
    clock.now = dt.datetime(2028, 12, 28, 9, tzinfo=dt.UTC)
    officer = Officer(browse("safeguarding"))  # the session of two years ago is over
    late = officer.opens(some_child(reader, 1))
    assert "Bank holidays are known to 26 Dec 2028 only: the limit may end later" in seen(officer.get(late))
    page = seen(officer.get("/safeguarding/procedures"))
    assert page.count("Bank holidays are known to 26 Dec 2028") == 3


def test_two_browsers_lose_nothing(officer: Officer, browse: Browse, reader: Reader) -> None:
    """The second one sees both versions, keeps what was typed, and may save on top."""
    case = officer.opens(some_child(reader))
    other = Officer(browse("safeguarding"))
    version = officer.version(case)
    assert other.takes(case, "mash", "drafted").status_code == 303
    form = {"form": "law", "lawyer": "yes", "note": "A lawyer was asked on Friday.", "outcome_22": ""}
    answer = officer.send(f"{case}/law", version=version, **form)
    assert answer.status_code == 409
    assert "A lawyer was asked on Friday." in answer.text
    assert "MASH referral: state: drafted , was not started" in seen(answer)
    assert "A lawyer was asked on Friday." not in officer.get(case)
    again = re.findall(r'name="version" value="(\d+)"', answer.text)[0]
    assert officer.send(f"{case}/law", version=again, **form).status_code == 303
    page = seen(officer.get(case))
    assert "A lawyer was asked on Friday." in page
    assert "A lawyer was asked." in page
    assert state_of(officer, case, "mash") == "Drafted"


def test_two_browsers_on_one_document(officer: Officer, reader: Reader) -> None:
    document = officer.writes(officer.opens(some_child(reader))).headers["location"]
    form = {"form": "edit", "version": "1", "known": "", "not_known": ""}
    assert officer.send(document, summary="The first one's words.", **form).status_code == 303
    late = officer.send(document, summary="The second one's words.", **form)
    assert late.status_code == 409
    assert "The first one's words." in seen(late)
    assert "The second one's words." in seen(late)
    assert "The first one's words." in seen(officer.get(document))


def test_nothing_about_an_adult_is_sent_without_consent(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    row = re.search(rf"/people/{some_adult(reader)}.*?</tr>", officer.get("/safeguarding"), re.S)
    assert row
    assert "By consent" in row[0]
    assert "Child tool" in row[0]
    refused = officer.takes(case, "referral", "sent", why="post")
    assert refused.status_code == 400
    assert state_of(officer, case, "referral") == "By consent"  # as the queue says
    answer = officer.takes(case, "consent", "done", result="lawful reason", why="At risk of serious harm")
    assert "Who decided is empty" in seen(answer)
    assert "At risk of serious harm" in answer.text
    given = {"result": "lawful reason", "why": "At risk of serious harm", "decided_by": "DI Rook"}
    assert officer.takes(case, "consent", "done", **given).status_code == 303
    document = officer.writes(case, step="referral").headers["location"]
    assert "DI Rook" in officer.get(document)
    sent = {"version": version_of(officer, document, "sent"), "form": "sent", "why": "post", "marking": "SECRET"}
    assert officer.send(f"{document}/sent", **sent).status_code == 303


def test_consent_withdrawn_after_drafting_stops_the_sending(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    assert officer.takes(case, "consent", "done", result="given").status_code == 303
    document = officer.writes(case, step="referral").headers["location"]
    assert officer.takes(case, "consent", "in progress", why="She takes it back").status_code == 303
    page = seen(officer.get(document))
    assert "Can't be sent" in page
    assert "It stays drafted: Consent to share is missing" in page
    sent = {"version": officer.version(case), "form": "sent", "why": "post", "marking": "SECRET"}
    refused = officer.send(f"{document}/sent", **sent)
    assert refused.status_code == 400
    assert "Consent to share is missing" in seen(refused)
    assert state_of(officer, case, "referral") == "Drafted"


def test_refusing_the_nrm_opens_the_duty_to_notify(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    assert state_of(officer, case, "notify") == "Not yet"
    assert officer.takes(case, "nrm_consent", "done", result="refused").status_code == 303
    assert state_of(officer, case, "notify") == "Not started"
    assert state_of(officer, case, "nrm") == "Doesn't apply"


def test_at_immediate_risk_the_call_comes_first(officer: Officer, reader: Reader) -> None:
    child = some_child(reader)
    case = officer.opens(child, immediate_risk="1")
    assert child in officer.get("/safeguarding").partition("</section>")[0]
    assert "Call first, then record the call" in officer.get(case)
    call = {"form": "call", "called": "Control room", "reference": "CR-77", "called_at": "2026-11-21T09:00"}
    assert "The call lies in the future" in seen(officer.send(f"{case}/call", version="1", **call))
    call["called_at"] = "2026-11-20T08:30"
    assert officer.send(f"{case}/call", version="1", **call).status_code == 303
    assert "20 Nov 2026, 08:30: Control room, reference CR-77" in seen(officer.get(case))
    assert child not in officer.get("/safeguarding").partition("</section>")[0]


def test_closing_and_reopening(officer: Officer, reader: Reader) -> None:
    child = some_child(reader)
    case = officer.opens(child)
    assert "The reason for closing is empty" in seen(
        officer.send(f"{case}/close", version="1", form="close", reason="")
    )
    assert officer.send(f"{case}/close", version="1", form="close", reason="Moved away").status_code == 303
    assert child not in rows_of(officer.get("/safeguarding"))
    assert rows_of(officer.get("/safeguarding?tab=closed")) == [child]
    page = officer.get(case)
    assert "Moved away" in page
    assert re.findall(r'action="([^"]*)"', page.partition("<main")[2]) == [f"{case}/reopen"]  # nothing else is offered
    assert officer.send(f"{case}/steps/mash", version="2", form="x", to="drafted").status_code == 400
    form = {"version": version_of(officer, case, "close"), "form": "close", "reason": "New record"}
    assert officer.send(f"{case}/reopen", **form).status_code == 303
    assert child in rows_of(officer.get("/safeguarding"))


def test_a_person_has_one_open_case(officer: Officer, reader: Reader) -> None:
    child = some_child(reader)
    assert officer.opens(child) == officer.opens(child)


def test_whoever_is_under_18_is_handled_as_a_child(officer: Officer, house: House, reader: Reader) -> None:
    case = officer.opens(some_child(reader), handled_as="adult")
    with house.state.read() as connection:
        number = int(case.rpartition("/")[2])
        assert caseload.case(connection, house.procedures, number, house.clock()).person == "child"
    where = {"form": "where", "person": "adult", "authority": "Westmarch", "responsible_authority": ""}
    answer = officer.send(f"{case}/where", version="1", **where)
    assert "Their birth date says that they are a child" in seen(answer)


def test_outcome_22_in_their_records_is_shown(officer: Officer, reader: Reader) -> None:
    rows = reader.index.query(
        "SELECT i.nominal_id, r.record_id FROM records r JOIN involvements i USING (record_id)"
        " WHERE r.outcome_code = '22' ORDER BY 1, 2"
    )
    case = officer.opens(rows[0]["nominal_id"])
    assert rows[0]["record_id"] in officer.get(case).partition('id="law"')[2].partition("</section>")[0]


def test_notes_and_words_are_shown_harmlessly(officer: Officer, reader: Reader) -> None:
    bad = "<script>alert(1)</script> \u202e" + "w" * 400
    case = officer.opens(some_child(reader), why=bad)
    assert officer.send(f"{case}/notes", version="1", form="notes", note=bad).status_code == 303
    document = officer.writes(case, summary=bad).headers["location"]
    for path in (case, document, "/safeguarding", f"{case}/referral"):
        assert "<script>alert" not in officer.get(path)
    assert officer.get(case).count("&lt;script&gt;alert(1)") >= 2


def test_every_change_is_logged_with_the_person(officer: Officer, house: House, reader: Reader) -> None:
    child = some_child(reader)
    case = officer.opens(child)
    officer.takes(case, "mash", "drafted")
    changes = audit.search(house.state, audit.Wanted(kind="case", law="alteration")).rows
    assert [row.event.action for row in changes] == ["work_case", "make_referral"]
    assert [row.event.detail["change"] for row in changes] == ["step-mash", "opened"]
    assert changes[-1].event.detail["nominal"] == child
    assert audit.search(house.state, audit.Wanted(kind="person", what=child)).total == 1


def test_what_is_not_there(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader))
    elsewhere = officer.writes(officer.opens(some_child(reader, 1))).headers["location"].rpartition("/")[2]
    for path in ("/safeguarding/cases/99", f"{case}/referral/{elsewhere}", f"{case}/answers/mash", f"{case}/answers/x"):
        assert officer.client.get(path).status_code == 404, path
    assert officer.send("/safeguarding/cases/99/close", version="1", form="close", reason="x").status_code == 404
    assert officer.send("/safeguarding/cases", form="open", person="N99", why="x").status_code == 400


@pytest.mark.parametrize("role", ["analyst", "senior_officer", "data_scientist", "ethics_committee", "auditor"])
def test_others_are_kept_out(role: str, browse: Browse, officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_child(reader))
    document = officer.writes(case).headers["location"]
    client = browse(role)
    for path in (case, f"{case}/referral", document, f"{case}/answers/screening"):
        assert client.get(path).status_code == 403, path
    assert "safeguarding officers" in client.get(case).text


def test_an_analyst_refers_and_sees_that_it_is_taken_up(browse: Browse, officer: Officer, reader: Reader) -> None:
    child = some_child(reader)
    name = reader.cards([child])[child].name
    analyst = browse("analyst")
    form = {"csrf": csrf_of(analyst.get(f"/safeguarding/open?person={child}").text), "form": "open", "person": child}
    answer = analyst.post("/safeguarding/cases", data={**form, "why": "Seen with two adults", "authority": "Westmarch"})
    assert answer.headers["location"] == "/safeguarding"
    own = analyst.get("/safeguarding").text.partition("Your own referrals")[2]
    assert name in own
    assert "Make MASH referral" in own
    assert "Seen with two adults" in officer.get("/safeguarding")
    again = analyst.post("/safeguarding/cases", data={**form, "why": "Again"})
    assert "Safeguarding already has a case for this person" in seen(again)
    assert analyst.get("/safeguarding/cases/1").status_code == 403
    assert browse("senior_officer").get("/safeguarding/open").status_code == 403


def test_an_adult_is_handled_as_a_child_only_for_a_reason(officer: Officer, reader: Reader) -> None:
    """A child's referral needs no consent: that can't be had by a click."""
    adult = some_adult(reader)
    age = reader.cards([adult])[adult].age
    form = {"form": "open", "person": adult, "why": "Seen far from home", "authority": "Westmarch"}
    answer = officer.send("/safeguarding/cases", **form, handled_as="child")
    assert answer.status_code == 400
    assert f"Their birth date makes them {age}: say why their age is in doubt" in seen(answer)
    officer.opens(adult, handled_as="child", age_why="Her passport is someone else's")
    said = f"Age in doubt (recorded: {age}), handled as child: Her passport is someone else's"
    assert said in seen(officer.get("/safeguarding"))


def test_an_adults_case_becomes_a_childs_only_for_a_reason(officer: Officer, reader: Reader) -> None:
    adult = some_adult(reader)
    case = officer.opens(adult, handled_as="adult")
    form = {"form": "where", "person": "age unknown", "authority": "Westmarch"}
    answer = officer.send(f"{case}/where", version=officer.version(case), **form)
    assert answer.status_code == 400
    assert "say why their age is in doubt" in seen(answer)
    form["age_why"] = "The social worker doubts it"
    assert officer.send(f"{case}/where", version=officer.version(case), **form).status_code == 303
    assert "handled as age unknown: The social worker doubts it" in seen(officer.get(case))
    moved = {"form": "where", "person": "age unknown", "authority": "Northmoor", "spelled": "1"}
    assert officer.send(f"{case}/where", version=officer.version(case), **moved).status_code == 303, "said once"


def test_an_adults_document_leaves_only_with_consent(officer: Officer, reader: Reader) -> None:
    case = officer.opens(some_adult(reader), handled_as="adult")
    referral = re.findall(r'name="step"[^>]*value="(\w+)"|<option value="(\w+)"', officer.get(f"{case}/referral"))
    document = officer.writes(case, step=next(filter(None, referral[0]))).headers["location"]
    file = {"recipient": "Adult social care", "marking": "OFFICIAL-SENSITIVE", "form": "file"}
    answer = officer.send(f"{document}/file", **file)
    assert answer.status_code == 400
    assert "It can't be taken out yet" in seen(answer)
    assert officer.takes(case, "consent", "done", result="given").status_code == 303
    assert officer.send(f"{document}/file", **file).status_code == 200


def test_own_areas_hold_when_a_case_is_opened(browse: Browse, house: House, reader: Reader) -> None:
    """And the answer is the same whether there is such a person."""
    _, near = one_area(house, reader)
    far = next(each for each in reader.table("nominals")["nominal_id"].sort() if each not in near)
    local = browse("local")
    answers = [local.get(f"/safeguarding/open?person={each}") for each in (far, "N99")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert seen(answers[0]) == seen(answers[1]).replace("N99", far)
    form = {"csrf": csrf_of(local.get("/safeguarding/open").text), "form": "open", "why": "x", "person": far}
    assert local.post("/safeguarding/cases", data=form).status_code == 403
    inside = next(each for each in reader.table("nominals")["nominal_id"].sort() if each in near)
    assert local.get(f"/safeguarding/open?person={inside}").status_code == 200
