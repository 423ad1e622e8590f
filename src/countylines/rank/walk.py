"""Random walks with restart from many people at once, each with ties of their own added to one graph.

Tong, Faloutsos and Pan 2006. The vector r of a walk from s solves r = c s + (1 - c) T r, T sharing what stands at a
person among their ties by weight. T is alike to a symmetric matrix with eigenvalues in [-1, 1], so Chebyshev's
iteration (Golub and Varga 1961) needs about a third of the steps of plain repetition, and how many is known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-12  # on the sum of all errors of a vector


@dataclass(frozen=True, eq=False)
class Start:
    """Where one walk starts, and the ties it has besides the graph's.

    Attributes:
        vertex: the person's vertex, or n, the number of vertices, for somebody outside the graph.
        to: vertices they are tied to besides the graph's ties, each once and never themselves.
        w: the weights of these ties, above 0.
    """

    vertex: int
    to: Ints
    w: Floats


def walks(weights: csr_array, starts: list[Start], restart: float, uniform: bool = False) -> Floats:
    """The vectors of walks with restart, one column a start: (n + 1) x starts, the last row for the person outside.

    Whoever has no tie keeps what stands at them. A column's sum is 1 within 1e-12 if its person is part of the graph or
    tied to it; so is the error, summed over all vertices.

    Args:
        weights: n x n, symmetric, not negative, without a diagonal.
        restart: c, between 0 and 1.
        uniform: restart anywhere with the same probability (the person outside counts as one) instead of at the person.

    Example:
        >>> two = csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
        >>> walks(two, [Start(0, np.array([], np.int64), np.array([]))], 0.5).round(6).tolist()
        [[0.666667], [0.333333], [0.0]]
    """
    n = weights.shape[0]
    places = np.array([start.vertex for start in starts], np.int64), np.arange(len(starts))
    size = n + (places[0] == n)
    step = _sharing(weights, starts, 1 - restart)

    def again(r: Floats) -> None:
        """Add where the walk begins again."""
        if uniform:
            r[:n] += restart / size
            r[n] += np.where(size > n, restart / size, 0)
        else:
            r[places] += restart

    volume = weights.sum() + n + 1 + 2 * max((start.w.sum() for start in starts), default=0.0)
    return _chebyshev(step, again, (n + 1, len(starts)), 1 - restart, steps(restart, volume))


def steps(restart: float, volume: float) -> int:
    """How many iterations bring the summed error below TOLERANCE, in a graph whose weights sum to ``volume``.

    After k of them it is at most 2 sqrt(volume) x^k, where x = (1 - c) / (1 + sqrt(1 - (1 - c)^2)).

    Example:
        >>> steps(0.15, 100_000)
        59
    """
    rate = (1 - restart) / (1 + math.sqrt(1 - (1 - restart) ** 2))
    return math.ceil(math.log(TOLERANCE / (2 * math.sqrt(volume))) / math.log(rate))


def distances(weights: csr_array, starts: list[Start], most: int) -> npt.NDArray[np.int8]:
    """Steps from each start to everybody, (n + 1) x starts; ``most`` + 1 for whoever is further."""
    n = weights.shape[0]
    ties = weights.astype(bool).astype(np.float32)
    far = np.full((n + 1, len(starts)), most + 1, np.int8)
    far[[start.vertex for start in starts], np.arange(len(starts))] = 0
    reached = (far == 0)[:n].astype(np.float32)
    for distance in range(1, most + 1):
        near = (ties @ reached) > 0
        if distance == 1:
            for column, start in enumerate(starts):
                near[start.to, column] = True
        fresh = near & (far[:n] == most + 1)
        far[:n][fresh] = distance
        reached = fresh.astype(np.float32)
    return far


def _sharing(weights: csr_array, starts: list[Start], kept: float) -> Callable[[Floats], Floats]:
    """``kept`` times T, for each column with its start's own ties."""
    n, columns = weights.shape[0], len(starts)
    to = np.concatenate([start.to for start in starts])
    w = np.concatenate([start.w for start in starts])
    sizes = [len(start.to) for start in starts]
    column = np.repeat(np.arange(columns), sizes)
    person = np.repeat([start.vertex for start in starts], sizes).astype(np.int64)
    degree = np.zeros((n + 1, columns))
    degree[:n] = weights.sum(axis=1)[:, None]
    np.add.at(degree, (to, column), w)
    np.add.at(degree, (person, column), w)
    alone = np.nonzero(degree == 0)
    degree[alone] = 1
    of_each = kept / degree
    wider = csr_array(
        (weights.data, weights.indices, np.append(weights.indptr, weights.indptr[-1])), shape=(n + 1, n + 1)
    )

    def step(r: Floats) -> Floats:
        each = r * of_each
        made: Floats = wider @ each
        np.add.at(made, (to, column), w * each[person, column])
        np.add.at(made, (person, column), w * each[to, column])
        made[alone] += each[alone]
        return made

    return step


def _chebyshev(
    step: Callable[[Floats], Floats],
    again: Callable[[Floats], None],
    shape: tuple[int, int],
    radius: float,
    count: int,
) -> Floats:
    """The solution of r = fixed + step(r) after some steps.

    Args:
        step: linear, with real eigenvalues within the radius.
        again: adds what is fixed.
    """
    before, now, omega = np.zeros(shape), np.zeros(shape), 2.0
    again(now)
    for _ in range(count - 1):
        omega = 1 / (1 - radius**2 * omega / 4)
        made = step(now)
        again(made)
        made *= omega
        before *= 1 - omega
        made += before
        before, now = now, made
    return now
