"""The columns of records besides their text: ids, dates, offences, outcomes, gradings, flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from countylines.synthetic.clock import DAY_MINUTES, LAST, SINCE_MINUTE, START_DAY
from countylines.synthetic.crews import Line
from countylines.synthetic.data import load, scenes, words
from countylines.synthetic.events import NOBODY, Events, take
from countylines.synthetic.people import People
from countylines.tables import ROLES, SOURCES

LETTER = {"crime": "C", "intelligence": "I", "custody": "D", "prison": "R", "missing": "M"}
RESTRICTED, SUSPECTED_FALSE = 1, 2
LATE_2016 = 800 * DAY_MINUTES  # 5x5x5 before, 3x5x2 from then on


@dataclass(frozen=True)
class Filed:
    """Events in the order in which they were recorded.

    Attributes:
        events: the events, sorted.
        recorded: minute each was recorded.
        number: its number within its system.
        place: for every row before sorting, its place now.
    """

    events: Events
    recorded: NDArray[np.int32]
    number: NDArray[np.int32]
    place: NDArray[np.int64]

    def part(self, rows: NDArray[np.int64]) -> Filed:
        """Some of them."""
        return Filed(take(self.events, rows), self.recorded[rows], self.number[rows], self.place[rows])

    @property
    def used(self) -> NDArray[np.bool_]:
        """Records that no rule sets aside."""
        used: NDArray[np.bool_] = (self.events.aside == 0) & (self.recorded >= SINCE_MINUTE)
        return used


def file_events(rng: np.random.Generator, events: Events) -> Filed:
    """Record every event a little after it happened, and sort; the last one at the last minute."""
    n = len(events)
    lag = rng.exponential(np.where(rng.random(n) < 0.8, 300, 4000), n)
    recorded = np.minimum(events.when + lag.astype(np.int64), LAST).astype(np.int32)
    order = np.argsort(recorded, kind="stable")
    recorded = recorded[order]
    recorded[-1] = LAST
    events = take(events, order)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    source = source_of(events)
    number = np.empty(n, np.int32)
    for i in range(len(SOURCES)):
        mine = source == i
        number[mine] = np.arange(1, np.count_nonzero(mine) + 1)
    _set_aside(rng, events, source)
    return Filed(events, recorded, number, place)


def _set_aside(rng: np.random.Generator, events: Events, source: NDArray[np.int8]) -> None:
    luck = rng.random(len(events))
    intelligence = source == SOURCES.index("intelligence")
    free = events.planned == 0
    events.aside[free & (luck < 0.002)] = RESTRICTED
    events.aside[free & intelligence & (luck > 0.994)] = SUSPECTED_FALSE
    events.aside[~intelligence & (events.aside == SUSPECTED_FALSE)] = RESTRICTED  # only intelligence is graded


def source_of(events: Events) -> NDArray[np.int8]:
    """Index into SOURCES for each event."""
    return np.array([SOURCES.index(scene.source) for scene in scenes().values()], np.int8)[events.scene]


def record_ids(source: NDArray[np.int8], number: NDArray[np.int32]) -> pa.Array:
    """Ids as source:native id."""
    prefix = [f"{name}:{LETTER[name]}" for name in SOURCES]
    return pa.array([f"{prefix[s]}{n:08d}" for s, n in zip(source.tolist(), number.tolist(), strict=True)])


def moments(minutes: NDArray[np.int32]) -> pa.Array:
    """Minutes since the start as moments."""
    since = (np.int64(START_DAY) * DAY_MINUTES + minutes.astype(np.int64)) * 60_000_000
    return pa.array(since, pa.timestamp("us"))


def days(values: NDArray[np.int32], known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Days since 1970-01-01 as dates; unknown ones empty."""
    return pa.array(values.astype(np.int32), pa.int32(), mask=None if known is None else ~known).cast(pa.date32())


def other_columns(
    rng: np.random.Generator, filed: Filed, source: NDArray[np.int8], people: People, lines: Sequence[Line]
) -> dict[str, pa.Array]:
    """Offence, outcome, proactive, area, grading, restricted and marker of each record."""
    events = filed.events
    offence, cjs = _offences(rng, events)
    return {
        "offence_code": offence,
        "cjs_code": cjs,
        "outcome_code": _outcomes(rng, events, source),
        "proactive": _proactive(rng, events, source),
        "area": _areas(rng, events, people, lines),
        "grading": _gradings(rng, events, filed.recorded, source),
        "restricted": pa.array(events.aside == RESTRICTED),
        "marker": pa.array((events.about == 1) & (rng.random(len(events)) < 0.3) | (rng.random(len(events)) < 0.0002)),
    }


def _areas(rng: np.random.Generator, events: Events, people: People, lines: Sequence[Line]) -> pa.Array:
    """A line's records lie in its areas, a few where it comes from; others mostly where the first person lives."""
    names, n = words(), len(events)
    first = events.cast[:, 0]
    near = (first != NOBODY) & (rng.random(n) < 0.6)
    area = np.where(near, people.area[first], rng.integers(0, len(names["area"]), n)).astype(np.int64)
    places = np.array([[line.areas[i % len(line.areas)] for i in range(3)] for line in lines])
    of_line = places[events.line, rng.integers(0, 3, n)]
    origin = len(names["area"]) + np.array([line.origin for line in lines])[events.line]
    area = np.where(events.line >= 0, np.where(rng.random(n) < 0.1, origin, of_line), area)
    return pa.array(names["area"] + names["outside"]).take(pa.array(area, mask=rng.random(n) < 0.03))


def _offences(rng: np.random.Generator, events: Events) -> tuple[pa.Array, pa.Array]:
    known: Mapping[str, Mapping[str, str]] = load("offences.yaml")
    codes = list(known)
    chosen = np.full(len(events), -1, np.int64)
    for scene in scenes().values():
        if scene.offences:
            mine = np.flatnonzero(events.scene == scene.number)
            each = np.array([codes.index(code) for code in scene.offences])
            chosen[mine] = each[rng.integers(0, len(each), len(mine))]
    index = pa.array(chosen, mask=chosen < 0)
    return pa.array(codes).take(index), pa.array([known[code].get("cjs") for code in codes], pa.string()).take(index)


def _outcomes(rng: np.random.Generator, events: Events, source: NDArray[np.int8]) -> pa.Array:
    """Home Office outcomes: 1 charged, 18 no suspect; with a suspect one of several, or none yet."""
    here = events.cast != NOBODY

    def any_role(*roles: str) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (here & np.isin(events.role, [ROLES.index(role) for role in roles])).any(axis=1)
        return found

    open_ones = rng.choice(
        np.array(["14", "15", "16", "8", "3", "22", ""]), len(events), p=[0.15, 0.3, 0.2, 0.1, 0.05, 0.05, 0.15]
    )
    outcome = np.where(any_role("suspect", "arrested"), open_ones, "18")
    outcome = np.where(any_role("charged", "convicted"), "1", outcome)
    empty = (source != SOURCES.index("crime")) | (outcome == "")
    return pa.array(outcome.tolist(), pa.string(), mask=empty)


def _proactive(rng: np.random.Generator, events: Events, source: NDArray[np.int8]) -> pa.Array:
    drugs = np.array([bool(scene.drugs) or scene.name == "weapon" for scene in scenes().values()])[events.scene]
    luck = rng.random(len(events))
    unknown = (source != SOURCES.index("crime")) | (luck > 0.9)
    return pa.array(np.where(drugs, luck < 0.8, luck < 0.02), pa.bool_(), mask=unknown)


def _gradings(
    rng: np.random.Generator, events: Events, recorded: NDArray[np.int32], source: NDArray[np.int8]
) -> pa.Array:
    """Of intelligence: 5x5x5 as B24 at first, then 3x5x2 as 2BP; one suspected false has 5 or E in the middle."""
    false = events.aside == SUSPECTED_FALSE
    n = len(events)
    old_middle = np.where(false, 4, rng.choice(4, n, p=[0.1, 0.35, 0.2, 0.35]))
    new_middle = np.where(false, 4, rng.choice(4, n, p=[0.12, 0.3, 0.18, 0.4]))
    old = [f"{a}{b}{c}" for a in "ABCDE" for b in "12345" for c in "1345"]
    new = [f"{a}{b}{c}" for a in "123" for b in "ABCDE" for c in "PC"]
    listed = pa.array(old + new + [grading[0] + " " + grading[1] + " " + grading[2] for grading in old + new])
    of_old = (rng.choice(5, n, p=[0.15, 0.4, 0.2, 0.05, 0.2]) * 5 + old_middle) * 4 + rng.integers(0, 4, n)
    of_new = len(old) + (rng.choice(3, n, p=[0.35, 0.4, 0.25]) * 5 + new_middle) * 2 + (rng.random(n) < 0.3)
    index = np.where(recorded < LATE_2016, of_old, of_new) + np.where(rng.random(n) < 0.15, len(old) + len(new), 0)
    graded = source == SOURCES.index("intelligence")
    return listed.take(pa.array(index, mask=~graded))
