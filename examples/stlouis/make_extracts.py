"""St Louis crimes as canonical extracts: ``python examples/stlouis/make_extracts.py FOLDER``.

What the source lacks is filled in here and nowhere else: one made-up date for all crimes, and the marker in place
of text.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).parent / "data"
DATE = "1991-01-01"  # the source has no dates; this is the year of its publication
ROLES = {
    "suspect": ("suspect",),
    "victim": ("victim",),
    "witness": ("witness",),  # never connects
    "victim_suspect": ("victim", "suspect"),  # two involvements
}


def make(folder: Path) -> None:
    """Write records.csv, nominals.csv and involvements.csv into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [row["person"] for row in _read("stlouis_crime_persons.csv")]
    incidence = _read("stlouis_crime_incidence.csv")
    crimes = sorted({row["crime"] for row in incidence})
    records = ((f"crime:{crime}", "crime", DATE, "true") for crime in crimes)
    roles = ((f"crime:{row['crime']}", row["person"], role) for row in incidence for role in ROLES[row["role"]])
    _write(folder / "records.csv", ("record_id", "source", "recorded", "marker"), records)
    _write(folder / "nominals.csv", ("nominal_id",), ((person,) for person in people))
    _write(folder / "involvements.csv", ("record_id", "nominal_id", "role"), roles)


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/stlouis/make_extracts.py FOLDER")
    make(Path(sys.argv[1]))
