"""How two runs differ: what went in, how it was made, and which tables are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from countylines.web.reader import Reader
from countylines.web.run_pages import figures


@dataclass(frozen=True)
class Line:
    """One line of two runs side by side; ``other``: what it counts or names has another content."""

    what: str
    a: Any
    b: Any
    other: bool = False

    @property
    def same(self) -> bool:
        """Whether both say the same, of the same content."""
        return bool(self.a == self.b) and not self.other


@dataclass(frozen=True)
class Tables:
    """Which of the tables that both runs have hold the same rows; and those that only one has."""

    same: tuple[str, ...]
    differ: tuple[str, ...]
    only: tuple[str, ...]

    @property
    def total(self) -> int:
        """All tables of both."""
        return len(self.same) + len(self.differ) + len(self.only)


def inputs(a: Reader, b: Reader) -> list[Line]:
    """The rows of every input file, and whether its content is another."""
    files = [{each["name"]: each for each in run.run.manifest["inputs"]} for run in (a, b)]
    lines = []
    for name in sorted(files[0].keys() | files[1].keys()):
        x, y = (each.get(name) for each in files)
        other = bool(x and y and x["sha256"] != y["sha256"])
        lines.append(Line(name, x and x["rows"], y and y["rows"], other))
    return lines


def method(a: Reader, b: Reader) -> list[Line]:
    """Lexicon, settings and versions."""
    x, y = a.run.manifest, b.run.manifest
    words = [each["lexicon"] for each in (x, y)]
    lines = [
        Line("Data to", x["as_of"], y["as_of"]),
        Line("Lexicon", words[0]["version"], words[1]["version"], words[0]["sha256"] != words[1]["sha256"]),
        Line("Engine", x["engine"], y["engine"]),
    ]
    lines += _each("", _flat(x["settings"]), _flat(y["settings"]))
    return lines + _each("Version of ", x["versions"], y["versions"])


def results(a: Reader, b: Reader) -> list[Line]:
    """Rows that were used or not; what came out of them is told apart, since small counts may have to be hidden."""
    lines = []
    for name in ("kept", "set_aside", "rejected"):
        tables = sorted(a.run.manifest["rows_in"].keys() | b.run.manifest["rows_in"].keys())
        for table in tables:
            values = [run.run.manifest["rows_in"].get(table, {}).get(name) for run in (a, b)]
            lines.append(Line(f"{table.replace('_', ' ')}, {name.replace('_', ' ')}", *values))
    return [*lines, Line("Matched records", figures(a)["matched"], figures(b)["matched"])]


def tables(a: Reader, b: Reader) -> Tables:
    """Which tables are identical by content: the same bytes, or else the same rows in the same order."""
    x, y = (set(run.run.manifest["rows_out"]) for run in (a, b))
    both = sorted(x & y)
    same = [name for name in both if _alike(a.run.folder / f"{name}.parquet", b.run.folder / f"{name}.parquet")]
    return Tables(tuple(same), tuple(name for name in both if name not in same), tuple(sorted(x ^ y)))


def _each(prefix: str, x: Mapping[str, Any], y: Mapping[str, Any]) -> list[Line]:
    return [Line(f"{prefix}{name}", x.get(name), y.get(name)) for name in sorted(x.keys() | y.keys())]


def _flat(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{section}.{name}": value for section, values in settings.items() for name, value in values.items()}


def _alike(a: Path, b: Path) -> bool:
    if _hash(a) == _hash(b):
        return True
    x, y = pl.scan_parquet(a, glob=False), pl.scan_parquet(b, glob=False)
    if x.collect_schema() != y.collect_schema() or _rows(x) != _rows(y):
        return False
    return x.collect().equals(y.collect())


def _rows(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
