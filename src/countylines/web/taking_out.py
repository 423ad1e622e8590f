"""What would take somebody out: the fewest records without which they would weigh too little (METHOD 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countylines.report.explain import Connection

NODES = 500  # branches looked at; a number, not seconds, so that the answer doesn't depend on the machine
SMALL = 1e-9
SCALE = 10_000  # weights as whole numbers, far above the solver's tolerance; weights have four decimals at most
TIE = 1e-6  # among equally few records those that come first by id


@dataclass(frozen=True)
class TakingOut:
    """The fewest records.

    Attributes:
        record_ids: sorted; without them p is below the keep weight.
        proven: no fewer would do; otherwise fewer might.
    """

    record_ids: tuple[str, ...]
    proven: bool


def fewest(connections: Sequence[Connection], groups: Mapping[str, Sequence[str]], keep: float) -> TakingOut | None:
    """The fewest records whose removal brings every connection below the keep weight, under the rule of the strongest.

    An integer program, solved by HiGHS. Variables: x(r), record r removed; y(i, g), group g still in connection i.
    y(i, g) >= 1 - x(r) for each record r of i that has g; sum over g of weight(g) y(i, g) < keep.

    Args:
        connections: of the person; those below the keep weight don't matter.
        groups: the groups of words that count in each record.
        keep: the keep weight.

    Returns:
        None if no connection reaches the keep weight: nothing has to go.

    Example:
        >>> ann = Connection("ann", 0.5, {"DRUGS LINE": 0.4, "OTHER": 0.1}, ("a", "b", "c"))
        >>> bob = Connection("bob", 1.0, {"COUNTY LINE": 1.0}, ("d",))
        >>> said = {"a": ("DRUGS LINE",), "b": ("OTHER",), "c": ("DRUGS LINE",), "d": ("COUNTY LINE",)}
        >>> fewest([ann, bob], said, 0.5)
        TakingOut(record_ids=('b', 'd'), proven=True)
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # here, so that the dashboard starts without it

    strong = [each for each in connections if each.c >= keep - SMALL]
    records = sorted({record for each in strong for record in each.record_ids})
    if not records:
        return None
    place = {record: i for i, record in enumerate(records)}
    left = {(i, group): len(records) + k for k, (i, group) in enumerate(_pairs(strong))}
    rows = [
        ((left[i, group], 1.0), (place[record], 1.0))
        for i, each in enumerate(strong)
        for record in each.record_ids
        for group in groups.get(record, ())
        if (i, group) in left
    ]
    total = len(records) + len(left)
    limits = [LinearConstraint(_matrix(rows, total), 1.0, np.inf)] if rows else []
    weight = [
        [(left[i, group], value * SCALE) for group, value in each.groups.items()] for i, each in enumerate(strong)
    ]
    limits.append(LinearConstraint(_matrix(weight, total), -np.inf, keep * SCALE - 1))
    cost = np.concatenate((1 + TIE * np.arange(len(records)), np.zeros(len(left))))
    whole = np.ones(total)
    found = milp(cost, integrality=whole, bounds=Bounds(0, 1), constraints=limits, options={"node_limit": NODES})
    if found.x is None:
        return TakingOut(tuple(records), False)
    return TakingOut(tuple(records[i] for i in np.flatnonzero(found.x[: len(records)] > 0.5)), found.status == 0)


def _pairs(connections: Sequence[Connection]) -> list[tuple[int, str]]:
    return [(i, group) for i, each in enumerate(connections) for group in each.groups]


def _matrix(rows: Sequence[Sequence[tuple[int, float]]], width: int) -> Any:
    from scipy.sparse import coo_array

    places = [(r, column, value) for r, row in enumerate(rows) for column, value in row]
    row, column, value = zip(*places, strict=True)
    return coo_array((value, (row, column)), shape=(len(rows), width)).tocsr()
