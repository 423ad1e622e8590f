"""Maps: how a source system's own layout becomes our tables, as YAML (docs/ingest.md shows one).

A map has *layouts*, one for each file or query of the system; a layout *makes* rows of one or more of our tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countylines.errors import InputError, nearest
from countylines.ingest.cells import shape
from countylines.ingest.files import plain
from countylines.ingest.mapping import Mapped, Rule
from countylines.ingest.read import Make
from countylines.tables import EXTRACTS
from countylines.yamls import flag, keys, load, strings, text

FOLDER = Path(__file__).parent / "maps"
MAP_KEYS = ("about", "system", "persons", "dates", "null_values", "layouts")
LAYOUT_KEYS = ("files", "delimiter", "makes")
MAKE_KEYS = ("table", "columns", "when", "unless", "repeats")
RULE_KEYS = ("from", "join", "first", "value", "has", "with", "codes", "prefix", "null_values", "optional")
ONE_OF = ("from", "join", "first", "value")
PERSONS = ("shared", "own")


@dataclass(frozen=True)
class Layout:
    """One file of a system: the patterns of its name, its delimiter, and what is made from it."""

    name: str
    files: tuple[str, ...]
    delimiter: str
    makes: tuple[Make, ...]


@dataclass(frozen=True)
class Map:
    """A system's layouts, by name."""

    name: str
    about: str
    layouts: Mapping[str, Layout]


def shipped() -> list[str]:
    """The names of the maps that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_map(name: str, folder: Path) -> Map:
    """A shipped map by its name, or a map of your own by its file, relative to ``folder``.

    Raises:
        InputError: there is no such map, or it has a key, table or column that isn't known.
    """
    path = FOLDER / f"{name}.yaml" if name in shipped() else folder / name
    if not path.is_file():
        listed = ", ".join(shipped())
        raise InputError(f"there is no map {name!r}", f"shipped are {listed}; or give a file", field="map")
    return _Reader(path).map()


class _Reader:
    """Turns the YAML of one file into a map, with the file's name in every error."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.name = path.stem
        self.written = keys(load(path), MAP_KEYS, self.file, "")

    def map(self) -> Map:
        persons = self.written.get("persons", "shared")
        if persons not in PERSONS:
            raise self.wrong("persons", f"{persons!r} isn't allowed", "give shared or own")
        for layout in strings(self.written.get("dates", []), self.file, "dates"):
            try:
                shape(layout)
            except ValueError as error:
                raise self.wrong("dates", f"{layout!r}: {error}", "write as %d/%m/%Y %H:%M") from error
        layouts = self.written.get("layouts")
        if not isinstance(layouts, dict) or not layouts:
            raise self.wrong("layouts", "there are no layouts", "name at least one file of the system")
        made = {str(name): self.layout(str(name), written) for name, written in layouts.items()}
        return Map(self.name, self.text(self.written, "about", "about"), made)

    def layout(self, name: str, written: object) -> Layout:
        place = f"layouts.{name}"
        found = keys(written, LAYOUT_KEYS, self.file, place)
        makes = found.get("makes")
        if not isinstance(makes, list) or not makes:
            raise self.wrong(f"{place}.makes", "nothing is made from it", "list the tables it makes")
        made = tuple(self.make(f"{place}.makes[{i}]", each) for i, each in enumerate(makes, 1))
        files = strings(found.get("files", []), self.file, f"{place}.files")
        return Layout(name, files, self.text(found, "delimiter", f"{place}.delimiter", ","), made)

    def make(self, place: str, written: object) -> Mapped:
        found = keys(written, MAKE_KEYS, self.file, place)
        table = self.text(found, "table", f"{place}.table")
        if table not in EXTRACTS:
            raise self.wrong(f"{place}.table", f"there is no table {table!r}", nearest(table, EXTRACTS))
        columns = keys(found.get("columns"), EXTRACTS[table].names, self.file, f"{place}.columns")
        missing = [c.name for c in EXTRACTS[table].columns if c.required and c.name not in columns]
        if missing:
            raise self.wrong(f"{place}.columns", f"{missing[0]} is missing", f"{table} can't be made without it")
        rules = {name: self.rule(f"{place}.columns.{name}", rule) for name, rule in columns.items()}
        system = self.text(self.written, "system", "system", self.name).lower()
        own = self.written.get("persons") == "own"
        return Mapped(
            table=table,
            map=self.name,
            rules=rules,
            when=self.codes(found.get("when", {}), f"{place}.when"),
            unless=self.codes(found.get("unless", {}), f"{place}.unless"),
            layouts=strings(self.written.get("dates", []), self.file, "dates"),
            null_values=self.nulls(self.written, "null_values"),
            link=system if "nominal_id" in rules else None,
            prefix=f"{system}:" if own and "nominal_id" in rules else "",
            # a person may be in several systems, and in each of their records
            repeats=table == "nominals" or flag(found.get("repeats", "false"), self.file, f"{place}.repeats"),
        )

    def rule(self, place: str, written: object) -> Rule:
        if isinstance(written, str):
            return Rule(columns=(plain(written),))
        found = keys(written, RULE_KEYS, self.file, place)
        given = [key for key in ONE_OF if key in found]
        if len(given) != 1:
            raise self.wrong(place, "it isn't clear where the cells come from", f"give one of {', '.join(ONE_OF)}")
        kind = given[0]
        columns = () if kind == "value" else tuple(plain(c) for c in strings(found[kind], self.file, f"{place}.{kind}"))
        codes = found.get("codes", {})
        if not isinstance(codes, dict):
            raise self.wrong(f"{place}.codes", f"{codes!r} is no set of codes", "write CODE: ours")
        return Rule(
            columns=columns,
            value=self.text(found, "value", f"{place}.value") if kind == "value" else None,
            first=kind == "first",
            between=self.text(found, "with", f"{place}.with", " "),
            has=self.text(found, "has", f"{place}.has") or None,
            codes={_code(code): self.text(codes, code, f"{place}.codes.{code}") for code in codes},
            prefix=self.text(found, "prefix", f"{place}.prefix"),
            null_values=self.nulls(found, f"{place}.null_values"),
            optional=flag(found.get("optional", "false"), self.file, f"{place}.optional"),
        )

    def codes(self, written: object, place: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(written, dict):
            raise self.wrong(place, f"{written!r} is no condition", "write COLUMN: [CODE, CODE]")
        return {
            plain(column): tuple(_code(code) for code in strings(codes, self.file, f"{place}.{column}"))
            for column, codes in written.items()
        }

    def nulls(self, found: Mapping[str, Any], place: str) -> tuple[str, ...]:
        return tuple(_code(value) for value in strings(found.get("null_values", []), self.file, place))

    def text(self, found: Mapping[str, Any], key: str, place: str, default: str = "") -> str:
        return text(found.get(key, default), self.file, place)

    def wrong(self, place: str, what: str, do: str) -> InputError:
        return InputError(what, do, file=self.file, field=place)


def _code(code: str) -> str:
    return code.strip().upper()
