"""Events: what happened, to whom, when. One array a column, so that five million fit in memory and draw fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

CAST = 6  # people of an event that stand in its own row; the few beyond are in Planned.crowd
NOBODY = -1


@dataclass
class Events:
    """Rows of events.

    Attributes:
        scene: number of the scene.
        cast: people, in the order in which texts name them; -1 = nobody. Shape (rows, CAST).
        role: index into ROLES for each of them. Shape (rows, CAST).
        line: index of the line the record is about, -1 = none.
        when: minute it happened.
        words: word groups the text must carry, as bits of scale.BIT.
        aside: 0 used, 1 restricted, 2 suspected false.
        planned: 1 where the words were planned with the event, 0 where quotas may add some.
        about: 1 where the event is county-lines activity: the truth.
        decoy: number of the scene-like reason why it looks like a line and isn't; see decoys.KINDS; 0 = none.
    """

    scene: NDArray[np.int16]
    cast: NDArray[np.int32]
    role: NDArray[np.int8]
    line: NDArray[np.int16]
    when: NDArray[np.int32]
    words: NDArray[np.uint16]
    aside: NDArray[np.int8]
    planned: NDArray[np.int8]
    about: NDArray[np.int8]
    decoy: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.scene)


def blank(rows: int) -> Events:
    """Rows of events with nobody in them."""
    return Events(
        scene=np.zeros(rows, np.int16),
        cast=np.full((rows, CAST), NOBODY, np.int32),
        role=np.zeros((rows, CAST), np.int8),
        line=np.full(rows, -1, np.int16),
        when=np.zeros(rows, np.int32),
        words=np.zeros(rows, np.uint16),
        aside=np.zeros(rows, np.int8),
        planned=np.zeros(rows, np.int8),
        about=np.zeros(rows, np.int8),
        decoy=np.zeros(rows, np.int8),
    )


def join(parts: Sequence[Events]) -> Events:
    """All rows, one part after the other."""
    return Events(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Events)))


def take(events: Events, rows: NDArray[np.int64]) -> Events:
    """Those rows, in that order."""
    return Events(*(getattr(events, f.name)[rows] for f in fields(Events)))


def drop_repeats(events: Events) -> None:
    """Nobody stands twice in one event's cast: the later place becomes empty."""
    for later in range(1, CAST):
        for earlier in range(later):
            same = (events.cast[:, later] == events.cast[:, earlier]) & (events.cast[:, later] != NOBODY)
            events.cast[same, later] = NOBODY
