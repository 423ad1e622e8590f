"""Single rows of a profile, and what the tests of factors build them from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from countylines.rank.evidence import Evidence
from countylines.rank.profile import load_rules, profiles
from tests.rank.small import Row

RULES = load_rules()


def crimes_of(found: Evidence, weights: dict[str, float | None] | None = None) -> pl.DataFrame:
    """Every crime with a code, with its weight, else none."""
    crimes = found.records.filter((pl.col("source") == "crime") & pl.col("offence_code").is_not_null())
    ids = crimes["record_id"].to_list() if weights is None else list(weights)
    values = [(weights or {}).get(record) for record in ids]
    return pl.DataFrame({"record_id": ids, "weight": values}, schema={"record_id": pl.String, "weight": pl.Float64})


def row(
    found: Evidence, factor: str, weights: dict[str, float | None] | None = None, group: str = "G"
) -> dict[str, Any]:
    """One factor of one group."""
    made = profiles(found, RULES, crimes_of(found, weights))
    return made.row(by_predicate=(pl.col("group_id") == group) & (pl.col("factor") == factor), named=True)


def level(found: Evidence, factor: str, weights: dict[str, float | None] | None = None) -> int | None:
    return row(found, factor, weights)["level"]


def born(**days: dt.date | None) -> dict[str, Row]:
    return {name: {"date_of_birth": day} for name, day in days.items()}


def missing(name: str, number: int, **more: Any) -> Row:
    start = dt.datetime(2026, 1, number + 1, 8)
    return {"record_id": f"missing:{number}", "nominal_id": name, "from": start, "to": start, **more}


def placed(
    areas: list[str | None], role: str = "subject", kind: str = "intelligence"
) -> tuple[list[tuple[str, str, str]], dict[str, Row]]:
    ids = [f"{kind}:{role}{i}" for i in range(len(areas))]
    return [(r, "a", role) for r in ids], {r: {"area": area} for r, area in zip(ids, areas, strict=True)}
