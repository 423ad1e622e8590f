"""A list as a file: CSV, or a workbook with a front sheet; never a formula, never a figure for protected people.

A list of people goes through :class:`Sheet` with each person's card, which writes how they are treated beside them and
"Not ranked" in place of any figure, role or rank of somebody protected or held: the list itself has no say in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from countylines.web.cells import safe
from countylines.web.persons import Card, visible

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_RANKED = "Not ranked"
LONGEST = 32_000  # characters of a cell; Excel takes 32,767
CUT = " (cut: read the rest in the dashboard)"
WIDEST = 48  # characters of a column
PERSON: Mapping[str, Callable[[Card], Any]] = {
    "Person": lambda card: card.nominal_id,
    "Name": lambda card: card.name,
    "Age": lambda card: card.age,
    "Status": lambda card: card.words,
    "Protected": lambda card: "Protected" if card.protected else "No",
    "Held, with reason": lambda card: ", ".join(card.held) if card.held else "No",
}
"""The columns that stand first in every list of people."""


@dataclass(frozen=True)
class Sheet:
    """A list to be taken out.

    Attributes:
        name: of the list, in words.
        columns: key of a row to its heading, in order.
        rows: key to value: text, number, day, moment, yes or no, or nothing. In a list of people ``card`` holds whom
            the row is of.
        people: the rows are of people.
        figures: columns with a harm, rank, weight or role of the person: "Not ranked" for protected and held people.
        covered: names are left out.
    """

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    people: bool = False
    figures: frozenset[str] = frozenset()
    covered: bool = False

    @property
    def names_people(self) -> bool:
        """Whether any row is of somebody: then the file says how they are treated, and the log who they are.

        Example:
            >>> Sheet("Groups", {"id": "Group"}, []).names_people, Sheet("People", {}, [], people=True).names_people
            (False, True)
        """
        return self.people or any("card" in row for row in self.rows)

    @property
    def headings(self) -> list[str]:
        """The first line.

        Example:
            >>> Sheet("Groups", {"id": "Group"}, []).headings
            ['Group']
        """
        own = [heading for heading in PERSON if not (self.covered and heading == "Name")] if self.people else []
        return [*own, *self.columns.values()]

    def lines(self) -> Iterator[list[Any]]:
        """Every other line.

        Raises:
            KeyError: a row of people has no card, or a row lacks a column: a fault of ours.
        """
        for row in self.rows:
            if not self.people:
                yield [row[key] for key in self.columns]
                continue
            card: Card = row["card"]
            own = [PERSON[heading](card) for heading in self.headings[: -len(self.columns) or None]]
            guarded = self.figures if card.guarded else ()
            yield [*own, *(NOT_RANKED if key in guarded else row[key] for key in self.columns)]


@dataclass(frozen=True)
class Front:
    """What a file says of itself.

    Attributes:
        facts: name to value, in order: run, filters, who took it out, for whom, when and so on.
        caveats: sentences.
    """

    title: str
    marking: str
    run_id: str
    facts: Mapping[str, str]
    caveats: Sequence[str]


def as_csv(sheet: Sheet, front: Front) -> bytes:
    """The list as CSV in UTF-8; marking, run and caveats stand in each row, since rows are copied away from files.

    Source: RFC 4180; OWASP, CSV injection.

    Example:
        >>> front = Front("Groups", "OFFICIAL", "run-1", {}, ["No prediction."])
        >>> as_csv(Sheet("Groups", {"n": "People", "t": "Text"}, [{"n": -2, "t": "=1"}]), front).decode("utf-8-sig")
        "People,Text,Marking,Run,Read with care\\r\\n-2,'=1,OFFICIAL,run-1,No prediction.\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(heading) for heading in [*sheet.headings, "Marking", "Run", "Read with care"]])
    about = [front.marking, front.run_id, " ".join(front.caveats)]
    writer.writerows([_csv_cell(value) for value in [*line, *about]] for line in sheet.lines())
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet, front: Front) -> bytes:
    """The list as a workbook: a front sheet, then the list, with the marking at head and foot of each printed page."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": front.title, "subject": front.marking})
        _front_sheet(book, front)
        _list_sheet(book, sheet, front)
    return out.getvalue()


def plain(value: Any) -> Any:
    """A value as a cell holds it: text, number, day, moment or nothing.

    Example:
        >>> plain(True), plain(["a", "b"]), plain(float("nan")), plain(3), plain("x" + chr(0))
        ('Yes', 'a, b', None, 3, 'x\N{REPLACEMENT CHARACTER}')
    """
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, int | float | dt.date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        value = ", ".join(str(each) for each in value)
    text = visible(str(value))
    return text if len(text) <= LONGEST else text[:LONGEST] + CUT


def _csv_cell(value: Any) -> str:
    found = plain(value)
    if isinstance(found, dt.datetime):
        return found.isoformat(" ", "minutes")
    return safe(found) if isinstance(found, str) else "" if found is None else str(found)


def _front_sheet(book: Workbook, front: Front) -> None:
    page = _page(book, "About", front.marking)
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    lines = [("", front.marking), ("Title", front.title), ("Run", front.run_id), *front.facts.items()]
    lines += [("Read with care" if number == 0 else "", text) for number, text in enumerate(front.caveats)]
    for number, (name, value) in enumerate(lines):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, plain(value), wrap if name else bold if number == 0 else wrap)


def _list_sheet(book: Workbook, sheet: Sheet, front: Front) -> None:
    page = _page(book, "List", front.marking)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    day, moment = book.add_format({"num_format": "d mmm yyyy"}), book.add_format({"num_format": "d mmm yyyy hh:mm"})
    widths = [len(heading) for heading in sheet.headings]
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, bold)
    last = 0
    for last, line in enumerate(sheet.lines(), start=1):
        for column, value in enumerate(map(plain, line)):
            if isinstance(value, dt.datetime):
                page.write_datetime(last, column, value.replace(tzinfo=None), moment)
            elif isinstance(value, dt.date):
                page.write_datetime(last, column, value, day)
            elif isinstance(value, str):
                page.write_string(last, column, value)
            elif value is not None:
                page.write_number(last, column, value)
            widths[column] = max(widths[column], len(str(value or "")))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(WIDEST, width + 2))
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    if widths:
        page.autofilter(0, 0, last, len(widths) - 1)


def _page(book: Workbook, name: str, marking: str) -> Worksheet:
    page = book.add_worksheet(name)
    shown = marking.replace("&", "&&")
    page.set_header(f"&C{shown}")
    page.set_footer(f"&C{shown}&RPage &P of &N")
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    return page
