"""Ids and names of groups: kept from an earlier run where the people are mostly the same, new numbers for the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from countylines.errors import InputError
from countylines.graph import Floats
from countylines.sums import EDGE

LEAST_JACCARD = 0.3
TOLERANCE = EDGE  # within which two matchings are equally good, too

Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A group of an earlier run: its id, its name and who was in it."""

    group_id: str
    name: str
    members: Members

    @property
    def number(self) -> int:
        """The number in its id.

        Raises:
            InputError: the id isn't G and a number.
        """
        if not (found := re.fullmatch(r"G([0-9]+)", self.group_id)):
            raise InputError(f"{self.group_id!r} is not a group id", "give a run of this program", field="group_id")
        return int(found[1])


def name_groups(
    groups: Sequence[Members], earlier: Sequence[Earlier] = (), last_number: int = 0
) -> list[tuple[str, str]]:
    """The id and name of each group.

    A group keeps the id and name of the earlier group it is matched with. The others are numbered after the highest
    earlier number, by size, the largest first, then by lowest nominal_id.

    Args:
        groups: the members of each group; no two groups share a person.
        earlier: the groups of the earlier run; no two share a person.
        last_number: the highest number that any run has given, where known: it may be higher than those in ``earlier``.

    Raises:
        InputError: an earlier group's id is not G and a number.

    Example:
        >>> name_groups([frozenset({"ann", "bob"}), frozenset({"cat", "dan", "eve"})])
        [('G0002', '2 Osprey'), ('G0001', '1 Lapwing')]
        >>> earlier = [Earlier("G0005", "5 Waxwing", frozenset({"cat"}))]
        >>> name_groups([frozenset({"ann", "bob"}), frozenset({"cat"})], earlier)
        [('G0006', '6 Gannet'), ('G0005', '5 Waxwing')]
    """
    before = sorted(earlier, key=lambda group: group.number)
    kept = {new: before[old] for old, new in match([group.members for group in before], groups)}
    fresh = sorted((i for i in range(len(groups)) if i not in kept), key=lambda i: (-len(groups[i]), min(groups[i])))
    first = max([last_number, *(group.number for group in before)]) + 1
    named = {i: (f"G{number:04d}", word(number)) for number, i in enumerate(fresh, start=first)}
    named |= {new: (old.group_id, old.name) for new, old in kept.items()}
    return [named[i] for i in range(len(groups))]


def match(earlier: Sequence[Members], groups: Sequence[Members]) -> list[tuple[int, int]]:
    """Pair earlier groups with new ones so that the sum of their Jaccard indices is greatest; none below 0.3 counts.

    Of several such matchings: each earlier group in order takes the new group with the lowest nominal_id that some best
    matching, given the choices before it, lets it have [choice].

    Args:
        earlier: the members of each earlier group, in order of its number.
        groups: the members of each new group, in any order.

    Returns:
        Pairs of an earlier and a new group's index, sorted.
    """
    order = sorted(range(len(groups)), key=lambda i: min(groups[i]))
    owner = {person: i for i, members in enumerate(earlier) for person in members}
    weight: dict[tuple[int, int], float] = {}
    for column, i in enumerate(order):
        for row, shared in Counter(owner[person] for person in groups[i] if person in owner).items():
            jaccard = shared / (len(earlier[row]) + len(groups[i]) - shared)
            if jaccard >= LEAST_JACCARD - TOLERANCE:
                weight[row, column] = jaccard
    pairs = (pair for block in _blocks(weight) for pair in _first_best({pair: weight[pair] for pair in block}))
    return sorted((row, order[column]) for row, column in pairs)


def _blocks(weight: dict[tuple[int, int], float]) -> Iterator[list[tuple[int, int]]]:
    """The pairs sorted into sets that share no row and no column: each can be matched alone."""
    if not weight:
        return
    rows, columns = np.array(sorted(weight)).T
    shift = int(rows.max()) + 1
    size = shift + int(columns.max()) + 1
    label = connected_components(coo_array((np.ones(len(rows)), (rows, columns + shift)), (size, size)), False)[1]
    blocks: dict[int, list[tuple[int, int]]] = {}
    for pair in sorted(weight):
        blocks.setdefault(int(label[pair[0]]), []).append(pair)
    yield from blocks.values()


def _first_best(weight: dict[tuple[int, int], float]) -> Iterator[tuple[int, int]]:
    """A matching of the greatest total weight; of several, the one the rows choose in order."""
    if len(weight) == 1:
        yield from weight
        return
    rows, columns = (sorted({pair[end] for pair in weight}) for end in (0, 1))
    matrix = np.zeros((len(rows), len(columns)))
    for (row, column), value in weight.items():
        matrix[rows.index(row), columns.index(column)] = value
    greatest = _total(matrix)
    for i, j in np.argwhere(matrix > 0).tolist():  # row by row, each row's columns in order
        taken = matrix[i, j]
        if taken == 0:  # its row or column is settled
            continue
        rest = matrix.copy()
        rest[i, :] = rest[:, j] = 0
        if taken + _total(rest) >= greatest - TOLERANCE:
            yield rows[i], columns[j]
            matrix, greatest = rest, greatest - taken


def _total(matrix: Floats) -> float:
    """The greatest total weight of a matching."""
    return float(matrix[linear_sum_assignment(matrix, maximize=True)].sum())


def word(number: int) -> str:
    """The name of the group of this number: the number, a bird and, after the first round of the list, the round.

    Example:
        >>> word(1), word(len(birds()) + 1) == f"{len(birds()) + 1} Lapwing 2"
        ('1 Lapwing', True)
    """
    rounds, place = divmod(number - 1, len(birds()))
    return f"{number} {birds()[place]}" + (f" {rounds + 1}" if rounds else "")


@cache
def birds() -> tuple[str, ...]:
    """The shipped words: short, distinct names of birds, none with a second meaning in drugs, crime or people."""
    return tuple(files("countylines.partition").joinpath("words.txt").read_text(encoding="utf-8").split())
