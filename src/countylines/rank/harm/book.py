"""Publishers' workbooks, as downloaded: their sheets as rows of cells, and what was mended or left out on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, load_workbook

from countylines.errors import InputError

Cell = float | int | str | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Row = Sequence[Cell]

LONGEST = 36_525.0  # days, a hundred years: above it something else was read


@dataclass
class Notes:
    """What happened to single rows: (row in the sheet, what, the text behind it).

    Example:
        >>> notes = Notes()
        >>> notes.add(7, "left out: expired", "EXPIRED Some offence")
        >>> notes.add(9, "left out: expired", "EXPIRED Another")
        >>> notes.lines()
        ['Left out: expired: 2 (rows 7, 9)']
    """

    rows: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, row: int, what: str, behind: str) -> None:
        """Note one."""
        self.rows.append((row, what, behind))

    def lines(self) -> list[str]:
        """What happened, each kind with its count and the first rows."""
        found = []
        for what in sorted({what for _, what, _ in self.rows}):
            rows = [str(row) for row, said, _ in self.rows if said == what]
            more = f" and {len(rows) - 8} more" if len(rows) > 8 else ""
            found.append(f"{what[0].upper()}{what[1:]}: {len(rows)} (rows {', '.join(rows[:8])}{more})")
        return found


def open_book(path: Path) -> CalamineWorkbook:
    """Open a workbook, .xlsx or .xls.

    Raises:
        InputError: it can't be read, or is no workbook.
    """
    try:
        return load_workbook(path)
    except OSError as error:
        raise InputError("the workbook can't be read", "check the path", file=path) from error
    except CalamineError as error:
        advice = "give the file as the publisher has it (.xlsx or .xls), without a password"
        raise InputError(f"this is no workbook: {error}", advice, file=path.name) from error


def sheets_of(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets that hold cells, in order; charts and macros hold none."""
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def rows_of(book: CalamineWorkbook, sheet: str) -> list[list[Cell]]:
    """The rows of a sheet from its first, each a list of cells; an empty cell is an empty text."""
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def text(cell: Cell) -> str:
    """A cell as text without blanks around it; a whole number without its point.

    Example:
        >>> text(45.0), text(4.1), text(" 8N "), text(True)
        ('45', '4.1', '8N', 'TRUE')
    """
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return re.sub(r"\s+", " ", str(cell)).strip()


def days(cell: Cell) -> float | None:
    """A weight in days, from a number or its text; None for anything else, such as nothing, 0 or a word.

    Example:
        >>> days(547.5), days("19 "), days("5,475"), days("n/a"), days(0.0)
        (547.5, 19.0, 5475.0, None, None)
    """
    if isinstance(cell, bool):
        return None
    try:
        number = float(text(cell).replace(",", ""))
    except ValueError:
        return None
    return number if 0 < number < LONGEST else None


def at(row: Row, column: int | None) -> Cell:
    """The cell in a column; empty where there is no such column."""
    return row[column] if column is not None and column < len(row) else ""
