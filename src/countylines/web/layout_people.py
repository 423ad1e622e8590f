"""Places of people: members inside the disc of their group, the others on rings around all discs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countylines.graph import Floats, Ints
from countylines.web.layout_groups import DIGITS, scattered

ROUNDS = 60
SEEN = 64  # of larger groups each round looks at so many members, which stand for all
AT_ONCE = 2_000_000  # pairs held in memory


def inside_discs(ids: Sequence[str], group: Ints, ends: Ints, weight: Floats, sizes: Ints) -> Floats:
    """Each member's place in the unit disc of their group, shape (people, 2); people in no group stay at (0, 0).

    Ties pull, everybody in a group pushes (Fruchterman and Reingold 1991); in the end the distances from the middle are
    spread, so that the disc is filled and nobody lies on top of another. Groups of like size are worked on together.

    Args:
        ids: of all people, from which they start.
        group: number of each person's group, -1 = none.
        ends, weight: the ties, as rows of ``ids``, and how much they pull.
        sizes: members of each group.
    """
    at = scattered(ids) if len(ids) else np.empty((0, 2))
    at[group < 0] = 0.0
    order = np.lexsort((np.arange(len(ids)), group))
    order = order[np.searchsorted(group[order], 0) :]
    first = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    own = group[ends[:, 0]]
    within = (own >= 0) & (own == group[ends[:, 1]])
    width = 2 ** np.ceil(np.log2(np.maximum(sizes, 1))).astype(np.int64)
    for size in np.unique(width).tolist():
        alike = np.flatnonzero(width == size)
        most = max(1, AT_ONCE // (size * min(size, SEEN)))
        for k in range(0, len(alike), most):
            some = alike[k : k + most]
            here = _Batch(sizes[some], first[some], order, size)
            ties = within & np.isin(own, some)
            at[here.people] = here.spread(at[here.people], ends[ties], weight[ties], len(ids))
    return at


class _Batch:
    """Some groups of like size: their members as rows of a table with a group a line, empty places at its end."""

    def __init__(self, sizes: Ints, first: Ints, order: Ints, width: int) -> None:
        self.width = width
        self.there = np.arange(width)[None, :] < sizes[:, None]
        line, column = np.nonzero(self.there)
        self.cells = line * width + column
        self.people: Ints = order[first[line] + column]
        self.sizes = sizes

    def spread(self, start: Floats, ends: Ints, weight: Floats, people: int) -> Floats:
        """Places in the unit disc of each person of ``people``, in that order."""
        lines, width = self.there.shape
        cell = np.full(people, -1)
        cell[self.people] = self.cells
        a, b = cell[ends[:, 0]], cell[ends[:, 1]]
        x, y = np.zeros(lines * width), np.zeros(lines * width)
        x[self.cells], y[self.cells] = start.T
        ideal = 1.6 / np.sqrt(self.sizes)[:, None]
        pull = (weight / ideal.ravel()[a // width])[:, None]
        for k in range(ROUNDS):
            fx, fy = self._push(x.reshape(lines, width), y.reshape(lines, width), ideal, k)
            step = np.column_stack((x[b] - x[a], y[b] - y[a]))
            drawn = step * np.hypot(step[:, 0], step[:, 1])[:, None] * pull
            fx = fx.ravel() + np.bincount(a, drawn[:, 0], len(x)) - np.bincount(b, drawn[:, 0], len(x))
            fy = fy.ravel() + np.bincount(a, drawn[:, 1], len(x)) - np.bincount(b, drawn[:, 1], len(x))
            length = np.hypot(fx, fy) + 1e-12
            go = np.minimum(length, 0.25 * (1 - k / ROUNDS) + 0.004) / length
            x, y = x + fx * go, y + fy * go
            out = np.maximum(1.0, np.hypot(x, y))
            x, y = (x / out).round(DIGITS), (y / out).round(DIGITS)
        return self._filled(x[self.cells], y[self.cells])

    def _push(self, x: Floats, y: Floats, ideal: Floats, k: int) -> tuple[Floats, Floats]:
        """How everybody is pushed by the others of their group."""
        seen, more = np.arange(self.width), np.ones((len(x), 1))
        if self.width > SEEN:  # another part of the group each round
            seen = (np.arange(SEEN) * (self.width // SEEN) + k) % self.width
            more = self.there.sum(1, keepdims=True) / np.maximum(1, self.there[:, seen].sum(1, keepdims=True))
        near = np.float32
        dx = x.astype(near)[:, :, None] - x[:, seen].astype(near)[:, None, :]
        dy = y.astype(near)[:, :, None] - y[:, seen].astype(near)[:, None, :]
        far = dx * dx + dy * dy + near(1e-5)
        push = self.there[:, seen][:, None, :] * (ideal**2 * more).astype(near)[:, :, None] / far
        gather = 0.05
        return (dx * push).sum(2) - gather * x, (dy * push).sum(2) - gather * y

    def _filled(self, x: Floats, y: Floats) -> Floats:
        """The disc filled evenly: each distance from the middle mostly by its place among all, partly as it is."""
        line = self.cells // self.width
        middle_x = np.bincount(line, x) / self.sizes
        middle_y = np.bincount(line, y) / self.sizes
        x, y = x - middle_x[line], y - middle_y[line]
        far = np.hypot(x, y) + 1e-9
        order = np.lexsort((far, line))
        rank = np.empty(len(x))
        rank[order] = np.arange(len(x)) - np.searchsorted(line[order], line[order])
        even = np.sqrt((rank + 0.5) / self.sizes[line])
        most = np.zeros(len(self.sizes))
        np.maximum.at(most, line, far)
        wanted = 0.7 * even + 0.3 * far / most[line]
        made: Floats = np.column_stack((x, y)) * (np.minimum(1.0, wanted) / far)[:, None]
        return made


def on_rings(
    ids: Sequence[str],
    alone: Ints,
    at: Floats,
    group: Ints,
    ends: Ints,
    weight: Floats,
    *,
    start: float,
    apart: float,
) -> Floats:
    """Places around all discs for the people in no group, shape (alone, 2): near to whom they are tied to.

    People tied to each other stand side by side; who is tied to nobody in a group starts from an id.

    Args:
        alone: rows of ``ids`` in no group.
        at: everybody's place so far.
        start: radius of the first ring.
        apart: least distance between two of them, and between two rings.
    """
    from scipy.sparse import coo_array  # here, so that the dashboard starts without it
    from scipy.sparse.csgraph import connected_components

    if not len(alone):
        return np.empty((0, 2))
    n = len(ids)
    a, b = np.concatenate((ends, ends[:, ::-1])).T
    both = np.concatenate((weight, weight))
    outer = (group[a] < 0) & (group[b] < 0)
    ties = coo_array((np.ones(outer.sum()), (a[outer], b[outer])), shape=(n, n))
    component = connected_components(ties, directed=False)[1]
    out = (group[a] < 0) & (group[b] >= 0)
    count = int(component.max()) + 1
    pulled = np.column_stack([np.bincount(component[a[out]], both[out] * at[b[out], k], count) for k in (0, 1)])
    firsts = np.unique(component, return_index=True)[1]
    own = scattered([ids[i] for i in firsts.tolist()])
    want = np.where((pulled**2).sum(1, keepdims=True) > 0, pulled, own)
    angle = np.arctan2(want[:, 1], want[:, 0]).round(DIGITS)
    order = alone[np.lexsort((alone, component[alone], angle[component[alone]]))]
    rings = 1
    while sum(int(2 * np.pi * (start + apart * k) / apart) for k in range(rings)) < len(order):
        rings += 1
    place = np.arange(len(order))
    turn = 2 * np.pi * place / len(order) - np.pi
    far = start + apart * (place % rings)
    made = np.zeros((n, 2))
    made[order] = np.column_stack((np.cos(turn), np.sin(turn))) * far[:, None]
    return made[alone]
