"""The rows of the extracts that a run doesn't use, as those may see them who see people and evidence.

A row's content is opened to nobody who couldn't open the record itself: no restricted rows, which take a reason each,
and no rows outside one's own areas. Names aren't shown here, and no role beside somebody who is protected or held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from countylines.web.access import Visit
from countylines.web.own_areas import areas_of
from countylines.web.paging import paged
from countylines.web.persons import Card, visible
from countylines.web.reader import Reader
from countylines.web.run_facts import SOURCE

PER_PAGE = 25
LEFT_OUT = ("name", "aliases", "date_of_birth", "ethnicity", "sex")
LONGEST = 400
WITH_A_REASON = "in a run made with restricted records it opens, with a reason of its own."
COVERED = "covered, since names may stand in it"


@dataclass(frozen=True)
class Why:
    """How many rows of a table aren't used for one reason."""

    table: str
    kind: str
    reason: str
    rows: int


@dataclass(frozen=True)
class RejectedRow:
    """One row that isn't used.

    Attributes:
        cells: its content as name and value; empty where it may not be opened.
        closed: why it may not.
        card: the person it names, where the extracts know them.
    """

    table: str
    file: str
    row_number: int | None
    kind: str
    reason: str
    cells: tuple[tuple[str, str], ...]
    closed: str
    card: Card | None


def reasons(reader: Reader) -> list[Why]:
    """Rows not used by table, kind and reason, the most first."""

    def make(reader: Reader) -> list[Why]:
        keys = ["table", "kind", "reason"]
        counts = reader.run.table("rejects").group_by(keys).agg(rows=pl.len()).collect()
        ordered = counts.sort(["rows", *keys], descending=[True, False, False, False])
        return [Why(*row) for row in ordered.select(*keys, "rows").iter_rows()]

    found: list[Why] = reader.made("why rows are not used", make)
    return found


def rejected_rows(
    visit: Visit, reader: Reader, wanted: Mapping[str, str], page: int, size: int = PER_PAGE
) -> tuple[list[RejectedRow], int, int, int]:
    """A page of the rows that fit, how many there are, the page and the number of pages.

    Args:
        wanted: ``table``, ``kind`` and ``reason``, and ``source`` of records; empty = any.
        size: rows of a page.
    """
    frame = reader.run.table("rejects").with_columns(source=SOURCE)
    for name, value in wanted.items():
        if value:
            frame = frame.filter(pl.col(name) == value)
    total = int(frame.select(pl.len()).collect().item())
    here, at, pages = paged(total, page, size)
    rows = frame.slice(here.start, size).collect().to_dicts()
    contents = [_content(row["row"]) for row in rows]
    cards = reader.cards({str(content["nominal_id"]) for content in contents if content.get("nominal_id")})
    made = [_row(visit, row, content, cards) for row, content in zip(rows, contents, strict=True)]
    return made, total, at, pages


def _content(written: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _row(visit: Visit, row: dict[str, Any], content: dict[str, Any], cards: dict[str, Card]) -> RejectedRow:
    closed = why_closed(row["reason"], content, visit.can("see_restricted"), areas_of(visit))
    card = None if closed else cards.get(str(content.get("nominal_id")))
    shown = {} if closed else {name: value for name, value in content.items() if _shown(name, value, card)}
    if visit.covered and "text" in shown:
        shown["text"] = COVERED  # whose names stand in it isn't known: its people weren't read
    cells = [(name, _told(value)) for name, value in shown.items()]
    about = (row["table"], row["file"], row["row_number"], row["kind"], row["reason"])
    return RejectedRow(*about, tuple(cells), closed, card)


def why_closed(reason: str, content: dict[str, Any], cleared: bool, areas: Sequence[str]) -> str:
    """Why a row's content isn't opened; empty = it is.

    Example:
        >>> why_closed("restricted", {}, False, ())
        'Restricted: only cleared people may open it.'
        >>> why_closed("restricted", {}, True, ())
        'Restricted: in a run made with restricted records it opens, with a reason of its own.'
        >>> why_closed("before since", {"area": "Eastfield"}, False, ["Eastfield"])
        ''
    """
    if "restricted" in reason or str(content.get("restricted", "")).lower() == "true":
        return f"Restricted: {WITH_A_REASON if cleared else 'only cleared people may open it.'}"
    if areas and str(content.get("area", "")).casefold() not in {area.casefold() for area in areas}:
        return "Not known to be in your areas."
    return ""


def _shown(name: str, value: Any, card: Card | None) -> bool:
    """No name; no role unless the person is known to be neither protected nor held."""
    if name in LEFT_OUT or value in (None, ""):
        return False
    return (
        name not in ("role", "nominal_id")
        or (name == "role" and card is not None and not card.guarded)
        or (name == "nominal_id" and card is None)
    )


def _told(value: Any) -> str:
    text = re.sub(r"(?<=:\d\d)\.0+$", "", visible(str(value)))  # a time as Parquet writes it: no parts of seconds
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
