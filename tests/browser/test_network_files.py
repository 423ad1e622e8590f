"""The explorer's own files: the status of both ends of a link, the markings offered, and no formula in a cell."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from countylines.web.cells import safe
from tests.browser.conftest import PageOf, Site
from tests.browser.test_network import opened


@pytest.fixture
def data(site: Site) -> dict[str, Any]:
    """What the page has read."""
    site.world.sign_in("analyst")
    found: dict[str, Any] = site.world.client.get("/network/data.json").json()
    return found


def taken(page: Page, kind: str) -> list[dict[str, str]]:
    """The rows of an export, without the lines around the table."""
    page.locator("#net-tools").get_by_role("button", name="Export").click()
    dialog = page.get_by_role("dialog")
    page.select_option("#export-format", kind)
    page.fill("#export-recipient", "DI Marsh, Eastfield")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Export").click()
    expect(dialog).to_have_count(0)
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    return [dict(zip(lines[4], line, strict=True)) for line in lines[5:-1]]


def test_links_carry_the_status_of_both(page_of: PageOf, data: dict[str, Any]) -> None:
    """The explorer's file of links says of each end how they are treated, in the words of the drawing."""
    people = data["people"]
    marks = dict(zip(people["id"], people["mark"], strict=True))
    why = dict(zip(people["id"], people["why"], strict=True))
    rows = taken(opened(page_of("analyst")), "csv-links")
    said = {row[end]: row[f"{end}_status"] for row in rows for end in ("source", "target")}
    assert {name for name, status in said.items() if status.startswith("Under 18")} == {
        name for name in said if marks[name] in (1, 3)
    }
    assert all(said[name] == why[name] for name in said if marks[name] == 5) and len(said) > 40


def test_no_lower_marking_is_offered(page_of: PageOf) -> None:
    """A file may not carry less than the page it is taken from."""
    page = opened(page_of("analyst"))
    page.locator("#net-tools").get_by_role("button", name="Export").click()
    offered = page.get_by_role("dialog").get_by_label("Marking").locator("option").all_inner_texts()
    assert offered == ["OFFICIAL-SENSITIVE", "SECRET"]


WRITTEN = [
    "=1+1",
    " =1+1",
    "\t=1",
    "\r@x",
    "\n-1",
    "\uff1d1",
    "\u00a0\uff0b1",
    "\uff0d1",
    "\uff20x",
    "+44",
    "a=b",
    "  a",
]


def test_no_cell_is_a_formula(page_of: PageOf, data: dict[str, Any]) -> None:
    """What could be one, after blanks too, has a quote before it, as in the files that the server writes."""
    page, people = page_of("analyst"), data["people"]
    grouped = [i for i, group in enumerate(people["group"]) if group >= 0][: len(WRITTEN)]
    for i, words in zip(grouped, WRITTEN, strict=True):
        people["label"][i] = words
    page.route("**/network/data.json*", lambda route: route.fulfill(json=data))
    rows = {row["id"]: row["label"] for row in taken(opened(page), "csv-people")}
    assert [rows[people["id"][i]] for i in grouped] == [safe(words) for words in WRITTEN]
    assert sum(rows[people["id"][i]].startswith("'") for i in grouped) == len(WRITTEN) - 2
