"""Random extracts: every row gets the reason that the method's page, followed by hand, gives it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from countylines.engine import DuckDB
from tests.ingest import by_hand
from tests.ingest.extracts import take, write

DAYS = ["2014-12-31", "2015-01-01", "2020-06-01", "2020-06-02", "2020-06-01", "", "soon"]
SOURCES = ["crime", "crime", "missing", "intelligence", "intelligence", "gossip", ""]
GRADINGS = ["", "2EP", "1 e", "B/5/1", "A 51", "B51", "E41", "3DP", "42E", "3-E-C", "E5"]
ROLES = ["suspect", "arrested", "charged", "victim", "victim", "subject", "witness", "ghost", ""]
DECISIONS = ["not county lines", "wrong person", "victim not offender", "victim not offender", "reviewed and kept"]


def drawn(seed: int, size: int) -> tuple[list[by_hand.Row], list[by_hand.Row], list[by_hand.Row], set[str]]:
    """Records, involvements and rulings that meet each other often, and the nominals there are."""
    draw = random.Random(seed)
    record_ids = [*(f"r{i}" for i in range(size)), ""]
    nominal_ids = [*(f"n{i}" for i in range(size // 2)), ""]
    records = [
        {
            "record_id": draw.choice(record_ids),
            "source": draw.choice(SOURCES),
            "occurred": draw.choice(DAYS),
            "recorded": draw.choice(DAYS),
            "grading": draw.choice(GRADINGS),
            "restricted": draw.choice(["", "", "", "false", "true"]),
        }
        for _ in range(2 * size)
    ]
    involvements = [
        {"record_id": draw.choice(record_ids), "nominal_id": draw.choice(nominal_ids), "role": draw.choice(ROLES)}
        for _ in range(8 * size)
    ]
    rulings = {}
    while len(rulings) < size:
        row = {
            "nominal_id": draw.choice([*nominal_ids, *[""] * (size // 4)]),
            "record_id": draw.choice([*record_ids, *[""] * (size // 4)]),
            "decision": draw.choice(DECISIONS),
            "by": draw.choice(["x", "x", ""]),
            "confirmed_by": draw.choice(["y", "y", "X"]),
            "review_by": draw.choice(["", "2020-06-02", "2020-06-03"]),
        }
        if row["nominal_id"] or (row["record_id"] and row["decision"] != "victim not offender"):
            rulings[row["nominal_id"], row["record_id"], row["decision"]] = row
    return records, involvements, list(rulings.values()), set(nominal_ids[:-3])


@pytest.mark.parametrize(("seed", "size"), [(1, 40), (2, 40), (3, 12), (4, 12), (5, 5), (6, 150)])
def test_every_row_gets_its_reason(duckdb_engine: DuckDB, tmp_path: Path, seed: int, size: int) -> None:
    records, involvements, decisions, nominals = drawn(seed, size)
    write(tmp_path / "in", "records", records)
    write(tmp_path / "in", "involvements", involvements)
    write(tmp_path / "in", "decisions", decisions)
    write(tmp_path / "in", "nominals", [{"nominal_id": name} for name in sorted(nominals)])

    without_rulings, valid = by_hand.judge_records(records, set())
    dates = [by_hand.day(row["recorded"]) or by_hand.day(row["occurred"]) for row in without_rulings.kept]
    rulings = by_hand.in_force(decisions, valid, nominals, max(date for date in dates if date))
    withdrawing = [row for row in rulings if row["decision"] in ("not county lines", "wrong person")]
    withdrawn = {row["record_id"] for row in withdrawing if not row["nominal_id"]}
    of_records, reasons = by_hand.judge_records(records, withdrawn)
    of_involvements = by_hand.judge_involvements(involvements, reasons, nominals, rulings)

    taken = take(tmp_path / "in", duckdb_engine, tmp_path / "work")
    assert taken.reasons("records") == of_records.rejected | of_records.aside
    assert taken.reasons("involvements") == of_involvements.rejected | of_involvements.aside
    assert taken.rows("records", "record_id") == sorted((row["record_id"],) for row in of_records.kept)
    kept = sorted((row["record_id"], row["nominal_id"], row["role"]) for row in of_involvements.kept)
    assert taken.rows("involvements", "record_id", "nominal_id", "role") == kept
    assert taken.sources.rulings.collect().shape[0] == len(rulings)
