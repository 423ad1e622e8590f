"""From a graph to groups: the list of cuts, and the partition that each makes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from countylines.graph import Graph, Ints, components, numbered, split
from countylines.partition.map_equation import code_length, map_equation_cut
from countylines.partition.modularity import modularity_cut
from countylines.partition.refine import refine
from countylines.partition.walktrap import walktrap
from countylines.settings import PartitionSettings
from countylines.tables import Component, Partition

EQUAL_STARTS = 1e-9  # bits by which the second start must beat the first


def by_map_equation(graph: Graph, settings: PartitionSettings) -> Partition:
    """Cut each component's own tree by the map equation, then refine: what happens elsewhere can't change it."""
    number = components(graph)
    group = np.empty(graph.n, np.int64)
    lengths = []
    for i, (members, part) in enumerate(split(graph, number)):
        own, component = _component(part, settings)
        group[members] = own * graph.n + i  # a label no other component uses
        lengths.append(component)
    return Partition(numbered(group).tolist(), number.tolist(), lengths)


def by_modularity(graph: Graph, settings: PartitionSettings) -> Partition:
    """Cut the tree of the whole graph at the level of greatest modularity: most likely what the 2021 paper did."""
    number = components(graph)
    group = modularity_cut(walktrap(graph, settings.walktrap_steps))
    lengths = [
        Component(code_length(part, numbered(group[members])), math.nan, math.nan)
        for members, part in split(graph, number)
    ]
    return Partition(group.tolist(), number.tolist(), lengths)


CUTS: Mapping[str, Callable[[Graph, PartitionSettings], Partition]] = {
    "map_equation": by_map_equation,
    "modularity": by_modularity,
}


def partition(graph: Graph, settings: PartitionSettings) -> Partition:
    """Sort the people of a graph into groups, by the cut that the settings name.

    Every vertex gets a group, however small; which groups are too small to be shown is decided where tables are made.

    Example:
        >>> from countylines.graph import graph_from
        >>> ties = {pair: 1.0 for pair in ("ab", "ac", "bc", "cd", "de", "df", "ef")}
        >>> made = partition(graph_from("abcdefg", ties), PartitionSettings())
        >>> made.group, made.component, round(made.components[0].code_length, 4)
        ([0, 0, 0, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0, 1], 2.3207)
    """
    return CUTS[settings.cut](graph, settings)


def _component(graph: Graph, settings: PartitionSettings) -> tuple[Ints, Component]:
    """One connected component's groups, numbered by first member, and its code lengths."""
    if graph.n == 1:
        return np.zeros(1, np.int64), Component(0.0, 0.0, 0.0)
    tree = walktrap(graph, settings.walktrap_steps)
    cut = map_equation_cut(graph, tree)
    if not settings.refine:
        return cut.group, Component(cut.code_length, cut.code_length, cut.bound)
    best, length = cut.group, math.inf
    for start in (cut.group, modularity_cut(tree)):
        group = refine(graph, start)
        if (new := code_length(graph, group)) < length - EQUAL_STARTS:
            best, length = group, new
    return best, Component(length, cut.code_length, cut.bound)
