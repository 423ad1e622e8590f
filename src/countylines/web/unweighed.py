"""Harm of people and groups with what isn't known: a crime without a code, or with one without a weight, isn't 0
(METHOD 5; SCREENS 1, rule 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from countylines.rank.harm import COUNTED
from countylines.web.crimes import crimes
from countylines.web.reader import Reader

Of = Literal["nominal", "group"]
INDEXES = ("cchi", "ons_css")
WINDOWS = ("12m", "all")
Key = tuple[str, str, str]  # id, index, window


@dataclass(frozen=True)
class Known:
    """What is known of the harm of people, or of groups.

    Attributes:
        harm: by id, index and window, in days (or weights), of convicted, charged and suspected crimes; None = there
            are such crimes and none has a weight; not there = no such crime.
        without: how many such crimes have no weight, since they have no code, or the index doesn't know it.
        crimes: whether the run has any record of a crime; without one nobody's harm is known.
    """

    harm: Mapping[Key, float | None]
    without: Mapping[Key, int]
    crimes: bool = True

    def of(self, one: str, index: str, window: str) -> float | None:
        """Somebody's harm; 0 = no such crime, None = unknown.

        Example:
            >>> Known({}, {}).of("n1", "cchi", "all"), Known({}, {}, crimes=False).of("n1", "cchi", "all")
            (0.0, None)
        """
        return self.harm.get((one, index, window), 0.0 if self.crimes else None)


def told(value: float | None) -> float | str:
    """A harm as files have it: what isn't known is no 0.

    Example:
        >>> told(3.0), told(None)
        (3.0, 'unknown')
    """
    return "unknown" if value is None else value


def has_crimes(reader: Reader) -> bool:
    """Whether the run has any record of a crime; made once a run."""
    found: bool = reader.made("has crimes", _has_crimes)
    return found


def _has_crimes(reader: Reader) -> bool:
    rows = reader.run.table("sources/records").filter(pl.col("source") == "crime").head(1)
    return not rows.collect().is_empty()


def known_harm(reader: Reader, of: Of) -> Known:
    """The harm that a run knows, of rankable people or of groups; made once a run."""
    found: Known = reader.made(f"harm known of each {of}", lambda reader: _known(reader, of))
    return found


def _known(reader: Reader, of: Of) -> Known:
    total = pl.when(pl.col("harm").is_not_null().any()).then(pl.col("harm").sum())
    rows = reader.table(f"{of}_harm").filter(pl.col("standing").is_in(COUNTED))
    sums = rows.group_by("id", "index", "window").agg(total=total, without=pl.col("crimes_without_weight").sum())
    harm: dict[Key, float | None] = {}
    without: dict[Key, int] = {}
    for one, index, window, value, n in sums.iter_rows():
        harm[one, index, window], without[one, index, window] = value, n
    for one, window, n in _uncoded(reader, of).iter_rows():
        for index in INDEXES:
            harm.setdefault((one, index, window), None)
            without[one, index, window] = without.get((one, index, window), 0) + n
    return Known(harm, without, has_crimes(reader))


def _uncoded(reader: Reader, of: Of) -> pl.DataFrame:
    """``id``, ``window``, ``n``: the crimes without any code that would count, had they one."""
    found = crimes(reader).filter(~pl.col("coded") & pl.col("standing").is_in(COUNTED))
    kept = reader.table("nominals").select("nominal_id", "group_id", "rankable")
    if of == "nominal":
        theirs = kept.filter("rankable").select("nominal_id", id="nominal_id")
        found = found.filter(~pl.col("as_a_child"))
    else:
        theirs = kept.select("nominal_id", id="group_id").drop_nulls()
    each = found.join(theirs, on="nominal_id").select("id", "record_id", "date").unique()
    recent = (pl.col("date") > pl.lit(reader.as_of).dt.offset_by("-12mo")) & (pl.col("date") <= reader.as_of)
    windows = {"all": each, "12m": each.filter(recent)}
    counts = [some.group_by("id").agg(n=pl.len()).with_columns(window=pl.lit(name)) for name, some in windows.items()]
    return pl.concat(counts).select("id", "window", "n")
