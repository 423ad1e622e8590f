"""The people of the invented force: households, ages, names, areas, and the pools from which scenes draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.clock import END_DAY, START_DAY, YEAR
from countylines.synthetic.data import words

Ints = NDArray[np.int32]
Small = NDArray[np.int8]

SIZES = np.array([0.29, 0.34, 0.16, 0.14, 0.05, 0.02])  # households of 1 to 6
MATES = 3


@dataclass
class People:
    """Everybody, by index; households lie together, first the adults.

    Attributes:
        first: index of the first member of the person's household.
        size: members of that household.
        adults: adults of that household.
        female: 0 or 1.
        born: day of birth, days since 1970-01-01.
        born_known: whether the force knows that day.
        area: index of the area they live in.
        care: 1 looked after by a local authority, 0 not, -1 unknown.
        given, family, ethnicity: indices of word lists.
        number: the number in the person's id, a shuffle, so that ids tell nothing.
        mates: up to three people each offends with, -1 = none.
        pools: the kinds of people that scenes draw from.
        soc: number of the person's SOC group, -1 = none.
    """

    first: Ints
    size: Small
    adults: Small
    female: Small
    born: Ints
    born_known: NDArray[np.bool_]
    area: Small
    care: Small
    given: Small
    family: NDArray[np.int16]
    ethnicity: Small
    number: Ints
    mates: Ints
    soc: Ints
    pools: dict[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.first)


def make_people(rng: np.random.Generator, people: int) -> People:
    """Households filled with adults, then children, until there are enough people."""
    sizes = rng.choice(np.arange(1, 7), size=people, p=SIZES)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), people)) + 1].astype(np.int32)
    sizes[-1] -= int(sizes.sum()) - people
    home = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    starts = np.cumsum(sizes, dtype=np.int32) - sizes
    place = np.arange(people, dtype=np.int32) - starts[home]
    alone = rng.random(len(sizes)) < 0.3  # one parent
    adults = np.where(
        sizes >= 3, np.where(alone, 1, 2), np.where((sizes == 2) & (rng.random(len(sizes)) < 0.2), 1, sizes)
    )
    adults = adults.astype(np.int8)
    child = place >= adults[home]
    young = sizes > adults
    parent_age = np.where(young, rng.uniform(27, 52, len(sizes)), rng.uniform(19, 86, len(sizes)))
    grown_age = np.maximum(parent_age[home] + rng.normal(0, 3, people), 18.8)
    age = np.where(child, np.minimum(rng.uniform(0, 24, people), parent_age[home] - 17), grown_age)
    female = np.where(child | (place > 0), rng.random(people) < 0.49, young[home] | (rng.random(people) < 0.5))
    names = words()
    areas = rng.integers(0, len(names["area"]), len(sizes)).astype(np.int8)
    in_care = child & (age < 18) & (rng.random(people) < 0.02)
    families = len(names["family_start"]) * len(names["family_end"])
    return People(
        first=starts[home],
        size=sizes.astype(np.int8)[home],
        adults=adults[home],
        female=female.astype(np.int8),
        born=(END_DAY - age * YEAR).astype(np.int32),
        born_known=rng.random(people) >= 0.02,
        area=areas[home],
        care=np.where(in_care, 1, np.where(rng.random(people) < 0.3, -1, 0)).astype(np.int8),
        given=rng.integers(0, len(names["given_f"]), people).astype(np.int8),
        family=rng.integers(0, families, len(sizes)).astype(np.int16)[home],
        ethnicity=rng.integers(0, len(names["ethnicity"]), people).astype(np.int8),
        number=rng.permutation(people).astype(np.int32) + 1,
        mates=np.full((people, MATES), -1, np.int32),
        soc=np.full(people, -1, np.int32),
    )


def make_pools(
    rng: np.random.Generator, people: People, taken: Iterable[int], soc_sizes: Sequence[int], crowd: int
) -> None:
    """Sort people into the kinds that scenes draw from.

    Args:
        rng: the source of chance.
        people: everybody; pools, mates and SOC groups are set.
        taken: people of lines, who live their own lives elsewhere.
        soc_sizes: people of each SOC group.
        crowd: how many people lines have; there are at least as many drug users, and half as many local dealers.
    """
    n = len(people)
    free = np.ones(n, bool)
    free[list(taken)] = False
    everyone = rng.permutation(n).astype(np.int32)
    everyone = everyone[free[everyone]]
    born = people.born[everyone]
    at_start, at_end = (START_DAY - born) / YEAR, (END_DAY - born) / YEAR
    adult = everyone[at_start >= 18]
    youth = everyone[(at_start < 17) & (at_end > 14)]
    kinds = np.array([0.002, 0.012, 0.003, 0.10, 0.004])  # workers, users, dealers, offenders, carers
    cut = np.cumsum(np.maximum(np.round(kinds * n), [4, crowd, crowd // 2, 8, 4]).astype(int))
    soc_needed = sum(soc_sizes)
    workers, users, dealers, offenders, carers = np.split(adult[: cut[4]], cut[:4])
    soc = adult[cut[4] : cut[4] + soc_needed]
    some = max(4, round(0.004 * n))
    pools = {
        "anyone": everyone[at_start >= 5],
        "adult": adult[cut[4] + soc_needed :],
        "child": everyone[(at_start < 16) & (at_end > 12)],
        "youth": youth[: max(8, len(youth) // 4)],
        "runaway": youth[-some:],
        "care_child": youth[people.care[youth] == 1] if (people.care[youth] == 1).any() else youth[:some],
        "offender": offenders,
        "user": users,
        "dealer": dealers,
        "soc": soc,
        "carer": carers,
        "social_worker": workers,
        "professional": workers,
    }
    people.care[pools["runaway"][: some // 2]] = 1
    for name in ("youth", "user", "offender", "dealer"):
        _befriend(people, pools[name], np.arange(len(pools[name])) // 4)
    groups = np.repeat(np.arange(len(soc_sizes)), soc_sizes)
    people.soc[soc] = groups[: len(soc)]
    _befriend(people, soc, groups[: len(soc)])
    people.pools.update(pools)


def _befriend(people: People, members: Ints, group: NDArray[np.int64]) -> None:
    """Everyone's mates are the next ones round their own group (groups lie together)."""
    _, first, inverse, size = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
    place = np.arange(len(members)) - first[inverse]
    for i in range(MATES):
        other = first[inverse] + (place + 1 + i) % size[inverse]
        alone = size[inverse] <= 1 + i
        people.mates[members, i] = np.where(alone, -1, members[other])
