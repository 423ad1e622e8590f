"""Tables and queries of a database, read as Arrow batches: by ADBC, or by SQLAlchemy where there is no such driver.

Rows of a database have no order and no number; the hash of its content doesn't depend on the order either.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pyarrow as pa

from countylines.errors import InputError
from countylines.ingest.cells import texts
from countylines.ingest.files import Batch, plain
from countylines.ingest.read import as_json

ROWS = 1 << 14
DRIVERS = ("adbc", "sqlalchemy")
READ_ONLY = "SET TRANSACTION READ ONLY"  # whatever the query says


@dataclass
class Query:
    """One table or query of a source.

    Attributes:
        source: the source's name, for errors.
        url: the database, as sqlite:///file.db or postgresql://user@host/name; it holds the secret, so it isn't shown.
        sql: what to read.
        driver: adbc or sqlalchemy.
    """

    source: str
    url: str = field(repr=False)
    sql: str
    driver: str = "adbc"
    _hash: int = 0

    def batches(self) -> Iterator[Batch]:
        """The rows, as they come.

        Raises:
            InputError: the database can't be reached, or refuses the query.
        """
        self._hash = 0
        try:
            rows = _adbc(self.url, self.sql) if self.driver == "adbc" else _sqlalchemy(self.url, self.sql)
            for batch in rows:
                named = batch.rename_columns([plain(name) for name in batch.schema.names])
                self._hash = (self._hash + content(named)) % (1 << 256)
                yield Batch(named, None)
        except InputError:
            raise
        except ImportError as error:
            said = f"reading databases needs {error.name}, which isn't installed"
            raise InputError(said, "install countylines[database]", file=self.source) from error
        except Exception as error:  # every driver has its own; none of them may end in a traceback with the URL in it
            said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(
                f"the database can't be read: {self._without_secrets(said)}",
                "check the URL in the environment, the network, and the table or query",
                file=self.source,
            ) from None

    def facts(self) -> dict[str, Any]:
        """The hash of the content: the sum of the rows' SHA-256, which is the same in any order."""
        return {"sha256": f"{self._hash:064x}"}

    def _without_secrets(self, said: str) -> str:
        password = urlsplit(self.url).password
        said = said.replace(self.url, "the URL")
        return said.replace(password, "***") if password else said


def content(batch: pa.RecordBatch) -> int:
    """The sum of the SHA-256 of the rows, as JSON."""
    columns = {name: pl.from_arrow(texts(batch.column(name))) for name in batch.schema.names}
    rows = as_json(pl.DataFrame(columns)).to_list()
    return sum(int.from_bytes(hashlib.sha256(row.encode()).digest(), "big") for row in rows)


def secret(written: str, file: str, place: str) -> str:
    """The URL that ``env:NAME`` stands for; a URL itself only when it holds no password.

    Raises:
        InputError: there is no such variable, or a password stands in the file.
    """
    if written.startswith("env:"):
        name = written.removeprefix("env:")
        if not os.environ.get(name):
            said = f"the environment variable {name} is not set"
            raise InputError(said, "set it to the database's URL", file=file, field=place)
        return os.environ[name]
    if urlsplit(written).password:
        advice = "put the URL into an environment variable and write env:NAME"
        raise InputError("a password stands in this file", advice, file=file, field=place)
    if "://" not in written:
        raise InputError("this is no database URL", "give env:NAME or sqlite:///file.db", file=file, field=place)
    return written


def select(table: str) -> str:
    """The query that reads a whole table.

    Example:
        >>> select('crime.v_people')
        'SELECT * FROM "crime"."v_people"'
    """
    return "SELECT * FROM " + ".".join('"' + part.replace('"', '""') + '"' for part in table.split("."))


def _adbc(url: str, sql: str) -> Iterator[pa.RecordBatch]:
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        yield from _adbc_sqlite(sqlite_file(url), sql)
    elif scheme in ("postgresql", "postgres"):
        from adbc_driver_postgresql import dbapi

        with closing(dbapi.connect(url)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(READ_ONLY)
            cursor.execute(sql)
            yield from cursor.fetch_record_batch()
    else:
        said = f"no ADBC driver for {scheme} comes with the program"
        raise InputError(said, "set driver: sqlalchemy", field="driver")


def _adbc_sqlite(path: Path, sql: str) -> Iterator[pa.RecordBatch]:
    """SQLite has no types, and the driver guesses them from the first rows: all is read as text."""
    from adbc_driver_sqlite import dbapi

    inner = sql.strip().rstrip(";")
    with closing(dbapi.connect(f"file:{path}?mode=ro")) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT * FROM ({inner}) LIMIT 0")
        names = ['"' + column[0].replace('"', '""') + '"' for column in cursor.description or ()]
        cursor.execute(f"SELECT {', '.join(f'CAST({name} AS TEXT) AS {name}' for name in names)} FROM ({inner})")
        yield from cursor.fetch_record_batch()


def sqlite_file(url: str) -> Path:
    """The file of a SQLite URL.

    Raises:
        InputError: there is no such file; SQLite would make an empty one.

    Example:
        >>> sqlite_file("sqlite:///no/such.db")
        Traceback (most recent call last):
        countylines.errors.InputError: there is no such SQLite file. Check the database's URL.
    """
    path = Path(url.removeprefix("sqlite:///"))
    if not path.is_file():
        raise InputError("there is no such SQLite file", "check the database's URL")
    return path


def _sqlalchemy(url: str, sql: str) -> Iterator[pa.RecordBatch]:
    import sqlalchemy

    if url.startswith("sqlite:"):
        url = f"sqlite:///file:{sqlite_file(url)}?mode=ro&uri=true"
    scheme, rest = url.split("://", 1)
    scheme = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}.get(scheme, scheme)
    engine = sqlalchemy.create_engine(f"{scheme}://{rest}")
    try:
        read_only = {"postgresql_readonly": True} if scheme.startswith("postgresql") else {}
        with engine.connect().execution_options(yield_per=ROWS, **read_only) as connection:
            result = connection.exec_driver_sql(sql)
            names = list(result.keys())
            empty = True
            for rows in result.partitions():
                empty = False
                yield _batch(names, rows)
            if empty:
                yield _batch(names, [])
    finally:
        engine.dispose()


def _batch(names: list[str], rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.RecordBatch.from_arrays([_array(list(column)) for column in columns], names=names)


def _array(values: list[Any]) -> pa.Array:
    """Values of one Python type as Arrow's; mixed ones as text."""
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array
