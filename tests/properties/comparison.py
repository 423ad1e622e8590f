"""A run beside the brute force: every table, every row, every column."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from countylines.tables import EXTRACTS, FLAG, RUN
from tests.reference.bruteforce.values import Row, day, flag
from tests.reference.bruteforce.whole import BruteRun, Rows

COMPARED = (
    "hits",
    "record_scores",
    "term_table",
    "connections",
    "considered",
    "nominals",
    "edges",
    "skipped_records",
    "safeguarding",
    "groups",
    "reference_overlaps",
)
NEAR = 1e-9
AGELESS = "age to be established"  # of kept people by section 3, of others later
SAID_LATER = {
    AGELESS,
    "missing now",
    "missing now, risk high",
    "missing now, or an episode that nobody closed: a later one has begun",
    "has been missing",
    "child in or beside a recent matched record",
    "child beside the network",
    "believed exploited, beside the network",
    "believed exploited, in no record with the network",
    "believed exploited, in no record",
}


def differences(brute: BruteRun, run: Path) -> list[str]:
    """Every difference as one line: table, key, column, what the page says, what the run has."""
    found = rejects(brute, run) + kept_rows(brute, run)
    first_of = {g: min(u for u, group in members(run) if group == g) for _, g in members(run)}
    for table in COMPARED:
        rows = read(run, table)
        found += unsorted(table, rows)
        found += compare(table, brute.tables[table], [row for row in rows if by_section_3(table, row, run)], first_of)
    return found + numbering(read(run, "groups"), first_of)


def by_section_3(table: str, row: Row, run: Path) -> bool:
    """Whether the brute force can know the row: METHOD 5 adds people beside the network to the safeguarding list."""
    if table != "safeguarding" or row["why"] not in SAID_LATER:
        return True
    return row["why"] == AGELESS and row["nominal_id"] in {person["nominal_id"] for person in read(run, "nominals")}


def unsorted(table: str, rows: Rows) -> list[str]:
    """Rows stand in order of their key, empty first."""
    keys = [tuple((row[key] is not None, row[key]) for key in RUN[table].key) for row in rows]
    return [] if keys == sorted(keys) else [f"{table}: not sorted by its key"]


def numbering(groups: Rows, first_of: dict[str, str]) -> list[str]:
    """Without an earlier run groups are numbered by size, then by lowest nominal_id."""
    order = [(-group["size"], first_of[group["group_id"]]) for group in groups]
    return [] if order == sorted(order) else [f"groups: numbered out of order: {order}"]


def read(run: Path, table: str) -> Rows:
    """The rows of one of the run's tables."""
    rows: Rows = pq.read_table(run / f"{table}.parquet").to_pylist()
    return rows


def members(run: Path) -> list[tuple[str, str]]:
    return [(row["nominal_id"], row["group_id"]) for row in read(run, "nominals") if row["group_id"] is not None]


def compare(table: str, expected: Rows, rows: Rows, first_of: dict[str, str]) -> list[str]:
    """Two lists of rows by their key; a group stands under its lowest nominal_id, since the page leaves ids open."""
    for row in rows:
        if row.get("group_id") is not None:
            row["group_id"] = first_of.get(row["group_id"], f"group {row['group_id']} of nobody")
    keys = RUN[table].key
    wanted, got = by_key(expected, keys), by_key(rows, keys)
    found = [f"{table}: {key} is missing: {wanted[key]}" for key in wanted if key not in got]
    found += [f"{table}: {key} should not be there: {got[key]}" for key in got if key not in wanted]
    if len(got) != len(rows):
        found.append(f"{table}: {len(rows) - len(got)} rows with a key twice")
    for key in sorted(set(wanted) & set(got), key=str):
        for column, value in wanted[key].items():
            if not same(value, got[key][column]):
                found.append(f"{table}: {key}: {column} should be {value!r}, is {got[key][column]!r}")
    return found


def by_key(rows: Rows, keys: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[key] for key in keys): row for row in rows}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float) and not isinstance(other, bool):
        return abs(one - other) <= NEAR
    return type(one) is type(other) and bool(one == other)


def rejects(brute: BruteRun, run: Path) -> list[str]:
    """Rows that are not used, by table and place, with the kind and the reason."""
    expected = {(r.table, r.row_number): (r.kind, r.reason) for r in brute.kept.rejects}
    rows = read(run, "rejects")
    got = {(row["table"], row["row_number"]): (row["kind"], row["reason"]) for row in rows}
    found = [] if len(rows) == len(got) else [f"rejects: {len(rows) - len(got)} rows twice"]
    found += [
        f"rejects: {row['table']}.csv is called {row['file']}" for row in rows if row["file"] != f"{row['table']}.csv"
    ]
    found += [f"rejects: content is no JSON: {row}" for row in rows if not isinstance(json.loads(row["row"]), dict)]
    places = sorted({*expected, *got})
    return found + [
        f"rejects: {place} should be {expected.get(place)}, is {got.get(place)}"
        for place in places
        if expected.get(place) != got.get(place)
    ]


def kept_rows(brute: BruteRun, run: Path) -> list[str]:
    """The kept rows of every table of the extracts, as the run keeps them."""
    found = []
    for name in EXTRACTS:
        expected = sorted(str(typed(name, row)) for row in brute.kept.tables.get(name, []))
        got = sorted(str(row) for row in read(run / "sources", name))
        found += [f"sources/{name}: is missing {row}" for row in expected if row not in got]
        found += [f"sources/{name}: should not hold {row}" for row in got if row not in expected]
        if len(got) != len(expected):
            found.append(f"sources/{name}: should have {len(expected)} rows, has {len(got)}")
    return found


def typed(table: str, row: Row) -> dict[str, Any]:
    """A row's texts as values of the table's types."""
    values: dict[str, Any] = {}
    for column in EXTRACTS[table].columns:
        text = row.get(column.name, "")
        if not text:
            values[column.name] = None
        elif column.type == FLAG:
            values[column.name] = flag(text)
        elif str(column.type).startswith("timestamp"):
            values[column.name] = dt.datetime.fromisoformat(text) if day(text) else None
        else:
            values[column.name] = day(text) if str(column.type).startswith("date") else text
    return values
