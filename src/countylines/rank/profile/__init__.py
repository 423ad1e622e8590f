"""Profiles: the nine factors of each group, each 0 to 4 or unknown, with evidence and confidence (METHOD 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from countylines.rank.evidence import Evidence
from countylines.rank.profile.crimes import firearms, violence
from countylines.rank.profile.grading import band
from countylines.rank.profile.people import children_missing, exploited_children, looked_after_children, lowest_level
from countylines.rank.profile.places import areas_impacted, origin, soc_overlap
from countylines.rank.profile.rules import FACTORS, TOP, Factor, Rules, load_rules, rules_bytes
from countylines.rank.profile.scene import Scene, scene_of
from countylines.tables import RUN

__all__ = ["FACTORS", "Factor", "Rules", "load_rules", "profiles", "rules_bytes"]

# A new factor: one function here, its rule in profile.yaml, what it looks at in rules.FACTORS.
MADE: Mapping[str, Callable[[Scene, Factor], pl.DataFrame]] = {
    "exploited_children": exploited_children,
    "firearms": firearms,
    "children_missing": children_missing,
    "looked_after_children": looked_after_children,
    "lowest_level": lowest_level,
    "areas_impacted": areas_impacted,
    "violence": violence,
    "soc_overlap": soc_overlap,
    "origin": origin,
}
MUST_BE_CREDIBLE = "exploited_children"  # "where there is credible intelligence" [paper]
UNKNOWN = "unknown"


def profiles(evidence: Evidence, rules: Rules, crimes: pl.DataFrame) -> pl.DataFrame:
    """The nine factors of every group.

    Sex and ethnicity are in none of them. No factor names a person: its evidence is records.

    Args:
        crimes: ``record_id``, ``weight`` (CCHI days; null = the index has none): crimes with an offence code that
            weren't cancelled, each once.

    Returns:
        As the run table ``profiles``: one row per group and factor.

    Source: West Midlands Police (2021) for the factors and for credible; METHOD 5 for levels and confidence.
    """
    scene = scene_of(evidence, crimes)
    answers = []
    for name, made in MADE.items():
        rule = rules.factors[name]
        level = pl.min_horizontal(rule.level(pl.col("count")) + pl.col("lift"), TOP)
        known = pl.col("count").is_not_null()
        answers.append(made(scene, rule).with_columns(factor=pl.lit(name), level=pl.when(known).then(level)))
    found = pl.concat(answers)
    graded = found.join(_graded(found, evidence, rules), on=("group_id", "factor"), how="left")
    asked = (pl.col("factor") == MUST_BE_CREDIBLE) & (pl.col("count") > 0)
    return (
        graded.with_columns(
            credible=pl.when(asked).then(pl.col("credible").fill_null(False)),
            confidence=pl.col("confidence").fill_null(UNKNOWN),
        )
        .select(RUN["profiles"].names)
        .sort(RUN["profiles"].key)
    )


def _graded(found: pl.DataFrame, evidence: Evidence, rules: Rules) -> pl.DataFrame:
    """Per group and factor ``confidence`` and ``credible``, where it has evidence.

    Confidence is high when at least half of the graded records are, medium when at least half are that or better, low
    otherwise, and unknown without a graded one. Credible: one record is graded or was reviewed and kept.
    """
    written = evidence.records["grading"].drop_nulls().unique().sort().to_list()
    bands = pl.DataFrame(
        {"grading": written, "band": [band(one, rules.bands) for one in written]},
        schema={"grading": pl.String, "band": pl.String},
    )
    graded = evidence.records.select("record_id", "grading").join(bands, on="grading", how="left")
    rows = found.select("group_id", "factor", record_id="record_ids").explode("record_id")
    rows = rows.join(graded, on="record_id", how="left")

    def half(*names: str) -> pl.Expr:
        return 2 * pl.col("band").is_in(names).sum() >= pl.col("band").count()

    reviewed = pl.col("record_id").is_in(_reviewed(evidence))
    best = pl.when(half("high")).then(pl.lit("high")).when(half("high", "medium")).then(pl.lit("medium"))
    return rows.group_by("group_id", "factor").agg(
        confidence=pl.when(pl.col("band").count() > 0).then(best.otherwise(pl.lit("low"))),
        credible=(pl.col("band").is_in(rules.credible) | reviewed).any(),
    )


def _reviewed(evidence: Evidence) -> list[str]:
    """The records that two people reviewed and kept, while that is in force."""
    rulings = evidence.small["decisions"].filter(
        (pl.col("decision") == "reviewed and kept") & pl.col("record_id").is_not_null()
    )
    by, other = (pl.col(name).fill_null("").str.strip_chars().str.to_lowercase() for name in ("by", "confirmed_by"))
    lasts = pl.col("review_by").is_null() | (pl.col("review_by") > evidence.as_of)
    signed = (by != "") & (other != "") & (by != other)
    return rulings.filter(signed & lasts)["record_id"].unique().sort().to_list()
