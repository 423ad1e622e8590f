"""A rankable person's place: centrality with ranges, harm by both indices, priority. Nobody else has any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from countylines.rank.meanings import MEANINGS
from countylines.report.show.words import harm_summary
from countylines.web.persons import Card
from countylines.web.ranks import places, priorities
from countylines.web.reader import Reader
from countylines.web.unweighed import known_harm

Row = dict[str, Any]
MEASURES: Mapping[str, str] = {
    "strength": "Strength",
    "betweenness": "Betweenness",
    "eigenvector": "Eigenvector",
    "harmonic": "Closeness",
}


@dataclass(frozen=True)
class Standing:
    """What may be said of a person who is neither protected nor held.

    Attributes:
        centrality: rows with measure, what it means, scope, value, rank and range.
        ranked: people in each scope who have a rank.
        harm: by index and window; none where no such crime has a code.
        uncoded: such crimes without a code or a weight.
        priority: rank and range among rankable people; None = no recent evidence.
        among: how many people have a priority.
    """

    centrality: tuple[Row, ...]
    ranked: Mapping[str, int]
    harm: tuple[Row, ...]
    priority: Row | None
    among: int
    uncoded: int


def standing(reader: Reader, card: Card) -> Standing | None:
    """A person's standing; None for everybody who may not be ranked."""
    if not card.rankable or card.guarded:
        return None
    own = places(reader).filter(pl.col("nominal_id") == card.nominal_id).to_dicts()
    wanted = [(scope, measure) for scope in ("network", "group") for measure in MEASURES]
    rows = {(row["scope"], row["measure"]): row for row in own}
    centrality = tuple(
        {**rows[key], "called": MEASURES[key[1]], "means": MEANINGS[key[1]]} for key in wanted if key in rows
    )
    order = priorities(reader).filter(pl.col("id") == card.nominal_id).to_dicts()
    return Standing(
        centrality=centrality,
        ranked={"network": _ranked(reader), "group": _in_group(reader, card)},
        harm=tuple(harm_summary(reader.rows("nominal_harm", "id", card.nominal_id))),
        priority=order[0] if order else None,
        among=priorities(reader).height,
        uncoded=known_harm(reader, "nominal").without.get((card.nominal_id, "cchi", "all"), 0),
    )


def _ranked(reader: Reader) -> int:
    return sum(_rankable(reader).values())


def _in_group(reader: Reader, card: Card) -> int:
    if not card.group_id:
        return 0
    return _rankable(reader)[card.group_id]


def _rankable(reader: Reader) -> dict[str | None, int]:
    """Rankable people by group; None = in no group."""

    def make(reader: Reader) -> dict[str | None, int]:
        ranked = reader.table("nominals").filter("rankable")
        free = [name for name, card in reader.cards(ranked["nominal_id"]).items() if not card.guarded]
        may = pl.col("nominal_id").is_in(free)
        return dict(reader.table("nominals").group_by("group_id").agg(may.sum()).iter_rows())

    made: dict[str | None, int] = reader.made("rankable people by group", make)
    return made
