"""A publisher's workbook becomes a folder of weights that ``[harm] weights`` reads."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml
from python_calamine import CalamineWorkbook

from countylines.errors import InputError
from countylines.rank.harm import cchi, ons
from countylines.rank.harm.book import open_book, rows_of, sheets_of
from countylines.rank.harm.codes import ons_codes

CCHI = {
    "title": "Cambridge Crime Harm Index",
    "publisher": "Cambridge Centre for Evidence-Based Policing",
    "terms": "copyright of the publisher, who names no licence for passing the table on",
}
ONS = {
    "title": "Crime Severity Score data tool, List of weights",
    "publisher": "Office for National Statistics",
    "terms": "Contains public sector information licensed under the Open Government Licence v3.0",
}


@dataclass(frozen=True)
class Imported:
    """What an import made: the index's folder, its edition, and what it read, line by line."""

    folder: Path
    edition: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Made:
    """The files of an index: tables by name, classes and their ONS codes, and what was read."""

    index: str
    edition: str
    publisher: Mapping[str, str]
    tables: Mapping[str, pl.DataFrame]
    ons_codes: Mapping[str, list[str]] | None
    lines: tuple[str, ...]


def import_workbook(file: Path, out: Path, edition: str | None = None) -> Imported:
    """Read a publisher's workbook and write its weights to ``out/cchi`` or ``out/ons_css``.

    Both indexes may lie in one folder; neither is ever written over, and what is there appears whole or not at all.

    Args:
        file: the workbook as downloaded, .xlsx or .xls.
        out: the folder for ``[harm] weights``.
        edition: what to call the edition; without it, as the workbook says.

    Raises:
        InputError: the file is no workbook of either publisher, or the index is there already.
    """
    book = open_book(file)
    sheets = sheets_of(book)
    made = None
    for name in sheets:
        if found := cchi.SHEET.fullmatch(name):
            made = _cchi(book, name, edition or f"CCHI {found[1]}", file.name)
        elif ons.SHEET.fullmatch(name):
            made = _ons(book, name, edition, file.name)
        if made:
            break
    if made is None:
        advice = 'give the CCHI workbook ("CCHI 2020 values sheet") or the ONS data tool ("List of weights")'
        raise InputError(f"no sheet holds weights; there are {', '.join(sheets)}", advice, file=file.name)
    return _write(made, file, out)


def _cchi(book: CalamineWorkbook, sheet: str, edition: str, file: str) -> _Made:
    values = cchi.read_values(rows_of(book, sheet), edition, file)
    classes = values.offences.filter(pl.col("ho_class") != "")
    several = values.ambiguous_classes()
    notifiable = values.notifiable()["ho_class"].n_unique()
    lines = (
        f"{edition}: {len(values.offences):,} offences in {classes['ho_class'].n_unique():,} Home Office classes, "
        f"{len(values.cjs_codes):,} CJS codes.",
        f"Classes with more than one score: {len(several)} of {notifiable} notifiable ones"
        + (f" ({', '.join(several[:12])}{' ...' if len(several) > 12 else ''})." if several else "."),
        f"Classes with an ONS code: {len(values.ons_codes())}.",
        *values.notes.lines(),
    )
    tables = {"offences": values.offences, "cjs_codes": values.cjs_codes}
    return _Made("cchi", edition, CCHI, tables, values.ons_codes(), lines)


def _ons(book: CalamineWorkbook, sheet: str, edition: str | None, file: str) -> _Made:
    first = [rows_of(book, name) for name in [*sheets_of(book)[:3], sheet]] if edition is None else []
    named = edition or (f"ONS CSS {found}" if (found := ons.edition_of(first)) else None)
    if named is None:
        advice = 'say which release it is: --edition "ONS CSS year ending March 2025"'
        raise InputError("the workbook doesn't name its year", advice, file=file)
    weights, notes = ons.read_weights(rows_of(book, sheet), named, file)
    codes = [code for written in weights["ons_code"] for code in ons_codes(written)]
    repeated = sorted(code for code, count in Counter(codes).items() if count > 1)
    lines = (
        f"{named}: {len(weights):,} rows with a code, {len(set(codes)):,} codes, "
        f"weights adding up to {weights['days'].sum():,.2f}.",
        f"Codes with more than one row: {len(repeated)}" + (f" ({', '.join(repeated)})." if repeated else "."),
        *notes.lines(),
    )
    return _Made("ons_css", named, ONS, {"weights": weights}, None, lines)


def _write(made: _Made, file: Path, out: Path) -> Imported:
    folder, partial = out / made.index, out / f".{made.index}.partial"
    if folder.exists():
        advice = "choose another --out, or remove it first"
        raise InputError(f"there are weights of {made.index} here already; nothing was changed", advice, file=folder)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
    except OSError as error:
        raise InputError(f"this place can't be written: {error.strerror}", "choose another --out", file=out) from error
    try:
        for name, table in made.tables.items():
            table.write_csv(partial / f"{name}.csv")
        if made.ons_codes is not None:
            _yaml({"classes": made.ons_codes}, partial / "ons_codes.yaml")
        about = {"index": made.index, "edition": made.edition, **made.publisher, "file": file.name}
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        _yaml({**about, "sha256": sha256, "read": list(made.lines)}, partial / "about.yaml")
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Imported(folder, made.edition, made.lines)


def _yaml(content: object, path: Path) -> None:
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")
