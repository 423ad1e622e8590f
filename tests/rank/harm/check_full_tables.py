"""Compare importer and shipped weights with full tables in a folder given by hand: make check-harm DIR=FOLDER.

The folder holds the tables cchi_2020.csv, cchi_2020_cjs_codes.csv, cchi_2020_by_ho_class.csv, ons_css_weights.csv and
ho_code_to_policeuk_category.csv. They aren't part of the project: their publishers decide who may pass them on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

from countylines.rank.harm.codes import ho_class, ons_codes, undated
from countylines.rank.harm.importing import import_workbook
from countylines.rank.harm.rules import load_rules
from countylines.settings import Harm
from tests.rank.harm.workbooks import cchi_book, offence, ons_book, shifted

MALFORMED = "00200"  # how the 2020 sheet writes one class


def main(folder: Path) -> None:
    """Run every comparison; the first difference ends it."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made)
        values = texts(folder / "cchi_2020.csv")
        court = texts(folder / "cchi_2020_cjs_codes.csv")
        weights = texts(folder / "ons_css_weights.csv").filter(pl.col("vintage") == "ons-css-current-2020-12")
        say(import_workbook(official(out / "cchi.xlsx", values, court), out / "weights").lines)
        say(import_workbook(listed(out / "ons.xlsx", weights), out / "weights", "ONS CSS December 2020").lines)
        same_offences(out / "weights", values, court)
        same_classes(out / "weights", texts(folder / "cchi_2020_by_ho_class.csv"))
        same_weights(out / "weights", weights, values)
    shipped_values(values, weights)
    dates_come_back(texts(folder / "ho_code_to_policeuk_category.csv"))
    print("All of it agrees.")


def official(path: Path, values: pl.DataFrame, court: pl.DataFrame) -> Path:
    """The values as a workbook of the official layout, with the sheet's own faults."""
    codes: dict[str, list[str]] = defaultdict(list)
    for urn, code in court.select("athena_urn", "cjs_code").iter_rows():
        codes[urn].append(code)
    rows: dict[int, list[Any]] = {}
    for one in values.iter_rows(named=True):
        flags = one["flags"] or ""
        ho = MALFORMED if MALFORMED in flags else one["ho_class"]
        parts = (int(one["ho_code"]), int(one["ho_sub_code"]))
        code = one["classification_code"]
        code = int(code) if code.isdigit() else code
        row = offence(
            one["athena_urn"],
            one["offence"],
            float(one["cchi_days"]),
            code,
            ho,
            *codes[one["athena_urn"]],
            parts=parts,
            notifiable=one["notifiable"],
        )
        rows[int(one["source_row"])] = shifted(row) if "shifted" in flags else row
    return cchi_book(path, [rows.get(row, []) for row in range(2, max(rows) + 1)])


def listed(path: Path, weights: pl.DataFrame) -> Path:
    """The ONS weights as their data tool lists them: a category alone, then its rows; numbers as numbers."""
    rows: list[list[Any]] = []
    for (category,), part in weights.group_by("ons_category", maintain_order=True):
        rows += [[], [str(category).upper()]]
        for code, title, days in part.select("ons_code", "offence", "weight").iter_rows():
            with contextlib.suppress(ValueError):
                code = float(code)  # noqa: PLW2901
            rows.append([None, code, title, float(days)])
    return ons_book(path, rows)


def same_offences(folder: Path, values: pl.DataFrame, court: pl.DataFrame) -> None:
    """Every row and every CJS code comes back."""
    found = texts(folder / "cchi" / "offences.csv").with_columns(pl.col("days").cast(pl.Float64))
    wanted = values.select(
        urn="athena_urn",
        ho_class="ho_class",
        notifiable=(pl.col("notifiable") == "Notifiable").cast(pl.String),
        offence=pl.col("offence").str.replace_all(r"\s+", " "),
        days=pl.col("cchi_days").cast(pl.Float64),
        row="source_row",
    ).sort("urn")
    assert found.select(wanted.columns).sort("urn").equals(wanted)
    codes = texts(folder / "cchi" / "cjs_codes.csv").join(found, on="row").select("urn", "cjs_code").sort(pl.all())
    assert codes.equals(court.select(urn="athena_urn", cjs_code="cjs_code").sort(pl.all()))
    print(f"{len(found)} of {len(wanted)} CCHI rows and {len(codes)} of {len(court)} CJS codes came back.")


def same_classes(folder: Path, by_class: pl.DataFrame) -> None:
    """A class weighs its least score, and is ambiguous where least and greatest differ."""
    index = load_rules(Harm(weights=str(folder))).indexes[0]
    notifiable = set(by_class.filter(pl.col("notifiable") == "Notifiable")["ho_class"])
    several = 0
    for one in by_class.iter_rows(named=True):
        if one["notifiable"] == "Notifiable" or one["ho_class"] not in notifiable:
            weight, ambiguous = index.weigh(one["ho_class"], None, None)
            assert weight == float(one["cchi_days_min"]), one
            assert ambiguous == (one["cchi_days_min"] != one["cchi_days_max"]), one
            several += ambiguous
    print(f"{len(set(by_class['ho_class']))} classes weigh their least score; {several} of them have several.")


def same_weights(folder: Path, weights: pl.DataFrame, values: pl.DataFrame) -> None:
    """Every ONS weight comes back by its code, and crimes reach it by the code that CCHI names.

    To 9 decimals: the library that writes the workbook keeps 16 digits of a number.
    """
    found = texts(folder / "ons_css" / "weights.csv").with_columns(pl.col("days").cast(pl.Float64).round(9))
    wanted = weights.select(
        ons_code="ons_code", offence="offence", days=pl.col("weight").cast(pl.Float64).round(9), category="ons_category"
    ).with_columns(pl.col("category").str.to_uppercase())
    assert found.select(wanted.columns).sort("ons_code").equals(wanted.sort("ons_code"))
    index = load_rules(Harm(weights=str(folder))).indexes[1]
    by_code = {one: days for code, days in wanted.select("ons_code", "days").iter_rows() for one in ons_codes(code)}
    with_weight = 0
    for urn, code in values.select("athena_urn", "classification_code").iter_rows():
        expected = by_code.get(code.replace("/", "."))
        weight = index.weigh(None, None, urn).weight
        assert (None if weight is None else round(weight, 9)) == expected, urn
        with_weight += expected is not None
    print(f"{len(found)} of {len(wanted)} ONS rows came back; {with_weight} of {len(values)} CCHI rows reach one.")


def shipped_values(values: pl.DataFrame, weights: pl.DataFrame) -> None:
    """The weights shipped are values of these tables."""
    cchi, ons = load_rules(Harm()).indexes
    full = {
        (urn, ho): float(days) for urn, ho, days in values.select("athena_urn", "ho_class", "cchi_days").iter_rows()
    }
    shipped = [(urn, one) for urn, several in cchi.by_urn.items() for one in several]
    assert all(full[urn, one.ho_class] == one.weight for urn, one in shipped)
    least: dict[str, float] = {}
    for ho, days, flag in values.select("ho_class", "cchi_days", "notifiable").iter_rows():
        if flag == "Notifiable":
            least[ho] = min(float(days), least.get(ho, float(days)))
    assert all(cchi.weigh(ho, None, None).weight == least[ho] for ho in cchi.by_class)
    by_code = {
        one: float(days) for code, days in weights.select("ons_code", "weight").iter_rows() for one in ons_codes(code)
    }
    several = {one.weight for found in ons.by_class.values() for one in found}
    assert several <= {*by_code.values(), None}
    print(f"The {len(shipped)} CCHI values shipped are the table's; so are ONS weights of {len(ons.by_class)} classes.")


def dates_come_back(codes: pl.DataFrame) -> None:
    """Every code that a spreadsheet had turned into a date is read back from that date."""
    turned = codes.filter(pl.col("code_read") == "restored_from_spreadsheet_date")
    for written, wanted in turned.select("ho_code_as_read", "ho_class").iter_rows():
        assert ho_class(undated(as_date(written))) == wanted, written
    print(f"{len(turned)} codes that had become dates came back.")


def as_date(code: str) -> dt.date:
    """What a spreadsheet makes of a code typed in 2022."""
    month, rest = (int(part) for part in code.split("/"))
    try:
        return dt.date(2022, month, rest)
    except ValueError:
        return dt.date(1900 + rest, month, 1)


def texts(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def say(lines: tuple[str, ...]) -> None:
    print(*lines, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name the folder of the full tables: make check-harm DIR=FOLDER")
    main(Path(sys.argv[1]))
