"""The records behind a group's figures: all of them, those of a year, or of a factor, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from countylines.rank.profile import load_rules
from countylines.sums import EDGE
from countylines.tables import CONNECTING_ROLES
from countylines.web.access import Missing
from countylines.web.covering import cover
from countylines.web.evidence import Evidence, evidence
from countylines.web.own_areas import within
from countylines.web.paging import paged
from countylines.web.reader import Reader

A_PAGE = 15
COLUMNS = "r.record_id, r.score, COALESCE(r.recorded, r.occurred) AS date"


@dataclass(frozen=True)
class Found:
    """Some records of a group.

    Attributes:
        title: what they are, as a heading.
        note: how they were chosen, in a sentence.
        ids: all of them, the heaviest first, then the latest.
    """

    title: str
    note: str
    ids: tuple[str, ...]

    def page(self, reader: Reader, page: int, *, covered: bool) -> tuple[list[Evidence], int, int]:
        """The records of a page, its number, and how many pages there are; ``covered``: names in texts, too."""
        here, at, pages = paged(len(self.ids), page, A_PAGE)
        some = self.ids[here]
        place = {record: i for i, record in enumerate(some)}
        made = [cover(reader, each) if covered else each for each in evidence(reader, some)]
        return sorted(made, key=lambda each: place[each.record["record_id"]]), at, pages


def of_areas(reader: Reader, found: Found, areas: Sequence[str]) -> tuple[Found, int]:
    """Those of one's own areas, and how many others there are; without own areas all.

    A record of unknown area is nobody's own, as on its own page.
    """
    if not areas:
        return found, 0
    rows = reader.index.among("SELECT record_id, area FROM records WHERE record_id IN ({ids})", found.ids)
    own = {row["record_id"] for row in rows if within(areas, [row["area"]])}
    kept = tuple(record for record in found.ids if record in own)
    return replace(found, ids=kept), len(found.ids) - len(kept)


def matched(reader: Reader, people: Sequence[str], window: str = "all") -> Found:
    """Every matched record in which one of these people connects; of 12 months those in the network, as My work counts
    them."""
    if window != "12m":
        rows = _joined(reader, people, "r.score > 0")
        said = "Every record with a hit in which somebody of the group connects."
        return Found("Records of the group", said, _order(rows))
    least = reader.settings["network"]["keep_weight"]
    since = pl.Series([reader.as_of]).dt.offset_by("-12mo")[0].isoformat()
    rows = _joined(reader, people, f"r.score >= {least - EDGE!r}")
    recent = [row for row in rows if since < (row["date"] or "")[:10] <= reader.as_of.isoformat()]
    said = "Records of the last 12 months that are county-lines records by their weight, and in which somebody of the"
    return Found("Records of the last 12 months", f"{said} group connects.", _order(recent))


def of_factor(reader: Reader, group_id: str, factor: str) -> Found:
    """The records behind one factor.

    Raises:
        Missing: there is no such factor.
    """
    rule = load_rules().factors.get(factor)
    if rule is None:
        raise Missing("No such factor", "Go back to the group and choose one of the nine.")
    rows = [row for row in reader.rows("profiles", "group_id", group_id) if row["factor"] == factor]
    ids = [record for row in rows for record in row["record_ids"] or ()]
    known = reader.index.among(f"SELECT {COLUMNS} FROM records r WHERE r.record_id IN ({{ids}})", ids)
    return Found(rule.label, rule.meaning, _order(known))


def count_matched(reader: Reader, people: Sequence[str]) -> int:
    """How many records :func:`matched` has."""
    return len(matched(reader, people).ids)


def _joined(reader: Reader, people: Sequence[str], where: str) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(CONNECTING_ROLES))
    return reader.index.among(
        f"SELECT DISTINCT {COLUMNS} FROM involvements i JOIN records r ON r.record_id = i.record_id"
        f" WHERE i.nominal_id IN ({{ids}}) AND i.role IN ({marks}) AND {where}",
        people,
        *CONNECTING_ROLES,
    )


def _order(rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    unique = {row["record_id"]: row for row in rows}.values()
    latest = sorted(unique, key=lambda row: (row["date"] or "", row["record_id"]), reverse=True)
    return tuple(row["record_id"] for row in sorted(latest, key=lambda row: -(row["score"] or 0.0)))
