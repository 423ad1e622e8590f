"""What harm is counted by: the two indexes of weights, and what outcome codes mean. Read from folders and YAML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import polars as pl

from countylines.errors import InputError
from countylines.rank.harm.codes import ho_class, ons_codes
from countylines.rank.harm.standing import STANDINGS
from countylines.rank.harm.weights import Candidate, Index, Keyed
from countylines.settings import Harm
from countylines.yamls import load  # values are texts: 22 is the code, not the number

OFFENCES = ("row", "urn", "ho_class", "ons_code", "notifiable", "offence", "days", "source")
CJS_CODES = ("row", "cjs_code")
ONS_WEIGHTS = ("ons_code", "offence", "category", "days", "source")
"""The columns of the files in a folder of weights; ``row`` is the row in the publisher's sheet."""


@dataclass(frozen=True)
class Rules:
    """The indexes, cchi and ons_css, and the standing of each outcome code."""

    indexes: tuple[Index, ...]
    outcomes: Mapping[str, str]


@dataclass(frozen=True)
class Files:
    """Where the rules lie.

    Attributes:
        cchi, ons: the folders of the two indexes.
        ons_codes: Home Office classes and their ONS codes.
        outcomes: the standing of outcome codes.
        bridge: whether the classes are part of an imported workbook, whose publisher may not let them be passed on.
    """

    cchi: Path
    ons: Path
    ons_codes: Path
    outcomes: Path
    bridge: bool

    def copied(self) -> dict[str, Path]:
        """The files that a run keeps a copy of, by name."""
        return {"outcomes.yaml": self.outcomes} | ({} if self.bridge else {"ons_codes.yaml": self.ons_codes})

    def hashed(self) -> dict[str, Path]:
        """The publishers' tables, of which a run keeps the hashes, and the weights it used."""
        cchi = {f"cchi/{name}": self.cchi / name for name in ("about.yaml", "cjs_codes.csv", "offences.csv")}
        ons = {f"ons_css/{name}": self.ons / name for name in ("about.yaml", "weights.csv")}
        return cchi | ons | ({"cchi/ons_codes.yaml": self.ons_codes} if self.bridge else {})


def find_files(settings: Harm, folder: Path | None = None) -> Files:
    """The files that the settings name.

    An index that the folder of weights doesn't have is taken from the partial weights shipped.

    Args:
        folder: where paths in the settings start.

    Raises:
        InputError: the folder of weights holds none.
    """
    base = folder or Path()
    shipped = Path(str(files("countylines.rank.harm"))) / "shipped"
    chosen = base / settings.weights if settings.weights else shipped
    if not any((chosen / name).is_dir() for name in ("cchi", "ons_css")):
        advice = "give a folder made by countylines harm import"
        raise InputError("this folder holds no weights", advice, file=chosen, field="[harm] weights")
    cchi, ons = ((chosen if (chosen / name).is_dir() else shipped) / name for name in ("cchi", "ons_css"))
    codes = base / settings.ons_codes if settings.ons_codes else cchi / "ons_codes.yaml"
    outcomes = base / settings.outcomes if settings.outcomes else shipped.parent / "outcomes.yaml"
    return Files(cchi, ons, codes, outcomes, bridge=not settings.ons_codes and cchi.parent != shipped)


def load_rules(settings: Harm, folder: Path | None = None) -> Rules:
    """Read the weights and the outcome codes that the settings name.

    Args:
        folder: where paths in the settings start.

    Raises:
        InputError: a file can't be read or doesn't hold what it should.
    """
    found = find_files(settings, folder)
    cchi, ons = found.cchi, found.ons
    offences, court = _table(cchi / "offences.csv", OFFENCES, "days"), _table(cchi / "cjs_codes.csv", CJS_CODES)
    return Rules(
        (
            cchi_index(offences, court, _about(cchi / "about.yaml")),
            ons_index(
                _table(ons / "weights.csv", ONS_WEIGHTS, "days"),
                offences,
                court,
                load_ons_codes(found.ons_codes),
                _about(ons / "about.yaml"),
            ),
        ),
        load_outcomes(found.outcomes),
    )


def cchi_index(offences: pl.DataFrame, court: pl.DataFrame, about: Mapping[str, str]) -> Index:
    """The Cambridge Crime Harm Index, from the rows of its values sheet.

    Non-notifiable offences use class numbers again for something else, so a class means its notifiable rows, and the
    others only where there are none.
    """
    rows = [(one["row"], one["ho_class"], one["days"]) for one in offences.iter_rows(named=True)]
    by_row = _keyed((row, Candidate(ho, days)) for row, ho, days in rows)
    notifiable = [row for row, flag in offences.select("row", "notifiable").iter_rows() if flag == "true"]
    first = _keyed((ho, Candidate(ho, days)) for row, ho, days in rows if row in set(notifiable))
    rest = _keyed((ho, Candidate(ho, days)) for row, ho, days in rows)
    return Index("cchi", about["edition"], *_fine(offences, court, by_row), {**rest, **first}, about)


def ons_index(
    weights: pl.DataFrame,
    offences: pl.DataFrame,
    court: pl.DataFrame,
    by_class: Mapping[str, tuple[str, ...]],
    about: Mapping[str, str],
) -> Index:
    """The ONS weights; reference numbers and CJS codes reach them over the code that CCHI names beside them."""
    known: dict[str, list[float]] = defaultdict(list)
    for written, days in weights.select("ons_code", "days").iter_rows():
        for code in ons_codes(written):
            known[code].append(days)

    def meant(ho: str, codes: Iterable[str]) -> list[Candidate]:
        return [Candidate(ho, days) for code in codes for days in known.get(code, [None])]

    rows = offences.select("row", "ho_class", "ons_code").iter_rows()
    by_row = _keyed((row, one) for row, ho, written in rows for one in meant(ho, ons_codes(written)))
    classes = _keyed((ho, one) for ho, codes in by_class.items() for one in meant(ho, codes))
    return Index("ons_css", about["edition"], *_fine(offences, court, by_row), classes, about)


def _fine(offences: pl.DataFrame, court: pl.DataFrame, by_row: Keyed) -> tuple[Keyed, Keyed]:
    """What reference numbers and CJS codes may mean."""
    urns = offences.select("urn", "row").iter_rows()
    codes = court.select("cjs_code", "row").iter_rows()
    by_urn = _keyed((urn.upper(), one) for urn, row in urns for one in by_row.get(row, ()))
    return by_urn, _keyed((code.upper(), one) for code, row in codes for one in by_row.get(row, ()))


def _keyed(pairs: Iterable[tuple[str, Candidate]]) -> Keyed:
    found: dict[str, list[Candidate]] = defaultdict(list)
    for key, one in pairs:
        found[key].append(one)
    return {key: tuple(found[key]) for key in sorted(found) if key}


def load_ons_codes(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Home Office classes and the ONS codes they may be.

    Raises:
        InputError: the file isn't a YAML of ``classes``, each with a list of codes.
    """
    written = load(path).get("classes")
    if not isinstance(written, dict) or not all(isinstance(codes, list) for codes in written.values()):
        raise InputError("there is no list of classes", 'write classes: {"008/06": [8N, 8S]}', file=path.name)
    return {ho_class(ho): tuple(one for code in codes for one in ons_codes(str(code))) for ho, codes in written.items()}


def load_outcomes(path: Path) -> Mapping[str, str]:
    """The standing of each outcome code.

    Raises:
        InputError: the file isn't a YAML of ``outcomes``, or a standing isn't one.
    """
    written = load(path).get("outcomes")
    if not isinstance(written, dict):
        raise InputError("there is no list of outcomes", 'write outcomes: {"22": diverted}', file=path.name)
    for code, standing in written.items():
        if standing not in STANDINGS:
            raise InputError(f"{standing!r} is no standing", f"give {', '.join(STANDINGS)}", file=path.name, field=code)
    return {str(code).strip().lower(): standing for code, standing in written.items()}


def _about(path: Path) -> Mapping[str, str]:
    written = load(path)
    if not isinstance(written.get("edition"), str):
        raise InputError("no edition is named", "import the publisher's workbook again", file=path)
    return {key: value for key, value in written.items() if isinstance(value, str)}


def _table(path: Path, columns: tuple[str, ...], number: str | None = None) -> pl.DataFrame:
    """A CSV of texts, with one column of numbers."""
    try:
        read = pl.read_csv(path, infer_schema=False).select(columns).with_columns(pl.all().fill_null(""))
        return read.with_columns(pl.col(number).cast(pl.Float64)) if number else read
    except (OSError, pl.exceptions.PolarsError) as error:
        advice = "import the publisher's workbook again with countylines harm import"
        raise InputError(f"this can't be read: {str(error).splitlines()[0]}", advice, file=path) from error
