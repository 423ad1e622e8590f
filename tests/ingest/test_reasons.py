"""Every reason of the method's section 1, in extracts worked by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from countylines.engine import DuckDB, Engine
from countylines.tables import EXTRACTS, Counts
from tests.ingest.extracts import small, take, write

RECORDS = [  # record_id, source, occurred, recorded, grading, restricted, then what becomes of it
    ("crime:1", "crime", "2020-01-01", "2020-01-02T10:00", "", "", None),
    ("", "crime", "2020-01-01", "", "", "", "no key"),
    ("crime:1", "crime", "2020-02-02", "", "", "", "duplicate key"),
    ("crime:2", "crime", "", "", "", "", "no valid date"),
    ("crime:2", "crime", "", "31.12.2020", "", "", "no valid date"),
    ("crime:2", "Crime ", "2020-03-03 09:30", "", "", "No", None),  # the first valid row wins, not the first
    ("crime:2", "crime", "2020-03-03 09:30", "", "", "", "duplicate key"),
    ("x:1", "gossip", "2020-01-01", "", "", "", "unknown source"),
    ("x:2", "", "2020-01-01", "", "", "", "unknown source"),
    ("crime:3", "crime", "2020-01-01", "2014-12-31", "", "true", "before since"),
    ("crime:4", "crime", "2014-12-31", "2015-01-01", "", "", None),
    ("crime:5", "crime", "2020-01-01", "", "2EP", "", None),  # graded, but no intelligence
    ("crime:6", "crime", "2020-01-01", "", "", "Y", "restricted"),
    ("intelligence:1", "intelligence", "2020-01-01", "", "2 E P", "", "suspected false"),
    ("intelligence:2", "intelligence", "2020-01-01", "", "b/5/1", "", "suspected false"),
    ("intelligence:3", "intelligence", "2020-01-01", "", "E41", "", None),
    ("intelligence:4", "intelligence", "2020-01-01", "", "3DP", "", None),
    ("intelligence:6", "intelligence", "20200101", "", "3x5x2: 1 E C", "", "suspected false"),
    ("intelligence:5", "intelligence", "2020-06-30", "", "1E", "1", "suspected false"),
]
INVOLVEMENTS = [
    ("crime:1", "ann", "suspect", None),
    ("crime:1", "ann", "SUSPECT", "duplicate involvement"),
    ("crime:1", "ann", "victim", None),
    ("crime:1", "ann", "bystander", "unknown role"),
    ("crime:1", "ann", "", "unknown role"),
    ("crime:1", "", "suspect", "no key"),
    ("", "ann", "suspect", "no key"),
    ("crime:9", "ann", "suspect", "unknown record"),
    ("x:1", "ann", "suspect", "unknown record"),  # it was rejected
    ("crime:1", "zoe", "suspect", "unknown nominal"),
    ("crime:3", "ann", "suspect", "record set aside: before since"),
    ("crime:3", "zoe", "suspect", "unknown nominal"),  # rejected comes before set aside
    ("crime:6", "bob", "victim", "record set aside: restricted"),
    ("intelligence:2", "bob", "subject", "record set aside: suspected false"),
    ("intelligence:3", "bob", "subject", None),
]


def worked(folder: Path) -> Path:
    names = ["record_id", "source", "occurred", "recorded", "grading", "restricted"]
    write(folder, "records", [dict(zip(names, row, strict=False)) for row in RECORDS])
    names = ["record_id", "nominal_id", "role"]
    write(folder, "involvements", [dict(zip(names, row, strict=False)) for row in INVOLVEMENTS])
    write(folder, "nominals", [{"nominal_id": name} for name in ("ann", "bob", "ann", "")])
    write(folder, "reference_groups", [{"nominal_id": n, "group_id": g} for n, g in (("ann", "s1"), ("zoe", "s1"))])
    lines = [("l1", "07", "ann"), ("l1", "07", ""), ("l1", "07", ""), ("l2", "", "zoe"), ("", "", "ann")]
    write(
        folder, "known_lines", [dict(zip(("line_id", "phone_number", "nominal_id"), row, strict=True)) for row in lines]
    )
    write(folder, "known_victims", [{"nominal_id": "bob", "since": "2020-01-01"}, {"nominal_id": "zoe", "since": ""}])
    days = [("ann", "2020-01-01"), ("ann", ""), ("bob", "soon")]
    write(folder, "releases", [{"nominal_id": name, "release_date": day} for name, day in days])
    missing = [("intelligence:3", "bob"), ("crime:6", "bob"), ("crime:9", "bob"), ("crime:1", "zoe")]
    write(folder, "episodes", [{"record_id": record, "nominal_id": name} for record, name in missing])
    write(
        folder,
        "care",
        [{"nominal_id": "ann", "from": ""}, {"nominal_id": "ann", "from": ""}, {"nominal_id": "q", "from": ""}],
    )
    links = [("custody", "7", "ann"), ("custody", "7", "bob"), ("custody", "8", "zoe"), ("custody", "9", "")]
    write(folder, "person_links", [dict(zip(("source", "native_id", "nominal_id"), row, strict=True)) for row in links])
    return folder


def test_every_reason(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = take(worked(tmp_path / "in"), duckdb_engine, tmp_path / "work")

    assert taken.reasons("records") == {i: row[-1] for i, row in enumerate(RECORDS, 1) if row[-1]}
    assert taken.reasons("involvements") == {i: row[-1] for i, row in enumerate(INVOLVEMENTS, 1) if row[-1]}
    assert taken.reasons("nominals") == {3: "duplicate key", 4: "no key"}
    assert taken.reasons("reference_groups") == {2: "unknown nominal"}
    assert taken.reasons("known_lines") == {3: "duplicate key", 4: "unknown nominal", 5: "no key"}
    assert taken.reasons("known_victims") == {2: "unknown nominal"}
    assert taken.reasons("releases") == {2: "no valid date", 3: "no valid date"}
    assert taken.reasons("episodes") == {
        2: "record set aside: restricted",
        3: "unknown record",
        4: "unknown nominal",
    }
    assert taken.reasons("person_links") == {2: "duplicate key", 3: "unknown nominal", 4: "no key"}
    assert taken.reasons("care") == {2: "duplicate key", 3: "unknown nominal"}
    assert taken.rows("records", "record_id", "source", "date") == [
        ("crime:1", "crime", dt.date(2020, 1, 2)),
        ("crime:2", "crime", dt.date(2020, 3, 3)),
        ("crime:4", "crime", dt.date(2015, 1, 1)),
        ("crime:5", "crime", dt.date(2020, 1, 1)),
        ("intelligence:3", "intelligence", dt.date(2020, 1, 1)),
        ("intelligence:4", "intelligence", dt.date(2020, 1, 1)),
    ]
    assert taken.rows("involvements", "record_id", "nominal_id", "role") == [
        ("crime:1", "ann", "suspect"),
        ("crime:1", "ann", "victim"),
        ("intelligence:3", "bob", "subject"),
    ]
    assert taken.sources.counts["records"] == Counts(19, 6, 6, 7)
    assert taken.sources.counts["involvements"] == Counts(15, 3, 3, 9)
    assert taken.sources.as_of == dt.date(2020, 3, 3)  # the latest that is kept
    assert taken.sources.unlinked == {"crime": 3, "intelligence": 1}
    for table, frame in taken.sources.tables.items():
        day = ["date"] if table == "records" else []
        assert frame.collect_schema().names() == EXTRACTS[table].names + day


def test_kinds_are_told_apart(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = take(worked(tmp_path / "in"), duckdb_engine, tmp_path / "work")
    aside = {reason for _, _, kind, reason in taken.rejects() if kind == "set aside"}
    assert aside == {"before since", "suspected false", "restricted"} | {
        f"record set aside: {reason}" for reason in ("before since", "suspected false", "restricted")
    }
    for table, count in taken.sources.counts.items():
        kinds = [kind for name, _, kind, _ in taken.rejects() if name == table]
        assert (kinds.count("set aside"), kinds.count("rejected")) == (count.set_aside, count.rejected)
        assert count.rows_in == count.kept + count.set_aside + count.rejected
        assert taken.sources[table].collect().shape[0] == count.kept


def test_restricted_records_are_used_when_told(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = take(worked(tmp_path / "in"), duckdb_engine, tmp_path / "work", include_restricted=True)
    assert "restricted" not in {reason for *_, reason in taken.rejects()}
    assert ("crime:6", "bob", "victim") in taken.rows("involvements", "record_id", "nominal_id", "role")


def test_the_first_valid_row_wins_files_by_name_then_row(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    (folder / "records.csv").unlink()
    parts = {"records-2.csv": "second", "records-1.csv": "first"}
    for name, text in parts.items():
        row = {"record_id": "crime:1", "source": "crime", "recorded": "2020-01-01", "text": text}
        write(folder, "records", [row | {"recorded": ""}, row, row | {"text": "later"}], name)
    taken = take(folder, duckdb_engine, tmp_path / "work")
    assert taken.rows("records", "text") == [("first",)]
    assert taken.sources.counts["records"] == Counts(6, 1, 0, 5)


def test_the_youngest_of_several_birth_dates_counts(engine: Engine, tmp_path: Path) -> None:
    people = [
        ("ann", "1990-01-01"),
        ("bob", "1980-01-01; 2005-02-03 | 1970-01-01"),
        ("ann", "2008-01-01"),  # a duplicate, yet the date counts
        ("ann", ""),
        ("cat", "2000-01-01T00:00:00+01:00"),  # the day as written, not moved to UTC
        ("dan", "1900;soon"),
    ]
    folder = small(tmp_path / "in", nominals=[{"nominal_id": n, "date_of_birth": d} for n, d in people])
    taken = take(folder, engine, tmp_path / "work")
    assert taken.rows("nominals", "nominal_id", "date_of_birth") == [
        ("ann", dt.date(2008, 1, 1)),
        ("bob", dt.date(2005, 2, 3)),
        ("cat", dt.date(2000, 1, 1)),
        ("dan", None),
    ]
    assert any("'1900;soon'" in note and "row 6" in note for note in taken.sources.notes)


@pytest.mark.parametrize(("rows", "stops"), [(100, False), (99, True)])
def test_exactly_at_the_share_is_not_past_it(duckdb_engine: DuckDB, tmp_path: Path, rows: int, stops: bool) -> None:
    good = [{"nominal_id": f"n{i}"} for i in range(rows - 1)]
    folder = small(tmp_path / "in", nominals=[{"nominal_id": "ann"}, *good[1:], {"nominal_id": "ann"}])
    if stops:
        with pytest.raises(Exception, match="1 of 99 rows"):
            take(folder, duckdb_engine, tmp_path / "work", max_rejects=0.01)
    else:
        assert take(folder, duckdb_engine, tmp_path / "work", max_rejects=0.01).sources.counts["nominals"].rejected == 1
