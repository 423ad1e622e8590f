"""The network explorer as people use it: in a real Chromium with software WebGL, and without WebGL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserType, Page, expect

from countylines.govern import audit
from countylines.web.access import COOKIE
from tests.browser.conftest import PageOf, Site

READY = "html[data-net=ready]"
DRAWN = ".cl-tools__n"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def network(page_of: PageOf) -> Page:
    """The explorer, drawn, as an analyst sees it."""
    return opened(page_of("analyst"))


def opened(page: Page, address: str = "/network") -> Page:
    """The page when everything is drawn."""
    page.goto(address)
    page.wait_for_selector(READY, state="attached")
    return page


def label(data: dict[str, Any], **wanted: int) -> str:
    """The name of somebody in a group for whom the columns have these values."""
    people = data["people"]
    return next(
        str(name)
        for i, name in enumerate(people["label"])
        if people["group"][i] >= 0 and all(people[column][i] == value for column, value in wanted.items())
    )


def find(page: Page, name: str) -> None:
    """Choose somebody by the search."""
    page.fill("#net-search", name)
    page.press("#net-search", "Enter")


def test_search_expand_and_undo(network: Page, data: dict[str, Any]) -> None:
    """A child is found, the evidence a link away, and can't be taken out; expanding keeps its word; undo goes back."""
    name = label(data, mark=1)
    find(network, name)
    detail = network.locator("#net-detail")
    expect(detail.get_by_role("heading", level=2)).to_contain_text(name)
    expect(detail.locator(".cl-flag--child")).to_contain_text("Child, ")
    expect(detail.get_by_role("link", name="Why?")).to_have_attribute("href", re.compile("^/people/"))
    expect(detail).to_contain_text("1 person is protected or held and can't be taken out")
    expect(detail.get_by_role("button", name=re.compile("Take out"))).to_have_count(0)
    button = detail.get_by_role("button", name=re.compile("Expand 1 step"))
    more = int(re.findall(r"\((\d+)\)", button.inner_text())[0])
    button.click()
    expect(detail.get_by_role("heading", level=2)).to_contain_text(f"{more + 1} people")
    network.get_by_role("button", name="Undo").click()
    expect(detail.get_by_role("heading", level=2)).to_contain_text(name)
    assert network.url.endswith("#chosen=" + data["people"]["id"][data["people"]["label"].index(name)])


def test_path_with_its_evidence(network: Page, data: dict[str, Any]) -> None:
    """Between two neighbours: one step, with a link to each record."""
    people, edges = data["people"], data["edges"]
    e = next(e for e in range(len(edges["a"])) if people["group"][edges["a"][e]] == people["group"][edges["b"][e]] >= 0)
    for name in (people["label"][edges["a"][e]], people["label"][edges["b"][e]]):
        find(network, name)
    expect(network.locator("#net-detail h2")).to_contain_text("2 people")
    network.locator("#net-tools").get_by_role("button", name="Path").click()
    records = network.locator("#net-detail a[href^='/records/']")
    expect(records.first).to_be_visible()
    assert records.count() <= edges["n"][e] and "1 step" in network.locator("#net-detail").inner_text()


def test_lasso_counts_and_names_the_protected(network: Page, data: dict[str, Any]) -> None:
    """A line around everybody: how many, how many of them are protected or held, and who; they can't be taken out."""
    network.locator("#net-tools").get_by_role("button", name="Lasso").click()
    box = network.locator("#stage").bounding_box()
    assert box
    left, top, right, bottom = box["x"] + 2, box["y"] + 2, box["x"] + box["width"] - 3, box["y"] + box["height"] - 3
    network.mouse.move(left, top)
    network.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 4)):
        network.mouse.move(x, y)
    network.mouse.up()
    inside = [mark for mark, group in zip(data["people"]["mark"], data["people"]["group"], strict=True) if group >= 0]
    guarded = sum(mark != 0 for mark in inside)
    detail = network.locator("#net-detail")
    expect(detail.locator("h2")).to_contain_text(f"{len(inside)} people")
    expect(detail.locator(".cl-note--sg")).to_contain_text(f"{guarded} of the {len(inside)} are protected or held")
    assert detail.locator(".cl-note--sg li").count() == min(guarded, 12) + (guarded > 12)
    expect(detail).to_contain_text(f"{guarded} people are protected or held and can't be taken out")
    detail.get_by_role("button", name=f"Take out {len(inside) - guarded} people").click()
    expect(detail.locator("tr.is-sel")).to_contain_text("These people")
    expect(detail).to_contain_text("This run's order of removal")


def test_filters_and_table_show_the_same_people(network: Page, data: dict[str, Any]) -> None:
    """Without adults fewer are drawn, and the table has just these; reset brings all; a saved view is an address."""
    people = data["people"]
    grouped = [mark for mark, group in zip(people["mark"], people["group"], strict=True) if group >= 0]
    expect(network.locator(DRAWN)).to_contain_text(f"{len(grouped)} people")
    expect(network.locator(DRAWN)).to_contain_text("all drawn")
    adults = network.locator("label", has=network.get_by_label("Adults"))
    counted = adults.inner_text()
    assert re.search(r"[1-9]", counted)
    network.get_by_label("Adults").uncheck()
    left = sum(mark != 0 for mark in grouped)
    expect(network.locator(DRAWN)).to_contain_text(f"{left} of {len(people['id'])} people")
    assert adults.inner_text() == counted, "so many would come back"
    network.get_by_role("button", name="Table").click()
    expect(network.locator("#net-table tbody tr")).to_have_count(left)
    assert "Not ranked" in network.locator("#net-table tbody tr").first.inner_text()
    assert Axe().run(network, options=AXE).violations_count == 0
    address = network.url
    network.get_by_role("button", name="Save this view").click()
    network.fill("#view-name", "Without adults")
    network.get_by_role("dialog").get_by_role("button", name="Save").click()
    network.wait_for_url("**/views**")
    network.get_by_role("link", name="Without adults").click()
    network.wait_for_selector(READY, state="attached")
    assert network.url == address
    expect(network.locator("#net-table tbody tr")).to_have_count(left)
    network.get_by_role("button", name="Reset").click()
    expect(network.locator("#net-table tbody tr")).to_have_count(len(grouped))


def test_the_page_has_no_barriers(network: Page, data: dict[str, Any]) -> None:
    """axe-core finds nothing with somebody chosen, wide and narrow; the drawing is the same on two visits."""
    before = network.locator("#stage").screenshot()
    opened(network)
    assert network.locator("#stage").screenshot() == before
    find(network, label(data, mark=1))
    expect(network.locator("#net-detail").get_by_role("link", name="Why?")).to_be_visible()
    for width in (1440, 1024):
        network.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(network, options=AXE)
        assert found.violations_count == 0, found.generate_report()


def test_export_is_asked_for_logged_and_marked(network: Page, data: dict[str, Any], site: Site) -> None:
    """A file of what is shown comes after a marking and a recipient; it has the marking, the run and each status."""
    network.locator("#net-tools").get_by_role("button", name="Export").click()
    network.select_option("#export-format", "csv-people")
    network.fill("#export-recipient", "DI Marsh, Eastfield")
    with network.expect_download() as waiting:
        network.get_by_role("dialog").get_by_role("button", name="Export").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "OFFICIAL-SENSITIVE" in text and data["run"] in text and "DI Marsh" in text
    marks = [mark for mark, group in zip(data["people"]["mark"], data["people"]["group"], strict=True) if group >= 0]
    assert text.count("Under 18") == sum(mark in (1, 3) for mark in marks) > 0
    event = next(row.event for row in audit.search(site.world.house.state, size=9).rows if row.event.kind == "export")
    assert event.recipient == "DI Marsh, Eastfield" and event.detail["format"] == "csv-people"
    assert len(event.detail["people"]) == len(marks)


@pytest.fixture
def without_webgl(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], site: Site) -> Iterator[Page]:
    """A browser on a machine that can't draw."""
    options = {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", []), "--disable-3d-apis"]}
    browser = browser_type.launch(**options)
    context = browser.new_context(base_url=site.address)
    site.world.sign_in("analyst")
    context.add_cookies([{"name": COOKIE, "value": site.world.client.cookies[COOKIE], "url": site.address}])
    yield context.new_page()
    browser.close()


def test_without_webgl(without_webgl: Page, data: dict[str, Any]) -> None:
    """The fixed drawing with a link for each group, one sentence, and the table with its actions."""
    page = opened(without_webgl)
    expect(page.locator("#stage-words")).to_contain_text("no WebGL")
    expect(page.locator("#stage-fallback svg a")).to_have_count(len(data["groups"]["id"]))
    rows = page.locator("#net-table tbody tr")
    expect(rows).to_have_count(sum(group >= 0 for group in data["people"]["group"]))
    rows.first.get_by_role("checkbox").check()
    expect(page.locator("#net-detail h2")).to_be_visible()
    assert json.dumps(Axe().run(page, options=AXE).response["violations"]) == "[]"


def test_without_a_script(page_of: PageOf, data: dict[str, Any]) -> None:
    """Drawing, search and table stand; a row leads to the people around."""
    page = page_of("analyst", java_script_enabled=False)
    page.goto("/network")
    expect(page.locator("#net-table tbody tr")).to_have_count(min(50, len(data["people"]["id"])))
    name = label(data, mark=1)
    page.fill("#net-q", name)
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#net-table tbody tr")).to_have_count(1)
    page.get_by_role("link", name="1 step").click()
    expect(page.locator("#net-table tr.is-sel")).to_contain_text(name)
    assert page.locator("#net-table tbody tr").count() > 1
