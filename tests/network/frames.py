"""Frames from rows written in a test, on any engine, and back to sets of rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from countylines.engine import Engine
from countylines.tables import Frame

TYPES = {
    "record": pa.int32(),
    "nominal": pa.int32(),
    "other": pa.int32(),
    "p": pa.float64(),
    "a": pa.float64(),
    "c": pa.float64(),
    "weight": pa.float64(),
    "score": pa.float64(),
    "size": pa.int64(),
    "nominals": pa.int64(),
    "n": pa.int64(),
    "date": pa.date32(),
    "date_of_birth": pa.date32(),
    **dict.fromkeys(
        ("offender", "victim", "only_victim", "missing", "loose", "adversarial", "only_cuckoo"), pa.bool_()
    ),
    **dict.fromkeys(("is_child", "believed_exploited", "protected"), pa.bool_()),
}


class Frames:
    """Makes frames for one test: ``frames("record nominal", (1, 2), (1, 3))``."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.made = engine, folder, 0

    def __call__(self, columns: str, *rows: Sequence[Any]) -> Frame:
        self.made += 1
        names = columns.split()
        arrays = [pa.array([row[i] for row in rows], TYPES.get(name, pa.string())) for i, name in enumerate(names)]
        path = self.folder / f"frame{self.made}.parquet"
        pq.write_table(pa.Table.from_arrays(arrays, names), path)
        return self.engine.scan(path)


def rows(frame: Frame, columns: str) -> list[tuple[Any, ...]]:
    """The rows, sorted, with the named columns in order."""
    table = frame.select(*columns.split()).collect(backend="pyarrow").to_arrow()
    lists = [tuple(row.values()) for row in table.to_pylist()]
    return sorted(lists, key=lambda row: tuple((value is not None, value) for value in row))
