"""The ONS Crime Severity Score weights from the data tool's sheet "List of weights", as .xls or .xlsx.

The header moves from release to release and half of it is blank, so it is found by its cell "Weight". Categories stand
alone on a row. A code may be a list of codes; a row without one splits an offence by age or sex and can't be used.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

import polars as pl

from countylines.errors import InputError
from countylines.rank.harm.book import Notes, Row, at, days, text
from countylines.rank.harm.codes import undated
from countylines.rank.harm.rules import ONS_WEIGHTS

SHEET = re.compile(r"\s*list of weights\s*", re.IGNORECASE)
MONTHS = tuple(calendar.month_name)[1:]
YEAR_ENDING = re.compile(rf"year ending\s+({'|'.join(MONTHS)})\s+(\d{{4}})", re.IGNORECASE)


def read_weights(rows: Sequence[Row], edition: str, file: str) -> tuple[pl.DataFrame, Notes]:
    """Read a list of weights.

    Returns:
        ``ons_code`` (as written, it may be a list), ``offence``, ``category``, ``days``, ``source``; and the notes.

    Raises:
        InputError: there is no header with Weight, or no row with a code and a weight.
    """
    top, weight, offence, code = _header(rows, file)
    notes, found, category = Notes(), [], ""
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        filled = [text(cell) for cell in row if text(cell)]
        days_ = days(at(row, weight))
        if len(filled) == 1 and days_ is None:
            category = filled[0]
        elif filled:
            category = text(at(row, 0)) if code > 0 and text(at(row, 0)) else category
            written = at(row, code)
            named = undated(written) if isinstance(written, dt.date) else text(written)
            title = text(at(row, offence))
            if days_ is None:
                notes.add(number, "left out: no weight", title or named)
            elif not re.match(r"\d", named):
                notes.add(number, "left out: no code", title)
            else:
                if isinstance(written, dt.date):
                    notes.add(number, "mended: code that had become a date", f"{written:%Y-%m-%d} to {named}")
                found.append((named, title, category, days_, f"{edition}, List of weights, row {number}"))
    if not found:
        raise InputError("no row has a code and a weight", "give the workbook as the publisher has it", file=file)
    texts = dict.fromkeys(ONS_WEIGHTS, pl.String()) | {"days": pl.Float64()}
    return pl.DataFrame(found, texts, orient="row"), notes


def edition_of(sheets: Sequence[Sequence[Row]]) -> str | None:
    """The latest "year ending" that the sheets' first rows name.

    Example:
        >>> edition_of([[["Crime Severity Score, year ending March 2003 to year ending March 2025"]]])
        'year ending March 2025'
    """
    cells = [text(cell) for rows in sheets for row in rows[:40] for cell in row]
    named = [(int(year), MONTHS.index(month.title())) for cell in cells for month, year in YEAR_ENDING.findall(cell)]
    return f"year ending {MONTHS[max(named)[1]]} {max(named)[0]}" if named else None


def _header(rows: Sequence[Row], file: str) -> tuple[int, int, int, int]:
    """The header's place, and the columns of weight, offence and code."""
    for top, row in enumerate(rows[:60]):
        names = [text(cell).lower() for cell in row]
        if "weight" in names:
            weight = names.index("weight")
            offence = next((i for i in range(weight) if names[i] in ("offence", "offence description")), weight - 1)
            code = next((i for i in range(weight) if names[i] in ("code", "offence code")), offence - 1)
            if code >= 0:
                return top, weight, offence, code
    advice = "one cell of its header should be Weight, with code and offence to the left"
    raise InputError("this list of weights has no header that can be read", advice, file=file)
