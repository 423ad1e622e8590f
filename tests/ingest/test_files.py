"""CSV and Parquet files: every cell and row number, in any encoding, whatever the size of the blocks."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.ingest import files
from countylines.ingest.files import facts_of, plain, read_file

CELL = st.text(st.sampled_from('ab,"\n\r \té€=\x00\x01'), max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12)


def written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([["A a", "b", "C"], *rows])
    return text.getvalue()


def cells(path: Path) -> dict[int, list[str]]:
    """Row number to cells; a broken row to its line."""
    found: dict[int, list[str]] = {}
    for batch in read_file(path, facts_of(path)):
        assert batch.numbers is not None
        found |= {int(n): list(row.values()) for n, row in zip(batch.numbers, batch.rows.to_pylist(), strict=True)} | {
            n: [line] for n, line in batch.broken
        }
    return found


@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]), st.booleans())
def test_every_cell_comes_back(tmp_path: Path, rows: list[list[str]], encoding: str, zipped: bool) -> None:
    data = written(rows).encode(encoding)
    path = tmp_path / ("x.csv.gz" if zipped else "x.csv")
    path.write_bytes(gzip.compress(data) if zipped else data)
    assert cells(path) == dict(enumerate(rows, 1))


@given(st.lists(st.lists(st.sampled_from(["a", "bb", 'c"d', "e\nf"]), min_size=1, max_size=5), max_size=40))
def test_rows_with_a_wrong_number_of_cells_keep_their_number(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "x.csv"
    path.write_text(written(rows), newline="", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCKS", (64, 128, 1 << 20))  # many blocks, and rows that don't fit into one
        found = cells(path)
    assert list(found) != [] or not rows
    assert set(found) == set(range(1, len(rows) + 1))
    assert {n: row for n, row in found.items() if len(row) == 3} == {
        n: row for n, row in enumerate(rows, 1) if len(row) == 3
    }


def test_blocks_grow_for_a_long_row_and_nothing_comes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCKS", (1 << 10, 1 << 14, 1 << 20))
    rows = [f"{i},b,c" for i in range(1000)] + ["short", f"x,{'y' * 50_000},z", *(f"{i},b,c" for i in range(500))]
    path = tmp_path / "x.csv"
    path.write_text("a,b,c\n" + "\n".join(rows))
    batches = [batch.numbers for batch in read_file(path, facts_of(path))]
    numbers = [int(n) for batch in batches if batch is not None for n in batch]
    found = cells(path)
    assert len(found) == 1502
    assert found[1001] == ['{"line": "short"}']
    assert len(found[1002][1]) == 50_000
    assert found[1502] == ["499", "b", "c"]
    assert len(numbers) == len(set(numbers)) == 1501


def test_a_row_beyond_the_largest_block_is_refused_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BLOCKS", (1 << 10, 1 << 12))
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" * 700 + '3,"4\n' + "5,6\n" * 5000)
    with pytest.raises(files.InputError, match=r"x\.csv, row 701: a row is longer than"):
        cells(path)


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\na,b\n\n1,2\n\n\n3,4\n\n")
    assert cells(path) == {1: ["1", "2"], 2: ["3", "4"]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(end.join(["a,b", "1,2", "3,4"]).encode())
    assert cells(path) == {1: ["1", "2"], 2: ["3", "4"]}


def test_quotation_marks_inside_unquoted_cells_are_text(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,5" knife\n2,"two\nlines"\n')
    assert cells(path) == {1: ["1", '5" knife'], 2: ["2", "two\nlines"]}


def test_facts(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("a\n£5\n".encode("cp1252"))
    assert facts_of(path) == files.Facts(hashlib.sha256(path.read_bytes()).hexdigest(), "cp1252", "", False)
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(b'a\n"1"\n'))
    assert facts_of(packed) == files.Facts(hashlib.sha256(packed.read_bytes()).hexdigest(), "utf-8", "gzip", True)


def test_utf_8_is_tried_over_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a\n" + b"plain\n" * 1_000_000 + "£5\n".encode("cp1252"))
    assert facts_of(path).encoding == "cp1252"
    path.write_bytes(b"a\n" + b"p\xc3\xa9\n" * 1_500_000)  # characters lie across the borders of chunks
    assert facts_of(path).encoding == "utf-8"


def test_headers_in_plain_form() -> None:
    assert [plain(header) for header in ("Record ID", "\ufeffrecord_id", " record  id ", "RECORD_ID")] == [
        "record_id"
    ] * 4


def test_parquet_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH_ROWS", 7)
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"A a": [str(i) for i in range(20)]}), path, row_group_size=5)
    assert cells(path) == {i + 1: [str(i)] for i in range(20)}
