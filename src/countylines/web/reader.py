"""One run, opened for reading by many people at once: its small tables in memory, its large ones in an index."""

from __future__ import annotations

import copy
import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from countylines.runs import Run
from countylines.web.index import Index
from countylines.web.persons import Card, aside, nameless, since, unread

Row = dict[str, Any]
UNREAD = frozenset({"the latest run can't be read"})  # nobody's id: whom it guards isn't known, so nobody is ranked


@dataclass(eq=False)
class Reader:
    """A run's tables, each read once.

    Attributes:
        run: the finished run.
        stamp: of its manifest; another stamp is another run.
        indexes: the folder of reading indexes.
        separate: the adults whom a ruling of two people put on the separate, unranked list.
        later: whom this run ranks and the latest run protects or holds; nobody of the latest run itself; ``UNREAD`` =
            that isn't known.
        areas: own areas of who reads; names of people without a record there aren't given. None = all.
        whole: the same run read by everybody, where this reading has own areas.
    """

    run: Run
    stamp: str
    indexes: Path
    separate: Callable[[], frozenset[str]] = frozenset
    later: Callable[[Reader], frozenset[str]] = lambda _: frozenset()
    areas: tuple[str, ...] = ()
    whole: Reader | None = None
    _apart: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)
    _making: dict[str, threading.RLock] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.index = Index(self.run, self.indexes / f"{self.name}-{self.stamp}.sqlite")

    def seen_from(self, areas: tuple[str, ...]) -> Reader:
        """The same run for somebody with own areas; what is made of it once is made of the whole, and shared."""
        if not areas:
            return self
        made = copy.copy(self)
        made.areas, made.whole = areas, self
        return made

    @property
    def name(self) -> str:
        """The run's name: that of its folder."""
        return self.run.folder.name

    @property
    def as_of(self) -> dt.date:
        """The day that the run speaks of."""
        return dt.date.fromisoformat(self.run.manifest["as_of"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """The run's settings by section."""
        found: Mapping[str, Any] = self.run.manifest["settings"]
        return found

    @property
    def restricted(self) -> bool:
        """Whether it was made with restricted records: only cleared people may open it (METHOD 1)."""
        return self.run.restricted

    def table(self, name: str) -> pl.DataFrame:
        """A table of the run in memory; not for records, involvements and the like, which the index serves.

        Raises:
            InputError: the run has no such table (any more).
        """
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self.run.read(name)
            return self._tables[name]

    def made(self, name: str, make: Any) -> Any:
        """What ``make(self)`` gives, made once a run and kept: for what many pages need and takes a while.

        Who asks for the same meanwhile waits; who asks for something else doesn't. ``make`` is given the run as
        everybody reads it: what it makes is for all, and must not depend on who asked first.
        """
        if self.whole:
            return self.whole.made(name, make)
        self._who_is_apart()
        with self._lock:
            making = self._making.setdefault(name, threading.RLock())
        with making:
            if name not in self._made:
                self._made[name] = make(self)
            return self._made[name]

    def rows(self, table: str, column: str, value: str) -> list[Row]:
        """The rows of a table whose column has this value."""
        found: dict[str, pl.Series] = self.made(f"places in {table} by {column}", lambda _: self._places(table, column))
        return self.table(table)[found[value]].to_dicts() if value in found else []

    def _places(self, table: str, column: str) -> dict[str, pl.Series]:
        """Where each value stands, so that a page needn't look through a whole table for its few rows."""
        numbered = self.table(table).select(value=column).with_row_index("place").drop_nulls()
        groups = numbered.group_by("value", maintain_order=True).agg("place")
        return dict(zip(groups["value"], groups["place"], strict=True))

    def cards(self, ids: Iterable[str]) -> dict[str, Card]:
        """Everybody by id, with name, age and how they are treated. Ids that nobody has are left out.

        Who is on the separate, unranked list is held from the moment the ruling is confirmed, on every page; so is, on
        pages of earlier runs, whom the latest run protects or holds. Whoever reads with own areas is given the names of
        people with a record there, and of others the id.
        """
        if self.whole:
            found = self.whole.cards(ids)
            near = self.people_within(found)
            return {name: card if name in near else nameless(card) for name, card in found.items()}
        listed, later = self._who_is_apart()
        found = self.index.cards(ids)
        if later is UNREAD:
            found = {name: unread(card) for name, card in found.items()}
        found = {name: since(card) if name in later else card for name, card in found.items()}
        return {name: aside(card) if name in listed and not card.protected else card for name, card in found.items()}

    def people_within(self, people: Iterable[str]) -> set[str]:
        """Of some people those with a record in the own areas; all of them where none are set."""
        if not self.areas:
            return set(people)
        marks = ", ".join("?" * len(self.areas))
        rows = self.index.among(
            "SELECT DISTINCT i.nominal_id FROM involvements i JOIN records r ON r.record_id = i.record_id"
            f" WHERE i.nominal_id IN ({{ids}}) AND r.area IN ({marks})",
            people,
            *self.areas,
        )
        return {row["nominal_id"] for row in rows}

    def records_within(self, records: Iterable[str]) -> set[str]:
        """Of some records those of the own areas, which may be opened; all of them where none are set."""
        if not self.areas:
            return set(records)
        marks = ", ".join("?" * len(self.areas))
        sql = f"SELECT record_id FROM records WHERE record_id IN ({{ids}}) AND area IN ({marks})"
        return {row["record_id"] for row in self.index.among(sql, records, *self.areas)}

    def _who_is_apart(self) -> tuple[frozenset[str], frozenset[str]]:
        """Who is on the separate list, and who is guarded since; what was made of other cards is forgotten."""
        apart = self.separate(), self.later(self)
        with self._lock:
            if apart != self._apart:
                self._apart = apart
                self._made.clear()
        return apart
