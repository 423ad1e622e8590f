"""The map equation: how short groups make the description of a random walk, and the cut that makes it shortest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countylines.graph import Floats, Graph, Ints
from countylines.partition.walktrap import Tree

BISECTIONS = 50
PARTS_CHEAPER = 1e-12  # bits by which two parts must beat their whole
EQUAL_LENGTHS = 1e-12  # bits within which two code lengths are the same
LOG2_E = 1 / math.log(2)


def f(x: float) -> float:
    """x log2 x, and 0 for 0 (and for what rounding leaves just below it)."""
    return x * math.log2(x) if x > 0 else 0.0


def plogp(x: npt.ArrayLike) -> Floats:
    """:func:`f` of each entry."""
    p = np.asarray(x, np.float64)
    return p * np.log2(p, out=np.zeros_like(p), where=p > 0)


def code_length(graph: Graph, group: npt.ArrayLike) -> float:
    """Bits per step of a random walk on one component, described by these groups; 0 for a person without ties.

    With s(u) = sum of w at u, S = sum of s, p(u) = s(u)/S, and for a group i: p_i = sum of p(u), q_i = (sum of w over
    edges with exactly one end in i)/S, f(x) = x log2 x: L = f(sum q_i) - 2 sum f(q_i) + sum f(q_i + p_i) - sum f(p(u)).

    Args:
        graph: connected.
        group: the group of each vertex, whole numbers from 0.

    Source: Rosvall and Bergstrom (2008), Maps of random walks on complex networks, PNAS 105(4); METHOD section 4 (two
        levels, no teleportation, no self-loops).

    Example:
        Two triangles joined by one tie: S = 14, four people with p = 2/14, two with 3/14. As one group L is the entropy
        of p: 4 (2/14) log2(14/2) + 2 (3/14) log2(14/3) = 2.5567. As two groups q = 1/14 and p = 1/2 each, and
        L = f(2/14) - 4 f(1/14) + 2 f(8/14) + 2.5567 = -0.4011 + 1.0878 - 0.9227 + 2.5567:

        >>> from countylines.graph import graph_from
        >>> triangles = graph_from("abcdef", {pair: 1.0 for pair in ("ab", "ac", "bc", "cd", "de", "df", "ef")})
        >>> [round(code_length(triangles, group), 4) for group in ([0] * 6, [0, 0, 0, 1, 1, 1])]
        [2.5567, 2.3207]
    """
    labels = np.asarray(group)
    strength = graph.strength
    total = math.fsum(strength.tolist())
    if total == 0:
        return 0.0
    ends = np.column_stack((labels[graph.a], labels[graph.b]))
    across = ends[:, 0] != ends[:, 1]
    count = int(labels.max()) + 1
    q = np.bincount(ends[across].ravel(), np.repeat(graph.w[across], 2), count) / total
    p = np.bincount(labels, strength, count) / total
    return _length(q.tolist(), p.tolist(), _entropy(strength, total))


def _length(q: Iterable[float], p: Iterable[float], entropy: float) -> float:
    """L of groups with these exit rates and visit rates; added without rounding on the way, so in any order."""
    pairs = list(zip(q, p, strict=True))
    terms = [term for qi, pi in pairs for term in (-2 * f(qi), f(qi + pi))]
    return math.fsum([*terms, f(math.fsum(qi for qi, _ in pairs)), entropy])


def _entropy(strength: Floats, total: float) -> float:
    """Minus the sum of f(p(u)), in bits: L of one group."""
    return -math.fsum(plogp(strength / total).tolist())


@dataclass(frozen=True, slots=True)
class TreeCut:
    """A cut of one component's tree.

    Attributes:
        group: the group of each vertex, numbered by first member.
        code_length: L, in bits per step.
        bound: no cut of the tree has a smaller L.
    """

    group: Ints
    code_length: float
    bound: float


def map_equation_cut(graph: Graph, tree: Tree) -> TreeCut:
    """Cut a component's tree, across levels, where the map equation is least among the candidates of METHOD section 4.

    The candidates are (a) the best cuts for 50 guesses x of the total exit rate, by dynamic programming, and (b) every
    level of the tree. Of those within 1e-12 of the least L the one with the fewest groups wins, then the earliest.

    For (a): f is convex, so f(Q) >= Q (log2 x + 1/ln 2) - x/ln 2 for every x. With the right side in its place L is a
    sum of costs of branches, whose least is found from the leaves to the root. No cut beats that least: the bound.

    Args:
        graph: connected, with at least one edge.
        tree: its Walktrap tree.
    """
    q, p, entropy = rates(graph, tree)
    fixed = [-2 * f(qi) + f(qi + pi) for qi, pi in zip(q, p, strict=True)]
    found: dict[tuple[int, ...], float] = {}  # candidates and their L, the earliest first
    bound, low, high = -math.inf, 0.0, 1.0
    for _ in range(BISECTIONS):
        x = (low + high) / 2
        slope = math.log2(x) + LOG2_E
        cost = [c + slope * qi for c, qi in zip(fixed, q, strict=True)]
        least, nodes = cheapest_cut(tree.merges.tolist(), cost)
        bound = max(bound, least - x * LOG2_E + entropy)
        if nodes not in found:
            found[nodes] = _length([q[i] for i in nodes], [p[i] for i in nodes], entropy)
        low, high = (x, high) if math.fsum(q[i] for i in nodes) > x else (low, x)
    for nodes in _best_levels(tree, np.array(q), np.array(p), min(found.values()) - entropy):
        found.setdefault(nodes, _length([q[i] for i in nodes], [p[i] for i in nodes], entropy))
    least = min(found.values())
    nodes = min((nodes for nodes, length in found.items() if length <= least + EQUAL_LENGTHS), key=len)
    return TreeCut(tree.groups(nodes), found[nodes], bound)


def rates(graph: Graph, tree: Tree) -> tuple[list[float], list[float], float]:
    """The exit rate q and the visit rate p of every node of a component's tree, and L of one group."""
    strength = graph.strength
    total = math.fsum(strength.tolist())
    between = np.bincount(meeting_nodes(graph, tree), graph.w, tree.n + len(tree.merges)).tolist()
    out, mass = strength.tolist(), strength.tolist()
    for node, (left, right) in enumerate(tree.merges.tolist(), start=tree.n):
        out.append(out[left] + out[right] - 2 * between[node])
        mass.append(mass[left] + mass[right])
    out[-1] = 0.0  # nothing leaves the component
    return [max(x, 0.0) / total for x in out], [x / total for x in mass], _entropy(strength, total)


def meeting_nodes(graph: Graph, tree: Tree) -> Ints:
    """The lowest node that holds both ends of each edge: the node whose merge takes the edge inside a set.

    In the order of the tree's spans each merge closes one gap between neighbours, nodes are numbered upwards, and two
    vertices meet at the greatest node that closes a gap between them: a range maximum, by a table of powers of two.
    """
    order, start, _ = tree.spans()
    place = np.empty(tree.n, np.int64)
    place[order] = np.arange(tree.n)
    closing = np.zeros(tree.n - 1, np.int64)
    closing[start[tree.merges[:, 1]] - 1] = np.arange(tree.n, len(start))  # the second part stands behind the first
    table = [closing]
    while (reach := 1 << len(table)) < tree.n:
        table.append(np.maximum(table[-1][: -reach // 2], table[-1][reach // 2 :]))
    first = np.minimum(place[graph.a], place[graph.b])
    last = np.maximum(place[graph.a], place[graph.b])
    power = np.frexp(last - first)[1] - 1  # of the longest stretch that fits
    meeting = np.empty(len(first), np.int64)
    for k, row in enumerate(table):
        fits = power == k
        meeting[fits] = np.maximum(row[first[fits]], row[last[fits] - (1 << k)])
    return meeting


def cheapest_cut(merges: list[list[int]], cost: list[float]) -> tuple[float, tuple[int, ...]]:
    """The cut of a tree into nodes of the least summed cost, the whole unless its parts are cheaper by more than 1e-12.

    Args:
        merges: the two nodes of each merge.
        cost: of each node.

    Returns:
        The least cost, and the nodes of the cut, read from the root down, in order of their number.

    Example:
        >>> cheapest_cut([[0, 1], [2, 3]], [1.0, 1.0, 2.0, 3.0, 6.0])  # 0 and 1 are cheaper apart, and 2 beside them
        (4.0, (0, 1, 2))
    """
    leaves = len(cost) - len(merges)
    best = cost[:]
    for node, (left, right) in enumerate(merges, start=leaves):
        parts = best[left] + best[right]
        best[node] = min(parts, cost[node])
    nodes, stack = [], [len(cost) - 1]
    while stack:
        node = stack.pop()
        if node >= leaves and cost[node] - best[node] > PARTS_CHEAPER:
            stack.extend(merges[node - leaves])
        else:
            nodes.append(node)
    return best[-1], tuple(sorted(nodes))


def _best_levels(tree: Tree, q: Floats, p: Floats, least: float) -> Iterator[tuple[int, ...]]:
    """The levels of the tree that may be as good as ``least`` (L without the constant): all that are within 1e-9 of it.

    Going up one level takes two nodes out and puts one in, so all levels together are three running sums.
    """
    before, left, right = np.arange(tree.n), tree.merges[:, 0], tree.merges[:, 1]

    def running(values: Floats) -> Floats:
        steps = values[tree.n :] - values[left] - values[right]
        return np.concatenate(([values[before].sum()], steps)).cumsum()

    lengths = plogp(running(q)) + running(plogp(q + p) - 2 * plogp(q))
    near = lengths <= min(least, float(lengths.min())) + 1e-9
    for merges in np.flatnonzero(near).tolist():
        yield tuple(tree.level(merges))
