"""A rank in words, with its rank by the other harm index and by reported crime only beside it (METHOD 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countylines.report.show.words import span

Row = Mapping[str, Any]
NAMES = {"cchi": "CCHI", "ons_css": "ONS"}
OTHER = {"cchi": "ons_css", "ons_css": "cchi"}
REPORTED = "reported crime only"


def ranked(row: Row) -> str:
    """A rank with its range over 90% of all weightings.

    Example:
        >>> ranked({"rank": 3, "rank_low": 2, "rank_high": 9}), ranked({"rank": None})
        ('3 (2-9)', '')
    """
    return f"{row['rank']:,} ({span(row['rank_low'], row['rank_high'])})" if row["rank"] is not None else ""


def beside(row: Row) -> str:
    """The rank by the other index, and by reported crime only; ? where that can't be told.

    Example:
        >>> beside({"rank": 3, "rank_other_index": 9, "rank_reported": None}), beside({"rank": None})
        ('9, ?', '')
    """
    if row["rank"] is None:
        return ""
    return ", ".join("?" if row[name] is None else f"{row[name]:,}" for name in ("rank_other_index", "rank_reported"))


def rank_line(row: Row, index: str) -> str:
    """All three ranks in a sentence.

    Example:
        >>> place = {"rank": 3, "rank_low": 2, "rank_high": 7, "rank_other_index": 9, "rank_reported": None}
        >>> rank_line(place, "cchi")
        'Rank 3 by CCHI (2-7 in 90% of all weightings); 9 by ONS; by reported crime only not known.'
    """
    others = "; ".join(
        f"by {name} not known" if rank is None else f"{rank:,} by {name}" for name, rank in _others(row, index)
    )
    ranges = span(row["rank_low"], row["rank_high"])
    return f"Rank {row['rank']:,} by {NAMES[index]} ({ranges} in 90% of all weightings); {others}."


def moved(row: Row, index: str) -> str:
    """The ranks in words, where what stands for harm moves somebody out of 90% of all weightings; else empty.

    Example:
        >>> place = {"rank": 2, "rank_low": 1, "rank_high": 10, "rank_other_index": 4, "rank_reported": 17}
        >>> moved(place, "cchi")
        '2nd by CCHI, 17th by reported crime only'
    """
    far = [
        f"{ordinal(rank)} by {name}"
        for name, rank in _others(row, index)
        if rank is not None and not row["rank_low"] <= rank <= row["rank_high"]
    ]
    return ", ".join([f"{ordinal(row['rank'])} by {NAMES[index]}", *far]) if far else ""


def _others(row: Row, index: str) -> list[tuple[str, int | None]]:
    return [(NAMES[OTHER[index]], row["rank_other_index"]), (REPORTED, row["rank_reported"])]


def ordinal(n: int) -> str:
    """A place in an order.

    Example:
        >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 1102, 1112)]
        ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '1,102nd', '1,112th']
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
