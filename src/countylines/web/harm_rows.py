"""The crimes that a figure of harm is the sum of, each with its weight, and those that don't count, with why not."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from countylines.rank.harm import COUNTED
from countylines.rank.harm.standing import CANCELLED, DIVERTED, NFA, STANDINGS
from countylines.rank.harm.weights import CODES
from countylines.sums import NANO
from countylines.tables import CONNECTING_ROLES, OFFENDER_ROLES
from countylines.web.crimes import crimes, titled, weights
from countylines.web.outcomes import outcome
from countylines.web.reader import Reader

Row = Mapping[str, Any]
WHICH: Mapping[str, str] = {
    "": "All three",
    "convicted": "Convicted",
    "charged": "Charged",
    "suspected": "Suspected",
    "reported": "Reported only",
    "proactive": "Found by the police",
    "unknown": "Not known which",
    "unweighed": "No weight",
}
"""The figures of one window: all crimes that count, those of a standing, of a detection, or without a weight."""
CAME = {"reported": "Reported", "proactive": "Found by the police", "unknown": "Not known"}
DETECTIONS: Mapping[str, str] = {
    "reported": "reported by a victim or witness",
    "proactive": "found by the police",
    "unknown": "not known how it came to light",
}
APART: Mapping[str, str] = {
    CANCELLED: "Cancelled: no crime, or recorded twice",
    DIVERTED: "Diverted: never counts as harm",
    NFA: "No further action: counted apart",
}
OUTSIDE = "Outside these months"
NO_CODE = "No offence code: its weight is unknown"
VICTIMS = tuple(role for role in CONNECTING_ROLES if role not in OFFENDER_ROLES)


@dataclass(frozen=True)
class Crime:
    """One crime of a person or group.

    Attributes:
        roles: who is in it as an offender, and as what; in crimes that don't name one, who is in it.
        standing: how far it went against them; empty = nobody is an offender in it.
        outcome: its code, and what that says.
        weight: by the index asked for; None = it has none.
        ambiguous: the codes leave several weights, and the lowest is taken.
    """

    record_id: str
    date: dt.date | None
    offence: str
    roles: Mapping[str, Sequence[str]]
    standing: str
    as_a_child: bool
    outcome: str
    detection: str
    coded: bool
    weight: float | None
    ambiguous: bool

    @property
    def came(self) -> str:
        """How it came to light, in a word or two."""
        return CAME[self.detection]


@dataclass(frozen=True)
class Asked:
    """A figure of harm: by which index, in which window, of which crimes.

    Attributes:
        window: 12m, all, or a quarter's first day.
        which: of WHICH.
    """

    index: str
    window: str
    which: str

    def since(self, as_of: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last day of the window.

        Example:
            >>> [str(day) for day in Asked("cchi", "12m", "").since(dt.date(2026, 9, 30))]
            ['2025-10-01', '2026-09-30']
            >>> [str(day) for day in Asked("cchi", "2026-04-01", "").since(dt.date(2026, 9, 30))]
            ['2026-04-01', '2026-06-30']
        """
        if self.window == "12m":
            return pl.Series([as_of]).dt.offset_by("-12mo")[0] + dt.timedelta(days=1), as_of
        first = dt.date.fromisoformat(self.window)
        return first, pl.Series([first]).dt.offset_by("3mo")[0] - dt.timedelta(days=1)

    def why_not(self, crime: Crime, as_of: dt.date) -> str:
        """Why a crime isn't in the figure; empty where it is."""
        return _never(crime) or ("" if self._within(crime.date, as_of) else OUTSIDE) or self._not_asked(crime)

    def _within(self, day: dt.date | None, as_of: dt.date) -> bool:
        if self.window == "all":
            return True
        first, last = self.since(as_of)
        return day is not None and first <= day <= last

    def _not_asked(self, crime: Crime) -> str:
        if self.which in COUNTED and crime.standing != self.which:
            return f"Stands as {crime.standing}"
        if self.which in DETECTIONS and crime.detection != self.which:
            return f"Counts, but {DETECTIONS[crime.detection]}"
        if not crime.coded:
            return NO_CODE
        return "Has a weight" if self.which == "unweighed" and crime.weight is not None else ""


@dataclass(frozen=True)
class Behind:
    """What stands behind a figure.

    Attributes:
        counted: the crimes in it, the heaviest first, then the latest.
        apart: the others by why they aren't in it, the latest first.
        edition: of the index's weights.
    """

    counted: Sequence[Crime]
    apart: Mapping[str, Sequence[Crime]]
    edition: str

    @property
    def unknown(self) -> bool:
        """Whether the only crimes that would count have no code: their harm is unknown, and not 0."""
        return not self.counted and NO_CODE in self.apart


def asked(reader: Reader, index: str, window: str, which: str) -> Asked:
    """What an address asks for; what it leaves out, or isn't there, is the run's own index, all time, all three."""
    try:
        day = dt.date.fromisoformat(window)
        known = day.day == 1 and day.month in (1, 4, 7, 10)
    except ValueError:
        known = window == "12m"
    return Asked(
        index if index in ("cchi", "ons_css") else str(reader.settings["harm"]["harm_index"]),
        window if known else "all",
        which if which in WHICH else "",
    )


def total(found: Iterable[Crime]) -> float | None:
    """The sum of weights, in days, as the engine adds them; None = there are crimes, and none has a weight."""
    every = [crime.weight for crime in found]
    known = [round(weight * NANO) for weight in every if weight is not None]
    return None if every and not known else sum(known) / NANO


def behind(reader: Reader, people: Sequence[str], figure: Asked, *, group: bool) -> Behind:
    """The crimes of a person, or of a group's members: those in a figure, and the others.

    A crime that members of a group share is there once, with the most serious standing among them; theirs as children
    are the group's (METHOD 5).
    """
    rows = crimes(reader).filter(pl.col("nominal_id").is_in(list(people)))
    found = [*_offending(reader, rows, figure.index, group), *_others(reader, people, rows)]
    latest = sorted(found, key=lambda crime: (crime.date or dt.date.min, crime.record_id), reverse=True)
    counted, apart = [], defaultdict(list)
    for crime in latest:
        if why := figure.why_not(crime, reader.as_of):
            apart[why].append(crime)
        else:
            counted.append(crime)
    editions = weights(reader, figure.index)["edition"].unique().to_list()
    ordered = sorted(counted, key=lambda crime: -(crime.weight or 0.0))
    return Behind(ordered, dict(sorted(apart.items())), ", ".join(sorted(editions)))


def _never(crime: Crime) -> str:
    """Why a crime is in no figure at all; empty where it is in one."""
    if not crime.standing:
        return "Not an offender in it: a victim, or named otherwise"
    if crime.as_a_child and crime.standing != CANCELLED:
        return "Under 18 on the day: no harm of theirs"
    return APART.get(crime.standing, "")


def _offending(reader: Reader, rows: pl.DataFrame, index: str, group: bool) -> Iterable[Crime]:
    weighed = rows.join(weights(reader, index), on=CODES, how="left", nulls_equal=True)
    own: dict[str, list[Row]] = defaultdict(list)
    for row in weighed.iter_rows(named=True):
        own[row["record_id"]].append(row)
    for each in own.values():
        first = min(each, key=lambda row: STANDINGS.index(row["standing"]))
        yield replace(
            _crime(first),
            roles={row["nominal_id"]: row["roles"] for row in each},
            standing=first["standing"],
            as_a_child=first["as_a_child"] and not group,
            coded=first["coded"],
            weight=first["weight"],
            ambiguous=bool(first["ambiguous"]),
        )


def _others(reader: Reader, people: Sequence[str], rows: pl.DataFrame) -> Iterable[Crime]:
    """Crimes in which none of these people is an offender."""
    marks = ", ".join("?" * len(VICTIMS))
    found = reader.index.among(
        "SELECT i.nominal_id, i.role, r.* FROM involvements i JOIN records r ON r.record_id = i.record_id"
        f" WHERE i.nominal_id IN ({{ids}}) AND r.source = 'crime' AND i.role IN ({marks})",
        people,
        *VICTIMS,
    )
    theirs = set(rows["record_id"])
    roles: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    facts: dict[str, Row] = {}
    for row in found:
        if row["record_id"] not in theirs:
            facts[row["record_id"]] = row
            roles[row["record_id"]][row["nominal_id"]].append(row["role"])
    for record, fact in facts.items():
        day = (fact["recorded"] or fact["occurred"] or "")[:10]
        known = {**fact, "date": dt.date.fromisoformat(day) if day else None, "ruling": None}
        yield replace(_crime(known), roles={person: sorted(own) for person, own in roles[record].items()})


def _crime(row: Row) -> Crime:
    ruling = f" ({row['ruling']})" if row["ruling"] else ""
    found = row["proactive"]
    detection = "unknown" if found is None else "proactive" if found else "reported"
    return Crime(
        row["record_id"], row["date"], titled(*(row[code] for code in CODES)), {}, "", False,
        f"{outcome(row['outcome_code'] or 'none', 'crime')}{ruling}", detection, False, None, False,
    )  # fmt: skip
