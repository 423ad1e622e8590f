"""Every page as people with other eyes, hands and paper meet it: WCAG 2.0 to 2.2, A and AA, on screen and in print."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PageOf, Site
from tests.web.every import PAGES_SHOWN, Route

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = 1024
ROLES = ("analyst", "safeguarding", "senior_officer", "auditor", "administrator", "data_scientist", "ethics_committee",
         None)  # fmt: skip
# Answers that are no page of their own: files, ways to another server, and parts that a script puts into a page.
NO_PAGE = {
    "/lexicon.yaml",
    "/runs/{name}/manifest",
    "/openid/start",
    "/openid/back",
    "/search/suggest",
    "/network/person/{nominal_id:path}",
    "/safeguarding/cases/{case_id}/answers/{step}",  # the example is a referral, which has no questions: see below
}
# Pages that look otherwise for another person, another role or when there is nothing to show.
FURTHER: tuple[tuple[str | None, str, int], ...] = (
    ("analyst", "/people/{child}", 200),
    ("analyst", "/people/{child}?view=list&beside=all", 200),
    ("analyst", "/search?q=zzzzzz", 200),
    ("analyst", "/groups?window=all&sort=-people", 200),
    ("analyst", "/no-such-page", 404),
    ("analyst", "/log", 403),
    ("safeguarding", "/safeguarding/cases/{case_id}/answers/screening", 200),
    ("safeguarding", "/safeguarding?tab=held", 200),
    ("safeguarding", "/safeguarding/open", 200),
    ("safeguarding", "/people/{child}", 200),
    ("data_scientist", "/people/{nominal_id}", 200),
    ("ethics_committee", "/groups", 200),
    ("ethics_committee", "/groups/{group_id}", 200),
    ("ethics_committee", "/safeguarding", 200),
    ("auditor", "/log?kind=person&what={child}", 200),
)


def is_page(route: Route) -> bool:
    """Whether people see it as a page."""
    return not route.is_json and route.path not in NO_PAGE


def role_for(route: Route) -> str | None:
    """Who looks at it: the first role that may, or nobody signed in where anybody may."""
    return None if route.admits(None) else next(role for role in ROLES if route.admits(role))


def pages_for(role: str | None, site: Site) -> list[tuple[str, int]]:
    """The addresses that this role looks at, and how each should answer; every page stands with one role."""
    own = [(site.world.address(route), 200) for route in PAGES_SHOWN if is_page(route) and role_for(route) == role]
    return own + [(path.format(**site.examples), status) for who, path, status in FURTHER if who == role]


def ready(page: Page) -> None:
    """Wait until scripts have drawn what they draw."""
    page.wait_for_load_state()
    if page.locator("[data-vega]").count():
        page.wait_for_selector("html[data-charts=ready]", state="attached")
    if page.locator("#stage").count():
        page.wait_for_selector("html[data-net=ready]", state="attached")


def found_by_axe(page: Page, on_paper: bool = False) -> list[str]:
    """What breaks a rule: the rule, where, and what is there; nobody touches paper, so places may be small there."""
    options = {"runOnly": {"type": "tag", "values": LEVELS}, "rules": {"target-size": {"enabled": not on_paper}}}
    response: dict[str, Any] = Axe().run(page, options=options).response
    return [f"{each['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for each in response["violations"] for node in each["nodes"]]  # fmt: skip


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page that is open, on screen, in print and on a narrow screen."""
    found = [f"on screen, {each}" for each in found_by_axe(page)]
    page.emulate_media(media="print")
    found += [f"in print, {each}" for each in found_by_axe(page, on_paper=True)]
    page.emulate_media(media="screen")
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} first headings")
    if not page.title().endswith(" - countylines") or page.title().startswith(" "):
        found.append(f"title {page.title()!r}")
    if not str(page.locator("html").get_attribute("lang")).startswith("en"):
        found.append("no language")
    page.set_viewport_size({"width": NARROW, "height": 800})
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > NARROW:
        found.append(f"{wide} wide at {NARROW}")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_page_for_everybody(page_of: PageOf, site: Site, role: str | None) -> None:
    """No rule broken, one heading, a title, a language, nothing sideways; and nothing said in the console."""
    page, found = page_of(role), []
    for address, status in pages_for(role, site):
        answer = page.goto(address)
        ready(page)
        assert answer is not None
        if answer.status != status:
            found.append(f"{address}: answered {answer.status}")
        found += [f"{address}: {each}" for each in faults_of(page)]
    assert not found, "\n".join(found)


def test_no_page_is_left_out(site: Site) -> None:
    """Each page stands with exactly one role; what isn't looked at is no page."""
    looked_at = [address for role in ROLES for address, _ in pages_for(role, site)]
    for route in PAGES_SHOWN:
        assert (site.world.address(route) in looked_at) == is_page(route), route


@pytest.mark.parametrize("path", ["/", "/missing", "/people/{nominal_id}"])
def test_covered_pages_can_be_used_by_everybody(page_of: PageOf, site: Site, path: str) -> None:
    """The page that asks, the button under the menu, and a person by the id; the button shows the same page again."""
    page = page_of("senior_officer", names=False)
    page.goto(path.format(**site.examples))
    ready(page)
    assert not found_by_axe(page)
    page.get_by_role("button", name="Show names and records").press("Enter")
    page.wait_for_url(path.format(**site.examples))
    assert page.get_by_role("button", name="Cover them").is_visible()
