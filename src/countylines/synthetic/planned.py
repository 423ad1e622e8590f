"""Events planned one by one: those of the lines, and the decoys beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countylines.synthetic.data import scenes
from countylines.synthetic.events import CAST, Events, blank
from countylines.tables import ROLES

Part = tuple[int, str]  # a person and their role

NO_DECOY = ""
DECOYS = (NO_DECOY, "training", "news", "rumour", "negation", "local dealer", "tip", "cuckooing without a line")


class Planned:
    """A list of planned events that becomes rows.

    Attributes:
        crowd: people beyond a row's cast: row, person, role.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[str, Sequence[Part], int, int, int, bool, str, int]] = []
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
        self.rows.append((scene, cast[:CAST], when, line, words, about, decoy, aside))
        return len(self.rows) - 1

    def mark(self, row: int, words: int) -> None:
        """Let the event's text carry these word groups, too."""
        scene, cast, when, line, before, about, decoy, aside = self.rows[row]
        self.rows[row] = (scene, cast, when, line, before | words, about, decoy, aside)

    def carried(self, word: int, line: bool = False) -> int:
        """How many used events (with ``line``: of lines) carry a word group already."""
        return sum(1 for row in self.rows if row[4] & word and not row[7] and (row[3] >= 0 or not line))

    def events(self) -> Events:
        """The planned events as rows."""
        events = blank(len(self.rows))
        known = scenes()
        for i, (scene, cast, when, line, words, about, decoy, aside) in enumerate(self.rows):
            events.scene[i] = known[scene].number
            for place, (person, role) in enumerate(cast):
                events.cast[i, place] = person
                events.role[i, place] = ROLES.index(role)
            events.when[i], events.line[i], events.words[i] = when, line, words
            events.about[i], events.decoy[i], events.aside[i] = about, DECOYS.index(decoy), aside
        events.planned[:] = 1
        return events


def some_minute(rng: np.random.Generator, low: int, high: int) -> int:
    """A minute between two, most often in the afternoon and evening."""
    minute = int(rng.integers(low, max(high, low + 1)))
    return minute - minute % 1440 + int((rng.beta(3, 1.6) * 1440) % 1440)
