"""Moving people about in the network by hand: mouse, keys, or a button and a click; undone, put back, and kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PageOf, Site
from tests.browser.test_network import AXE, opened

NEAR = 0.2  # the camera's ratio: one group fills the stage


@pytest.fixture
def people(site: Site) -> dict[str, Any]:
    """The columns of people that the page has read."""
    site.world.sign_in("analyst")
    found: dict[str, Any] = site.world.client.get("/network/data.json").json()["people"]
    return found


def somebody(people: dict[str, Any]) -> int:
    """A member of the largest group, the first."""
    groups = [group for group in people["group"] if group >= 0]
    return int(people["group"].index(max(set(groups), key=groups.count)))


def centred(page_of: PageOf, people: dict[str, Any], i: int) -> Page:
    """The explorer with somebody in the very middle of the stage."""
    x, y = ([value for value, group in zip(people[axis], people["group"], strict=True) if group >= 0] for axis in "xy")
    wide = max(max(x) - min(x), max(y) - min(y))
    at = [0.5 + (people[axis][i] - (max(of) + min(of)) / 2) / wide for axis, of in (("x", x), ("y", y))]
    return opened(page_of("analyst"), f"/network#camera={at[0]:.4f},{at[1]:.4f},{NEAR:.4f}")  # as the page writes it


def middle(page: Page) -> tuple[float, float]:
    """Where the middle of the stage is on the screen, in pixels."""
    box = page.locator("#stage").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Press, pull in some steps, let go; all in pixels."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


def address(page: Page) -> dict[str, str]:
    """What the address keeps after "#"."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).fragment).items()}


def place(page: Page) -> tuple[float, float, str]:
    """The place that the address keeps of the one who was moved, and who it is."""
    x, y, name = address(page)["moved"].split("_", 2)
    return float(x), float(y), name


def heading(page: Page) -> Locator:
    return page.locator("#net-detail").get_by_role("heading", level=2)


def test_a_dragged_person_is_pinned_there_and_comes_back(page_of: PageOf, people: dict[str, Any]) -> None:
    """Dragged right and up, they stand there, pinned and chosen, after a reload, too; undo and unpin put them back."""
    i = somebody(people)
    page = centred(page_of, people, i)
    before = page.locator("#stage").screenshot()
    drag(page, middle(page), (110, -60))
    expect(heading(page)).to_contain_text(people["label"][i])
    x, y, name = place(page)
    assert name == people["id"][i] == address(page)["pinned"] == address(page)["chosen"]
    assert x > people["x"][i] + 1 and y > people["y"][i] + 1  # y grows upwards in the file
    page.reload()
    page.wait_for_selector("html[data-net=ready]", state="attached")
    assert place(page) == (x, y, name)
    there = page.locator("#stage").screenshot()
    page.get_by_role("button", name="Unpin").click()
    assert "moved" not in address(page) and "pinned" not in address(page)
    page.keyboard.press("Escape")
    page.mouse.move(1, 1)
    assert page.locator("#stage").screenshot() == before != there
    drag(page, middle(page), (110, -60))
    expect(heading(page)).to_contain_text(people["label"][i])
    page.get_by_role("button", name="Undo").click()
    assert "moved" not in address(page) and "pinned" not in address(page)
    page.mouse.move(1, 1)
    assert page.locator("#stage").screenshot() == before


def test_a_click_chooses_and_the_empty_stage_is_still_pulled(page_of: PageOf, people: dict[str, Any]) -> None:
    """Without a movement nobody is moved; the stage goes with the mouse where nobody is taken hold of."""
    i = somebody(people)
    page = centred(page_of, people, i)
    page.mouse.click(*middle(page))
    expect(heading(page)).to_contain_text(people["label"][i])
    assert "moved" not in address(page)
    camera = address(page)["camera"]
    box = page.locator("#stage").bounding_box()
    assert box
    drag(page, (box["x"] + 4, box["y"] + 4), (90, 40))
    expect(page).not_to_have_url(re.compile(re.escape(camera.replace(",", "%2C"))))
    assert "moved" not in address(page)


def test_moved_by_keys_and_by_a_click(page_of: PageOf, people: dict[str, Any]) -> None:
    """Alt and arrows move who is chosen, as one step of undo; Esc leaves them; "Move" and a click need no drag."""
    i = somebody(people)
    page = centred(page_of, people, i)
    page.mouse.click(*middle(page))
    stage = page.locator("#stage")
    stage.focus()
    page.keyboard.down("Alt")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.up("Alt")
    x, y, name = place(page)
    assert name == people["id"][i] and x < people["x"][i] and y < people["y"][i]
    stage.press("Control+z")
    assert "moved" not in address(page) and address(page)["chosen"] == people["id"][i]
    page.keyboard.down("Alt")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    page.keyboard.up("Alt")
    assert "moved" not in address(page) and address(page)["chosen"] == people["id"][i]
    page.get_by_role("button", name="Move...").press("Enter")
    expect(page.get_by_role("button", name="Now click where")).to_be_focused()
    assert Axe().run(page, options=AXE).violations_count == 0
    across, down = middle(page)
    page.mouse.click(across + 150, down)
    x, y, name = place(page)
    assert name == people["id"][i] and x > people["x"][i] + 1 and abs(y - people["y"][i]) < 0.2
    expect(page.get_by_role("button", name="Move...")).to_have_attribute("aria-pressed", "false")


def test_the_key_list_names_it(page_of: PageOf) -> None:
    """The list behind "?" has the keys that move somebody."""
    page = opened(page_of("analyst"))
    page.keyboard.press("?")
    assert "Alt + arrows" in page.get_by_role("dialog").inner_text()


def test_everything_is_asked_for_once_and_there(page_of: PageOf) -> None:
    """What the page asks for ahead is what its script then uses: each file once, so each look is logged once."""
    page = page_of("analyst")
    asked: list[tuple[str, int]] = []
    page.on("response", lambda response: asked.append((urlsplit(response.url).path, response.status)))
    opened(page)
    wanted = [path for path, _ in asked if path.startswith(("/network", "/assets"))]
    assert wanted.count("/network/data.json") == wanted.count("/assets/network.js") == 1
    assert len(set(wanted)) == len(wanted) and {status for _, status in asked} == {200}


def test_nothing_is_asked_for_ahead_without_a_script(page_of: PageOf) -> None:
    """Nobody who can't use the file of the network is logged as having seen it."""
    page = page_of("analyst", java_script_enabled=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto("/network", wait_until="networkidle")
    assert "/network" in asked and "/network/data.json" not in asked
