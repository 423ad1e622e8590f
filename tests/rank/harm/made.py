"""Evidence for the tests of harm: of a run's folder, and by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from countylines.rank.evidence import SMALL, Evidence
from countylines.rank.harm import Rules, totals
from countylines.rank.harm.totals import HarmTables
from countylines.runs import open_run
from countylines.tables import EXTRACTS, RUN

AS_OF = dt.date(2024, 6, 30)


def from_run(folder: Path) -> Evidence:
    """What harm reads of a run, straight from its tables: all records of the kept people and everybody in them."""
    run = open_run(folder)
    nominals = run.read("nominals").with_columns(pl.col("held").fill_null([]))
    roles = run.read("sources/involvements")
    theirs = roles.filter(pl.col("nominal_id").is_in(nominals["nominal_id"].to_list()))["record_id"].unique()
    near = pl.col("record_id").is_in(theirs.to_list())
    date = pl.coalesce("recorded", "occurred").cast(pl.Date)
    return evidence(
        dt.date.fromisoformat(run.manifest["as_of"]),
        nominals=nominals,
        groups=run.read("groups"),
        records=run.read("sources/records").filter(near).with_columns(date=date).drop("text"),
        involvements=roles.filter(near),
        people=run.read("sources/nominals"),
    )


def evidence(as_of: dt.date = AS_OF, **frames: pl.DataFrame) -> Evidence:
    """Evidence of these frames; the others are empty."""
    names = ("nominals", "edges", "groups", "reference_overlaps", "hits", "record_scores", "safeguarding", "numbers")
    empty = {name: _empty(RUN[name].schema) for name in names}
    empty |= {name: _empty(EXTRACTS[name].schema) for name in ("records", "involvements")}
    empty["records"] = empty["records"].with_columns(date=pl.lit(None, pl.Date))
    empty["people"] = _empty(EXTRACTS["nominals"].schema)
    small = {name: _empty(EXTRACTS[name].schema) for name in SMALL}
    return Evidence(as_of=as_of, force_areas=(), small=small, weights={}, **{**empty, **frames})


def by_hand(
    crimes: dict[str, dict[str, Any]], roles: list[tuple[str, str, str]], people: dict[str, dict[str, Any]]
) -> Evidence:
    """Evidence of a few crimes, roles (record, person, role) and people.

    A crime is reported robbery of last month, a person a rankable adult in group g, if nothing else is said.
    """
    crime = {"source": "crime", "offence_code": "034/01", "cjs_code": None, "urn": None, "outcome_code": None}
    crime |= {"proactive": False, "date": dt.date(2024, 6, 1)}  # type: ignore[dict-item]
    person = {"group_id": "g", "protected": False, "held": [], "date_of_birth": dt.date(1990, 1, 1)}
    codes = dict.fromkeys(("source", "offence_code", "cjs_code", "urn", "outcome_code"), pl.String)
    known = dict.fromkeys(("nominal_id", "group_id"), pl.String)
    nominals = pl.DataFrame(
        [{"nominal_id": name, **person, **more} for name, more in people.items()],
        {**known, "protected": pl.Boolean, "held": pl.List(pl.String), "date_of_birth": pl.Date},
    )
    return evidence(
        records=pl.DataFrame(
            [{"record_id": name, **crime, **more} for name, more in crimes.items()],
            {"record_id": pl.String, **codes, "proactive": pl.Boolean, "date": pl.Date},
        ),
        involvements=pl.DataFrame(roles, _empty(EXTRACTS["involvements"].schema).schema, orient="row"),
        people=nominals.select("nominal_id", "date_of_birth"),
        nominals=nominals.drop("date_of_birth"),
    )


def harm_tables(found: Evidence, rules: Rules) -> HarmTables:
    """The tables of harm of this evidence."""
    return totals.harm_tables(totals.crimes_of(found, rules), found, rules)


def _empty(schema: Any) -> pl.DataFrame:
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame
