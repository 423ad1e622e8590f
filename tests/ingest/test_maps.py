"""The shipped maps against their golden output, and what a map can get wrong."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.ingest import extract
from countylines.ingest.mapping import Rule
from countylines.ingest.maps import load_map, shipped
from countylines.ingest.sources import source_parts
from countylines.progress import Progress
from countylines.tables import EXTRACTS
from tests.ingest.extracts import take

MISPER = {"reports": "misper_reports"}  # as the page names the file
GOLDEN = Path(__file__).parent / "golden"
MAP = """
persons: own
dates: ["%d/%m/%Y"]
null_values: [N/K]
layouts:
  logs:
    makes:
      - table: records
        columns: {record_id: REF, source: {value: intelligence}, recorded: MADE, text: {join: [A, B], with: " / "}}
      - table: nominals
        columns: {nominal_id: WHO}
      - table: involvements
        unless: {ROLE: [GHOST]}
        columns: {record_id: REF, nominal_id: WHO, role: {from: ROLE, codes: {01: suspect, NO: victim}}}
"""
ROWS = "REF,MADE,A,B,WHO,ROLE\nL1,1/2/2020,one,two,P1,01\nL2,02/02/2020,N/K,two,P1,no\nL3,2020-02-03,,,P2,GHOST\n"


def sources(folder: Path, text: str, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    path = folder / "sources.yaml"
    path.write_text(text)
    return path


def mapped(folder: Path, map_text: str = MAP, rows: str = ROWS) -> Path:
    return sources(folder, "sources: {logs: {map: my.yaml, files: logs.csv}}", my_yaml=map_text, logs_csv=rows)


def extracted(path: Path, duckdb_engine: DuckDB, folder: Path) -> Path:
    (folder / "extract").mkdir(parents=True)
    extract(path, folder / "out", duckdb_engine, folder / "extract", Progress())
    return folder / "out"


def test_every_shipped_map_has_its_golden_rows() -> None:
    assert shipped() == ["compact", "crimes", "icis", "ims", "pins"] == sorted(path.name for path in GOLDEN.iterdir())
    for name in shipped():
        assert max(path.read_bytes().count(b"\r\n") for path in (GOLDEN / name / "in").iterdir()) >= 21


@pytest.mark.parametrize("name", ["compact", "crimes", "icis", "ims", "pins"])
def test_golden_output(duckdb_engine: DuckDB, tmp_path: Path, name: str) -> None:
    out = extracted(GOLDEN / name / "sources.yaml", duckdb_engine, tmp_path)
    expected = sorted((GOLDEN / name / "expected").iterdir())
    assert [path.stem for path in expected] == sorted(path.stem for path in out.iterdir() if path.stem != "rejects")
    for path in expected:
        made = pl.read_parquet(out / f"{path.stem}.parquet")
        made.write_csv(tmp_path / path.name)
        assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), path.stem
        assert (
            pl.read_parquet_schema(out / f"{path.stem}.parquet").keys()
            == dict.fromkeys(EXTRACTS[path.stem].names).keys()
        )


def test_golden_rows_worked_by_hand() -> None:
    """Some of the golden cells, from METHOD's words and the systems' codes, not from the program."""

    def golden(name: str, table: str) -> list[dict[str, str | None]]:
        return pl.read_csv(GOLDEN / name / "expected" / f"{table}.csv", infer_schema=False).to_dicts()

    crime = {row["record_id"]: row for row in golden("crimes", "records")}
    assert crime["crime:20/1001/20"]["marker"] == "true"
    assert crime["crime:20/1003/22"]["occurred"] == "2022-04-05T12:00:00.000000"  # from is UNKNOWN, to is known
    assert crime["crime:20/1002/21"]["outcome_code"] == "22"
    assert [row["date_of_birth"] for row in golden("crimes", "nominals")][4:6] == [None, "2006-07-06"]
    assert [row["role"] for row in golden("crimes", "involvements")][-2:] == ["TAXI", "suspect"]
    assert [row["grading"] for row in golden("ims", "records")][:2] == ["1 A P", "B 1 2"]
    roles = [(row["nominal_id"], row["role"]) for row in golden("icis", "involvements")]
    assert roles[:3] == [("icis:D700", "arrested"), ("icis:D700", "charged"), ("icis:D701", "arrested")]
    assert golden("pins", "releases")[0] == {"nominal_id": "pins:A101CZ", "release_date": "2020-02-05"}
    assert golden("compact", "episodes")[3]["risk"] == "no apparent risk"


@pytest.mark.parametrize("name", ["compact", "crimes"])
def test_a_run_of_the_sources_is_a_run_of_what_is_extracted(duckdb_engine: DuckDB, tmp_path: Path, name: str) -> None:
    whole = take(GOLDEN / name / "sources.yaml", duckdb_engine, tmp_path / "a")
    again = take(extracted(GOLDEN / name / "sources.yaml", duckdb_engine, tmp_path), duckdb_engine, tmp_path / "b")
    for table in EXTRACTS:
        assert whole.rows(table, *EXTRACTS[table].names) == again.rows(table, *EXTRACTS[table].names)
    unknown = [row[3] for row in whole.rejects() if row[2] == "rejected"]
    assert unknown == ["unknown role"] == [row[3] for row in again.rejects() if row[2] == "rejected"]


def test_an_extract_appears_whole_or_not_at_all(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    out = extracted(mapped(tmp_path / "in"), duckdb_engine, tmp_path)
    (tmp_path / "again").mkdir()
    with pytest.raises(InputError, match=r"out, --out: this folder is there already\. Give another, or remove it\."):
        extract(tmp_path / "in" / "sources.yaml", out, duckdb_engine, tmp_path / "again", Progress())
    bad = mapped(tmp_path / "bad", rows="REF\n1\n")
    (tmp_path / "work").mkdir()
    with pytest.raises(InputError, match="this column is missing"):
        extract(bad, tmp_path / "none", duckdb_engine, tmp_path / "work", Progress())
    assert not (tmp_path / "none").exists()


def test_a_map_of_one_s_own(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    taken = take(mapped(tmp_path / "in"), duckdb_engine, tmp_path / "work")
    assert taken.rows("records", "record_id", "date", "text") == [
        ("L1", dt.date(2020, 2, 1), "one / two"),
        ("L2", dt.date(2020, 2, 2), "two"),
        ("L3", dt.date(2020, 2, 3), None),
    ]
    assert taken.rows("involvements", "record_id", "nominal_id", "role") == [
        ("L1", "my:P1", "suspect"),
        ("L2", "my:P1", "victim"),
    ]
    assert taken.rejects() == [("nominals", 2, "set aside", "known from an earlier row")]
    assert taken.sources.inputs[0]["table"] == "records, nominals, involvements"


def test_person_links(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    """Ids of a system with its own go by the links as soon as there are any; rows without one are counted."""
    text = "sources: {logs: {map: my.yaml, files: logs.csv}, ours: {files: ours}}"
    path = sources(tmp_path / "in", text, my_yaml=MAP, logs_csv=ROWS.replace("GHOST", "01"))
    (tmp_path / "in" / "ours").mkdir()
    links = "source,native_id,nominal_id\nMY,P1,ann\nmy,P1,bob\nother,P2,ann\n"
    (tmp_path / "in" / "ours" / "person_links.csv").write_text(links)
    taken = take(path, duckdb_engine, tmp_path / "work")
    assert taken.rows("involvements", "record_id", "nominal_id") == [("L1", "ann"), ("L2", "ann")]
    assert taken.rows("nominals", "nominal_id") == [("ann",)]
    assert taken.rejects() == [
        ("involvements", 3, "set aside", "no person link"),
        ("nominals", 2, "set aside", "known from an earlier row"),
        ("nominals", 3, "set aside", "no person link"),
        ("person_links", 2, "rejected", "duplicate key"),
    ]
    assert "my: rows without a person link, set aside: involvements 1, nominals 1." in taken.sources.notes


def test_what_one_system_does_not_know_another_may(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    """Of several systems each detail is that of the first file that knows it; the same through extract."""
    people = MAP.replace("own", "shared").replace(
        "columns: {nominal_id: WHO}", "columns: {nominal_id: WHO, name: NAME, sex: SEX, date_of_birth: BORN}"
    )
    rows = "REF,MADE,A,B,WHO,ROLE,NAME,SEX,BORN\n"
    first = rows + "L1,1/2/2020,,,P1,01,N/K,F,1/1/1990\nL2,1/2/2020,,,P2,01,BO,,\n"
    second = rows + "K1,1/2/2020,,,P1,01,ANN,M,2/2/2008\nK2,1/2/2020,,,P1,01,ANNE,M,\n"
    text = "sources: {a: {map: my.yaml, files: a.csv}, b: {map: my.yaml, files: b.csv}}"
    path = sources(tmp_path, text, my_yaml=people, a_csv=first, b_csv=second)
    taken = take(path, duckdb_engine, tmp_path / "work")
    expected = [("P1", "ANN", "F", dt.date(2008, 2, 2)), ("P2", "BO", None, None)]
    assert taken.rows("nominals", "nominal_id", "name", "sex", "date_of_birth") == expected
    out = pl.read_parquet(extracted(path, duckdb_engine, tmp_path / "again") / "nominals.parquet")
    assert out.sort("nominal_id").select("nominal_id", "name", "sex", "date_of_birth").rows() == expected


def test_shared_ids_need_no_link_unless_their_system_has_some(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    text = "sources: {logs: {map: my.yaml, files: logs.csv}, ours: {files: {person_links: links.csv}}}"
    shared = MAP.replace("own", "shared")
    links = "source,native_id,nominal_id\nother,P2,ann\n"
    path = sources(tmp_path / "in", text, my_yaml=shared, logs_csv=ROWS, links_csv=links)
    assert take(path, duckdb_engine, tmp_path / "a").rows("nominals", "nominal_id") == [("P1",), ("P2",)]
    (tmp_path / "in" / "links.csv").write_text(links + "my,P2,bob\n")
    taken = take(path, duckdb_engine, tmp_path / "b")
    assert taken.rows("nominals", "nominal_id") == [("bob",)]


@pytest.mark.parametrize(
    ("rule", "cells", "made"),
    [
        (Rule(value="x"), {}, ["x", "x", "x"]),
        (Rule(("a",)), {"a": ["1", None, "3"]}, ["1", None, "3"]),
        (Rule(("a", "b"), first=True), {"a": [None, "2", None], "b": ["1", "9", None]}, ["1", "2", None]),
        (Rule(("a", "b"), between=""), {"a": ["x", None, None], "b": ["y", "z", None]}, ["xy", "z", None]),
        (Rule(("a",), has="cl"), {"a": ["ABC;CL", "none", None]}, ["true", "false", None]),
        (Rule(("a",), prefix="p:"), {"a": ["1", None, "2"]}, ["p:1", None, "p:2"]),
        (Rule(("a",), null_values=("N/K",)), {"a": [" n/k", "NK", None]}, [None, "NK", None]),
        (Rule(("a",), codes={"S": "suspect"}), {"a": [" s ", "T ", None]}, ["suspect", "T ", None]),
        (Rule(("a",), optional=True), {}, [None, None, None]),
    ],
)
def test_rules(rule: Rule, cells: dict[str, Sequence[str | None]], made: list[str | None]) -> None:
    given = {name: pl.Series(column, dtype=pl.String) for name, column in cells.items()}
    assert rule.cells(3, given).to_list() == made


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("persons: own", "person: own", r"my\.yaml, person: there is no key 'person' here\. Did you mean persons\?"),
        ("persons: own", "persons: mine", r"my\.yaml, persons: 'mine' isn't allowed\. Give shared or own\."),
        ("%d/%m/%Y", "%d/%Q", r"my\.yaml, dates: '%d/%Q': %Q isn't one of"),
        ("table: records", "table: record", r"my\.yaml, layouts\.logs\.makes\[1\]\.table: there is no table 'record'"),
        (
            "recorded: MADE",
            "recordd: MADE",
            r"columns\.recordd: there is no key 'recordd' here\. Did you mean recorded\?",
        ),
        (
            "source: {value: intelligence}, ",
            "",
            r"makes\[1\]\.columns: source is missing\. Records can't be made without",
        ),
        (
            "{value: intelligence}",
            "{valu: x}",
            r"columns\.source\.valu: there is no key 'valu' here\. Did you mean value",
        ),
        ("{value: intelligence}", "{with: x}", r"columns\.source: it isn't clear where the cells come from"),
        ("[A, B]", "{A: B}", r"columns\.text\.join: \{'A': 'B'\} is no list of texts"),
        ("[GHOST]", "{A: B}", r"unless\.ROLE: \{'A': 'B'\} is no list of texts"),
        (
            "unless: {ROLE: [GHOST]}",
            "repeats: maybe",
            r"makes\[3\]\.repeats: 'maybe' isn't allowed\. Give true or false",
        ),
        ("layouts:", "layouts: [", r"my\.yaml: this is not YAML in line \d+"),
        (MAP, "", r"my\.yaml: the file holds no keys"),
        (MAP, "system: x", r"my\.yaml, layouts: there are no layouts"),
    ],
)
def test_errors_in_a_map(duckdb_engine: DuckDB, tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in MAP
    with pytest.raises(InputError, match=message):
        take(mapped(tmp_path / "in", MAP.replace(old, new, 1)), duckdb_engine, tmp_path / "work")


def test_a_missing_column_is_named_with_file_map_and_what_is_there(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    message = (
        "logs/logs.csv, role: this column is missing, which the map my needs for involvements;"
        " there are: ref, made, a, b, who, roles. Export it, or correct the map (optional: true lets it be missing)."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        take(mapped(tmp_path / "in", rows=ROWS.replace("ROLE", "ROLES")), duckdb_engine, tmp_path / "work")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "sources: {a: {map: nope, files: logs.csv}}",
            r"sources\.a\.map: there is no map 'nope'\. Shipped are compact, crimes",
        ),
        ("source: {}", r"sources\.yaml, source: there is no key 'source' here\. Did you mean sources\?"),
        ("sources: {}", r"sources\.yaml, sources: there are no sources"),
        (
            "sources: {a: {map: my.yaml}}",
            r"sources\.a: it isn't clear where the source lies\. Give either files or database",
        ),
        (
            "sources: {a: {map: my.yaml, file: logs.csv}}",
            r"sources\.a\.file: there is no key 'file' here\. Did you mean files",
        ),
        (
            "sources: {a: {map: my.yaml, files: no.csv}}",
            r"sources\.a\.files\.logs: there is no file no\.csv\. Paths are",
        ),
        ("sources: {a: {map: my.yaml, files: 'x*.csv'}}", r"sources\.a\.files\.logs: there is no file x\*\.csv"),
        ("sources: {a: {map: my.yaml, files: my.yaml}}", r"my\.yaml is no \.csv, \.csv\.gz or \.parquet"),
        (
            "sources: {a: {map: my.yaml, files: {log: logs.csv}}}",
            r"files\.log: there is no key 'log' here\. Did you mean logs",
        ),
        (
            "sources: {a: {map: crimes, files: logs.csv}}",
            r"the map crimes has several layouts: links, people, offences\.",
        ),
        (
            "sources: {a: {map: crimes, files: empty}}",
            r"sources\.a\.files: no file of the map crimes in empty: looked for",
        ),
        ("sources: {a: {files: {nominals: logs.csv}}}", r"sources: no source gives the table records\. Add one\."),
    ],
)
def test_errors_in_a_sources_file(duckdb_engine: DuckDB, tmp_path: Path, text: str, message: str) -> None:
    path = sources(tmp_path / "in", text, my_yaml=MAP, logs_csv=ROWS)
    (tmp_path / "in" / "empty").mkdir()
    with pytest.raises(InputError, match=message):
        take(path, duckdb_engine, tmp_path / "work")


def test_the_examples_of_the_documentation(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "ingest.md").read_text(encoding="utf-8")
    sources_text, map_text = re.findall("```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "custody.yaml").write_text(map_text)
    assert [make.table for make in load_map("custody.yaml", tmp_path).layouts["detentions"].makes] == [
        "records",
        "nominals",
        "involvements",
        "involvements",
    ]
    path = tmp_path / "sources.yaml"
    path.write_text(sources_text.replace("env:COUNTYLINES_IMS_URL", "postgresql://reader@server/ims"))
    for name, origin in {"exports/crimes": "crimes", "compact": "compact"}.items():
        shutil.copytree(GOLDEN / origin / "in", tmp_path / name)
    for name in ("reports", "contacts"):
        (tmp_path / "compact" / f"compact_{name}.csv").replace(tmp_path / "compact" / f"{MISPER.get(name, name)}.csv")
    (tmp_path / "custody").mkdir()
    (tmp_path / "custody" / "2020-01.csv.gz").write_bytes(gzip.compress(b"CUSTODY_REF\n"))
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "person_links.csv").write_text("source,native_id,nominal_id\n")
    parts, _ = source_parts(path)
    assert [part.name for part in parts] == [
        "crimes/crimes_nominal_links.csv",
        "crimes/crimes_nominals.csv",
        "crimes/crimes_offences_2022.csv",
        "custody/2020-01.csv.gz",
        "missing/misper_reports.csv",
        "missing/contacts.csv",
        "intelligence/logs",
        "intelligence/people",
        "force/person_links.csv",
    ]


def test_a_glob_and_a_folder_of_files(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    header, *lines = ROWS.splitlines()
    folder = tmp_path / "in" / "exports"
    folder.mkdir(parents=True)
    for i, line in enumerate(lines):
        (folder / f"logs-{i}.csv").write_text(f"{header}\n{line}\n")
    for place in ("exports", "exports/logs-*.csv", str(folder / "*.csv")):
        path = sources(tmp_path / "in", f"sources: {{logs: {{map: my.yaml, files: '{place}'}}}}", my_yaml=MAP)
        taken = take(path, duckdb_engine, tmp_path / "work" / place.strip("/*").replace("*", "x"))
        assert [row[0] for row in taken.rows("records", "record_id")] == ["L1", "L2", "L3"]
        assert [entry["name"] for entry in taken.sources.inputs] == [f"logs/logs-{i}.csv" for i in range(3)]
