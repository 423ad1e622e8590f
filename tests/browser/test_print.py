"""What comes out of the printer: the marking on each page, everybody's status, and nothing to click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import PageOf, Site
from tests.browser.pdf import words_of_pages
from tests.browser.test_accessibility import faults_of

PRINTED = (
    ("analyst", "/groups"),
    ("analyst", "/groups/{group_id}"),
    ("analyst", "/people/{child}"),
    ("analyst", "/lines/{line_id}"),
    ("safeguarding", "/safeguarding"),
    ("safeguarding", "/safeguarding/cases/{case_id}/referral/{document_id}"),
)
MARKS = ("cl-flag", "cl-ic--child", "cl-status")
STATUS = ", ".join(f"main .{name}:visible:not(.cl-noprint *)" for name in MARKS)
FOLDED = "main details:not([open]):not(.cl-twin):not(.cl-drop):not(:has(form))"  # shut on the screen, open on paper
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


def test_a_document_to_print_bears_the_marking_it_was_given(page_of: PageOf, site: Site) -> None:
    """Recipient and marking are asked before; then it is read, printed and kept as PDF with nothing else on it."""
    page = page_of("safeguarding")
    page.goto("/safeguarding/cases/{case_id}/referral/{document_id}".format(**site.examples))
    page.get_by_label("For whom").fill("MASH Westmarch")
    page.locator("#file").get_by_label("Marking").select_option("SECRET")
    page.get_by_role("button", name="Open to print or keep as PDF").click()
    expect(page.locator("h1")).to_contain_text("to print")
    pages = words_of_pages(page.pdf(prefer_css_page_size=True))
    assert pages
    for words in pages:
        assert words.count("SECRET·SYNTHETICDATA") >= 2
        assert "OFFICIAL" not in words
        assert "MASHWestmarch" not in words
    assert faults_of(page) == []


@pytest.mark.parametrize(("role", "path"), PRINTED)
def test_status_stays_and_navigation_goes(page_of: PageOf, site: Site, role: str, path: str) -> None:
    """Every flag and mark is printed, in its own colour, those that a reader would unfold, too; nothing to click is."""
    page = page_of(role)
    page.goto(path.format(**site.examples))
    page.wait_for_load_state()
    flags = page.locator(STATUS)
    on_screen = flags.count()
    folded = page.locator(", ".join(f"{FOLDED} .{name}" for name in MARKS)).count()
    page.emulate_media(media="print")
    assert on_screen > 0
    assert flags.count() == on_screen + folded
    for place in NAVIGATION:
        expect(page.locator(f"{place}:visible")).to_have_count(0)
    assert page.locator("body").evaluate("(body) => getComputedStyle(body).printColorAdjust") == "exact"
    expect(page.locator(".cl-print-mark").first).to_contain_text("OFFICIAL-SENSITIVE (synthetic data)")


def test_what_is_folded_on_the_screen_is_printed(page_of: PageOf, site: Site) -> None:
    """Nobody can unfold paper: how the children are linked to a line stands there, with everybody's name."""
    page = page_of("analyst")
    page.goto("/lines/{line_id}".format(**site.examples))
    within = page.locator(f"{FOLDED} > :not(summary)")
    names = page.locator(f"{FOLDED} .cl-who a").all_text_contents()
    assert names
    assert not page.locator(f"{FOLDED} > :not(summary):visible").count()
    words = letters("".join(words_of_pages(page.pdf(prefer_css_page_size=True))))
    assert [name for name in names if letters(name) not in words] == []
    page.emulate_media(media="print")
    for each in within.all():
        expect(each).to_be_visible()


@pytest.mark.parametrize("path", ["/lines/{line_id}", "/groups/{group_id}", "/groups"])
def test_a_table_that_repeats_a_drawing_is_printed_only_if_it_is_open(page_of: PageOf, site: Site, path: str) -> None:
    """Shut, it leaves nothing on paper, not even its own name; open, it is there for the reader who wants it."""
    page = page_of("analyst")
    page.goto(path.format(**site.examples))
    page.wait_for_load_state()
    twins = page.locator("main details.cl-twin")
    assert twins.count()
    page.emulate_media(media="print")
    for twin in twins.all():
        expect(twin).to_be_hidden()
    page.emulate_media(media="screen")
    twins.first.locator("summary").click()
    page.emulate_media(media="print")
    expect(twins.first.locator("table")).to_be_visible()


def test_days_stay_on_one_line(page_of: PageOf, site: Site) -> None:
    """In the narrow columns of a printed table, too: a day that wraps is read as two."""
    page = page_of("analyst")
    page.set_viewport_size({"width": 688, "height": 1000})  # an A4 sheet between its margins
    page.goto("/lines/{line_id}".format(**site.examples))
    page.emulate_media(media="print")
    days = page.locator(".cl-members td").filter(has_text=re.compile(r"^\d{1,2} [A-Z][a-z]{2} \d{4}$"))
    assert days.count()
    for day in days.all():
        assert lines_of(day) == 1, day.inner_text()


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


def lines_of(place: Locator) -> int:
    """On how many lines a text stands."""
    script = (
        "(cell) => { const r = document.createRange(); r.selectNodeContents(cell); return r.getClientRects().length }"
    )
    return int(place.evaluate(script))


def letters(words: str) -> str:
    """Without figures, blanks and marks."""
    return re.sub(r"[^A-Za-z]", "", words)
