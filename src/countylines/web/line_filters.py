"""Filters, order and pages of the list of lines: all in the address, so that a view can be kept and shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countylines.web.line_rows import LineRow
from countylines.web.paging import paged

A_PAGE = 25
STANDINGS = {"known": "Known", "found": "Found in text", "once": "One record only"}
LINE = "line"  # known, or found in text: what is counted as a line
CHOICES = {**STANDINGS, LINE: "Known or found in text"}
REPORTS = {"new": "New", "drafted": "Drafted", "reported": "Reported"}
REACHES = {"internal": "Internal", "exported": "Exported", "unknown": "Not known"}


@dataclass(frozen=True)
class Listed:
    """A line with what people did about it.

    Attributes:
        report: new, drafted or reported.
        on: when it was reported; None = it wasn't, or the day isn't known.
        group: the group as it is called; empty = none.
    """

    row: LineRow
    report: str
    on: dt.date | None
    group: str

    @property
    def standing(self) -> str:
        """A key of STANDINGS."""
        return "known" if self.row.known else "found" if self.row.corroborated else "once"

    @property
    def reach(self) -> str:
        """A key of REACHES."""
        return {True: "internal", False: "exported", None: "unknown"}[self.row.internal]


SORTS: Mapping[str, Callable[[Listed], Any]] = {
    "line": lambda one: one.row.called.casefold(),
    "areas": lambda one: len(one.row.areas),
    "group": lambda one: one.group or "~",
    "records": lambda one: one.row.records,
    "people": lambda one: one.row.people,
    "standing": lambda one: list(STANDINGS).index(one.standing),
    "report": lambda one: list(REPORTS).index(one.report),
    "reach": lambda one: list(REACHES).index(one.reach),
    "first": lambda one: one.row.first_seen or dt.date.max,
    "last": lambda one: one.row.last_seen or dt.date.min,
}


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list; what is empty doesn't matter.

    Attributes:
        q: part of a number or name.
        sort: a key of SORTS, with a minus for the other way round; empty = lines that are sure first, then the latest.
    """

    q: str = ""
    area: str = ""
    group: str = ""
    standing: str = ""
    report: str = ""
    reach: str = ""
    sort: str = ""
    page: int = 1

    @property
    def filters(self) -> dict[str, Any]:
        """All of it but order and page, for an address."""
        names = ("q", "area", "group", "standing", "report", "reach")
        return {name: getattr(self, name) for name in names}

    @property
    def address(self) -> dict[str, Any]:
        """All of it but the page."""
        return {**self.filters, "sort": self.sort}

    @property
    def chips(self) -> list[tuple[str, dict[str, Any]]]:
        """The filters in force in words, each with what is left without it.

        Example:
            >>> [(words, left["area"]) for words, left in Wanted(area="Docklands", report="new").chips]
            [('Area: Docklands', ''), ('New', 'Docklands')]
        """
        words = {
            "q": f'Number or name: "{self.q}"',
            "area": f"Area: {self.area}",
            "group": f"Group: {self.group}",
            "standing": CHOICES.get(self.standing, ""),
            "report": REPORTS.get(self.report, ""),
            "reach": f"Reach: {REACHES.get(self.reach, '')}",
        }
        return [(words[name], {**self.address, name: ""}) for name, value in self.filters.items() if value]

    def known(self) -> Wanted:
        """The same without what isn't known: an address is anybody's writing."""
        plain = self.sort.removeprefix("-")
        return Wanted(
            q=self.q.strip(),
            area=self.area,
            group=self.group,
            standing=self.standing if self.standing in CHOICES else "",
            report=self.report if self.report in REPORTS else "",
            reach=self.reach if self.reach in REACHES else "",
            sort=self.sort if plain in SORTS else "",
            page=max(1, self.page),
        )

    def kept(self, rows: Sequence[Listed]) -> list[Listed]:
        """The lines that pass all filters."""
        return [one for one in rows if self._passes(one)]

    def ordered(self, rows: Sequence[Listed]) -> list[Listed]:
        """In the order asked for; what is equal stays with the surest, then the latest, on top."""
        latest = sorted(rows, key=SORTS["last"], reverse=True)
        usual = sorted(latest, key=lambda one: not one.row.corroborated)
        plain = self.sort.removeprefix("-")
        return sorted(usual, key=SORTS[plain], reverse=self.sort.startswith("-")) if plain else usual

    def shown(self, rows: Sequence[Listed]) -> tuple[Sequence[Listed], int, int]:
        """The rows of the page, the page and how many there are."""
        here, at, pages = paged(len(rows), self.page, A_PAGE)
        return rows[here], at, pages

    def _passes(self, one: Listed) -> bool:
        areas = {area.casefold() for area in one.row.areas}
        return (
            (not self.q or holds(one.row, self.q))
            and (not self.area or self.area.casefold() in areas)
            and self.group in ("", one.row.group_id)
            and self.standing in ("", one.standing, LINE if one.row.corroborated else one.standing)
            and self.report in ("", one.report)
            and self.reach in ("", one.reach)
        )


def holds(row: LineRow, q: str) -> bool:
    """Whether a line's numbers, names or id hold what was typed; numbers however they are spaced, from 0 or +44.

    Example:
        >>> blank = (False, False, None, None, (), None, 0, 0, 0, None, None, None, None)
        >>> row = LineRow("L1", ("+447700900001",), ("MARCO",), *blank)
        >>> holds(row, "07700 9000"), holds(row, "marc"), holds(row, "900002")
        (True, True, False)
    """
    digits = "".join(c for c in q if c.isdigit())
    digits = f"44{digits[1:]}" if digits.startswith("0") else digits
    by_number = len(digits) > 2 and any(digits in number for number in row.numbers)
    wanted = q.casefold()
    return by_number or wanted == row.line_id.casefold() or any(wanted in name.casefold() for name in row.names)
