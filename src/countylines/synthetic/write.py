"""Tables to files: Parquet in row groups as they come, or CSV; and a folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from countylines.errors import InputError

Form = Literal["parquet", "csv"]


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder to work in, which becomes ``out`` when the block ends well and vanishes when it doesn't.

    Raises:
        InputError: ``out`` is there already, or can't be made.
    """
    out = out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("this is there already; nothing was changed", "choose another folder", file=out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise InputError(f"this folder can't be made: {error.strerror}", "choose another folder", file=out) from error
    try:
        partial.chmod(0o755)
        yield partial
        if out.exists():
            out.rmdir()
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


class Sink:
    """One table's file, written a piece at a time."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema, form: Form) -> None:
        self.schema, self._first = schema, True
        self._parquet: pq.ParquetWriter | None = None
        self._csv: IO[bytes] | None = None
        folder.mkdir(exist_ok=True)
        if form == "parquet":
            self._parquet = pq.ParquetWriter(
                folder / f"{name}.parquet", schema, compression="zstd", compression_level=1
            )
        else:
            self._csv = (folder / f"{name}.csv").open("wb")

    def write(self, columns: dict[str, pa.Array]) -> None:
        """Add rows; columns as in the schema."""
        table = pa.table([columns[name].cast(self.schema.field(name).type) for name in self.schema.names], self.schema)
        if self._parquet:
            self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))
        elif self._csv:
            frame = pl.from_arrow(table)
            assert isinstance(frame, pl.DataFrame)
            frame.write_csv(self._csv, include_header=self._first, datetime_format="%Y-%m-%dT%H:%M:%S")
        self._first = False

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._parquet:
            self._parquet.close()
        if self._csv:
            self._csv.close()


def write_whole(folder: Path, name: str, schema: pa.Schema, columns: dict[str, pa.Array], form: Form) -> None:
    """Write a table that is in memory."""
    with Sink(folder, name, schema, form) as sink:
        sink.write(columns)
