"""Real databases: SQLite and PostgreSQL, by ADBC and by SQLAlchemy, give what the files give."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from countylines.engine import DuckDB
from countylines.errors import InputError
from tests.ingest.extracts import take

MAP = """
layouts:
  logs:
    makes:
      - table: records
        columns:
          {record_id: REF, source: {value: crime}, recorded: MADE, text: TEXT, proactive: {from: OURS, optional: true}}
  people:
    makes:
      - table: nominals
        columns: {nominal_id: ID, date_of_birth: BORN}
      - table: involvements
        columns: {record_id: REF, nominal_id: ID, role: ROLE}
"""
SOURCES = """
sources:
  crimes:
    map: my.yaml
    database: {database}
    driver: {driver}
    table: {{logs: logs}}
    query: {{people: "SELECT * FROM people WHERE role <> 'ghost';"}}
"""
LOGS = [  # ref, made, text, ours: the first ref comes twice, and the one that sorts first by content wins
    (1, "2020-01-02 10:00:00", "zebra", 1),
    (1, "2020-01-02 10:00:00", "ant", 1),
    (2, "2020-03-04 00:00:00", "line\nbreak \u20ac", 0),
    (3, "2020-03-05 23:30:00", None, None),
]
PEOPLE = [(1, 7, "2001-05-06", "suspect"), (2, 8, None, "victim"), (3, 8, None, "bystander"), (3, 8, None, "ghost")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "my.yaml").write_text(MAP)
    return tmp_path / "in"


def sources(folder: Path, database: str, driver: str = "adbc") -> Path:
    path = folder / "sources.yaml"
    path.write_text(SOURCES.format(database=database, driver=driver))
    return path


def sqlite(path: Path, logs: list[tuple[object, ...]] = LOGS) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE logs (ref, made, text, ours)")
        connection.execute("CREATE TABLE people (ref, id, born, role)")
        connection.executemany("INSERT INTO logs VALUES (?, ?, ?, ?)", logs)
        connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", PEOPLE)
    connection.close()
    return path


@pytest.fixture
def postgres(postgresql: str) -> Iterator[str]:
    """A database with types of its own, and the URL of it."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE TYPE part AS ENUM ('suspect', 'victim', 'bystander', 'ghost')")
        connection.execute("CREATE TABLE logs (ref numeric, made timestamptz, text varchar, ours boolean)")
        connection.execute("CREATE TABLE people (ref integer, id bigint, born date, role part)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO logs VALUES (%s, %s::timestamp AT TIME ZONE 'UTC', %s, %s::int::boolean)", LOGS
            )
            cursor.executemany("INSERT INTO people VALUES (%s, %s, %s::date, %s::part)", PEOPLE)
    yield postgresql
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("DROP TABLE logs, people")
        connection.execute("DROP TYPE part")


def check_taken(path: Path, duckdb_engine: DuckDB, work: Path) -> str:
    """What both databases hold, by either driver; the hash of the logs."""
    taken = take(path, duckdb_engine, work)
    assert taken.rows("records", "record_id", "recorded", "text", "proactive") == [
        ("1", dt.datetime(2020, 1, 2, 10), "ant", True),
        ("2", dt.datetime(2020, 3, 4), "line\nbreak \u20ac", False),
        ("3", dt.datetime(2020, 3, 5, 23, 30), None, None),
    ]
    assert taken.rows("nominals", "nominal_id", "date_of_birth") == [("7", dt.date(2001, 5, 6)), ("8", None)]
    assert taken.rows("involvements", "record_id", "nominal_id", "role") == [
        ("1", "7", "suspect"),
        ("2", "8", "victim"),
    ]
    assert taken.rejects() == [
        ("involvements", None, "rejected", "unknown role"),
        ("nominals", None, "set aside", "known from an earlier row"),
        ("records", None, "rejected", "duplicate key"),
    ]
    assert [entry["name"] for entry in taken.sources.inputs] == ["crimes/logs", "crimes/people"]
    assert [entry["rows"] for entry in taken.sources.inputs] == [4, 3]
    return str(taken.sources.inputs[0]["sha256"])


@pytest.mark.parametrize("driver", ["adbc", "sqlalchemy"])
def test_sqlite(
    duckdb_engine: DuckDB, folder: Path, tmp_path: Path, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTYLINES_TEST_URL", f"sqlite:///{sqlite(tmp_path / 'logs.db')}")
    check_taken(sources(folder, "env:COUNTYLINES_TEST_URL", driver), duckdb_engine, tmp_path / "work")


@pytest.mark.parametrize("driver", ["adbc", "sqlalchemy"])
def test_postgresql(
    duckdb_engine: DuckDB,
    folder: Path,
    tmp_path: Path,
    postgres: str,
    driver: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COUNTYLINES_TEST_URL", postgres)
    check_taken(sources(folder, "env:COUNTYLINES_TEST_URL", driver), duckdb_engine, tmp_path / "work")


@pytest.mark.parametrize("driver", ["adbc", "sqlalchemy"])
def test_nothing_is_ever_written(
    duckdb_engine: DuckDB, folder: Path, tmp_path: Path, postgres: str, driver: str
) -> None:
    path = sources(folder, postgres, driver)
    deletes = "WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone"
    path.write_text(path.read_text().replace("SELECT * FROM people WHERE role <> 'ghost';", deletes))
    with pytest.raises(InputError, match=r"in a read-only transaction|DECLARE CURSOR must not contain data-modifying"):
        take(path, duckdb_engine, tmp_path / "work")
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (4,)


def test_a_database_beside_the_sources_file(duckdb_engine: DuckDB, folder: Path, tmp_path: Path) -> None:
    sqlite(folder / "logs.db")
    check_taken(sources(folder, "sqlite:///logs.db"), duckdb_engine, tmp_path / "work")


def test_neither_hash_nor_winner_depends_on_the_order_of_rows(
    duckdb_engine: DuckDB, folder: Path, tmp_path: Path
) -> None:
    hashes = []
    for name, logs in {"a": LOGS, "b": LOGS[::-1], "c": [*LOGS[:3], (3, "2020-03-05 23:30:00", None, "")]}.items():
        sqlite(folder / f"{name}.db", logs)
        hashes.append(check_taken(sources(folder, f"sqlite:///{name}.db"), duckdb_engine, tmp_path / name))
    assert hashes[0] == hashes[1]
    sqlite(folder / "d.db", [(1, "2020-01-02 10:00:00", "zebra", 1), *LOGS])
    taken = take(sources(folder, "sqlite:///d.db"), duckdb_engine, tmp_path / "d")
    assert taken.sources.inputs[0]["sha256"] not in hashes


@pytest.mark.parametrize(
    ("database", "message"),
    [
        (
            "env:COUNTYLINES_NOT_SET",
            r"sources\.crimes\.database: the environment variable COUNTYLINES_NOT_SET is not set",
        ),
        (
            "postgresql://ann:secret@localhost/x",
            r"a password stands in this file\. Put the URL into an environment var",
        ),
        ("logs.db", r"sources\.crimes\.database: this is no database URL\. Give env:NAME or sqlite:///file\.db"),
        ("sqlite:///no.db", r"there is no such SQLite file\. Check the database's URL\."),
        ("oracle://localhost/x", r"no ADBC driver for oracle comes with the program\. Set driver: sqlalchemy\."),
        ("sqlite:///empty.db", r"crimes/logs: the database can't be read: .*no such table: logs"),
    ],
)
def test_what_can_be_wrong(duckdb_engine: DuckDB, folder: Path, tmp_path: Path, database: str, message: str) -> None:
    sqlite3.connect(folder / "empty.db").close()
    (folder / "empty.db").touch()
    with pytest.raises(InputError, match=message):
        take(sources(folder, database), duckdb_engine, tmp_path / "work")


@pytest.mark.parametrize("driver", ["adbc", "sqlalchemy"])
def test_an_unreachable_database_shows_no_secret(
    duckdb_engine: DuckDB, folder: Path, tmp_path: Path, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTYLINES_TEST_URL", f"postgresql://ann:hush-hush@/x?host={tmp_path}")
    with pytest.raises(InputError, match=r"crimes/logs: the database can't be read") as caught:
        take(sources(folder, "env:COUNTYLINES_TEST_URL", driver), duckdb_engine, tmp_path / "work")
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "driver: adbc",
            "driver: odbc",
            r"sources\.crimes\.driver: there is no driver 'odbc'\. Give adbc or sqlalchemy\.",
        ),
        (
            "table: {logs: logs}",
            "tables: {logs: logs}",
            r"crimes\.tables: there is no key 'tables' here\. Did you mean table",
        ),
        (
            "{logs: logs}",
            "logs",
            r"crimes\.table: the map my has several layouts: logs, people\. Name them, as logs: logs",
        ),
        ("{logs: logs}", "{log: logs}", r"crimes\.table\.log: there is no key 'log' here\. Did you mean logs\?"),
    ],
)
def test_errors_in_the_sources_file(
    duckdb_engine: DuckDB, folder: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = sources(folder, "sqlite:///x.db")
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=message):
        take(path, duckdb_engine, tmp_path / "work")
