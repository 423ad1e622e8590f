"""Kept people in no known serious-organised-crime (SOC) group, and their shortest ties to one (METHOD 4)."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from countylines.graph import Graph
from countylines.rank.evidence import Evidence
from countylines.rank.rankable import Rankable
from countylines.rank.ties import records_of_edges
from countylines.tables.rows import as_run_table, empty_table

Path = tuple[int, ...]


def reference_ties(evidence: Evidence) -> pl.DataFrame:
    """The shortest ties of every rankable person who is in no SOC group to the nearest kept, rankable members of one.

    Ties are those of the graph (METHOD 3.7): associative, with a matched end. A row for each SOC group that has a
    member at the least number of steps; of several members, or ways, the one whose ids come first. Whoever has no such
    tie has no row. Protected and held people have no row and are nobody's nearest member: to be called tied to
    organised crime is no way to speak of them. They may stand on the way between two others, as they do in the network.

    Returns:
        As the run table ``reference_ties``; ``record_ids`` are those of every step together.
    """
    listed = evidence.small["reference_groups"].join(evidence.nominals, on="nominal_id", how="semi")
    paths = nearest_members(evidence.graph, listed, evidence.rankable)
    ids, behind = evidence.graph.ids, records_of_edges(evidence.edges)
    rows = [
        {
            "nominal_id": ids[path[0]],
            "reference_group": group,
            "member": ids[path[-1]],
            "steps": len(path) - 1,
            "path": [ids[u] for u in path],
            "record_ids": sorted({record for pair in _steps(path, ids) for record in behind[pair]}),
        }
        for path, group in paths
    ]
    return as_run_table(pl.DataFrame(rows, schema=empty_table("reference_ties").schema), "reference_ties")


def nearest_members(graph: Graph, listed: pl.DataFrame, rankable: Rankable) -> list[tuple[Path, str]]:
    """For each rankable person who isn't listed the shortest way to the nearest groups, as vertices, and the group.

    Args:
        listed: ``group_id``, ``nominal_id``: kept people in SOC groups.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.rankable import rankable_of
        >>> line = graph_from("abcd", {("a", "b"): 1.0, ("b", "c"): 1.0, ("c", "d"): 1.0})
        >>> free = pl.DataFrame({"nominal_id": list("abcd"), "protected": False, "held": [[]] * 4})
        >>> listed = pl.DataFrame({"group_id": ["S"], "nominal_id": ["a"]})
        >>> nearest_members(line, listed, rankable_of(free))
        [((1, 0), 'S'), ((2, 1, 0), 'S'), ((3, 2, 1, 0), 'S')]
    """
    number = {name: u for u, name in enumerate(graph.ids)}
    may = rankable.mask(graph.ids)
    groups: dict[int, set[str]] = {}
    for group, person in listed.select("group_id", "nominal_id").iter_rows():
        if may[number[person]]:
            groups.setdefault(number[person], set()).add(group)
    ways = _ways(_neighbours(graph), {u: dict.fromkeys(sorted(groups[u]), (u,)) for u in sorted(groups)})
    everywhere = set(listed["nominal_id"])
    return [
        (path, group)
        for u in sorted(ways)
        if may[u] and graph.ids[u] not in everywhere
        for group, path in sorted(ways[u].items())
    ]


def _ways(near: list[list[int]], start: dict[int, dict[str, Path]]) -> dict[int, dict[str, Path]]:
    """Breadth first from all members at once: of each vertex the first path to every group at its least distance."""
    ways, front = dict(start), list(start)
    while front:
        reached: dict[int, dict[str, Path]] = {}
        for u in sorted(front):  # lower ids first: the first path found to a group is the one that stays
            for v in near[u]:
                if v not in ways:
                    mine = reached.setdefault(v, {})
                    for group, path in ways[u].items():
                        mine.setdefault(group, (v, *path))
        ways |= reached
        front = list(reached)
    return ways


def _neighbours(graph: Graph) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(graph.n)]
    for a, b in zip(graph.a.tolist(), graph.b.tolist(), strict=True):
        near[a].append(b)
        near[b].append(a)
    return near


def _steps(path: Path, ids: tuple[str, ...]) -> list[tuple[str, str]]:
    """The pairs along a path, each in order of id, as edges are kept."""
    return [(ids[min(pair)], ids[max(pair)]) for pair in pairwise(path)]
