"""What every factor looks at: each group's people, and what they are in which records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from countylines.rank.evidence import Evidence
from countylines.rank.profile.offences import among
from countylines.tables import CONNECTING_ROLES

TEXTS = pl.List(pl.String)


@dataclass(frozen=True, eq=False)
class Scene:
    """The groups and the records of their people.

    Attributes:
        groups: ``group_id``, sorted.
        members: ``group_id`` and the kept person's own row, with looked_after, date_of_birth.
        parts: ``group_id``, ``nominal_id``, ``role`` (those that connect), ``record_id`` and of the record ``source``,
            ``area``, ``offence_code``, ``score`` (0: no search words) and ``cancelled`` (a crime with a code that isn't
            in ``crimes``).
        crimes: ``record_id``, ``weight``: CCHI days of crimes with a code that weren't cancelled; null = no weight.
    """

    evidence: Evidence
    groups: pl.DataFrame
    members: pl.DataFrame
    parts: pl.DataFrame
    crimes: pl.DataFrame

    def among(self, classes: Collection[str]) -> list[str]:
        """The offence codes, as written in the records, that are one of these classes."""
        written = self.parts["offence_code"].drop_nulls().unique().sort()
        return [code for code in written if among(code, classes)]

    def said(self, lexicon_groups: Collection[str]) -> list[str]:
        """The records that hit one of these groups of the lexicon."""
        hits = self.evidence.hits.filter(pl.col("group").is_in(list(lexicon_groups)))
        return hits["record_id"].unique().sort().to_list()

    def searched(self, lexicon_groups: Collection[str]) -> bool:
        """Whether the run's lexicon has one of these groups."""
        return bool(set(lexicon_groups) & set(self.evidence.weights))

    def answer(
        self,
        counts: pl.DataFrame,
        records: pl.DataFrame,
        known: pl.Expr | None = None,
        areas: pl.DataFrame | None = None,
        lift: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """One row per group: ``count`` (null = unknown), ``areas``, ``record_ids``, ``lift`` (levels to add).

        Args:
            counts: ``group_id``, ``count`` and what ``known`` and ``lift`` ask for; a group that isn't there has 0.
            records: ``group_id``, ``record_id``: the evidence, any number of times.
            known: whether the group's field was looked for.
            areas: ``group_id``, ``area``.
        """
        found = self.groups.join(counts, on="group_id", how="left").with_columns(pl.col("count").fill_null(0.0))
        looked = pl.lit(True) if known is None else known.fill_null(False)
        places = self.groups.clear().with_columns(area=pl.lit(None, pl.String)) if areas is None else areas
        return (
            found.with_columns(
                count=pl.when(looked).then(pl.col("count").cast(pl.Float64)),
                lift=(pl.lit(0) if lift is None else lift.fill_null(0)).cast(pl.Int64),
            )
            .join(_listed(records, "record_id").rename({"record_id": "record_ids"}), on="group_id", how="left")
            .join(_listed(places, "area").rename({"area": "areas"}), on="group_id", how="left")
            .with_columns(pl.col("record_ids", "areas").fill_null(pl.lit([], TEXTS)))
            .select("group_id", "count", "areas", "record_ids", "lift")
        )


def scene_of(evidence: Evidence, crimes: pl.DataFrame) -> Scene:
    """Join the groups' people with their records.

    Args:
        crimes: see :class:`Scene`.
    """
    people = evidence.people.select("nominal_id", "date_of_birth", "looked_after")
    own = evidence.nominals.select("nominal_id", "group_id", "is_child", "believed_exploited")
    members = own.filter(pl.col("group_id").is_not_null()).join(people, on="nominal_id", how="left")
    scored = evidence.record_scores.select("record_id", "score")
    counted = crimes.select("record_id", counted=pl.lit(True))
    records = (
        evidence.records.select("record_id", "source", "offence_code", area=pl.col("area").str.strip_chars())
        .with_columns(pl.when(pl.col("area") != "").then("area"))
        .join(scored, on="record_id", how="left")
        .join(counted, on="record_id", how="left")
        .with_columns(
            pl.col("score").fill_null(0.0),
            cancelled=(pl.col("source") == "crime")
            & pl.col("offence_code").is_not_null()
            & pl.col("counted").is_null(),
        )
        .drop("counted")
    )
    connecting = evidence.involvements.filter(pl.col("role").is_in(CONNECTING_ROLES))
    parts = members.select("group_id", "nominal_id").join(connecting, on="nominal_id").join(records, on="record_id")
    return Scene(
        evidence,
        members.select("group_id").unique().sort("group_id"),
        members.sort("group_id", "nominal_id"),
        parts.sort("group_id", "nominal_id", "record_id", "role"),
        crimes,
    )


def _listed(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Each group's values, once, sorted."""
    return rows.select("group_id", column).unique().group_by("group_id").agg(pl.col(column).sort())
