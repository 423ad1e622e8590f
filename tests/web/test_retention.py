"""Retention in the browser: what is due, by ids and dates alone; two administrators erase it, and the log tells."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import shutil
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient
from typer.testing import CliRunner

from countylines.cli import app as commands
from countylines.errors import InputError
from countylines.govern import accounts, audit, cases, notes, retention_erase, sessions
from countylines.govern.account_rows import Account
from countylines.govern.procedure import load_procedures
from countylines.govern.schema import sessions as session_table
from countylines.govern.work_schema import work_cases, work_notes
from countylines.web.access import COOKIE
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.serve import open_house
from tests.web.casework import seen
from tests.web.conftest import NOW, RUN, Browse, Clock, csrf_of

LONG_AGO = NOW - dt.timedelta(days=365 * 12)
SECRET = "Saw her with the man from the flat"
WRITER = Account("a-marrow", "a.marrow", "A. Marrow", frozenset({"analyst"}))


class Admin:
    """An administrator in a browser."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def page(self, path: str = "/retention") -> str:
        """A page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, seen(answer)[:300]
        return answer.text

    def sends(self, path: str, **fields: str) -> httpx.Response:
        """Send a form, with the secret of the page of retention."""
        return self.client.post(path, data={"csrf": csrf_of(self.page()), **fields})

    def proposes(self, kind: str, *ids: str, **fields: str) -> httpx.Response:
        """Propose to erase."""
        form = {"do": "propose", "reason": "Past their period", "sure": "1", **fields}
        return self.sends(f"/retention/{kind}", **form, **{f"thing-{one}": "1" for one in ids})

    def confirms(self, number: str, erasure: int = 1, version: str = "1") -> httpx.Response:
        """Confirm the proposal."""
        return self.sends(f"/retention/erasures/{erasure}", do="confirm", version=version, number=number)


@pytest.fixture
def first(browse: Browse) -> Admin:
    """The administrator."""
    return Admin(browse("administrator"))


@pytest.fixture
def second(browse: Browse, house: House) -> Admin:
    """Another one, who signs in elsewhere."""
    accounts.create_account(house.state, "t.wren", "T. Wren", "westmarch-lapwing-seven", ["administrator"], now=NOW)
    return Admin(browse("t.wren"))


@pytest.fixture
def old_notes(house: House) -> list[str]:
    """Three notes long past their period and a new one; the old ones' ids."""
    with house.state.begin() as connection:
        made = [
            notes.write_note(connection, "person", f"n{n}", SECRET, WRITER, LONG_AGO, shared=True) for n in (1, 2, 3)
        ]
        notes.write_note(connection, "person", "n1", SECRET, WRITER, NOW, shared=True)
    return [str(one) for one in made]


def left(house: House) -> list[str]:
    """The ids of the notes that are there."""
    with house.state.read() as connection:
        return [str(one) for one in connection.execute(select(work_notes.c.note_id).order_by("note_id")).scalars()]


def test_two_administrators_erase_and_the_log_tells_which(
    first: Admin, second: Admin, house: House, old_notes: list[str]
) -> None:
    listed = seen(first.page("/retention/notes"))
    assert "4 there; 0 not over" in listed
    answer = first.proposes("notes", *old_notes[:2])
    assert answer.headers["location"] == "/retention/notes?done=propose"
    assert left(house) == [*old_notes, str(int(old_notes[-1]) + 1)]
    assert "You proposed this: another administrator confirms it." in seen(first.page("/retention/notes"))
    assert "Waits for a second administrator" in seen(second.page())
    assert first.confirms("2").status_code == 400
    wrong = second.confirms("3")
    assert wrong.status_code == 400
    assert "Write how many are erased: 2" in seen(wrong)
    assert second.confirms("2").headers["location"] == "/retention/notes?done=confirm"
    assert left(house) == [old_notes[2], str(int(old_notes[-1]) + 1)]
    entry = audit.search(house.state, audit.Wanted(action="erase")).rows[0]
    assert (entry.law, entry.event.account, entry.event.kind) == ("erasure", "t.wren", "erasure")
    told = {"of": "notes", "count": 2, "ids": old_notes[:2], "proposed_by": "administrator", "why": "Past their period"}
    assert dict(entry.event.detail) == told
    assert audit.verify(house.state).whole
    assert "2 on 20 Nov 2026: Past their period" in seen(first.page("/retention/notes"))


def test_nothing_that_anybody_wrote_is_shown_or_logged(
    first: Admin, second: Admin, house: House, old_notes: list[str]
) -> None:
    first.proposes("notes", *old_notes)
    second.confirms(str(len(old_notes)))
    for path in ("/retention", *(f"/retention/{kind}" for kind in house.retention.kinds)):
        assert SECRET not in first.page(path), path
    assert SECRET not in json.dumps(list(audit.export(house.state)))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"sure": ""}, "Say that you have checked"),
        ({"reason": " "}, "The reason is empty"),
        ({"thing-999": "1"}, "999 isn't there"),
        ({"do": "burn"}, "Choose what to do"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_proposed(
    first: Admin, house: House, old_notes: list[str], form: dict[str, str], said: str
) -> None:
    answer = first.proposes("notes", old_notes[0], **form)
    assert answer.status_code == 400
    assert said in seen(answer)
    anchors = re.findall(r'<li><a href="#([^"]+)"', answer.text)
    assert anchors and all(f'id="{anchor}"' in answer.text for anchor in anchors)
    with house.state.read() as connection:
        assert retention_erase.erasures(connection, "proposed") == []


def test_a_proposal_that_somebody_withdrew_meanwhile_erases_nothing(
    first: Admin, second: Admin, house: House, old_notes: list[str]
) -> None:
    first.proposes("notes", old_notes[0])
    assert first.sends("/retention/erasures/1", do="withdraw", version="1", reason="Not yet").status_code == 303
    stale = second.confirms("1")
    assert stale.status_code == 400
    assert "Somebody changed this while you looked at it" in seen(stale)
    assert len(left(house)) == 4
    assert second.confirms("1", erasure=77).status_code == 404


def test_a_hold_keeps_and_lifting_it_says_why(first: Admin, second: Admin, house: House, old_notes: list[str]) -> None:
    assert first.sends("/retention/notes", do="hold", thing="999", reason="trial").status_code == 400
    assert first.sends("/retention/notes", do="hold", thing=old_notes[1], reason="Op Heron").status_code == 303
    page = seen(second.page("/retention/notes"))
    assert "under a hold: Op Heron" in page
    assert second.proposes("notes", old_notes[1]).status_code == 400
    assert first.sends("/retention/notes", do="lift", hold="1", version="1", reason="").status_code == 400
    assert first.sends("/retention/notes", do="lift", hold="1", version="1", reason="Over").status_code == 303
    assert second.proposes("notes", old_notes[1]).status_code == 303
    logged = audit.search(house.state, audit.Wanted(kind="hold")).rows
    assert [entry.event.detail["done"] for entry in logged] == ["lifted", "held"]


def test_an_open_case_is_never_due_and_a_closed_one_goes_by_number_alone(first: Admin, house: House) -> None:
    with house.state.begin() as connection:
        for who in ("n-open", "n-closed", "n-last"):
            about = cases.Opening(who, "child", SECRET, RUN, authority="Westmarch")
            case = cases.open_case(connection, load_procedures(), about, WRITER, LONG_AGO)
            if who != "n-open":
                row = update(work_cases).where(work_cases.c.case_id == case)
                connection.execute(row.values(closed_at=LONG_AGO))
    page = first.page("/retention/cases")
    assert re.findall(r'name="thing-(\d+)"', page) == ["2"]
    assert not re.search(r"n-open|n-closed|n-last", page)
    assert first.proposes("cases", "1").status_code == 400


def test_old_sessions_go_by_one_administrator(first: Admin, house: House, clock: Clock) -> None:
    account = accounts.find_account(house.state, "analyst")
    assert account
    sessions.start_session(house.state, account, LONG_AGO)
    assert "Erase 1 for good" in seen(first.page("/retention/sessions"))
    assert first.sends("/retention/sessions", do="purge").headers["location"] == "/retention/sessions?done=purge"
    with house.state.read() as connection:
        assert min(connection.execute(select(session_table.c.started_at)).scalars()) == NOW
    entry = audit.search(house.state, audit.Wanted(action="erase")).rows[0]
    assert (entry.law, entry.event.detail["count"]) == ("erasure", 1)
    assert first.sends("/retention/sessions", do="purge").status_code == 400


def test_runs_are_listed_and_deleted_by_nobody_here(first: Admin, house: House, runs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    for name in (RUN, "run-old"):
        shutil.copytree(runs / RUN, folder / name)
    old = (NOW - dt.timedelta(days=800)).timestamp()
    os.utime(folder / "run-old" / "manifest.json", (old, old))
    house.shelf.folder = folder
    page = seen(first.page("/retention/runs"))
    assert "rm -r RUNS/run-old RUNS/.index/run-old-*" in page
    assert "2 there; 1 not over" in page
    assert first.sends("/retention/runs", do="purge").status_code == 400
    assert first.proposes("runs", "run-old").status_code == 400
    assert (folder / "run-old").is_dir()
    assert first.sends("/retention/runs", do="hold", thing="run-old", reason="Appeal").status_code == 303
    assert "under a hold: Appeal" in seen(first.page("/retention/runs"))


def test_the_shipped_periods_say_so_and_the_forces_own_are_named(first: Admin, runs: Path, tmp_path: Path) -> None:
    assert "nobody has set them for this force" in seen(first.page())
    assert first.client.get("/retention/nothing").status_code == 404
    shipped = Path(retention_erase.__file__).with_name("retention.yaml").read_text(encoding="utf-8")
    own = tmp_path / "ours.yaml"
    own.write_text(re.sub(r"name: .*", "name: Westmarch Police, agreed 2026", shipped), encoding="utf-8")
    about = {"force": "Westmarch", "synthetic": True, "secure": False, "marking": "OFFICIAL", "retention": own}
    house = open_house(runs, f"sqlite:///{tmp_path / 'state.sqlite'}", **about)  # type: ignore[arg-type]
    client = TestClient(create_app(dataclasses.replace(house, clock=lambda: NOW)), follow_redirects=False)
    client.cookies.set(COOKIE, first.client.cookies[COOKIE])
    page = seen(client.get("/retention"))
    house.state.close()
    assert "Westmarch Police, agreed 2026" in page
    assert "nobody has set them" not in page
    own.write_text("name: nothing", encoding="utf-8")
    with pytest.raises(InputError, match=r"the key 'kinds' is missing"):
        open_house(runs, f"sqlite:///{tmp_path / 'state.sqlite'}", **about)  # type: ignore[arg-type]


def test_the_command_prints_the_list_and_no_id(house: House, runs: Path, old_notes: list[str], tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path / 'state.sqlite'}"
    told = CliRunner().invoke(commands, ["retention", "--runs", str(runs), "--state", state])
    assert told.exit_code == 0, told.output
    assert re.search(r"Notes\s+│ 6 years\s+│ 2014-11-23 │\s+4 │\s+3 │\s+0 │", told.output), told.output
    assert SECRET not in told.output
