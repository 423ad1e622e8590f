"""What is written into texts after everything else, from a stream of its own: crimes with a firearm, and last remarks.

Remarks stand at the end and say no search word, so that no hit moves and none is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from countylines.synthetic import firearms
from countylines.synthetic.clock import DAY_MINUTES, START_DAY, YEAR
from countylines.synthetic.crews import Line
from countylines.synthetic.data import load, scenes
from countylines.synthetic.events import NOBODY, Events, take
from countylines.synthetic.homes import addresses, first_of, marks, of_rows, vehicles
from countylines.synthetic.people import People
from countylines.synthetic.prose import UNTIDY, put
from countylines.synthetic.slots import fills
from countylines.synthetic.template import Fill, Nodes, Rows, parse, render

KINDS = ("", "home", "vehicle", "aka", "line_vehicle", "line_flat", "line_firearm")
HOME, VEHICLE, AKA = 0.02, 0.01, 0.15  # shares of the records with a first person, and of those known by another name
LINE_VEHICLE, LINE_FLAT, LINE_FIREARM = 0.15, 0.12, 0.06  # shares of a line's own logs
DRIVING_AGE = 17


@cache
def shipped() -> Mapping[str, list[Nodes]]:
    """The remarks of each kind."""
    return {kind: [parse(" " + text) for text in listed] for kind, listed in load("remarks.yaml").items()}


def finish(
    rng: np.random.Generator,
    text: pa.Array,
    events: Events,
    people: People,
    lines: Sequence[Line],
    known: Mapping[int, str],
    armed: tuple[Rows, frozenset[int]],
) -> pa.Array:
    """The texts with crimes with a firearm written anew, and with remarks.

    Args:
        rng: the source of chance.
        text: what the records say so far.
        events: the records.
        people: everybody.
        lines: the lines.
        known: other names of people.
        armed: which of the records are crimes with a firearm, and the lines said to have one.
    """
    crimes, gangs = armed
    kinds = _kinds(rng, events, people, known, gangs)
    kinds[crimes] = 0
    rows = np.flatnonzero(kinds)
    part = take(events, rows)
    slots = {**fills(rng, part, people, lines), **_own(rng, part, people, lines, known)}
    said = _rendered(rng, [shipped().get(kind, []) for kind in KINDS], kinds[rows], slots)
    ended = pc.binary_join_element_wise(text.take(pa.array(rows)), said, "")
    slots = fills(rng, take(events, crimes), people, lines)
    anew = _rendered(rng, [firearms.texts()], np.zeros(len(crimes), np.int8), slots)
    return put(text, [(rows, ended), (crimes, anew)])


def _kinds(
    rng: np.random.Generator, events: Events, people: People, known: Mapping[int, str], gangs: frozenset[int]
) -> NDArray[np.int8]:
    """Which kind of remark each text gets, as an index into KINDS."""
    luck = rng.random(len(events))
    first = events.cast[:, 0]
    person = np.where(first == NOBODY, 0, first)
    age = (events.when // DAY_MINUTES + START_DAY - people.born[person]) / YEAR
    aka = np.isin(first, np.fromiter(known, np.int64, len(known))) & (rng.random(len(events)) < AKA)
    is_log = np.array([name.startswith("line_") and s.source == "intelligence" for name, s in scenes().items()])
    log = is_log[events.scene] & (events.line >= 0)
    ends = np.cumsum([LINE_VEHICLE, LINE_FLAT, LINE_FIREARM])
    return np.select(
        [
            log & (luck < ends[0]),
            log & (luck < ends[1]),
            log & (luck < ends[2]) & np.isin(events.line, list(gangs)),
            (first != NOBODY) & ~log & (luck < HOME),
            (first != NOBODY) & ~log & (luck < HOME + VEHICLE) & (age >= DRIVING_AGE),
            aka,
        ],
        [KINDS.index(kind) for kind in ("line_vehicle", "line_flat", "line_firearm", "home", "vehicle", "aka")],
        0,
    ).astype(np.int8)


def _own(
    rng: np.random.Generator, events: Events, people: People, lines: Sequence[Line], known: Mapping[int, str]
) -> dict[str, Fill]:
    """The slots that only remarks have."""
    first = np.where(events.cast[:, 0] == NOBODY, 0, events.cast[:, 0])
    tenants = [[m.person for m in line.members if m.role == "cuckooed"] for line in lines]
    drawn = rng.integers(0, 1 << 20, len(events))
    flat = np.array(
        [tenants[n][d % len(tenants[n])] for n, d in zip(events.line.tolist(), drawn.tolist(), strict=True)], np.int64
    )
    driver = first_of(lines, "holder")[events.line]
    columns = {
        **of_rows(people, first, known),
        "flat": addresses(people, flat),
        "lmark": marks(people, driver),
        "lvehicle": vehicles(people, driver),
    }
    return {name: _at(column) for name, column in columns.items()}


def _at(column: pa.Array) -> Fill:
    return lambda rows: column.take(pa.array(rows))


def _rendered(
    rng: np.random.Generator, choices: Sequence[list[Nodes]], kinds: NDArray[np.int8], slots: Mapping[str, Fill]
) -> pa.Array:
    """One of the kind's templates for every row, filled."""
    made: list[pa.Array] = [pa.array([], pa.string())]
    order: list[Rows] = [np.array([], np.int64)]
    for kind, listed in enumerate(choices):
        mine = np.flatnonzero(kinds == kind)
        drawn = rng.integers(0, max(len(listed), 1), len(mine))
        for i, nodes in enumerate(listed):
            made.append(render(nodes, mine[drawn == i], slots, rng))
            order.append(mine[drawn == i])
    text = pa.concat_arrays(made).take(pa.array(np.argsort(np.concatenate(order), kind="stable")))
    return pc.replace_substring_regex(text, pattern=UNTIDY, replacement=r"\1")
