"""Parts of canonical extracts: files whose columns are named as ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from countylines.errors import InputError
from countylines.ingest.files import Facts, facts_of, read_file
from countylines.ingest.places import find
from countylines.ingest.read import Make, Part
from countylines.tables import EXTRACTS


@dataclass(frozen=True)
class Canonical:
    """Columns named as ours go where they belong."""

    table: str
    layouts: Sequence[str] = ()
    link: str | None = None
    prefix: str = ""
    repeats: bool = False

    def columns(self, present: Sequence[str]) -> Sequence[str]:
        """The columns that are used; an InputError when a needed one is missing."""
        for column in EXTRACTS[self.table].columns:
            if column.required and column.name not in present:
                there = ", ".join(present)
                raise InputError(f"this column is missing; the file has: {there}", "add it", field=column.name)
        return EXTRACTS[self.table].names

    def rows(self, batch: pa.RecordBatch) -> tuple[Mapping[str, pa.Array], np.ndarray | None]:
        """Our columns, and which rows of the batch they are; None = all."""
        names = [name for name in EXTRACTS[self.table].names if name in batch.schema.names]
        return {name: batch.column(name) for name in names}, None


def file_part(
    path: Path, makes: Sequence[Make], name: str | None = None, delimiter: str = ","
) -> tuple[Part, list[str]]:
    """A file as a part, and what is to be said of its encoding."""
    facts = facts_of(path)
    part = Part(name or path.name, makes, lambda: read_file(path, facts, delimiter), lambda: _entry(facts))
    said = facts.encoding in ("cp1252", "utf-16")
    return part, [f"{part.name} is not UTF-8; it was read as {facts.encoding}."] if said else []


def _entry(facts: Facts) -> dict[str, Any]:
    entry = {"sha256": facts.sha256, "encoding": facts.encoding, "compression": facts.compression}
    return {key: value for key, value in entry.items() if value}


def folder_parts(folder: Path) -> tuple[list[Part], list[str]]:
    """The canonical extracts of a folder, and notes.

    Raises:
        InputError: as :func:`countylines.ingest.places.find` and :func:`countylines.ingest.files.facts_of`.
    """
    found = find(folder)
    parts, notes = [], list(found.notes)
    for table, paths in found.files.items():
        for path in paths:
            name = path.name if path.parent == folder else f"{path.parent.name}/{path.name}"
            part, said = file_part(path, [Canonical(table)], name)
            parts.append(part)
            notes += said
    return parts, notes
