"""Small extracts written by a test, and what ingest makes of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from countylines.engine import Engine
from countylines.ingest import ingest
from countylines.progress import Progress
from countylines.settings import Ingest
from countylines.tables import EXTRACTS, Sources

Row = Mapping[str, object]


def write(folder: Path, table: str, rows: Sequence[Row], name: str | None = None) -> Path:
    """Write rows as CSV; columns are those of the first row, else the table's own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{table}.csv")
    columns = list(rows[0]) if rows else EXTRACTS[table].names
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def small(folder: Path, **tables: Sequence[Row]) -> Path:
    """An extract of one crime, one person and their involvement, but for the tables given."""
    whole: dict[str, Sequence[Row]] = {
        "records": [{"record_id": "crime:1", "source": "crime", "recorded": "2020-05-01"}],
        "nominals": [{"nominal_id": "ann"}],
        "involvements": [{"record_id": "crime:1", "nominal_id": "ann", "role": "suspect"}],
    }
    for table, rows in (whole | tables).items():
        write(folder, table, rows)
    return folder


@dataclass
class Taken:
    """What came out, with frames as sorted rows."""

    sources: Sources
    folder: Path

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The kept rows of a table."""
        return sorted(self.sources[table].select(*columns).collect().rows(), key=repr)

    def rejects(self) -> list[tuple[Any, ...]]:
        """Table, row number, kind and reason of every row not used, in the file's order."""
        frame = pl.read_parquet(self.folder / "rejects.parquet")
        return frame.select("table", "row_number", "kind", "reason").rows()

    def reasons(self, table: str) -> dict[int, str]:
        """Row number to reason."""
        return {number: reason for name, number, _, reason in self.rejects() if name == table}


def take(extracts: Path, engine: Engine, folder: Path, **settings: Any) -> Taken:
    """Run the stage; any share of rejects passes unless the test says otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = Ingest(**({"max_rejects": 1.0} | settings))
    return Taken(ingest(extracts, chosen, engine, folder, Progress()), folder)
