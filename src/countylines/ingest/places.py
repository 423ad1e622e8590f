"""Where the extracts lie: the files of every table in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from countylines.errors import InputError, nearest
from countylines.tables import EXTRACTS

FORMATS = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Found:
    """The files of a folder, by table and in order of their names, and what was not understood."""

    files: dict[str, list[Path]]
    notes: list[str]


def find(folder: Path) -> Found:
    """The canonical extracts of a folder.

    A table is ``<table>.csv``, ``<table>.csv.gz``, ``<table>.parquet``, a folder ``<table>/`` of such files, or
    numbered parts as ``<table>-1.csv``.

    Raises:
        InputError: no extracts there, a table that every run needs is missing, or one table in two formats.
    """
    files: dict[str, list[Path]] = {}
    notes: list[str] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        table = table_of(path)
        if table in EXTRACTS:
            files.setdefault(table, []).extend(parts(path))
        elif path.is_file() and format_of(path) and stem(path) != "rejects":
            notes.append(f"{path.name} is not used: no table has that name ({nearest(stem(path), EXTRACTS)}).")
    if not files:
        wanted = ", ".join(f"{name}.csv" for name in EXTRACTS)
        raise InputError(
            f"no extracts in this folder: looked for {wanted}; also as .csv.gz, .parquet or a folder of parts",
            "give the folder that holds them",
            file=folder.name,
        )
    _complete(folder, files)
    return Found({name: files[name] for name in EXTRACTS if name in files}, notes)


def _complete(folder: Path, files: dict[str, list[Path]]) -> None:
    for name, table in EXTRACTS.items():
        if not table.optional and not files.get(name):
            raise InputError(
                f"there is no {name}.csv, {name}.csv.gz or {name}.parquet, and no folder {name} with such files",
                f"add the table with a row per {table.row_per}",
                file=folder.name,
            )
        formats = sorted({format_of(path) for path in files.get(name, [])})
        if len(formats) > 1:
            both = " and ".join(sorted(path.name for path in files[name])[:2])
            raise InputError(f"the table {name} is there twice: {both}", "keep one of them", file=folder.name)


def parts(path: Path) -> list[Path]:
    """The file, or the files of the folder in order of their names."""
    if path.is_file():
        return [path]
    return sorted((each for each in path.iterdir() if each.is_file() and format_of(each)), key=lambda each: each.name)


def format_of(path: Path) -> str:
    """``.csv``, ``.csv.gz`` or ``.parquet``; empty for any other file.

    Example:
        >>> format_of(Path("records.CSV.gz")), format_of(Path("notes.txt"))
        ('.csv.gz', '')
    """
    name = path.name.lower()
    return next((ending for ending in FORMATS if name.endswith(ending)), "")


def stem(path: Path) -> str:
    """The file's name without its format, in lower case."""
    ending = format_of(path) if not path.is_dir() else ""
    return path.name.lower()[: len(path.name) - len(ending)]


def table_of(path: Path) -> str:
    """The table that a file or folder holds, by its name; empty when there is none.

    Example:
        >>> table_of(Path("records-02.csv")), table_of(Path("nominal.csv"))
        ('records', '')
    """
    if not path.is_dir() and not format_of(path):
        return ""
    name = re.sub(r"[-_.](part[-_.]?)?\d+$", "", stem(path))
    return name if name in EXTRACTS else ""
