"""The engine's verbs, the same on both engines."""

import errno
import hashlib
import random
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from countylines.engine import DuckDB, Engine, open_engine
from countylines.errors import InputError
from countylines.writer import GROUP_ROWS, write_sorted

SCHEMA = pa.schema([("name", pa.string()), ("n", pa.int64())])


def given(path: Path, names: list[str | None]) -> Path:
    pq.write_table(pa.table({"n": pa.array(range(len(names)), pa.int64()), "name": pa.array(names, pa.string())}), path)
    return path


def test_map_batches_sends_every_row_once(engine: Engine, tmp_path: Path) -> None:
    def double(batch: pa.RecordBatch) -> pa.RecordBatch:  # inside the test, so that Spark pickles it by value
        return pa.RecordBatch.from_arrays([pc.multiply(batch.column(0), 2)], names=["n"])

    pq.write_table(pa.table({"n": range(50_000)}), tmp_path / "in.parquet")
    frame = engine.scan(tmp_path / "in.parquet")
    doubled = engine.map_batches(frame, double, pa.schema([("n", pa.int64())]), tmp_path / "out.parquet")
    assert doubled.select(nw.col("n").sum()).collect().item() == 2 * sum(range(50_000))


def test_a_failing_function_leaves_the_engine_usable(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    def fail(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise ValueError("no")

    pq.write_table(pa.table({"n": range(200_000)}), tmp_path / "in.parquet")
    frame = duckdb_engine.scan(tmp_path / "in.parquet")
    with pytest.raises(ValueError, match="no"):
        duckdb_engine.map_batches(frame, fail, pa.schema([("n", pa.int64())]), tmp_path / "out.parquet")
    assert frame.select(nw.len()).collect().item() == 200_000
    order = duckdb_engine.connection.sql("select current_setting('preserve_insertion_order')").fetchall()
    assert order == [(True,)]


def test_gather_lists_are_sorted(engine: Engine, tmp_path: Path) -> None:
    frame = engine.scan(given(tmp_path / "in.parquet", ["b", "a", "b", "a", "b"]))
    lists = engine.gather(frame, ("name",), "n").collect("pyarrow").to_arrow().to_pylist()
    assert sorted((row["name"], row["n"]) for row in lists) == [("a", [1, 3]), ("b", [0, 2, 4])]


def test_written_tables_are_sorted_the_same_bytes_whatever_the_order(engine: Engine, tmp_path: Path) -> None:
    names = [None, "", "a", "A", "é", "z", "Z", "\U0001f600", "aa", "a b"]
    hashes = set()
    for number in range(3):
        random.Random(number).shuffle(names)
        frame = engine.scan(given(tmp_path / f"in{number}.parquet", names)).select("name")
        frame = frame.with_columns(n=nw.lit(1, nw.Int64))
        out = tmp_path / f"out{number}.parquet"
        assert engine.write(frame, out, ["name"], SCHEMA) == len(names)
        hashes.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(hashes) == 1
    found = pq.read_table(tmp_path / "out0.parquet")["name"].to_pylist()
    assert found == [None, *sorted((name for name in names if name is not None), key=str.encode)]


def test_an_empty_table_keeps_its_columns(engine: Engine, tmp_path: Path) -> None:
    frame = engine.scan(given(tmp_path / "in.parquet", [])).select("name", "n")
    assert engine.write(frame, tmp_path / "out.parquet", ["name"], SCHEMA) == 0
    assert pq.read_schema(tmp_path / "out.parquet").names == ["name", "n"]


def test_row_groups_do_not_depend_on_batches(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array(range(2 * GROUP_ROWS + 5), pa.int64())})
    schema = table.schema
    for size in (1_000, GROUP_ROWS, len(table)):
        write_sorted(iter(table.to_batches(size)), tmp_path / f"{size}.parquet", schema)
    assert len({path.read_bytes() for path in tmp_path.glob("*.parquet")}) == 1
    found = pq.ParquetFile(tmp_path / "1000.parquet")
    assert [found.metadata.row_group(i).num_rows for i in range(3)] == [GROUP_ROWS, GROUP_ROWS, 5]


def test_nothing_is_fetched_by_the_database() -> None:
    duckdb = DuckDB()
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        assert duckdb.connection.execute("select current_setting(?)", [setting]).fetchone() == (False,)
    duckdb.close()


def test_a_full_disk_is_an_os_error(tmp_path: Path, duckdb_engine: DuckDB) -> None:

    frame = duckdb_engine.scan(given(tmp_path / "in.parquet", ["a"]))
    place = Path("/dev/full")
    with pytest.raises(OSError) as error:
        duckdb_engine.keep(nw.concat([frame] * 20), place)
    assert error.value.errno == errno.ENOSPC


def test_engines_by_name() -> None:
    with pytest.raises(InputError, match="there is no engine 'ibis'"):
        open_engine("ibis")
    opened = open_engine("duckdb")
    assert opened.name == "duckdb"
    opened.close()
