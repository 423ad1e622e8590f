"""The modularity cut: one level of the tree."""

from __future__ import annotations

import numpy as np

from countylines.graph import Ints
from countylines.partition.walktrap import Tree


def modularity_cut(tree: Tree) -> Ints:
    """Cut the whole tree at the one level of greatest modularity; of equal ones, the one with the fewest groups.

    This is igraph's ``community_walktrap(weights, steps).as_clustering()``, group by group, and most likely what the
    2021 paper's method did. Small groups merge more and more as the network grows (docs/partition.md).

    Args:
        tree: with the modularity of each level as igraph computed it while it merged.

    Returns:
        The group of each vertex, numbered by first member.

    Source: Newman and Girvan (2004), Finding and evaluating community structure in networks, Phys. Rev. E 69, 026113.
    """
    if not len(tree.merges):
        return np.arange(tree.n)
    best = len(tree.merges) - int(np.argmax(tree.modularity[::-1]))
    return tree.groups(tree.level(best))
