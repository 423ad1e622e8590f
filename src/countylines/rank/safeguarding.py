"""Whom to protect first: children and people who may be exploited, in tiers by rule, never by a score (METHOD 5).

Nothing here says how likely anybody is to offend, and nobody in these tables stands under a criminal role.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from countylines.rank.ages import ADULT, younger_than
from countylines.rank.evidence import Evidence
from countylines.settings import Safeguarding, UnknownAge
from countylines.tables import RUN

MISSING_NOW = "missing now"
HIGH_RISK = "missing now, risk high"
DOUBTFUL = "missing now, or an episode that nobody closed: a later one has begun"
RECENT = "child in or beside a recent matched record"
BESIDE = "child beside the network"
BELIEVED_BESIDE = "believed exploited, beside the network"
BELIEVED_AWAY = "believed exploited, in no record with the network"
BELIEVED_UNSEEN = "believed exploited, in no record"
AGELESS = "age to be established"
BEEN_MISSING = "has been missing"

URGENT, LATELY, PROTECT, AGE, HELD, VICTIM = range(1, 7)
TIERS = {
    URGENT: "missing now or at immediate risk",
    LATELY: "child in or beside a matched record lately, without an open case",
    PROTECT: "other children and people believed exploited",
    AGE: "age to be established",
    HELD: "held adults: perhaps cuckooed, a child then, or an associate",
    VICTIM: "victims of crime with no other sign: for information only",
}
TIER_OF = {MISSING_NOW: URGENT, HIGH_RISK: URGENT, DOUBTFUL: URGENT, RECENT: LATELY, BESIDE: PROTECT, AGELESS: AGE}
TIER_OF |= dict.fromkeys((BELIEVED_BESIDE, BELIEVED_AWAY, BELIEVED_UNSEEN, "believed exploited", "child"), PROTECT)

HIGH = ("h", "high", "high risk")
ROWS = {"nominal_id": pl.String, "why": pl.String, "record_id": pl.String, "date": pl.Date}


def safeguarding(evidence: Evidence, rules: Safeguarding, unknown_age: UnknownAge = "protect") -> pl.DataFrame:
    """Everybody to protect in or next to the network, and everybody believed exploited, with why and how urgently.

    Next to the network: named, in any role, in a record in which a kept person is named. In a matched record: in a role
    that connects; beside one: in another role.

    The tier is the person's most urgent, the same in all their rows:

    1. *Missing now*: an episode from as_of or before that isn't over then. The only sign of immediate risk in the
       extracts is such an episode of high risk; it is told apart. So is one after which a later one has begun: they
       may have been back, or been reported twice, and nobody is left out for that.
    2. A child in or beside a matched record of the last ``recent_days``. A run reads no cases: none counts as open.
    3. Other children, and people on the list of believed exploited, with a record or without.
    4. Age to be established; also of victims, while people of unknown age are protected.
    5. Held adults.
    6. Only victim in a matched record.

    Returns:
        As the run table ``safeguarding``. Rows without a record have no first_seen and last_seen.

    Source: METHOD 5; Children Act 1989 s.17 and s.47; Modern Slavery Act 2015 s.52.
    """
    rows = pl.concat([_named(evidence), _beside(evidence), _believed(evidence)])
    people = rows.select("nominal_id").unique().join(_ages(evidence), on="nominal_id", how="left")
    more = [_recent(evidence, people, rules.recent_days), _missing(evidence, people)]
    if unknown_age == "protect":
        more.append(_ageless(rows, people, evidence))
    rows = pl.concat([rows, *more])
    whys = (
        rows.unique()
        .group_by("nominal_id", "why")
        .agg(
            first_seen=pl.col("date").min(),
            last_seen=pl.col("date").max(),
            record_ids=pl.col("record_id").drop_nulls().unique().sort(),
        )
    )
    tiered = whys.join(people, on="nominal_id", how="left").with_columns(tier=_tier().min().over("nominal_id"))
    return tiered.select(RUN["safeguarding"].names).sort(RUN["safeguarding"].key)


def sizes(listed: pl.DataFrame) -> dict[int, int]:
    """The number of people in each of the six tiers.

    Example:
        >>> sizes(pl.DataFrame({"nominal_id": ["a", "a", "b"], "tier": [1, 1, 3]}))
        {1: 1, 2: 0, 3: 1, 4: 0, 5: 0, 6: 0}
    """
    counted = dict(listed.unique("nominal_id").group_by("tier").len().iter_rows())
    return {tier: counted.get(tier, 0) for tier in TIERS}


def _tier() -> pl.Expr:
    """A row's tier; a child has at least that of children, whatever the row says."""
    held = pl.when(pl.col("why").str.starts_with("held: ")).then(HELD).otherwise(VICTIM)
    by_why = pl.col("why").replace_strict(TIER_OF, default=held, return_dtype=pl.Int64)
    return pl.when(pl.col("child").fill_null(False)).then(pl.min_horizontal(by_why, PROTECT)).otherwise(by_why)


def _ages(evidence: Evidence) -> pl.DataFrame:
    """``nominal_id``, ``child`` (null: age unknown), of everybody nearby."""
    return evidence.people.select("nominal_id", child=younger_than(pl.col("date_of_birth"), ADULT, evidence.as_of))


def _dates(evidence: Evidence) -> pl.DataFrame:
    return evidence.records.select("record_id", "date")


def _rows(found: pl.DataFrame, evidence: Evidence, why: str) -> pl.DataFrame:
    """``found``: nominal_id, record_id."""
    dated = found.join(_dates(evidence), on="record_id", how="left")
    return dated.select("nominal_id", "record_id", "date", why=pl.lit(why)).select(*ROWS)


def _named(evidence: Evidence) -> pl.DataFrame:
    """Who was listed before the border, a row per record."""
    rows = evidence.safeguarding.select("nominal_id", "why", record_id="record_ids").explode("record_id")
    return rows.join(_dates(evidence), on="record_id", how="left").select(*ROWS)


def _network_records(evidence: Evidence) -> pl.DataFrame:
    """``record_id``: every record that names a kept person."""
    kept = evidence.nominals.select("nominal_id")
    return evidence.involvements.join(kept, on="nominal_id", how="semi").select("record_id").unique()


def _beside(evidence: Evidence) -> pl.DataFrame:
    """Children who aren't kept, in records with kept people."""
    children = _ages(evidence).filter(pl.col("child").fill_null(False)).select("nominal_id")
    others = evidence.involvements.join(evidence.nominals, on="nominal_id", how="anti")
    there = others.join(children, on="nominal_id", how="semi").join(_network_records(evidence), "record_id", how="semi")
    return _rows(there.select("nominal_id", "record_id"), evidence, BESIDE)


def _believed(evidence: Evidence) -> pl.DataFrame:
    """People on the list of believed exploited who aren't kept, by what ties them to the network."""
    listed = evidence.small["known_victims"].select("nominal_id").join(evidence.nominals, on="nominal_id", how="anti")
    own = evidence.involvements.join(listed, on="nominal_id", how="semi").select("nominal_id", "record_id")
    beside = own.join(_network_records(evidence), on="record_id", how="semi")
    away = own.join(beside, on="nominal_id", how="anti")
    unseen = listed.join(own, on="nominal_id", how="anti").with_columns(record_id=pl.lit(None, pl.String))
    found = ((beside, BELIEVED_BESIDE), (away, BELIEVED_AWAY), (unseen, BELIEVED_UNSEEN))
    return pl.concat([_rows(rows, evidence, why) for rows, why in found])


def _recent(evidence: Evidence, people: pl.DataFrame, days: int) -> pl.DataFrame:
    """Listed children in matched records of the last days, as_of included, in any role."""
    since = evidence.as_of - dt.timedelta(days=days)
    day = pl.col("date")
    lately = evidence.records.filter((day > since) & (day <= evidence.as_of)).select("record_id")
    matched = lately.join(evidence.record_scores, on="record_id", how="semi")
    children = people.filter(pl.col("child").fill_null(False)).select("nominal_id")
    there = evidence.involvements.join(children, on="nominal_id", how="semi").join(matched, "record_id", how="semi")
    return _rows(there.select("nominal_id", "record_id"), evidence, RECENT)


def episodes_of(evidence: Evidence, people: pl.DataFrame) -> pl.DataFrame:
    """These people's missing episodes that had begun by as_of, with ``date``, ``open`` and ``last``.

    ``open``: not over by then. ``last``: no later one of theirs had begun; one without a beginning is the earliest.
    """
    begun, latest = pl.col("from").dt.date(), pl.col("from").max().over("nominal_id")
    theirs = evidence.small["episodes"].join(people, on="nominal_id", how="semi")
    seen = theirs.filter(begun.is_null() | (begun <= evidence.as_of))
    last = (pl.col("from") == latest).fill_null(False) | latest.is_null()
    going_on = pl.col("to").is_null() | (pl.col("to").dt.date() > evidence.as_of)
    return seen.with_columns(date=begun, open=going_on, last=last)


def _missing(evidence: Evidence, people: pl.DataFrame) -> pl.DataFrame:
    """The missing episodes of listed people: now, now and of high risk, or before."""
    high = pl.col("risk").str.strip_chars().str.to_lowercase().is_in(HIGH).fill_null(False)
    why = (
        pl.when(~pl.col("open"))
        .then(pl.lit(BEEN_MISSING))
        .when(~pl.col("last"))
        .then(pl.lit(DOUBTFUL))
        .when(high)
        .then(pl.lit(HIGH_RISK))
        .otherwise(pl.lit(MISSING_NOW))
    )
    return episodes_of(evidence, people).with_columns(why=why).select(*ROWS)


def _ageless(rows: pl.DataFrame, people: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Listed people of unknown age who aren't kept: they may be children."""
    unknown = people.filter(pl.col("child").is_null()).join(evidence.nominals, on="nominal_id", how="anti")
    return rows.join(unknown, on="nominal_id", how="semi").with_columns(why=pl.lit(AGELESS)).select(*ROWS)
