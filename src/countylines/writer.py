"""The one writer of Parquet: the same rows in the same order give the same bytes, whatever engine made them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_ROWS = 131_072  # rows of a row group


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
