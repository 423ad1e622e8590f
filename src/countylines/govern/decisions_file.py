"""The rulings in force as the extracts table ``decisions``, written beside the extracts for the next run."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern.rulings import Ruling, in_force
from countylines.govern.schema import utc
from countylines.tables import EXTRACTS
from countylines.writer import write_sorted

OURS = "decisions-9999"  # a numbered part of the table, so that other parts of it can stand beside
GZIP, CSV, PARQUET = ".csv.gz", ".csv", ".parquet"


def as_decisions(connection: Connection, on: dt.date) -> pl.DataFrame:
    """The rulings in force on a day, in the layout of the extracts table ``decisions``; ``at`` = confirmed, UTC."""
    return _frame(in_force(connection, on))


def write_decisions(extracts: Path, kept: Sequence[Ruling]) -> Path:
    """Write rulings beside the extracts, whole or not at all; those of the last time are replaced. The file.

    The file is one part of the table, in the format of the folder's other decisions, which stay untouched. A run
    refuses extracts of which too many rows name people or records that aren't there: see :func:`left_out`.

    Args:
        extracts: a folder of canonical extracts; or an empty one of its own, which a sources file names.

    Raises:
        InputError: as :func:`part_of`, or it can't be written.
    """
    path = part_of(extracts)
    ending = path.name.removeprefix(OURS)
    partial = extracts / f".{OURS}.partial"
    try:
        _write(_frame(kept), partial, ending)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"the rulings can't be written: {error.strerror}", "check the folder", file=path) from error
    finally:
        partial.unlink(missing_ok=True)
    for other in {PARQUET, CSV, GZIP} - {ending}:  # of an earlier time, when the folder's format was another
        (extracts / f"{OURS}{other}").unlink(missing_ok=True)
    return path


def part_of(extracts: Path) -> Path:
    """The file that rulings are written into, whether or not it is there.

    Raises:
        InputError: there is no such folder, or decisions lie in it in two formats.
    """
    if not extracts.is_dir():
        raise InputError("there is no such folder", "give the folder of the extracts", file=extracts)
    return extracts / f"{OURS}{_format(extracts)}"


def left_out(extracts: Path, found: Sequence[Ruling]) -> list[Ruling]:
    """The rulings whose person or record these extracts don't have; that reads the ids of all of them."""
    people = _missing(extracts, "nominals", "nominal_id", {one.nominal_id for one in found if one.nominal_id})
    records = _missing(extracts, "records", "record_id", {one.record_id for one in found if one.record_id})
    return [one for one in found if one.nominal_id in people or one.record_id in records]


def _frame(found: Sequence[Ruling]) -> pl.DataFrame:
    rows = [
        (
            one.nominal_id,
            one.record_id,
            one.decision,
            one.proposed_by,
            one.confirmed_by,
            utc(one.confirmed_at or one.proposed_at).replace(tzinfo=None),
            one.reason + (f" [{one.hit.group}: {one.hit.term}]" if one.hit else ""),
            one.review_by,
        )
        for one in found
    ]
    table = EXTRACTS["decisions"]
    types: dict[str, pl.DataType] = {"at": pl.Datetime("us"), "review_by": pl.Date()}
    schema = {name: types.get(name, pl.String()) for name in table.names}
    return pl.DataFrame(rows, schema, orient="row").sort(table.key)


def _format(extracts: Path) -> str:
    """That of the folder's other decisions; Parquet when there are none."""
    from countylines.ingest.places import format_of, table_of

    others = [path for path in extracts.iterdir() if table_of(path) == "decisions" and not path.name.startswith(OURS)]
    files = [inner for path in others for inner in (path.iterdir() if path.is_dir() else [path])]
    endings = sorted({format_of(path) for path in files} - {""})
    if len(endings) > 1:
        raise InputError(f"the table decisions is there as {' and '.join(endings)}", "keep one", file=extracts.name)
    return endings[0] if endings else PARQUET


def _write(frame: pl.DataFrame, path: Path, ending: str) -> None:
    """Write and make sure that the bytes are on the disk."""
    if ending == PARQUET:
        write_sorted(iter(frame.to_arrow().to_batches()), path, EXTRACTS["decisions"].schema)
    else:
        text = frame.write_csv().encode("utf-8")
        path.write_bytes(gzip.compress(text, mtime=0) if ending == GZIP else text)
    with path.open("rb+") as file:
        _settle(file)


def _settle(file: IO[bytes]) -> None:
    os.fsync(file.fileno())


def _missing(extracts: Path, table: str, key: str, wanted: set[str]) -> set[str]:
    """Which of the ids the table's files don't have; none where the folder doesn't hold the table."""
    from countylines.ingest.places import parts, table_of

    here = [path for path in sorted(extracts.iterdir()) if table_of(path) == table]
    if not here or not wanted:
        return set()
    left = set(wanted)
    for path in (inner for each in here for inner in parts(each)):
        for column in _column(path, key):
            left -= {str(value).strip() for value in column.to_pylist()}
    return left


def _column(path: Path, key: str) -> Iterator[pa.Array]:
    """One column of a file of the extracts, read as a run reads it; of Parquet nothing else is read."""
    from countylines.ingest.files import facts_of, plain, read_file
    from countylines.ingest.places import format_of

    if format_of(path) == PARQUET:
        file = pq.ParquetFile(path)
        named = [name for name in file.schema_arrow.names if plain(name) == key]
        yield from (batch.column(0) for batch in file.iter_batches(columns=named[:1]) if named)
    else:
        batches = (batch.rows for batch in read_file(path, facts_of(path)))
        yield from (rows.column(key) for rows in batches if key in rows.schema.names)
