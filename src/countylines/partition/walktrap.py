"""Walktrap's tree: who merges with whom, by short random walks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import igraph
import numpy as np

from countylines.graph import Floats, Graph, Ints, numbered


@dataclass(frozen=True, eq=False)
class Tree:
    """The merges of vertices into ever larger sets; of a connected graph one tree, else one a component.

    Nodes 0 to n - 1 are the vertices; merge k makes node n + k.

    Attributes:
        n: the number of vertices.
        merges: the two nodes of each merge, in merge order; shape (merges, 2).
        modularity: of the partition before any merge, after the first, and so on; one more than there are merges.
    """

    n: int
    merges: Ints
    modularity: Floats

    def spans(self) -> tuple[Ints, Ints, Ints]:
        """The vertices in an order in which every node's members stand together.

        Returns:
            order: the vertices in that order.
            start, end: where each node's members begin and end there, one entry a node.
        """
        pairs = self.merges.tolist()
        size = [1] * self.n + [0] * len(pairs)
        top = [True] * len(size)
        for node, (left, right) in enumerate(pairs, start=self.n):
            size[node] = size[left] + size[right]
            top[left] = top[right] = False
        start, free = [0] * len(size), 0
        for node in range(len(size) - 1, -1, -1):
            if top[node]:
                start[node], free = free, free + size[node]
            if node >= self.n:
                left, right = pairs[node - self.n]
                start[left], start[right] = start[node], start[node] + size[left]
        begin = np.array(start, np.int64)
        return np.argsort(begin[: self.n]), begin, begin + np.array(size, np.int64)

    def groups(self, nodes: Iterable[int]) -> Ints:
        """The group of each vertex when the tree is cut into these nodes; groups numbered by first member.

        Args:
            nodes: nodes that hold every vertex once.

        Example:
            >>> tree = Tree(4, np.array([[1, 3], [0, 4]]), np.zeros(3))
            >>> tree.groups([5, 2]).tolist(), tree.groups([0, 4, 2]).tolist()
            ([0, 0, 1, 0], [0, 1, 2, 1])
        """
        order, start, end = self.spans()
        label = np.empty(self.n, np.int64)
        for node in nodes:
            label[order[start[node] : end[node]]] = node
        return numbered(label)

    def level(self, merges: int) -> list[int]:
        """The nodes that stand after so many merges."""
        gone = set(self.merges[:merges].ravel().tolist())
        return [node for node in range(self.n + merges) if node not in gone]


def walktrap(graph: Graph, steps: int) -> Tree:
    """Build Walktrap's tree with igraph, whose merges are the tree (METHOD section 4).

    Among equally near pairs igraph's heap decides, by an order that depends on everything else in the graph, people
    without any connection included (docs/decisions/0003). To make a component's tree depend on that component alone,
    give it alone (:func:`countylines.graph.split`).

    Args:
        graph: any graph; people without ties never merge.
        steps: the length of the random walks, 1 or more.

    Source: Pons and Latapy (2006), Computing communities in large networks using random walks, JGAA 10(2).

    Example:
        Two triangles joined by one tie:

        >>> from countylines.graph import graph_from
        >>> ties = {pair: 1.0 for pair in ("ab", "ac", "bc", "cd", "de", "df", "ef")}
        >>> tree = walktrap(graph_from("abcdef", ties), steps=4)
        >>> tree.groups(tree.level(4)).tolist()
        [0, 0, 0, 1, 1, 1]
    """
    ties = igraph.Graph(n=graph.n, edges=np.column_stack((graph.a, graph.b)))
    merges, modularity = igraph.GraphBase.community_walktrap(ties, graph.w.tolist(), steps)
    return Tree(graph.n, np.array(merges, np.int64).reshape(-1, 2), np.array(modularity[: len(merges) + 1]))
