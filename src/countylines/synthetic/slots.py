"""What fills the slots of the templates: words drawn from lists, and the facts of each record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from countylines.synthetic.clock import DAY_MINUTES, END_DAY, START, START_DAY, YEAR
from countylines.synthetic.crews import Line
from countylines.synthetic.data import sentences, words
from countylines.synthetic.events import NOBODY, Events
from countylines.synthetic.people import People
from countylines.synthetic.scale import BIT, DRUGS
from countylines.synthetic.template import Fill, Rows

LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"  # of registration marks
PRONOUNS = {"he": ("he", "she"), "his": ("his", "her"), "him": ("him", "her")}


@dataclass(frozen=True)
class Stock:
    """Ready-made texts, by the index that facts give."""

    given: tuple[pa.Array, pa.Array]  # for males, for females
    families: pa.Array
    area: pa.Array
    outside: pa.Array
    clock: pa.Array  # by minute of the day
    days: pa.Array  # by day since START, and a month beyond
    ages: pa.Array


@cache
def stock() -> Stock:
    """The texts that facts point into."""
    names = words()
    families = [start + end for start in names["family_start"] for end in names["family_end"]]
    days = [START + dt.timedelta(days=i) for i in range(END_DAY - START_DAY + 40)]
    return Stock(
        (pa.array(names["given_m"]), pa.array(names["given_f"])),
        pa.array([family.upper() for family in families]),
        pa.array(names["area"]),
        pa.array(names["outside"]),
        pa.array([f"{minute // 60:02d}{':' if minute % 3 else ''}{minute % 60:02d}" for minute in range(DAY_MINUTES)]),
        pa.array([f"{day:%d/%m/%Y}" if day.toordinal() % 3 else f"{day:%d/%m}" for day in days]),
        pa.array([str(age) for age in range(120)]),
    )


@cache
def lists() -> Mapping[str, pa.Array]:
    """Lists from which words are drawn anew for every place: those of words.yaml, and numbers of many kinds."""
    rng = np.random.default_rng(2014)  # the lists are the same in every force
    named = words()
    made = {name: list(listed) for name, listed in named.items()}
    made["street"] = [f"{n} {street}" for street in named["street"] for n in rng.integers(1, 160, 40)] + named[
        "street"
    ] * 15
    made["street2"] = named["street"]
    made["shop2"], made["town"] = named["shop"], named["outside"]
    made["collar"] = [str(n) for n in rng.integers(1000, 9999, 800)]
    made["n"] = [str(n) for n in range(2, 10)]
    made["n2"] = [str(n) for n in range(10, 60)]
    made["n3"] = [str(n) for n in rng.integers(100, 9999, 500)]
    made["money"] = [
        str(n) for n in (15, 20, 25, 35, 40, 55, 60, 75, 80, 90, 120, 135, 150, 180, 200, 240, 300, 450, 600, 850)
    ]
    made["gbp"] = ["GBP "] * 24 + ["£"]
    made["yr"] = ["7", "8", "9", "10", "11"]
    made["vrm"] = [
        f"QQ{n:02d} {''.join(rng.choice(list(LETTERS), 3))}" for n in rng.integers(2, 72, 1500)
    ]  # QQ is never issued
    made["mobile"] = [shape for n in range(800, 1000) for shape in phone_shapes(f"07700 900{n}")]
    return {name: pa.array(listed) for name, listed in made.items()}


def phone_shapes(number: str) -> list[str]:
    """The ways in which police write a number.

    Example:
        >>> phone_shapes("07700 900123")
        ['07700 900123', '07700900123', '+447700900123', '07700-900123']
    """
    tight = number.replace(" ", "")
    return [number, tight, "+44" + tight[1:], number.replace(" ", "-")]


def fills(rng: np.random.Generator, events: Events, people: People, lines: Sequence[Line]) -> dict[str, Fill]:
    """A function for every slot, over the rows of these events."""
    made: dict[str, Fill] = {name: _drawn(rng, listed) for name, listed in lists().items()}
    made["br"] = _drawn(rng, pa.array([" ", " ", " ", "\n"]))
    texts = stock()
    day, minute = events.when // DAY_MINUTES, events.when % DAY_MINUTES
    made["time"] = lambda rows: texts.clock.take(pa.array(minute[rows]))
    made["time2"] = lambda rows: texts.clock.take(
        pa.array((minute[rows] + rng.integers(5, 180, len(rows))) % DAY_MINUTES)
    )
    made["date"] = lambda rows: texts.days.take(pa.array(day[rows]))
    made["date2"] = lambda rows: texts.days.take(pa.array(day[rows] + rng.integers(1, 30, len(rows))))
    for place in range(3):
        made[f"p{place + 1}"] = _named(rng, people, events.cast[:, place], made["nobody"])
    first = np.where(events.cast[:, 0] == NOBODY, 0, events.cast[:, 0])
    sex = np.where(events.cast[:, 0] == NOBODY, 0, people.female[first])
    for name, pair in PRONOUNS.items():
        made[f"{name}1"] = _indexed(pa.array(pair), sex)
    age = np.clip((events.when // DAY_MINUTES + START_DAY - people.born[first]) / YEAR, 0, 119).astype(np.int64)
    made["age1"] = _indexed(texts.ages, age)
    made["drugs"] = _drugs(rng, events.words)
    made.update(_of_lines(rng, events.line, lines))
    return made


def _drawn(rng: np.random.Generator, listed: pa.Array) -> Fill:
    return lambda rows: listed.take(pa.array(rng.integers(0, len(listed), len(rows))))


def _indexed(listed: pa.Array, index: NDArray[np.integer]) -> Fill:
    return lambda rows: listed.take(pa.array(index[rows]))


def _named(rng: np.random.Generator, people: People, cast: NDArray[np.int32], nobody: Fill) -> Fill:
    """Given name and FAMILY, or FAMILY alone; "unknown male" and the like where nobody is."""

    def fill(rows: Rows) -> pa.Array:
        texts = stock()
        person = np.where(cast[rows] == NOBODY, 0, cast[rows])
        female = pa.array(people.female[person] == 1)
        index = pa.array(people.given[person])
        given = pc.if_else(female, texts.given[1].take(index), texts.given[0].take(index))
        families = texts.families.take(pa.array(people.family[person]))
        full = pc.binary_join_element_wise(given, families, " ")
        name = pc.if_else(pa.array(rng.random(len(rows)) < 0.5), full, families)
        return pc.if_else(pa.array(cast[rows] == NOBODY), nobody(rows), name)

    return fill


def _drugs(rng: np.random.Generator, carried: NDArray[np.uint16]) -> Fill:
    """The drugs a record must name, as "crack, heroin and weed"."""

    def fill(rows: Rows) -> pa.Array:
        forms = sentences()["words"]
        text, first = pa.repeat(pa.scalar(""), len(rows)), np.ones(len(rows), bool)
        joints = pa.array([" and ", ", ", " & ", "/"])
        for name in rng.permutation(DRUGS):
            has = (carried[rows] & BIT[str(name)]) != 0
            word = pa.array(forms[str(name)]).take(pa.array(rng.integers(0, len(forms[str(name)]), len(rows))))
            joint = pc.if_else(pa.array(first), "", joints.take(pa.array(rng.integers(0, 4, len(rows)))))
            both = pc.binary_join_element_wise(text, joint, word, "")
            text = pc.if_else(pa.array(has), both, text)
            first &= ~has
        return text

    return fill


def _of_lines(rng: np.random.Generator, line: NDArray[np.int16], lines: Sequence[Line]) -> dict[str, Fill]:
    """The record's line, or one that nobody has named."""
    texts = stock()
    names = pa.array([each.name for each in lines] + ["name not known"])
    origin = np.array([each.origin for each in lines], np.int64)
    place = np.array([[each.areas[i % len(each.areas)] for i in range(3)] for each in lines], np.int64)
    phones = [[shape for phone in each.phones for shape in phone_shapes(phone)] for each in lines]
    start = np.cumsum([0] + [len(each) for each in phones])
    every = pa.array([phone for each in phones for phone in each])

    def known(rows: Rows, value: NDArray[np.int64], size: int) -> pa.Array:
        return pa.array(np.where(line[rows] < 0, rng.integers(0, size, len(rows)), value))

    def phone(rows: Rows) -> pa.Array:
        count = (start[1:] - start[:-1])[line[rows]]
        return every.take(pa.array(start[line[rows]] + (rng.random(len(rows)) * count).astype(np.int64)))

    return {
        "line": lambda rows: names.take(pa.array(np.where(line[rows] < 0, len(lines), line[rows]))),
        "lphone": phone,
        "import": lambda rows: texts.outside.take(known(rows, origin[line[rows]], len(texts.outside))),
        "linearea": lambda rows: texts.area.take(
            known(rows, place[line[rows], rng.integers(0, 3, len(rows))], len(texts.area))
        ),
    }
