"""A sources file: which systems there are, which map each uses, and where it lies (docs/ingest.md shows one)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from countylines.errors import InputError
from countylines.ingest.canonical import Canonical, file_part
from countylines.ingest.database import DRIVERS, Query, secret, select
from countylines.ingest.maps import Layout, Map, load_map
from countylines.ingest.places import format_of, parts, table_of
from countylines.ingest.read import Part
from countylines.tables import EXTRACTS
from countylines.yamls import keys, load, text

SOURCE_KEYS = ("map", "files", "database", "table", "query", "driver")
CANONICAL = Map(
    "canonical",
    "tables that are ours already",
    {name: Layout(name, (f"{name}.*",), ",", (Canonical(name, repeats=name == "nominals"),)) for name in EXTRACTS},
)


@dataclass(frozen=True)
class Source:
    """One entry of a sources file."""

    file: str
    folder: Path
    name: str
    written: Mapping[str, Any]
    map: Map

    def place(self, key: str = "") -> str:
        """Where a key stands in the file, for errors."""
        return f"sources.{self.name}.{key}".rstrip(".")

    def wrong(self, key: str, what: str, do: str) -> InputError:
        """An error that names the file and the key."""
        return InputError(what, do, file=self.file, field=self.place(key))

    def by_layout(self, key: str) -> dict[str, str]:
        """The key's value for each layout; a single text is for the map's only one."""
        written = self.written.get(key)
        if written is None:
            return {}
        if isinstance(written, str):
            if len(self.map.layouts) > 1:
                said = f"the map {self.map.name} has several layouts: {', '.join(self.map.layouts)}"
                raise self.wrong(key, said, f"name them, as {next(iter(self.map.layouts))}: {written}")
            return {next(iter(self.map.layouts)): written}
        found = keys(written, list(self.map.layouts), self.file, self.place(key))
        return {name: text(value, self.file, self.place(f"{key}.{name}")) for name, value in found.items()}


def source_parts(path: Path) -> tuple[list[Part], list[str]]:
    """The parts that a sources file names, and notes.

    Raises:
        InputError: an unknown key, map, file, variable or table, or no source for a table that every run needs.
    """
    written = keys(load(path), ("sources",), path.name, "")
    sources = written.get("sources")
    if not isinstance(sources, dict) or not sources:
        raise InputError("there are no sources", "name at least one", file=path.name, field="sources")
    found: list[Part] = []
    notes: list[str] = []
    for name, entry in sources.items():
        of_source, said = _parts_of(_source(path, name, entry))
        found += of_source
        notes += said
    made = {make.table for part in found for make in part.makes}
    for name, table in EXTRACTS.items():
        if not table.optional and name not in made:
            raise InputError(f"no source gives the table {name}", "add one", file=path.name, field="sources")
    return found, notes


def _source(path: Path, name: str, entry: object) -> Source:
    place = f"sources.{name}"
    written = keys(entry, SOURCE_KEYS, path.name, place)
    map_name = text(written.get("map", "canonical"), path.name, f"{place}.map")
    try:
        chosen = CANONICAL if map_name == "canonical" else load_map(map_name, path.parent)
    except InputError as error:
        if error.file:
            raise
        raise InputError(error.what, error.do, file=path.name, field=f"{place}.map") from error
    return Source(path.name, path.parent, name, written, chosen)


def _parts_of(source: Source) -> tuple[list[Part], list[str]]:
    if ("files" in source.written) == ("database" in source.written):
        raise source.wrong("", "it isn't clear where the source lies", "give either files or database")
    return (_database(source), []) if "database" in source.written else _files(source)


def _database(source: Source) -> list[Part]:
    written = text(source.written["database"], source.file, source.place("database"))
    url = secret(written, source.file, source.place("database"))
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        url = f"sqlite:///{(source.folder / url.removeprefix('sqlite:///')).resolve()}"
    driver = source.written.get("driver", "adbc")
    if driver not in DRIVERS:
        raise source.wrong("driver", f"there is no driver {driver!r}", "give adbc or sqlalchemy")
    wanted = {name: select(table) for name, table in source.by_layout("table").items()} | source.by_layout("query")
    if not wanted:
        raise source.wrong("table", "neither table nor query is given", "say what to read")
    found = []
    for layout, sql in wanted.items():
        name = f"{source.name}/{layout}"
        query = Query(name, url, sql, str(driver))
        found.append(Part(name, source.map.layouts[layout].makes, query.batches, query.facts))
    return found


def _files(source: Source) -> tuple[list[Part], list[str]]:
    written = source.written["files"]
    folder = source.folder / written if isinstance(written, str) else None
    if folder is not None and folder.is_dir() and (len(source.map.layouts) > 1 or source.map is CANONICAL):
        wanted = _in_folder(source, folder)
    else:
        wanted = {layout: _paths(source, layout, place) for layout, place in source.by_layout("files").items()}
    found: list[Part] = []
    notes: list[str] = []
    for layout, paths in wanted.items():
        made = source.map.layouts[layout]
        for path in paths:
            part, said = file_part(path, made.makes, f"{source.name}/{path.name}", made.delimiter)
            found.append(part)
            notes += said
    return found, notes


def _in_folder(source: Source, folder: Path) -> dict[str, list[Path]]:
    """The folder's files by layout, by the patterns of the map, or by table for canonical ones."""
    if source.map is CANONICAL:
        named = [(table_of(path), path) for path in sorted(folder.iterdir())]
        found = {table: [path for name, path in named if name == table] for table in EXTRACTS}
        wanted = {table: [file for path in paths for file in parts(path)] for table, paths in found.items()}
    else:
        wanted = _matching(folder, source.map)
    wanted = {name: paths for name, paths in wanted.items() if paths}
    if not wanted:
        looked = ", ".join(pattern for layout in source.map.layouts.values() for pattern in layout.files)
        said = f"no file of the map {source.map.name} in {folder.name}: looked for {looked}"
        raise source.wrong("files", said, "check the folder, or name the files")
    return wanted


def _matching(folder: Path, chosen: Map) -> dict[str, list[Path]]:
    """Each file goes to the first layout with a pattern that fits its name."""
    found: dict[str, list[Path]] = {name: [] for name in chosen.layouts}
    for path in sorted(path for path in folder.iterdir() if format_of(path)):
        for name, layout in chosen.layouts.items():
            if any(fnmatch(path.name.lower(), pattern.lower()) for pattern in layout.files):
                found[name].append(path)
                break
    return found


def _paths(source: Source, layout: str, place: str) -> list[Path]:
    """The files of one layout: a file, a folder of files, or a glob."""
    path = source.folder / place
    if any(sign in place for sign in "*?["):
        anchor = Path(place).anchor
        found = sorted((Path(anchor) if anchor else source.folder).glob(place.removeprefix(anchor)))
    elif path.is_dir():
        found = parts(path)
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise source.wrong(f"files.{layout}", f"there is no file {place}", "paths are relative to the sources file")
    other = next((each for each in found if not format_of(each)), None)
    if other:
        raise source.wrong(f"files.{layout}", f"{other.name} is no .csv, .csv.gz or .parquet", "export it as one")
    return found
