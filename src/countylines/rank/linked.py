"""Which groups and lines are near each child, and how much of the child's walk is spent there (METHOD 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_array

from countylines.graph import Floats, Ints
from countylines.rank.own_ties import mix_of
from countylines.rank.ties import Ties
from countylines.rank.walk import chances_of, over_targets
from countylines.rank.ways import distances, ends_of

FAR = 4  # no link is claimed over more steps (METHOD 5)
DECIMALS = 9  # of a score: what differs beyond them is rounding


@dataclass(frozen=True, eq=False)
class Linked:
    """Starts and the targets within FAR steps of them, an entry for each pair.

    Attributes:
        start, target: their places.
        steps: to the nearest member, at least 1.
        share: of the walk that is spent among the members.
        score: this, divided by the same of a walk from anywhere.
    """

    start: Ints
    target: Ints
    steps: Ints
    share: Floats
    score: Floats

    def take(self, places: Ints) -> Linked:
        """Only these entries, in this order."""
        return Linked(*(getattr(self, field.name)[places] for field in fields(self)))


def linked(ties: Ties, kinds: Sequence[csr_array], restart: float, workers: int = 1) -> list[Linked]:
    """What is near each start, for each kind of targets.

    Args:
        kinds: the members of the targets, each targets x people.
        restart: of the walk.
        workers: threads; 0 = one a core. The result is the same.
    """
    starts = list(ties.starts.values())
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    if not starts:
        return [Linked(none, none, none, nothing, nothing) for _ in kinds]
    chances, ends = chances_of(ties.weights), ends_of(starts, ties.n)
    mix, made = mix_of(chances, starts, restart, workers), []
    for members in kinds:
        parts = [(none, none, none, nothing, nothing)]
        for some, inside, h in over_targets(chances, members, restart, workers):
            whole = np.zeros((ties.n, len(some)))
            whole[inside] = h
            share, chance = mix.shares(whole, members[some])
            steps = distances(ties.weights, members[some], ends, FAR)
            start, target = np.nonzero(steps <= FAR)
            at = start, target
            parts.append((start, some[target], steps[at], share[at], share[at] / chance[at]))
        made.append(Linked(*(np.concatenate(column) for column in zip(*parts, strict=True))))
    return made


def likeliest(near: Linked, top: int) -> Linked:
    """The targets of the highest scores for each start, at most so many, starts in order and the best first."""
    order = np.lexsort((near.target, -near.score.round(DECIMALS), near.start))
    start = near.start[order]
    place = np.arange(len(order)) - np.searchsorted(start, start)
    return near.take(order[place < top])
