"""What a run read, system by system, and how a map turns a system's columns into ours: facts without a name in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from countylines.settings import Settings
from countylines.web.reader import Reader
from countylines.web.render import day
from countylines.web.run_facts import Fresh, freshness

if TYPE_CHECKING:
    from countylines.ingest.mapping import Rule
    from countylines.ingest.maps import Map
    from countylines.ingest.read import Make


@dataclass(frozen=True)
class Read:
    """One source system in a run.

    Attributes:
        fresh: its latest record, and its rows kept, set aside and rejected.
        first: moment of its earliest record that is kept; None = it has none.
    """

    fresh: Fresh
    first: dt.datetime | None

    @property
    def rows_in(self) -> int:
        """Rows of records: in = kept + set aside + rejected (METHOD 1)."""
        return self.fresh.rows + self.fresh.aside + self.fresh.rejected


@dataclass(frozen=True)
class Made:
    """What a file of a system makes: rows of one of our tables; per column of ours, where its cells come from."""

    table: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class File:
    """A file of a system: its name in the map, the patterns of its own name, and what is made of it."""

    name: str
    patterns: tuple[str, ...]
    makes: tuple[Made, ...]


@dataclass(frozen=True)
class Shipped:
    """A map that comes with the program: its name, which system it is for, whose ids its people have, its files."""

    name: str
    about: str
    persons: str
    files: tuple[File, ...]


def systems(reader: Reader, late_days: int) -> list[Read]:
    """Each source system with what was read of it; ``late_days`` as on the start page."""
    firsts: Mapping[str, dt.datetime | None] = reader.made("first records", _firsts)
    return [Read(fresh, firsts.get(fresh.source)) for fresh in freshness(reader, late_days)]


def _firsts(reader: Reader) -> dict[str, dt.datetime | None]:
    date = pl.coalesce("recorded", "occurred")
    found = reader.run.table("sources/records").group_by("source").agg(first=date.min()).collect()
    return dict(found.iter_rows())


WORDS: Mapping[str, Callable[[Any], str]] = {
    "since": lambda value: f"Records dated before {day(value)} are set aside.",
    "as_of": lambda value: f"Ages are taken on {day(value) or 'the day of the latest record'}.",
    "unknown_age": lambda value: (
        "Whoever has no birth date is protected as a child."
        if value == "protect"
        else "Whoever has no birth date counts as an adult: allowed only where no birth dates are known at all."
    ),
    "include_restricted": lambda value: (
        "Restricted records are used: only cleared people may open the run."
        if value
        else "Restricted records are set aside."
    ),
    "force_areas": lambda value: (
        f"The force's own areas are {', '.join(value)}."
        if value
        else "The force's own areas aren't set: whether something lies outside the force isn't known."
    ),
    "max_rejects": lambda value: f"A run stops when more than {100 * value:.3g}% of a table's rows are rejected.",
}


def in_words(ingest: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """The settings of ``[ingest]``: name, in a sentence, and whether it differs from the shipped one.

    Example:
        >>> in_words({"max_rejects": 0.02})
        [('max_rejects', "A run stops when more than 2% of a table's rows are rejected.", True)]
    """
    usual = Settings().as_dict()["ingest"]
    return [
        (name, WORDS[name](value), bool(value != usual.get(name) and (value or usual.get(name))))
        for name, value in ingest.items()
        if name in WORDS
    ]


@cache
def shipped_maps() -> tuple[Shipped, ...]:
    """The maps that come with the program; read when somebody asks, so that the server starts sooner."""
    from countylines.ingest.maps import load_map, shipped

    return tuple(_shown(load_map(name, Path())) for name in shipped())


def _shown(found: Map) -> Shipped:
    own = next((each.prefix for layout in found.layouts.values() for each in layout.makes if each.prefix), "")
    persons = f"Its own: written {own}1234, unless person links say whose they are." if own else "Those of the force."
    files = [File(each.name, each.files, tuple(_made(make) for make in each.makes)) for each in found.layouts.values()]
    return Shipped(found.name, found.about, persons, tuple(files))


def _made(make: Make) -> Made:
    rules: Mapping[str, Rule] = getattr(make, "rules", {})  # what a map makes always has them
    return Made(make.table, tuple((ours, told(rule)) for ours, rule in rules.items()))


def told(rule: Rule) -> str:
    """Where the cells of one of our columns come from, in words.

    Example:
        >>> from countylines.ingest.mapping import Rule
        >>> told(Rule(columns=("arrest_date", "arrest_time")))
        'ARREST_DATE and ARREST_TIME'
        >>> told(Rule(columns=("markers",), has="COUNTY LINE", optional=True))
        'whether MARKERS has "COUNTY LINE"; may be missing'
    """
    if rule.value is not None:
        return f'always "{rule.value}"'
    names = [name.upper() for name in rule.columns]
    said = f"the first known of {', '.join(names)}" if rule.first else " and ".join(names)
    if rule.has is not None:
        said = f'whether {said} has "{rule.has}"'
    if rule.prefix:
        said += f', after "{rule.prefix}"'
    if rule.codes:
        said += f"; {len(rule.codes)} codes become ours"
    return f"{said}; may be missing" if rule.optional else said
