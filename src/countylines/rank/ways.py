"""Steps from people to targets, and the best way there: fewest steps, then the widest, then by ids (METHOD 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from countylines.graph import Ints
from countylines.rank.dismantle.compiled import compiled
from countylines.rank.own_ties import Start


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the ways of each start begin, one after the other: ``vertex``, and ``steps`` there; from ``first`` on."""

    vertex: Ints
    steps: Ints
    first: Ints


def ends_of(starts: Sequence[Start], n: int) -> Ends:
    """Those they are tied to by ties of their own, and themselves, if they are among the graph's n."""
    inside = [start.vertex < n for start in starts]
    own = [np.append(start.to, start.vertex) if kept else start.to for start, kept in zip(starts, inside, strict=True)]
    steps = [np.arange(len(ends)) < len(start.to) for ends, start in zip(own, starts, strict=True)]
    first = np.cumsum([0, *map(len, own[:-1])])
    return Ends(np.concatenate(own), np.concatenate(steps).astype(np.int64), first)


def distances(weights: csr_array, members: csr_array, ends: Ends, most: int) -> Ints:
    """Steps from each start to each target's nearest member, starts x targets; more than ``most`` if it is further.

    Args:
        weights: n x n, the ties' weights, symmetric.
        members: targets x n.
        ends: of all starts.
    """
    apart = _apart(weights.indptr, weights.indices, members.indptr, members.indices, most)
    steps: Ints = np.minimum.reduceat(apart[ends.vertex] + ends.steps[:, None], ends.first, axis=0)
    return steps


def ways(
    weights: csr_array, members: csr_array, starts: Sequence[Start], start: Ints, target: Ints, steps: Ints
) -> list[list[int]]:
    """The vertices from a start, itself left out, to a target's nearest member.

    Of the ways with the fewest steps the one whose least weight is greatest, then by vertices, the first step first.

    Args:
        weights, members: as for :func:`distances`.
        start, target, steps: the place of one and of the other, and the steps between them, at least 1.

    Example:
        >>> ties = csr_array(np.array([[0.0, 2.0, 0.0], [2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]))
        >>> child = Start(3, np.array([0, 1]), np.array([5.0, 1.0]))
        >>> ways(ties, csr_array(np.array([[0.0, 0.0, 1.0]])), [child], *np.array([[0], [0], [2]]))
        [[1, 2]]
    """
    if not len(start):
        return []
    order = np.argsort(target, kind="stable")
    asked = [starts[place] for place in start[order].tolist()]
    own = np.cumsum([0, *(len(one.to) for one in asked)])
    to, w = np.concatenate([one.to for one in asked]), np.concatenate([one.w for one in asked])
    vertex = np.array([one.vertex for one in asked], np.int64)
    graph = (weights.indptr, weights.indices, weights.data, members.indptr, members.indices)
    made = _ways(*graph, target[order], steps[order], vertex, own, to, w)
    found = np.empty_like(made)
    found[order] = made
    return [way[:length] for way, length in zip(found.tolist(), steps.tolist(), strict=True)]


@compiled
def _apart(start: Any, to: Any, first: Any, member: Any, most: int) -> Any:
    """Steps from everybody to the nearest member of each target, n x targets; ``most`` + 1 for whoever is further."""
    n, targets = len(start) - 1, len(first) - 1
    far = np.full((n, targets), most + 1, np.int8)
    queue = np.empty(n, np.int64)
    for target in range(targets):
        done, end = 0, 0
        for entry in range(first[target], first[target + 1]):
            far[member[entry], target] = 0
            queue[end] = member[entry]
            end += 1
        while done < end:
            u = queue[done]
            done += 1
            if far[u, target] == most:
                break
            for entry in range(start[u], start[u + 1]):
                v = to[entry]
                if far[v, target] > most:
                    far[v, target] = far[u, target] + 1
                    queue[end] = v
                    end += 1
    return far


@compiled
def _spread(start: Any, to: Any, weight: Any, wide: Any, reached: Any, ends: Any) -> None:
    """Fill ``wide`` for each k, and list whom it reaches in the first ``ends[k]`` places of ``reached[k]``.

    ``wide[k, u]`` is the least weight on the widest way from u to a member in exactly k steps, 0 without any.
    """
    for k in range(1, len(ends)):
        ends[k] = 0
        for v in reached[k - 1, : ends[k - 1]]:
            for entry in range(start[v], start[v + 1]):
                u = to[entry]
                if wide[k, u] == 0:
                    reached[k, ends[k]] = u
                    ends[k] += 1
                wide[k, u] = max(wide[k, u], min(weight[entry], wide[k - 1, v]))


@compiled
def _follow(start: Any, to: Any, weight: Any, wide: Any, u: int, own_to: Any, own_weight: Any, way: Any) -> None:
    """Fill ``way`` with the vertices after u: the first is on the widest way, the next are on one as wide."""
    n, widest, k, at = len(start) - 1, 0.0, len(way) - 1, u
    best = n
    for place in range(len(own_to)):
        least = min(own_weight[place], wide[k, own_to[place]])
        if least > widest or (least == widest and own_to[place] < best):
            widest, best = least, own_to[place]
    if u < n:
        for entry in range(start[u], start[u + 1]):
            least = min(weight[entry], wide[k, to[entry]])
            if least > widest or (least == widest and to[entry] < best):
                widest, best = least, to[entry]
    way[0] = best
    for step in range(1, len(way)):
        at, best = best, n
        for entry in range(start[at], start[at + 1]):
            if to[entry] < best and min(weight[entry], wide[k - step, to[entry]]) >= widest:
                best = to[entry]
        way[step] = best


@compiled
def _ways(
    start: Any, to: Any, weight: Any, first: Any, member: Any,
    target: Any, steps: Any, vertex: Any, own: Any, own_to: Any, own_weight: Any,
) -> Any:  # fmt: skip
    """A row of vertices for each pair of a target (sorted) and a start, whose own ties are from ``own`` on."""
    n, pairs, most = len(start) - 1, len(target), steps.max()
    found, wide = np.full((pairs, most), -1, np.int64), np.zeros((most, n))
    reached, ends = np.empty((most, n), np.int64), np.zeros(most, np.int64)
    one = 0
    while one < pairs:
        here, begin = target[one], one
        while one < pairs and target[one] == here:
            one += 1
        deep = steps[begin:one].max()
        ends[0] = first[here + 1] - first[here]
        for place in range(ends[0]):
            reached[0, place] = member[first[here] + place]
            wide[0, reached[0, place]] = np.inf
        _spread(start, to, weight, wide, reached, ends[:deep])
        for pair in range(begin, one):
            ties = slice(own[pair], own[pair + 1])
            _follow(start, to, weight, wide, vertex[pair], own_to[ties], own_weight[ties], found[pair, : steps[pair]])
        for k in range(deep):
            for u in reached[k, : ends[k]]:
                wide[k, u] = 0
    return found
