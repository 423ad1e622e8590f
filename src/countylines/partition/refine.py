"""Refinement: single people move between groups while that shortens the code, which no cut of the tree can do."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

from countylines.graph import Graph, Ints, numbered
from countylines.partition.map_equation import f

PASSES = 30
GAIN = 1e-10  # bits by which a move must lower L
EQUAL_GAINS = 1e-12  # bits within which two moves are equally good

Neighbours = list[list[tuple[int, float]]]


def refine(graph: Graph, group: Iterable[int]) -> Ints:
    """Move people one by one to the adjacent group that lowers the map equation most, until nobody moves.

    In order of nominal_id, each person goes where L falls most, if by more than 1e-10 bits; of moves within 1e-12 of
    the best to the group whose first member has the lowest nominal_id. At most 30 passes (METHOD section 4).

    Args:
        graph: connected, with at least one edge.
        group: the group of each vertex to begin with, whole numbers from 0.

    Returns:
        The group of each vertex, numbered by first member.

    Example:
        Two triangles joined by one tie, of which the cut has left c with the wrong one:

        >>> from countylines.graph import graph_from
        >>> triangles = graph_from("abcdef", {pair: 1.0 for pair in ("ab", "ac", "bc", "cd", "de", "df", "ef")})
        >>> refine(triangles, [0, 0, 1, 1, 1, 1]).tolist()
        [0, 0, 0, 1, 1, 1]
    """
    groups = _Groups(graph, list(group))
    neighbours = _neighbours(graph)
    for _ in range(PASSES):
        moves = [groups.move(person, ties) for person, ties in enumerate(neighbours)]
        if not any(moves):
            break
    return numbered(groups.group)


def _neighbours(graph: Graph) -> Neighbours:
    """Each vertex's neighbours with the weights of their ties."""
    neighbours: Neighbours = [[] for _ in range(graph.n)]
    for a, b, w in zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True):
        neighbours[a].append((b, w))
        neighbours[b].append((a, w))
    return neighbours


class _Groups:
    """The groups with the sums that L is made of, so that one move costs as much as the person has ties.

    Per group: ``mass``, the sum of its people's strengths; ``out``, the weight of the edges with exactly one end in it;
    ``term`` = -2 f(q) + f(q + p); ``queue``, a heap of its members and some who left. ``exits``: the sum of ``out``.
    """

    def __init__(self, graph: Graph, group: list[int]) -> None:
        count = max(group) + 1
        self.group = group
        self.strength: list[float] = graph.strength.tolist()
        self.total = math.fsum(self.strength)
        self.mass, self.out = [0.0] * count, [0.0] * count
        self.queue: list[list[int]] = [[] for _ in range(count)]
        for person, i in enumerate(group):
            self.mass[i] += self.strength[person]
            self.queue[i].append(person)
        for a, b, w in zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True):
            if group[a] != group[b]:
                self.out[group[a]] += w
                self.out[group[b]] += w
        self.exits = math.fsum(self.out)
        self.term = [self._term(out, mass) for out, mass in zip(self.out, self.mass, strict=True)]

    def _term(self, out: float, mass: float) -> float:
        return f((out + mass) / self.total) - 2 * f(out / self.total)

    def move(self, person: int, ties: list[tuple[int, float]]) -> bool:
        """Move one person to where L falls most, if it falls; whether they moved."""
        here = self.group[person]
        to: dict[int, float] = {}  # weight of the person's ties to each adjacent group
        for other, w in ties:
            there = self.group[other]
            to[there] = to.get(there, 0.0) + w
        inside = to.pop(here, 0.0)
        if not to:
            return False
        own = self.strength[person]
        left = (self.out[here] - own + 2 * inside, self.mass[here] - own)
        change_here = self._term(*left) - self.term[here]
        exits_before = f(self.exits / self.total)
        moves = []
        for there, w in to.items():
            exits = self.exits - self.out[here] + left[0] + own - 2 * w
            joined = (self.out[there] + own - 2 * w, self.mass[there] + own)
            change = f(exits / self.total) - exits_before + change_here + self._term(*joined) - self.term[there]
            moves.append((change, there, joined))
        best = min(moves)[0]
        if best >= -GAIN:
            return False
        equal = [(self._first(there), there, joined) for change, there, joined in moves if change <= best + EQUAL_GAINS]
        _, there, joined = min(equal)
        self._set(here, *left)
        self._set(there, *joined)
        self.group[person] = there
        heapq.heappush(self.queue[there], person)
        return True

    def _set(self, i: int, out: float, mass: float) -> None:
        self.exits += out - self.out[i]
        self.out[i], self.mass[i], self.term[i] = out, mass, self._term(out, mass)

    def _first(self, i: int) -> int:
        """The group's first member."""
        queue = self.queue[i]
        while self.group[queue[0]] != i:
            heapq.heappop(queue)
        return queue[0]
