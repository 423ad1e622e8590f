"""The shortest ties to known groups, against a search over all paths; and who is never in them."""

from __future__ import annotations

import dataclasses
import random
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from countylines.rank.evidence import Evidence
from countylines.rank.reference_ties import reference_ties
from countylines.tables import RUN
from tests.rank.small import CHILD, Row, evidence


def soc(**groups: str) -> dict[str, list[Row]]:
    """SOC groups and their people, as letters."""
    return {"reference_groups": [{"group_id": g, "nominal_id": n} for g, names in groups.items() for n in names]}


def pairs(*ties: str) -> list[tuple[str, str, str]]:
    """One record for each tie."""
    return [(f"intelligence:{tie}", name, "subject") for tie in ties for name in tie]


def rows(found: Evidence) -> list[tuple[str, str, str, int, str]]:
    made = reference_ties(found)
    return [(*row[:4], "".join(row[4])) for row in made.drop("record_ids").iter_rows()]


def test_a_chain_to_one_member() -> None:
    found = evidence(pairs("ab", "bc"), alone="abc", small=soc(S="c"))
    assert rows(found) == [("a", "S", "c", 2, "abc"), ("b", "S", "c", 1, "bc")]
    assert reference_ties(found)["record_ids"].to_list() == [
        ["intelligence:ab", "intelligence:bc"],
        ["intelligence:bc"],
    ]


def test_every_group_at_the_least_distance_has_a_row_and_farther_ones_none() -> None:
    found = evidence(pairs("ab", "ac", "cd"), alone="abcd", small=soc(S="b", T="cb", U="d"))
    assert rows(found) == [("a", "S", "b", 1, "ab"), ("a", "T", "b", 1, "ab")]


def test_of_several_ways_the_one_whose_ids_come_first() -> None:
    found = evidence(pairs("ax", "ab", "xz", "by", "bz"), alone="abxyz", small=soc(S="yz"))
    assert rows(found)[0] == ("a", "S", "y", 2, "aby")


def test_whoever_has_no_tie_to_a_group_or_is_in_one_has_no_row() -> None:
    found = evidence(pairs("ab", "cd"), alone="abcd", small=soc(S="bz"))
    assert rows(found) == [("a", "S", "b", 1, "ab")]
    assert len(reference_ties(evidence(pairs("ab"), alone="ab"))) == 0
    assert len(reference_ties(evidence())) == 0


def test_adversarial_ties_are_none() -> None:
    found = evidence(pairs("ab"), alone="ab", small=soc(S="b"))
    hostile = dataclasses.replace(found, edges=found.edges.with_columns(kind=pl.lit("adversarial")))
    assert rows(found) and not rows(hostile)


def test_protected_and_held_people_have_no_row_and_are_nobody_s_member_but_may_stand_between() -> None:
    held: dict[str, Row] = {"h": {"held": ["may be cuckooed"]}}
    child: dict[str, Row] = {"c": {"date_of_birth": CHILD}}
    between = evidence(pairs("ac", "ch", "hz"), alone="achz", people=child, kept=held, small=soc(S="z"))
    assert rows(between) == [("a", "S", "z", 3, "achz")]
    end = evidence(pairs("ac", "ah"), alone="ach", people=child, kept=held, small=soc(S="ch"))
    assert rows(end) == []
    elsewhere = evidence(pairs("cz", "hz"), alone="chz", people=child, kept=held, small=soc(S="z"))
    assert rows(elsewhere) == []


def drawn(seed: int) -> Evidence:
    rng = random.Random(seed)
    names = "abcdefgh"
    ties = {tuple(sorted(rng.sample(names, 2))) for _ in range(rng.randint(0, 12))}
    groups = {g: "".join(rng.sample(names, rng.randint(0, 3))) for g in "ST"}
    return evidence(
        pairs(*("".join(tie) for tie in sorted(ties))),
        alone=names,
        people={n: {"date_of_birth": CHILD} for n in rng.sample(names, 2)},
        small=soc(**groups),
    )


def by_hand(found: Evidence) -> list[tuple[str, str, str, int, str]]:
    """All simple paths from each person, the shortest of them, and of these the first for each group."""
    near: dict[str, set[str]] = {n: set() for n in found.nominals["nominal_id"]}
    for a, b in found.edges.select("nominal_a", "nominal_b").iter_rows():
        near[a].add(b)
        near[b].add(a)
    listed = set(found.small["reference_groups"].select("group_id", "nominal_id").iter_rows())
    free = set(found.rankable.ids)

    def paths(path: str) -> list[str]:
        return [path, *(way for n in sorted(near[path[-1]] - set(path)) for way in paths(path + n))]

    made = []
    for person in sorted(free - {n for _, n in listed}):
        ends = [(len(way), way, g) for way in paths(person) for g, n in listed if way[-1] == n and n in free]
        least = min((steps for steps, *_ in ends), default=0)
        for group in sorted({g for steps, _, g in ends if steps == least}):
            way = min(way for steps, way, g in ends if steps == least and g == group)
            made.append((person, group, way[-1], least - 1, way))
    return made


@given(st.integers(0, 10**9))
def test_the_ties_are_the_shortest_of_all_paths(seed: int) -> None:
    found = drawn(seed)
    assert rows(found) == by_hand(found)


@given(st.integers(0, 10**9))
def test_every_step_has_its_records_and_nobody_protected_has_a_row(seed: int) -> None:
    found = drawn(seed)
    made = reference_ties(found)
    behind = {
        (a, b): records for a, b, records in found.edges.select("nominal_a", "nominal_b", "record_ids").iter_rows()
    }
    for row in made.iter_rows(named=True):
        steps = [behind[min(pair), max(pair)] for pair in pairwise(row["path"])]
        assert row["record_ids"] == sorted({record for step in steps for record in step}) and len(steps) == row["steps"]
    assert set(made["nominal_id"]) | set(made["member"]) <= set(found.rankable.ids)
    assert made.to_arrow().cast(RUN["reference_ties"].schema).schema == RUN["reference_ties"].schema
