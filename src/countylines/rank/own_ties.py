"""What ties of somebody's own change in their walk (METHOD 5): the walk is a mix of walks without these ties.

With degrees D, the shares of a walk come from the inverse of the symmetric D - (1 - c) W. A person's own ties change it
in a few rows and columns, so that of Woodbury (1950) is exact: nobody's walk needs a solution of its own, only that of
the few people who are at either end of such ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from countylines.graph import Floats, Ints
from countylines.rank.walk import Chances, arrivals, over_targets

UNCHANGED = (np.ones(1), np.zeros(1), np.zeros(1), np.zeros(1))  # a walk of the graph's own


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


@dataclass(frozen=True, eq=False)
class Mix:
    """How the walks of some starts are made up, for targets with members m (targets x n).

    With h the shares of the graph's own walks (n x targets), a start's share is ``walk @ h + there @ m.T``; and that of
    a walk from anywhere (the person outside counts as one) is ``(everywhere @ m.T + any_walk @ h + any_there @ m.T) /
    size``.

    Attributes:
        walk, there, any_walk, any_there: starts x n.
        everywhere: of each person, n times the share of a walk from anywhere in the graph.
        size: how many people there are for each start.
    """

    walk: csr_array
    there: csr_array
    any_walk: csr_array
    any_there: csr_array
    everywhere: Floats
    size: Ints

    def shares(self, h: Floats, members: csr_array) -> tuple[Floats, Floats]:
        """The share of each start's walk, and of one from anywhere, that is spent at each target: starts x targets."""
        m = members.T.toarray()
        anywhere = (members @ self.everywhere + self.any_walk @ h + self.any_there @ m) / self.size[:, None]
        return self.walk @ h + self.there @ m, anywhere


def mix_of(chances: Chances, starts: Sequence[Start], restart: float, workers: int = 1) -> Mix:
    """How the walks from people with and without own ties are made up.

    Args:
        restart: c, between 0 and 1.
        starts: at least one.
        workers: threads; 0 = one a core.
    """
    n = len(chances.degree)
    anywhere = arrivals(chances, csr_array((1 / chances.degree)[None, :]), restart)[:, 0]  # D^-1 times the walk's
    ends = [np.append(start.to, start.vertex) for start in starts]
    tied = [place for place, start in enumerate(starts) if len(start.to)]
    inverses = dict(zip(tied, _inverses(chances, [ends[place] for place in tied], restart, workers), strict=True))
    rows = [
        _changed(chances, start, inverses[place], anywhere, restart) if place in inverses else UNCHANGED
        for place, start in enumerate(starts)
    ]
    row, column = np.repeat(np.arange(len(ends)), [len(end) for end in ends]), np.concatenate(ends)
    kept = column < n
    walk, there, any_walk, any_there = (
        csr_array((np.concatenate(values)[kept], (row[kept], column[kept])), shape=(len(starts), n))
        for values in zip(*rows, strict=True)
    )
    size = n + np.array([start.vertex == n for start in starts], np.int64)
    return Mix(walk, there, any_walk, any_there, anywhere * chances.degree, size)


def _inverses(chances: Chances, ends: Sequence[Ints], restart: float, workers: int) -> list[Floats]:
    """The inverse of D - (1 - c) W at the rows and columns of each of these, the one outside being alone."""
    n = len(chances.degree)
    made = [np.diag(np.where(end == n, 1 / restart, 0.0)) for end in ends]
    asked = np.unique(np.concatenate([np.zeros(0, np.int64), *ends]))
    asked = asked[asked < n]
    where: dict[int, list[tuple[int, int]]] = {}
    for place, end in enumerate(ends):
        for column, v in enumerate(end.tolist()):
            where.setdefault(v, []).append((place, column))
    alone = csr_array((np.ones(len(asked)), (np.arange(len(asked)), asked)), shape=(len(asked), n))
    for some, inside, h in over_targets(chances, alone, restart, workers):
        wider = np.zeros((n + 1, len(some)))
        wider[inside] = h
        for target, v in enumerate(asked[some].tolist()):
            for place, column in where[v]:
                made[place][:, column] = wider[ends[place], target] / (restart * chances.degree[v])
    return made


def _changed(
    chances: Chances, start: Start, inverse: Floats, anywhere: Floats, restart: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """The entries of a start's row of each matrix of :class:`Mix`: of those they are tied to, then themselves.

    Args:
        inverse: of A = D - (1 - c) W, at these people.
        anywhere: A^-1 times c, at everybody.
    """
    n, ends = len(chances.degree), np.append(start.to, start.vertex)
    inside, there = ends < n, np.minimum(ends, n - 1)
    counted = np.where(inside, chances.degree[there], 1.0)  # somebody alone counts 1 for the tie to themselves
    tied = inside & ~chances.alone[there]
    more = np.append(start.w, start.w.sum())
    degree = np.where(tied, counted, 0.0) + more
    change = np.diag(degree - np.where(tied, counted, restart))
    change[:-1, -1] = change[-1, :-1] = (restart - 1) * start.w
    both = np.column_stack((inverse[:, -1], np.where(inside, anywhere[there] / restart, 1 / restart)))
    walk, wide = np.linalg.solve(np.eye(len(ends)) + inverse @ change, both).T
    more = restart * (degree - counted)
    return (np.arange(len(ends)) == len(ends) - 1) - change @ walk, more * walk, -change @ wide, more * wide
