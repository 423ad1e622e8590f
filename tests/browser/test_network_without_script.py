"""The network page in a browser that runs no script: path, what if, export and print, by mouse and by keyboard."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PageOf
from tests.browser.pdf import words_of_pages
from tests.browser.test_accessibility import found_by_axe
from tests.browser.test_network import READY
from tests.browser.test_print import letters

FORMS = ".cl-plainly"


@pytest.fixture
def plain(page_of: PageOf) -> Page:
    """The network as an analyst without a script sees it."""
    page = page_of("analyst", java_script_enabled=False)
    page.goto("/network")
    return page


def test_path_by_two_rows_of_the_table(plain: Page) -> None:
    """From one row, to another: the steps with a link to each record; then it is cleared."""
    rows = plain.locator("#net-table tbody tr")
    rows.nth(0).get_by_role("link", name="path from").click()
    expect(plain.locator("#net-a-is")).to_be_visible()
    rows.nth(2).get_by_role("link", name="path to").click()
    way = plain.locator("#net-path ol li")
    assert way.count() >= 3
    record = plain.locator("#net-path a[href^='/records/']").first
    number = record.inner_text()
    record.click()
    expect(plain.locator("main")).to_contain_text(number.split(":")[1])
    plain.go_back()
    plain.locator("#net-path").get_by_role("link", name="Clear").click()
    expect(way).to_have_count(0)


def test_path_by_name_and_keyboard(plain: Page, data: dict[str, Any]) -> None:
    """Two names typed, Enter: the same steps as the explorer's file has."""
    people, edges = data["people"], data["edges"]
    one, other = people["label"][edges["a"][0]], people["label"][edges["b"][0]]
    plain.get_by_label("From", exact=True).fill(one)
    plain.keyboard.press("Tab")
    plain.keyboard.type(other)
    plain.keyboard.press("Enter")
    expect(plain.locator("#net-path")).to_contain_text("1 step, with the records behind each")
    names = plain.locator("#net-path ol .cl-who").all_inner_texts()
    assert one in names[0] and other in names[1]
    assert plain.evaluate("location.hash") == "#net-path"


def test_what_if_with_ticks(plain: Page) -> None:
    """Two people are ticked and taken out: figures beside plain orders; protected people have no box; all go back."""
    boxes = plain.locator("#net-table input[name=out]")
    stay = plain.locator("#net-table tbody tr", has_text="Stays")
    assert 0 < boxes.count() < 50 and boxes.count() + stay.count() == plain.locator("#net-table tbody tr").count()
    expect(stay.get_by_role("checkbox")).to_have_count(0)
    boxes.nth(0).check()
    boxes.nth(1).check()
    plain.get_by_role("button", name="Take out the ticked people").click()
    part = plain.locator("#net-what-if")
    expect(part).to_contain_text("Without 2 people")
    expect(part.locator("table").first.locator("tbody tr")).to_have_count(6)
    left = part.get_by_role("table", name="Parts that are left").locator("tbody tr")
    expect(left.last).to_contain_text("more of 1")
    expect(part.locator("tr.is-sel")).to_contain_text("These people")
    expect(boxes.nth(1)).to_be_checked()
    boxes.nth(1).uncheck()
    plain.get_by_role("button", name="Take out the ticked people").click()
    expect(part).to_contain_text("Without 1 person")
    part.get_by_role("link", name="Put all back").click()
    expect(part.locator("table")).to_have_count(0)


def test_filters_by_their_boxes(plain: Page, page_of: PageOf, data: dict[str, Any]) -> None:
    """Without adults the table has the others; the same address with a script opens the explorer so filtered."""
    filters = plain.locator("#net-filters")
    filters.get_by_role("checkbox", name=re.compile("^Adult")).uncheck()
    filters.get_by_role("button", name="Show these").click()
    marks = data["people"]["mark"]
    expect(plain.locator("#twin")).to_have_text(f"{len(marks) - marks.count(0)} people with these filters")
    expect(filters.get_by_role("checkbox", name=re.compile("^Adult"))).not_to_be_checked()
    page = page_of("analyst")
    page.goto(plain.url)
    page.wait_for_selector(READY, state="attached")
    expect(page.get_by_label("Adults")).not_to_be_checked()
    assert page.get_by_label("Under 18", exact=False).first.is_checked()


def test_export_is_the_explorers(plain: Page, page_of: PageOf) -> None:
    """Of everybody who is in both, the two files say the same, word for word."""
    plain.get_by_role("link", name="Export").click()
    plain.get_by_label("Who gets the file").fill("DI Marsh, Eastfield")
    with plain.expect_download() as waiting:
        plain.get_by_role("button", name="Export").click()
    ours = waiting.value.path().read_text(encoding="utf-8-sig")
    page = page_of("analyst")
    page.goto("/network")
    page.wait_for_selector(READY, state="attached")
    page.locator("#net-tools").get_by_role("button", name="Export").click()
    page.select_option("#export-format", "csv-people")
    page.fill("#export-recipient", "DI Marsh, Eastfield")
    with page.expect_download() as waiting:
        page.get_by_role("dialog").get_by_role("button", name="Export").click()
    (head, rows), (theirs_head, theirs) = (
        (lines[:5], {line[0]: line for line in lines[5:-1]})
        for lines in (
            list(csv.reader(io.StringIO(text))) for text in (ours, waiting.value.path().read_text(encoding="utf-8-sig"))
        )
    )
    assert [re.sub(r"reference \w+", "", line[0]) for line in head[:4]] == [
        re.sub(r"reference \w+", "", line[0]) for line in theirs_head[:4]
    ]
    assert head[4] == theirs_head[4]
    assert theirs and theirs == {name: rows[name] for name in theirs}


@pytest.mark.parametrize("width", [1440, 1024])
def test_no_barriers(page_of: PageOf, data: dict[str, Any], width: int) -> None:
    """axe-core finds nothing on the page with a path and a what-if, nor on the form of the export, on paper either."""
    plain = page_of("analyst")  # axe is a script itself: only the page's own is left out
    only_reads = "fetch(document.getElementById('stage').dataset.data)"  # what the page has asked for beforehand
    plain.route("**/assets/*.js*", lambda route: route.fulfill(body=only_reads, content_type="text/javascript"))
    people, group = data["people"], data["groups"]["id"][0]
    adults = [name for name, mark in zip(people["id"], people["mark"], strict=True) if mark == 0]
    plain.set_viewport_size({"width": width, "height": 900})
    for ends in (f"a={adults[0]}&b={adults[-1]}&out={adults[0]}&out={adults[-1]}", "a=a&b=zzzz"):
        plain.goto(f"/network?group={group}&{ends}")
        assert found_by_axe(plain) == []
        wide = plain.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{wide} pixels too wide"
    plain.emulate_media(media="print")
    assert found_by_axe(plain, on_paper=True) == []


def test_print_has_a_legend_and_no_empty_panel(plain: Page, page_of: PageOf) -> None:
    """With and without a script: what shades and marks mean; no form, no box, no sentence that nobody is chosen."""
    page = page_of("analyst")
    page.goto("/network")
    page.wait_for_selector(READY, state="attached")
    for each in (page, plain):
        words = letters("".join(words_of_pages(each.pdf(prefer_css_page_size=True))))
        for said in ("andbelow", "MorethanhalfinaSOCgroup", "Heldmaybeexploited", "InSOCnetwork"):
            assert words.count(said) == 1, said
        for said in ("Nooneischosen", "Pathbetweentwopeople", "Whatif", "Takeout", "pathfrom"):
            assert said not in words, said


def test_the_forms_go_where_the_explorer_runs(page_of: PageOf) -> None:
    """With a script they are out of the way; if the network can't be read they come back."""
    page = page_of("analyst")
    page.goto("/network")
    page.wait_for_selector(READY, state="attached")
    expect(page.locator(f"{FORMS}:visible")).to_have_count(0)
    page.keyboard.press("t")
    expect(page.locator("#net-table tbody tr").first).to_be_visible()
    expect(page.locator(f"{FORMS}:visible")).to_have_count(0)
    page.route("**/network/data.json*", lambda route: route.fulfill(body="{"))
    page.reload()
    page.wait_for_selector("html[data-net=failed]", state="attached")
    assert page.locator(f"{FORMS}:visible").count() > 0
    for width in (1440, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("button", name="Show the path")).to_be_visible()
        expect(page.get_by_role("button", name="Take out the ticked people")).to_be_visible()
