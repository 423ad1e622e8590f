"""A handful of people with texts, as CSV extracts: small enough to know every number of the run by heart."""

from __future__ import annotations

from pathlib import Path

RECORDS = [
    ("crime:1", "crime", "2024-01-02", "ANN and BOB stopped. PWITS, they run the drugs line from Saltmere.", "092/01"),
    ("crime:2", "crime", "2024-01-09", "Ann and Bob again; no county lines link found.", ""),
    ("intelligence:1", "intelligence", "2024-02-01", "CAT and DAN work the COUNTY LINE with Ann.", ""),
    ("intelligence:2", "intelligence", "2024-02-05", "Eve's flat has been cuckooed.", ""),
    ("crime:3", "crime", "2024-02-07", "Fay was assaulted by Cat over a county line debt.", "008/01"),
    ("crime:4", "crime", "2024-02-08", "Gus and Ann fight.", ""),
    ("crime:5", "crime", "2024-02-09", "Gus and Dan shoplift.", ""),
    ("crime:6", "crime", "2024-02-10", "Hal shoplifts with Gus.", ""),
]
INVOLVEMENTS = [
    ("crime:1", "ann", "suspect"),
    ("crime:1", "bob", "suspect"),
    ("crime:2", "ann", "suspect"),
    ("crime:2", "bob", "suspect"),
    ("intelligence:1", "ann", "subject"),
    ("intelligence:1", "cat", "subject"),
    ("intelligence:1", "dan", "subject"),
    ("intelligence:2", "eve", "subject"),
    ("crime:3", "fay", "victim"),
    ("crime:3", "cat", "suspect"),
    ("crime:4", "gus", "suspect"),
    ("crime:4", "ann", "suspect"),
    ("crime:5", "gus", "suspect"),
    ("crime:5", "dan", "suspect"),
    ("crime:6", "gus", "suspect"),
    ("crime:6", "hal", "suspect"),
    ("crime:6", "ivy", "witness"),
]
BORN = {
    "ann": "1990-01-01",
    "bob": "1991-01-01",
    "cat": "2009-05-05",
    "dan": "",
    "eve": "1960-01-01",
    "fay": "1970-01-01",
}
BORN |= {"gus": "1980-01-01", "hal": "1981-01-01", "ivy": "1982-01-01"}


def write_extracts(folder: Path) -> Path:
    """The extracts, as a folder of CSV files."""
    folder.mkdir(parents=True)
    lines = ["record_id,source,recorded,text,offence_code"]
    lines += [f'{key},{source},{day},"{text}",{code}' for key, source, day, text, code in RECORDS]
    (folder / "records.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["record_id,nominal_id,role", *(",".join(row) for row in INVOLVEMENTS)]
    (folder / "involvements.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["nominal_id,date_of_birth", *(f"{person},{born}" for person, born in BORN.items())]
    (folder / "nominals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = ["nominal_id,group_id", "ann,SOC-1", "cat,SOC-1", "ivy,SOC-1", "bob,SOC-2"]
    (folder / "reference_groups.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
