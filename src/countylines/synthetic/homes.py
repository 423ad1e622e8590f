"""Where people live, what they drive, what else they are called: the same at every mention, so that a search finds it.

Nothing is drawn for addresses and marks: they follow from a person's number. No text has them by chance, since the
house numbers and marks that templates draw are lower ones (slots.lists).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from countylines.synthetic.crews import Line
from countylines.synthetic.data import words
from countylines.synthetic.people import People
from countylines.synthetic.slots import LETTERS, stock
from countylines.synthetic.template import Rows

FIRST_HOUSE, HOUSES = 160, 240
FIRST_YEAR, YEARS = 72, 28
SPREAD = 7_919  # a prime, so that neighbours in number live apart
MISSPELT = 0.03  # share of people whom a system knows under a misspelt name
STREET_NAMES: Mapping[str, float] = {"holder": 0.8, "elder": 0.6, "dealer": 0.5}  # share who have one, in lines


def addresses(people: People, persons: NDArray[np.integer]) -> pa.Array:
    """House number and street of their household, as 212 Canal Walk."""
    home = people.number[people.first[persons]].astype(np.int64) * SPREAD
    streets = pa.array(words()["street"])
    houses = pa.array([str(FIRST_HOUSE + n) for n in range(HOUSES)])
    street = streets.take(pa.array(home % len(streets)))
    return pc.binary_join_element_wise(houses.take(pa.array(home // len(streets) % HOUSES)), street, " ")


def marks(people: People, persons: NDArray[np.integer]) -> pa.Array:
    """The registration mark of their vehicle, as QQ83 KLM; no mark with QQ is ever issued."""
    number = people.number[persons].astype(np.int64)
    spread, n = number * SPREAD // YEARS, len(LETTERS)
    years = pa.array([f"QQ{FIRST_YEAR + year} " for year in range(YEARS)]).take(pa.array(number % YEARS))
    letters = pa.array(list(LETTERS))
    return pc.binary_join_element_wise(years, *(letters.take(pa.array(spread // n**i % n)) for i in range(3)), "")


def vehicles(people: People, persons: NDArray[np.integer]) -> pa.Array:
    """Colour and make of their vehicle, as grey Ford Focus."""
    number = people.number[persons].astype(np.int64)
    colours, makes = pa.array(words()["colour"]), pa.array(words()["vehicle"])
    made = makes.take(pa.array(number // len(colours) % len(makes)))
    return pc.binary_join_element_wise(colours.take(pa.array(number % len(colours))), made, " ")


def also_known_as(rng: np.random.Generator, people: People, lines: Iterable[Line]) -> dict[int, str]:
    """Another name of some: street names in lines, and misspelt names anywhere."""
    chosen = np.flatnonzero(rng.random(len(people)) < MISSPELT)
    way = rng.integers(0, 3, len(chosen))
    names, given = words(), (words()["given_m"], words()["given_f"])
    families = stock().families
    made: dict[int, str] = {}
    for person, how in zip(chosen.tolist(), way.tolist(), strict=True):
        first = given[people.female[person]][people.given[person]]
        made[person] = f"{first} {misspell(families[people.family[person]].as_py().title(), how)}"
    nicks = names["nick"]
    for member in (member for line in lines for member in line.members):
        if rng.random() < STREET_NAMES.get(member.role, 0):
            made[member.person] = nicks[int(rng.integers(len(nicks)))]
    return made


def misspell(name: str, way: int) -> str:
    """A name as somebody in a hurry writes it: without a letter, with one twice, or with two changed round.

    Example:
        >>> [misspell("Quellby", way) for way in range(3)]
        ['Qullby', 'Queellby', 'Qulelby']
    """
    return (name[:2] + name[3:], name[:3] + name[2:], name[:2] + name[3] + name[2] + name[4:])[way]


def of_rows(people: People, cast: NDArray[np.int32], known: Mapping[int, str]) -> dict[str, pa.Array]:
    """Address, area, mark, vehicle and other name of each row's first person, for the slots of remarks."""
    return {
        "home1": addresses(people, cast),
        "area1": stock().area.take(pa.array(people.area[cast])),
        "mark1": marks(people, cast),
        "vehicle1": vehicles(people, cast),
        "aka1": pa.array([known.get(person, "") for person in cast.tolist()], pa.string()),
    }


def first_of(lines: Iterable[Line], *roles: str) -> Rows:
    """The first person of those roles in each line; each line has people of every role."""
    return np.array([next(m.person for m in line.members if m.role in roles) for line in lines], np.int64)
