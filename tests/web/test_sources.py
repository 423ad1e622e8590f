"""The page of sources: what was read, how fresh, from which files; without a name, and without any run."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from pathlib import Path

import polars as pl
from starlette.testclient import TestClient

from countylines.govern import accounts, sessions
from countylines.ingest.maps import shipped
from countylines.settings import Settings
from countylines.web.access import COOKIE
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.serve import open_house
from countylines.web.source_facts import WORDS, in_words, shipped_maps, systems
from tests.web.casework import seen
from tests.web.conftest import NOW, RUN, Browse, csrf_of


def test_each_system_stands_with_its_rows_and_first_and_latest_record(browse: Browse, reader: Reader) -> None:
    page = seen(browse("administrator").get("/sources"))
    for each in systems(reader, 2):
        s = each.fresh
        assert each.rows_in == s.rows + s.aside + s.rejected
        if each.first and s.latest:
            days = [f"{day.day} {day:%b %Y}" for day in (each.first, s.latest)]
            told = rf"{re.escape(s.system)} {days[0]} {days[1]}(, late)? {each.rows_in:,} {s.rows:,} "
            assert re.search(told, page), s.system
    counts = reader.run.manifest["rows_in"]["records"]
    assert sum(each.rows_in for each in systems(reader, 2)) == counts["rows_in"]
    first = reader.run.table("sources/records").select(pl.coalesce("recorded", "occurred").min()).collect().item()
    assert min(each.first for each in systems(reader, 2) if each.first) == first


def test_late_is_as_on_the_start_page(browse: Browse, house: House, reader: Reader) -> None:
    late = [each.fresh.system for each in systems(reader, 0) if each.fresh.late]
    strict = TestClient(create_app(dataclasses.replace(house, late_days=0)), follow_redirects=False)
    strict.cookies.set(COOKIE, browse("administrator").cookies[COOKIE])
    page = seen(strict.get("/sources"))
    assert late
    assert page.count(", late") == len(late)


def test_files_settings_maps_and_commands_are_there(browse: Browse, reader: Reader) -> None:
    answer = browse("administrator").get("/sources")
    page = seen(answer)
    for each in reader.run.manifest["inputs"]:
        assert each["name"] in page
        assert each["sha256"] in answer.text
    assert all(said in page for _, said, _ in in_words(reader.settings["ingest"]))
    assert {each.name for each in shipped_maps()} == set(shipped())
    assert all(f"{name} : " in page for name in shipped())
    assert "countylines extract SOURCES.yaml --out EXTRACTS" in page
    assert f"countylines run SOURCES.yaml --out RUNS/NAME --previous RUNS/{RUN}" in page


def test_no_person_and_no_record_is_on_it(browse: Browse, reader: Reader) -> None:
    page = browse("administrator").get("/sources").text
    people = reader.run.table("sources/nominals").select("nominal_id", "name").collect()
    assert not [name for name in people["name"].drop_nulls() if name in page]
    assert not re.search(r"/people/|/records/|/rejects", page)


def test_unused_rows_open_to_those_who_see_people(browse: Browse, house: House) -> None:
    account = accounts.find_account(house.state, "administrator")
    assert account
    both = {"roles": ["administrator", "analyst"], "now": NOW, "by": "test"}
    accounts.change_account(house.state, account.account_id, **both)  # type: ignore[arg-type]
    client = browse("administrator")
    links = re.findall(r'href="(/runs/[^"]+/rejects[^"]*)"', client.get("/sources").text)
    assert links
    assert client.get(links[0].replace("&amp;", "&")).status_code == 200


def test_every_setting_of_ingest_is_told_in_words() -> None:
    usual = Settings().as_dict()["ingest"]
    assert list(usual) and set(usual) == set(WORDS)
    changed = {"since": "2018-03-01", "as_of": "2026-01-02", "unknown_age": "adult", "include_restricted": True,
               "force_areas": ["Eastfield"], "max_rejects": 0.025}  # fmt: skip
    told = in_words(changed)
    assert [differs for _, _, differs in told] == [True] * 6
    assert [differs for _, _, differs in in_words(usual)] == [False] * 6
    assert "Records dated before 1 Mar 2018 are set aside." in [said for _, said, _ in told]
    assert "A run stops when more than 2.5% of a table's rows are rejected." in [said for _, said, _ in told]


def test_before_the_first_run_the_page_says_how_to_make_one(accounts_made: Path, tmp_path: Path) -> None:
    shutil.copyfile(accounts_made, tmp_path / "state.sqlite")
    (tmp_path / "runs").mkdir()
    house = open_house(tmp_path / "runs", f"sqlite:///{tmp_path / 'state.sqlite'}", force="Westmarch", synthetic=True,
                       secure=False, marking="OFFICIAL")  # fmt: skip
    house = dataclasses.replace(house, clock=lambda: NOW)
    account = accounts.find_account(house.state, "administrator")
    assert account
    token, session = sessions.start_session(house.state, account, NOW)
    sessions.give_reason(house.state, session, "training", "Op", NOW - NOW.replace(hour=1), NOW)
    client = TestClient(create_app(house), follow_redirects=False)
    client.cookies.set(COOKIE, token)
    answer = client.get("/sources")
    assert answer.status_code == 200
    assert "No run that can be read is here yet" in seen(answer)
    assert client.get("/sources?run=gone").status_code == 410
    assert csrf_of(answer.text)
    house.state.close()


def test_rows_of_no_known_system_are_counted(runs: Path, house: House, tmp_path: Path, browse: Browse) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(runs / RUN, copy / RUN)
    manifest = json.loads((copy / RUN / "manifest.json").read_text())
    for name in ("rows_in", "rejected"):
        manifest["rows_in"]["records"][name] += 17
    (copy / RUN / "manifest.json").write_text(json.dumps(manifest))
    shelf = dataclasses.replace(house.shelf, folder=copy)
    client = TestClient(create_app(dataclasses.replace(house, shelf=shelf)), follow_redirects=False)
    client.cookies.set(COOKIE, browse("administrator").cookies[COOKIE])
    assert "Of no system that is known, or with a row that couldn't be read 17 0 0 17" in seen(client.get("/sources"))
