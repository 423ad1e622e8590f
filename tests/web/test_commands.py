"""The dashboard's commands, as an administrator types them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from countylines.cli import app
from countylines.errors import InputError
from countylines.govern import audit, rulings
from countylines.govern.rulings import Proposal
from countylines.govern.state import open_state
from countylines.web import commands
from countylines.web.serve import state_url
from tests.govern.work import MARROW, OAK

PASSWORD = "three small wet lapwings"


def said(*arguments: object, typed: str = "") -> str:
    """What a command prints when it ends well."""
    found = CliRunner().invoke(app, [str(each) for each in arguments], input=typed)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of runs with one account."""
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    about = ("--role", "analyst", "--area", "Eastfield", "--display-name", "A. Marrow", "--runs", tmp_path)
    assert "a.marrow may sign in as analyst." in said("accounts", "add", "A.Marrow", *about, typed=typed)
    return tmp_path


def test_an_account_is_listed_with_roles_and_areas(folder: Path) -> None:
    assert said("accounts", "list", "--runs", folder).strip() == "a.marrow  A. Marrow  analyst  Eastfield"


def test_a_weak_password_makes_no_account(tmp_path: Path) -> None:
    arguments = ["accounts", "add", "b", "--role", "analyst", "--runs", str(tmp_path)]
    found = CliRunner().invoke(app, arguments, input="password\npassword\n")
    assert isinstance(found.exception, InputError)
    assert said("accounts", "list", "--runs", tmp_path) == ""


def test_the_log_is_verified_against_a_seal_and_shows_what_was_changed(folder: Path) -> None:
    seal = said("audit", "seal", "--runs", folder).strip()
    assert "The log is whole" in said("audit", "verify", "--runs", folder, "--seal", seal)
    with sqlite3.connect(folder / ".state" / "countylines.sqlite") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audit SET account = 'somebody else' WHERE number = 1")
    found = CliRunner().invoke(app, ["audit", "verify", "--runs", str(folder)])
    assert found.exit_code == 1
    assert "1" in found.output and "whole" not in found.output


def test_what_is_no_seal_is_said(folder: Path) -> None:
    found = CliRunner().invoke(app, ["audit", "verify", "--runs", str(folder), "--seal", "nonsense"])
    assert isinstance(found.exception, InputError)
    assert "--seal" in str(found.exception)


def test_the_tables_go_down_and_up_again(folder: Path) -> None:
    newest = said("state", "show", "--runs", folder).strip()
    assert "no revision" in said("state", "downgrade", "base", "--runs", folder, "--yes")
    assert newest in said("state", "upgrade", "--runs", folder)


def test_the_state_is_kept_beside_the_runs_for_its_owner_only(folder: Path) -> None:
    state = folder / ".state"
    assert state.stat().st_mode & 0o077 == 0
    assert (state / "countylines.sqlite").stat().st_mode & 0o077 == 0


def test_rulings_go_to_the_next_run_and_the_log_says_so(folder: Path, tmp_path: Path) -> None:
    extracts, now = tmp_path / "extracts", dt.datetime.now(dt.UTC)
    extracts.mkdir()
    (extracts / "nominals.csv").write_text("nominal_id\nN1\n", encoding="utf-8")
    review = now.date() + dt.timedelta(days=90)
    with closing(open_state(state_url(folder, None))) as state, state.begin() as connection:
        for person in ("N1", "N2"):
            key = rulings.propose(connection, Proposal("wrong person", "a sister", review, person), MARROW, now)
            rulings.confirm(connection, key, 1, OAK, now)
    told = said("rulings", "write", extracts, "--runs", folder)
    assert told.startswith("1 in force, in ")
    assert "Left out: ruling 2, wrong person. The extracts no longer hold N2." in told
    written = pl.read_parquet(extracts / "decisions-9999.parquet")
    assert written.select("nominal_id", "decision").rows() == [("N1", "wrong person")]
    with closing(open_state(state_url(folder, None))) as state:
        event = audit.search(state).rows[0].event
    assert (event.what, event.recipient) == ("decisions", str(extracts / "decisions-9999.parquet"))
    assert event.detail == {"rows": 1, "left_out": [2]}


def test_it_isnt_served_to_other_machines_without_a_proxy(folder: Path) -> None:
    found = CliRunner().invoke(app, ["serve", str(folder), "--host", "0.0.0.0"])
    assert isinstance(found.exception, InputError)
    assert "passwords would travel openly" in str(found.exception)


def test_without_its_packages_every_command_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "installed", lambda: False)
    for arguments in (
        ["serve", str(folder)],
        ["accounts", "list"],
        ["audit", "verify"],
        ["rulings", "write", str(folder)],
        ["state", "show"],
    ):
        found = CliRunner().invoke(app, arguments)
        assert isinstance(found.exception, InputError), arguments
        assert "pip install 'countylines[web]'" in str(found.exception)
