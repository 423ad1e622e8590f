"""A row per deal line with everything that the list of lines and its page say of it; made once a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from countylines.rank.lines import MENTION
from countylines.web.reader import Reader

FOUND = "found in text"


@dataclass(frozen=True)
class LineRow:
    """One line of a run, known or found.

    Attributes:
        numbers, names: all of them, sorted.
        known: in the extract known_lines.
        corroborated: known, or at least two records say that it is a line.
        status: the known line's, as written there; None = not said, or found in text.
        group_id: the group with the most people in its evidence; None = none.
        areas: of its records; none = not known.
        internal: all areas are the force's own; None = not known.
        records: records that say it is a line; ``mentions``: that have its number without saying so.
        people: who connects in those records, or is known for it.
        first_seen, last_seen: None = in no record.
        reported_on, reference: of the report, as known_lines has it.
    """

    line_id: str
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    known: bool
    corroborated: bool
    status: str | None
    group_id: str | None
    areas: tuple[str, ...]
    internal: bool | None
    records: int
    mentions: int
    people: int
    first_seen: dt.date | None
    last_seen: dt.date | None
    reported_on: dt.date | None
    reference: str | None

    @property
    def called(self) -> str:
        """How it is spoken of: its name, else its number, else its id.

        Example:
            >>> blank = (False, False, None, None, (), None, 0, 0, 0, None, None, None, None)
            >>> LineRow("L1", ("+447700900001",), (), *blank).called, LineRow("L2", (), ("MARCO",), *blank).called
            ('07700 900001', 'Marco')
        """
        if self.names:
            return self.names[0].title()
        return spoken(self.numbers[0]) if self.numbers else self.line_id

    @property
    def said_numbers(self) -> tuple[str, ...]:
        """Its numbers as people here say them."""
        return tuple(map(spoken, self.numbers))

    @property
    def key(self) -> str:
        """What drafts and notes know it by: a found line's id may be another line's in the next run."""
        return self.line_id if self.known else next(iter((*self.names, *self.numbers)), self.line_id)

    @property
    def standing(self) -> str:
        """Its known status, or how it was found."""
        if self.known:
            return self.status or "known, status not said"
        return FOUND if self.corroborated else f"{FOUND}, one record"

    @property
    def reach(self) -> str:
        """Whether it leaves the force, in a word."""
        return {True: "Internal", False: "Exported", None: "Not known"}[self.internal]


def spoken(number: str) -> str:
    """A phone number as people here say it.

    Example:
        >>> spoken("+447700900123"), spoken("+31612345678")
        ('07700 900123', '+31612345678')
    """
    if number.startswith("+44") and len(number) == 13 and number[1:].isdigit():
        return f"0{number[3:7]} {number[7:]}"
    return number


def near(areas: Sequence[str], own: Sequence[str]) -> bool:
    """Whether something lies in one of somebody's own areas; what lies nowhere known is everybody's.

    Example:
        >>> near(["Docklands"], ["docklands"]), near(["Docklands"], ["Eastfield"]), near([], ["Eastfield"])
        (True, False, True)
    """
    return not own or not areas or not {area.casefold() for area in own}.isdisjoint(area.casefold() for area in areas)


def line_names(reader: Reader) -> dict[str, str]:
    """How each line is spoken of, by its id."""
    return {row.line_id: row.called for row in line_rows(reader)}


def lines_of(reader: Reader, group_id: str) -> list[LineRow]:
    """The lines of a group, by their ids."""
    return sorted((row for row in line_rows(reader) if row.group_id == group_id), key=lambda row: row.line_id)


def line_rows(reader: Reader) -> tuple[LineRow, ...]:
    """Every line, the latest seen first."""
    found: tuple[LineRow, ...] = reader.made("line rows", _made)
    return found


def _made(reader: Reader) -> tuple[LineRow, ...]:
    each = reader.table("lines").sort("line_id", "number", "name", nulls_last=True)
    rows = each.group_by("line_id", maintain_order=True).agg(
        numbers=pl.col("number").drop_nulls().unique().sort(),
        names=pl.col("name").drop_nulls().unique().sort(),
        known=pl.col("known").any(),
        corroborated=pl.col("corroborated").any(),
        status=pl.col("status").drop_nulls().first(),
        group_id=pl.col("group_id").drop_nulls().first(),
        areas=pl.col("areas").explode().drop_nulls().unique().sort(),
        internal=pl.col("internal").first(),
        first_seen=pl.col("first_seen").min(),
        last_seen=pl.col("last_seen").max(),
    )
    says = pl.col("kind") != MENTION
    evidence = reader.table("line_evidence").group_by("line_id")
    counts = evidence.agg(
        records=pl.col("record_id").filter(says).drop_nulls().n_unique(),
        mentions=pl.col("record_id").drop_nulls().n_unique(),
        people=pl.col("nominal_id").filter(says).drop_nulls().n_unique(),
    )
    known = (
        reader.run.table("sources/known_lines")
        .group_by("line_id")
        .agg(pl.col("reported_on").max(), pl.col("reference").drop_nulls().first())
        .collect()
    )
    made = rows.join(counts, on="line_id", how="left").join(known, on="line_id", how="left")
    found = [_row(row) for row in made.to_dicts()]
    found.sort(key=lambda row: row.line_id)
    return tuple(sorted(found, key=lambda row: row.last_seen or dt.date.min, reverse=True))


def _row(row: dict[str, Any]) -> LineRow:
    values: dict[str, Any] = dict(row)
    values |= {name: tuple(row[name] or ()) for name in ("numbers", "names", "areas")}
    values |= {name: row[name] or 0 for name in ("records", "mentions", "people")}
    values["mentions"] -= min(values["mentions"], values["records"])  # counted with all records of the line
    return LineRow(**values)
