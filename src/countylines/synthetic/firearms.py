"""Firearms: crimes of a few crews and of a few others that are written anew as crimes with a firearm.

Only ordinary crimes without search words are taken, so that nobody's place in a network changes by them; they keep
their number, date, people and outcome.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.columns import Filed
from countylines.synthetic.crews import GROWN, PLAIN, Line
from countylines.synthetic.data import load, scenes
from countylines.synthetic.template import Nodes, parse
from countylines.tables import OFFENDER_ROLES, ROLES

SCENE = "firearm"  # what the truth table calls them
CREWS = 0.4  # share of lines with such crimes, where somebody of theirs has a crime to be taken
MOST = 3  # such crimes a line
OTHERS = 0.03  # share of the ordinary weapon crimes


@dataclass(frozen=True)
class Firearms:
    """Crimes with a firearm.

    Attributes:
        rows: their places among the records, ascending.
        offence: the Home Office class of each.
        lines: the lines whose people have one.
    """

    rows: NDArray[np.int64]
    offence: Sequence[str]
    lines: frozenset[int]

    def part(self, start: int, stop: int) -> tuple[NDArray[np.int64], list[str]]:
        """Those from ``start`` to before ``stop``: places counted from ``start``, and offences."""
        low, high = np.searchsorted(self.rows, [start, stop])
        return self.rows[low:high] - start, list(self.offence[low:high])


@cache
def texts() -> list[Nodes]:
    """What such crimes say."""
    return [parse(text) for text in load("firearms.yaml")["texts"]]


def arm(rng: np.random.Generator, lines: Sequence[Line], filed: Filed) -> Firearms:
    """Choose the crimes."""
    events = filed.events
    offender = np.isin(events.role[:, 0], [ROLES.index(role) for role in OFFENDER_ROLES])
    free = filed.used & (events.words == 0) & (events.planned == 0) & offender
    theirs = np.isin(events.cast[:, 0], [m.person for line in lines for m in line.members])
    quarrels = np.flatnonzero(free & theirs & (events.scene == scenes()["public_order"].number))
    chosen: list[int] = []
    armed: list[int] = []
    wanted = math.ceil(CREWS * len(lines))
    for number in rng.permutation(len(lines)).tolist():
        grown = [m.person for m in lines[number].members if m.role in GROWN and m.link == PLAIN]
        own = quarrels[np.isin(events.cast[quarrels, 0], grown)]
        if len(armed) < wanted and len(own):
            chosen += rng.permutation(own)[: int(rng.integers(1, MOST + 1))].tolist()
            armed.append(number)
    weapons = np.flatnonzero(free & (events.scene == scenes()["weapon"].number))
    chosen += weapons[rng.random(len(weapons)) < OTHERS].tolist()
    rows = np.unique(np.array(chosen, np.int64))
    codes = list(load("firearms.yaml")["offences"])
    offence = [codes[i] for i in rng.integers(0, len(codes), len(rows)).tolist()]
    return Firearms(rows, offence, frozenset(armed))
