"""The pages that are made from the code: docs/tables.md from tables.py, docs/settings.md from settings.py.

``python -m countylines.documentation`` writes them, with ``--check`` it only compares (``make docs``, ``make test``).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from countylines import settings, tables

DOCS = Path(__file__).parents[2] / "docs"
MADE = "<!-- Made by `make docs` from the code: do not edit. -->"
TYPES = {
    pa.string(): "text",
    pa.int64(): "whole number",
    pa.float64(): "number",
    pa.bool_(): "true or false",
    pa.date32(): "day",
    pa.timestamp("us"): "moment",
    pa.list_(pa.string()): "list of texts",
}
KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    dt.date: "day",
    tuple: "list of texts",
}


def tables_page() -> str:
    """docs/tables.md: every table of the extracts and of a run, column by column."""
    extracts = "".join(_table(table, True) for table in tables.EXTRACTS.values())
    run = "".join(_table(table, False) for table in tables.RUN.values())
    return (
        f"""{MADE}

# Tables

What an extract holds and what a run keeps, column by column. Days are written as 2020-12-31, moments as
2020-12-31T23:59:00; empty means unknown.

## Extracts: what goes in

A folder with one file for each table, `<table>.csv` or `<table>.parquet`. A missing column counts as unknown, unless it
is marked *required*. The same tables, with the rows that were used, lie in `sources/` of a run.

{extracts}## A run: what comes out

Parquet files, sorted by their key. Empty until made: a later step fills the column.

{run}""".rstrip()
        + "\n"
    )


def settings_page() -> str:
    """docs/settings.md: every setting with its default, what it may be and what it does."""
    sections = "".join(_section(name, kind) for name, kind in settings.sections().items())
    return (
        f"""{MADE}

# Settings

One TOML file, given as `countylines run EXTRACTS --out RUN --settings FILE.toml`; what it leaves out keeps its default.
**[paper]** marks what the 2021 West Midlands Police paper says, **[choice]** what it leaves open and we chose
([method](method.md)).

{sections}""".rstrip()
        + "\n"
    )


def _table(table: tables.Table, extract: bool) -> str:
    need = "" if not extract else " Optional." if table.optional else " Needed."
    rows = ((f"`{c.name}`", TYPES[c.type], c.meaning + (" *(required)*" if c.required else "")) for c in table.columns)
    key = ", ".join(f"`{name}`" for name in table.key)
    head = f"### {table.name}\n\nA row per {table.row_per}.{need} Key: {key}.\n\n"
    return head + _grid(("column", "type", "meaning"), rows) + "\n"


def _section(name: str, kind: type) -> str:
    hints = typing.get_type_hints(kind)
    rows = (
        (f"`{f.name}`", _default(f), _allowed(hints[f.name], f.metadata), f.metadata["help"])
        for f in dataclasses.fields(kind)
    )
    return f"## [{name}]\n\n{kind.__doc__}\n\n{_grid(('setting', 'default', 'may be', 'meaning'), rows)}\n"


def _default(field: dataclasses.Field[Any]) -> str:
    """The default as it is written in TOML.

    Example:
        >>> [_default(f) for f in dataclasses.fields(settings.PartitionSettings)][:3]
        ['`4`', '`"map_equation"`', '`true`']
    """
    value = field.default
    if value is None or value in ("", ()) or value is dataclasses.MISSING:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _allowed(hint: Any, metadata: Mapping[str, Any]) -> str:
    """What a setting may be, in words.

    Example:
        >>> _allowed(int | None, {"least": 1, "most": None})
        'whole number, at least 1; or empty'
        >>> _allowed(Literal["protect", "adult"], {"least": None, "most": None})
        '`"protect"`, `"adult"`'
    """
    if isinstance(hint, types.UnionType):
        inner = next(a for a in typing.get_args(hint) if a is not types.NoneType)
        return f"{_allowed(inner, metadata)}; or empty"
    origin = typing.get_origin(hint)
    if origin is Literal:
        return ", ".join(f'`"{value}"`' for value in typing.get_args(hint))
    bounds = [f"at {end} {metadata[end]:g}" for end in ("least", "most") if metadata[end] is not None]
    kind = "table of numbers" if origin is Mapping else KINDS[origin or hint]
    return ", ".join([kind, *bounds])


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; 1 when one is out of date."""
    stale = []
    for name, page in (("tables.md", tables_page()), ("settings.md", settings_page())):
        path = DOCS / name
        if "--check" not in arguments:
            path.write_text(page, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != page:
            stale.append(f"docs/{name}")
    if stale:
        print(f"{' and '.join(stale)} differ from the code: run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
