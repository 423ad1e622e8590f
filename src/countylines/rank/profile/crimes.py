"""The factors that look at offences: firearms and violence."""

from __future__ import annotations

import polars as pl

from countylines.rank.profile.rules import Factor
from countylines.rank.profile.scene import Scene


def firearms(scene: Scene, rule: Factor) -> pl.DataFrame:
    """Records about firearms, by offence or by a group of the lexicon.

    Cancelled crimes don't count. Unknown: no record of the group's people has an offence code, though some are crimes
    or detentions, or nobody's has; and the lexicon doesn't look for firearms.
    """
    parts = _parts(scene, rule)
    coded = pl.col("offence_code").is_in(scene.among(rule.lists["offences"]))
    found = parts.filter(coded | pl.col("record_id").is_in(scene.said(rule.lists["lexicon_groups"])))
    counts = found.group_by("group_id").agg(count=pl.col("record_id").n_unique())
    return scene.answer(counts, found, _looked(scene, rule))


def violence(scene: Scene, rule: Factor) -> pl.DataFrame:
    """The weight of the worst violent crime; where there is none, a record that speaks of violence is level 1.

    Cancelled crimes don't count; crimes of protected and held people do, as in a group's harm. Unknown: as for
    firearms, or there are violent crimes and none of them has a weight.
    """
    parts = _parts(scene, rule)
    violent = pl.col("offence_code").is_in(scene.among(rule.lists["offences"]))
    crimes = parts.filter(violent).join(scene.crimes, on="record_id")
    said = parts.filter(pl.col("record_id").is_in(scene.said(rule.lists["lexicon_groups"])))
    worst = crimes.group_by("group_id").agg(count=pl.col("weight").max(), violent=pl.lit(True))
    spoken = said.select("group_id").unique().with_columns(spoken=pl.lit(True))
    counts = scene.groups.join(worst, on="group_id", how="left").join(spoken, on="group_id", how="left")
    no_crime = pl.col("violent").is_null()
    weighed = pl.col("count") > 0  # filled with 0 by then, and no weight is 0
    known = pl.when(no_crime).then(_looked(scene, rule)).otherwise(weighed)
    lift = (no_crime & pl.col("spoken").fill_null(False)).cast(pl.Int64)
    evidence = pl.concat([crimes.select("group_id", "record_id"), said.select("group_id", "record_id")])
    return scene.answer(counts, evidence, known, lift=lift)


def _parts(scene: Scene, rule: Factor) -> pl.DataFrame:
    """What the group's people are in records that weren't cancelled, by role."""
    return scene.parts.filter(pl.col("role").is_in(rule.lists["roles"]) & ~pl.col("cancelled"))


def _looked(scene: Scene, rule: Factor) -> pl.Expr:
    """Whether offences were looked for: by the lexicon, or by codes in the records of the group's people.

    People without any crime or detention have been looked up in those systems and not found, if they were read at all.
    """
    if scene.searched(rule.lists["lexicon_groups"]):
        return pl.lit(True)
    everywhere = scene.evidence.records["offence_code"].is_not_null().any()
    written = scene.parts.filter(pl.col("source").is_in(["crime", "custody"]))
    coded = written.group_by("group_id").agg(pl.col("offence_code").is_not_null().any())
    silent = coded.filter(~pl.col("offence_code"))["group_id"].to_list()
    return pl.lit(everywhere) & ~pl.col("group_id").is_in(silent)
