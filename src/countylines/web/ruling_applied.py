"""The rulings that a run was given with its extracts, and what became of each there (METHOD 1, decisions)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from countylines.ingest.decisions import states
from countylines.web.access import Visit
from countylines.web.own_areas import areas_of
from countylines.web.persons import Card
from countylines.web.reader import Reader

SAID: Mapping[str, str] = {
    "applied": "Applied",
    "waiting": "Not applied: one person has signed",
    "expired": "Not applied: its review date had come",
}


@dataclass(frozen=True)
class Applied:
    """One ruling of the run's extracts.

    Attributes:
        card: the person, if the run knows them.
        set_aside: the record isn't among those that the run kept.
        state: applied, waiting or expired on the run's day.
    """

    nominal_id: str | None
    record_id: str | None
    decision: str
    by: str | None
    confirmed_by: str | None
    at: dt.datetime | None
    reason: str | None
    review_by: dt.date | None
    state: str
    card: Card | None
    set_aside: bool

    @property
    def said(self) -> str:
        """What became of it, in words."""
        return SAID[self.state]


def applied(visit: Visit) -> list[Applied]:
    """The run's rulings, the latest first; to somebody with own areas those on people and records there only."""
    reader, own = visit.reader, areas_of(visit)
    made, area = _made(reader, pl.lit(True))
    near = reader.people_within(one.nominal_id for one in made if one.nominal_id)
    return [one for one in made if not own or one.nominal_id in near or area.get(one.record_id or "") in own]


def applied_to(visit: Visit, nominal_id: str) -> list[Applied]:
    """Those on one person, whose page the visitor may open."""
    return _made(visit.reader, pl.col("nominal_id") == nominal_id)[0]


def _made(reader: Reader, which: pl.Expr) -> tuple[list[Applied], Mapping[str, str | None]]:
    """Rulings of the run, the latest first, and the area of each record among them that it kept."""
    rows = reader.table("sources/decisions").filter(which)
    found = states(nw.from_native(rows.lazy()), reader.as_of).to_native().collect()
    assert isinstance(found, pl.DataFrame)
    cards = reader.cards(found["nominal_id"].drop_nulls().unique())
    records = reader.index.among(
        "SELECT record_id, area FROM records WHERE record_id IN ({ids})", found["record_id"].drop_nulls().unique()
    )
    area = {row["record_id"]: row["area"] for row in records}
    made = [
        Applied(**row, card=cards.get(row["nominal_id"]), set_aside=row["record_id"] not in area)
        for row in found.sort("at", "nominal_id", "record_id", descending=[True, False, False]).iter_rows(named=True)
    ]
    return made, area
