"""Infinito's summits as canonical extracts: ``python examples/infinito/make_extracts.py FOLDER``.

A summit is an intelligence record, everybody who came is a subject of it, and a *locale* (a local unit) is
a known group. A summit without a date takes that of the one before it: they are numbered in order of time.
"""

import csv
import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).parent / "data"
NO_LOCALE = ("", "OUT", "MISS")


def make(folder: Path) -> None:
    """Write records.csv, nominals.csv, involvements.csv and reference_groups.csv into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    people = _read("infinito_summits_persons.csv")
    incidence = _read("infinito_summits_incidence.csv")
    records, day = [], ""
    for row in _read("infinito_summits_events.csv"):
        if row["date"]:
            day = dt.datetime.strptime(row["date"], "%d/%m/%Y").date().isoformat()
        records.append((f"intelligence:{row['summit']}", "intelligence", day, "true"))
    roles = ((f"intelligence:{row['summit']}", row["person"], "subject") for row in incidence)
    locali = ((row["person"], row["locale"]) for row in people if row["locale"] not in NO_LOCALE)
    _write(folder / "records.csv", ("record_id", "source", "recorded", "marker"), records)
    _write(folder / "nominals.csv", ("nominal_id",), ((row["person"],) for row in people))
    _write(folder / "involvements.csv", ("record_id", "nominal_id", "role"), roles)
    _write(folder / "reference_groups.csv", ("nominal_id", "group_id"), locali)


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/infinito/make_extracts.py FOLDER")
    make(Path(sys.argv[1]))
