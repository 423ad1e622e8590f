"""How the people and groups of two runs differ: who joined, left or changed, and which group goes on in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from countylines.web.reader import Reader
from countylines.web.run_sides import same_groups, treatment

FIRST = 10  # groups whose order is compared


@dataclass(frozen=True)
class Change:
    """Somebody kept in one run or both: group and treatment before and after; None = not kept there, or in no group."""

    nominal_id: str
    group_a: str | None
    group_b: str | None
    status_a: str | None
    status_b: str | None


@dataclass(frozen=True)
class People:
    """The people whose place differs."""

    joined: tuple[Change, ...]
    left: tuple[Change, ...]
    moved: tuple[Change, ...]
    status: tuple[Change, ...]
    stayed: int


@dataclass(frozen=True)
class Match:
    """A group of the later run and the group of the earlier one that shares most with it."""

    a: str | None
    b: str | None
    size_a: int
    size_b: int
    shared: int

    @property
    def overlap(self) -> float:
        """Shared members over all members of both (Jaccard)."""
        return self.shared / (self.size_a + self.size_b - self.shared)


@dataclass(frozen=True)
class Order:
    """The first groups of the later run's priority beside the earlier run's.

    Attributes:
        groups: how many they are.
        new: of them, not ranked or not there before.
        swapped: pairs of the others that stood the other way round.
        pairs: of the others.
    """

    groups: int
    new: int
    swapped: int
    pairs: int


def people(a: Reader, b: Reader) -> People:
    """Who joined and left the network, and whose group or treatment changed."""
    before, after = _kept(a), _kept(b)
    goes_on: dict[str, str] = {match.b: match.a for match in groups(a, b) if match.a and match.b}
    changes = {
        who: Change(who, _at(before, who)[0], _at(after, who)[0], _at(before, who)[1], _at(after, who)[1])
        for who in sorted(before.keys() | after.keys())
    }
    both = [changes[who] for who in sorted(before.keys() & after.keys())]
    return People(
        joined=tuple(changes[who] for who in sorted(after.keys() - before.keys())),
        left=tuple(changes[who] for who in sorted(before.keys() - after.keys())),
        moved=tuple(each for each in both if _moved(each, goes_on)),
        status=tuple(each for each in both if each.status_a != each.status_b),
        stayed=len(both),
    )


def groups(a: Reader, b: Reader) -> list[Match]:
    """The groups of both runs, matched by the members they share: the greatest overlap first, each group once."""
    before, after = _members(a), _members(b)
    matched = same_groups(after, before)
    found = []
    for new, own in sorted(after.items()):
        match = matched.get(new)
        found.append(
            Match(match, new, len(before[match]), len(own), len(own & before[match]))
            if match
            else Match(None, new, 0, len(own), 0)
        )
    gone = sorted(before.keys() - set(matched.values()))
    return found + [Match(old, None, len(before[old]), 0, 0) for old in gone]


def order(a: Reader, b: Reader) -> Order:
    """Whether the first groups by priority stand in the same order in both runs; a group that goes on counts as one."""
    before, after = _ranks(a), _ranks(b)
    goes_on = {match.b: match.a for match in groups(a, b)}
    first = sorted(after, key=lambda group: (after[group], group))[:FIRST]
    pairs = [(before[old], after[new]) for new in first if (old := goes_on.get(new)) and old in before]
    swapped = sum((x[0] - y[0]) * (x[1] - y[1]) < 0 for x, y in combinations(pairs, 2))
    return Order(len(first), len(first) - len(pairs), swapped, len(pairs) * (len(pairs) - 1) // 2)


def _kept(reader: Reader) -> dict[str, tuple[str | None, str]]:
    rows: Iterable[dict[str, Any]] = reader.table("nominals").iter_rows(named=True)
    return {row["nominal_id"]: (row["group_id"], treatment(row)) for row in rows}


def _ranks(reader: Reader) -> dict[str, int]:
    rows = reader.table("priority").filter((pl.col("kind") == "group") & pl.col("rank").is_not_null())
    return dict(rows.select("id", "rank").iter_rows())


def _moved(change: Change, goes_on: Mapping[str, str]) -> bool:
    """Whether somebody's group isn't the one that carries theirs on."""
    if change.group_a is None or change.group_b is None:
        return change.group_a != change.group_b
    return goes_on.get(change.group_b) != change.group_a


def _at(kept: Mapping[str, tuple[str | None, str]], who: str) -> tuple[str | None, str | None]:
    return kept.get(who, (None, None))


def _members(reader: Reader) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for who, (group, _) in _kept(reader).items():
        if group:
            found.setdefault(group, set()).add(who)
    return found
