"""Groups of any list of edges: a file in, a file out."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from countylines.errors import InputError
from countylines.graph import Graph, read_edges
from countylines.partition.cut import CUTS, partition
from countylines.settings import Cut, PartitionSettings

MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Written:
    """What was read and written: people, ties and the sum of their weights; groups, and the size of the largest."""

    nodes: int
    edges: int
    weight: float
    groups: int
    largest: int


def partition_file(
    edges: Path,
    out: Path,
    cut: str = "map_equation",
    steps: int = 4,
    refine: bool = True,
    overwrite: bool = False,
) -> Written:
    """Sort the nodes of a list of edges into groups and write node, group; every node is there, sorted by id.

    Groups are numbered from 1 by size, the largest first, then by first node; a node that is alone has a group of its
    own. The ids stand in the file as they came, so that it can be joined back: one that begins with =, +, - or @ is
    read as a formula by a spreadsheet that opens the file directly, so import such a file as text.

    Args:
        edges: CSV as :func:`countylines.graph.read_edges` takes it.
        out: the file to write; it appears whole or not at all.
        cut: map_equation or modularity.
        steps: the length of Walktrap's random walks.
        refine: move single people after the map-equation cut.
        overwrite: replace ``out`` where it exists.

    Raises:
        InputError: something in the edges, an unknown cut, steps out of range, or ``out`` exists or can't be written.
    """
    if cut not in CUTS:
        raise InputError(f"there is no cut {cut!r}", f"give {' or '.join(get_args(Cut))}", field="--cut")
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"{steps} steps aren't allowed", f"give 1 to {MOST_STEPS}", field="--steps")
    _check(out, overwrite)
    graph = read_edges(edges)
    settings = PartitionSettings(walktrap_steps=steps, cut=cast(Cut, cut), refine=refine)
    groups = by_size(partition(graph, settings).group)
    _write(graph, groups, out, overwrite)
    sizes = Counter(groups)
    return Written(graph.n, len(graph.w), float(graph.w.sum()), len(sizes), sizes[1])


def by_size(group: list[int]) -> list[int]:
    """Groups renumbered from 1 by size, the largest first, then by first member.

    Example:
        >>> by_size([0, 1, 1, 2, 2])
        [3, 1, 1, 2, 2]
    """
    sizes = Counter(group)  # in order of first member
    number = {
        old: new for new, (old, _) in enumerate(sizes.most_common(), start=1)
    }  # which keeps that order among equals
    return [number[old] for old in group]


def _check(out: Path, overwrite: bool) -> None:
    if out.is_dir() or (out.exists() and not overwrite):
        raise InputError("there is something of this name already", "choose another name or remove it", file=out)
    if not out.parent.is_dir():
        raise InputError("the folder does not exist", "make it first", file=out)


def _write(graph: Graph, groups: list[int], out: Path, overwrite: bool) -> None:
    """Write beside the place and move there at the end."""
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            made = Path(folder, out.name)
            with made.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(("node", "group"))
                writer.writerows(zip(graph.ids, groups, strict=True))
                file.flush()
                os.fsync(file.fileno())
            _check(out, overwrite)
            made.replace(out)
    except OSError as error:
        advice = "free some space or choose another folder"
        raise InputError(f"the file can't be written: {error.strerror}", advice, file=out) from error
