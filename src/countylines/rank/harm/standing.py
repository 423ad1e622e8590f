"""How far a crime went against a person: convicted, charged, suspected, no further action, diverted (METHOD 5).

A role is about the person, an outcome about the crime. Where they differ the role of a charge or conviction stands,
except that a diverted crime is diverted for everybody and a cancelled one is nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import polars as pl

from countylines.rank.ages import ADULT, younger_than
from countylines.tables import OFFENDER_ROLES

CONVICTED, CHARGED, SUSPECTED, NFA = "convicted", "charged", "suspected", "no further action"
DIVERTED, CANCELLED, AS_A_CHILD = "diverted", "cancelled", "as a child"
STANDINGS = (CONVICTED, CHARGED, SUSPECTED, NFA, DIVERTED, CANCELLED)
WEIGHED = (CONVICTED, CHARGED, SUSPECTED, NFA)
"""The standings whose crimes have a harm, the most serious first; diverted crimes and those as a child have none."""

log = logging.getLogger("countylines.rank")


def ruled(records: pl.DataFrame, outcomes: Mapping[str, str]) -> pl.DataFrame:
    """The crimes that weren't cancelled, with what their outcome says.

    Codes that aren't among the outcomes are named in the run's log.

    Args:
        records: source and outcome_code, with any other columns.
        outcomes: outcome code, in small letters, to standing.

    Returns:
        The rows of source crime with ``ruling``; null where the outcome tells nothing.

    Example:
        >>> records = pl.DataFrame({"source": ["crime"] * 2 + ["missing"], "outcome_code": ["16 ", "cancelled", None]})
        >>> ruled(records, {"16": "no further action", "cancelled": "cancelled"}).rows()
        [('crime', '16 ', 'no further action')]
    """
    crimes = records.filter(pl.col("source") == "crime").with_columns(
        ruling=pl.col("outcome_code").str.strip_chars().str.to_lowercase()
    )
    strange = sorted(set(crimes["ruling"].drop_nulls()) - {*outcomes, ""})
    if strange:
        log.info("outcome codes without a standing (docs/rank.md): %s", ", ".join(strange))
    known = pl.col("ruling").replace_strict(dict(outcomes), default=None, return_dtype=pl.String)
    return crimes.with_columns(ruling=known).filter(pl.col("ruling").fill_null("") != CANCELLED)


def offenders(crimes: pl.DataFrame, involvements: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Everybody with an offender role in a crime, and how far it went against them.

    Args:
        crimes: record_id, date, ruling, as from :func:`ruled`.
        involvements: everybody's roles.
        people: nominal_id, date_of_birth.

    Returns:
        One row per ``record_id`` and ``nominal_id``: ``standing`` and ``as_a_child``: under 18 on the crime's date; of
        unknown age counts as not.

    Example:
        >>> from datetime import date
        >>> crimes = pl.DataFrame({"record_id": ["r"], "date": [date(2024, 5, 1)], "ruling": ["no further action"]})
        >>> roles = {"record_id": ["r", "r"], "nominal_id": ["a", "b"], "role": ["suspect", "charged"]}
        >>> people = {"nominal_id": ["a", "b"], "date_of_birth": [date(1990, 1, 1), date(2006, 5, 2)]}
        >>> offenders(crimes, pl.DataFrame(roles), pl.DataFrame(people)).rows()
        [('r', 'a', 'no further action', False), ('r', 'b', 'charged', True)]
    """
    active = involvements.filter(pl.col("role").is_in(OFFENDER_ROLES))
    roles = active.group_by("record_id", "nominal_id").agg(
        convicted=(pl.col("role") == "convicted").any(), charged=(pl.col("role") == "charged").any()
    )
    alone = pl.len().over("record_id") == 1
    dated = roles.with_columns(alone=alone).join(crimes.select("record_id", "date", "ruling"), on="record_id")
    there = dated.join(people.select("nominal_id", "date_of_birth"), on="nominal_id", how="left")
    return there.select(
        "record_id",
        "nominal_id",
        standing=_standing(),
        as_a_child=younger_than(pl.col("date_of_birth"), ADULT, pl.col("date")).fill_null(False),
    ).sort("record_id", "nominal_id")


def _standing() -> pl.Expr:
    """From ``convicted`` and ``charged`` (roles), ``ruling`` and ``alone``.

    A crime's outcome doesn't name the person: that somebody was charged counts against the only offender in it.
    """
    ruling = pl.col("ruling").fill_null("")
    return (
        pl.when(ruling == DIVERTED)
        .then(pl.lit(DIVERTED))
        .when(pl.col("convicted") | ((ruling == CONVICTED) & pl.col("alone")))
        .then(pl.lit(CONVICTED))
        .when(pl.col("charged") | ((ruling == CHARGED) & pl.col("alone")))
        .then(pl.lit(CHARGED))
        .when(ruling == NFA)
        .then(pl.lit(NFA))
        .otherwise(pl.lit(SUSPECTED))
    )
