"""Stability: who stays with their group when records go missing at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from countylines.graph import Ints
from countylines.partition.cut import partition
from countylines.progress import Advance
from countylines.resample import Draws, over_draws
from countylines.settings import PartitionSettings

NO_GROUP = -1


def stability(
    draws: Draws, membership: pl.DataFrame, settings: PartitionSettings, advance: Advance | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Partition every draw anew and see who is still with most of their group (METHOD section 4).

    It shows how sensitive the groups are to records missing at random, not to what was never recorded.

    Args:
        draws: the networks drawn anew, of the same people.
        membership: nominal_id and group_id (null = unlinked) of every kept person.
        settings: how groups are found.
        advance: told each draw that is done.

    Returns:
        people: nominal_id and ``stays``, the share of the draws, 0 to 1, in which they are in the new group that holds
            most of their group; null for unlinked people and where there is no draw.
        groups: group_id and ``stability``, the mean of its members; null where there is no draw.
        Both are sorted.
    """
    ordered = membership.select("nominal_id", "group_id").sort("nominal_id")
    assert tuple(ordered["nominal_id"]) == draws.ties.ids, "the membership of other people"
    names = ordered["group_id"].drop_nulls().unique().sort().to_list()
    number = {name: i for i, name in enumerate(names)}
    group = np.array([number.get(name, NO_GROUP) for name in ordered["group_id"]], np.int64)
    stayed = np.zeros(len(group))
    for stays in over_draws(_Regroup(draws, settings, group), draws.count, draws.workers, advance):
        stayed += stays
    share = pl.when(pl.col("group_id").is_not_null() & (draws.count > 0)).then(pl.Series(stayed) / max(1, draws.count))
    people = ordered.with_columns(stays=share)
    groups = (
        people.drop_nulls("group_id")
        .group_by("group_id", maintain_order=True)
        .agg(stability=pl.col("stays").mean())
        .sort("group_id")
    )
    return people.select("nominal_id", "stays"), groups


def stays_with(group: Ints, again: Ints) -> npt.NDArray[np.bool_]:
    """Who is in the new group that holds most of their old one; of equal ones that with the lowest first member.

    Args:
        group: the old group of each vertex; below 0 = none, and then nobody stays.
        again: the new group of each vertex, numbered by first member.

    Example:
        The old group 0 falls into two and two: the first two are taken to be the group.

        >>> stays_with(np.array([0, 0, 0, 0, 1, -1]), np.array([0, 0, 1, 1, 1, 2])).tolist()
        [True, True, False, False, True, False]
    """
    linked = np.flatnonzero(group >= 0)
    width = int(again.max(initial=0)) + 1
    pairs, count = np.unique(group[linked] * width + again[linked], return_counts=True)
    old, new = np.divmod(pairs, width)
    order = np.lexsort((new, -count, old))  # of each old group its majority first
    first = np.unique(old[order], return_index=True)[1]
    majority = np.full(int(group.max(initial=NO_GROUP)) + 1, NO_GROUP)
    majority[old[order][first]] = new[order][first]
    stays = np.zeros(len(group), dtype=bool)
    stays[linked] = majority[group[linked]] == again[linked]
    return stays


@dataclass(frozen=True, eq=False)
class _Regroup:
    """One draw: partitioned, and who stays."""

    draws: Draws
    settings: PartitionSettings
    group: Ints

    def __call__(self, i: int) -> npt.NDArray[np.bool_]:
        again = partition(self.draws(i), self.settings).group
        return stays_with(self.group, np.array(again, np.int64))
