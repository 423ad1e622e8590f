"""What comes out of the printer: the marking on each page, everybody's status, and nothing to click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PageOf, Site
from tests.browser.pdf import words_of_pages

PRINTED = (
    ("analyst", "/groups"),
    ("analyst", "/groups/{group_id}"),
    ("analyst", "/people/{child}"),
    ("analyst", "/lines/{line_id}"),
    ("safeguarding", "/safeguarding"),
    ("safeguarding", "/safeguarding/cases/{case_id}/referral/{document_id}"),
)
STATUS = ", ".join(f"main .{name}:visible:not(.cl-noprint *)" for name in ("cl-flag", "cl-ic--child", "cl-status"))
NAVIGATION = (".cl-head", ".cl-nav", ".cl-find", ".moj-sub-navigation", ".govuk-button", ".cl-noprint")


@pytest.mark.parametrize(("role", "path"), PRINTED)
def test_the_marking_stands_on_each_printed_page(page_of: PageOf, site: Site, role: str, path: str) -> None:
    """Top and foot of every page say the marking, that the data are synthetic, and which page it is."""
    page = page_of(role)
    page.goto(path.format(**site.examples))
    page.wait_for_load_state()
    pages = words_of_pages(page.pdf(prefer_css_page_size=True))
    assert pages
    for number, words in enumerate(pages, 1):
        where = f"{path}, page {number} of {len(pages)}: {words[:200]}"
        assert words.count("OFFICIAL-SENSITIVE·SYNTHETICDATA") >= 2, where
        assert re.search(r"Page[\W\d]*of", words), where  # tabular figures have no characters of their own in the PDF
    assert "printedby" in pages[-1]


@pytest.mark.parametrize(("role", "path"), PRINTED)
def test_status_stays_and_navigation_goes(page_of: PageOf, site: Site, role: str, path: str) -> None:
    """Every flag and mark that is seen on the screen is printed, in its own colour; what can be clicked is not."""
    page = page_of(role)
    page.goto(path.format(**site.examples))
    page.wait_for_load_state()
    flags = page.locator(STATUS)
    on_screen = flags.count()
    page.emulate_media(media="print")
    assert flags.count() == on_screen > 0
    for place in NAVIGATION:
        expect(page.locator(f"{place}:visible")).to_have_count(0)
    assert page.locator("body").evaluate("(body) => getComputedStyle(body).printColorAdjust") == "exact"
    expect(page.locator(".cl-print-mark").first).to_contain_text("OFFICIAL-SENSITIVE (synthetic data)")


def test_a_childs_status_is_printed_before_the_name(page_of: PageOf, site: Site) -> None:
    """On paper, too: how the child is treated comes first, and nothing ranks them."""
    page = page_of("analyst")
    page.goto(f"/people/{site.examples['child']}")
    name = letters(page.get_by_role("heading", level=1).inner_text())
    words = letters("".join(words_of_pages(page.pdf(prefer_css_page_size=True))))
    banner = words.index("Thisisachild")
    assert words.index(name, banner) > banner
    assert "Neverrankedforenforcement" in words
    assert "Notranked" in words


def letters(words: str) -> str:
    """Without figures, blanks and marks."""
    return re.sub(r"[^A-Za-z]", "", words)
