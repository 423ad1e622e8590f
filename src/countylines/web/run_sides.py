"""One run as it is compared with another: its people, groups, lines and whom to protect (SCREENS 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import polars as pl

from countylines.rank.safeguarding import AGE
from countylines.web.group_rows import group_rows, touching
from countylines.web.line_rows import LineRow, line_rows, near
from countylines.web.reader import Reader

SAME = 0.3  # groups that share less are different ones (METHOD 4)


@dataclass(frozen=True)
class Side:
    """One run, as it is compared; of somebody with own areas only what touches them.

    Attributes:
        people: kept people and their row.
        groups: members by group.
        names: groups as they are called.
        lines: the lines that are known or that two records speak of.
        protect: who waits in the safeguarding queue (tiers 1 to 4 of METHOD 5), the most urgent first, and why.
    """

    people: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, AbstractSet[str]]
    names: Mapping[str, str]
    lines: Sequence[LineRow]
    protect: Mapping[str, Sequence[str]]

    @property
    def children(self) -> set[str]:
        """Kept people under 18."""
        return {one for one, row in self.people.items() if row["is_child"]}


def side(reader: Reader, areas: Sequence[str] = ()) -> Side:
    """What a run holds, for a comparison."""
    seen = touching(group_rows(reader), areas)
    hidden = {row.group_id for row in group_rows(reader)} - {row.group_id for row in seen}
    rows = reader.table("nominals").to_dicts()
    people = {row["nominal_id"]: row for row in rows if row["group_id"] not in hidden}
    elsewhere = {row["nominal_id"] for row in rows} - people.keys()
    groups: dict[str, set[str]] = {row.group_id: set() for row in seen}
    for one, row in people.items():
        if row["group_id"]:
            groups[row["group_id"]].add(one)
    protect: dict[str, list[str]] = {}
    listed = reader.table("safeguarding").filter(pl.col("tier") <= AGE).sort("tier", "nominal_id", "why")
    for one, why in listed.select("nominal_id", "why").iter_rows():
        if one not in elsewhere:
            protect.setdefault(one, []).append(why)
    lines = [row for row in line_rows(reader) if row.corroborated and near(row.areas, areas)]
    return Side(people, groups, {row.group_id: row.called for row in seen}, lines, protect)


def treatment(row: Mapping[str, Any]) -> str:
    """How a run treats somebody, in words (METHOD 1): whoever's differ between two runs is treated otherwise.

    Example:
        >>> adult = {"is_child": False, "believed_exploited": False, "protected": False, "held": []}
        >>> treatment(adult), treatment({**adult, "held": ["may be cuckooed"]})
        ('neither protected nor held', 'held: may be cuckooed')
        >>> treatment({**adult, "is_child": True, "protected": True})
        'under 18'
    """
    said = ["under 18"] if row["is_child"] else []
    said += ["believed exploited"] if row["believed_exploited"] else []
    said += ["protected, age unknown"] if row["protected"] and not said else []
    said += ["held: " + ", ".join(row["held"])] if row["held"] and not row["protected"] else []
    return ", ".join(said) or "neither protected nor held"


def same_groups(
    now: Mapping[str, AbstractSet[str]], before: Mapping[str, AbstractSet[str]], least: float = SAME
) -> dict[str, str]:
    """Which earlier group each group was: the pairs that share the most (Jaccard), each group once.

    Ids alone don't tell: a run made without --previous numbers its groups anew.

    Example:
        >>> same_groups({"G1": {"a", "b", "c"}, "G2": {"x"}}, {"G7": {"a", "b"}, "G1": {"q"}})
        {'G1': 'G7'}
    """
    home = {one: old for old, members in before.items() for one in members}
    both = Counter((new, home[one]) for new, members in now.items() for one in members if one in home)
    pairs = [(n / (len(now[new]) + len(before[old]) - n), new, old) for (new, old), n in both.items()]
    found: dict[str, str] = {}
    for shared, new, old in sorted(pairs, key=lambda pair: (-pair[0], pair[1] != pair[2], pair[1], pair[2])):
        if shared >= least and new not in found and old not in found.values():
            found[new] = old
    return found
