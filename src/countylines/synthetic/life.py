"""Ordinary life: crime, stops, domestics, custody, prison and missing people, drawn a scene at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.clock import END_DAY, LAST, START_DAY, YEAR
from countylines.synthetic.data import Actor, Scene, scenes
from countylines.synthetic.events import NOBODY, Events, blank, drop_repeats, join
from countylines.synthetic.people import MATES, People
from countylines.synthetic.scale import shares

YOUNG = ("youth", "child", "runaway", "care_child")  # kinds whose events fall in their childhood
SKEWED = ("offender", "user", "dealer", "runaway", "soc")  # kinds of which a few are met again and again
COUNTER = 0.03  # share of assaults in which each accuses the other
HOURS = np.array([5, 4, 3, 2, 1, 1, 1, 2, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8, 8, 8, 8, 8, 7, 6], float)

Chosen = NDArray[np.int32]


def ordinary_life(rng: np.random.Generator, people: People, records: int) -> Events:
    """So many events of the scenes that have a share."""
    kinds = [scene for scene in scenes().values() if scene.share]
    total = sum(scene.share for scene in kinds)
    counts = shares({scene.name: records * scene.share / total for scene in kinds})
    return join([draw_scene(rng, people, scene, counts[scene.name]) for scene in kinds])


def counter_allegations(rng: np.random.Generator, events: Events) -> list[tuple[int, int, str]]:
    """In a few fights both people are victim and suspect: row, person and the other role of each."""
    fights = np.flatnonzero((events.scene == scenes()["assault"].number) & (events.cast[:, :2] != NOBODY).all(axis=1))
    chosen = fights[rng.random(len(fights)) < COUNTER]
    both = [
        (int(row), int(events.cast[row, place]), role)
        for row in chosen
        for place, role in ((0, "suspect"), (1, "victim"))
    ]
    return [entry for entry in both if events.planned[entry[0]] == 0]


def draw_scene(
    rng: np.random.Generator,
    people: People,
    scene: Scene,
    rows: int,
    given: Mapping[int, Chosen] | None = None,
    young: bool = False,
) -> Events:
    """So many events of one scene.

    Args:
        rng: the source of chance.
        people: everybody.
        scene: the scene.
        rows: how many events.
        given: people who are there in any case, by place in the cast; the others are drawn round them.
        young: the first person given is met as a child.
    """
    given = given or {}
    events = blank(rows)
    events.scene[:] = scene.number
    children = np.full(rows, young)
    for place, actor in enumerate(scene.cast):
        if place in given:
            chosen = given[place].astype(np.int32)
        elif actor.relation:
            name, base = actor.relation
            chosen = np.where(_chance(rng, rows, actor), relate(rng, people, name, events.cast[:, base]), NOBODY)
        else:
            chosen, is_young = draw(rng, people, actor.who, rows)
            present = _chance(rng, rows, actor)
            chosen = np.where(present, chosen, NOBODY)
            children |= is_young & present
        events.cast[:, place] = chosen
        events.role[:, place] = rng.choice(np.array(actor.roles, np.int8), rows)
    events.when[:] = moments(rng, people, events.cast[:, 0], children)
    drop_repeats(events)
    return events


def draw(rng: np.random.Generator, people: People, who: tuple[str, ...], rows: int) -> tuple[Chosen, NDArray[np.bool_]]:
    """People of those kinds, and which of them must be met as children."""
    kind = rng.integers(0, len(who), rows)
    chosen = np.empty(rows, np.int32)
    young = np.zeros(rows, bool)
    for i, name in enumerate(who):
        mine = np.flatnonzero(kind == i)
        pool = people.pools[name]
        spot = rng.random(len(mine)) ** (1.3 if name in SKEWED else 1.0)
        chosen[mine] = pool[(spot * len(pool)).astype(np.int64)]
        young[mine] = name in YOUNG
    return chosen, young


def relate(rng: np.random.Generator, people: People, relation: str, base: Chosen) -> Chosen:
    """Someone related to each of ``base``; nobody where there is no such person."""
    someone = np.where(base == NOBODY, 0, base)
    first, size, adults = people.first[someone], people.size[someone], people.adults[someone]
    place = someone - first
    step = (rng.random(len(base)) * 1e6).astype(np.int64)
    if relation == "mate":
        found = people.mates[someone, step % MATES]
    elif relation == "home":
        found = np.where(size > 1, first + (place + 1 + step % np.maximum(size - 1, 1)) % size, NOBODY)
    elif relation == "mother":
        found = np.where(place > 0, first, NOBODY)
    elif relation == "sibling":
        children = size - adults
        other = first + adults + (place - adults + 1 + step % np.maximum(children - 1, 1)) % np.maximum(children, 1)
        found = np.where((place >= adults) & (children > 1), other, NOBODY)
    elif relation == "partner":
        grown = people.pools["adult"]
        former = grown[(someone.astype(np.int64) * 7919 + 13) % len(grown)]  # always the same one
        found = np.where((adults >= 2) & (place < 2), first + (1 - place), former)
    else:
        raise KeyError(relation)
    return np.where(base == NOBODY, NOBODY, found).astype(np.int32)


def moments(rng: np.random.Generator, people: People, first: Chosen, young: NDArray[np.bool_]) -> NDArray[np.int32]:
    """When each event happens: any day, or one of the first person's years from 12 to 17; more in the evening."""
    day = START_DAY + rng.random(len(first)) * (END_DAY - START_DAY + 1)
    born = people.born[np.where(first == NOBODY, 0, first)]
    low = np.maximum(born + 12.2 * YEAR, START_DAY)
    high = np.minimum(born + 17.95 * YEAR, END_DAY)
    fits = young & (first != NOBODY) & (high > low)
    day = np.where(fits, low + rng.random(len(first)) * (high - low), day).astype(np.int64)
    hour = rng.choice(24, len(first), p=HOURS / HOURS.sum())
    minute = (day - START_DAY) * 1440 + hour * 60 + rng.integers(0, 60, len(first))
    return np.minimum(minute, LAST).astype(np.int32)


def _chance(rng: np.random.Generator, rows: int, actor: Actor) -> NDArray[np.bool_]:
    return rng.random(rows) < actor.chance
