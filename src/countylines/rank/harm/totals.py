"""Harm of people and groups: sums of the weights of their crimes (METHOD 5)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from countylines.rank.evidence import Evidence
from countylines.rank.harm.rules import Rules
from countylines.rank.harm.standing import (
    AS_A_CHILD,
    CHARGED,
    CONVICTED,
    STANDINGS,
    SUSPECTED,
    WEIGHED,
    offenders,
    ruled,
)
from countylines.rank.harm.weights import weigh_codes, weigh_records
from countylines.rank.rankable import Rankable
from countylines.settings import HarmIndex
from countylines.sums import NANO
from countylines.tables.rows import as_run_table

COUNTED = (CONVICTED, CHARGED, SUSPECTED)
"""The standings in the one number of a person or group (METHOD 5 [choice])."""


class HarmTables(NamedTuple):
    """The run tables ``nominal_harm``, ``group_harm`` and ``group_harm_quarters``."""

    nominal: pl.DataFrame
    group: pl.DataFrame
    quarters: pl.DataFrame


def crimes_of(evidence: Evidence, rules: Rules) -> pl.DataFrame:
    """The crimes that weren't cancelled, as from ``standing.ruled``: worked out once for all figures of harm."""
    return ruled(evidence.records, rules.outcomes)


def harm_tables(crimes: pl.DataFrame, evidence: Evidence, rules: Rules) -> HarmTables:
    """The harm of people and groups (METHOD 5).

    A crime is a record of source crime with an offence code of any kind; it is somebody's when they have an offender
    role there. Rows without crimes are left out.

    Args:
        crimes: as from :func:`crimes_of`.
        evidence: records, involvements, people, nominals, as_of.
        rules: the indexes and what outcome codes mean.

    Returns:
        The tables, with the columns of ``tables.RUN``, sorted by their keys. ``harm`` is in days; null where no crime
        of the row has a weight, and for crimes as a child and diverted ones.
    """
    found = offenders(crimes, evidence.involvements, evidence.people)
    weighed = _weighed(crimes, evidence, rules)
    of_groups = _once(_of_groups(found, evidence), evidence.rankable)
    return HarmTables(
        as_run_table(nominal_harm(found, weighed, evidence.rankable), "nominal_harm"),
        as_run_table(group_harm(of_groups, weighed), "group_harm"),
        as_run_table(over_time(of_groups, weighed), "group_harm_quarters"),
    )


def _weighed(crimes: pl.DataFrame, evidence: Evidence, rules: Rules) -> pl.DataFrame:
    """The crimes' weights by each index, with ``recent``, ``quarter``, ``detection``."""
    months_ago = pl.lit(evidence.as_of).dt.offset_by("-12mo")
    recent = (pl.col("date") > months_ago) & (pl.col("date") <= evidence.as_of)
    proactive = pl.col("proactive")
    detection = pl.when(proactive).then(pl.lit("proactive")).when(~proactive).then(pl.lit("reported"))
    facts = crimes.select(
        "record_id",
        recent=recent,
        quarter=pl.col("date").dt.truncate("1q"),
        detection=detection.otherwise(pl.lit("unknown")),
    )
    return weigh_records(crimes, rules.indexes).join(facts, on="record_id")


def _of_groups(found: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    members = evidence.nominals.select("nominal_id", "group_id").drop_nulls()
    return found.join(members, on="nominal_id")


def nominal_harm(found: pl.DataFrame, weighed: pl.DataFrame, rankable: Rankable) -> pl.DataFrame:
    """The harm of each rankable person.

    Args:
        found: as from ``standing.offenders``.
        weighed: as from ``weights.weigh_records``, with ``recent`` and ``detection``.
        rankable: who may have a row.
    """
    standing = pl.when("as_a_child").then(pl.lit(AS_A_CHILD)).otherwise("standing")
    theirs = rankable.only(found).select("record_id", id="nominal_id", standing=standing)
    return _totals(theirs.with_columns(only_protected=False).join(weighed, on="record_id"))


def group_harm(crimes: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """The harm of each group: a crime that members share counts once, with the most serious standing among them.

    All members count, at any age: what a group does through children is the group's harm. Crimes in which none of the
    members with an offender role is rankable are told apart.

    Args:
        crimes: each of a group's once: ``record_id``, ``id``, ``standing``, ``only_protected``.
        weighed: as from ``weights.weigh_records``, with ``recent`` and ``detection``.
    """
    return _totals(crimes.join(weighed, on="record_id"))


def over_time(crimes: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """What :func:`mass` of a group over all time is made of, quarter by quarter.

    Args:
        crimes: as for :func:`group_harm`.
        weighed: as there, with ``quarter``.
    """
    weight = _billionths(pl.col("weight"))
    sums = (
        crimes.filter(pl.col("standing").is_in(COUNTED))
        .join(weighed, on="record_id")
        .group_by("id", "index", "edition", "quarter", "detection")
        .agg(crimes=pl.len(), total=weight.sum(), known=weight.count())
    )
    return sums.with_columns(harm=pl.when(pl.col("known") > 0).then(pl.col("total") / NANO))


def _once(found: pl.DataFrame, rankable: Rankable) -> pl.DataFrame:
    """Each crime of a group once: ``record_id``, ``id`` of the group, ``standing``, ``only_protected``."""
    seriousness = pl.col("standing").cast(pl.Enum(STANDINGS))
    may_rank = pl.col("nominal_id").is_in(list(rankable.ids))
    return (
        found.group_by("record_id", id="group_id")
        .agg(standing=seriousness.min(), only_protected=~may_rank.any())
        .cast({"standing": pl.String})
    )


def mass(
    harm: pl.DataFrame, index: HarmIndex, window: str = "all", detections: Collection[str] | None = None
) -> dict[str, float]:
    """The one number of each person or group, in days: convicted, charged and suspected crimes together.

    Args:
        harm: the table nominal_harm or group_harm.
        index: which of the two indexes; they are never added.
        window: all or 12m.
        detections: which detections count; None = all three.

    Returns:
        By id, sorted; who has no such crime, or only such without a weight, has 0.0 or isn't there.

    Example:
        >>> rows = {"id": ["a", "a"], "index": ["cchi"] * 2, "window": ["all"] * 2, "harm": [365.0, 19.0]}
        >>> harm = pl.DataFrame({**rows, "detection": ["reported", "proactive"], "standing": ["charged"] * 2})
        >>> mass(harm, "cchi"), mass(harm, "cchi", detections=["reported"]), mass(harm, "ons_css")
        ({'a': 384.0}, {'a': 365.0}, {})
    """
    asked = (pl.col("index") == index) & (pl.col("window") == window) & pl.col("standing").is_in(COUNTED)
    if detections is not None:
        asked &= pl.col("detection").is_in(list(detections))
    return dict(harm.filter(asked).group_by("id").agg(_billionths(pl.col("harm")).sum() / NANO).sort("id").iter_rows())


def worst_weights(crimes: pl.DataFrame, rules: Rules, index: HarmIndex = "cchi") -> pl.DataFrame:
    """The weight of each crime with an offence code that wasn't cancelled: what the worst of them is looked up in.

    Args:
        crimes: as from :func:`crimes_of`.

    Returns:
        ``record_id``, ``weight`` (days; null = the index has none), sorted by record.
    """
    asked = tuple(one for one in rules.indexes if one.name == index)
    return weigh_records(crimes, asked).select("record_id", "weight")


def weights_used(crimes: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The run table ``offence_weights``: the weight of every combination of codes in these crimes, by each index.

    A run keeps these, so that its harm can be checked, and not the publishers' tables, which it may not pass on.
    """
    return as_run_table(weigh_codes(crimes, rules.indexes), "offence_weights")


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Sums per id, index, window, detection and standing; a row of ``rows`` is a crime of an id, by an index.

    No weight isn't weight 0: a sum is null when there are crimes and none of them has one.
    """
    alls, recent = rows.with_columns(window=pl.lit("all")), rows.filter("recent").with_columns(window=pl.lit("12m"))
    theirs, weight = pl.col("only_protected"), _billionths(pl.col("weight"))
    sums = (
        pl.concat([alls, recent])
        .with_columns(weight=weight, their_weight=pl.when(theirs).then(weight))
        .group_by("id", "index", "edition", "window", "detection", "standing")
        .agg(
            crimes=pl.len(),
            crimes_without_weight=pl.col("weight").null_count(),
            crimes_ambiguous=pl.col("ambiguous").sum(),
            crimes_only_protected=theirs.sum(),
            total=pl.col("weight").sum(),
            known=pl.col("weight").count(),
            their_total=pl.col("their_weight").sum(),
            their_known=pl.col("their_weight").count(),
        )
    )
    weighed = pl.col("standing").is_in(WEIGHED)
    none_theirs = pl.col("crimes_only_protected") == 0
    return sums.with_columns(
        harm=pl.when(weighed & (pl.col("known") > 0)).then(pl.col("total") / NANO),
        harm_only_protected=pl.when(weighed & (none_theirs | (pl.col("their_known") > 0))).then(
            pl.col("their_total") / NANO
        ),
    )


def _billionths(weight: pl.Expr) -> pl.Expr:
    """Weights as whole billionths, whose sum is the same in every order of rows (METHOD 2)."""
    return (weight * NANO).round(0).cast(pl.Int64)
