"""What assessments read: a run's network and groups, and the rows around its people, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from countylines.graph import Graph, graph_of
from countylines.rank.rankable import Rankable, rankable_of
from countylines.tables import EXTRACTS, RUN

SMALL = ("reference_groups", "known_lines", "known_victims", "releases", "episodes", "care", "decisions")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that harm, centrality, profiles, priority, dismantling and safeguarding are made from.

    Frames are as the tables of the same name, sorted by key. *Nearby* are the records in which a kept person, a known
    victim or somebody listed in ``safeguarding`` is involved in any role.

    Attributes:
        as_of: the day on which ages and windows are taken.
        force_areas: the force's own areas; empty = unknown.
        nominals, edges, groups, reference_overlaps: run tables; ``held`` is an empty list where there is no reason.
        records: the nearby records, with ``date``, without ``text``.
        involvements: everybody's roles in the nearby records.
        people: as the extract nominals: everybody in them.
        hits: in the nearby records, those no exception cancels.
        record_scores: of the nearby records.
        safeguarding: as the run table but without tier.
        numbers: phone numbers and line names in the texts of all matched records.
        small: the extracts that are small: SMALL, by name.
        weights: weight of each search group.
    """

    as_of: dt.date
    force_areas: tuple[str, ...]
    nominals: pl.DataFrame
    edges: pl.DataFrame
    groups: pl.DataFrame
    reference_overlaps: pl.DataFrame
    records: pl.DataFrame
    involvements: pl.DataFrame
    people: pl.DataFrame
    hits: pl.DataFrame
    record_scores: pl.DataFrame
    safeguarding: pl.DataFrame
    numbers: pl.DataFrame
    small: Mapping[str, pl.DataFrame]
    weights: Mapping[str, float]

    @cached_property
    def rankable(self) -> Rankable:
        """The people who may be ranked."""
        return rankable_of(self.nominals)

    @cached_property
    def graph(self) -> Graph:
        """The graph of METHOD 3.7."""
        return graph_of(self.nominals, self.edges)

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The people of each group, sorted; groups in order of id."""
        rows = self.nominals.filter(pl.col("group_id").is_not_null()).sort("group_id", "nominal_id")
        listed = rows.group_by("group_id", maintain_order=True).agg("nominal_id")
        return {group: tuple(people) for group, people in listed.iter_rows()}


def in_care(day: dt.date) -> pl.Expr:
    """Whether a period of care, by its columns ``from`` and ``to``, has begun by a day and isn't over then."""
    return (pl.col("from") <= day) & (pl.col("to").is_null() | (pl.col("to") >= day))


def read_evidence(
    run: Path,
    nearby: Mapping[str, Path],
    as_of: dt.date,
    force_areas: tuple[str, ...],
    nominals: pl.DataFrame,
) -> Evidence:
    """Read it from a run's folder and the rows that were kept for it.

    Args:
        run: the folder of the run being made: edges, groups, reference_overlaps, term_table, numbers and sources/.
        nearby: paths by name, as made by ``network.nearby``.
        nominals: the run table, with groups; it may not be written yet.
    """

    def table(name: str) -> pl.DataFrame:
        return pl.read_parquet(run / f"{name}.parquet")

    def near(name: str, by: tuple[str, ...]) -> pl.DataFrame:
        kept = nearby[name]  # a folder of files, with Spark's own beside them, or one file
        return pl.read_parquet(kept / "*.parquet" if kept.is_dir() else kept).sort(by)

    weights = table("term_table").select("group", "weight")
    return Evidence(
        as_of=as_of,
        force_areas=force_areas,
        nominals=nominals.with_columns(pl.col("held").fill_null([])).sort("nominal_id"),
        edges=table("edges"),
        groups=table("groups"),
        reference_overlaps=table("reference_overlaps"),
        records=near("records", EXTRACTS["records"].key),
        involvements=near("involvements", EXTRACTS["involvements"].key),
        people=near("people", EXTRACTS["nominals"].key),
        hits=near("hits", RUN["hits"].key),
        record_scores=near("record_scores", RUN["record_scores"].key),
        safeguarding=near("safeguarding", RUN["safeguarding"].key),
        numbers=table("numbers"),
        small={name: pl.read_parquet(run / "sources" / f"{name}.parquet") for name in SMALL},
        weights=dict(weights.sort("group").iter_rows()),
    )
