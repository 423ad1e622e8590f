"""Read every part of the extracts once, type it, and keep it as one Parquet file a table.

Each row carries where it comes from (columns that begin with ``_``), so that checking can say what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from countylines.errors import InputError
from countylines.ingest import reasons
from countylines.ingest.cells import texts, typed
from countylines.ingest.files import Batch
from countylines.progress import Progress
from countylines.tables import DAY, DECISIONS, EXTRACTS, ROLES, SOURCES, TEXT, Table

MARKS = (
    pa.field("_id", pa.int64()),  # the row's place among all rows of its table
    pa.field("_part", pa.int64()),  # which file or query
    pa.field("_file", TEXT),
    pa.field("_row", pa.int64()),  # 1 = first data row; null where the source has no order
    pa.field("_flaw", TEXT),  # why it could not even be read
    pa.field("_raw", TEXT),  # the row as it was, as JSON, where typing lost something
    pa.field("_link", TEXT),  # the system whose own person id this is; null = already ours
    pa.field("_prefix", TEXT),  # what to put before that id when no person links are given
    pa.field("_repeats", pa.bool_()),  # the same key may come again, so that isn't a fault
)
CODES = {"source": SOURCES, "role": ROLES, "decision": DECISIONS}  # upper case is no fault
GROUP_ROWS = 1 << 17
GROUP_BYTES = 1 << 27


class Make(Protocol):
    """How rows of one of our tables are made from a part's rows."""

    @property
    def table(self) -> str:
        """The table it makes."""

    @property
    def layouts(self) -> Sequence[str]:
        """Date layouts besides ISO 8601."""

    @property
    def link(self) -> str | None:
        """The system whose own person ids the rows carry; None = they are ours."""

    @property
    def prefix(self) -> str:
        """What makes such an id ours where no person links are given."""

    @property
    def repeats(self) -> bool:
        """A key may come again, as a person's in a file with a row per involvement."""

    def columns(self, present: Sequence[str]) -> Sequence[str]:
        """Which of the part's columns are used; an InputError (without a file) when a needed one is missing."""

    def rows(self, batch: pa.RecordBatch) -> tuple[Mapping[str, pa.Array], np.ndarray | None]:
        """Our columns, and which rows of the batch they are; None = all."""


@dataclass(frozen=True)
class Part:
    """One file or query, and what is made from it."""

    name: str
    makes: Sequence[Make]
    batches: Callable[[], Iterator[Batch]]
    facts: Callable[[], Mapping[str, Any]]  # for the manifest, asked after reading


@dataclass
class Read:
    """What reading left: typed rows, and what to say of them."""

    folder: Path
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EXTRACTS, 0))
    unordered: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    inputs: list[Mapping[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def path(self, table: str) -> Path:
        """Where the typed rows of a table lie."""
        return self.folder / f"{table}.parquet"


@dataclass
class Untyped:
    """Cells of one column of one part that could not be typed."""

    cells: int
    row: int | None
    value: str


def schema_of(table: Table) -> pa.Schema:
    """The table's columns, a record's ``date``, and the marks of reading."""
    day = [pa.field("date", DAY)] if table.name == "records" else []
    return pa.schema([*table.schema, *day, *MARKS])


def read(parts: Sequence[Part], folder: Path, progress: Progress) -> Read:
    """Read all parts, in order of their names, into ``folder``.

    Raises:
        InputError: a part that can't be read, lacks a needed column, or has a column of no use (as a list).
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = Read(folder)
    writers = {name: _Writer(done.path(name), schema_of(table)) for name, table in EXTRACTS.items()}
    try:
        for place, part in enumerate(sorted(parts, key=lambda part: part.name)):
            with progress.step(f"reading {part.name}") as advance:
                _read_part(place, part, done, writers, advance)
    finally:
        for writer in writers.values():
            writer.close()
    done.rows = {name: writer.rows for name, writer in writers.items()}
    return done


@dataclass(frozen=True)
class _Origin:
    """Where a batch comes from: enough to name and number each of its rows."""

    part: Part
    place: int
    start: int
    turn: int
    ordered: bool

    def ids(self, numbers: np.ndarray) -> np.ndarray:
        return self.start + numbers * len(self.part.makes) + self.turn


def _read_part(
    place: int, part: Part, done: Read, writers: Mapping[str, _Writer], advance: Callable[[int], None]
) -> None:
    untyped: dict[str, Untyped] = {}
    start = {make.table: writers[make.table].following for make in part.makes}
    rows = 0
    first = True
    for batch in part.batches():
        if first:
            done.notes += _columns_note(part, batch.rows.schema.names)
            first = False
        count = batch.rows.num_rows + len(batch.broken)
        numbers = np.arange(rows + 1, rows + 1 + count) if batch.numbers is None else batch.numbers
        for turn, make in enumerate(part.makes):
            origin = _Origin(part, place, start[make.table], turn, batch.numbers is not None)
            writers[make.table].write(_made(make, batch.rows, numbers, origin, untyped))
            if turn == 0 and batch.broken:
                writers[make.table].write(_broken(make.table, batch.broken, origin))
            if batch.numbers is None:
                done.unordered.add(make.table)
            if make.link:
                done.linked.add(make.table)
        rows += count
        advance(count)
    for table, following in start.items():
        writers[table].following = following + (rows + 1) * len(part.makes)
    tables = ", ".join(dict.fromkeys(make.table for make in part.makes))
    done.inputs.append({"name": part.name, "table": tables, "rows": rows, **part.facts()})
    done.notes += [_untyped_note(part.name, column, cells) for column, cells in sorted(untyped.items())]


def _columns_note(part: Part, present: Sequence[str]) -> list[str]:
    """Say which columns are not used; refuse the part when a needed one is missing."""
    used: set[str] = set()
    for make in part.makes:
        try:
            used.update(make.columns(present))
        except InputError as error:
            raise InputError(error.what, error.do, file=part.name, field=error.field) from error
    unused = [name for name in present if name not in used]
    return [f"{part.name}: columns not used: {', '.join(unused)}."] if unused else []


def _made(
    make: Make, batch: pa.RecordBatch, numbers: np.ndarray, origin: _Origin, untyped: dict[str, Untyped]
) -> pa.RecordBatch:
    """The typed rows of one of our tables."""
    table = EXTRACTS[make.table]
    cells, chosen = make.rows(batch)
    if chosen is not None:
        batch, numbers = batch.take(pa.array(chosen)), numbers[chosen]
    arrays: dict[str, pa.Array] = {}
    lost: list[np.ndarray] = []
    for column in table.columns:
        given = cells.get(column.name)
        if given is None:
            arrays[column.name] = pa.nulls(batch.num_rows, column.type)
            continue
        try:
            several = column.name == "date_of_birth"
            arrays[column.name], failed = typed(
                _key(given, column.name, table.name), column.type, make.layouts, several
            )
        except (TypeError, pa.ArrowInvalid) as error:
            said = f"a cell can't be of this type: {given.type}"
            raise InputError(said, "give text", file=origin.part.name, field=column.name) from error
        if len(failed):
            lost.append(failed)
            _count(untyped, column.name, given, failed, numbers if origin.ordered else None)
    if make.table == "records":
        arrays["date"] = pc.coalesce(arrays["recorded"], arrays["occurred"]).cast(DAY, safe=False)
    raw = _raw(batch, np.unique(np.concatenate(lost))) if lost else pa.nulls(batch.num_rows, TEXT)
    return _marked(table, arrays, numbers, origin, raw=raw, make=make)


def _key(array: pa.Array, name: str, table: str) -> pa.Array:
    """Ids and codes without the blanks around them; codes that are ours in lower case, others as they are."""
    if not (name.endswith("_id") or name in CODES):
        return array
    trimmed = texts(pc.utf8_trim_whitespace(texts(array)))
    if name not in CODES:
        return trimmed
    lower = pc.utf8_lower(trimmed)
    ours = pc.is_in(lower, pa.array(CODES[name])) if table != "person_links" else True
    return pc.if_else(ours, lower, trimmed)


def _count(
    untyped: dict[str, Untyped], column: str, given: pa.Array, failed: np.ndarray, numbers: np.ndarray | None
) -> None:
    row = None if numbers is None else int(numbers[failed[0]])
    seen = untyped.setdefault(column, Untyped(0, row, str(given[int(failed[0])].as_py())))
    seen.cells += len(failed)


def _untyped_note(name: str, column: str, cells: Untyped) -> str:
    where = f"row {cells.row}: " if cells.row else ""
    verb = "counts" if cells.cells == 1 else "count"
    many = "1 value" if cells.cells == 1 else f"{cells.cells:,} values"
    return f"{name}, {column}: {many} can't be read and {verb} as unknown, as {where}{cells.value[:60]!r}."


def _raw(batch: pa.RecordBatch, rows: np.ndarray) -> pa.Array:
    """The named rows as JSON, null for the others."""
    frame = pl.from_arrow(batch.take(pa.array(rows)))
    assert isinstance(frame, pl.DataFrame)
    made = pl.Series([None], dtype=pl.String).new_from_index(0, batch.num_rows)
    return made.scatter(rows, as_json(frame)).to_arrow().cast(TEXT)


def as_json(frame: pl.DataFrame) -> pl.Series:
    """Every row as one JSON object, columns in order.

    Example:
        >>> as_json(pl.DataFrame({"a": ["x"], "b": [None]}, schema={"a": pl.String, "b": pl.String})).to_list()
        ['{"a":"x","b":null}']
    """
    return frame.select(pl.struct(pl.all()).struct.json_encode().alias("row"))["row"]


def _broken(name: str, rows: Sequence[tuple[int, str]], origin: _Origin) -> pa.RecordBatch:
    """Rows that have a number and a line only."""
    table = EXTRACTS[name]
    schema = schema_of(table)
    arrays = {field.name: pa.nulls(len(rows), field.type) for field in schema if not field.name.startswith("_")}
    numbers = np.array([number for number, _ in rows])
    raw = pa.array([line for _, line in rows], TEXT)
    return _marked(table, arrays, numbers, origin, raw=raw, flaw=reasons.CELLS)


def _marked(
    table: Table,
    arrays: dict[str, pa.Array],
    numbers: np.ndarray,
    origin: _Origin,
    *,
    raw: pa.Array,
    flaw: str | None = None,
    make: Make | None = None,
) -> pa.RecordBatch:
    def same(value: Any, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), len(numbers))

    marks = {
        "_id": pa.array(origin.ids(numbers), pa.int64()),
        "_part": same(origin.place, pa.int64()),
        "_file": same(origin.part.name, TEXT),
        "_row": pa.array(numbers, pa.int64()) if origin.ordered else pa.nulls(len(numbers), pa.int64()),
        "_flaw": same(flaw, TEXT),
        "_raw": raw,
        "_link": same(make.link if make else None, TEXT),
        "_prefix": same(make.prefix if make else "", TEXT),
        "_repeats": same(bool(make and make.repeats), pa.bool_()),
    }
    schema = schema_of(table)
    return pa.RecordBatch.from_arrays([{**arrays, **marks}[name] for name in schema.names], schema=schema)


class _Writer:
    """Typed batches to Parquet, in row groups of a good size whatever the size of the batches."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.following = 0  # ids of the next part begin after this
        self.rows = 0
        self._schema = schema
        self._file = pq.ParquetWriter(path, schema, compression="zstd", compression_level=1)
        self._waiting: list[pa.RecordBatch] = []
        self._count = self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        self._waiting.append(batch)
        self._count += batch.num_rows
        self._bytes += batch.nbytes
        if self._count >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(pa.Table.from_batches(self._waiting, self._schema))
        self._waiting, self._count, self._bytes = [], 0, 0
