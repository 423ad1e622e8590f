"""What the extracts say of the people to protect, and what they don't: beside the safeguarding list."""

from __future__ import annotations

import polars as pl

from countylines.rank.ages import ADULT, younger_than
from countylines.rank.evidence import Evidence, in_care
from countylines.rank.safeguarding import episodes_of

YOUNG = 16
NOT_KNOWN = {
    "age_group": "The age isn't known.",
    "looked_after": "Whether they are looked after isn't known.",
    "missing_episodes": "No missing episodes were given: whether they go missing isn't known.",
    "return_interview": "Whether they were spoken to after they were last missing isn't known.",
    "home_authority": "The authority where they live isn't known.",
    "responsible_authority": "The authority that placed them isn't known.",
}


def safeguarding_facts(evidence: Evidence, listed: pl.DataFrame) -> pl.DataFrame:
    """One row for each listed person: age, care, missing episodes, authorities, and what isn't known.

    No figure here is a score, and unknown is null, never no.

    Args:
        listed: as the run table ``safeguarding``.

    Returns:
        ``nominal_id``; ``age_group`` (under 16, 16 or 17, 18 or over); ``looked_after`` (by the flag or an open period
        of care); ``missing_episodes`` (their number by as_of; null where no episodes were given at all),
        ``last_missing``, ``missing_now``; ``return_interview`` (after the last episode that is over);
        ``home_authority``;
        ``responsible_authority`` (of the open period of care, else of the person's own row);
        ``believed_since`` and ``basis`` (list of believed exploited people); ``not_known``: sentences.
    """
    people = listed.select("nominal_id").unique().join(evidence.people, on="nominal_id", how="left")
    victims = evidence.small["known_victims"].select("nominal_id", "basis", believed_since="since")
    born, day = pl.col("date_of_birth"), evidence.as_of
    age = (
        pl.when(younger_than(born, YOUNG, day))
        .then(pl.lit("under 16"))
        .when(younger_than(born, ADULT, day))
        .then(pl.lit("16 or 17"))
        .when(born.is_not_null())
        .then(pl.lit("18 or over"))
    )
    joined = people.join(_care(evidence), on="nominal_id", how="left").join(
        _missing(evidence, people), "nominal_id", how="left"
    )
    given = len(evidence.small["episodes"]) > 0
    facts = joined.join(victims, on="nominal_id", how="left").with_columns(
        age_group=age,
        looked_after=pl.coalesce(pl.col("looked_after") | pl.col("in_care"), "looked_after", "in_care"),
        missing_episodes=pl.when(given).then(pl.col("missing_episodes").fill_null(0)),
        missing_now=pl.when(given).then(pl.col("missing_now").fill_null(False)),
        responsible_authority=pl.coalesce("authority", "responsible_authority"),
    )
    return facts.select(
        "nominal_id",
        "age_group",
        "looked_after",
        "missing_episodes",
        "last_missing",
        "missing_now",
        "return_interview",
        "home_authority",
        "responsible_authority",
        "believed_since",
        "basis",
        not_known=_not_known(),
    ).sort("nominal_id")


def _care(evidence: Evidence) -> pl.DataFrame:
    """``nominal_id``, ``in_care`` (a period isn't over at as_of), ``authority`` of the latest such period."""
    periods = evidence.small["care"].with_columns(now=in_care(evidence.as_of))
    latest = pl.col("authority").filter("now").sort_by(pl.col("from").filter("now"), pl.col("authority").filter("now"))
    return periods.group_by("nominal_id").agg(in_care=pl.col("now").any(), authority=latest.last())


def _missing(evidence: Evidence, people: pl.DataFrame) -> pl.DataFrame:
    """``nominal_id``, ``missing_episodes``, ``last_missing``, ``missing_now``, ``return_interview``."""
    over = pl.col("return_interview").filter(~pl.col("open"))
    order = (pl.col("date").filter(~pl.col("open")), pl.col("record_id").filter(~pl.col("open")))
    return (
        episodes_of(evidence, people)
        .group_by("nominal_id")
        .agg(
            missing_episodes=pl.len().cast(pl.Int64),
            last_missing=pl.col("date").max(),
            missing_now=pl.col("open").any(),
            return_interview=over.sort_by(*order, nulls_last=False).last(),
            over=(~pl.col("open")).any(),
        )
    )


def _not_known() -> pl.Expr:
    """The sentences about what is empty, where it applies: adults aren't looked after, and not everyone is placed."""
    asked = {
        "looked_after": (pl.col("age_group") != "18 or over").fill_null(True),
        "return_interview": pl.col("over").fill_null(False),
        "responsible_authority": pl.col("looked_after").fill_null(False),
    }
    sentences = [
        pl.when(pl.col(name).is_null() & asked.get(name, pl.lit(True))).then(pl.lit(sentence))
        for name, sentence in NOT_KNOWN.items()
    ]
    return pl.concat_list(sentences).list.drop_nulls()
