"""What people come to do, from the first key to what they read at the end: by keyboard only, in a real Chromium."""

from __future__ import annotations

import re

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PageOf, Site
from tests.web.conftest import PASSWORD

FAR = 250  # tabs until we say that a place can't be reached


def go_to(page: Page, place: Locator) -> Locator:
    """Tab until the place has the focus; then it must be seen there."""
    expect(place).to_have_count(1)
    for _ in range(FAR):
        if place.evaluate("(element) => element === document.activeElement"):
            expect(place).to_be_in_viewport()
            return place
        page.keyboard.press("Tab")
    raise AssertionError(f"{place} can't be reached by the keyboard")


def open_by(page: Page, place: Locator) -> None:
    """Go to a link or button and press Enter."""
    go_to(page, place)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def write(page: Page, place: Locator, words: str) -> None:
    """Go to a field and write into it, in place of what stood there."""
    go_to(page, place)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def search(page: Page, words: str) -> None:
    """The slash leads to the search box of any page, once its script has come."""
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")


def to_screen(page: Page, letter: str, address: str) -> None:
    """G and a letter lead to a screen, once the page's script has come."""
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.wait_for_url(f"**{address}")


def misspelt(word: str) -> str:
    """Two letters in the middle changed places."""
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def test_an_analyst_signs_in_finds_a_person_by_a_misspelt_name_and_reads_why(page_of: PageOf, site: Site) -> None:
    page = page_of(None)
    page.goto("/")
    write(page, page.get_by_label("Account name"), "analyst")
    write(page, page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    go_to(page, page.get_by_label("Intelligence development"))
    training = page.get_by_label("Training on synthetic data")
    while not training.is_checked():
        page.keyboard.press("ArrowDown")
    write(page, page.get_by_label("Operation or reference"), "Op Heron")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Reason: Op Heron, training on synthetic data")).to_be_visible()

    who = site.examples["nominal_id"]
    card = site.world.house.shelf.reader().cards([who])[who]
    first, last = card.name.split()[:2]
    search(page, f"{first} {misspelt(last)}")
    people = page.get_by_role("table", name="People")
    expect(people).to_contain_text("alike")
    open_by(page, people.get_by_role("link", name=card.name, exact=True))

    expect(page.get_by_role("heading", level=1)).to_have_text(card.name)
    expect(page.get_by_role("heading", name="Why in the network")).to_be_visible()
    expect(page.locator("section[aria-labelledby=why]")).to_contain_text(re.compile(r"Kept: .* weigh"))
    assert page.locator("#evidence mark.hit").count() >= 1, "the words that count stand out in the record"
    expect(page.locator("#evidence article").first).to_contain_text(re.compile(r"= \d"))
    expect(page.locator(".cl-precision").first).to_contain_text("Person precision")


def test_a_safeguarding_officer_takes_a_child_from_the_queue_to_a_drafted_referral(page_of: PageOf) -> None:
    page = page_of("safeguarding")
    page.goto("/")
    to_screen(page, "s", "/safeguarding")
    link = page.get_by_role("link", name=re.compile("^Make MASH referral for ")).first
    name = link.inner_text().split(" for ")[1].strip()
    page.keyboard.press("Tab")  # past the skip link
    open_by(page, link)

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    write(page, page.get_by_label("Why now, in your own words"), "Missing again, and named beside adults of a line")
    open_by(page, page.get_by_role("button", name="Open the case"))
    expect(page.get_by_text("Next: Make MASH referral")).to_be_visible()
    open_by(page, page.get_by_role("link", name="Write the referral document").first)

    write(page, page.get_by_label("Summary, in your own words"), "We are worried about this child. Please assess.")
    open_by(page, page.get_by_role("button", name="Keep the draft and preview it"))
    document = page.get_by_role("article", name="The document")
    expect(document).to_contain_text("MASH referral (draft)")
    expect(document).to_contain_text("We are worried about this child. Please assess.")
    expect(document).to_contain_text(name)
    expect(document.locator(".cl-flag")).to_contain_text(re.compile("Child|Age unknown|exploited"))
    sending = page.locator("#sent").inner_text()
    assert "This system sends nothing" in sending or "Can't be sent" in sending


def test_a_senior_officer_finds_the_first_group_and_what_would_break_it(page_of: PageOf, site: Site) -> None:
    ranked = site.world.house.shelf.reader().table("priority").filter(pl.col("kind") == "group").sort("rank", "id")
    page = page_of("senior_officer")
    page.goto("/")
    to_screen(page, "g", "/groups")
    open_by(page, page.get_by_role("rowheader", name=ranked["id"][0]).get_by_role("link"))

    expect(page.get_by_role("heading", level=1)).to_contain_text(ranked["id"][0])
    expect(page.get_by_role("heading", name="Why it ranks where it does")).to_be_visible()
    expect(page.get_by_text(re.compile("never in this order"))).to_be_visible()
    page.wait_for_selector("html[data-charts=ready]")
    slider = go_to(page, page.get_by_role("slider", name="People out", exact=True))
    page.keyboard.press("Home")
    shown = page.locator("[data-step-show='steps:harm']")
    expect(shown).to_have_text("100%")
    for _ in range(int(slider.get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
    left = page.get_by_role("table", name=re.compile("^Order of removal")).locator("tbody tr").last
    expect(shown).not_to_have_text("100%")
    assert shown.inner_text() in left.inner_text(), "the figures end where the order of removal ends"


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("a phone number", r"0770\d[ -]?900\d{3}\b"),
        ("an address", r"\b\d{1,3} [A-Z][a-z]+ (?:Street|Road|Close|Way|Lane|View|Walk)\b"),
        ("a vehicle", r"\bQQ\d\d [A-Z]{3}\b"),
    ],
)
def test_a_search_lands_on_its_records(page_of: PageOf, site: Site, kind: str, pattern: str) -> None:
    records = site.world.house.shelf.reader().table("sources/records").filter(~pl.col("restricted").fill_null(False))
    some = records.filter(pl.col("text").str.contains(pattern)).sort("recorded", "record_id", descending=True)
    words, record = re.findall(pattern, some["text"][0])[0], some["record_id"][0]
    page = page_of("analyst")
    page.goto("/groups")
    search(page, words)
    row = page.get_by_role("table", name="Records").get_by_role("link", name=record.split(":")[1], exact=True)
    open_by(page, row)
    expect(page).to_have_url(re.compile("/records/"))
    assert words in page.locator("main").inner_text(), f"a search by {kind}"


def test_an_auditor_finds_who_looked_at_a_person(page_of: PageOf, site: Site) -> None:
    who = site.examples["child"]
    page_of("analyst").goto(f"/people/{who}")
    page = page_of("auditor")
    page.goto("/")
    to_screen(page, "r", "/runs")
    open_by(page, page.get_by_role("link", name="Access log"))
    write(page, page.get_by_label("The person's id"), who)
    page.keyboard.press("Enter")
    page.wait_for_url("**/log?**")

    expect(page.get_by_role("heading", name=re.compile(f"entr(y|ies) naming {who}"))).to_be_visible()
    seen = page.locator("#entries tbody tr").first.inner_text()
    assert all(words in seen for words in ("analyst", "Intelligence analyst", who, "Op Test, training")), seen
