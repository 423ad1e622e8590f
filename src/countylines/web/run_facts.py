"""What the start page says of a run: how fresh each source is, what went in, groups by month (SCREENS 1)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from countylines.tables import CONNECTING_ROLES, SOURCES
from countylines.web.evidence import SYSTEMS
from countylines.web.reader import Reader

MONTHS = 12
SOURCE = pl.col("row").str.json_path_match("$.source")  # of a row of records that isn't used


@dataclass(frozen=True)
class Fresh:
    """One source system in a run.

    Attributes:
        source, system: its name in the tables, and as spoken.
        latest: moment of its latest record; None = it has none.
        rows: records kept.
        aside, rejected: records set aside, and rejected.
        late: it was delivered, and its latest record is older than it should be, or none was kept.
    """

    source: str
    system: str
    latest: dt.datetime | None
    rows: int
    aside: int
    rejected: int
    late: bool

    @property
    def absent(self) -> bool:
        """Whether the extracts have nothing of it: then it isn't late, it was never delivered.

        Example:
            >>> Fresh("ims", "Intelligence", None, 0, 0, 0, False).absent
            True
        """
        return not (self.rows or self.aside or self.rejected)


@dataclass(frozen=True)
class Rows:
    """Rows of all extracts: in = kept + set aside + rejected (METHOD 1)."""

    rows_in: int
    kept: int
    aside: int
    rejected: int


def freshness(reader: Reader, late_days: int) -> list[Fresh]:
    """Each source system with its latest record.

    Args:
        late_days: a source is late when its latest record is older than so many days before the run's day.
    """
    counts: Mapping[str, tuple[dt.datetime | None, int, int, int]] = reader.made("sources", _sources)
    found = []
    for name in SOURCES:
        latest, rows, aside, rejected = counts.get(name, (None, 0, 0, 0))
        late = latest is None or (reader.as_of - latest.date()).days > late_days
        fresh = Fresh(name, SYSTEMS[name], latest, rows, aside, rejected, late)
        found.append(replace(fresh, late=late and not fresh.absent))
    return found


def notes_of(reader: Reader, hide: bool) -> list[str]:
    """What the run says of itself; ``hide``: without sentences that have a count, which may be small or tell one."""
    return [note for note in reader.run.manifest["notes"] if not hide or tells_no_count(note)]


def tells_no_count(note: str) -> bool:
    """Whether a sentence has no number.

    Example:
        >>> tells_no_count("2 rulings have expired."), tells_no_count("notes.txt is not used.")
        (False, True)
    """
    return re.search(r"\b\d", note) is None


def rows_in(reader: Reader) -> Rows:
    """The rows of all extracts together."""
    counts = reader.run.manifest["rows_in"].values()
    names = ("rows_in", "kept", "set_aside", "rejected")
    return Rows(*(sum(int(each[name]) for each in counts) for name in names))


def months_of_groups(reader: Reader) -> Mapping[str, list[int]]:
    """Per group its records in the network in each of the 12 months before the run's day, the latest last.

    A record is a group's when one of its people connects there, and in the network as METHOD 3 says.
    """
    found: Mapping[str, list[int]] = reader.made("months of groups", _months)
    return found


def month_of(date: pl.Expr, as_of: dt.date) -> pl.Expr:
    """In which month before ``as_of`` a day lies: 0 = the one that ends with it; negative = later than it.

    Example:
        >>> days = pl.Series([dt.date(2026, 3, 31), dt.date(2026, 3, 1), dt.date(2026, 2, 28), dt.date(2025, 4, 1)])
        >>> pl.select(month_of(pl.lit(days), dt.date(2026, 3, 31))).to_series().to_list()
        [0, 0, 1, 11]
    """
    months = (as_of.year - date.dt.year()) * 12 + (as_of.month - date.dt.month().cast(pl.Int32))
    return months - (date.dt.day() > as_of.day).cast(pl.Int32)


def _sources(reader: Reader) -> dict[str, tuple[dt.datetime | None, int, int, int]]:
    date = pl.coalesce("recorded", "occurred")
    kept = reader.run.table("sources/records").group_by("source").agg(latest=date.max(), rows=pl.len()).collect()
    rejects = reader.run.table("rejects").filter(pl.col("table") == "records")
    own = rejects.with_columns(source=SOURCE)
    apart = {(s, k): n for s, k, n in own.group_by("source", "kind").agg(n=pl.len()).collect().iter_rows()}
    return {
        source: (latest, rows, apart.get((source, "set aside"), 0), apart.get((source, "rejected"), 0))
        for source, latest, rows in kept.iter_rows()
    }


def _months(reader: Reader) -> dict[str, list[int]]:
    least = reader.settings["network"]["keep_weight"] - 1e-9
    date = pl.coalesce("recorded", "occurred").dt.date()
    home = reader.run.table("nominals").select("nominal_id", "group_id").drop_nulls()
    roles = reader.run.table("sources/involvements").filter(pl.col("role").is_in(sorted(CONNECTING_ROLES)))
    matched = reader.run.table("record_scores").filter(pl.col("score") >= least).select("record_id")
    records = reader.run.table("sources/records").select("record_id", month=month_of(date, reader.as_of))
    counts = (
        matched.join(roles, on="record_id")
        .join(home, on="nominal_id")
        .select("record_id", "group_id")
        .unique()
        .join(records, on="record_id")
        .filter(pl.col("month").is_between(0, MONTHS - 1))
        .group_by("group_id", "month")
        .agg(n=pl.len())
        .collect()
    )
    found = {group: [0] * MONTHS for group in reader.table("groups")["group_id"]}
    for group, month, n in counts.iter_rows():
        found[group][MONTHS - 1 - month] = n
    return found
