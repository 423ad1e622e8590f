"""Filters, columns, order and pages of the list of groups: all in the address, so a view can be kept and shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countylines.web.group_rows import SMALL, GroupRow
from countylines.web.paging import paged
from countylines.web.unweighed import WINDOWS

A_PAGE = 20
COLUMNS: Mapping[str, str] = {
    "people": "People",
    "children": "Under 18",
    "harm": "Harm, by both indices",
    "soc": "SOC link",
    "stable": "Stability",
    "areas": "Areas",
    "orders": "Rank in other orders",
}
STANDARD = tuple(name for name in COLUMNS if name != "orders")
SORTS: Mapping[str, Callable[[GroupRow, str], Any]] = {
    "priority": lambda row, window: row.place.rank if row.place else None,
    "group": lambda row, window: row.group_id,
    "people": lambda row, window: row.size,
    "children": lambda row, window: None if row.children is None else (row.children, row.ages or 0),
    "cchi": lambda row, window: row.harm["cchi", window],
    "ons": lambda row, window: row.harm["ons_css", window],
    "soc": lambda row, window: row.overlap,
    "stable": lambda row, window: row.stability,
    "areas": lambda row, window: len(row.areas),
}


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, and the filters that are left without it."""

    words: str
    left: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list.

    Attributes:
        areas: any of these; none = all.
        size: at least so many people.
        children: only groups with somebody who is under 18, or may be.
        soc: any = linked to a SOC group, half = more than half of it in one; empty = all.
        window: of harm: 12m or all.
        sort: a key of SORTS, with a minus before it for the other way round.
        columns: shown beside priority and group.
        page: 1 = first.
        picked: the group chosen in the table or the graph.
    """

    areas: tuple[str, ...] = ()
    size: int = 0
    children: bool = False
    soc: str = ""
    window: str = "12m"
    sort: str = "priority"
    columns: tuple[str, ...] = STANDARD
    page: int = 1
    picked: str = ""

    @classmethod
    def read(
        cls,
        area: Sequence[str] = (),
        size: int = 0,
        children: bool = False,
        soc: str = "",
        window: str = "12m",
        sort: str = "priority",
        col: Sequence[str] = (),
        page: int = 1,
        picked: str = "",
    ) -> Wanted:
        """From an address; what isn't known counts as not asked.

        Example:
            >>> Wanted.read(size=-3, soc="all", window="7d", sort="-nothing", col=["areas", "x"]).columns
            ('areas',)
        """
        return cls(
            areas=tuple(dict.fromkeys(name for name in area if name)),
            size=max(0, size),
            children=children,
            soc=soc if soc in ("any", "half") else "",
            window=window if window in WINDOWS else "12m",
            sort=sort if sort.removeprefix("-") in SORTS else "priority",
            columns=tuple(name for name in COLUMNS if name in col) or STANDARD,
            page=max(1, page),
            picked=picked,
        )

    @property
    def filters(self) -> dict[str, Any]:
        """The filters, window and columns for an address; what is usual is left out."""
        return {
            "area": list(self.areas),
            "size": self.size or None,
            "children": 1 if self.children else None,
            "soc": self.soc,
            "window": None if self.window == "12m" else self.window,
            "col": [] if self.columns == STANDARD else list(self.columns),
        }

    @property
    def address(self) -> dict[str, Any]:
        """All of it but the page and the chosen group."""
        return {**self.filters, "sort": None if self.sort == "priority" else self.sort}

    @property
    def chips(self) -> list[Chip]:
        """The filters in force.

        Example:
            >>> [(chip.words, chip.left["size"]) for chip in Wanted(size=5, areas=("Eastfield",)).chips]
            [('Area: Eastfield', 5), ('Size: 5 or more', None)]
        """
        at = self.address
        made = [
            Chip(f"Area: {name}", {**at, "area": [other for other in self.areas if other != name]})
            for name in self.areas
        ]
        if self.size:
            made.append(Chip(f"Size: {self.size:,} or more", {**at, "size": None}))
        if self.children:
            made.append(Chip("With somebody under 18, or of unknown age", {**at, "children": None}))
        if self.soc:
            words = {"any": "Linked to a SOC group", "half": "More than half in a SOC group"}
            made.append(Chip(words[self.soc], {**at, "soc": None}))
        return made

    def kept(self, rows: Sequence[GroupRow]) -> list[GroupRow]:
        """The groups that pass all filters; a filter can't ask for what is hidden."""
        wanted = {area.casefold() for area in self.areas}
        return [
            row
            for row in rows
            if (not wanted or wanted & {area.casefold() for area in row.areas})
            and (not self.size or (row.size or 0) >= (max(self.size, SMALL) if row.hidden else self.size))
            and (not self.children or row.children or row.ages)
            and (not self.soc or (bool(row.soc) and (self.soc == "any" or row.associated)))
        ]

    def ordered(self, rows: Sequence[GroupRow]) -> list[GroupRow]:
        """In the order asked for; empty and hidden values come last either way, ties by priority."""
        key, down = SORTS[self.sort.removeprefix("-")], self.sort.startswith("-")
        valued = [(key(row, self.window), row) for row in rows]
        known = sorted((pair for pair in valued if pair[0] is not None), key=lambda pair: pair[0], reverse=down)
        return [row for _, row in known] + [row for value, row in valued if value is None]

    def shown(self, rows: Sequence[GroupRow]) -> tuple[list[GroupRow], int, int]:
        """The rows of the page asked for (or of the chosen group), its number, and how many pages there are."""
        places = [i for i, row in enumerate(rows) if row.group_id == self.picked]
        asked = places[0] // A_PAGE + 1 if places and self.page == 1 else self.page
        here, at, pages = paged(len(rows), asked, A_PAGE)
        return list(rows[here]), at, pages
