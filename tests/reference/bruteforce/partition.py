"""METHOD 4: the graph to groups of people, and their overlap with SOC groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

from countylines.settings import PartitionSettings
from tests.reference.bruteforce.map_equation import Component, MapEquation, cut_component
from tests.reference.bruteforce.people import Pair
from tests.reference.bruteforce.tree import components, sub_tree, walktrap
from tests.reference.bruteforce.values import NEAR


@dataclass(frozen=True)
class GroupOfPeople:
    """Some people, and the code lengths of the component they are in (NaN where the cut has none)."""

    members: tuple[str, ...]
    component: int
    code_length: float
    code_length_cut: float
    code_length_bound: float


@dataclass(frozen=True)
class Overlap:
    """How much a group and a SOC group share."""

    shared: int
    share_of_group: float
    share_of_reference: float
    chance_probability: float


def partition(kept: list[str], graph: dict[Pair, float], settings: PartitionSettings) -> list[GroupOfPeople]:
    """All groups, small ones included, the largest first, then by lowest nominal_id."""
    order = sorted(kept)
    number = {u: i for i, u in enumerate(order)}
    weights = {(number[a], number[b]): w for (a, b), w in graph.items()}
    merges, by_modularity = walktrap(len(order), weights, settings.walktrap_steps)
    found = []
    for place, component in enumerate(components(len(order), weights), start=1):
        if settings.cut == "map_equation":
            made = cut_component(sub_tree(component, len(order), merges), weights, settings.refine)
        else:
            numbers = sorted({by_modularity[v] for v in component})
            groups = [frozenset(v for v in component if by_modularity[v] == g) for g in numbers]
            made = Component(groups, MapEquation(component, weights).length(groups), math.nan, math.nan)
        for group in made.groups:
            members = tuple(order[v] for v in sorted(group))
            lengths = (made.code_length, made.code_length_cut, made.code_length_bound)
            found.append(GroupOfPeople(members, place, *lengths))
    return sorted(found, key=lambda group: (-len(group.members), group.members))


def overlaps(members: set[str], kept: set[str], reference: dict[str, set[str]]) -> dict[str, Overlap]:
    """Every SOC group that shares a person with this group.

    Example: two of a group of three are in a SOC group of two, among four kept people: C(2,2) C(2,1) / C(4,3) = 1/2.
        >>> found = overlaps({"a", "b", "c"}, {"a", "b", "c", "d"}, {"s": {"a", "b"}})
        >>> found["s"].chance_probability, round(found["s"].share_of_group, 3), found["s"].share_of_reference
        (0.5, 0.667, 1.0)
    """
    found = {}
    for name, soc in sorted(reference.items()):
        shared, inside = len(members & soc), len(kept & soc)
        if shared:
            ways = sum(
                math.comb(inside, k) * math.comb(len(kept) - inside, len(members) - k)
                for k in range(shared, min(inside, len(members)) + 1)
            )
            chance = min(1.0, len(reference) * ways / math.comb(len(kept), len(members)))
            found[name] = Overlap(shared, shared / len(members), shared / len(soc), chance)
    return found


def best_reference(found: dict[str, Overlap]) -> tuple[str | None, float]:
    """The SOC group with the greatest share of the group's members (ties by name), or None."""
    if not found:
        return None, 0.0
    name = min(found, key=lambda name: (-found[name].shared, name))
    return name, found[name].share_of_group


def associated(overlap: float) -> bool:
    """More than half of the members are in that SOC group."""
    return overlap > 0.5 + NEAR
