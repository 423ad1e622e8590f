"""The dashboard's commands, as an administrator types them."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socketserver
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from countylines.cli import app
from countylines.errors import InputError
from countylines.govern import audit, decisions_file, rulings
from countylines.govern.rulings import Proposal, Ruling
from countylines.govern.state import open_state
from countylines.web import commands
from countylines.web.own_areas import known_areas
from countylines.web.serve import state_url
from tests.govern.work import MARROW, OAK
from tests.web.conftest import RUN

PASSWORD = "three small wet lapwings"


def said(*arguments: object, typed: str = "") -> str:
    """What a command prints when it ends well."""
    found = CliRunner().invoke(app, [str(each) for each in arguments], input=typed)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture
def run(runs: Path) -> Path:
    """A finished run, only to be read."""
    return runs / RUN


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
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--role", "analist"], "--role: there is no role 'analist'. Did you mean analyst?"),
        (["--role", "boss"], "--role: there is no role 'boss'. Known are analyst, safeguarding,"),
        (["--role", "analyst", "--display-name", "x" * 201], "name: a name has 1 to 200 characters."),
    ],
)
def test_what_makes_no_account_is_said_before_a_password_is_asked(tmp_path: Path, more: list[str], says: str) -> None:
    found = CliRunner().invoke(app, ["accounts", "add", "b", "--runs", str(tmp_path), *more])
    assert isinstance(found.exception, InputError)
    assert str(found.exception).startswith(says)
    assert "Password" not in found.output
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_at_the_password_ends_the_command(tmp_path: Path) -> None:
    """At a real terminal; Polars, which the command loads, would have it read on."""
    ours, theirs = os.openpty()
    asked = ["accounts", "add", "b", "--role", "analyst", "--runs", str(tmp_path)]
    command = [str(Path(sys.executable).parent / "countylines"), *asked]
    shown = b""
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as running:
        while b"Password" not in shown:
            shown += os.read(ours, 4096)
        time.sleep(0.3)  # it reads a moment later
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(30) == 130
        finally:
            running.kill()  # in vain where all is well
    assert b"Stopped. Nothing half-done was left behind." in os.read(ours, 4096)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_said_before_a_password_is_asked(folder: Path) -> None:
    found = CliRunner().invoke(app, ["accounts", "add", "A.MARROW", "--role", "auditor", "--runs", str(folder)])
    assert str(found.exception) == "name: there is an account 'a.marrow' already. Choose another name."
    assert "Password" not in found.output


def test_no_account_is_kept_in_a_run(run: Path) -> None:
    there = set(run.iterdir())
    for arguments in (["accounts", "add", "b", "--role", "analyst"], ["state", "upgrade"]):
        found = CliRunner().invoke(app, [*arguments, "--runs", str(run)])
        assert "this is a run itself; nothing was changed" in str(found.exception)
    assert set(run.iterdir()) == there


def test_an_area_that_no_run_knows_is_doubted_not_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "manifest.json").write_text("{")
    (tmp_path / "one").symlink_to(run)
    (known, *_) = known_areas(tmp_path)
    asked = ("accounts", "add", "b", "--role", "analyst", "--runs", tmp_path, "--area", known, "--area", "Nowhereham")
    told = said(*asked, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert f"! No run here has a record of the area 'Nowhereham'. Known are {known}, " in told
    assert told.count("!") == 1
    assert said("accounts", "list", "--runs", tmp_path).strip() == f"b  b  analyst  {known}, Nowhereham"


READING = (
    ["accounts", "list"],
    ["audit", "verify"],
    ["audit", "seal"],
    ["rulings", "write", "."],
    ["state", "show"],
    ["state", "downgrade", "base", "--yes"],
)


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_reading_makes_no_state(arguments: list[str], tmp_path: Path) -> None:
    found = CliRunner().invoke(app, [*arguments, "--runs", str(tmp_path)])
    assert isinstance(found.exception, InputError)
    assert "there is no state here yet. Give the folder of the dashboard's runs, or --state;" in str(found.exception)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    for wrong in ("none", "file"):
        found = CliRunner().invoke(app, [*arguments, "--runs", str(tmp_path / wrong)])
        assert str(found.exception).startswith(f"{tmp_path / wrong}: there is no such folder. Give the folder")


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


def test_a_log_that_is_gone_is_told_in_a_sentence(folder: Path) -> None:
    with sqlite3.connect(folder / ".state" / "countylines.sqlite") as database:
        database.execute("ALTER TABLE audit RENAME TO elsewhere")
    found = CliRunner().invoke(app, ["audit", "verify", "--runs", str(folder)])
    assert (found.exit_code, found.exception.__class__) == (1, SystemExit)
    assert found.output.startswith("The log can't be read, so it isn't whole: no such table")


def test_what_is_no_seal_is_said(folder: Path) -> None:
    found = CliRunner().invoke(app, ["audit", "verify", "--runs", str(folder), "--seal", "nonsense"])
    assert isinstance(found.exception, InputError)
    assert "--seal" in str(found.exception)


def test_the_tables_go_down_and_up_again(folder: Path) -> None:
    newest = said("state", "show", "--runs", folder).strip()
    assert "no revision" in said("state", "downgrade", "base", "--runs", folder, "--yes")
    assert newest in said("state", "upgrade", "--runs", folder)


def test_tables_are_made_where_there_are_none(tmp_path: Path) -> None:
    told = said("state", "upgrade", "--runs", tmp_path)
    assert told.removeprefix("The tables are at ").strip(".\n") == said("state", "show", "--runs", tmp_path).strip()


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
            rulings.confirm(connection, key, 1, OAK, now, guarded=False)
    told = said("rulings", "write", extracts, "--runs", folder)
    assert told.startswith("1 in force, in ")
    assert "Left out: ruling 2, wrong person. The extracts no longer hold N2." in told
    written = pl.read_parquet(extracts / "decisions-9999.parquet")
    assert written.select("nominal_id", "decision").rows() == [("N1", "wrong person")]
    with closing(open_state(state_url(folder, None))) as state:
        event = audit.search(state).rows[0].event
    assert (event.what, event.recipient) == ("decisions", str(extracts / "decisions-9999.parquet"))
    assert event.detail == {"rows": 1, "left_out": [2], "people": ["N1"]}


def test_nobody_waits_while_the_extracts_are_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages write the log: reading every id of a force's extracts takes longer than they wait."""
    left_out, seen, here = decisions_file.left_out, [], tmp_path / "extracts"
    here.mkdir()

    def meanwhile(extracts: Path, found: Sequence[Ruling]) -> list[Ruling]:
        with closing(sqlite3.connect(folder / ".state" / "countylines.sqlite", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
        seen.append(extracts)
        return left_out(extracts, found)

    monkeypatch.setattr(decisions_file, "left_out", meanwhile)
    said("rulings", "write", here, "--runs", folder)
    assert seen == [here]


def test_what_the_log_cannot_take_is_not_written(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / ".state" / "countylines.sqlite")) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END")
    here = tmp_path / "extracts"
    here.mkdir()
    found = CliRunner().invoke(app, ["rulings", "write", str(here), "--runs", str(folder)])
    assert "no room" in str(found.exception)
    assert list(here.iterdir()) == []


def test_it_isnt_served_to_other_machines_without_a_proxy(folder: Path) -> None:
    found = CliRunner().invoke(app, ["serve", str(folder), "--host", "0.0.0.0"])
    assert isinstance(found.exception, InputError)
    assert "passwords would travel openly" in str(found.exception)


def test_a_port_that_is_taken_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as other:
        port = other.server_address[1]
        found = CliRunner().invoke(app, ["serve", str(tmp_path), "--port", str(port)])
    assert str(found.exception) == f"--port: {port}: another program listens on it. Give another."
    assert list(tmp_path.iterdir()) == []


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
