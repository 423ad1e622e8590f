"""Rulings of people: which are in force, what each changes, and that nothing is lost by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from countylines.engine import DuckDB
from countylines.tables import Counts
from tests.ingest.extracts import Taken, small, take

SIGNED = {"by": "DC Fell", "confirmed_by": "DS Moor", "at": "2020-05-01T10:00", "review_by": "", "reason": "seen"}
INVOLVED = [
    ("r1", "ann", "suspect"),
    ("r1", "bob", "victim"),
    ("r2", "ann", "suspect"),
    ("r2", "ann", "arrested"),
    ("r2", "bob", "subject"),
    ("r3", "ann", "suspect"),
    ("r3", "ann", "victim"),
    ("r3", "cat", "missing"),
]


def ruled(tmp_path: Path, duckdb_engine: DuckDB, *rulings: Mapping[str, str], **settings: object) -> Taken:
    rows = [
        {"nominal_id": "", "record_id": "", "decision": ""} | SIGNED | {"at": f"2020-05-{i:02d}"} | ruling
        for i, ruling in enumerate(rulings, 1)
    ]
    folder = small(
        tmp_path / "in",
        records=[{"record_id": f"r{i}", "source": "missing", "recorded": f"2020-06-0{i}"} for i in (1, 2, 3)],
        nominals=[{"nominal_id": name} for name in ("ann", "bob", "cat")],
        involvements=[dict(zip(("record_id", "nominal_id", "role"), row, strict=True)) for row in INVOLVED],
        episodes=[{"record_id": "r3", "nominal_id": "cat"}, {"record_id": "r1", "nominal_id": "bob"}],
        decisions=rows,
    )
    return take(folder, duckdb_engine, tmp_path / "work", **settings)


def involved(taken: Taken) -> list[tuple[str, ...]]:
    return taken.rows("involvements", "record_id", "nominal_id", "role")


def test_every_kind_of_ruling(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = ruled(
        tmp_path,
        duckdb_engine,
        {"record_id": "r1", "decision": "Not County Lines"},  # the record goes, and all in it
        {"record_id": "r2", "nominal_id": "bob", "decision": "wrong person"},  # bob goes from r2 only
        {"nominal_id": "ann", "decision": "victim not offender"},  # in all records
        {"nominal_id": "cat", "decision": "no sign of exploitation"},
        {"nominal_id": "cat", "decision": "wrong person", "confirmed_by": ""},
        {"nominal_id": "cat", "decision": "wrong person", "confirmed_by": " dc fell "},
        {"nominal_id": "cat", "decision": "wrong person", "review_by": "2020-06-03"},
        {"record_id": "r3", "decision": "reviewed and kept", "review_by": "2020-06-04"},
        {"record_id": "r9", "decision": "wrong person"},
        {"nominal_id": "dan", "decision": "wrong person"},
        {"decision": "wrong person"},
        {"nominal_id": "ann", "decision": "guilty"},
        {"record_id": "r3", "decision": "victim not offender"},
    )

    assert taken.reasons("decisions") == {
        9: "unknown record",
        10: "unknown nominal",
        11: "names neither nominal nor record",
        12: "unknown decision",
        13: "names no nominal",
    }
    assert taken.reasons("records") == {1: "withdrawn by a decision"}
    assert taken.reasons("involvements") == {
        1: "record set aside: withdrawn by a decision",
        2: "record set aside: withdrawn by a decision",
        3: "victim already",  # of suspect and arrested in r2 the role that sorts first becomes victim
        5: "withdrawn by a decision",
        6: "victim already",
    }
    assert taken.reasons("episodes") == {2: "record set aside: withdrawn by a decision"}
    assert involved(taken) == [("r2", "ann", "victim"), ("r3", "ann", "victim"), ("r3", "cat", "missing")]
    assert taken.sources.counts["involvements"] == Counts(8, 3, 5, 0)
    assert set(taken.sources.rulings.collect().rows()) == {
        (None, "r1", "not county lines"),
        ("bob", "r2", "wrong person"),
        ("ann", None, "victim not offender"),
        ("cat", None, "no sign of exploitation"),
        (None, "r3", "reviewed and kept"),
    }
    assert taken.sources.notes == (
        "5 rulings are applied: 1 no sign of exploitation, 1 not county lines, 1 reviewed and kept,"
        " 1 victim not offender, 1 wrong person.",
        "2 rulings in the extracts weren't applied: they lack a second signature.",
        "1 ruling has expired.",
    )


@pytest.mark.parametrize("decision", ["wrong person", "not county lines"])
def test_a_ruling_on_a_person_alone_takes_all_their_involvements(
    duckdb_engine: DuckDB, tmp_path: Path, decision: str
) -> None:
    taken = ruled(tmp_path, duckdb_engine, {"nominal_id": "ann", "decision": decision})
    assert taken.reasons("involvements") == dict.fromkeys((1, 3, 4, 6, 7), "withdrawn by a decision")
    assert len(taken.rows("nominals", "nominal_id")) == 3  # the person stays known
    assert taken.sources.unlinked == {}


def test_victim_not_offender_in_one_record_leaves_the_others(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = ruled(tmp_path, duckdb_engine, {"nominal_id": "ann", "record_id": "r1", "decision": "victim not offender"})
    assert [row for row in involved(taken) if row[1] == "ann"] == [
        ("r1", "ann", "victim"),
        ("r2", "ann", "arrested"),
        ("r2", "ann", "suspect"),
        ("r3", "ann", "suspect"),
        ("r3", "ann", "victim"),
    ]


def test_a_withdrawn_person_s_episode_goes_too(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = ruled(tmp_path, duckdb_engine, {"nominal_id": "cat", "record_id": "r3", "decision": "wrong person"})
    assert taken.reasons("episodes") == {1: "withdrawn by a decision"}


@pytest.mark.parametrize(("as_of", "holds"), [("2020-06-30", True), ("2020-07-01", False), ("2020-07-02", False)])
def test_a_ruling_expires_on_its_day(duckdb_engine: DuckDB, tmp_path: Path, as_of: str, holds: bool) -> None:
    ruling = {"record_id": "r1", "decision": "wrong person", "review_by": "2020-07-01"}
    taken = ruled(tmp_path, duckdb_engine, ruling, as_of=dt.date.fromisoformat(as_of))
    assert (taken.reasons("records") == {1: "withdrawn by a decision"}) == holds
    assert taken.sources.as_of == dt.date.fromisoformat(as_of)


def test_as_of_is_of_the_kept_records_but_rulings_are_asked_before(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    ruling = {"record_id": "r3", "decision": "wrong person", "review_by": "2020-06-04"}
    assert ruled(tmp_path, duckdb_engine, ruling).sources.as_of == dt.date(2020, 6, 2)


def test_a_ruling_on_a_restricted_record_stays_valid(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    folder = small(
        tmp_path / "in",
        records=[
            {"record_id": "r1", "source": "crime", "recorded": "2020-01-01", "restricted": "true"},
            {"record_id": "r2", "source": "crime", "recorded": "2020-01-01", "restricted": ""},
        ],
        involvements=[],
        decisions=[{"nominal_id": "", "record_id": "r1", "decision": "wrong person"} | SIGNED],
    )
    taken = take(folder, duckdb_engine, tmp_path / "work")
    assert taken.sources.counts["decisions"] == Counts(1, 1, 0, 0)
    assert taken.reasons("records") == {1: "restricted"}
