"""The partition of random weighted graphs, against METHOD 4 by brute force, given igraph's merges."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest

from countylines.graph import graph_from
from countylines.partition import partition
from countylines.settings import Cut, PartitionSettings
from tests.reference.bruteforce.partition import partition as brute_partition

WEIGHTS = (0.25, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 3.5, 0.07)


def random_ties(rng: random.Random, people: list[str]) -> dict[tuple[str, str], float]:
    """Cliques that overlap, as records make them, and a few ties besides; sometimes all of weight 1."""
    even = rng.random() < 0.3
    pairs = set()
    for _ in range(rng.randint(1, max(1, len(people) // 2))):
        clique = sorted(rng.sample(people, rng.randint(2, min(5, len(people)))))
        pairs |= {(a, b) for a in clique for b in clique if a < b and rng.random() < 0.9}
    return {pair: 1.0 if even else rng.choice(WEIGHTS) for pair in sorted(pairs)}


def meeting_ties(rng: random.Random, people: list[str]) -> dict[tuple[str, str], float]:
    """Larger ones: a meeting adds its weight to its pairs. Some need several passes of moves, or the other start."""
    ties: dict[tuple[str, str], float] = {}
    for _ in range(int(len(people) * rng.uniform(0.3, 0.6))):
        met = sorted(rng.sample(people, rng.choice((2, 2, 3, 4, 5))))
        for pair in combinations(met, 2):
            ties[pair] = ties.get(pair, 0.0) + rng.choice((0.5, 1.0, 0.7, 0.55))
    return ties


def chosen(rng: random.Random, cut: Cut) -> PartitionSettings:
    return PartitionSettings(walktrap_steps=rng.choice((1, 2, 4, 4, 8)), cut=cut, refine=rng.random() < 0.7)


@pytest.mark.parametrize("cut", ["map_equation", "modularity"])
@pytest.mark.parametrize("seed", range(60))
def test_groups_and_code_lengths_are_as_the_page_says(seed: int, cut: Cut) -> None:
    rng = random.Random(seed)
    people = [f"p{i}" for i in range(1, rng.randint(3, 24))]
    check(people, random_ties(rng, people), chosen(rng, cut))


@pytest.mark.parametrize("seed", range(40))
def test_moves_of_single_people_are_as_the_page_says(seed: int) -> None:
    rng = random.Random(seed)
    people = [f"p{i}" for i in range(rng.randint(14, 40))]
    check(people, meeting_ties(rng, people), PartitionSettings())


def check(people: list[str], ties: dict[tuple[str, str], float], settings: PartitionSettings) -> None:
    """The same groups, and the same code lengths in every component."""
    expected = brute_partition(people, ties, settings)
    made = partition(graph_from(people, ties), settings)
    groups: dict[int, list[str]] = {}
    for person, group in zip(sorted(people), made.group, strict=True):
        groups.setdefault(group, []).append(person)
    assert sorted(map(tuple, groups.values())) == sorted(group.members for group in expected)
    number = {person: i for i, person in enumerate(sorted(people))}
    for wanted in expected:
        got = made.components[made.component[number[wanted.members[0]]]]
        assert same(got.code_length, wanted.code_length)
        assert same(got.code_length_cut, wanted.code_length_cut)
        assert same(got.code_length_bound, wanted.code_length_bound)


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, abs_tol=1e-9) or (math.isnan(one) and math.isnan(other))
