"""Children of lines who are missing on the last day: the last reports of missing children are about them instead.

The reports keep their number, time and words; who is missing, and who of their family is there, is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from countylines.synthetic.clock import DAY_MINUTES, END_DAY, LAST, YEAR
from countylines.synthetic.columns import Filed
from countylines.synthetic.crews import WITH_HOLDER, WITH_OTHERS, Line
from countylines.synthetic.data import scenes
from countylines.synthetic.events import NOBODY, drop_repeats, take
from countylines.synthetic.life import relate
from countylines.synthetic.people import People

SHARE, LEAST = 0.15, 2  # of the children whom a line uses on the last day
LONGEST = 14 * DAY_MINUTES  # minutes since the report
REPORTS = ("missing_child", "missing_care", "missing_repeat")
IN_CARE = ("missing_care", "missing_repeat")


def still_missing(rng: np.random.Generator, people: People, lines: Sequence[Line], filed: Filed) -> NDArray[np.int64]:
    """Put children of lines into the last reports; a child whom a home reports is in care.

    Returns:
        The places of these reports among the records, ascending; the children stay missing.
    """
    events = filed.events
    used = [m for line in lines for m in line.members if m.child and m.link in (WITH_HOLDER, WITH_OTHERS)]
    used = [m for m in used if m.end >= END_DAY and END_DAY - people.born[m.person] < 18 * YEAR]
    numbers = [scenes()[name].number for name in REPORTS]
    theirs = np.isin(events.cast[:, 0], [m.person for line in lines for m in line.members])
    late = (
        filed.used & (events.planned == 0) & np.isin(events.scene, numbers) & (events.when > LAST - LONGEST) & ~theirs
    )
    rows = np.flatnonzero(late)
    wanted = min(len(used), len(rows), max(LEAST, round(SHARE * len(used))))
    rows = np.sort(rows[np.argsort(events.when[rows], kind="stable")][len(rows) - wanted :])
    chosen = np.array([used[i].person for i in rng.permutation(len(used))[:wanted]], np.int32)
    _recast(rng, people, filed, rows, chosen)
    return rows


def _recast(
    rng: np.random.Generator, people: People, filed: Filed, rows: NDArray[np.int64], chosen: NDArray[np.int32]
) -> None:
    """The first of each cast is the child; relatives are the child's, where there are such."""
    part = take(filed.events, rows)
    part.cast[:, 0] = chosen
    for scene in scenes().values():
        mine = part.scene == scene.number
        for place, actor in enumerate(scene.cast):
            there = mine & (part.cast[:, place] != NOBODY)
            if place and actor.relation:
                relatives = relate(rng, people, actor.relation[0], part.cast[:, actor.relation[1]])
                part.cast[there, place] = relatives[there]
    drop_repeats(part)
    filed.events.cast[rows] = part.cast
    in_care = np.isin(part.scene, [scenes()[name].number for name in IN_CARE])
    people.care[chosen[in_care]] = 1
