"""``countylines extract``: what the sources hold, as canonical extracts in Parquet, before their content is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw

from countylines import settings as sections
from countylines.engine import Engine
from countylines.errors import InputError
from countylines.ingest import check, reasons
from countylines.ingest.checks import Checks, write_rejects
from countylines.ingest.read import read
from countylines.ingest.sources import source_parts
from countylines.progress import Progress
from countylines.tables import EXTRACTS, Frame


@dataclass(frozen=True)
class Extracted:
    """What was written.

    Attributes:
        rows: rows of every table that has any.
        left_out: rows that can't be canonical: broken, without a person link, or repeated in their source; they lie in
            rejects.parquet beside the tables.
        inputs: one entry a file or query.
        notes: sentences for the screen.
    """

    rows: Mapping[str, int]
    left_out: Mapping[str, int]
    inputs: Sequence[Mapping[str, Any]]
    notes: Sequence[str]


UNFIT = (reasons.CELLS, reasons.NO_LINK, reasons.REPEATED)  # canonical extracts have no place for such rows


def extract(sources: Path, out: Path, engine: Engine, folder: Path, progress: Progress) -> Extracted:
    """Write the canonical extracts of a sources file: ``run OUT`` then gives what ``run SOURCES.yaml`` gives.

    Args:
        sources: the sources file.
        out: a folder that doesn't exist yet; it appears whole or not at all.
        engine: where tables live.
        folder: an existing folder for this step's own files, on the same disk as ``out``.
        progress: is told of each step.

    Raises:
        InputError: ``out`` is there already, or the sources can't be read.
    """
    if out.exists():
        raise InputError("this folder is there already", "give another, or remove it", file=out, field="--out")
    parts, notes = source_parts(sources)
    done = read(parts, folder / "read", progress)
    (folder / "checked").mkdir()
    checks = Checks(engine, sections.Ingest(), done, folder / "checked")
    if done.linked:
        checks.link()
    whole = folder / "whole"
    whole.mkdir()
    with progress.step("writing extracts"):
        tables = [table for table in EXTRACTS if done.rows[table]]
        gone = {table: _unfit(checks, table) for table in tables}
        left_out = {table: int(frame.select(nw.len()).collect().item()) for table, frame in gone.items()}
        rows = {table: _write(checks, table, gone[table], whole) for table in tables}
        write_rejects(checks, {table: gone[table] for table in tables if left_out[table]}, whole / "rejects.parquet")
    out.parent.mkdir(parents=True, exist_ok=True)
    whole.rename(out)
    return Extracted(rows, left_out, done.inputs, [*notes, *done.notes, *checks.notes])


def _unfit(checks: Checks, table: str) -> Frame:
    if table not in checks.verdicts:
        checks.judge(table)
    gone = check.dropped(checks.verdicts[table]).filter(nw.col("reason").is_in(UNFIT))
    return checks.keep(gone.with_columns(kind=nw.lit("set aside")), f"{table}-unfit")


def _write(checks: Checks, table: str, gone: Frame, folder: Path) -> int:
    """In the order of reading, since the first of two rows with the same key will win; without order, by content."""
    names = EXTRACTS[table].names
    rows = checks.rows_of(table)
    kept = rows.join(gone.select("_id"), on="_id", how="anti")
    if table == "nominals":
        kept = checks.completed(kept)
    order = check.reading_order(names, table in checks.read.unordered)
    return checks.engine.write(kept, folder / f"{table}.parquet", order, EXTRACTS[table].schema)
