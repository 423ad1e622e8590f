"""How a map's rules turn a batch of a system's rows into cells of one of our tables, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from countylines.errors import InputError
from countylines.ingest.cells import texts
from countylines.tables import TEXT

Cells = Mapping[str, pl.Series]


@dataclass(frozen=True)
class Rule:
    """How one of our columns is made.

    Attributes:
        columns: the system's columns, in plain form.
        value: a constant, instead of columns.
        first: take the first of the columns that is known, instead of joining them.
        between: what joins several columns.
        has: true where the cell contains this, false where it is known and doesn't.
        codes: the system's code (upper case) to ours; other codes stay as they are, so that checking can name them.
        prefix: put before a known cell.
        null_values: cells (upper case) that mean unknown.
        optional: the file may lack the columns.
    """

    columns: tuple[str, ...] = ()
    value: str | None = None
    first: bool = False
    between: str = " "
    has: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    null_values: tuple[str, ...] = ()
    optional: bool = False

    def cells(self, rows: int, given: Cells) -> pl.Series:
        """The column's cells.

        Example:
            >>> rule = Rule(columns=("role",), codes={"SUS": "suspect"})
            >>> rule.cells(3, {"role": pl.Series(["SUS", " sus", "OTH"])}).to_list()
            ['suspect', 'suspect', 'OTH']
        """
        if self.value is not None:
            return pl.Series([self.value], dtype=pl.String).new_from_index(0, rows)
        columns = [_known(given[name], self.null_values) for name in self.columns if name in given]
        if not columns:
            return pl.Series([None], dtype=pl.String).new_from_index(0, rows)
        if self.first or len(columns) == 1:
            made = pl.select(pl.coalesce(columns)).to_series()
        else:
            joined = pl.select(pl.concat_str(columns, separator=self.between, ignore_nulls=True)).to_series()
            made = joined.set(joined == "", None)
        if self.has is not None:
            made = made.str.to_uppercase().str.contains(self.has.upper(), literal=True).cast(pl.String)
        if self.codes:
            upper = made.str.strip_chars().str.to_uppercase()
            made = upper.replace_strict(self.codes, default=made, return_dtype=pl.String)
        return self.prefix + made if self.prefix else made


def _known(cells: pl.Series, null_values: Sequence[str]) -> pl.Series:
    if not null_values:
        return cells
    return cells.set(cells.str.strip_chars().str.to_uppercase().is_in(null_values), None)


@dataclass(frozen=True)
class Mapped:
    """Rows of one of our tables, made from a system's rows by rules; the ``Make`` of a map."""

    table: str
    map: str
    rules: Mapping[str, Rule]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layouts: Sequence[str] = ()
    null_values: tuple[str, ...] = ()
    link: str | None = None
    prefix: str = ""
    repeats: bool = False

    def columns(self, present: Sequence[str]) -> Sequence[str]:
        """The columns that are used; an InputError when a needed one is missing."""
        needed = [(name, rule.optional) for rule in self.rules.values() for name in rule.columns]
        needed += [(name, False) for name in (*self.when, *self.unless)]
        for name, optional in needed:
            if name not in present and not optional:
                raise InputError(
                    f"this column is missing, which the map {self.map} needs for {self.table};"
                    f" there are: {', '.join(present)}",
                    "export it, or correct the map (optional: true lets it be missing)",
                    field=name,
                )
        return [name for name, _ in needed]

    def rows(self, batch: pa.RecordBatch) -> tuple[Mapping[str, pa.Array], np.ndarray | None]:
        """Our columns, and which rows of the batch they are; None = all."""
        used = set(self.columns(batch.schema.names))
        given = {name: _known(_text(batch, name), self.null_values) for name in batch.schema.names if name in used}
        chosen = self._chosen(given)
        count = batch.num_rows
        if chosen is not None:
            count = len(chosen)
            given = {name: cells.gather(chosen) for name, cells in given.items()}
        made = {name: rule.cells(count, given).to_arrow().cast(TEXT) for name, rule in self.rules.items()}
        return made, chosen

    def _chosen(self, given: Cells) -> np.ndarray | None:
        """The rows that ``when`` and ``unless`` let through; None = all."""
        if not self.when and not self.unless:
            return None
        upper = {name: given[name].str.strip_chars().str.to_uppercase() for name in (*self.when, *self.unless)}
        through = np.ones(len(next(iter(upper.values()))), dtype=bool)
        for name, codes in self.when.items():
            through &= upper[name].is_in(codes).fill_null(False).to_numpy()
        for name, codes in self.unless.items():
            through &= ~upper[name].is_in(codes).fill_null(False).to_numpy()
        return np.flatnonzero(through)


def _text(batch: pa.RecordBatch, name: str) -> pl.Series:
    try:
        made = pl.from_arrow(texts(batch.column(name)))
    except TypeError as error:
        raise InputError(f"a cell can't be of this type: {error}", "give text", field=name) from error
    assert isinstance(made, pl.Series)
    return made
