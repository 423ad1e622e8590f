"""Offence codes in one spelling, however a system or a spreadsheet has them."""

from __future__ import annotations

import datetime as dt
import re

WITH_SLASH = re.compile(r"(\d{1,3})\s*/\s*(\d{1,2})")
DIGITS = re.compile(r"(\d{2,3}?)(\d{2})")  # 03606 or 3606: the last two are the sub-class
LAST_CENTURY = range(1900, 2000)


def ho_class(written: str) -> str:
    """A Home Office class as 008/06; what doesn't look like one comes back stripped, in capitals.

    Example:
        >>> [ho_class(written) for written in ("8/6", " 008/06", "00806", "3606", "106")]
        ['008/06', '008/06', '008/06', '036/06', '106']
    """
    text = written.strip().upper()
    found = WITH_SLASH.fullmatch(text) or DIGITS.fullmatch(text)
    return f"{int(found[1]):03}/{int(found[2]):02}" if found else text


def is_class(text: str) -> bool:
    """Whether it is a class as ``ho_class`` writes it.

    Example:
        >>> is_class("008/06"), is_class("106")
        (True, False)
    """
    return re.fullmatch(r"\d{3}/\d{2}", text) is not None


def undated(day: dt.date) -> str:
    """The code that a spreadsheet took for a date: month/day, or month/year where no such day could be meant.

    Spreadsheets read 5/1 as 1 May of the year in which it was typed, and 8/55, since no month has 55 days, as August
    1955.

    Example:
        >>> undated(dt.date(2022, 5, 1)), undated(dt.date(1955, 8, 1))
        ('5/1', '8/55')
    """
    by_year = day.day == 1 and day.year in LAST_CENTURY
    return f"{day.month}/{day.year % 100:02}" if by_year else f"{day.month}/{day.day}"


def ons_codes(written: str) -> tuple[str, ...]:
    """The ONS codes in a cell, which may hold a list that leaves out what repeats.

    Example:
        >>> ons_codes("1, 4.1/2/10")
        ('1', '4.1', '4.2', '4.10')
        >>> ons_codes("8N"), ons_codes("4/1"), ons_codes("58A/B")
        (('8N',), ('4.1',), ('58A', '58B'))
    """
    found: list[str] = []
    for part in re.split(r"[,;&]", written.upper()):
        pieces = [piece.strip() for piece in part.split("/")]
        if re.fullmatch(r"\d+/\d+", part.strip()):  # CCHI writes 4/1 for what ONS writes 4.1
            pieces = [part.strip().replace("/", ".")]
        stem = re.match(r"\d+\.|\d+(?=[A-Z])", pieces[0])
        short = [piece if not stem or piece.startswith(stem[0]) else stem[0] + piece for piece in pieces]
        found += [piece for piece in short if piece]
    return tuple(found)
