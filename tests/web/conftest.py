"""A dashboard on a real run of a small invented force, with an account of each role."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from filelock import FileLock
from starlette.testclient import TestClient

from countylines.engine import DuckDB
from countylines.govern import accounts, people, sessions
from countylines.govern.state import open_state
from countylines.pipeline import run as pipeline
from countylines.settings import Settings
from countylines.synthetic import synth
from countylines.web.access import COOKIE
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.index import Index
from countylines.web.reader import Reader
from countylines.web.serve import open_house

if TYPE_CHECKING:
    from tests.web.every import World

RUN = "run-2026"
PASSWORD = "westmarch-lapwing-seven"
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
Browse = Callable[..., TestClient]
Rewrite = Callable[[Callable[[sqlite3.Connection], None]], Reader]


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one finished run, made once for all processes of the tests."""
    if made := os.environ.get("COUNTYLINES_TEST_RUNS"):  # of an earlier test, while at work
        return Path(made)
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "dashboard"
    with FileLock(f"{shared}.lock"):
        if not (shared / RUN / "manifest.json").exists():
            synth(shared.with_name("dashboard-force"), 30_000, 1, "parquet")
            engine = DuckDB(threads=2)
            pipeline(shared.with_name("dashboard-force"), shared / RUN, Settings(), engine)
            engine.close()
    return shared


@dataclasses.dataclass
class Clock:
    """A clock that a test may move."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **more: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**more)


@pytest.fixture(scope="module")
def here(runs: Path, accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A dashboard of the file's own, with some of everybody's work in it; tests.conftest keeps such a file together."""
    from tests.web.every import world  # it builds on this file

    with world(runs, accounts_made, tmp_path_factory.mktemp("here")) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    """The clock of the house."""
    return Clock()


@pytest.fixture(scope="session")
def accounts_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with one account of each role, named as the role; hashing passwords is slow on purpose."""
    path = tmp_path_factory.mktemp("state") / "state.sqlite"
    state = open_state(f"sqlite:///{path}")
    for role in people.ROLES:
        accounts.create_account(state, role, f"{role} person", PASSWORD, roles=[role], now=NOW)
    state.close()
    return path


@pytest.fixture
def house(runs: Path, accounts_made: Path, tmp_path: Path, clock: Clock) -> Iterator[House]:
    """A dashboard with one account of each role, named as the role, and its index made."""
    shutil.copyfile(accounts_made, tmp_path / "state.sqlite")
    made = open_house(
        runs, f"sqlite:///{tmp_path / 'state.sqlite'}", force="Westmarch Police", synthetic=True, secure=False,
        marking="OFFICIAL-SENSITIVE",
    )  # fmt: skip
    made = dataclasses.replace(made, clock=clock)
    made.shelf.reader(RUN).index.prepare(wait=True)
    yield made
    made.state.close()


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application."""
    return create_app(house)


@pytest.fixture
def reader(house: House) -> Reader:
    """The run."""
    return house.shelf.reader(RUN)


@pytest.fixture
def browse(app: FastAPI, house: House) -> Iterator[Browse]:
    """``browse("analyst")``: a browser in which that account is signed in, has given a reason, and, if names are
    covered until one asks for them, has asked."""
    opened: list[TestClient] = []

    def sign_in(account: str | None, reason: bool | str = True, names: bool = True) -> TestClient:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=True)
        opened.append(client)
        if account:
            found = accounts.find_account(house.state, account)
            assert found is not None
            token, session = sessions.start_session(house.state, found, house.clock())
            client.cookies.set(COOKIE, token)
            if reason:
                length, said = dt.timedelta(hours=4), "training" if reason is True else reason
                session = sessions.give_reason(house.state, session, said, "Op Test", length, house.clock())
                if names and people.asks_for_names(found.roles, found.areas):
                    sessions.show_names(house.state, session, house.clock())
        return client

    yield sign_in
    for client in opened:
        client.close()


@pytest.fixture
def rewritten(reader: Reader, tmp_path: Path) -> Rewrite:
    """The run with a copy of its reading index, changed."""

    def change(act: Callable[[sqlite3.Connection], None]) -> Reader:
        copy = tmp_path / "changed.sqlite"
        shutil.copyfile(reader.index.path, copy)
        with closing(sqlite3.connect(copy)) as connection:
            act(connection)
            connection.execute("INSERT INTO words(words) VALUES ('rebuild')")
            connection.execute("INSERT INTO names(names) VALUES ('rebuild')")
            connection.commit()
        reader.index = Index(reader.run, copy)
        return reader

    return change


def secret_of(page: str) -> str:
    """The sign-in form's own secret."""
    return re.findall(r'name="secret" value="([^"]+)"', page)[0]


def csrf_of(page: str) -> str:
    """The page's secret, that each change must send."""
    return re.findall(r'name="csrf" value="([^"]+)"', page)[0]
