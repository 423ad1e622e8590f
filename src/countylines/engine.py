"""Where tables live: DuckDB on one machine, Spark where a force has outgrown it.

Relational steps are written once, as Narwhals lazy frames. An engine adds what a lazy frame can't do for itself: find a
table, keep one, hand its rows to Python in Arrow batches, and write it sorted. This is the only file that imports
duckdb or pyspark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from countylines.tables import Frame

BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]

BATCH_ROWS = 16_384  # best for the matcher (docs/performance.md)
GROUP_ROWS = 131_072  # rows of a Parquet row group, so that equal rows give equal bytes


class Engine(Protocol):
    """The verbs every stage before the border uses."""

    name: str

    def scan(self, path: Path) -> Frame:
        """A lazy frame over a Parquet file or folder of them."""

    def keep(self, frame: Frame, path: Path) -> Frame:
        """Write the frame as Parquet and go on from there."""

    def map_batches(self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path) -> Frame:
        """Send the frame through ``function`` in Arrow batches, keep what comes back."""

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        """Write the frame sorted, by the one writer, so that equal rows give equal bytes; the number of rows."""

    def close(self) -> None:
        """Let go of files and processes."""


class DuckDB:
    """One machine, no set-up: the default."""

    name = "duckdb"

    def __init__(self, memory_limit: str = "2GB", threads: int | None = None, spill: Path | None = None) -> None:
        import duckdb

        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": "false",  # nothing is fetched, on any machine
            "autoload_known_extensions": "false",
        }
        if threads:
            config["threads"] = threads
        if spill:
            config["temp_directory"] = str(spill)
        self.connection = duckdb.connect(config=config)

    def scan(self, path: Path) -> Frame:
        pattern = str(path / "*.parquet") if path.is_dir() else str(path)
        return nw.from_native(self.connection.read_parquet(pattern))

    def keep(self, frame: Frame, path: Path) -> Frame:
        """Write and go on from there: a lazy frame used twice is computed twice, a kept one is not.

        Measured: 30 s against 4.5 s for the network stage at two million records.
        """
        frame.sink_parquet(str(path))
        return self.scan(path)

    def map_batches(self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path) -> Frame:
        with pq.ParquetWriter(path, schema) as writer:
            for batch in self._batches(frame):
                writer.write_batch(function(batch))
        return self.scan(path)

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        return write_sorted(self._batches(frame.sort(*by, nulls_last=False)), path, schema)

    def close(self) -> None:
        self.connection.close()

    def _batches(self, frame: Frame) -> Iterator[pa.RecordBatch]:
        yield from nw.to_native(frame).to_arrow_reader(BATCH_ROWS)


class Spark:
    """A cluster, or this machine's cores as one: same frames, same results."""

    name = "spark"

    def __init__(self, session: Any) -> None:
        self.session = session

    @classmethod
    def local(cls, cores: int = 2, memory: str = "2g") -> Spark:
        """A session on this machine; Java 17 is needed."""
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master(f"local[{cores}]")
            .appName("countylines")
            .config("spark.ui.enabled", "false")
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

    def map_batches(self, frame: Frame, function: BatchFunction, schema: pa.Schema, path: Path) -> Frame:
        """``function`` goes to the workers, so it must be picklable."""
        from pyspark.sql.pandas.types import from_arrow_schema

        def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return map(function, batches)

        nw.to_native(frame).mapInArrow(each, from_arrow_schema(schema)).write.parquet(str(path))
        return self.scan(path)

    def write(self, frame: Frame, path: Path, by: Sequence[str], schema: pa.Schema) -> int:
        table = nw.to_native(frame.sort(*by, nulls_last=False)).toArrow()
        return write_sorted(iter(table.to_batches(BATCH_ROWS)), path, schema)

    def close(self) -> None:
        self.session.stop()


def write_sorted(batches: Iterator[pa.RecordBatch], path: Path, schema: pa.Schema) -> int:
    """Write sorted batches as Parquet in row groups of equal size, whatever the batches' size; the number of rows.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "t.parquet"
        >>> batches = [pa.record_batch({"n": [1, 2]}), pa.record_batch({"n": [3]})]
        >>> write_sorted(iter(batches), file, pa.schema([("n", pa.int64())]))
        3
    """
    rows, waiting = 0, 0
    buffer: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, store_schema=True) as writer:
        for batch in batches:
            buffer.append(batch.select(schema.names).cast(schema))
            waiting += batch.num_rows
            rows += batch.num_rows
            while waiting >= GROUP_ROWS:
                table = pa.Table.from_batches(buffer, schema)
                writer.write_table(table.slice(0, GROUP_ROWS).combine_chunks(), row_group_size=GROUP_ROWS)
                buffer = table.slice(GROUP_ROWS).to_batches()
                waiting -= GROUP_ROWS
        if buffer or not rows:
            writer.write_table(pa.Table.from_batches(buffer, schema).combine_chunks(), row_group_size=GROUP_ROWS)
    return rows


def open_engine(name: str, spill: Path | None = None) -> Engine:
    """The engine by its name: duckdb or spark.

    Raises:
        InputError: the name is neither, or Spark's parts are missing.
    """
    from countylines.errors import InputError

    if name == "duckdb":
        return DuckDB(spill=spill)
    if name != "spark":
        raise InputError(f"there is no engine {name!r}", "use duckdb or spark", field="--engine")
    try:
        return Spark.local()
    except ImportError as error:
        advice = "install countylines[spark]; it needs Java 17"
        raise InputError("Spark isn't installed", advice, field="--engine") from error
