"""People's rulings on persons and records: which are in force, and what they change (method, section 1).

A ruling changes what a run sees, never the extracts: without the ruling, or after its ``review_by``, the rows are back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import narwhals as nw

from countylines.ingest import reasons
from countylines.ingest.check import offender, reason
from countylines.tables import Frame

WITHDRAWING = ("not county lines", "wrong person")


def states(decisions: Frame, as_of: dt.date) -> Frame:
    """Add ``state``: *waiting* until two different people have signed, *expired* from ``review_by`` on, else *applied*.

    Args:
        decisions: valid decisions.
        as_of: the day asked about.
    """

    def person(name: str) -> nw.Expr:
        return nw.col(name).fill_null("").str.strip_chars().str.to_lowercase()

    signed = (person("by") != "") & (person("confirmed_by") != "") & (person("by") != person("confirmed_by"))
    lasts = nw.col("review_by").is_null() | (nw.col("review_by") > nw.lit(as_of))
    state = (
        nw.when(~signed)
        .then(nw.lit("waiting"))
        .otherwise(nw.when(lasts).then(nw.lit("applied")).otherwise(nw.lit("expired")))
    )
    return decisions.with_columns(state.alias("state"))


def in_force(decisions: Frame) -> Frame:
    """The rulings: ``nominal_id``, ``record_id``, ``decision``, each once."""
    return decisions.filter(nw.col("state") == "applied").select("nominal_id", "record_id", "decision").unique()


def withdraw_records(verdict: Frame, rulings: Frame) -> Frame:
    """Set aside the records that a ruling on the record alone withdraws."""
    gone = rulings.filter(nw.col("nominal_id").is_null() & nw.col("decision").is_in(WITHDRAWING))
    marked = gone.select("record_id").unique().with_columns(ruled=nw.lit(True))
    return _aside(verdict.join(marked, on="record_id", how="left"), nw.col("ruled").fill_null(False)).drop("ruled")


def withdraw_people(verdict: Frame, rulings: Frame) -> Frame:
    """Set aside a person's rows in the ruling's record, or in all records where it names none."""
    return _aside(_ruled(verdict, rulings, WITHDRAWING), nw.col("_ruled")).drop("_ruled")


def _aside(verdict: Frame, condition: nw.Expr) -> Frame:
    return verdict.with_columns(nw.coalesce("_aside", reason(condition, reasons.WITHDRAWN)).alias("_aside"))


def _ruled(rows: Frame, rulings: Frame, kinds: tuple[str, ...]) -> Frame:
    """Add ``_ruled``: a ruling of these kinds names the row's person, and its record or none."""
    named = rulings.filter(nw.col("decision").is_in(kinds) & ~nw.col("nominal_id").is_null())
    there = named.filter(~nw.col("record_id").is_null()).select("nominal_id", "record_id").unique()
    everywhere = named.filter(nw.col("record_id").is_null()).select("nominal_id").unique()
    return (
        rows.join(there.with_columns(_there=nw.lit(True)), on=["nominal_id", "record_id"], how="left")
        .join(everywhere.with_columns(_everywhere=nw.lit(True)), on="nominal_id", how="left")
        .with_columns(_ruled=nw.col("_there").fill_null(False) | nw.col("_everywhere").fill_null(False))
        .drop("_there", "_everywhere")
    )


def to_victims(verdict: Frame, rulings: Frame) -> Frame:
    """The kept involvements whose offender role becomes victim: ``_id``, ``record_id``, ``nominal_id``, ``role``."""
    kept = verdict.filter(nw.col("_rejected").is_null() & nw.col("_aside").is_null() & offender())
    return (
        _ruled(kept, rulings, ("victim not offender",))
        .filter(nw.col("_ruled"))
        .select("_id", "record_id", "nominal_id", "role")
    )


def drop_second_victims(verdict: Frame, changed: Frame) -> Frame:
    """Set aside changed rows of people who are victim there already, and all but the first of several changed rows."""
    pair = ["record_id", "nominal_id"]
    kept = verdict.filter(nw.col("_rejected").is_null() & nw.col("_aside").is_null())
    victims = kept.filter(nw.col("role") == "victim").select(*pair).unique().with_columns(_victim=nw.lit(True))
    first = changed.group_by(*pair).agg(nw.col("role").min().alias("_first"))
    doubles = changed.join(victims, on=pair, how="left").join(first, on=pair)
    gone = doubles.filter(nw.col("_victim").fill_null(False) | (nw.col("role") != nw.col("_first"))).select("_id")
    marked = verdict.join(gone.with_columns(_double=nw.lit(True)), on="_id", how="left")
    double = nw.col("_double").fill_null(False)
    return marked.with_columns(nw.coalesce("_aside", reason(double, reasons.VICTIM)).alias("_aside")).drop("_double")


def with_victims(kept: Frame, changed: Frame) -> Frame:
    """Kept involvements with the changed roles.

    Args:
        kept: kept involvements with ``_id``.
        changed: as made by :func:`to_victims`.
    """
    marked = kept.join(changed.select("_id").with_columns(_changed=nw.lit(True)), on="_id", how="left")
    role = nw.when(nw.col("_changed").fill_null(False)).then(nw.lit("victim")).otherwise(nw.col("role"))
    return marked.with_columns(role.alias("role")).drop("_changed")


def notes(counted: Mapping[tuple[str, str], int]) -> list[str]:
    """What the first screen says of the rulings.

    Args:
        counted: number of valid decisions by state and decision.

    Example:
        >>> notes({("applied", "wrong person"): 2, ("expired", "not county lines"): 2})
        ['2 rulings are applied: 2 wrong person.', '2 rulings have expired.']
        >>> notes({("waiting", "wrong person"): 1})
        ["1 ruling in the extracts wasn't applied: it lacks a second signature."]
    """
    by_state: dict[str, int] = {}
    for (state, _), number in counted.items():
        by_state[state] = by_state.get(state, 0) + number
    said = []
    if applied := by_state.get("applied"):
        kinds = ", ".join(f"{n} {kind}" for (state, kind), n in sorted(counted.items()) if state == "applied")
        said.append(f"{_rulings(applied, 'is', 'are')} applied: {kinds}.")
    if waiting := by_state.get("waiting"):
        kept_out = _rulings(waiting, "in the extracts wasn't", "in the extracts weren't")
        said.append(f"{kept_out} applied: {'it lacks' if waiting == 1 else 'they lack'} a second signature.")
    if expired := by_state.get("expired"):
        said.append(f"{_rulings(expired, 'has', 'have')} expired.")
    return said


def _rulings(number: int, one: str, many: str) -> str:
    return f"1 ruling {one}" if number == 1 else f"{number:,} rulings {many}"
