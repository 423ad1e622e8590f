"""Opening a case in a browser: what applies only to some is asked of these only."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PageOf, Site
from tests.web.casework import some_adult


def test_why_handled_otherwise_is_asked_only_of_whom_it_applies_to(page_of: PageOf, site: Site) -> None:
    page = page_of("safeguarding")
    page.goto("/safeguarding/open")  # nobody is chosen yet: a birth date may be known or not
    why = page.get_by_label("Who established that they are an adult, and how?")
    expect(why).to_be_hidden()
    page.get_by_label("Adult", exact=True).check()
    expect(why).to_be_visible()
    page.goto(f"/safeguarding/open?person={some_adult(site.world.house.shelf.reader())}")
    doubt = page.get_by_label("Why is their age in doubt?")
    expect(doubt).to_be_hidden()
    page.get_by_label("Child", exact=True).check()
    expect(doubt).to_be_visible()
    assert not why.count()


def test_the_spelling_is_asked_of_an_authority_that_no_record_names(page_of: PageOf, site: Site) -> None:
    page = page_of("safeguarding")
    page.goto(f"/safeguarding/open?person={some_adult(site.world.house.shelf.reader())}")
    spelled = page.get_by_label("This authority isn't in the list, and is spelled right")
    expect(spelled).to_have_count(0)
    page.get_by_label("Authority where the person is now").fill("Nowhereshire")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("alert")).to_contain_text("No record names the authority 'Nowhereshire'")
    expect(spelled).to_be_visible()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Authority where the person is now")).to_be_focused()
    left, right = page.get_by_text("Handled as", exact=True), page.get_by_text("Immediate risk", exact=True)
    assert (left.bounding_box() or {})["y"] == (right.bounding_box() or {})["y"]
