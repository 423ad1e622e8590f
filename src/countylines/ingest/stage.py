"""The whole stage: read this first."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from countylines import settings as sections
from countylines.engine import Engine
from countylines.errors import InputError
from countylines.ingest import check, checks
from countylines.ingest.canonical import folder_parts
from countylines.ingest.read import Part, read
from countylines.ingest.rejects import refuse_too_many
from countylines.ingest.sources import source_parts
from countylines.progress import Progress
from countylines.tables import Frame, Sources


def ingest(
    extracts: Path,
    settings: sections.Ingest,
    engine: Engine,
    folder: Path,
    progress: Progress,
    rejects_to: Path | None = None,
) -> Sources:
    """Read the extracts, check every row, apply the rulings.

    Args:
        extracts: a folder of canonical extracts, or a sources file (YAML).
        settings: since, as_of, unknown_age, include_restricted, max_rejects.
        engine: where tables live.
        folder: an existing folder for this stage's Parquet files; ``rejects.parquet`` is left there.
        progress: is told of each step.
        rejects_to: where to write the rejected rows as CSV when there are too many; by default in ``folder``.

    Raises:
        InputError: the extracts can't be read, too many rows are rejected, no record is left, or the latest is in
            the future.
    """
    parts, notes = find_parts(extracts)
    done = read(parts, folder / "read", progress)
    work = folder / "checked"
    work.mkdir()
    made = checks.Checks(engine, settings, done, work)
    with progress.step("checking rows"):
        rulings, as_of = checks.check_tables(made)
        counted = checks.counts(made)
    with progress.step("writing rejects"):
        checks.write_rejects(made, checks.dropped(made, counted), folder / "rejects.parquet")
    refuse_too_many(counted, folder / "rejects.parquet", settings.max_rejects, rejects_to or folder / "rejects.csv")
    with progress.step("keeping rows"):
        tables = checks.kept_tables(made, counted)
        if settings.unknown_age == "adult":
            _refuse_adults(tables["nominals"])
        alone = check.unlinked(engine.scan(work / "records-valid.parquet"), made.rows_of("involvements"))
        unlinked = {source: int(n) for source, n in sorted(alone.collect().rows())}
    return Sources(
        tables=tables,
        rulings=rulings,
        as_of=as_of,
        counts=counted,
        unlinked=unlinked,
        inputs=tuple(done.inputs),
        notes=(*notes, *done.notes, *made.notes),
    )


def find_parts(extracts: Path) -> tuple[list[Part], list[str]]:
    """The files and queries to read, and notes.

    Raises:
        InputError: there is nothing there.
    """
    if not extracts.exists():
        raise InputError("there is no such file or folder", "check the path", file=extracts)
    if extracts.is_dir():
        return folder_parts(extracts)
    if extracts.suffix.lower() in (".yaml", ".yml"):
        return source_parts(extracts)
    raise InputError("this is no folder of extracts and no sources file (.yaml)", "give either", file=extracts.name)


def _refuse_adults(nominals: Frame) -> None:
    """Nobody whose age could be known may count as an adult because it isn't (method, section 1)."""
    dated = nominals.filter(~nw.col("date_of_birth").is_null()).select("nominal_id").head(1).collect().rows()
    if dated:
        raise InputError(
            "unknown_age = adult is only for data without any birth date, and these nominals have some",
            "set unknown_age = protect",
            file="nominals",
            field="unknown_age",
        )
