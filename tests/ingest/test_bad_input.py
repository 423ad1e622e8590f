"""What a user can get wrong, and the message that says where, what and what to do."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.ingest import checks
from countylines.ingest.rejects import write_csv
from tests.ingest.extracts import small, take, write

Spoil = Callable[[Path], Any]
RULING = {"nominal_id": "", "record_id": "crime:1", "decision": "wrong person", "by": "x", "confirmed_by": "y"}
ONE = {"record_id": "crime:1", "source": "crime", "recorded": "2020-05-01"}


def parquet(folder: Path, table: str, columns: dict[str, Any]) -> Path:
    (folder / f"{table}.csv").unlink(missing_ok=True)
    path = folder / f"{table}.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def packed(folder: Path) -> Path:
    path = folder / "records.csv.gz"
    path.write_bytes(gzip.compress((folder / "records.csv").read_bytes() * 100))
    (folder / "records.csv").unlink()
    return path


WRONG: dict[str, tuple[Spoil, str]] = {
    "a missing table": (
        lambda folder: (folder / "involvements.csv").unlink(),
        r"in: there is no involvements\.csv, involvements\.csv\.gz or involvements\.parquet, and no folder involvements"
        r" with such files\. Add the table with a row per role of a person in a record\.",
    ),
    "a missing column": (
        lambda folder: write(folder, "involvements", [{"record_id": "1", "nominal_id": "2", "rôle": "3"}]),
        r"involvements\.csv, role: this column is missing; the file has: record_id, nominal_id, rôle\. Add it\.",
    ),
    "an empty file": (
        lambda folder: (folder / "nominals.csv").write_bytes(b""),
        r"nominals\.csv: the file is empty \(0 bytes\)\. Export it again, with a header line\.",
    ),
    "no header": (
        lambda folder: (folder / "nominals.csv").write_text("\n\n"),
        r"nominals\.csv: there is no header line",
    ),
    "no records": (
        lambda folder: (folder / "records.csv").write_text("record_id,source,recorded\n"),
        r"records: the table has no rows\. Check the extract",
    ),
    "a column twice": (
        lambda folder: (folder / "nominals.csv").write_text("nominal_id,Nominal ID\n1,2\n"),
        r"nominals\.csv, nominal_id: this column is there twice\. Rename or remove one\.",
    ),
    "csv and parquet": (
        lambda folder: pq.write_table(pa.table({"nominal_id": ["a"]}), folder / "nominals.parquet"),
        r"in: the table nominals is there twice: nominals\.csv and nominals\.parquet\. Keep one of them\.",
    ),
    "csv and gzip": (
        lambda folder: (folder / "nominals.csv.gz").write_bytes(gzip.compress(b"nominal_id\na\n")),
        r"in: the table nominals is there twice: nominals\.csv and nominals\.csv\.gz",
    ),
    "parquet cut off": (
        lambda folder: cut(parquet(folder, "nominals", {"nominal_id": ["a"] * 99})),
        r"nominals\.parquet: this is no readable Parquet file: .*\. Copy or export it again\.",
    ),
    "gzip cut off": (
        lambda folder: cut(packed(folder)),
        r"records\.csv\.gz: the gzip file is cut off or corrupt: .*\. Copy it again\.",
    ),
    "no gzip": (
        lambda folder: packed(folder).write_bytes(b"record_id,source\n"),
        r"records\.csv\.gz: the gzip file is cut off or corrupt: Not a gzipped file",
    ),
    "another encoding": (
        lambda folder: (folder / "nominals.csv").write_bytes(b"nominal_id,name\na,\x81\xff\n"),
        r"nominals\.csv: neither UTF-8 nor cp1252: the first byte that isn't UTF-8 is number 19\."
        r" Export it again as UTF-8\.",
    ),
    "UTF-16 cut off": (
        lambda folder: (folder / "nominals.csv").write_bytes("nominal_id\na\n".encode("utf-16")[:-1]),
        r"nominals\.csv: the file begins as UTF-16 but isn't\. Export it again as UTF-8\.",
    ),
    "an open quote in a last cell": (
        lambda folder: (folder / "nominals.csv").write_text('nominal_id,name\na,b\nc,"d\ne,f\ng,h\n'),
        r"nominals\.csv, row 2: a quote is opened in this row and never closed, so all that follows would be one cell\."
        r" Close it, or double a quotation mark that belongs to the text\.",
    ),
    "an open quote before it": (
        lambda folder: (folder / "nominals.csv").write_text('nominal_id,name\na,b\n"c,d\ne,f\ng,h\n'),
        r"nominals\.csv, row 2: a quote is opened in this row and never closed",
    ),
    "lists in a column": (
        lambda folder: parquet(folder, "nominals", {"nominal_id": [["a"]]}),
        r"nominals\.parquet, nominal_id: a cell can't be of this type: list<.*>\. Give text\.",
    ),
    "all rows too old": (
        lambda folder: write(folder, "records", [ONE | {"recorded": "2001-01-01"}]),
        r"records: none of the 1 records is left \(before since 1\)\. Check the extract, or since in the settings\.",
    ),
    "all rows restricted": (
        lambda folder: write(folder, "records", [ONE | {"restricted": "yes"}]),
        r"records: none of the 1 records is left \(restricted 1\)\. Check the extract, or since in the settings\.",
    ),
    "the only record withdrawn": (
        lambda folder: write(folder, "decisions", [RULING]),
        r"records: all records are set aside or rejected\. See the reasons in rejects\.",
    ),
    "a year of 2099": (
        lambda folder: write(folder, "records", [ONE, ONE | {"record_id": "crime:2", "recorded": "2099-05-01"}]),
        r"records: record crime:2 is dated 2099-05-01, which is in the future; .* Correct the record, or set as_of",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_message_says_where_what_and_what_to_do(duckdb_engine: DuckDB, tmp_path: Path, wrong: str) -> None:
    spoil, message = WRONG[wrong]
    folder = small(tmp_path / "in")
    spoil(folder)
    with pytest.raises(InputError, match=f"^{message}"):
        take(folder, duckdb_engine, tmp_path / "work")


def test_no_such_path(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: there is no such file or folder\. Check the path\."):
        take(tmp_path / "nowhere", duckdb_engine, tmp_path / "work")


def test_a_file_that_is_no_sources_file(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    path = write(tmp_path, "records", [ONE])
    with pytest.raises(InputError, match=r"records\.csv: this is no folder of extracts and no sources file"):
        take(path, duckdb_engine, tmp_path / "work")


def test_a_folder_without_extracts(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "crimes.xlsx").touch()
    with pytest.raises(InputError, match=r"in: no extracts in this folder: looked for records\.csv, nominals\.csv"):
        take(tmp_path / "in", duckdb_engine, tmp_path / "work")


def test_as_of_allows_a_later_record(duckdb_engine: DuckDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small(tmp_path / "in")
    monkeypatch.setattr(checks, "today", lambda: dt.date(2020, 4, 30))  # the only record is of 1 May
    with pytest.raises(InputError, match="record crime:1 is dated 2020-05-01, which is in the future"):
        take(folder, duckdb_engine, tmp_path / "a")
    taken = take(folder, duckdb_engine, tmp_path / "b", as_of=dt.date(2020, 4, 30))
    assert taken.sources.as_of == dt.date(2020, 4, 30)
    monkeypatch.setattr(checks, "today", lambda: dt.date(2020, 5, 1))
    assert take(folder, duckdb_engine, tmp_path / "c").sources.as_of == dt.date(2020, 5, 1)


def test_nobody_counts_as_adult_where_birth_dates_are_known(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    people = [{"nominal_id": "ann", "date_of_birth": ""}, {"nominal_id": "bob", "date_of_birth": "2008-01-01"}]
    folder = small(tmp_path / "in", nominals=people)
    with pytest.raises(InputError, match=r"nominals, unknown_age: .* Set unknown_age = protect\."):
        take(folder, duckdb_engine, tmp_path / "a", unknown_age="adult")
    write(folder, "nominals", people[:1])
    assert take(folder, duckdb_engine, tmp_path / "b", unknown_age="adult").rows("nominals", "nominal_id") == [("ann",)]


def test_too_many_rejects_stop_with_the_rows_on_disk(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [{"record_id": "crime:1", "nominal_id": f"n{i}", "role": "suspect"} for i in range(4)]
    rows += [{"record_id": "crime:1", "nominal_id": "ann", "role": role} for role in ("=1+1", "@cmd", "witness")]
    folder = small(tmp_path / "in", involvements=rows)
    with pytest.raises(InputError) as caught:
        take(folder, duckdb_engine, tmp_path / "work", max_rejects=0.8)
    place = tmp_path / "work" / "rejects.csv"
    assert str(caught.value) == (
        "involvements: 6 of 7 rows (85.7%) are rejected, more than max_rejects = 80.0% allows:"
        " unknown nominal (4, as involvements.csv row 1); unknown role (2, as involvements.csv row 5)."
        f" Look at {place}, correct the extract, or allow a larger share with --max-rejects."
    )
    written = pl.read_csv(place)
    assert written["row_number"].to_list() == [1, 2, 3, 4, 5, 6]
    assert list(tmp_path.glob("work/*.part")) == []


def test_no_cell_of_the_rejects_is_a_formula(tmp_path: Path) -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", "", None, 'say "hi", then\nleave']
    write_csv(pl.DataFrame({"file": cells}), tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [row[0] for row in csv.reader(file) if row][1:]
    assert lines[:7] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "a=1"]
    assert lines[-1] == 'say "hi", then\nleave'


def test_values_that_are_none_count_as_unknown_and_are_told(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [ONE | {"occurred": "1.5.2020", "restricted": "maybe"}, ONE | {"record_id": "crime:2", "occurred": "May"}]
    folder = small(tmp_path / "in", records=[{"occurred": "", "restricted": ""} | row for row in rows])
    taken = take(folder, duckdb_engine, tmp_path / "work")
    assert taken.sources.counts["records"].kept == 2
    assert taken.sources.notes == (
        "records.csv, occurred: 2 values can't be read and count as unknown, as row 1: '1.5.2020'.",
        "records.csv, restricted: 1 value can't be read and counts as unknown, as row 1: 'maybe'.",
    )


def test_the_original_of_a_rejected_row_is_kept(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    rows = [ONE, {"record_id": "crime:2", "source": "crime", "recorded": "1.5.2020"}]
    take(small(tmp_path / "in", records=rows), duckdb_engine, tmp_path / "work")
    (row,) = pl.read_parquet(tmp_path / "work" / "rejects.parquet")["row"].to_list()
    assert row == '{"record_id":"crime:2","source":"crime","recorded":"1.5.2020"}'


def test_names_that_are_no_table_s_and_columns_of_no_use_are_told(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    folder = small(tmp_path / "in", nominals=[{"nominal_id": "ann", "Shoe size": "9"}])
    write(folder, "nominals", [{"nominal_id": "bob"}], "nominal.csv")
    notes = take(folder, duckdb_engine, tmp_path / "work").sources.notes
    assert notes == (
        "nominal.csv is not used: no table has that name (did you mean nominals?).",
        "nominals.csv: columns not used: shoe_size.",
    )


def test_odd_but_harmless(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    """Ten thousand people in a record, a text of 50 MB, control characters, cells like formulas, an empty table."""
    folder = tmp_path / "in"
    odd = "=HYPERLINK(1)\x00\x01\x1f,\"'\n\ttab"
    write(folder, "records", [ONE | {"text": odd}, ONE | {"record_id": "crime:2", "text": "county line " * 4_200_000}])
    write(folder, "nominals", [{"nominal_id": f"n{i}"} for i in range(10_000)])
    rows = [{"record_id": "crime:1", "nominal_id": f"n{i}", "role": "subject"} for i in range(10_000)]
    write(folder, "involvements", rows)
    write(folder, "releases", [])
    taken = take(folder, duckdb_engine, tmp_path / "work", max_rejects=0)
    assert taken.sources.counts["involvements"].kept == 10_000
    texts = dict(taken.rows("records", "record_id", "text"))
    assert texts["crime:1"] == odd
    assert len(texts["crime:2"]) == 50_400_000
    assert taken.rows("releases", "nominal_id") == []
    assert taken.sources.unlinked == {"crime": 1}


@pytest.mark.parametrize("layout", ["gzip", "parquet", "folder", "utf-16", "cp1252"])
def test_the_same_from_every_kind_of_file(duckdb_engine: DuckDB, tmp_path: Path, layout: str) -> None:
    folder = small(tmp_path / "in", nominals=[{"nominal_id": "ann", "name": "Zoë", "date_of_birth": "2001-02-03"}])
    path = folder / "nominals.csv"
    text = path.read_text(encoding="utf-8")
    if layout == "gzip":
        (folder / "nominals.csv.gz").write_bytes(gzip.compress(text.encode()))
        path.unlink()
    elif layout == "parquet":
        parquet(folder, "nominals", {"NOMINAL ID": ["ann"], "name": ["Zoë"], "date_of_birth": [dt.date(2001, 2, 3)]})
    elif layout == "folder":
        (folder / "nominals").mkdir()
        path.rename(folder / "nominals" / "part-0.csv")
    else:
        path.write_bytes(text.encode(layout))
    taken = take(folder, duckdb_engine, tmp_path / "work")
    assert taken.rows("nominals", "nominal_id", "name", "date_of_birth") == [("ann", "Zoë", dt.date(2001, 2, 3))]
    entry = next(entry for entry in taken.sources.inputs if entry["table"] == "nominals")
    assert entry["rows"] == 1
    assert re.fullmatch("[0-9a-f]{64}", entry["sha256"])
    told = any("not UTF-8" in note for note in taken.sources.notes)
    assert told == (layout in ("utf-16", "cp1252"))
