"""The state's database: opened, brought up to date, and handed out one transaction at a time.

SQLite for a laptop, PostgreSQL for a force; the same tables and the same answers on both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from countylines.errors import InputError
from countylines.govern import migrations

WAIT = 10  # seconds that one writer waits for another
LOCK = 0x636C5F7374617465  # "cl_state": PostgreSQL's advisory locks are numbers
PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers and one writer don't wait for each other
    "PRAGMA synchronous = FULL",  # a log that a power cut can shorten is no log
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {WAIT * 1000}",
)


@dataclass(frozen=True)
class State:
    """The open state; ``name`` says which, without any password.

    ``turn`` is for SQLite's writers in this process: without it they sleep and try again, and the unlucky wait seconds.
    """

    engine: Engine
    name: str
    turn: Lock | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: kept when the block ends well, undone when it raises.

        SQLite lets one in at a time, so keep slow things (hashing a password, reading a run) outside.
        """
        mine = self.turn is not None and self.turn.acquire(timeout=WAIT)  # in vain: SQLite says so
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            if self.turn is not None and mine:
                self.turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one moment throughout."""
        level = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        options = {"read_only": True, "postgresql_readonly": True, **level}
        with self.engine.connect().execution_options(**options) as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_state(url: str) -> State:
    """Open the state and bring its tables up to date; servers that start at once take turns.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://user@host/name``.

    Raises:
        InputError: it can't be opened, is newer than this program, or can't be brought up to date.
    """
    upgrade(url)
    return _open(_parsed(url))


def open_existing(url: str) -> State:
    """Open a state that is there, for those who only read: nothing is made, and no table brought up to date.

    Raises:
        InputError: there is none yet, it can't be opened, or its tables aren't those of this program.
    """
    now = revision_there(url)
    state = _open(_parsed(url), make=False)
    if now != migrations.NEWEST:
        state.close()
        advice = "countylines state upgrade brings an older state up to date; a newer one needs the newer program"
        raise InputError(
            f"its tables are at {now}, and this program reads {migrations.NEWEST}", advice, file=state.name
        )
    return state


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the tables up to a revision, by default the newest.

    Raises:
        InputError: as :func:`open_state`, or there is no such revision; then nothing is made.
    """
    if revision != "head":
        migrations.check_revision(revision)
    _migrate(url, lambda connection: migrations.upgrade(connection, revision))


def downgrade(url: str, revision: str) -> None:
    """Take the tables back to an earlier revision, ``base`` for none; what only the later ones hold is lost.

    Raises:
        InputError: as :func:`open_state`, or there is no such revision.
    """
    migrations.check_revision(revision)
    _migrate(url, lambda connection: migrations.downgrade(connection, revision))


def revision(url: str) -> str:
    """The revision that the tables are at; empty = no tables yet, and none are made by asking.

    Raises:
        InputError: it can't be opened.
    """
    try:
        state = _open(_parsed(url), make=False)
    except FileNotFoundError:
        return ""
    try:
        with state.engine.connect() as connection:
            return migrations.current(connection)
    except DBAPIError as error:
        raise _cannot(error, state.name) from None
    finally:
        state.close()


def revision_there(url: str) -> str:
    """The revision of a state that is there.

    Raises:
        InputError: there is none yet, or it can't be opened.
    """
    if now := revision(url):
        return now
    advice = "give the folder of the dashboard's runs, or --state; countylines accounts add begins a state"
    raise InputError("there is no state here yet", advice, file=_parsed(url).render_as_string(hide_password=True))


def _migrate(url: str, step: Callable[[Connection], None]) -> None:
    parsed = _parsed(url)
    state = _open(parsed)
    try:
        with _alone(parsed, state):
            step_in_one_transaction(state, step)
    except DBAPIError as error:
        raise _cannot(error, state.name) from None
    finally:
        state.close()


def step_in_one_transaction(state: State, step: Callable[[Connection], None]) -> None:
    """Run a migration whole or not at all; of servers on one PostgreSQL only one at a time.

    Raises:
        InputError: the migration failed; nothing was changed.
    """
    with state.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        try:
            step(connection)
        except DBAPIError as error:
            said = f"its tables can't be brought up to date: {_first_line(error)}"
            raise InputError(said, "nothing was changed; ask whoever keeps the database", file=state.name) from None


@contextmanager
def _alone(url: URL, state: State) -> Iterator[None]:
    """Keep other servers on the same SQLite file out; PostgreSQL has its own lock."""
    if url.get_backend_name() == "postgresql":
        yield
        return
    try:
        with FileLock(f"{url.database}.lock", timeout=6 * WAIT, mode=0o600):
            yield
    except Timeout:
        raise InputError("another program is bringing it up to date", "try again later", file=state.name) from None


def _parsed(url: str) -> URL:
    """The URL with our driver in it.

    Raises:
        InputError: it is no URL of a database that can hold the state.
    """
    advice = "give sqlite:///PATH or postgresql://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("the state's address is no database URL", advice) from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise InputError(f"the state can't be kept in {parsed.drivername}", advice)
    if parsed.database in (None, "", ":memory:"):
        raise InputError("the state needs a file, or nothing would be kept", advice)
    return parsed.set(drivername="sqlite+pysqlite")


def _open(url: URL, make: bool = True) -> State:
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "postgresql":
        options = {"connect_timeout": WAIT, "application_name": "countylines"}
        engine = create_engine(url, connect_args=options, pool_pre_ping=True, pool_size=10, hide_parameters=True)
        return State(engine, name)
    _own_file(Path(str(url.database)), name, make)
    engine = create_engine(url, connect_args={"timeout": WAIT}, pool_size=10, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return State(engine, name, Lock())


def _own_file(path: Path, name: str, make: bool) -> None:
    """Make the file if it isn't there, readable by its owner only: it holds people's names and the log.

    Raises:
        FileNotFoundError: it isn't there and isn't to be made.
        InputError: it can't be opened.
    """
    try:
        os.close(os.open(path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600))
    except OSError as error:
        if not make and isinstance(error, FileNotFoundError):
            raise
        said = f"the state can't be opened: {error.strerror}"
        raise InputError(said, "check the path, and that its folder is there and may be written", file=name) from None


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own begin comes too late; ours is below
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the writer's place at once: a reader that turns writer later may be refused without waiting."""
    reads = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _cannot(error: DBAPIError, name: str) -> InputError:
    advice = "check the address, that the database runs, and the name and password for it"
    return InputError(f"the state can't be opened: {_first_line(error)}", advice, file=name)


def _first_line(error: DBAPIError) -> str:
    """What the database said, without statement and values."""
    said = str(error.orig).strip().splitlines()
    return said[0] if said else type(error).__name__
