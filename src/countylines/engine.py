"""Where tables live: DuckDB on one machine, Spark where a force has outgrown it.

Relational steps are written once, as Narwhals lazy frames. An engine adds what a lazy frame can't do for itself: find a
table, keep one, hand its rows to Python in Arrow batches, and write it sorted. This is the only file that imports
duckdb or pyspark.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from countylines.progress import Advance
from countylines.tables import Frame
from countylines.writer import write_sorted

BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]

BATCH_ROWS = 16_384  # best for the matcher (docs/performance.md)


class Engine(Protocol):
    """The verbs every stage before the border uses."""

    name: str

    def scan(self, path: Path) -> Frame:
        """A lazy frame over a Parquet file or folder of them."""

    def keep(self, frame: Frame, path: Path) -> Frame:
        """Write the frame as Parquet and go on from there."""

    def map_batches(
        self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path, advance: Advance | None = None
    ) -> Frame:
        """Send the frame through ``function`` in Arrow batches, keep what comes back; ``advance`` is told rows done."""

    def gather(self, frame: Frame, by: Sequence[str], column: str) -> Frame:
        """One row per ``by`` with its values of ``column`` as a sorted list: the one aggregate that Narwhals lacks."""

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        """Write the frame sorted, by the one writer, so that equal rows give equal bytes; the number of rows."""

    def spill_to(self, folder: Path) -> None:
        """Where to put what doesn't fit in memory."""

    def close(self) -> None:
        """Let go of files and processes."""


class DuckDB:
    """One machine, no set-up: the default."""

    name = "duckdb"

    def __init__(self, memory_limit: str = "2GB", threads: int | None = None) -> None:
        import duckdb

        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": "false",  # nothing is fetched, on any machine
            "autoload_known_extensions": "false",
        }
        if threads:
            config["threads"] = threads
        self.connection = duckdb.connect(config=config)

    def scan(self, path: Path) -> Frame:
        pattern = str(path / "*.parquet") if path.is_dir() else str(path)
        return nw.from_native(self.connection.read_parquet(pattern))

    def keep(self, frame: Frame, path: Path) -> Frame:
        """Write and go on from there: a lazy frame used twice is computed twice, a kept one is not.

        Measured: 30 s against 4.5 s for the network stage at two million records.
        """
        with _disk(path):
            frame.sink_parquet(str(path))
        return self.scan(path)

    def map_batches(
        self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path, advance: Advance | None = None
    ) -> Frame:
        any_order, batches = self._in_any_order(), closing(self._batches(frame))
        with _disk(path), any_order, pq.ParquetWriter(path, schema) as writer, batches as each:
            for batch in each:
                writer.write_batch(function(batch))
                if advance:
                    advance(batch.num_rows)
        return self.scan(path)

    def gather(self, frame: Frame, by: Sequence[str], column: str) -> Frame:
        keys = ", ".join(f'"{name}"' for name in by)
        listed = nw.to_native(frame).aggregate(f'{keys}, list_sort(list("{column}")) as "{column}"', keys)
        gathered: Frame = nw.from_native(listed)
        return gathered

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        with _disk(path):
            return write_sorted(self._batches(frame.sort(*by, nulls_last=False)), path, schema)

    def spill_to(self, folder: Path) -> None:
        self.connection.execute("SET temp_directory = ?", [str(folder)])

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def _in_any_order(self) -> Iterator[None]:
        """Rows come as they are read, by all threads: 430 ns a row of text against 660 in the file's order."""
        self.connection.execute("SET preserve_insertion_order = false")
        try:
            yield
        finally:
            self.connection.execute("SET preserve_insertion_order = true")

    def _batches(self, frame: Frame) -> Generator[pa.RecordBatch, None, None]:
        """The next batch is made in a thread of its own while this one is worked on."""
        reader = nw.to_native(frame).to_arrow_reader(BATCH_ROWS)
        with closing(reader), ThreadPoolExecutor(1) as ahead:
            waiting = ahead.submit(next, reader, None)
            while (batch := waiting.result()) is not None:
                waiting = ahead.submit(next, reader, None)
                yield batch


class Spark:
    """A cluster, or this machine's cores as one: same frames, same results."""

    name = "spark"

    def __init__(self, session: Any) -> None:
        self.session = session

    @classmethod
    def local(cls, cores: int = 2, memory: str = "2g") -> Spark:
        """A session on this machine; Java 17 is needed."""
        from pyspark.sql import SparkSession

        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers start whatever python3 is on the path
        session = (
            SparkSession.builder.master(f"local[{cores}]")
            .appName("countylines")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")  # progress.py shows the steps
            .config("spark.driver.memory", memory)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", str(2 * cores))
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH_ROWS))
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.sql.ansi.enabled", "true")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        return cls(session)

    def scan(self, path: Path) -> Frame:
        frame: Frame = nw.from_native(self.session.read.parquet(str(path)))
        return frame

    def keep(self, frame: Frame, path: Path) -> Frame:
        """It also cuts Spark's lineage."""
        frame.sink_parquet(str(path))
        return self.scan(path)

    def map_batches(
        self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path, advance: Advance | None = None
    ) -> Frame:
        """``function`` goes to the workers, so it must be picklable; how far they are isn't known here."""
        from pyspark.sql.pandas.types import from_arrow_schema

        def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return map(function, batches)

        nw.to_native(frame).mapInArrow(each, from_arrow_schema(schema)).write.parquet(str(path))
        return self.scan(path)

    def gather(self, frame: Frame, by: Sequence[str], column: str) -> Frame:
        from pyspark.sql.functions import array_sort, collect_list

        listed = nw.to_native(frame).groupBy(*by).agg(array_sort(collect_list(column)).alias(column))
        gathered: Frame = nw.from_native(listed)
        return gathered

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        table = nw.to_native(frame.sort(*by, nulls_last=False)).toArrow()
        return write_sorted(iter(table.to_batches(BATCH_ROWS)), path, schema)

    def spill_to(self, folder: Path) -> None:
        """Spark spills where its own configuration says."""

    def close(self) -> None:
        self.session.stop()


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """A full disk is a full disk, whoever meets it."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        signs = ("No space left", "File too large", "max_temp_directory_size", "failed to offload")
        if any(sign in str(error) for sign in signs):
            raise OSError(errno.ENOSPC, "no space left on the disk", str(path.parent)) from error
        raise


def open_engine(name: str) -> Engine:
    """The engine by its name: duckdb or spark.

    Raises:
        InputError: the name is neither, or Spark's parts are missing.
    """
    from countylines.errors import InputError

    if name == "duckdb":
        return DuckDB()
    if name != "spark":
        raise InputError(f"there is no engine {name!r}", "use duckdb or spark", field="--engine")
    try:
        return Spark.local()
    except ImportError as error:
        advice = "install countylines[spark]; it needs Java 17"
        raise InputError("Spark isn't installed", advice, field="--engine") from error
