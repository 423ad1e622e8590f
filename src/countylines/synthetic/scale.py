"""How many of everything a force of a given size has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

BASE = 1_500_000  # records of the force that the figures below describe

# Records hit by each word group there: both columns of the 2021 paper's term table added up.
HITS: Mapping[str, int] = {
    "CL WORDS": 6,
    "COUNTY LINE": 8_272,
    "CUCKOO": 208,
    "DRUGS LINE": 5_399,
    "MISPER": 25_358,
    "OTHER": 5_075,
    "COCAINE": 69_539,
    "CRACK": 41_749,
    "HEROIN": 38_602,
    "WEED": 38_439,
    "SMACK": 7_352,
    "OTHER DRUG": 23_852,
}
GROUPS = (*HITS, "NEGATED")  # bit i of a record's words: group i; NEGATED is a hit that its sentence denies
BIT: Mapping[str, int] = {name: 1 << i for i, name in enumerate(GROUPS)}
DRUGS = ("COCAINE", "CRACK", "HEROIN", "WEED", "SMACK", "OTHER DRUG")

CREW = {"holder": 1.6, "elder": 2.6, "dealer": 4.8, "runner": 9.0, "cuckooed": 3.0}  # people of a line, on average

LINE_SHARE = 0.79  # of the records that say COUNTY LINE, those about a line and its own people; the rest: see decoys.py
PER_PERSON = 1.7  # such records a person of a line, at least: crews are smaller where they would be fewer


def shares(wanted: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers by largest remainder: they add up to the rounded total, ties go to the earlier name.

    Example:
        >>> shares({"a": 1.5, "b": 0.7, "c": 0.8})
        {'a': 1, 'b': 1, 'c': 1}
    """
    whole = {name: math.floor(value) for name, value in wanted.items()}
    left = round(sum(wanted.values())) - sum(whole.values())
    by_remainder = sorted(wanted, key=lambda name: whole[name] - wanted[name])
    return {name: count + (name in by_remainder[:left]) for name, count in whole.items()}


@dataclass(frozen=True)
class Scale:
    """The size of everything, from the number of records.

    Attributes:
        records: records in all.
        people: people in all.
        lines: county lines.
        crew: factor on a line's people; below 1 where the records are too few to show whole crews.
        hits: records to hit, by word group.
        soc_groups: known serious-organised-crime groups.
    """

    records: int
    people: int
    lines: int
    crew: float
    hits: Mapping[str, int]
    soc_groups: int

    @property
    def line_records(self) -> int:
        """Records that say COUNTY LINE and are about a line and its own people."""
        return round(LINE_SHARE * self.hits["COUNTY LINE"])


def scale(records: int) -> Scale:
    """The scale of a force of so many records.

    Example:
        >>> scale(1_500_000).lines, scale(1_500_000).hits == HITS, scale(20_000).lines
        (50, True, 3)
    """
    hits = shares({name: count * records / BASE for name, count in HITS.items()})
    lines = max(2, min(3, records // 10_000 + 1), round(50 * records / BASE))
    spoken = LINE_SHARE * hits["COUNTY LINE"]
    crew = min(1.0, max(0.3, spoken / (lines * sum(CREW.values()) * PER_PERSON)))
    return Scale(records, max(600, round(0.3 * records)), lines, crew, hits, max(4, round(280 * records / BASE)))
