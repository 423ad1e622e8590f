"""What is written in last: crimes with a firearm, and remarks by which a search lands on records."""

import re

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from countylines.synthetic import firearms
from countylines.synthetic.crews import Line
from countylines.synthetic.data import load, words
from countylines.synthetic.force import Force, invent
from countylines.synthetic.homes import addresses, marks, misspell, vehicles
from countylines.synthetic.prose import write_texts
from countylines.synthetic.remarks import KINDS, finish, shipped
from countylines.synthetic.scale import scale
from countylines.synthetic.slots import lists, stock
from tests.synthetic.conftest import Made
from tests.synthetic.test_template import FACTS, LINES, each_option, slots
from tests.synthetic.vocabulary import groups_in

OWN = {"home1", "area1", "mark1", "vehicle1", "aka1", "flat", "lmark", "lvehicle"}


@pytest.fixture(scope="module")
def force() -> Force:
    return invent(scale(10_000), 3)


def test_no_remark_and_no_crime_says_a_search_word() -> None:
    remarks = [nodes for listed in shipped().values() for nodes in listed]
    for nodes in (*remarks, *firearms.texts()):
        assert not [said for said in each_option(nodes) if groups_in(said)]
        assert slots(nodes) <= FACTS | OWN | set(lists())
        assert not slots(nodes) & LINES
    assert set(shipped()) == set(KINDS) - {""}


def test_no_misspelt_name_is_a_search_word_or_right() -> None:
    for family in stock().families.to_pylist():
        said = [misspell(family.title(), way) for way in range(3)]
        assert not any(groups_in(f"Tavin {name}") for name in said)
        assert set(said) != {family.title()}


def test_remarks_only_end_texts(force: Force) -> None:
    """So no hit moves, and nothing that was there before the remarks is lost."""
    people, lines, events = force.people, force.lines, force.filed.events
    before = write_texts(np.random.default_rng(0), events, people, lines).to_pylist()
    armed = (force.firearms.rows, force.firearms.lines)
    after = finish(np.random.default_rng(1), pa.array(before), events, people, lines, force.known, armed).to_pylist()
    anew = set(force.firearms.rows.tolist())
    longer = [row for row, (old, new) in enumerate(zip(before, after, strict=True)) if old != new and row not in anew]
    assert 0.01 < len(longer) / len(before) < 0.1
    assert all(after[row].startswith(before[row] + " ") for row in longer)
    assert all(groups_in(after[row]) == groups_in(before[row]) for row in (*longer, *anew))
    assert not any(groups_in(after[row]) for row in anew)
    assert not [text for text in after if re.search(r"[{|}]|  | $|\(\)", text)]


def test_addresses_and_marks_are_a_persons_own(force: Force) -> None:
    everybody = np.arange(len(force.people))
    homes, cars = addresses(force.people, everybody), marks(force.people, everybody).to_pylist()
    assert homes.equals(addresses(force.people, force.people.first))  # a household has one
    assert len(set(cars)) == len(cars)
    assert all(re.fullmatch(r"QQ(7[2-9]|8\d|9\d) [A-HJ-PR-Z]{3}", car) for car in cars)  # QQ: never issued
    assert not set(cars) & set(lists()["vrm"].to_pylist())
    assert not set(homes.to_pylist()) & set(lists()["street"].to_pylist())
    assert set(vehicles(force.people, everybody).to_pylist()) <= {
        f"{colour} {make}" for colour in words()["colour"] for make in words()["vehicle"]
    }


def test_a_search_for_a_holders_mark_lands_on_their_lines_records(city: Made) -> None:
    force = invent(scale(city.records), 3)
    texts = city.read("records").join(city.read("truth/record"), on="record_id")
    found = 0
    for line in force.lines:
        holder = np.array([_holder(line)])
        hit = texts.filter(pl.col("text").str.contains(marks(force.people, holder)[0].as_py(), literal=True))
        theirs = hit.filter(pl.col("line_id") == line.id)
        assert len(theirs) >= len(hit) - 2  # the others: the holder's own life
        found += len(theirs)
    assert found >= len(force.lines)


def _holder(line: Line) -> int:
    return next(member.person for member in line.members if member.role == "holder")


def test_firearms_are_with_few_crews_and_few_others(city: Made) -> None:
    codes = load("firearms.yaml")["offences"]
    assert not set(codes) & set(load("offences.yaml"))  # they have no weight, so that it is seen what that looks like
    armed = city.read("records").filter(pl.col("offence_code").is_in(list(codes)))
    scenes = armed.join(city.read("truth/record"), on="record_id", maintain_order="left")
    assert set(scenes["scene"]) == {firearms.SCENE} and not scenes["is_county_lines"].any()
    assert scenes.height == city.read("truth/record").filter(pl.col("scene") == firearms.SCENE).height
    assert armed["cjs_code"].is_null().all() and set(armed["source"]) == {"crime"}
    people = city.read("involvements").join(armed, on="record_id").join(city.read("truth/person"), on="nominal_id")
    lines = people.filter(pl.col("line_id").is_not_null(), pl.col("role").is_in(["suspect", "arrested", "charged"]))
    assert 1 <= lines["line_id"].n_unique() < city.read("truth/line").height
    assert set(lines["role_right"]) <= {"holder", "elder", "dealer"}
    weapons = city.read("truth/record").filter(pl.col("scene") == "weapon").height
    assert 0 < len(armed) < 0.1 * weapons


def test_logs_of_armed_crews_speak_of_it(city: Made) -> None:
    force = invent(scale(city.records), 3)
    texts = city.read("records").join(city.read("truth/record"), on="record_id").filter(pl.col("line_id").is_not_null())
    said = texts.filter(
        pl.col("text")
        .str.to_lowercase()
        .str.contains(
            "firearms marker|warning marker firearms|access to a (?:f|h|sa|c)|ammunition|two rounds|shotgun cartridge"
        )
    )
    armed = {force.lines[number].id for number in force.firearms.lines}
    assert armed and set(said["line_id"]) <= armed
    assert set(said["source"]) <= {"intelligence"}
