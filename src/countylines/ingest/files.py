"""CSV and Parquet files as Arrow batches with the number of every row.

A batch holds the file's own columns, headers in plain form (lower case, blanks as underscores). Nothing larger than a
block is in memory at once.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from countylines.errors import InputError
from countylines.ingest.places import format_of

CHUNK = 1 << 22
BLOCKS = (1 << 23, 1 << 26, 1 << 29)  # bytes; a row must fit into one, so they grow when a row does not
BATCH_ROWS = 1 << 16


@dataclass(frozen=True)
class Batch:
    """Rows of one file.

    Attributes:
        rows: the columns, by plain name.
        numbers: the number of each row, 1 = the first data row; None where the source has no order.
        broken: rows with a wrong number of cells, as (number, the line as JSON).
    """

    rows: pa.RecordBatch
    numbers: np.ndarray | None
    broken: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the manifest says of a file; ``quoted``: its text ends with a quotation mark."""

    sha256: str
    encoding: str
    compression: str
    quoted: bool = False


def plain(header: str) -> str:
    """A column's name in plain form.

    Example:
        >>> plain("\\ufeff Record ID ")
        'record_id'
    """
    return "_".join(header.lstrip("\ufeff").strip().lower().split())


def read_file(path: Path, facts: Facts, delimiter: str = ",") -> Iterator[Batch]:
    """The file's rows in order.

    Raises:
        InputError: the file is empty, cut off, corrupt, has an unclosed quote or the same column twice.
    """
    return _parquet(path) if format_of(path) == ".parquet" else _csv(path, facts, delimiter)


def facts_of(path: Path) -> Facts:
    """Hash the file and find its encoding: UTF-16 by its mark, UTF-8 if all of it is, else cp1252.

    Raises:
        InputError: it can't be read, is empty, cut off, or in another encoding.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"the file can't be read: {error.strerror}", "check it and its rights", file=path.name
        ) from error
    if not size:
        raise InputError("the file is empty (0 bytes)", "export it again, with a header line", file=path.name)
    if format_of(path) == ".parquet":
        return Facts(sha256, "", "")
    compression = "gzip" if format_of(path) == ".csv.gz" else ""
    with _opened(path) as file:
        mark = _chunk(file, path, 4)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        end, _ = _decodes(path, "utf-16")
        if end is None:
            raise InputError("the file begins as UTF-16 but isn't", "export it again as UTF-8", file=path.name)
        return Facts(sha256, "utf-16", compression, _ends_quoted(end))
    end, place = _decodes(path, "utf-8")
    if end is not None:
        encoding = "utf-8-sig" if mark.startswith(codecs.BOM_UTF8) else "utf-8"
        return Facts(sha256, encoding, compression, _ends_quoted(end))
    end, _ = _decodes(path, "cp1252")
    if end is None:
        raise InputError(
            f"neither UTF-8 nor cp1252: the first byte that isn't UTF-8 is number {place + 1}",
            "export it again as UTF-8",
            file=path.name,
        )
    return Facts(sha256, "cp1252", compression, _ends_quoted(end))


def _ends_quoted(end: str) -> bool:
    return end.rstrip("\r\n").endswith('"')


def _decodes(path: Path, encoding: str) -> tuple[str | None, int]:
    """The end of the text if the whole file is in the encoding, else None and about where it isn't."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    place, end = 0, ""
    with _opened(path) as file:
        while True:
            chunk = _chunk(file, path)
            try:
                end = (end + decoder.decode(chunk, final=not chunk))[-8:]
            except UnicodeDecodeError as error:
                return None, max(0, place - (len(error.object) - len(chunk))) + error.start
            place += len(chunk)
            if not chunk:
                return end, place


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if format_of(path) == ".csv.gz" else path.open("rb")  # type: ignore[return-value]


def _chunk(file: IO[bytes], path: Path, size: int = CHUNK) -> bytes:
    try:
        return file.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"the gzip file is cut off or corrupt: {error}", "copy it again", file=path.name) from error


def _csv(path: Path, facts: Facts, delimiter: str) -> Iterator[Batch]:
    header = _header(path, facts, delimiter)
    done = 0  # rows already given out, when a larger block is tried
    for block in BLOCKS:
        try:
            for batch in _csv_blocks(path, facts, delimiter, header, block):
                count = batch.rows.num_rows + len(batch.broken)
                yield from _after(batch, done)
                done = max(done, _last(batch)) if count else done
            return
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise InputError(
                    f"the file can't be read as CSV: {error}", "export it again", file=path.name
                ) from error
    raise InputError(
        f"a row is longer than {BLOCKS[-1] >> 20} MB: a quote is probably opened and never closed",
        "look at the quotation marks of that row",
        file=path.name,
        row=done + 1,
    )


def _last(batch: Batch) -> int:
    assert batch.numbers is not None
    return int(max([number for number, _ in batch.broken] + ([int(batch.numbers[-1])] if len(batch.numbers) else [])))


def _after(batch: Batch, done: int) -> Iterator[Batch]:
    """The part of a batch that was not given out before."""
    assert batch.numbers is not None
    start = int(np.searchsorted(batch.numbers, done, side="right"))
    broken = tuple(row for row in batch.broken if row[0] > done)
    if start < batch.rows.num_rows or broken:
        yield Batch(batch.rows.slice(start), batch.numbers[start:], broken)


def _csv_blocks(path: Path, facts: Facts, delimiter: str, header: list[str], block: int) -> Iterator[Batch]:
    reported: list[tuple[int, str]] = []  # broken rows that the parser told of, some of them ahead of the batch

    def keep_broken(row: Any) -> str:
        reported.append((row.number - 1, json.dumps({"line": row.text}, ensure_ascii=False)))
        return "skip"

    names = [f"{i}" for i in range(len(header))]  # the header is read as a row, so that rows are numbered from it: 0
    read = pcsv.ReadOptions(use_threads=False, block_size=block, column_names=names)
    parse = pcsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep_broken)
    convert = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
    )
    with _stream(path, facts) as stream:
        following = 0
        last: pa.RecordBatch | None = None
        for batch in pcsv.open_csv(stream, read_options=read, parse_options=parse, convert_options=convert):
            if not batch.num_rows:
                continue
            numbers = _numbers(following, batch.num_rows, [number for number, _ in reported])
            broken = tuple(row for row in reported if row[0] < numbers[-1])
            reported = reported[len(broken) :]
            last = batch
            first = int(following == 0)
            following = int(numbers[-1]) + 1
            yield Batch(batch.rename_columns(header).slice(first), numbers[first:], broken)
    _refuse_open_quote(path, facts, reported, last, following - 1)
    if reported:
        yield Batch(_no_rows(header), np.array([], np.int64), tuple(reported))


def _numbers(following: int, rows: int, broken: list[int]) -> np.ndarray:
    """The numbers of the next ``rows`` good rows, from ``following`` on, when those in ``broken`` are left out.

    Example:
        >>> _numbers(5, 3, [5, 7, 12]).tolist()
        [6, 8, 9]
    """
    good = np.arange(following, following + rows)
    # what each broken row's number would be if those before it were not there
    before = np.asarray(broken, dtype=np.int64) - np.arange(len(broken))
    return good + np.searchsorted(before, good, side="right")


def _refuse_open_quote(
    path: Path, facts: Facts, broken: list[tuple[int, str]], last: pa.RecordBatch | None, number: int
) -> None:
    """A quote never closed swallows all that follows, so the last cell of the last row holds line breaks."""
    if facts.quoted or not (broken or last):
        return
    if broken:
        number, line = broken[-1][0], json.loads(broken[-1][1])["line"]
        swallowed = line if line.count('"') % 2 else ""
    else:
        assert last is not None
        swallowed = last.column(last.num_columns - 1)[-1].as_py()
    if "\n" in swallowed or "\r" in swallowed:
        raise InputError(
            "a quote is opened in this row and never closed, so all that follows would be one cell",
            "close it, or double a quotation mark that belongs to the text",
            file=path.name,
            row=max(number, 1),
        )


def _header(path: Path, facts: Facts, delimiter: str) -> list[str]:
    with io.TextIOWrapper(_opened(path), encoding=facts.encoding, newline="") as text:
        try:
            cells: list[str] = next((row for row in csv.reader(text, delimiter=delimiter) if row), [])
        except csv.Error as error:
            raise InputError(f"the header line can't be read: {error}", "export it again", file=path.name) from error
    if not any(cell.strip() for cell in cells):
        raise InputError("there is no header line", "begin with a line of column names", file=path.name)
    return _plain_names(cells, path)


def _plain_names(names: list[str], path: Path) -> list[str]:
    made = [plain(name) or f"column_{i}" for i, name in enumerate(names, 1)]
    twice = next((name for name in made if made.count(name) > 1), None)
    if twice:
        raise InputError("this column is there twice", "rename or remove one", file=path.name, field=twice)
    return made


def _no_rows(header: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=pa.schema([(name, pa.string()) for name in header]))


def _stream(path: Path, facts: Facts) -> Any:
    stream = pa.input_stream(str(path), compression="gzip" if facts.compression else None, buffer_size=CHUNK)
    if facts.encoding in ("cp1252", "utf-16"):
        return pa.transcoding_input_stream(stream, facts.encoding, "utf-8")
    return stream


def _parquet(path: Path) -> Iterator[Batch]:
    try:
        with pq.ParquetFile(path) as file:
            names = _plain_names(file.schema_arrow.names, path)
            number = 1
            if not file.metadata.num_rows:
                yield Batch(
                    pa.RecordBatch.from_pylist([], schema=file.schema_arrow).rename_columns(names), np.arange(0)
                )
            for batch in file.iter_batches(BATCH_ROWS):
                numbers = np.arange(number, number + batch.num_rows)
                number += batch.num_rows
                yield Batch(batch.rename_columns(names), numbers)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"this is no readable Parquet file: {str(error).splitlines()[0]}", "copy or export it again", file=path.name
        ) from error
