"""The safeguarding queue in a browser: whom to call is told at every width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PageOf


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_whom_to_call_stands_under_why_at_every_width(page_of: PageOf, width: int) -> None:
    page = page_of("safeguarding", viewport={"width": width, "height": 900})
    page.goto("/safeguarding")
    rows = page.locator(".cl-call__l li")
    assert rows.count()
    for row in rows.all():
        expect(row.get_by_text("uthority")).to_be_visible()
        why, whom = row.locator("b").last.bounding_box(), row.get_by_text("uthority").bounding_box()
        assert why
        assert whom
        assert whom["y"] >= why["y"] + why["height"] - 1
