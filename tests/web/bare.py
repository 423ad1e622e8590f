"""Extracts as bare as the two real examples: no text, no code of an offence, no birth date; the marker stands in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CREW = ("ada", "bea", "cyd", "dot")  # in crimes with the marker, each as a suspect
CRIMES = {f"crime:{i}": CREW for i in range(1, 5)}
PLAIN = "crime:9"  # without the marker
VICTIM = "eli"

SETTINGS = """
[ingest]
unknown_age = "adult"
[match]
use_marker = true
[stability]
draws = 0
network_draws = 0
baseline_draws = 0
"""


def write_bare(folder: Path) -> Path:
    """The extracts, as a folder of CSV files."""
    rows = [f"{crime},crime,2024-01-0{i},true" for i, crime in enumerate(CRIMES, 1)]
    parts = [f"{crime},{person},suspect" for crime, people in CRIMES.items() for person in people]
    parts += [f"{PLAIN},ada,suspect", f"{PLAIN},{VICTIM},victim"]
    return _written(folder, [*rows, f"{PLAIN},crime,2024-01-09,false"], parts, [*CREW, VICTIM])


def write_crews(folder: Path, month: int, *crews: str) -> Path:
    """Each crew, a letter a person, in two crimes of that month, with the marker: a group each."""
    rows, parts = [], []
    for crew in crews:
        for day in (1, 2):
            crime = f"crime:{month}{crew}{day}"
            rows.append(f"{crime},crime,2024-{month:02}-0{day},true")
            parts += [f"{crime},{person},suspect" for person in crew]
    return _written(folder, rows, parts, sorted(set("".join(crews))))


def _written(folder: Path, records: Sequence[str], parts: Sequence[str], people: Sequence[str]) -> Path:
    folder.mkdir(parents=True)
    tables = {
        "records": ("record_id,source,recorded,marker", records),
        "involvements": ("record_id,nominal_id,role", parts),
        "nominals": ("nominal_id", people),
    }
    for name, (head, rows) in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder
