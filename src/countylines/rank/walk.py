"""Random walks with restart, told from where they end: how much of a walk from each person is spent at a target.

Tong, Faloutsos and Pan 2006. The share h(u) of a walk from u that is spent among a target's members m solves
h = c m + (1 - c) P h, where P averages over a person's ties by weight: one solution tells it of everybody's walk, and
there are fewer targets than people to walk from. P is alike to a symmetric matrix with eigenvalues in [-1, 1], so
Chebyshev's iteration (Golub and Varga 1961) needs about a third of the steps of plain repetition, and how many is known
beforehand. (Factors of the sparse matrix fill up: at 20,000 people a solution took five times as long by them.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from countylines.graph import Floats, Ints
from countylines.rank.dismantle.compiled import compiled
from countylines.rank.threads import in_threads

TOLERANCE = 1e-12  # on every share
BATCH = 64  # targets at once: beyond the processor's cache each row that is fetched serves all of them
FEW = 16  # as many don't wait for targets of other components


@dataclass(frozen=True, eq=False)
class Chances:
    """How a walk goes on.

    Attributes:
        next: n x n, the chance of each next person; rows sum to 1. Whoever has no tie stays.
        degree: the weight of each person's ties; 1 for those without.
        alone: whether somebody has no tie.
        component: the number of each person's component.
    """

    next: csr_array
    degree: Floats
    alone: npt.NDArray[np.bool_]
    component: Ints


def chances_of(weights: csr_array) -> Chances:
    """The chances of a walk over ties.

    Args:
        weights: n x n, symmetric, not negative, without a diagonal.
    """
    degree = np.asarray(weights.sum(axis=1), np.float64)
    alone = degree == 0
    own = np.flatnonzero(alone)
    stays = csr_array((np.ones(len(own)), (own, own)), shape=weights.shape)
    following = csr_array(weights + stays)
    degree[alone] = 1
    following.data = following.data / np.repeat(degree, np.diff(following.indptr))
    component = connected_components(weights, directed=False)[1].astype(np.int64)
    return Chances(following, degree, alone, component)


def arrivals(chances: Chances, ends: csr_array, restart: float) -> Floats:
    """The share of a walk from each person that is spent among each target's members: n x targets.

    Args:
        ends: targets x n, 1 for members (any weight, where one is wanted).
        restart: c, between 0 and 1.

    Example:
        >>> two = chances_of(csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])))
        >>> arrivals(two, csr_array(np.array([[1.0, 0.0]])), 0.5).round(6).tolist()
        [[0.666667], [0.333333]]
    """
    found = np.zeros((chances.next.shape[0], ends.shape[0]))
    for some, inside, made in over_targets(chances, ends, restart):
        found[np.ix_(inside, some)] = made
    return found


def over_targets(
    chances: Chances, ends: csr_array, restart: float, workers: int = 1
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """:func:`arrivals`, a few targets at a time, those of the same components together, so that they need few others.

    All take equally many steps, so that targets alike get the same numbers, whatever the batch.

    Args:
        workers: threads; 0 = one a core.

    Yields:
        Targets; the people of their components; and a row for each of these, a column for each of those.
    """
    count = steps(restart, _volume(chances, ends))
    reach = [tuple(np.unique(chances.component[_row(ends, target)]).tolist()) for target in range(ends.shape[0])]
    order = sorted(range(len(reach)), key=lambda target: (reach[target], target))

    def solve(batch: Sequence[int]) -> tuple[Ints, Ints, Floats]:
        inside = np.flatnonzero(np.isin(chances.component, sorted({c for target in batch for c in reach[target]})))
        whole = len(inside) == len(chances.degree)
        following = chances.next if whole else csr_array(chances.next[inside][:, inside])
        own = csr_array(ends[batch] if whole else ends[batch][:, inside])
        arrays = (following.indptr, following.indices, following.data, own.indptr, own.indices, own.data)
        return np.array(batch, np.int64), inside, _chebyshev(*arrays, restart, count)

    return in_threads(solve, _batches(order, reach), workers)


def _batches(order: Sequence[int], reach: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """So many of the ordered targets at once; those of other components beside few only."""
    made: list[list[int]] = []
    for target in order:
        last = made[-1] if made else []
        if len(last) in (0, BATCH) or (len(last) >= FEW and reach[last[-1]] != reach[target]):
            made.append([target])
        else:
            last.append(target)
    return made


def steps(restart: float, volume: float) -> int:
    """How many iterations bring every share's error below TOLERANCE, where a target's ties weigh ``volume``.

    In the norm weighted by the ties the shares of all walks are at most sqrt(volume), and after k iterations the error
    is at most 2 sqrt(volume) x^k, where x = (1 - c) / (1 + sqrt(1 - (1 - c)^2)). Ties weigh at least 1.

    Example:
        >>> steps(0.15, 1_000)
        55
    """
    rate = (1 - restart) / (1 + math.sqrt(1 - (1 - restart) ** 2))
    return math.ceil(math.log(TOLERANCE / (2 * math.sqrt(volume))) / math.log(rate))


def _volume(chances: Chances, ends: csr_array) -> float:
    """The greatest of all targets; weights of members count squared, those of ties below 1 as 1."""
    light = max(1.0, 1 / float(chances.degree.min(initial=1.0)))
    return light * max(1.0, float(np.max((ends * ends) @ chances.degree, initial=1.0)))


def _row(matrix: csr_array, i: int) -> Ints:
    row: Ints = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
    return row


@compiled
def _chebyshev(
    start: Any, to: Any, chance: Any, first: Any, member: Any, weight: Any, restart: float, count: int
) -> Any:
    """The solution of h = c m + (1 - c) P h after so many steps, n x targets.

    Args:
        start, to, chance: P by rows.
        first, member, weight: the targets by rows.
    """
    n, targets, kept, omega = len(start) - 1, len(first) - 1, 1 - restart, 2.0
    before, now = np.zeros((n, targets)), np.zeros((n, targets))
    for target in range(targets):
        for entry in range(first[target], first[target + 1]):
            now[member[entry], target] = restart * weight[entry]
    for _ in range(count - 1):
        omega = 1 / (1 - kept**2 * omega / 4)
        for u in range(n):
            for target in range(targets):
                before[u, target] *= 1 - omega
            for entry in range(start[u], start[u + 1]):
                each, v = omega * kept * chance[entry], to[entry]
                for target in range(targets):
                    before[u, target] += each * now[v, target]
        for target in range(targets):
            for entry in range(first[target], first[target + 1]):
                before[member[entry], target] += omega * restart * weight[entry]
        before, now = now, before
    return now
