"""The path between two people: fewest steps; among these the one whose weakest step has most records; then by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countylines.web.network_seen import Seen

LIMIT = 8  # steps


@dataclass(frozen=True)
class Near:
    """A neighbour: their row, the tie's row, and how many records it has."""

    other: int
    tie: int
    n: int


Ties = Mapping[int, Sequence[Near]]


def neighbours(seen: Seen) -> Ties:
    """Everybody's neighbours among those who may be seen."""
    made: dict[int, list[Near]] = {}
    a, b, n = (column[seen.ties].tolist() for column in (seen.facts.a, seen.facts.b, seen.facts.n))
    for one, other, tie, count in zip(a, b, seen.ties.tolist(), n, strict=True):
        made.setdefault(one, []).append(Near(other, tie, count))
        made.setdefault(other, []).append(Near(one, tie, count))
    return made


def path(ties: Ties, start: int, end: int, limit: int = LIMIT) -> list[Near]:
    """The steps from one person to another; none where they are the same, or there is no path of so few steps.

    Rows stand in order of id, so the path of the lowest rows is the first by id.

    Args:
        ties: everybody's neighbours.
        limit: most steps.

    Example:
        >>> square = {0: [Near(1, 0, 5), Near(2, 1, 3)], 1: [Near(0, 0, 5), Near(3, 2, 1)],
        ...           2: [Near(0, 1, 3), Near(3, 3, 3)], 3: [Near(1, 2, 1), Near(2, 3, 3)]}
        >>> [step.other for step in path(square, 0, 3)], path(square, 0, 3, limit=1)
        ([2, 3], [])
    """
    left = _steps_to(ties, start, end, limit)
    if start not in left or start == end:
        return []
    weakest = {end: max((near.n for near in ties.get(end, ())), default=0)}  # of the best way on to the end
    for person in sorted(left, key=left.__getitem__)[1:]:
        onward = [near for near in ties[person] if left.get(near.other, limit) == left[person] - 1]
        weakest[person] = max(min(near.n, weakest[near.other]) for near in onward)
    least = weakest[start]
    made: list[Near] = []
    at = start
    while at != end:
        onward = [
            near
            for near in ties[at]
            if left.get(near.other, limit) == left[at] - 1 and near.n >= least and weakest[near.other] >= least
        ]
        step = min(onward, key=lambda near: near.other)
        made.append(step)
        at = step.other
    return made


def _steps_to(ties: Ties, start: int, end: int, limit: int) -> dict[int, int]:
    """How many steps people are from the end, as far out as the start, at most ``limit``."""
    found, ring = {end: 0}, [end]
    for steps in range(1, limit + 1):
        if start in found or not ring:
            break
        after: list[int] = []
        for person in ring:
            for near in ties.get(person, ()):
                if near.other not in found:
                    found[near.other] = steps
                    after.append(near.other)
        ring = after
    return found
