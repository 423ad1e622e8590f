"""The reading index of a run: its large tables in one SQLite file, so that pages take milliseconds.

It holds nothing that the run doesn't hold and can be deleted at any time (docs/decisions/0005). Words of records are
indexed for search by phrase; names by runs of three letters, so that a misspelt name still finds its person.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from countylines.errors import InputError
from countylines.rank.ages import ADULT, younger_than
from countylines.runs import Run
from countylines.web.persons import Card, card_of

Row = dict[str, Any]
log = logging.getLogger(__name__)

BATCH = 50_000
MAPPED = 2**40  # bytes of the file that are read as memory: all that SQLite allows
WARMED, CHUNK = 8 * 2**30, 2**22  # bytes that warm() reads at most, and at once
AGAIN = 10.0  # seconds after which an index that could not be made is tried again
AT_ONCE = 900  # ids in one query: SQLite takes 32,766 parameters at most, older ones 999
RECORDS = ("record_id", "source", "occurred", "recorded", "text", "offence_code", "cjs_code", "urn", "outcome_code",
           "proactive", "area", "grading", "restricted", "marker", "score")  # fmt: skip
PEOPLE = ("nominal_id", "name", "aliases", "date_of_birth", "age", "sex", "looked_after", "home_authority",
          "responsible_authority", "is_child", "believed_exploited", "protected", "held", "kept", "rankable",
          "group_id", "soc", "episodes")  # fmt: skip
TABLES: dict[str, Sequence[str]] = {
    "records": RECORDS,
    "people": PEOPLE,
    "involvements": ["nominal_id", "record_id", "role"],
    "hits": ["record_id", "group", "term", "start", "end", "excepted_by"],
    "connections": ["nominal_id", "other", "c", "groups", "record_ids"],
    "numbers": ["record_id", "number", "start", "end"],
}
INDEXES = (
    "CREATE UNIQUE INDEX record ON records(record_id)",
    "CREATE UNIQUE INDEX person ON people(nominal_id)",
    "CREATE INDEX person_group ON people(group_id)",
    "CREATE INDEX person_born ON people(date_of_birth)",
    "CREATE INDEX record_urn ON records(urn) WHERE urn IS NOT NULL",
    "CREATE INDEX of_person ON involvements(nominal_id, record_id, role)",
    "CREATE INDEX of_record ON involvements(record_id)",
    "CREATE INDEX hit_of_record ON hits(record_id)",
    "CREATE INDEX connection_of ON connections(nominal_id)",
    "CREATE INDEX number_of_record ON numbers(record_id)",
    "CREATE INDEX by_number ON numbers(number)",
    "CREATE VIRTUAL TABLE words USING fts5(text, content='records', content_rowid='rowid', tokenize='unicode61')",
    "INSERT INTO words(words) VALUES ('rebuild')",
    "CREATE VIRTUAL TABLE names USING fts5(name, aliases, content='people', content_rowid='rowid', tokenize='trigram')",
    "INSERT INTO names(names) VALUES ('rebuild')",
)


class NotReady(Exception):
    """The index is being made; the page can be asked for again in a moment."""


@dataclass(eq=False)
class Index:
    """The index of one run: made in the background at first need, then read by any number of threads.

    Attributes:
        run: the finished run.
        path: the index's file.
    """

    run: Run
    path: Path
    _local: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: threading.Thread | None = None
    _fault: InputError | None = None
    _failed: float = 0.0  # when, by the monotonic clock

    @property
    def ready(self) -> bool:
        """Whether it can be read."""
        return self.path.is_file()

    def prepare(self, wait: bool = False) -> None:
        """Make the index in the background if it isn't there.

        Once that failed, each page says why; a while later it is tried again, and they say it until that is done.

        Args:
            wait: until it is made.

        Raises:
            InputError: it can't be made: the run isn't whole, or there is no room.
        """
        with self._lock:
            waits = self._fault is not None and time.monotonic() - self._failed < AGAIN
            if not self.ready and self._making is None and not waits:
                self._making = threading.Thread(target=self._make, name=f"index {self.path.stem}", daemon=True)
                self._making.start()
            making = self._making
        if making and wait:
            making.join()
        if fault := self._fault:
            raise fault

    def warm(self) -> None:
        """Read the file once, so that the first pages of the day don't wait for the disk."""
        left = WARMED
        with self.path.open("rb", buffering=0) as file:
            while left > 0 and (part := file.read(CHUNK)):
                left -= len(part)

    def query(self, sql: str, *parameters: Any) -> list[Row]:
        """The rows that a query gives.

        Raises:
            NotReady: the index is being made.
            InputError: it can't be made.
        """
        if not self.ready:
            self.prepare()
            raise NotReady
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            connection.row_factory = sqlite3.Row
            connection.execute(f"PRAGMA mmap_size = {MAPPED}")
            self._local.connection = connection
        return [dict(row) for row in connection.execute(sql, parameters)]

    def among(self, sql: str, ids: Iterable[Any], *parameters: Any) -> list[Row]:
        """A query with ``{ids}`` where a list of ids belongs, asked for so many at once that SQLite can take them."""
        found: list[Row] = []
        for some in _batches(sorted(set(ids)), AT_ONCE):
            marks = ", ".join("?" * len(some))
            found += self.query(sql.replace("{ids}", marks), *some, *parameters)
        return found

    def cards(self, ids: Iterable[str]) -> dict[str, Card]:
        """Everybody by id; ids that nobody has are left out."""
        rows = self.among("SELECT * FROM people WHERE nominal_id IN ({ids})", ids)
        return {row["nominal_id"]: card_of(row) for row in rows}

    def _make(self) -> None:
        fault: InputError | None = _told(RuntimeError(), self.run.folder.name)
        partial = self.path.with_suffix(".partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.path.with_suffix(".lock"), mode=0o600):  # another server may be at it
                if not self.ready:
                    self._write(partial)
            fault = None
        except Exception as error:  # of whatever kind: else it would be said to be under way for ever
            unknown = not isinstance(error, (InputError, OSError, sqlite3.Error, pl.exceptions.PolarsError))
            log.warning("the reading index of %s could not be made: %s", self.run.folder.name, error, exc_info=unknown)
            partial.unlink(missing_ok=True)
            fault = _told(error, self.run.folder.name)
        finally:
            with self._lock:
                self._fault, self._failed, self._making = fault, time.monotonic(), None

    def _write(self, partial: Path) -> None:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as connection:
            partial.chmod(0o600)  # names and texts: for the server's own user only
            _fill(connection, self.run)
        partial.rename(self.path)


def _told(error: Exception, run: str) -> InputError:
    """Why a run can't be prepared, and what to do, in words for everybody."""
    if isinstance(error, InputError):
        what, do = error.what, error.do
    elif isinstance(error, OSError):
        what, do = error.strerror or "the disk failed", "ask whoever keeps the server: is there room on the disk?"
    elif isinstance(error, sqlite3.Error):
        what, do = str(error), "ask whoever keeps the server: is there room on the disk?"
    else:
        what, do = "one of its files is damaged", "copy the run here again, or choose another run"
    return InputError(f"this run can't be prepared for reading: {what}", do, file=run)


def _fill(connection: sqlite3.Connection, run: Run) -> None:
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    frames = {
        "records": _records(run),
        "people": people(run),
        "involvements": run.table("sources/involvements"),
        "hits": run.table("hits"),
        "connections": run.table("connections").with_columns(pl.col("groups", "record_ids").pipe(_as_json)),
        "numbers": run.table("numbers"),
    }
    for name, frame in frames.items():
        columns = TABLES[name]
        connection.execute(f"CREATE TABLE {name} ({', '.join(_quoted(column) for column in columns)})")
        insert = f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})"
        for batch in frame.select(columns).with_columns(_plain(frame, columns)).collect().iter_slices(BATCH):
            connection.executemany(insert, batch.iter_rows())
    for statement in INDEXES:
        connection.execute(statement)
    connection.execute("ANALYZE")
    connection.commit()


def _records(run: Run) -> pl.LazyFrame:
    scores = run.table("record_scores").select("record_id", "score")
    return run.table("sources/records").join(scores, on="record_id", how="left", maintain_order="left")


def people(run: Run) -> pl.LazyFrame:
    """Everybody of the extracts with what cards need; who isn't kept is protected by the same rule (METHOD 1)."""
    as_of = dt.date.fromisoformat(run.manifest["as_of"])
    unknown_protected = run.manifest["settings"]["ingest"]["unknown_age"] == "protect"
    born = pl.col("date_of_birth").cast(pl.Date)
    kept = run.table("nominals").select(
        "nominal_id", "group_id", "held", "rankable", kept_protected="protected", kept=pl.lit(True)
    )
    victims = run.table("sources/known_victims").select("nominal_id", believed_exploited=pl.lit(True)).unique()
    soc = (
        run.table("sources/reference_groups")
        .group_by("nominal_id")
        .agg(soc=pl.col("group_id").unique().sort())
        .with_columns(soc=_as_json(pl.col("soc")))
    )
    episodes = run.table("sources/episodes").group_by("nominal_id").agg(episodes=pl.len())
    frame = run.table("sources/nominals")
    for more in (kept, victims, soc, episodes):
        frame = frame.join(more, on="nominal_id", how="left", maintain_order="left")
    child = younger_than(born, ADULT, as_of)
    exploited = pl.col("believed_exploited").fill_null(False)
    protected = exploited | child.fill_null(unknown_protected)
    return frame.with_columns(
        is_child=child,
        believed_exploited=exploited,
        protected=pl.col("kept_protected").fill_null(protected),
        held=_as_json(pl.col("held").fill_null([])),
        kept=pl.col("kept").fill_null(False),
        rankable=pl.col("rankable").fill_null(False),
        age=_age(born, as_of),
        aliases=_as_json(pl.col("aliases").fill_null("").str.split(";").list.eval(pl.element().str.strip_chars())),
    )


def _age(born: pl.Expr, as_of: dt.date) -> pl.Expr:
    before = (born.dt.month() * 100 + born.dt.day()) > as_of.month * 100 + as_of.day
    return pl.lit(as_of.year) - born.dt.year() - before.cast(pl.Int32)


def _as_json(column: pl.Expr) -> pl.Expr:
    def encoded(values: Any) -> str:
        return json.dumps([value for value in values if value], ensure_ascii=False)

    return column.map_elements(encoded, return_dtype=pl.String)


def _plain(frame: pl.LazyFrame, columns: Sequence[str]) -> list[pl.Expr]:
    """Dates and times as ISO texts, flags as 0 and 1."""
    made = []
    for name, kind in frame.select(columns).collect_schema().items():
        if kind == pl.Date:
            made.append(pl.col(name).dt.strftime("%Y-%m-%d"))
        elif isinstance(kind, pl.Datetime):
            made.append(pl.col(name).dt.strftime("%Y-%m-%d %H:%M"))
        elif kind == pl.Boolean:
            made.append(pl.col(name).cast(pl.Int64))
    return made


def _quoted(column: str) -> str:
    return f'"{column}"'


def _batches(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]
