"""Both databases for the tests of the state, empty and of one's own, and a clock that stands still."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from countylines.govern import passwords
from countylines.govern.accounts import Account, create_account
from countylines.govern.state import State, open_state

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
GOOD = "plum kettle harbour"
_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Real hashes with little work in them: many are made here. test_passwords looks at the program's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=256, parallelism=1))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The test runs twice, on an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    url: str = request.getfixturevalue("postgresql_states")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture(scope="session")
def postgresql_states(postgresql: str) -> str:
    """One database for all of these tests, emptied before each: making one takes a second."""
    return new_database(postgresql)


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    """The state on either database, up to date."""
    opened = open_state(state_url)
    yield opened
    opened.close()


@pytest.fixture
def laptop_state(tmp_path: Path) -> Iterator[State]:
    """The state on SQLite, for tests in which the database doesn't matter."""
    opened = open_state(f"sqlite:///{tmp_path}/laptop.db")
    yield opened
    opened.close()


@pytest.fixture
def now() -> dt.datetime:
    """A moment on a Sunday morning."""
    return NOW


@pytest.fixture
def marrow(laptop_state: State, now: dt.datetime) -> Account:
    """An analyst of two areas, in ``laptop_state``."""
    return create_account(
        laptop_state, "A.Marrow", "A. Marrow", GOOD, ["analyst"], now=now, areas=("Aldbridge", "Stonehythe")
    )


def new_database(server: str) -> str:
    """The URL of a new, empty database on a PostgreSQL server."""
    name = f"state_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # a name of our own
    return server.replace("/postgres?", f"/{name}?")
