"""The access log: searched, checked and taken out by auditors; and nothing that is looked at goes unlogged."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.govern import audit
from countylines.govern.people import ROLES
from countylines.web import log_pages
from countylines.web.cells import csv_lines, safe
from countylines.web.house import House
from tests.web.conftest import NOW, Browse, Clock, csrf_of


@pytest.fixture
def child(house: House, clock: Clock) -> str:
    """Somebody whose page was opened twice, and once refused."""
    about = {"kind": "person", "what": "N0000001", "run_id": "run-2026"}
    events = [
        audit.Event(clock.now, "see_people", account="marrow", roles=["analyst"], reason="tasking",
                    reference="Op Larch", **about),
        audit.Event(clock.now, "see_people", account="fenwick", roles=["safeguarding"], reason="safeguarding",
                    reference="=HYPERLINK(1)", **about),
        audit.Event(clock.now, "see_people", outcome="refused", account="tully", roles=["auditor"], **about),
        audit.Event(clock.now - dt.timedelta(days=40), "see_people", account="early", **{**about, "what": "N2"}),
    ]  # fmt: skip
    with house.state.begin() as connection:
        for event in sorted(events, key=lambda event: event.at):
            audit.record(connection, event)
    return "N0000001"


def rows_of(page: str) -> list[str]:
    """The rows of the table of entries."""
    table = page[page.index('id="entries"') : page.index('id="whole"')]
    return re.findall(r"<tr>.*?</tr>", table, re.DOTALL)[1:]


def test_only_auditors_read_the_log(browse: Browse) -> None:
    for role in ROLES:
        client = browse(role)
        wanted = 200 if role == "auditor" else 403
        assert client.get("/log").status_code == wanted, role
        csrf = csrf_of(client.get("/keys").text)
        assert client.post("/log/verify", data={"csrf": csrf}).status_code == wanted
        form = {"csrf": csrf, "recipient": "IOPC", "marking": "OFFICIAL-SENSITIVE"}
        assert client.post("/log/export", data=form).status_code == wanted


def test_an_auditor_finds_who_looked_at_a_person_and_why(browse: Browse, child: str) -> None:
    page = browse("auditor").get("/log", params={"kind": "person", "what": child})
    assert f"3 entries on {child}" in page.text
    rows = rows_of(page.text)
    assert len(rows) == 3
    assert "Op Larch, tasking" in rows[-1]
    assert "Intelligence analyst" in rows[-1]
    assert "Refused" in rows[0]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"who": "Marrow"}, 1),
        ({"outcome": "refused"}, 1),
        ({"action": "see_people", "since": "2026-11-20"}, 3),
        ({"action": "see_people", "until": "2026-11-19"}, 1),
        ({"kind": "person", "until": "2026-11-20"}, 4),
        ({"what": "N0000001' OR 1=1 --"}, 0),
    ],
)
def test_it_is_searched_by_who_what_outcome_and_day(
    browse: Browse, child: str, wanted: dict[str, str], found: int
) -> None:
    page = browse("auditor").get("/log", params=wanted)
    assert len(rows_of(page.text)) == found


def test_a_day_that_is_none_is_told(browse: Browse) -> None:
    page = browse("auditor").get("/log", params={"since": "last week"})
    assert (page.status_code, "Enter a day as" in page.text) == (400, True)
    assert browse("auditor").get("/log", params={"until": "9999-12-31"}).status_code == 400


def test_reading_the_log_is_logged_with_what_was_looked_for(browse: Browse, house: House) -> None:
    browse("auditor").get("/log", params={"what": "N0000777"})
    entry = audit.search(house.state, audit.Wanted(kind="log")).rows[0].event
    assert (entry.action, entry.account, entry.what) == ("see_log", "auditor", "N0000777")


def test_long_logs_have_pages(browse: Browse, house: House) -> None:
    with house.state.begin() as connection:
        for number in range(60):
            audit.record(connection, audit.Event(NOW, "sign_in", account="busy", what=str(number)))
    client = browse("auditor")
    first, second = (client.get("/log", params={"who": "busy", "page": page}).text for page in (1, 2))
    assert "Page 1 of 2" in first
    assert (len(rows_of(first)), len(rows_of(second))) == (50, 10)


def test_a_whole_log_is_said_to_be_whole_and_its_seal_fits_later(browse: Browse) -> None:
    client = browse("auditor")
    csrf = csrf_of(client.get("/log").text)
    page = client.post("/log/verify", data={"csrf": csrf})
    assert "The log is whole" in page.text
    seal = re.findall(r"countylines log \d+ [0-9a-f]{64} \S+?(?=<)", page.text)[0]
    assert "It fits the seal" in client.post("/log/verify", data={"csrf": csrf, "seal": seal}).text
    other = seal.replace(seal.split()[3], "ab" * 32)
    assert "isn&#39;t the one that was sealed" in client.post("/log/verify", data={"csrf": csrf, "seal": other}).text
    assert client.post("/log/verify", data={"csrf": csrf, "seal": "nonsense"}).status_code == 400


def test_a_row_that_was_edited_is_found(browse: Browse, house: House, child: str) -> None:
    with house.state.begin() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit SET account = 'nobody' WHERE account = 'fenwick'")
    client = browse("auditor")
    page = client.post("/log/verify", data={"csrf": csrf_of(client.get("/log").text)})
    assert "was changed, moved or put in" in page.text
    assert "Seal of the log" not in page.text  # nothing to keep of a broken log


def test_what_is_taken_out_is_what_was_searched_and_harmless(browse: Browse, house: House, child: str) -> None:
    client = browse("auditor")
    form = {"csrf": csrf_of(client.get("/log").text), "what": child, "kind": "person"}
    assert client.post("/log/export", data={**form, "marking": "OFFICIAL-SENSITIVE"}).status_code == 400  # for whom?
    assert client.post("/log/export", data={**form, "recipient": "IOPC", "marking": "PUBLIC"}).status_code == 400
    answer = client.post("/log/export", data={**form, "recipient": "IOPC", "marking": "OFFICIAL-SENSITIVE"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="access-log-')
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert lines[0][0].startswith("OFFICIAL-SENSITIVE. Access log of Westmarch Police, for IOPC")
    rows = [dict(zip(lines[2], line, strict=True)) for line in lines[3:]]
    assert {row["account"] for row in rows} == {"marrow", "fenwick", "tully"}
    assert "'=HYPERLINK(1)" in {row["reference"] for row in rows}
    entry = audit.search(house.state, audit.Wanted(action="export_log")).rows[0].event
    assert (entry.recipient, entry.marking, entry.detail["filters"]["what"]) == ("IOPC", "OFFICIAL-SENSITIVE", child)


def test_a_workbook_of_it_has_a_front_sheet_and_no_formula(
    browse: Browse, house: House, child: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse("auditor")
    form = {"csrf": csrf_of(client.get("/log").text), "what": child, "kind": "person", "file": "xlsx"}
    form |= {"recipient": "IOPC", "marking": "OFFICIAL-SENSITIVE"}
    assert client.post("/log/export", data={**form, "file": "exe"}).status_code == 400
    answer = client.post("/log/export", data=form)
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    front = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert (front["For"], front["Entries"]) == ("IOPC", f"kind person, what {child}")
    header, *rows = book["List"].iter_rows(values_only=True)
    written = [dict(zip(header, row, strict=True)) for row in rows]
    assert {row["account"] for row in written} == {"marrow", "fenwick", "tully"}
    assert "=HYPERLINK(1)" in {row["reference"] for row in written}
    assert all(cell.data_type != "f" for row in book["List"].iter_rows() for cell in row)
    monkeypatch.setattr(log_pages, "MOST", 1)
    assert "choose CSV, or search for fewer" in client.post("/log/export", data=form).text


@given(st.text(max_size=40))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    cell = safe(text)
    assert cell.removeprefix("'") in (text, text.removeprefix("'"))
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@"))


def test_a_table_comes_back_from_its_lines() -> None:
    rows = [{"a": 'x"y', "b": "1,2"}, {"a": None, "b": "line\nbreak"}]
    lines = "".join(csv_lines(["a", "b"], rows))
    assert list(csv.DictReader(io.StringIO(lines, newline=""))) == [
        {"a": 'x"y', "b": "1,2"},
        {"a": "", "b": "line\nbreak"},
    ]
