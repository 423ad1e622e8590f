"""Ranks by every drawn weighting: how often each place is reached (METHOD section 5).

Source: Lahdelma, Hokkanen and Salminen (1998), SMAA: stochastic multiobjective acceptability analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from countylines.graph import Floats, Ints
from countylines.rank.dismantle.compiled import compiled
from countylines.resample import HIGH, LOW

Ranks = npt.NDArray[np.int32]

AT_ONCE = 250_000  # scores, 0 to 1, in memory
SCALE = 10**12  # of what a score is rounded to: equal criteria make equal scores, whatever the order of their sum


@dataclass(frozen=True, eq=False)
class Criteria:
    """What is ranked, and by what: ``value`` has a row for each id and a column for each name, nan = unknown."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    value: Floats


@dataclass(frozen=True, eq=False)
class Outcome:
    """Over all draws, for each id: mean score and rank, quantiles of the rank, shares among the first."""

    score: Floats
    mean_rank: Floats
    low: Ints
    high: Ints
    first: Floats
    top3: Floats
    top10: Floats


def outcome(criteria: Criteria, weights: Floats, choices: Floats, rng: np.random.Generator) -> Outcome:
    """Rank by every weighting.

    Args:
        weights: a row a draw, a column a criterion.
        choices: what an unknown value may be, each as likely.
        rng: draws those.
    """
    draws, n = len(weights), len(criteria.ids)
    if not n:
        nothing, none = np.empty(0), np.empty(0, np.int64)
        return Outcome(nothing, nothing, none, none, nothing, nothing, nothing)
    score, total, shares, ends = np.zeros(n), np.zeros(n, np.int64), np.zeros((3, n), np.int64), _Ends(n, draws)
    for scores, ranks in _each(criteria, weights, choices, rng):
        score += scores.sum(axis=0)
        total += ranks.sum(axis=0)
        shares += np.stack([(ranks <= top).sum(axis=0) for top in (1, 3, 10)])
        ends.add(ranks)
    low, high = ends.quantiles()
    first, top3, top10 = shares / draws
    return Outcome(score / draws, total / draws, low, high, first, top3, top10)


def means(criteria: Criteria, weights: Floats, choices: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Only the mean score and the mean rank of :func:`outcome`, in half its time.

    Example:
        >>> toy = Criteria(("a", "b"), ("c",), np.array([[0.5], [1.0]]))
        >>> score, rank = means(toy, np.ones((4, 1)), np.zeros(1), np.random.default_rng(0))
        >>> score.tolist(), rank.tolist()
        ([0.5, 1.0], [2.0, 1.0])
    """
    score, total = np.zeros(len(criteria.ids)), np.zeros(len(criteria.ids), np.int64)
    for scores, ranks in _each(criteria, weights, choices, rng):
        score += scores.sum(axis=0)
        total += ranks.sum(axis=0)
    return score / len(weights), total / len(weights)


def _each(
    criteria: Criteria, weights: Floats, choices: Floats, rng: np.random.Generator
) -> Iterator[tuple[Floats, Ranks]]:
    """Scores and ranks of some draws at a time."""
    parts = -(-len(weights) * len(criteria.ids) // AT_ONCE)
    for some in np.array_split(weights, parts) if parts else ():
        scores = _scores(criteria.value, some, choices, rng)
        yield scores, _ranks(scores)


def _scores(value: Floats, weights: Floats, choices: Floats, rng: np.random.Generator) -> Floats:
    """A row a draw, a column an id."""
    scores = np.zeros((len(weights), len(value)))
    for column in range(value.shape[1]):  # not a matrix product: sums in the same order for everybody
        own = weights[:, [column]]
        scores += own * np.nan_to_num(value[:, column])
        if len(rows := np.flatnonzero(np.isnan(value[:, column]))):
            scores[:, rows] += own * rng.choice(choices, (len(weights), len(rows)))
    return scores


def _ranks(scores: Floats) -> Ranks:
    """In each row 1 for the highest score; ties share the lowest rank.

    Sorting one whole number, of the score's decimals and the place, takes a third of the time of sorting places by
    score (measured: 23 against 73 ns a score).
    """
    bits = max(1, scores.shape[1] - 1).bit_length()
    ranks: Ranks = np.empty(scores.shape, np.int32)
    _place(np.sort(_keys(scores, bits), axis=1), bits, ranks)
    return ranks


@compiled
def _keys(scores: Floats, bits: int) -> Ints:
    """One whole number a score: its decimals counted down from 1, then its place."""
    keys: Ints = np.empty(scores.shape, np.int64)
    for draw in range(scores.shape[0]):
        for i in range(scores.shape[1]):
            keys[draw, i] = (np.int64(np.rint((1.0 - scores[draw, i]) * SCALE)) << bits) | i
    return keys


@compiled
def _place(ordered: Ints, bits: int, ranks: Ranks) -> None:
    """Fill in the rank of each place, from the sorted keys."""
    for draw in range(ordered.shape[0]):
        rank, last = 1, np.int64(-1)
        for i in range(ordered.shape[1]):
            score = ordered[draw, i] >> bits
            if score != last:
                rank, last = i + 1, score
            ranks[draw, ordered[draw, i] & ((1 << bits) - 1)] = rank


class _Ends:
    """The lowest and the highest ranks of each id over all draws: as many as the quantiles need, not all there are."""

    def __init__(self, n: int, draws: int) -> None:
        self.lowest = int(np.ceil(LOW * draws - 1e-9))
        self.highest = draws - int(np.ceil(HIGH * draws - 1e-9)) + 1
        self.kept = np.empty((n, 0), np.uint16 if n < 2**16 else np.int32)
        self.waiting: list[Any] = []

    def add(self, ranks: Ranks) -> None:
        """Take a row a draw; what lies between the ends is let go from time to time."""
        self.waiting.append(ranks.T.astype(self.kept.dtype))
        if sum(each.shape[1] for each in self.waiting) >= self.lowest + self.highest:
            self._let_go()

    def quantiles(self) -> tuple[Ints, Ints]:
        """The least rank that at least 5%, and at least 95%, of the draws don't exceed."""
        self._let_go()
        ordered = np.sort(self.kept, axis=1).astype(np.int64)
        return ordered[:, self.lowest - 1], ordered[:, -self.highest]

    def _let_go(self) -> None:
        together = np.concatenate((self.kept, *self.waiting), axis=1)
        self.waiting.clear()
        if together.shape[1] > self.lowest + self.highest:
            together.partition((self.lowest - 1, together.shape[1] - self.highest), axis=1)
            together = np.concatenate((together[:, : self.lowest], together[:, -self.highest :]), axis=1)
        self.kept = together
