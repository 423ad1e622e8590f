"""Generalised network dismantling, from the paper: Ren, Gleinig, Helbing, Antulov-Fantulin 2019, PNAS 116:6554.

A baseline to be beaten, written from its description: the node-weighted Laplacian L = D_B - B with B = AW + WA - A
splits the largest component in two by the signs of its second eigenvector; a weighted vertex cover of the ties across
(Clarkson 1983) is removed; again until the target; then people come back while no component exceeds it.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from countylines.graph import Ints
from countylines.rank.dismantle.goal import reinserted
from countylines.rank.dismantle.objective import Problem, curve


def gnd(problem: Problem, everybody: Ints, target: int) -> Ints:
    """The beginning of :func:`gnd_fully` that leaves no component of more than ``target``, and then reinsertion."""
    steps = int(np.argmax(curve(problem, everybody).largest <= target))
    return reinserted(problem, everybody[:steps], target)


def gnd_fully(problem: Problem) -> Ints:
    """People to remove until nobody has a tie, always from the largest component, in the order in which they go."""
    here, order = np.ones(problem.n, bool), []
    while True:
        part = max(parts(problem, here), key=len, default=[])
        if len(part) <= 1:
            break
        gone = cover(problem, across(problem, part))
        order += gone
        here[gone] = False
    return np.array(order, np.int64)


def across(problem: Problem, part: list[int]) -> list[tuple[int, int]]:
    """The ties between the two sides of a component."""
    place = {u: i for i, u in enumerate(part)}
    b = np.zeros((len(part), len(part)))
    for u in part:
        for v in problem.beside(u).tolist():
            if v in place:
                b[place[u], place[v]] = problem.cost[u] + problem.cost[v] - 1 + 1e-9
    side = eigh(np.diag(b.sum(axis=1)) - b, subset_by_index=[1, 1])[1][:, 0] >= 0
    return [(part[i], part[j]) for i, j in np.argwhere(b > 0).tolist() if i < j and side[i] != side[j]]


def cover(problem: Problem, ties: list[tuple[int, int]]) -> list[int]:
    """A light set of people who hold an end of every tie: again and again the least remaining cost per tie.

    Ties go to whoever has most ties in the whole network.
    """
    near: dict[int, set[int]] = {}
    for u, v in ties:
        near.setdefault(u, set()).add(v)
        near.setdefault(v, set()).add(u)
    cost, chosen = {u: float(problem.cost[u]) for u in near}, []
    while any(near.values()):
        light = {u: (cost[u] / len(near[u]), -len(problem.beside(u))) for u in sorted(near) if near[u]}
        best = min(light, key=lambda u: light[u])
        price = cost[best] / len(near[best])
        for v in near.pop(best):
            cost[v] -= price
            near[v].discard(best)
        chosen.append(best)
    return chosen


def parts(problem: Problem, here: np.ndarray) -> list[list[int]]:
    """The components of those who are there."""
    left, found = here.copy(), []
    for top in range(problem.n):
        if left[top]:
            left[top], todo, part = False, [top], []
            while todo:
                u = todo.pop()
                part.append(u)
                for v in problem.beside(u).tolist():
                    if left[v]:
                        left[v] = False
                        todo.append(v)
            found.append(sorted(part))
    return found
