"""Groups of the network that are collapsed to one disc and opened again, what expanding adds, and who is taken out."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from scipy.spatial import ConvexHull

from tests.browser.conftest import PageOf, Site
from tests.browser.test_network import AXE, DRAWN, READY, find, opened

FILE = "**/network/data.json*"


@pytest.fixture
def data(site: Site) -> dict[str, Any]:
    """What the page has read."""
    site.world.sign_in("analyst")
    found: dict[str, Any] = site.world.client.get("/network/data.json").json()
    return found


@pytest.fixture
def network(page_of: PageOf) -> Page:
    """The explorer, drawn, as an analyst sees it."""
    return opened(page_of("analyst"))


def kept(page: Page) -> dict[str, str]:
    """What the address keeps after "#"."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).fragment).items()}


def largest(data: dict[str, Any]) -> int:
    """The group of the most people."""
    return int(data["groups"]["size"].index(max(data["groups"]["size"])))


def members(data: dict[str, Any], g: int) -> list[int]:
    """Its people, as places in the columns."""
    return [i for i, group in enumerate(data["people"]["group"]) if group == g]


def spot(page: Page, data: dict[str, Any], g: int) -> tuple[float, float]:
    """Where a group's disc stands on the screen at the first zoom, in pixels."""
    people, box = data["people"], page.locator("#stage").bounding_box()
    assert box
    at = []
    ranges = [
        [value for value, group in zip(people[axis], people["group"], strict=True) if group >= 0] for axis in "xy"
    ]
    wide = max(max(values) - min(values) for values in ranges)
    scale = (min(box["width"], box["height"]) - 80) / wide  # sigma's padding of 40 on each side
    for axis, values, size, sign in zip("xy", ranges, (box["width"], box["height"]), (1, -1), strict=True):
        at.append(size / 2 + sign * scale * (data["groups"][axis][g] - (max(values) + min(values)) / 2))
    return box["x"] + at[0], box["y"] + at[1]


def collapsed(page: Page, data: dict[str, Any], g: int) -> str:
    """Collapse a group by the button; its name."""
    find(page, data["people"]["label"][members(data, g)[0]])
    name: str = data["groups"]["name"][g]
    page.goto(f"/network#group={data['groups']['id'][g]}")
    page.reload()
    page.wait_for_selector(READY, state="attached")
    page.locator("#net-detail").get_by_role("button", name="Collapse").click()
    return name


def test_a_group_collapses_and_opens_again(network: Page, data: dict[str, Any]) -> None:
    """One disc instead of its people: counted, kept by a reload, opened by button, Enter or two clicks; each undone."""
    g, detail = largest(data), network.locator("#net-detail")
    grouped = sum(group >= 0 for group in data["people"]["group"])
    size = data["groups"]["size"][g]
    collapsed(network, data, g)
    drawn = network.locator(DRAWN)
    expect(drawn).to_contain_text(f"{grouped - size} of {len(data['people']['id'])} people")
    expect(drawn).to_contain_text("1 group closed")
    assert kept(network)["turned"] == data["groups"]["id"][g]
    expect(detail.get_by_role("button", name=f"Open ({size})")).to_be_visible()
    assert Axe().run(network, options=AXE).violations_count == 0
    network.reload()
    network.wait_for_selector(READY, state="attached")
    expect(drawn).to_contain_text("1 group closed")
    detail.get_by_role("button", name=f"Open ({size})").click()
    expect(drawn).to_contain_text("all drawn")
    network.get_by_role("button", name="Undo").click()
    expect(drawn).to_contain_text("1 group closed")
    network.locator("#stage").press("Enter")
    expect(drawn).to_contain_text("all drawn")
    network.get_by_role("button", name="Undo").click()
    network.keyboard.press("Escape")
    network.mouse.dblclick(*spot(network, data, g))
    expect(drawn).to_contain_text("all drawn")
    expect(detail.get_by_role("heading", level=2)).to_contain_text(data["groups"]["name"][g])
    assert "camera" not in kept(network), "two clicks on a disc don't zoom"


def test_links_go_to_the_disc(network: Page, data: dict[str, Any]) -> None:
    """The people of a collapsed group are in no table and no choice; their links to others are still drawn."""
    g = largest(data)
    names = {data["people"]["label"][i] for i in members(data, g)}
    before = network.locator("#stage").screenshot()
    collapsed(network, data, g)
    network.keyboard.press("Escape")
    assert network.locator("#stage").screenshot() != before
    network.keyboard.press("t")
    shown = set(network.locator("#net-table .cl-who button").all_inner_texts())
    assert shown and not shown & names
    network.keyboard.press("t")
    network.locator("#net-tools").get_by_role("button", name="Export").click()
    expect(network.get_by_role("dialog")).to_contain_text("1 group is closed: their people aren't in the file.")


def test_a_tag_means_what_its_outline_does(network: Page, data: dict[str, Any]) -> None:
    """A click on the name tag of a disc chooses the group, as one on the disc; arrows and Enter do the same."""
    g, detail = largest(data), network.locator("#net-detail")
    name = collapsed(network, data, g)
    network.keyboard.press("Escape")
    expect(detail).to_contain_text("No one is chosen")
    network.mouse.click(*spot(network, data, g))
    expect(detail.get_by_role("heading", level=2)).to_contain_text(name)
    assert kept(network)["group"] == data["groups"]["id"][g]


def test_the_tag_above_an_outline_chooses_its_group(network: Page, data: dict[str, Any]) -> None:
    """The name tag of an open group, above its uppermost person: a click chooses it, two clicks collapse it."""
    g = largest(data)
    points = np.array([spot_of(network, data, i) for i in members(data, g)])
    corners = points[ConvexHull(points).vertices]
    top = corners[corners[:, 1].argmin()]
    across = float(top[0] + corners[:, 0].mean()) / 2
    for above in (13, 20, 28, 37):  # higher where a protected person's mark is in the way
        network.mouse.click(across, float(top[1]) - above)
        if kept(network).get("group") == data["groups"]["id"][g]:
            break
        network.wait_for_timeout(400)  # two clicks in a row are something else
    expect(network.locator("#net-detail").get_by_role("heading", level=2)).to_contain_text(data["groups"]["name"][g])
    network.wait_for_timeout(400)
    network.mouse.dblclick(across, float(top[1]) - above)
    expect(network.locator(DRAWN)).to_contain_text("1 group closed")
    assert kept(network)["turned"] == data["groups"]["id"][g]


def spot_of(page: Page, data: dict[str, Any], i: int) -> tuple[float, float]:
    """Where somebody stands on the screen at the first zoom, in pixels."""
    there = {**data, "groups": {axis: [data["people"][axis][i]] for axis in "xy"}}
    return spot(page, there, 0)


def test_expanding_brings_people_out_of_a_closed_group(network: Page, data: dict[str, Any]) -> None:
    """Neighbours inside a disc come onto the stage, with their number said first; undo takes them back."""
    g, people, edges = largest(data), data["people"], data["edges"]
    own = set(members(data, g))
    pairs = [pair for pair in zip(edges["a"], edges["b"], strict=True) if (pair[0] in own) != (pair[1] in own)]
    outside = next(i for pair in pairs for i in pair if i not in own and people["group"][i] >= 0)
    collapsed(network, data, g)
    find(network, people["label"][outside])
    button = network.locator("#net-detail").get_by_role("button", name=re.compile("Expand 1 step"))
    more = int(re.findall(r"\((\d+)\)", button.inner_text())[0])
    near = {i for pair in zip(edges["a"], edges["b"], strict=True) for i in pair if outside in pair} - {outside}
    assert more == len(near)
    before = network.locator(DRAWN).inner_text()
    button.click()
    expect(network.locator("#net-detail h2")).to_contain_text(f"{more + 1} people")
    assert {people["id"][i] for i in near & own} <= set(kept(network)["added"].split(","))
    expect(network.locator(DRAWN)).not_to_have_text(before)
    network.get_by_role("button", name="Undo").click()
    expect(network.locator(DRAWN)).to_have_text(before)


def without_people(data: dict[str, Any]) -> dict[str, Any]:
    """The file of a network that is too large to be drawn at once: groups only."""
    empty = {part: {name: [] for name in data[part]} for part in ("people", "edges")}
    return {**data, **empty, "groups": {**data["groups"], "open": [False] * len(data["groups"]["id"])}}


def test_groups_that_are_drawn_first(page_of: PageOf, data: dict[str, Any]) -> None:
    """Above 2,000 people: arrows go from disc to disc, Enter opens, undo closes, and a saved view opens it again."""
    page = page_of("analyst")
    first = without_people(data)
    page.route(FILE, lambda route: route.continue_() if "group=" in route.request.url else route.fulfill(json=first))
    opened(page)
    drawn, g = page.locator(DRAWN), largest(data)
    groups, size = len(data["groups"]["id"]), data["groups"]["size"][g]
    expect(drawn).to_have_text(f"{groups} groups of {len(data['people']['id'])} people: open one")
    stage = page.locator("#stage")
    stage.press("ArrowRight")  # to the largest
    expect(page.get_by_role("status")).to_contain_text(f"a closed group of {size} people")
    stage.press("Enter")
    expect(drawn).to_contain_text(f"{size} of {len(data['people']['id'])} people")
    expect(drawn).to_contain_text(f"{groups - 1} groups closed")
    page.reload()
    page.wait_for_selector(READY, state="attached")
    expect(drawn).to_contain_text(f"{groups - 1} groups closed")
    assert kept(page)["turned"] == data["groups"]["id"][g]
    page.goto("/network")
    page.reload()
    page.wait_for_selector(READY, state="attached")
    stage.press("ArrowRight")
    stage.press("Enter")
    expect(drawn).to_contain_text(f"{groups - 1} groups closed")
    page.get_by_role("button", name="Undo").click()
    expect(drawn).to_have_text(f"{groups} groups of {len(data['people']['id'])} people: open one")


def test_a_cap_is_said(page_of: PageOf, data: dict[str, Any]) -> None:
    """With neighbours of more than 20 people not loaded: how many it would add, asked above 200; then how many are."""
    page = page_of("analyst")
    more = {**data, "people": {**data["people"], "more": [7] * len(data["people"]["id"])}}
    page.route(FILE, lambda route: route.continue_() if "around=" in route.request.url else route.fulfill(json=more))
    opened(page)
    own = [data["people"]["id"][i] for i in members(data, largest(data))]
    chosen = [name for i, name in enumerate(data["people"]["id"]) if data["people"]["group"][i] >= 0]
    assert len(own) < len(chosen) > 40
    page.goto("/network#chosen=" + ",".join(chosen))
    page.reload()
    page.wait_for_selector(READY, state="attached")
    page.locator("#net-detail").get_by_role("button", name=re.compile("Expand 1 step .up to")).click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"This adds up to \d{3} people"))
    page.get_by_role("button", name="Add them").click()
    said = f"Neighbours of 20 of {len(chosen)} people loaded; {len(chosen) - 20} more."
    expect(page.get_by_role("alert")).to_contain_text(said)


def test_who_is_taken_out_has_a_mark_of_their_own(network: Page, data: dict[str, Any]) -> None:
    """Not the ring of SOC members: a cross over a pale mark. The parts that are left are listed, with those before."""
    people = data["people"]
    adult = next(i for i in members(data, largest(data)) if people["mark"][i] == 0 and not people["soc"][i])
    find(network, people["label"][adult])
    detail = network.locator("#net-detail")
    stage = network.locator("#stage")
    x, y = spot_of(network, data, adult)
    box = stage.bounding_box()
    assert box
    detail.get_by_role("button", name="Take out 1 person").click()
    expect(detail).to_contain_text(
        re.compile(r"Without 1 person: \d+ parts, the largest \d+ of \d+\. Before: \d+ parts")
    )
    parts = detail.get_by_role("table", name="Parts that are left").locator("tbody tr")
    expect(parts.last).to_contain_text("more of 1")
    expect(detail.get_by_role("heading", name="Taken out")).to_be_visible()
    network.keyboard.press("Escape")
    network.mouse.move(1, 1)
    clip = {"x": x - 9, "y": y - 9, "width": 18, "height": 18}
    crossed = network.screenshot(clip=clip)
    detail.get_by_role("button", name="Put all back").click()
    network.mouse.move(1, 1)
    assert network.screenshot(clip=clip) != crossed
    assert Axe().run(network, options=AXE).violations_count == 0


def test_a_misspelt_name_is_found_and_hidden_people_are_brought(network: Page, data: dict[str, Any]) -> None:
    """The server's likest names are offered; who is in no group, and so not drawn, comes onto the stage."""
    people = data["people"]
    i = members(data, largest(data))[0]
    name = people["label"][i]
    network.fill("#net-search", name[:2] + name[3:])
    network.locator("#net-filters").get_by_text(re.compile("with a name like this")).wait_for()
    network.locator(".cl-hits").get_by_role("button", name=name, exact=True).first.click()
    expect(network.locator("#net-detail").get_by_role("heading", level=2)).to_contain_text(name)
    lone = next(
        i for i, group in enumerate(people["group"]) if group < 0 and people["label"].count(people["label"][i]) == 1
    )
    network.keyboard.press("Escape")
    network.fill("#net-search", people["label"][lone])
    network.locator(".cl-hits").get_by_role("button", name=people["label"][lone]).click()
    expect(network.locator("#net-detail").get_by_role("heading", level=2)).to_contain_text(people["label"][lone])
    assert kept(network)["added"] == people["id"][lone]


def test_the_picture_has_discs_and_crosses(network: Page, data: dict[str, Any]) -> None:
    """As a drawing too nothing is left out in silence: the closed group with its number, who was taken out as such."""
    g, people = largest(data), data["people"]
    other = next(i for i, group in enumerate(people["group"]) if group not in (-1, g) and people["mark"][i] == 0)
    name = collapsed(network, data, g)
    find(network, people["label"][other])
    network.locator("#net-detail").get_by_role("button", name="Take out 1 person").click()
    network.get_by_role("table", name="Parts that are left").wait_for()
    network.keyboard.press("Escape")
    network.locator("#net-tools").get_by_role("button", name="Export").click()
    network.select_option("#export-format", "svg")
    network.fill("#export-recipient", "DI Marsh, Eastfield")
    with network.expect_download() as waiting:
        network.get_by_role("dialog").get_by_role("button", name="Export").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    assert f"<title>{name} {data['groups']['size'][g]}" in text
    assert text.count("taken out in a what-if") == 1
    assert not [people["label"][i] for i in members(data, g) if people["label"][i] in text]
