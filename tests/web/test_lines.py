"""Deal lines: the list with its filters, one line with its people and records, and the draft of its report."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from urllib.parse import unquote

import polars as pl
import pytest
from docx import Document
from sqlalchemy import update
from starlette.testclient import TestClient

from countylines.govern import accounts, audit, reporting
from countylines.govern.work_schema import work_drafts
from countylines.web.house import House
from countylines.web.line_filters import Listed, Wanted, holds
from countylines.web.line_months import drawn
from countylines.web.line_rows import LineRow, line_rows
from countylines.web.line_view import BANDS, by_month, children, people, records
from countylines.web.lines import draft_of
from countylines.web.reader import Reader
from tests.web.conftest import NOW, Browse, csrf_of

BLANK = LineRow("L1", (), (), False, False, None, None, (), None, 0, 0, 0, None, None, None, None)


@pytest.fixture
def busiest(reader: Reader) -> LineRow:
    """The line with the most records that nobody has reported."""
    return max((row for row in line_rows(reader) if not row.reported_on), key=lambda row: row.records)


def drafted(client: TestClient, row: LineRow, text: str = "A line that draws children in.", **more: str) -> int:
    """Send a draft of the line's report; the answer's status."""
    csrf = csrf_of(client.get(f"/lines/{row.line_id}").text)
    form = {"csrf": csrf, "text": text, "numbers": ", ".join(row.numbers), "names": ", ".join(row.names), "areas": ""}
    return client.post(f"/lines/{row.line_id}/draft", data={**form, **more}).status_code


def kept(house: House) -> list[reporting.Draft]:
    """All drafts."""
    with house.state.read() as connection:
        return reporting.drafts(connection)


def test_every_line_is_listed_once_with_all_its_numbers_and_names(reader: Reader) -> None:
    rows = line_rows(reader)
    table = reader.table("lines")
    assert {row.line_id for row in rows} == set(table["line_id"])
    for row in rows:
        own = table.filter(pl.col("line_id") == row.line_id)
        assert set(row.numbers) == set(own["number"].drop_nulls())
        assert set(row.names) == set(own["name"].drop_nulls())
        behind = reader.table("line_evidence").filter(pl.col("line_id") == row.line_id)
        assert row.records + row.mentions == behind["record_id"].drop_nulls().n_unique()


def test_known_lines_are_there_with_or_without_evidence(browse: Browse, reader: Reader) -> None:
    known = reader.run.read("sources/known_lines")
    client = browse("analyst")
    assert known.height
    for row in line_rows(reader):
        if row.known:
            page = client.get(f"/lines/{row.line_id}")
            assert page.status_code == 200
            assert row.called in page.text
            if not row.records:
                assert "It is known from the list of known lines only".lower() in page.text.lower()
    assert set(known["line_id"]) == {row.line_id for row in line_rows(reader) if row.known}


def test_the_list_shows_all_lines_the_sure_ones_first(browse: Browse, reader: Reader) -> None:
    page = browse("analyst").get("/lines").text
    order = re.findall(r'<th scope="row".*?/lines/([^"]+)"', page, flags=re.DOTALL)
    rows = {row.line_id: row for row in line_rows(reader)}
    assert set(order) == set(rows) or len(order) == 25
    sure = [rows[one].corroborated for one in order]
    assert sure == sorted(sure, reverse=True)


def test_filters_keep_what_they_say(reader: Reader) -> None:
    every = [Listed(row, "new", None, "") for row in line_rows(reader)]
    area = next(row.areas[0] for row in line_rows(reader) if row.areas)
    assert {one.row.line_id for one in Wanted(area=area.upper()).kept(every)} == {
        row.line_id for row in line_rows(reader) if area in row.areas
    }
    assert all(one.row.known for one in Wanted(standing="known").kept(every))
    assert Wanted(report="reported").kept(every) == []
    assert Wanted(reach="internal").kept([dataclasses.replace(every[0], row=dataclasses.replace(BLANK, internal=True))])
    nothing = Wanted(sort="nonsense", standing="x", report="y", reach="z", page=-4).known()
    assert nothing == Wanted()


@pytest.mark.parametrize("sort", ["records", "-records", "last", "-people", "line", "group", "first"])
def test_every_order_keeps_every_line(reader: Reader, sort: str) -> None:
    every = [Listed(row, "new", None, row.group_id or "") for row in line_rows(reader)]
    found = Wanted(sort=sort).ordered(every)
    assert sorted(one.row.line_id for one in found) == sorted(one.row.line_id for one in every)
    if sort.endswith("records"):
        counts = [one.row.records for one in found]
        assert counts == sorted(counts, reverse=sort.startswith("-"))


def test_pages_are_whole(reader: Reader) -> None:
    every = [Listed(dataclasses.replace(BLANK, line_id=f"L{i}"), "new", None, "") for i in range(60)]
    seen = [one for page in (1, 2, 3) for one in Wanted(page=page).shown(every)[0]]
    assert seen == every
    assert Wanted(page=99).shown(every)[1:] == (3, 3)


def test_a_number_is_found_however_it_is_typed() -> None:
    row = dataclasses.replace(BLANK, numbers=("+447700900123",), names=("BLUE JAY",))
    for q in ("07700 900123", "+44 7700 900123", "900123", "blue", "JAY", "l1"):
        assert holds(row, q), q
    for q in ("07700 900124", "12", "red"):
        assert not holds(row, q), q


def test_a_search_of_the_list_is_logged(browse: Browse, house: House) -> None:
    browse("analyst").get("/lines", params={"q": "07700 900"})
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.kind, event.what, event.action) == ("search", "07700 900", "see_lines")


def test_people_to_protect_stand_apart_and_under_no_role(reader: Reader) -> None:
    for row in line_rows(reader):
        found = people(reader, row.line_id)
        assert not any(one.card.guarded for one in (*found.offenders, *found.others))
        assert all(one.card.guarded for one in found.guarded)
        assert all((one.roles, one.records, one.known) == ((), 0, False) for one in found.guarded)
        says = reader.table("line_evidence").filter((pl.col("line_id") == row.line_id) & (pl.col("kind") != "mention"))
        assert found.ids == set(says["nominal_id"].drop_nulls())


def test_a_page_names_its_people_with_their_marks_and_logs_them(
    browse: Browse, house: House, reader: Reader, busiest: LineRow
) -> None:
    page = browse("analyst").get(f"/lines/{busiest.line_id}").text
    found = people(reader, busiest.line_id)
    apart = page.partition("Children and people who may be exploited")[2]
    assert found.guarded
    for one in found.guarded:
        assert one.card.name in apart
        assert one.card.words in apart
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.kind, event.what) == ("line", busiest.key)
    assert found.ids <= set(event.detail["people"])


def test_children_are_linked_by_bands_never_by_figures(browse: Browse, reader: Reader, busiest: LineRow) -> None:
    linked = children(reader, busiest.line_id)
    rows = reader.table("safeguarding_links").filter(
        (pl.col("kind") == "line") & (pl.col("id") == busiest.line_id) & (pl.col("band") != "no link found")
    )
    assert {one.card.nominal_id for one in linked} == set(rows["nominal_id"])
    order = [BANDS.index(one.band) for one in linked]
    assert order == sorted(order)
    for one in linked:
        assert one.path[0].nominal_id == one.card.nominal_id
    page = browse("safeguarding").get(f"/lines/{busiest.line_id}").text
    assert "%" not in page.partition("Children linked")[2].partition("</section>")[0]


def test_records_come_latest_first_and_a_month_leads_to_its_own(
    browse: Browse, reader: Reader, busiest: LineRow
) -> None:
    every = records(reader, busiest.line_id)
    days = [one.date for one in every]
    assert days == sorted(days, reverse=True)
    months = by_month(every)
    assert sum(says + mentions for _, says, mentions in months) == len(every)
    month, says, mentions = max(months, key=lambda one: one[1])
    page = browse("analyst").get(f"/lines/{busiest.line_id}", params={"month": month}).text
    assert f"Showing {says + mentions} of {len(every)}" in page
    shown = re.findall(r'class="cl-ev__h">.*?<span class="cl-mono">([^<]+)</span>', page, flags=re.DOTALL)
    assert {f"{one}" for one in shown} == {one.record_id.partition(":")[2] for one in every if one.month == month}
    assert f"month={month}" in page


def test_a_month_that_has_none_shows_all(browse: Browse, busiest: LineRow) -> None:
    page = browse("analyst").get(f"/lines/{busiest.line_id}", params={"month": "1999-01", "kind": "x", "page": 999})
    assert page.status_code == 200
    assert "the latest first" in page.text


def test_months_are_drawn_with_words_and_a_link_each() -> None:
    svg = drawn([("2020-11", 2, 0), ("2020-12", 0, 0), ("2021-01", 1, 3)], lambda month: f"?month={month}&x=<")
    assert svg.count("<a ") == 2
    assert 'aria-label="Jan 2021: 1 record, 3 mentions"' in svg
    assert "x=&lt;" in svg
    assert "style=" not in svg
    assert drawn([], str) == ""


def test_no_such_line(browse: Browse) -> None:
    answer = browse("analyst").get("/lines/L99999")
    assert answer.status_code == 404
    assert "No such line in this run" in answer.text


def test_a_line_is_found_by_its_lasting_name(browse: Browse, busiest: LineRow) -> None:
    assert busiest.called in browse("analyst").get(f"/lines/{busiest.key}").text


def test_own_areas_hide_other_lines(browse: Browse, house: House, busiest: LineRow) -> None:
    account = accounts.find_account(house.state, "analyst")
    assert account is not None
    accounts.change_account(house.state, account.account_id, areas=["Nowhere"], now=NOW, by="administrator")
    client = browse("analyst")
    page = client.get("/lines").text
    assert busiest.line_id not in re.findall(r"/lines/([^\"?#]+)", page)
    assert client.get(f"/lines/{busiest.line_id}").status_code == 403


def test_the_way_from_a_child_to_a_line_names_records_of_own_areas_only(
    browse: Browse, house: House, reader: Reader
) -> None:
    """Those of other areas can't be opened: they are counted, and their ids aren't told."""
    areas = {row["record_id"]: row["area"] for row in reader.index.query("SELECT record_id, area FROM records")}
    ways = {row.line_id: {one for child in children(reader, row.line_id) for one in child.record_ids}
            for row in line_rows(reader)}  # fmt: skip
    line, area = next(
        (row.line_id, area)
        for row in line_rows(reader)
        for area in row.areas
        if len({areas[one] == area for one in ways[row.line_id]}) == 2
    )
    account = accounts.find_account(house.state, "analyst")
    assert account is not None
    accounts.change_account(house.state, account.account_id, areas=[area], now=NOW, by="administrator")
    page = browse("analyst").get(f"/lines/{line}").text
    linked = {unquote(each) for each in re.findall(r'href="/records/([^"?]+)"', page)}
    assert {areas[each] for each in linked} == {area}
    assert linked & ways[line]
    assert "outside your areas" in page


def test_a_draft_is_written_reported_and_kept_with_who_did_it(browse: Browse, house: House, busiest: LineRow) -> None:
    client = browse("analyst")
    assert drafted(client, busiest) == 303
    made = kept(house)[0]
    assert (made.line.line_id, made.status, made.by) == (busiest.key, "drafted", "analyst")
    assert set(made.line.numbers) == set(busiest.numbers)
    page = client.get(f"/lines/{busiest.line_id}").text
    assert "A line that draws children in." in page
    assert "Drafted" in client.get("/lines").text
    assert f"Draft report of line {busiest.key}" in client.get("/").text
    form = {"csrf": csrf_of(page), "draft": str(made.draft_id), "version": str(made.version)}
    wrong = client.post(f"/lines/{busiest.line_id}/reported", data={**form, "on": "2030-01-01", "reference": "R 1"})
    assert wrong.status_code == 400
    assert "lies in the future" in wrong.text
    nothing = client.post(f"/lines/{busiest.line_id}/reported", data={**form, "on": "no day", "reference": "R 1"})
    assert nothing.status_code == 400
    right = {**form, "on": "2026-11-19", "reference": "NCLCC 77"}
    assert client.post(f"/lines/{busiest.line_id}/reported", data=right).status_code == 303
    done = kept(house)[0]
    assert (done.status, done.reported_on, done.reference) == ("reported", dt.date(2026, 11, 19), "NCLCC 77")
    assert "NCLCC 77" in client.get(f"/lines/{busiest.line_id}").text
    steps = [row.event.detail["step"] for row in audit.search(house.state).rows if row.event.action == "work_lines"]
    assert steps == ["reported", "draft"]


def test_a_draft_takes_over_no_text_of_a_record(browse: Browse, reader: Reader, busiest: LineRow) -> None:
    record = records(reader, busiest.line_id)[0].record_id
    text = reader.index.query("SELECT text FROM records WHERE record_id = ?", record)[0]["text"]
    client = browse("analyst")
    assert drafted(client, busiest, text=f"We know this: {text}") == 400
    assert drafted(client, busiest, text="   ") == 400
    assert drafted(client, busiest) == 303


def test_a_report_names_nobody_to_protect(browse: Browse, reader: Reader, house: House) -> None:
    """As its form says: in whatever spelling and field, and in a document of a draft from before, too."""
    row, card = next(
        (row, one.card) for row in line_rows(reader) for one in people(reader, row.line_id).guarded if not row.known
    )
    client = browse("analyst")
    given, family = re.findall(r"[^\W\d_]+", card.name)[:2]
    for text in (f"{card.name}, 17, runs.", f"{family.upper()}, {given}'s line", f"{given} is one. So is a {family}."):
        assert drafted(client, row, text=text) == 400, text
    assert drafted(client, row, names=f"Kev, {given} {family}") == 400
    assert kept(house) == []
    assert drafted(client, row, text=f"{given} is the name of the line.") == 303
    made = kept(house)[0]
    with house.state.begin() as connection:
        connection.execute(update(work_drafts).values(text=f"{given} {family} runs."))
    csrf = csrf_of(client.get(f"/lines/{row.line_id}").text)
    form = {"csrf": csrf, "recipient": "NCLCC", "marking": "OFFICIAL-SENSITIVE", "draft": str(made.draft_id)}
    answer = client.post(f"/lines/{row.line_id}/document", data=form)
    assert answer.status_code == 400
    assert "who is protected or held in the line" in answer.text


def test_two_browsers_lose_nothing_of_a_draft(browse: Browse, house: House, busiest: LineRow) -> None:
    one, other = browse("analyst"), browse("analyst")
    drafted(one, busiest)
    made = kept(house)[0]
    shown = {"draft": str(made.draft_id), "version": str(made.version)}
    assert drafted(one, busiest, "The first edit.", **shown) == 303
    csrf = csrf_of(other.get(f"/lines/{busiest.line_id}").text)
    late = other.post(f"/lines/{busiest.line_id}/draft", data={"csrf": csrf, "text": "The second edit.", **shown})
    assert late.status_code == 409
    assert "The second edit." in late.text
    assert "The first edit." in late.text
    assert kept(house)[0].text == "The first edit."


def test_declining_says_why_and_leaves_room_for_another(browse: Browse, house: House, busiest: LineRow) -> None:
    client = browse("analyst")
    drafted(client, busiest)
    made = kept(house)[0]
    csrf = csrf_of(client.get(f"/lines/{busiest.line_id}").text)
    form = {"csrf": csrf, "draft": str(made.draft_id), "version": str(made.version)}
    assert client.post(f"/lines/{busiest.line_id}/declined", data={**form, "why": ""}).status_code == 400
    assert client.post(f"/lines/{busiest.line_id}/declined", data={**form, "why": "Not a line"}).status_code == 303
    assert "Not a line" in client.get(f"/lines/{busiest.line_id}").text
    assert drafted(client, busiest) == 303


def test_the_document_asks_who_gets_it_and_logs_that(browse: Browse, house: House, busiest: LineRow) -> None:
    client = browse("analyst")
    path = f"/lines/{busiest.line_id}/document"
    csrf = csrf_of(client.get(f"/lines/{busiest.line_id}").text)
    assert client.post(path, data={"csrf": csrf, "recipient": "The desk"}).status_code == 400  # no draft yet
    drafted(client, busiest)
    assert client.post(path, data={"csrf": csrf, "recipient": " "}).status_code == 400
    answer = client.post(path, data={"csrf": csrf, "recipient": "The national desk", "marking": "OFFICIAL-SENSITIVE"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="line-')
    document = Document(io.BytesIO(answer.content))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    words += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "A line that draws children in." in words
    assert "OFFICIAL-SENSITIVE" in document.sections[0].header.paragraphs[0].text
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.kind, event.recipient, event.marking) == ("export", "The national desk", "OFFICIAL-SENSITIVE")
    printed = client.post(path, data={"csrf": csrf, "recipient": "A desk", "marking": "SECRET", "as": "page"})
    assert 'data-marking="SECRET"' in printed.text
    assert "A line that draws children in." in printed.text
    assert "<form" not in printed.text.partition("<main")[2], "only the document"
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.recipient, event.marking, event.detail["format"]) == ("A desk", "SECRET", "print")


def test_a_draft_follows_its_line_where_found_lines_have_other_ids() -> None:
    row = dataclasses.replace(BLANK, line_id="L7", names=("MARCO",), numbers=("+447700900001",))
    line = reporting.Line("MARCO", (), ("MARCO",), (), None, "run-1")
    made = reporting.Draft(1, 1, line, "x", "drafted", None, None, None, NOW, "a")
    other = dataclasses.replace(made, draft_id=2, line=dataclasses.replace(line, line_id="L7", names=("JAY",)))
    assert draft_of(row, [other, made]) == made
    assert draft_of(dataclasses.replace(row, names=(), numbers=("+447700900009",)), [made, other]) is None


def test_senior_officers_read_and_dont_draft(browse: Browse, busiest: LineRow) -> None:
    client = browse("senior_officer")
    page = client.get(f"/lines/{busiest.line_id}").text
    assert "Nobody has drafted a report" in page
    answer = client.post(f"/lines/{busiest.line_id}/draft", data={"csrf": csrf_of(page), "text": "x"})
    assert answer.status_code == 403


def test_a_line_is_no_way_to_the_draft_of_another(browse: Browse, house: House, reader: Reader) -> None:
    """Whoever may work on one line doesn't rewrite, report or decline another's by its draft's number."""
    one, other = [row for row in line_rows(reader) if not row.reported_on][:2]
    client = browse("analyst")
    assert drafted(client, one) == 303
    made = kept(house)[0]
    csrf = csrf_of(client.get(f"/lines/{other.line_id}").text)
    form = {"csrf": csrf, "draft": str(made.draft_id), "version": str(made.version), "text": "Hacked", "why": "no",
            "on": NOW.date().isoformat(), "reference": "X1"}  # fmt: skip
    entries = audit.search(house.state, audit.Wanted(kind="line", action="work_lines")).total
    for step in ("draft", "reported", "declined"):
        assert client.post(f"/lines/{other.line_id}/{step}", data=form).status_code == 404, step
    assert kept(house) == [made]
    assert audit.search(house.state, audit.Wanted(kind="line", action="work_lines")).total == entries
    assert client.post(f"/lines/{one.line_id}/declined", data=form).status_code == 303


def test_steps_of_a_report_need_a_draft(browse: Browse, busiest: LineRow) -> None:
    """Without one, or with a number that no draft has."""
    client = browse("analyst")
    csrf = csrf_of(client.get(f"/lines/{busiest.line_id}").text)
    form = {"csrf": csrf, "why": "no", "on": NOW.date().isoformat(), "reference": "X1", "text": "A"}
    for more in ({}, {"draft": "99"}, {"draft": "0"}, {"draft": "x"}):
        for step in ("reported", "declined"):
            assert client.post(f"/lines/{busiest.line_id}/{step}", data={**form, **more}).status_code in (400, 404)
    assert client.post(f"/lines/{busiest.line_id}/draft", data={**form, "draft": "99"}).status_code == 404
