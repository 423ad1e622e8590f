"""What a table is: its columns, their types and meanings, and its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

TEXT, NUMBER, REAL, FLAG, DAY = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()
MOMENT = pa.timestamp("us")
LIST = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type and meaning. ``required``: an extract without the column is refused."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a row per what, its columns, and the key that names and sorts its rows."""

    name: str
    row_per: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = True

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in order."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """The tables by their names, in order."""
    return {table.name: table for table in tables}
