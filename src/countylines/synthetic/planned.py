"""Events planned one by one: those of the lines, and the decoys beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from countylines.synthetic.data import scenes
from countylines.synthetic.events import CAST, Events, blank
from countylines.tables import ROLES

Part = tuple[int, str]  # a person and their role

NO_DECOY = ""
DECOYS = (NO_DECOY, "training", "news", "rumour", "negation", "local dealer", "tip", "cuckooing without a line")


class Row(NamedTuple):
    """One planned event; its fields as in :class:`countylines.synthetic.events.Events`."""

    scene: str
    cast: Sequence[Part]
    when: int
    line: int
    words: int
    about: bool
    decoy: str
    aside: int


class Planned:
    """A list of planned events that becomes rows.

    Attributes:
        crowd: people beyond a row's cast: row, person, role.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.crowd: list[tuple[int, int, str]] = []

    def add(
        self,
        scene: str,
        cast: Sequence[Part],
        when: int,
        *,
        line: int = -1,
        words: int = 0,
        about: bool = False,
        decoy: str = NO_DECOY,
        aside: int = 0,
    ) -> int:
        """Plan one event; the number of its row."""
        self.crowd += [(len(self.rows), person, role) for person, role in cast[CAST:]]
        self.rows.append(Row(scene, cast[:CAST], when, line, words, about, decoy, aside))
        return len(self.rows) - 1

    def mark(self, row: int, words: int) -> None:
        """Let the event's text carry these word groups, too."""
        self.rows[row] = self.rows[row]._replace(words=self.rows[row].words | words)

    def carried(self, word: int, line: bool = False) -> int:
        """How many used events (with ``line``: of lines) carry a word group already."""
        return sum(bool(row.words & word) and not row.aside and (row.line >= 0 or not line) for row in self.rows)

    def events(self) -> Events:
        """The planned events as rows."""
        events = blank(len(self.rows))
        known = scenes()
        for i, row in enumerate(self.rows):
            events.scene[i] = known[row.scene].number
            for place, (person, role) in enumerate(row.cast):
                events.cast[i, place] = person
                events.role[i, place] = ROLES.index(role)
            events.when[i], events.line[i], events.words[i] = row.when, row.line, row.words
            events.about[i], events.decoy[i], events.aside[i] = row.about, DECOYS.index(row.decoy), row.aside
        events.planned[:] = 1
        return events


def some_minute(rng: np.random.Generator, low: int, high: int) -> int:
    """A minute between two, most often in the afternoon and evening."""
    minute = int(rng.integers(low, max(high, low + 1)))
    return minute - minute % 1440 + int((rng.beta(3, 1.6) * 1440) % 1440)
