"""The questions of the screening tool, from the first to the result, by keyboard alone, and as anybody can use them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PageOf, Site
from tests.browser.test_accessibility import faults_of
from tests.browser.test_journeys import go_to, open_by
from tests.web.casework import QUESTIONS, in_tier
from tests.web.every import World

TOOL = "/answers/screening"


def case_after_referral(page: Page, world: World, place: int) -> str:
    """A case of a child whose first referral was sent: its address. Each test takes the child of another place."""
    child = in_tier(world.house.shelf.reader(), 3)[place]
    page.goto(f"/safeguarding/open?person={child}")
    page.get_by_label("Authority where the person is now").fill("Westmarch")
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    for name in ("Mark as drafted", "Mark as sent"):
        step = page.locator("#step-mash")
        step.locator("summary").click()
        step.get_by_label(re.compile("Why|How it was sent")).fill("By secure email")
        step.get_by_role("button", name=name).click()
        page.wait_for_load_state()
    return page.url.partition("#")[0]


def test_the_screening_tool_is_answered_by_keyboard(page_of: PageOf, site: Site) -> None:
    """Yes, no or not known to each; kept half-way; then the result, and what follows from it."""
    page = page_of("safeguarding")
    case = case_after_referral(page, site.world, -1)
    page.goto(case)
    open_by(page, page.get_by_role("link", name="Fill in screening tool"))
    page.wait_for_url(f"**{TOOL}")
    assert not faults_of(page)
    go_to(page, page.locator('[name="q-missing"][value="yes"]'))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator('[name="q-travel"][value="no"]')).to_be_checked()
    open_by(page, page.get_by_role("button", name="Save the answers", exact=True))
    page.wait_for_url(re.compile("#step-screening"))
    expect(page.locator("#step-screening")).to_contain_text("2 of 12 answered")

    page.goto(case + TOOL)
    expect(page.locator(".cl-qs__o:visible")).to_have_count(len(QUESTIONS) - 2)
    for name in QUESTIONS[2:]:
        go_to(page, page.locator(f'[name="q-{name}"][value="yes"]'))
        page.keyboard.press("ArrowLeft")
        expect(page.locator(f'[name="q-{name}"][value="not known"]')).to_be_checked()
    go_to(page, page.get_by_label("High: leads to"))
    page.keyboard.press("Space")
    open_by(page, page.get_by_role("button", name="Save the answers and give this result"))
    page.wait_for_url(re.compile("#step-screening"))
    expect(page.locator("#step-screening")).to_contain_text("Done: high")
    expect(page.locator("#step-strategy")).to_contain_text("Not started")


def test_answers_are_printed_as_answers(page_of: PageOf, site: Site) -> None:
    """On paper stands what was answered, and what wasn't: not three circles a question."""
    page = page_of("safeguarding")
    page.goto(case_after_referral(page, site.world, -2) + TOOL)
    page.locator('[name="q-care"][value="no"]').check()
    page.emulate_media(media="print")
    row = page.locator('tr:has([name="q-care"])')
    assert [each.is_visible() for each in row.locator("label").all()] == [False, True, False]
    expect(row.get_by_text("not answered")).to_be_hidden()
    expect(page.locator('tr:has([name="q-money"])').get_by_text("not answered")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
