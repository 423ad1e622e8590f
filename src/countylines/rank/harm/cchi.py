"""The Cambridge Crime Harm Index from its publisher's workbook, the values sheet of any edition.

A row is an offence with its score in days. Sheets have traps: classes that stand for several scores, classes written
00200 or turned into dates, rows shifted by a cell, offences that have expired.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from countylines.errors import InputError
from countylines.rank.harm.book import Cell, Notes, Row, at, days, text
from countylines.rank.harm.codes import ho_class, is_class, ons_codes, undated
from countylines.rank.harm.rules import CJS_CODES, OFFENCES

SHEET = re.compile(r"\s*CCHI (\d{4}) values sheet\s*", re.IGNORECASE)
CJS = re.compile(r"[A-Z]{2,4}\d{2,5}[A-Z]?")
ONS = re.compile(r"\d+[A-Z]?(\.\d+)?")
EXPIRED = "EXPIRED"  # in capitals: an expired licence is an offence of its own
HEADERS = {
    "urn": r".*\burn",
    "offence": r"full offence title",
    "days": r"(cchi.*)?score",
    "starting_point": r"starting point",
    "group": r"group",
    "ons_code": r"classification code",
    "ho_class": r"home office classification",
    "ho_code": r"ho code",
    "ho_sub_code": r"ho sub code",
    "notifiable": r"notifiable",
}


@dataclass(frozen=True)
class Values:
    """The offences of a values sheet, their CJS codes, and what was mended or left out."""

    offences: pl.DataFrame
    cjs_codes: pl.DataFrame
    notes: Notes

    def notifiable(self) -> pl.DataFrame:
        """The notifiable offences that have a class."""
        return self.offences.filter((pl.col("notifiable") == "true") & (pl.col("ho_class") != ""))

    def ambiguous_classes(self) -> list[str]:
        """The notifiable classes with more than one score."""
        several = self.notifiable().group_by("ho_class").agg(pl.col("days").n_unique()).filter(pl.col("days") > 1)
        return several["ho_class"].sort().to_list()

    def ons_codes(self) -> dict[str, list[str]]:
        """The ONS codes that the sheet names beside each notifiable class."""
        asked = self.notifiable().drop_nulls("ons_code")
        listed = asked.group_by("ho_class").agg(pl.col("ons_code").unique().sort()).sort("ho_class")
        return dict(listed.iter_rows())


def read_values(rows: Sequence[Row], edition: str, file: str) -> Values:
    """Read a values sheet.

    Args:
        rows: the sheet's rows.
        edition: named as the source of each row.
        file: for messages.

    Raises:
        InputError: the header or the rows aren't those of a values sheet.
    """
    top, columns, cjs_columns = _header(rows, file)
    notes = Notes()
    offences, court = [], []
    for number, written in enumerate(rows[top + 1 :], start=top + 2):
        if not any(text(cell) for cell in written):
            continue
        row = _aligned(written, columns, number, notes)
        title, score = text(at(row, columns["offence"])), days(at(row, columns["days"]))
        if EXPIRED in title:
            notes.add(number, "left out: expired", title)
        elif score is None:
            notes.add(number, "left out: no score", title)
        else:
            offence = _offence(row, columns, number, notes)
            offences.append((str(number), *offence, title, score, f"{edition} values sheet, row {number}"))
            court += [(str(number), code) for code in _court_codes(row, cjs_columns, number, notes)]
    if not offences:
        raise InputError("no row has a score", "give the workbook as the publisher has it", file=file)
    texts = dict.fromkeys(OFFENCES, pl.String()) | {"days": pl.Float64()}
    return Values(
        pl.DataFrame(offences, texts, orient="row"),
        pl.DataFrame(court, dict.fromkeys(CJS_CODES, pl.String()), orient="row"),
        notes,
    )


def _header(rows: Sequence[Row], file: str) -> tuple[int, dict[str, int | None], list[int]]:
    """The header's place, the column of each name we know, and the columns of CJS codes."""
    for top, row in enumerate(rows[:20]):
        names = [re.sub(r"[\s_]+", " ", text(cell)).strip(" :").lower() for cell in row]
        columns = {
            key: next((i for i, name in enumerate(names) if re.fullmatch(pattern, name)), None)
            for key, pattern in HEADERS.items()
        }
        if columns["days"] is not None and columns["ho_class"] is not None:
            return top, columns, [i for i, name in enumerate(names) if name.startswith("cjs code")]
    advice = "its header should name CCHI Score and HOME_OFFICE_CLASSIFICATION"
    raise InputError("this values sheet has no header that can be read", advice, file=file)


def _aligned(row: Row, columns: dict[str, int | None], number: int, notes: Notes) -> Row:
    """The row, moved back by a cell when its cells from the starting point on stand one too far right."""
    shifted = text(at(row, columns["group"])).lower().startswith(("http", "www."))
    start = columns["starting_point"] if columns["starting_point"] is not None else columns["group"]
    if not shifted or start is None:
        return row
    notes.add(number, "mended: cells one column too far right", text(at(row, columns["offence"])))
    return [*row[:start], *row[start + 1 :]]


def _offence(row: Row, columns: dict[str, int | None], number: int, notes: Notes) -> tuple[str | None, ...]:
    """Reference number, class, ONS code and whether it is notifiable."""
    written = at(row, columns["ons_code"])
    code = undated(written) if isinstance(written, dt.date) else text(written)
    if isinstance(written, dt.date):
        notes.add(number, "mended: classification code that had become a date", code)
    known = [one for one in ons_codes(code) if ONS.fullmatch(one)]
    said = text(at(row, columns["notifiable"])).lower()
    notifiable = not said.startswith("n") or said.startswith("notif") if said else bool(known) or not code
    urn = text(at(row, columns["urn"]))
    return urn or None, _class(row, columns, number, notes), ", ".join(known) or None, str(notifiable).lower()


def _class(row: Row, columns: dict[str, int | None], number: int, notes: Notes) -> str:
    """The Home Office class, mended by the columns of its parts where need be; empty when there is none."""
    written = at(row, columns["ho_class"])
    apart = "/".join(text(at(row, columns[part])) for part in ("ho_code", "ho_sub_code"))
    parts = ho_class(apart)
    if isinstance(written, dt.date):
        readings = [ho_class(undated(written)), ho_class(f"{written.day}/{written.month}")]
        found = parts if parts in readings else readings[0]
        notes.add(number, "mended: class that had become a date", f"{written:%Y-%m-%d} to {found}")
        return found
    found = ho_class(text(written))
    if not is_class(found):
        if is_class(parts):
            notes.add(number, "mended: class taken from its parts", f"{text(written)} to {parts}")
            return parts
        notes.add(number, "kept without a class that can be read", text(written))
        return ""
    if found != text(written):
        notes.add(number, "mended: class in another spelling", f"{text(written)} to {found}")
    return found


def _court_codes(row: Row, columns: list[int], number: int, notes: Notes) -> list[str]:
    cells: list[Cell] = [at(row, column) for column in columns]
    found: list[str] = []
    for cell in cells:
        codes = re.split(r"[\s,;]+", text(cell).upper())
        if all(CJS.fullmatch(code) for code in codes):
            found += codes
        elif text(cell):
            notes.add(number, "left out: not a CJS code", text(cell))
    return list(dict.fromkeys(found))
