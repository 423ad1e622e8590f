"""Every crime with a kept person as offender, as the run's figures of harm count it, and its weight by each index
(METHOD 5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from countylines.rank.harm import find_files
from countylines.rank.harm.codes import ho_class
from countylines.rank.harm.rules import load_outcomes
from countylines.rank.harm.standing import CANCELLED, offenders, ruled
from countylines.rank.harm.weights import CODES, codes
from countylines.settings import Harm
from countylines.tables import OFFENDER_ROLES
from countylines.web.reader import Reader

FACTS = ("record_id", "source", "outcome_code", "date", "proactive", *CODES)


def crimes(reader: Reader) -> pl.DataFrame:
    """The crimes, a row per kept person with an offender role in each; made once a run.

    Returns:
        ``record_id``, ``nominal_id``, ``roles``, ``standing`` (cancelled, too), ``as_a_child``, ``date``,
        ``outcome_code``, ``ruling`` (what that code says), ``proactive``, the codes (null = none) and ``coded``:
        whether there is one of any kind.
    """
    made: pl.DataFrame = reader.made("crimes of kept people", _made)
    return made


def weights(reader: Reader, index: str) -> pl.DataFrame:
    """The weights that a run used, by ``CODES``: ``weight`` (days; null = none), ``ambiguous``, ``edition``."""
    return reader.table("offence_weights").filter(pl.col("index") == index).drop("index", "crimes")


def weights_of_record(reader: Reader, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A record's weight by each index, as rows of offence_weights; none where the run weighed no such codes.

    Args:
        record: its row, with the codes.
    """
    own = [code if (code := record[name]) and code.strip() else None for name in CODES]
    if not any(own):
        return []
    same = [pl.col(name).eq_missing(pl.lit(code)) for name, code in zip(CODES, own, strict=True)]
    return reader.table("offence_weights").filter(*same).sort("index").to_dicts()


def outcomes_of(reader: Reader) -> Mapping[str, str]:
    """The standing of each outcome code, by the rules that the run was made by."""
    copied: Path = reader.run.folder / "rules" / "outcomes.yaml"
    return load_outcomes(copied if copied.is_file() else find_files(Harm()).outcomes)


def titled(offence_code: str | None, cjs_code: str | None, urn: str | None) -> str:
    """The codes of a crime, and the offence's name where the weights shipped have its class.

    Of several offences of a class the one with the lowest weight is named, since that weight counts.

    Example:
        >>> titled("92/31", None, None), titled(None, "ZZ1", None), titled(None, " ", None)
        ('92/31 Supply of heroin', 'ZZ1', 'No code')
    """
    own = [code.strip() for code in (offence_code, cjs_code, urn) if code and code.strip()]
    name = _names().get(ho_class(offence_code or ""), "")
    return f"{', '.join(own)} {name}".strip() or "No code"


@cache
def _names() -> Mapping[str, str]:
    path = Path(str(files("countylines.rank.harm"))) / "shipped" / "cchi" / "offences.csv"
    rows = pl.read_csv(path, infer_schema=False).with_columns(pl.col("days").cast(pl.Float64))
    return dict(rows.sort("days", descending=True).select("ho_class", "offence").iter_rows())


def _made(reader: Reader) -> pl.DataFrame:
    kept = reader.table("nominals").select("nominal_id").lazy()
    active = reader.run.table("sources/involvements").filter(pl.col("role").is_in(OFFENDER_ROLES))
    near = active.join(kept, on="nominal_id", how="semi").select("record_id")
    records = reader.run.table("sources/records").filter(pl.col("source") == "crime")
    dated = records.with_columns(pl.coalesce("recorded", "occurred").cast(pl.Date).alias("date"))
    found = dated.join(near, on="record_id", how="semi").select(FACTS).with_columns(codes()).collect()
    parts = active.join(found.lazy().select("record_id"), on="record_id", how="semi")
    everybody = parts.select("record_id", "nominal_id", pl.col("role").cast(pl.String)).collect()
    people = reader.run.table("sources/nominals").select("nominal_id", "date_of_birth").collect()
    valid = ruled(found, outcomes_of(reader))
    own = everybody.join(kept.collect(), on="nominal_id", how="semi")
    return (
        own.group_by("record_id", "nominal_id")
        .agg(roles=pl.col("role").unique().sort())
        .join(offenders(valid, everybody, people), on=["record_id", "nominal_id"], how="left")
        .with_columns(pl.col("standing").fill_null(CANCELLED), pl.col("as_a_child").fill_null(False))
        .join(found.drop("source"), on="record_id")
        .join(valid.select("record_id", "ruling"), on="record_id", how="left")
        .with_columns(coded=pl.any_horizontal(pl.col(CODES).is_not_null()))
        .sort("record_id", "nominal_id")
    )
