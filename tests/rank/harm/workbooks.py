"""Workbooks in the publishers' official layouts, made for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

# As in the 2020 workbook, with the blanks and colons of its headers; 28 columns of CJS codes and empty ones follow.
CCHI_HEADER = [
    "ATHENA URN", "FULL_OFFENCE_TITLE", "SHORT_TITLE ", "CCHI Score", "Sentencing data from actual offence available: ",
    "If no sentencing data available what similar offence was used: ", "Starting Point ", "Maximum Sentence",
    "Score from: ", "GROUP", "SUB_GROUP", "SUB_SUB_GROUP", "CLASSIFICATION_CODE", "HOME_OFFICE_CLASSIFICATION",
    "HO_CODE", "HO_SUB_CODE", "HO_SUB_SUB_CODE", "NOTIFIABLE", "INVESTIGATION_TYPE", "ACT",
]  # fmt: skip
CJS_COLUMNS = 28
STARTING_POINT, GROUP = 6, 9


def offence(
    urn: str,
    title: str,
    days: Any,
    code: Any,
    ho: Any,
    *cjs: str,
    parts: tuple[Any, Any] | None = None,
    notifiable: str = "Notifiable",
) -> list[Any]:
    """A row of the values sheet."""
    whole, sub = parts or (ho.split("/") if isinstance(ho, str) and "/" in ho else (None, None))
    numbers = [int(part) if isinstance(part, str) else part for part in (whole, sub)]
    row = [
        urn,
        title,
        title[:20],
        days,
        "Yes",
        None,
        "1 year",
        "Life",
        "https://guideline.example",
        "GROUP",
        "SUB",
        "SUB 2",
    ]
    return [*row, code, ho, *numbers, 0, notifiable, "Crime", "Some Act 1990", *cjs]


def shifted(row: Sequence[Any]) -> list[Any]:
    """The row as row 656 of the 2020 sheet stands there: from Starting Point on one cell too far right."""
    return [*row[:STARTING_POINT], None, *row[STARTING_POINT:]]


def cchi_book(path: Path, rows: Iterable[Sequence[Any]], year: int = 2020, header: Sequence[str] = CCHI_HEADER) -> Path:
    """A CCHI workbook: cover page and values sheet."""
    book = Workbook()
    cover = book.active
    cover.title = "Cover page"
    cover.append(["Cambridge Crime Harm Index", "Copyright Cambridge Centre for Evidence based Policing"])
    sheet = book.create_sheet(f"CCHI {year} values sheet")
    sheet.append([*header, *["CJS Codes"] * CJS_COLUMNS, None, None])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def ons_book(
    path: Path, rows: Iterable[Sequence[Any]], title: str = "Crime Severity Score, year ending March 2025", top: int = 5
) -> Path:
    """An ONS data tool: contents, and the list of weights with its header in row ``top``.

    A row is category, code, offence, weight; a category of its own stands alone.
    """
    book = Workbook()
    contents = book.active
    contents.title = "Contents"
    contents.append([title])
    sheet = book.create_sheet("List of weights")
    for line in range(top - 1):
        sheet.append(["List of weights"] if line == 0 else [])
    sheet.append([None, None, "Offence", "Weight "])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path
