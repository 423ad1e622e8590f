"""Whoever takes something out says for whom and under which marking: one rule, and what was chosen stays chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import httpx
import pytest
from starlette.testclient import TestClient

from countylines.govern import audit
from countylines.web.house import House
from countylines.web.network_facts import facts_of
from countylines.web.reader import Reader
from tests.web.casework import Officer, seen, some_child
from tests.web.conftest import Browse, csrf_of

WHO = "Enter who gets it, in one line of at most 200 characters"
MARKING = "Choose a marking"
GIVEN = {"recipient": "Op Larch", "marking": "OFFICIAL-SENSITIVE"}
OTHERS = {"kind": "csv", "purpose": "Test", "format": "csv-people", "file": "csv", "form": "file"}
Way = Callable[..., httpx.Response]


def form(client: TestClient, page: str, path: str, **more: str) -> Way:
    """A way out by a form: what it sends, and to where."""
    csrf = csrf_of(client.get(page).text)
    return lambda **typed: client.post(path, data={"csrf": csrf, **OTHERS, **more, **typed})


def the_referral(browse: Browse, reader: Reader) -> Way:
    officer = Officer(browse("safeguarding"))
    document = officer.writes(officer.opens(some_child(reader))).headers["location"]
    return form(officer.client, document, f"{document}/file")


def the_report(browse: Browse, reader: Reader) -> Way:
    client, line = browse("analyst"), f"/lines/{reader.table('lines')['line_id'].sort()[0]}"
    written = {"csrf": csrf_of(client.get(line).text), "text": "A line that draws children in."}
    assert client.post(f"{line}/draft", data=written).status_code == 303
    return form(client, line, f"{line}/document")


WAYS: dict[str, Callable[[Browse, Reader], Way]] = {
    "the log": lambda browse, _: form(browse("auditor"), "/log", "/log/export", kind="", what="G0001"),
    "a list": lambda browse, _: form(browse("analyst"), "/download/groups", "/download/groups"),
    "the network": lambda browse, _: form(browse("analyst"), "/network/export", "/network/export"),
    "a referral": the_referral,
    "a line's report": the_report,
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, browse: Browse, reader: Reader) -> Way:
    return WAYS[request.param](browse, reader)


WRONG = (
    ({"recipient": " "}, WHO),
    ({"recipient": "\u200b"}, WHO),  # it shows nothing
    ({"recipient": "x" * 201}, WHO),
    ({"recipient": "The panel\nand others"}, WHO),
    ({"marking": ""}, MARKING),
    ({"marking": "OFFICIAL"}, MARKING),  # lower than the pages
)


def test_nothing_leaves_for_nobody_or_unmarked(way: Way, house: House) -> None:
    for typed, said in WRONG:
        answer = way(**{**GIVEN, **typed})
        assert (answer.status_code, said in seen(answer)) == (400, True), typed
    assert audit.search(house.state, audit.Wanted(kind="export")).total == 0


def test_all_else_is_taken_and_logged(way: Way, house: House) -> None:
    assert way(recipient="x" * 200, marking="SECRET").status_code == 200
    event = audit.search(house.state, audit.Wanted(kind="export")).rows[0].event
    assert (event.recipient, event.marking) == ("x" * 200, "SECRET")


def test_a_marking_stays_chosen_when_the_recipient_was_forgotten(way: Way) -> None:
    """Else the file goes out under a lower one than somebody chose."""
    page = way(recipient="", marking="SECRET").text
    select = re.findall(r'<select[^>]*name="marking".*?</select>', page, re.DOTALL)[-1]
    assert re.findall(r"<option[^>]* selected>([^<]+)", select) == ["SECRET"]


def test_a_recipient_stays_typed_when_the_marking_was_not_chosen(way: Way) -> None:
    field = re.search(r'<input[^>]*name="recipient"[^>]*>', way(recipient='"Op" Larch', marking="").text)
    assert field
    assert 'value="&#34;Op&#34; Larch"' in field[0]


def test_a_kind_of_file_stays_chosen_too(browse: Browse) -> None:
    page = WAYS["the log"](browse, None)(**{**GIVEN, "recipient": "", "file": "xlsx"}).text  # type: ignore[arg-type]
    assert re.findall(r'<option value="(\w+)" selected>', page.partition('id="file"')[2]) == ["xlsx"]


def test_the_explorer_is_told_the_same(browse: Browse, reader: Reader, house: House) -> None:
    wanted = {**GIVEN, "format": "csv-people", "people": list(facts_of(reader).ids)[:2], "links": 0}
    client = browse("analyst")
    csrf = {"X-CSRF": csrf_of(client.get("/network/export").text)}
    for typed, said in (({"recipient": " "}, WHO), ({"recipient": "a\nb"}, WHO), ({"marking": "OFFICIAL"}, MARKING)):
        answer = client.post("/network/export.json", json={**wanted, **typed}, headers=csrf)
        assert (answer.status_code, answer.json()["error"]) == (422, said)
    assert audit.search(house.state, audit.Wanted(kind="export")).total == 0


def test_a_search_of_the_log_is_logged_within_bounds(browse: Browse, house: House) -> None:
    """The log only grows: nobody writes a megabyte into it by asking for one."""
    way = WAYS["the log"](browse, None)  # type: ignore[arg-type]
    assert way(**GIVEN, what="x" * 50_000).status_code == 200
    event = audit.search(house.state, audit.Wanted(kind="export")).rows[0].event
    assert event.detail["filters"] == {"what": "x" * 400}


def test_what_was_sent_bears_the_marking_that_it_had(browse: Browse, reader: Reader) -> None:
    """Whoever marks it as sent says which; then nobody can take it out under another."""
    officer = Officer(browse("safeguarding"))
    case = officer.opens(some_child(reader))
    document = officer.writes(case).headers["location"]
    assert re.findall(r"<option selected>([^<]+)", officer.get(document)) == ["OFFICIAL-SENSITIVE"] * 2
    how = {"form": "sent", "version": officer.version(case), "why": "secure email"}
    refused = officer.send(f"{document}/sent", **how, marking="OFFICIAL")
    assert (refused.status_code, "Choose a marking" in seen(refused)) == (400, True)
    forgot = officer.send(f"{document}/sent", **{**how, "why": ""}, marking="SECRET")
    assert forgot.status_code == 400
    section = forgot.text.partition('id="sent"')[2].partition("</section>")[0]
    assert re.findall(r"<option selected>([^<]+)", section) == ["SECRET"]
    assert officer.send(f"{document}/sent", **how, marking="SECRET").status_code == 303
    page = officer.get(document)
    assert "SECRET, as it was sent" in seen(page)
    taken = officer.send(f"{document}/file", **{**OTHERS, **GIVEN}, **{"as": "page"})
    assert 'data-marking="SECRET"' in unescape(taken.text)
