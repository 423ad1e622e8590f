"""Everybody who was kept, with what may be said of each: figures of rankable people only, in the order asked for.

Children and people who may be exploited stand after all others, by mark and id: no figure of theirs is even read, so
that none can order them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from countylines.web.members_view import mark_order
from countylines.web.ranks import places, priorities
from countylines.web.reader import Reader
from countylines.web.unweighed import INDEXES, known_harm

MEASURES: Mapping[str, str] = {"strength": "ties", "betweenness": "between"}
"""Measure of centrality to its column."""
SORTS: Mapping[str, str] = {
    "rank": "rank",
    "cchi": "cchi",
    "ons": "ons_css",
    "ties": "ties",
    "between": "between",
    "latest": "last_evidence",
}
"""A key in the address to its column."""
MARKED = pl.Schema({"nominal_id": pl.String(), "mark": pl.Int64(), "rankable": pl.Boolean()})
WHO: Mapping[str, str] = {
    "": "All",
    "rankable": "May be ranked",
    "guarded": "To protect or held",
    "children": "Under 18",
    "ages": "Of unknown age",
    "protected": "Protected",
    "held": "Held",
}
GROUP: Mapping[str, str] = {"": "In a group or not", "any": "In a group", "none": "In no group"}


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list.

    Attributes:
        who: of WHO.
        group: of GROUP, or a group's id.
        sort: a key of SORTS, with a minus before it for the other way round.
    """

    who: str = ""
    group: str = ""
    sort: str = "rank"

    @classmethod
    def read(cls, who: str = "", group: str = "", sort: str = "") -> Wanted:
        """From an address; what isn't known counts as not asked.

        Example:
            >>> Wanted.read("all of them", "none", "-age")
            Wanted(who='', group='none', sort='rank')
        """
        return cls(who if who in WHO else "", group[:100], sort if sort.removeprefix("-") in SORTS else "rank")

    @property
    def filters(self) -> dict[str, str]:
        """The filters for an address."""
        return {"who": self.who, "group": self.group}

    @property
    def address(self) -> dict[str, str]:
        """All of it; what is usual is left out."""
        return {**self.filters, "sort": "" if self.sort == "rank" else self.sort}

    def kept(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The people who pass all filters."""
        whos = {"rankable": pl.col("rankable"), "guarded": ~pl.col("rankable"), "children": pl.col("is_child")}
        whos |= {"ages": pl.col("is_child").is_null()}
        whos |= {"protected": pl.col("protected"), "held": ~pl.col("protected") & (pl.col("held").list.len() > 0)}
        rows = rows.filter(whos[self.who]) if self.who else rows
        groups = {"any": pl.col("group_id").is_not_null(), "none": pl.col("group_id").is_null()}
        return rows.filter(groups.get(self.group, pl.col("group_id") == self.group)) if self.group else rows

    def ordered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rankable people in the order asked for, unknown last, ties by rank; then the others, as they stand always."""
        ranked = rows.filter("rankable").sort("rank", "nominal_id", nulls_last=True)
        key, down = SORTS[self.sort.removeprefix("-")], self.sort.startswith("-")
        ranked = ranked.sort(key, descending=down, nulls_last=True, maintain_order=True)
        return pl.concat([ranked, rows.filter(~pl.col("rankable")).sort("mark", "nominal_id")])


def everybody(reader: Reader) -> pl.DataFrame:
    """A row per kept person; made once a run.

    Columns: ``nominal_id``, ``group_id``, ``entered_by``, ``last_evidence``; ``rankable``: may be ranked now; ``mark``:
    place of their mark among those of guarded people; ``is_child``, ``protected``, ``held``. Of rankable people only,
    null for all others: ``rank``, ``rank_low``, ``rank_high``; ``cchi``, ``ons_css``: harm of 12 months, null =
    unknown; ``ties``, ``between``: the measure in the whole network, with ``_rank``, ``_low``, ``_high``;
    ``kept_share``, ``stays``: of re-runs, null = not made.
    """
    made: pl.DataFrame = reader.made("everybody kept", _everybody)
    return made


def of_reader(reader: Reader) -> pl.DataFrame:
    """Those with a record in the own areas of who reads; all where none are set."""
    rows = everybody(reader)
    if not reader.areas:
        return rows
    return rows.filter(pl.col("nominal_id").is_in(list(reader.people_within(rows["nominal_id"]))))


def _everybody(reader: Reader) -> pl.DataFrame:
    people = reader.table("nominals")
    cards = reader.cards(people["nominal_id"])
    free = {name for name, card in cards.items() if card.rankable and not card.guarded}
    marks = [(name, mark_order(card), name in free) for name, card in cards.items()]
    rows = people.select("nominal_id", "group_id", "entered_by", "last_evidence", "is_child", "protected", "held").join(
        pl.DataFrame(marks, schema=MARKED, orient="row"), on="nominal_id", maintain_order="left"
    )
    figures = [_ranks(reader), *(_places(reader, *pair) for pair in MEASURES.items()), _harm(reader, free)]
    figures.append(people.select("nominal_id", "kept_share", "stays"))
    for each in figures:
        own = each.filter(pl.col("nominal_id").is_in(list(free)))
        rows = rows.join(own, on="nominal_id", how="left", maintain_order="left")
    return rows


def _ranks(reader: Reader) -> pl.DataFrame:
    return priorities(reader).select("rank", "rank_low", "rank_high", nominal_id="id")


def _places(reader: Reader, measure: str, name: str) -> pl.DataFrame:
    rows = places(reader).filter((pl.col("scope") == "network") & (pl.col("measure") == measure))
    ranks = {f"{name}_{end}": f"rank_{end}" for end in ("low", "high")}
    return rows.select("nominal_id", **{name: "value", f"{name}_rank": "rank", **ranks})


def _harm(reader: Reader, ids: Collection[str]) -> pl.DataFrame:
    harm = known_harm(reader, "nominal")
    rows = [(one, *(harm.of(one, index, "12m") for index in INDEXES)) for one in ids]
    return pl.DataFrame(rows, schema={"nominal_id": pl.String, **dict.fromkeys(INDEXES, pl.Float64)}, orient="row")
