"""A run is an immutable folder of Parquet tables and a manifest: whole or not there, and needing nothing outside it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from countylines.errors import InputError
from countylines.tables import RUN
from countylines.writer import write_sorted

MANIFEST = "manifest.json"
RULES = "rules"  # the folder of the rules that a run was made by
NEEDED: Mapping[str, type] = {  # what every manifest says
    "as_of": str, "engine": str, "inputs": list, "last_group": int, "lexicon": dict, "notes": list, "rows_in": dict,
    "rows_out": dict, "settings": dict, "unlinked": dict, "versions": dict,
}  # fmt: skip
SECTIONS = ("ingest", "network")  # of its settings: how a run is read rests on these
NOT_THERE = (FileNotFoundError, NotADirectoryError)
PACKAGES = ("countylines", "duckdb", "hyperscan", "igraph", "narwhals", "polars", "pyarrow", "scipy")


@dataclass(frozen=True)
class Run:
    """A finished run, opened for reading."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def restricted(self) -> bool:
        """Whether it was made with restricted records: only cleared people may open it (METHOD 1)."""
        return bool(self.manifest["settings"]["ingest"]["include_restricted"])

    def table(self, name: str) -> pl.LazyFrame:
        """One of the run's own tables, or ``sources/<name>``.

        Raises:
            InputError: the run has no such table, a file that was cut off, or one without today's columns.
        """
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            raise InputError(f"this run has no table {name!r}", "was it copied whole?", file=self.folder.name)
        found = pl.scan_parquet(path, glob=False)
        try:
            there = found.collect_schema()
        except (pl.exceptions.PolarsError, OSError) as error:
            said = f"the table {name!r} can't be read"
            raise InputError(said, "was it copied whole?", file=self.folder.name) from error
        if name in RUN and (lacking := [column for column in RUN[name].names if column not in there]):
            said = f"this run was made by another version: {name} has no {', '.join(lacking)}"
            raise InputError(said, "make the run again from its extracts", file=self.folder.name)
        return found

    def read(self, name: str) -> pl.DataFrame:
        """The table in memory."""
        return self.table(name).collect()


def finished(folder: Path) -> list[Run]:
    """The finished runs in a folder that can be read, the latest data last, then the latest made."""
    found = []
    for path in folder.glob(f"*/{MANIFEST}"):
        try:
            if not path.parent.name.startswith("."):  # hidden: under way, or killed
                found.append(((run := open_run(path.parent)).manifest["as_of"], path.stat().st_mtime_ns, run))
        except (InputError, OSError):
            continue
    return [run for _, _, run in sorted(found, key=lambda each: each[:2])]


def numbered_anew(run: Run, beside: Sequence[Run]) -> Run | None:
    """The latest earlier run beside one that was made without ``--previous``: their group numbers mean other people.

    Args:
        beside: the runs of its folder, as from :func:`finished`.
    """
    if run.manifest.get("previous"):
        return None
    at = next((i for i, each in enumerate(beside) if each.folder.name == run.folder.name), 0)
    return beside[at - 1] if at else None


def open_run(folder: Path) -> Run:
    """Open a finished run.

    Raises:
        InputError: the folder isn't a finished run, or its manifest can't be read or lacks something.
    """
    whole = "was it copied whole?"
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except NOT_THERE as error:
        advice = "give the folder that countylines run --out made"
        raise InputError("this is not a finished run", advice, file=folder) from error
    except OSError as error:
        said = f"its {MANIFEST} can't be read: {error.strerror}"
        raise InputError(said, "check who may read it", file=folder) from error
    except ValueError as error:
        raise InputError(f"its {MANIFEST} is damaged: it isn't JSON", whole, file=folder) from error
    told = manifest if isinstance(manifest, dict) else {}
    lacking = [name for name, kind in NEEDED.items() if not isinstance(told.get(name), kind)]
    if lacking or (lacking := [f"settings.{name}" for name in SECTIONS if name not in told["settings"]]):
        raise InputError(f"its {MANIFEST} doesn't tell {', '.join(lacking)}", whole, file=folder)
    try:
        dt.date.fromisoformat(told["as_of"])
    except ValueError as error:
        raise InputError(f"its {MANIFEST} tells no day (as_of)", whole, file=folder) from error
    return Run(folder, told)


def find_runs(folder: Path) -> tuple[list[Run], list[InputError]]:
    """The finished runs in a folder, by name; and what is wrong with each that can't be read.

    Raises:
        InputError: there is no such folder, or it can't be read.
    """
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))  # hidden: it was killed
    except NOT_THERE as error:
        raise InputError("there is no such folder", "give the folder that holds the runs", file=folder) from error
    except OSError as error:
        raise InputError(f"this folder can't be read: {error.strerror}", "check who may", file=folder) from error
    found: list[Run] = []
    broken: list[InputError] = []
    for path in inside:
        try:
            found.append(open_run(path))
        except InputError as error:
            if not isinstance(error.__cause__, NOT_THERE):  # else it's no run at all
                broken.append(error)
    return found, broken


@contextmanager
def new_run(out: Path) -> Iterator[Path]:
    """A folder to work in, which becomes the run when the block ends well and vanishes when it doesn't.

    What a killed run left behind is cleared by the next one to the same place. A lock keeps two runs apart.

    Raises:
        InputError: the run exists, its parent doesn't, or another run to it is under way.
    """
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out.parent / f".{out.name}.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        advice = "wait for it, or choose another --out"
        raise InputError("another run to this place is under way", advice, file=out) from error
    except OSError as error:
        raise InputError(f"this place can't be written: {error.strerror}", "choose another --out", file=out) from error
    partial = out.parent / f".{out.name}.partial"
    try:
        if out.exists():  # asked under the lock: another run may have taken the place a moment ago
            raise InputError("this run exists already; nothing was changed", "choose another name for --out", file=out)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        yield partial
        _settle(partial)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


@contextmanager
def log_to(path: Path) -> Iterator[None]:
    """Write the package's log lines to a file while the block lasts."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("countylines")
    before = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
        handler.close()


def write_table(frame: pl.DataFrame, folder: Path, name: str) -> int:
    """Write a small table in the run's layout, sorted by its key; the number of rows."""
    table = RUN[name]
    ordered = frame.select(table.names).sort(table.key, nulls_last=False)
    return write_sorted(iter(ordered.to_arrow().to_batches()), folder / f"{name}.parquet", table.schema)


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON so that the same content gives the same bytes."""
    path.write_text(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """The versions that a result may depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def rows(folder: Path) -> dict[str, int]:
    """The number of rows of each Parquet table in a folder, ``sources/`` included."""
    found = sorted(folder.rglob("*.parquet"))
    return {path.relative_to(folder).with_suffix("").as_posix(): pq.read_metadata(path).num_rows for path in found}


def _settle(folder: Path) -> None:
    """Make sure the bytes are on the disk before the folder takes its name."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
