"""The missing episodes: who was missing when and from where, where and with whom they were found, and what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from countylines.synthetic.clock import DAY_MINUTES, LAST, START_DAY, YEAR, minute_of
from countylines.synthetic.columns import moments
from countylines.synthetic.crews import PLAIN, Line, Member
from countylines.synthetic.data import words
from countylines.synthetic.homes import addresses
from countylines.synthetic.people import People
from countylines.synthetic.prose import put

HOURS_SOON = 60 * 36
RECENT = 3 * DAY_MINUTES  # a return interview is due within 72 hours
AT_HOME, ELSEWHERE = 0.55, 0.9  # where others are found: at home; somewhere in the force; the rest isn't written down
IN_LINE, FROM_LINE, IN_VAIN = 0.55, 0.75, 0.9  # where a line's child is: in its areas; where it comes from; at home
WITH_SELLER, WITH_OLDER = 0.3, 0.5  # with whom a child found there is: a seller of the line; an older man
RISKS = ("low", "medium", "high", "absent")
NEVER_CLOSED = 1 / 300  # share of the episodes that nobody closed though a later one has begun


@dataclass(frozen=True)
class Missing:
    """The missing records with somebody missing.

    Attributes:
        person: who.
        start: the minute from which.
        now: whether they stay missing for certain.
    """

    person: NDArray[np.int32]
    start: NDArray[np.int32]
    now: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)


def episode_columns(
    rng: np.random.Generator, own: np.random.Generator, missing: Missing, people: People, lines: Sequence[Line]
) -> dict[str, pa.Array]:
    """All columns but the ids.

    Args:
        rng: the stream of the extracts, for what happens to everybody.
        own: a stream of its own, for what happens to the children of lines, and for homes.
        missing: who is missing and when.
        people: everybody.
        lines: the lines.
    """
    drawn = _drawn(rng, missing)
    used = _used(missing, lines)
    age = (missing.start // DAY_MINUTES + START_DAY - people.born[missing.person]) / YEAR
    away = drawn.end > LAST
    unclosed = _begun_again(missing) & (own.random(len(missing)) < NEVER_CLOSED)
    there = ~(missing.now | drawn.still | away | unclosed)
    area, found = _found(own, missing, used, people, lines, drawn.area)
    with_whom = _with(own, missing, found & there, used, lines, people, drawn.found_with)
    done = drawn.interview
    lately = pa.array(there & (drawn.end > LAST - RECENT))
    done = pc.if_else(lately, pc.and_(done, pa.array(own.random(len(missing)) < 0.2)), done)
    return {
        "from": moments(missing.start),
        "to": _only(moments(drawn.end), there),
        "risk": _risks(own, missing, used, drawn.risk),
        "missing_from": _homes(own, missing, people, age, drawn.home),
        "found_area": _only(area, there),
        "found_with": _only(with_whom, there),
        "return_interview": _only(done, there),
    }


def _only(column: pa.Array, rows: NDArray[np.bool_]) -> pa.Array:
    """The column, empty in the other rows."""
    return pc.if_else(pa.array(rows), column, pa.scalar(None, column.type))


@dataclass(frozen=True)
class _Drawn:
    """What is drawn for everybody alike, from the stream of the extracts."""

    end: NDArray[np.int32]
    still: NDArray[np.bool_]
    risk: NDArray[np.int64]
    home: pa.Array
    area: pa.Array
    found_with: pa.Array
    interview: pa.Array


def _drawn(rng: np.random.Generator, missing: Missing) -> _Drawn:
    n, names = len(missing), words()
    end = missing.start + rng.exponential(1_400, n).astype(np.int32) + 30
    still = (missing.start > LAST - HOURS_SOON) & (rng.random(n) < 0.5)

    def some(kind: str, share: float) -> pa.Array:
        listed = pa.array(names[kind])
        return listed.take(pa.array(rng.integers(0, len(listed), n), mask=rng.random(n) >= share))

    interviewed = rng.random(n)
    risk = rng.choice(4, n, p=[0.2, 0.55, 0.15, 0.1])
    home, area = some("home", 0.9), some("area", 0.6)
    company = pa.array(["friends", "family", "alone", "older male"])
    found_with = company.take(pa.array(rng.integers(0, 4, n), mask=rng.random(n) < 0.6))
    return _Drawn(
        end, still, risk, home, area, found_with, pa.array(interviewed < 0.5, pa.bool_(), mask=interviewed > 0.8)
    )


def _used(missing: Missing, lines: Sequence[Line]) -> dict[int, Member]:
    """For the episodes of children while a line used them, the child."""
    members = {m.person: m for line in lines for m in line.members if m.child}
    rows = np.flatnonzero(np.isin(missing.person, list(members)))
    theirs = {row: members[int(missing.person[row])] for row in rows.tolist()}
    return {row: m for row, m in theirs.items() if minute_of(m.start) <= missing.start[row] <= minute_of(m.end)}


def _begun_again(missing: Missing) -> NDArray[np.bool_]:
    """Episodes after which another of the same person begins."""
    order = np.lexsort((missing.start, missing.person))
    again = np.zeros(len(missing), bool)
    again[order[:-1]] = missing.person[order[1:]] == missing.person[order[:-1]]
    return again


def _found(
    own: np.random.Generator,
    missing: Missing,
    used: Mapping[int, Member],
    people: People,
    lines: Sequence[Line],
    somewhere: pa.Array,
) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The area, and whether it is one of the line's: in the force where it sells, or where it comes from."""
    luck, pick = own.random(len(missing)), own.integers(0, 1 << 20, len(missing))
    home = pa.array(words()["area"]).take(pa.array(people.area[missing.person]))
    area = pc.if_else(pa.array(luck < AT_HOME), home, _only(somewhere, luck < ELSEWHERE))
    named: list[str | None] = []
    found = np.zeros(len(missing), bool)
    for row, member in used.items():
        line, lives = lines[member.line], int(people.area[member.person])
        sells = [place for place in line.areas if place != lives] or line.areas
        found[row] = luck[row] < FROM_LINE
        if luck[row] < IN_LINE:
            named.append(words()["area"][sells[pick[row] % len(sells)]])
        elif luck[row] < FROM_LINE:
            named.append(words()["outside"][line.origin])
        else:
            named.append(words()["area"][lives] if luck[row] < IN_VAIN else None)
    return put(area, [(np.array(list(used), np.int64), pa.array(named, pa.string()))]), found


def _with(
    own: np.random.Generator,
    missing: Missing,
    found: NDArray[np.bool_],
    used: Mapping[int, Member],
    lines: Sequence[Line],
    people: People,
    others: pa.Array,
) -> pa.Array:
    """Whom they were found with: a seller of the line by their id, or in words."""
    luck, pick = own.random(len(missing)), own.integers(0, 1 << 20, len(missing))
    rows, named = [], []
    for row in np.flatnonzero(found & (luck < WITH_OLDER)).tolist():
        member = used[row]
        day = missing.start[row] // DAY_MINUTES + START_DAY
        grown = [m for m in lines[member.line].members if m.role in ("dealer", "elder") and m.link == PLAIN]
        there = [m.person for m in grown if m.start <= day <= m.end and m.cell in (-1, member.cell)] or [-1]
        seller = there[pick[row] % len(there)]
        rows.append(row)
        named.append(f"N{people.number[seller]:07d}" if luck[row] < WITH_SELLER and seller >= 0 else "older male")
    return put(others, [(np.array(rows, np.int64), pa.array(named, pa.string()))])


def _risks(
    own: np.random.Generator, missing: Missing, used: Mapping[int, Member], others: NDArray[np.int64]
) -> pa.Array:
    """Children of lines are mostly graded medium or high; of those missing now every other one high."""
    risk, theirs = others.copy(), own.choice(4, len(missing), p=[0.05, 0.45, 0.48, 0.02])
    of_line = np.array(list(used), np.int64)
    risk[of_line] = theirs[of_line]
    now = np.flatnonzero(missing.now)
    risk[now] = np.where(np.arange(len(now)) % 2 == 0, RISKS.index("high"), RISKS.index("medium"))
    return pa.array(RISKS).take(pa.array(risk))


def _homes(
    own: np.random.Generator, missing: Missing, people: People, age: NDArray[np.float64], homes: pa.Array
) -> pa.Array:
    """Where they were missing from: their home's name if in care, else mostly their address."""
    luck, names = own.random(len(missing)), words()
    place = own.integers(0, 1 << 20, len(missing))
    schools, wards = pa.array(names["school"]), pa.array(names["hospital"])
    other = pc.if_else(
        pa.array(age < 18),
        schools.take(pa.array(place % len(schools))),
        wards.take(pa.array(place % len(wards))),
    )
    address = addresses(people, missing.person)
    written = pc.if_else(pa.array(luck < 0.75), address, _only(other, luck < 0.92))
    return pc.if_else(pa.array((people.care[missing.person] == 1) & (age < 18)), homes, written)
