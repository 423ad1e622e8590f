"""Weightings of criteria, drawn uniformly from all that meet the bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from countylines.errors import InputError
from countylines.graph import Floats
from countylines.settings import Priority

ENOUGH = 0.01  # share of the tries that must meet the bounds for throwing the others away to be quick
MOVES = 200  # for each criterion, of every weighting, where that is too few
NEAR = 1e-12


def weightings(names: Sequence[str], settings: Priority, known: Sequence[str], rng: np.random.Generator) -> Floats:
    """Draw weights from 0 to 1 that sum to 1, uniformly from all that meet the bounds of the settings.

    Where few tries meet them, each weighting starts in the middle of what is allowed and moves weight between two
    criteria at a time, uniformly as far as the bounds let it, often enough to be anywhere.

    Args:
        names: the criteria.
        settings: how many, and the least and greatest weight by name.
        known: every criterion there is, of groups and of people.
        rng: what they are drawn with.

    Returns:
        A row a draw, a column a criterion.

    Raises:
        InputError: a bound names no criterion, or no weights meet the bounds.

    Source: METHOD section 5; without bounds it is the Dirichlet distribution with every parameter 1. The moves: Smith
        (1984), Efficient Monte Carlo procedures for generating points uniformly distributed over bounded regions.
    """
    least = _bound(settings.least, names, known, "least", 0.0)
    most = _bound(settings.most, names, known, "most", 1.0)
    _check(names, least, most)
    free = np.flatnonzero(most - least > NEAR)
    drawn = np.tile(least, (settings.draws, 1))
    if len(free):
        fixed = np.delete(least, free).sum()
        drawn[:, free] = _uniform(least[free], most[free], 1 - fixed, settings.draws, rng)
    return drawn


def _uniform(least: Floats, most: Floats, total: float, draws: int, rng: np.random.Generator) -> Floats:
    """Weights that sum to ``total``, within bounds that leave room."""
    spare, excess = total - least.sum(), most.sum() - total
    middle = least + (most - least) * (spare / (spare + excess))
    if len(least) == 1 or min(spare, excess) <= NEAR:  # one weighting only
        return np.tile(middle, (draws, 1))
    base, scale = (least, spare) if spare <= excess else (most, -excess)  # the smaller simplex around what is allowed
    found: list[Floats] = []
    tried = met = 0
    while met < draws:
        tries = base + scale * rng.dirichlet(np.ones(len(least)), draws)
        good = tries[((tries >= least - NEAR) & (tries <= most + NEAR)).all(axis=1)]
        found.append(good)
        tried, met = tried + len(tries), met + len(good)
        if met < ENOUGH * tried:
            return _moved(np.tile(middle, (draws, 1)), least, most, rng)
    return np.concatenate(found)[:draws]


def _bound(
    given: Mapping[str, float], names: Sequence[str], known: Sequence[str], field: str, without: float
) -> Floats:
    unknown = sorted(set(given) - set(known))
    if unknown:
        advice = "give one of " + ", ".join(sorted(set(known)))
        raise InputError(f"there is no criterion {unknown[0]!r}", advice, field=f"[priority.{field}]")
    return np.array([given.get(name, without) for name in names], np.float64)


def _check(names: Sequence[str], least: Floats, most: Floats) -> None:
    for name, low, high in zip(names, least.tolist(), most.tolist(), strict=True):
        if low > high:
            raise InputError(f"the least weight of {name} is above its greatest", "lower it", field="[priority.least]")
    if least.sum() > 1 + NEAR:
        advice = "lower some: weights sum to 1"
        raise InputError(f"the least weights sum to {least.sum():g}", advice, field="[priority.least]")
    if most.sum() < 1 - NEAR:
        advice = "raise some: weights sum to 1"
        raise InputError(f"the greatest weights sum to {most.sum():g}", advice, field="[priority.most]")


def _moved(weights: Floats, least: Floats, most: Floats, rng: np.random.Generator) -> Floats:
    """Many random moves of each weighting at once."""
    draws, criteria = weights.shape
    row = np.arange(draws)
    for _ in range(MOVES * criteria):
        one = rng.integers(criteria, size=draws)
        other = (one + rng.integers(1, criteria, size=draws)) % criteria
        both = weights[row, one] + weights[row, other]
        low = np.maximum(least[one], both - most[other])
        high = np.minimum(most[one], both - least[other])
        weights[row, one] = low + (high - low) * rng.random(draws)
        weights[row, other] = both - weights[row, one]
    return weights
