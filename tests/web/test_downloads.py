"""Lists taken out: asked and logged first, safe in a spreadsheet, and never a figure for a protected or held person."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import httpx
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from countylines.govern import audit
from countylines.govern.audit import Event
from countylines.web.cells import safe
from countylines.web.download_lists import LISTS
from countylines.web.house import House
from countylines.web.persons import card_of
from countylines.web.reader import Reader
from countylines.web.sheets import NOT_RANKED, Front, Sheet, as_csv, as_xlsx, plain
from tests.web.conftest import RUN, Browse, csrf_of
from tests.web.every import PAGES_SHOWN, work_of
from tests.web.markup import Page

SENT = {"kind": "csv", "marking": "OFFICIAL-SENSITIVE", "recipient": "Op Larch team", "purpose": "Weekly tasking"}
FRONT = Front("Groups", "OFFICIAL-SENSITIVE", "run-1", {"For": "=cmd()"}, ["No prediction."])
ADULT = card_of({"nominal_id": "n1", "name": "Ann Oak", "age": 30, "is_child": 0, "rankable": 1, "kept": 1})
CHILD = card_of({"nominal_id": "n2", "name": "Bo Elm", "age": 15, "is_child": 1, "kept": 1})
HELD = card_of({"nominal_id": "n3", "age": 20, "is_child": 0, "held": '["was a child then"]', "kept": 1})
UNKNOWN = card_of({"nominal_id": "n4", "kept": 1})
NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n+1", '=HYPERLINK("http://x")')


def taken(client: TestClient, path: str, **more: str) -> httpx.Response:
    """The file."""
    secret = csrf_of(client.get(path).text)
    return client.post(path, data={**SENT, "csrf": secret, **more})


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    """A CSV file's rows."""
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def book_of(content: bytes) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """A workbook's front sheet by name, and the lines of its list."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    front, sheet = book.worksheets
    assert (front.title, sheet.title) == ("About", "List")
    return {row[0]: row[1] for row in front.iter_rows(values_only=True)}, list(sheet.iter_rows(values_only=True))


def logged(house: House) -> Event:
    """The latest download in the log."""
    return audit.search(house.state, audit.Wanted(kind="export"), size=1).rows[0].event


# The file itself


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_somebody_wrote_becomes_a_formula(text: str) -> None:
    """OWASP's starts of a formula get a quote before them in CSV and are plain text in a workbook."""
    sheet = Sheet("Groups", {"t": text}, [{"t": text}])
    line = next(csv.DictReader(io.StringIO(as_csv(sheet, FRONT).decode("utf-8-sig"), newline="")))
    assert line["'" + text] == "'" + text
    content = as_xlsx(sheet, FRONT)
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    assert not any(b"hyperlink" in parts.read(name) for name in parts.namelist() if "worksheets" in name)
    assert parts.testzip() is None


@given(st.text())
def test_every_cell_is_safe_and_keeps_its_text(text: str) -> None:
    """A cell never begins, blanks aside, with what begins a formula; all that was written is still there."""
    cell = safe(text)
    assert cell.removeprefix("'") == text or cell == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r"))


def test_numbers_and_days_stay_what_they_are() -> None:
    """A negative number is a number; a day is a day; line breaks stay inside their cell."""
    values: dict[str, Any] = {
        "n": -2.5, "i": 3, "d": dt.date(2026, 3, 4), "m": dt.datetime(2026, 3, 4, 21, 15), "y": True, "x": None,
        "bad": float("nan"), "t": "two\nlines", "l": ["a", "b"],
    }  # fmt: skip
    sheet = Sheet("Groups", {key: key for key in values}, [values])
    line = next(csv.DictReader(io.StringIO(as_csv(sheet, FRONT).decode("utf-8-sig"), newline="")))
    assert [line[key] for key in values] == [
        "-2.5", "3", "2026-03-04", "2026-03-04 21:15", "Yes", "", "", "two\nlines", "a, b"
    ]  # fmt: skip
    _, (_, cells) = book_of(as_xlsx(sheet, FRONT))
    moment = dt.datetime(2026, 3, 4, 21, 15)
    assert cells == (-2.5, 3, dt.datetime(2026, 3, 4), moment, "Yes", None, None, "two\nlines", "a, b")


def test_a_file_begins_so_that_excel_reads_its_letters() -> None:
    """UTF-8 with its mark; the marking, run and caveats stand in each row."""
    content = as_csv(Sheet("Groups", {"t": "Text"}, [{"t": "Zoë"}, {"t": "b"}]), FRONT)
    assert content.startswith(b"\xef\xbb\xbf")
    for line in rows_of(httpx.Response(200, content=content)):
        assert (line["Marking"], line["Run"], line["Read with care"]) == (
            "OFFICIAL-SENSITIVE",
            "run-1",
            "No prediction.",
        )


def test_a_workbook_says_what_it_is_on_each_page() -> None:
    """The front sheet has its facts and caveats; the marking is in header and footer of each printed page."""
    content = as_xlsx(Sheet("Groups", {"t": "Text"}, [{"t": "a"}]), Front("A & B", "M & S", "run-1", {}, ["Beware."]))
    front, _ = book_of(content)
    assert (front["Title"], front["Run"], front["Read with care"]) == ("A & B", "run-1", "Beware.")
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == "M && S"


def test_text_that_excel_could_not_hold_is_cut_and_says_so() -> None:
    """Very long words, control characters and direction marks do no harm."""
    assert plain("x" * 40_000).endswith("x (cut: read the rest in the dashboard)")
    sheet = Sheet("Groups", {"t": "Text"}, [{"t": "x" * 40_000}, {"t": "a\x00b\u202ec\x1b"}])
    _, lines = book_of(as_xlsx(sheet, FRONT))
    assert len(lines[1][0]) < 32_767
    assert lines[2][0] == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize("card", [CHILD, HELD, UNKNOWN])
def test_no_figure_leaves_for_whoever_is_never_ranked(card: Any) -> None:
    """Even a list that hands a figure over for a protected or held person doesn't write it."""
    rows = [{"card": each, "rank": 1, "harm": 99.5, "role": "Convicted", "first": 2020} for each in (card, ADULT)]
    columns = {"rank": "Rank", "harm": "Harm", "role": "Role", "first": "First"}
    sheet = Sheet("People", columns, rows, people=True, figures=frozenset({"rank", "harm", "role"}))
    guarded, free = (dict(zip(sheet.headings, line, strict=True)) for line in sheet.lines())
    assert [guarded[heading] for heading in ("Rank", "Harm", "Role", "First")] == [NOT_RANKED] * 3 + [2020]
    assert [free[heading] for heading in ("Rank", "Harm", "Role")] == [1, 99.5, "Convicted"]
    assert guarded["Status"] == card.words
    assert (guarded["Protected"] == "Protected") == card.protected
    assert guarded["Held, with reason"] == (", ".join(card.held) or "No")
    assert "99.5" not in as_csv(Sheet("P", columns, rows[:1], True, sheet.figures), FRONT).decode("utf-8-sig")


def test_a_list_of_people_can_not_be_written_without_their_status() -> None:
    """A row without a card stops the file."""
    with pytest.raises(KeyError):
        list(Sheet("People", {"a": "A"}, [{"a": 1}], people=True).lines())


def test_covered_names_stay_covered() -> None:
    """Without names where names are covered; the status stays."""
    sheet = Sheet("People", {}, [{"card": CHILD}], people=True, covered=True)
    assert "Bo Elm" not in str(list(sheet.lines()))
    assert ("Name" in sheet.headings, "Status" in sheet.headings) == (False, True)


# Asking and logging


def test_the_form_comes_first_and_says_what_the_file_will_hold(browse: Browse) -> None:
    page = browse("analyst").get("/download/groups?soc=any&sort=people&download=csv")
    assert page.status_code == 200
    assert "soc any" in page.text
    assert "no prediction" in page.text
    assert re.search(r'value="csv" type="radio" checked', page.text)
    assert 'href="/groups?soc=any&amp;sort=people&amp;download=csv"' in page.text  # back to the list as it was


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "exe", "Choose a kind of file"),
        ("marking", "OFFICIAL", "Choose a marking"),  # lower than the pages
        ("marking", "", "Choose a marking"),
        ("recipient", " ", "Enter who gets it"),
        ("recipient", "x" * 201, "Enter who gets it"),
        ("purpose", "", "Enter what it is for"),
    ],
)
def test_no_file_without_marking_recipient_and_purpose(
    browse: Browse, house: House, field: str, value: str, message: str
) -> None:
    answer = taken(browse("analyst"), "/download/groups", **{field: value})
    assert answer.status_code == 400
    assert message in answer.text
    assert "attachment" not in answer.headers.get("content-disposition", "")
    assert audit.search(house.state, audit.Wanted(kind="export")).total == 0


def test_a_download_is_in_the_log_with_who_gets_it(browse: Browse, house: House) -> None:
    answer = taken(browse("analyst"), "/download/groups?soc=any&page=2&sort=people")
    event = logged(house)
    assert (event.action, event.outcome, event.account, event.what) == ("export_table", "allowed", "analyst", "/groups")
    assert (event.recipient, event.marking, event.run_id) == ("Op Larch team", "OFFICIAL-SENSITIVE", RUN)
    assert event.detail["filters"] == {"soc": "any"}
    assert event.detail["purpose"] == "Weekly tasking"
    assert event.detail["rows"] == len(rows_of(answer))
    assert 'filename="official-sensitive-groups-run-2026.csv"' in answer.headers["content-disposition"]


def test_the_front_sheet_says_who_when_why_and_for_whom(browse: Browse) -> None:
    answer = taken(browse("senior_officer"), "/download/groups?size=5", kind="xlsx")
    front, lines = book_of(answer.content)
    facts = {name: front[name] for name in ("Run", "Filters", "For", "Purpose", "Taken out by", "When")}
    assert facts == {
        "Run": RUN, "Filters": "size: 5", "For": "Op Larch team", "Purpose": "Weekly tasking",
        "Taken out by": "senior_officer person (senior_officer), Senior officer", "When": "2026-11-20 09:00 UTC",
    }  # fmt: skip
    assert front["Reason for access"] == "Op Test, training"
    assert len(lines) == 1 + int(front["Rows"].split()[0])


# The lists


def test_the_groups_are_those_of_the_page_in_its_order(browse: Browse, reader: Reader) -> None:
    rows = rows_of(taken(browse("analyst"), "/download/groups"))
    order = reader.table("priority").filter(pl.col("kind") == "group").sort("rank")
    assert [row["Group"] for row in rows if row["Priority"] != NOT_RANKED] == order["id"].to_list()
    for row, low, high in zip(rows, order["rank_low"], order["rank_high"], strict=False):
        assert (int(row["Priority, from"]), int(row["Priority, to"])) == (low, high)


def test_a_groups_members_with_their_status_and_no_figure_for_the_protected(browse: Browse, reader: Reader) -> None:
    groups = reader.table("nominals").filter(pl.col("group_id").is_not_null())
    seen: dict[str, Mapping[str, str]] = {}
    client = browse("analyst")
    for group in groups["group_id"].unique().sort():
        for row in rows_of(taken(client, f"/download/groups/{group}/members")):
            seen[row["Person"]] = row
            assert "not yet measured" in row["Read with care"]
    assert set(seen) == set(groups["nominal_id"])
    for nominal, free in groups.select("nominal_id", "rankable").iter_rows():
        row = seen[nominal]
        figures = {
            row[name] for name in row if name.startswith(("Harm", "Rank", "Strength", "Strongest", "Connection"))
        }
        assert row["Status"]
        assert (figures == {NOT_RANKED}) == (not free)


def test_what_a_page_keeps_from_somebody_its_download_does_too(browse: Browse, reader: Reader) -> None:
    """Names are covered for data scientists; auditors see groups and no people; lines need their own action."""
    group = reader.table("groups")["group_id"][0]
    rows = rows_of(taken(browse("data_scientist"), f"/download/groups/{group}/members"))
    assert rows
    assert not any("Name" in row for row in rows)
    auditor = browse("auditor")
    assert auditor.get("/download/groups").status_code == 200
    assert auditor.get(f"/download/groups/{group}/members").status_code == 403
    assert auditor.get("/download/lines").status_code == 403
    assert browse("safeguarding").get("/download/groups").status_code == 403


def test_missing_people_carry_their_status(browse: Browse, reader: Reader) -> None:
    rows = rows_of(taken(browse("analyst"), "/download/missing?show=all&since=all"))
    assert rows
    cards = reader.cards(row["Person"] for row in rows)
    assert all(row["Status"] == cards[row["Person"]].words for row in rows)
    assert len(rows) == reader.table("sources/episodes").height


def test_releases_name_whom_to_protect_and_the_log_names_everybody(
    browse: Browse, house: House, reader: Reader
) -> None:
    rows = rows_of(taken(browse("analyst"), "/download/releases"))
    linked = {row["Linked person to protect"] for row in rows} - {"None known"}
    assert linked
    assert set(logged(house).detail["people"]) == {row["Person"] for row in rows} | linked
    cards = reader.cards(linked)
    for row in rows:
        if row["Linked person to protect"] in linked:
            assert row["Status of the linked person"] == cards[row["Linked person to protect"]].words
    days = [dt.date.fromisoformat(row["Released on"]) for row in rows]
    assert reader.as_of < min(days) <= max(days) <= reader.as_of + dt.timedelta(days=28)


def test_lines_and_tasking_as_on_their_pages(browse: Browse, house: House, reader: Reader) -> None:
    client = browse("analyst")
    rows = rows_of(taken(client, "/download/lines"))
    assert len(rows) == reader.table("lines")["line_id"].n_unique()
    known = rows_of(taken(client, "/download/lines?standing=known"))
    assert {row["Standing"] for row in known} == {"Known"}
    assert len(known) == reader.table("lines").filter("known")["line_id"].n_unique()
    work_of(house)
    (row,) = rows_of(taken(client, "/download/tasking?only=adopted"))
    assert (row["Decision"], row["By"]) == ("adopted", "safeguarding")
    assert rows_of(taken(client, "/download/tasking?only=declined")) == []


def test_every_list_is_a_page_of_the_dashboard_and_safeguarding_is_none() -> None:
    """Each list belongs to a page with the same address; the queue of children has no list."""
    assert {each.path for each in LISTS} <= {route.path for route in PAGES_SHOWN}
    assert not any(each.path.startswith("/safeguarding") for each in LISTS)


def test_an_unknown_filter_or_list_is_no_fault(browse: Browse) -> None:
    client = browse("analyst")
    assert client.get("/download/groups?size=many&sort=-x&window=7&area=").status_code == 200
    assert client.get("/download/runs/compare").status_code == 404
    assert client.get("/download/groups/G9999/members").status_code == 404
    assert client.get("/download/safeguarding").status_code == 404


def test_every_download_that_a_page_offers_is_there(browse: Browse, reader: Reader) -> None:
    """The link on a page leads to the form for the same list with the same filters; only for those who may."""
    group = reader.table("groups")["group_id"][0]
    client, safeguarding = browse("analyst"), browse("safeguarding")
    pages = (
        "/groups?soc=any", f"/groups/{group}/members?only=children", "/lines?q=07", "/missing?show=all", "/releases",
        "/tasking?only=due",
    )  # fmt: skip
    for page in pages:
        links = [link for link in Page(client.get(page).text).links if link.startswith("/download")]
        assert links == [f"/download{page}"]
        assert client.get(links[0]).status_code == 200
        assert "/download" not in safeguarding.get(page).text
