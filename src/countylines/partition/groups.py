"""The groups as tables of a run: names, SOC overlap, code lengths, and who belongs where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from countylines.graph import Graph
from countylines.partition.names import Earlier, Members, name_groups
from countylines.partition.overlap import Overlap, overlaps
from countylines.tables import RUN, Component, Partition
from countylines.tables.rows import empty_table

DECIMALS = 9  # of a code length: what two machines' logarithms agree on

Previous = tuple[pl.DataFrame, pl.DataFrame]


def group_tables(
    graph: Graph,
    partition: Partition,
    min_group_size: int,
    reference_groups: pl.DataFrame,
    previous: Previous | None = None,
    last_number: int = 0,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Make the tables ``groups`` and ``reference_overlaps`` of a run, and the group of each person.

    People in groups below ``min_group_size`` are unlinked: their group_id is null [choice]. The column of stability
    stays null; it needs re-runs.

    Args:
        graph: the kept people and their ties.
        partition: their groups.
        min_group_size: the least size of a group that is shown.
        reference_groups: as the extract of that name: nominal_id, group_id.
        previous: the tables ``nominals`` and ``groups`` of an earlier run, whose ids and names are kept.
        last_number: the highest group number of any earlier run, where known.

    Returns:
        groups: as the run table, sorted by group_id.
        reference_overlaps: as the run table, sorted by group_id, then reference_group.
        membership: nominal_id, group_id (null = unlinked), sorted by nominal_id.

    Raises:
        InputError: an earlier run's group_id is not one of this program's.
    """
    members = _members(partition, min_group_size)
    people = [frozenset(graph.ids[u] for u in each) for each in members]
    names = name_groups(people, _earlier(previous), last_number)
    kept, references = frozenset(graph.ids), _listed(reference_groups)
    groups: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    home: dict[str, str] = {}
    for each, own, (group_id, name) in zip(members, people, names, strict=True):
        shares = overlaps(own, references, kept)
        number = partition.component[each[0]]
        groups.append(
            {
                "group_id": group_id,
                "name": name,
                "size": len(own),
                **_strongest(shares),
                **_lengths(partition.components[number]),
                "component": number + 1,
            }
        )
        found.extend({"group_id": group_id, **_row(share)} for share in shares)
        home.update(dict.fromkeys(own, group_id))
    membership = [{"nominal_id": person, "group_id": home.get(person)} for person in graph.ids]
    schema = {"nominal_id": pl.String(), "group_id": pl.String()}
    return _table("groups", groups), _table("reference_overlaps", found), pl.DataFrame(membership, schema)


def _members(partition: Partition, min_group_size: int) -> list[list[int]]:
    """The vertices of each group that is large enough, groups by first member."""
    members: list[list[int]] = [[] for _ in range(max(partition.group, default=-1) + 1)]
    for vertex, group in enumerate(partition.group):
        members[group].append(vertex)
    return [each for each in members if len(each) >= min_group_size]


def _earlier(previous: Previous | None) -> list[Earlier]:
    if previous is None:
        return []
    nominals, groups = previous
    people = _listed(nominals.filter(pl.col("group_id").is_not_null()))
    rows = groups.select("group_id", "name").iter_rows()
    return [Earlier(group_id, name, people.get(group_id, frozenset())) for group_id, name in rows]


def _listed(frame: pl.DataFrame) -> dict[str, Members]:
    """The people of each group_id, in order of name."""
    listed: dict[str, set[str]] = {}
    for group_id, person in frame.select("group_id", "nominal_id").sort("group_id", "nominal_id").iter_rows():
        listed.setdefault(group_id, set()).add(person)
    return {group_id: frozenset(people) for group_id, people in listed.items()}


def _strongest(shares: Sequence[Overlap]) -> dict[str, Any]:
    if not shares:
        return {"reference_group": None, "overlap": 0.0, "associated": False}
    best = shares[0]
    return {"reference_group": best.reference_group, "overlap": best.share_of_group, "associated": best.associated}


def _lengths(component: Component) -> dict[str, float | None]:
    names = ("code_length", "code_length_cut", "code_length_bound")
    values = {name: float(getattr(component, name)) for name in names}
    return {name: None if math.isnan(value) else round(value, DECIMALS) for name, value in values.items()}


def _row(overlap: Overlap) -> dict[str, Any]:
    return {name: getattr(overlap, name) for name in RUN["reference_overlaps"].names if name != "group_id"}


def _table(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as the run's table: every column, in order, typed, sorted by key; null where a row has nothing."""
    return pl.DataFrame(list(rows), schema=empty_table(name).schema).sort(RUN[name].key)
