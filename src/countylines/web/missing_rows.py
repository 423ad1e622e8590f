"""Missing episodes as the page asks for them: who is missing now, who often, who was found where and with whom.

All of it is relative to the day the run speaks of (as_of). What isn't recorded is unknown, never no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from countylines.rank.safeguarding import HIGH, URGENT
from countylines.tables.extracts import CONNECTING_ROLES
from countylines.web.reader import Reader, Row

OFTEN = 2
QUARTER, YEAR = dt.timedelta(days=90), dt.timedelta(days=365)
COLUMNS = ("record_id", "nominal_id", "from", "to", "risk", "missing_from", "found_area", "found_with",
           "return_interview")  # fmt: skip
LISTS: Mapping[str, str] = {
    "now": "Missing now",
    "unclosed": "Not closed",
    "often90": "Repeat, 90 days",
    "often12": "Repeat, 12 months",
    "away": "Found elsewhere",
    "with": "With linked person",
    "undone": "No interview",
    "unknown": "Interview unknown",
    "all": "All",
}
A_LINE_A_PERSON = ("now", "often90", "often12")
BEGAN: Mapping[str, str] = {
    "now": "at any time",
    "unclosed": "at any time",
    "often90": "in the last 90 days",
    "often12": "in the last 12 months",
}
"""The lists that have their own time, and which."""


@dataclass(frozen=True)
class Others:
    """Who else was missing while an episode lasted, from the same place or found in the same area."""

    nominal_id: str
    record_id: str
    place: str


def episodes(reader: Reader) -> pl.DataFrame:
    """Every episode that had begun by as_of, children first, then the latest; made once a run.

    Columns beside those of the extract:

    - ``area``: of the record, where it was reported; ``away``: found in another area, null = not known;
    - ``state``: now; doubtful (not closed, but a later one has begun); over;
    - ``now``: stands for its person under "missing now" (one each), see :func:`_now`;
    - ``until``: its end; of a doubtful one no more than its beginning is sure;
    - ``in90``, ``in12``: the person's episodes that began in the last 90 days and in the last 12 months;
    - ``company``: ids of people found with them; ``kept_company``: of these, those in the network or linked to them;
    - ``place``: 0 = child, 1 = otherwise protected, 2 = held, 3 = others;
    - ``recent``: begun in the last 12 months, or not over; ``high``: high risk.
    """

    def make(reader: Reader) -> pl.DataFrame:
        day = reader.as_of
        began, last = pl.col("from").dt.date(), pl.col("from").max().over("nominal_id")
        going_on = pl.col("to").is_null() | (pl.col("to").dt.date() > day)
        latest = (pl.col("from") == last).fill_null(False) | last.is_null()
        frame = reader.table("sources/episodes").select(COLUMNS).filter(began.is_null() | (began <= day))
        frame = frame.join(_areas(reader, frame), on="record_id", how="left")
        frame = frame.join(_company(reader, frame), on=["record_id", "nominal_id"], how="left")
        frame = frame.join(_treated(reader, frame), on="nominal_id", how="left")
        force = reader.settings["ingest"]["force_areas"]
        elsewhere = ~pl.col("found_area").is_in(force) if force else pl.col("found_area") != pl.col("area")
        high = pl.col("risk").str.strip_chars().str.to_lowercase().is_in(HIGH).fill_null(False)
        state = pl.when(~going_on).then(pl.lit("over")).when(latest).then(pl.lit("now")).otherwise(pl.lit("doubtful"))
        return (
            _now(reader, frame.with_columns(state=state, high=high))
            .with_columns(
                in90=(began > day - QUARTER).fill_null(False).sum().over("nominal_id"),
                in12=(began > day - YEAR).fill_null(False).sum().over("nominal_id"),
                away=elsewhere,
                place=pl.col("place").fill_null(3),
                until=pl.when(pl.col("state") == "doubtful").then(pl.col("from")).otherwise(pl.col("to")),
                recent=going_on | (began > day - YEAR).fill_null(False),
            )
            .sort("place", "from", "record_id", descending=[False, True, False], nulls_last=True)
        )

    made: pl.DataFrame = reader.made("missing episodes", make)
    return made


def list_of(frame: pl.DataFrame, name: str, every: bool = False) -> pl.DataFrame:
    """One of the page's lists.

    Args:
        frame: as :func:`episodes` gives it.
        name: of ``LISTS``.
        every: all episodes of the extracts, not only the last 12 months; the lists of ``BEGAN`` keep their own time.
    """
    rules = {
        "now": pl.col("now"),
        "unclosed": (pl.col("state") != "over") & ~pl.col("now"),
        "often90": pl.col("in90") >= OFTEN,
        "often12": pl.col("in12") >= OFTEN,
        "away": pl.col("away").fill_null(False),
        "with": pl.col("kept_company").list.len().fill_null(0) > 0,
        "undone": (pl.col("state") == "over") & (pl.col("return_interview") == False).fill_null(False),  # noqa: E712
        "unknown": (pl.col("state") == "over") & pl.col("return_interview").is_null(),
        "all": pl.lit(True),
    }
    found = frame.filter(rules[name] if name in BEGAN or every else rules[name] & pl.col("recent"))
    if name == "now":
        keys = [pl.col("state") == "doubtful", pl.col("place"), ~pl.col("high")]
        return found.sort(keys, maintain_order=True)
    return found.unique("nominal_id", keep="first", maintain_order=True) if name in A_LINE_A_PERSON else found


def others_missing(frame: pl.DataFrame, shown: pl.DataFrame) -> dict[str, list[Others]]:
    """For each shown episode, who else was missing while it lasted: from the same place, or found in the same area."""
    found: dict[str, dict[str, Others]] = {}
    end = dt.datetime.max
    for column, word in (("missing_from", "from the same place"), ("found_area", "found in the same area")):
        there = frame.filter(pl.col(column).is_not_null() & pl.col("from").is_not_null())
        pairs = shown.join(there, on=column, how="inner", suffix="_b").filter(
            (pl.col("nominal_id") != pl.col("nominal_id_b"))
            & (pl.col("from_b") <= pl.col("until").fill_null(end))
            & (pl.col("from") <= pl.col("until_b").fill_null(end))
        )
        for own, other, record in pairs.select("record_id", "nominal_id_b", "record_id_b").sort(pl.all()).iter_rows():
            found.setdefault(own, {}).setdefault(other, Others(other, record, word))
    return {own: list(each.values()) for own, each in found.items()}


def _now(reader: Reader, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``now``: of each person who is missing now the one episode that says so most surely.

    Missing now is whose latest episode isn't over, and whomever the run's own list calls so, if only for an older one
    that nobody closed: nobody whom the run puts into tier 1 is missed here.
    """
    key = ["record_id", "nominal_id"]
    urgent = reader.table("safeguarding").filter(pl.col("tier") == URGENT).select("nominal_id").unique()
    open_ones = frame.filter(pl.col("state") != "over")
    surely = open_ones.filter(pl.col("state") == "now")
    found = pl.concat([surely, open_ones.join(urgent, on="nominal_id", how="semi")]).sort(
        pl.col("state") == "doubtful", ~pl.col("high"), -pl.col("from").to_physical(), *key, nulls_last=True
    )
    first = found.unique("nominal_id", keep="first", maintain_order=True).select(*key, now=pl.lit(True))
    return frame.join(first, on=key, how="left").with_columns(pl.col("now").fill_null(False))


def _areas(reader: Reader, frame: pl.DataFrame) -> pl.DataFrame:
    rows = reader.index.among("SELECT record_id, area FROM records WHERE record_id IN ({ids})", frame["record_id"])
    return _frame(rows, {"record_id": pl.String, "area": pl.String})


def _company(reader: Reader, frame: pl.DataFrame) -> pl.DataFrame:
    """Who was found with whom: the person named by id in ``found_with``, and whoever else connects in the record."""
    marks = ", ".join(f"'{role}'" for role in CONNECTING_ROLES)
    sql = f"SELECT DISTINCT record_id, nominal_id AS other FROM involvements WHERE role IN ({marks})"
    beside = _frame(
        reader.index.among(sql + " AND record_id IN ({ids})", frame["record_id"]),
        {"record_id": pl.String, "other": pl.String},
    )
    named = frame.select("record_id", "nominal_id", other=pl.col("found_with").str.strip_chars())
    known = set(_known(reader, named["other"].drop_nulls().unique()))
    pairs = pl.concat(
        [
            frame.select("record_id", "nominal_id").join(beside, on="record_id").select(named.columns),
            named.filter(pl.col("other").is_in(list(known))),
        ]
    ).filter(pl.col("other") != pl.col("nominal_id"))
    kept = reader.table("nominals").select(other="nominal_id", kept=pl.lit(True))
    links = reader.table("safeguarding_links").filter(pl.col("kind") == "adult")
    linked = links.select("nominal_id", other="id", linked=pl.lit(True)).unique()
    both = pairs.unique().join(kept, on="other", how="left").join(linked, on=["nominal_id", "other"], how="left")
    near = pl.col("kept").fill_null(False) | pl.col("linked").fill_null(False)
    grouped = both.sort("other").group_by("record_id", "nominal_id")
    return grouped.agg(company=pl.col("other"), kept_company=pl.col("other").filter(near))


def _known(reader: Reader, ids: Iterable[str]) -> list[str]:
    rows = reader.index.among("SELECT nominal_id FROM people WHERE nominal_id IN ({ids})", ids)
    return [row["nominal_id"] for row in rows]


def _treated(reader: Reader, frame: pl.DataFrame) -> pl.DataFrame:
    """Whose rows stand first: children, then others to protect, then held people."""
    sql = "SELECT nominal_id, is_child, protected, held FROM people WHERE nominal_id IN ({ids})"
    rows = reader.index.among(sql, frame["nominal_id"])
    made = [
        {
            "nominal_id": row["nominal_id"],
            "place": 0 if row["is_child"] else 1 if row["protected"] else 2 if row["held"] not in (None, "[]") else 3,
        }
        for row in rows
    ]
    return _frame(made, {"nominal_id": pl.String, "place": pl.Int64})


def _frame(rows: list[Row], schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema), orient="row")
