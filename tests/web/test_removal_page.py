"""The order of removal of the whole network: only people who may be ranked, for those who may see it."""

from __future__ import annotations

import re
from html import unescape

import polars as pl
import pytest

from countylines.govern import accounts, audit
from countylines.rank.dismantle.objective import curve
from countylines.report.show.words import share
from countylines.web.group_rows import small
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.removal import NETWORK, Removal, removal
from countylines.web.removal_chart import spec
from countylines.web.whatif import whole_of
from tests.web.conftest import NOW, PASSWORD, Browse
from tests.web.group_pages import blocks, section


def order_of(reader: Reader) -> Removal:
    """What the page works out."""
    cards = reader.cards(reader.table("nominals")["nominal_id"])
    found = removal(reader, NETWORK, cards, len(cards))
    assert found
    return found


def test_the_runs_own_order_and_only_people_who_may_be_ranked(reader: Reader) -> None:
    """Steps, curve and plain orders are those of the run; nobody protected or held is in any of the three."""
    found = order_of(reader)
    rows = reader.table("dismantling").filter(pl.col("scope") == NETWORK)
    steps = rows.filter(pl.col("question") == "order").sort("step")
    assert [step.card.nominal_id for step in found.order.steps] == steps["nominal_id"].to_list()
    assert [step.largest for step in found.order.steps] == steps["largest_component"].to_list()
    assert len(found.plain) == 4
    cards = [step.card for some in (found.order, found.only_k, found.goal) for step in some.steps]
    assert cards
    assert not [card for card in cards if card.guarded or not card.rankable]
    assert found.of == "network"
    assert "% of network" in spec(found, "part", 0)


def test_it_is_worked_out_anew_without_whom_a_ruling_sets_apart(reader: Reader) -> None:
    """Nobody's place is told by a step that is missing; the curve is that of the people who are left."""
    before = order_of(reader)
    who = before.order.steps[1].card.nominal_id
    reader.separate = lambda: frozenset([who])
    after = order_of(reader)
    ids = [step.card.nominal_id for step in after.order.steps]
    assert ids == [step.card.nominal_id for step in before.order.steps if step.card.nominal_id != who]
    problem = whole_of(reader).problem
    place = {name: i for i, name in enumerate(problem.ids)}
    found = curve(problem, [place[name] for name in ids])
    assert [step.harm for step in after.order.steps] == pytest.approx((found.mass[1:] / found.mass[0]).tolist())
    assert [step.k for step in after.order.steps] == list(range(1, len(ids) + 1))
    assert not after.plain
    assert "Worked out anew" in after.order.proof


@pytest.mark.parametrize("role", ["analyst", "senior_officer", "data_scientist"])
def test_the_order_for_those_who_may(browse: Browse, reader: Reader, role: str) -> None:
    """The curve beside the plain orders, each step, how good it is, who is never in it, and the precision of people."""
    page = browse(role).get("/removal").text
    found, order = order_of(reader), section(page, "order")
    assert [int(k) for k in re.findall(r'data-step-row="steps:(\d+)"', order)] == [step.k for step in found.order.steps]
    for step in found.order.steps:
        assert f"/people/{step.card.nominal_id}" in order
        assert share(step.harm) in order
    assert found.order.proof in order
    assert found.beside() in unescape(order)
    guarded = [card for card in reader.cards(reader.table("nominals")["nominal_id"]).values() if card.guarded]
    assert f"{len(guarded)} people are</b> never" in order or f"{len(guarded)} people are never in this order" in order
    assert "Person precision" in order
    assert {"curve-spec", "steps"} <= blocks(page).keys()
    text = str(blocks(page))
    assert not [card for card in guarded if card.nominal_id in text or card.name in text]


def test_without_a_script_the_slider_is_a_form(browse: Browse, reader: Reader) -> None:
    """As on a group's page: the number stands in the address."""
    page = browse("analyst").get("/removal?k=2").text
    found = order_of(reader)
    assert 'action="/removal#whatif"' in page
    assert f'data-step-show="steps:harm">{share(found.order.steps[1].harm)}<' in page
    assert f'data-step-show="steps:k">{found.last}<' in browse("analyst").get("/removal?k=9999").text


def test_the_ethics_committee_sees_method_and_counts(browse: Browse, reader: Reader) -> None:
    """No name, no id, no curve."""
    page = browse("ethics_committee").get("/removal").text
    people = reader.cards(reader.table("nominals")["nominal_id"])
    assert "method and counts" in page
    assert not [card for card in people.values() if card.nominal_id in page or card.name in page]
    assert not blocks(page)
    assert f"<dd>{small(sum(not card.guarded for card in people.values()))}</dd>" in section(page, "order")


@pytest.mark.parametrize("role", ["safeguarding", "auditor", "reviewer", "administrator"])
def test_the_others_do_not(browse: Browse, role: str) -> None:
    assert browse(role).get("/removal").status_code == 403


def test_names_of_other_areas_stay_out(browse: Browse, house: House, reader: Reader) -> None:
    """The order is of the whole network; whoever has no record in one's own areas stands there by their id."""
    area = reader.index.query("SELECT area FROM records WHERE area <> '' ORDER BY 1")[0]["area"]
    accounts.create_account(house.state, "one", "One", PASSWORD, roles=["analyst"], now=NOW, areas=[area])
    page = unescape(browse("one").get("/removal").text)
    cards = {step.card.nominal_id: step.card for step in order_of(reader).order.steps}
    near = reader.seen_from((area,)).people_within(cards)
    assert near
    assert cards.keys() - near
    for name, card in cards.items():
        assert (card.name in page) == (name in near)
        assert name in page


def test_whom_it_names_is_in_the_log(browse: Browse, house: House, reader: Reader) -> None:
    browse("analyst").get("/removal")
    row = audit.search(house.state, audit.Wanted(kind="removal"), size=1).rows[0].event
    assert {step.card.nominal_id for step in order_of(reader).order.steps} <= set(row.detail["people"])


@pytest.mark.parametrize("path", ["/people", "/groups", "/network"])
def test_it_is_reached(browse: Browse, path: str) -> None:
    assert 'href="/removal"' in browse("analyst").get(path).text
